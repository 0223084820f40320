"""The summary as a person reads it: on a terminal, in a file, and where there is nothing to tell."""

from __future__ import annotations

import io
import re

import pytest
from example_archive import example
from example_summary import finding, publish
from rich.console import Console

from flows.records import Reject
from flows.summary import CheckSummary, summarise
from flows.summary_text import expected_note, nothing_found, print_summary, summary_text, without_heads_note


def with_rejects(summary: CheckSummary, *details: tuple[str, str]) -> CheckSummary:
    rejects = tuple(example(Reject, reason=reason, detail=detail) for reason, detail in details)
    return CheckSummary(**{**vars(summary), "rejects": rejects})


def test_summary_in_a_file(tmp_path):
    text = summary_text(summarise(publish(tmp_path / "out", [finding(12), finding(20, kind="contradiction")])))
    assert "read      2 new articles in 2 files · 9 claims" in text
    assert "1 pair of articles in 1 storyline · pairs of claims: 20 possible → 8 proposed → 8 scored → 4 scored both ways" in text
    assert "2 findings: 1 contradiction, 1 update" in text
    assert "  1  contradiction  quantity raised  score 0.90" in text
    assert "     Echo, 2024-03-12 → Courier, 2024-03-13" in text
    assert "     The port is closed, and «seven ships» wait in the bay." in text
    assert "     changed: seven ships → 12 ships" in text
    assert f'load("{tmp_path}/out", "findings")' in text
    assert f'pandas.read_parquet("{tmp_path}/out/findings")' in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_without_an_order_no_direction_is_told(tmp_path):
    text = summary_text(summarise(publish(tmp_path, [finding(12, order_known=False)])))
    assert "  1  update  quantity  score 0.90" in text
    assert "Echo, 2024-03-12 / Courier, 2024-03-13  (which came first is not known)" in text
    assert "changed: seven ships / 12 ships" in text


def test_on_a_terminal_words_stand_out_by_style_and_lines_are_wrapped(tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True, width=60, color_system="standard", _environ={})
    print_summary(summarise(publish(tmp_path, [finding(12)])), console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "\x1b[1;7mseven ships\x1b[0m" in text
    assert "«" not in text


def test_no_colour_and_an_old_encoding(tmp_path):
    """Marks instead of styles, and no character that the encoding lacks."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_summary(summarise(publish(tmp_path, [finding(12)])), Console(file=file, force_terminal=True, _environ={"NO_COLOR": "1"}))
    file.flush()
    text = file.buffer.raw.getvalue().decode("ascii") if hasattr(file.buffer, "raw") else file.buffer.getvalue().decode("ascii")  # pyright: ignore
    assert "<<seven ships>>" in text
    assert "seven ships -> 12 ships" in text


def test_what_articles_say_cannot_steer_the_terminal(tmp_path):
    hostile = {
        "earlier_outlet": "Echo\x1b[2J",
        "later_text": "By the evening\n12 ships\u202e [bold]waited[/bold].",
        "earlier_text": "No \x07 seven ships :smile:",
    }
    text = summary_text(summarise(publish(tmp_path, [finding(12, **hostile)])))
    assert r"Echo\x1b[2J, 2024-03-12" in text
    assert r"By the evening «12 ships»\u202e [bold]waited[/bold]." in text
    assert r"No \x07 «seven ships» :smile:" in text


def test_sides_that_one_outlet_told_on_one_day_are_told_apart_by_source(tmp_path):
    text = summary_text(summarise(publish(tmp_path, [finding(12, earlier_published_at=None, later_published_at=None, later_outlet="Echo", order_known=False)])))
    assert "day1/echo.txt, undated / day2/courier.txt, undated  (which came first is not known)" in text


def test_a_change_that_left_words_out(tmp_path):
    assert "changed: seven ships → (nothing)" in summary_text(summarise(publish(tmp_path, [finding(12, to_text="")])))


def test_rejects_are_counted_and_the_first_are_named(tmp_path):
    lost = [("empty", f"{n}.txt is empty.") for n in range(7)]
    text = summary_text(with_rejects(summarise(publish(tmp_path, [])), ("unknown format", "x.pdf is no article file."), *lost))
    assert "rejected  7 empty, 1 unknown format" in text
    assert "          0.txt is empty." in text
    assert "x.pdf" not in text
    assert "and 3 more, in the table rejects" in text


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"articles": 0, "articles known before": 2}, "nothing new: every article was known before"),
        ({"articles": 0, "articles forgotten before": 2}, "nothing new: 2 articles forgotten before, and left out"),
        ({"articles": 0, "rejects": 2}, "no article could be read"),
        ({"article pairs compared": 0}, "no findings: no two articles share an event, so nothing was compared"),
        ({}, "no findings at a score of 0.5 or more"),
    ],
)
def test_why_there_is_nothing(tmp_path, counts, told):
    summary = summarise(publish(tmp_path, [], counts=counts))
    assert nothing_found(summary) == told
    assert f"found     {told}" in summary_text(summary)


def test_one_article_alone(tmp_path):
    summary = summarise(publish(tmp_path, [], counts={"articles": 1, "article pairs compared": 0}))
    alone = CheckSummary(**{**vars(summary), "n_articles_in_folder": 1})
    assert nothing_found(alone) == "no findings: one article alone, nothing to compare it with"


def test_a_checkpoint_without_fact_heads_is_told(tmp_path):
    assert without_heads_note(summarise(publish(tmp_path / "a", [], model_id="1234"))) == ""
    assert "three NLI labels only" in without_heads_note(summarise(publish(tmp_path / "b", [], model_id="1234+5678")))


def test_what_precision_to_expect_is_told_of_the_embedded_model_alone(tmp_path):
    ours = summarise(publish(tmp_path / "a", [finding(12)], model_source="claimdrift-minilm", thresholds={"min_score": 0.4}))
    assert re.fullmatch(r"\d\d% of findings with a score of 0\.4 or more were right on annotated stories kept apart; of real news, fewer", expected_note(ours))
    assert f"expected  {expected_note(ours)}" in summary_text(ours)
    other = summarise(publish(tmp_path / "b", [finding(12)], model_source="owner/name", thresholds={"min_score": 0.4}))
    low = summarise(publish(tmp_path / "c", [finding(12)], model_source="claimdrift-minilm", thresholds={"min_score": 0.1}))
    none = summarise(publish(tmp_path / "d", [], model_source="claimdrift-minilm", thresholds={"min_score": 0.4}))
    assert [expected_note(s) for s in (other, low, none)] == ["", "", ""]
