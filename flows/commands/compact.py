"""`claimdrift compact`: merge the small files of an outputs folder."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work
from flows.commands.filter_options import outputs_options

EXAMPLES = """
Examples:
  claimdrift compact
  claimdrift compact --outputs archive
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Merge the small files of an outputs folder.")
@outputs_options
def compact(outputs: Path) -> None:
    """Merge the small files that runs leave in each table into one, with the same rows.

    It may run beside readers, and ends at once where a run is writing. Worth it from some hundred runs on, when reading a table takes noticeably long.
    """
    with one_line_failures("compacting"):
        from flows.housekeeping.compacting import compact as compact_folder
        from flows.tables import Outputs, OutputsError
        from flows.terminal import printable

        if not Outputs(outputs).run_ids():
            raise OutputsError(f"{outputs}: holds no published run. Make one with: claimdrift check ARTICLES --outputs {outputs}")
        with showing_work("merging the files"):
            done = compact_folder(outputs)
        for table in done:
            click.echo(f"{table.table:<12}{table.n_files_before:>7,} files → {table.n_files:,}   {_size(table.bytes_before)} → {_size(table.bytes_now)}")
        if not done:
            click.echo(printable(f"Nothing to do: no table in {outputs} has two small files."))


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.1f} MB" if n_bytes >= 2**20 else f"{n_bytes / 2**10:,.0f} KB"
