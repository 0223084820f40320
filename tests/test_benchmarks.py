"""What the benchmarks compute and draw with; their figures are no matter of a test."""

from __future__ import annotations

import math
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parent / "benchmarks"))

from measuring import exponent
from plot import write_growth
from recombined import one_period


@given(
    sizes=st.lists(st.integers(1, 10_000), min_size=2, max_size=6, unique=True), slope=st.floats(-2, 3), scale=st.floats(0.01, 100),
)  # fmt: skip
def test_the_exponent_of_a_power_is_found(sizes: list[int], slope: float, scale: float):
    assert exponent(sizes, [scale * n**slope for n in sizes]) == pytest.approx(slope, abs=1e-6)


def test_what_has_no_exponent():
    assert math.isnan(exponent([5], [1.0]))
    assert math.isnan(exponent([5, 5], [1.0, 2.0]))
    assert math.isnan(exponent([5, 6], [0.0, 2.0]))


def result(n: int, seconds: float, peak: float) -> dict[str, object]:
    return {"articles": n, "wall_s": {"read": seconds / 2, "score": seconds / 2}, "peak_mb": {"read": peak / 2, "score": peak}}


def test_the_picture_tells_what_was_measured_and_its_points_stand_within(tmp_path: Path):
    write_growth([result(10, 4.0, 300), result(40, 17.0, 420), result(160, 70.0, 1_100)], tmp_path / "docs" / "growth.svg")
    picture = (tmp_path / "docs" / "growth.svg").read_text(encoding="utf-8")
    svg = ET.fromstring(picture)
    texts = [e.text for e in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"4.0 s", "17 s", "70 s", "300 MB", "420 MB", "1.1 GB"} <= set(texts)
    assert "10 articles: 4.0 s, 300 MB" in svg.attrib["aria-label"]
    width, height = (float(v) for v in svg.attrib["viewBox"].split()[2:])
    circles = [(float(e.attrib["cx"]), float(e.attrib["cy"])) for e in svg.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(circles) == 6
    assert all(0 < x < width and 0 < y < height for x, y in circles)
    assert [y for _, y in circles[:3]] == sorted((y for _, y in circles[:3]), reverse=True)
    assert not re.search(r"https?://(?!www\.w3\.org)", picture)


def test_one_size_has_no_growth(tmp_path: Path):
    with pytest.raises(ValueError, match="two sizes"):
        write_growth([result(10, 4.0, 300)], tmp_path / "growth.svg")


def test_a_period_has_as_many_articles_as_asked_and_the_seed_decides():
    articles = one_period(23, 5, 30, seed=4)
    assert len(articles) == 23
    assert articles == one_period(23, 5, 30, seed=4) != one_period(23, 5, 30, seed=5)
    days = {re.search(r"\d{4}-\d\d-\d\d", name)[0] for name in articles}  # type: ignore[index]
    assert len(days) > 5
    assert all(text.strip() for text in articles.values())
