"""Text that a terminal may be shown, and the display of a run's progress."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from flows import progress, terminal
from flows.terminal import StepDisplay, one_line, printable, showing_each_run, showing_progress

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
any_text = st.text(st.characters())  # control characters and lone surrogates too


@given(any_text)
def test_nothing_that_is_printed_moves_the_cursor_or_turns_the_line(text):
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in BIDI]
    assert printable(shown) == shown
    shown.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_plain_text_is_printed_as_it_is(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\nb", r"a\nb"), ("\x1b[31mred", r"\x1b[31mred"), ("exe\u202etxt.", r"exe\u202etxt."), ("\x9b0m", r"\x9b0m"), ("caf\u00e9 \u2192", "caf\u00e9 \u2192")],
)
def test_what_is_escaped(text, shown):
    assert printable(text) == shown


@given(any_text)
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1


def terminal_of_text() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80)


def shown_on(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_steps_that_take_long_get_a_bar(monkeypatch):
    monkeypatch.setattr(terminal, "BAR_AFTER_S", 0.0)
    monkeypatch.setattr(terminal, "REFRESH_S", 0.0)
    console = terminal_of_text()
    with showing_progress(console, "starting"):
        progress.tell("reading articles", 1, 0)
        progress.tell("scoring pairs", 3, 12)
    assert "starting" in shown_on(console)
    assert "scoring pairs" in shown_on(console)
    assert "3/12" in shown_on(console)


def test_a_watcher_shows_each_run_and_nothing_between(monkeypatch):
    monkeypatch.setattr(terminal, "BAR_AFTER_S", 0.0)
    monkeypatch.setattr(terminal, "REFRESH_S", 0.0)
    console = terminal_of_text()
    with showing_each_run(console) as close:
        assert shown_on(console) == ""
        progress.tell("scoring pairs", 3, 12)
        close()
        close()
        after_first = shown_on(console)
        assert "3/12" in after_first
        assert after_first.endswith("\x1b[2K"), "its last line is cleared"
        progress.tell("scoring pairs", 5, 12)
    assert "5/12" in shown_on(console)[len(after_first) :]
    progress.tell("scoring pairs", 7, 12)
    assert "7/12" not in shown_on(console)


def test_quick_steps_get_no_bar():
    console = terminal_of_text()
    with StepDisplay(console, "starting") as display:
        for done in range(1_000):
            display.tell("scoring pairs", done, 1_000)
    assert "/1000" not in shown_on(console)


def test_no_progress_off_a_terminal():
    console = Console(file=io.StringIO())
    with showing_progress(console, "starting"):
        progress.tell("scoring pairs", 3, 12)
    assert shown_on(console) == ""
