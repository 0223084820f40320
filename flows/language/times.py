"""Read the time expressions of a claim and resolve them against the article's date.

`read_times` gives each expression its interval [start, end) in UTC, as far as words and date tell. Articles do not say their time zone, so a day is a UTC day;
a clock time with its zone ("6 p.m. EST") is converted.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from flows.language.time_comparison import compare_times
from flows.language.time_patterns import PARTS, ZONES, days_of_month
from flows.language.time_words import TimeParts, find_times, looks_ahead
from flows.records import TimeMention

__all__ = ["compare_times", "read_times", "time_spans"]

UTC = dt.UTC
Interval = tuple[dt.datetime, dt.datetime]
_DAY = dt.timedelta(days=1)


def time_spans(text: str) -> list[tuple[int, int]]:
    """Return the [char_start, char_end) of every time expression, unresolved: what numbers inside it are no quantities."""
    return [(p.char_start, p.char_end) for p in find_times(text)]


def read_times(text: str, published_at: dt.datetime | None) -> list[TimeMention]:
    """Return the time expressions of a claim, in order; offsets are code points of `text`.

    start and end are None where words and date do not tell ("soon"; a weekday in an undated article). A weekday is the last one up to the day of
    publication, or the next where the wording looks ahead.
    """
    if published_at is not None and published_at.tzinfo is None:
        published_at = published_at.replace(tzinfo=UTC)
    mentions = []
    for parts in find_times(text):
        interval, grain = _resolve(parts, published_at, looks_ahead(parts, text))
        start, end = interval if interval is not None else (None, None)
        mentions.append(TimeMention(text[parts.char_start : parts.char_end], parts.char_start, parts.char_end, start, end, grain))
    return mentions


def _resolve(parts: TimeParts, published: dt.datetime | None, ahead: bool) -> tuple[Interval | None, str]:
    """Return (interval, grain). The interval of a bounded time ("by Friday") is that of the bound itself."""
    if parts.until is not None:
        return _span(parts, parts.until, published, ahead)
    if parts.vague:
        return None, "vague"
    today = published.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) if published is not None else None
    date, grain = _date(parts, today, ahead)
    if parts.minute is not None:
        if date is None or grain != "day":
            return None, "clock" if grain in ("", "vague") else grain
        start = date[0] + dt.timedelta(minutes=parts.minute - ZONES.get(parts.zone, (0,))[0])
        return (start, start + dt.timedelta(minutes=1)), "minute"
    if parts.part:
        first, last = PARTS[parts.part]
        if date is not None and grain == "day":
            return (date[0] + dt.timedelta(minutes=first), date[0] + dt.timedelta(minutes=last)), "day"
        return None, grain or "clock"
    return (_edge(parts, date) if date is not None else None), grain or "vague"


def _span(first: TimeParts, last: TimeParts, published: dt.datetime | None, ahead: bool) -> tuple[Interval | None, str]:
    """Resolve "from Thursday to Saturday": from the start of the one to the end of the other, which comes after it."""
    year = first.year
    if year is None and first.month is not None and last.year is not None:  # "from March to May 2024", "from November to March 2024"
        year = last.year - (first.month > (last.month or 12))
    start, grain = _resolve(replace(first, until=None, year=year), published, ahead)
    end, _ = _resolve(last, published, ahead)
    if start is None or end is None:
        return None, grain
    if last.year is None and last.decade is None:  # the nearest such day or month may lie on the other side
        step = relativedelta(weeks=1) if last.weekday is not None else relativedelta(years=1)
        while end[0] < start[0]:
            end = end[0] + step, end[1] + step
        while end[0] - step >= start[0]:
            end = end[0] - step, end[1] - step
    return ((start[0], end[1]) if start[0] < end[1] else None), grain


def _edge(parts: TimeParts, interval: Interval) -> Interval:
    """Narrow an interval by "early", "mid", "late" or "the end of" to its first, middle or last third."""
    words = " ".join(parts.qualifiers)
    if parts.month is not None and parts.day is None and re.search(r"\b(?:week|fortnight|half|days) of\b", words):
        first, last = days_of_month(words)
        return interval[0] + (first - 1) * _DAY, min(interval[1], interval[0] + last * _DAY)
    third = (interval[1] - interval[0]) / 3
    if re.search(r"\b(?:early|beginning|start)\b", words):
        return interval[0], interval[0] + third
    if re.search(r"\b(?:late|end|close)\b", words):
        return interval[1] - third, interval[1]
    if re.search(r"\b(?:mid|middle)\b", words):
        return interval[0] + third, interval[1] - third
    return interval


def _months(start: dt.datetime, n: int) -> Interval:
    return start, start + relativedelta(months=n)


def _date(parts: TimeParts, today: dt.datetime | None, ahead: bool) -> tuple[Interval | None, str]:
    """Return the interval of the date part of an expression and its grain; grain "" where it has no date part."""
    if parts.month is not None:
        return _month_date(parts, today, ahead)
    if parts.season is not None:
        # "the autumn of that year": which year is not said here.
        open_year = not parts.anchored and parts.relative_unit == "year"
        year = parts.year or (_season_year(parts, today, ahead) if today is not None and not open_year else None)
        return (_months(dt.datetime(year, parts.season, 1, tzinfo=UTC), 3) if year else None), "month"
    if parts.first_month is not None:
        year = parts.year
        if year is None and today is not None and parts.anchored:
            year = today.year + {"last": -1, "next": 1}.get(parts.relative, 0)
        return (_months(dt.datetime(year, parts.first_month, 1, tzinfo=UTC), parts.n_months) if year else None), "month"
    if parts.year is not None:
        start = dt.datetime(parts.year, 1, 1, tzinfo=UTC)
        return (start, dt.datetime(max(parts.last_year or 0, parts.year) + 1, 1, 1, tzinfo=UTC)), "year"
    if parts.decade is not None:
        return (dt.datetime(parts.decade, 1, 1, tzinfo=UTC), dt.datetime(parts.decade + 10, 1, 1, tzinfo=UTC)), "year"
    if parts.weekday is not None:
        return (_weekday(parts, today, ahead) if today is not None else None), "day"
    if parts.day_offset is not None:
        return ((today + parts.day_offset * _DAY, today + (parts.day_offset + 1) * _DAY) if today is not None else None), "day"
    if parts.relative_unit:
        return (_relative_unit(parts, today, ahead) if today is not None and parts.anchored else None), _GRAIN.get(parts.relative_unit, "year")
    if parts.within or parts.sign:
        return _offset(parts, today)
    return None, ""


_LENGTH = {
    "week": relativedelta(weeks=1), "month": relativedelta(months=1), "year": relativedelta(years=1), "decade": relativedelta(years=10),
    "century": relativedelta(years=100),
}  # fmt: skip
_GRAIN = {"week": "day", "weekend": "day", "month": "month", "quarter": "month", "season": "month"}


def _month_date(parts: TimeParts, today: dt.datetime | None, ahead: bool) -> tuple[Interval | None, str]:
    """Resolve a month, with or without day and year. Without a year a day is the nearest such day, a month the last one begun or, looking ahead, the next."""
    assert parts.month is not None, "called for expressions with a month"
    year = parts.year
    grain = "day" if parts.day is not None else "month"
    if year is None and today is not None:
        if grain == "day":
            candidates = [d for y in (-1, 0, 1) if (d := _day(today.year + y, parts.month, parts.day or 1)) is not None]
            return (_span_of_days(min(candidates, key=lambda d: abs(d - today)), parts) if candidates else None), grain
        year = today.year
        if parts.relative == "next" or (ahead and parts.relative != "last"):
            year += parts.month < today.month or (parts.relative == "next" and parts.month == today.month)
        else:
            year -= parts.month > today.month or (parts.relative == "last" and parts.month == today.month)
    if year is None:
        return None, grain
    start = _day(year, parts.month, parts.day or 1)
    if start is None:
        return None, grain
    return (_span_of_days(start, parts) if grain == "day" else _months(start, 1)), grain


def _day(year: int, month: int, day: int) -> dt.datetime | None:
    """Return midnight of a date, None for 31 June and its like, which news contains."""
    try:
        return dt.datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _span_of_days(start: dt.datetime, parts: TimeParts) -> Interval:
    """Return the day, or the days of "6-8 May"."""
    n = parts.last_day - parts.day + 1 if parts.last_day and parts.day and parts.last_day > parts.day else 1
    return start, start + n * _DAY


def _season_year(parts: TimeParts, today: dt.datetime, ahead: bool) -> int:
    assert parts.season is not None, "called for expressions with a season"
    begun = parts.season <= today.month
    if parts.relative == "next":
        return today.year + begun
    if parts.relative == "last":
        over = parts.season + 3 <= today.month
        return today.year if over else today.year - 1
    if parts.relative == "this" or ahead:
        return today.year + (ahead and parts.relative != "this" and parts.season + 3 <= today.month)
    return today.year if begun else today.year - 1


def _weekday(parts: TimeParts, today: dt.datetime, ahead: bool) -> Interval:
    assert parts.weekday is not None, "called for expressions with a weekday"
    if parts.relative_unit == "week":  # "on Wednesday of last week"
        start = today + (parts.weekday - today.weekday() + 7 * {"last": -1, "next": 1}.get(parts.relative, 0)) * _DAY
        return start, start + _DAY
    back = (today.weekday() - parts.weekday) % 7
    if parts.relative == "last":
        back = back or 7
    elif parts.relative == "next":
        back -= 7 if back else 0
        back = back or -7
    elif ahead and back:
        back -= 7
    start = today - back * _DAY
    return start, start + _DAY


def _relative_unit(parts: TimeParts, today: dt.datetime, ahead: bool) -> Interval | None:
    step = {"before last": -2, "last": -1, "next": 1}.get(parts.relative, 0)
    unit = parts.relative_unit
    if parts.within:  # "in the past week" ends today, "last week" on Sunday
        return today - _LENGTH[unit], today + _DAY
    if unit == "weekend" and not step and not ahead and today.weekday() < 5:  # as with weekdays: the last one begun
        step = -1
    if unit == "season":  # of what, and of which months, is not said
        return None
    if unit in ("week", "weekend"):
        monday = today - today.weekday() * _DAY + 7 * step * _DAY
        return (monday, monday + 7 * _DAY) if unit == "week" else (monday + 5 * _DAY, monday + 7 * _DAY)
    if unit == "month":
        return _months(today.replace(day=1) + relativedelta(months=step), 1)
    if unit == "quarter":
        return _months(today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1) + relativedelta(months=3 * step), 3)
    years = {"decade": 10, "century": 100}.get(unit, 1)
    first = today.year // years * years + step * years
    return dt.datetime(first, 1, 1, tzinfo=UTC), dt.datetime(first + years, 1, 1, tzinfo=UTC)


def _offset(parts: TimeParts, today: dt.datetime | None) -> tuple[Interval | None, str]:
    """Resolve "two weeks ago", "in three days' time" and "within a month"; the first two admit half a unit either way."""
    grain = "day" if parts.days < 28 else "month" if parts.days < 300 else "year"
    # The calendar ends in the year 9999; "ten thousand years ago" lies before its start.
    if today is None or not parts.anchored or parts.days > 365 * 1500:
        return None, grain
    if parts.within:
        return (today, today + (dt.timedelta(days=parts.days) + _DAY)), grain
    centre = today + parts.sign * dt.timedelta(days=parts.days)
    slack = {"day": dt.timedelta(days=max(0.0, 0.25 * parts.days)), "month": dt.timedelta(days=20), "year": dt.timedelta(days=190)}[grain]
    return (centre - slack, centre + slack + _DAY), grain
