"""`claimdrift export`: findings as CSV or JSON lines."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from flows.commands.base import EXIT_USAGE, OneLineCommand, one_line_failures, showing_work, tell
from flows.commands.filter_options import filter_options, filters_of, outputs_options
from flows.wording import many

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}

EXAMPLES = """
Examples:
  claimdrift export --csv findings.csv                       one row a finding, for a spreadsheet
  claimdrift export --jsonl --kind contradiction | jq .score
  claimdrift export sure.jsonl --min-score 0.8               the name says the format

CSV: lists are joined with " | "; changes is a text, such as "label softer: terrorist organisation → militant group", and the first change also has the
columns change_type, change_direction, change_from_text and change_to_text; the figures of evidence have a column each (evidence_same_fact, ...), its lists
are left out. A text that a spreadsheet would take for a formula gets an apostrophe in front. JSON lines: every column as it is, nested.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Write findings as CSV or JSON lines.", no_args_is_help=True)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--csv", "form", flag_value="csv", help="Write CSV.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Write JSON lines, one finding a line.")
@outputs_options
@filter_options
def export(file: Path | None, form: str | None, outputs: Path, **given: Any) -> None:
    """Write the findings of an outputs folder, surest first, to FILE, or to standard output."""
    if form is None:
        form = FORMATS.get(file.suffix.lower()) if file else None
    if form is None:
        tell("say in which form: --csv or --jsonl, or a FILE whose name ends in .csv or .jsonl.")
        sys.exit(EXIT_USAGE)
    if file == Path("-"):
        file = None
    with one_line_failures("the export"):
        filters = filters_of(**given)
        from flows.export import write_findings
        from flows.listing import list_findings

        with showing_work():
            listing = list_findings(outputs, filters)
        # Rows on standard output show by themselves how far it is, and may stand on the terminal that would show it.
        with showing_work("writing the findings") if file else nullcontext():
            write_findings(listing, form, file)
    left = f"; {listing.n_dismissed:,} dismissed left out: --review all has them" if listing.n_dismissed else ""
    if file or left:
        from flows.terminal import printable

        where = f" to {printable(str(file))}" if file else ""
        click.echo(f"exported  {many(len(listing), 'finding')}{where}{left}", err=True)
