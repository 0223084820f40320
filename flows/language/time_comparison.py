"""Compare the times of two claims: which time of the one answers which of the other, and whether they can be the same time.

Times agree where they can be one moment: a coarser wording that holds the finer ("in May", "on 5 May") agrees; clock times agree within ten minutes, "shortly
before eleven" and its like within twenty. Weekdays and months without a year are compared by name, since both articles are near the event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flows.language.quantity_comparison import Judgement, judgements
from flows.language.slots import align, context_of, context_similarity
from flows.language.time_words import PARTS, TimeParts, find_times, looks_ahead
from flows.records import Claim, Observation, TimeMention

CLOCK_TOLERANCE = 10  # minutes
LOOSE_CLOCK_TOLERANCE = 20  # minutes: "around", "shortly before", "soon after"
ALIGN_FLOOR = 0.25


_SAYING = "said|says|told|announced|confirmed|reported|stated|disclosed|declared|added|wrote|acknowledged|admitted|conceded|insisted|revealed|repeated|claimed|denied|published"
_SAID_BEFORE = re.compile(rf"\b(?:{_SAYING})(?: (?!that\b)[\w'’]+){{0,3}} $")
_SAID_AFTER = re.compile(rf"(?: (?:in|to|at) (?:\w+ )?\w+)? (?:{_SAYING})\b")


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A time expression with its parts and the words around it."""

    mention: TimeMention
    parts: TimeParts
    context: dict[str, float]
    ahead: bool  # the wording puts it after the article
    said: bool  # when somebody said it, not when it happened

    @property
    def kind(self) -> str:
        """"vague", "clock" (no date), "dated" or "span"."""
        if self.mention.grain == "vague":
            return "vague"
        has_date = self.parts.kinds() - {"minute", "part"}
        return "dated" if has_date else "clock"


@dataclass(frozen=True, slots=True)
class TimeJudgement:
    """Two aligned times: direction "" where they agree; `grounds` names the situation its weight was measured for."""

    earlier: TimeSlot
    later: TimeSlot
    score: float
    direction: str
    grounds: str
    note: str


# How often each situation was right, on the development stories and fact families (same fact, different articles). Situations, not sentences.
CHANGED_WEIGHT: dict[str, float] = {}
SAME_WEIGHT: dict[str, float] = {}
DEFAULT_CHANGED, DEFAULT_SAME = 0.6, 0.6


@lru_cache(maxsize=4096)
def _parts_by_start(text: str) -> dict[int, TimeParts]:
    return {p.char_start: p for p in find_times(text)}


def time_slots(claim: Claim) -> list[TimeSlot]:
    """Return the claim's times with their parts. Mentions that the reader of times did not make are left out."""
    by_start = _parts_by_start(claim.text)
    return [_slot(m, by_start[m.char_start], claim.text) for m in claim.times if m.char_start in by_start]


def _slot(mention: TimeMention, parts: TimeParts, text: str) -> TimeSlot:
    before, after = text[max(0, mention.char_start - 60) : mention.char_start], text[mention.char_end : mention.char_end + 24]
    said = bool(_SAID_BEFORE.search(before) or _SAID_AFTER.match(after))
    return TimeSlot(mention, parts, context_of(text, mention.char_start, mention.char_end), looks_ahead(parts, text), said)


def relation(a: TimeSlot, b: TimeSlot) -> tuple[str, str] | None:
    """Return (relation, direction) of two times; None where they cannot be compared.

    relation: "equal", "overlap" (one holds the other), "coarse" (the later holds the earlier and is much coarser), "vague" or "apart".
    """
    if a.kind == b.kind == "vague" or a.said != b.said:
        return None
    if "vague" in (a.kind, b.kind):
        if "clock" in (a.kind, b.kind):
            return None
        return "vague", "vaguer" if b.kind == "vague" else "more precise"
    day = _compare_dates(a, b) if a.kind == b.kind == "dated" else None
    if day is not None and day[0] == "apart":
        return day
    clock = _compare_clocks(a.parts, b.parts)
    if clock is not None:
        return clock
    return day


def _compare_clocks(a: TimeParts, b: TimeParts) -> tuple[str, str] | None:
    if a.minute is None and b.minute is None:
        if not a.part or not b.part:
            return None
        (low_a, high_a), (low_b, high_b) = PARTS[a.part], PARTS[b.part]
        return ("equal", "") if low_a < high_b and low_b < high_a else None
    if a.minute is not None and b.minute is not None:
        gap = b.minute - a.minute
        cycle = 1440 if a.half_day_known and b.half_day_known else 720
        shortest = (gap + cycle // 2) % cycle - cycle // 2
        if abs(shortest) <= _clock_tolerance(a, b):
            return "equal", ""
        return "apart clock", "later" if (gap if cycle == 1440 else shortest) > 0 else "earlier"
    timed, other = (a, b) if a.minute is not None else (b, a)
    if not other.part or timed.minute is None or not timed.half_day_known:
        return None
    low, high = PARTS[other.part]
    if low - 30 <= timed.minute <= high + 30 or low - 30 <= timed.minute + 1440 <= high + 30:
        return "overlap", ""
    later = ((low + high) / 2 > timed.minute) == (other is b)
    return "apart part", "later" if later else "earlier"


def _clock_tolerance(a: TimeParts, b: TimeParts) -> int:
    loose = re.compile(r"\b(?:shortly|around|about|soon|just|little|nearly|almost|towards?|before|after|past|by)\b")
    return LOOSE_CLOCK_TOLERANCE if any(loose.search(" ".join(p.qualifiers)) for p in (a, b)) else CLOCK_TOLERANCE


def _compare_dates(a: TimeSlot, b: TimeSlot) -> tuple[str, str] | None:
    x, y = a.parts, b.parts
    if x.weekday is not None and y.weekday is not None:
        if x.weekday != y.weekday:
            return _apart_weekdays(a, b)
        return "equal", ""
    if x.month is not None and y.month is not None and None in (x.year, y.year):
        if x.month != y.month:
            gap = (y.month - x.month + 6) % 12 - 6
            return "apart month", "later" if gap > 0 else "earlier"
        if x.day is not None and y.day is not None and x.day != y.day and not (x.last_day or y.last_day):
            return "apart day", "later" if y.day > x.day else "earlier"
        return ("equal" if (x.day is None) == (y.day is None) else "overlap"), ""
    start_a, end_a, start_b, end_b = a.mention.start, a.mention.end, b.mention.start, b.mention.end
    if start_a is None or end_a is None or start_b is None or end_b is None:
        return None
    if start_a < end_b and start_b < end_a:
        width_a, width_b = (end_a - start_a).total_seconds(), (end_b - start_b).total_seconds()
        # A coarser date is less detail, not another date; measured, a reader calls two in five of these a change.
        return ("coarse" if max(width_a, width_b) >= 3 * min(width_a, width_b) else "equal"), ""
    kinds = {_unit_of(x), _unit_of(y)}
    return ("apart " + ("same" if len(kinds) == 1 else "mixed")), "later" if start_b > start_a else "earlier"


def _unit_of(p: TimeParts) -> str:
    """Return which kind of date this is: dates of one kind are compared more surely than "yesterday" with "on Friday"."""
    for name in ("year", "season", "weekday", "day_offset", "decade"):
        if getattr(p, name) is not None:
            return name
    return "month" if p.month is not None else p.relative_unit or "offset"


def _apart_weekdays(a: TimeSlot, b: TimeSlot) -> tuple[str, str]:
    start_a, start_b = a.mention.start, b.mention.start
    if start_a is not None and start_b is not None and start_a != start_b:
        return "apart weekday", "later" if start_b > start_a else "earlier"
    assert a.parts.weekday is not None and b.parts.weekday is not None, "called for two weekdays"
    return "apart weekday", "later" if b.parts.weekday > a.parts.weekday else "earlier"


def _bound(slot: TimeSlot) -> str:
    """Return the role of a time: a start, an end, or the moment itself."""
    words = " ".join(slot.parts.qualifiers)
    if re.search(r"\b(?:since|from|as of|after|past)\b", words):
        return "start"
    return "end" if re.search(r"\b(?:until|till|by|before|within)\b", words) else "at"


def _score(a: TimeSlot, b: TimeSlot) -> float | None:
    found = relation(a, b)
    if found is None:
        return None
    score = 0.3 + context_similarity(a.context, b.context)
    if found[0] in ("equal", "overlap", "coarse"):
        score += 0.8 if found[0] == "equal" else 0.5
    if found[0] == "vague":
        score -= 0.1
    return score + (0.2 if _bound(a) == _bound(b) else 0.0)


def time_judgements(earlier: Claim, later: Claim) -> list[TimeJudgement]:
    """Return one judgement for each aligned pair of times, the surest alignment first."""
    slots_a, slots_b = time_slots(earlier), time_slots(later)
    found = []
    crowd = "sole" if max(len(slots_a), len(slots_b)) == 1 else "several"
    for pair in align(slots_a, slots_b, _score, ALIGN_FLOOR):
        a, b = slots_a[pair.earlier], slots_b[pair.later]
        related = relation(a, b)
        assert related is not None, "only comparable times are aligned"
        near = "close" if context_similarity(a.context, b.context) >= 0.3 else "far"
        outlook = "said" if a.said else "alike" if a.ahead == b.ahead else "unlike"
        name, direction = related
        note = f"{b.mention.text} is {direction} against {a.mention.text}" if direction else f"{a.mention.text} and {b.mention.text} can be one time"
        found.append(TimeJudgement(a, b, pair.score, direction, f"{name} {crowd} {near} {outlook}", note))
    return found


def compare_times(earlier: Claim, later: Claim) -> Observation:
    """Return what became of the claims' times: the surest change, else "same" where aligned ones agree, else "absent".

    Durations are times too ("97 seconds", "less than a minute"): longer counts as later. They are compared where the claims have no other time that differs.
    """
    judged = time_judgements(earlier, later)
    changed = [j for j in judged if j.direction]
    if changed:
        best = max(changed, key=lambda j: (CHANGED_WEIGHT.get(j.grounds, DEFAULT_CHANGED), j.score))
        return Observation(
            "time", "changed", best.direction, best.earlier.mention.text, best.later.mention.text, CHANGED_WEIGHT.get(best.grounds, DEFAULT_CHANGED), best.note
        )
    durations = [j for j in judgements(earlier, later) if j.earlier.quantity.dimension == "duration"]
    if any(j.direction for j in durations):
        return _of_duration(max((j for j in durations if j.direction), key=lambda j: j.score))
    if judged:
        best = max(judged, key=lambda j: j.score)
        return Observation("time", "same", "", best.earlier.mention.text, best.later.mention.text, SAME_WEIGHT.get(best.grounds, DEFAULT_SAME), best.note)
    if durations:
        return _of_duration(durations[0])
    return Observation("time", "absent", note="no time on both sides that could be compared")


def _of_duration(judged: Judgement) -> Observation:
    """Return the judgement of two durations as an observation of time."""
    direction = {"raised": "later", "lowered": "earlier"}.get(judged.direction, judged.direction)
    verdict = "changed" if direction else "same"
    weights, default = (CHANGED_WEIGHT, DEFAULT_CHANGED) if direction else (SAME_WEIGHT, DEFAULT_SAME)
    weight = weights.get(f"duration {judged.grounds}", default)
    return Observation("time", verdict, direction, judged.earlier.quantity.text, judged.later.quantity.text, weight, judged.note)
