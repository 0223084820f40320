"""The watcher: one process that checks each drop as it settles, with the model kept loaded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.drops.checking import check_drop
from flows.drops.folder import DropFile, DropFolder
from flows.drops.isolating import check_apart
from flows.drops.ledger import Ledger
from flows.drops.noted import note_drops
from flows.drops.reporting import ReportKeeper
from flows.drops.watching import Stop, watch_folder
from flows.housekeeping.compacting import compact_when_many
from flows.lock import only_one
from flows.make_run import make_run
from flows.outbox import hand_over_waiting
from flows.storage import OutputsError
from flows.summary import CheckSummary
from flows.telling import tell_findings
from flows.terminal import one_line
from flows.watchlist import Watchlist

LOCK_FILE = ".watcher.lock"
MAY_PASS = (OutputsError, OSError, sqlite3.Error)  # a full disk, a run of someone else's: no file's fault
LOCK_WAIT_S = 30.0  # for a check into the same folder to end, before the drop is put off


@contextmanager
def only_watcher(outputs: Path) -> Iterator[None]:
    """Be the one watcher of an outputs folder, as long as this process lives. Raises OutputsError where another one is."""
    taken = OutputsError(f"{outputs}: another watcher is at work here. One at a time checks into an outputs folder; end it, or give another one.")
    with only_one(outputs / LOCK_FILE, taken):
        yield


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
        """Check what is settled; return how many files are not, and are left for the next time.

        Raises what the check raises; where the program fails on single files, after all others were checked.
        """
        self.waiting.look()
        n_runs, drop, failed = self.n_runs, [], []
        if len(self.waiting):
            time.sleep(self.waiting.settle_s)
            drop = self.waiting.ready_now()
        try:
            if drop:
                self.prepare()
                failed = self._check_apart(drop)
        except Exception as error:
            note_drops(self.outputs, self.folder, _shown(error))
            raise
        note_drops(self.outputs, self.folder, _failed(failed))
        if self.n_runs == n_runs:
            self._tell_waiting()
        else:
            self._compact()
        self._catch_up(now=True)
        if failed:
            raise failed[0][1]
        return len(self.waiting.unsettled())

    def watch(self, stop: Stop) -> None:
        """Check what is there and what comes, until `stop` is set."""
        watch_folder(self.waiting, self._try, stop, tell=self._tell, on_look=self._on_look, on_idle=self._on_idle)
        self._catch_up(now=True)

    def _try(self, drop: Sequence[DropFile]) -> bool:
        """Check a drop, and say whether it is done with."""
        try:
            problem = _failed(self._check_apart(drop))
        except MAY_PASS as error:
            where = f"{self.outputs / '.cache'}: " if isinstance(error, sqlite3.Error) else ""
            problem = f"{_named(drop)} could not be checked now and will be tried again: {one_line(where + str(error))}"
            self._tell(problem)
            note_drops(self.outputs, self.folder, problem)
            return False
        except Exception as error:  # noqa: BLE001 - told; the watcher stays up for the drops to come
            problem = f"{_named(drop)} cannot be checked, nor any other file, and is left for the next look at the folder: {_shown(error)}"
            self._tell(problem)
        note_drops(self.outputs, self.folder, problem)
        return True

    def _check_apart(self, drop: Sequence[DropFile]) -> list[tuple[DropFile, Exception]]:
        """Check a drop but for the files that the program fails on; tell of these, and return them."""
        failed = check_apart(drop, self._check, MAY_PASS)
        for file, error in failed:
            self._tell(_failed([(file, error)]))
        poison = {file for file, _ in failed}
        unread = set(self._ledger.unchecked([file for file in drop if file not in poison]))
        for file in self.waiting.put_off(drop, unread):
            self._tell(f"{_named([file])} could not be read now, claimdrift status says why; it will be tried again")
        return failed

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
        note_drops(self.outputs, self.folder)
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


def _failed(failed: Sequence[tuple[DropFile, Exception]]) -> str:
    if not failed:
        return ""
    file, error = failed[0]
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return f"{_named([file])}{more} cannot be checked, and {'are' if more else 'is'} left for the next look at the folder: {_shown(error)}"


def _shown(error: Exception) -> str:
    return f"{type(error).__name__}: {one_line(str(error))}"


def _named(drop: Sequence[DropFile]) -> str:
    first = one_line(str(drop[0].path))
    return first if len(drop) == 1 else f"{first} and {len(drop) - 1} more"
