from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.attribution import read_attribution
from flows.language.reported_speech import mask_quotations, said
from flows.language.speech_patterns import MASK, VERB_OF

BEFORE = [
    ("Police said the bridge was closed.", "Police"),
    ("Two former guards, neither of whom gave a name, told the Herald that the gate had been open.", "Two former guards, neither of whom gave a name"),
    ("On Monday, the harbour board announced that the pier would be rebuilt.", "the harbour board"),
    ("But the mayor of Tolm has repeatedly insisted that no money was paid.", "the mayor of Tolm"),
    ("Workers interviewed by a radio station claim that they were never paid.", "Workers interviewed by a radio station"),
    ("A leaked memo seen by the Herald shows that the ministry knew.", "A leaked memo seen by the Herald"),
    ("The minister told reporters in Tolm on Friday that talks had failed.", "The minister"),
    ("Airline pilots reported ash over the island.", "Airline pilots"),
    ("Official estimates put the toll at 40.", "Official estimates"),
    ("Police reports show that he was drunk.", "Police reports"),
    ("Page Six reports that the bridge was closed.", "Page Six"),
    ("The ministry reports that two suspects were seen.", "The ministry"),
    ("The health office puts the number of cases at 214.", "The health office"),
]
AFTER = [
    ("The bridge was closed, police said.", "police"),
    ("The bridge was closed on Monday, Ann Orr, the mayor, said in a statement.", "Ann Orr, the mayor"),
    ("The bridge, officials said, will stay closed.", "officials"),
    ("The bridge will stay closed, said the mayor, Ann Orr, who had seen the cracks.", "the mayor"),
    ("“We were never told about the cracks,” said Ann Orr.", "Ann Orr"),
    ("The bridge remains shut, said a spokeswoman.", "a spokeswoman"),
    ("The bridge has been shut, say city engineers.", "city engineers"),
    ("'There is no risk right now,' another official said.", "another official"),
    ("‘The town’s dam may leak,’ he said, ‘and nobody cares.’", "he"),
    ("“However,” he said, the dam has failed.", "he"),
    ("“We were never told,” Ann Orr, the mayor, wrote.", "Ann Orr, the mayor"),
    ("“We were never told” and the mayor said that the dam leaks.", "the mayor"),
    ("‘One senior official said that the dam leaks.", "One senior official"),
    ("The dam leaks, according to the film “Below the Dam”.", "the film “Below the Dam”"),
    ("Detectives believe that the texts came from abroad, a police spokeswoman said.", "a police spokeswoman"),
    ("No one was hurt, two people with knowledge of the matter have told the Herald.", "two people with knowledge of the matter"),
]
OTHER = [
    ("The mayor, for her part, said the bridge was safe.", "The mayor"),
    ("The union, meanwhile, said that it would strike.", "The union"),
    ("According to the coast guard, the ship sank within minutes.", "the coast guard"),
    ("The ship sank within minutes, according to the coast guard, which sent two boats.", "the coast guard"),
    (
        "The firm is in talks to sell its mine, the Herald reported on Monday, citing three people familiar with the talks.",
        "three people familiar with the talks",
    ),
    ("By the ministry's count, 40 houses were lost.", "the ministry"),
    ("Some 40 houses were lost, by the reckoning of the fire service.", "the fire service"),
    ("The flight reportedly took 14 minutes.", "reportedly"),
    ("Half of the loss is said to be covered.", "is said to"),
]
NONE = [
    "The bridge fell on Monday.",
    "The ministry announced a ban on fishing that takes effect in May.",
    "Residents were told to leave their homes.",
    "The minister would not say who had paid.",
    "The mayor warned the crews to stay away from the dam.",
    "While the Herald had reported that the dam leaks, the new figures are worse.",
    "The fire has claimed five lives.",
    "The skull found in the desert is old.",
    "The plan that the governor announced on Monday remains in force.",
    "Three suspects were arrested on Monday.",
    "Two reports were published on Monday.",
    "Four claims were rejected by the court.",
    "New charges were filed against him.",
    "Four suspects in the murder of the mayor were arrested.",
    "Several claims that he had lied were withdrawn.",
    "The town neither confirmed nor denied it.",
    "The final report is due in June.",
    "“Nobody said a word to us about the cracks.”",
]


@pytest.mark.parametrize(("text", "source"), BEFORE + AFTER + OTHER)
def test_source_is_found(text: str, source: str) -> None:
    assert read_attribution(text).source == source


@pytest.mark.parametrize("text", NONE)
def test_no_source_where_none_speaks(text: str) -> None:
    attribution = read_attribution(text)
    assert attribution.source is None
    assert attribution.proposition == text


@pytest.mark.parametrize(
    ("text", "proposition"),
    [
        ("The bridge was closed, police said on Monday.", "The bridge was closed."),
        ("Police said on Monday that the bridge was closed.", "The bridge was closed."),
        ("Orr said Monday that the bridge would be closed.", "The bridge would be closed."),
        ("Orr said Monday night the bridge would be closed.", "The bridge would be closed."),
        ("Orr said Monday's vote was void.", "Monday's vote was void."),
        ("Orr said Monday was a holiday.", "Monday was a holiday."),
        ("The bridge was closed, Orr said Monday.", "The bridge was closed."),
        ("The bridge, officials said, will stay closed.", "The bridge will stay closed."),
        ("'The bridge is closed,' officials said.", "'The bridge is closed,'"),
        ("“However,” he said, the dam has failed.", "“However,” the dam has failed."),
        ("According to the coast guard, the ship sank.", "The ship sank."),
        ("The flight reportedly took 14 minutes.", "The flight took 14 minutes."),
        ("It has been reported that the dam had burst.", "The dam had burst."),
        ("The company denies that its valve failed.", "The company denies that its valve failed."),
        ("Inspectors found no sign that the valve had failed.", "Inspectors found no sign that the valve had failed."),
    ],
)
def test_proposition_is_what_is_left(text: str, proposition: str) -> None:
    assert read_attribution(text).proposition == proposition


def test_verb_forms() -> None:
    assert VERB_OF["admitted"] == "admit"
    assert VERB_OF["denies"] == "deny"
    assert "states" not in VERB_OF  # "the member states" far outnumber "he states"


@given(st.text(alphabet='ab ,.“”"\n', max_size=60))
def test_masking_keeps_every_offset(text: str) -> None:
    masked = mask_quotations(text)
    assert len(masked) == len(text)
    assert all(m in (c, MASK) for m, c in zip(masked, text, strict=True))


@pytest.mark.parametrize(
    "text", ['“We were never told about it" and the bridge was closed, police said.', '"We were never told” and the bridge was closed, police said.']
)
def test_a_curly_mark_and_a_straight_one_close_each_other(text: str) -> None:
    assert mask_quotations(text).endswith(f"{MASK} and the bridge was closed, police said.")
    assert read_attribution(text).source == "police"


WORDS = st.sampled_from(
    "police the mayor said , told that bridge fell “we ran away” according to citing two people reportedly who . on Monday it is believed".split(" ")
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_word_order_gives_slices(text: str) -> None:
    attribution = read_attribution(text)
    assert (attribution.source or "") == text[attribution.char_start : attribution.char_end]
    assert (attribution.source is None) == (attribution.strength == 0)
    found = said(mask_quotations(text))
    assert found is None or 0 <= found.source[0] < found.source[1] <= len(text)
