"""The command line: arguments → flow. What a user got wrong is one line on stderr and exit code 2.

Nothing heavy is imported until a command runs, so that help and usage errors answer at once.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from flows.commands.base import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_TERMINATED, EXIT_USAGE, OneLineCommand, OneLineGroup, Terminated, tell
from flows.commands.check_options import engine_options, field_options, model_options, tell_options
from flows.commands.compact import compact
from flows.commands.explain import explain
from flows.commands.export import export
from flows.commands.findings import findings
from flows.commands.forget import forget
from flows.commands.plot import plot
from flows.commands.report import report
from flows.commands.retry import retry
from flows.commands.review import review
from flows.commands.serve import serve
from flows.commands.show import show
from flows.commands.status import status
from flows.commands.watch import watch
from flows.steps.sources import InputError, find_files

if TYPE_CHECKING:
    from rich.console import Console

    from flows.summary import CheckSummary

FAIL_ON = ("contradiction", "drift", "update", "any")


EXAMPLES = """
Examples:
  claimdrift check articles/                                      a folder; the results go to outputs/
  claimdrift check a.html b.txt feed.jsonl --outputs results      files and folders, mixed
  claimdrift check articles/ --fail-on contradiction              exit 1 where the run found contradictions
  claimdrift check dump.csv --text-field story --date-field day   a table whose columns have names of their own
  claimdrift check -- -odd-name.txt                               a file name with a leading dash

Exit codes: 0 done, with findings or without; 1 the run failed, or --fail-on matched; 2 the input, an option, the model or the outputs folder
cannot be used; 130 interrupted; 143 terminated.
"""


START = """
Examples:
  claimdrift check articles/      compare the articles of a folder; the results go to outputs/
  claimdrift report --open        read and review them in the browser
  claimdrift findings --new       list what the last run found
  claimdrift show fdcdc4          one finding in full
  claimdrift check --help         what a command can do, with examples

To have the shell complete all this: eval "$(_CLAIMDRIFT_COMPLETE=bash_source claimdrift)", or zsh_source, or fish_source.
"""


@click.group(cls=OneLineGroup, epilog=START, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="claimdrift", prog_name="claimdrift", message="%(prog)s %(version)s")
def cli() -> None:
    """Find claims that contradict each other, drift or are updated, across news articles about the same event."""


@cli.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Compare articles, and write findings and the report.", no_args_is_help=True)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path),
    help="Folder for the results. A second run adds what is new.",
)  # fmt: skip
@model_options
@click.option(
    "--fail-on", metavar="KIND", multiple=True, type=click.Choice(FAIL_ON),
    help=f"Exit with 1 where this run made findings of a kind: {', '.join(FAIL_ON)}. Repeatable.",
)  # fmt: skip
@click.option("--rebuild", is_flag=True, help="Replace all results in the outputs folder by those of this run.")
@engine_options
@field_options
@tell_options
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--debug", is_flag=True, envvar="CLAIMDRIFT_DEBUG", help="Show where an error came from.")
def check(inputs: tuple[Path, ...], outputs: Path, fail_on: tuple[str, ...], quiet: bool, as_json: bool, debug: bool, **parameters: Any) -> None:
    """Compare articles with each other, and with those of earlier runs into the same folder.

    INPUT is files and folders of .txt, .md, .html, .json, .jsonl, .csv and .parquet.
    """
    started = time.monotonic()
    with one_line_errors(outputs, debug):
        find_files(inputs)  # before anything is imported or made: a mistyped path is told at once
        from rich.console import Console

        from flows.summary_text import print_summary, without_heads_note

        errors, out = Console(stderr=True), Console()
        summary = run_check(inputs, outputs, parameters, errors, quiet=quiet)
        if as_json:
            click.echo(json.dumps(summary.as_json(), indent=2))
        elif not quiet:
            if note := without_heads_note(summary):
                errors.print(f"claimdrift: {note}", markup=False, highlight=False, soft_wrap=True)
            print_summary(summary, out, wall_s=time.monotonic() - started)
    for problem in filter(None, (summary.report_problem, summary.notify_problem)):
        tell(problem)
    matched = fail_on_matches(summary, fail_on)
    if matched:
        found = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in matched.items())
        tell(f"new findings: {found} (--fail-on {', '.join(fail_on)})")
        sys.exit(EXIT_FAILED)


def run_check(inputs: tuple[Path, ...], outputs: Path, parameters: dict[str, Any], errors: Console, *, quiet: bool) -> CheckSummary:
    """Check what can be checked quickly, then start Prefect and load the model at the same time, and run the flow."""
    from flows.prefect_server import quiet_console, start_server
    from flows.tables import Outputs
    from flows.terminal import showing_progress
    from flows.watchlist import Watchlist
    from flows.worker_options import WorkerOptions

    with Outputs(outputs).lock():  # tells of a folder that cannot be written, or is being written, before the start-up
        pass
    Watchlist.read(parameters["watch_terms"])
    WorkerOptions.of(parameters)
    quiet_console()
    model = parameters["model"]
    if model is None or Path(model).is_dir():  # a bar for a download only
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    errors.quiet = quiet
    with showing_progress(errors, "starting Prefect and loading the model"):
        wait_for_server = start_server()
        from flows.check_claims import check_claims, make_run

        make_run(inputs, outputs, **{name: value for name, value in parameters.items() if name not in ("notify", "watch_terms")}).prepare()
        wait_for_server()
        return cast("CheckSummary", check_claims([str(path) for path in inputs], str(outputs), **parameters))


def fail_on_matches(summary: CheckSummary, fail_on: tuple[str, ...]) -> dict[str, int]:
    """Return the new findings per kind that --fail-on names."""
    return {kind: n for kind, n in summary.kinds.items() if kind in fail_on or "any" in fail_on}


@contextmanager
def one_line_errors(outputs: Path, debug: bool) -> Iterator[None]:
    """Turn what may happen to a run into one line on stderr and an exit code; the traceback goes with it where `debug` asks for it."""
    before = run_files(outputs)
    try:
        yield
    except KeyboardInterrupt:
        tell(f"interrupted; {what_was_published(outputs, before)}")
        leave(EXIT_INTERRUPTED, debug)
    except Terminated:
        tell(f"terminated; {what_was_published(outputs, before)}")
        leave(EXIT_TERMINATED, debug)
    except InputError as error:
        tell(str(error))
        leave(EXIT_USAGE, debug)
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: told in one line, with the exit code that says the run failed
        if is_users_error(error):
            tell(str(error))
            leave(EXIT_USAGE, debug)
        server = sys.modules.get("flows.prefect_server")
        if server is not None and isinstance(error, server.ServerError):
            tell(str(error))
            leave(EXIT_FAILED, debug)
        sqlite = sys.modules.get("sqlite3")
        what = str(outputs / ".cache") if sqlite is not None and isinstance(error, sqlite.Error) else type(error).__name__
        tell(f"the run failed: {what}: {error}" + ("" if debug else " (--debug shows where)"))
        leave(EXIT_FAILED, debug)


def run_files(outputs: Path) -> set[str]:
    """The files of the runs that are published, by name: what is new among them tells of a run, whatever the clock does meanwhile."""
    try:
        return {path.name for path in (outputs / "runs").glob("*.parquet") if not path.name.startswith((".", "merged-"))}
    except OSError:  # a name that is too long: told where the folder is used
        return set()


def what_was_published(outputs: Path, before: set[str]) -> str:
    """Say what an interrupted run left in the outputs folder, and what to do."""
    if run_files(outputs) - before:
        return f"the results had been published by then, they are in {outputs}"
    if "flows.archive" in sys.modules:  # not loaded: the run had not begun
        from flows.archive import JOURNAL

        if (outputs / JOURNAL).exists():
            return "it was just publishing, and the next run into this folder will finish that"
    return "nothing was published. Run it again: what was scored is kept, but for the last few hundred pairs"


def is_users_error(error: Exception) -> bool:
    """Say whether the user can put it right. Imported late: a run that got so far has these modules loaded anyway."""
    from flows.storage import OutputsError

    if isinstance(error, OutputsError):
        return True
    checkpoint = sys.modules.get("models.checkpoint")
    return checkpoint is not None and isinstance(error, checkpoint.ModelError)


def on_term(*_: object) -> NoReturn:
    raise Terminated


def leave(code: int, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exc()
    sys.exit(code)


cli.add_command(report)
cli.add_command(plot)
cli.add_command(explain)
cli.add_command(status)
cli.add_command(retry)
cli.add_command(compact)
cli.add_command(forget)
cli.add_command(watch)
cli.add_command(serve)
cli.add_command(findings)
cli.add_command(show)
cli.add_command(export)
cli.add_command(review)


def main() -> None:
    """The console script."""
    signal.signal(signal.SIGTERM, on_term)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an old encoding shows what it lacks as an escape; it does not end the run
    cli()


if __name__ == "__main__":
    main()
