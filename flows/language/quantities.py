"""Read the quantities of a claim: "at least 87 people", "1.8 million euros", "four in every five trains", "between 20 and 30 km".

A quantity is a number with what its wording admits (low, high), its unit in the dimension's canonical measure or the noun it counts. Clock times, dates and
years belong to times.py; numbers in names ("SA-22", "Flight 203", "Section 4") are no quantities.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import islice

from flows.language.number_words import DIGITS, Number, find_numbers
from flows.language.quantity_comparison import compare_quantities
from flows.language.slots import STOP_WORDS
from flows.language.times import time_spans
from flows.language.units import CURRENCY_BEFORE, Unit, find_unit, unit_of_sign
from flows.language.verbs import IRREGULAR_PASTS
from flows.records import Quantity

__all__ = ["compare_quantities", "read_quantities"]

# Modifiers by what they do to the number. "about" and its like admit 10 percent either way, "nearly" and "just over" 10 percent on their side.
_MODIFIERS: list[tuple[str, str]] = [
    ("above", r"just (?:over|above|more than)|slightly (?:more than|over|above)|a (?:little|bit|shade) (?:more than|over|above)|little (?:more than|over)"),
    (
        "below",
        r"just (?:under|below|less than)|slightly (?:less than|under|below)|a (?:little|bit|shade) (?:less than|under|below)|little less than|nearly|almost|"
        r"close to|nearing|approaching|barely|scarcely|not quite",
    ),
    ("at least", r"at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of|the minimum of|as (?:many|much) as \w+ or more"),
    ("over", r"(?:well |far |much )?(?:more than|over|above|beyond|in excess of|upwards of|north of|exceeding|greater than|longer than|higher than)"),
    ("at most", r"at (?:the )?most|no more than|not more than|up to|as (?:many|much|high|long|far) as|a maximum of|no longer than|anything up to"),
    ("under", r"(?:well |far |much )?(?:less than|fewer than|under|below|lower than|shorter than)"),
    (
        "about",
        r"about|around|some|roughly|approximately|approx\.?|an estimated|estimated|perhaps|circa|ca\.|something like|in the (?:region|order) of|an average of",
    ),
    ("exact", r"exactly|only|just|precisely|a total of|altogether|a record|as few as|as little as|a mere|a single|a further|an additional|another|all"),
]  # fmt: skip
_MODIFIER = re.compile(r"\b(?:" + "|".join(rf"(?P<{name.replace(' ', '_')}>{words})" for name, words in _MODIFIERS) + r")\s$", re.IGNORECASE)
_AFTER = re.compile(
    r"(?: |, )(?:(?P<at_least>or more|or higher|or longer|at (?:the very )?least)|"
    r"(?P<at_most>or fewer|or less|at (?:the )?most)|(?P<about>or so))\b|(?P<odd>-odd|-plus|\+)",
    re.IGNORECASE,
)
# "Turned over 2.9 billion", "handed over 40 hostages", "spread over 24 months": the adverb belongs to the verb. Six verbs of which that is so as a rule.
_PHRASAL_OVER = re.compile(r"\b(?:turn(?:s|ed|ing)?|hand(?:s|ed|ing)?|roll(?:s|ed|ing)?|phas(?:ed|ing)|stagger(?:ed|ing)|spread(?:ing)?) $", re.IGNORECASE)
_RANGE = re.compile(r" (?:to|or) |[ ]?[-–—][ ]?| and ")

_NAMED = re.compile(
    r"\b(?:flight|section|article|route|room|chapter|unit|type|no\.?|number|nr\.?|page|channel|highway|motorway|road|terminal|gate|building|block|platform|line|version|"
    r"formula|class|paragraph|clause|rule|act|part|volume|window|model|mark|bus|tram|train|psalm|verse|apollo|boeing|airbus|resolution|protocol|day|week|item|point|option|"
    r"plan|pier|berth|seat|row|flat|apartment|suite|exit|shaft|ward|cell|district|sector|zone|area|lot|case|exhibit|count|law|order|decree|bill|proposition|studio|aged?)\s$",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"\b(?:(?P<word>level|category|force|stage|grade|tier|alert|phase)[ -]|(?P<magnitude>magnitude)[ -](?:of )?)$", re.IGNORECASE)
_MAGNITUDE_AFTER = re.compile(r"[- ]magnitude\b", re.IGNORECASE)  # "a 7.2-magnitude earthquake"
_AGE_AFTER = re.compile(r"[ -]years?[ -](?:old|of age)\b|[ -]year[ -]old\b", re.IGNORECASE)
_AGE_BEFORE = re.compile(r"\b(?:aged|age of|age)\s$", re.IGNORECASE)
# "Ann Orr, 24, said": the name, and a name may be one word.
_AGE_APPOSED = re.compile(r"(?:\b[A-Z][\w’'-]+,|\b(?:who|[Ss]he|[Hh]e) (?:is|was|turned)) (?:\d{1,3}|[a-z]+)$")
_APPOSITION_ENDS = re.compile(r",(?! \d)|\.$| (?:from|and|when|at the time)\b")
_OLDEST = 115
_PRONOUN_ONE = re.compile(r"\b(?:no|any|every|each|the|this|that|which|some|last|another|or|not|as|for)\s$", re.IGNORECASE)
_IDIOM_ONE = re.compile(r"[ -](?:of|another|by|day|thing|time|way|hand|side|point|more|who|that|which|to|and|or|is|was|reason|example)\b|[^\w\s]")
_OF = re.compile(
    r"[ ]of(?:[ ](?:the|its|his|her|their|our|these|those|all|some))?(?=[ ])|"
    r"(?:[ ](?:the|its|his|her|their|our|these|those|more|other|further|additional))+(?=[ ])"
)
_HEAD_WORD = re.compile(r"[ -](?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)")
# Nouns that are plural without an s, and adjectives that news counts like nouns. A closed class for the former; seven words for the latter.
_PLURALS = frozenset(
    "people men women children police crew staff personnel troops cattle sheep aircraft youths policemen servicemen "
    "policewomen fishermen spacecraft data media criteria bacteria teeth feet mice dead wounded injured missing homeless unemployed sick".split()
)
_ADJECTIVE_HEADS = frozenset("dead wounded injured missing homeless unemployed sick".split())
_NUMBER_OF = re.compile(r"\b(?:numbers?|count|tally|total) of\b", re.IGNORECASE)  # what a bare figure after it counts
_CROWD_OF = re.compile(
    r"\b(?:crowds?|mobs?|throngs?|gangs?|groups?|teams?|bands?|family|crew|panel|squads?|party|audience|turnout|workforce|staff|population|congregation|gathering)"
    r" (?:of|at) $",
    re.IGNORECASE,
)
_NO_HEAD = STOP_WORDS - frozenset("police people".split())


def read_quantities(text: str) -> list[Quantity]:
    """Return the quantities of a claim, in order; offsets are code points of `text`. `low` and `high` are in the canonical unit."""
    masked = time_spans(text)
    numbers = [n for n in find_numbers(text) if not any(start < n.char_end and n.char_start < end for start, end in masked)]
    found: list[Quantity] = []
    position = 0
    while position < len(numbers):
        first = numbers[position]
        second = numbers[position + 1] if position + 1 < len(numbers) else None
        position += 1
        if _is_name(first, text):
            continue
        last = first
        if second is not None and _is_range(first, second, text):
            last = second
            position += 1
        quantity = _read_one(first, last, text)
        if quantity is not None and not (found and found[-1].char_end > quantity.char_start):
            found.append(quantity)
    read: list[Quantity] = []
    for i, q in enumerate(found):
        read.append(_inherit(q, read[-1] if read else None, found[i + 1] if i + 1 < len(found) else None, text))
    return read


def _inherit(q: Quantity, previous: Quantity | None, following: Quantity | None, text: str) -> Quantity:
    """Give a bare number the unit that the sentence says once: "from four to 3.75 percent", "by 22 kilograms to 142", "€45 million, up from 38 million"."""
    if q.dimension != "count" or q.unit:
        return q
    donor = None
    if following is not None and re.fullmatch(r" (?:to|against|or|and|from) ", text[q.char_end : following.char_start]):
        donor = following
    elif previous is not None and re.fullmatch(
        r"(?:,? (?:to|against|from|up from|down from|instead of|not)(?: the)? )", text[previous.char_end : q.char_start]
    ):
        donor = previous
    elif q.low >= 1000:
        donor = next((d for d in (previous, following) if d is not None and d.dimension == "money"), None)
    if donor is None:
        return replace(q, unit=_counted_before(text, q.char_start))
    if donor.dimension == "count":
        return replace(q, unit=donor.unit)
    if donor.dimension in ("ordinal", "age", "times", "level"):
        return q
    unit = find_unit(text, donor.char_start + _unit_start(donor.text))
    factor, offset = (unit[1].factor, unit[1].offset) if unit is not None and unit[1].dimension == donor.dimension else (1.0, 0.0)
    return replace(q, low=q.low * factor + offset, high=q.high * factor + offset, unit=donor.unit, dimension=donor.dimension)


def _counted_before(text: str, char_start: int) -> str:
    """Return the noun of the nearest "number of X" that stands before a bare figure with no other figure in between, "people" after "a crowd of", else ""."""
    if _CROWD_OF.search(_before(text, char_start)):
        return "people"
    opening = max((m.end() for m in _NUMBER_OF.finditer(text, 0, char_start)), default=-1)
    between = text[opening:char_start]
    if opening < 0 or len(between) > 120 or re.search(r"[.;:]\s", between) or find_numbers(between):
        return ""
    words = [m["word"].lower() for m in islice(_HEAD_WORD.finditer(between), 4)]
    return "people" if words[:1] == ["those"] else next((word for word in words if _is_plural(word)), "")


def _unit_start(text: str) -> int:
    """Return where the last number of a quantity's text ends."""
    return find_numbers(text)[-1].char_end


def _before(text: str, position: int) -> str:
    """Return the words just before a position: all that the patterns anchored there can need, and short, since they are searched from the left."""
    return text[max(0, position - 30) : position]


def _is_name(number: Number, text: str) -> bool:
    """Return whether the number is part of a name, a pronoun or an idiom."""
    before, after = _before(text, number.char_start), text[number.char_end : number.char_end + 48]
    word = text[number.char_start : number.char_end].lower()
    if word == "one":
        return bool(_PRONOUN_ONE.search(before)) or bool(_IDIOM_ONE.match(after)) or (not _head(text, number)[1] and find_unit(text, number.char_end) is None)
    if number.kind == "ordinal":
        return word in ("first", "second") or _HEAD_WORD.match(after) is None
    if word.endswith("majority") and re.match(rf" of (?:{DIGITS}|\w+ to )", after):
        return True  # "a majority of 34", "a majority of ten to two"
    if number.kind in ("vague", "share") and word in ("many", "several", "numerous", "all", "most", "none", "half"):
        if re.search(r"\b(?:how|as|so|too|at|the|not|first|second|other|third)\s$", before, re.IGNORECASE):
            return True
        if word == "all":
            return not re.match(r" of (?:the |its |his |their )", after)
        if word in ("many", "several", "numerous"):
            return before.lower().endswith("however ") or not _head(text, number)[1]
        return word == "most" and not re.match(r" (?:of\b|(?!\w+(?:ous|less)\b)[a-z]+s\b)", after)
    if number.kind != "cardinal" or not word[0].isdigit():
        return False
    if after[:1].isalpha() and not number.short_scale and (find_unit(text, number.char_end) is None or (after[0].isupper() and _NAMED.search(before))):
        return True  # "5G", "gate 4C"
    if _NAMED.search(before) and not _AGE_BEFORE.search(before) and find_unit(text, number.char_end) is None:
        return True
    if not word.replace(",", "").isdigit() or find_unit(text, number.char_end) is not None:
        return False
    if re.search(r"\b[a-z]{1,2}[A-Z]\w+ $", before):
        return True  # "iPhone 6 cases"
    # "Boeing 737 crashed": a capital before and nothing counted after.
    capital = re.search(r"(?:^|[\s-])([A-Z]\w*) $", before)
    if capital is None or "," in word or capital[1].lower() in STOP_WORDS or capital.start(1) == 0 == number.char_start - len(before):
        return False
    return _MODIFIER.search(before) is None and _head(text, number)[1] == ""


def _is_range(first: Number, second: Number, text: str) -> bool:
    """Return whether two numbers bound one quantity: "20 to 30", "between 20 and 30", "20-30"; "52-48" and "from 12 to 20" are two."""
    gap = text[first.char_end : second.char_start]
    sign = CURRENCY_BEFORE.search(gap)
    gap = gap[: sign.start()] + gap[sign.end() :] if sign else gap
    unit = find_unit(text, first.char_end)
    if unit is not None and unit[0] <= second.char_start:  # "20 km to 30 km"
        gap = text[unit[0] : second.char_start]
    if not {first.kind, second.kind} <= {"cardinal", "share"} or _RANGE.fullmatch(gap) is None:
        return False
    if first.low * _shared_scale(first, second) >= second.low:
        return False
    before = _before(text, first.char_start).lower()
    if gap.strip() == "and":
        return bool(re.search(r"\bbetween (?:[$€£¥₹]|us\$)?$", before))
    return (
        not (gap.strip() == "to" and re.search(r"\b(?:from|votes?|by) (?:[$€£¥₹]|us\$)?$", before))
        and "votes" not in text[second.char_end : second.char_end + 8]
    )


@dataclass(slots=True)
class _Measure:
    """Unit found for a number: where the quantity ends, its dimension and canonical unit, and the conversion."""

    char_end: int
    dimension: str
    unit: str
    factor: float = 1.0
    offset: float = 0.0


def _read_one(first: Number, last: Number, text: str) -> Quantity | None:
    char_start = first.char_start
    before = _before(text, char_start)
    sign = CURRENCY_BEFORE.search(before)
    if sign is not None and text[first.char_start].isdigit():
        char_start -= len(before) - sign.start()
    else:
        sign = None
    measure = _measure(first, last, text, unit_of_sign(sign["sign"] or sign["code"]) if sign else None)
    if measure is None:
        return None
    if last is not first and _before(text, char_start).lower().endswith("between "):
        char_start -= len("between ")
    low, high = first.low * _shared_scale(first, last), last.high
    approximate = first.kind == "vague" or last is not first
    if (level := _LEVEL.search(_before(text, char_start))) and measure.dimension in ("count", "level"):
        char_start -= len(_before(text, char_start)) - level.start()
    kind, char_start = ("", char_start) if measure.dimension == "level" else _modifier(text, char_start)  # "a warning about level nine"
    tail = _AFTER.match(text, measure.char_end) or (_AFTER.match(text, last.char_end) if measure.dimension == "count" else None)
    char_end = measure.char_end
    if tail is not None and kind in ("", "exact"):
        kind = "about" if tail["about"] else "over" if tail["odd"] else "at most" if tail["at_most"] else "at least"
        char_end = max(char_end, tail.end())
    low, high = _bounds(kind, low, high)
    low, high = low * measure.factor + measure.offset, high * measure.factor + measure.offset
    return Quantity(
        text[char_start:char_end], char_start, char_end, low, high, measure.unit, measure.dimension, approximate or kind in ("about", "above", "below")
    )


def _shared_scale(first: Number, last: Number) -> float:
    """Return the scale word's value that a range says once, at its end: 1e6 for "two to three million", 1 where nothing is shared."""
    if first is last or first.low >= 1000 or last.low < 1000 * first.low:
        return 1.0
    return max((power for power in (1.0, 1e3, 1e6, 1e9, 1e12) if last.low >= power), default=1.0)


def _modifier(text: str, position: int) -> tuple[str, int]:
    """Return the kind of the modifier that ends at `position` and where it starts; ("", position) without one."""
    window = _before(text, position)
    m = _MODIFIER.search(window)
    if m is None or m.lastgroup is None or (m.group().lower() == "over " and _PHRASAL_OVER.search(window[: m.start()])):
        return "", position
    return m.lastgroup.replace("_", " "), position - len(window) + m.start()


def _bounds(kind: str, low: float, high: float) -> tuple[float, float]:
    """Return what a modified number admits."""
    if kind == "about":
        return low * 0.9, high * 1.1
    if kind == "above":
        return low, high * 1.1
    if kind == "below":
        return low * 0.9, high
    if kind in ("at least", "over"):
        return low, math.inf
    if kind in ("at most", "under"):
        return 0.0, high
    return low, high


def _measure(first: Number, last: Number, text: str, currency: Unit | None) -> _Measure | None:
    """Return the unit of a number: its currency, the unit after it, or the noun it counts; None for what only looks like a quantity."""
    end = last.char_end
    if currency is not None:
        return _Measure(end, currency.dimension, currency.canonical)
    word = text[last.char_start : end]
    apposed = last.low <= _OLDEST and _APPOSITION_ENDS.match(text, end) and _AGE_APPOSED.search(text[max(0, end - 60) : end])
    if apposed or _AGE_BEFORE.search(_before(text, first.char_start)):
        return _Measure(end, "age", "year")
    if m := _AGE_AFTER.match(text, end):
        return _Measure(m.end(), "age", "year")
    if word.lower().endswith("-figure"):
        return _Measure(_head(text, last)[0], "money", "")
    if first.kind == "times":
        return _Measure(end, "times", "time")
    if first.kind == "multiple":
        return _Measure(end, "multiple", "")
    if first.kind == "ordinal":
        end, head = _head(text, last)
        return _Measure(end, "ordinal", head) if head else None
    if first.kind == "cardinal" and (m := _MAGNITUDE_AFTER.match(text, end)):
        return _Measure(m.end(), "level", "magnitude")
    level = _LEVEL.search(_before(text, first.char_start))
    if level is not None and first.kind == "cardinal":
        of_how_many = re.match(r" of (?:\w+)\b(?<! of the)", text[end : end + 16])
        return _Measure(
            end + (of_how_many.end() if of_how_many and find_numbers(of_how_many.group(0)) else 0), "level", (level["word"] or level["magnitude"]).lower()
        )
    scaled = bool(re.search(r"[a-z]", word)) and last.low >= 1000
    of_a = re.match(r" (?:of )?an?(?= )|(?= an? )", text[end:])
    fewer = re.match(r" (?:more|fewer|extra|additional|further)(?= )", text[end:])  # "400,000 fewer barrels"
    unit = (
        find_unit(text, end, scaled=scaled)
        or (find_unit(text, end + fewer.end(), scaled=scaled) if fewer else None)
        or (find_unit(text, end + of_a.end(), scaled=scaled) if of_a and first.kind == "share" else None)
        or _of_unit(text, end, scaled)
    )
    if unit is not None:
        unit_end, u = unit
        if (
            u.dimension == "duration"
            and u.factor < 1 / 100
            and text[unit_end - 6 : unit_end] == "second"
            and not word.lower().startswith(("one", "1"))
            and "-" not in text[end:unit_end]
        ):
            unit_end, u = end, Unit("count", "")
        if of_a and first.kind == "share" and unit_end > end:  # "a quarter of an hour", "half a percentage point": a part of the unit
            return _Measure(unit_end, u.dimension, u.canonical, u.factor / 100, u.offset)
        if u.dimension != "count":
            if first.low == 1.5 and text.startswith(" and a half", unit_end):  # "a minute and a half"
                unit_end += len(" and a half")
            return _Measure(unit_end, u.dimension, u.canonical, u.factor, u.offset)
    if first.kind == "share":
        return _Measure(_head(text, last)[0] if text[end : end + 4] != " of " else end, "share", "percent")
    head_end, head = _head(text, last)
    if head in ("times", "time", "occasions", "views"):  # "watched two million times", "11 million views"
        return _Measure(head_end, "times", "time")
    if last.short_scale == "m" and not head:  # "a 38m tower"; "38m people" is a count
        return _Measure(end, "length", "metre", 1e-6)
    if first.kind == "cardinal" and first.year_like and not head and _modifier(text, first.char_start)[0] == "":
        return None
    return _Measure(head_end, "count", head)


def _of_unit(text: str, end: int, scaled: bool) -> tuple[int, Unit] | None:
    """Read the unit in "hundreds of kilometres", "millions of euros"."""
    m = re.match(r" of(?= )", text[end:])
    return find_unit(text, end + m.end(), scaled=scaled) if m else None


def _head(text: str, number: Number) -> tuple[int, str]:
    """Return (end, noun) of what a number counts: the first plural within five words, of one thing the last noun before a verb; else (end of number, "")."""
    end, of_how_many = number.char_end, None
    single = number.low == number.high == 1 and number.kind == "cardinal"
    if m := _OF.match(text, end):
        end, single = m.end(), False
        skipped = re.match(r" (?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?= )", text[end:])
        end += skipped.end() if skipped else 0
        of_how_many = (end, "") if skipped else None
    first_noun = (number.char_end, "")
    for i in range(5):
        m = _HEAD_WORD.match(text, end)
        if m is None:
            break
        word = m["word"].lower()
        if word in _NO_HEAD or (word in _ADJECTIVE_HEADS and i and first_noun[1]):
            break
        plural = word in _ADJECTIVE_HEADS or _is_plural(word)
        if first_noun[1] and (word in IRREGULAR_PASTS or (word.endswith("ed") and len(word) > 3) or (single and plural and word not in _PLURALS)):
            break  # "one man died", "one officer says"
        end = m.end()
        if plural and not single:
            if word in _ADJECTIVE_HEADS and (following := _HEAD_WORD.match(text, end)) and _is_plural(following["word"].lower()):
                continue
            return end, word
        if number.low == number.high == 1 or number.kind == "ordinal":
            first_noun = (end, word)
    return first_noun if first_noun[1] or of_how_many is None else of_how_many


def _is_plural(word: str) -> bool:
    return word in _PLURALS - _ADJECTIVE_HEADS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s")))
