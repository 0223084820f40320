"""Whether a bare number after a preposition is an hour ("at nine", "from six to nine") or a count ("the toll rose to nine", "was put at six")."""

from __future__ import annotations

import re

from flows.language.time_patterns import HOURS

_HOUR = "|".join(sorted(HOURS, key=len, reverse=True))
_REACH = 60  # characters before the preposition in which a verb may govern it
_PART_AFTER = re.compile(r"[ ](?:in[ ]the[ ](?:early[ ]|late[ ])?(?:morning|afternoon|evening)|at[ ]night)\b")
# What moves a count, and what a count is called: some 25 verbs and 6 nouns of newsroom usage, in the clause before the preposition.
_MOVED = re.compile(
    r"\b(?:r[oi]s(?:e|en|es|ing)|climb\w*|gr[eo]w\w*|f[ae]ll\w*|dropp?\w*|declin\w*|cut\w*|reduc\w*|lower\w*|rais\w*|increas\w*|widen\w*|extend\w*|expand\w*|doubl\w*|"
    r"shr[aiu]nk\w*|trim\w*|halv\w*|brought|bring\w*|t[ao]k(?:e|en|ing)|took|add\w*|number|count|toll|tally|total|score|up|down)\b[^,.;:]*$",
    re.IGNORECASE,
)
_PUT_AT = re.compile(
    r"\b(?:put\w*|st[ao]nds?|stood|standing|estimat\w*|set(?! (?:off|out|sail|foot|up)\b)|fix\w*|capp\w*|remain\w*|unchanged|"
    r"number|count|toll|tally|total|score)\b[^,.;:]*$",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"\b(?:(?:majority|vote|margin|score|ratio|odds|result) of|voted|split|won|lost)(?: by)?$", re.IGNORECASE)  # "a majority of ten to two"
_HOUR_BEFORE = re.compile(rf"(?:\b(?:{_HOUR}|1[0-2]|\d|noon|midday|midnight)|[:.][0-5]\d|[ap]\.?m\.?|o['’]clock)$", re.IGNORECASE)
_TIME_PREPOSITION = re.compile(r"\b(?:at|from|until|till|since|by|before|after|between)$", re.IGNORECASE)


def divides(text: str, char_start: int) -> bool:
    """Return whether the two numbers of "ten to two" that start there tell how a vote or a match went, and not a time."""
    return _DIVIDED.search(text[max(0, char_start - _REACH) : char_start].rstrip()) is not None


def is_hour(text: str, char_start: int, char_end: int) -> bool:
    """Return whether the bare number [char_start, char_end) is an hour, by the preposition before it and what governs that."""
    if _PART_AFTER.match(text, char_end):
        return True
    before, _, preposition = text[max(0, char_start - _REACH) : char_start].rstrip().rpartition(" ")
    match preposition.lower():
        case "at":
            return _PUT_AT.search(before) is None
        case "to" | "and":  # the second of two hours
            return _HOUR_BEFORE.search(before) is not None and _MOVED.search(before) is None
        case "about" | "around":
            return _TIME_PREPOSITION.search(before) is not None
        case "by" | "from":
            return _MOVED.search(before) is None
        case _:
            return True
