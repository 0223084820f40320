from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from test_archive import Killed, kill_at

from flows import storage
from flows.cli import cli
from flows.housekeeping import rewriting
from flows.housekeeping.compacting import compact
from flows.housekeeping.forgetting import find_articles, forget
from flows.records import TABLES, Finding
from flows.reviews import Review
from flows.tables import Outputs, OutputsError, load, to_table
from tests.core_examples import write_articles
from tests.kills.invented import check, invented_articles, use_invented_engine

SECRET = "Magda Osterloh"  # told by one article only


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs over invented articles; in the second one of them, seen at two places, names a person whom no other names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)  # put back afterwards
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        folder = tmp_path_factory.mktemp("forgetting")
        articles = list(invented_articles(9).items())
        name, text = articles[4]
        articles[4] = (name, f"{text} {SECRET} of Velm said that seven dockers died when a crane fell on a ship.")
        articles.append(("copies/secret.txt", articles[4][1]))
        for n in range(3):
            drop = dict(articles[3 * n : 3 * n + 3]) | (dict(articles[-1:]) if n == 1 else {})
            write_articles(folder / f"drop-{n}", drop)
            (folder / f"drop-{n}" / "broken.txt").write_bytes(b"\x00\x01")
            check([folder / f"drop-{n}"], folder / "outputs")
    return folder


@pytest.fixture
def outputs(archive: Path, tmp_path: Path) -> Path:
    """A copy of the archive's outputs folder, with a report and reviews."""
    import shutil

    copy = tmp_path / "outputs"
    shutil.copytree(archive / "outputs", copy)
    (copy / "report.html").write_text(SECRET)
    (copy / "reviews").mkdir()
    at = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
    reviews = [Review(row.finding_id, row.thread_id, "noted", None, row.earlier_text + row.later_text, at) for row in load(copy, "findings").itertuples()]
    pq.write_table(to_table(reviews, Review), copy / "reviews" / "mine.parquet")
    return copy


def secret_id(outputs: Path) -> str:
    [found] = [a.article_id for a in load(outputs, "articles").itertuples() if SECRET in a.text]
    return found


def everything_written(outputs: Path) -> str:
    """All that the folder's files say, tables as text."""
    said = []
    for path in sorted(outputs.rglob("*")):
        if path.suffix == ".parquet" or path.name.endswith(".orphan"):
            said.append(str(pq.ParquetFile(path).read().to_pylist()))
        elif path.is_file():
            said.append(path.read_bytes().decode("latin-1"))
    return "\n".join(said)


def test_nothing_of_it_is_left(outputs: Path):
    gone_id = secret_id(outputs)
    before = {name: Outputs(outputs).read(name) for name in TABLES}
    sources = set(load(outputs, "sightings").set_index("article_id").source[gone_id])
    assert len(sources) == 2
    said = everything_written(outputs)
    assert SECRET in said
    assert all(source in said for source in sources)
    (outputs / "plots").mkdir()
    for name, content in (("drift-map.svg", SECRET), (f"certainty-c{'0' * 20}.svg", SECRET), ("mine.svg", "")):
        (outputs / "plots" / name).write_text(content, encoding="utf-8")
    gone = forget(outputs, [gone_id])
    assert (gone.article_ids, gone.lost_sources) == ({gone_id}, sources)
    assert gone.n_findings > 0
    said = everything_written(outputs)
    assert SECRET not in said
    assert all(source not in said for source in sources)
    assert said.count(gone_id) == 1, "the id itself, in the list of what is forgotten"
    assert not (outputs / "report.html").exists()
    assert [path.name for path in (outputs / "plots").iterdir()] == ["mine.svg"], "the program's own pictures, and no others"
    for name in TABLES:
        after = Outputs(outputs).read(name)
        lost = before[name].num_rows - after.num_rows
        assert (lost > 0) == (name not in ("rejects", "runs")), name
        assert len(pd.read_parquet(outputs / name)) == after.num_rows
    assert before["findings"].num_rows - gone.n_findings == Outputs(outputs).read("findings").num_rows
    load(outputs, "findings")
    assert set(pd.read_parquet(outputs / "reviews").finding_id) == set(Outputs(outputs).read("findings").column("finding_id").to_pylist())


def test_other_findings_no_longer_name_it_among_their_sources(outputs: Path):
    [row, *_] = Outputs(outputs).read("findings").to_pylist()
    other = next(s for s in load(outputs, "sightings").itertuples() if s.article_id not in (row["earlier_article_id"], row["later_article_id"]))
    archive = Outputs(outputs)
    [path] = [p for p in archive.files("findings") if p.stem == row["run_id"]]
    rows = [{**r, "earlier_sources": [*r["earlier_sources"], other.source]} for r in pq.ParquetFile(path).read().to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path)
    forget(outputs, [other.article_id])
    assert all(other.source not in found for found in Outputs(outputs).read("findings").column("earlier_sources").to_pylist())


def test_the_cache_keeps_what_belongs_to_the_rest(archive: Path, outputs: Path):
    def keys(folder: Path) -> dict[str, set[bytes]]:
        [path] = (folder / ".cache").glob("*.sqlite")
        db = sqlite3.connect(path)
        try:
            return {table: {key for (key,) in db.execute(f"SELECT key FROM {table}")} for table in ("vectors", "scores", "cards")}
        finally:
            db.close()

    before = keys(outputs)
    forget(outputs, [secret_id(outputs)])
    after = keys(outputs)
    for table in ("vectors", "scores", "cards"):
        assert set() < after[table] < before[table]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        run = check([archive / f"drop-{n}" for n in range(3)], outputs)
    assert run.counts["articles forgotten before"] == 1
    assert (run.counts["articles"], run.counts["scores computed"], run.sightings) == (0, 0, [])
    assert SECRET not in everything_written(outputs)


def test_a_damaged_cache_file_goes_and_holds_nothing_up(outputs: Path, caplog: pytest.LogCaptureFixture):
    damaged = outputs / ".cache" / "damaged.sqlite"
    damaged.write_bytes(b"no database " * 400)
    n_files = len(list(damaged.parent.glob("*.sqlite")))
    forget(outputs, [secret_id(outputs)])
    assert SECRET not in everything_written(outputs)
    assert len(list(damaged.parent.glob("*.sqlite"))) == n_files - 1
    assert "damaged.sqlite: cannot be read" in caplog.text


def test_articles_are_named_in_every_way_that_the_tables_name_them(outputs: Path):
    sighting = next(load(outputs, "sightings").itertuples())
    for name in (sighting.article_id, sighting.source, sighting.source_key):
        assert find_articles(outputs, [name]).article_ids == {sighting.article_id}
    with pytest.raises(OutputsError, match=r'has no article "nowhere\.txt"'):
        find_articles(outputs, [sighting.source, "nowhere.txt"])


def test_everything_before_a_day(outputs: Path):
    articles = load(outputs, "articles")
    day = dt.date(2025, 3, 14)
    old = set(articles[articles.published_at < pd.Timestamp(day, tz="UTC")].article_id)
    assert 0 < len(old) < len(articles)
    assert forget(outputs, before=day).article_ids == old
    assert forget(outputs, before=day).article_ids == frozenset()
    assert set(load(outputs, "articles").article_id) == set(articles.article_id) - old
    assert forget(outputs, before=dt.date(2100, 1, 1)).article_ids == set(articles.article_id) - old
    for name in TABLES:
        assert list(pd.read_parquet(outputs / name)), "a table without rows can be read all the same"
    assert len(load(outputs, "findings")) == 0


def test_it_works_on_compacted_files(outputs: Path):
    compact(outputs)
    runs = Outputs(outputs).run_ids()
    forget(outputs, [secret_id(outputs)])
    assert Outputs(outputs).run_ids() == runs
    assert SECRET not in everything_written(outputs)
    assert compact(outputs) == []


def test_killed_at_any_step_it_is_there_or_gone(monkeypatch: pytest.MonkeyPatch, outputs: Path, tmp_path: Path):
    import shutil

    gone_id, states = secret_id(outputs), set()
    for step in range(0, 200, 4):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(outputs, copy)
        with monkeypatch.context() as patch:
            steps = kill_at(patch, step)

            def exchange(one: Path, other: Path, steps=steps, step=step) -> None:
                if len(steps) >= step:
                    raise Killed
                storage.exchange(one, other)

            patch.setattr(rewriting, "exchange", exchange)
            try:
                forget(copy, [gone_id])
                interrupted = False
            except Killed:
                interrupted = True
        load(copy, "findings")  # whole, whatever there is of it
        with Outputs(copy).lock():
            left = SECRET in everything_written(copy)
        states.add(left)
        assert left or interrupted or not Outputs(copy).is_rewriting()
        assert left == (secret_id(copy) == gone_id if left else False)
        assert left or gone_id in Outputs(copy).forgotten()
        if not interrupted:
            break
    assert states == {True, False}


# --- the command -------------------------------------------------------------------------------------------------------------------------------------------


def run(*args: str, **options) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["forget", *args], **options)
    return result.exit_code, result.output


def test_it_asks_first(outputs: Path):
    gone_id = secret_id(outputs)
    code, output = run(gone_id, "--outputs", str(outputs))
    assert code == 2
    assert "1 article, 7 claims" in output
    assert "copies/secret.txt" in output
    assert output.endswith("claimdrift: nobody can be asked here. Give --yes to forget without asking.\n")
    assert secret_id(outputs) == gone_id
    code, output = run(gone_id, "--yes", "--outputs", str(outputs))
    assert code == 0
    assert output.startswith("Forgotten: 1 article, 7 claims, ")
    assert run("--before", "2001-01-01", "-o", str(outputs)) == (0, f"No article in {outputs} was published before 2001-01-01.\n")


@pytest.mark.parametrize(
    ("args", "told"), [((), "name the articles"), (("x.txt",), 'has no article "x.txt"'), (("--before", "soon"), "does not match the format")]
)
def test_what_it_cannot_do_is_told_in_a_line(args: tuple[str, ...], told: str, outputs: Path):
    code, output = run(*args, "-o", str(outputs))
    assert code == 2
    assert told in output
    assert output.count("\n") == 1


def test_the_finding_record_has_no_column_that_forgetting_does_not_know():
    # A new column that names sources or quotes another article has to be cleaned in rows_without.
    lists = {name for name in Finding.__dataclass_fields__ if name.endswith("sources")}
    assert lists == {"earlier_sources", "later_sources"}
