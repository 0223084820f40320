"""One writer per outputs folder, and one of other things: advisory locks that die with their process."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".lock"
WRITER_FILE = ".writer"
POLL_S = 0.1

log = logging.getLogger(__name__)

# The folders this process writes to. The operating system's lock belongs to a file descriptor, so it cannot tell one flow of this process from another.
_held: set[Path] = set()
_held_guard = threading.Lock()


class LockedError(Exception):
    """Another run holds the folder. The message names its process."""


def holds_lock(folder: Path) -> bool:
    """Tell whether this process holds the lock of `folder`."""
    with _held_guard:
        return folder.resolve() in _held


@contextmanager
def folder_lock(folder: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of an existing folder; wait up to `wait_s` seconds for another run to end, then raise LockedError.

    The lock is the kernel's (flock through filelock), so a process that was killed never leaves one behind. The file beside it, `.writer`, only serves
    the message: which process on which machine, since when. Not reentrant, neither within a process nor across threads.
    """
    lock = FileLock(folder / LOCK_FILE, thread_local=False)
    deadline = time.monotonic() + wait_s
    announced = False
    while not _try_acquire(lock, folder):
        if time.monotonic() >= deadline:
            raise LockedError(f"{folder}: {_writer(folder)} is writing here. Wait for it to end, or give another --outputs folder.")
        if not announced:
            log.warning("%s: waiting up to %.0f s for %s", folder, wait_s, _writer(folder))
            announced = True
        time.sleep(POLL_S)
    try:
        writer = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        (folder / WRITER_FILE).write_text(json.dumps(writer), encoding="utf-8")
        yield
    finally:
        try:
            (folder / WRITER_FILE).unlink(missing_ok=True)
        finally:
            with _held_guard:
                _held.discard(folder.resolve())
                lock.release()


@contextmanager
def only_one(lock_file: Path, taken: Exception) -> Iterator[None]:
    """Hold the lock of a file for as long as this process lives, at most; raise `taken` where another process has it."""
    lock = FileLock(lock_file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise taken from None
    try:
        yield
    finally:
        lock.release()


def writer_of(folder: Path) -> str:
    """Say which run writes to `folder` now; empty where none does. Only looks, and at no lock: a run that starts this instant must not find it taken."""
    try:
        writer = json.loads((folder / WRITER_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ""
    if writer["host"] == socket.gethostname() and not (_is_alive(writer["pid"]) and _seems_locked(folder / LOCK_FILE)):
        return ""
    return _writer(folder)


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True  # os.kill would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _seems_locked(path: Path) -> bool:
    """Say whether anyone holds a lock on a file, as far as the system tells without its being tried: a killed run's pid may be another process by now."""
    try:
        inode = str(path.stat().st_ino)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:  # no Linux
        return True
    return any(line.split()[1] == "FLOCK" and line.split()[-3].rpartition(":")[2] == inode for line in lines)


def _try_acquire(lock: FileLock, folder: Path) -> bool:
    with _held_guard:
        if folder.resolve() in _held:
            return False
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        _held.add(folder.resolve())
        return True


def _writer(folder: Path) -> str:
    try:
        writer = json.loads((folder / WRITER_FILE).read_text(encoding="utf-8"))
        return f"the run with pid {writer['pid']} on {writer['host']} (since {writer['since']})"
    except (FileNotFoundError, ValueError):
        # The other run took the lock this instant, and has not signed yet.
        return "another run that has just started"
