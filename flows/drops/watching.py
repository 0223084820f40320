"""Watch a folder: hand over each drop once it is settled, again later where that failed, until told to stop.

The operating system's events say where to look (watchfiles); they may be lost, on a network share or when a queue overflows, so the whole folder is looked at
every RESWEEP_S as well. A folder that goes away, an unmounted disk for one, is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import watchfiles

from flows.drops.folder import DropFile, DropFolder

TICK_MS = 250
DEBOUNCE_MS = 200
RESWEEP_S = 600.0
FIRST_RETRY_S, LAST_RETRY_S = 5.0, 300.0
GONE_S = 2.0


class Stop(Protocol):
    """Such as threading.Event."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float) -> bool: ...


class Retry:
    """When to try again: 5 s after a failure, then twice as long each time, up to 5 minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.succeeded()

    def succeeded(self) -> None:
        self.wait_s, self._not_before = 0.0, 0.0

    def failed(self) -> float:
        """Note a failure; return the seconds until the next try."""
        self.wait_s = min(max(FIRST_RETRY_S, 2 * self.wait_s), LAST_RETRY_S)
        self._not_before = self._clock() + self.wait_s
        return self.wait_s

    @property
    def is_due(self) -> bool:
        return self._clock() >= self._not_before


def watch_folder(
    folder: DropFolder, on_drop: Callable[[Sequence[DropFile]], bool], stop: Stop, *, tell: Callable[[str], None], on_look: Callable[[], None] = lambda: None,
    on_idle: Callable[[], None] = lambda: None, resweep_s: float = RESWEEP_S,
) -> None:  # fmt: skip
    """Call `on_drop` with each settled drop, those that lie there at the start first, until `stop` is set.

    `on_drop` says whether the drop is done with; where it is not, its files are handed over again, with a growing pause. What changes while it runs is seen
    afterwards. `tell` gets what a person should know of the folder. `on_look` is called with each look at the whole folder, at the start and every `resweep_s`
    seconds, `on_idle` several times a second while no drop waits. Raises OSError where the folder cannot be watched.
    """
    retry = Retry()
    while not stop.is_set():
        identity = _identity(folder.folder)
        if identity is None:
            tell(f"{folder.folder} is gone; waiting for it to come back")
            while _identity(folder.folder) is None and not stop.wait(GONE_S):
                pass
            continue
        _watch_while_it_is_the_same(folder, identity, on_drop, stop, retry, on_look, on_idle, resweep_s)


def _watch_while_it_is_the_same(
    folder: DropFolder, identity: tuple[int, int], on_drop: Callable[[Sequence[DropFile]], bool], stop: Stop, retry: Retry,
    on_look: Callable[[], None], on_idle: Callable[[], None], resweep_s: float,
) -> None:  # fmt: skip
    # No filter of the library's: a call whose events are all filtered out does not return, and a busy writer of temporary files would hold up the rest.
    changes = watchfiles.watch(
        folder.folder.resolve(), watch_filter=None, debounce=DEBOUNCE_MS, step=50, rust_timeout=TICK_MS, yield_on_timeout=True, stop_event=stop
    )
    swept_at = float("-inf")
    for changed in changes:
        if time.monotonic() - swept_at >= resweep_s:  # the first time after the watcher is in place: nothing falls between the two
            folder.look()
            on_look()
            swept_at = time.monotonic()
        if changed:
            folder.look_at(Path(path) for _, path in changed)
        if not len(folder) or not retry.is_due:
            if _identity(folder.folder) != identity:
                return
            if not len(folder):
                on_idle()
            continue
        drop = folder.ready()
        if drop and on_drop(drop):
            folder.forget(drop)
            retry.succeeded()
        elif drop:
            retry.failed()


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that was put in its place; None where there is none."""
    try:
        seen = folder.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino
