"""What reviews say about the findings: precision per kind and type so far, and the lowest score from which it would reach a target.

Precision is the share of accepted findings among those that were accepted or dismissed, for whatever reason. Readers choose what they review, surest first
as a rule, so a plain share would flatter low scores: the suggested threshold therefore weighs by how many findings there are at each score, reviewed or not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.archive import Outputs
from flows.records import CHANGE_TYPES, KINDS
from flows.reviews import recorded_reviews
from flows.storage import OutputsError

TARGET = 0.9
MIN_DECIDED = 20  # reviews without which no threshold is suggested: below, one decision moves a precision by five points or more
MIN_ABOVE = 10  # of them at or over a threshold that is suggested
Z = 1.959964  # 95%, two-sided


@dataclass(frozen=True, slots=True)
class Precision:
    """The accepted among the decided findings of one sort, with its 95% Wilson interval."""

    name: str
    n_accepted: int
    n_decided: int
    low: float
    high: float

    @property
    def precision(self) -> float:
        return self.n_accepted / self.n_decided


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The lowest score from which on precision is estimated to reach the target."""

    min_score: float  # to two decimals, rounded up
    estimate: float  # precision of all findings at or over it, by the isotonic fit
    n_findings: int  # at or over it, reviewed or not
    reviewed: Precision  # of those that were decided


@dataclass(frozen=True, slots=True)
class ReviewStats:
    """What reviews of a folder say so far."""

    n_findings: int  # in the folder, replaced ones included
    n_accepted: int
    n_dismissed: int
    n_noted: int
    n_gone: int  # reviews of findings that the folder does not hold any more
    n_made_anew: int  # reviews older than the run that made their finding: --rebuild may have changed its kind or score since
    overall: Precision | None  # None where nothing was decided
    kinds: tuple[Precision, ...]  # strongest first, those without a decision left out
    types: tuple[Precision, ...]  # a finding counts for each of its types
    target: float
    suggestion: Suggestion | None
    why_none: str  # why there is no suggestion; empty where there is one

    def as_json(self) -> dict[str, Any]:
        """Return it all in plain values."""
        names = ("n_findings", "n_accepted", "n_dismissed", "n_noted", "n_gone", "n_made_anew", "target")
        suggestion = self.suggestion and {**asdict(self.suggestion), "reviewed": _json(self.suggestion.reviewed)}
        return {
            **{name: getattr(self, name) for name in names}, "overall": _json(self.overall), "kinds": [_json(p) for p in self.kinds],
            "types": [_json(p) for p in self.types], "suggestion": suggestion, "why_no_suggestion": self.why_none or None,
        }  # fmt: skip


def review_stats(outputs: str | Path, *, target: float = TARGET) -> ReviewStats:
    """Return what the recorded reviews of a folder say. Raises OutputsError where it holds no published run."""
    archive = Outputs(Path(outputs))
    started = dict(zip(*archive.read("runs", ["run_id", "started_at"]).to_pydict().values(), strict=True))
    if not started:
        raise OutputsError(f"{outputs}: holds no published run. Make one with: claimdrift check ARTICLES --outputs {outputs}")
    rows = archive.read("findings", ["finding_id", "run_id", "kind", "types", "score"]).to_pylist()
    reviews = {review.finding_id: review for review in recorded_reviews(outputs)}
    reviewed = [(row, reviews[row["finding_id"]]) for row in rows if row["finding_id"] in reviews]
    decided = [(row, review.decision == "accepted") for row, review in reviewed if review.decision != "noted"]
    suggestion, why_none = suggest([(row["score"], right) for row, right in decided], [row["score"] for row in rows], target)
    n_accepted = sum(right for _, right in decided)
    return ReviewStats(
        n_findings=len(rows),
        n_accepted=n_accepted,
        n_dismissed=len(decided) - n_accepted,
        n_noted=len(reviewed) - len(decided),
        n_gone=len(reviews) - len(reviewed),
        n_made_anew=sum(review.reviewed_at < started[row["run_id"]] for row, review in reviewed),
        overall=_precision("all", decided, lambda row: True),
        kinds=tuple(p for kind in KINDS if (p := _precision(kind, decided, lambda row, kind=kind: row["kind"] == kind))),
        types=tuple(p for name in CHANGE_TYPES if (p := _precision(name, decided, lambda row, name=name: name in row["types"]))),
        target=target,
        suggestion=suggestion,
        why_none=why_none,
    )


def suggest(decided: Sequence[tuple[float, bool]], scores: Sequence[float], target: float) -> tuple[Suggestion | None, str]:
    """Return the lowest threshold from which on precision is estimated at `target` or more, or None and why there is none.

    decided: (score, accepted) of the reviewed findings. scores: of all findings. The chance that a finding is right is fitted to its score as a
    non-decreasing step function, and averaged over all findings at or over a threshold; so it can only fall as the threshold does. Nothing is suggested
    below the lowest score that was reviewed.
    """
    if len(decided) < MIN_DECIDED:
        return None, f"{len(decided)} of the {MIN_DECIDED} decisions that an estimate needs at least"
    steps = isotonic(decided)
    found: Suggestion | None = None
    for threshold in sorted({math.ceil(round(score * 100, 9)) / 100 for score, _ in decided}, reverse=True):
        above = [score for score in scores if score >= threshold]
        own = [right for score, right in decided if score >= threshold]
        if len(own) < MIN_ABOVE:
            continue
        estimate = sum(chance_at(steps, score) for score in above) / len(above)
        if estimate < target:
            break
        found = Suggestion(threshold, estimate, len(above), _of("reviewed", sum(own), len(own)))
    return (found, "") if found else (None, "precision is estimated below it at every score that enough reviews are over")


def isotonic(decided: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Return the non-decreasing step function nearest to the decisions in squares, as (score from which on, chance of being right), scores ascending.

    Pool adjacent violators: Ayer, Brunk, Ewing, Reid & Silverman 1955.
    """
    by_score: dict[float, list[bool]] = {}
    for score, right in decided:
        by_score.setdefault(score, []).append(right)
    blocks: list[tuple[float, int, int]] = []  # (lowest score, right, decided)
    for score in sorted(by_score):
        block = score, sum(by_score[score]), len(by_score[score])
        while blocks and blocks[-1][1] * block[2] >= block[1] * blocks[-1][2]:  # the one before is right as often, or more often
            start, n_right, n = blocks.pop()
            block = start, n_right + block[1], n + block[2]
        blocks.append(block)
    return [(start, n_right / n) for start, n_right, n in blocks]


def chance_at(steps: Sequence[tuple[float, float]], score: float) -> float:
    """Return the value of a step function at a score; below its first step, that of the first."""
    value = steps[0][1]
    for start, chance in steps:
        if start > score:
            break
        value = chance
    return value


def wilson(n_right: int, n: int) -> tuple[float, float]:
    """Return the 95% score interval of a share n_right / n, n at least 1 (Wilson 1927)."""
    share, z2 = n_right / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _precision(name: str, decided: Sequence[tuple[Mapping[str, Any], bool]], belongs: Callable[[Mapping[str, Any]], bool]) -> Precision | None:
    rights = [right for row, right in decided if belongs(row)]
    return _of(name, sum(rights), len(rights)) if rights else None


def _of(name: str, n_right: int, n: int) -> Precision:
    return Precision(name, n_right, n, *wilson(n_right, n))


def _json(precision: Precision | None) -> dict[str, Any] | None:
    return precision and {**asdict(precision), "precision": precision.precision}
