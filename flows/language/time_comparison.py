"""Compare the times of two claims: which time of the one answers which of the other, and whether they can be the same time.

Times agree where they can be one moment: a coarser wording that holds the finer ("in May", "on 5 May") agrees; clock times agree within ten minutes, "shortly
before eleven" and its like within twenty. Clocks of two zones are converted; a local one is not compared with one of a zone. Weekdays and months without a
year are compared by name, since both articles are near the event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flows.language.quantity_comparison import Judgement, judgements
from flows.language.slots import align, context_of, context_similarity
from flows.language.time_patterns import LOCAL, PARTS, SHIFT, ZONES, days_of_month
from flows.language.time_words import TimeParts, find_times, looks_ahead
from flows.records import Claim, Observation, TimeMention

CLOCK_TOLERANCE = 10  # minutes
LOOSE_CLOCK_TOLERANCE = 20  # minutes: "around", "shortly before", "soon after"
ALIGN_FLOOR = 0.25

_SAYING = "said|says|told|announced|confirmed|reported|stated|disclosed|declared|added|wrote|acknowledged|"
_SAYING += "admitted|conceded|insisted|revealed|repeated|claimed|denied|published"
_SAID_BEFORE = re.compile(rf"\b(?:{_SAYING})(?: (?!that\b)[\w'’]+){{0,3}} $")
_SAID_AFTER = re.compile(rf"(?: (?:in|to|at) (?:\w+ )?\w+)? (?:{_SAYING})\b")


# Wording of a time that no longer holds: "put back from 12 May to 12 June", "not on Monday as planned but on Thursday", "once promised for 2027".
_FORMER_BEFORE = re.compile(
    r"\b(?:not|instead of|rather than|than|originally|initially|previously|once|first|had been|was|were|until now)"
    r"(?: (?:planned|scheduled|fixed|set|due|expected|promised|tipped|meant|intended|announced))?"
    r"(?: to \w+)?(?: for| on| by| in)? ?$",
    re.IGNORECASE,
)
_NOT_FORMER = re.compile(r"\b(?:was|were|first|once)(?: to \w+)?(?: for| on| by| in)? ?$", re.IGNORECASE)
_SHIFTED_TO = re.compile(rf"{SHIFT.pattern}\w*(?: [\w-]+){{0,5}}? (?:to|until|till)(?: the)? ?$", re.IGNORECASE)
_FORMER_AFTER = re.compile(
    r"(?:['’]s)? (?:as (?:originally |first )?(?:planned|announced|scheduled)|rather|but (?:on|in|at|by|not before))\b|(?: \w+)? for good\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A time expression with its parts and the words around it."""

    mention: TimeMention
    parts: TimeParts
    context: dict[str, float]
    ahead: bool  # the wording puts it after the article
    said: bool  # when somebody said it, not when it happened
    former: bool  # it no longer holds
    shifted_from: int  # where "put back to" starts in the claim, of a time that stands after such words; -1 otherwise

    @property
    def kind(self) -> str:
        """ "vague", "clock" (no date), "dated" or "span"."""
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
    weight: float
    note: str


# How often a reader agreed that the time changed, by situation, measured on pairs of tellings of one fact in the development stories (925 pairs) and fact
# families (16,500). Outlook: both times lie behind the wording ("past") or ahead of it, or it is mixed. "apart mixed": dates of two kinds, "yesterday" and
# "on 5 May". Two past dates of which the later claim's is the later are mostly two stages of one story: searched for on Tuesday, found on Wednesday.
CHANGED_WEIGHT = {
    "apart clock": 0.85, "apart day": 0.90, "apart month": 0.92, "apart part": 0.45, "vague ahead": 0.80, "vague mixed": 0.80, "vague past": 0.25,
    "vague said": 0.12,
    "apart weekday ahead": 0.80, "apart weekday mixed": 0.52, "apart weekday past earlier": 0.88, "apart weekday past later": 0.33, "apart weekday said": 0.12,
    "apart same ahead": 0.85, "apart same past": 0.76, "apart same mixed": 0.48, "apart same said": 0.12,
    "apart mixed ahead": 0.70, "apart mixed past": 0.30, "apart mixed mixed": 0.25, "apart mixed said": 0.12,
}  # fmt: skip
# How often a reader agreed that nothing changed. "coarse": one wording is much coarser and holds the other.
SAME_WEIGHT = {
    "equal sole": 0.97,
    "equal several": 0.82,
    "overlap sole": 0.84,
    "overlap several": 0.55,
    "coarse sole": 0.64,
    "coarse several": 0.78,
    "said": 0.95,
}
CHANGE_FLOOR = 0.35  # a situation that is right less often than this is no observation


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
    words_before = before + (mention.text.split()[0] + " " if parts.qualifiers else "")
    shift = _SHIFTED_TO.search(words_before) or _SHIFTED_TO.search(before)
    shifted_from = max(0, mention.char_start - 60) + shift.start() if shift else -1
    former = _is_former(parts, text, before, after)
    return TimeSlot(mention, parts, context_of(text, mention.char_start, mention.char_end), looks_ahead(parts, text), said, former, shifted_from)


def _is_former(parts: TimeParts, text: str, before: str, after: str) -> bool:
    if "from" in parts.qualifiers and re.match(r"[^.;]{0,12}? to\b", after) and SHIFT.search(text):
        return True
    if _FORMER_AFTER.match(after):
        return True
    return _FORMER_BEFORE.search(before) is not None and _NOT_FORMER.search(before) is None


def _current(slots: list[TimeSlot]) -> list[TimeSlot]:
    """Leave out times that no longer hold where another one stands beside them: of "due in March, put back to the autumn" the autumn stays."""
    new = next((s for s in slots if s.shifted_from >= 0), None)
    if new is not None:
        slots = [s for s in slots if s is new or s.mention.char_start > new.shifted_from]
    return [s for s in slots if not s.former] or slots


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
    start_a, start_b = a.mention.start, b.mention.start
    if a.parts.zone in ZONES and b.parts.zone in ZONES and start_a is not None and start_b is not None:
        # "8 p.m. EST on Monday" is "0100 GMT on Tuesday".
        clock = _compare_clocks(a.parts, b.parts)
        if clock is not None and not clock[1] and abs((start_b - start_a).total_seconds()) < 12 * 3600:
            return clock
    day = _compare_dates(a, b) if a.kind == b.kind == "dated" else None
    if day is not None and day[0].startswith("apart"):
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
        shift = _zone_shift(a, b)
        if shift is None:
            return None
        gap = b.minute - a.minute + shift
        cycle = 1440 if a.half_day_known and b.half_day_known else 720
        shortest = (gap + cycle // 2) % cycle - cycle // 2
        if abs(shortest) <= _clock_tolerance(a, b):
            return "equal", ""
        if a.zone != b.zone and "" in (a.zone, b.zone) and LOCAL not in (a.zone, b.zone):
            return None  # a clock without a zone may be of any
        if cycle == 1440 and not shift:
            return "apart clock", "later" if gap > 0 else "earlier"
        # Half a cycle apart, either is the later one: the reading decides, so that the direction turns with the claims.
        later = shortest > 0 if 2 * abs(shortest) < cycle else (b.minute, b.zone) > (a.minute, a.zone)
        return "apart clock", "later" if later else "earlier"
    timed, other = (a, b) if a.minute is not None else (b, a)
    if not other.part or timed.minute is None or not timed.half_day_known:
        return None
    low, high = PARTS[other.part]
    if low - 30 <= timed.minute <= high + 30 or low - 30 <= timed.minute + 1440 <= high + 30:
        return "overlap", ""
    later = ((low + high) / 2 > timed.minute) == (other is b)
    return "apart part", "later" if later else "earlier"


def _zone_shift(a: TimeParts, b: TimeParts) -> int | None:
    """Return the minutes that bring clock `b` to the zone of clock `a`; None where one is local and the other of a zone.

    Of a zone with several meanings, the one that brings the clocks nearest to each other.
    """
    if a.minute is None or b.minute is None or a.zone == b.zone or "" in (a.zone, b.zone):
        return 0
    if LOCAL in (a.zone, b.zone):
        return None
    gap = b.minute - a.minute
    shifts = [x - y for x in ZONES[a.zone] for y in ZONES[b.zone]]
    return min(shifts, key=lambda shift: (abs((gap + shift + 720) % 1440 - 720), abs(shift)))


def _clock_tolerance(a: TimeParts, b: TimeParts) -> int:
    loose = re.compile(r"\b(?:shortly|around|about|soon|just|little|nearly|almost|towards?|before|after|past|by)\b")
    return LOOSE_CLOCK_TOLERANCE if any(loose.search(" ".join(p.qualifiers)) for p in (a, b)) else CLOCK_TOLERANCE


def _compare_dates(a: TimeSlot, b: TimeSlot) -> tuple[str, str] | None:
    x, y = a.parts, b.parts
    if x.until is not None or y.until is not None:
        return _compare_spans(a, b)
    weekday_a, weekday_b = _weekday(a), _weekday(b)
    if weekday_a is not None and weekday_b is not None and ((x.weekday is not None and y.weekday is not None) or None in (a.mention.start, b.mention.start)):
        return _apart_weekdays(a, b, weekday_b - weekday_a) if weekday_a != weekday_b else ("equal", "")
    months_x, months_y = _months(x), _months(y)
    # "in the autumn" next to "last autumn": without a year of its own, a season is compared by its name.
    by_name = None in (x.year, y.year) and ((x.season is None and y.season is None) or not (_year_said(x) and _year_said(y)))
    if months_x and months_y and by_name:
        if not set(months_x) & set(months_y):
            start_a, start_b = a.mention.start, b.mention.start
            if (x.relative or y.relative or x.year or y.year) and start_a is not None and start_b is not None and start_a != start_b:
                return "apart month", "later" if start_b > start_a else "earlier"
            tenses = {"last": -1, "next": 1}
            tense = tenses.get(y.relative, 0) - tenses.get(x.relative, 0)
            if tense:  # "in January" after "the previous autumn"
                return "apart month", "later" if tense > 0 else "earlier"
            gap = months_y[0] - months_x[0]
            # Bare months are of one year, but December and January are neighbours.
            return "apart month", "later" if 0 < gap < 9 or gap <= -9 else "earlier"
        if x.day is not None and y.day is not None and x.day != y.day and not (x.last_day or y.last_day):
            return "apart day", "later" if y.day > x.day else "earlier"
        (first_x, last_x), (first_y, last_y) = _days(x), _days(y)
        if first_x > last_y or first_y > last_x:
            return "apart day", "later" if first_y > last_x else "earlier"
        return ("equal" if (x.day is None) == (y.day is None) else "overlap"), ""
    start_a, end_a, start_b, end_b = a.mention.start, a.mention.end, b.mention.start, b.mention.end
    if start_a is None or end_a is None or start_b is None or end_b is None:
        return None
    if start_a < end_b and start_b < end_a:
        width_a, width_b = (end_a - start_a).total_seconds(), (end_b - start_b).total_seconds()
        # A coarser date is less detail, not another date; measured, a reader calls two in five of these a change.
        return ("coarse" if max(width_a, width_b) >= 3 * min(width_a, width_b) else "equal"), ""
    if x.n_months or y.n_months:  # of two parts of years, or a month and a quarter, one is as surely told as the other
        kinds = {"year"} if {a.mention.grain, b.mention.grain} <= {"month", "year"} else {"year", "day"}
    else:
        kinds = {_unit_of(x), _unit_of(y)}
    return ("apart " + ("same" if len(kinds) == 1 else "mixed")), "later" if start_b > start_a else "earlier"


def _compare_spans(a: TimeSlot, b: TimeSlot) -> tuple[str, str] | None:
    """Compare a span of dates with a span or a date: two spans by their starts, then their ends; a date inside a span is more precise."""
    start_a, end_a, start_b, end_b = a.mention.start, a.mention.end, b.mention.start, b.mention.end
    if start_a is None or end_a is None or start_b is None or end_b is None:
        return None
    if (start_a, end_a) == (start_b, end_b):  # "between June and August", "over the summer"
        return "equal", ""
    if a.parts.until is not None and b.parts.until is not None and a.mention.grain == b.mention.grain:
        return "apart same", "later" if (start_b, end_b) > (start_a, end_a) else "earlier"
    if start_a < end_b and start_b < end_a:
        return "overlap", ""
    return "apart same" if a.mention.grain == b.mention.grain else "apart mixed", "later" if start_b > start_a else "earlier"


def _year_said(p: TimeParts) -> bool:
    return p.year is not None or (bool(p.relative) and p.anchored)


def _months(p: TimeParts) -> list[int]:
    """Return the months of the year a date can lie in: one, or the three of a season; none where it says neither."""
    if p.month is not None:
        return [p.month]
    return [(p.season + i - 1) % 12 + 1 for i in range(3)] if p.season is not None else []


def _days(p: TimeParts) -> tuple[int, int]:
    """Return the days of its month a date can be: of "9 July" the ninth, of "the last week of July" the last ten."""
    return (p.day, p.last_day or p.day) if p.day is not None else days_of_month(" ".join(p.qualifiers))


def _unit_of(p: TimeParts) -> str:
    """Return which kind of date this is: dates of one kind are compared more surely than "yesterday" with "on Friday"."""
    for name in ("year", "season", "weekday", "day_offset", "decade"):
        if getattr(p, name) is not None:
            return name
    if p.month is not None:
        return "month"
    return p.relative_unit or ("year" if p.sign and p.days >= 300 else "offset")


def _weekday(slot: TimeSlot) -> int | None:
    """Return the weekday that a time names or, where it is a resolved day, falls on."""
    if slot.parts.weekday is not None:
        return slot.parts.weekday
    is_day = slot.parts.day is not None or slot.parts.day_offset is not None
    return slot.mention.start.weekday() if is_day and slot.mention.start is not None else None


def _apart_weekdays(a: TimeSlot, b: TimeSlot, gap: int) -> tuple[str, str]:
    """Return the direction from one weekday to another: by date where both are resolved, else to the nearer side."""
    start_a, start_b = a.mention.start, b.mention.start
    if start_a is not None and start_b is not None and start_a != start_b:
        return "apart weekday", "later" if start_b > start_a else "earlier"
    return "apart weekday", "later" if (gap + 3) % 7 - 3 > 0 else "earlier"


def _bound(slot: TimeSlot) -> str:
    """Return the role of a time: a start, an end, or the moment itself."""
    if slot.parts.until is not None:
        return "at"
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
    slots_a, slots_b = _current(time_slots(earlier)), _current(time_slots(later))
    found = []
    crowd = "sole" if max(len(slots_a), len(slots_b)) == 1 else "several"
    for pair in align(slots_a, slots_b, _score, ALIGN_FLOOR):
        a, b = slots_a[pair.earlier], slots_b[pair.later]
        related = relation(a, b)
        assert related is not None, "only comparable times are aligned"
        grounds, weight = _weigh(a, b, related, crowd)
        direction = related[1]
        note = f"{b.mention.text} is {direction} against {a.mention.text}" if direction else f"{a.mention.text} and {b.mention.text} can be one time"
        found.append(TimeJudgement(a, b, pair.score, direction, grounds, weight, note))
    return found


def _weigh(a: TimeSlot, b: TimeSlot, related: tuple[str, str], crowd: str) -> tuple[str, float]:
    """Return the situation of two aligned times and how often it was right."""
    name, direction = related
    outlook = "said" if a.said else "mixed" if a.ahead != b.ahead else "ahead" if a.ahead else "past"
    if not direction:
        grounds = "said" if a.said else f"{name} {crowd}"
        return grounds, SAME_WEIGHT[grounds]
    for grounds in (name, f"{name} {outlook}", f"{name} {outlook} {direction}"):
        if grounds in CHANGED_WEIGHT:
            return grounds, CHANGED_WEIGHT[grounds]
    raise KeyError(f"no weight for times that are {name!r}, {outlook!r}, {direction!r}; add one to CHANGED_WEIGHT")


def compare_times(earlier: Claim, later: Claim) -> Observation:
    """Return what became of the claims' times: the surest change, else "same" where aligned ones agree, else "absent".

    Durations are times too ("97 seconds", "less than a minute"): longer counts as later. They are compared where the claims have no other time that differs.
    """
    judged = time_judgements(earlier, later)
    changed = [j for j in judged if j.direction and j.weight >= CHANGE_FLOOR]
    if changed:
        best = max(changed, key=lambda j: (j.weight, j.score))
        return Observation("time", "changed", best.direction, best.earlier.mention.text, best.later.mention.text, best.weight, best.note)
    durations = [j for j in judgements(earlier, later) if j.earlier.quantity.dimension == "duration"]
    if any(j.direction for j in durations):
        return _of_duration(max((j for j in durations if j.direction), key=lambda j: j.score))
    agreed = [j for j in judged if not j.direction]
    if agreed:
        best = max(agreed, key=lambda j: j.score)
        return Observation("time", "same", "", best.earlier.mention.text, best.later.mention.text, best.weight, best.note)
    if durations:
        return _of_duration(durations[0])
    if judged:
        return Observation("time", "absent", note="times on both sides, but hardly of one event")
    return Observation("time", "absent", note="no time on both sides that could be compared")


def _of_duration(judged: Judgement) -> Observation:
    """Return the judgement of two durations as an observation of time; the weights of changed durations are the same for both."""
    direction = {"raised": "later", "lowered": "earlier"}.get(judged.direction, judged.direction)
    verdict = "changed" if direction else "same"
    return Observation("time", verdict, direction, judged.earlier.quantity.text, judged.later.quantity.text, judged.weight, judged.note)
