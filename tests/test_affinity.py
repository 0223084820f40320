"""How surely two articles tell of one event: symmetric, and never more than what its bounds allow for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.affinity import MANY_CLAIMS, MANY_NAMES, affinity, affinity_features, few_claims, least_log_odds, log_odds
from tests.core_examples import SENTENCES, a_view, an_article
from tests.test_storylines import SEEDS, invented_views


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_it_is_symmetric(seed: int) -> None:
    for a, b in itertools.combinations([view for view in invented_views(seed, 3) if view.claims], 2):
        assert affinity_features(a, b) == affinity_features(b, a)
        assert 0 <= affinity(a, b) == affinity(b, a) <= 1


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_it_is_symmetric_with_ties_among_the_closest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    views = []
    for k in range(2):
        # Few distinct vectors, so that many pairs are equally close.
        vectors = np.eye(4, dtype=np.float32)[rng.integers(4, size=6)] * 0.8 + np.eye(4, dtype=np.float32)[rng.integers(4, size=6)] * 0.6
        views.append(a_view(an_article(" ".join(SENTENCES[k * 6 : k * 6 + 6])), vectors=vectors))
    assert affinity_features(*views) == affinity_features(*reversed(views))


@given(shared=st.integers(0, 9), share=st.floats(0, 1), closest=st.floats(-1, 1), more=st.floats(0, 1))
def test_what_is_nearer_or_shares_more_names_is_no_less_sure(shared: int, share: float, closest: float, more: float) -> None:
    odds = float(log_odds(40, 0.5, closest, shared, share))
    assert odds <= float(log_odds(40, 0.5, closest + more, shared, share))
    assert odds <= float(log_odds(40, 0.5, closest, MANY_NAMES, 1.0))
    assert odds == float(log_odds(np.array([40]), 0.5, closest, shared, share)[0])


def test_many_claims_need_no_allowance_and_the_least_log_odds_are_those_of_the_affinity() -> None:
    assert few_claims(MANY_CLAIMS) == few_claims(10 * MANY_CLAIMS) == 0 < few_claims(1)
    assert 1 / (1 + np.exp(-least_log_odds(0.1))) == pytest.approx(0.1)
    assert least_log_odds(0.0) == -np.inf
