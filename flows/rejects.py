"""Which rejects are new, and which still stand: what runs that read the same folder again say of what they cannot use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.archive import Outputs
from flows.convert import from_table
from flows.records import Reject, Sighting


def open_rejects(rejects: Sequence[Reject], sightings: Sequence[Sighting]) -> tuple[list[Reject], list[Reject]]:
    """Return (what is still rejected, what stands beside an article that was read): of several rejects of one source the last counts.

    A reject is settled once a later run has read an article of that source; one of the same run stands beside its article.
    """
    read_at = _read_at(sightings)
    last: dict[str, Reject] = {}
    for reject in sorted(rejects, key=lambda r: r.run_id):
        last[reject.source] = reject
    still = [r for r in last.values() if read_at.get(r.source, "") < r.run_id]
    notes = [r for r in last.values() if read_at.get(r.source, "") == r.run_id]
    return sorted(still, key=lambda r: r.source), sorted(notes, key=lambda r: r.source)


def new_rejects(rejects: Sequence[Reject], archive: Outputs) -> list[Reject]:
    """Return the rejects without those of a source of which the folder says the same already: a file that stays broken is told once, not with every run.

    What a source's last rejects say counts, and only while no later run has read it: a file that was mended and is broken again is told again.
    """
    sources = pc.field("source").isin(pa.array(sorted({r.source for r in rejects}), type=pa.string()))
    before = from_table(archive.read("rejects", filters=sources), Reject) if rejects else []
    if not before:
        return list(rejects)
    read_at = _read_at(from_table(archive.read("sightings", filters=sources), Sighting))
    last_run = {r.source: r.run_id for r in sorted(before, key=lambda r: r.run_id)}
    told: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for r in before:
        if r.run_id == last_run[r.source] and read_at.get(r.source, "") <= r.run_id:
            told[r.source].add((r.reason, r.detail))
    now: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for r in rejects:
        now[r.source].add((r.reason, r.detail))
    return [r for r in rejects if now[r.source] != told[r.source]]


def _read_at(sightings: Sequence[Sighting]) -> dict[str, str]:
    """Map each source to the last run that read an article of it."""
    found: dict[str, str] = {}
    for s in sightings:
        found[s.source] = max(found.get(s.source, ""), s.run_id)
    return found
