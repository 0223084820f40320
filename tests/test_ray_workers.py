"""The pool of workers on Ray: every part's result once, whoever dies and in whatever order results come. With a Ray of the tests' own (tests/fake_ray.py)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import ray_workers
from flows.engine import Engine
from flows.ray_workers import ATTEMPTS, FAILED_STARTS, Installation, RayWorkers, Started, WorkersLostError
from flows.steps.cache import ModelCache, text_key
from flows.steps.claims import ClaimResult, extract_claims
from flows.steps.scoring import TextPairs, score_pairs
from flows.worker_options import EngineError, WorkerOptions
from models.checkpoint import ModelError
from models.nli import NliScores
from tests.core_examples import SENTENCES, an_article
from tests.fake_ray import Call, FakeRay

HERE = Installation("0.1.0 (aaaa)", "model", "2.13.0")
ENGINE = Engine("model", "model", cast("Any", SimpleNamespace(checkpoint=SimpleNamespace(precision="float32"))), cast("Any", None))
ARTICLES = [an_article(sentence) for sentence in SENTENCES]


def row_of(*texts: str) -> np.ndarray:
    seed = int.from_bytes(text_key(*texts)[:4], "big")
    return np.random.default_rng(seed).random(NliScores.row_width()).astype(np.float32)


class InventedWorker:
    """A worker whose vectors and scores are hashes of the texts."""

    installation = HERE

    def load(self, model: str | None, precision: str, on_gpu: bool) -> Started:
        return Started("here", 1, self.installation)

    def extract(self, articles: list, run_id: str) -> list[ClaimResult]:
        return [extract_claims(article, run_id) for article in articles]

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.stack([row_of(text)[:4] for text in texts])

    def score(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        return np.stack([row_of(*pair) for pair in pairs])


def read_only(worker: InventedWorker, pairs: list[tuple[str, str]]) -> np.ndarray:
    rows = np.stack([row_of(*pair) for pair in pairs])
    rows.flags.writeable = False
    return rows


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RayWorkers]:
    return starter(monkeypatch)


def starter(patch: pytest.MonkeyPatch) -> Callable[..., RayWorkers]:
    """Return a function that makes a pool on a FakeRay."""

    def make(ray: FakeRay, n_workers: int | None = 2, worker: type = InventedWorker) -> RayWorkers:
        patch.setattr(ray_workers, "join", lambda _: (ray, True))
        patch.setattr(ray_workers, "ModelWorker", worker)
        patch.setattr(Installation, "of", classmethod(lambda cls, engine: HERE))
        options = WorkerOptions()
        object.__setattr__(options, "n_workers", n_workers)  # as of an --engine ray, without the package
        return RayWorkers(options, ENGINE, None)

    return make


def parts_of_pairs(n_parts: int) -> list[list[tuple[str, str]]]:
    return [[(f"premise {i}", f"hypothesis {k}") for k in range(1 + i % 3)] for i in range(n_parts)]


def assert_all_scored(workers: RayWorkers, parts: list[list[tuple[str, str]]]) -> None:
    told: list[int] = []
    results = list(workers.score(iter(parts), on_progress=told.append))
    assert sorted(number for number, _ in results) == list(range(len(parts)))
    for number, scores in results:
        assert np.array_equal(scores.to_rows(), np.stack([row_of(*pair) for pair in parts[number]]))
    assert sum(told) == sum(map(len, parts))


# --- laws ----------------------------------------------------------------------------------------------------------------------------------------------------


@given(
    order=st.lists(st.integers(0, 10_000), max_size=60), deaths=st.lists(st.booleans(), max_size=40), n_workers=st.integers(1, 4), n_parts=st.integers(0, 12)
)
def test_every_part_is_done_once_whoever_dies(order: list[int], deaths: list[bool], n_workers: int, n_parts: int):
    turns, fates = iter(order), iter(deaths)
    n_dead = 0

    def dies(call: Call) -> bool:
        """Fewer deaths than a part may cost, or else the pool gives up, which is another test's."""
        nonlocal n_dead
        dead = call.name != "load" and n_dead < ATTEMPTS - 1 and next(fates, False)
        n_dead += dead
        return dead

    ray = FakeRay(lambda n: next(turns, 0) % n, dies)
    with pytest.MonkeyPatch.context() as patch:
        workers = starter(patch)(ray, n_workers)
        assert_all_scored(workers, parts_of_pairs(n_parts))
        assert workers.n_lost == n_dead
        texts = [[f"text {i}"] for i in range(n_parts)]
        assert {number: vectors.tolist() for number, vectors in workers.encode(texts)} == {i: [row_of(*t)[:4].tolist()] for i, t in enumerate(texts)}
        assert list(workers.extract(ARTICLES[:n_parts], "r")) == [extract_claims(article, "r") for article in ARTICLES[:n_parts]]
        workers.close()
    assert ray.n_alive == 0
    assert not ray.is_up


@given(n=st.integers(0, 10_000), n_workers=st.integers(1, 64))
def test_parts_are_small_enough_for_every_worker_and_never_empty(n: int, n_workers: int):
    workers = object.__new__(RayWorkers)
    workers.n_workers = n_workers
    size = workers.part_size(n)
    assert 1 <= size <= ray_workers.LARGEST_PART
    assert size == 1 or size == ray_workers.LARGEST_PART or -(-n // size) >= 2 * n_workers


# --- who gets what -------------------------------------------------------------------------------------------------------------------------------------------


def test_as_many_workers_as_the_cluster_has_processors(start: Callable[..., RayWorkers]):
    assert start(FakeRay(), None).n_workers == 3


def test_work_is_spread_and_a_worker_is_handed_two_parts_at_most(start: Callable[..., RayWorkers]):
    ray = FakeRay(lambda n: n - 1)
    workers = start(ray, 2)
    while len(workers.started) < 2:
        workers._wait([], 0.0)
    handed: list[list[tuple[str, str]]] = []

    def counted() -> Iterator[list[tuple[str, str]]]:
        for part in parts_of_pairs(9):
            handed.append(part)
            yield part

    results = workers.score(counted())
    next(results)
    assert len(handed) == 4  # parts are made as they are needed: not all texts of a long run at once
    assert len(list(results)) == 8
    done = Counter(call.actor.number for call in ray.calls if call.name == "score")
    assert len(done) == 2


def test_work_that_is_left_off_half_way_blocks_nobody(start: Callable[..., RayWorkers]):
    workers = start(FakeRay(), 1)
    results = workers.score(parts_of_pairs(6))
    next(results)
    cast("Any", results).close()
    assert_all_scored(workers, parts_of_pairs(6))


def test_results_are_copied_out_of_rays_store(start: Callable[..., RayWorkers]):
    worker = type("ReadOnly", (InventedWorker,), {"score": read_only})
    [(_, scores)] = start(FakeRay(), 1, worker).score(parts_of_pairs(1))
    assert scores.nli.flags.writeable


# --- what goes wrong -----------------------------------------------------------------------------------------------------------------------------------------


def test_a_part_that_kills_every_worker_ends_the_run(start: Callable[..., RayWorkers]):
    ray = FakeRay(dies=lambda call: call.name == "score" and call.arguments[0][0][0] == "premise 3")
    workers = start(ray, 2)
    with pytest.raises(WorkersLostError, match=f"{ATTEMPTS} Ray workers died one after another at the same part"):
        list(workers.score(parts_of_pairs(8)))
    assert workers.n_lost == ATTEMPTS


def test_workers_that_die_while_they_load_are_not_started_for_ever(start: Callable[..., RayWorkers]):
    ray = FakeRay(dies=lambda call: call.name == "load")
    with pytest.raises(WorkersLostError, match="no Ray worker starts"):
        start(ray, 2)
    assert len(ray.actors) <= FAILED_STARTS + 2
    assert ray.n_alive == 0
    assert not ray.is_up


def test_a_cluster_that_is_full_is_told(start: Callable[..., RayWorkers], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ray_workers, "START_S", -1.0)
    ray = FakeRay()
    ray.has_room = False
    with pytest.raises(EngineError, match="Each needs a processor; the cluster has 3 processors and 0 GPUs, of which 0 processors"):
        start(ray, 2)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Installation)])
def test_another_program_model_or_pytorch_is_refused(start: Callable[..., RayWorkers], field: str):
    """Its results could differ."""
    worker = type("Other", (InventedWorker,), {"installation": dataclasses.replace(HERE, **{field: "another"})})
    with pytest.raises(EngineError, match=f"the Ray worker on here has another {field}: another, here "):
        start(FakeRay(), 2, worker)


def test_what_the_work_raises_is_raised_here(start: Callable[..., RayWorkers]):
    def fail(self: InventedWorker, *_: Any) -> Any:
        raise ZeroDivisionError("as at home")

    with pytest.raises(ZeroDivisionError, match="as at home"):
        list(start(FakeRay(), 2, type("Failing", (InventedWorker,), {"score": fail})).score(parts_of_pairs(3)))


def test_a_model_that_a_worker_cannot_load_is_the_users_error(start: Callable[..., RayWorkers]):
    def fail(self: InventedWorker, *_: Any) -> Any:
        raise ModelError("--model /models/x: no such folder.")

    with pytest.raises(EngineError, match="a Ray worker could not load the model: --model /models/x: no such folder"):
        start(FakeRay(), 2, type("Failing", (InventedWorker,), {"load": fail}))


def test_a_run_that_is_interrupted_keeps_what_came_back(start: Callable[..., RayWorkers], tmp_path: Path):
    pairs = TextPairs([f"text {i}" for i in range(10)], np.arange(10), np.arange(10)[::-1])
    n_scored = 0

    def interrupt(call: Call) -> bool:
        nonlocal n_scored
        n_scored += call.name == "score"
        if n_scored == 4:
            raise KeyboardInterrupt
        return False

    with ModelCache(tmp_path, "m") as cache, pytest.raises(KeyboardInterrupt):
        score_pairs(pairs, start(FakeRay(dies=interrupt)), cache)
    with ModelCache(tmp_path, "m") as cache:
        rows, n_computed = score_pairs(pairs, start(FakeRay()), cache)
    assert n_computed == 10 - 3 * 2  # parts of two pairs
    assert np.array_equal(rows, np.stack([row_of(*pair) for pair in pairs.as_texts()]))
