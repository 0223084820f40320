"""What an article around a claim says of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.views import ArticleView, places_in_articles
from tests.core_examples import SENTENCES, a_view, an_article


def a_view_of(n: int, seed: int) -> ArticleView:
    """An article of `n` claims, with vectors of no meaning."""
    view = a_view(an_article(" ".join(SENTENCES[:n])))
    assert len(view.claims) == n
    vectors = np.random.default_rng(seed).normal(size=(n, 5))
    return dataclasses.replace(view, vectors=(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))


VIEWS = [a_view_of(n, seed) for n, seed in ((1, 0), (2, 1), (7, 2), (12, 3))]


@given(a=st.sampled_from(VIEWS), b=st.sampled_from(VIEWS), data=st.data())
def test_which_article_is_first_plays_no_part(a: ArticleView, b: ArticleView, data: st.DataObject):
    i, j = (data.draw(st.integers(0, len(v.claims) - 1)) for v in (a, b))
    assert places_in_articles(a, i, b, j) == places_in_articles(b, j, a, i)


def test_positions_are_shares_of_the_article_and_tens_from_its_beginning():
    places = places_in_articles(VIEWS[1], 1, VIEWS[3], 9)
    assert places["position_apart"] == pytest.approx(abs(1 / 2 - 9 / 12))
    assert places["position_first"] == pytest.approx(0.1)
