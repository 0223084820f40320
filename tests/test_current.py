from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from example_archive import START, example, run_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.records import TABLES, Change, Finding, TimeMention, arrow_schema
from flows.tables import Outputs, OutputsError, current_table, load
from flows.versions import find_versions

TEXTS = ("The bridge is shut.", "The bridge is open.", "Two people were hurt.")


def claims_of(article: str) -> list[dict]:
    return [{"claim_id": f"c-{article}-{i}", "article_id": article, "text": text, "char_start": 20 * i} for i, text in enumerate(TEXTS)]


def run_of(run_id: str, articles: list[str], compared: list[tuple[str, str]]) -> dict[str, pa.Table]:
    """A run that found `articles`, each carrying the three TEXTS, and compared some; claims 0 and 1 of a compared pair differ, claims 2 tell one fact."""
    pairs, findings = [], []
    for earlier, later in compared:
        ids = {"earlier_article_id": earlier, "later_article_id": later}
        changed = {**ids, "earlier_claim_id": f"c-{earlier}-0", "later_claim_id": f"c-{later}-1"}
        pairs += [{**changed, "same_fact": 0.9}, {**ids, "earlier_claim_id": f"c-{earlier}-2", "later_claim_id": f"c-{later}-2", "same_fact": 0.8}]
        pairs += [{**ids, "earlier_claim_id": f"c-{earlier}-1", "later_claim_id": f"c-{later}-2", "same_fact": 0.4}]
        sides = {"earlier_text": TEXTS[0], "later_text": TEXTS[1], "earlier_source": f"{earlier}.txt", "later_source": f"{later}.txt"}
        findings.append({**changed, **sides, "finding_id": f"f-{earlier}-{later}", "thread_id": "stale", "storyline_id": "stale"})
    return run_tables(
        run_id,
        articles=[{"article_id": a} for a in articles],
        sightings=[{"article_id": a, "source": f"{a}.txt"} for a in articles],
        claims=[claim for a in articles for claim in claims_of(a)],
        comparisons=[{"earlier_article_id": one, "later_article_id": other} for one, other in compared],
        pairs=pairs,
        findings=findings,
    )


def archive_of(root: Path, drops: list[list[str]], compared: list[tuple[str, str]]) -> Outputs:
    """Publish the articles drop by drop; two articles are compared in the run that brings the second of them."""
    outputs = Outputs(root)
    seen: set[str] = set()
    with outputs.lock():
        for i, drop in enumerate(drops):
            new = [pair for pair in compared if set(pair) <= seen | set(drop) and not set(pair) <= seen]
            seen |= set(drop)
            outputs.publish(f"run-{i}", run_of(f"run-{i}", drop, new))
    return outputs


def test_storylines_and_threads_are_those_of_the_whole_folder(tmp_path):
    archive_of(tmp_path, [["a", "b", "d"], ["c"]], [("a", "b"), ("b", "c")])
    findings = load(tmp_path, "findings").set_index("finding_id")
    assert findings.loc["f-a-b", "storyline_id"] == findings.loc["f-b-c", "storyline_id"] == "a"
    # a:0 ~ b:1 and b:0 ~ c:1 are two threads: nothing ties b:0 to b:1.
    assert findings.loc["f-a-b", "thread_id"] == "c-a-0"
    assert findings.loc["f-b-c", "thread_id"] == "c-b-0"
    claims = load(tmp_path, "claims").set_index("claim_id")
    assert claims.loc["c-c-2", ["storyline_id", "thread_id"]].tolist() == ["a", "c-a-2"]
    assert claims.loc["c-d-1", ["storyline_id", "thread_id"]].tolist() == ["d", "c-d-1"]
    assert list(load(tmp_path, "claims"))[-2:] == ["storyline_id", "thread_id"]


def test_every_source_of_the_storyline_that_carries_the_words_is_listed(tmp_path):
    outputs = archive_of(tmp_path, [["a", "b"], ["c"], ["d"]], [("a", "b"), ("b", "c")])
    [first, _] = load(tmp_path, "findings").itertuples()
    assert first.earlier_sources == first.later_sources == ["a.txt", "b.txt", "c.txt"]  # d says it too, of another event
    # The same text in another outlet is a sighting only; and line breaks are no words.
    again = {"article_id": "e", "text": "The bridge\nis shut.", "claim_id": "c-e", "char_start": 0, "char_end": 19}
    outputs.publish(
        "run-9",
        run_tables(
            "run-9",
            sightings=[{"article_id": "a", "source": "wire/a.txt"}, {"article_id": "e", "source": "e.txt"}],
            articles=[{"article_id": "e"}],
            claims=[again],
            comparisons=[{"earlier_article_id": "c", "later_article_id": "e"}],
        ),
    )
    [first, _] = load(tmp_path, "findings").itertuples()
    assert first.earlier_sources == ["a.txt", "b.txt", "c.txt", "e.txt", "wire/a.txt"]
    assert first.later_sources == ["a.txt", "b.txt", "c.txt", "wire/a.txt"]


ARTICLES = ["a", "b", "c", "d", "e", "f"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    compared=st.lists(st.tuples(st.sampled_from(ARTICLES), st.sampled_from(ARTICLES)).filter(lambda p: p[0] < p[1]), unique=True, max_size=6),
    order=st.permutations(ARTICLES),
    cuts=st.sets(st.integers(1, 5), max_size=3),
)
def test_order_and_split_of_drops_do_not_matter(compared, order, cuts):
    bounds = [0, *sorted(cuts), len(order)]
    drops = [list(order[i:j]) for i, j in pairwise(bounds)]
    with tempfile.TemporaryDirectory() as folder:
        archive_of(Path(folder) / "one", [ARTICLES], compared)
        archive_of(Path(folder) / "many", drops, compared)
        for table in ("findings", "claims", "pairs", "comparisons", "articles", "sightings"):
            one, many = (current_table(Path(folder) / name, table).drop_columns(["run_id"]) for name in ("one", "many"))
            assert one.equals(many)


def test_a_rebuild_while_it_is_read_shows_all_rows_of_before_or_after(tmp_path, monkeypatch):
    outputs = archive_of(tmp_path / "outputs", [["a", "b"]], [("a", "b")])
    assert len(load(outputs.root, "findings")) == 1
    rebuilt = []

    def rebuild_meanwhile(sightings):
        if not rebuilt:
            rebuilt.append(True)
            with outputs.lock():
                outputs.publish("run-9", run_of("run-9", ["a", "b"], [("a", "b")]), replace=True)
        return find_versions(sightings)

    monkeypatch.setattr("flows.current.find_versions", rebuild_meanwhile)
    assert load(outputs.root, "findings").run_id.tolist() == ["run-9"]


def test_values_are_plain_python_in_pandas(tmp_path):
    change = Change("entity", "drift", "broadened", "the port", "the port or the airport")
    evidence = {**example(Finding).evidence, "similarity": 0.5, "contributions": [{"feature": "same_fact", "value": 0.9, "contribution": 1.5}]}
    articles = [{"article_id": "a1", "chrome": {"nav": 2}, "published_at": START}, {"article_id": "a2"}]
    claims = [{"claim_id": "c1", "article_id": "a1", "times": [TimeMention("Monday", 0, 6, START, None, "day")]}, {"claim_id": "c2", "article_id": "a2"}]
    claims[0]["attribution"] = "police"
    finding = {"finding_id": "f1", "changes": [change], "types": ["entity"], "evidence": evidence, "earlier_published_at": START}
    finding |= {"earlier_article_id": "a1", "later_article_id": "a2", "earlier_claim_id": "c1", "later_claim_id": "c2", "later_attribution": None}
    Outputs(tmp_path).publish("run-1", run_tables("run-1", articles=articles, claims=claims, findings=[finding]))

    found = load(tmp_path, "findings")
    row = found.iloc[0]
    assert row.types == ["entity"]
    assert row.changes == [{"type": "entity", "kind": "drift", "direction": "broadened", "from_text": "the port", "to_text": "the port or the airport"}]
    assert row.evidence["contributions"] == [{"feature": "same_fact", "value": 0.9, "contribution": 1.5}]
    assert row.later_attribution is None
    assert row.earlier_published_at == pd.Timestamp("2024-05-01", tz="UTC")
    assert pd.isna(row.later_published_at)
    assert str(found.later_published_at.dt.tz) == "UTC"
    assert found.order_known.dtype == bool
    assert found.earlier_char_start.dtype == "int64"
    articles = load(tmp_path, "articles")
    assert articles.chrome.tolist() == [{"nav": 2}, {}]
    assert load(tmp_path, "claims").attribution.tolist() == ["police", None]
    assert load(tmp_path, "claims").times[0][0]["start"] == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert load(tmp_path, "runs").thresholds[0] == {"same_fact": 0.5}


def test_findings_are_sorted_by_score(tmp_path):
    sides = {"earlier_article_id": "a", "later_article_id": "a", "earlier_claim_id": "c1", "later_claim_id": "c2"}
    findings = [{**sides, "finding_id": name, "score": score} for name, score in [("f1", 0.5), ("f3", 0.9), ("f2", 0.9)]]
    tables = run_tables("r", articles=[{"article_id": "a"}], claims=[{"claim_id": "c1"}, {"claim_id": "c2"}], findings=findings)
    tables["claims"] = tables["claims"].set_column(1, tables["claims"].schema.field(1), pa.array(["a", "a"]))
    Outputs(tmp_path).publish("r", tables)
    assert load(tmp_path, "findings").finding_id.tolist() == ["f2", "f3", "f1"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_loads_empty_and_full(tmp_path, name):
    Outputs(tmp_path).publish("run-0", run_tables("run-0"))
    assert set(arrow_schema(TABLES[name]).names) <= set(load(tmp_path, name))
    Outputs(tmp_path).publish("run-1", run_of("run-1", ["a", "b"], [("a", "b")]))
    assert len(load(str(tmp_path), name)) == Outputs(tmp_path).read(name).num_rows


def test_errors_say_what_to_do(tmp_path):
    with pytest.raises(OutputsError, match=r'no table "finding"\. Did you mean findings\? There are: articles, .*, runs\.$'):
        load(tmp_path, "finding")
    with pytest.raises(OutputsError, match=r"nowhere: holds no published run\. Make one with: claimdrift check ARTICLES --outputs .*nowhere$"):
        load(tmp_path / "nowhere", "findings")
    Outputs(tmp_path).publish("r", run_tables("r", run={"thresholds": {}}))
    with pytest.raises(OutputsError, match='run r names no threshold "same_fact"'):
        load(tmp_path, "claims")


def test_rows_that_refer_to_what_is_not_there(tmp_path):
    Outputs(tmp_path).publish("r", run_tables("r", claims=[{"claim_id": "c1", "article_id": "gone"}]))
    with pytest.raises(OutputsError, match="incomplete: rows refer to 'gone'"):
        load(tmp_path, "claims")


def test_importing_the_tables_does_not_import_pandas(repo_root):
    # claimdrift --help should not wait for it.
    code = "import sys, flows.tables; sys.exit('pandas' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=repo_root, check=False).returncode == 0
