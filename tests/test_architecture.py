"""The network's words are the records' words, and its parts do what they say."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from flows import records
from models import architecture, batches
from models.architecture import DIRECTION_SLICES, N_DIRECTIONS, PairHeads, masked_mean, sentence_masks
from models.nli import NliScores


def test_types_and_directions_are_those_of_the_records():
    assert architecture.CHANGE_TYPES == records.CHANGE_TYPES
    assert list(architecture.DIRECTIONS) == list(records.CHANGE_TYPES)
    assert architecture.DIRECTIONS == records.DIRECTIONS


def test_opposites_in_training_are_those_of_the_records():
    # What was dropped was, read backwards, added: whether by a vaguer or a more precise source, training does not say.
    assert {k: v for k, v in records.OPPOSITE_DIRECTION.items() if k != "dropped"} == {k: v for k, v in batches.OPPOSITE.items() if k != "replaced"} | {
        "replaced": "replaced"
    }


def test_direction_slices_are_the_directions_one_after_the_other():
    places = [(t, name) for t, names in architecture.DIRECTIONS.items() for name in names]
    assert len(places) == N_DIRECTIONS
    for change_type, where in DIRECTION_SLICES.items():
        assert [name for _, name in places[where]] == list(architecture.DIRECTIONS[change_type])
        assert {t for t, _ in places[where]} == {change_type}


def test_heads_have_the_shapes_that_scores_store():
    heads = PairHeads(hidden_size=16).eval()
    hidden, ones = torch.randn(5, 7, 16), torch.ones(5, 7)
    out = heads(hidden, ones, ones)
    for name in ("same_fact", "changed", "relation", "types", "moved_on", "direction"):
        assert getattr(out, name).shape == (5, *NliScores.WIDTHS[name]), name
    assert out.tokens.shape == (5, 7, len(architecture.CHANGE_TYPES))


@given(lengths=st.lists(st.integers(0, 6), min_size=1, max_size=4), seed=st.integers(0, 2**31))
def test_masked_mean_is_the_mean_of_what_is_there(lengths: list[int], seed: int):
    torch.manual_seed(seed)
    hidden = torch.randn(len(lengths), 6, 3)
    mask = torch.tensor([[1] * n + [0] * (6 - n) for n in lengths])
    means = masked_mean(hidden, mask)
    for i, n in enumerate(lengths):
        expected = hidden[i, :n].mean(0) if n else torch.zeros(3)
        assert torch.allclose(means[i], expected, atol=1e-6)


def test_sentence_masks_leave_out_special_tokens_and_padding():
    ids = torch.tensor([[1, 10, 11, 2, 12, 2, 0, 0]])
    segments = torch.tensor([[0, 0, 0, 0, 1, 1, 0, 0]])
    premise, hypothesis = sentence_masks(ids, segments, (ids != 0).long(), (1, 2, 0))
    assert premise.tolist() == [[False, True, True, False, False, False, False, False]]
    assert hypothesis.tolist() == [[False, False, False, False, True, False, False, False]]


@pytest.mark.parametrize("name", sorted(records.OPPOSITE_DIRECTION))
def test_every_direction_turns_round_within_its_type(name: str):
    for directions in records.DIRECTIONS.values():
        if name in directions:
            assert records.OPPOSITE_DIRECTION[name] in directions
