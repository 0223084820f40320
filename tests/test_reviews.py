"""Reviews: the file that the page exports, the side table, and which findings are like a dismissed one."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from example_archive import records
from hypothesis import given
from hypothesis import strategies as st
from report_archive import change, port_story, publish

from flows.lock import folder_lock
from flows.records import as_row
from flows.reviews import DECISIONS, Review, ReviewFileError, like_dismissed, read_review_file, record_reviews, recorded_reviews
from flows.storage import OutputsError
from flows.tables import load

AT = dt.datetime(2024, 4, 1, 10, 0, 0, 123000, tzinfo=dt.UTC)


@pytest.fixture
def port(tmp_path) -> Path:
    return publish(tmp_path / "outputs", [port_story()])


@pytest.fixture
def ids(port) -> list[str]:
    """The folder's finding ids, surest first."""
    return load(port, "findings")["finding_id"].to_list()


def a_review(finding_id: str, decision: Any = "accepted", *, minutes: int = 0, **values: Any) -> Review:
    rest = {"thread_id": "t", "reason": None, "note": None, **values}
    return Review(finding_id=finding_id, decision=decision, reviewed_at=AT + dt.timedelta(minutes=minutes), **rest)


def as_file(path: Path, reviews: list[Any], **values: Any) -> Path:
    """A file as the page's script writes it: JSON.stringify, times as toISOString gives them."""
    path.write_text(json.dumps({"format": "claimdrift-reviews", "version": 1, "reviews": reviews, **values}, indent=2) + "\n", encoding="utf-8")
    return path


def entry(**values: Any) -> dict[str, Any]:
    return {"finding_id": "f1", "thread_id": "c1", "decision": "accepted", "reason": None, "note": None, "reviewed_at": "2024-04-01T10:00:00.123Z", **values}


# --- the file ------------------------------------------------------------------------------------------------------------------------------------------------


def test_a_file_of_the_page_is_read(tmp_path):
    path = as_file(tmp_path / "r.json", [entry(), entry(finding_id="f2", decision="dismissed", reason=" other ship ", note="")])
    assert read_review_file(path) == [
        Review("f1", "c1", "accepted", None, None, AT),
        Review("f2", "c1", "dismissed", "other ship", None, AT),
    ]


def test_half_an_emoji_does_not_spoil_a_file(tmp_path, port, ids):
    path = as_file(tmp_path / "r.json", [entry(finding_id=ids[0], note="cut here \ud83d")])
    record_reviews(port, read_review_file(path))
    assert [r.note for r in recorded_reviews(port)] == ["cut here �"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("\xff", "is no file of reviews|is no JSON"),
        ("[]", "is no file of reviews"),
        ('{"format": "other"}', "is no file of reviews"),
        ('{"format": "claimdrift-reviews", "version": 2, "reviews": []}', "has version 2, and this claimdrift reads 1"),
        ('{"format": "claimdrift-reviews", "version": 1, "reviews": {}}', "has no list of reviews"),
    ],
)
def test_what_is_no_file_of_reviews_is_refused(tmp_path, content, message):
    path = tmp_path / "r.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(ReviewFileError, match=rf"^{path}: ({message})"):
        read_review_file(path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"decision": "liked"}, 'decision "liked" is none of accepted, dismissed, noted'),
        ({"decision": None}, "decision is missing, or no text"),
        ({"finding_id": 7}, "finding_id is missing, or no text"),
        ({"reason": ["x"]}, "reason is neither text nor null"),
        ({"reviewed_at": "yesterday"}, 'reviewed_at "yesterday" is no time with a zone'),
        ({"reviewed_at": "2024-04-01T10:00:00"}, "is no time with a zone"),
        ({"reviewed_at": "0001-01-01T00:00:00+14:00"}, "is no time with a zone"),
        ({"reviewed_at": "2999-01-01T00:00:00Z"}, "is yet to come"),
    ],
)
def test_a_wrong_review_is_told_by_its_number(tmp_path, wrong, message):
    path = as_file(tmp_path / "r.json", [entry(), entry(**wrong)])
    with pytest.raises(ReviewFileError, match=r"r\.json: review 2: .*" + message):
        read_review_file(path)


def test_what_is_not_there_and_what_is_no_object(tmp_path):
    with pytest.raises(ReviewFileError, match="cannot be read: No such file"):
        read_review_file(tmp_path / "none.json")
    with pytest.raises(ReviewFileError, match="review 1: is no object"):
        read_review_file(as_file(tmp_path / "r.json", ["x"]))


# --- the side table ------------------------------------------------------------------------------------------------------------------------------------------


def test_recorded_reviews_are_read_back_and_nothing_else_changes(port, ids):
    before = {path: path.read_bytes() for path in port.rglob("*.parquet")}
    given = [a_review(ids[0], "dismissed", reason="x", note="y"), a_review(ids[1], "noted", note="z")]
    done = record_reviews(port, given)
    assert (done.new, done.n_known, done.n_unknown, done.n_outdone) == (tuple(given), 0, 0, 0)
    assert done.decisions == {"dismissed": 1, "noted": 1}
    assert recorded_reviews(port) == sorted(given, key=lambda r: r.finding_id)
    assert {path: path.read_bytes() for path in before} == before
    [file] = (port / "reviews").iterdir()
    assert b"finding that was reviewed" in pq.read_schema(file).field("finding_id").metadata.values()


def test_applying_twice_adds_nothing(port, ids):
    given = [a_review(ids[0]), a_review(ids[1], "dismissed")]
    record_reviews(port, given)
    again = record_reviews(port, [*given, *given])
    assert (again.new, again.n_known) == ((), 4)
    assert len(list((port / "reviews").iterdir())) == 1


def test_a_review_that_is_twice_in_what_is_given_is_recorded_once(port, ids):
    assert len(record_reviews(port, [a_review(ids[0])] * 2).new) == 1


@pytest.mark.parametrize("decisions", list(itertools.permutations([("accepted", 0), ("dismissed", 1), ("noted", 2)])))
def test_the_latest_decision_counts_in_whatever_order_they_come(port, ids, decisions):
    newest = -1
    for decision, minutes in decisions:
        newest = max(newest, minutes)
        assert record_reviews(port, [a_review(ids[0], decision, minutes=minutes)]).n_outdone == int(minutes < newest)
    assert [r.decision for r in recorded_reviews(port)] == ["noted"]


def test_reviews_of_unknown_findings_are_left_out_and_a_wrong_folder_is_told(port, ids):
    done = record_reviews(port, [a_review(ids[0]), a_review("f-gone")])
    assert (len(done.new), done.n_unknown) == (1, 1)
    with pytest.raises(OutputsError, match="holds none of the 2 findings"):
        record_reviews(port, [a_review("f-gone"), a_review("f-gone-too")])
    with pytest.raises(OutputsError, match="holds no published run"):
        record_reviews(port / "nowhere", [a_review(ids[0])])
    assert not (port / "nowhere").exists()


def test_nothing_is_recorded_while_another_writes(port, ids, monkeypatch):
    monkeypatch.setattr("flows.reviews.WAIT_S", 0.0)
    with folder_lock(port), pytest.raises(OutputsError, match="is writing here"):
        record_reviews(port, [a_review(ids[0])])
    assert recorded_reviews(port) == []


def test_several_at_once_lose_nothing_and_record_nothing_twice(port, ids):
    everyones = a_review(ids[0], "dismissed", reason="all say so")
    given = [[everyones, a_review(ids[n % len(ids)], "noted", minutes=n, note=f"by {n}")] for n in range(1, 7)]
    with ThreadPoolExecutor(len(given)) as pool:
        done = list(pool.map(lambda reviews: record_reviews(port, reviews), given))
    rows = [row for path in (port / "reviews").glob("*.parquet") for row in pq.read_table(path).to_pylist()]
    assert sorted(row["note"] for row in rows if row["note"]) == [f"by {n}" for n in range(1, 7)]
    assert [row["reason"] for row in rows].count("all say so") == 1
    assert sum(len(d.new) for d in done) == len(rows) == 7
    assert all(record_reviews(port, reviews).new == () for reviews in given), "and again"


def test_of_two_decisions_in_one_instant_the_same_counts_whichever_came_first(tmp_path):
    counted = []
    for number, order in enumerate(itertools.permutations(("accepted", "dismissed", "noted"))):
        outputs = publish(tmp_path / str(number), [port_story()])
        first = load(outputs, "findings")["finding_id"][0]
        for decision in order:
            record_reviews(outputs, [a_review(first, decision)])
        counted += [r.decision for r in recorded_reviews(outputs)]
    assert len(set(counted)) == 1


def test_what_a_dead_process_left_is_cleared(port, ids):
    (port / "reviews").mkdir()
    (port / "reviews" / ".x.parquet.tmp").write_bytes(b"half")
    record_reviews(port, [a_review(ids[0])])
    assert [p.suffix for p in (port / "reviews").iterdir()] == [".parquet"]


# --- like a dismissed one ------------------------------------------------------------------------------------------------------------------------------------


def row(finding_id: str, thread_id: str, *changes: Any) -> dict[str, Any]:
    return {"finding_id": finding_id, "thread_id": thread_id, "changes": [as_row(c) for c in changes]}


def test_the_same_change_in_the_same_thread_is_like_a_dismissed_one():
    raised, alike = change("quantity", "raised", "Seven ships", "12 ships"), change("quantity", "raised", "seven  SHIPS", "12 ships", "update")
    rows = [
        row("dismissed", "t1", raised, change("place", "replaced", "a", "b")),
        row("same words", "t1", alike),
        row("one of two", "t1", change("time", "later", "noon", "night"), raised),
        row("other thread", "t2", raised),
        row("other words", "t1", change("quantity", "raised", "Seven ships", "13 ships")),
        row("other direction", "t1", change("quantity", "lowered", "Seven ships", "12 ships")),
        row("reviewed", "t1", raised),
    ]
    reviews = {name: a_review(name, decision) for name, decision in (("dismissed", "dismissed"), ("reviewed", "accepted"))}
    assert like_dismissed(rows, reviews) == {"same words", "one of two"}
    assert like_dismissed(rows, {}) == set()


@given(st.lists(records(Review), max_size=4))
def test_reviews_survive_the_file_of_the_page(tmp_path_factory, reviews):
    """What JSON.stringify can hold comes back: remarks trimmed, empty ones null."""
    plain = [
        entry(finding_id=r.finding_id, thread_id=r.thread_id, decision=DECISIONS[n % 3], reason=r.reason, note=r.note)
        for n, r in enumerate(reviews)
    ]  # fmt: skip
    back = read_review_file(as_file(tmp_path_factory.mktemp("file") / "r.json", plain))
    assert [(r.finding_id, r.note) for r in back] == [(e["finding_id"], (e["note"] or "").strip() or None) for e in plain]
