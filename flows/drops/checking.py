"""Check a drop in this process, without Prefect: the steps of a run, under the lock of the outputs folder, and a note in the ledger."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.drops.folder import DropFile
from flows.drops.ledger import Ledger
from flows.make_run import make_run
from flows.notify import hand_over, new_findings
from flows.summary import CheckSummary, summarise
from flows.tables import Outputs
from flows.watchlist import Watchlist

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")


def check_drop(
    folder: Path, files: Sequence[DropFile], outputs: Path, parameters: Mapping[str, Any], *, ledger: Ledger, lock_wait_s: float = 0.0
) -> CheckSummary | None:
    """Check what no one has checked yet of these files below `folder`, and publish it; None where nothing was left to check.

    parameters: those of make_run. Waits up to `lock_wait_s` seconds for another run into the outputs folder to end. Raises what a run raises; the ledger
    then holds none of the files, and the next call does the work.
    """
    with Outputs(outputs).lock(lock_wait_s):
        todo = ledger.unchecked(files)  # under the lock: another run may just have done them
        if not todo:
            return None
        run = make_run([file.path for file in todo], outputs, root=folder, **parameters)
        for step in STEPS:
            getattr(run, step)()
        ledger.record(todo, run.run_id)
        return summarise(outputs, run.run_id)


def tell_findings(summary: CheckSummary, command: str | None, watchlist: Watchlist) -> CheckSummary:
    """Mark the run's findings that touch the watchlist, and hand them all to the user's command; the summary says what came of it."""
    if not summary.n_findings or not (command or watchlist.terms):
        return summary
    findings = new_findings(summary.outputs, summary.run_id, watchlist)
    per_term = Counter(term for marked in findings for term in marked.terms)
    problem = hand_over(command, summary.outputs, summary.run_id, findings) if command else ""
    return dataclasses.replace(summary, watched=dict(per_term.most_common()), notify_problem=problem)
