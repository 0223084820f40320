"""What a written date and time of day look like, and the lines that hold nothing else: "Published 10:15 AM EDT, Mon May 6, 2024 | Updated …".

A day without a time of day is midnight UTC with precision "day"; a time without a zone is taken as UTC; of a time in a zone that is not known the day is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

Precision = Literal["second", "day"]
UPDATED, UNLABELLED, PUBLISHED = range(3)  # what a date is, by the label before it; the greater comes first

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NUMBER = {name: i for i, name in enumerate(_MONTHS, 1)} | {name[:3]: i for i, name in enumerate(_MONTHS, 1)} | {"sept": 9}
ZONE_HOURS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "west": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "jst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip

_MONTH_WORD = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_MONTH = rf"(?P<{{}}>{_MONTH_WORD})\.?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
# Months are words or the order is ISO's: 03/04/2024 means two days, so it is not read from text.
_DAY = (
    r"(?:(?P<iso_year>(?:19|20)\d\d)[-/.](?P<iso_month>\d{1,2})[-/.](?P<iso_day>\d{1,2})(?!\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH.format('month')},?[\s-]+(?P<year>(?:19|20)\d\d)(?!\d)"
    rf"|{_MONTH.format('month2')}\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>(?:19|20)\d\d)(?!\d))"
)
# A zone's letters are capitals unless it is a known one: "10:15 said" has none. In a line in capitals other words stand there: "10:15 BY IDA BORG".
_NO_ZONE = rf"(?:BY|IN|ON|AT|AND|THE|FROM|WITH|{_MONTH_WORD}|{_WEEKDAY})\b"
_CLOCK = (
    r"(?:(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?|(?P<hour2>\d{1,2})\s*(?P<half2>[ap])\.?m\b\.?)"
    rf"(?:\s*\(?(?P<zone>(?:{'|'.join(ZONE_HOURS)})\b(?![+-]\d)|(?!{_NO_ZONE})(?-i:[A-Z]{{2,4}})\b(?![+-]\d)"
    r"|(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?\b|[+-]\d{2}:?\d{2}\b"
    r"|(?:eastern|central|mountain|pacific|local)(?:\s+(?:standard\s+|daylight\s+)?time\b|\s*$))\)?)?"
)
# One full calendar date with an optional time of day after it.
FULL_DATE = re.compile(rf"(?:{_WEEKDAY},?\s+)?{_DAY}(?:(?:,|\s+at|\s*[-–—|·/T])?\s*{_CLOCK})?", re.IGNORECASE)

_LABEL = (
    r"(?:(?:first|last|originally|article|story)\s+)?(?:"
    r"(?P<later>updated?|modified|revised)|date\s+published|publication\s+date|date|dated|published|posted|created|issued|released)"
    r"(?:\s+(?:date|on|at))?(?-i:(?![a-z]))"  # "Updated3:12 p.m." is glued; "updates" is another word
)
_RELATIVE = r"(?:(?:about |an? |\d+ )(?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month)s? ago|today|yesterday)\b"
_NUMERIC_DAY = r"(?<!\d)(?P<first>\d{1,2})(?P<mark>[./-])(?P<then>\d{1,2})(?P=mark)(?P<numeric_year>(?:19|20)\d\d)(?!\d)|(?<!\d)\d{1,2}/\d{1,2}/\d\d(?!\d)"
_TOKEN = re.compile(
    rf"(?P<label>{_LABEL})|(?P<written>{_DAY})(?:T(?=\d))?|(?P<numeric>{_NUMERIC_DAY})|(?P<clock>{_CLOCK})"
    rf"|(?P<weekday>{_WEEKDAY})|(?P<relative>{_RELATIVE})|(?P<separator>[\s|·•,:;/()\[\]–—-]+|(?:at|on)\b)",
    re.IGNORECASE,
)
_ANY_DAY = re.compile(rf"{FULL_DATE.pattern}|{_NUMERIC_DAY}", re.IGNORECASE)
_BARE_PREFIX = re.compile(r"date\s*:?\s*(?=(?:19|20)\d\d-\d\d-\d\d)", re.IGNORECASE)
_AFTER_DATE_LINE = re.compile(r"\s*(?:[|·•/,–—-]\s*[^.!?]{0,60})?", re.IGNORECASE)
_PAINTING = " |·•"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, UTC, and how fine it is known."""

    at: dt.datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that is a date. `rest` is the text that follows on the same line; `rank` is UPDATED, UNLABELLED or PUBLISHED."""

    moment: Moment
    rest: str
    rank: int


@dataclass(slots=True)
class _Stamp:
    """One date of a line, with the label before it and the time of day on either side, in the order of the line."""

    rank: int = UNLABELLED
    day: re.Match[str] | None = None
    clock: re.Match[str] | None = None

    @property
    def moment(self) -> Moment | None:
        return moment_of(self.day, self.clock) if self.day else None


@dataclass(slots=True)
class _Head:
    """What a line begins with. `end` is where its last date, time of day or "3 hours ago" ends; `is_all` says that nothing else is on the line."""

    stamps: list[_Stamp]
    end: int
    is_all: bool
    has_day: bool
    has_label: bool
    has_time: bool

    @property
    def best(self) -> _Stamp | None:
        """The stamp that says when the article was published; the first of equals."""
        return max((stamp for stamp in self.stamps if stamp.moment is not None), key=lambda stamp: stamp.rank, default=None)


def read_date_line(line: str) -> DateLine | None:
    """Read a line that is a date, or begins with one as ` date 2024-03-05 The rest…` does; None where it is no date line, or no day that can be told."""
    stripped = line.strip(_PAINTING)
    head = _read_head(stripped)
    best = head.best
    if best is not None and best.moment is not None:
        rest = stripped[head.end :]
        # "8 May 2024 | Politics", "Posted on May 3, 2014 by admin": nothing but furniture follows.
        if head.is_all or re.fullmatch(r"\s+by\s+[^.!?]{2,50}", rest, re.IGNORECASE) or _AFTER_DATE_LINE.fullmatch(rest):
            return DateLine(best.moment, "", best.rank)
    prefix = _BARE_PREFIX.match(stripped)
    match = FULL_DATE.match(stripped, prefix.end() if prefix else 0)
    moment = moment_of(match, match) if match else None
    if match is not None and moment is not None and (prefix or (match["iso_year"] and re.match(r"\s+[\"'“‘]?[A-Z]", stripped[match.end() :]))):
        return DateLine(moment, stripped[match.end() :].strip(), PUBLISHED if prefix else UNLABELLED)
    return None


def is_time_line(line: str) -> bool:
    """Say whether a line is a time stamp and nothing else: with a day, even one that can be read in two ways, or "Updated 14:05 GMT"."""
    found = read_date_line(line)
    if found is not None:
        return not found.rest
    head = _read_head(line.strip(_PAINTING))
    # A bare "14:05" stays: it may head the entry of a live blog.
    return head.is_all and (head.has_day or (head.has_label and head.has_time))


def read_date_in(furniture: str) -> Moment | None:
    """Return the first full date in a byline or masthead line, which is known to be no prose."""
    return next((moment for match in FULL_DATE.finditer(furniture) if (moment := moment_of(match, match)) is not None), None)


def words_beside_dates(line: str) -> int | None:
    """Count the words of a line that are no part of a day or time of day; None where the line has no full date."""
    without, n_days = _ANY_DAY.subn(" ", line)
    return sum(char_run[0].isalpha() for char_run in re.findall(r"\w+", re.sub(_CLOCK, " ", without, flags=re.IGNORECASE))) if n_days else None


def moment_of(day: re.Match[str], clock: re.Match[str] | None) -> Moment | None:
    """Turn the match of a day and that of a time of day, which may be the same match, into a moment; None where no such day or time exists."""
    groups = day.groupdict()
    if groups.get("numeric_year"):
        first, then = int(groups["first"]), int(groups["then"])
        if first <= 12 and then <= 12 and first != then:
            return None  # two different days
        year, month, number = int(groups["numeric_year"]), *sorted((first, then))
    elif groups["iso_year"] or groups["year"] or groups["year2"]:
        year, number = int(groups["iso_year"] or groups["year"] or groups["year2"]), int(groups["iso_day"] or groups["day"] or groups["day2"])
        word = (groups["month"] or groups["month2"] or "").casefold().rstrip(".")
        month = int(groups["iso_month"]) if groups["iso_month"] else _MONTH_NUMBER[word if word in _MONTH_NUMBER else word[:3]]
    else:
        return None  # 05/06/24
    try:
        midnight = dt.datetime(year, month, number, tzinfo=dt.UTC)
        if clock is None or not (clock["hour"] or clock["hour2"]):
            return Moment(midnight, "day")
        time_of_day, offset = _time_of_day(clock), zone_offset(clock["zone"])
        if time_of_day is None:
            return None
        return Moment(midnight, "day") if offset is None else Moment(midnight + time_of_day - offset, "second")
    except (ValueError, OverflowError):
        return None


def zone_offset(zone: str | None) -> dt.timedelta | None:
    """Offset east of UTC; none named counts as UTC; None where the name is not known, so that only the day can be trusted."""
    if zone is None:
        return dt.timedelta(0)
    if (hours := ZONE_HOURS.get(zone.casefold())) is not None:
        return dt.timedelta(hours=hours)
    if numeric := re.search(r"([+-])(\d\d?)(?::?(\d\d))?$", zone):
        return (1 if numeric[1] == "+" else -1) * dt.timedelta(hours=int(numeric[2]), minutes=int(numeric[3] or 0))
    return None


def _time_of_day(clock: re.Match[str]) -> dt.timedelta | None:
    """Time since midnight; 24:00 is the end of the day, as ISO 8601 has it. None where there is no such time."""
    hour, minute, second = int(clock["hour"] or clock["hour2"]), int(clock["minute"] or 0), int(clock["second"] or 0)
    half = clock["half"] or clock["half2"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return dt.timedelta(hours=hour, minutes=minute, seconds=second)


def _read_head(line: str) -> _Head:
    """Take labels, days, times of day and what stands between them off the front of a line."""
    head = _Head([_Stamp()], 0, is_all=False, has_day=False, has_label=False, has_time=False)
    position = 0
    while match := _TOKEN.match(line, position):
        position = match.end()
        stamp = head.stamps[-1]
        if match["label"]:
            head.stamps.append(_Stamp(UPDATED if match["later"] else PUBLISHED))
            head.has_label = True
        elif match["written"] or match["numeric"]:
            if stamp.day is not None:
                head.stamps.append(stamp := _Stamp())
            stamp.day, head.has_day, head.end = match, True, position
        elif match["clock"]:
            if stamp.day is not None and stamp.clock is not None:
                head.stamps.append(stamp := _Stamp())
            stamp.clock, head.has_time, head.end = stamp.clock or match, True, position
        elif match["relative"]:
            head.has_time, head.end = True, position
    head.is_all = position == len(line) and position > 0
    return head
