"""Options from a TOML file: `--config FILE`, else `claimdrift.toml` beside the outputs folder where there is one. The command line wins.

    outputs = "archive"            # a path is seen from the file's folder
    min-score = 0.5
    notify = "notify-desk --urgent"

    [watch]                        # for this command alone
    settle = 5

A key is an option's name without its dashes. One that no command has is a usage error; one of another command is passed over, so that all can share a file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

FILE = "claimdrift.toml"
NOT_IN_FILE = frozenset({"config", "help", "version", "rebuild", "once"})  # what is said once, not set for good


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--config`; OneLineCommand reads the file before the other options get their defaults."""
    help_text = f"TOML file of options; the command line wins.  [default: {FILE} beside the outputs folder, where it is there]"
    return click.option("--config", metavar="FILE", type=click.Path(path_type=Path), expose_value=False, help=help_text)(command)


def defaults_from_file(ctx: click.Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the file by parameter name, each checked. `given`: raw values of the command line; `config` and `outputs` say which file.

    Raises click.UsageError, in one line with the file's name, for a file that cannot be read, an unknown key or a value that its option does not take.
    """
    path, help_option = _file(ctx, given), ctx.command.get_help_option(ctx)
    if path is None or (help_option is not None and given.get(str(help_option.name))):
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be read: {error.strerror or error}", ctx) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: is no TOML: {error}", ctx) from error
    commands = _commands(ctx)
    values: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, value in entries.items():
        if isinstance(value, dict) and name in commands:
            section = {key: _checked(ctx, path, f"{name}.{key}", key, item, {name: commands[name]}) for key, item in value.items()}
            own |= section if name == ctx.command.name else {}
        else:
            values[name] = _checked(ctx, path, name, name, value, commands)
    mine = {_name(p): p.name for p in ctx.command.params if isinstance(p, click.Option)}
    return {str(mine[name]): value for name, value in {**values, **own}.items() if name in mine}


def _file(ctx: click.Context, given: Mapping[str, Any]) -> Path | None:
    if given.get("config"):
        return Path(given["config"])
    outputs = given.get("outputs") or next((p.default for p in ctx.command.params if p.name == "outputs"), None)
    if outputs is None or callable(outputs):
        return None
    beside = Path(outputs).absolute().parent / FILE
    return beside if beside.is_file() else None


def _commands(ctx: click.Context) -> dict[str, click.Command]:
    """All commands of the program, so that a key can be told from a slip."""
    group = ctx.parent.command if ctx.parent is not None else None
    return dict(group.commands) if isinstance(group, click.Group) else {str(ctx.command.name): ctx.command}


def _checked(ctx: click.Context, path: Path, shown: str, key: str, value: Any, commands: Mapping[str, click.Command]) -> Any:
    # The command's own options last: where two commands have one of the same name, its own says what it takes.
    everyone = [*commands.values(), *(c for c in commands.values() if c is ctx.command)]
    options = {_name(p): p for command in everyone for p in command.params if isinstance(p, click.Option)}
    option = options.get(key)
    if option is None or key in NOT_IN_FILE:
        known = sorted(options.keys() - NOT_IN_FILE)
        close = get_close_matches(key, known, n=1)
        raise click.UsageError(f'{path}: "{shown}" is no option. ' + (f'Is "{close[0]}" meant? ' if close else "") + f"Known are {', '.join(known)}", ctx)
    if isinstance(value, bool) is not option.is_flag:
        raise click.UsageError(f"{path}: {shown} takes {'true or false' if option.is_flag else 'a value'}, not {str(value).lower()}", ctx)
    if isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
        raise click.UsageError(f"{path}: {shown} takes one value", ctx)
    if option.multiple and not isinstance(value, list):
        value = [value]
    if isinstance(option.type, click.Path) and isinstance(value, str):
        value = str(path.parent / value)
    try:
        option.type_cast_value(ctx, value)
    except click.BadParameter as error:
        raise click.UsageError(f"{path}: {shown}: {error.message}", ctx) from error
    return value


def _name(option: click.Parameter) -> str:
    """An option as it is written in the file: its first long form without the dashes."""
    longs = [form for form in option.opts if form.startswith("--")]
    return longs[0].removeprefix("--") if longs else str(option.name)
