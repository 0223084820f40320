"""The figures of a claim with the part each plays: what is so now, the old value, the increment, the whole of which another is a part.

"Rose by four from 17 to 21" tells 21; "two thirds of its 6,100 staff" tells how many they are; of "40 more have joined the 60" the total is told.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import product

from flows.language.measures import measure_of
from flows.language.number_words import find_numbers
from flows.language.quantity_figures import Slot, comparable
from flows.language.slots import context_of, stem
from flows.language.units import find_unit
from flows.records import Claim, Quantity

_FORMER = re.compile(
    r"\b(?:from|not|instead of|rather than|up from|down from|than the|than|against|compared with|previously|formerly|"
    r"initially|at first|first (?:spoken|spoke|talked) of|"
    r"(?:earlier|original|initial|previous)(?: figure of| estimate of)?|stood at|started with|began with|put at)(?: the| an?| some| about)? ?$",
    re.IGNORECASE,
)
# "12 before", and "12 at noon on Thursday, had grown to 21".
_FORMER_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:before|previously|originally|until then)\b|"
    r"[^.;\d]{0,60}\b(?:ha[sd]|later|then|since) (?:grown|gr[eo]w|risen|rose|climbed|increased|swollen|fallen|fell|dropped|shrunk|doubled) to\b",
    re.IGNORECASE,
)
_FROM_AFTER_NEW = re.compile(r"(?:,|\bto [^.;]{1,50}) from(?: the| an?| some| about)? ?$", re.IGNORECASE)
_ADDED_TO = re.compile(
    r"\b(?:joined|joining|in addition to|on top of|added to|adding to|besides|beyond) (?:the|those|these|some)(?: some| about)? ?$", re.IGNORECASE
)
# "Two thirds of the company's 6,100 staff", and "of the company's 6,100 staff two thirds".
_SHARE_OF = re.compile(r" of (?:the|its|his|her|our|their|these|those|all)?(?: [\w.-]+['’]s?)?(?: \w+)? ?", re.IGNORECASE)
_OF_WHOLE = re.compile(r"\bof (?:the|its|his|her|our|their|these|those|all|(?:[\w.-]+ ){0,3}[\w.-]+['’]s?)(?: \w+)? $", re.IGNORECASE)
_TO_NEXT = re.compile(r"[^.;]{0,30}?\bto\b")
_INCREMENT_BEFORE = re.compile(r"\b(?:another|further|additional|extra|by|than)(?: the| some| about)? ?$", re.IGNORECASE)
_INCREMENT = re.compile(r"(?<!or )\b(?:more|further|additional|extra|another|others?)\b(?! than)", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"\b([A-Z][\w’'-]+),? (?:\(|aged )?$")
_NAME_AFTER = re.compile(r" (?:[A-Z][\w’'-]+ )*([A-Z][\w’'-]+)")
_FATE = re.compile(
    r" (?:(?:is|are|was|were|has|have|had|been|being|also|later|since|who) )*"
    r"(?:(?P<dead>dead|died|die|killed|drowned|perished)|(?P<hurt>injured|hurt|wounded))\b",
    re.IGNORECASE,
)
_PART = re.compile(r" of (?:the|its|his|her|our|their|these)\b(?P<group>[^,.;:]{0,40})")
_RATE_AFTER = re.compile(
    r" (?:apiece\b|each(?=[.,;:]|$))|-an?-(?:day|month|year)\b|"
    r"(?: \w+){0,2}? (?:an?|per|each|every) (?:hour|day|week|month|season|year)\b(?! (?:before|after|ago|earlier|later)\b)",
    re.IGNORECASE,
)
_RATE = re.compile(  # but for "the daily Morgenposten"
    r"\b(?:each|every|per) (?:hour|day|week|month|season|year)\b|\b(?:hourly|monthly|annual|annually|yearly)\b|"
    r"\b(?:daily|weekly)\b(?! (?-i:[A-Z])| (?:news)?papers?\b| briefings?\b)",
    re.IGNORECASE,
)


def slots_of(claim: Claim) -> list[Slot]:
    """Return the claim's quantities as slots, the derived share of "64 of the 90 parts" among them."""
    slots: list[Slot] = []
    for q in claim.quantities:
        slots.append(_slot(q, claim.text))
        if q.dimension != "count" or " of " not in q.text:
            continue
        numbers = find_numbers(q.text)
        if len(numbers) == 2 and 0 < numbers[0].low <= numbers[1].low:
            part, whole = numbers
            start = q.char_start + whole.char_start
            total = Quantity(claim.text[start : q.char_end], start, q.char_end, whole.low, whole.high, q.unit, "count", False)
            share = 100 * part.low / whole.low
            derived = Quantity(q.text, q.char_start, q.char_end, share, share, "percent", "share", False)
            slots.append(Slot(total, slots[-1].context, whole.step, "whole", slots[-1].head))
            slots.append(Slot(derived, slots[-2].context, 3.0, "derived", ""))
    return _parts_told(slots, claim.text) + _sums_told(slots, claim.text)


def _parts_told(slots: list[Slot], text: str) -> list[Slot]:
    """Return the slots with how many "two thirds of its 6,100 staff" are, and the 6,100 as the whole that they are a part of."""
    told: list[Slot] = []
    wholes: set[int] = set()
    for share, (at, count) in product((s for s in slots if s.quantity.dimension == "share"), enumerate(slots)):
        s, c = share.quantity, count.quantity
        if c.dimension != "count" or count.wording != "exact":
            continue
        after = _SHARE_OF.fullmatch(text, s.char_end, c.char_start) if s.char_end <= c.char_start else None
        before = re.fullmatch(r",? ", text[c.char_end : s.char_start]) and _OF_WHOLE.search(text[max(0, c.char_start - 60) : c.char_start])
        if not after and not before:
            continue
        start, end = min(s.char_start, c.char_start), max(s.char_end, c.char_end)
        part = replace(c, text=text[start:end], char_start=start, char_end=end, low=c.low * s.low / 100, high=c.high * s.high / 100, approximate=s.approximate)
        told.append(replace(count, quantity=part, tolerance=c.low * share.tolerance / 100))
        wholes.add(at)
    return [replace(slot, role="whole") if at in wholes else slot for at, slot in enumerate(slots)] + told


def _sums_told(slots: list[Slot], text: str) -> list[Slot]:
    """Return the total of "40 more whales have joined the 60 that stranded", in the place of the increment."""
    added_to = [s for s in slots if s.role == "former" and _ADDED_TO.search(text[max(0, s.quantity.char_start - 60) : s.quantity.char_start])]
    increments = [s for s in slots if s.role == "increment" and s.wording == "exact"]
    if len(added_to) != 1 or len(increments) != 1 or not comparable(added_to[0], increments[0]):
        return []
    old, new = added_to[0], increments[0]
    total = replace(new.quantity, low=old.quantity.low + new.quantity.low, high=old.quantity.high + new.quantity.high)
    return [replace(new, quantity=total, tolerance=old.tolerance + new.tolerance, role="total")]


def _slot(q: Quantity, text: str) -> Slot:
    numbers = find_numbers(q.text)
    tolerance, written = 0.0, 1.0
    if numbers:
        n = numbers[0]
        # The conversion factor is what the unit made of the number; temperatures have an offset too, which the step must not get.
        factor = (
            q.low / n.low
            if n.low and q.low and q.dimension != "temperature"
            else (q.high / n.high if n.high and q.high and not math.isinf(q.high) and q.dimension != "temperature" else 1.0)
        )
        tolerance = n.step * min(factor, 1e12)
        unit = find_unit(text, q.char_start + numbers[-1].char_end)
        written = unit[1].factor if unit is not None else 1.0
    before, after = text[max(0, q.char_start - 60) : q.char_start], text[q.char_end : q.char_end + 40]
    role = "total"
    if _INCREMENT.search(q.text) or _INCREMENT_BEFORE.search(before) or re.match(r" (?:more|further|others|higher|lower|fewer|less|longer)\b", after):
        role = "increment"
    former = _FORMER.search(before)
    plain_from = former is not None and former.group(0).lower().startswith("from")
    replaced = former is not None and (not plain_from or _TO_NEXT.match(after) or _FROM_AFTER_NEW.search(before))
    if replaced or _ADDED_TO.search(before) or _FORMER_AFTER.match(after):
        role = "former"
    rate = bool(_RATE_AFTER.match(after)) or bool(_RATE.search(text))
    head = stem(q.unit) if q.dimension in ("count", "ordinal") else _bearer(q, text) if q.dimension == "age" else ""
    part = q.dimension == "count" and len(numbers) == 1 and _is_part(text, q.char_start + numbers[0].char_end)
    measure = measure_of(text, q.char_start, q.char_end)
    return Slot(q, context_of(text, q.char_start, q.char_end), tolerance, role, head, rate, written, measure, _fate(q, text), part)


def _bearer(age: Quantity, text: str) -> str:
    """Return the last name of whose age is told: "Ann Orr, 24", "24-year-old Ann Orr"; "" where no name stands by it."""
    named = _NAME_BEFORE.search(text[: age.char_start]) or _NAME_AFTER.match(text, age.char_end)
    return named.group(1).lower() if named is not None else ""


def _fate(q: Quantity, text: str) -> str:
    """Return "dead" or "hurt" where what is told of those counted says so: "two people were killed", "eleven hurt"."""
    m = _FATE.match(text, q.char_end) if q.dimension == "count" else None
    return (m.lastgroup or "") if m is not None else ""


def _is_part(text: str, char_end: int) -> bool:
    """Return whether a number that ends there counts some of a group of unsaid size: "three of the children", and not "four of the depot's 14 tanks"."""
    m = _PART.match(text, char_end)
    return m is not None and not find_numbers(m["group"])
