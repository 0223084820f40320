from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.verbs import first_finite_verb, has_finite_verb, has_present_verb

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


@pytest.mark.parametrize(
    "text",
    [
        "In the video Orr delivers a statement to his friends.",
        "Following his speech, he beheads the statue.",
        "He then beheads Orr.",
        "In the country, abandoning an animal violates the Act of 2006.",
        "On Friday, Norrmark bombards the south of Tolm again.",
        "Under the deal, Orr frees 50 hostages.",
        "As they near a doorway, a bullet suddenly bounces off the helmet.",
        "To their surprise, they flee to the hills.",
    ],
)
def test_a_verb_of_no_list_shows_by_its_neighbours(text: str) -> None:
    assert has_present_verb(text)


@pytest.mark.parametrize(
    "text",
    [
        "From an office in the old town.",
        "For the latest on the floods, the dams and the roads.",
        "With bridges, roads and the only dam under water.",
        "Under bus 12 in the yard.",
        "Not for the people of Tolm and their friends.",
        "In Apple, Gadgets and Rumors.",
    ],
)
def test_a_phrase_has_no_present_verb(text: str) -> None:
    assert not has_present_verb(text)
