"""Pairs of claims that blocking proposes: those of a plain double loop, whichever article comes first."""

from __future__ import annotations

import random
import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import Claim
from flows.steps.blocking import NAMED_FLOOR, NEAREST, NEIGHBOURS, SHARED_NAMES, SIMILARITY_FLOOR, WORD_FOR_WORD, Candidate, propose_pairs
from flows.steps.gate import LEAST_LIKELY
from flows.steps.views import ArticleView, claim_marks, normalised, places_in_articles
from flows.steps.weighing import load_gate
from tests.core_examples import SENTENCES, a_view, an_article

SEEDS = st.integers(0, 2**32 - 1)


@cache
def claims_of(sentence: str) -> tuple[Claim, ...]:
    return a_view(an_article(sentence)).claims


def invented_view(rng: random.Random, n: int, width: int) -> ArticleView:
    """An article with `n` claims; vectors near each other, far apart and tied."""
    louder = rng.random() < 0.5
    claims = [c for s in rng.sample(SENTENCES, n) for c in claims_of(s.replace("said", "SAID").replace(",", " ,") if louder else s)]
    made = np.random.default_rng(rng.randrange(2**32))
    vectors = made.normal(size=(n, width)) if rng.random() < 0.7 else np.eye(width)[made.integers(width, size=n)]
    vectors = np.round(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 5).astype(np.float32)
    return ArticleView(an_article(" ".join(c.text for c in claims)), tuple(claims), vectors, frozenset(), frozenset(), frozenset())


def two_views(seed: int) -> tuple[ArticleView, ArticleView]:
    rng = random.Random(seed)
    width = rng.choice([2, 5, 40])
    return invented_view(rng, rng.choice([1, 2, 7, 18]), width), invented_view(rng, rng.choice([1, 2, 7, 18]), width)


def cosines(a: ArticleView, b: ArticleView) -> np.ndarray:
    return np.round(a.vectors.astype(np.float64) @ b.vectors.astype(np.float64).T, 4)


def rank(similarity: np.ndarray, value: float) -> int:
    """How many partners are nearer."""
    return int((similarity > value).sum())


def marks(view: ArticleView, i: int) -> tuple[set[str], set[float]]:
    names, numbers = claim_marks(view.claims[i])
    return set(names), set(numbers)


@settings(max_examples=80, deadline=None)
@given(seed=SEEDS, affinity=st.sampled_from([1.0, 0.6, 0.2]))
def test_proposals_are_those_of_a_plain_double_loop(seed: int, affinity: float):
    a, b = two_views(seed)
    similarity = cosines(a, b)
    expected = []
    for i in range(len(a.claims)):
        for j in range(len(b.claims)):
            value = float(similarity[i, j])
            near = min(rank(similarity[i], value), rank(similarity[:, j], value)) < NEIGHBOURS
            names, numbers = (len(x & y) for x, y in zip(marks(a, i), marks(b, j), strict=True))
            if normalised(a.claims[i].text) == normalised(b.claims[j].text):
                rule = WORD_FOR_WORD
            elif near and value >= SIMILARITY_FLOOR:
                rule = NEAREST
            elif value >= NAMED_FLOOR and names >= 1 and names + numbers >= 2:
                rule = SHARED_NAMES
            else:
                continue
            others = [*np.delete(similarity[i], j), *np.delete(similarity[:, j], i), 0.0]
            margin = round(value - max(others), 4)
            likely = load_gate().probability({"similarity": value, "margin": margin, **places_in_articles(a, i, b, j)})
            if rule == WORD_FOR_WORD or round(likely * affinity, 4) >= LEAST_LIKELY:
                expected.append((i, j, rule, value, margin))
    assert [(c.earlier, c.later, c.blocking_rule, c.similarity, c.margin) for c in propose_pairs(a, b, affinity=affinity)] == expected


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_the_surer_that_two_articles_share_an_event_the_more_pairs_pass(seed: int):
    a, b = two_views(seed)
    kept = [{(c.earlier, c.later) for c in propose_pairs(a, b, affinity=affinity)} for affinity in (0.0, 0.3, 0.7, 1.0)]
    assert kept[0] <= kept[1] <= kept[2] <= kept[3]
    assert kept[0] == {(c.earlier, c.later) for c in propose_pairs(a, b) if c.blocking_rule == WORD_FOR_WORD}


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_proposals_are_the_same_whichever_article_comes_first(seed: int):
    a, b = two_views(seed)
    there = {(c.earlier, c.later, c.blocking_rule, c.similarity, c.margin) for c in propose_pairs(a, b)}
    back = {(c.later, c.earlier, c.blocking_rule, c.similarity, c.margin) for c in propose_pairs(b, a)}
    assert there == back


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_claims_plays_no_part_in_the_rules(seed: int):
    a, b = two_views(seed)
    order = random.Random(seed).sample(range(len(a.claims)), len(a.claims))
    shuffled = ArticleView(a.article, tuple(a.claims[i] for i in order), a.vectors[order], a.source_keys, a.outlets, a.shingles)
    assert {(order[c.earlier], c.later, c.blocking_rule, c.similarity, c.margin) for c in propose_pairs(shuffled, b, least_likely=0)} == {
        (c.earlier, c.later, c.blocking_rule, c.similarity, c.margin) for c in propose_pairs(a, b, least_likely=0)
    }


def test_the_gate_keeps_some_and_drops_some_and_never_a_copy():
    kept, there = [], []
    for seed in range(40):
        a, b = two_views(seed)
        kept += [(seed, c) for c in propose_pairs(a, b)]
        there += [(seed, c) for c in propose_pairs(a, b, least_likely=0)]
    assert 0 < len(kept) < len(there)
    assert set(kept) < set(there)
    assert [c for c in kept if c[1].blocking_rule == WORD_FOR_WORD] == [c for c in there if c[1].blocking_rule == WORD_FOR_WORD]


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_in_near_copies_what_stands_in_both_is_paired_with_itself_alone(seed: int):
    a, b = two_views(seed)
    texts = [[normalised(claim.text) for claim in view.claims] for view in (a, b)]

    def stays(c: Candidate) -> bool:
        return texts[0][c.earlier] in texts[1] or texts[1][c.later] in texts[0]

    expected = [c for c in propose_pairs(a, b) if c.blocking_rule == WORD_FOR_WORD or not stays(c)]
    kept = propose_pairs(a, b, near_copy=True)
    assert [kept[i] for i in range(len(kept))] == expected


def test_a_live_blog_that_grows_proposes_nothing_but_itself_and_an_edit_its_pair():
    entries = ["Four dockers died when the crane fell, police said.", "The port of Velm stays closed on Monday.", "The crane was inspected in January."]
    grown = ["Seven dockers died when the crane fell, police said.", *entries]
    edited = [*grown[:3], "The crane was inspected in June."]
    before, after, then = (a_view(an_article(" ".join(text))) for text in (entries, grown, edited))
    assert {c.blocking_rule for c in propose_pairs(before, after, least_likely=0)} > {WORD_FOR_WORD}
    assert [c.blocking_rule for c in propose_pairs(before, after, near_copy=True, least_likely=0)] == [WORD_FOR_WORD] * 3
    rest = [c for c in propose_pairs(after, then, near_copy=True, least_likely=0) if c.blocking_rule != WORD_FOR_WORD]
    assert [(c.earlier, c.later) for c in rest] == [(3, 3)]


def test_every_rule_fires_on_the_invented_articles():
    rules = {c.blocking_rule for seed in range(60) for c in propose_pairs(*two_views(seed), least_likely=0)}
    assert rules == {WORD_FOR_WORD, NEAREST, SHARED_NAMES}


def test_an_article_without_claims_has_no_pairs():
    empty = a_view(an_article("Why?"), vectors=np.zeros((0, 48), dtype=np.float32))
    full = a_view(an_article(SENTENCES[0]))
    assert len(propose_pairs(empty, full)) == len(propose_pairs(full, empty)) == 0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("The port  of Velm closed.", "the Port of Velm, closed!", True),
        ("“The port is shut,” she said.", '"The port is shut", she said.', True),
        ("It paid €5 million to the town.", "It paid $5 million to the town.", False),
        ("Prices rose by 5% in May.", "Prices rose by 5 in May.", False),
        ("It was -5 degrees in Velm.", "It was 5 degrees in Velm.", False),
        ("Four people died in Velm.", "Five people died in Velm.", False),
    ],
)
def test_word_for_word(a: str, b: str, same: bool):
    assert (normalised(a) == normalised(b)) is same


def test_long_articles_are_fast():
    rng = np.random.default_rng(1)
    claims = [c for s in SENTENCES for c in claims_of(s)]
    views = []
    for _ in range(2):
        vectors = rng.normal(size=(100, 48)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        hundred = tuple(claims[i % len(claims)] for i in range(100))
        views.append(ArticleView(an_article(SENTENCES[0]), hundred, vectors, frozenset(), frozenset(), frozenset()))
    started = time.process_time()
    assert len(propose_pairs(views[0], views[1]))
    assert time.process_time() - started < 1.0
