from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from example_archive import START, example, records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.convert import TableBuilder
from flows.records import TABLES, Article, Change, Claim, Finding, Observation, Pair, Quantity, Run, TimeMention, arrow_schema
from flows.tables import RecordError, from_table, to_batch, to_table


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_records_come_back_as_they_went_in(name, data):
    given_records = data.draw(st.lists(records(TABLES[name]), max_size=2))
    table = to_table(given_records, TABLES[name])
    assert table.schema.equals(arrow_schema(TABLES[name]), check_metadata=True)
    assert from_table(table, TABLES[name]) == given_records


@pytest.mark.parametrize("name", TABLES)
def test_records_come_back_from_a_parquet_file(name, tmp_path):
    table = to_table([example(TABLES[name])], TABLES[name])
    pq.write_table(table, tmp_path / "x.parquet")
    back = pq.read_table(tmp_path / "x.parquet")
    assert back.schema.equals(table.schema)
    assert all(field.metadata[b"description"] for field in back.schema)
    assert from_table(back, TABLES[name]) == [example(TABLES[name])]


def pair_columns(**differing: pa.Array) -> dict[str, pa.Array]:
    """The columns of two pairs, with some differing."""
    table = to_table([example(Pair), example(Pair)], Pair)
    return {name: table.column(name).combine_chunks() for name in table.schema.names} | differing


def test_columns_make_the_batch_that_records_make():
    columns = pair_columns()
    backwards = dict(reversed(columns.items()))
    assert pa.Table.from_batches([to_batch(backwards, Pair)]).equals(to_table([example(Pair), example(Pair)], Pair), check_metadata=True)


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"score": pa.array([1.0, float("nan")])}, 'column "score": is NaN'),
        ({"score": pa.array([1.0, None])}, 'column "score": 1 nulls where none are allowed'),
        ({"neutral_back": pa.array([None, float("nan")])}, 'column "neutral_back": is NaN'),
        ({"score": pa.array([1, 2])}, 'column "score" is int64, expected double'),
        ({"scroe": pa.array([1.0, 2.0])}, "unknown columns scroe"),
    ],
)
def test_columns_that_do_not_fit_are_refused(differing: dict[str, pa.Array], message: str):
    with pytest.raises(RecordError, match=f"pairs.*{message}"):
        to_batch(pair_columns(**differing), Pair)


@pytest.mark.parametrize("n", [0, 1, 3, 7])
def test_records_that_become_arrow_some_at_a_time_are_the_same(n: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(TableBuilder, "EVERY", 3)
    findings = [example(Finding, finding_id=f"f{i}") for i in range(n)]
    builder = TableBuilder(Finding)
    for finding in findings:
        builder.add(finding)
    assert from_table(builder.table(), Finding) == findings


def test_no_records_make_an_empty_table_with_the_schema():
    assert to_table([], Finding).schema.equals(arrow_schema(Finding), check_metadata=True)
    assert from_table(to_table([], Finding), Finding) == []


def test_times_come_back_in_utc_to_the_microsecond():
    local = dt.datetime(2024, 5, 1, 6, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    [back] = from_table(to_table([example(Article, published_at=local)], Article), Article)
    assert back.published_at == local
    assert back.published_at.tzinfo is dt.UTC
    assert back.published_at.hour == 4


def test_an_open_quantity_is_infinite():
    quantity = Quantity("at least 87", 0, 11, 87.0, float("inf"), "people", "count", False)
    [back] = from_table(to_table([example(Claim, quantities=[quantity])], Claim), Claim)
    assert back.quantities == [quantity]


def test_comparers_observations_may_go_into_the_evidence_as_they_are():
    observation = Observation("quantity", "changed", "raised", "87", "120", 0.9, "120 is more than 87")
    finding = example(Finding)
    [back] = from_table(to_table([dataclasses.replace(finding, evidence={**finding.evidence, "observations": [observation]})], Finding), Finding)
    assert back.evidence["observations"] == [dataclasses.asdict(observation)]


TIME = TimeMention("Monday", 0, 6, START, None, "day")
MISFITS = [
    (Pair, {"score": None}, 'pairs row 1, column "score": is None, but must have a value.'),
    (Pair, {"score": "0.5"}, "pairs row 1, column \"score\": expected a number, got '0.5' (str)."),
    (Pair, {"score": True}, 'pairs row 1, column "score": expected a number, got True (bool).'),
    (Pair, {"score": np.float32(0.5)}, 'pairs row 1, column "score": expected a number, got np.float32(0.5) (float32).'),
    (Pair, {"score": float("nan")}, 'pairs row 1, column "score": is NaN: a figure that could not be computed must not be stored as one.'),
    (Pair, {"score": 2**60}, f'pairs row 1, column "score": expected a number, got {2**60} (int).'),
    (Pair, {"blocking_rule": 7}, 'pairs row 1, column "blocking_rule": expected text, got 7 (int).'),
    (Article, {"n_claims": 1.0}, 'articles row 1, column "n_claims": expected an integer, got 1.0 (float).'),
    (Article, {"n_claims": 2**63}, f'articles row 1, column "n_claims": {2**63} does not fit into 64 bits.'),
    (Article, {"title": "a\ud83d"}, "articles row 1, column \"title\": no valid Unicode at code point 1: '\\ud83d' (str)."),
    (Article, {"chrome": {"nav": "2"}}, "articles row 1, column \"chrome['nav']\": expected an integer, got '2' (str)."),
    (Article, {"chrome": [("nav", 2)]}, "articles row 1, column \"chrome\": expected a dict, got [('nav', 2)] (list)."),
    (Article, {"published_at": dt.datetime(2024, 5, 1)}, 'articles row 1, column "published_at": has no time zone: 2024-05-01T00:00:00.'),  # noqa: DTZ001
    (Article, {"published_at": pd.Timestamp("2024-05-01", tz="UTC")}, 'column "published_at": expected a datetime, got Timestamp('),
    (Article, {"published_at": dt.date(2024, 5, 1)}, 'column "published_at": expected a datetime, got datetime.date(2024, 5, 1) (date).'),
    (Article, {"published_at": dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))}, "lies outside years 1 to 9999 in UTC"),
    (Claim, {"times": (TIME,)}, 'column "times": expected a list, got (TimeMention('),
    (Claim, {"times": [TIME, None]}, 'column "times[1]": is None, but must have a value.'),
    (Claim, {"times": [TIME, Change("time", "drift", "later", "", "")]}, 'column "times[1]": expected a TimeMention, got Change('),
    (Claim, {"times": [dataclasses.replace(TIME, grain=None)]}, 'column "times[0].grain": is None, but must have a value.'),
    (Finding, {"kind": "drifted"}, "findings row 1, column \"kind\": expected one of contradiction, drift, update, got 'drifted' (str)."),
    (Finding, {"types": ["entity", "names"]}, 'column "types[1]": expected one of entity, quantity,'),
    (Finding, {"order_known": 1}, 'column "order_known": expected true or false, got 1 (int).'),
    (Finding, {"evidence": {"similarty": 0.5}}, 'column "evidence": missing similarity, same_fact, exclusive'),
    (Finding, {"evidence": {**example(Finding).evidence, "extra": 1}}, 'column "evidence": unknown extra.'),
    (Finding, {"evidence": "high"}, "column \"evidence\": expected a dict, got 'high' (str)."),
    (Run, {"thresholds": {"score": None}}, "runs row 1, column \"thresholds['score']\": is None, but must have a value."),
]


@pytest.mark.parametrize(("record_type", "values", "message"), MISFITS, ids=[f"{kind.__name__}-{i}" for i, (kind, _, _) in enumerate(MISFITS)])
def test_a_misfit_is_named_with_table_row_column_and_value(record_type, values, message):
    with pytest.raises(RecordError) as error:
        to_table([example(record_type), example(record_type, **values)], record_type)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_long_values_are_cut_in_messages():
    with pytest.raises(RecordError) as error:
        to_table([example(Pair, score="9" * 1000)], Pair)
    assert len(str(error.value)) < 200


def test_a_record_of_another_class():
    with pytest.raises(RecordError, match="pairs row 0: expected a Pair, got Change"):
        to_table([Change("time", "drift", "later", "", "")], Pair)  # type: ignore[list-item]


def test_tables_that_do_not_fit_their_record():
    table = to_table([example(Pair)], Pair)
    with pytest.raises(RecordError, match=r"^pairs: missing columns score\.$"):
        from_table(table.drop_columns(["score"]), Pair)
    with pytest.raises(RecordError, match="unknown columns extra"):
        from_table(table.append_column("extra", pa.array([1])), Pair)
    i = table.schema.get_field_index("score")
    with pytest.raises(RecordError, match='column "score" is string, expected double'):
        from_table(table.set_column(i, "score", pa.array(["0.5"])), Pair)
    with pytest.raises(RecordError, match='column "score": 1 nulls where none are allowed'):
        from_table(table.set_column(i, "score", pa.array([None], pa.float64())), Pair)
    assert from_table(table.select(table.schema.names[::-1]), Pair) == [example(Pair)]
