"""Where: opposites, other names, wider areas."""

from __future__ import annotations

import pytest

from flows.language.places import compare_places
from flows.records import OPPOSITE_DIRECTION
from tests.claims_for_language import claim

CHANGED = [
    (
        "The epicentre lay 11 kilometres north of Northam.",
        "The epicentre was 11 km south of the city of Northam.",
        "replaced",
        "north of Northam",
        "south of the city of Northam",
    ),
    (
        "The drone came down outside Ralvia's economic zone.",
        "The drone came down within Ralvia's economic zone.",
        "replaced",
        "outside Ralvia's economic zone",
        "within Ralvia's economic zone",
    ),
    (
        "The ship sank 40 miles northwest of Kestow.",
        "The ship sank 40 miles southwest of Kestow.",
        "replaced",
        "northwest of Kestow",
        "southwest of Kestow",
    ),
    ("The talks were held in Japan for two days.", "The talks were held in Sudan for two days.", "replaced", "in Japan", "in Sudan"),
    ("The jet made an emergency landing at Kestow.", "The jet made an emergency landing at Lunby.", "replaced", "at Kestow", "at Lunby"),
    ("Power failed in Northam for three hours.", "Power failed across the region for three hours.", "broadened", "in Northam", "across the region"),
]


@pytest.mark.parametrize(("a", "b", "direction", "from_text", "to_text"), CHANGED)
def test_changed_place(a: str, b: str, direction: str, from_text: str, to_text: str) -> None:
    seen = compare_places(claim(a), claim(b))
    assert (seen.verdict, seen.direction, seen.from_text, seen.to_text) == ("changed", direction, from_text, to_text)
    back = compare_places(claim(b), claim(a))
    assert (back.direction, back.from_text, back.to_text) == (OPPOSITE_DIRECTION[direction], to_text, from_text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The jet made an emergency landing at Kestow.", "The jet made an emergency landing."),
        ("The jet landed at Kestow, in Ralvia.", "The jet landed in Ralvia."),
        ("The clinic in Northam was shut on Monday.", "The clinic in the town of Northam was shut on Monday."),
        ("Shareholders in Calder approved the dividend of two crowns.", "Shareholders in Northam approved the dividend of two crowns."),
        ("The ship sank 40 miles north of Kestow.", "The ship sank 40 miles north-west of Kestow."),
        ("The ship sank 40 miles southwest of Kestow.", "The ship sank 40 miles south-west of Kestow."),
        ("Snow fell in Northam.", "The minister resigned in Kestow."),
    ],
)
def test_no_changed_place(a: str, b: str) -> None:
    assert compare_places(claim(a), claim(b)).verdict != "changed"
