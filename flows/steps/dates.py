"""When an article was published: from a record's value, a dateline or a file's name. The date line over a text is read in stamps.py.

A day without a time of day is kept as midnight UTC with precision "day"; a time without a zone is taken as UTC. Nothing here looks at the clock, so the same
input gives the same dates on any day.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import warnings
from email.utils import parsedate_to_datetime
from typing import Any

from dateutil import parser as dateutil_parser

from flows.steps.stamps import FULL_DATE, UNLABELLED, ZONE_HOURS, Moment, moment_of, read_date_line

FIRST_YEAR, LAST_YEAR = 1900, 2100  # outside, a date is a default value or a slip: 0001-01-01, 9999-12-31
MIN_UNIX_SECONDS = 100_000_000  # 1973; smaller numbers are years, counts, or 0 for "unknown"
MISSING = frozenset({"", "-", "n/a", "na", "nan", "nat", "none", "null", "unknown", "undefined", "undated", "0"})
BAD_DATE_ADVICE = "Use ISO 8601, e.g. 2024-05-01T10:00Z."

_END_OF_DAY = re.compile(r"[T ]24:00(?::00)?(?:\.0+)?(?![\d:])")  # newer versions of Python read it as ISO 8601, older ones do not
_FILE_NAME_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_.])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<![0-9A-Za-z])(?P<y2>(?:19|20)\d\d)(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?=T?\d{4}(?:\d\d)?Z?(?![0-9A-Za-z])|(?![0-9A-Za-z]))"
)


class BadDate(ValueError):
    """A value that is there but is no date. The message says why, without naming the value."""


def read_value(value: Any) -> Moment | None:
    """Read a record's date field: datetime, date, Unix time in s, ms, µs or ns, ISO 8601, RFC 2822, YYYYMMDDhhmmss, or a written date, labelled or
    among other words as long as there is one.

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
    return moment_of(match, match)


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
    if number == int(number) and 19_000_101_000_000 <= number <= 21_001_231_235_959:  # 20240506101500: too large for ms, too small for µs
        try:
            return _checked(dt.datetime.strptime(str(int(number)), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC))
        except ValueError as error:
            raise error if isinstance(error, BadDate) else BadDate("is no time") from None
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
    try:
        return _read_notation(text)
    except BadDate:
        # As over a text: "Published: 6 May 2024", "Updated 2:15 PM EDT, Mon May 6, 2024"; else one full date among other words, of which the day is taken.
        days = list(FULL_DATE.finditer(text))
        found = read_date_line(text)
        if found is not None and not found.rest and (len(days) <= 1 or found.rank != UNLABELLED):  # "6 May 2024 - 8 May 2024" is no date
            return found.moment
        if len(days) == 1 and (moment := moment_of(days[0], days[0])) and not re.search(r"\d", text[: days[0].start()] + text[days[0].end() :]):
            return moment if days[0]["zone"] else moment_of(days[0], None) or moment
        raise


def _read_notation(text: str) -> Moment:
    """Read a text that is a date and nothing else, in one of the notations of databases, feeds and mails, or as dateutil knows it."""
    iso = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", re.sub(r"(\d)\s+([+-]\d\d:?\d\d)$", r"\1\2", text)) if len(text) > 10 else text
    try:
        if not _END_OF_DAY.search(text):
            return _checked(dt.datetime.fromisoformat(iso), day_only=len(iso) <= 10)
    except BadDate:
        raise
    except ValueError:
        pass  # no ISO 8601: the other notations follow
    match = FULL_DATE.fullmatch(text)
    if match is not None and (moment := moment_of(match, match)) is not None:
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
    zones = {name.upper(): hours * 3600 for name, hours in ZONE_HOURS.items()}
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
