"""Loaded wording."""

from __future__ import annotations

import pytest

from flows.language.labels import _SCALES, compare_labels
from tests.claims_for_language import claim

CHANGED = [
    ("Gunmen held the bridge at Velm until noon.", "Terrorists held the bridge at Velm until noon.", "harsher", "Gunmen", "Terrorists"),
    (
        "The general may give the militant group Hezbollah an air defence system.",
        "The general may give the terrorist organization Hezbollah an air defence system.",
        "harsher",
        "militant group",
        "terrorist organization",
    ),
    ("A mob marched through Northam on Monday night.", "Protesters marched through Northam on Monday night.", "softer", "mob", "Protesters"),
    ("The firm gave the mayor a payment of 2,000 crowns.", "The firm gave the mayor a bribe of 2,000 crowns.", "harsher", "payment", "bribe"),
    ("The pilot of the Nordwind was on the bridge.", "The so-called pilot of the Nordwind was on the bridge.", "harsher", "pilot", "so-called pilot"),
]


@pytest.mark.parametrize(("a", "b", "direction", "from_text", "to_text"), CHANGED)
def test_changed_label(a: str, b: str, direction: str, from_text: str, to_text: str) -> None:
    seen = compare_labels(claim(a), claim(b))
    assert (seen.verdict, seen.direction, seen.from_text, seen.to_text) == ("changed", direction, from_text, to_text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Gunmen held the bridge at Velm.", "Fighters held the bridge at Velm."),
        ("Gunmen and terrorists held the bridge at Velm.", "Terrorists held the bridge at Velm."),
        ("The minister said the bridge at Velm was safe.", "The minister claimed the bridge at Velm was safe."),
        ("The rebels held the bridge.", "A terrorist was jailed in Northam."),
    ],
)
def test_no_changed_label(a: str, b: str) -> None:
    assert compare_labels(claim(a), claim(b)).verdict != "changed"


def test_every_scale_has_three_levels_without_a_word_twice() -> None:
    for scale in _SCALES.strip().split("\n\n"):
        levels = [{w.strip() for w in line.split(",")} for line in scale.splitlines()]
        assert len(levels) == 3
        assert not levels[0] & levels[1] | levels[1] & levels[2] | levels[0] & levels[2]
