"""Whole runs, without Prefect: what a run finds depends on the articles alone, and its tables hang together."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows import progress
from flows.engine import load_engine
from flows.pipeline import CheckRun, Settings
from flows.records import CHANGE_TYPES, DIRECTIONS, KINDS, TABLES, finding_id
from flows.tables import Outputs, OutputsError, load
from tests.core_examples import write_articles

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")

ARTICLES = {
    "velm-echo/2025-03-10-crane.txt": "A crane fell on a ship in the port of Velm on Monday, killing at least four dockers, police said.\n\n"
    "The port of Velm was closed after the accident. Strong wind brought the crane down, harbour master Ilse Brandt said. "
    "The crane was last inspected in January, according to its owner, Calder Lifting. Calder Lifting employs 900 people in Velm.",
    "northam-post/2025-03-11-velm.txt": "Seven dockers were killed when a crane fell on a ship in the port of Velm on Monday, police said on Tuesday.\n\n"
    "The port of Velm remained closed on Tuesday. The crane may have been brought down by strong wind, two officials said. "
    "The crane had not been inspected for more than two years, inspectors found. Calder Lifting, with its nine hundred workers in Velm, owns the crane.",
    "lantern/2025-03-15-inquiry.txt": "The port of Velm reopened on Friday, four days after a crane fell on a ship and killed eight dockers.\n\n"
    "The wind did not bring the crane down, inspectors said. The crane was last inspected in January, according to its owner, Calder Lifting. "
    "Calder Lifting has agreed to pay 2.5 million crowns to the families of the dead.",
    "lantern/2025-03-12-cheese.txt": "The cheese fair in Ostrel opened on Wednesday with forty stalls.\n\n"
    "The mayor of Ostrel tasted a goat cheese and praised the farmers of the valley. The fair will end on Sunday.",
}  # fmt: skip
NAMES = list(ARTICLES)


def check(inputs: Sequence[Path], outputs: Path, **options: Any) -> CheckRun:
    run = CheckRun(inputs, outputs, **options)
    for step in STEPS:
        getattr(run, step)()
    return run


def rows(outputs: Path, table: str) -> list[dict[str, Any]]:
    return Outputs(outputs).read(table).to_pylist()


def found(outputs: Path) -> set[tuple[str, str, tuple[str, ...]]]:
    """The findings, as what must not depend on order and split."""
    return {(f["finding_id"], f["kind"], tuple(f["types"])) for f in rows(outputs, "findings")}


def paired(outputs: Path) -> set[tuple[Any, ...]]:
    return {tuple(v for k, v in p.items() if k != "run_id") for p in rows(outputs, "pairs")}


def partition(outputs: Path, column: str) -> set[frozenset[str]]:
    """Claims that share a thread or a storyline, as the current view has them."""
    groups: dict[str, set[str]] = {}
    for claim in load(outputs, "claims").to_dict("records"):
        groups.setdefault(claim[column], set()).add(claim["claim_id"])
    return {frozenset(members) for members in groups.values()}


def same_results(a: Path, b: Path) -> None:
    assert found(a) == found(b)
    assert paired(a) == paired(b)
    for column in ("thread_id", "storyline_id"):
        assert partition(a, column) == partition(b, column)
    views = [load(folder, "findings").drop(columns=["run_id"]).to_dict("records") for folder in (a, b)]
    assert [{k: str(v) for k, v in row.items()} for row in views[0]] == [{k: str(v) for k, v in row.items()} for row in views[1]]


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drops")
    write_articles(folder, ARTICLES)
    return folder


@pytest.fixture(scope="module", params=["embedded", "tiny"])
def model(request: pytest.FixtureRequest, tiny_model: Path) -> str | None:
    """The embedded checkpoint, and one without fact heads, whose vectors are the embedded one's."""
    return None if request.param == "embedded" else str(tiny_model)


@pytest.fixture(scope="module")
def settings(model: str | None) -> Settings:
    """A threshold low enough for a good number of findings, also with the tiny model, whose scores mean nothing."""
    return Settings(min_score=0.3 if model is None else 0.2)


@pytest.fixture(scope="module")
def at_once(drops: Path, model: str | None, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> CheckRun:
    """One run over all articles."""
    return check([drops], tmp_path_factory.mktemp("at-once") / "outputs", model=model, settings=settings)


# --- what is found -------------------------------------------------------------------------------------------------------------------------------------------


def test_there_are_findings_to_test_with(at_once: CheckRun):
    assert len(at_once.findings) >= 2
    assert at_once.counts["articles"] == 4
    assert at_once.counts["pairs scored both ways"] >= len(at_once.findings)


def test_the_cheese_fair_is_compared_with_nothing(at_once: CheckRun):
    cheese = next(a.article_id for a in at_once.articles if "cheese" in a.text)
    assert at_once.comparisons
    assert all(cheese not in (c.earlier_article_id, c.later_article_id) for c in at_once.comparisons)


def test_each_finding_stands_alone_and_quotes_the_articles(at_once: CheckRun):
    root = at_once.outputs.root
    texts = {a["article_id"]: a["text"] for a in rows(root, "articles")}
    claims = {c["claim_id"]: c for c in rows(root, "claims")}
    for f in rows(root, "findings"):
        assert f["finding_id"] == finding_id(f["earlier_claim_id"], f["later_claim_id"])
        for side in ("earlier", "later"):
            claim = claims[f[f"{side}_claim_id"]]
            start, end = f[f"{side}_char_start"], f[f"{side}_char_end"]
            assert texts[f[f"{side}_article_id"]][start:end] == f[f"{side}_text"] == claim["text"]
            assert (claim["char_start"], claim["char_end"], claim["article_id"]) == (start, end, f[f"{side}_article_id"])
            assert f[f"{side}_source"] in f[f"{side}_sources"]
        assert f["earlier_published_at"] < f["later_published_at"]
        assert f["order_known"]
        assert f["types"] == [c["type"] for c in f["changes"]]
        assert f["kind"] == min((c["kind"] for c in f["changes"]), key=KINDS.index)
        for change in f["changes"]:
            assert change["direction"] in DIRECTIONS[change["type"]]
            assert change["from_text"] in f["earlier_text"]
            assert change["to_text"] in f["later_text"]


def test_evidence_is_complete(at_once: CheckRun):
    has_heads = at_once.engine.has_heads
    for f in rows(at_once.outputs.root, "findings"):
        evidence = f["evidence"]
        assert {o["type"] for o in evidence["observations"]} == set(CHANGE_TYPES)
        assert evidence["contributions"]
        for name in ("", "_back"):
            assert math.isclose(sum(evidence[label + name] for label in ("entailment", "neutral", "contradiction")), 1, abs_tol=1e-3)
        relation = [evidence[name] for name in ("exclusive", "compatible", "same")]
        assert math.isclose(sum(relation), 1, abs_tol=1e-3) if has_heads else relation == [None] * 3
        # The contributions and the intercept are the score's log-odds.
        assert all(math.isfinite(c["value"]) and math.isfinite(c["contribution"]) for c in evidence["contributions"])


def test_tables_refer_to_what_is_there(at_once: CheckRun):
    root = at_once.outputs.root
    claims = {c["claim_id"] for c in rows(root, "claims")}
    pairs = {(p["earlier_claim_id"], p["later_claim_id"]): p for p in rows(root, "pairs")}
    assert len(pairs) == len(rows(root, "pairs"))
    assert {c for pair in pairs for c in pair} <= claims
    kept = {key for key, p in pairs.items() if not p["dropped_at"]}
    assert kept == {(f["earlier_claim_id"], f["later_claim_id"]) for f in rows(root, "findings")}
    run = rows(root, "runs")[0]
    counts = dict(run["counts"])
    assert counts["pairs proposed"] == len(pairs) == sum(dict(run["pairs_per_rule"]).values())
    assert counts["findings"] == len(kept)
    assert sum(n for reason, n in dict(run["dropped"]).items() if reason.startswith("pair: ")) == len(pairs) - len(kept)


# --- order, split, again -------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", [[[2], [0, 3], [1]], [[3, 1, 0, 2]]], ids=["three drops", "another order"])
def test_order_and_split_of_drops_make_no_difference(split: list[list[int]], at_once: CheckRun, drops: Path, tmp_path: Path):
    # Each drop is a folder of its own, as in life, whose files keep their places below it.
    for k, part in enumerate(split):
        folder = tmp_path / f"drop-{k}"
        write_articles(folder, {NAMES[i]: ARTICLES[NAMES[i]] for i in part})
        check([folder] if k % 2 == 0 else sorted(folder.iterdir()), tmp_path / "outputs", model=at_once.model, settings=at_once.settings)
    assert found(tmp_path / "outputs") == found(at_once.outputs.root)
    assert paired(tmp_path / "outputs") == paired(at_once.outputs.root)
    assert partition(tmp_path / "outputs", "thread_id") == partition(at_once.outputs.root, "thread_id")
    assert partition(tmp_path / "outputs", "storyline_id") == partition(at_once.outputs.root, "storyline_id")


def test_a_second_run_adds_its_own_row_only_and_computes_nothing(drops: Path, tmp_path: Path, tiny_model: Path):
    outputs = tmp_path / "outputs"
    write_articles(tmp_path / "more", {**ARTICLES, "empty.txt": "", "odd.xyz": "no format"})
    check([tmp_path / "more"], outputs, model=str(tiny_model))
    before = {table: rows(outputs, table) for table in TABLES}
    assert before["rejects"]
    again = check([tmp_path / "more"], outputs, model=str(tiny_model))
    assert again.counts["articles known before"] == len(ARTICLES)
    assert again.counts["scores computed"] == 0
    for table in TABLES:
        added = [row for row in rows(outputs, table) if row not in before[table]]
        assert [row["run_id"] for row in added] == ([again.run_id] if table == "runs" else []), table
        assert len(rows(outputs, table)) == len(before[table]) + len(added)


def test_comparing_can_be_tried_again(drops: Path, tmp_path: Path, at_once: CheckRun):
    def stumbles(step: str, done: int, total: int) -> None:
        if (step, done) == ("comparing claims", 3):
            raise OSError("Stale file handle")

    run = CheckRun([drops], tmp_path / "outputs", model=at_once.model, settings=at_once.settings)
    for step in STEPS[: STEPS.index("compare")]:
        getattr(run, step)()
    with progress.listening(stumbles), pytest.raises(OSError, match="Stale"):
        run.compare()
    run.compare(), run.publish()
    same_results(run.outputs.root, at_once.outputs.root)
    assert (run.dropped, run.counts["findings"]) == (at_once.dropped, at_once.counts["findings"])


def test_a_rebuild_takes_the_place_of_all_there_was(at_once: CheckRun, drops: Path, tmp_path: Path):
    outputs = tmp_path / "outputs"
    few = [drops / name for name in NAMES[:2]]
    check(few, outputs, model=at_once.model, settings=Settings(min_score=0.9))
    rebuilt = check([drops], outputs, model=at_once.model, settings=at_once.settings, rebuild=True)
    same_results(outputs, at_once.outputs.root)
    assert {row["run_id"] for table in TABLES for row in rows(outputs, table)} == {rebuilt.run_id}


def test_other_settings_into_the_same_folder_are_refused_by_name(drops: Path, tmp_path: Path, tiny_model: Path):
    cheese = [drops / NAMES[3]]
    check(cheese, tmp_path, model=str(tiny_model))
    before = rows(tmp_path, "runs")
    with pytest.raises(OutputsError, match=rf"min_score {re.escape(str(Settings().min_score))} there, 0\.77 now"):
        check([drops], tmp_path, model=str(tiny_model), settings=Settings(min_score=0.77))
    with pytest.raises(OutputsError, match=r"model .*tiny-nli"):
        check([drops], tmp_path)
    assert rows(tmp_path, "runs") == before


# --- small and odd inputs ------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def check_texts(tmp_path: Path, tiny_model: Path) -> Callable[..., CheckRun]:
    """Return a function {path: text}, options → run with the tiny model."""
    number = itertools.count()

    def run(articles: dict[str, str], **options: Any) -> CheckRun:
        k = next(number)
        write_articles(tmp_path / f"in-{k}", articles)
        return check([tmp_path / f"in-{k}"], tmp_path / f"out-{k}", model=str(tiny_model), **options)

    return run


def test_one_article_alone(check_texts: Callable[..., CheckRun]):
    run = check_texts({NAMES[0]: ARTICLES[NAMES[0]]})
    assert run.counts["claims"] > 0
    assert (run.comparisons, len(run.proposals), run.findings) == ([], 0, [])
    assert len(load(run.outputs.root, "claims")) == run.counts["claims"]
    assert len(load(run.outputs.root, "findings")) == 0


@pytest.mark.parametrize("text", ["", "   \n", "Why?", "\ufeff"])
def test_a_text_without_claims_sinks_nothing(text: str, check_texts: Callable[..., CheckRun]):
    run = check_texts({"empty.txt": text, NAMES[0]: ARTICLES[NAMES[0]]})
    assert run.counts["claims"] == sum(a.n_claims for a in run.articles) > 0
    assert run.counts["articles"] + run.counts["rejects"] == 2


def test_the_same_text_in_two_outlets_is_one_article_and_both_are_named(check_texts: Callable[..., CheckRun]):
    copy = {"harbour-news/2025-03-11-velm.txt": ARTICLES[NAMES[1]]}
    run = check_texts({**{n: ARTICLES[n] for n in NAMES[:3]}, **copy}, settings=Settings(min_score=0.2))
    assert (len(run.articles), len(run.sightings)) == (3, 4)
    told = [f for f in run.findings if f.later_source.endswith("velm.txt") or f.earlier_source.endswith("velm.txt")]
    assert told
    for f in told:
        sources = f.later_sources if f.later_source.endswith("velm.txt") else f.earlier_sources
        assert {Path(s).parent.name for s in sources} >= {"harbour-news", "northam-post"}


def test_two_versions_of_one_source_are_compared_and_marked(tmp_path: Path, tiny_model: Path):
    first, second = ARTICLES[NAMES[0]], ARTICLES[NAMES[0]].replace("at least four", "seven").replace("last inspected in January", "never inspected")
    for text in (first, second):
        write_articles(tmp_path / "in", {"velm-echo/crane.txt": text})
        check([tmp_path / "in"], tmp_path / "out", model=str(tiny_model), settings=Settings(min_score=0.05))
    found_rows = rows(tmp_path / "out", "findings")
    assert found_rows
    assert all(f["same_source"] for f in found_rows)
    comparison = rows(tmp_path / "out", "comparisons")
    assert [c["affinity"] for c in comparison] == [1.0]
    assert "word for word" in {p["blocking_rule"] for p in rows(tmp_path / "out", "pairs")}


def test_progress_is_told(drops: Path, tmp_path: Path, tiny_model: Path):
    told: list[tuple[str, int, int]] = []
    with progress.listening(lambda *step: told.append(step)):
        check([drops], tmp_path, model=str(tiny_model))
    progress.tell("nobody listens", 1, 1)
    assert {"reading articles", "extracting claims", "encoding claims", "scoring pairs", "comparing claims"} <= {step for step, _, _ in told}
    assert all(0 <= done <= total for _, done, total in told)


def test_an_engine_is_loaded_once_and_named_by_both_checkpoints(tiny_model: Path):
    tiny, embedded = load_engine(str(tiny_model)), load_engine()
    assert load_engine(str(tiny_model)) is tiny
    assert embedded.has_heads
    assert not tiny.has_heads
    assert tiny.model_id.endswith("+" + embedded.model_id)
    assert embedded.source == "claimdrift-minilm"
    assert (tiny.source, tiny.encoder.checkpoint.model_id) == (str(tiny_model), embedded.model_id)
