"""The order law: any order and split of drops gives the pairs, findings and threads of one run, with hundreds of findings to tell them apart by."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from flows.tables import Outputs, load
from tests.core_examples import write_articles
from tests.kills.invented import awkward_articles, check, invented_articles, use_invented_engine
from tests.test_pipeline import found, paired, partition, same_results

ARTICLES = {**invented_articles(20), **awkward_articles()}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One run over all articles; while it lives, this process checks with the invented engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)  # put back afterwards
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        folder = tmp_path_factory.mktemp("at-once")
        write_articles(folder / "in", ARTICLES)
        check([folder / "in"], folder / "outputs")
        yield folder / "outputs"


def test_there_is_enough_to_tell_orders_apart_by(at_once: Path):
    assert len(found(at_once)) >= 200
    assert len(paired(at_once)) >= 1_000
    threads = partition(at_once, "thread_id")
    assert len(threads) >= 4
    assert sum(len(members) > 1 for members in threads) >= 2
    sightings = load(at_once, "sightings", superseded=True)
    assert len(sightings) > sightings.article_id.nunique(), "copies in other outlets are among them"
    assert sightings.groupby("article_id").published_at.nunique().max() == 2
    assert sightings.published_at.isna().sum() == 2
    compared = load(at_once, "comparisons", superseded=True)[["earlier_article_id", "later_article_id"]]
    seen_at = sightings.groupby("article_id").published_at
    apart = (compared.earlier_article_id.map(seen_at.min()) - compared.later_article_id.map(seen_at.min())).abs() > pd.Timedelta(days=60)
    assert apart.sum() >= 3, "versions, and texts of two dates, are compared across the years"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_and_split_gives_the_same(seed: int, at_once: Path, tmp_path: Path):
    rng = random.Random(seed)
    articles = list(ARTICLES.items())
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


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("known", "then"),
    [
        (["x a 2023-01-01", "y b 2025-01-01"], "x b 2025-01-02"),  # another source, which showed y before
        (["x a 2025-01-01", "y c 2023-01-01"], "x d 2023-01-02"),  # an earlier date, near that of y
        (["x a 2023-01-01", "y c 2025-01-01"], "x d 2025-01-02"),  # a later one
        (["x a 2025-01-01", "y c 2023-01-01"], "x a 2023-01-02"),  # the same place, dated anew
    ],
)
def test_a_known_text_seen_again_is_compared_with_what_it_now_meets(known: list[str], then: str, tmp_path: Path):
    texts = dict(zip("xy", list(invented_articles(6).values())[::3], strict=False))

    def drop(name: str, *seen: str) -> Path:
        records = [{"id": one, "url": f"https://{one.split()[1]}.example/1", "date": one.split()[2], "text": texts[one[0]]} for one in seen]
        path = tmp_path / name / "feed.jsonl"
        write_articles(path.parent, {path.name: "\n".join(map(json.dumps, records))})
        return path

    check([drop("first", *known)], tmp_path / "drops")
    assert paired(tmp_path / "drops") == set()
    check([drop("second", then)], tmp_path / "drops")
    check([drop("all", *known, then)], tmp_path / "whole")
    assert len(found(tmp_path / "drops")) >= 3
    same_results(tmp_path / "drops", tmp_path / "whole")
    for outputs in (tmp_path / "drops", tmp_path / "whole"):
        assert load(outputs, "articles", superseded=True).published_at.min().year == 2023
    n_rows = len(load(tmp_path / "drops", "pairs", superseded=True))
    check([drop("again", then)], tmp_path / "drops")
    assert len(load(tmp_path / "drops", "pairs", superseded=True)) == n_rows, "nothing is compared twice"


@pytest.mark.usefixtures("at_once")
def test_how_surely_two_texts_share_an_event_is_the_same_when_they_become_versions_of_one_source(tmp_path: Path):
    texts = [
        "Seven dockers died when a crane fell on a ship in the port of Velm, police said.",
        "Nine dockers died when a crane fell on a ship in the harbour, the mayor said. The town hall of Ostrel reopened on Monday.",
    ]

    def drop(name: str, *seen: tuple[str, str]) -> Path:
        records = [{"id": f"{address} {text[:5]}", "url": f"https://{address}.example/1", "date": "2025-03-10", "text": text} for address, text in seen]
        path = tmp_path / name / "feed.jsonl"
        write_articles(path.parent, {path.name: "\n".join(map(json.dumps, records))})
        return path

    first, second = list(zip("ab", texts, strict=True)), [("a", texts[1])]
    check([drop("first", *first)], tmp_path / "drops")
    check([drop("second", *second)], tmp_path / "drops")
    check([drop("all", *first, *second)], tmp_path / "whole")
    same_results(tmp_path / "drops", tmp_path / "whole")
    compared = [load(tmp_path / folder, "comparisons", superseded=True).affinity.item() for folder in ("drops", "whole")]
    assert compared[0] == compared[1]
    assert 0.1 < compared[0] < 1.0, "else the source could make no difference"
