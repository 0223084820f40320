"""Who does the heavy steps of a run, extraction, encoding and scoring: this process, or workers on Ray (flows/ray_workers.py).

Both give the same rows. The run cuts its work into parts, hands them over, and stores what comes back in its cache, part by part and in whatever order.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from flows.engine import Engine
from flows.records import Article
from flows.steps.claims import ClaimResult, extract_claims
from flows.worker_options import WorkerOptions
from models.nli import NliScores

if TYPE_CHECKING:
    from flows.ray_workers import RayWorkers

PART = 2_000  # pairs or texts between two writes of the cache, so that an interrupted run keeps what it has
Pairs = Sequence[tuple[str, str]]


class Workers(Protocol):
    """Does parts of the work; what comes of a part depends on that part alone."""

    def part_size(self, n: int) -> int:
        """How many of `n` pairs or texts to hand over at once."""
        ...

    def extract(self, articles: Sequence[Article], run_id: str) -> Iterator[ClaimResult]:
        """Yield the claims of each article, in the order of the articles."""
        ...

    def encode(self, parts: Iterable[Sequence[str]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield (number of the part, the vectors of its texts, shape (n, width)), in any order."""
        ...

    def score(self, parts: Iterable[Pairs], *, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, NliScores]]:
        """Yield (number of the part, the scores of its directed pairs), in any order. `on_progress` hears how many more pairs are scored."""
        ...


class LocalWorkers:
    """All in this process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def part_size(self, n: int) -> int:
        return PART

    def extract(self, articles: Sequence[Article], run_id: str) -> Iterator[ClaimResult]:
        return (extract_claims(article, run_id) for article in articles)

    def encode(self, parts: Iterable[Sequence[str]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        return ((i, self.engine.encoder.encode(part)) for i, part in enumerate(parts))

    def score(self, parts: Iterable[Pairs], *, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, NliScores]]:
        return ((i, self.engine.scorer.score(part, on_progress=on_progress)) for i, part in enumerate(parts))


_lock = threading.Lock()
_pools: dict[tuple[WorkerOptions, str], RayWorkers] = {}
_keepers: Counter[WorkerOptions] = Counter()


def workers_for(options: WorkerOptions, engine: Engine, model: str | None = None) -> Workers:
    """Return the workers that the options name. Those on Ray are started once, and kept until the last `kept` of their options ends, or this process.

    engine: what this process has loaded of `model`, and the workers are to load. Raises EngineError where Ray or its workers cannot be had.
    """
    if options.engine == "local":
        return LocalWorkers(engine)
    from flows.ray_workers import RayWorkers

    key = options, engine.model_id
    with _lock:
        if key not in _pools:
            _pools[key] = RayWorkers(options, engine, model)
        return _pools[key]


@contextmanager
def kept(options: WorkerOptions) -> Iterator[None]:
    """Keep workers that are started inside, or were before; let go of them at the end, unless another such block is inside still."""
    _keepers[options] += 1
    try:
        yield
    finally:
        with _lock:
            _keepers[options] -= 1
            done = [] if _keepers[options] else [_pools.pop(key) for key in list(_pools) if key[0] == options]
        for pool in done:
            pool.close()
