"""Whole runs on a real Ray with two workers, against the same runs in this process: `make ray`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import progress, ray_workers
from flows.pipeline import CheckRun, Settings
from flows.ray_workers import RayWorkers
from flows.records import TABLES
from flows.tables import Outputs
from flows.worker_options import WorkerOptions
from flows.worker_pools import kept
from tests.core_examples import with_heads, write_articles
from tests.test_pipeline import ARTICLES, STEPS

pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]" -c constraints.txt')
pytestmark = pytest.mark.slow

OF_A_RUN = {"run_id", "started_at", "finished_at", "seconds"}  # what no two runs share


def check(inputs: Path, outputs: Path, **options: Any) -> CheckRun:
    run = CheckRun([inputs], outputs, **options)
    for step in STEPS:
        getattr(run, step)()
    return run


def rows(outputs: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, but for what no two runs share."""
    return {t: [{k: v for k, v in row.items() if k not in OF_A_RUN} for row in Outputs(outputs).read(t).to_pylist()] for t in TABLES}


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    write_articles(folder, ARTICLES)
    return folder


@pytest.fixture(scope="module")
def options(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    model = with_heads(tiny_model, tmp_path_factory.mktemp("model") / "tiny")
    return {"model": str(model), "settings": Settings(min_score=0.0)}


@pytest.fixture(scope="module")
def expected(articles: Path, options: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The rows of a run in this process."""
    outputs = tmp_path_factory.mktemp("local") / "outputs"
    check(articles, outputs, **options)
    made = rows(outputs)
    assert len(made["pairs"]) > 20
    return made


@pytest.fixture(scope="module")
def on_ray() -> Iterator[dict[str, Any]]:
    """The options of a run on Ray, whose workers stay for all runs of this module."""
    workers = WorkerOptions("ray", n_workers=2)
    with kept(workers):
        yield {"worker_options": workers}


def test_the_rows_are_those_of_a_run_in_this_process(
    articles: Path, options: dict[str, Any], on_ray: dict[str, Any], expected: dict[str, list[dict[str, Any]]], tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
):  # fmt: skip
    on_term = signal.getsignal(signal.SIGTERM)
    run = check(articles, tmp_path / "outputs", **options, **on_ray)
    assert isinstance(run.workers, RayWorkers)
    assert rows(tmp_path / "outputs") == expected
    assert signal.getsignal(signal.SIGTERM) is on_term
    assert tuple(capfd.readouterr()) == ("", "")  # Ray says nothing


def test_a_worker_that_is_killed_costs_no_row(
    articles: Path, options: dict[str, Any], on_ray: dict[str, Any], expected: dict[str, list[dict[str, Any]]], tmp_path: Path,
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setattr(ray_workers, "LARGEST_PART", 3)
    run = CheckRun([articles], tmp_path / "outputs", **options, **on_ray)
    workers = run.workers
    assert isinstance(workers, RayWorkers)
    n_lost, killed = workers.n_lost, []

    def kill_one(step: str, done: int, total: int) -> None:
        if step == "scoring pairs" and not killed:
            assert done < total / 2  # in the middle of it
            killed.append(workers.started[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    with progress.listening(kill_one):
        for step in STEPS:
            getattr(run, step)()
    assert killed
    assert workers.n_lost == n_lost + 1
    assert killed[0] not in {worker.pid for worker in workers.started}
    assert rows(tmp_path / "outputs") == expected
    assert tuple(capfd.readouterr()) == ("", "")
