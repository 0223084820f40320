"""`claimdrift watch`: check what is dropped into a folder, without a server."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from flows.commands.base import EXIT_INTERRUPTED, EXIT_TERMINATED, FiniteRange, OneLineCommand, tell
from flows.commands.check_options import engine_options, field_options, model_options, tell_options

if TYPE_CHECKING:
    from flows.drops.watcher import DropWatcher
    from flows.summary import CheckSummary

EXAMPLES = """
Examples:
  claimdrift watch drops/ --outputs archive            check what is there, then each drop, until Ctrl-C
  claimdrift watch drops/ --outputs archive --once     check what is new and end: for cron and systemd timers
  claimdrift watch drops/ --notify notify-desk --watch-terms names.txt
  claimdrift watch drops/ --trigger check-drops/claimdrift

A file is checked once it has not changed for --settle seconds. Hidden files and names that end in .tmp, .part, .partial, .filepart, .crdownload
or ~ are passed over: write under such a name and rename.

Exit codes: 0 told to stop while it waited, or --once is done; 1 a run failed; 2 DIR, an option, the model or the outputs folder cannot be used;
130 interrupted and 143 terminated while it checked.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Check each drop of new articles as it arrives.", no_args_is_help=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--once", is_flag=True, help="Check what is new and end.")
@click.option(
    "--settle", metavar="SECONDS", default=2.0, show_default=True, type=FiniteRange(0.1, 3600), help="A file that has not changed for so long is whole."
)
@click.option("--trigger", metavar="NAME", help="Start a run of this Prefect deployment, FLOW/DEPLOYMENT, for each drop, in place of checking it here.")
@model_options
@engine_options
@field_options
@tell_options
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary of each drop as a line of JSON.")
@click.option("--debug", is_flag=True, envvar="CLAIMDRIFT_DEBUG", help="Show where an error came from.")
def watch(folder: Path, outputs: Path, once: bool, settle: float, trigger: str | None, quiet: bool, as_json: bool, debug: bool, **parameters: Any) -> None:
    """Check the articles in DIR, then each drop of new ones as it arrives; only what is new is read, and the model stays loaded.

    Needs no server. One watcher at a time works on an outputs folder; claimdrift check may add to it in between.
    """
    from flows.cli import one_line_errors

    with one_line_errors(outputs, debug):
        check_folders(folder, outputs)
        if trigger is not None:
            refuse_run_options(trigger, parameters)
            trigger_runs(trigger, folder, outputs, settle, once=once, quiet=quiet)
            return
        from rich.console import Console

        from flows.drops.watcher import DropWatcher, only_watcher
        from flows.tables import Outputs
        from flows.terminal import showing_each_run, showing_progress
        from flows.watchlist import Watchlist
        from flows.worker_options import WorkerOptions

        watchlist, command = Watchlist.read(parameters.pop("watch_terms")), parameters.pop("notify")
        WorkerOptions.of(parameters)
        Outputs(outputs).create()
        console = Console(stderr=True, quiet=quiet)
        show = printer(quiet=quiet, as_json=as_json)
        with only_watcher(outputs), ExitStack() as stack:
            close = (lambda: None) if once else stack.enter_context(showing_each_run(console))  # before anything else is printed

            def told(message: str) -> None:
                close()
                tell(message)

            def checked(summary: CheckSummary, seconds: float) -> None:
                close()
                show(summary, seconds)

            with showing_progress(console, "loading the model"):
                watcher = DropWatcher(folder, outputs, parameters, settle_s=settle, on_checked=checked, tell=told, command=command, watchlist=watchlist)
                if not once:  # which may find nothing new, and needs no model then
                    watcher.prepare()
            if once:
                with showing_progress(console, "looking for new files"):
                    check_once(watcher, quiet=quiet or as_json)
            else:
                watch_until_told(watcher, quiet=quiet)


def check_once(watcher: DropWatcher, *, quiet: bool) -> None:
    """Check what is new and settled, and tell what is left."""
    n_checked = watcher.n_runs
    n_left = watcher.check_once()
    if n_left:
        tell(f"{n_left} file{'s are' if n_left > 1 else ' is'} still being written, and left for the next run")
    if watcher.n_runs == n_checked and not quiet:
        click.echo(f"nothing new in {watcher.folder}", err=True)


def watch_until_told(watcher: DropWatcher, *, quiet: bool) -> None:
    """Watch until Ctrl-C or TERM. While it waits they end it cleanly, with exit code 0; a check under way they interrupt, and the next start does it again."""
    if not quiet:
        click.echo(f"watching {watcher.folder}, results go to {watcher.outputs}; Ctrl-C stops", err=True)
    stop = threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        if watcher.is_checking:
            tell("stopped while checking; the drop under way is taken up by the next start; what was scored is kept, but for the last few hundred pairs")
            sys.exit(EXIT_INTERRUPTED if number == signal.SIGINT else EXIT_TERMINATED)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    watcher.watch(stop)
    if not quiet:
        click.echo("stopped", err=True)


def refuse_run_options(deployment: str, parameters: Mapping[str, Any]) -> None:
    """Raise InputError for an option on the command line that the runs of a deployment would not see; one of a file may be for others."""
    from flows.steps.sources import InputError

    ctx = click.get_current_context()
    reach = {*parameters, "as_json"}
    given = [p.opts[0] for p in ctx.command.params if p.name in reach and ctx.get_parameter_source(p.name) is ParameterSource.COMMANDLINE]
    if given == ["--json"]:
        raise InputError("--json prints what a check found: the runs that --trigger starts tell it in Prefect's UI")
    if given:
        raise InputError(f"{given[0]} does not reach the runs that --trigger starts: set it in the deployment {deployment}")


def trigger_runs(deployment: str, folder: Path, outputs: Path, settle_s: float, *, once: bool, quiet: bool) -> None:
    """Start a run of a deployment for each drop, until told to stop."""
    from flows.drops.trigger import DropTrigger
    from flows.prefect_server import quiet_console, require_server

    quiet_console()
    require_server("watch --trigger")
    trigger = DropTrigger(deployment, folder, outputs, settle_s=settle_s, tell=tell)
    if once:
        trigger.once()
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if not quiet:
        click.echo(f"watching {folder}: each drop starts a run of {deployment}; Ctrl-C stops", err=True)
    trigger.watch(stop)


def printer(*, quiet: bool, as_json: bool) -> Callable[[CheckSummary, float], None]:
    """Return what prints the summary of a drop, as it is made."""
    from rich.console import Console

    from flows.summary_text import print_summary

    console = Console()

    def show(summary: CheckSummary, seconds: float) -> None:
        if as_json:
            click.echo(json.dumps(summary.as_json()))
        elif not quiet:
            console.print(f"\n{summary.run.finished_at.astimezone():%Y-%m-%d %H:%M:%S}", highlight=False)
            print_summary(summary, console, wall_s=seconds)
        sys.stdout.flush()  # to a log file, too, at once
        for problem in filter(None, (summary.report_problem, summary.notify_problem)):
            tell(problem)

    return show


def check_folders(folder: Path, outputs: Path) -> None:
    """Raise InputError for a DIR that is none, or that holds the outputs folder: its tables would be read as articles."""
    from flows.steps.sources import InputError, one_line

    if not folder.exists():
        raise InputError(f"no such folder: {one_line(folder)}. Make it first, so that a slip of the pen is not watched for ever")
    if not folder.is_dir():
        raise InputError(f"{one_line(folder)} is no folder. claimdrift check takes single files")
    inner, outer = outputs.resolve(), folder.resolve()
    if inner == outer or outer in inner.parents:
        raise InputError(f"the outputs folder {one_line(outputs)} lies in {one_line(folder)}, where its tables would be read as articles. Give another one")
