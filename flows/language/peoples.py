"""Adjectives and people of a place, by how they stand in the sentence: "Pakistani officials" and "the Israelis", but not Pakistan, Modi or Paris.

Endings alone can't tell, as places and people end the same way (Japan, Sudan, Delhi, Memphis, Erdogan, Harris). So "-ian", "-ese", "-ish" and listed words
are believed, the endings that names share only where the word stands before what it describes, or after an article or a number ("the Israelis", but the
Taliban).
"""

from __future__ import annotations

import re

from flows.language.aliases import has_sure_demonym, looks_like_demonym
from flows.language.alignment import FUNCTION_WORDS
from flows.language.verbs import AUXILIARIES, IRREGULAR_PASTS

_COUNTED = re.compile(
    r"\b(?:an?|some|many|most|all|few|other|fellow|young|two|three|four|five|six|seven|eight|nine|ten|dozens of|hundreds of|thousands of|\d[\d,.]*)\s+$",
    re.IGNORECASE,
)
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ \xa0]([a-z][a-z-]{2,})\b")
_TITLE_NEXT = re.compile(r"[ \xa0][A-Z]")


def names_a_people(text: str, start: int, end: int) -> bool:
    """Say whether the word at these offsets is the adjective or the people of a place, and so neither an actor nor a place."""
    name = text[start:end]
    if not looks_like_demonym(name):
        return False
    if has_sure_demonym(name) or _COUNTED.search(text[:start]) or (name.endswith("s") and _THE.search(text[:start])):
        return True
    following = _NEXT_WORD.match(text, end)
    if following is None:
        return bool(_TITLE_NEXT.match(text, end))
    word = following.group(1)
    return not (word in FUNCTION_WORDS or word in AUXILIARIES or word in IRREGULAR_PASTS or word.endswith(("ed", "ly")))
