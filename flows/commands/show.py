"""`claimdrift show`: one finding in full."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work
from flows.commands.filter_options import outputs_options

EXAMPLES = """
Examples:
  claimdrift show fdcdc4                         any beginning of the id that no other finding has will do
  claimdrift show fdcdc4 --thread                with every claim that tells the fact, by date
  NO_COLOR=1 claimdrift show fdcdc4              the changed words in «…» instead of colour, as in a file or pipe
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Show one finding in full.", no_args_is_help=True)
@click.argument("finding_id", metavar="ID")
@outputs_options
@click.option("--thread", "with_thread", is_flag=True, help="Also list the claims of its thread, as a timeline.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, with every column.")
def show(finding_id: str, outputs: Path, with_thread: bool, as_json: bool) -> None:
    """Show a finding: what changed, both claims in their paragraphs with the changed words marked, and what was decided about it."""
    with one_line_failures("showing the finding"):
        from flows.listing import find_finding

        with showing_work():
            detail = find_finding(outputs, finding_id)
        if as_json:
            from flows.export import detail_json

            click.echo(json.dumps(detail_json(detail, with_thread=with_thread), indent=2))
            return
        from rich.console import Console

        from flows.listing_text import print_detail

        print_detail(detail, Console(), with_thread=with_thread)
