"""Affirmed or denied."""

from __future__ import annotations

import pytest

from flows.language.negation import compare_negation
from tests.claims_for_language import claim

CHANGED = [
    ("The builder Otto Brandis was arrested over the collapse.", "The builder Otto Brandis was not arrested over the collapse.", "negated"),
    ("The company had received no warning about the dam.", "The company had received a warning about the dam in March.", "affirmed"),
    ("The Calder family supports the sale of the mill.", "The Calder family opposes the sale of the mill.", "negated"),
    ("Two pickets were arrested at the Northam depot.", "Picketing at the Northam depot passed off without a single arrest of pickets.", "negated"),
    ("The company paid a ransom to the hackers in March.", "The company did not pay a ransom to the hackers in March.", "negated"),
    ("The team won the cup final in Northam.", "The team did not win the cup final in Northam.", "negated"),
    ("The evening was calm, and nobody was arrested.", "Nine people were arrested.", "affirmed"),
]


@pytest.mark.parametrize(("a", "b", "direction"), CHANGED)
def test_changed(a: str, b: str, direction: str) -> None:
    seen = compare_negation(claim(a), claim(b))
    assert (seen.verdict, seen.direction) == ("changed", direction)
    back = compare_negation(claim(b), claim(a))
    assert back.direction == ("affirmed" if direction == "negated" else "negated")
    assert (back.from_text, back.to_text) == (seen.to_text, seen.from_text)


def test_words_are_the_cue_with_its_verb() -> None:
    seen = compare_negation(claim(CHANGED[0][0]), claim(CHANGED[0][1]))
    assert (seen.from_text, seen.to_text) == ("was arrested", "was not arrested")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The branch in Northam did not stay shut on Monday.", "The branch in Northam stayed open on Monday."),
        ("Nobody was hurt in the crash at Northam.", "The crash at Northam did not hurt anyone."),
        ("It is not clear whether the system was delivered to Tarsk.", "The system was delivered to Tarsk."),
        ("The talks will not resume on Monday in Northam.", "The talks in Northam will resume on Thursday."),
        ("Not only the bank closed its doors in Northam.", "The bank closed its doors in Northam."),
        ("The firm has not been charged over the spill.", "Rain fell on the firm."),
        ("Nobody was arrested before noon.", "Nine people were arrested."),
        ("Nobody was arrested.", "Nine crates were arrested."),
        ("Of the 33 miners 26 came up alive.", "Seven of the 33 miners came up dead."),
        ("The extent of his role remains unclear to the inquiry.", "It is not clear to the inquiry what the extent of his role was."),
        ("The firm could not rule out that data was stolen from its servers.", "Data was stolen from its servers, the firm said."),
    ],
)
def test_no_change(a: str, b: str) -> None:
    assert compare_negation(claim(a), claim(b)).verdict != "changed"
