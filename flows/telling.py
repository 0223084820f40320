"""What follows a published run: the report is written, findings that touch the watchlist are marked, the user's command is told.

Nothing that goes wrong here takes back the results: it is said in the summary. Without Prefect; the flows wrap these in their tasks.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from flows import progress
from flows.notify import MarkedFinding, new_findings
from flows.outbox import Outbox, hand_over_waiting
from flows.summary import CheckSummary
from flows.watchlist import Watchlist

if TYPE_CHECKING:
    from flows.pipeline import CheckRun  # PyTorch comes with it


def with_report(summary: CheckSummary) -> CheckSummary:
    """Write the report of the outputs folder, and say in the summary where it is, or why it could not be written. Called under the folder's lock."""
    report, problem = try_to_report(summary.outputs)
    return dataclasses.replace(summary, report=report, report_problem=problem)


def try_to_report(outputs: str) -> tuple[str, str]:
    """Write the report of an outputs folder; return (its path, nothing), or (nothing, why it could not be written).

    Called under the folder's lock: between two writers the one that read less might come last, and beside `forget` bring back what that took away.
    """
    progress.tell("writing the report", 0, 1)
    try:
        from flows.report.page import write_report

        return str(write_report(outputs)), ""
    except Exception as error:  # noqa: BLE001 - told, with a way to try again; nothing that goes wrong here takes back the results
        return "", f"the results are published, but the report could not be written: {error} Write it with: claimdrift report --outputs {outputs}"


def publish_noted(run: CheckRun, command: str | None) -> None:
    """Publish a run; where it has findings that a command is to get, note that before, so that a kill does not lose it."""
    if command and run.counts["findings"]:
        Outbox(run.outputs.root).note(run.run_id)
    run.publish()


def with_watched(summary: CheckSummary, watchlist: Watchlist) -> tuple[CheckSummary, list[MarkedFinding]]:
    """Count in the summary how many of the run's findings touch each name of the watchlist; return them as well."""
    findings = new_findings(summary.outputs, summary.run_id, watchlist) if watchlist.terms and summary.n_findings else []
    per_term = Counter(term for marked in findings for term in marked.terms)
    return dataclasses.replace(summary, watched=dict(per_term.most_common())), [marked for marked in findings if marked.terms]


def tell_findings(summary: CheckSummary, command: str | None, watchlist: Watchlist) -> CheckSummary:
    """Mark the run's findings that touch the watchlist, and hand over to the command what waits for it; the summary says what came of both."""
    marked, _ = with_watched(summary, watchlist)
    return with_notice(marked, command, watchlist)


def with_notice(summary: CheckSummary, command: str | None, watchlist: Watchlist) -> CheckSummary:
    """Hand over to the command what waits for it, this run's findings first."""
    problem = hand_over_waiting(command, summary.outputs, watchlist, first=summary.run_id) if command else ""
    return dataclasses.replace(summary, notify_problem=problem)
