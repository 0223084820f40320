"""What an outputs folder holds, what its last run did, what was rejected and still is, and what an interrupted run left undone."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.archive import JOURNAL, Outputs
from flows.convert import from_table
from flows.current import current_table
from flows.drops.ledger import count_unchecked
from flows.drops.noted import DropsNote, read_notes
from flows.lock import writer_of
from flows.outbox import Outbox
from flows.records import KINDS, TABLES, Reject, Run, Sighting
from flows.rejects import open_rejects
from flows.storage import OutputsError
from flows.versions import Versions, find_versions


@dataclass(frozen=True, slots=True)
class Drops:
    """A folder that is watched, or was: how many of its files no run has checked, None where it is not here; what went wrong last, and when."""

    folder: str
    n_waiting: int | None
    problem: str
    problem_at: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an outputs folder."""

    outputs: str
    n_rows: dict[str, int]  # per table, superseded rows included
    findings: dict[str, int]  # per kind, of the current view
    n_superseded: int  # articles that their sources have replaced since
    n_forgotten: int
    n_runs: int
    n_files: int
    n_bytes: int  # of the tables
    cache_bytes: int
    last_run: Run | None
    rejects: list[Reject] = field(default_factory=list)  # what no run has read yet
    notes: list[Reject] = field(default_factory=list)  # what was read all the same: a date that is none
    writer: str = ""  # who writes to it now; empty where nobody does
    unfinished: list[str] = field(default_factory=list)  # what an interrupted run left; the next run sees to it
    set_aside: list[str] = field(default_factory=list)  # files of no run
    n_untold: int = 0  # runs whose findings a command, --notify, is still to get
    drops: list[Drops] = field(default_factory=list)

    @property
    def reject_reasons(self) -> dict[str, int]:
        """What was rejected and still is, per reason, the most frequent first."""
        return dict(Counter(r.reason for r in self.rejects).most_common())

    def as_json(self) -> dict[str, Any]:
        """Return it all in plain values."""
        last = self.last_run
        return {
            "outputs": self.outputs, "rows": self.n_rows, "findings": self.findings, "superseded_articles": self.n_superseded,
            "forgotten_articles": self.n_forgotten, "runs": self.n_runs, "files": self.n_files, "bytes": self.n_bytes, "cache_bytes": self.cache_bytes,
            "last_run": None if last is None else {
                "run_id": last.run_id, "started_at": last.started_at.isoformat(), "finished_at": last.finished_at.isoformat(), "inputs": last.inputs,
                "counts": last.counts, "thresholds": last.thresholds, "model_source": last.model_source,
            },
            "rejects": [{"source": r.source, "reason": r.reason, "detail": r.detail, "run_id": r.run_id} for r in self.rejects],
            "notes": [{"source": r.source, "reason": r.reason, "detail": r.detail, "run_id": r.run_id} for r in self.notes],
            "writer": self.writer or None, "unfinished": self.unfinished, "set_aside": self.set_aside,
            "untold_runs": self.n_untold,
            "drops": [{"folder": d.folder, "waiting": d.n_waiting, "problem": d.problem or None, "problem_at": d.problem_at or None} for d in self.drops],
        }  # fmt: skip


def read_status(outputs: str | Path) -> Status:
    """Return the state of an outputs folder; reads, writes nothing and needs no lock. Raises OutputsError where there is none."""
    archive = Outputs(Path(outputs))
    if not archive.root.is_dir() or not any((archive.root / name).is_dir() for name in TABLES):
        raise OutputsError(f"{outputs}: is no outputs folder yet. Make one with: claimdrift check ARTICLES --outputs {outputs}")
    writer = writer_of(archive.root)
    files = [path for name in TABLES for path in archive.files(name)]
    run_ids = archive.run_ids()
    kinds: Counter[str] = Counter(current_table(outputs, "findings").column("kind").to_pylist() if run_ids else ())
    sightings = from_table(archive.read("sightings", run_ids=run_ids), Sighting)
    rejects, notes = open_rejects(from_table(archive.read("rejects", run_ids=run_ids), Reject), sightings)
    return Status(
        outputs=str(outputs),
        n_rows={name: sum(pq.read_metadata(path).num_rows for path in archive.files(name)) for name in TABLES},
        findings={kind: kinds[kind] for kind in KINDS if kinds[kind]},
        n_superseded=len(Versions(find_versions(sightings)).superseded),
        n_forgotten=len(archive.forgotten()),
        n_runs=len(run_ids),
        n_files=len(files),
        n_bytes=sum(path.stat().st_size for path in files),
        cache_bytes=sum(path.stat().st_size for path in (archive.root / ".cache").rglob("*") if path.is_file()),
        last_run=archive.last_run(run_ids),
        rejects=rejects,
        notes=notes,
        writer=writer,
        unfinished=[] if writer else _unfinished(archive),
        set_aside=sorted(str(path.relative_to(archive.root)) for name in TABLES for path in (archive.root / name).glob(".*.orphan")),
        n_untold=len(Outbox(archive.root).waiting()),
        drops=[_drops(archive.root, note) for note in read_notes(archive.root)],
    )


def _drops(outputs: Path, note: DropsNote) -> Drops:
    folder = Path(note.folder)
    return Drops(note.folder, count_unchecked(outputs, folder) if folder.is_dir() else None, note.problem, note.problem_at)


def _unfinished(archive: Outputs) -> list[str]:
    found = []
    journal = archive.root / JOURNAL
    if journal.exists():
        run_id = json.loads(journal.read_text(encoding="utf-8"))["run_id"]
        found.append(f"run {run_id} was interrupted while it published; the next run finishes that")
    if archive.is_rewriting():
        found.append("compacting or forgetting was interrupted; the next run finishes that")
    staged = [path for name in TABLES for path in (archive.root / name).glob(".*.tmp")] + list(archive.root.glob(".rewrite-*"))
    if staged and not found:
        found.append("a run was interrupted before it published anything; the next run clears what it left")
    return found


def days_ago(at: dt.datetime, now: dt.datetime) -> str:
    """Say how long ago something was, roughly."""
    seconds = (now - at).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            n = int(seconds // length)
            return f"{n:,} {unit}{'' if n == 1 else 's'} ago"
    return "just now" if seconds >= 0 else "in the future by this clock"
