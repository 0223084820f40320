"""Telling the adjective or people of a place from names that end the same way."""

from __future__ import annotations

import pytest

from flows.language.name_reader import read_names
from flows.language.peoples import names_a_people


@pytest.mark.parametrize(
    ("text", "peoples"),
    [
        ("Pakistani officials met the Israelis.", {"Pakistani", "Israelis"}),
        ("Two Iraqis and a Yemeni were freed by Velmish troops.", {"Iraqis", "Yemeni", "Velmish"}),
        ("Iraqi Prime Minister Haider al-Abadi spoke to Texans.", {"Iraqi", "Texans"}),
        ("Pakistan fired first, and Modi said so in Delhi.", set()),
        ("Harris flew to Paris with Erdogan, who was in Mali.", set()),
        ("The Taliban freed the aid worker.", set()),
        ("Prime Minister Modi rejected it.", set()),
    ],
)
def test_peoples_are_told_by_their_place_in_the_sentence(text: str, peoples: set[str]) -> None:
    assert {m.text for m in read_names(text) if names_a_people(text, m.char_start, m.char_end)} == peoples


def test_a_title_shows_a_person_whatever_the_ending() -> None:
    assert [(m.text, m.role) for m in read_names("President Tavian left.")] == [("Tavian", "person")]
