"""Pairs in columns are the pairs that blocking proposes, article by article."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import Comparison
from flows.steps.blocking import WORD_FOR_WORD, propose_pairs
from flows.steps.proposals import READ_OFF, ComparedArticles, ProposedPairs
from tests.test_blocking import invented_view

SEEDS = st.integers(0, 2**32 - 1)


def compared_articles(seed: int) -> list[ComparedArticles]:
    """Some of the pairs of a few articles, some of which have no claims."""
    rng = random.Random(seed)
    views = [invented_view(rng, rng.choice([0, 1, 4, 9]), 5) for _ in range(rng.randrange(6))]
    both = [(a, b) for i, a in enumerate(views) for b in views[i + 1 :] if rng.random() < 0.7]
    compared = [Comparison(a.article.article_id, b.article.article_id, "r", rng.choice([0.1, 0.3, 0.9]), rng.random() < 0.5, True) for a, b in both]
    return [ComparedArticles(*views, comparison) for views, comparison in zip(both, compared, strict=True)]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_each_pair_is_one_of_its_articles_and_none_is_missing(seed: int):
    compared = compared_articles(seed)
    pairs = ProposedPairs.of(iter(compared))
    expected = [
        (*c, candidate) for c in compared for candidate in propose_pairs(c.earlier, c.later, affinity=c.comparison.affinity, near_copy=c.comparison.near_copy)
    ]
    expected.sort(key=lambda p: p[3].blocking_rule != WORD_FOR_WORD)
    assert [(p.earlier, p.later, p.comparison, p.candidate) for p in (pairs[i] for i in range(len(pairs)))] == expected
    assert pairs.n_word_for_word == sum(p[3].blocking_rule == WORD_FOR_WORD for p in expected)
    assert pairs.texts().as_texts() == [pairs[i].texts for i in range(len(pairs))]
    assert pairs.n_possible == sum(len(c.earlier.claims) * len(c.later.claims) for c in compared)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_claims_are_told_apart_by_the_articles_compared(seed: int):
    pairs = ProposedPairs.of(compared_articles(seed))
    for side, ends in enumerate(pairs.ends()):
        told = [(id(p.comparison), id(p.claims[side])) for p in (pairs[i] for i in range(len(pairs)))]
        assert len(set(zip(told, ends.tolist(), strict=True))) == len(set(told)) == len(set(ends.tolist()))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_nothing_read_off_the_articles_is_kept(seed: int):
    compared = compared_articles(seed)
    ProposedPairs.of(compared)
    assert not [name for articles in compared for view in articles[:2] for name in READ_OFF if name in vars(view)]


def test_what_is_read_off_goes_with_the_storyline():
    rng = random.Random(1)
    storylines = [[invented_view(rng, 4, 5) for _ in range(3)] for _ in range(20)]
    most = 0

    def in_a_row() -> Iterator[ComparedArticles]:
        nonlocal most
        for views in storylines:
            for a, b in itertools.combinations(views, 2):
                yield ComparedArticles(a, b, Comparison(a.article.article_id, b.article.article_id, "r", 1.0, False, True))
                most = max(most, sum("stem_marks" in vars(view) for its in storylines for view in its))

    assert len(ProposedPairs.of(in_a_row())) > 100
    assert most == 3


def test_some_of_the_pairs():
    pairs = ProposedPairs.of(next(found for found in map(compared_articles, range(50)) if len(ProposedPairs.of(found)) > 9))
    some = pairs.take(np.array([7, 2]))
    assert [some[0], some[1]] == [pairs[7], pairs[2]]
    assert np.shares_memory(pairs.take(slice(2, 5)).similarity, pairs.similarity)
