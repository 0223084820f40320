"""`claimdrift retry`: read again what earlier runs rejected."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.base import EXIT_USAGE, OneLineCommand, tell
from flows.commands.check_options import engine_options, field_options, model_options, tell_options
from flows.commands.watch import printer

if TYPE_CHECKING:
    from flows.records import Run

EMBEDDED_NAME = "claimdrift-minilm"
N_MISSING_TOLD = 5
EXAMPLES = """
Examples:
  claimdrift retry --outputs archive                           once files were mended, permissions set, a share is back
  claimdrift retry --outputs archive --text-field story        where records were rejected for want of a text

Where check was given relative paths, run it in the same folder. Files that are rejected by their name alone are left out.

Exit codes: 0 done, or nothing to retry; 1 the run failed; 2 none of the files is there any more, or an option or the outputs folder cannot be used;
130 interrupted; 143 terminated.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Read again what was rejected.")
@click.option(
    "--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path), help="Outputs folder of earlier runs.",
)  # fmt: skip
@model_options
@engine_options
@field_options
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary of each folder's files as a line of JSON.")
@click.option("--debug", is_flag=True, envvar="CLAIMDRIFT_DEBUG", help="Show where an error came from.")
@tell_options
def retry(outputs: Path, quiet: bool, as_json: bool, debug: bool, **parameters: Any) -> None:
    """Read again what check, watch and serve rejected, and check what can be read now, wherever its files lie.

    Score, window, model and precision are the outputs folder's own where they are not given; a folder made on GPUs needs --engine and the like again. What
    only failed, such as a drop of a run that was killed, needs no retry: watch and serve take it up by themselves.
    """
    from flows.cli import one_line_errors

    with one_line_errors(outputs, debug):
        from flows.drops.rejected import find_rejected
        from flows.watchlist import Watchlist
        from flows.worker_options import WorkerOptions

        watchlist, command = Watchlist.read(parameters.pop("watch_terms")), parameters.pop("notify")
        WorkerOptions.of(parameters)
        rejected = find_rejected(outputs)
        for source in rejected.missing[:N_MISSING_TOLD]:
            tell(f"{source} is not here any more, or it was checked from another folder: run retry there")
        if len(rejected.missing) > N_MISSING_TOLD:
            tell(f"and {len(rejected.missing) - N_MISSING_TOLD:,} more are not")
        if not rejected.by_folder:
            if rejected.missing:
                sys.exit(EXIT_USAGE)
            if not quiet and not as_json:
                click.echo("Nothing to retry: all that was rejected has been read since, or is no article by its name.")
            return
        from rich.console import Console

        from flows.drops.checking import check_drop
        from flows.drops.ledger import Ledger
        from flows.telling import tell_findings
        from flows.terminal import showing_progress

        given = {name: value for name, value in parameters.items() if value is not None}
        settings = {**(settings_of(rejected.last_run) if rejected.last_run else {}), **given}
        show = printer(quiet=quiet, as_json=as_json)
        console = Console(stderr=True, quiet=quiet)
        with Ledger(outputs) as ledger:
            for folder, files in rejected.by_folder.items():
                started = time.monotonic()
                with showing_progress(console, "loading the model"):
                    summary = check_drop(folder, files, outputs, settings, ledger=ledger, command=command, again=True)
                    summary = None if summary is None else tell_findings(summary, command, watchlist)
                if summary is not None:  # else none of them can be read, as before
                    show(summary, time.monotonic() - started)
        if not quiet and not as_json:
            left = find_rejected(outputs)
            n_left = sum(map(len, left.by_folder.values())) + len(left.missing)
            still = f"{n_left} file{' is' if n_left == 1 else 's are'} still rejected, claimdrift status says why"
            click.echo(still if n_left else "nothing of it is rejected any more", err=True)


def settings_of(run: Run) -> dict[str, Any]:
    """Return the options that make a run of the same settings as this one, which the outputs folder was made with."""
    settings: dict[str, Any] = {
        "min_score": run.thresholds.get("min_score"), "window_days": int(run.thresholds["window_days"]),
        "precision": "bfloat16" if "-bf16" in run.model_id else "float32",
    }  # fmt: skip
    return settings if run.model_source == EMBEDDED_NAME else {**settings, "model": run.model_source}
