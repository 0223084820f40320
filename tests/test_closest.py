"""How close the closest claims of two articles can be: no less than they are, and hardly more."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps import closest
from flows.steps.closest import Pieces, most_lost

SIZES = st.lists(st.integers(1, 11), min_size=1, max_size=7).map(lambda sizes: sorted(sizes, reverse=True))
DTYPES = [torch.float32, torch.bfloat16]
SEEDS = st.integers(0, 2**32 - 1)


def some_articles(made: np.random.Generator, sizes: list[int], width: int) -> list[np.ndarray]:
    """Unit vectors of as many claims each, a few of them the same but for little."""
    facts = made.normal(size=(3, width))
    articles = [facts[made.integers(0, 3, n)] + 0.3 * made.normal(size=(n, width)) for n in sizes]
    return [(a / np.linalg.norm(a, axis=1, keepdims=True)).astype(np.float32) for a in articles]


@settings(max_examples=150, deadline=None)
@given(
    seed=SEEDS, sizes=st.tuples(SIZES, SIZES), piece=st.integers(1, 5), strip=st.integers(1, 9), rounded=st.integers(1, 9), width=st.integers(1, 40),
    dtype=st.sampled_from(DTYPES), chosen=st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_closest_are_those_of_every_two_claims(
    seed: int, sizes: tuple[list[int], list[int]], piece: int, strip: int, rounded: int, width: int, dtype: torch.dtype, chosen: random.Random
):
    made = np.random.default_rng(seed)
    sides = [some_articles(made, of_side, width) for of_side in sizes]
    picked = [np.array(sorted(chosen.sample(range(len(side)), chosen.randint(1, len(side))))) for side in sides]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closest, "PIECE", piece)
        patch.setattr(closest, "STRIP", strip)
        patch.setattr(closest, "ROUND", rounded)
        pieces = [Pieces.of(np.concatenate(side), np.array(of_side), dtype) for side, of_side in zip(sides, sizes, strict=True)]
        found = pieces[0].closest(picked[0], pieces[1], picked[1])
    exact = np.array([[(sides[0][i].astype(np.float64) @ sides[1][j].astype(np.float64).T).max() for j in picked[1]] for i in picked[0]])
    assert found.shape == exact.shape
    assert (found >= exact - 1e-6).all()
    assert (found <= exact + 2 * most_lost(dtype) + 1e-6).all()


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, width=st.integers(1, 200), near=st.floats(0, 1))
def test_no_product_of_unit_vectors_loses_more_than_its_type_allows(seed: int, width: int, near: float):
    made = np.random.default_rng(seed)
    a = made.exponential(size=width) ** 3
    b = near * a + (1 - near) * made.exponential(size=width) ** 3
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    for dtype in DTYPES:
        rounded = (torch.from_numpy(a).to(dtype)[None] @ torch.from_numpy(b).to(dtype)[:, None]).item()
        assert rounded + most_lost(dtype) >= a @ b - 1e-6
