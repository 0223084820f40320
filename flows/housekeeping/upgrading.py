"""Upgrading: the tables of an older claimdrift, rewritten in this one's schema version before anything is written beside them.

A plain reader takes a folder's columns from its files, and cannot read two versions at once. So the first command that takes the lock of an older folder
rewrites all of its tables, in the manner of flows/housekeeping/rewriting.py: killed or out of space before its point of no return, it leaves the old version
whole, which this program reads; after it, the next run does the rest, and each folder is whole in the one version or the other.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.housekeeping.rewriting import JOURNAL, Rewrite
from flows.records import SCHEMA_VERSION, TABLES, arrow_schema
from flows.storage import explain_os_errors, sync_file
from flows.table_files import RUNS_KEY, check_file, version_of
from flows.upgrades import upgraded

ROWS_AT_A_TIME = 50_000

log = logging.getLogger(__name__)


def upgrade_files(root: Path, files: Mapping[str, Sequence[Path]]) -> None:
    """Rewrite those files of an outputs folder's tables, `files`, that are of an older schema version; only under the folder's lock.

    Raises OutputsError, and leaves everything as it was, for a file that cannot be upgraded, or where the disk is full.
    """
    older = {table: [path for path in paths if version_of(path, table) < SCHEMA_VERSION] for table, paths in files.items()}
    if not any(older.values()):
        return
    versions = sorted({version_of(path, table) for table, paths in older.items() for path in paths})
    rewrite = Rewrite(root, "upgrade-" + secrets.token_hex(4))
    try:
        with explain_os_errors(root, "nothing was changed, as it cannot be written"):
            for table in TABLES:
                if older.get(table):
                    folder = rewrite.new_folder(table, keep=[path for path in (root / table).iterdir() if path not in older[table]])
                    for path in older[table]:
                        _upgrade(path, table, folder / path.name)
        rewrite.carry_out()
    except BaseException:
        if not (root / JOURNAL).exists():
            rewrite.discard()
        raise
    log.warning("%s: its tables, of schema version %s, were rewritten in version %d", root, ", ".join(map(str, versions)), SCHEMA_VERSION)


def _upgrade(path: Path, table: str, target: Path) -> None:
    """Write a file's rows in this program's schema, with the runs that it names."""
    check_file(path, table)
    version, schema = version_of(path, table), arrow_schema(TABLES[table])
    with pq.ParquetFile(path) as file:
        before = file.schema_arrow.metadata or {}
        schema = schema.with_metadata({**(schema.metadata or {}), **({RUNS_KEY: before[RUNS_KEY]} if RUNS_KEY in before else {})})
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for batch in file.iter_batches(ROWS_AT_A_TIME):
                writer.write_table(upgraded(pa.Table.from_batches([batch]), table, version, path).cast(schema))
    sync_file(target)
