"""Compare the quantities of two claims: which numbers answer each other, and whether they agree.

What agrees: two figures of which one is a rounding of the other ("18,000" and "18,240", but not "41" and "42"), "about", "nearly" and their like within 10
percent, "more than X" and "at least X" with anything up to 10 percent over X, in any unit of the dimension. A number inside a wider wording ("87" and
"dozens") is vaguer or more precise; outside it, raised or lowered. Two lower bounds are compared by the bounds: "at least 43" after "at least 41" is raised.
A lower and an upper bound never agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from flows.language.groups import PEOPLE, counts_people, kind_of
from flows.language.number_words import find_numbers
from flows.language.slots import align, context_of, context_similarity, stem
from flows.language.units import find_unit
from flows.records import Claim, Observation, Quantity

CONVERTED = 0.02  # "70 metres" and "230 feet" agree
_CONVERTED = frozenset(("length", "weight", "area", "volume", "speed"))
BOUND_SLACK = 1.1  # "more than 1,100" and 1,150 agree
BOUND_REACH = 1.6  # beyond this multiple of a bound, the figure is another one: 70 is no telling of "at least 40"
VAGUE_RATIO = 1.35  # high / low from which a wording is vague rather than approximate
IMPLAUSIBLE_RATIO = 30  # a retelling does not turn 26 inches into 410 metres: these are two things
ALIGN_FLOOR = 0.55  # of several quantities; the only two of their dimension are aligned from SOLE_FLOOR on
SOLE_FLOOR = 0.1
CLOSE = 0.3  # contexts that share so much tell of one thing

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
_NAME_BEFORE = re.compile(r"\b([A-Z][\w’'-]+),? (?:\(|aged )?$")
_NAME_AFTER = re.compile(r" (?:[A-Z][\w’'-]+ )*([A-Z][\w’'-]+)")
_PART = re.compile(r" of (?:the|its|his|her|our|their|these)\b(?P<group>[^,.;:]{0,40})")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SPAN_OF_YEARS = re.compile(r"(?:since|from|by|until|till|before|after)\b", re.IGNORECASE)
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
_INCREMENT = re.compile(r"(?<!or )\b(?:more|further|additional|extra|another|others?)\b(?! than)", re.IGNORECASE)
# Plurals without an s, but for those in -men, and auxiliaries: closed classes.
_IRREGULAR = {"people": "person", "children": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse", "criteria": "criterion", "bacteria": "bacterium"}
_TOLD = re.compile(r" (?:(?:is|are|was|were|has|have|had|been|being|be|will|would|who|that|also|now) )*(?P<word>[^\W\d_]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A quantity with what aligning needs: its context, its role in the sentence, and `tolerance`, what rounding to the written figure may have hidden."""

    quantity: Quantity
    context: dict[str, float]
    tolerance: float
    role: str  # "total", "whole" (the 33 in "26 of the 33"), "former" (the old value in "from 12 to 20"), "increment" ("four more bodies"), "derived" (a share)
    head: str
    rate: bool = False  # so much a day
    factor: float = 1.0  # of the written unit, which tells kilometres from miles
    part: bool = False  # some of a group that is not counted, "three of the children": no telling of how many there are

    @property
    def wording(self) -> str:
        """ "exact", "about", "vague", "at least" or "at most"."""
        q = self.quantity
        if math.isinf(q.high):
            return "vague" if q.approximate else "at least"
        if q.low == 0 < q.high:
            return "at most"
        if q.approximate:
            return "vague" if q.low <= 0 or q.high / q.low > VAGUE_RATIO else "about"
        return "vague" if q.high > q.low * VAGUE_RATIO else "exact"

    @property
    def interval(self) -> tuple[float, float]:
        """The values that agree with this wording, but for rounding."""
        q = self.quantity
        match self.wording:
            case "at least":
                return q.low, q.low * BOUND_SLACK
            case "at most":
                return q.high / BOUND_SLACK, q.high
            case _:
                return q.low, q.high

    @property
    def value(self) -> float:
        """One figure that stands for the wording, to tell raised from lowered."""
        q = self.quantity
        if math.isinf(q.high):
            return q.low
        return q.high if q.low == 0 else (q.low + q.high) / 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two aligned quantities: "same", or the direction of the change; `grounds` names the situation its weight was measured for."""

    earlier: Slot
    later: Slot
    score: float
    direction: str  # "" where they agree
    grounds: str
    weight: float
    note: str


# How often a reader agreed that the quantity changed, by situation, measured on pairs of tellings of one fact in the development stories (925 pairs) and fact
# families (16,500). What is counted: the same noun, an open one ("87"), another. Context: how near the words around are ("close", "far").
CHANGED_WEIGHT = {
    "number apart same close": 0.97, "number apart same far": 0.94, "number apart open close": 0.89, "number apart open far": 0.80,
    "number apart other close": 0.88, "number apart other far": 0.70, "number bound": 0.90, "number vague": 0.92,
    "times apart": 0.90, "times bound": 0.80, "times vague": 0.90,
    # A reader calls half of the changed durations a change of time, so either comparer reports them at half.
    "duration apart": 0.47, "duration bound": 0.60, "duration vague": 0.40, "ordinal apart": 0.40, "ordinal bound": 0.40, "ordinal vague": 0.40,
    "age apart": 0.10, "age bound": 0.10, "age vague": 0.10, "age of one": 0.85,  # another age is another person, but for one who is named: not measured
}  # fmt: skip
# How often a reader agreed that nothing changed. "rest": both claims have further numbers, which answer none of the other's.
SAME_WEIGHT = {
    "equal sole": 0.96, "equal sole rest": 0.80, "equal several": 0.80, "equal several rest": 0.69, "vague": 0.91, "bound": 0.65, "bound equal": 0.71,
    "duration": 0.85, "times": 0.85, "age": 0.98, "ordinal": 0.98,
}  # fmt: skip
OTHER_YEAR = 0.65  # "49 percent in 2020" against "61 percent": a look-alike as often as not
CHANGE_FLOOR = 0.35  # a situation that is right less often than this is no observation


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
    return Slot(q, context_of(text, q.char_start, q.char_end), tolerance, role, head, rate, written, part)


def _bearer(age: Quantity, text: str) -> str:
    """Return the last name of whose age is told: "Ann Orr, 24", "24-year-old Ann Orr"; "" where no name stands by it."""
    named = _NAME_BEFORE.search(text[: age.char_start]) or _NAME_AFTER.match(text, age.char_end)
    return named.group(1).lower() if named is not None else ""


def _is_part(text: str, char_end: int) -> bool:
    """Return whether a number that ends there counts some of a group of unsaid size: "three of the children", and not "four of the depot's 14 tanks"."""
    m = _PART.match(text, char_end)
    return m is not None and not find_numbers(m["group"])


def head_similarity(a: Slot, b: Slot) -> float:
    """Return how alike what is counted is: 1 the same noun, 0.5 unknown, 0.2 another noun. Measures count as alike unless their sizes are worlds apart."""
    if a.quantity.dimension not in ("count", "ordinal"):
        low, high = sorted((abs(a.value), abs(b.value)))
        return 1.0 if high <= IMPLAUSIBLE_RATIO * low else 0.3
    if b.quantity.dimension != a.quantity.dimension:
        return 0.4
    if a.head and a.head == b.head:
        return 1.0
    if not a.head or not b.head:
        return 0.5
    kinds = tuple(PEOPLE if slot.quantity.unit == "men" else kind_of(slot.quantity.unit) for slot in (a, b))
    shared = a.context.keys() & b.context.keys()
    if None not in kinds and (kinds[0] == kinds[1] or PEOPLE in kinds):
        return 0.6  # "11 babies", "14 children"
    return 0.6 if "<person>" in shared or a.head in b.context or b.head in a.context else 0.2


def comparable(a: Slot, b: Slot) -> bool:
    """Return whether two quantities can conflict at all: one dimension, and for money one currency."""
    x, y = a.quantity, b.quantity
    if {x.dimension, y.dimension} == {"count", "times"}:
        return agree(a, b)  # "24 goals" and "scored 24 times" agree; "24 goals" and "nine times" are two things
    if x.dimension != y.dimension or (a.rate != b.rate and not agree(a, b)):
        return False
    if x.dimension == "count" and x.unit and y.unit and {counts_people(x.unit), counts_people(y.unit)} == {True, False}:
        return False  # "a gang of three" and "four paintings"
    if x.dimension in ("money", "level"):
        return x.unit == y.unit or "" in (x.unit, y.unit)
    if x.dimension == "age":
        return not a.head or not b.head or a.head == b.head
    return x.dimension != "ordinal" or a.head == b.head


def agree(a: Slot, b: Slot) -> bool:
    """Return whether the two wordings admit a common value, by the rules in the module's docstring."""
    bounds = [slot for slot in (a, b) if slot.wording in ("at least", "at most")]
    if len(bounds) == 2:
        if a.wording != b.wording:
            return False
        (low_a, high_a), (low_b, high_b) = (a.value, a.value), (b.value, b.value)
    else:
        (low_a, high_a), (low_b, high_b) = a.interval, b.interval
    # The larger of the two tolerances, not their sum: of two figures one is a rounding of the other, or they differ.
    tolerance = max(a.tolerance, b.tolerance)
    if a.factor != b.factor:  # figures in two units are rounded twice
        dimension = a.quantity.dimension
        tolerance = max(tolerance, 0.6 if dimension == "temperature" else CONVERTED * max(abs(a.value), abs(b.value)) if dimension in _CONVERTED else 0.0)
    return max(low_a, low_b) - min(high_a, high_b) <= tolerance + 1e-9 * max(abs(low_a), abs(low_b), 1e-9)


def alignment_score(a: Slot, b: Slot) -> float | None:
    """Return how surely two quantities fill one slot, 0 to about 3; None where they cannot."""
    if not comparable(a, b):
        return None
    if not agree(a, b):
        of_a_part = a.part != b.part and context_similarity(a.context, b.context) < CLOSE
        if of_a_part or (a.quantity.dimension not in ("count", "ordinal", "money") and head_similarity(a, b) < 0.4):
            return None
    score = head_similarity(a, b) + context_similarity(a.context, b.context)
    if agree(a, b):
        # Two figures of two digits or more are hardly the same by chance.
        score += (1.2 if a.value >= 10 or a.value % 1 else 0.8) if a.wording == b.wording == "exact" else 0.4
    stand_alike = _stands(a) == _stands(b) or a.quantity.dimension == "share"  # shares rise "14 percent" or "by a fifth"
    return score - 0.5 * (not stand_alike) - 0.3 * ((a.role == "whole") != (b.role == "whole"))


def _stands(slot: Slot) -> bool:
    """Return whether the figure is what the claim says now, neither an old value nor an increment."""
    return slot.role not in ("former", "increment")


def judge(a: Slot, b: Slot, score: float, crowd: int, *, rest: bool) -> Judgement:
    """Return what became of a quantity from `a` to `b`.

    crowd: quantities of this dimension in the fuller of the two claims. rest: both claims have further quantities that answer none of the other's.
    """
    direction, relation = _change(a, b)
    x, y = a.quantity, b.quantity
    matter = x.dimension if x.dimension in ("duration", "age", "ordinal", "times") else "number"
    if direction:
        grounds = f"{matter} {relation}" if matter != "age" or not a.head or a.head != b.head else "age of one"
        if grounds == "number apart":
            alike, context = head_similarity(a, b), context_similarity(a.context, b.context)
            grounds += f" {'same' if alike >= 1 else 'open' if alike >= 0.5 else 'other'} {'close' if context >= CLOSE else 'far'}"
        return Judgement(a, b, score, direction, grounds, CHANGED_WEIGHT[grounds], f"{y.text} is {direction} against {x.text}")
    grounds = relation if matter == "number" else matter
    if grounds == "equal":
        grounds += (" sole" if crowd == 1 else " several") + (" rest" if rest else "")
    return Judgement(a, b, score, "", grounds, SAME_WEIGHT[grounds], f"{x.text} and {y.text} agree")


def _change(a: Slot, b: Slot) -> tuple[str, str]:
    """Return (direction, relation) from `a` to `b`; direction "" where they agree. relation: "equal", "bound", "vague" or "apart"."""
    order = "raised" if (b.value, b.wording == "at least") > (a.value, a.wording == "at least") else "lowered"  # "at least 500" is above "up to 500"
    if a.wording == b.wording == "vague":
        return ("", "vague") if agree(a, b) else (order, "apart")
    if "vague" in (a.wording, b.wording):
        vague, other = (a, b) if a.wording == "vague" else (b, a)
        ends_said = not math.isinf(vague.quantity.high) and len(find_numbers(vague.quantity.text)) == 2
        if ends_said and other.wording == "exact" and any(abs(other.value - edge) <= other.tolerance for edge in (vague.quantity.low, vague.quantity.high)):
            return "", "bound"
        if other.wording == "at least" and vague.quantity.low <= other.value <= vague.quantity.high:
            return "", "vague"  # "hundreds" and "more than 200"
        # "Tens of thousands" of 18,240: the wording stretches at its edges.
        inside = vague.quantity.low / 1.25 <= other.value <= vague.quantity.high * 1.25
        return (("more precise" if vague is a else "vaguer"), "vague") if inside else (order, "apart")
    bounds = {"at least", "at most"}
    if (a.wording in bounds) != (b.wording in bounds):
        bound, other = (a, b) if a.wording in bounds else (b, a)
        ratio = other.value / bound.value if bound.value else math.inf
        if bound.wording == "at most":
            ratio = 1 / ratio if ratio else math.inf
        if 1 - 1e-9 <= ratio <= BOUND_REACH:
            equal = abs(other.value - bound.value) <= 1e-9 * abs(bound.value)
            # "8" and "at least 8": a reader calls it a change in three cases of ten, so it is none.
            if agree(a, b):
                return "", "bound equal" if equal else "bound"
            return ("more precise" if bound is a else "vaguer"), "bound"
        return ("", "equal") if agree(a, b) else (order, "apart")
    return ("", "equal") if agree(a, b) else (order, "apart")


def judgements(earlier: Claim, later: Claim) -> list[Judgement]:
    """Return one judgement for each aligned pair of quantities, the surest alignment first."""
    slots_a, slots_b = slots_of(earlier), slots_of(later)
    kinds_a, kinds_b = ({s.quantity.dimension for s in slots if s.role != "derived"} for slots in (slots_a, slots_b))
    # A derived share answers a share only where its own claim gives none.
    slots_a = [s for s in slots_a if s.role != "derived" or "share" in kinds_b - kinds_a]
    slots_b = [s for s in slots_b if s.role != "derived" or "share" in kinds_a - kinds_b]
    slots_a, slots_b = (
        _with_implicit(slots_a, slots_b, earlier.text, later.text),
        _with_implicit(slots_b, slots_a, later.text, earlier.text),
    )
    slots_a, slots_b = _current(slots_a), _current(slots_b)
    pairs = align(slots_a, slots_b, alignment_score, SOLE_FLOOR)
    crowds = [max(sum(s.quantity.dimension == slots_a[p.earlier].quantity.dimension for s in slots) for slots in (slots_a, slots_b)) for p in pairs]
    pairs_kept = [(p, crowd) for p, crowd in zip(pairs, crowds, strict=True) if crowd == 1 or p.score >= ALIGN_FLOOR]
    rest_a = len(slots_a) > len(pairs_kept)
    rest_b = len(slots_b) > len(pairs_kept)
    found = []
    for pair, crowd in pairs_kept:
        a, b = slots_a[pair.earlier], slots_b[pair.later]
        judged = judge(a, b, pair.score, crowd, rest=rest_a and rest_b)
        if judged.direction and (_complements(a, b, slots_a, slots_b) or _sums_to(slots_a, b) or _sums_to(slots_b, a)):
            continue
        found.append(judged)
    return found


def _current(slots: list[Slot]) -> list[Slot]:
    """Leave out old values and increments where a total stands beside them: "rose by four from 17 to 21" tells 21."""
    kept = [s for s in slots if _stands(s) or not any(t.role == "total" and comparable(replace(s, rate=t.rate), t) for t in slots)]
    return kept


def _sums_to(parts: list[Slot], whole: Slot) -> bool:
    """Return whether the counts of one claim add up to a count of the other: 54 travellers and a crew of four are 58 people."""
    values = [s.value for s in parts if s.role == "total" and s.quantity.dimension == whole.quantity.dimension == "count" and s.wording == "exact"]
    return len(values) > 1 and abs(sum(values) - whole.value) <= whole.tolerance


def _complements(a: Slot, b: Slot, slots_a: list[Slot], slots_b: list[Slot]) -> bool:
    """Return whether the two are the parts of one whole, "171 of the 188 signed" and "all but 17 of them": not one figure that changed."""
    if a.quantity.dimension != "count":
        return a.quantity.dimension == "share" and abs(a.value + b.value - 100) < 1  # "30 percent off" and "70 percent left"
    wholes = {s.value for s in slots_a if s.quantity.dimension == "count"} | {s.value for s in slots_b if s.quantity.dimension == "count"}
    return a.value + b.value in wholes - {a.value, b.value}


def _with_implicit(mine: list[Slot], others: list[Slot], text: str, other_text: str) -> list[Slot]:
    """Add the one of "a missile" or "a single missile" where the other has a small vague number of missiles, or an exact one and tells the same of it."""
    if any(s.quantity.dimension == "count" for s in mine):
        return mine
    for other in others:
        q = other.quantity
        few = other.wording in ("vague", "at least") and q.low <= 3
        if q.dimension == "count" and other.head and (few or (other.wording == "exact" and q.low >= 2)):
            m = re.search(rf"\b(?:an?|a single|one)(?: [\w-]+){{0,2}} (?:{_singular(q.unit)})\b", text, re.IGNORECASE)
            if m is not None and (few or _next_stem(text, m.end()) == _next_stem(other_text, q.char_end) != ""):
                one = Quantity(m.group(0), m.start(), m.end(), 1, 1, q.unit, "count", False)
                return [*mine, Slot(one, context_of(text, m.start(), m.end()), 0, "total", other.head)]
    return mine


def _singular(plural: str) -> str:
    """Return a pattern of the noun as it is written of one: "man" of "men", "child" of "children", "baby" of "babies"."""
    word = plural.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, single in (("men", "man"), ("ies", "(?:y|ie)"), ("ves", "(?:ve|fe?)"), ("es", "e?"), ("s", "")):
        if word.endswith(ending):
            return re.escape(word[: -len(ending)]) + single
    return re.escape(word)


def _next_stem(text: str, position: int) -> str:
    """Return the stem of what is told of a noun that ends at `position`: the next word but for auxiliaries, "" at the end of the text."""
    m = _TOLD.match(text, position)
    return stem(m["word"]) if m is not None else ""


def _years(claim: Claim) -> set[str]:
    """Return the years that the claim is about: "in 1998" and "last year", not "since 1998"."""
    told = [t for t in claim.times if not _SPAN_OF_YEARS.match(t.text)]
    resolved = {str(t.start.year) for t in told if t.grain == "year" and t.start is not None and not _YEAR.search(t.text) and re.search(r"\byear\b", t.text)}
    return {m[0] for t in told for m in _YEAR.finditer(t.text)} | resolved


def figures_of_two_years(earlier: Claim, later: Claim) -> bool:
    """Return whether two claims tell different figures, each of a year of its own: "£142m in 2023", "£187m in 2024"."""
    years_a, years_b = _years(earlier), _years(later)
    return bool(years_a and years_b) and not years_a & years_b and surest_change(judgements(earlier, later)) is not None


def surest_change(judged: Sequence[Judgement]) -> Judgement | None:
    """Return the judgement that tells of a change most surely; None where none does."""
    return max((j for j in judged if j.direction), key=lambda j: (j.weight, j.score), default=None)


def compare_quantities(earlier: Claim, later: Claim) -> Observation:
    """Return what became of the claims' quantities: the surest change, else "same" where aligned ones agree, else "absent"."""
    judged = judgements(earlier, later)
    if not judged:
        return Observation("quantity", "absent", note="no number on both sides that could be compared")
    best = surest_change(judged)
    if best is not None and best.weight >= CHANGE_FLOOR:
        years_a, years_b = _years(earlier), _years(later)
        other_year = bool(years_a or years_b) and not years_a & years_b
        weight = round(best.weight * (OTHER_YEAR if other_year else 1.0), 3)
        return Observation("quantity", "changed", best.direction, best.earlier.quantity.text, best.later.quantity.text, weight, best.note)
    agreed = [j for j in judged if not j.direction]
    if not agreed:
        return Observation("quantity", "absent", note="numbers on both sides, but hardly of one thing")
    best = max(agreed, key=lambda j: j.score)
    return Observation("quantity", "same", "", best.earlier.quantity.text, best.later.quantity.text, best.weight, best.note)
