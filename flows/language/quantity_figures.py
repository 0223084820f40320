"""One figure of a claim as it is compared with others, and whether two wordings admit a common value.

What agrees: two figures of which one is a rounding of the other ("18,000" and "18,240", but not "41" and "42"), "about", "nearly" and their like within 10
percent, "more than X" and "at least X" with anything up to 10 percent over X, in any unit of the dimension. A number inside a wider wording ("87" and
"dozens") is vaguer or more precise; outside it, raised or lowered. Two lower bounds are compared by the bounds: "at least 43" after "at least 41" is raised.
A lower and an upper bound never agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flows.language.groups import PEOPLE, counts_people, kind_of
from flows.language.number_words import find_numbers
from flows.language.slots import context_similarity
from flows.records import Quantity

CONVERTED = 0.02  # "70 metres" and "230 feet" agree
_CONVERTED = frozenset(("length", "weight", "area", "volume", "speed"))
CONVERTED_DURATION = 0.1  # "six weeks" and "a month and a half" agree
_MEASURED = frozenset(("money", "share", "points", "multiple"))  # dimensions whose figures are of a measure: of revenue, of inflation
BOUND_SLACK = 1.1  # "more than 1,100" and 1,150 agree
BOUND_REACH = 1.6  # beyond this multiple of a bound, the figure is another one: 70 is no telling of "at least 40"
VAGUE_RATIO = 1.35  # high / low from which a wording is vague rather than approximate
IMPLAUSIBLE_RATIO = 30  # a retelling does not turn 26 inches into 410 metres: these are two things
CLOSE = 0.3  # contexts that share so much tell of one thing


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
    measure: str = ""  # of a sum or a share: what it is of, as flows.language.measures tells
    fate: str = ""  # of people: "dead" or "hurt" where the figure's own verb says so
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
    if {x.dimension, y.dimension} in ({"count", "times"}, {"multiple", "times"}):
        return agree(a, b)  # "24 goals" and "scored 24 times" agree, "doubled" and "twice"; "24 goals" and "nine times" are two things
    if x.dimension != y.dimension or (a.rate != b.rate and not agree(a, b)):
        return False
    if x.dimension == "count" and x.unit and y.unit and {counts_people(x.unit), counts_people(y.unit)} == {True, False}:
        return False  # "a gang of three" and "four paintings"
    if x.dimension in _MEASURED and a.measure and b.measure and a.measure != b.measure:
        return False  # "revenue rose by 12 percent" and "profit fell by 8 percent"
    if a.fate and b.fate and a.fate != b.fate:
        return False  # "two people died" and "three people were injured"
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
        converted = CONVERTED_DURATION if dimension == "duration" else CONVERTED if dimension in _CONVERTED else 0.0
        tolerance = max(tolerance, 0.6 if dimension == "temperature" else converted * max(abs(a.value), abs(b.value)))
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
    stand_alike = stands(a) == stands(b) or a.quantity.dimension == "share"  # shares rise "14 percent" or "by a fifth"
    return score - 0.5 * (not stand_alike) - 0.3 * ((a.role == "whole") != (b.role == "whole"))


def stands(slot: Slot) -> bool:
    """Return whether the figure is what the claim says now, neither an old value nor an increment."""
    return slot.role not in ("former", "increment")


def change(a: Slot, b: Slot) -> tuple[str, str]:
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
