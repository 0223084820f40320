"""Records and runs for tests of the tables: written by hand where a test reads them, filled with defaults where it does not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from flows.records import SCHEMA_VERSION, TABLES, Run, arrow_schema
from flows.tables import to_table

START = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)


def default_of(arrow_type: pa.DataType) -> Any:
    """The plainest value of an Arrow type."""
    if pa.types.is_struct(arrow_type):
        return {arrow_type.field(i).name: default_of(arrow_type.field(i).type) for i in range(arrow_type.num_fields)}
    if pa.types.is_list(arrow_type):
        return []
    if pa.types.is_map(arrow_type):
        return {}
    if pa.types.is_timestamp(arrow_type):
        return START
    return {pa.string(): "", pa.int64(): 0, pa.float64(): 0.0, pa.bool_(): False}[arrow_type]


def example(record_type: type, **values: Any) -> Any:
    """A record with these values, and defaults for the rest."""
    defaults = {field.name: None if field.nullable else default_of(field.type) for field in arrow_schema(record_type)}
    if "kind" in defaults:
        defaults["kind"] = "drift"
    return record_type(**{**defaults, **values})


def run_tables(run_id: str, *, run: dict[str, Any] | None = None, **records: Iterable[dict[str, Any]]) -> dict[str, pa.Table]:
    """All tables of one run; `records` gives, by table, the values that differ from the defaults, `run` those of its runs row."""
    if "sightings" in records:
        records["sightings"] = [{"source_key": row.get("source", ""), **row} for row in records["sightings"]]
    settings = {"model_id": "m", "settings_id": "s", "thresholds": {"same_fact": 0.5}, "schema_version": SCHEMA_VERSION, **(run or {})}
    tables = {name: to_table([example(kind, run_id=run_id, **row) for row in records.get(name, ())], kind) for name, kind in TABLES.items() if name != "runs"}
    tables["runs"] = to_table([example(Run, run_id=run_id, **settings)], Run)
    return tables


def records(record_type: type) -> st.SearchStrategy[Any]:
    """Any valid record of a class, from its annotations and Arrow types."""
    hints = typing.get_type_hints(record_type)
    return st.builds(record_type, **{field.name: _values(hints[field.name], field.type) for field in arrow_schema(record_type)})


def _values(annotation: Any, arrow_type: pa.DataType) -> st.SearchStrategy[Any]:
    if typing.get_origin(annotation) is types.UnionType:
        return st.none() | _values(typing.get_args(annotation)[0], arrow_type)
    if typing.get_origin(annotation) is typing.Literal:
        return st.sampled_from(typing.get_args(annotation))
    if pa.types.is_list(arrow_type):
        item = Any if annotation is Any else typing.get_args(annotation)[0]
        return st.lists(_values(item, arrow_type.value_type), max_size=3)
    if pa.types.is_map(arrow_type):
        key, item = typing.get_args(annotation)
        return st.dictionaries(_values(key, arrow_type.key_type), _values(item, arrow_type.item_type), max_size=3)
    if pa.types.is_struct(arrow_type):
        children = [arrow_type.field(i) for i in range(arrow_type.num_fields)]
        if dataclasses.is_dataclass(annotation):
            hints = typing.get_type_hints(annotation)
            return st.builds(annotation, **{child.name: _values(hints[child.name], child.type) for child in children})
        return st.fixed_dictionaries({child.name: _values(Any, child.type) for child in children})
    if pa.types.is_timestamp(arrow_type):
        zones = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30)), dt.timezone(dt.timedelta(hours=-8))])
        return st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001 (the zone comes with `timezones`)
    return {
        pa.string(): st.text(max_size=8),
        pa.int64(): st.integers(-(2**63), 2**63 - 1),
        pa.float64(): st.floats(allow_nan=False),
        pa.bool_(): st.booleans(),
    }[arrow_type]
