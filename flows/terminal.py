"""What a terminal may be shown: text without control characters, and how far a run is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

from flows import progress

# C0 and C1 controls move the cursor or recolour the screen; bidi controls and line separators make a line read as another one.
# Lone surrogates, which file names that are no UTF-8 have, cannot be printed at all.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

BAR_AFTER_S = 1.0  # steps that take less are not named
REFRESH_S = 0.1


def printable(text: str) -> str:
    """Return `text` with control and bidi characters escaped, as in "a\\nb" and "\\x1b[31m"; all else is left as it is."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def one_line(text: str) -> str:
    """Return `text` in one printable line, each run of white space one space."""
    return printable(re.sub(r"\s+", " ", text))


def can_print(console: Console, characters: str) -> bool:
    """Return whether the console's encoding has all of these characters."""
    try:
        characters.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class StepDisplay:
    """A line that says what a run is doing: the step, how much of it is done, and the time it still takes."""

    def __init__(self, console: Console, waiting_for: str) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True,
        )  # fmt: skip
        self._waiting = Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), console=console, transient=True)
        self._waiting_task = self._waiting.add_task(waiting_for, total=None)
        self._task: TaskID | None = None
        self._step, self._since, self._shown_at = "", 0.0, 0.0

    def __enter__(self) -> StepDisplay:
        self._waiting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.stop()
        self._progress.stop()

    def tell(self, step: str, done: int, total: int) -> None:
        """Show `done` of `total` of a step; a listener of flows.progress, which may call thousands of times a second."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._since = step, now
            self._waiting.update(self._waiting_task, description=step)
            if self._task is not None:
                self._progress.remove_task(self._task)
                self._task = None
        if now - self._since < BAR_AFTER_S or now - self._shown_at < REFRESH_S:
            return
        self._shown_at = now
        if self._task is None:
            self._waiting.stop()
            self._progress.start()
            self._task = self._progress.add_task(step, total=total or None, completed=done)
        self._progress.update(self._task, completed=done, total=total or None)


@contextmanager
def showing_progress(console: Console, waiting_for: str) -> Iterator[None]:
    """Show on `console` how far the run inside is; nothing where the console is no terminal."""
    if not console.is_terminal:
        yield
        return
    with StepDisplay(console, waiting_for) as display, progress.listening(display.tell):
        yield


@contextmanager
def showing_each_run(console: Console) -> Iterator[Callable[[], None]]:
    """Show on `console` how far each of the runs inside is, and nothing between them: from a run's first step on, until the function is called that is yielded.

    Nothing where the console is no terminal.
    """
    if not console.is_terminal:
        yield lambda: None
        return
    display: StepDisplay | None = None

    def tell(step: str, done: int, total: int) -> None:
        nonlocal display
        if display is None:
            display = StepDisplay(console, step).__enter__()
        display.tell(step, done, total)

    def close() -> None:
        nonlocal display
        if display is not None:
            display.__exit__()
            display = None

    try:
        with progress.listening(tell):
            yield close
    finally:
        close()
