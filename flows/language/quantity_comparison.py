"""Compare the quantities of two claims: which figures answer each other, and what became of them.

quantity_slots.py tells the part each figure plays, quantity_figures.py whether two wordings agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.language.quantity_figures import CLOSE, Slot, alignment_score, change, comparable, head_similarity, stands
from flows.language.quantity_slots import slots_of
from flows.language.slots import align, context_of, context_similarity, stem
from flows.records import Claim, Observation, Quantity

ALIGN_FLOOR = 0.55  # of several quantities; the only two of their dimension are aligned from SOLE_FLOOR on
SOLE_FLOOR = 0.1
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SPAN_OF_YEARS = re.compile(r"(?:since|from|by|until|till|before|after)\b", re.IGNORECASE)
# Plurals without an s, but for those in -men, and auxiliaries: closed classes.
_IRREGULAR = {"people": "person", "children": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse", "criteria": "criterion", "bacteria": "bacterium"}
_TOLD = re.compile(r" (?:(?:is|are|was|were|has|have|had|been|being|be|will|would|who|that|also|now) )*(?P<word>[^\W\d_]+)", re.IGNORECASE)


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


def judge(a: Slot, b: Slot, score: float, crowd: int, *, rest: bool) -> Judgement:
    """Return what became of a quantity from `a` to `b`.

    crowd: quantities of this dimension in the fuller of the two claims. rest: both claims have further quantities that answer none of the other's.
    """
    direction, relation = change(a, b)
    x, y = a.quantity, b.quantity
    matter = "times" if x.dimension == "multiple" else x.dimension if x.dimension in ("duration", "age", "ordinal", "times") else "number"
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


def _current(slots: list[Slot]) -> list[Slot]:
    """Leave out old values and increments where a total stands beside them: "rose by four from 17 to 21" tells 21."""
    kept = [s for s in slots if stands(s) or not any(t.role == "total" and comparable(replace(s, rate=t.rate), t) for t in slots)]
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


def figures_of_two_measures(earlier: Claim, later: Claim) -> bool:
    """Return whether two claims tell figures of measures that the other does not have: "revenue of £3bn", "a profit of £400m"."""
    measures = [{slot.measure for slot in slots_of(claim) if slot.measure} for claim in (earlier, later)]
    return all(measures) and not measures[0] & measures[1]


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
