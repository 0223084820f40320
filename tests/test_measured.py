"""What precision a least score lets expect: the measured figures and what lies between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.findings import DEFAULT_MIN_SCORE
from flows.steps.measured import Measured, measured
from models.checkpoint import EMBEDDED

FIGURES = Measured("m", (0.2, 0.4, 0.8), (0.5, 0.6, 0.9), (0.9, 0.8, 0.3))


def test_the_shipped_figures_are_of_the_shipped_checkpoint_and_in_order():
    shipped = measured()
    assert shipped.model == EMBEDDED.name
    assert list(shipped.min_score) == sorted(set(shipped.min_score))
    assert len(shipped.min_score) == len(shipped.precision) == len(shipped.recall)
    assert shipped.min_score[0] < DEFAULT_MIN_SCORE < shipped.min_score[-1]
    assert all(0 < value < 1 for value in (*shipped.precision, *shipped.recall))


@pytest.mark.parametrize(("least", "expected"), [(0.2, 0.5), (0.3, 0.55), (0.4, 0.6), (0.6, 0.75), (0.8, 0.9), (0.95, 0.9)])
def test_between_two_figures_it_is_linear_and_above_them_the_last(least: float, expected: float):
    assert FIGURES.expected_precision(least) == pytest.approx(expected)


@given(st.floats(0, 1))
def test_below_the_lowest_score_measured_nothing_is_said(least: float):
    told = FIGURES.expected_precision(least)
    assert (told is None) == (least < 0.2)
    assert told is None or 0.5 <= told <= 0.9
