"""A claim with what the name and attribution readers find in it, for tests of the comparers."""

from __future__ import annotations

from flows.language.names import read_names
from flows.language.quantities import read_quantities
from flows.records import Claim


def claim(text: str, attribution: str | None = None, context: str = "") -> Claim:
    """Return a claim of `text`; only the fields that the comparers of names, places, stages, negation and labels read are filled."""
    return Claim(
        claim_id="c", article_id="a", run_id="r", text=text, char_start=0, char_end=len(text), sentence_index=0, context=context, proposition=text,
        attribution=attribution, attribution_strength=3 if attribution else 0, certainty="stated", certainty_level=5, certainty_cues=[],
        quantities=read_quantities(text), times=[], names=read_names(text),
    )  # fmt: skip


SENTENCES = [
    "The Calder Bank has not opened its branch in Northam, said Mayor Ilse Brandt, because no permit was issued.",
    "Gunmen seized the port of Velm on Monday; nobody was killed, and all passengers left the left engine's side unhurt.",
    "President Omar al-Haddad agreed to supply either Ralvia or the Northern Front with K-12 missiles, according to the U.S. government.",
    "Protesters – “a mob”, he said – won't leave; they are considering whether to march north of St. Anna’s hospital.",
    "",
    "?!",
    "İstanbul'da Ärzte é naïve — 3.5 % of Ünal’s voters",
]
"""Sentences that together touch every reader, with quotes, dashes, an empty one and letters that change length when folded."""
