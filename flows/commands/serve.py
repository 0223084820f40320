"""`claimdrift serve`: a Prefect deployment that checks a folder on a schedule and as files are dropped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from flows.commands.base import FiniteRange, OneLineCommand, tell
from flows.commands.check_options import engine_options, field_options, model_options, tell_options
from flows.commands.watch import check_folders

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
EXAMPLES = """
Examples:
  claimdrift serve drops/ --outputs archive                             each drop at once, and a sweep every 15 minutes
  claimdrift serve drops/ --outputs archive --every 1h
  claimdrift serve drops/ --outputs archive --cron "0 6-22 * * 1-5"     on the hour, on working days

It needs a server: prefect server start, and PREFECT_API_URL=http://127.0.0.1:4200/api in this command's environment.

Exit codes: 0 told to stop; 1 it failed, or the server does not answer at the start; 2 DIR, an option or the outputs folder cannot be used, or the deployment
is being served already; 130 and 143 told to stop, by Ctrl-C or TERM, while the server does not answer: it waits for it for 10 seconds.
"""


class Duration(click.ParamType[float]):
    """A time span such as 30s, 15m, 2h or 1d, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d+)([smhd])", str(value).strip())
        seconds = int(match[1]) * UNITS_S[match[2]] if match else 0
        if seconds < 1:
            self.fail(f'"{value}" is no time span: give a number and s, m, h or d, e.g. 15m', param, ctx)
        return float(seconds)


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Serve a Prefect deployment that checks new articles.", no_args_is_help=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--every", metavar="TIME", type=Duration(), help="Sweep the folder so often: 30s, 15m, 2h, 1d.  [default: 15m]")
@click.option("--cron", metavar="EXPRESSION", help="Sweep it at these times instead.")
@click.option("--timezone", metavar="NAME", default="UTC", show_default=True, help="Time zone of --cron, e.g. Europe/Berlin.")
@click.option("--name", metavar="NAME", default="claimdrift", show_default=True, help="Name of the deployment, check-drops/NAME.")
@click.option(
    "--settle", metavar="SECONDS", default=2.0, show_default=True, type=FiniteRange(0.1, 3600), help="A file that has not changed for so long is whole."
)
@model_options
@engine_options
@field_options
@tell_options
@click.option("--debug", is_flag=True, envvar="CLAIMDRIFT_DEBUG", help="Show where an error came from.")
def serve(folder: Path, outputs: Path, every: float | None, cron: str | None, timezone: str, name: str, settle: float, debug: bool, **parameters: Any) -> None:
    """Serve a Prefect deployment that checks each drop of new articles in DIR as it arrives, and sweeps DIR on a schedule.

    Runs, logs, findings and counts show up in Prefect's UI; one run at a time. Each is a process of its own, and loads the model anew, in 5 s and more;
    claimdrift watch keeps it loaded. Ends on Ctrl-C, and the schedule with it.
    """
    from flows.cli import one_line_errors
    from flows.prefect_server import require_server
    from flows.steps.sources import InputError

    with one_line_errors(outputs, debug):
        if every is not None and cron is not None:
            raise InputError("--every and --cron are two schedules. Give one")
        check_folders(folder, outputs)

        from flows.watchlist import Watchlist
        from flows.worker_options import WorkerOptions

        Watchlist.read(parameters["watch_terms"])
        WorkerOptions.of(parameters)
        url = require_server("claimdrift serve")
        from flows.drops.lost import only_server
        from flows.drops.serving import make_schedule, serve_drops

        schedule = make_schedule(every, cron, timezone)
        with only_server(outputs, name):
            click.echo(f"serving check-drops/{name} for {folder}; its runs are in {url.removesuffix('/api')}. Ctrl-C stops", err=True)
            serve_drops(folder, outputs, schedule, name=name, settle_s=settle, parameters=parameters, tell=tell)
