from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.verbs import first_finite_verb, has_finite_verb

CLAUSES = [
    "The dam held.",
    "Nobody was hurt.",
    "Engineers want more time.",
    "She denies it.",
    "Rescuers searched all night.",
    "It's over for the mayor.",
    "The men walk home, he says.",
]
HEADINGS = [
    "Twelve dead in dam collapse",
    "A long night in Ostrava",
    "From our correspondent in Loran",
    "Wounded soldiers, empty streets",
    "No end to the flood",
]


@pytest.mark.parametrize("text", CLAUSES)
def test_clauses_have_a_finite_verb(text: str) -> None:
    assert has_finite_verb(text)


@pytest.mark.parametrize("text", HEADINGS)
def test_headings_have_none(text: str) -> None:
    assert not has_finite_verb(text)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("The firm has already agreed to sell.", "has already agreed"),
        ("The texts were sent abroad.", "were sent"),
        ("Two walls fell.", "fell"),
        ("The firm is the owner.", "is"),
    ],
)
def test_first_verb_group(text: str, group: str) -> None:
    span = first_finite_verb(text)
    assert span is not None
    assert text[slice(*span)] == group


@given(st.text(max_size=80))
def test_verb_groups_lie_inside_the_text(text: str) -> None:
    span = first_finite_verb(text)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
    assert (span is not None) == has_finite_verb(text)
