"""What came of a run, for a person: counts, the top findings, what was rejected. Read back from the published tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.components import connected_components, edges_around
from flows.edges import storyline_edges
from flows.records import KINDS, Finding, Kind, Reject, Run, as_row
from flows.storage import OutputsError
from flows.tables import Outputs, from_table

N_TOP = 10
N_REJECTS = 5


@dataclass(frozen=True)
class TopFinding:
    """The surest finding on a point, and how many more of the run are on it: one thread, type and direction, the same words or claim on a side."""

    finding: Finding
    n_alike: int


@dataclass(frozen=True)
class CheckSummary:
    """What one run of `check` read and found. `top` holds the first findings, folded; all of them are in the findings table."""

    outputs: str
    run: Run
    top: tuple[TopFinding, ...]
    n_points: int  # points that the findings are on, see TopFinding; `top` has the first
    rejects: tuple[Reject, ...]
    n_storylines: int  # storylines that the run's comparisons are in
    n_articles_in_folder: int
    n_findings_in_folder: int
    report: str = ""  # path of the report that was written after the run; empty where none was
    report_problem: str = ""  # why it could not be written
    watched: Mapping[str, int] = field(default_factory=dict)  # new findings per name of the watchlist, those without one left out
    notify_problem: str = ""  # what went wrong with the command that was to be told

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def counts(self) -> dict[str, int]:
        """How many at each step."""
        return self.run.counts

    @property
    def n_findings(self) -> int:
        """New findings of this run."""
        return self.counts.get("findings", 0)

    @property
    def kinds(self) -> dict[Kind, int]:
        """New findings per kind, strongest first; kinds without one left out."""
        return {kind: n for kind in KINDS if (n := self.counts.get(f"findings: {kind}", 0))}

    @property
    def has_heads(self) -> bool:
        """False where the checkpoint has the three NLI labels only; the run's model_id then names the embedded one, which made the vectors, as well."""
        return "+" not in self.run.model_id

    @property
    def reject_reasons(self) -> dict[str, int]:
        """Rejects per reason, the most frequent first."""
        return dict(Counter(r.reason for r in self.rejects).most_common())

    @property
    def seconds(self) -> float:
        """Wall time of the run, without what came before it: Prefect's start."""
        return (self.run.finished_at - self.run.started_at).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return the summary as JSON values; times are ISO 8601."""
        return {
            "run_id": self.run_id, "outputs": self.outputs, "report": self.report or None, "inputs": self.run.inputs,
            "model_source": self.run.model_source, "model_id": self.run.model_id,
            "counts": self.counts, "n_findings": self.n_findings, "kinds": self.kinds, "watched": dict(self.watched), "n_storylines": self.n_storylines,
            "n_articles_in_folder": self.n_articles_in_folder, "n_findings_in_folder": self.n_findings_in_folder,
            "pairs_per_rule": self.run.pairs_per_rule, "dropped": self.run.dropped, "thresholds": self.run.thresholds, "seconds": self.run.seconds,
            "rejects": [{"source": r.source, "reason": r.reason, "detail": r.detail} for r in self.rejects],
            "top_findings": [_finding_json(t) for t in self.top],
        }  # fmt: skip


def summarise(outputs: str | Path, run_id: str | None = None, *, n_top: int = N_TOP) -> CheckSummary:
    """Summarise a published run, the newest by default. Raises OutputsError where the folder holds no such run."""
    archive = Outputs(Path(outputs))
    run_ids = archive.run_ids()
    if not run_ids or (run_id is not None and run_id not in run_ids):
        raise OutputsError(f"{outputs}: holds no published run{f' {run_id}' if run_id else ''}.")
    own = [run_id or run_ids[-1]]
    [run] = from_table(archive.read("runs", run_ids=own), Run)
    points = _points(archive, own)
    top = _share_places(points, n_top)
    surest = pa.array([point.finding_ids[0] for point in top], type=pa.string())
    rows = archive.read("findings", filters=pc.field("finding_id").isin(surest), run_ids=own)
    findings = {f.finding_id: f for f in from_table(rows, Finding)}
    touched = storyline_edges(archive, own).column(0).unique().to_pylist()
    storylines = connected_components(edges_around(storyline_edges(archive), touched))
    return CheckSummary(
        outputs=str(outputs),
        run=run,
        top=tuple(TopFinding(findings[point.finding_ids[0]], len(point.finding_ids) - 1) for point in top),
        n_points=len(points),
        rejects=tuple(from_table(archive.read("rejects", run_ids=own), Reject)),
        n_storylines=len({storylines[article] for article in touched}),
        n_articles_in_folder=archive.read("articles", ["article_id"]).num_rows,
        n_findings_in_folder=archive.read("findings", ["finding_id"]).num_rows,
    )


@dataclass(frozen=True)
class Point:
    """Findings of one kind on one point, the surest first."""

    kind: Kind
    finding_ids: list[str]


def _points(archive: Outputs, run_ids: Sequence[str]) -> list[Point]:
    """Return the points that the runs' findings are on, contradictions before all else, then by score.

    Where three outlets tell a fact one way and a fourth another, that makes three findings; an editor wants to read the point once.
    """
    columns = ["finding_id", "thread_id", "kind", "score", "changes", "earlier_text", "later_text"]
    return group_points(archive.read("findings", columns, run_ids=run_ids).to_pylist())


def group_points(rows: Sequence[Mapping[str, Any]]) -> list[Point]:
    """Group rows of findings by the point they are on; see `_points` for the order. Needs finding_id, thread_id, kind, score, changes and the two texts."""
    points: list[Point] = []
    by_side: dict[tuple, Point] = {}
    for row in sorted(rows, key=lambda r: (r["kind"] != "contradiction", -r["score"], r["finding_id"])):
        main = row["changes"][0]
        matter = row["thread_id"], row["kind"], main["type"], main["direction"]
        texts = {"earlier": (main["from_text"], row["earlier_text"]), "later": (main["to_text"], row["later_text"])}
        sides = [(*matter, side, _folded(text)) for side in texts for text in texts[side] if text]
        point = next((by_side[side] for side in sides if side in by_side), None)
        if point is None:
            point = Point(row["kind"], [])
            points.append(point)
        point.finding_ids.append(row["finding_id"])
        for side in sides:
            by_side.setdefault(side, point)
    return points


def _share_places(points: Sequence[Point], n_top: int) -> list[Point]:
    """Return `n_top` of the points in their order; contradictions leave half of the places to other kinds, as far as there are any."""
    hard = [point for point in points if point.kind == "contradiction"]
    others = points[len(hard) :]
    shown = hard[: max(n_top - len(others), n_top // 2)]
    return [*shown, *others[: n_top - len(shown)]]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def changed_spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where `words`, slices of `text`, stand in it: half-open spans in order, those that touch or overlap joined.

    Of several places the first at word boundaries counts.
    """
    spans: list[tuple[int, int]] = []
    for word in filter(None, words):
        start = _find_word(text, word)
        if start >= 0:
            spans.append((start, start + len(word)))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _find_word(text: str, word: str) -> int:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        inside = (start > 0 and text[start - 1].isalnum() and word[0].isalnum()) or (end < len(text) and text[end].isalnum() and word[-1].isalnum())
        if not inside:
            return start
        start = text.find(word, start + 1)
    return text.find(word)


def _finding_json(top: TopFinding) -> dict[str, Any]:
    f = top.finding
    names = ("finding_id", "thread_id", "storyline_id", "kind", "types", "score", "earlier_source", "later_source", "earlier_outlet", "later_outlet")
    return {
        **{name: getattr(f, name) for name in names},
        "earlier_published_at": f.earlier_published_at.isoformat() if f.earlier_published_at else None,
        "later_published_at": f.later_published_at.isoformat() if f.later_published_at else None,
        "order_known": f.order_known, "earlier_text": f.earlier_text, "later_text": f.later_text,
        "changes": [as_row(c) for c in f.changes], "n_alike": top.n_alike,
    }  # fmt: skip
