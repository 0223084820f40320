"""Options from a TOML file: `--config FILE`, else `claimdrift.toml` beside the outputs folder where there is one. The command line wins.

    outputs = "archive"            # a path is seen from the file's folder
    min-score = 0.5
    notify = "notify-desk --urgent"

    [watch]                        # for this command alone
    settle = 5

    [review.stats]
    target = 0.8

A key is an option's name without its dashes. One that no command has is a usage error; one of another command is passed over, so that all can share a file.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

FILE = "claimdrift.toml"
NOT_IN_FILE = frozenset({"config", "help", "version", "rebuild", "once", "pair", "csv", "jsonl", "yes", "before"})
"""What is said once, not set for good."""


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
    values = _section(ctx, path, entries, ctx.find_root().command, ())
    mine = {_name(p): p.name for p in ctx.command.params if isinstance(p, click.Option)}
    return {str(mine[name]): value for name, value in values.items() if name in mine}


def _file(ctx: click.Context, given: Mapping[str, Any]) -> Path | None:
    if given.get("config"):
        return Path(given["config"])
    outputs = given.get("outputs") or next((p.default for p in ctx.command.params if p.name == "outputs"), None)
    if outputs is None or callable(outputs):
        return None
    beside = Path(outputs).absolute().parent / FILE
    return beside if beside.is_file() else None


def _section(ctx: click.Context, path: Path, entries: Mapping[str, Any], of: click.Command, heading: tuple[str, ...]) -> dict[str, Any]:
    """Return what a section, and those in it, set for the command that is run, by option. `of`: whose section it is, the program's at first."""
    values: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, value in entries.items():
        inner = of.commands.get(name) if isinstance(of, click.Group) and isinstance(value, dict) else None
        if inner is not None:
            found = _section(ctx, path, value, inner, (*heading, name))
            own |= found if _is_run(ctx, inner) else {}
        else:
            values[name] = _checked(ctx, path, ".".join((*heading, name)), name, value, _commands(of))
    return {**values, **own}


def _is_run(ctx: click.Context | None, command: click.Command) -> bool:
    """Say whether it is the command that is run, or a group that this is in."""
    return ctx is not None and (ctx.command is command or _is_run(ctx.parent, command))


def _commands(of: click.Command) -> list[click.Command]:
    """The commands of the program or of a group, so that a key can be told from a slip."""
    return [leaf for inner in of.commands.values() for leaf in _commands(inner)] if isinstance(of, click.Group) else [of]


def _checked(ctx: click.Context, path: Path, shown: str, key: str, value: Any, commands: Sequence[click.Command]) -> Any:
    # The command's own options last: where two commands have one of the same name, its own says what it takes.
    everyone = [*commands, *(c for c in commands if c is ctx.command)]
    options = {_name(p): p for command in everyone for p in command.params if isinstance(p, click.Option)}
    option = options.get(key)
    if option is not None and key in NOT_IN_FILE:
        raise click.UsageError(f"{path}: {shown} is said on the command line alone, with --{key}", ctx)
    if option is None:
        known = sorted(options.keys() - NOT_IN_FILE)
        close = get_close_matches(key, known, n=1)
        raise click.UsageError(f'{path}: "{shown}" is no option. ' + (f'Is "{close[0]}" meant? ' if close else "") + f"Known are {', '.join(known)}", ctx)
    if isinstance(value, bool) is not option.is_flag:
        raise click.UsageError(f"{path}: {shown} takes {'true or false' if option.is_flag else 'a value'}, not {str(value).lower()}", ctx)
    if isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
        raise click.UsageError(f"{path}: {shown} takes one value", ctx)
    if option.multiple and not isinstance(value, list):
        value = [value]
    if isinstance(value, dt.date | dt.time):
        value = value.isoformat()  # TOML has dates of its own
    is_folder = key == "model" and isinstance(value, str) and (path.parent / value).is_dir()  # else the id of a model on the hub
    if isinstance(value, str) and (isinstance(option.type, click.Path) or is_folder):
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
