"""`claimdrift findings`: list the findings of an outputs folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work
from flows.commands.filter_options import filter_options, filters_of, outputs_options

LIMIT = 20

EXAMPLES = """
Examples:
  claimdrift findings                                            the surest, with the changed words
  claimdrift findings --kind contradiction --min-score 0.8       both filters must hold
  claimdrift findings --type label --type certainty              one of the two types is enough
  claimdrift findings --outlet "The Lantern" --since 2024-03-12 --limit 100
  claimdrift findings --new --json                               what the last run found, for a script

The beginning of each id is as much as claimdrift show and claimdrift explain need. Findings that were dismissed (claimdrift review) are hidden and counted.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="List findings, by kind, type, outlet, date and more.")
@outputs_options
@filter_options
@click.option("--each", is_flag=True, help="List every finding; by default those on one point, as of one claim against several like it, are listed once.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help=f"List at most so many.  [default: {LIMIT}; with --json all]")
@click.option("--json", "as_json", is_flag=True, help="Print every finding as JSON, with every column.")
def findings(outputs: Path, each: bool, limit: int | None, as_json: bool, **given: Any) -> None:
    """List the findings of an outputs folder, surest first."""
    with one_line_failures("listing the findings"):
        filters = filters_of(**given)
        from flows.listing import list_findings

        with showing_work():
            listing = list_findings(outputs, filters)
        if as_json:
            from flows.export import json_rows

            counts = {"n_findings": len(listing), "n_dismissed_hidden": listing.n_dismissed, "n_in_folder": listing.n_findings}
            click.echo(json.dumps({**counts, "findings": list(json_rows(listing, limit))}, indent=2))
            return
        from rich.console import Console

        from flows.listing_text import print_listing

        print_listing(listing, Console(), limit=limit or LIMIT, each=each)
