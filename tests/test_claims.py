from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import Article, article_id, claim_id
from flows.steps.claims import extract_claims, why_no_claim


def article(text: str) -> Article:
    return Article(
        article_id=article_id(text), run_id="r", title="", text=text, language="en", published_at=dt.datetime(2024, 5, 14, tzinfo=dt.UTC),
        date_source="metadata", date_precision="day", chrome={}, n_claims=0,
    )  # fmt: skip


def texts(text: str) -> list[str]:
    return [c.text for c in extract_claims(article(text), "r").claims]


PIECES = [
    "The bridge fell on Monday.",
    "TOLM (Agency) — Eleven people were hurt, police said.",
    "What happened?",
    "Bridge falls in Tolm",
    "“We ran!”",
    "Please subscribe.",
    "The mayor left; the police stayed.",
    "It fell at 9 a.m. on 14 May, at 3.5 per cent.",
    "\n",
    "\n\n",
    "By Ann Orr",
    "• Two boats were sent out at once.",
    "…",
    "?",
    " ",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join))
def test_claims_are_slices_in_order(text: str) -> None:
    result = extract_claims(article(text), "r")
    position = 0
    for claim in result.claims:
        assert text[claim.char_start : claim.char_end] == claim.text == claim.text.strip()
        assert position <= claim.char_start
        position = claim.char_end
        assert claim.claim_id == claim_id(claim.article_id, claim.char_start, claim.char_end)
        for mention in [*claim.certainty_cues, *claim.quantities, *claim.times, *claim.names]:
            assert claim.text[mention.char_start : mention.char_end] == mention.text
    assert all(n > 0 for n in result.dropped.values())


@pytest.mark.parametrize(
    "lead",
    [
        "TOLM - ",
        "PORT CADDON — ",
        "OSTREL, April 15 – ",
        "LONDON (Agency) — ",
        "Loran (Merrin Press) - ",
        "SAN AURELIO, Camarra - ",
        "LINDHAVEN, Norrmark, Nov 16, 2025 (Wire) - ",
        "(Wire) - ",
        "Loran | ",
        "Port Sael| ",
    ],
)
def test_datelines_are_stripped(lead: str) -> None:
    assert texts(f"{lead}The bridge fell on Monday.") == ["The bridge fell on Monday."]


def test_a_dash_in_a_sentence_is_no_dateline() -> None:
    sentence = "Tolm – a town of nine thousand – lost its bridge."
    assert texts(sentence) == [sentence]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("What happened on the bridge?", "question"),
        ("Bridge falls in Tolm", "heading"),
        ("Bridge falls in Tolm as mayor is away...", "heading"),
        ("This Horse Walked 200 Miles To Get Back To Its Little Girl And They Are All Weeping Now", "heading"),
        ("By Ann Orr in Tolm", "heading"),
        ("“A terrible day for all of us.”", "quote only"),
        ("Please enter your comment here.", "imperative"),
        ("Read more: the fall of the bridge.", "imperative"),
        ("What a day it was for Tolm!", "exclamation"),
        ("She left early.", "too short"),
        ("From an office in the old town.", "no verb"),
        ("Accept cookies at www.example.org to go on.", "chrome"),
        ("Download our app.", "imperative"),
        ("Copyright 2014 by the paper.", "imperative"),
        ("Note: you have been sent here by our partners.", "imperative"),
        ("Note: This article was put together from several reports and has not been checked by an editor.", "imperative"),
        ("We have changed our cookie policy.", "chrome"),
        ("Our weekly newsletter was sent on Friday.", "chrome"),
        ("Photo: Ann Orr in Tolm.", "chrome"),
        ("The toll in full: https://example.org/toll.", "chrome"),
        ('“The "safe" bridge fell at noon on Monday.”', "quote only"),
        ("•", "fragment"),
    ],
)
def test_what_is_no_claim(sentence: str, reason: str) -> None:
    assert why_no_claim(sentence) == reason
    assert extract_claims(article(sentence), "r").dropped in ({reason: 1}, {"fragment": 1})


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody was hurt.",
        "“We heard a roar,” said Ann Orr.",
        "“Who opened the gate?” the mayor asked the guards.",
        "Concerns persist about the dam.",
        "About 1.2 million travellers rely on the line.",
        "He dislikes heights and long bridges.",
        '“The shots are unmistakable," Orr told the paper.',
        '"The shots are unmistakable,” Orr told the paper.',
        "Copyright law does not protect recipes, the judge ruled.",
        "Note: the toll does not include two people who died in hospital.",
        "Download speeds in the county have doubled.",
        "By using forged papers, the two men entered the country.",
        "Regulators fined Orr Media over cookies that users could not refuse as easily as accept.",
        "The Post's daily newsletter reported on Friday that the dam had failed.",
        "The ministry said on its website, www.mod.example.org, that two soldiers had been killed.",
        "Under the deal, Orr frees 50 hostages.",
    ],
)
def test_what_is_a_claim(sentence: str) -> None:
    assert texts(sentence) == [sentence]


def test_a_sentence_is_cut_only_between_clauses_that_stand_alone() -> None:
    assert texts("Two of the judges voted for the fine; the reasons will be published in June.") == [
        "Two of the judges voted for the fine",
        "the reasons will be published in June.",
    ]
    for whole in (
        "The ship sank in minutes; it had been overloaded.",
        "The ship sank in minutes; the crew had no boats, police said.",
        "Three towns were hit: Tolm, with two dead; Orme, with one; and Pell.",
    ):
        assert texts(whole) == [whole]


@pytest.mark.parametrize(
    "second",
    [
        "said it remained unclear whether they would go on.",
        "took 30 hostages, three of whom were hurt.",
        "cannot do the same for those who have left.",
        "says the dam was never at risk.",
    ],
)
def test_a_clause_without_its_subject_is_not_cut_off(second: str) -> None:
    for whole in (f"A senior official confirmed that there were talks, but {second}", f"A senior official had confirmed the talks; {second}"):
        assert texts(whole) == [whole]


@pytest.mark.parametrize(
    "second", ["reports of a deal were denied.", "it's clear that they have failed.", "Said Orr did not come at all.", "purported shots were heard nearby."]
)
def test_a_clause_that_opens_with_its_subject_is_cut_off(second: str) -> None:
    assert texts(f"The two sides met on Monday, but {second}") == ["The two sides met on Monday", second]


@pytest.mark.parametrize(("opening", "closing"), ["‘’", "''", "“”", '""'])
def test_a_quotation_is_not_cut(opening: str, closing: str) -> None:
    for joint in (", but the", "; the"):
        whole = f"The mayor wrote: {opening}The dam has held for two days{joint} town can't be saved from it{closing} on Monday."
        assert texts(whole) == [whole]


def test_an_apostrophe_opens_no_quotation() -> None:
    assert texts("The guards' boats had left in the '90s, but the town's mayor was still in it.") == [
        "The guards' boats had left in the '90s",
        "the town's mayor was still in it.",
    ]


def test_what_is_said_again_word_for_word_is_no_second_claim() -> None:
    caption = "Officials are trying to find out who closed the bridge."
    result = extract_claims(article(f"{caption} (Photo: A. Reed)\n\nThe bridge was closed on Monday.\n\n{caption} (Photo: B. Moss)"), "r")
    assert [c.text for c in result.claims] == [caption, "The bridge was closed on Monday."]
    assert result.dropped["said before"] == 1


def test_a_heading_takes_no_claim_away() -> None:
    result = extract_claims(article("The bridge in Velm was closed on Monday\n\nThe bridge in Velm was closed on Monday. Who closed it?"), "r")
    assert [c.text for c in result.claims] == ["The bridge in Velm was closed on Monday."]


def test_what_is_read_off_a_claim() -> None:
    result = extract_claims(article("The bridge fell on Monday.\n\nEleven people may have been hurt, police said."), "r")
    first, second = result.claims
    assert (first.context, second.context) == ("", first.text)
    assert (first.sentence_index, second.sentence_index) == (0, 1)
    assert (second.attribution, second.attribution_strength) == ("police", 3)
    assert second.proposition == "Eleven people may have been hurt."
    assert (second.certainty, second.certainty_level) == ("possible", 2)
    assert [q.low for q in second.quantities] == [11.0]
