"""The end of `serve` comes in time: on its way out Prefect's runner asks the server to pause the schedule, again and again for minutes where that is away."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import httpx

from flows.drops.lost import PROCESSES, run_processes

LEAVE_AFTER_S = 10.0
GRACE_S = 30.0  # what Prefect's runner gives a run under way to end, where it can tell the server of it
ANSWER_S = 2.0
UNTOLD = "stopped, but Prefect's server could not be told: until claimdrift serve is started again, the schedule plans runs there that no one takes up"


def end_in_time(code: int, api: str, tell: Callable[[str], None]) -> None:
    """Let this process live for LEAVE_AFTER_S more, and GRACE_S where the server at `api` answers; then end it from a thread, with the exit code `code`."""
    threading.Thread(target=_leave, args=(code, api, tell), name="end", daemon=True).start()


def answers(api: str) -> bool:
    """Say whether there is any answer, and soon: Prefect's client would try again."""
    try:
        httpx.get(f"{api}/health", timeout=ANSWER_S)
    except httpx.HTTPError:
        return False
    return True


def _leave(code: int, api: str, tell: Callable[[str], None]) -> None:
    time.sleep(LEAVE_AFTER_S)
    if answers(api):
        time.sleep(GRACE_S)
    tell(UNTOLD)
    for pid in run_processes().values():
        if _parent(pid) == os.getpid():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # as of any killed run, the next one does its work
    sys.stdout.flush()
    os._exit(code)


def _parent(pid: int) -> int | None:
    try:
        return int((PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except OSError:  # ended meanwhile
        return None
