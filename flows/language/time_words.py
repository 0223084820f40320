"""Time expressions as news writes them, taken apart: which span of the text, and what it says (weekday, month, clock, "ago", "until" …).

Nothing is resolved here: that needs the article's date (times.py). The patterns are in time_patterns.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.language.bare_hours import divides, is_hour
from flows.language.number_words import words_value
from flows.language.time_patterns import (
    ATOM,
    FUTURE,
    GAP,
    HOURS,
    MONTHS,
    NOUN_AFTER_YEAR,
    PARTS,
    PAST,
    PLACE_LIKE,
    PREFIX,
    RANGE_GAP,
    SEASON_CONTEXT,
    SEASONS,
    SHIFT,
    TAIL,
    UNIT_DAYS,
    WEEKDAYS,
    zone_after,
)


@dataclass(slots=True)
class TimeParts:
    """What a time expression says. Minutes count from midnight; `sign` and `days` are an offset from the article's date ("two weeks ago")."""

    char_start: int
    char_end: int
    year: int | None = None
    last_year: int | None = None
    first_month: int | None = None  # of a part of a year: the third quarter starts in July, a season that is written "2023-24" too
    n_months: int = 0
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    season: int | None = None
    decade: int | None = None
    minute: int | None = None
    half_day_known: bool = True  # False for "at eight": morning or evening is open
    zone: str = ""  # of the clock: a key of ZONES or LOCAL; "" where none is said
    part: str = ""
    day_offset: int | None = None
    relative: str = ""  # "last", "next", "this"
    relative_unit: str = ""
    sign: int = 0
    days: float = 0.0
    anchored: bool = True  # False for "two weeks earlier": earlier than what is not said
    within: bool = False  # "within a month", "in the past month": the span that begins or ends with the article
    vague: str = ""
    until: TimeParts | None = None  # the other end of "from Monday to Thursday"
    qualifiers: list[str] = field(default_factory=list)  # "since", "by", "early", "the end of" … as they stand before it

    def kinds(self) -> set[str]:
        """Return which kinds of information are there, to see whether two atoms can be one expression."""
        names = ("year", "month", "day", "weekday", "season", "decade", "minute", "day_offset")
        found = {n for n in names if getattr(self, n) is not None}
        return found | {n for n in ("part", "relative_unit", "vague") if getattr(self, n)} | ({"days"} if self.sign or self.within else set())


def _number(words: str) -> float:
    lowered = words.lower()
    vague = {"several": 4.0, "a few": 4.0, "a couple of": 2.0, "some": 3.0, "many": 10.0, "a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5}
    return vague[lowered] if lowered in vague else (words_value(lowered) or 1.0)


def _hour_index(word: str) -> int:
    """Return 0 for "one"."""
    return next(i for i, hour in enumerate(HOURS) if hour == word.lower())


def _weekday(name: str) -> int:
    """Return 0 for "Monday"."""
    return next(i for i, day in enumerate(WEEKDAYS) if day == name.lower())


def _month(name: str) -> int:
    return next(i for i, m in enumerate(MONTHS, 1) if m.startswith(name.lower()[:3]))


def _unit_days(n: str, unit: str) -> float:
    base = unit.lower().rstrip("s")
    return _number(n) * UNIT_DAYS["century" if base.startswith("centur") else base]


def _clock(parts: TimeParts, hour: int, minute: int, half: str) -> None:
    """Set the clock. half: "a" or "p" of a.m. and p.m., "" where nothing was said."""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    parts.minute = (hour % 24) * 60 + minute
    parts.half_day_known = bool(half) or hour > 12 or hour == 0


def _read_atom(m: re.Match[str], text: str) -> TimeParts | None:
    """Return what one atom says; None where it only looks like a time."""
    g = {k: v for k, v in m.groupdict().items() if v is not None}
    parts = TimeParts(m.start(), m.end())
    if "iso" in g:
        parts.year, parts.month, parts.day = (int(p) for p in g["iso"].split("-"))
    elif "numeric" in g:
        first, second, parts.year = (int(p) for p in re.split(r"[./]", g["numeric"]))
        # Day first, as most of the world writes it, unless only the other order gives a date.
        parts.day, parts.month = (first, second) if second <= 12 else (second, first)
    elif "day_month" in g or "month_day" in g:
        p = "dm" if "day_month" in g else "md"
        parts.month, parts.day, parts.last_day = _month(g[f"{p}_month"]), int(g[f"{p}_day"]), int(g.get(f"{p}_last", 0)) or None
    elif "ago" in g:
        parts.sign, parts.days = (1 if g["ago_dir"] == "later" else -1), _unit_days(g["ago_n"], g["ago_unit"])
        parts.anchored, parts.relative_unit = g["ago_dir"] == "ago", ""
    elif "hence" in g:
        parts.sign, parts.days = 1, _unit_days(g["hence_n"], g["hence_unit"])
    elif "within" in g:
        parts.within, parts.days = True, _unit_days(g["within_n"], g["within_unit"])
    elif "clock_digits" in g:
        _clock(parts, int(g["cd_h"]), int(g.get("cd_m", 0)), g["cd_ampm"][0])
    elif "clock_24" in g:
        _clock(parts, int(g["c24_h"]), int(g["c24_m"]), "")
        parts.half_day_known = len(g["c24_h"]) == 2
    elif "clock_dot" in g or "clock_dot_part" in g:
        hour, minute = (g["cdot_h"], g["cdot_m"]) if "clock_dot" in g else (g["cdp_h"], g["cdp_m"])
        _clock(parts, int(hour), int(minute), "")
    elif "clock_mil" in g:
        _clock(parts, int(g["cm_h"]), int(g["cm_m"]), "")
        parts.half_day_known = True
    elif "clock_past" in g:
        if g["cp_dir"] == "to" and divides(text, m.start()):
            return None
        name = g["cp_h"]
        hour = {"noon": 12, "midnight": 0}.get(name) if name in ("noon", "midnight") else _hour_index(name) + 1
        shift = {"half": 30, "a quarter": 15, "quarter": 15}.get(g["cp_m"]) or int(words_value(re.sub(r" minutes?$", "", g["cp_m"]).replace("-", " ")) or 0)
        total = ((hour or 0) * 60 + (shift if g["cp_dir"] in ("past", "after") else -shift)) % 1440
        parts.minute, parts.half_day_known = total, name in ("noon", "midnight")
    elif "clock_oclock" in g or "clock_word" in g:
        word = g.get("co_h") or g["cw_h"]
        if "clock_word" in g and not is_hour(text, m.start(), m.end()):
            return None
        _clock(parts, int(word) if word.isdigit() else _hour_index(word) + 1, 0, "")
        parts.half_day_known = False
    elif "noon" in g:
        parts.minute = 0 if g["noon"] == "midnight" else 720
    elif "weekday" in g:
        parts.weekday, parts.part = _weekday(g["wd"]), g.get("wd_part", "")
    elif "day_word" in g:
        word = g["day_word"].lower()
        offsets = {"the day before y": -2, "the day after t": 2, "yesterday": -1, "tomorrow": 1, "last night": -1}
        parts.day_offset = next((n for w, n in offsets.items() if word.startswith(w)), 0)
        parts.part = g.get("dw_part") or ("night" if word in ("tonight", "last night") else word.split()[1] if word.startswith("this ") else "")
    elif "before_last" in g:
        parts.relative, parts.relative_unit = "before last", g["bl_unit"]
    elif "relative" in g:
        return _read_relative(parts, g["rel_dir"].lower(), g["rel_unit"], text)
    elif "season" in g:
        if not SEASON_CONTEXT.search(text[: m.start()]) and not re.match(r" (?:of )?(?:19|20)\d\d", text[m.end() :]):
            return None
        parts.season = SEASONS[g["season_name"]]
    elif "part_of_day" in g:
        parts.part = g.get("pod") or "overnight"
    elif "decade" in g:
        parts.decade = int(g["dec"])
    elif "month" in g:
        if not _is_month(m, text):
            return None
        parts.month = _month(g["mo"])
    elif "part_of_year" in g:
        _read_part_of_year(parts, g)
    elif "year" in g:
        parts.year = int(g["yr"])
        if "yr_last" in g:
            parts.last_year = int(g["yr_last"]) if len(g["yr_last"]) == 4 else parts.year // 100 * 100 + int(g["yr_last"])
        if "yr_season" in g and parts.last_year == parts.year + 1:
            parts.first_month, parts.n_months, parts.last_year = 7, 12, None
        if "yr_edge" in g:
            parts.qualifiers.append(g["yr_edge"])
        if NOUN_AFTER_YEAR.match(text, m.end()) or re.search(
            r"(?:about|some|around|nearly|than|over|least|almost|roughly|magnitude|flight|number) $", text[: m.start()], re.IGNORECASE
        ):
            return None
    else:
        parts.vague = g["vague"].lower()
    return parts


def _read_part_of_year(parts: TimeParts, g: dict[str, str]) -> None:
    """Read "the first half of 2025", "the third quarter of last year" and "Q1 2026"."""
    if "py_code" in g:
        half, n, parts.year = g["py_code"][0] == "H", int(g["py_code"][1]) - 1, int(g["py_code_year"])
    else:
        half = g["py_part"] == "half"
        ends = {"last": 1 if half else 3, "final": 1 if half else 3}
        n = ends[g["py_n"]] if g["py_n"] in ends else ("first", "second", "third", "fourth").index(g["py_n"])
        parts.year = int(g["py_year"]) if "py_year" in g else None
        if "py_rel" in g:
            parts.relative, parts.relative_unit = g["py_rel"].replace("the", "this"), "year"
    n_months = 6 if half else 3
    parts.first_month, parts.n_months = min(n * n_months, 12 - n_months) + 1, n_months


def _read_relative(parts: TimeParts, direction: str, unit: str, text: str) -> TimeParts | None:
    """Read "last week", "the previous autumn", "the end of the month"; a bare "the summer" counts, "the fall" and "the year" alone do not."""
    before = text[: parts.char_start]
    if direction == "the" and unit in ("fall", "season", "quarter", "century", "decade"):
        return None
    if (
        direction == "the"
        and unit in ("week", "month", "year", "weekend")
        and not re.search(r"(?:end|start|beginning|middle|course|later in|earlier in|rest|over|during|at|turn) (?:of )?$", before)
    ):
        return None
    last = {"last", "the previous", "the past"}
    coming = {"next", "the following", "the coming", "the next"}
    parts.relative = "last" if direction in last else "next" if direction in coming else "this"
    parts.anchored = direction not in ("the previous", "the following", "the same", "that")
    if direction.endswith(" this"):
        parts.qualifiers.append(direction.split()[0])
    if unit in SEASONS:
        parts.season = SEASONS[unit]
    else:
        parts.relative_unit = unit
        parts.within = direction == "the past" and unit in UNIT_DAYS
    return parts


def _is_month(m: re.Match[str], text: str) -> bool:
    """ "May" the modal and part of a name, "March" the walk and "August" the adjective are no months."""
    word, before, after = m["mo"], text[: m.start()], text[m.end() :]
    if word not in ("May", "March", "April", "June", "August"):
        return True
    previous = re.search(r"(\S+)\s+$", before)
    if previous is None:  # first word: "March's launch", "March salaries", "May the …" is no month, "May 5" was read above
        return word != "May" and not after.startswith((" has ", " said", " is ", " was "))
    if previous.group(1)[:1].isupper() and previous.group(1) not in (
        "In",
        "Since",
        "By",
        "Until",
        "From",
        "Last",
        "Next",
        "Early",
        "Late",
        "During",
        "Before",
        "After",
        "On",
        "For",
    ):
        return False  # a first name: "Theresa May", "Fredric March", "June" after a capital
    return not re.match(r" (?:[A-Z]|said\b|told\b|has\b|says\b)", after)


def _merge(a: TimeParts, b: TimeParts) -> TimeParts:
    """Return one expression of two atoms that complete each other."""
    for name in ("year", "last_year", "month", "day", "last_day", "weekday", "season", "decade", "minute", "day_offset"):
        if getattr(a, name) is None:
            setattr(a, name, getattr(b, name))
    for name in ("zone", "part", "relative", "relative_unit", "vague"):
        if not getattr(a, name):
            setattr(a, name, getattr(b, name))
    a.half_day_known = a.half_day_known and b.half_day_known
    a.anchored = a.anchored and b.anchored
    a.char_end = b.char_end
    return a


_ANCHORS = {"weekday", "day_offset", "season", "decade", "days", "relative_unit", "vague"}
_PAIRED = ({"weekday", "relative_unit"}, {"season", "relative_unit"})  # "on Friday last week", "the autumn of that year"


def _completes(a: TimeParts, b: TimeParts, gap: str) -> bool:
    """Return whether two neighbours are one expression: "3:20 p.m." + " on " + "Monday", but not "March, " + "Tuesday"."""
    if GAP.fullmatch(gap) is None:
        return False
    first, second = a.kinds(), b.kinds()
    anchors = (first | second) & _ANCHORS
    if first & second or "vague" in anchors or (len(anchors) > 1 and anchors not in _PAIRED):
        return False
    if "days" in anchors and "minute" not in first | second:
        return False
    if gap.startswith(","):
        return (
            (second == {"year"} and "month" in first) or ("weekday" in first and "month" in second) or ("minute" in first | second and "season" not in anchors)
        )
    return True


def find_times(text: str) -> Iterator[TimeParts]:
    """Yield the time expressions of a text, in order, without overlaps; a date and a clock time that belong together are one, and so are two ends of a span."""
    first: TimeParts | None = None
    for parts in _find_single(text):
        if first is not None and _spans(first, parts, text):
            first.until, first.char_end = parts, parts.char_end
            yield first
            first = None
            continue
        if first is not None:
            yield first
        first = parts
    if first is not None:
        yield first


def _spans(a: TimeParts, b: TimeParts, text: str) -> bool:
    """Return whether two neighbours are the ends of one span of dates: "from March" + "to May 2024", "between Monday" + "and Thursday"."""
    dates = {"year", "month", "day", "weekday", "decade"}
    kinds_a, kinds_b = a.kinds(), b.kinds()
    if not kinds_a <= dates or not kinds_b <= dates or kinds_a - {"year"} != kinds_b - {"year"} or (a.year is not None and b.year is None):
        return False
    if a.n_months or b.n_months or a.last_year or b.last_year or a.last_day or b.last_day:
        return False
    # The word of the gap may have been taken into the second expression: "until Friday".
    gap = RANGE_GAP.match(text, a.char_end)
    if gap is None or not a.qualifiers or text[gap.end() : b.char_end] == "" or abs(gap.end() - b.char_start) > len(gap.group(0)):
        return False
    if a.qualifiers[0].split()[-1] == "between":
        return gap["and"] is not None
    return a.qualifiers[0] == "from" and gap["to"] is not None and SHIFT.search(text[: a.char_start]) is None


def _find_single(text: str) -> Iterator[TimeParts]:
    """Yield the time expressions of a text, the two ends of a span one by one."""
    pending: TimeParts | None = None
    floor = 0  # end of the expression before: its words belong to it
    for m in ATOM.finditer(text):
        atom = _read_atom(m, text)
        if atom is None:
            continue
        if atom.minute is not None and (zone := zone_after(text, atom.char_end)):
            atom.zone, atom.char_end = zone
        if pending is not None:
            if _completes(pending, atom, text[pending.char_end : atom.char_start]):
                pending = _merge(pending, atom)
                continue
            yield _finish(pending, text, floor)
            floor = pending.char_end
        pending = atom
    if pending is not None:
        yield _finish(pending, text, floor)


def _finish(parts: TimeParts, text: str, floor: int) -> TimeParts:
    """Take in the words before ("shortly before", "by the end of") and after ("in the morning") an expression, and settle the half of the day."""
    if parts.minute is not None and not parts.part and (tail := TAIL.match(text, parts.char_end)):
        parts.part, parts.char_end = tail[1], tail.end()
    for _ in range(3):
        window = max(floor, parts.char_start - 32)
        m = PREFIX.search(text[window : parts.char_start])
        if m is None or (m["word"].lower() in PLACE_LIKE and not PLACE_LIKE.isdisjoint(parts.qualifiers)):  # "set in on Sunday"
            break
        parts.qualifiers.append(" ".join(m.group(0).lower().split()))
        parts.char_start = window + m.start()
    words = [word for q in parts.qualifiers if not q.endswith((" of", " of the")) for word in q.split()]  # not that of "the last week of July"
    if not parts.relative and parts.weekday is not None:
        parts.relative = next((w for w in ("last", "next", "this") if w in words), "")
    if not parts.relative and (parts.month or parts.season) is not None:
        parts.relative = next((w for w in ("last", "next", "this") if w in words), "")
    if parts.minute is not None and not parts.half_day_known and parts.part in PARTS:
        if parts.part in ("afternoon", "evening", "dusk", "sunset") or (parts.part in ("night", "overnight") and parts.minute >= 6 * 60):
            parts.minute = parts.minute % 720 + 720
        parts.half_day_known = True
    return parts


def looks_ahead(parts: TimeParts, text: str) -> bool:
    """Return whether the wording near the expression puts it after the article."""
    qualifiers = " ".join(parts.qualifiers)
    if parts.relative == "next" or re.search(r"\b(?:until|till|by|as of|no later|not before)\b", qualifiers):
        return True
    if parts.relative == "last" or re.search(r"\bsince\b", qualifiers):
        return False
    near = text[max(0, parts.char_start - 60) : parts.char_start]
    ahead, behind = list(FUTURE.finditer(near)), list(PAST.finditer(near))
    if not ahead:
        return bool(re.search(r"\b(?:will|is to|are to)\b", text[parts.char_end : parts.char_end + 60])) and not behind
    return ahead[-1].end() >= (behind[-1].start() if behind else 0)
