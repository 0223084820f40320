"""`serve` and a server that goes away: it serves once more when that is back, and ends where it is not the server's absence that it failed for."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.commands.base import EXIT_INTERRUPTED, EXIT_TERMINATED
from flows.drops import serving
from flows.drops.ending import UNTOLD

NO_DEPLOYMENT: Any = None  # the stand-ins of the runner take no look at it


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is done: a stand-in for the clock, and for Prefect's runner, which has nothing to say but how it ends."""
    done: list[str] = []
    monkeypatch.setattr(serving.time, "sleep", lambda seconds: done.append(f"wait {seconds:g} s"))
    at_interrupt = signal.getsignal(signal.SIGINT)
    yield done
    signal.signal(signal.SIGINT, at_interrupt)


def runner_that(monkeypatch: pytest.MonkeyPatch, done: list[str], *ends: Exception | None) -> None:
    ending: Iterator[Exception | None] = iter(ends)

    def serve(*_: object, **__: object) -> None:
        done.append("serve")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the runner puts its own in place
        if (error := next(ending)) is not None:
            raise error

    monkeypatch.setattr(serving, "serve", serve)


def test_it_serves_again_when_the_server_is_back(monkeypatch, served):
    answers = iter([False, False, True, True])
    monkeypatch.setattr(serving, "_server_answers", lambda: next(answers))
    away = ExceptionGroup("unhandled errors in a TaskGroup", [RuntimeError("Service exceeded error threshold.")])
    runner_that(monkeypatch, served, away, httpx.ConnectError(""), None)
    told: list[str] = []
    at_term = signal.getsignal(signal.SIGTERM)
    try:
        serving._serve_for_good(NO_DEPLOYMENT, lambda: served.append("clear"), told.append)
    finally:
        signal.signal(signal.SIGTERM, at_term)
    assert served == ["serve", *["wait 5 s"] * 3, "clear", "serve", "wait 5 s", "clear", "serve"]
    gone, back = "Prefect's server does not answer; drops and sweeps wait until it is back: {}", "Prefect's server is back"
    assert told == [gone.format("Service exceeded error threshold."), back, gone.format("ConnectError"), back]


def test_what_is_not_the_servers_absence_ends_it(monkeypatch, served):
    runner_that(monkeypatch, served, ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("no such schedule")]))
    at_term = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(ExceptionGroup, match="unhandled"):
            serving._serve_for_good(NO_DEPLOYMENT, no_run_lost, served.append)
    finally:
        signal.signal(signal.SIGTERM, at_term)
    assert served == ["serve"]


@pytest.mark.parametrize(("is_answered", "code"), [(True, None), (False, EXIT_INTERRUPTED)])
def test_ctrl_c_ends_it_though_the_schedule_cannot_be_paused(monkeypatch, served, is_answered, code):
    """As Prefect's serve() does: the runner pauses the schedule on its way out."""

    async def run() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(60)
        finally:
            raise httpx.ConnectError("the server is away")

    def serve(*_: object, **__: object) -> None:
        served.append("serve")
        assert len(served) == 1, "it served on"
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())

    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(serving, "answers", lambda _api: is_answered)
    monkeypatch.setattr(serving, "end_in_time", lambda code, *_: served.append(f"end in time with {code}"))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert exit_code_of(served) == code
    assert served == ["serve", f"end in time with {EXIT_INTERRUPTED}", *([] if is_answered else [UNTOLD])]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, EXIT_INTERRUPTED), (signal.SIGTERM, EXIT_TERMINATED)])
def test_it_can_be_ended_while_it_waits_for_the_server(monkeypatch, served, number, code):
    runner_that(monkeypatch, served, httpx.ConnectError("away"))
    monkeypatch.setattr(serving, "answers", lambda _api: False)
    monkeypatch.setattr(serving, "end_in_time", lambda code, *_: served.append(f"end in time with {code}"))
    monkeypatch.setattr(serving.time, "sleep", lambda _seconds: signal.raise_signal(number))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert exit_code_of(served) == code
    assert served == ["serve", "Prefect's server does not answer; drops and sweeps wait until it is back: away", f"end in time with {code}", UNTOLD]


def exit_code_of(told: list[str]) -> object:
    """Serve, and return the exit code; None where it simply returns."""
    at_term = signal.getsignal(signal.SIGTERM)
    try:
        serving._serve_for_good(NO_DEPLOYMENT, no_run_lost, told.append)
    except SystemExit as ended:
        return ended.code
    finally:
        signal.signal(signal.SIGTERM, at_term)
    return None


def no_run_lost() -> None:
    """What there is to do where no run was lost."""


def test_whether_the_server_answers(prefect_server):
    assert serving._server_answers()
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        assert not serving._server_answers()
