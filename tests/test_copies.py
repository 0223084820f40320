"""Near copies: laws of the word-shingle overlap."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from flows.steps.copies import near_copy, shingle_overlap, shingles

WORDS = st.lists(st.sampled_from("the fire at refinery was put out on monday after nine hours county said".split()), max_size=40).map(" ".join)
WIRE = "A fire at the Orvel refinery was put out on Monday after nine hours, the county said. Two workers were taken to hospital with burns."


@given(WORDS, WORDS)
def test_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0.0 <= near_copy(a, b) == near_copy(b, a) <= 1.0


@given(WORDS.filter(str.strip))
def test_a_text_is_a_copy_of_itself(text: str) -> None:
    assert near_copy(text, text) == 1.0


def test_a_wire_report_inside_a_longer_article_is_a_copy() -> None:
    longer = f"Orvel woke to smoke. {WIRE.upper().replace(',', ' –')} The plant has 210 workers, most of whom live in the town below it."
    assert near_copy(WIRE, longer) == 1.0


def test_retellings_are_no_copies() -> None:
    assert near_copy(WIRE, "After nine hours firefighters put out the blaze at a refinery in Orvel; two men have burns.") == 0.0
    assert near_copy("", WIRE) == near_copy("", "") == 0.0


def test_one_changed_word_costs_its_shingles_only() -> None:
    longer = WIRE + " The plant, which has 210 workers, had been shut for most of the winter after a leak in its oldest tank."
    assert 0.5 < near_copy(longer, longer.replace("nine", "ten")) < 1.0


def test_hashes_are_the_same_in_every_process() -> None:
    code = f"from flows.steps.copies import shingles; print(sorted(shingles({WIRE!r}))[:3])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert out.stdout.strip() == str(sorted(shingles(WIRE))[:3])
    assert shingle_overlap(shingles(WIRE), frozenset()) == 0.0
