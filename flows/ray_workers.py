"""Extraction, encoding and scoring on Ray: worker processes, here or on the machines of a cluster, that load the model once and are handed parts of the work.

They are actors of Ray Core. A pipeline of Ray Data makes its actors anew for each pass over the data, and a run has four passes (extract, encode, score, score
back), each of which needs all that the one before it has found.

The driver, which is the process of the run, holds each part until its result has come. Where a worker dies (killed, out of memory, its machine gone), its parts
go to the other workers at once and a new one is started: a loss costs time and no result. Ray's own max_restarts and max_task_retries stay at 0; with them a
part waits for its own worker to come back, on a cluster that may have no place for it, while others have nothing to do.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows import progress
from flows.engine import Engine, load_engine
from flows.ray_cluster import join, n_cores
from flows.records import Article
from flows.steps.claims import ClaimResult, extract_claims
from flows.terminal import one_line
from flows.worker_options import EngineError, WorkerOptions
from models.checkpoint import Precision
from models.nli import NliScores

LARGEST_PART = 512  # pairs or texts: 1 to 5 s of a processor's work, and what a worker's death loses of it
PARTS_A_WORKER = 4  # at least, so that all have done at about the same time
ARTICLES_A_PART = 16
AHEAD = 2  # parts that a worker has been handed, so that it never waits for the driver
ATTEMPTS = 4  # workers that may die at one part before the run fails: then it is the part, or the memory, and not the machines
FAILED_STARTS = 4
START_S = 600.0  # for the first worker to come up: a cluster may have to start a machine for it
TICK_S = 1.0

FILES = ("flows/language/*.py", "flows/steps/*.py", "models/*.py")  # below the folder of this checkout: what results depend on


class WorkersLostError(RuntimeError):
    """Workers died again and again. What was done until then is in the cache."""


@dataclasses.dataclass(frozen=True, slots=True)
class Installation:
    """What must be the same on all machines for results to be the same, by what a reader is told of it."""

    program: str
    model: str
    pytorch: str

    @classmethod
    def of(cls, engine: Engine) -> Installation:
        root = Path(__file__).resolve().parent.parent
        digest = hashlib.sha256()
        for path in sorted(path for pattern in FILES for path in root.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        version = importlib.metadata.version("claimdrift")
        return cls(f"{version} ({digest.hexdigest()[:8]})", engine.model_id, importlib.metadata.version("torch").split("+")[0])


@dataclasses.dataclass(frozen=True, slots=True)
class Started:
    """What a worker says of itself once it has loaded the model."""

    host: str
    pid: int
    installation: Installation


class ModelWorker:
    """What runs in a worker's process."""

    def load(self, model: str | None, precision: Precision, on_gpu: bool) -> Started:
        """Load the model. Raises ModelError where it cannot be had on this machine, or no GPU."""
        self.engine = load_engine(model, precision)
        if on_gpu:
            self.engine = self.engine.on_gpu()
        return Started(socket.gethostname(), os.getpid(), Installation.of(self.engine))

    def extract(self, articles: Sequence[Article], run_id: str) -> list[ClaimResult]:
        return [extract_claims(article, run_id) for article in articles]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.engine.encoder.encode(texts)

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return self.engine.scorer.score(pairs).to_rows()


@dataclasses.dataclass(eq=False)
class _Worker:
    """A worker as the driver sees it; `started` is None until it has loaded the model."""

    actor: Any
    started: Started | None = None
    n_running: int = 0


@dataclasses.dataclass(slots=True)
class _Part:
    """A part of the work that waits for a worker, or for its result."""

    number: int
    arguments: tuple[Any, ...]
    n_attempts: int = 0


class RayWorkers:
    """The workers of one model, as flows.workers.Workers. One step of one run at a time has them; a second one waits."""

    def __init__(self, options: WorkerOptions, engine: Engine, model: str | None) -> None:
        """Start the workers and wait for the first. Raises EngineError where Ray or its workers cannot be had."""
        self._ray, self._owned = join(options)
        self._options, self._here = options, Installation.of(engine)
        self._model = str(Path(model).resolve()) if model is not None and Path(model).is_dir() else model
        self._precision: Precision = engine.scorer.checkpoint.precision
        self._ready: list[_Worker] = []
        self._starting: dict[Any, _Worker] = {}  # by what its loading will return
        self._n_failed_starts = 0
        self._lock = threading.Lock()
        self.n_lost = 0
        try:
            self.n_workers = options.n_workers or self._as_many_as_fit()
            progress.tell("starting Ray workers", 0, self.n_workers)
            with self._lock:
                self._fill()
                since = time.monotonic()
                while not self._ready:
                    self._wait([], since)
        except BaseException:
            self.close()
            raise

    @property
    def started(self) -> list[Started]:
        """The workers that are at work."""
        return [worker.started for worker in self._ready if worker.started is not None]

    def part_size(self, n: int) -> int:
        """Small enough for every worker to have several."""
        return max(1, min(LARGEST_PART, -(-n // (PARTS_A_WORKER * self.n_workers))))

    def extract(self, articles: Sequence[Article], run_id: str) -> Iterator[ClaimResult]:
        """Yield the claims of each article, in the order of the articles."""
        size = min(ARTICLES_A_PART, self.part_size(len(articles)))
        parts = ((articles[start : start + size], run_id) for start in range(0, len(articles), size))
        early: dict[int, list[ClaimResult]] = {}
        turn = 0
        for number, results in self._each("extract", parts):
            early[number] = results
            while turn in early:
                yield from early.pop(turn)
                turn += 1

    def encode(self, parts: Iterable[Sequence[str]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield (number of the part, the vectors of its texts, shape (n, width)) as they come."""
        # Copied: what Ray returns lies in its store of objects, which is small.
        return ((number, vectors.copy()) for number, vectors in self._each("encode", ((part,) for part in parts)))

    def score(self, parts: Iterable[Sequence[tuple[str, str]]], *, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, NliScores]]:
        """Yield (number of the part, the scores of its pairs) as they come."""
        for number, rows in self._each("score", ((part,) for part in parts)):
            if on_progress is not None:
                on_progress(len(rows))
            yield number, NliScores.from_rows(rows.copy())

    def close(self) -> None:
        """End the workers, and Ray where it was started or joined for them."""
        for worker in [*self._ready, *self._starting.values()]:
            self._ray.kill(worker.actor)
        self._ready, self._starting = [], {}
        if self._owned:
            self._ray.shutdown()

    def _each(self, method: str, parts: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Have each part done by some worker; yield (its number, what came of it) as they come. Raises what the work itself raises, and WorkersLostError."""
        with self._lock:
            running: dict[Any, tuple[_Worker, _Part]] = {}
            try:
                yield from self._work_off(method, parts, running)
            finally:
                for worker, _ in running.values():  # left off half way: what they are at comes to nothing
                    worker.n_running -= 1

    def _work_off(self, method: str, parts: Iterable[tuple[Any, ...]], running: dict[Any, tuple[_Worker, _Part]]) -> Iterator[tuple[int, Any]]:
        waiting = (_Part(number, arguments) for number, arguments in enumerate(parts))
        again: deque[_Part] = deque()  # those whose worker died
        any_left = True
        self._fill()
        since = time.monotonic()
        while True:
            for worker in [w for depth in range(AHEAD) for w in self._ready if w.n_running <= depth]:
                part = again.popleft() if again else next(waiting, None)
                if part is None:
                    any_left = False
                    break
                running[getattr(worker.actor, method).remote(*part.arguments)] = worker, part
                worker.n_running += 1
            if running:
                since = time.monotonic()
            elif not any_left and not again:
                return
            for done in self._wait(running, since):
                if done not in running:  # a worker that came up, or a part whose worker was lost a moment ago
                    continue
                worker, part = running.pop(done)
                worker.n_running -= 1
                try:
                    result = self._get(done)
                except self._ray.exceptions.RayError as error:
                    again += self._take_back(worker, [part], running)
                    self._replace(worker)
                    if part.n_attempts >= ATTEMPTS:
                        raise WorkersLostError(
                            f"{ATTEMPTS} Ray workers died one after another at the same part of the work ({method}). Is the memory enough? "
                            f"--ray-workers takes fewer. The last: {_reason(error)}"
                        ) from error
                    continue
                yield part.number, result

    def _take_back(self, lost: _Worker, parts: list[_Part], running: dict[Any, tuple[_Worker, _Part]]) -> list[_Part]:
        """Return what a lost worker was handed: these parts, and those of it that are noted as running."""
        for ref in [ref for ref, (worker, _) in running.items() if worker is lost]:
            parts.append(running.pop(ref)[1])
        for part in parts:
            part.n_attempts += 1
        return parts

    def _wait(self, running: Iterable[Any], since: float) -> list[Any]:
        """Wait a moment for results or for workers to come up; take in the latter, and return what is done of `running`.

        Raises EngineError where no worker has come up since `since`, for long or for good.
        """
        if not self._ready and not self._starting:
            raise WorkersLostError(f"no Ray worker starts: {FAILED_STARTS} died one after another while they loaded the model. Is the memory enough?")
        if not self._ready and time.monotonic() - since > START_S:
            raise EngineError(
                f"no Ray worker came up within {START_S / 60:.0f} minutes. Each needs a processor{self._and_gpus()}; "
                f"the cluster has {_shown(self._ray.cluster_resources())}, of which {_shown(self._ray.available_resources())} are free"
            )
        done, _ = self._ray.wait([*running, *self._starting], num_returns=1, timeout=TICK_S)
        for ref in [ref for ref in done if ref in self._starting]:
            self._take_in(ref)
        return done

    def _take_in(self, ref: Any) -> None:
        """Let a worker that has loaded the model join in. Raises EngineError where its machine has another program or model: results could then differ."""
        worker = self._starting.pop(ref)
        try:
            started: Started = self._get(ref)
        except self._ray.exceptions.RayError as error:
            if "ModuleNotFoundError" in str(error):
                raise EngineError(f"a Ray worker could not start: {_reason(error)}. Install claimdrift on every machine of the cluster") from error
            self._n_failed_starts += 1
            self._fill()
            return
        except (ValueError, OSError, ImportError) as error:
            raise EngineError(f"a Ray worker could not load the model: {error}") from error
        for field in dataclasses.fields(Installation):
            here, there = (getattr(installation, field.name) for installation in (self._here, started.installation))
            if here != there:
                raise EngineError(
                    f"the Ray worker on {started.host} has another {field.name}: {there}, here {here}. Results could differ; install the same on every machine"
                )
        self._n_failed_starts = 0
        worker.started = started
        self._ready.append(worker)
        progress.tell("starting Ray workers", len(self._ready), self.n_workers)

    def _replace(self, worker: _Worker) -> None:
        """Let go of a worker that died, or cannot be reached, and start another."""
        self._ready.remove(worker)
        self._ray.kill(worker.actor)
        self.n_lost += 1
        self._fill()

    def _fill(self) -> None:
        """Start workers until there are as many as wanted, or starting has failed too often in a row."""
        gpus = self._options.gpus_per_worker or 0
        while len(self._ready) + len(self._starting) < self.n_workers and self._n_failed_starts < FAILED_STARTS:
            actor = self._ray.remote(ModelWorker).options(num_cpus=1, num_gpus=gpus, max_restarts=0, max_task_retries=0).remote()
            self._starting[actor.load.remote(self._model, self._precision, gpus > 0)] = _Worker(actor)

    def _get(self, ref: Any) -> Any:
        """Return a result; raise what the work itself raised, and a RayError where the worker did not get so far."""
        try:
            return self._ray.get(ref)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause if isinstance(error.cause, Exception) else RuntimeError(_reason(error)) from error

    def _as_many_as_fit(self) -> int:
        """A worker for each processor of the cluster; with GPUs, as many as its GPUs take."""
        there = self._ray.cluster_resources()
        gpus = self._options.gpus_per_worker
        n = there.get("GPU", 0) // gpus if gpus else there.get("CPU", n_cores())
        if n < 1:
            raise EngineError(f"--gpus-per-worker {gpus:g}: Ray sees {there.get('GPU', 0):g} GPUs here; give --ray-workers where the cluster will start more")
        return int(n)

    def _and_gpus(self) -> str:
        gpus = self._options.gpus_per_worker
        return f" and {gpus:g} GPU" if gpus else ""


def _shown(resources: dict[str, float]) -> str:
    return f"{resources.get('CPU', 0):g} processors and {resources.get('GPU', 0):g} GPUs"


def _reason(error: BaseException) -> str:
    """Ray's messages take many lines; the last one of a remote traceback says it, else the first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return one_line(lines[-1] if "Traceback" in str(error) else lines[0]) if lines else type(error).__name__
