"""Features and words of compared pairs: finite, verbatim, and turned round when the pair is."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import CHANGE_TYPES, DIRECTIONS, OPPOSITE_DIRECTION, ChangeType, Claim
from flows.steps.blocking import NEAREST, Candidate
from flows.steps.comparing import (
    ComparedPair,
    PairScores,
    change_words,
    compare_claims,
    logit,
    model_direction,
    model_words,
    same_fact_margins,
    shown_direction,
)
from models.architecture import DIRECTION_SLICES
from tests.core_examples import SENTENCES, a_claim, random_scores

SEEDS = st.integers(0, 2**32 - 1)
PAIRS = list(itertools.permutations(SENTENCES, 2))


@cache
def claim(sentence: str) -> Claim:
    return a_claim(sentence)


def compared(a: str, b: str, seed: int, *, heads: bool = True, swap: bool = False, days: float | None = 1.0, affinity: float = 1.0) -> ComparedPair:
    forward, back = random_scores(seed, a, b, heads=heads), random_scores(seed + 1, b, a, heads=heads)
    rng = random.Random(seed)
    candidate = Candidate(0, 0, NEAREST, round(rng.uniform(0.2, 1), 4), round(rng.uniform(-0.5, 0.5), 4))
    scores = PairScores(back, forward) if swap else PairScores(forward, back)
    first, second = (b, a) if swap else (a, b)
    margin = round(rng.uniform(-6, 6), 4)
    return compare_claims(
        claim(first),
        claim(second),
        candidate,
        scores,
        days_between=days,
        order_known=days is not None,
        same_fact_margin=margin,
        affinity=affinity,
        places={"rare_words": 1.0, "rare_words_share": 0.5, "position_apart": 0.1, "position_first": 0.4},
    )


@settings(max_examples=80, deadline=None)
@given(pair=st.sampled_from(PAIRS), seed=SEEDS, heads=st.booleans(), days=st.sampled_from([None, 0.0, 3.5]))
def test_features_are_finite_and_always_the_same_set(pair: tuple[str, str], seed: int, heads: bool, days: float | None):
    result = compared(*pair, seed, heads=heads, days=days)
    assert set(result.observations) == set(CHANGE_TYPES)
    assert all(math.isfinite(value) for value in result.features.values()), result.features
    assert result.features.keys() == compared(*PAIRS[0], 0, heads=heads).features.keys()
    assert compared(*pair, seed, heads=heads, days=days).features == result.features


def test_heads_only_add_features():
    assert compared(*PAIRS[0], 0, heads=False).features.keys() < compared(*PAIRS[0], 0).features.keys()


@settings(max_examples=150, deadline=None)
@given(pair=st.sampled_from(PAIRS), seed=SEEDS, heads=st.booleans(), change_type=st.sampled_from(CHANGE_TYPES))
def test_words_are_slices_and_directions_belong_to_the_type(pair: tuple[str, str], seed: int, heads: bool, change_type: ChangeType):
    direction, from_text, to_text = change_words(compared(*pair, seed, heads=heads), change_type)
    assert direction in DIRECTIONS[change_type]
    assert from_text in pair[0]
    assert to_text in pair[1]
    assert from_text or to_text


@settings(max_examples=150, deadline=None)
@given(pair=st.sampled_from(PAIRS), seed=SEEDS)
def test_swapping_the_two_turns_what_was_seen_round(pair: tuple[str, str], seed: int):
    there, back = compared(*pair, seed), compared(*pair, seed, swap=True)
    for name in ("same_fact", "exclusive", "compatible", "same", "types_max", "similarity", "overlap", "names_shared", "contradiction_max"):
        assert there.features[name] == pytest.approx(back.features[name]), name
    for change_type in CHANGE_TYPES:
        a, b = there.observations[change_type], back.observations[change_type]
        if a.verdict == b.verdict == "changed":
            assert (a.from_text, a.to_text) == (b.to_text, b.from_text)
            turned = {OPPOSITE_DIRECTION.get(a.direction, ""), *(d for d in DIRECTIONS[change_type] if OPPOSITE_DIRECTION[d] == a.direction)}
            assert b.direction in turned, (change_type, a, b)


@given(seed=SEEDS, change_type=st.sampled_from([t for t in CHANGE_TYPES if t != "attribution"]))
def test_the_models_direction_turns_round(seed: int, change_type: ChangeType):
    forward, back = random_scores(seed, "a b", "c d"), random_scores(seed + 1, "c d", "a b")
    there, turned = model_direction(PairScores(forward, back), change_type), model_direction(PairScores(back, forward), change_type)
    assert there in DIRECTIONS[change_type]
    assert turned == OPPOSITE_DIRECTION[there]


@given(seed=SEEDS, name=st.sampled_from(DIRECTIONS["attribution"]))
def test_a_direction_that_both_orders_agree_on_is_the_direction(seed: int, name: str):
    scores = [random_scores(seed + k, "a b", "c d") for k in range(2)]
    where, names = DIRECTION_SLICES["attribution"], DIRECTIONS["attribution"]
    for row, direction in zip(scores, (name, OPPOSITE_DIRECTION[name]), strict=True):
        row.direction[0, where] = np.where(np.array(names) == direction, 8.0, 0.0)
    assert model_direction(PairScores(*scores), "attribution") == name


@pytest.mark.parametrize(
    ("change_type", "before", "after", "shown"),
    [
        ("quantity", "74", "75 metres", "raised"),
        ("quantity", "11", "eight", "lowered"),
        ("quantity", "at least four", "seven people", ""),  # seven are at least four
        ("quantity", "dozens", "the ships", ""),
        ("attribution", "the coast guard", "", "dropped"),
        ("attribution", "", "a spokesman", "more precise"),
        ("attribution", "the coast guard", "officials", ""),
        ("entity", "11", "eight", ""),
    ],
)
def test_words_that_show_their_direction(change_type: ChangeType, before: str, after: str, shown: str):
    assert shown_direction(change_type, before, after) == shown


def test_words_that_the_model_cut_through_are_made_whole():
    pair = compared("At least four people were hurt in the fire.", "The fire hurt seven people, it was said on Monday.", 0)
    for change_type, span, whole in (("quantity", (3, 13), "At least four people"), ("label", (3, 13), "least four")):
        t = CHANGE_TYPES.index(change_type)
        pair.scores.forward.premise_spans[0, t] = pair.scores.back.hypothesis_spans[0, t] = span
        assert model_words(pair, change_type)[0] == whole


@pytest.mark.parametrize(("marked", "whole"), [("IS-", "IS-controlled"), ("-", "al-Bakr"), ("fire held", "cease-fire held"), ("don", "don't"), (",", ",")])
def test_words_with_hyphens_are_whole_words(marked: str, whole: str):
    text = "In IS-controlled towns the cease-fire held, and men of al-Bakr don't fight."
    pair = compared(text, "The cease-fire did not hold.", 0)
    t, start = CHANGE_TYPES.index("negation"), text.rindex(marked)
    pair.scores.forward.premise_spans[0, t] = pair.scores.back.hypothesis_spans[0, t] = start, start + len(marked)
    assert model_words(pair, "negation")[0] == whole


@settings(max_examples=40, deadline=None)
@given(pair=st.sampled_from(PAIRS), seed=SEEDS, change_type=st.sampled_from(CHANGE_TYPES))
def test_the_models_words_are_the_same_whichever_claim_comes_first(pair: tuple[str, str], seed: int, change_type: ChangeType):
    there, back = compared(*pair, seed), compared(*pair, seed, swap=True)
    assert model_words(there, change_type) == model_words(back, change_type)[::-1]


def test_without_heads_the_model_has_no_direction():
    scores = [random_scores(k, "a", "b", heads=False) for k in range(2)]
    assert all(model_direction(PairScores(*scores), t) == "" for t in CHANGE_TYPES)


@given(p=st.floats(0, 1), q=st.floats(0, 1))
def test_logit_is_monotone_and_bounded(p: float, q: float):
    assert -6 <= logit(p) <= 6
    assert logit(1 - p) == pytest.approx(-logit(p), abs=1e-6)
    if p <= q:
        assert logit(p) <= logit(q)


@given(rivals=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), unique_by=lambda r: r[:2]))
def test_a_pair_is_measured_against_its_best_rival(rivals: list[tuple[str, str, float]]):
    columns = [np.array([ord(r[0]) for r in rivals], dtype=int), np.array([ord(r[1]) for r in rivals], dtype=int), np.array([r[2] for r in rivals])]
    margins = same_fact_margins(*columns).tolist()
    assert len(margins) == len(rivals)
    for i, ((first, second, p), margin) in enumerate(zip(rivals, margins, strict=True)):
        others = [logit(r[2]) for k, r in enumerate(rivals) if k != i and (r[0] == first or r[1] == second)]
        assert margin == pytest.approx(max(-6.0, min(6.0, logit(p) - max(others, default=-math.inf))))
    assert same_fact_margins(*(column[::-1] for column in columns)).tolist() == margins[::-1]


def test_moved_on_words_are_told_of_the_later_claim():
    a, b = "The toll in Velm stood at four on Monday.", "The toll in Velm has since risen to seven."
    assert compared(a, b, 1).features["moved_on_words"] > compared(b, a, 1).features["moved_on_words"]


def test_a_compared_pair_is_what_went_in():
    result = compared(*PAIRS[5], 5)
    assert (result.earlier.text, result.later.text) == PAIRS[5]
    assert dataclasses.replace(result, features={}).observations == result.observations
