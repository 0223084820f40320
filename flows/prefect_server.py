"""Prefect's settings for a run on one machine, and its temporary server, started early.

Without PREFECT_API_URL Prefect starts a server of its own at the first flow run, in a process beside, and waits for it: 9 to 12 s, longer on the first run,
when it sets up its database. A front end that calls `start_server` before it loads the model has both at the same time.
"""

from __future__ import annotations

import contextvars
import os
import signal
import threading
from collections.abc import Callable

from flows.steps.sources import InputError

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The first run migrates a fresh database: 15 to 22 s on two cores, and Prefect's own limit is 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


class ServerError(RuntimeError):
    """Prefect's server cannot be had; the message is one line that says which, why and what to do."""


def set_defaults() -> None:
    """Set what the user has not set. Only before Prefect is imported, which reads its settings once; pyproject.toml is read in the checkout alone."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


def quiet_console() -> None:
    """Keep Prefect's log off the terminal, unless the user asked for a level; flow and task runs still log to the API."""
    if "PREFECT_LOGGING_LEVEL" not in os.environ:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def require_server(what: str) -> str:
    """Return the address of the server that Prefect's settings name, once it has answered.

    A temporary server has no scheduler: schedules and triggers would never fire, without a word. Raises InputError where none is named, ServerError where it
    does not answer.
    """
    set_defaults()
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    if not url:
        raise InputError(
            f"{what} needs a Prefect server, and PREFECT_API_URL names none: without one, schedules never fire. "
            "Start one with `prefect server start`, and tell where it is: export PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    start_server()()
    return url


def start_server() -> Callable[[], None]:
    """Begin to start Prefect's temporary server; return a function that waits for it, and raises ServerError where it does not come up.

    Where Prefect's settings name a server (PREFECT_API_URL), nothing is started, and the wait tells whether that one answers.
    """
    set_defaults()
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    problems: list[Exception] = []

    def start() -> None:
        # The server inherits this thread's mask: Ctrl-C is for the run, which then still has a server to tell that it was cancelled.
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with get_client(sync_client=True) as client:
                client.hello()
        except Exception as error:  # noqa: BLE001 - raised by wait(), in the thread that asked
            problems.append(error)

    context = contextvars.copy_context()  # Prefect keeps its settings in one, and a thread begins with an empty one
    thread = threading.Thread(target=context.run, args=(start,), name="prefect-server", daemon=True)
    thread.start()

    def wait() -> None:
        thread.join()
        if not problems:
            return
        reason = " ".join(str(problems[0]).split())
        if url := PREFECT_API_URL.value():
            hint = "Start it (prefect server start), or unset PREFECT_API_URL to run without one."
            raise ServerError(f"Prefect's server {url} does not answer: {reason}. {hint}") from problems[0]
        raise ServerError(f"Prefect's temporary server did not start: {reason}") from problems[0]

    return wait
