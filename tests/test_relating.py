"""Finding what a drop is compared with: as much of the archive is read as may share an event with it, with the cache's cards or without."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from example_archive import example
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import relating
from flows.pipeline import CheckRun
from flows.records import TABLES, Sighting
from flows.relating import within_window
from flows.steps.views import ArticleView
from flows.tables import Outputs, to_table
from tests.core_examples import DAY, a_view, an_article, write_articles
from tests.kills.invented import check, invented_articles
from tests.test_pipeline import found, paired

DATES = st.none() | st.integers(-40, 40).map(lambda n: DAY + dt.timedelta(days=n / 2, seconds=n % 3))


class Archive(Outputs):
    """An outputs folder with these sightings."""

    sightings: list[Sighting]

    def read(self, table: str, columns: Any = None, filters: Any = None, run_ids: Any = None) -> Any:
        return to_table(self.sightings, TABLES[table]).select(columns)


@settings(max_examples=60)
@given(new=st.lists(DATES, min_size=1, max_size=3), known=st.lists(DATES, max_size=6), window=st.sampled_from([1, 5, 60]))
def test_the_window_is_that_of_each_new_article(new: list, known: list, window: int):
    archive = Archive(Path("nowhere"))
    object.__setattr__(archive, "sightings", [example(Sighting, article_id=f"a{i}", published_at=date) for i, date in enumerate(known)])
    near = within_window(archive, [a_view(an_article("New.", published_at=date)) for date in new], window)
    expected = [
        seen.article_id
        for seen in archive.sightings
        if any(seen.published_at is None or date is None or abs(seen.published_at - date) <= dt.timedelta(days=window) for date in new)
    ]
    assert near == expected


@pytest.fixture
def read_whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the articles that runs read whole from the folder."""
    ids: list[str] = []
    views_of = CheckRun._views_of

    def noted(self: CheckRun, article_ids: list[str]) -> list[ArticleView]:
        ids.extend(article_ids)
        return views_of(self, article_ids)

    monkeypatch.setattr(CheckRun, "_views_of", noted)
    return ids


@pytest.mark.usefixtures("invented_engine")
def test_without_its_cards_a_drop_finds_the_same(tmp_path: Path, read_whole: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relating, "BLOCK", 3)
    articles = list(invented_articles(14).items())
    for outputs in ("kept", "deleted"):
        for n, start in enumerate((0, 5, 10)):
            write_articles(tmp_path / f"drop-{n}", dict(articles[start : start + 5]))
            check([tmp_path / f"drop-{n}"], tmp_path / outputs)
            if outputs == "deleted":
                shutil.rmtree(tmp_path / outputs / ".cache")
    assert found(tmp_path / "kept") == found(tmp_path / "deleted")
    assert len(found(tmp_path / "kept")) > 20
    assert paired(tmp_path / "kept") == paired(tmp_path / "deleted")


@pytest.mark.usefixtures("invented_engine")
def test_what_cannot_share_an_event_is_not_read(tmp_path: Path, read_whole: list[str]):
    check([*write_articles(tmp_path / "in", invented_articles(12))], tmp_path / "outputs")
    assert read_whole == []
    one_event = "The ferry to Quayle ran aground on a sandbank on 12 March. All 80 passengers of the ferry were brought ashore at Quayle."
    check([*write_articles(tmp_path / "ferry", {"x/2025-03-12-f.txt": one_event})], tmp_path / "outputs")
    assert read_whole == []
    years_later = "x/2031-03-12-g.txt"
    check([*write_articles(tmp_path / "late", {years_later: one_event + " It was refloated."})], tmp_path / "outputs")
    assert read_whole == []
    run = check([*write_articles(tmp_path / "again", {"y/2025-03-13-h.txt": one_event.replace("80", "90")})], tmp_path / "outputs")
    assert len(read_whole) == len(run.comparisons) == 1
