"""Where a run tells how far it is. Nobody listens unless a front end asks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int], None]  # step, done, total

_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener(step, done, total)` while inside; total 0 where it is not known yet."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(step: str, done: int, total: int) -> None:
    for listener in _listeners:
        listener(step, done, total)


def teller(step: str) -> Callable[[int, int], None]:
    """`tell` for one step."""
    return lambda done, total: tell(step, done, total)
