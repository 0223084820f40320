"""Cards: what they keep of an article, and that none is passed over that the full test would take."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.affinity import affinity, affinity_features
from flows.steps.cards import Card, may_share_event, most_of_three_closest, name_hashes
from flows.steps.storylines import compare_articles
from flows.steps.views import ArticleView
from tests.core_examples import SENTENCES, a_view, an_article
from tests.test_storylines import SEEDS, invented_views


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_card_is_read_as_it_was_written(seed: int):
    for view in invented_views(seed, 4):
        card = Card.of(view)
        again = Card.from_bytes(card.to_bytes())
        assert again.names == card.names == name_hashes(view)
        assert len(again.names) == len(view.name_words)
        assert np.array_equal(again.vectors, card.vectors)
        assert np.array_equal(again.centroid, card.centroid)
        assert again.vectors.shape == view.vectors.shape


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, min_affinity=st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.9, 1.0]), n_new=st.integers(1, 4))
def test_no_article_is_passed_over_that_would_be_compared(seed: int, min_affinity: float, n_new: int):
    views = [ArticleView(v.article, v.claims, v.vectors, frozenset({str(i)}), v.outlets, v.shingles) for i, v in enumerate(invented_views(seed, 9))]
    new, known = views[:n_new], views[n_new:]
    may = may_share_event(new, [Card.of(v) for v in known], min_affinity)
    assert len(may) == len(known)
    for view, its in zip(known, may, strict=True):
        assert its or all(compare_articles(a, view, "r", min_affinity=min_affinity, window_days=10_000) is None for a in new)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, shape=st.tuples(st.integers(1, 6), st.integers(1, 6)), n_distinct=st.integers(1, 9))
def test_the_three_closest_are_no_closer_than_their_bound(seed: int, shape: tuple[int, int], n_distinct: int):
    rng = np.random.default_rng(seed)
    pool = rng.uniform(-1, 1, n_distinct)  # few, so that there are ties
    similarity = rng.choice(pool, size=shape).astype(np.float32)
    one = a_view(an_article(SENTENCES[0]))
    # The affinity multiplies two sets of vectors: a matrix and the identity give that matrix.
    sides = (similarity, np.eye(shape[1], dtype=np.float32))
    views = [ArticleView(one.article, one.claims * len(v), v, one.source_keys, one.outlets, one.shingles) for v in sides]
    assert affinity_features(*views)["closest"] <= most_of_three_closest(similarity) + 0.0001


def test_most_articles_about_other_things_are_passed_over():
    rng = random.Random(3)
    new = a_view(an_article(" ".join(SENTENCES[:6])), source_key="new")
    others = [a_view(an_article(" ".join(f"The {w} met a {v} in {w.title()}ton." for w, v in [rng.sample(WORDS, 2) for _ in range(5)]))) for _ in range(60)]
    may = may_share_event([new], [Card.of(v) for v in others], 0.3)
    assert sum(may) <= 3
    assert max(affinity(new, v) for v in others) < 0.3
    alike = a_view(an_article(" ".join(SENTENCES[1:7])), source_key="alike")
    assert may_share_event([new], [Card.of(v) for v in [*others, alike]], 0.3)[-1]


WORDS = "baker violin meadow glacier senator ticket walnut anchor pepper lantern marble orchid puzzle ribbon saddle timber".split()


def test_articles_without_claims_share_no_event():
    silent, other = a_view(an_article("Why?")), a_view(an_article(SENTENCES[0]))
    assert not silent.claims
    assert may_share_event([silent], [Card.of(other)], 0.0) == [False]
    assert may_share_event([other], [Card.of(silent), Card.of(other)], 0.0) == [False, True]
    assert may_share_event([other], [], 0.0) == []
    assert Card.from_bytes(Card.of(silent).to_bytes()).vectors.shape == silent.vectors.shape


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_bound_is_met_where_the_closest_stand_apart(n: int):
    assert most_of_three_closest(np.eye(n, dtype=np.float32)) == 1.0
