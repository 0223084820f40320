"""Who does the heavy steps of a run, extraction, encoding and scoring: this process, or workers on Ray (flows/ray_workers.py).

Both give the same rows. The run cuts its work into parts, hands them over, and stores what comes back in its cache, part by part and in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flows.engine import Engine
from flows.records import Article
from flows.steps import scoring
from flows.steps.claims import ClaimResult, extract_claims
from flows.worker_options import WorkerOptions
from flows.worker_pools import shared
from models.nli import NliScores

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
        return scoring.STORE_EVERY

    def extract(self, articles: Sequence[Article], run_id: str) -> Iterator[ClaimResult]:
        return (extract_claims(article, run_id) for article in articles)

    def encode(self, parts: Iterable[Sequence[str]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        return ((i, self.engine.encoder.encode(part)) for i, part in enumerate(parts))

    def score(self, parts: Iterable[Pairs], *, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, NliScores]]:
        return ((i, self.engine.scorer.score(part, on_progress=on_progress)) for i, part in enumerate(parts))


def workers_for(options: WorkerOptions, engine: Engine, model: str | None = None) -> Workers:
    """Return the workers that the options name; those on Ray are started where they are not there yet (flows/worker_pools.py).

    engine: what this process has loaded of `model`, and the workers are to load. Raises EngineError where Ray or its workers cannot be had.
    """
    if options.engine == "local":
        return LocalWorkers(engine)
    from flows.ray_workers import RayWorkers

    return shared(options, engine.model_id, lambda: RayWorkers(options, engine, model))
