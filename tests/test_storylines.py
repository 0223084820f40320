"""Which articles are compared: a matter of the two alone, whatever the order and split of what came in."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import Comparison
from flows.steps import nearby
from flows.steps.affinity import affinity
from flows.steps.storylines import cites, compare_articles, find_comparisons, put_in_order
from flows.steps.views import ArticleView
from tests.core_examples import DAY, SENTENCES, a_view, an_article

OUTLETS = ("Velm Echo", "The Lantern", "www.daily-meridian.example", "")
NOTE = "The crane in Velm had fallen on a ship, The Lantern reported."


def invented_view(rng: random.Random) -> ArticleView:
    """An article of a few sentences of one event, at random times, of few sources, so that all rules come into play."""
    text = " ".join(rng.sample([*SENTENCES, NOTE], rng.choice([1, 2, 5, 9])))
    if rng.random() < 0.1:
        text = "No claim at all?"
    date = rng.choice([None, DAY, DAY + dt.timedelta(hours=5), DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=70)])
    article = an_article(text, published_at=date, precision=rng.choice(["day", "second"]))
    return a_view(article, source_key=rng.choice(["k1", "k2", *(f"own-{i}" for i in range(8))]), outlet=rng.choice(OUTLETS))


def invented_views(seed: int, n: int) -> list[ArticleView]:
    rng = random.Random(seed)
    return list({v.article.article_id: v for v in (invented_view(rng) for _ in range(n))}.values())


SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_two_articles_have_one_comparison_whichever_comes_first(seed: int):
    for a, b in itertools.combinations(invented_views(seed, 3), 2):
        assert compare_articles(a, b, "r") == compare_articles(b, a, "r")
        assert cites(a, b) in (True, False)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, block=st.integers(1, 30), min_affinity=st.sampled_from([0.05, 0.5, 0.9]), window=st.sampled_from([0, 2, 60]))
def test_comparisons_are_those_of_all_pairs_in_any_order_and_split(seed: int, block: int, min_affinity: float, window: int):
    views = invented_views(seed, 9)
    options = {"min_affinity": min_affinity, "window_days": window}
    expected = {c for a, b in itertools.combinations(views, 2) if (c := compare_articles(a, b, "r", **options)) is not None}
    rng = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearby, "BLOCK", block)
        found = find_comparisons(rng.sample(views, len(views)), [], "r", **options)
        assert len(found) == len(set(found))
        assert set(found) == expected
        shuffled = rng.sample(views, len(views))
        borders = sorted(rng.choices(range(len(views) + 1), k=2))
        known: list[ArticleView] = []
        in_drops: list[Comparison] = []
        for drop in (shuffled[: borders[0]], shuffled[borders[0] : borders[1]], shuffled[borders[1] :]):
            in_drops += find_comparisons(drop, known, "r", **options)
            known += drop
    assert len(in_drops) == len(set(in_drops))
    assert set(in_drops) == expected


def test_the_invented_articles_meet_both_outcomes():
    outcomes = [compare_articles(a, b, "r") is not None for seed in range(20) for a, b in itertools.combinations(invented_views(seed, 4), 2)]
    assert 0.05 < np.mean(outcomes) < 0.95


def one_event(date: dt.datetime | None, *, precision: str = "day", source_key: str = "", outlet: str = "", first: int = 0) -> ArticleView:
    text = " ".join(SENTENCES[first : first + 6])
    return a_view(an_article(text, published_at=date, precision=precision), source_key=source_key, outlet=outlet)


def test_the_window_is_respected_but_not_between_versions():
    early, near, far = one_event(DAY), one_event(DAY + dt.timedelta(days=60), first=1), one_event(DAY + dt.timedelta(days=61), first=1)
    assert compare_articles(early, near, "r", min_affinity=0.0) is not None
    assert compare_articles(early, far, "r", min_affinity=0.0) is None
    assert compare_articles(early, one_event(None, first=1), "r", min_affinity=0.0) is not None
    versions = one_event(DAY, source_key="k"), one_event(DAY + dt.timedelta(days=900), source_key="k", first=1)
    comparison = compare_articles(*versions, "r", min_affinity=1.0)
    assert comparison is not None
    assert comparison.affinity == round(affinity(*versions), 4), "what source a text was seen at says nothing of its event"
    assert find_comparisons(versions, [], "r") == find_comparisons(versions[:1], versions[1:], "r") == [comparison]


def test_versions_about_other_things_are_compared_all_the_same():
    a = a_view(an_article(SENTENCES[0]), source_key="k", vectors=np.array([[1, 0]], dtype=np.float32))
    b = a_view(an_article(SENTENCES[12]), source_key="k", vectors=np.array([[0, 1]], dtype=np.float32))
    assert compare_articles(a, b, "r") is not None
    assert len(find_comparisons([a, b], [], "r")) == 1


def test_an_article_is_not_compared_with_itself_nor_with_one_without_claims():
    a = one_event(DAY, source_key="k")
    assert compare_articles(a, a, "r") is None
    assert compare_articles(a, a_view(an_article("Why?"), source_key="k"), "r") is None


def test_near_copies_are_told():
    a, b, c = one_event(DAY), one_event(DAY, first=1), a_view(an_article(" ".join(SENTENCES[:7])))
    copy = compare_articles(a, c, "r", min_affinity=0.0)
    other = compare_articles(a, b_far := a_view(an_article(" ".join(SENTENCES[5:12]))), "r", min_affinity=0.0)
    assert copy is not None
    assert copy.near_copy
    assert other is not None
    assert not other.near_copy
    assert b.article != b_far.article


# --- order ---------------------------------------------------------------------------------------------------------------------------------------------------


def in_order(a: ArticleView, b: ArticleView) -> tuple[str, bool]:
    """Which of the two is earlier, "a" or "b", and whether that is known; the same whichever is named first."""
    earlier, later, known = put_in_order(a, b)
    assert put_in_order(b, a) == (earlier, later, known)
    assert {id(earlier), id(later)} == {id(a), id(b)}
    return ("a" if earlier is a else "b"), known


def test_the_day_decides():
    assert in_order(one_event(DAY + dt.timedelta(days=1)), one_event(DAY, first=1)) == ("b", True)


def test_times_within_a_day_decide_where_both_are_known():
    morning, evening = DAY + dt.timedelta(hours=6), DAY + dt.timedelta(hours=20)
    assert in_order(one_event(evening, precision="second"), one_event(morning, precision="second", first=1)) == ("b", True)
    _, known = in_order(one_event(evening, precision="second"), one_event(DAY, precision="day", first=1))
    assert not known


def test_who_cites_the_other_is_later():
    lantern = a_view(an_article(SENTENCES[0]), outlet="The Lantern")
    citing = a_view(an_article(NOTE), outlet="Velm Echo")
    assert in_order(citing, lantern) == ("b", True)
    undated = a_view(an_article(SENTENCES[0], published_at=None), outlet="www.the-lantern.example")
    assert in_order(citing, undated) == ("b", True)


def test_citing_each_other_or_oneself_decides_nothing():
    a = a_view(an_article(NOTE), outlet="The Lantern")
    b = a_view(an_article("The crane had been inspected, The Lantern reported on Monday."), outlet="The Lantern")
    assert not in_order(a, b)[1]


def test_a_date_decides_over_a_citation():
    lantern = a_view(an_article(SENTENCES[0], published_at=DAY + dt.timedelta(days=2)), outlet="The Lantern")
    assert in_order(a_view(an_article(NOTE), outlet="Velm Echo"), lantern) == ("a", True)


def test_undated_comes_later_and_else_the_id_decides():
    assert in_order(one_event(None), one_event(DAY, first=1)) == ("b", False)
    a, b = one_event(DAY), one_event(DAY, first=1)
    assert in_order(a, b) == ("a" if a.article.article_id < b.article.article_id else "b", False)
    a, b = one_event(None), one_event(None, first=1)
    assert in_order(a, b) == ("a" if a.article.article_id < b.article.article_id else "b", False)
