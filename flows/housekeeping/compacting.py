"""Compacting: the many small files that runs leave become one a table, with the same rows.

A run writes a file a table, so hourly drops make thousands of them, and each costs a reader about a millisecond. Files that are large already stay as they are.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows import progress
from flows.archive import Outputs
from flows.housekeeping.rewriting import Rewrite
from flows.records import TABLES, arrow_schema
from flows.storage import FolderBusyError, OutputsError, explain_os_errors, sync_file
from flows.table_files import MERGED, RUNS_KEY, read_rows, runs_in

SMALL_BYTES = 64 * 2**20  # files under this are merged
MANY_FILES = 100  # small ones of a table: reading all of them takes longer than a small drop's own work
GROUP_ROWS = 50_000  # rows written at a time, and with them the memory that merging takes


@dataclass(frozen=True, slots=True)
class Compacted:
    """What became of one table's files."""

    table: str
    n_files_before: int
    n_files: int
    bytes_before: int
    bytes_now: int


def compact(outputs: str | Path) -> list[Compacted]:
    """Merge the small files of every table, under the folder's lock; return what was done, nothing where no table has two small files.

    Readers see the same rows before, meanwhile and after (flows/housekeeping/rewriting.py says what one may notice). Raises OutputsError.
    """
    archive = Outputs(Path(outputs))
    with archive.lock():
        rewrite = Rewrite(archive.root, "compact-" + secrets.token_hex(4))
        stem = MERGED + rewrite.id.removeprefix("compact-")
        done: list[Compacted] = []
        try:
            with explain_os_errors(archive.root, "nothing was changed, as it cannot be written"):
                for n, table in enumerate(TABLES):
                    progress.tell("merging the files", n, len(TABLES))
                    files = archive.files(table)
                    small = [path for path in files if path.stat().st_size < SMALL_BYTES]
                    if len(small) < 2:
                        continue
                    folder = rewrite.new_folder(table, keep=[path for path in (archive.root / table).iterdir() if path not in small])
                    merged = folder / f"{stem}.parquet"
                    merge_files(small, table, merged)
                    sizes = [sum(path.stat().st_size for path in paths) for paths in (files, archive.files(folder.name))]
                    done.append(Compacted(table, len(files), len(files) - len(small) + 1, *sizes))
            if done:
                rewrite.carry_out()
        except BaseException:
            if not archive.is_rewriting():
                rewrite.discard()
            raise
    return done


def compact_when_many(outputs: str | Path) -> str:
    """Compact where a table has many small files; return what went wrong in one line, or nothing. For those who run for months with nobody to look after them.

    Takes the folder's lock, so not while it is held.
    """
    archive = Outputs(Path(outputs))
    try:
        if max(sum(path.stat().st_size < SMALL_BYTES for path in archive.files(table)) for table in TABLES) >= MANY_FILES:
            compact(outputs)
    except (FolderBusyError, FileNotFoundError):  # a run, or another that compacts: left for the next time
        return ""
    except (OutputsError, OSError) as error:
        return f"the small files of {outputs} could not be merged: {error}"
    return ""


def merge_files(paths: list[Path], table: str, target: Path) -> None:
    """Write the rows of a table's files to one file, runs oldest first. Raises OutputsError where a row would be lost."""
    ordered = sorted((runs_in(path), path) for path in paths)
    run_ids = sorted({run_id for runs, _ in ordered for run_id in runs})
    schema = arrow_schema(TABLES[table])
    schema = schema.with_metadata({**(schema.metadata or {}), RUNS_KEY: json.dumps(run_ids).encode()})
    n_rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        for _, path in ordered:
            waiting.append(read_rows(path, table).cast(schema))
            n_rows += waiting[-1].num_rows
            if sum(part.num_rows for part in waiting) >= GROUP_ROWS:
                writer.write_table(pa.concat_tables(waiting), row_group_size=GROUP_ROWS)
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting), row_group_size=GROUP_ROWS)
    sync_file(target)
    written = pq.ParquetFile(target).metadata.num_rows
    if written != n_rows:
        raise OutputsError(f"{target}: holds {written} rows in place of {n_rows}. Nothing was changed.")
