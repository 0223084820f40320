"""What holds storylines and threads together."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_archive import run_tables

from flows.edges import storyline_edges, thread_edges
from flows.tables import Outputs, OutputsError, load

COMPARED = [("a", "b", 0.9), ("b", "c", 0.5), ("c", "d", 0.3), ("a", "e", 0.2)]


def publish(folder: Path, thresholds: dict[str, float]) -> Outputs:
    """Articles a to e, each with one claim; a finding between a and e."""
    ids = [{"earlier_article_id": one, "later_article_id": other} for one, other, _ in COMPARED]
    ends = [{"earlier_claim_id": f"c-{one}", "later_claim_id": f"c-{other}"} for one, other, _ in COMPARED]
    pairs = [{**of, **claims, "same_fact": 1 - affinity} for of, claims, (_, _, affinity) in zip(ids, ends, COMPARED, strict=True)]
    tables = run_tables(
        "run-1", run={"thresholds": thresholds}, articles=[{"article_id": a} for a in "abcde"],
        claims=[{"claim_id": f"c-{a}", "article_id": a, "text": f"Claim {a}."} for a in "abcde"],
        comparisons=[{**of, "affinity": affinity} for of, (_, _, affinity) in zip(ids, COMPARED, strict=True)],
        pairs=pairs, findings=[{**ids[3], **ends[3], "finding_id": "f", "earlier_text": "Claim a.", "later_text": "Claim e."}],
    )  # fmt: skip
    Outputs(folder).publish("run-1", tables)
    return Outputs(folder)


def test_a_storyline_is_held_by_likely_pairs_of_articles_and_by_findings(tmp_path: Path):
    outputs = publish(tmp_path, {"same_fact": 0.8, "storyline": 0.4})
    assert set(zip(*(column.to_pylist() for column in storyline_edges(outputs).columns), strict=True)) == {("a", "b"), ("b", "c"), ("a", "e")}
    assert load(tmp_path, "claims").set_index("article_id")["storyline_id"].to_dict() == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "a"}


def test_in_an_older_folder_it_is_held_by_all_that_were_compared(tmp_path: Path):
    assert storyline_edges(publish(tmp_path, {"same_fact": 0.8})).num_rows == 5


def test_a_thread_is_held_by_sure_pairs_of_claims_and_by_findings(tmp_path: Path):
    edges = thread_edges(publish(tmp_path, {"same_fact": 0.7, "storyline": 0.4}))
    assert sorted(set(zip(*(column.to_pylist() for column in edges.columns), strict=True))) == [("c-a", "c-e"), ("c-c", "c-d")]
    publish(tmp_path / "other", {})
    with pytest.raises(OutputsError, match='no threshold "same_fact"'):
        thread_edges(Outputs(tmp_path / "other"))


def test_an_empty_folder_has_none(tmp_path: Path):
    Outputs(tmp_path).create()
    assert storyline_edges(Outputs(tmp_path)).num_rows == thread_edges(Outputs(tmp_path)).num_rows == 0
