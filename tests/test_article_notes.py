"""Notes on the article itself are no claims, and labels are cut off; what an article says of other articles, reports and times stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.article_notes import is_call_to_reader, is_note_on_article, label_end
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
        "This is a developing story and will be updated.",
        "We will update this story as more information becomes available.",
        "The Post asked the mayor for comment, and we will update this article when we hear back.",
        "This story is still developing.",
        "We may earn a commission from links on this page.",
        "A version of this article appears in print on May 7, 2024, Section A, Page 9.",
        "Wire writer Ann Orr reported this story in Tolm.",
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
        "To reach Ann Orr, call 816-234-4858 or send email to orr@example.org.",
        "You can follow her on Twitter @ann_orr.",
        "Follow The Tolm Post on Facebook.",
        "For more information on the dam call (785) 273-0325.",
        "You have 3 free articles remaining this month.",
        "By signing up, you agree to our Terms and Privacy Policy.",
    ],
)
def test_a_call_to_the_reader_is_no_claim(sentence: str):
    assert is_call_to_reader(sentence)
    result = extract_claims(an_article(f"{STATEMENT} {sentence}"), "r")
    assert [claim.text for claim in result.claims] == [STATEMENT]
    assert result.dropped == {"imperative": 1}


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministry has corrected its report on the flood.",
        "An earlier version of the law was rejected by the court in May.",
        "The first version of the engine failed in tests.",
        "This report was denied by the mayor.",
        "The council said “this article was changed without our knowledge” and asked for an apology.",
        "The bridge was built in 1926, not 1962, the council said.",
        "We have no context with which to judge this story.",
        "The mayor declined to comment for this story.",
        "At present there is no word from the mayor, but we will update this story.",
        "This story was a hoax written by a site that looked like the ministry's.",
        "For weeks, callers told victims to call 816-234-4858 from home.",
        "Police asked witnesses to call 816-234-4858 at once.",
        "You cannot reach the town by road on Monday.",
        "The claim was spread on Twitter by @orr_lee, who has left the town.",
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
        "2.05pm ",
        "14.05 GMT: ",
        "14.05 BST ",
    ],
)
def test_a_label_is_not_part_of_the_claim(label: str):
    article = an_article(f"{label}{STATEMENT}")
    [claim] = extract_claims(article, "r").claims
    assert claim.text == STATEMENT == article.text[claim.char_start : claim.char_end]
    assert claim.times == []


def test_clocks_with_a_dot_are_labels_where_paragraphs_begin_with_them():
    blog = an_article(f"12.03 {STATEMENT}\n\n14.50 The bridge was closed. 12.50 Euros is the toll.")
    assert [claim.text for claim in extract_claims(blog, "r").claims] == [STATEMENT, "The bridge was closed.", "12.50 Euros is the toll."]
    report = an_article(f"12.50 Euros is the toll.\n\n{STATEMENT}")
    assert [claim.text for claim in extract_claims(report, "r").claims] == ["12.50 Euros is the toll.", STATEMENT]


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
