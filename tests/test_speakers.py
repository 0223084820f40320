from __future__ import annotations

import pytest

from flows.language.speakers import is_anonymous, may_be_same, strength


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", 0),
        ("sources", 1),
        ("reliable sources", 1),
        ("critics", 1),
        ("two people familiar with the matter", 2),
        ("two officials", 2),
        ("a senior aide", 2),
        ("several witnesses", 2),
        ("people close to the player", 2),
        ("leaked invoices seen by the Herald", 2),
        ("two U.S. officials", 2),
        ("a senior Israeli official", 2),
        ("a Western diplomat", 2),
        ("Hamas officials", 2),
        ("many Republicans", 2),
        ("an official at the Pentagon", 2),
        ("people briefed on the talks", 2),
        ("an Israeli official, Ann Orr", 3),
        ("Defence official Ann Orr", 3),
        ("a report by the World Bank", 3),
        ("the Israeli army", 3),
        ("detectives", 3),
        ("police", 3),
        ("the ministry", 3),
        ("Ann Orr", 3),
        ("a spokesman for the insurer", 3),
        ("the preliminary report of the bureau", 3),
        ("she", 3),
    ],
)
def test_strength(source: str, expected: int) -> None:
    assert strength(source) == expected


def test_a_hidden_name_is_anonymous() -> None:
    assert is_anonymous("two former guards, who spoke on condition of anonymity")
    assert is_anonymous("sources")
    assert is_anonymous("two officials briefed on the talks")
    assert not is_anonymous("two officials of the ministry")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the Defence Ministry", "the ministry in Loran", True),
        ("Ann Orr, the mayor", "Orr", True),
        ("police", "officers", None),
        ("she", "the mayor", None),
        ("two residents", "two officials", False),
        ("Putin", "Zelensky", False),
        ("the FAA", "Airbus", False),
        ("the FAA", "the Federal Aviation Administration", None),
        ("Ukraine's president", "Zelensky", None),
        ("the Israeli military", "an Israeli opposition politician", False),
        ("the US State Department", "a senior US official", None),
        ("the court", "a passenger", False),
    ],
)
def test_same_source(a: str, b: str, expected: bool | None) -> None:
    assert may_be_same(a, b) is expected
    assert may_be_same(b, a) is expected
