from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from example_archive import example, run_tables
from hypothesis import given
from hypothesis import strategies as st

from flows.records import Sighting
from flows.tables import Outputs, load
from flows.versions import Versions, find_versions

MONDAY = dt.datetime(2025, 3, 10, tzinfo=dt.UTC)


def seen(article: str, day: int | None = None, key: str = "k") -> Sighting:
    at = None if day is None else MONDAY + dt.timedelta(days=day)
    return example(Sighting, article_id=article, source_key=key, source=key, published_at=at)


def order(sightings: Sequence[Sighting]) -> list[str]:
    found = find_versions(sightings)
    assert [v.number for v in found] == list(range(1, len(found) + 1))
    assert [v.superseded_by for v in found] == [v.article_id for v in found[1:]] + [None]
    return [v.article_id for v in found]


def test_dates_decide_whatever_the_order_of_reading():
    for sightings in permutations([seen("a", 1), seen("b", 2), seen("c", 3)]):
        assert order(sightings) == ["a", "b", "c"]


def test_without_a_difference_of_dates_the_text_read_last_is_the_newest():
    assert order([seen("b", 1), seen("a", 1)]) == ["b", "a"]
    assert order([seen("b"), seen("a")]) == ["b", "a"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [([1, None], [0, 1]), ([None, 1], [0, 1]), ([2, None, 1], [2, 0, 1]), ([1, None, 3], [0, 1, 2]), ([5, None, 3, None], [2, 0, 1, 3])],
)
def test_an_undated_text_stands_beside_the_newest_read_before_it(days, expected):
    assert order([seen(str(i), day) for i, day in enumerate(days)]) == [str(i) for i in expected]


def test_a_text_seen_again_is_no_new_version():
    assert order([seen("a", 1), seen("b", 2), seen("a", 1)]) == ["a", "b"]
    assert find_versions([]) == []


@given(days=st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=6))
def test_one_text_of_a_source_is_current_and_each_other_has_a_next(days):
    found = find_versions([seen(f"a{i}", day) for i, day in enumerate(days)])
    assert len(found) == len(days)
    assert Versions(found).superseded == {v.article_id for v in found} - {found[-1].article_id}
    dated = [v.published_at for v in found if v.published_at]
    assert dated == sorted(dated)


def test_a_text_that_another_outlet_still_shows_is_not_superseded():
    versions = Versions(find_versions([seen("a", key="one"), seen("a", key="two"), seen("b", key="one")]))
    assert versions.superseded == set()
    assert (versions.is_current("a", "one"), versions.is_current("a", "two")) == (False, True)
    assert versions.same_source("a", "b")


def test_an_edit_stands_between_a_version_and_the_next_only():
    versions = Versions(find_versions([seen("a"), seen("b"), seen("c"), seen("x", key="other")]))
    standing = {pair for pair in permutations("abcx", 2) if versions.stands(*pair)}
    assert standing == {(a, b) for pair in ("ab", "bc", "cx") for a, b in (pair, pair[::-1])}


# --- in an outputs folder ----------------------------------------------------------------------------------------------------------------------------------


def pair_of(one: str, other: str) -> dict[str, str]:
    return {"earlier_claim_id": f"c-{one}", "later_claim_id": f"c-{other}", "earlier_article_id": one, "later_article_id": other}


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A page read three times, each time with another text (v1, v2, v3), and an article of another outlet; all compared with all."""
    outputs, before = Outputs(tmp_path), []
    for n, (article, key) in enumerate([("v1", "page"), ("x", "other"), ("v2", "page"), ("v3", "page")]):
        pairs = [pair_of(earlier, article) for earlier in before]
        findings = [{**pair, "finding_id": f"f-{pair['earlier_article_id']}-{article}"} for pair in pairs]
        tables = run_tables(
            f"run-{n}", articles=[{"article_id": article}], sightings=[{"article_id": article, "source": key, "published_at": None}],
            claims=[{"claim_id": f"c-{article}", "article_id": article, "text": f"Text {article}."}], pairs=pairs, findings=findings,
            comparisons=[{k: v for k, v in pair.items() if "article" in k} for pair in pairs],
        )  # fmt: skip
        outputs.publish(f"run-{n}", tables)
        before.append(article)
    return tmp_path


def test_the_current_view_leaves_out_what_was_replaced_and_tells_the_edits(edited: Path):
    assert sorted(load(edited, "articles").article_id) == ["v3", "x"]
    assert sorted(load(edited, "claims").claim_id) == ["c-v3", "c-x"]
    assert sorted(load(edited, "sightings").article_id) == ["v3", "x"]
    findings = load(edited, "findings").set_index("finding_id")
    assert sorted(findings.index) == ["f-v1-v2", "f-v2-v3", "f-x-v3"]
    assert findings.same_source.to_dict() == {"f-v1-v2": True, "f-v2-v3": True, "f-x-v3": False}
    for table in ("pairs", "comparisons"):
        assert len(load(edited, table)) == 3
    assert len(load(edited, "runs")) == 4


def test_all_of_it_is_there_for_those_who_ask(edited: Path):
    assert len(load(edited, "articles", superseded=True)) == 4
    assert len(load(edited, "findings", superseded=True)) == len(Outputs(edited).read("findings")) == 6
    versions = load(edited, "versions")
    assert versions[["source_key", "number", "article_id", "superseded_by"]].values.tolist() == [
        ["other", 1, "x", None], ["page", 1, "v1", "v2"], ["page", 2, "v2", "v3"], ["page", 3, "v3", None],
    ]  # fmt: skip


def test_a_thread_has_the_same_name_in_both_views(edited: Path):
    every, current = (load(edited, "claims", superseded=view).set_index("claim_id").thread_id for view in (True, False))
    assert current.to_dict() == every[current.index].to_dict()
