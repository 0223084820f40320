"""Notes on the article itself are no claims, and labels are cut off; what an article says of other articles, reports and times stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.article_notes import is_note_on_article, label_end
from flows.steps.claims import extract_claims
from tests.core_examples import an_article

STATEMENT = "The dam above Velm held, the fire service said."


@pytest.mark.parametrize(
    "sentence",
    [
        "Correction: An earlier version of this article said that the bridge was built in 1962.",
        "This article was amended on 13 March 2025.",
        "This story has since been updated to correct the year in which the bridge was built.",
        "Because of an editing error, a previous version of this report gave the wrong year.",
        "The headline of this article was changed after the council denied it.",
        "This article originally said that four people had died.",
        "This post misidentified the mayor.",
    ],
)
def test_a_note_on_the_article_is_no_claim(sentence: str):
    assert is_note_on_article(sentence)
    result = extract_claims(an_article(f"{STATEMENT} {sentence}"), "r")
    assert [claim.text for claim in result.claims] == [STATEMENT]
    assert result.dropped == {"note on the article": 1}


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministry has corrected its report on the flood.",
        "An earlier version of the law was rejected by the court in May.",
        "The first version of the engine failed in tests.",
        "This report was denied by the mayor.",
        "The council said “this article was changed without our knowledge” and asked for an apology.",
        "The bridge was built in 1926, not 1962, the council said.",
    ],
)
def test_other_reports_and_corrections_are_claims(sentence: str):
    assert [claim.text for claim in extract_claims(an_article(sentence), "r").claims] == [sentence]


@pytest.mark.parametrize(
    "label",
    [
        "UPDATE 14:05: ",
        "UPDATE: ",
        "Update, 2:15 p.m. GMT: ",
        "UPDATED 3 - ",
        "Correction (March 13, 2025): ",
        "BREAKING — ",
        "14:05 ",
        "14:05 GMT - ",
        "2.05pm: ",
    ],
)
def test_a_label_is_not_part_of_the_claim(label: str):
    article = an_article(f"{label}{STATEMENT}")
    [claim] = extract_claims(article, "r").claims
    assert claim.text == STATEMENT == article.text[claim.char_start : claim.char_end]
    assert claim.times == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Update rates of the model are low.",
        "Breaking the ice took the crew four hours.",
        "2 p.m. Tuesday is the deadline.",
        "12.50 Euros is the price of a ticket.",
        "Corrected figures show that 12 people died.",
        "14:05 was the time of the crash.",
        "Update-related delays hit the port.",
    ],
)
def test_what_only_looks_like_a_label_stays(sentence: str):
    assert label_end(sentence) == 0


@given(st.text(alphabet="UPDATE update14:05pm.()-– \n", max_size=60))
def test_a_label_is_a_beginning(sentence: str):
    assert 0 <= label_end(sentence) <= len(sentence)
    assert not sentence or label_end(sentence) < len(sentence)
