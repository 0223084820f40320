"""Serve the flow `check-drops` from this process: Prefect's runner takes up the runs of the schedule, and a thread starts one for each drop."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import datetime as dt
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx

from flows.commands.base import EXIT_INTERRUPTED, EXIT_TERMINATED, Terminated
from flows.drops.ending import UNTOLD, answers, end_in_time
from flows.drops.flow import check_drops
from flows.drops.lost import end_lost_runs
from flows.drops.trigger import DropTrigger
from flows.steps.sources import InputError
from flows.terminal import one_line

from prefect.client.orchestration import get_client  # isort: skip  # after the flow, which sets Prefect's defaults first
from prefect.deployments.runner import RunnerDeployment  # isort: skip
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule  # isort: skip
from prefect.types.entrypoint import EntrypointType  # isort: skip
from prefect.runner import Runner  # isort: skip
from prefect.schedules import Cron, Interval, Schedule  # isort: skip
from prefect.settings import PREFECT_API_URL  # isort: skip

DEFAULT_EVERY_S = 900.0
POLL_S = 2.0  # Prefect's own is 10; a drop should not wait so long
AWAY_S = 5.0  # from one look for a server that is away to the next
TAGS = ["claimdrift", "drops"]


def make_schedule(every_s: float | None, cron: str | None, timezone: str) -> Schedule:
    """Return the schedule of the sweeps. Raises InputError for a cron expression or a time zone that Prefect does not take."""
    try:
        if cron is not None:
            CronSchedule(cron=cron, timezone=timezone)
            return Cron(cron, timezone=timezone)
        interval = dt.timedelta(seconds=DEFAULT_EVERY_S if every_s is None else every_s)
        IntervalSchedule(interval=interval, timezone=timezone)
        return Interval(interval, timezone=timezone)
    except ValueError as error:
        raise InputError(f"--cron {cron!r}, --timezone {timezone!r}: {_first_message(error)}") from error


def _first_message(error: ValueError) -> str:
    """A validation error of Pydantic's takes several lines; its first message says it."""
    errors: Any = getattr(error, "errors", None)
    return str(errors()[0]["msg"]) if errors is not None else str(error)


def serve_drops(
    folder: Path, outputs: Path, schedule: Schedule, *, name: str, settle_s: float, parameters: Mapping[str, Any], tell: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C or TERM; only under `only_server`. parameters: of the flow. Runs are processes of their own, one at a time.

    On the way out the schedule is paused. Where the server does not answer, this exits with EXIT_INTERRUPTED or EXIT_TERMINATED after some seconds.
    """
    # Prefect starts a run as `python -m`, which would put a flows/ or models.py of the user's folder before ours.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    logging.getLogger("prefect.runner").setLevel(logging.WARNING)  # at each poll it says how many runs wait for the one under way
    # On TERM the runner (3.8) calls its own stop() without awaiting it, and then ends all the same, through the exit that pauses the schedule.
    # One that gives up for want of a server cancels a call of its own before it begins.
    never = r"coroutine 'Runner\.(astop|_handle_cancellation_observer_failure)' was never awaited"
    warnings.filterwarnings("ignore", message=never, category=RuntimeWarning)
    given = {key: str(value) if isinstance(value, Path) else value for key, value in parameters.items() if value is not None}
    if "watch_terms" in given:
        given["watch_terms"] = str(Path(given["watch_terms"]).resolve())
    deployment = cast(
        "RunnerDeployment",  # a coroutine only where it is called from one
        check_drops.to_deployment(
            name,
            schedule=schedule,
            paused=False,  # it was paused when it was served last
            parameters={**given, "folder": str(folder.resolve()), "outputs": str(outputs.resolve()), "settle_s": settle_s},
            description=f"Checks what is new in {folder}.",
            tags=TAGS,
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
    )
    deployment_id = cast("UUID", deployment.apply())  # before the first drop asks for a run of it

    def clear() -> None:
        if n := end_lost_runs(deployment_id, outputs):
            tell(f"{n} run{'s' if n > 1 else ''} of check-drops/{name} had no process any more, and {'are' if n > 1 else 'is'} set to Crashed in Prefect")

    clear()  # before the first drop asks for a run that it takes to be under way
    stop = threading.Event()
    trigger = DropTrigger(f"{check_drops.name}/{name}", folder, outputs, settle_s=settle_s, tell=tell)
    context = contextvars.copy_context()  # Prefect keeps its settings in one
    thread = threading.Thread(target=context.run, args=(_watch, trigger, stop, tell), name="drops", daemon=True)
    thread.start()
    try:
        _serve_for_good(deployment, clear, tell)
    finally:
        stop.set()


class _Runner(Runner):
    """Prefect's, which says when TERM tells it to stop: it puts its own handler in place of any other."""

    def __init__(self, on_term: Callable[[], None]) -> None:
        super().__init__(pause_on_shutdown=True, limit=1, query_seconds=POLL_S)
        self._on_term = on_term

    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        self._on_term()
        super().handle_sigterm(*args, **kwargs)


def serve(deployment: RunnerDeployment, on_term: Callable[[], None]) -> None:
    """Serve until told to stop, as `prefect.serve` does. Raises the runner's error where the server is away for minutes."""
    runner = _Runner(on_term)
    runner.add_deployment(deployment)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(runner.start())


def _serve_for_good(deployment: RunnerDeployment, clear: Callable[[], None], tell: Callable[[str], None]) -> None:
    """Serve, and once more when a server is back that failed or was away for longer than Prefect's runner tries again: some minutes, after which it ends.

    clear: ends the runs that the runner could not tell the server of when it ended.
    """
    api = PREFECT_API_URL.value() or ""
    code: int | None = None  # to exit with, once told to stop

    def stop(with_code: int) -> None:
        nonlocal code
        if code is None:
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # Python 3.11 has a traceback for each connection's task that it cancels on its way out
            end_in_time(with_code, api, tell)
            code = with_code

    def interrupt(*_: object) -> None:
        stop(EXIT_INTERRUPTED)
        raise KeyboardInterrupt

    def terminate(*_: object) -> None:
        stop(EXIT_TERMINATED)
        raise Terminated

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored, in a shell's background
        # asyncio would put its own in that one's place, which cancels the runner; the runner cannot pause the schedule on a server that is away, and its error
        # would be taken for that of a server to wait for.
        signal.signal(signal.SIGINT, interrupt)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        while True:
            signal.signal(signal.SIGTERM, terminate)
            try:
                serve(deployment, lambda: stop(EXIT_TERMINATED))
                break
            except Exception as error:
                if code is not None:  # it could not pause the schedule
                    break
                cause = _innermost(error)
                if not isinstance(cause, httpx.HTTPError | RuntimeError):  # the second is how the runner says that it has tried often enough
                    raise
                tell(f"Prefect's server does not answer; drops and sweeps wait until it is back: {one_line(str(cause)) or type(cause).__name__}")
            signal.signal(signal.SIGTERM, terminate)  # the runner's own would ask the one that has ended to stop
            _wait_for_server(clear)
            tell("Prefect's server is back")
    if code is not None and not answers(api):
        tell(UNTOLD)
        sys.exit(code)


def _wait_for_server(clear: Callable[[], None]) -> None:
    """Wait until the server answers and has taken what it was not told."""
    while True:
        time.sleep(AWAY_S)
        with contextlib.suppress(httpx.HTTPError):
            if _server_answers():
                clear()
                return


def _server_answers() -> bool:
    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None


def _innermost(error: BaseException) -> BaseException:
    """The error that a task group has wrapped."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _watch(trigger: DropTrigger, stop: threading.Event, tell: Callable[[str], None]) -> None:
    try:
        trigger.watch(stop)
    except OSError as error:
        tell(f"the folder cannot be watched, drops wait for the schedule: {error}. WATCHFILES_FORCE_POLLING=true looks at it without the system's events")
