from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.language.sentences import WINDOW, split_sentences

WORDS = ["The mayor", "left", "Mr.", "Gen. Holt", "U.S.", "at 9 a.m.", "“We ran.", "We hid,”", "said", "4.5", "per cent", "Why?", "No!", "…", "(so)", "∯", "é"]
BREAKS = ["\n", "\n\n", " ", "\r\n", "\u2028"]


def pieces(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS + BREAKS), max_size=40).map(" ".join), st.text(max_size=200)))
def test_spans_are_ordered_stripped_and_lose_nothing(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for a, b in spans:
        assert position <= a < b
        assert not text[position:a].strip()
        assert text[a:b] == text[a:b].strip()
        assert "\n\n" not in text[a:b]
        position = b
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "sentences",
    [
        ["The U.S. Army moved on.", "It left at 9 a.m. on Monday."],
        ["Gen. J. R. Holt met Dr. Anna K. Voss.", "They agreed."],
        ["It rose 3.5 per cent to $4.2bn.", "Sales fell."],
        ["The quake was of magnitude 4.9.", "President Orr flew in."],
        ["“We ran. We hid,” he said.", "She wept."],
        ["The meeting ended at 5 p.m. EST on Tuesday.", "All left."],
        ["Rep. Dunn voted no.", "Lt. Col. Brown did not vote."],
        ["Ann Orr, R-Calif., told Fox that it held.", "It did."],
        ["It began at 9:52 a.m. Wednesday in Tolm.", "It ended at 5 p.m. CT.", "The crew left."],
        ["At 10 a.m. Pacific time it fell.", "By 11:30 a.m. Tolm time it was over.", "It left at 9 a.m. Nov. 4."],
        ["He left at 9 a.m. on foot.", "Police came at 10 p.m.", "The gate was open."],
        ["Orr Media Inc. CEO Ann Lee left.", "She had run Lee Corp. President Orr said so."],
        ["The then-Gov. Sam Adams met Const. Ray Orr.", "Spc. Ann Lee, Pfc. Roe and Asst. Chief Moss left."],
        ["TOLM, Calif. -- The dam held.", "– The bridge fell."],
        ["Yahoo! shares rose.", "The market fell."],
        ["He left.", "He left.", "He left."],
        ["The deal collapsed.", "400 people lost their jobs."],
    ],
)
def test_sentences_of_news(sentences: list[str]) -> None:
    assert pieces(" ".join(sentences)) == sentences


def test_sentences_run_into_each_other_are_split() -> None:
    assert pieces("The gunman was killed.Emergency crews are there. “It fell.”He was in Tolm?A guard said so.") == [
        "The gunman was killed.",
        "Emergency crews are there.",
        "“It fell.”",
        "He was in Tolm?",
        "A guard said so.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Booking.Com said it had closed the site.",
        "The file at www.orrmedia.Example is gone.",
        "He wrote to ann.orr@media.Office about the dam.",
        "Prof.Lee said so to Capt.Orr of the guards.",
        "The firm trades on Orrmedia.com and in shops.",
        "“The gunman was killed.Emergency crews are there,” he said.",
    ],
)
def test_a_stop_inside_a_name_is_no_end(sentence: str) -> None:
    assert pieces(sentence) == [sentence]


def test_lines_are_paragraphs_unless_hard_wrapped() -> None:
    assert pieces("Dam holds\nBy Ann Orr\nThe dam held. Nobody was hurt.") == ["Dam holds", "By Ann Orr", "The dam held.", "Nobody was hurt."]
    first = "The mayor of the old town said on Monday that the dam would hold, and\nGeneral Holt agreed with her."
    second = "Nobody in the valley who had seen the water\nbelieved it."
    assert pieces(f"{first} {second}") == [first, second]


def test_long_paragraphs_are_split_like_short_ones() -> None:
    sentence = "The mayor of the town said that the dam was safe and that nobody had left."
    text = " ".join([sentence] * (3 * WINDOW // len(sentence)))
    assert set(pieces(text)) == {sentence}
    unbroken = "word " * WINDOW
    assert pieces(unbroken) == [unbroken.strip()]
