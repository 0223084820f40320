"""Scoring through the cache: each distinct directed pair and each text once, in order, and kept when a run is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.engine import Engine
from flows.steps import scoring
from flows.steps.cache import ModelCache, text_key
from flows.steps.scoring import TextPairs, encode_texts, score_pairs
from flows.workers import LocalWorkers
from models.nli import NliScores

PAIRS = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=30)


def row_of(premise: str, hypothesis: str) -> np.ndarray:
    seed = int.from_bytes(text_key(premise, hypothesis)[:4], "big")
    return np.random.default_rng(seed).random(NliScores.row_width()).astype(np.float32)


class CountingScorer:
    """Scores a pair by its texts alone, counts what it was asked, and can be made to fail."""

    def __init__(self, fail_after: int | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fail_after = fail_after

    def score(self, pairs: Sequence[tuple[str, str]], *, on_progress: Callable[[int], None] | None = None) -> NliScores:
        if self.fail_after is not None and len(self.asked) >= self.fail_after:
            raise KeyboardInterrupt
        self.asked += pairs
        if on_progress is not None:
            on_progress(len(pairs))
        return NliScores.from_rows(np.stack([row_of(*pair) for pair in pairs]))


class CountingEncoder:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.stack([row_of(text, "")[:4] for text in texts])


def workers(scorer: Any = None, encoder: Any = None) -> LocalWorkers:
    return LocalWorkers(Engine("m", "m", scorer, encoder))


def text_pairs(pairs: Sequence[tuple[str, str]]) -> TextPairs:
    texts = sorted({text for pair in pairs for text in pair})
    places = np.array([[texts.index(text) for text in pair] for pair in pairs], dtype=np.int32).reshape(-1, 2)
    return TextPairs(texts, places[:, 0], places[:, 1])


def fresh_cache(tmp_path_factory: pytest.TempPathFactory) -> ModelCache:
    return ModelCache(tmp_path_factory.mktemp("cache"), "m")


@settings(max_examples=40, deadline=None)
@given(pairs=PAIRS, more=PAIRS, store_every=st.integers(1, 5), look_up=st.integers(1, 7))
def test_each_distinct_directed_pair_is_scored_once(
    pairs: list[tuple[str, str]], more: list[tuple[str, str]], store_every: int, look_up: int, tmp_path_factory
):
    scorer, told = CountingScorer(), []
    with pytest.MonkeyPatch.context() as patch, fresh_cache(tmp_path_factory) as cache:
        patch.setattr(scoring, "STORE_EVERY", store_every)
        patch.setattr(scoring, "LOOK_UP", look_up)
        rows, n_computed = score_pairs(text_pairs(pairs), workers(scorer), cache, on_progress=lambda *step: told.append(step))
        assert sorted(scorer.asked) == sorted(set(pairs))
        assert n_computed == len(set(pairs))
        assert np.array_equal(rows, np.array([row_of(*p) for p in pairs], dtype=np.float32).reshape(len(pairs), NliScores.row_width()))
        if pairs:
            assert told[-1] == (len(set(pairs)), len(set(pairs)))
            assert told == sorted(told)
        again, n_again = score_pairs(text_pairs(more + pairs), workers(scorer), cache)
        assert sorted(scorer.asked) == sorted(set(pairs) | set(more))
        assert n_again == len(set(more) - set(pairs))
        assert np.array_equal(again[len(more) :], rows)


@settings(max_examples=20, deadline=None)
@given(pairs=PAIRS, n_known=st.integers(0, 30))
def test_what_is_kept_of_each_pair_is_what_was_asked_for(pairs: list[tuple[str, str]], n_known: int, tmp_path_factory):
    with fresh_cache(tmp_path_factory) as cache:
        score_pairs(text_pairs(pairs[:n_known]), workers(CountingScorer()), cache)
        kept, _ = score_pairs(text_pairs(pairs), workers(CountingScorer()), cache, keep=lambda scores: scores.relation)
    expected = [NliScores.from_rows(row_of(*pair)[None]).relation[0] for pair in pairs]
    assert np.array_equal(kept, np.array(expected, dtype=np.float32).reshape(len(pairs), 3))


def test_longest_first_over_the_whole_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring, "STORE_EVERY", 2)
    scorer = CountingScorer()
    with ModelCache(tmp_path, "m") as cache:
        score_pairs(text_pairs([("a", "a" * k) for k in (3, 9, 1, 7, 5)]), workers(scorer), cache)
    assert [len(hypothesis) for _, hypothesis in scorer.asked] == [9, 7, 5, 3, 1]


@given(pairs=PAIRS)
def test_turned_round_each_hypothesis_is_the_premise(pairs: list[tuple[str, str]]):
    assert text_pairs(pairs).turned_round().as_texts() == [pair[::-1] for pair in pairs]
    distinct, place = text_pairs(pairs).distinct()
    assert [distinct.as_texts()[i] for i in place] == pairs
    assert len(set(distinct.as_texts())) == len(distinct)


def test_an_interrupted_call_keeps_what_it_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring, "STORE_EVERY", 2)
    pairs = [(a, b) for a in "abc" for b in "xyz"]
    with ModelCache(tmp_path, "m") as cache, pytest.raises(KeyboardInterrupt):
        score_pairs(text_pairs(pairs), workers(CountingScorer(fail_after=4)), cache)
    rest = CountingScorer()
    with ModelCache(tmp_path, "m") as cache:
        rows, n_computed = score_pairs(text_pairs(pairs), workers(rest), cache)
    assert n_computed == len(rest.asked) == 5
    assert np.array_equal(rows, np.stack([row_of(*p) for p in pairs]))


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(max_size=3), max_size=12), store_every=st.integers(1, 4))
def test_each_distinct_text_is_encoded_once(texts: list[str], store_every: int, tmp_path_factory):
    encoder = CountingEncoder()
    with pytest.MonkeyPatch.context() as patch, fresh_cache(tmp_path_factory) as cache:
        patch.setattr(scoring, "STORE_EVERY", store_every)
        for _ in range(2):
            vectors = encode_texts(texts, workers(encoder=encoder), cache)
            assert vectors.keys() == set(texts)
            assert all(np.array_equal(vectors[t], row_of(t, "")[:4]) for t in texts)
        assert sorted(encoder.asked) == sorted(set(texts))
