"""What reviews say: precision with intervals, held against SciPy; the isotonic fit, held against scikit-learn; the suggested threshold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_archive import Story, change, publish
from scipy.stats import binomtest
from sklearn.isotonic import IsotonicRegression

from flows.review_stats import MIN_ABOVE, MIN_DECIDED, chance_at, isotonic, review_stats, suggest, wilson
from flows.reviews import Review, record_reviews
from flows.storage import OutputsError
from flows.tables import load

NOW = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
decisions = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_wilsons(counts):
    n_right, n = counts
    oracle = binomtest(n_right, n).proportion_ci(0.95, method="wilson")
    assert wilson(n_right, n) == pytest.approx((oracle.low, oracle.high), abs=1e-6)


@settings(deadline=None)  # the oracle takes as long as it takes
@given(decisions)
def test_the_fit_is_the_isotonic_one(decided):
    scores = [score for score, _ in decided]
    oracle = IsotonicRegression().fit(scores, [float(right) for _, right in decided])
    steps = isotonic(decided)
    assert [chance_at(steps, score) for score in scores] == pytest.approx(oracle.predict(scores).tolist())
    assert [chance for _, chance in steps] == sorted(chance for _, chance in steps)


@given(decisions, st.lists(st.integers(0, 100).map(lambda n: n / 100), min_size=1, max_size=60), st.sampled_from([0.5, 0.8, 0.9]))
def test_a_suggestion_keeps_what_it_says(decided, more, target):
    scores = [score for score, _ in decided] + more
    found, why_none = suggest(decided, scores, target)
    assert (found is None) == bool(why_none)
    if found is not None:
        own = [right for score, right in decided if score >= found.min_score]
        assert found.estimate >= target
        assert (found.reviewed.n_decided, found.reviewed.n_accepted) == (len(own), sum(own))
        assert len(own) >= MIN_ABOVE
        assert len(decided) >= MIN_DECIDED
        assert found.n_findings == sum(score >= found.min_score for score in scores)
        assert found.min_score >= min(score for score, _ in decided)


def test_the_lowest_threshold_is_found():
    decided = [(0.9, True)] * 10 + [(0.8, True)] * 8 + [(0.8, False)] * 2 + [(0.4, False)] * 10
    found, _ = suggest(decided, [score for score, _ in decided], 0.9)
    assert found is not None
    assert (found.min_score, found.estimate) == (0.8, pytest.approx(0.9))
    lower, _ = suggest(decided, [score for score, _ in decided], 0.6)
    assert lower is not None
    assert lower.min_score == 0.4


def test_findings_nobody_reviewed_weigh_in():
    """18 of the 20 that were reviewed at 0.8 or more are right, but most of the findings there are at 0.8, where 8 of 10 are."""
    decided = [(0.9, True)] * 10 + [(0.8, True)] * 8 + [(0.8, False)] * 2
    found, _ = suggest(decided, [0.9] * 10 + [0.8] * 500, 0.9)
    assert found is not None
    assert found.min_score == 0.9


def test_scores_with_more_places_are_rounded_up_so_that_the_option_takes_them():
    decided = [(0.7131, True)] * 30
    found, why_none = suggest(decided, [0.7131] * 30, 0.9)
    assert found is None, "0.72 is above all of them, and 0.71 would be rounded down"
    assert why_none
    found, _ = suggest(decided + [(0.75, True)] * 15, [0.7131] * 30 + [0.75] * 15, 0.9)
    assert found is not None
    assert found.min_score == 0.72


def test_why_nothing_is_suggested():
    assert suggest([(0.9, True)] * 5, [0.9], 0.9)[1].startswith("5 of the 20 decisions")
    assert suggest([(0.9, False)] * 30, [0.9] * 30, 0.9)[1].startswith("precision is estimated below it")


# --- a folder ------------------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path) -> Path:
    story = Story("ferry")
    echo = story.article("Echo", [f"Ship {n} waits." for n in range(6)])
    mail = story.article("Mail", [f"Ship {n} may wait." for n in range(6)], day=1)
    for n in range(6):
        weakened = change("certainty", "weakened", "waits", "may wait")
        other = change("quantity", "raised", str(n), str(n), "contradiction")
        story.finding(echo[n], mail[n], *([other, weakened] if n < 2 else [weakened]), score=0.9 - n / 10)
    return publish(tmp_path / "outputs", [story])


def test_counts_per_kind_and_type(folder):
    ids = load(folder, "findings")["finding_id"].to_list()
    given = ["accepted", "dismissed", "accepted", "accepted", "noted"]
    record_reviews(folder, [Review(i, "t", decision, None, None, NOW) for i, decision in zip(ids, given, strict=False)])
    stats = review_stats(folder)
    assert (stats.n_findings, stats.n_accepted, stats.n_dismissed, stats.n_noted, stats.n_gone) == (6, 3, 1, 1, 0)
    assert [(p.name, p.n_accepted, p.n_decided) for p in stats.kinds] == [("contradiction", 1, 2), ("drift", 2, 2)]
    assert [(p.name, p.n_accepted, p.n_decided) for p in stats.types] == [("quantity", 1, 2), ("certainty", 3, 4)]
    assert stats.overall is not None
    assert stats.overall.precision == 0.75
    assert stats.suggestion is None
    assert stats.as_json()["kinds"][0]["precision"] == 0.5


def test_reviews_of_before_a_rebuild_are_told(folder):
    [first, *_] = load(folder, "findings")["finding_id"]
    record_reviews(folder, [Review(first, "t", "accepted", None, None, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))])
    assert review_stats(folder).n_made_anew == 1


def test_without_reviews_and_without_results(folder, tmp_path):
    stats = review_stats(folder)
    assert (stats.overall, stats.kinds, stats.types) == (None, (), ())
    assert stats.why_none.startswith("0 of the 20")
    with pytest.raises(OutputsError, match="holds no published run"):
        review_stats(tmp_path)
