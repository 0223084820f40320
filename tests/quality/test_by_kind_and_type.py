"""The table by kind and by type, counted with the scoring script on a gold of two invented facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from by_kind_and_type import count, scoring_script, table

TOLL = ("The avalanche above Brenholm killed nine skiers.", "Eleven skiers died in the avalanche above Brenholm.")
ROAD = ("The road to the pass was closed at noon.", "It was only at dusk that the road to the pass was closed.")
OTHER = ("A rescue dog named Fjord found two of the bodies.", "The resort opened its lifts again on Sunday.")


def _fact(name: str, tellings: tuple[str, str], kind: str, change_type: str) -> dict[str, Any]:
    first, second = ({"article": article, "sentence": text} for article, text in zip(("a", "b"), tellings, strict=True))
    change = {"from": {"article": "a"}, "to": {"article": "b"}, "kind": kind, "type": change_type, "direction": None, "from_text": "", "to_text": ""}
    return {"id": name, "expressions": [first, second], "changes": [change]}


GOLD = {"articles": {"a": {}, "b": {}}, "facts": [_fact("toll", TOLL, "update", "quantity"), _fact("road", ROAD, "contradiction", "time")]}


def _finding(tellings: tuple[str, str], kind: str, change_type: str, score: float) -> dict[str, Any]:
    return {
        "kind": kind, "types": [change_type], "changes": [], "score": score, "earlier_source": "a.txt", "later_source": "b.txt",
        "earlier_text": tellings[0], "later_text": tellings[1],
    }  # fmt: skip


@pytest.fixture(scope="module")
def scoring(shared: Path):
    return scoring_script(shared / "stories")


def test_right_named_and_found_are_told_apart(scoring):
    findings = [_finding(TOLL, "update", "quantity", 0.9), _finding(ROAD, "drift", "time", 0.8), _finding(OTHER, "drift", "label", 0.7)]
    counts = count(findings, [GOLD], scoring)
    assert dict(counts["all"]) == {"findings": 3, "right": 2, "named": 2, "gold": 2, "found": 2}
    assert dict(counts["drift"]) == {"findings": 2, "right": 1}  # the road: right, but no drift
    assert dict(counts["time"]) == {"findings": 1, "right": 1, "named": 1, "gold": 1, "found": 1}
    assert dict(counts["contradiction"]) == {"gold": 1, "found": 1}
    assert dict(counts["label"]) == {"findings": 1}


def test_what_a_surer_finding_has_hit_counts_once_and_what_nobody_hits_is_missed(scoring):
    counts = count([_finding(TOLL, "update", "quantity", 0.9), _finding(TOLL, "update", "quantity", 0.5)], [GOLD], scoring)
    assert dict(counts["all"]) == {"findings": 1, "right": 1, "named": 1, "gold": 2, "found": 1}


def test_the_table_gives_shares_and_leaves_those_of_nothing_empty(scoring):
    lines = table(count([_finding(TOLL, "update", "quantity", 0.9)], [GOLD], scoring)).splitlines()
    assert "| all | 1 | 1 | 1.00 | 1.00 | 2 | 1 | 0.50 |" in lines
    assert "| label | 0 | 0 |  |  | 0 | 0 |  |" in lines
