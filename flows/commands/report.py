"""`claimdrift report`: write the report of an outputs folder, and open it."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work, tell
from flows.commands.filter_options import outputs_options

EXAMPLES = """
Examples:
  claimdrift report                                  writes outputs/report.html
  claimdrift report --outputs archive --open         and shows it in the browser
  claimdrift report --outputs archive --to page.html

`claimdrift check` writes the report at the end of every run; this writes it anew, with the reviews that were recorded since.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Write the report, one HTML page, and open it.")
@outputs_options
@click.option("--to", metavar="FILE", type=click.Path(path_type=Path), help="Where to write the report.  [default: report.html in DIR]")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
def report(outputs: Path, to: Path | None, show: bool) -> None:
    """Write the findings of an outputs folder as one HTML page, to read, to share and to review; it needs no network."""
    with one_line_failures("the report"):
        from flows.report.page import write_report

        with showing_work():
            path = write_report(outputs, to)
    from flows.terminal import printable

    click.echo(f"report    {printable(str(path))}")
    if show and not webbrowser.open(path.resolve().as_uri()):
        tell(f"no browser could be started: open {path} yourself")
