"""Time expressions: which spans, what interval, and when two claims' times are one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.time_comparison import CHANGED_WEIGHT, SAME_WEIGHT
from flows.language.times import compare_times, read_times
from flows.records import OPPOSITE_DIRECTION, Claim, Observation
from tests.test_quantities import claim

WEDNESDAY = dt.datetime(2025, 3, 12, 15, 30, tzinfo=dt.UTC)


def day(year: int, month: int, day_of_month: int) -> dt.datetime:
    return dt.datetime(year, month, day_of_month, tzinfo=dt.UTC)


def compare(earlier: str, later: str) -> Observation:
    return compare_times(claim(earlier), claim(later))


@pytest.mark.parametrize(
    ("text", "span", "start", "end", "grain"),
    [
        ("It sank on Monday.", "on Monday", day(2025, 3, 10), day(2025, 3, 11), "day"),
        ("Talks will resume on Friday.", "on Friday", day(2025, 3, 14), day(2025, 3, 15), "day"),
        ("It sank on Friday.", "on Friday", day(2025, 3, 7), day(2025, 3, 8), "day"),
        ("It sank yesterday.", "yesterday", day(2025, 3, 11), day(2025, 3, 12), "day"),
        ("It sank on 5 May 2024.", "on 5 May 2024", day(2024, 5, 5), day(2024, 5, 6), "day"),
        ("It sank on May 5, 2024.", "on May 5, 2024", day(2024, 5, 5), day(2024, 5, 6), "day"),
        ("It sank on 2024-05-05.", "on 2024-05-05", day(2024, 5, 5), day(2024, 5, 6), "day"),
        ("It sank in November.", "in November", day(2024, 11, 1), day(2024, 12, 1), "month"),
        ("It will sail in November.", "in November", day(2025, 11, 1), day(2025, 12, 1), "month"),
        ("It sank in 1998.", "in 1998", day(1998, 1, 1), day(1999, 1, 1), "year"),
        ("It sank last week.", "last week", day(2025, 3, 3), day(2025, 3, 10), "day"),
        ("It sank over the weekend.", "the weekend", day(2025, 3, 8), day(2025, 3, 10), "day"),
        ("It will sail at the weekend.", "at the weekend", day(2025, 3, 15), day(2025, 3, 17), "day"),
        ("It sails next month.", "next month", day(2025, 4, 1), day(2025, 5, 1), "month"),
        ("It was built in the 1990s.", "the 1990s", day(1990, 1, 1), day(2000, 1, 1), "year"),
        ("It opens next spring.", "next spring", day(2026, 3, 1), day(2026, 6, 1), "month"),
        ("It sank this weekend.", "this weekend", day(2025, 3, 8), day(2025, 3, 10), "day"),
        ("It sank last weekend.", "last weekend", day(2025, 3, 8), day(2025, 3, 10), "day"),
        ("It sank in the past week.", "in the past week", day(2025, 3, 5), day(2025, 3, 13), "day"),
        ("It sank the year before last.", "the year before last", day(2023, 1, 1), day(2024, 1, 1), "year"),
        ("It sank in the past year.", "in the past year", day(2024, 3, 12), day(2025, 3, 13), "year"),
        ("He was mayor from 2015 to 2019.", "from 2015 to 2019", day(2015, 1, 1), day(2020, 1, 1), "year"),
        ("He was mayor in 2015-2019.", "2015-2019", day(2015, 1, 1), day(2020, 1, 1), "year"),
        ("It lasted from Thursday to Saturday.", "from Thursday to Saturday", day(2025, 3, 6), day(2025, 3, 9), "day"),
        ("It lasted from Monday until Friday.", "from Monday until Friday", day(2025, 3, 10), day(2025, 3, 15), "day"),
        ("It sank between November and March.", "between November and March", day(2024, 11, 1), day(2025, 4, 1), "month"),
        ("It sank between March and May 2024.", "between March and May 2024", day(2024, 3, 1), day(2024, 6, 1), "month"),
        ("It sank in the first half of 2025.", "the first half of 2025", day(2025, 1, 1), day(2025, 7, 1), "month"),
        ("It sank in the third quarter of last year.", "the third quarter of last year", day(2024, 7, 1), day(2024, 10, 1), "month"),
        ("It sails in Q1 2026.", "Q1 2026", day(2026, 1, 1), day(2026, 4, 1), "month"),
        ("He rowed in the 2023-24 season.", "the 2023-24 season", day(2023, 7, 1), day(2024, 7, 1), "month"),
        ("It sank two weeks ago.", "two weeks ago", None, None, "day"),
        (
            "It sank at noon on Monday.",
            "at noon on Monday",
            dt.datetime(2025, 3, 10, 12, tzinfo=dt.UTC),
            dt.datetime(2025, 3, 10, 12, 1, tzinfo=dt.UTC),
            "minute",
        ),
    ],
)
def test_resolves(text: str, span: str, start: dt.datetime | None, end: dt.datetime | None, grain: str) -> None:
    (mention,) = read_times(text, WEDNESDAY)
    assert mention.text.removeprefix("in ") == span.removeprefix("in ")
    assert mention.grain == grain
    if start is None:  # an offset admits a few days either way
        assert mention.start is not None
        assert mention.end is not None
        assert mention.start <= day(2025, 2, 26) < mention.end
    else:
        assert (mention.start, mention.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("The line broke at 10:52 a.m. on Monday.", 652),
        ("The line broke at 9.45pm on Monday.", 1305),
        ("The line broke at 21:47 on Monday.", 1307),
        ("The line broke at a quarter to ten on Monday evening.", 1305),
        ("The line broke at half past seven on Monday morning.", 450),
        ("The line broke around twenty past three on Monday afternoon.", 920),
        ("It was 10.50 on Monday night when the line broke.", 1370),
        ("The line broke at ten minutes to midnight on Monday.", 1430),
        ("The line broke at twelve minutes past three on Monday afternoon.", 912),
        ("The line broke at six o'clock on Monday morning.", 360),
    ],
)
def test_clock_and_date_are_one_mention(text: str, minute: int) -> None:
    (mention,) = read_times(text, WEDNESDAY)
    assert mention.start == day(2025, 3, 10) + dt.timedelta(minutes=minute)


@pytest.mark.parametrize(
    "text",
    [
        "They may march again.",
        "Theresa May spoke.",
        "He was second at six universities.",
        "The toll rose to nine, officials said.",
        "The number of dead was put at nine.",
        "The fine was cut to four, then to two.",
        "The blast hurt about six, police said.",
        "About 2000 people came.",
        "The fall was steep.",
        "It is too soon to tell.",
    ],
)
def test_words_that_only_look_like_times(text: str) -> None:
    assert read_times(text, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("They met at nine, it said.", ["at nine"]),
        ("It began at about nine, it said.", ["at about nine"]),
        ("They must leave by nine.", ["by nine"]),
        ("They set off at six, it said.", ["at six"]),
        ("The vigil was held at nine.", ["at nine"]),
        ("It is open from six to nine in the evening.", ["from six", "nine in the evening"]),
    ],
)
def test_a_bare_number_is_an_hour_where_nothing_counts(text: str, hours: list[str]) -> None:
    assert [m.text for m in read_times(text, WEDNESDAY)] == hours


def test_a_part_of_a_month_is_some_of_its_days() -> None:
    [last_week] = read_times("It was taken in the last week of January.", WEDNESDAY)
    assert last_week.text == "in the last week of January"
    assert last_week.start is not None
    assert last_week.start.day == 21
    assert compare("It was taken on 9 January.", "It was taken in the last week of January.").direction == "later"
    assert compare("It was taken late in January.", "It was taken on 4 January.").direction == "earlier"
    assert compare("It was taken on 27 January.", "It was taken in the last week of January.").verdict == "same"
    assert compare("It was taken in mid-January.", "It was taken on 12 January.").verdict == "same"


def test_without_a_date_only_the_absolute_is_resolved() -> None:
    relative, absolute = read_times("It sank on Monday and was raised on 5 May 2024.", None)
    assert (relative.start, relative.end, relative.grain) == (None, None, "day")
    assert absolute.start == day(2024, 5, 5)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("The call came at 9.47pm.", "The call was logged at 21:47."),
        ("The gavel fell shortly before eleven in the morning.", "The gavel fell at 10:52 a.m."),
        ("The plant closed in June 2022.", "The plant closed on 14 June 2022."),
        ("The ship left on Monday.", "The ship left on 10 March 2025."),
        ("The vote is due in April.", "The vote is due in April 2025."),
        ("The fair opened early on Monday morning.", "The fair opened at 6 a.m. on Monday."),
        ("He was mayor from 2015 to 2019.", "He was mayor in 2017."),
        ("The siege lasted from Thursday to Saturday.", "The siege was on Friday."),
        ("The mill burned between Monday and Thursday.", "The mill burned on Tuesday."),
        ("The plant opens in Q3 2025.", "The plant opens in August 2025."),
        ("The tremor came at 6 p.m. EST.", "The tremor came at 2300 GMT."),
        ("The tremor came at 8 p.m. EST on Monday.", "The tremor came at 0100 GMT on Tuesday."),
        ("The tremor came at 6pm Eastern time.", "The tremor came at 2200 GMT."),
        ("The tremor came at 6pm ET.", "The tremor came at 2300 GMT."),
        ("The tremor came at 18:00 CET.", "The tremor came at 1700 UTC."),
    ],
)
def test_coarser_wording_and_other_forms_agree(earlier: str, later: str) -> None:
    assert compare(earlier, later).verdict == "same"


@pytest.mark.parametrize(
    ("earlier", "later", "direction"),
    [
        ("The ferry sank at 6:12 a.m.", "The ferry sank around noon.", "later"),
        ("The bridge opened in June.", "The bridge opened in March.", "earlier"),
        ("The launch is planned for June.", "The launch is planned for the coming months.", "vaguer"),
        ("The launch will be on Friday.", "The launch will be on Saturday.", "later"),
        ("The mill burned on 4 May 2024.", "The mill burned on 2 May 2024.", "earlier"),
        ("The mill burned on Monday afternoon.", "The mill burned on Sunday evening.", "earlier"),
        ("The siege lasted for 40 days.", "The siege lasted for 90 days.", "later"),
        ("The tremor came at 6 p.m. EST.", "The tremor came at 2100 GMT.", "earlier"),
        ("He was mayor from 2015 to 2019.", "He was mayor from 2015 to 2021.", "later"),
        ("Sales fell in the second half of 2025.", "Sales fell in the first half of 2025.", "earlier"),
        ("He rowed in the 2023-24 season.", "He rowed in the 2024-25 season.", "later"),
        ("The plant opens in mid-2026.", "The plant opens in Q1 2026.", "earlier"),
    ],
)
def test_changes_and_their_direction(earlier: str, later: str, direction: str) -> None:
    if direction == "vaguer":
        later = later.replace("for the coming", "in the coming")
    seen = compare(earlier, later)
    assert (seen.verdict, seen.direction) == ("changed", direction)
    assert seen.from_text in earlier
    assert seen.to_text in later
    assert compare(later, earlier).direction in (OPPOSITE_DIRECTION[direction], "")  # of two past weekdays only one order is a change


@pytest.mark.parametrize("later", ["The tremor came at 0900 GMT.", "The tremor came at 9 a.m. UTC."])
@pytest.mark.parametrize("earlier", ["The tremor came at 11 a.m. local time.", "The tremor came at 11 a.m.", "The tremor came at 11 a.m. Tokyo time."])
def test_a_clock_of_a_zone_is_not_compared_with_one_of_none(earlier: str, later: str) -> None:
    assert compare(earlier, later).verdict == "absent"
    assert compare(later, earlier).verdict == "absent"


def test_a_clock_with_its_zone_is_resolved_in_utc() -> None:
    (mention,) = read_times("The tremor came at 6 p.m. EST on Monday.", WEDNESDAY)
    assert (mention.text, mention.start) == ("at 6 p.m. EST on Monday", dt.datetime(2025, 3, 10, 23, tzinfo=dt.UTC))


def test_a_postponed_date_is_compared_by_the_new_one() -> None:
    seen = compare("The trial opens in March.", "The trial, due in March, was put back to October.")
    assert (seen.verdict, seen.direction) == ("changed", "later")
    assert "October" in seen.to_text


def test_when_somebody_said_it_is_not_when_it_happened() -> None:
    assert compare("The tunnel is safe, the mayor said on Monday.", "The tunnel is safe, the mayor said on Thursday.").verdict != "changed"
    assert compare("The tunnel opened in May.", "The tunnel is open, the mayor said on Thursday.").verdict == "absent"


def test_two_past_days_in_order_are_two_stages_of_a_story() -> None:
    assert compare("Divers searched the lake on Monday.", "The boat was found on Tuesday.").verdict != "changed"


def test_every_situation_has_a_weight() -> None:
    for relation in ("apart weekday", "apart same", "apart mixed", "vague"):
        for outlook in ("said", "mixed", "ahead", "past"):
            assert {f"{relation} {outlook}", f"{relation} {outlook} later"} & CHANGED_WEIGHT.keys(), (relation, outlook)
    assert {"apart clock", "apart day", "apart month", "apart part", "apart weekday past earlier"} <= CHANGED_WEIGHT.keys()
    assert {"said", *(f"{relation} {crowd}" for relation in ("equal", "overlap", "coarse") for crowd in ("sole", "several"))} <= SAME_WEIGHT.keys()


def test_opposite_order_has_the_opposite_direction() -> None:
    a, b = "The bridge opened in June.", "The bridge opened in March."
    assert compare(b, a).direction == OPPOSITE_DIRECTION[compare(a, b).direction]


_PIECES = st.sampled_from(
    (
        "on|in|at|by|the end of|Monday|5|May|March|2024|10:52|a.m.|noon|last|next|week|two|weeks ago|within|days|early|since|spring|yesterday|evening|,|"
        "half past|seven|of|31|June|soon|from|to|between|and|until|2015|GMT|local time|6 p.m.|EST|the first half|Q1|weekend"
    ).split("|")
)
_DATES = st.none() | st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2090, 1, 1)).map(lambda d: day(d.year, d.month, d.day))


@given(st.one_of(st.lists(_PIECES, max_size=14).map(" ".join), st.text(max_size=60)), _DATES)
def test_offsets_are_exact_and_intervals_are_ordered(text: str, published_at: dt.datetime | None) -> None:
    end = 0
    for mention in read_times(text, published_at):
        assert text[mention.char_start : mention.char_end] == mention.text
        assert end <= mention.char_start < mention.char_end
        assert (mention.start is None) == (mention.end is None)
        if mention.start is not None and mention.end is not None:
            assert mention.start < mention.end
            assert mention.start.tzinfo is dt.UTC
        end = mention.char_end


@given(st.lists(_PIECES, max_size=10).map(" ".join), st.lists(_PIECES, max_size=10).map(" ".join))
def test_texts_are_slices_and_a_claim_agrees_with_itself(earlier: str, later: str) -> None:
    seen = compare(earlier, later)
    assert seen.from_text in earlier
    assert seen.to_text in later
    same: Claim = claim(earlier)
    assert compare_times(same, same).verdict != "changed"
