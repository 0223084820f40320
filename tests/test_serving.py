"""`serve` and a server that goes away: it serves once more when that is back, and ends where it is not the server's absence that it failed for."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.drops import serving


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
        serving._serve_for_good(None, told.append)
    finally:
        signal.signal(signal.SIGTERM, at_term)
    assert served == ["serve", *["wait 5 s"] * 3, "serve", "wait 5 s", "serve"]
    gone, back = "Prefect's server does not answer; drops and sweeps wait until it is back: {}", "Prefect's server is back"
    assert told == [gone.format("Service exceeded error threshold."), back, gone.format("ConnectError"), back]


def test_what_is_not_the_servers_absence_ends_it(monkeypatch, served):
    runner_that(monkeypatch, served, ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("no such schedule")]))
    at_term = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(ExceptionGroup, match="unhandled"):
            serving._serve_for_good(None, served.append)
    finally:
        signal.signal(signal.SIGTERM, at_term)
    assert served == ["serve"]


def test_ctrl_c_ends_it_though_the_schedule_cannot_be_paused(monkeypatch, served):
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
    monkeypatch.setattr(serving, "_server_answers", lambda: True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serving._serve_for_good(None, served.append)
    assert served == ["serve"]


def test_whether_the_server_answers(prefect_server):
    assert serving._server_answers()
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        assert not serving._server_answers()
