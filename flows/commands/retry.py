"""`claimdrift retry`: check again what earlier runs rejected."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flows.commands.base import EXIT_USAGE, OneLineCommand, one_line_failures, tell
from flows.commands.check_options import field_options, model_options, tell_options

EMBEDDED_NAME = "claimdrift-minilm"


@click.command(cls=OneLineCommand)
@click.option(
    "--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path), help="Outputs folder of earlier runs.",
)  # fmt: skip
@model_options
@field_options
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@tell_options
@click.pass_context
def retry(ctx: click.Context, outputs: Path, quiet: bool, as_json: bool, **parameters: Any) -> None:
    """Check again the INPUT of runs that rejected something, once it was put right.

    What was read already is known and costs little. Score, window and model are the folder's own where they are not given.
    """
    with one_line_failures("the retry"):
        inputs, missing, of_folder = what_to_retry(outputs)
        if missing and not inputs:
            tell(f"{missing[0]} is not here any more. Run retry in the folder that check was run in.")
            sys.exit(EXIT_USAGE)
    if not inputs:
        if as_json:
            click.echo("null")
        elif not quiet:
            click.echo("Nothing to retry: all that was rejected has been read since.")
        return
    from flows.cli import check

    given = {name: value for name, value in parameters.items() if value is not None}
    others = {option.name: None for option in check.params if option.name and option.name not in ("inputs", "rebuild", "fail_on", "debug")}
    ctx.invoke(check, **{**others, **of_folder, **given, "inputs": tuple(inputs), "outputs": outputs, "quiet": quiet, "as_json": as_json})


def what_to_retry(outputs: Path) -> tuple[list[Path], list[Path], dict[str, Any]]:
    """Return the INPUT of runs with rejects that stand, what of it is gone, and the options that the folder was made with. Raises OutputsError."""
    from flows.convert import from_table
    from flows.housekeeping.status import read_status
    from flows.records import Run
    from flows.tables import Outputs

    status = read_status(outputs)
    runs = {reject.run_id for reject in status.rejects}
    rows = from_table(Outputs(outputs).read("runs", run_ids=sorted(runs)), Run)
    inputs = [Path(path) for path in dict.fromkeys(path for run in rows for path in run.inputs)]
    last = status.last_run
    of_folder: dict[str, Any] = {}
    if last is not None:
        of_folder = {"min_score": last.thresholds.get("min_score"), "window_days": int(last.thresholds["window_days"])}
        if last.model_source != EMBEDDED_NAME:
            of_folder["model"] = last.model_source
    return [path for path in inputs if path.exists()], [path for path in inputs if not path.exists()], of_folder
