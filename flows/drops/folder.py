"""What is new in a folder that others write to, and is whole.

No writer tells when a file is complete. A file counts as settled when two looks at it, `settle_s` apart on the monotonic clock, saw the same size and times:
no comparison with the wall clock, which may jump, and none with the writer's clock, which may be another machine's. A writer that pauses longer than
that is read half way, and its file again when it has changed; one that writes under a temporary name and renames is safe from that.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.drops.retrying import Retry
from flows.steps.sources import is_finished, walk_files

DEFAULT_SETTLE_S = 2.0
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells a file from an earlier state of it. The change time (ctime) sees a replaced file whose writer kept size and mtime, and a chmod."""

    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class DropFile:
    """A file as it was when it was found to be settled."""

    path: Path
    fingerprint: Fingerprint


IsChecked = Callable[[Mapping[Path, Fingerprint]], set[Path]]  # of these files, those that were checked in this very state


def fingerprint(path: Path) -> Fingerprint | None:
    """Look at a file; None for one that has gone or is a folder."""
    try:
        seen = path.stat()
    except OSError:  # gone, a link to nothing, a folder that may not be entered: nothing that could be read
        return None
    return None if stat.S_ISDIR(seen.st_mode) else Fingerprint(seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells a file or folder from another one that was put in its place; None where there is none to be seen."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


class DropFolder:
    """The files of a folder that are waiting to be checked."""

    def __init__(self, folder: Path, is_checked: IsChecked, settle_s: float = DEFAULT_SETTLE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self._is_checked, self.settle_s, self._clock = folder, is_checked, settle_s, clock
        self._resolved = folder.resolve()  # a watcher names files by this
        self._waiting: dict[Path, tuple[Fingerprint, float]] = {}  # as last seen, and since when it has been so
        self._put_off: dict[Path, tuple[Fingerprint, Retry]] = {}  # of those waiting: as it was when it could not be read

    def __len__(self) -> int:
        return len(self._due())

    def look(self) -> None:
        """Look at all files of the folder."""
        paths, _ = walk_files(self.folder)
        self._see(paths)

    def look_at(self, changed: Iterable[Path]) -> None:
        """Look at what a watcher says has changed: files, and folders with all that is in them, since one that was moved here makes one event only."""
        paths: list[Path] = []
        for raw in changed:
            try:
                relative = raw.relative_to(self._resolved)
            except ValueError:
                continue
            path = self.folder / relative
            if any(part.startswith(".") for part in relative.parts):
                continue
            if path.is_dir():
                paths += walk_files(path)[0]
            elif is_finished(path.name):
                paths.append(path)
        self._see(paths)

    def ready(self) -> list[DropFile]:
        """Return the drop that can be checked now, sorted by path: the settled files, unless others are about to settle that seem to belong to it."""
        settled = self.ready_now()
        now = self._clock()
        if len(settled) < len(self) and not any(now - self._waiting[file.path][1] >= 2 * self.settle_s for file in settled):
            return []
        return settled

    def ready_now(self) -> list[DropFile]:
        """Return the settled files, sorted by path. Each is looked at once more."""
        self._see(list(self._waiting))
        now = self._clock()
        return [DropFile(path, self._waiting[path][0]) for path in sorted(self._due()) if now - self._waiting[path][1] >= self.settle_s]

    def unsettled(self) -> list[Path]:
        """Return the files that changed within the last `settle_s` seconds."""
        now = self._clock()
        return sorted(path for path, (_, since) in self._waiting.items() if now - since < self.settle_s)

    def put_off(self, drop: Iterable[DropFile], unread: Collection[DropFile]) -> list[DropFile]:
        """Of a drop, hand those over again that could not be read, as they are now, after a pause that grows each time, and others without them meanwhile.

        Returns those put off for the first time.
        """
        first: list[DropFile] = []
        for file in drop:
            if file not in unread:
                self._put_off.pop(file.path, None)
            elif self._waiting.get(file.path, (None,))[0] == file.fingerprint:
                if self._put_off.get(file.path, (None,))[0] != file.fingerprint:
                    self._put_off[file.path] = file.fingerprint, Retry(self._clock)
                    first.append(file)
                self._put_off[file.path][1].failed()
        return first

    def forget(self, files: Iterable[DropFile]) -> None:
        """Wait for these no longer, as they are now; one that has changed since, or was put off, keeps waiting."""
        for file in files:
            if self._waiting.get(file.path, (None,))[0] == file.fingerprint != self._put_off.get(file.path, (None,))[0]:
                del self._waiting[file.path]

    def _due(self) -> list[Path]:
        return [
            path for path, (seen, _) in self._waiting.items() if path not in self._put_off or self._put_off[path][0] != seen or self._put_off[path][1].is_due
        ]

    def _see(self, paths: Iterable[Path]) -> None:
        now = self._clock()
        fresh: dict[Path, Fingerprint] = {}
        for path in paths:
            seen = fingerprint(path)
            if seen is None:
                self._waiting.pop(path, None)
            elif self._waiting.get(path, (None,))[0] != seen:
                fresh[path] = seen
        checked = self._is_checked(fresh) if fresh else set()
        for path, seen in fresh.items():
            if path in checked:
                self._waiting.pop(path, None)
            else:
                self._waiting[path] = seen, now
        for path in self._put_off.keys() - self._waiting.keys():
            del self._put_off[path]


def content_key(folder: Path, files: Iterable[DropFile]) -> str:
    """Return "sha256:…" over names and contents: the same drop has the same key on every machine and at any time. Raises OSError for a file that has gone."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda f: os.fspath(f.path)):
        name = os.fsencode(file.path.relative_to(folder))
        content = hashlib.sha256()
        with file.path.open("rb") as stream:
            while block := stream.read(READ_BYTES):
                content.update(block)
        digest.update(len(name).to_bytes(8, "big") + name + content.digest())
    return f"sha256:{digest.hexdigest()}"
