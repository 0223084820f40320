"""What a summary holds: read back from the tables, findings on one point folded, places shared between kinds."""

from __future__ import annotations

import itertools
import json

import pytest
from example_summary import finding, publish
from hypothesis import given
from hypothesis import strategies as st

from flows.storage import OutputsError
from flows.summary import Point, _share_places, changed_spans, summarise


def test_summary_reads_the_newest_run(tmp_path):
    publish(tmp_path, [finding(12, kind="update"), finding(20, kind="drift")])
    publish(tmp_path, [finding(30, kind="contradiction")], run_id="run-2")
    summary = summarise(tmp_path)
    assert (summary.run_id, summary.n_findings, summary.kinds) == ("run-2", 1, {"contradiction": 1})
    assert (summary.n_articles_in_folder, summary.n_findings_in_folder, summary.n_storylines) == (4, 3, 1)
    assert summarise(tmp_path, "run-1").kinds == {"update": 1, "drift": 1}


def test_a_run_that_is_not_there(tmp_path):
    with pytest.raises(OutputsError, match="holds no published run"):
        summarise(tmp_path)
    publish(tmp_path, [])
    with pytest.raises(OutputsError, match="run-9"):
        summarise(tmp_path, "run-9")


def test_summary_as_json(tmp_path):
    data = json.loads(json.dumps(summarise(publish(tmp_path, [finding(12)])).as_json()))
    assert data["counts"]["pairs proposed"] == 8
    [top] = data["top_findings"]
    assert top["changes"] == [{"type": "quantity", "kind": "update", "direction": "raised", "from_text": "seven ships", "to_text": "12 ships"}]
    assert top["earlier_published_at"] == "2024-03-12T00:00:00+00:00"


def test_copies_of_one_telling_are_one_point(tmp_path):
    """Five outlets carry one sentence: the reader sees the surest finding, and how many more there are."""
    copies = [finding(n, thread_id="t", to_text="12 ships", later_text=f"Now {n}: 12 ships.", score=0.5 + n / 100) for n in range(12, 17)]
    [top] = summarise(publish(tmp_path, copies)).top
    assert (top.finding.finding_id, top.n_alike) == ("f0016", 4)


def test_other_threads_directions_and_words_are_other_points(tmp_path):
    apart = {"from_text": "eight", "to_text": "nine", "earlier_text": "Eight.", "later_text": "Nine."}
    findings = [
        finding(1, thread_id="t"),
        finding(2, thread_id="other"),
        finding(3, thread_id="t", direction="lowered"),
        finding(4, thread_id="t", kind="drift"),
        finding(5, thread_id="t", **apart),
    ]
    assert summarise(publish(tmp_path, findings)).n_points == 5


def test_contradictions_come_first_then_the_surest(tmp_path):
    findings = [
        finding(1, kind="drift", score=0.99),
        finding(2, kind="contradiction", score=0.6),
        finding(3, kind="contradiction", score=0.7),
        finding(4, score=0.8),
    ]
    assert [t.finding.finding_id for t in summarise(publish(tmp_path, findings)).top] == ["f0003", "f0002", "f0001", "f0004"]


@given(n_hard=st.integers(0, 30), n_others=st.integers(0, 30), n_top=st.integers(0, 12))
def test_places_are_filled_and_shared(n_hard, n_others, n_top):
    points = [Point("contradiction", [f"c{n}"]) for n in range(n_hard)] + [Point("drift", [f"d{n}"]) for n in range(n_others)]
    shown = _share_places(points, n_top)
    assert len(shown) == min(n_top, len(points))
    assert shown == [point for point in points if point in shown]
    n_hard_shown = sum(point.kind == "contradiction" for point in shown)
    assert n_hard_shown >= min(n_hard, n_top // 2)
    assert len(shown) - n_hard_shown >= min(n_others, n_top // 2)


@given(st.text("ab -'", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_changed_spans_cover_the_words_and_nothing_twice(text, ends):
    words = [text[start:end] for start, end in ends]
    spans = changed_spans(text, words)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(spans))
    for word in filter(None, words):
        assert any(word in text[start:end] for start, end in spans)


def test_changed_words_are_marked_where_they_are_words_of_their_own():
    text = "The mayor may resign in May."
    assert changed_spans(text, ["may"]) == [(10, 13)]
    assert changed_spans("mayor", ["may"]) == [(0, 3)]
    assert changed_spans(text, ["", "not there"]) == []
