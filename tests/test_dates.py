"""Dates from values, date lines, datelines and file names."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.dates import BadDate, read_dateline, read_file_name, read_value
from flows.steps.stamps import is_time_line, read_date_line

DAY = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
TEN = dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05", "2024/03/05", "20240305", 20240305, "5 March 2024", "March 5, 2024", "Mar. 5th, 2024", "Tuesday, 5 March 2024", "5-Mar-2024",
        dt.date(2024, 3, 5), dt.datetime(2024, 3, 5),  # noqa: DTZ001 - naive, as Parquet files hold them
        "2024-03-05T00:00:00Z", "2024-03-05 00:00:00", "Published: 5 March 2024", "Corvel, 5 March 2024", "5 March 2024 (print edition)",
        # Of a time in a zone that is not known the day can be trusted, as in a date line.
        "5 Mar 2024 10:00 QQQ", "March 5, 2024, 10:15 a.m. ET", "2024-03-05 10:15:00 Corvel/Tarn",
    ],
)  # fmt: skip
def test_days(value: object) -> None:
    moment = read_value(value)
    assert moment is not None
    assert (moment.at, moment.precision) == (DAY, "day")


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05T10:00Z", "2024-03-05T11:00:00+01:00", "2024-03-05 10:00", "2024-03-05 05:00:00 -0500", "2024-03-05 10:00 UTC", "20240305T100000Z",
        "Tue, 05 Mar 2024 10:00:00 GMT", "Mar 5, 2024 5:00 AM EST", "5 March 2024, 10:00", "March 5, 2024 at 10.00am",
        "Updated 5:00 AM EST, Tue March 5, 2024", "20240305100000", 20240305100000, "2024-03-05T11:00:00+01:00[Corvel/Tarn]",
        1709632800, 1709632800.0, "1709632800", 1709632800000, 1709632800000000, 1709632800000000000,
        dt.datetime(2024, 3, 5, 10),  # noqa: DTZ001
        dt.datetime(2024, 3, 5, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    ],
)  # fmt: skip
def test_times(value: object) -> None:
    moment = read_value(value)
    assert moment is not None
    assert (moment.at, moment.precision) == (TEN, "second")


def test_the_end_of_a_day() -> None:
    moment = read_value("2024-03-04T24:00:00Z")
    assert moment is not None
    assert (moment.at, moment.precision) == (DAY, "second")


@pytest.mark.parametrize("value", [None, "", "  ", "n/a", "None", "null", float("nan"), "-", "0"])
def test_nothing(value: object) -> None:
    assert read_value(value) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("2024-05-01 25:00", "is no time"),
        ("2024-02-30", "is no time"),
        ("yesterday", "is no time"),
        ("2024", "is no time"),
        ("2024-05", "does not give a full day"),
        ("March 2024", "does not give a full day"),
        ("03/04/2024", "may be two different days"),
        ("0001-01-01", "lies outside 1900 to 2100"),
        (12, "is no time"),
        (True, "is no time"),
        ("5 March 2024 or 6 March 2024", "is no time"),
        ("5 March 2024 - 6 March 2024", "is no time"),
        ("Page 3, 5 March 2024", "is no time"),
        ("20241305100000", "is no time"),
    ],
)
def test_bad_values(value: object, why: str) -> None:
    with pytest.raises(BadDate, match=why):
        read_value(value)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        (" date 2024-03-05", ""),
        (" date 2024-03-05 The dam burst.", "The dam burst."),
        ("date: 2024-03-05", ""),
        ("2024-03-05 The dam burst.", "The dam burst."),
        ("Published: 5 March 2024", ""),
        ("Posted on March 5, 2024 by admin", ""),
        ("Last updated Tue 5 Mar 2024", ""),
        ("5 March 2024 | Region", ""),
    ],
)
def test_date_lines(line: str, rest: str) -> None:
    found = read_date_line(line)
    assert found is not None
    assert (found.moment.at, found.rest) == (DAY, rest)


@pytest.mark.parametrize(
    ("line", "at", "precision"),
    [
        ("Published 5:00 AM EST, Tue March 5, 2024", TEN, "second"),
        ("5:00 AM EST, March 5, 2024", TEN, "second"),
        ("March 5, 2024 at 10 a.m.", TEN, "second"),
        ("Tue 5 Mar 2024 11.00 GMT+1", TEN, "second"),
        ("10:00 MARCH 5, 2024", TEN, "second"),
        ("March 5, 2024Updated 3:12 p.m. ET", DAY, "day"),
        ("5 March 2024 Last updated at 10:15 GMT", DAY, "day"),
        ("March 5, 2024 10:15 AM ET", DAY, "day"),
        ("March 5, 2024, 10:15 a.m. Eastern time", DAY, "day"),
        ("Updated: 5:00 AM EST March 5, 2024", TEN, "second"),
        ("Published: 10:00 GMT, 5 March 2024 | Updated: 12:15 GMT, 6 March 2024", TEN, "second"),
        ("UPDATED: March 6, 2024 at 9:15 a.m. | PUBLISHED: March 5, 2024 at 10:00 a.m.", TEN, "second"),
        ("10:00 UTC, 5 March 2024 | Region", TEN, "second"),
        ("2024-03-05 10:00 | 2024-03-06 11:00", TEN, "second"),
        ("15/03/2024 - 10:00", TEN.replace(day=15), "second"),
    ],
)
def test_date_lines_with_a_time_of_day(line: str, at: dt.datetime, precision: str) -> None:
    found = read_date_line(line)
    assert found is not None
    assert (found.moment.at, found.moment.precision, found.rest) == (at, precision, "")


@pytest.mark.parametrize("line", ["03/05/2024 - 10:15", "Issued on: 03/05/2024 - 10:15", "03/05/24 10:15", "Updated 14:05 GMT", "Updated today at 14:05"])
def test_time_lines_that_name_no_sure_day(line: str) -> None:
    assert read_date_line(line) is None
    assert is_time_line(line)


@pytest.mark.parametrize("line", ["14:05", "9/11", "Updates from 5 March 2024", "5 March 2024: Dam bursts", "Published reports", "May 10:15"])
def test_no_time_lines(line: str) -> None:
    assert not is_time_line(line)


@pytest.mark.parametrize(
    "line",
    ["5 March 2024 was the day of the flood.", "The dam burst.", "On 5 March 2024 the dam burst.", "date palms grow here", "2024-13-45 x", "date 2024-02-31 x"],
)
def test_no_date_lines(line: str) -> None:
    assert read_date_line(line) is None


@pytest.mark.parametrize(
    "text",
    [
        "CORVEL, 5 March 2024 - The dam",
        "March 5, 2024 — The dam",
        "NEW CORVEL (AP), March 5, 2024 -- The dam",
        "CORVEL, Tarn, Mar 5, 2024 (Valley Wire) - The dam",
        "CORVEL, 5 Mar 2024: The dam",
    ],
)
def test_datelines(text: str) -> None:
    found = read_dateline(text)
    assert found is not None
    assert found.at == DAY


@pytest.mark.parametrize(
    "text", ["CORVEL, March 5 - The dam", "The dam burst on 5 March 2024 - a Tuesday", "CORVEL - The dam burst on 5 March 2024.", "The dam"]
)
def test_no_datelines(text: str) -> None:
    assert read_dateline(text) is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2024-03-05_x.txt", True), ("20240305.html", True), ("dam_2024_03_05.md", True), ("20240305T1000Z.txt", True), ("x-20240305100000.txt", True),
        ("001_9720240305aa44d2.txt", False), ("a20240305b.txt", False), ("2024-02-31.txt", False), ("2024-03-05_2024-03-09.txt", False), ("dam.txt", False),
    ],
)  # fmt: skip
def test_file_names(name: str, found: bool) -> None:
    moment = read_file_name(name)
    assert (moment is not None) == found
    assert moment is None or moment.at == DAY


@given(st.integers(min_value=200_000_000, max_value=4_000_000_000), st.timezones())
def test_iso_and_unix_agree(seconds: int, zone: dt.tzinfo) -> None:
    at = dt.datetime.fromtimestamp(seconds, zone)
    utc = at.astimezone(dt.UTC)
    written, number = read_value(utc.isoformat()), read_value(seconds)
    assert written is not None
    assert number is not None
    assert written.at == number.at == utc


@given(st.text(max_size=40))
def test_any_text_is_a_moment_nothing_or_bad(text: str) -> None:
    try:
        moment = read_value(text)
    except BadDate:
        return
    assert moment is None or moment.at.tzinfo is dt.UTC
