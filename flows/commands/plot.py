"""`claimdrift plot`: the report's pictures as SVG files."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work
from flows.commands.filter_options import outputs_options
from flows.wording import many

EXAMPLES = """
Examples:
  claimdrift plot                                    writes to outputs/plots/
  claimdrift plot --outputs archive --to pictures --threads 50
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Draw the pictures of the report as SVG files.")
@outputs_options
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path), help="Folder for the pictures.  [default: plots in the outputs folder]")
@click.option(
    "--threads", "n_threads", metavar="N", default=20, show_default=True, type=click.IntRange(min=0),
    help="Threads to draw, those with most findings first.",
)  # fmt: skip
def plot(outputs: Path, to: Path | None, n_threads: int) -> None:
    """Draw a drift map, and certainty over time for each thread in which it changes, as SVG files."""
    with one_line_failures("plotting"):
        from flows.report.plot_files import FOLDER
        from flows.report.plots import write_plots
        from flows.terminal import printable

        with showing_work():
            plots = write_plots(outputs, to if to is not None else outputs / FOLDER, n_threads)
    for path in plots.written:
        click.echo(f"plot      {printable(str(path))}")
    for path in plots.removed:
        click.echo(f"removed   {printable(str(path))}: what it showed is gone")
    if not plots.written:
        click.echo("plot      nothing to draw: there is no finding whose order is known, and no thread in which certainty changes")
    if plots.n_left:
        click.echo(f"          {many(plots.n_left, 'more thread')} in which certainty changes: --threads {n_threads + plots.n_left} draws all")
