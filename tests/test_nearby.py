"""Which pairs of articles are looked at: all that the plain test of every two would take, and few others."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
import weakref
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.components import connected_components
from flows.records import Claim
from flows.steps import closest, nearby
from flows.steps.nearby import pairs_that_may_share_event
from flows.steps.storylines import DEFAULT_AFFINITY, compare_articles, find_comparisons
from flows.steps.views import ArticleView
from tests.core_examples import DAY, SENTENCES, a_claim, an_article

SEEDS = st.integers(0, 2**32 - 1)
WIDTH = 24


@cache
def claims() -> tuple[Claim, ...]:
    return tuple(a_claim(sentence) for sentence in SENTENCES)


def some_views(seed: int, n: int, *, n_events: int = 3, noise: float = 0.6) -> list[ArticleView]:
    """Articles of a few events: claims near a fact's direction, which is near the event's; at random dates, some of one source, some without claims."""
    rng, made = random.Random(seed), np.random.default_rng(seed)
    events = made.normal(size=(n_events, 1, WIDTH)) + 0.7 * made.normal(size=(n_events, 4, WIDTH))
    views = []
    for i in range(n):
        told = rng.choices(range(4), k=rng.choice([0, 1, 2, 3, 5]))
        vectors = events[rng.randrange(n_events)][told] + noise * made.normal(size=(len(told), WIDTH))
        vectors = np.round(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 5).astype(np.float32)
        date = rng.choice([None, *(DAY + dt.timedelta(days=d) for d in (0, 3, 40, 95, 200))])
        again = frozenset({date, DAY + dt.timedelta(days=120)}) if rng.random() < 0.2 else frozenset[dt.datetime | None]()
        keys = frozenset({rng.choice(["k", f"own-{i}", f"own-{i}"])})
        its = tuple(rng.sample(claims(), len(told)))
        views.append(ArticleView(an_article(f"{seed}-{i}", published_at=date), its, vectors, keys, frozenset(), frozenset(), again))
    return views


@settings(max_examples=150, deadline=None)
@given(
    seed=SEEDS, n=st.integers(0, 16), n_known=st.integers(0, 8), block=st.integers(1, 20), leading=st.sampled_from([1, 4, 12, 96]), sample=st.integers(1, 20),
    piece=st.integers(1, 5), dtype=st.sampled_from([torch.float32, torch.bfloat16]),
    min_affinity=st.sampled_from([0.0, 0.05, 0.3, 0.9, 1.0]), window_days=st.sampled_from([1, 45, 10_000]),
)  # fmt: skip
def test_comparisons_are_those_of_every_two(
    seed: int, n: int, n_known: int, block: int, leading: int, sample: int, piece: int, dtype: torch.dtype, min_affinity: float, window_days: int
):
    views = some_views(seed, n)
    n_new = max(0, n - n_known)
    options = {"window_days": window_days, "min_affinity": min_affinity}
    expected = {
        compared for i, j in itertools.combinations(range(n), 2) if i < n_new and (compared := compare_articles(views[i], views[j], "r", **options)) is not None
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearby, "BLOCK", block)
        patch.setattr(nearby, "LEADING", leading)
        patch.setattr(nearby, "SAMPLE", sample)
        patch.setattr(closest, "PIECE", piece)
        patch.setattr(closest, "product_type", lambda: dtype)
        parts = list(pairs_that_may_share_event(views, n_new, **options))
        found = find_comparisons(views[:n_new], views[n_new:], "r", **options)
    pairs = [pair for _, part in parts for pair in part]
    assert len(pairs) == len(set(pairs))
    assert all(i < j and i < n_new for i, j in pairs)
    assert len(found) == len(expected)
    assert set(found) == expected


def test_the_invented_articles_meet_both_outcomes():
    views = some_views(3, 40)
    found = find_comparisons(views, [], "r")
    assert 20 < len(found) < 40 * 39 / 4


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, leading=st.integers(1, WIDTH - 1))
def test_bounds_are_no_less_than_the_cosines(seed: int, leading: int):
    vectors = np.concatenate([view.vectors for view in some_views(seed, 8)])
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(WIDTH, leading)))[0].astype(np.float32)
    bounds = nearby._bounds(vectors, basis)
    assert bounds.shape == (len(vectors), leading + 1)
    assert (bounds @ bounds.T >= vectors @ vectors.T - nearby.ROUNDING / 2).all()


def test_only_the_articles_within_a_window_are_kept_as_matrices(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nearby, "BLOCK", 8)
    made, most = [], []
    make = nearby._Block.of

    def noted(*arguments: Any) -> Any:
        block = make(*arguments)
        made.append(weakref.ref(block))
        most.append(sum(ref() is not None for ref in made))
        return block

    monkeypatch.setattr(nearby._Block, "of", noted)
    views = [dataclasses.replace(view, seen_at=frozenset({DAY + dt.timedelta(days=i)})) for i, view in enumerate(some_views(7, 200))]
    assert sum(len(part) for _, part in pairs_that_may_share_event(views, 200, window_days=20, min_affinity=0.3)) > 100
    assert len(made) > 40
    assert max(most) < 15


def test_few_others_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nearby, "LEADING", 12)
    views = some_views(5, 120, n_events=30, noise=0.4)
    n_looked_at = sum(len(part) for _, part in pairs_that_may_share_event(views, 120, window_days=60, min_affinity=DEFAULT_AFFINITY))
    n_compared = len(find_comparisons(views, [], "r"))
    assert n_compared <= n_looked_at < 3 * n_compared < 120 * 119 / 4


def test_comparisons_of_one_storyline_come_in_a_row():
    views = [view for view in some_views(11, 90, n_events=25, noise=0.3) if view.source_keys != {"k"}]
    ends = [(c.earlier_article_id, c.later_article_id) for c in find_comparisons(views, [], "r")]
    storylines = connected_components(ends)
    in_order = [storylines[earlier] for earlier, _ in ends]
    assert len(set(in_order)) > 5
    assert len(list(itertools.groupby(in_order))) == len(set(in_order))
