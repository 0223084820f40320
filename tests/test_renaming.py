"""Renamed copies of labelled pairs: shared names and figures become others in both sentences, and all else stays."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from models.examples import Example
from models.renaming import Renamer

NAMES = ("Adaro", "Belmin", "Corvany", "Dostrel")


def test_shared_names_become_the_same_other_names_in_both_sentences_and_in_the_changed_words() -> None:
    pair = Example(
        "Orlena Vask said 40 boats had left Tarsk.", "At most 30 boats had left Tarsk, Orlena said.", same_fact=True,
        premise_spans={"quantity": "40 boats"}, hypothesis_spans={"quantity": "At most 30 boats"},
    )  # fmt: skip
    new = Renamer([*NAMES, "Orlena", "Tarsk", "Vask"], seed=1).renamed(pair)
    assert "Vask" in new.premise  # of one sentence only
    first, town = re.fullmatch(r"(\w+) Vask said 40 boats had left (\w+)\.", new.premise).groups()  # type: ignore[union-attr]
    assert new.hypothesis == f"At most 30 boats had left {town}, {first} said."
    assert new.premise_spans == pair.premise_spans
    assert new.hypothesis_spans == pair.hypothesis_spans


def test_a_shared_figure_becomes_another_in_both_and_stays_in_the_words_that_changed() -> None:
    spans = {"certainty": "All 1,200"}, {"certainty": "Up to 1,200"}
    pair = Example("All 1,200 jobs will go.", "Up to 1,200 jobs may go.", premise_spans=spans[0], hypothesis_spans=spans[1])
    new = Renamer([], seed=2).renamed(pair)
    figure = re.search(r"[\d,]+", new.premise).group()  # type: ignore[union-attr]
    assert figure != "1,200"
    assert (new.premise, new.hypothesis) == (f"All {figure} jobs will go.", f"Up to {figure} jobs may go.")
    assert (new.premise_spans, new.hypothesis_spans) == ({"certainty": f"All {figure}"}, {"certainty": f"Up to {figure}"})


def test_years_common_words_and_widely_known_names_stay() -> None:
    known = [Example("Tarsk will vote in 2024.", "The vote in Tarsk is due in 2024.")] * 70
    rare = Example("The Belmin bridge fell.", "The bridge at Belmin fell.")
    renamer = Renamer.of([*known, rare, Example("Rose rose.", "If they bridge a gap, they win.")], seed=3)
    assert renamer.names == ["Belmin"]
    assert renamer.renamed(known[0]) is known[0]


@given(st.lists(st.sampled_from([*NAMES, "said", "the", "12", "7.5", "and"]), min_size=1, max_size=12), st.data())
def test_sentences_that_are_equal_stay_equal_and_as_long(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    new = Renamer(NAMES, seed=data.draw(st.integers(0, 9))).renamed(Example(text, text))
    assert new.premise == new.hypothesis
    assert len(new.premise.split()) == len(words)
    for old, now in zip(words, new.premise.split(), strict=True):
        assert now == old if old in ("said", "the", "and") else now in NAMES if old in NAMES else re.fullmatch(r"[\d.]+", now)
