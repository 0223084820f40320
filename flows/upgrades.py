"""Reading tables that an older claimdrift wrote: small steps, from each schema version to the next one.

A schema version is raised when the tables change: a column that is added, renamed or typed anew. Whoever raises it adds the step from the version before to
STEPS, and a reader of this program then takes files of both; nothing else in the program knows of older versions. Files are upgraded as they are read, and
for good by the first command that writes to their folder (flows/housekeeping/upgrading.py). A newer version is refused, and so is an older one to which no
steps lead: where a column cannot honestly be computed from what is there, its step is left out, and the folder is to be made again.

Version 1 is the first and so far the only one: every claimdrift up to now has written and reads it, and STEPS is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from flows.convert import schema_problem
from flows.records import SCHEMA_VERSION, TABLES, arrow_schema
from flows.storage import OutputsError

Step = Callable[[pa.Table], pa.Table]
"""Rows of a table in one version to the same rows, in their order, in the next. Row by row: it sees the rows some at a time, or none for the schema alone."""

STEPS: dict[int, Mapping[str, Step]] = {}
"""By version n, the steps from n to n + 1, by table; a table that did not change has none. For example, a column that version 2 were to add to `runs`:

    STEPS = {1: {"runs": lambda rows: rows.append_column("host", pa.repeat("", len(rows)))}}
"""

VERSION_COLUMN = "schema_version"


def check_version(version: int, path: Path) -> None:
    """Raise OutputsError unless this program can read what was written in a schema version."""
    if version > SCHEMA_VERSION:
        raise OutputsError(
            f"{path}: has schema version {version}, and this claimdrift reads up to {SCHEMA_VERSION}. Upgrade claimdrift, or give another --outputs folder."
        )
    if not STEPS.keys() >= set(range(version, SCHEMA_VERSION)):
        raise OutputsError(
            f"{path}: has schema version {version}, which this claimdrift cannot turn into its own, {SCHEMA_VERSION}. Check the articles anew into another "
            "--outputs folder, or read this one with the claimdrift that wrote it."
        )


def upgraded(rows: pa.Table, table: str, version: int, path: Path) -> pa.Table:
    """Return rows of a table, written in `version`, with exactly the schema that this program has for it; those of its own version as they are.

    path: where they come from, for the message. Raises OutputsError where they do not hold the table as that version had it.
    """
    if version == SCHEMA_VERSION:
        return rows
    schema = arrow_schema(TABLES[table])
    for before in range(version, SCHEMA_VERSION):
        step = STEPS[before].get(table)
        try:
            rows = step(rows) if step else rows
        except (KeyError, ValueError) as error:  # a column that is not there, a value that does not fit: Arrow's errors are ValueErrors
            raise OutputsError(f"{path}: does not hold the table {table} as schema version {before} has it: {_first_line(error)}. {_WHAT_TO_DO}") from None
    if VERSION_COLUMN in rows.schema.names:
        i = rows.schema.get_field_index(VERSION_COLUMN)
        rows = rows.set_column(i, VERSION_COLUMN, pa.repeat(pa.scalar(SCHEMA_VERSION, pa.int64()), len(rows)))
    problem = schema_problem(rows.schema, schema)
    if problem:
        raise OutputsError(f"{path}: does not hold the table {table} as schema version {version} has it: {problem}. {_WHAT_TO_DO}")
    return rows.select(schema.names).cast(schema)


_WHAT_TO_DO = "Move it away, or give another --outputs folder."


def _first_line(error: Exception) -> str:
    return str(error.args[0] if error.args else error).splitlines()[0]
