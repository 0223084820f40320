from __future__ import annotations

import dataclasses
import types
import typing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readme_parts import struct_members

from flows.records import (
    CHANGE_TYPES,
    DIRECTIONS,
    KINDS,
    OPPOSITE_DIRECTION,
    SCHEMA_VERSION,
    TABLES,
    Change,
    Claim,
    Finding,
    Observation,
    Quantity,
    Run,
    TimeMention,
    arrow_schema,
    article_id,
    as_row,
    claim_id,
    finding_id,
    stable_hash,
)
from flows.structs import TIME_TYPE

# Names that readers of the findings table may rely on; taking one away, or renaming it, is a new schema version.
FIXED = """finding_id run_id thread_id storyline_id kind types changes score earlier_source later_source earlier_sources later_sources earlier_outlet
    later_outlet earlier_text later_text earlier_char_start earlier_char_end later_char_start later_char_end earlier_published_at later_published_at
    order_known same_source evidence model_id schema_version""".split()


def test_ids_never_change():
    # They are stored in archives, and tell what is new: these are the ids of schema version 1.
    assert SCHEMA_VERSION == 1
    assert article_id("The dam broke at dawn.\n") == "a441c86877c6cd6d216a9"
    assert claim_id("a1", 0, 22) == "ccb30c2cdaa12cf8c8f28"
    assert finding_id("c1", "c2") == "fe5a7bcd07197071e41c7"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_stable_hash_tells_parts_apart(one, other):
    assert (stable_hash(*one) == stable_hash(*other)) == (one == other)


def test_stable_hash_takes_any_text_python_can_hold():
    assert len(stable_hash("half a pair: \ud83d", 7)) == 20


@given(st.text(), st.text())
def test_finding_id_has_no_order(claim_a, claim_b):
    assert finding_id(claim_a, claim_b) == finding_id(claim_b, claim_a)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_and_typed(name):
    schema = arrow_schema(TABLES[name])
    assert schema.names == [f.name for f in dataclasses.fields(TABLES[name])]
    assert schema.metadata == {b"schema_version": str(SCHEMA_VERSION).encode()}
    for field in schema:
        assert field.metadata[b"description"].strip()
        assert field.type not in (pa.large_string(), pa.date32(), pa.null())
        if pa.types.is_timestamp(field.type):
            assert field.type == pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize("name", TABLES)
def test_a_column_is_nullable_exactly_where_the_record_may_hold_none(name):
    hints = typing.get_type_hints(TABLES[name])
    for field in arrow_schema(TABLES[name]):
        optional = typing.get_origin(hints[field.name]) is types.UnionType
        assert field.nullable == optional, field.name
        assert not (optional and pa.types.is_integer(field.type)), "a nullable integer becomes a float in pandas"


@pytest.mark.parametrize("name", TABLES)
def test_structs_have_the_fields_of_their_dataclass(name):
    hints = typing.get_type_hints(TABLES[name])
    for field in arrow_schema(TABLES[name]):
        items = [a for a in typing.get_args(hints[field.name]) if dataclasses.is_dataclass(a)]
        if items:
            struct = field.type.value_type
            assert [struct.field(i).name for i in range(struct.num_fields)] == [f.name for f in dataclasses.fields(items[0])]


@pytest.mark.parametrize("name", TABLES)
def test_every_member_of_a_struct_is_described(name, tmp_path):
    """In the files, too; and files that were written before the members were described still read as the same table."""
    schema = arrow_schema(TABLES[name])
    pq.write_table(schema.empty_table(), tmp_path / "t.parquet")
    written = pq.read_schema(tmp_path / "t.parquet")
    for column in written:
        for path, child in struct_members(column):
            assert child.metadata[b"description"].strip(), path
            assert child.metadata[b"nullable"] in (b"true", b"false"), path
            assert child.nullable, f"{path}: Arrow's own flag is part of the type, so that a change of it needs a new schema version"
    plain = pa.schema([pa.field(field.name, bare(field.type), nullable=field.nullable) for field in schema])
    assert plain.equals(schema)


def bare(arrow_type: pa.DataType) -> pa.DataType:
    """A type without the notes of its members."""
    if pa.types.is_list(arrow_type):
        return pa.list_(bare(arrow_type.value_type))
    return pa.struct([(child.name, bare(child.type)) for child in arrow_type]) if pa.types.is_struct(arrow_type) else arrow_type


def test_members_may_be_null_exactly_where_the_record_may_hold_none():
    hints = typing.get_type_hints(TimeMention)
    for child in TIME_TYPE:
        assert (child.metadata[b"nullable"] == b"true") == (typing.get_origin(hints[child.name]) is types.UnionType), child.name


def test_every_row_names_its_run():
    assert all("run_id" in arrow_schema(kind).names for kind in TABLES.values())


def test_findings_are_published_after_what_they_refer_to():
    order = list(TABLES)
    assert order[-2:] == ["findings", "runs"]
    assert TABLES["runs"] is Run


def test_fixed_columns_of_findings():
    assert set(FIXED) <= set(arrow_schema(Finding).names)
    change = arrow_schema(Finding).field("changes").type.value_type
    assert [change.field(i).name for i in range(change.num_fields)] == [f.name for f in dataclasses.fields(Change)]


def test_directions():
    assert tuple(DIRECTIONS) == CHANGE_TYPES
    assert set(OPPOSITE_DIRECTION) == {direction for directions in DIRECTIONS.values() for direction in directions}
    for directions in DIRECTIONS.values():
        # Seen from the other claim, a change has a direction of its own type still.
        assert {OPPOSITE_DIRECTION[direction] for direction in directions} <= set(directions)
    assert set(KINDS) == {"contradiction", "update", "drift"}


def test_as_row_takes_nested_records_along():
    quantity = Quantity("87 people", 0, 9, 87.0, 87.0, "people", "count", False)
    row = as_row(Observation("quantity", "changed", note="87 is outside 100 to 120"))
    assert row["note"] == "87 is outside 100 to 120"
    assert as_row(quantity)["low"] == 87.0
    assert "quantities" in arrow_schema(Claim).names
