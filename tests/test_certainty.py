from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.attribution import read_attribution
from flows.language.certainty import NAMES, compare_certainty, read_certainty
from flows.records import DIRECTIONS, OPPOSITE_DIRECTION, Claim, claim_id


def claim(text: str) -> Claim:
    attribution, certainty = read_attribution(text), read_certainty(text)
    return Claim(
        claim_id=claim_id("a", 0, len(text)), article_id="a", run_id="r", text=text, char_start=0, char_end=len(text), sentence_index=0, context="",
        proposition=attribution.proposition, attribution=attribution.source, attribution_strength=attribution.strength, certainty=certainty.name,
        certainty_level=certainty.level, certainty_cues=certainty.cues, quantities=[], times=[], names=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The valve failed.", "stated"),
        ("Investigators confirmed that the valve failed.", "stated"),
        ("The tests left no doubt that the valve failed.", "stated"),
        ("The valve reportedly failed.", "reported"),
        ("The valve is said to have failed.", "reported"),
        ("Reliable sources say that the valve failed.", "reported"),
        ("Engineers believe that the valve failed.", "believed"),
        ("The valve most likely failed.", "believed"),
        ("Police suspect that the valve was opened by hand.", "believed"),
        ("The valve may have failed, the operator said.", "possible"),
        ("The operator is considering whether to replace the valve.", "possible"),
        ("A failed valve cannot be ruled out.", "possible"),
        ("It is unclear whether the valve failed.", "unclear"),
        ("There is no evidence that the valve failed.", "unclear"),
        ("Whether the valve failed has not been established.", "unclear"),
        ("It is far from certain that the valve failed.", "unclear"),
        ("Whether the valve failed on its own is another question.", "unclear"),
        ("Doubts remain over who opened the valve.", "unclear"),
        ("Another leak remains possible, the operator said.", "possible"),
        ("There is a slim chance that the valve will hold.", "possible"),
        ("Missed the chance of a cheap repair, the plant was shut.", "stated"),
        ("There are indications that the valve failed.", "believed"),
        ("Evidence found on Monday points to a failed valve.", "believed"),
        ("The manager pointed to the valve.", "stated"),
        ("The plant looks certain to be shut.", "believed"),
        ("It is too early to say what made the valve fail.", "unclear"),
        ("It was not immediately clear who had opened the valve.", "unclear"),
        ("The cause was not yet fully known.", "unclear"),
        ("It isn’t entirely clear who opened the valve.", "unclear"),
        ("Ten people are feared dead.", "possible"),
        ("A suspected leak shut the plant.", "believed"),
        ("An apparent leak shut the plant.", "believed"),
        ("It became apparent after an hour.", "stated"),
        ("The plant was shut after workers saw a suspected leak.", "stated"),
        ("The operator would neither confirm nor deny that the valve failed.", "unclear"),
        ("The operator denied that the valve failed.", "denied"),
        # What is hedged must be what the sentence says.
        ("Rescuers could not reach the island.", "stated"),
        ("The flame was so bright that people could see it from the shore.", "stated"),
        ("The valve was replaced in May.", "stated"),
        ("Rents may rise by three percent, the council decided.", "stated"),
        ("The flame was so bright, he said, that people could see it from the shore.", "stated"),
        ("That was the best that they could do.", "stated"),
        ("The agency says that the asteroid could hit Earth.", "possible"),
        ("Officials told reporters on Monday that the dam could collapse.", "possible"),
        ("The minister said that it could happen again.", "possible"),
        ("There was a risk that it could happen again.", "possible"),
        ("The mission may not succeed.", "possible"),
        ("He may have decided to resign.", "possible"),
        ("The rules may change.", "possible"),
        ("Drones may attack again, although the court has ruled.", "possible"),
        ("A court may not have ruled yet.", "possible"),
        ("Tenants may not sublet, the court ruled.", "stated"),
        ("Under the law, visitors may stay for 90 days.", "stated"),
        ("For a month no one may sell spirits, by decree of the governor.", "stated"),
        ("They may not be sent back, any of those who came, the court has decided.", "stated"),
        ("The operator, which may sell the plant, replaced the valve.", "stated"),
        ("The valve failed, although it is unclear why.", "stated"),
        ("The court will decide on Monday whether to free him.", "unclear"),
        ("The court decided whether to free him.", "stated"),
        ("The driver saw a man he took to be Farrow.", "believed"),
        ("She took the dog to be washed.", "stated"),
        ("He was denied bail.", "stated"),
        ("A former clerk is the main suspect in the theft.", "believed"),
        ("He was named as a suspect in the theft.", "believed"),
        ("Four suspects in the murder of the mayor were arrested.", "stated"),
        ("The operator has taken steps against any potential leak.", "stated"),
        ("The potential sale of the plant worries the town.", "possible"),
        ("The agency assumed control of the plant.", "stated"),
    ],
)
def test_levels(text: str, name: str) -> None:
    certainty = read_certainty(text)
    assert certainty.name == name
    assert certainty.name == NAMES[certainty.level]
    assert all(text[c.char_start : c.char_end] == c.text for c in certainty.cues)


@pytest.mark.parametrize(
    ("earlier", "later", "direction", "from_text", "to_text"),
    [
        ("The firm has agreed to sell the plant.", "The firm may sell the plant.", "weakened", "has agreed", "may sell the"),
        ("It is unclear whether the valve failed.", "The valve failed.", "strengthened", "It is unclear", "failed"),
        ("It is unclear whether it was sent.", "There is no evidence that it was sent.", "weakened", "It is unclear", "no evidence"),
        ("Engineers believe that the valve failed.", "A valve may have failed.", "weakened", "believe", "may have failed"),
        ("Orr may not run.", "Orr will not run.", "strengthened", "may not run", "will not run"),
        ("There was no evidence that anybody was hurt.", "Nobody was hurt.", "strengthened", "no evidence", "was hurt"),
    ],
)
def test_changes(earlier: str, later: str, direction: str, from_text: str, to_text: str) -> None:
    observation = compare_certainty(claim(earlier), claim(later))
    assert (observation.verdict, observation.direction) == ("changed", direction)
    assert (observation.from_text, observation.to_text) == (from_text, to_text)


def test_what_is_no_change_of_certainty() -> None:
    assert compare_certainty(claim("Officials said the dam could fall."), claim("Officials said that the dam could fall.")).verdict == "same"
    assert compare_certainty(claim("The valve failed."), claim("A valve broke.")).verdict == "absent"
    assert compare_certainty(claim("The valve failed."), claim("The operator denied that the valve failed.")).verdict == "absent"
    assert compare_certainty(claim("The valve may have failed."), claim("A valve could have failed.")).verdict == "same"


SENTENCES = st.sampled_from(
    [
        "The valve failed.",
        "The valve may have failed.",
        "It is unclear whether the valve failed.",
        "There is no evidence that the valve failed.",
        "The operator denies that the valve failed.",
        "The valve is believed to have failed.",
        "The valve reportedly failed.",
        "The valve has failed, tests confirmed.",
    ]
)


@given(SENTENCES, SENTENCES)
def test_swapping_turns_the_direction_round(a: str, b: str) -> None:
    there, back = compare_certainty(claim(a), claim(b)), compare_certainty(claim(b), claim(a))
    assert (there.verdict, there.weight) == (back.verdict, back.weight)
    assert (there.from_text, there.to_text) == (back.to_text, back.from_text)
    assert there.from_text in a
    assert there.to_text in b
    assert 0 <= there.weight <= 1
    if there.verdict == "changed":
        assert there.direction in DIRECTIONS["certainty"]
        assert OPPOSITE_DIRECTION[there.direction] == back.direction


@given(
    st.lists(
        st.sampled_from("the valve may could be unclear whether , but it failed is believed to no evidence that . who might — not".split()), max_size=25
    ).map(" ".join)
)
def test_any_word_order_can_be_read(text: str) -> None:
    certainty = read_certainty(text)
    assert 0 <= certainty.level <= 5
    assert all(text[c.char_start : c.char_end] == c.text for c in certainty.cues)
