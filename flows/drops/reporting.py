"""The report beside a watcher: it tells of all that the folder holds, so the more that is, the longer it takes, however small the drop."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flows.storage import OutputsError
from flows.summary import CheckSummary
from flows.tables import Outputs
from flows.telling import try_to_report, with_report

PAUSE = 20  # times as long as the last one took: a watcher spends at most a twentieth of its time on reports
BUSY_S = 5.0  # at least, until the next try where another run writes to the folder, or the disk is full


class ReportKeeper:
    """Writes the report after a drop; where one was written a moment ago, or could not be, once its time has come."""

    def __init__(self, outputs: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._outputs, self._clock = outputs, clock
        self._not_before = float("-inf")
        self._is_behind = _is_older(outputs)  # than the last run: a watcher was killed before it wrote it
        self._problem = ""  # why the last one could not be written

    def after(self, summary: CheckSummary) -> CheckSummary:
        """Write the report, under the folder's lock, or put it off; the summary says where it is, or why it could not be written."""
        if self._clock() < self._not_before:
            self._is_behind = True
            return summary
        started = self._clock()
        told = with_report(summary)
        self._tried(started, told.report_problem)
        return told

    def catch_up(self, *, now: bool = False) -> str:
        """Write the report that is behind, if its time has come, or `now`; return what went wrong, once, or nothing. Not under the folder's lock."""
        if not self._is_behind or (self._clock() < self._not_before and not now):
            return ""
        try:
            with Outputs(self._outputs).lock():
                before, started = self._problem, self._clock()
                _, problem = try_to_report(str(self._outputs))
                self._tried(started, problem)
                return problem if problem != before else ""
        except OutputsError:  # another run is at work, and may write it; or the disk is full
            self._not_before = self._clock() + BUSY_S
            return ""

    def _tried(self, started: float, problem: str) -> None:
        ended = self._clock()
        self._not_before = ended + max(PAUSE * (ended - started), BUSY_S if problem else 0.0)
        self._is_behind, self._problem = bool(problem), problem


def _is_older(outputs: Path) -> bool:
    """Say whether a run was published after the report was written, or there is none beside the runs."""
    published = [path.stat().st_mtime_ns for path in Outputs(outputs).files("runs")]
    report = outputs / "report.html"
    return bool(published) and (not report.exists() or report.stat().st_mtime_ns < max(published))
