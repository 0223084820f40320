"""When an article was published: from a record's value, a date line, a dateline or a file's name.

A day without a time of day is kept as midnight UTC with precision "day"; a time without a zone is taken as UTC. Nothing here looks at the clock, so the same
input gives the same dates on any day.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import warnings
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from dateutil import parser as dateutil_parser

Precision = Literal["second", "day"]

FIRST_YEAR, LAST_YEAR = 1900, 2100  # outside, a date is a default value or a slip: 0001-01-01, 9999-12-31
MIN_UNIX_SECONDS = 100_000_000  # 1973; smaller numbers are years, counts, or 0 for "unknown"
MISSING = frozenset({"", "-", "n/a", "na", "nan", "nat", "none", "null", "unknown", "undefined", "undated", "0"})
BAD_DATE_ADVICE = "Use ISO 8601, e.g. 2024-05-01T10:00Z."

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NUMBER = {name: i for i, name in enumerate(_MONTHS, 1)} | {name[:3]: i for i, name in enumerate(_MONTHS, 1)} | {"sept": 9}
_ZONE_HOURS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "west": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "jst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip

_MONTH = r"(?P<{}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_TIME = (
    r"(?:(?:,|\s+at|\s*[-–—|·/T])?\s*(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s*\(?(?P<zone>Z|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{2}:?\d{2})\b\)?)?)?"
)
# One full calendar date with an optional time of day. Months are words or the order is ISO's: 03/04/2024 means two days, so it is not read from text.
FULL_DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
    r"(?:(?P<iso_year>(?:19|20)\d\d)[-/.](?P<iso_month>\d{1,2})[-/.](?P<iso_day>\d{1,2})(?!\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH.format('month')},?[\s-]+(?P<year>(?:19|20)\d\d)(?!\d)"
    rf"|{_MONTH.format('month2')}\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>(?:19|20)\d\d)(?!\d))" + _TIME,
    re.IGNORECASE,
)
_LABEL = (
    r"(?:first\s+|last\s+)?(?:date|dated|published|posted|updated?|modified|created|issued|released|publication date|date published)"
    r"(?:\s+(?:on|at))?\s*:?\s*"
)
_LABELLED = re.compile(rf"(?P<label>{_LABEL})?", re.IGNORECASE)
_NO_DAY = re.compile(  # "Published 3 hours ago", "Updated 14:05 GMT": furniture, but no day
    rf"{_LABEL}(?:(?:about |an? |\d+ )(?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month)s? ago"
    r"|(?:today|yesterday)?(?:,|\s+at)?\s*\d\d?[:.]\d\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?)",
    re.IGNORECASE,
)
_BARE_PREFIX = re.compile(r"date\s*:?\s*(?=(?:19|20)\d\d-\d\d-\d\d)", re.IGNORECASE)
_AFTER_DATE_LINE = re.compile(r"\s*(?:[|·•/,–—-]\s*[^.!?]{0,60})?", re.IGNORECASE)
_FILE_NAME_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_.])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<![0-9A-Za-z])(?P<y2>(?:19|20)\d\d)(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?=T?\d{4}(?:\d\d)?Z?(?![0-9A-Za-z])|(?![0-9A-Za-z]))"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, UTC, and how fine it is known."""

    at: dt.datetime
    precision: Precision


class BadDate(ValueError):
    """A value that is there but is no date. The message says why, without naming the value."""


def read_value(value: Any) -> Moment | None:
    """Read a record's date field: datetime, date, Unix time in s, ms, µs or ns, ISO 8601, RFC 2822, or an unambiguous written date.

    Returns None where the field is empty ("", None, NaN, "n/a"). Raises BadDate where it holds something that is no date.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        raise BadDate("is no time")
    if isinstance(value, dt.datetime):
        return None if value != value else _checked(value)  # pandas' NaT differs from itself
    if isinstance(value, dt.date):
        return _checked(dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC))
    if isinstance(value, int | float):
        return _read_number(float(value))
    text = str(value).strip()
    if text.casefold() in MISSING:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return _read_number(float(text))
    return _read_text(text)


def read_date_line(line: str) -> tuple[Moment, str] | None:
    """Read a line that is a date, or begins with one as ` date 2024-03-05 The rest…` does.

    Returns the moment and the rest of the line that is text ("" where the line is nothing but the date), or None where it is no date line.
    """
    stripped = line.strip(" |·•")
    labelled = _LABELLED.match(stripped)
    start = labelled.end() if labelled else 0
    match = FULL_DATE.match(stripped, start)
    if match is None:
        return None
    moment = _from_match(match)
    if moment is None:
        return None
    rest = stripped[match.end() :]
    if _BARE_PREFIX.match(stripped) or (start == 0 and match["iso_year"] and re.match(r"\s+[\"'“‘]?[A-Z]", rest)):
        return moment, rest.strip()
    # "8 May 2024 | Politics", "Posted on May 3, 2014 by admin": nothing but furniture follows.
    if re.fullmatch(r"\s+by\s+[^.!?]{2,50}", rest) or _AFTER_DATE_LINE.fullmatch(rest):
        return moment, ""
    return None


def is_time_line(line: str) -> bool:
    """Say whether a line is a time stamp and nothing else, with a day or without."""
    found = read_date_line(line)
    return (found is not None and not found[1]) or _NO_DAY.fullmatch(line.strip(" |·•")) is not None


def read_date_in(furniture: str) -> Moment | None:
    """Return the first full date in a byline or masthead line, which is known to be no prose."""
    for match in FULL_DATE.finditer(furniture):
        if (moment := _from_match(match)) is not None:
            return moment
    return None


def read_dateline(paragraph: str) -> Moment | None:
    """Return the date in the dateline that opens a paragraph: `PORT ELM, 3 March 2024 - …`, `March 3, 2024 — …`; None without one or without a year."""
    head = paragraph[:140]
    match = FULL_DATE.search(head)
    if match is None:
        return None
    before, after = head[: match.start()], head[match.end() :]
    if not re.match(r"\s*\)?(?:\s*\([^)]{2,40}\))?\s*(?:[-–—]{1,2}\s|:\s)", after):
        return None
    if before.strip() and not re.fullmatch(r"[A-Z][A-Z.'’-]+(?:[\s,/]+(?:[A-Z][\w.'’-]*|de|la|of|the))*\s*(?:\([^)]{2,30}\))?[\s,(/–—-]*(?:on\s+)?", before):
        return None
    return _from_match(match)


def read_file_name(name: str) -> Moment | None:
    """Return the day in a file's name: 2024-03-05_x.txt, 20240305.html, 2024_03_05.md; None where there is none, or more than one day."""
    days: set[dt.datetime] = set()
    for match in _FILE_NAME_DATE.finditer(name):
        year, month, day = (int(match[g] or match[g + "2"]) for g in "ymd")
        try:
            days.add(dt.datetime(year, month, day, tzinfo=dt.UTC))
        except ValueError:  # 2024-02-31
            continue
    return Moment(days.pop(), "day") if len(days) == 1 else None


def _read_number(number: float) -> Moment:
    if not math.isfinite(number):
        raise BadDate("is no time")
    if number == int(number) and 19_000_101 <= number <= 21_001_231:
        whole = int(number)
        try:
            return Moment(dt.datetime(whole // 10_000, whole // 100 % 100, whole % 100, tzinfo=dt.UTC), "day")
        except ValueError:
            raise BadDate("is no day") from None
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if MIN_UNIX_SECONDS <= number / unit < MIN_UNIX_SECONDS * 42:  # up to 2103, so each number has one reading
            return _checked(dt.datetime.fromtimestamp(number / unit, dt.UTC).replace(microsecond=0))
    raise BadDate("is no time")


def _read_text(text: str) -> Moment:
    iso = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", re.sub(r"(\d)\s+([+-]\d\d:?\d\d)$", r"\1\2", text)) if len(text) > 10 else text
    try:
        return _checked(dt.datetime.fromisoformat(iso), day_only=len(iso) <= 10)
    except BadDate:
        raise
    except ValueError:
        pass  # no ISO 8601: the other notations follow
    match = FULL_DATE.fullmatch(text)
    if match is not None and _zone_offset(match["zone"]) is None:
        raise BadDate("has a time zone that is not known")
    if match is not None and (moment := _from_match(match)) is not None:
        return moment
    numeric = re.match(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}(?!\d)", text)
    if numeric and int(numeric[1]) <= 12 and int(numeric[2]) <= 12 and numeric[1] != numeric[2]:
        raise BadDate("may be two different days")
    if re.match(r"[A-Za-z]{3},? \d{1,2} [A-Za-z]{3} \d{4}", text):
        try:
            return _checked(parsedate_to_datetime(text))
        except (ValueError, TypeError):
            raise BadDate("is no time") from None
    return _read_loosely(text)


def _read_loosely(text: str) -> Moment:
    """Let dateutil try, twice with different defaults: what it fills in by itself was not in the text."""
    readings: list[dt.datetime] = []
    zones = {name.upper(): hours * 3600 for name, hours in _ZONE_HOURS.items()}
    for default in (dt.datetime(2001, 1, 1, tzinfo=dt.UTC), dt.datetime(2002, 2, 2, 2, 2, 2, tzinfo=dt.UTC)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # an unknown zone is only a warning to dateutil, and hours off to us
                readings.append(dateutil_parser.parse(text, default=default, tzinfos=zones))
        except (ValueError, OverflowError, TypeError, Warning):
            raise BadDate("is no time") from None
    if readings[0].date() != readings[1].date():
        raise BadDate("does not give a full day")
    timed = readings[0].replace(second=0) == readings[1].replace(second=0)
    return _checked(readings[0], day_only=not timed)


def _checked(at: dt.datetime, *, day_only: bool = False) -> Moment:
    """Bring a datetime to UTC. Midnight sharp, without a zone or at UTC, is how databases store a day, so its precision is "day"."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadDate(f"lies outside {FIRST_YEAR} to {LAST_YEAR}")
    midnight = at.hour == at.minute == at.second == at.microsecond == 0 and not at.utcoffset()
    utc = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    plain = dt.datetime(utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond, dt.UTC)  # no pandas subclass, no nanoseconds
    return Moment(plain, "day" if day_only or midnight else "second")


def _from_match(match: re.Match[str]) -> Moment | None:
    """Turn a FULL_DATE match into a moment; None where no such day or time exists."""
    groups = match.groupdict()
    year = int(groups["iso_year"] or groups["year"] or groups["year2"])
    day = int(groups["iso_day"] or groups["day"] or groups["day2"])
    word = (groups["month"] or groups["month2"] or "").casefold().rstrip(".")
    month = int(groups["iso_month"]) if groups["iso_month"] else _MONTH_NUMBER[word if word in _MONTH_NUMBER else word[:3]]
    hour = int(groups["hour"] or 0)
    if groups["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if groups["half"].casefold() == "p" else 0)
    try:
        at = dt.datetime(year, month, day, hour, int(groups["minute"] or 0), int(groups["second"] or 0), tzinfo=dt.UTC)
        offset = _zone_offset(groups["zone"])
        return Moment(at - offset, "second" if groups["hour"] else "day") if offset is not None else Moment(at.replace(hour=0, minute=0, second=0), "day")
    except (ValueError, OverflowError):
        return None


def _zone_offset(zone: str | None) -> dt.timedelta | None:
    """Offset east of UTC; none named counts as UTC; None where the name is not known, so that only the day can be trusted."""
    if zone is None:
        return dt.timedelta(0)
    if (hours := _ZONE_HOURS.get(zone.casefold())) is not None:
        return dt.timedelta(hours=hours)
    if numeric := re.search(r"([+-])(\d\d):?(\d\d)$", zone):
        return (1 if numeric[1] == "+" else -1) * dt.timedelta(hours=int(numeric[2]), minutes=int(numeric[3]))
    return None
