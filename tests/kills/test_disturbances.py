"""What may happen around a run besides kills: files that vanish or change while they are read, a clock that goes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.housekeeping.status import read_status
from flows.steps import documents
from flows.tables import Outputs, load
from tests.core_examples import write_articles
from tests.kills.invented import check, invented_articles, use_invented_engine

ARTICLES = invented_articles(3)


@pytest.fixture(autouse=True)
def invented_engine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)  # put back afterwards
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        yield


def test_a_file_that_vanishes_while_it_is_read_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    paths = write_articles(tmp_path / "in", ARTICLES)
    text = paths[1].read_text()
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path == paths[1]:
            path.unlink()
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(documents.Path, "read_bytes", read_bytes)
        run = check([tmp_path / "in"], tmp_path / "out")
    assert (run.counts["articles"], [r.reason for r in run.rejects]) == (2, ["vanished"])
    assert [r.reason for r in read_status(tmp_path / "out").rejects] == ["vanished"]
    paths[1].write_text(text)
    assert check([tmp_path / "in"], tmp_path / "out").counts["articles"] == 1
    assert read_status(tmp_path / "out").rejects == []


def test_a_file_read_in_the_middle_of_being_written_is_replaced_by_the_whole_one(tmp_path: Path):
    [path, *_] = write_articles(tmp_path / "in", ARTICLES)
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    check([tmp_path / "in"], tmp_path / "out")
    path.write_text(whole)
    check([tmp_path / "in"], tmp_path / "out")
    texts = load(tmp_path / "out", "articles").text.tolist()
    assert sorted(texts) == sorted(ARTICLES.values())
    assert len(load(tmp_path / "out", "articles", superseded=True)) == len(ARTICLES) + 1
    assert read_status(tmp_path / "out").n_superseded == 1


def test_a_clock_that_goes_back_does_not_change_the_order_of_runs(tmp_path: Path):
    [path, *_] = write_articles(tmp_path / "in", dict(list(ARTICLES.items())[:1]))
    first = path.read_text()
    for n, clock in enumerate(["20300101T120000-e", "20281127T120000-c", "20281127T120000-f", "20300104T120000-a"]):
        path.write_text(f"{first} Version {n} adds that the port of Velm was closed.")
        check([tmp_path / "in"], tmp_path / "out", run_id=clock)
    runs = Outputs(tmp_path / "out").run_ids()
    assert runs == ["20300101T120000-e", "20300101T120001-c", "20300101T120002-f", "20300104T120000-a"]
    assert "Version 3" in load(tmp_path / "out", "articles").text.item()
    versions = load(tmp_path / "out", "versions")
    assert (versions.number.tolist(), versions.run_id.tolist()) == ([1, 2, 3, 4], runs)
