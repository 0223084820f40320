"""Watch a folder: hand over each drop once it is settled, again later where that failed, until told to stop.

The operating system's events say where to look (watchfiles); they may be lost, on a network share or when a queue overflows, so the whole folder is looked at
every RESWEEP_S as well. A folder that goes away, an unmounted disk for one, is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import watchfiles

from flows.drops.folder import DropFile, DropFolder, file_identity
from flows.drops.retrying import Retry

TICK_MS = 250
DEBOUNCE_MS = 200
POLL_MS = 2_000  # where there are no events
RESWEEP_S = 600.0
GONE_S = 2.0
IDLE_AT_LEAST_S = 30.0  # a file that is being written for hours must not put off for ever what waits for an idle moment


class Stop(Protocol):
    """Such as threading.Event."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float) -> bool: ...


def watch_folder(
    folder: DropFolder, on_drop: Callable[[Sequence[DropFile]], bool], stop: Stop, *, tell: Callable[[str], None], on_look: Callable[[], None] = lambda: None,
    on_idle: Callable[[], None] = lambda: None, resweep_s: float = RESWEEP_S,
) -> None:  # fmt: skip
    """Call `on_drop` with each settled drop, those that lie there at the start first, until `stop` is set.

    `on_drop` says whether the drop is done with; where it is not, its files are handed over again, with a growing pause. What changes while it runs is seen
    afterwards. `tell` gets what a person should know of the folder. `on_look` is called with each look at the whole folder, at the start and every `resweep_s`
    seconds, `on_idle` several times a second while no drop waits, and every IDLE_AT_LEAST_S where one does that is not whole yet.
    """
    retry = Retry()
    while not stop.is_set():
        identity = file_identity(folder.folder)
        if identity is None:
            tell(f"{folder.folder} is gone; waiting for it to come back")
            while file_identity(folder.folder) is None and not stop.wait(GONE_S):
                pass
            continue
        _watch_while_it_is_the_same(folder, identity, on_drop, stop, retry, on_look, on_idle, resweep_s, tell)


def _watch_while_it_is_the_same(
    folder: DropFolder, identity: tuple[int, int], on_drop: Callable[[Sequence[DropFile]], bool], stop: Stop, retry: Retry,
    on_look: Callable[[], None], on_idle: Callable[[], None], resweep_s: float, tell: Callable[[str], None],
) -> None:  # fmt: skip
    swept_at = idle_at = float("-inf")
    for changed in _changes(folder.folder, stop, tell):
        if time.monotonic() - swept_at >= resweep_s:  # the first time after the watcher is in place: nothing falls between the two
            folder.look()
            on_look()
            swept_at = time.monotonic()
        if changed:
            folder.look_at(Path(path) for _, path in changed)
        drop = folder.ready() if len(folder) and retry.is_due else []
        if not drop:
            if file_identity(folder.folder) != identity:
                return
            if not len(folder) or time.monotonic() - idle_at >= IDLE_AT_LEAST_S:
                on_idle()
                idle_at = time.monotonic()
        elif on_drop(drop):
            folder.forget(drop)
            retry.succeeded()
        else:
            retry.failed()


def _changes(folder: Path, stop: Stop, tell: Callable[[str], None]) -> Iterator[set[tuple[watchfiles.Change, str]]]:
    """What changes in a folder, several times a second, whether anything does or not."""

    def watch(*, polling: bool | None) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        # No filter of the library's: a call whose events are all filtered out does not return, and a busy writer of temporary files would hold up the rest.
        return watchfiles.watch(
            folder.resolve(), watch_filter=None, debounce=DEBOUNCE_MS, step=50, rust_timeout=TICK_MS, yield_on_timeout=True, stop_event=stop,
            force_polling=polling, poll_delay_ms=POLL_MS,
        )  # fmt: skip

    try:
        yield from watch(polling=None)
    except FileNotFoundError:
        raise
    except OSError as error:
        how_often = f"all of it is looked at every {POLL_MS / 1000:g} s"
        tell(f"the system does not tell what changes in {folder} ({error}), so {how_often}. On Linux, fs.inotify.max_user_watches is too small")
        yield from watch(polling=True)
