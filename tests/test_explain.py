"""Why a pair is a finding or none: what is told agrees with the tables, for every pair of claims; quotes are found; what is wrong is told."""

from __future__ import annotations

import dataclasses
import io
import itertools
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

import flows.explain
import flows.pipeline
from flows.cli import cli
from flows.explain import Explanation, explain_finding, explain_pair
from flows.explain_text import print_explanation
from flows.pipeline import CheckRun, Settings
from flows.quoting import QuoteError, find_side
from flows.records import Claim, Finding, Pair
from flows.steps import findings as deciding
from flows.steps.blocking import WORD_FOR_WORD
from flows.steps.gate import LEAST_LIKELY
from flows.tables import Outputs, OutputsError, from_table, load
from tests.core_examples import with_heads, write_articles

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")
FIRST_LOOK, NEEDED = 0.5, 0.4
STEP_OF = {"": "", "word for word": "wording", "same fact, first look": "first look", "same fact": "same fact", "changed": "score"}
ECHO, POST, OLD, CHEESE = "velm-echo/2025-03-10-crane.txt", "northam-post/2025-03-11-velm.txt", "lantern/2024-11-02-velm.txt", "lantern/2025-03-12-cheese.txt"
ARTICLES = {
    ECHO: "A crane fell on a ship in the port of Velm on Monday, killing at least four dockers, police said.\n\n"
    "Who is to blame? The port of Velm was closed after the accident. “Strong wind brought the crane down”, harbour master Ilse Brandt said. "
    "The crane was last inspected in January, according to its owner, Calder Lifting. Calder Lifting employs 900 people in Velm. "
    "The mayor of Velm, Paul Orrin, visited the families on Monday evening. Flags fly at half mast in the town.",
    POST: "Seven dockers were killed when a crane fell on a ship in the port of Velm on Monday, police said on Tuesday.\n\n"
    "The port of Velm remained closed on Tuesday. The crane may have been brought down by strong wind, two officials said. "
    "The crane had not been inspected for more than two years, inspectors found. Calder Lifting, with its nine hundred workers in Velm, owns the crane. "
    "The ferry to Ostrel runs as usual. Flags fly at half mast in the town. The mayor of Velm, Paul Orrin, spoke to the families on Monday.",
    OLD: "The port of Velm opened a new quay on Saturday, and a crane of Calder Lifting unloaded the first ship.\n\n"
    "Calder Lifting employs 850 people in Velm. The mayor of Velm, Paul Orrin, cut a ribbon.",
    CHEESE: "The cheese fair in Ostrel opened on Wednesday with forty stalls.\n\n"
    "The mayor of Ostrel tasted a goat cheese and praised the farmers of the valley. The fair will end on Sunday.",
}  # fmt: skip


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Path]:
    """One run with a model of random weights: pairs are dropped at every step, for no good reason, and every one is explained.

    The thresholds are such that some of the example's pairs fall on either side of each.
    """
    folder = tmp_path_factory.mktemp("explain")
    write_articles(folder / "drop", ARTICLES)
    model = with_heads(tiny_model, folder / "model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "SAME_FACT_FLOOR", FIRST_LOOK)
        patch.setattr(deciding, "SAME_FACT_NEEDED", NEEDED)
        run = CheckRun([folder / "drop"], folder / "outputs", model=str(model), precision="float32", settings=Settings(min_score=0.35, min_affinity=0.9999))
        for step in STEPS:
            getattr(run, step)()
        yield folder / "outputs"


@pytest.fixture(scope="module")
def claims(outputs: Path) -> dict[str, Claim]:
    return {c.claim_id: c for c in from_table(Outputs(outputs).read("claims"), Claim)}


@pytest.fixture(scope="module")
def pairs(outputs: Path) -> list[Pair]:
    return from_table(Outputs(outputs).read("pairs"), Pair)


def quote(claim: Claim) -> str:
    return f"{claim.article_id}:{claim.text}"


def shown(explanation: Explanation, *, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_explanation(explanation, Console(file=file, color_system=None, width=120))
    file.flush()
    return raw.getvalue().decode(encoding)


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


# --- every pair --------------------------------------------------------------------------------------------------------------------------------------------


def test_every_pair_of_the_table_is_explained_as_it_was_decided(outputs: Path, claims: dict[str, Claim], pairs: list[Pair]) -> None:
    seen = Counter(pair.dropped_at for pair in pairs)
    assert set(seen) == set(STEP_OF), f"the example no longer drops pairs at every step: {seen}"
    for reason, group in itertools.groupby(sorted(pairs, key=lambda p: p.dropped_at), key=lambda p: p.dropped_at):
        for pair in itertools.islice(group, 12):
            e = explain_pair(outputs, quote(claims[pair.later_claim_id]), quote(claims[pair.earlier_claim_id]))  # the order asked plays no part
            assert (e.dropped_at, e.pair, e.note) == (STEP_OF[reason], pair, "")
            assert [side.claim.claim_id for side in e.sides if side.claim] == [pair.earlier_claim_id, pair.later_claim_id]
            assert (e.finding is not None) == (reason == "")
            assert (e.evidence is None) == (reason == "word for word")
            assert (e.waterfall is not None) == (reason in ("", "same fact", "changed"))
            if e.evidence is not None:
                assert all(e.evidence[n] == getattr(pair, n) for n in ("similarity", "entailment", "contradiction", "neutral_back", "blocking_rule"))
                assert len(e.evidence["observations"]) == 9
            if e.waterfall is not None:
                assert probability(e.waterfall.end) == pytest.approx(pair.same_fact if reason == "same fact" else pair.score, abs=1e-4)
                assert e.waterfall.of == ("same fact" if reason == "same fact" else "score")


def test_a_finding_is_explained_by_any_beginning_of_its_id_that_is_its_own(outputs: Path) -> None:
    ids = sorted(load(outputs, "findings").finding_id)
    for finding in from_table(Outputs(outputs).read("findings"), Finding):
        n = next(n for n in range(1, 30) if sum(i.startswith(finding.finding_id[:n]) for i in ids) == 1)
        e = explain_finding(outputs, finding.finding_id[:n])
        assert e.finding is not None
        assert e.finding.finding_id == finding.finding_id
        assert e.dropped_at == ""
        assert {k: v for k, v in finding.evidence.items() if k != "contributions"} == e.evidence
        text = shown(e)
        assert all(" ".join(c.from_text.split()) in text and " ".join(c.to_text.split()) in text for c in finding.changes)
        assert finding.kind.capitalize() in text


def test_without_an_order_no_direction_is_told(outputs: Path) -> None:
    """Of the findings that have one, told as if they had none."""
    for row in from_table(Outputs(outputs).read("findings"), Finding)[:5]:
        e = explain_finding(outputs, row.finding_id)
        assert e.finding is not None
        assert e.evidence is not None
        text = shown(dataclasses.replace(e, order_known=False, finding=dataclasses.replace(e.finding, order_known=False)))
        assert "one to other" in text or e.pair is None
        assert "earlier to later" not in text
        directions = {o["direction"] for o in e.evidence["observations"] if o["verdict"] == "changed"} | {c.direction for c in e.finding.changes}
        assert [d for d in directions if d and re.search(rf"changed {d},|\w {d} \(", text)] == []
        dropped = shown(dataclasses.replace(e, order_known=False, finding=None))
        assert "earlier" not in dropped.split("evidence")[0].splitlines()[0]
        assert [d for d in directions if d and re.search(rf"changed {d},", dropped)] == []


def test_an_id_that_is_no_finding_any_more_is_explained_by_its_pair(outputs: Path, pairs: list[Pair]) -> None:
    from flows.records import finding_id

    dropped = next(p for p in pairs if p.dropped_at == "changed")
    e = explain_finding(outputs, finding_id(dropped.earlier_claim_id, dropped.later_claim_id))
    assert (e.pair, e.dropped_at) == (dropped, "score")


def test_the_parts_of_the_waterfall_add_up_on_the_page_too(outputs: Path) -> None:
    for finding in from_table(Outputs(outputs).read("findings"), Finding)[:5]:
        text = shown(explain_finding(outputs, finding.finding_id))
        rows = [line.split() for line in text[text.index("how the score came about") :].splitlines()[1:]]
        start, end = (float(next(row for row in rows if row[:2] == name)[-1]) for name in (["an", "average"], ["this", "pair"]))
        moves = [(float(m[1]), float(m[2])) for row in rows if (m := re.search(r"([+-]\d+\.\d\d) +(\d\.\d\d)", " ".join(row)))]
        assert len(moves) >= 10
        assert (end, moves[-1][1]) == (pytest.approx(finding.score, abs=0.006), end)
        for before, (moved, after) in zip([start, *(at for _, at in moves)], moves, strict=False):
            assert (after - before) * moved >= 0, "what speaks for the change lowers the score"


# --- pairs that came less far ------------------------------------------------------------------------------------------------------------------------------


def test_pairs_that_were_not_proposed_have_their_ranks(outputs: Path, claims: dict[str, Claim], pairs: list[Pair]) -> None:
    proposed = {frozenset((p.earlier_claim_id, p.later_claim_id)) for p in pairs}
    by_article = {s: [c for c in claims.values() if c.article_id == find_side(Outputs(outputs), f"{s}:{q}").article.article_id] for s, q in
                  ((ECHO, "was closed after"), (POST, "remained closed"))}  # fmt: skip
    left = [(a, b) for a, b in itertools.product(*by_article.values()) if frozenset((a.claim_id, b.claim_id)) not in proposed]
    assert left
    for a, b in left:
        e = explain_pair(outputs, quote(a), quote(b))
        assert (e.dropped_at, e.pair, e.evidence, e.note) == ("blocking", None, None, "")
        ranks = [int(rank) for rank in re.findall(r"the (\d+)\w\w nearest of", e.steps[-1].detail)]
        assert len(ranks) == 2
        gate = re.findall(rf"tell one fact is (0\.\d+), and {LEAST_LIKELY:g} is needed", e.steps[-1].detail)
        assert all(float(probability) < LEAST_LIKELY for probability in gate)
        assert gate or min(ranks) > 4 or float(re.findall(r"likeness (-?\d\.\d\d)", e.steps[-1].detail)[0]) <= 0.2


def test_articles_that_were_not_compared_are_told_with_the_figures(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = explain_pair(outputs, f"{ECHO}:Calder Lifting employs", f"{OLD}:employs 850")
    assert far.dropped_at == "articles"
    assert "128 days apart" in far.steps[-1].detail
    assert "60 is the most" in far.steps[-1].detail
    other = explain_pair(outputs, f"{ECHO}:was closed after", f"{CHEESE}:goat cheese")
    assert other.dropped_at == "articles"
    assert re.search(r"share an event is 0\.9\d+, and 0\.9999 is needed \(likeness .* words of names in common 0", other.steps[-1].detail)
    monkeypatch.setattr(flows.explain, "CENTROID_FLOOR", 0.99)
    unlike = explain_pair(outputs, f"{ECHO}:was closed after", f"{CHEESE}:goat cheese")
    assert re.search(r"no event in common. The likeness of their claims on average is 0\.\d\d, and 0\.99 is needed", unlike.steps[-1].detail)
    within = explain_pair(outputs, f"{ECHO}:was closed after", f"{ECHO}:Calder Lifting employs")
    assert within.dropped_at == "articles"
    assert "within one article" in within.steps[-1].detail


def test_words_that_are_no_claim_have_their_reason(outputs: Path) -> None:
    e = explain_pair(outputs, f"{ECHO}:who is to blame", f"{POST}:remained closed")
    assert e.dropped_at == "claims"
    assert e.steps[-1].detail == "“Who is to blame?” is no claim: question"
    assert len(e.steps) == 1


def test_without_the_folders_model_what_is_stored_is_told(outputs: Path, claims: dict[str, Claim], pairs: list[Pair], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.pipeline, "weights_id", lambda: "others")
    dropped = next(p for p in pairs if p.dropped_at == "changed")
    e = explain_pair(outputs, quote(claims[dropped.earlier_claim_id]), quote(claims[dropped.later_claim_id]))
    assert e.dropped_at == "score"
    assert e.waterfall is None
    assert "other weights or thresholds" in e.note
    assert e.evidence is not None
    assert e.evidence["contradiction_back"] == dropped.contradiction_back
    assert "--rebuild" in shown(e)
    other = explain_pair(outputs, f"{ECHO}:was closed after", f"{CHEESE}:goat cheese")
    assert (other.dropped_at, bool(other.note)) == ("articles", True)


def test_a_folder_that_cannot_be_written_is_explained_as_far_as_it_goes(
    outputs: Path, claims: dict[str, Claim], pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> NoReturn:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(flows.pipeline, "ModelCache", refused)
    dropped = next(p for p in pairs if p.dropped_at == "same fact")
    e = explain_pair(outputs, quote(claims[dropped.earlier_claim_id]), quote(claims[dropped.later_claim_id]))
    assert (e.dropped_at, e.waterfall) == ("same fact", None)
    assert "cache cannot be used" in e.note


# --- quotes ------------------------------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_of_a_claim_finds_it_or_says_that_several_have_it(outputs: Path, claims: dict[str, Claim], data: st.DataObject) -> None:
    claim = data.draw(st.sampled_from(sorted(claims.values(), key=lambda c: c.claim_id)))
    words = claim.text.split()
    start = data.draw(st.integers(0, len(words) - 1))
    part = data.draw(st.sampled_from([" ", "  ", "\n"])).join(words[start : data.draw(st.integers(start + 1, len(words)))])
    part = data.draw(st.sampled_from([str, str.upper, lambda s: s.replace("“", '"').replace("”", '"'), lambda s: f"… {s}..."]))(part)
    try:
        side = find_side(Outputs(outputs), f"{claim.article_id}:{part}")
    except QuoteError as error:
        n_having = sum(re.sub(r"\W+", " ", part).strip().casefold() in re.sub(r"\W+", " ", c.text).casefold() for c in claims.values())
        assert "quote more" in str(error)  # noqa: PT017
        assert n_having > 1
    else:
        assert side.claim is not None
        assert side.claim.article_id == claim.article_id
        assert side.claim == claim or re.sub(r"\W+", " ", part).strip().casefold() in re.sub(r"\W+", " ", side.claim.text).casefold()


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("no colon here", "is no ARTICLE:QUOTE"),
        ("a:crane", "could be 4 articles"),
        ("nowhere.txt:crane", "holds no article “nowhere.txt”"),
        ("crane.txt:fell", f"Did you mean {ECHO}?"),
        (f"{ECHO}:", "no words after the colon"),
        (f"{ECHO}:…", "no words after the colon"),
        (f"{ECHO}:The crane was inspected last in January", "The claim nearest to them: “The crane was last inspected in January"),
        (f"{ECHO}:volcano", f"{ECHO} does not have the words “volcano”."),
        (f"{ECHO}:crane", "stands in 3 claims"),
        (f"{ECHO}:in Velm. The mayor of Velm", "goes beyond one claim"),
        (":crane", "holds no article “”"),
    ],
)
def test_what_cannot_be_found_is_told(outputs: Path, reference: str, said: str) -> None:
    with pytest.raises(QuoteError, match=re.escape(said)):
        find_side(Outputs(outputs), reference)


def test_sources_and_quotes_may_hold_colons(tmp_path: Path, tiny_model: Path) -> None:
    write_articles(tmp_path / "drop", {"a: b.txt": "Note well: the dam of Ostrel held on Friday, engineers said. The valley road was closed on Friday night."})
    run = CheckRun([tmp_path / "drop"], tmp_path / "outputs", model=str(tiny_model), precision="float32")
    for step in STEPS:
        getattr(run, step)()
    for words in ("well: the dam", "the dam of Ostrel"):
        assert find_side(Outputs(tmp_path / "outputs"), f"a: b.txt:{words}").source == "a: b.txt"


def test_in_a_near_copy_a_claim_that_stands_in_both_is_told(tmp_path: Path, tiny_model: Path) -> None:
    entries = "Four dockers died when a crane fell in Velm, police said on Monday. The port of Velm was closed after the accident on Monday evening."
    write_articles(tmp_path / "drop", {"a.txt": entries, "b.txt": f"Seven dockers died when a crane fell in Velm, police said on Monday. {entries}"})
    run = CheckRun([tmp_path / "drop"], tmp_path / "outputs", model=str(tiny_model), precision="float32", settings=Settings(min_affinity=0.0))
    for step in STEPS:
        getattr(run, step)()
    assert [c.near_copy for c in run.comparisons] == [True]
    way = explain_pair(tmp_path / "outputs", "a.txt:Four dockers", "b.txt:Seven dockers").steps
    assert not way[-1].passed
    assert re.search(r"the (first|second) stands word for word in both articles, one of which is a near copy of the other", way[-1].detail)
    assert explain_pair(tmp_path / "outputs", "a.txt:Four dockers", "b.txt:Four dockers").steps[-1].name == "wording"


# --- the command -------------------------------------------------------------------------------------------------------------------------------------------


def test_text_has_no_control_characters_and_fits_the_console(outputs: Path, claims: dict[str, Claim], pairs: list[Pair]) -> None:
    for pair in pairs[:: max(1, len(pairs) // 15)]:
        e = explain_pair(outputs, quote(claims[pair.earlier_claim_id]), quote(claims[pair.later_claim_id]))
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown(e))
        assert not any(line != line.rstrip() for line in shown(e).splitlines())
        shown(e, encoding="cp1252")


def test_the_command_prints_an_explanation(outputs: Path) -> None:
    found = load(outputs, "findings").iloc[0]
    result = CliRunner().invoke(cli, ["explain", found.finding_id, "--outputs", str(outputs)])
    assert result.exit_code == 0, result.output
    assert "how the score came about" in result.output
    asked = CliRunner().invoke(cli, ["explain", "--outputs", str(outputs), "--pair", f"{ECHO}:who is to blame", f"{POST}:remained closed"])
    assert (asked.exit_code, "No finding: a quote is no claim." in asked.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a FINDING_ID, or --pair"),
        (["f00", "--pair", "a:b", "c:d"], "give a FINDING_ID, or --pair"),
        (["fffffff"], 'holds no finding "fffffff"'),
        ([""], 'holds no finding ""'),
        (["f"], "Give more of the id"),
        (["--pair", "x:y", "z:w"], "holds no article “x”"),
    ],
)
def test_what_a_user_got_wrong_is_one_line(outputs: Path, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(cli, ["explain", *arguments, "--outputs", str(outputs)])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
    assert said in result.stderr


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputsError, match="holds no published run"):
        explain_finding(tmp_path, "f")
    assert CliRunner().invoke(cli, ["explain", "f", "--outputs", str(tmp_path)]).exit_code == 2


def test_word_for_word_claims_are_told(outputs: Path) -> None:
    e = explain_pair(outputs, f"{ECHO}:Flags fly", f"{POST}:Flags fly")
    assert e.dropped_at == "wording"
    assert e.pair is not None
    assert e.pair.blocking_rule == WORD_FOR_WORD
    assert "word for word the same" in shown(e)
