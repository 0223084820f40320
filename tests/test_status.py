"""Stages of an event."""

from __future__ import annotations

import pytest

from flows.language.status import compare_status
from tests.claims_for_language import claim

CHANGED = [
    (
        "The airline will inspect all 22 jets of the type.",
        "The airline has now inspected all 22 jets of the type.",
        "advanced",
        "will inspect",
        "has now inspected",
    ),
    (
        "Ralvia is considering whether to expel the envoy of Tarsk.",
        "Ralvia expelled the envoy of Tarsk.",
        "advanced",
        "considering whether to expel",
        "expelled",
    ),
    ("Ralvia has delivered the tanks to Tarsk.", "Ralvia plans to deliver the tanks to Tarsk.", "set back", "has delivered", "plans to deliver"),
    ("The firm promised every family 20,000 crowns.", "The firm has paid every family 20,000 crowns.", "advanced", "promised", "has paid"),
    ("The minister is to resign over the tapes on Friday.", "The minister has quit over the tapes.", "advanced", "is to resign", "has quit"),
    (
        "The agency said it might lower the country's rating.",
        "The agency has since lowered the country's rating.",
        "advanced",
        "might lower",
        "has since lowered",
    ),
]


@pytest.mark.parametrize(("a", "b", "direction", "from_text", "to_text"), CHANGED)
def test_changed_stage(a: str, b: str, direction: str, from_text: str, to_text: str) -> None:
    seen = compare_status(claim(a), claim(b))
    assert (seen.verdict, seen.direction, seen.from_text, seen.to_text) == ("changed", direction, from_text, to_text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The airline will inspect all 22 jets.", "The airline is to inspect all 22 jets."),
        ("Ralvia has delivered the tanks to Tarsk.", "Ralvia delivered the tanks to Tarsk."),
        ("The bank will close its branch in Northam.", "The minister closed the debate on tanks."),
        ("Ralvia did not deliver the tanks.", "Ralvia will deliver the tanks."),
        ("Ralvia has delivered the tanks to Tarsk.", "Ralvia may have delivered the tanks to Tarsk."),
        ("Ralvia has delivered the tanks to Tarsk.", "Ralvia could deliver the tanks to Tarsk."),
    ],
)
def test_no_changed_stage(a: str, b: str) -> None:
    assert compare_status(claim(a), claim(b)).verdict != "changed"
