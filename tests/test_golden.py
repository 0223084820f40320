"""The findings on seeds/, held to the reviewed list in tests/golden/seeds.json.

That list changes when the model or its weights do, and with any step before them. `python tests/regenerate.py` writes it anew; its diff is then to be read by a
person, with tests/data/seeds_planted.md beside it.
"""

from __future__ import annotations

import json
from pathlib import Path

from golden_findings import GOLDEN, READINGS_FILE, differences, golden_findings, readings
from hypothesis import given
from hypothesis import strategies as st

from flows.records import KINDS


def test_findings_on_seeds_are_the_reviewed_ones(seed_outputs: Path) -> None:
    reviewed = json.loads(GOLDEN.read_text(encoding="utf-8"))
    now = golden_findings(seed_outputs)
    difference = differences(reviewed, now)
    assert not difference, f"- reviewed, + now; `python tests/regenerate.py` takes the new ones over:\n{difference}"
    assert len(now) == len(reviewed)


def test_golden_findings_are_in_order_and_each_there_once() -> None:
    reviewed = json.loads(GOLDEN.read_text(encoding="utf-8"))
    pairs = [(f["earlier"], f["later"]) for f in reviewed]
    assert pairs == sorted(set(pairs))


def test_readings_are_kinds_or_nothing_and_one_a_pair() -> None:
    rows = json.loads(READINGS_FILE.read_text(encoding="utf-8"))
    assert len(readings()) == len(rows)
    assert set(readings().values()) <= {*KINDS, "nothing"}


FINDING = st.fixed_dictionaries(
    {"kind": st.sampled_from(["drift", "update"]), "changes": st.lists(st.just("time later: a → b"), max_size=2)}
    | {side: st.sampled_from(["a.txt: One", "b.txt: Two"]) for side in ("earlier", "later")}
)
FINDINGS = st.lists(FINDING, max_size=4, unique_by=lambda f: (f["earlier"], f["later"]))


@given(FINDINGS, FINDINGS)
def test_differences_are_empty_where_and_only_where_both_are_equal(before: list, now: list) -> None:
    def ordered(findings: list) -> list:
        return sorted(findings, key=lambda f: (f["earlier"], f["later"]))

    assert (differences(before, now) == "") == (ordered(before) == ordered(now))
