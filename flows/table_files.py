"""The Parquet files of a table: which runs' rows one holds, and whether this program can read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.convert import schema_problem
from flows.records import TABLES, arrow_schema
from flows.storage import OutputsError
from flows.upgrades import check_version, upgraded

MERGED = "merged-"  # begins the name of a file with the rows of many runs
FILES_KNOWN = 20_000  # some hundred bytes each
RUNS_KEY = b"run_ids"  # in the metadata of such a file: the ids, as a JSON list


def record_type_of(table: str) -> type:
    """Return the record class of a table; OutputsError lists the tables there are."""
    if table not in TABLES:
        raise OutputsError(f'There is no table "{table}". {did_you_mean(table, list(TABLES))}')
    return TABLES[table]


def runs_in(path: Path) -> tuple[str, ...]:
    """Return the ids of the runs whose rows a table's file holds, sorted."""
    if not path.stem.startswith(MERGED):
        return (path.stem,)
    return _runs_in(path, _state(path))


def check_file(path: Path, table: str) -> None:
    """Raise OutputsError unless the file holds this table in a schema version that this program reads."""
    version_of(path, table)


def version_of(path: Path, table: str) -> int:
    """Return the schema version of a table's file. Raises OutputsError as `check_file` does."""
    return _version_of(path, table, _state(path))


def read_rows(path: Path, table: str) -> pa.Table:
    """Return a file's rows with the schema that this program has for the table, those of an older version upgraded; raises OutputsError as `check_file`."""
    version, schema = version_of(path, table), arrow_schema(TABLES[table])
    with pq.ParquetFile(path) as file:
        return upgraded(file.read(), table, version, path).select(schema.names).cast(schema)


def _state(path: Path) -> tuple[int, int, int]:
    """What tells a file from another one in its place. Published files do not change, so each is looked into once in a process, however often it is read."""
    seen = path.stat()
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=FILES_KNOWN)
def _runs_in(path: Path, _: tuple[int, int, int]) -> tuple[str, ...]:
    try:
        return tuple(sorted(json.loads((pq.read_schema(path).metadata or {})[RUNS_KEY])))
    except (pa.ArrowInvalid, KeyError, ValueError):
        raise OutputsError(f"{path}: its name is that of a compacted file, but it names no runs. Move it away.") from None


@lru_cache(maxsize=FILES_KNOWN)
def _version_of(path: Path, table: str, _: tuple[int, int, int]) -> int:
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid as error:
        raise OutputsError(f"{path}: is no Parquet file ({str(error).splitlines()[0]}). Move it away, or give another --outputs folder.") from None
    version = (schema.metadata or {}).get(b"schema_version", b"").decode()
    if not version.isdecimal():
        raise OutputsError(f"{path}: was not written by claimdrift. Move it away, or give another --outputs folder.")
    check_version(int(version), path)
    problem = schema_problem(upgraded(schema.empty_table(), table, int(version), path).schema, arrow_schema(TABLES[table]))
    if problem:
        raise OutputsError(f"{path}: does not hold the table {table} as this claimdrift writes it: {problem}. Give another --outputs folder.")
    return int(version)


def did_you_mean(word: str, words: Sequence[str]) -> str:
    """Return what there is, after the nearest to what was given, as the end of a message."""
    close = get_close_matches(word, words, n=1)
    return (f"Did you mean {close[0]}? " if close else "") + f"There are: {', '.join(words)}."
