"""Prefect's settings and server: defaults that give way to the user's, and what is told when the server cannot be had."""

from __future__ import annotations

import os

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.prefect_server import DEFAULTS, ServerError, quiet_console, set_defaults, start_server


def test_defaults_give_way_to_the_users_settings(monkeypatch):
    for name in DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DO_NOT_TRACK", "0")
    set_defaults()
    assert os.environ["DO_NOT_TRACK"] == "0"
    assert os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] == "120"


@pytest.mark.parametrize(("level", "console"), [(None, "CRITICAL"), ("DEBUG", None)])
def test_the_console_is_quiet_unless_the_user_asks(monkeypatch, level, console):
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "x")  # so that monkeypatch takes away what the call sets
    monkeypatch.delenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL")
    monkeypatch.delenv("PREFECT_LOGGING_LEVEL", raising=False)
    if level:
        monkeypatch.setenv("PREFECT_LOGGING_LEVEL", level)
    quiet_console()
    assert os.environ.get("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL") == console


def test_the_settings_that_are_set_are_settings_that_prefect_has():
    """A misspelt variable would be passed over without a word."""
    from prefect.settings import Settings

    names = Settings().to_environment_variables(include_aliases=True)
    assert set(DEFAULTS) - {"DO_NOT_TRACK"} <= set(names)


def test_a_server_that_does_not_answer(prefect_server):
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        wait = start_server()
        with pytest.raises(ServerError, match=r"http://127\.0\.0\.1:9/api does not answer: .*refused\. Start it .*, or unset PREFECT_API_URL"):
            wait()


def test_a_server_that_is_there(prefect_server):
    """The thread that waits has the settings of the one that asked: no second server is started."""
    start_server()()
