"""Reliability diagrams: every pair in one bin, the diagonal where probabilities are right, and SVG that parses."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reliability import SIDE, bins, reliability_svg

CIRCLE = "{http://www.w3.org/2000/svg}circle"


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_every_pair_is_in_one_bin(pairs: list[tuple[float, bool]]):
    probability, true = np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])
    found = bins(probability, true)
    assert sum(count for *_, count in found) == len(pairs)
    assert sum(share * count for _, share, count in found) == pytest.approx(true.sum())
    assert sum(mean * count for mean, _, count in found) == pytest.approx(probability.sum())


def test_right_probabilities_lie_on_the_diagonal():
    probability = np.repeat([0.2, 0.8], 10)
    true = np.array([True] * 2 + [False] * 8 + [True] * 8 + [False] * 2)
    root = ET.fromstring(reliability_svg({"a head": (probability, true)}))
    dots = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iter(CIRCLE)]
    assert dots == [(pytest.approx(0.2 * SIDE), pytest.approx(0.8 * SIDE)), (pytest.approx(0.8 * SIDE), pytest.approx(0.2 * SIDE))]
