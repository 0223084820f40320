"""The findings on seeds/ in a form that a person can review: no ids, no scores, only what was found, between which words.

The file changes when the model or the weights do, and with any step before them. Its diff is for a reviewer: is what is gone no loss, is what is new right?

Beside it, readings.json holds what a person says of pairs of claims that have been findings at one time: which kind each is, or "nothing". The README's
count of right findings comes from it, and says how many have not been read; types and words are no matter of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.records import as_row
from flows.tables import load

GOLDEN = Path(__file__).resolve().parent / "golden" / "seeds.json"
READINGS_FILE = GOLDEN.with_name("readings.json")
N_WORDS = 9


def golden_row(f: Any) -> dict[str, Any]:
    """Return a finding (a row of the table, or a record) without ids and scores."""
    changes = [c if isinstance(c, dict) else as_row(c) for c in f.changes]
    return {
        "kind": f.kind,
        "changes": [f"{c['type']} {c['direction']}: {c['from_text'] or '(nothing)'} → {c['to_text'] or '(nothing)'}" for c in changes],
        "earlier": f"{f.earlier_source}: {_first_words(f.earlier_text)}",
        "later": f"{f.later_source}: {_first_words(f.later_text)}",
    }


def golden_findings(outputs: Path) -> list[dict[str, Any]]:
    """Return the findings of an outputs folder in a fixed order."""
    rows = [golden_row(f) for f in load(outputs, "findings").itertuples()]
    return sorted(rows, key=lambda row: (row["earlier"], row["later"], row["kind"], row["changes"]))


def readings() -> dict[tuple[str, str], str]:
    """Return what a person read in pairs of claims, by (earlier, later) as in `golden_row`: a kind, or "nothing"."""
    return {(r["earlier"], r["later"]): r["is"] for r in json.loads(READINGS_FILE.read_text(encoding="utf-8"))}


def reading_of(f: Any) -> str:
    """Return what a person read in the pair of a finding; "" where it has not been read."""
    row = golden_row(f)
    return readings().get((row["earlier"], row["later"]), "")


def as_json(findings: list[dict[str, Any]]) -> str:
    """Return the findings as JSON that reads well in a diff: one line for each side, one for what was found."""

    def compact(finding: dict[str, Any]) -> str:
        found = json.dumps({"kind": finding["kind"], "changes": finding["changes"]}, ensure_ascii=False)
        sides = [f'"{side}": {json.dumps(finding[side], ensure_ascii=False)}' for side in ("earlier", "later")]
        return "{" + ",\n ".join([*sides, found[1:]])

    return "[\n" + ",\n".join(map(compact, findings)) + "\n]\n"


def differences(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> str:
    """Return what a reviewer needs to see: findings that are gone, new, or told otherwise; empty where there are none. Readings do not count."""

    def by_pair(findings: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
        return {(f["earlier"], f["later"]): f"{f['kind']}: {'; '.join(f['changes'])}" for f in findings}

    old, new = by_pair(before), by_pair(now)
    lines = []
    for pair in sorted(old.keys() | new.keys()):
        if old.get(pair) != new.get(pair):
            lines += ["", f"  {pair[0]}", f"  {pair[1]}", *(f"  {sign} {side[pair]}" for sign, side in (("-", old), ("+", new)) if pair in side)]
    return "\n".join(lines)


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:N_WORDS]) + (" …" if len(words) > N_WORDS else "")
