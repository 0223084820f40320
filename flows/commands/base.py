"""What every command shares: a user's error is one line on stderr and exit code 2, a failure one line and exit code 1."""

from __future__ import annotations

import math
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED, EXIT_TERMINATED = 1, 2, 130, 143


class Terminated(SystemExit):
    """A TERM signal. As Ctrl-C does, it unwinds the stack: locks are released, and Prefect's temporary server does not stay behind."""

    def __init__(self) -> None:
        super().__init__(EXIT_TERMINATED)


class OneLineCommand(click.Command):
    """A command that tells a wrong option in one line, and whose epilog keeps its lines."""

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        given = list(args)
        if not given and self.no_args_is_help:
            return super().make_context(info_name, args, parent, **extra)  # shows the help
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            names = [name for name in given if name.startswith("-") and os.path.lexists(name)]
            hint = (
                f'"{names[0]}" is taken for options: put -- before file names with a leading dash.'
                if names
                else f"{_path(info_name or self.name, parent)} --help lists the options."
            )
            _refuse(error, hint)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(option.name == "config" for option in self.params) and not ctx.resilient_parsing:  # which is a shell that completes, not a run
            from flows.config import defaults_from_file

            given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
            ctx.default_map = {**(ctx.default_map or {}), **defaults_from_file(ctx, given)}
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.epilog, formatter)


class OneLineGroup(click.Group):
    """A group that tells an unknown command, or a wrong option of its own, in one line. Without arguments it shows its help."""

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        if not args:
            return super().make_context(info_name, args, parent, **extra)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            _refuse(error, f"{_path(info_name or self.name, parent)} --help lists the options.")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.epilog, formatter)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            _refuse(error, f"{_path(ctx.info_name, ctx.parent)} --help lists the commands.")


class FiniteRange(click.FloatRange):
    """A range of numbers that NaN, which compares with nothing, is out of as well."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number


def write_examples(epilog: str | None, formatter: click.HelpFormatter) -> None:
    """Write an epilog with its lines as they are; click would fill them."""
    if epilog:
        formatter.write("\n" + epilog.strip("\n") + "\n")


def _refuse(error: click.UsageError, hint: str) -> NoReturn:
    message = error.format_message()
    tell(f"{message}{'' if message.endswith(('.', '?')) else '.'} {hint}")
    sys.exit(EXIT_USAGE)


def _path(name: str | None, parent: click.Context | None) -> str:
    """A command as a user calls it, its groups included; the program itself is "claimdrift" by whatever name it was started."""
    if parent is None:
        return "claimdrift"
    names = [name or ""]
    while parent.parent is not None:
        names.insert(0, parent.info_name or "")
        parent = parent.parent
    return " ".join(["claimdrift", *names])


def tell(message: str) -> None:
    """Print one line on stderr."""
    from flows.terminal import printable

    click.echo(f"claimdrift: {printable(message)}", err=True)


@contextmanager
def showing_work(what: str = "reading the tables") -> Iterator[None]:
    """Show on stderr, where that is a terminal, what the command is doing and how far it is; nothing of it stays."""
    from rich.console import Console

    from flows.terminal import showing_progress

    with showing_progress(Console(stderr=True), what):
        yield


@contextmanager
def one_line_failures(what: str) -> Iterator[None]:
    """Turn an OutputsError inside into one line and exit code 2, anything else into "`what` failed: …" and 1; CLAIMDRIFT_DEBUG=1 adds where."""
    try:
        yield
    except KeyboardInterrupt:
        tell("interrupted")
        sys.exit(EXIT_INTERRUPTED)
    except Terminated:
        tell("terminated")
        raise
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: told in one line, with the exit code that says it failed
        from flows.storage import OutputsError

        is_users = isinstance(error, OutputsError)
        debug = bool(os.environ.get("CLAIMDRIFT_DEBUG"))
        hint = "" if is_users or debug else " (CLAIMDRIFT_DEBUG=1 shows where)"
        tell(str(error) if is_users else f"{what} failed: {type(error).__name__}: {error}{hint}")
        if debug:
            traceback.print_exc()
        sys.exit(EXIT_USAGE if is_users else EXIT_FAILED)
