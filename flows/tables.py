"""The tables, from outside: strict records ↔ Parquet, atomic publishing, reading back, the current view.

    from flows.tables import load
    findings = load("outputs", "findings")

`convert` checks records on their way to Arrow and back, `archive` publishes and reads an outputs folder, `current` computes what changes with every run.
"""

from __future__ import annotations

from flows.archive import Outputs
from flows.convert import RecordError, from_table, to_batch, to_table
from flows.current import current_table, load
from flows.storage import OutputsError, RowBatches

__all__ = ["Outputs", "OutputsError", "RecordError", "RowBatches", "current_table", "from_table", "load", "to_batch", "to_table"]
