"""Workers beside this process: started once, shared by the runs of the process, and let go of when the last that needs them is done. Imports nothing heavy."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from flows.worker_options import WorkerOptions


class Pool(Protocol):
    """Workers that can be let go of."""

    def close(self) -> None: ...


_lock = threading.Lock()
_pools: dict[tuple[WorkerOptions, str], Pool] = {}
_keepers: Counter[WorkerOptions] = Counter()


def shared(options: WorkerOptions, model_id: str, start: Callable[[], Any]) -> Any:
    """Return the workers of these options that have this model; `start` makes them where there are none."""
    with _lock:
        if (options, model_id) not in _pools:
            _pools[options, model_id] = start()
        return _pools[options, model_id]


@contextmanager
def kept(options: WorkerOptions) -> Iterator[None]:
    """Let go of the workers of these options at the end, unless another such block is not at its own yet. Without any they stay as long as the process."""
    with _lock:
        _keepers[options] += 1
    try:
        yield
    finally:
        with _lock:
            _keepers[options] -= 1
            done = [] if _keepers[options] else [_pools.pop(key) for key in list(_pools) if key[0] == options]
        for pool in done:
            pool.close()
