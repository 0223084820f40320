"""Notices that wait: the runs whose findings a command of the user's (`--notify`) is still to get. None is lost; after a kill one may come twice.

A run that has findings for a command leaves a note before it publishes them, an empty file of its name in `outputs/.outbox/`. The note goes when the command
has taken the findings, ended with exit code 0 that is. So what a kill left between the two, or a command that failed, is handed over by the next run or sweep
that has a command. Where the kill came between the command's end and that of the note, it gets the same findings twice; they have the same run_id.

A note of a run that was never published means nothing, and is cleared by the next run that leaves one.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from flows.archive import Outputs
from flows.notify import TIMEOUT_S, hand_over, new_findings
from flows.storage import explain_os_errors, sync_folder, write_synced
from flows.terminal import one_line
from flows.watchlist import Watchlist

FOLDER = ".outbox"
LOCK_FILE = ".lock"
LOCK_WAIT_S = 2 * TIMEOUT_S + 10  # for another process to hand over what it has: its own run's findings, and what waited, up to the first failure


class Outbox:
    """The notes of an outputs folder."""

    def __init__(self, outputs: Path) -> None:
        self._archive, self.folder = Outputs(outputs), outputs / FOLDER

    def note(self, run_id: str) -> None:
        """Note that the findings of a run are to be handed over: before it is published, under the lock of the outputs folder. Raises OutputsError."""
        with explain_os_errors(self._archive.root, "nothing was published, as it cannot be written"):
            self.folder.mkdir(exist_ok=True)
            published = self._archive.run_ids()
            for path in self._notes():
                if path.name not in published:  # under the lock no other run is between its note and its publishing: this one was killed there
                    path.unlink(missing_ok=True)
            write_synced(self.folder / run_id, b"")
            sync_folder(self.folder)

    def is_empty(self) -> bool:
        """Say whether there are no notes at all."""
        return not self._notes()

    def waiting(self) -> list[str]:
        """Return the published runs whose findings are still to be handed over; the one that was tried last comes last."""
        notes = self._notes()
        if not notes:
            return []
        published = set(self._archive.run_ids())
        tried: list[tuple[int, str]] = []
        for path in notes:
            with suppress(FileNotFoundError):  # another process has just handed it over
                tried.append((path.stat().st_mtime_ns, path.name))
        return [run_id for _, run_id in sorted(tried) if run_id in published]

    def clear(self, run_id: str) -> None:
        """Note that the command has taken a run's findings."""
        (self.folder / run_id).unlink(missing_ok=True)
        sync_folder(self.folder)

    def put_last(self, run_id: str) -> None:
        """Let the others go first next time, so that findings which the command never takes do not hold them up for ever."""
        (self.folder / run_id).touch()

    def lock(self) -> FileLock:
        """The lock of whoever hands over: two at a time would tell the same twice."""
        return FileLock(self.folder / LOCK_FILE, timeout=LOCK_WAIT_S, thread_local=False)

    def _notes(self) -> list[Path]:
        return [path for path in self.folder.glob("*") if not path.name.startswith(".")]


def hand_over_waiting(command: str, outputs: str | Path, watchlist: Watchlist, first: str = "") -> str:
    """Hand over what waits, the findings of run `first` before the others, until the command fails; return what went wrong in one line, or nothing.

    Raises no Exception: the results are published, and what is not handed over waits for the next call.
    """
    outbox = Outbox(Path(outputs))
    try:
        if not outbox.waiting():
            return ""
        with outbox.lock():
            for run_id in sorted(outbox.waiting(), key=lambda waiting: waiting != first):
                problem = hand_over(command, outputs, run_id, new_findings(outputs, run_id, watchlist))
                if problem:
                    outbox.put_last(run_id)
                    return f"{problem}. The findings wait in {outbox.folder}, and are handed over with the next run"
                outbox.clear(run_id)
    except Timeout:
        return f"another process is handing over findings of {outputs}; those that wait are handed over with the next run"
    except Exception as error:  # noqa: BLE001 - told; a failing disk, a table that cannot be read
        return f"findings could not be handed over, and wait for the next run: {one_line(str(error))}"
    return ""
