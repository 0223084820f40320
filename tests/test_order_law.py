"""The order law: any order and split of drops gives the pairs, findings and threads of one run, with hundreds of findings to tell them apart by."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.tables import Outputs, load
from tests.core_examples import write_articles
from tests.kills.invented import check, invented_articles, use_invented_engine
from tests.test_pipeline import found, paired, partition

N_ARTICLES = 17


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One run over all articles; while it lives, this process checks with the invented engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)  # put back afterwards
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        folder = tmp_path_factory.mktemp("at-once")
        write_articles(folder / "in", invented_articles(N_ARTICLES))
        check([folder / "in"], folder / "outputs")
        yield folder / "outputs"


def test_there_is_enough_to_tell_orders_apart_by(at_once: Path):
    assert len(found(at_once)) >= 200
    assert len(paired(at_once)) >= 1_500
    threads = partition(at_once, "thread_id")
    assert len(threads) >= 4
    assert sum(len(members) > 1 for members in threads) >= 3
    assert len(load(at_once, "sightings")) > len(load(at_once, "articles")), "copies in other outlets are among them"


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_split_gives_the_same(seed: int, at_once: Path, tmp_path: Path):
    rng = random.Random(seed)
    articles = list(invented_articles(N_ARTICLES).items())
    rng.shuffle(articles)
    drops = []
    while articles:
        size = rng.choice([1, 1, 2, 3, 6])
        drops.append(dict(articles[:size]))
        del articles[:size]
    assert len(drops) >= 5
    for n, drop in enumerate(drops):
        write_articles(tmp_path / f"drop-{n}", drop)
        check([tmp_path / f"drop-{n}"], tmp_path / "outputs")
    assert found(tmp_path / "outputs") == found(at_once)
    assert paired(tmp_path / "outputs") == paired(at_once)
    for column in ("thread_id", "storyline_id"):
        assert partition(tmp_path / "outputs", column) == partition(at_once, column)
    views = [load(outputs, "findings").drop(columns=["run_id"]).to_dict("records") for outputs in (tmp_path / "outputs", at_once)]
    assert [{k: str(v) for k, v in row.items()} for row in views[0]] == [{k: str(v) for k, v in row.items()} for row in views[1]]
    assert len(Outputs(tmp_path / "outputs").run_ids()) == len(drops)
