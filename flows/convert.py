"""Records to Arrow and back, strictly.

`pyarrow.Table.from_pylist` accepts a null in a non-null column, drops a misspelt key without a word and turns 1 into "1" here and there. Every value that
goes into a table passes these checks instead; what does not fit raises a RecordError that names the table, the row, the column and the value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import pyarrow as pa

from flows.records import TABLES, arrow_schema

R = TypeVar("R")
Convert = Callable[[Any], Any]
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


class RecordError(ValueError):
    """A record that does not fit its table, or a table that does not fit its record."""


class _Mismatch(Exception):
    """A value that does not fit; `where` grows from the inside out: ".low", then "[2].low"."""

    def __init__(self, problem: str, where: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where


def to_table(records: Sequence[R], record_type: type[R]) -> pa.Table:
    """Return the records as an Arrow table with exactly `arrow_schema(record_type)`, one row a record, in their order.

    Nested dataclasses become structs, dicts maps or structs. Raises RecordError for a null where none is allowed, a key too many or missing, a wrong
    type (numpy scalars other than float64 included), NaN, a time without a zone, a word outside a Literal, or text that is no valid Unicode.
    """
    name = _table_name(record_type)
    for row, record in enumerate(records):
        if type(record) is not record_type:
            raise RecordError(f"{name} row {row}: expected a {record_type.__name__}, got {_shown(record)}.")
    hints = typing.get_type_hints(record_type)
    schema = arrow_schema(record_type)
    columns = []
    for field in schema:
        encode = _encoder(hints[field.name], field.type, nullable=field.nullable)
        values = []
        for row, record in enumerate(records):
            try:
                values.append(encode(getattr(record, field.name)))
            except _Mismatch as mismatch:
                raise RecordError(f'{name} row {row}, column "{field.name}{mismatch.where}": {mismatch.problem}.') from None
        columns.append(pa.array(values, type=field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def to_batch(columns: Mapping[str, pa.Array], record_type: type) -> pa.RecordBatch:
    """Return columns as a record batch of exactly `arrow_schema(record_type)`: for rows by the million, of which no records are made.

    Raises RecordError where a column is missing, unknown or of another type, or holds NaN, or a null where none is allowed.
    """
    name, schema = _table_name(record_type), arrow_schema(record_type)
    problem = schema_problem(pa.schema([(column, values.type) for column, values in columns.items()]), schema)
    if problem:
        raise RecordError(f"{name}: {problem}.")
    for field in schema:
        values = columns[field.name]
        if values.null_count and not field.nullable:
            raise RecordError(f'{name}, column "{field.name}": {values.null_count} nulls where none are allowed.')
        if values.is_null(nan_is_null=True).true_count > values.null_count:
            raise RecordError(f'{name}, column "{field.name}": is NaN: a figure that could not be computed must not be stored as one.')
    return pa.RecordBatch.from_arrays([columns[column] for column in schema.names], schema=schema)


class TableBuilder(Generic[R]):
    """Records that become Arrow some at a time: as Python objects, nested ones take ten times the memory."""

    EVERY = 500

    def __init__(self, record_type: type[R]) -> None:
        self.record_type = record_type
        self._records: list[R] = []
        self._tables = [arrow_schema(record_type).empty_table()]

    def add(self, record: R) -> None:
        self._records.append(record)
        if len(self._records) >= self.EVERY:
            self._convert()

    def table(self) -> pa.Table:
        """All records, as `to_table` makes them."""
        self._convert()
        return pa.concat_tables(self._tables)

    def _convert(self) -> None:
        self._tables.append(to_table(self._records, self.record_type))
        self._records = []


def from_table(table: pa.Table, record_type: type[R]) -> list[R]:
    """Return the rows of a table as records, nested dataclasses included; times are datetimes in UTC.

    The inverse of to_table: from_table(to_table(records, T), T) == records. Raises RecordError when a column is missing, unknown or of another type, or
    holds a null where the record has none.
    """
    name = _table_name(record_type)
    schema = arrow_schema(record_type)
    problem = schema_problem(table.schema, schema)
    if problem:
        raise RecordError(f"{name}: {problem}.")
    hints = typing.get_type_hints(record_type)
    columns: list[list[Any]] = []
    for field in schema:
        column = table.column(field.name)
        if column.null_count and not field.nullable:
            raise RecordError(f'{name}, column "{field.name}": {column.null_count} nulls where none are allowed.')
        decode = _decoder(hints[field.name], field.type)
        columns.append([decode(value) for value in column.to_pylist()])
    make = typing.cast(Callable[..., R], record_type)
    names = schema.names
    return [make(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]


def schema_problem(found: pa.Schema, expected: pa.Schema) -> str:
    """Return what sets two schemas apart, in words; empty when columns and types agree, whatever their order, nullability or metadata."""
    if found.equals(expected):  # the rule; the rest is for the message
        return ""
    missing = [name for name in expected.names if name not in found.names]
    unknown = [name for name in found.names if name not in expected.names]
    if missing or unknown:
        parts = ([f"missing columns {', '.join(missing)}"] if missing else []) + ([f"unknown columns {', '.join(unknown)}"] if unknown else [])
        return " and ".join(parts)
    if len(set(found.names)) < len(found.names):
        return "a column stands there twice"
    for field in expected:
        other = found.field(field.name)
        if not other.type.equals(field.type):
            return f'column "{field.name}" is {other.type}, expected {field.type}'
    return ""


def _table_name(record_type: type) -> str:
    return next((name for name, kind in TABLES.items() if kind is record_type), record_type.__name__)


def _shown(value: object) -> str:
    text = repr(value)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """Split `X | None` into (X, True); anything else is (itself, False)."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        if len(members) == 1 and len(typing.get_args(annotation)) == 2:
            return members[0], True
    return annotation, False


# --- record → Arrow ------------------------------------------------------------------------------------------------------------------------------------------


def _encoder(annotation: Any, arrow_type: pa.DataType, *, nullable: bool | None = None) -> Convert:
    """Return the function that checks a value against its annotation and Arrow type, and returns what Arrow takes.

    `nullable`: as the column says; for nested values, as the annotation says (Any: nullable, as Arrow's own struct fields are).
    """
    annotation, optional = _without_none(annotation)
    encode = _encoder_of_values(annotation, arrow_type)
    if nullable is None:
        nullable = optional or annotation is Any

    def encode_or_null(value: Any) -> Any:
        if value is not None:
            return encode(value)
        if nullable:
            return None
        raise _Mismatch("is None, but must have a value")

    return encode_or_null


def _encoder_of_values(annotation: Any, arrow_type: pa.DataType) -> Convert:
    if typing.get_origin(annotation) is typing.Literal:
        return _literal(typing.get_args(annotation))
    if pa.types.is_struct(arrow_type):
        return _struct(annotation, arrow_type)
    if pa.types.is_list(arrow_type):
        return _list(typing.get_args(annotation)[0] if annotation is not Any else Any, arrow_type)
    if pa.types.is_map(arrow_type):
        return _map(typing.get_args(annotation), arrow_type)
    for matches, encode in _SCALARS:
        if matches(arrow_type):
            return encode
    raise RecordError(f"No converter for the Arrow type {arrow_type}: add one to flows/convert.py.")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Mismatch(f"expected text, got {_shown(value)}")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise _Mismatch(f"no valid Unicode at code point {error.start}: {_shown(value[error.start : error.end])}") from None
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Mismatch(f"expected an integer, got {_shown(value)}")
    if not INT64_MIN <= value <= INT64_MAX:
        raise _Mismatch(f"{value} does not fit into 64 bits")
    return value


def _number(value: Any) -> float:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2**53:  # beyond, float() would change it
        return float(value)
    if not isinstance(value, float):
        raise _Mismatch(f"expected a number, got {_shown(value)}")
    if value != value:
        raise _Mismatch("is NaN: a figure that could not be computed must not be stored as one")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Mismatch(f"expected true or false, got {_shown(value)}")
    return value


def _time(value: Any) -> dt.datetime:
    # A pandas.Timestamp is a datetime too, but has nanoseconds that the column would lose.
    if type(value) is not dt.datetime:
        raise _Mismatch(f"expected a datetime, got {_shown(value)}")
    if value.utcoffset() is None:
        raise _Mismatch(f"has no time zone: {value.isoformat()}")
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise _Mismatch(f"lies outside years 1 to 9999 in UTC: {value.isoformat()}") from None


_SCALARS: tuple[tuple[Callable[[pa.DataType], bool], Convert], ...] = (
    (pa.types.is_string, _text),
    (pa.types.is_int64, _integer),
    (pa.types.is_float64, _number),
    (pa.types.is_boolean, _truth),
    (pa.types.is_timestamp, _time),
)


def _literal(words: tuple[Any, ...]) -> Convert:
    def encode(value: Any) -> Any:
        if value not in words:
            raise _Mismatch(f"expected one of {', '.join(map(str, words))}, got {_shown(value)}")
        return value

    return encode


def _list(item_annotation: Any, arrow_type: pa.ListType) -> Convert:
    encode_item = _encoder(item_annotation, arrow_type.value_type)

    def encode(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _Mismatch(f"expected a list, got {_shown(value)}")
        encoded = []
        for i, item in enumerate(value):
            try:
                encoded.append(encode_item(item))
            except _Mismatch as mismatch:
                mismatch.where = f"[{i}]{mismatch.where}"
                raise
        return encoded

    return encode


def _map(annotations: tuple[Any, ...], arrow_type: pa.MapType) -> Convert:
    encode_key = _encoder(annotations[0], arrow_type.key_type)
    encode_item = _encoder(annotations[1], arrow_type.item_type)

    def encode(value: Any) -> list[tuple[Any, Any]]:
        if not isinstance(value, dict):
            raise _Mismatch(f"expected a dict, got {_shown(value)}")
        encoded = []
        for key, item in value.items():
            try:
                encoded.append((encode_key(key), encode_item(item)))
            except _Mismatch as mismatch:
                mismatch.where = f"[{key!r}]{mismatch.where}"
                raise
        return encoded

    return encode


def _struct(annotation: Any, arrow_type: pa.StructType) -> Convert:
    """A dataclass where the annotation names one; else a dict (or any dataclass) with exactly the struct's names."""
    names = [arrow_type.field(i).name for i in range(arrow_type.num_fields)]
    nominal = annotation if dataclasses.is_dataclass(annotation) else None
    hints = typing.get_type_hints(nominal) if isinstance(nominal, type) else dict.fromkeys(names, Any)
    encoders = {name: _encoder(hints[name], arrow_type.field(name).type) for name in names}

    def encode(value: Any) -> dict[str, Any]:
        if nominal is not None and type(value) is not nominal:
            raise _Mismatch(f"expected a {getattr(nominal, '__name__', nominal)}, got {_shown(value)}")
        if isinstance(value, dict):
            given = value
        elif dataclasses.is_dataclass(value):
            given = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        else:
            raise _Mismatch(f"expected a dict, got {_shown(value)}")
        missing = [name for name in names if name not in given]
        unknown = [str(key) for key in given if key not in encoders]
        if missing or unknown:
            raise _Mismatch("; ".join(f"{word} {', '.join(keys)}" for word, keys in (("missing", missing), ("unknown", unknown)) if keys))
        encoded = {}
        for name, encode_field in encoders.items():
            try:
                encoded[name] = encode_field(given[name])
            except _Mismatch as mismatch:
                mismatch.where = f".{name}{mismatch.where}"
                raise
        return encoded

    return encode


# --- Arrow → record ------------------------------------------------------------------------------------------------------------------------------------------


def _decoder(annotation: Any, arrow_type: pa.DataType) -> Convert:
    """Return the function from what Arrow's to_pylist gives to what the record holds."""
    annotation, _ = _without_none(annotation)
    if pa.types.is_timestamp(arrow_type):
        return lambda value: None if value is None else value.astimezone(dt.UTC)
    if pa.types.is_map(arrow_type):
        return lambda value: None if value is None else dict(value)
    if pa.types.is_list(arrow_type):
        decode_item = _decoder(typing.get_args(annotation)[0] if annotation is not Any else Any, arrow_type.value_type)
        return lambda value: None if value is None else [decode_item(item) for item in value]
    if pa.types.is_struct(arrow_type) and isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        decoders = {arrow_type.field(i).name: _decoder(hints[arrow_type.field(i).name], arrow_type.field(i).type) for i in range(arrow_type.num_fields)}
        return lambda value: None if value is None else annotation(**{name: decode(value[name]) for name, decode in decoders.items()})
    return lambda value: value
