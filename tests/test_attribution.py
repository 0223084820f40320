from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.attribution import compare_attribution, is_hearsay, read_attribution
from flows.language.certainty import read_certainty
from flows.records import DIRECTIONS, OPPOSITE_DIRECTION, Claim, claim_id


def claim(text: str) -> Claim:
    attribution, certainty = read_attribution(text), read_certainty(text)
    return Claim(
        claim_id=claim_id("a", 0, len(text)), article_id="a", run_id="r", text=text, char_start=0, char_end=len(text), sentence_index=0, context="",
        proposition=attribution.proposition, attribution=attribution.source, attribution_strength=attribution.strength, certainty=certainty.name,
        certainty_level=certainty.level, certainty_cues=certainty.cues, quantities=[], times=[], names=[],
    )  # fmt: skip


LEAK = "The gas alarm had been off for weeks, according to two people familiar with the matter."
WITNESS = "Two residents said that the hydrants had run dry."
POLICE = "Eleven people were hurt, police said."


def test_citing_names_who_passes_it_on() -> None:
    attribution = read_attribution("The firm is in talks to sell its mine, the Herald reported on Monday, citing three people familiar with the talks.")
    assert attribution.through == "the Herald"
    assert attribution.strength == 2
    assert attribution.proposition == "The firm is in talks to sell its mine."


@pytest.mark.parametrize(
    ("earlier", "later", "direction"),
    [
        (LEAK, "The gas alarm had been off for weeks.", "dropped"),
        ("The hydrants had run dry.", WITNESS, "more precise"),
        ("The flight took 14 minutes, the Defence Ministry said.", "Critics say the flight took 14 minutes.", "vaguer"),
        ("Reliable sources say that the school was unsafe.", "Two former officials said that the school was unsafe.", "more precise"),
        ("The hydrants had run dry, the ministry said.", WITNESS, "replaced"),
        ("It hit a depot, two U.S. officials said on condition of anonymity.", "It hit a depot.", "dropped"),
        ("It hit a depot, the US State Department said.", "It hit a depot, a senior US official said.", "vaguer"),
        ("It hit a depot, Putin said.", "It hit a depot, Zelensky said.", "replaced"),
        ("It hit a depot, the Israeli military said.", "It hit a depot, an Israeli opposition politician said.", "replaced"),
    ],
)
def test_changes(earlier: str, later: str, direction: str) -> None:
    observation = compare_attribution(claim(earlier), claim(later))
    assert (observation.verdict, observation.direction) == ("changed", direction)
    assert observation.from_text in earlier
    assert observation.to_text in later


@pytest.mark.parametrize("hidden", ["who asked not to be named because he feared for his job", "on condition that we did not print his name"])
def test_leaving_out_a_hidden_source_weighs_more(hidden: str) -> None:
    silent = claim("The gate had been jammed shut.")
    of_one_who_hides = compare_attribution(claim(f"The gate had been jammed shut, an official said, {hidden}."), silent).weight
    assert of_one_who_hides > compare_attribution(claim("The gate had been jammed shut, an official said."), silent).weight


def test_one_quotation_in_two_mouths() -> None:
    told = claim("“We only wanted to come home,” said Ruth Orr, who is 81.")
    changed = compare_attribution(told, claim("'We only wanted to come home,' sobbed Maddie Orr, nine."))
    assert (changed.verdict, changed.direction, changed.from_text, changed.to_text) == ("changed", "replaced", "Ruth Orr, who is 81", "Maddie Orr")
    assert compare_attribution(told, claim("“We only wanted to come home,” Mrs Orr said.")).verdict == "same"
    assert compare_attribution(told, claim("“We only came for the bread,” said Maddie Hale.")).weight < changed.weight
    through_a_paper = claim("According to the Norvik Post, Ruth Orr wrote in a letter: “We only wanted to come home.”")
    assert compare_attribution(told, through_a_paper).verdict == "same"
    passed_on = claim("The Velm lawyer said that a Harbour Office clerk told him: “We only wanted to come home.”")
    assert compare_attribution(told, passed_on).weight < changed.weight


def test_leaving_out_the_police_is_harmless_and_leaving_out_a_leak_is_not() -> None:
    assert compare_attribution(claim(POLICE), claim("Eleven people were hurt.")).verdict == "absent"
    assert compare_attribution(claim(LEAK), claim("The gas alarm had been off for weeks.")).weight > 0.3


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (POLICE, "Officers said that eleven people were hurt."),
        ("The Defence Ministry said the missile flew 900 km.", "The missile flew 900 km, according to the ministry."),
        (POLICE, POLICE),
        ("The tanks had cracked, a northern newspaper reported.", "The tanks had cracked, a new report said."),
        ('"The tank is safe," Captain Orr told reporters.', "According to the Harbour Gazette, Captain Orr issued the statement that the tank is safe."),
        ("A person briefed on the calls said the tank had cracked.", "The tank had cracked, the other said."),
    ],
)
def test_the_same_source_under_another_name(earlier: str, later: str) -> None:
    assert compare_attribution(claim(earlier), claim(later)).verdict == "same"


SENTENCES = st.sampled_from(
    [
        LEAK,
        WITNESS,
        POLICE,
        "The gas alarm had been off.",
        "Critics say the gas alarm was off.",
        "The mayor claims that the alarm was off.",
        "The alarm was reportedly off.",
        "She said it was off.",
        "The alarm was off, Orr said.",
        "The alarm was off, Brandt said.",
        "A senior Israeli official said the alarm was off.",
        "The alarm was off, two officials said on condition of anonymity.",
    ]
)


@given(SENTENCES, SENTENCES)
def test_swapping_turns_the_direction_round(a: str, b: str) -> None:
    there, back = compare_attribution(claim(a), claim(b)), compare_attribution(claim(b), claim(a))
    assert (there.verdict, there.weight) == (back.verdict, back.weight)
    assert (there.from_text, there.to_text) == (back.to_text, back.from_text)
    if there.verdict == "changed":
        assert there.direction in DIRECTIONS["attribution"]
        # "more precise" is the way back of both "vaguer" and "dropped".
        assert OPPOSITE_DIRECTION[there.direction] == back.direction or OPPOSITE_DIRECTION[back.direction] == there.direction


@pytest.mark.parametrize(
    ("text", "hearsay"), [("The alarm was reportedly off.", True), ("It is said that the alarm was off.", True), (LEAK, False), (POLICE, False)]
)
def test_words_that_name_nobody_are_told_from_a_source(text: str, hearsay: bool) -> None:
    assert is_hearsay(read_attribution(text).source or "") is hearsay


@given(SENTENCES)
def test_a_claim_agrees_with_itself(text: str) -> None:
    assert compare_attribution(claim(text), dataclasses.replace(claim(text))).verdict in {"same", "absent"}
