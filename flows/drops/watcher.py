"""The watcher: one process that checks each drop as it settles, with the model kept loaded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from flows.drops.checking import check_drop
from flows.drops.folder import DropFile, DropFolder
from flows.drops.ledger import Ledger
from flows.drops.reporting import ReportKeeper
from flows.drops.watching import Stop, watch_folder
from flows.housekeeping.compacting import compact_when_many
from flows.make_run import make_run
from flows.outbox import hand_over_waiting
from flows.storage import OutputsError
from flows.summary import CheckSummary
from flows.telling import tell_findings
from flows.terminal import one_line
from flows.watchlist import Watchlist

LOCK_FILE = ".watcher.lock"
LOCK_WAIT_S = 30.0  # for a check into the same folder to end, before the drop is put off


@contextmanager
def only_watcher(outputs: Path) -> Iterator[None]:
    """Be the one watcher of an outputs folder, as long as this process lives. Raises OutputsError where another one is."""
    lock = FileLock(outputs / LOCK_FILE)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise OutputsError(f"{outputs}: another watcher is at work here. One at a time checks into an outputs folder; end it, or give another one.") from None
    try:
        yield
    finally:
        lock.release()


class DropWatcher:
    """Checks drops of a folder into an outputs folder. `is_checking` says whether a check is under way, `n_runs` how many were published."""

    def __init__(
        self, folder: Path, outputs: Path, parameters: Mapping[str, Any], *, settle_s: float, on_checked: Callable[[CheckSummary, float], None],
        tell: Callable[[str], None], command: str | None = None, watchlist: Watchlist | None = None,
    ) -> None:  # fmt: skip
        """parameters: those of make_run. on_checked: gets the summary of each run and the seconds it took. tell: gets what went wrong, in one line."""
        self.folder, self.outputs, self.parameters = folder, outputs, dict(parameters)
        self._command, self._watchlist = command, watchlist or Watchlist()
        self._on_checked, self._tell = on_checked, tell
        self._ledger, self._reports = Ledger(outputs), ReportKeeper(outputs)
        self.waiting = DropFolder(folder, self._ledger.seems_checked, settle_s)
        self.is_checking = False
        self.n_runs = self._n_runs_compacted = 0

    def prepare(self) -> None:
        """Load the model, and raise OutputsError where the outputs folder holds results of other settings: before anything is waited for."""
        make_run([], self.outputs, **self.parameters).prepare()

    def check_once(self) -> int:
        """Check what is settled; return how many files are not, and are left for the next time. Raises what the check raises."""
        self.waiting.look()
        n_runs, drop = self.n_runs, []
        if len(self.waiting):
            time.sleep(self.waiting.settle_s)
            drop = self.waiting.ready_now()
        if drop:
            self._check(drop)
        if self.n_runs == n_runs:
            self._tell_waiting()
        else:
            self._compact()
        return len(self.waiting.unsettled())

    def watch(self, stop: Stop) -> None:
        """Check what is there and what comes, until `stop` is set."""
        watch_folder(self.waiting, self._try, stop, tell=self._tell, on_look=self._on_look, on_idle=self._on_idle)
        self._catch_up(now=True)

    def _try(self, drop: Sequence[DropFile]) -> bool:
        """Check a drop, and say whether it is done with. One file that the program fails on does not hold up the others: halves are tried, down to it."""
        try:
            self._check(drop)
        except (OutputsError, OSError, sqlite3.Error) as error:  # a full disk, a run of someone else's: it may pass
            where = f"{self.outputs / '.cache'}: " if isinstance(error, sqlite3.Error) else ""
            self._tell(f"{_named(drop)} could not be checked now and will be tried again: {one_line(where + str(error))}")
            return False
        except Exception as error:  # noqa: BLE001 - told; the watcher stays up for the articles that can be checked
            if len(drop) == 1:
                self._tell(f"{_named(drop)} cannot be checked, and is left for the next look at the folder: {type(error).__name__}: {one_line(str(error))}")
                return True
            half = len(drop) // 2
            done = [self._try(part) for part in (drop[:half], drop[half:])]
            return all(done)
        return True

    def _check(self, drop: Sequence[DropFile]) -> None:
        started = time.monotonic()
        self.is_checking = True
        try:
            summary = check_drop(
                self.folder, drop, self.outputs, self.parameters, ledger=self._ledger, lock_wait_s=LOCK_WAIT_S, command=self._command,
                report=self._reports.after,
            )  # fmt: skip
        finally:
            self.is_checking = False
        if summary is not None:
            self.n_runs += 1
            self._on_checked(tell_findings(summary, self._command, self._watchlist), time.monotonic() - started)

    def _on_look(self) -> None:
        try:
            self._ledger.forget_runs_that_are_gone()  # a rebuild may have taken their place
        except (OutputsError, OSError, sqlite3.Error) as error:
            self._tell(f"the outputs folder cannot be read now: {one_line(str(error))}")
        self._tell_waiting()

    def _on_idle(self) -> None:
        """What can wait until no drop does."""
        self._catch_up()
        if self.n_runs > self._n_runs_compacted:
            self._compact()

    def _compact(self) -> None:
        self._n_runs_compacted = self.n_runs
        if problem := compact_when_many(self.outputs):
            self._tell(one_line(problem))

    def _catch_up(self, *, now: bool = False) -> None:
        if problem := self._reports.catch_up(now=now):
            self._tell(problem)

    def _tell_waiting(self) -> None:
        """Hand over findings of earlier runs that the command did not get: a kill came between, or it failed."""
        if self._command and (problem := hand_over_waiting(self._command, self.outputs, self._watchlist)):
            self._tell(problem)


def _named(drop: Sequence[DropFile]) -> str:
    first = one_line(str(drop[0].path))
    return first if len(drop) == 1 else f"{first} and {len(drop) - 1} more"
