from __future__ import annotations

import pytest
from report_archive import change

from flows.records import DIRECTIONS, Change
from flows.report.verdict import MAX_WORDS, change_sentence, other_sentences, verdict

EVERY = [(change_type, direction) for change_type, directions in DIRECTIONS.items() for direction in directions]


@pytest.mark.parametrize(("change_type", "direction"), EVERY)
def test_every_change_makes_one_sentence_with_its_words(change_type, direction):
    for before, after in (("the old words", "the new words"), ("the old words", ""), ("", "the new words"), ("", "")):
        for order_known in (True, False):
            sentence = change_sentence(Change(change_type, "drift", direction, before, after), order_known=order_known)
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert "“”" not in sentence
            assert (f"“{before}”" in sentence) == bool(before)
            assert (f"“{after}”" in sentence) == bool(after)


def test_sentences_differ_by_direction():
    assert len({change_sentence(change(t, d, "a", "b")) for t, d in EVERY}) == len(EVERY)


def test_the_words_of_a_broadened_recipient():
    sentence = change_sentence(change("entity", "broadened", "Hezbollah", "either Hezbollah or Iran"))
    assert sentence == "Who or what is meant was broadened: from “Hezbollah” to “either Hezbollah or Iran”."


def test_without_an_order_nothing_is_said_to_have_come_from_the_other():
    sentence = change_sentence(change("certainty", "weakened", "is", "may be"), order_known=False)
    assert sentence == "They differ on how sure it is: “is” here, “may be” there."


def test_long_words_are_cut_and_line_breaks_folded():
    sentence = change_sentence(change("label", "softer", "x" * 5000, "one\n  two"))
    assert "“one two”" in sentence
    assert len(sentence) < 3 * MAX_WORDS
    assert "x…”" in sentence


def test_the_verdict_tells_the_change_that_makes_the_kind():
    """The surest change comes first, and may be of a weaker kind."""
    changes = [change("label", "softer", "terrorists", "militants", "drift"), change("time", "later", "3 May", "5 May", "contradiction")]
    assert verdict("contradiction", changes, order_known=True) == "They cannot both be true. The time moved later: from “3 May” to “5 May”."
    assert other_sentences("contradiction", changes, order_known=True) == ["The wording became softer: from “terrorists” to “militants”."]
    assert verdict("drift", changes, order_known=True).startswith("The wording")
    assert other_sentences("drift", changes, order_known=True) == ["The time moved later: from “3 May” to “5 May”."]


def test_a_source_that_is_gone_was_dropped():
    assert change_sentence(change("attribution", "vaguer", "two officials", "")) == "The source was dropped: “two officials” is gone."
    assert change_sentence(change("attribution", "vaguer", "two officials", "sources")).startswith("The source became vaguer")


def test_a_contradiction_says_so_first():
    hard = [change("time", "later", "3 May", "5 May", "contradiction")]
    assert verdict("contradiction", hard, order_known=True).startswith("They cannot both be true. The time")
    assert verdict("drift", [change("time", "later", "3 May", "5 May")], order_known=True) == "The time moved later: from “3 May” to “5 May”."
