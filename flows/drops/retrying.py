"""When to try again what failed for a reason that may pass."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST_RETRY_S, LAST_RETRY_S = 5.0, 300.0


class Retry:
    """When to try again: 5 s after a failure, then twice as long each time, up to 5 minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.succeeded()

    def succeeded(self) -> None:
        self.wait_s, self._not_before = 0.0, 0.0

    def failed(self) -> float:
        """Note a failure; return the seconds until the next try."""
        self.wait_s = min(max(FIRST_RETRY_S, 2 * self.wait_s), LAST_RETRY_S)
        self._not_before = self._clock() + self.wait_s
        return self.wait_s

    @property
    def is_due(self) -> bool:
        return self._clock() >= self._not_before
