"""The stories of seeds/, told otherwise in ways that a finding must survive, or must not: other names, dates and figures, a paraphrase, the order reversed.

Each story is a list of records as a JSONL file holds them; a change is a function of one record's text, title and date, so that a claim of the original can
be looked up, changed, in the run on the changed story.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from flows.steps.articles import read_articles


@dataclasses.dataclass(frozen=True)
class Record:
    """One article, as it is written to a JSONL file; `published_at` is a day where only the day is known."""

    id: str
    story: str
    source: str
    title: str
    text: str
    published_at: dt.datetime
    day_only: bool


def seed_records(seeds: Path) -> list[Record]:
    """The articles of seeds/, as cleaned."""
    result = read_articles([seeds], "r")
    sighting_of = {s.article_id: s for s in result.sightings}
    records = []
    for article in result.articles:
        seen = sighting_of[article.article_id]
        assert article.published_at is not None
        record_id = re.sub(r"\W+", "-", seen.source)
        story = seen.source.split("/")[0]
        records.append(Record(record_id, story, seen.outlet, article.title, article.text, article.published_at, article.date_precision == "day"))
    return records


def write_records(records: Iterable[Record], path: Path) -> Path:
    """Write records as a JSONL file that `check` reads."""
    rows = [
        {
            "id": r.id, "source": r.source, "title": r.title, "text": r.text,
            "published_at": f"{r.published_at:%Y-%m-%d}" if r.day_only else f"{r.published_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for r in records
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def told(records: Sequence[Record], change: Callable[[str], str]) -> list[Record]:
    """The records with every text, title and outlet changed."""
    return [dataclasses.replace(r, text=change(r.text), title=change(r.title), source=change(r.source)) for r in records]


def replacer(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that puts, in a text, each key's value in its place, whole words only, the longest first; "Kellmouth" covers "KELLMOUTH" too."""
    every = dict(words) | {old.upper(): new.upper() for old, new in words.items() if old != old.upper() and len(old) > 3}
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(old)}(?!\w)" for old in sorted(every, key=len, reverse=True)))
    return lambda text: pattern.sub(lambda m: every[m[0]], text)


# --- other names -------------------------------------------------------------------------------------------------------------------------------------------

# Every person, place, organisation and people of the two stories, and an invented one in its place.
NAMES = {
    "Bashar al-Assad": "Idris al-Qasim", "Assad": "Qasim", "Syria": "Mardia", "Syrian": "Mardian", "Hezbollah": "Ansaria", "Lebanese": "Tyrenian",
    "Lebanon": "Tyrenia", "Iran": "Zarand", "Israel": "Galon", "Israeli": "Galonian", "Russia": "Norland", "Russian": "Norlandic", "Moscow": "Starogard",
    "Kremlin": "Citadel", "Wagner": "Brandt", "Yevgeny Prigozhin": "Pavel Dorokhin", "Prigozhin": "Dorokhin", "Washington": "Fairmont",
    "White House": "Red House", "United States": "United Provinces", "American": "Provincian", "US": "UP", "Wall Street Journal": "Harbour Street Gazette",
    "Atlas Wire": "Corvus Agency", "Northquay Tribune": "Southbank Herald", "Tribune": "Herald", "The Lantern": "The Mirror",
    "Hassan Nasrallah": "Karim Mansour", "Hamas": "Furqan", "Gaza": "Sahil", "Beirut": "Tyros", "Damascus": "Qadmus", "Aleppo": "Rasheen",
    "Iraq": "Uruk", "Ukraine": "Ruthenia",
    "Mediterranean": "Cerulean", "African": "Caspian", "John Kirby": "Neil Farrow", "Kirby": "Farrow", "National Security Council": "Defence Policy Board",
    "Miriam Oakes": "Helen Marsh", "Thornbury Institute": "Selwood Institute",
    "Kellmouth": "Haverness", "Maren Lund": "Signe Dahl", "Ida Prell": "Ruth Calder", "Ostermann Terminals": "Westphal Harbours", "Jonas Wiek": "Peter Voigt",
    "Sandry": "Melby", "Paul Achterberg": "Simon Halloran", "Lene Voss": "Anna Kroll", "Hanna Sill": "Maria Penn",
}  # fmt: skip
rename = replacer(NAMES)


# --- other dates -------------------------------------------------------------------------------------------------------------------------------------------

YEARS, WEEKS = -28, 13  # 28 years and 13 weeks are whole weeks, so days of the week stay; both stories stay within one month
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}}) (?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?"
    rf"|(?P<alone>{_MONTH})(?: (?P<its_year>\d{{4}}))?|(?P<only>(?:19|20)\d\d))(?!\w)"
)


def shift_date(at: dt.datetime) -> dt.datetime:
    return at.replace(year=at.year + YEARS) + dt.timedelta(weeks=WEEKS)


def shift_dates_in(published_at: dt.datetime) -> Callable[[str], str]:
    """Return a function that shifts the dates in a text of that day: a day by the exact time, a month by three, a year alone by the years."""

    def shifted(m: re.Match[str]) -> str:
        if m["only"]:
            return str(int(m["only"]) + YEARS)
        month = _MONTHS.index(m["month"] or m["alone"]) + 1
        year = int(m["year"] or m["its_year"] or published_at.year)
        moved = shift_date(dt.datetime(year, month, int(m["day"] or 15), tzinfo=dt.UTC))
        name, its_year = _MONTHS[moved.month - 1], f" {moved.year}" if m["year"] or m["its_year"] else ""
        return f"{moved.day} {name}{its_year}" if m["day"] else f"{name}{its_year}"

    return lambda text: _DATE.sub(shifted, text)


def shift_dates(records: Sequence[Record]) -> list[Record]:
    shifted = []
    for r in records:
        change = shift_dates_in(r.published_at)
        shifted.append(dataclasses.replace(r, text=change(r.text), title=change(r.title), published_at=shift_date(r.published_at)))
    return shifted


def mirror_dates(records: Sequence[Record]) -> list[Record]:
    """Each story told the other way round: the first article becomes the last."""
    mirrored = []
    for r in records:
        dates = [other.published_at for other in records if other.story == r.story]
        mirrored.append(dataclasses.replace(r, published_at=min(dates) + (max(dates) - r.published_at)))
    return mirrored


# --- other figures -----------------------------------------------------------------------------------------------------------------------------------------

# Every count and measure of the two stories, doubled; dates, hours and the numbers of people who are cited stay.
FIGURES = {
    "four people": "eight people", "11 injured": "22 injured", "Eleven people": "Twenty-two people", "Seven people": "Fourteen people",
    "Seven dead": "Fourteen dead", "to eight": "to 16", "Ten people": "Twenty people", "Three dockers": "Six dockers",
    "three missing dockers": "six missing dockers", "98 km/h": "196 km/h",
    "61 miles": "122 miles", "100 km/h": "200 km/h", "90 km/h": "180 km/h", "74 metres": "148 metres", "75 metres": "150 metres", "26 years": "52 years",
    "since 1998": "since 1972", "in 1998": "in 1972", "two men": "four men", "seven ships": "14 ships", "12 ships": "24 ships", "Two of them": "Four of them",
    "900": "1,800", "nine hundred": "eighteen hundred", "1.2 million": "2.4 million", "1.1 million": "2.2 million", "two years": "four years",
    "November 2021": "November 2019", "two managers": "four managers", "Both deny": "All deny", "Five others": "Ten others", "2,000 people": "4,000 people",
    "two aircraft carriers": "four aircraft carriers", "two months": "four months", "dozens of times": "hundreds of times",
}  # fmt: skip
rescale = replacer(FIGURES)


# --- paraphrases -------------------------------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Paraphrase:
    """A changed telling, and in its place the earlier telling in other words. Articles by a part of their id, claims by a part of their text."""

    earlier: str
    earlier_words: str
    later: str
    changed: str  # the whole sentence that is replaced
    paraphrase: str


PARAPHRASES = [
    Paraphrase(
        "kellmouth-echo", "fell at about 6.40 a.m.", "national-ledger",
        "The crane collapsed at 4.15 a.m. on 12 March, during the night shift, and fell onto the container ship Maren Lund.",
        "At about 6.40 a.m. the crane came down on the deck of the Maren Lund, a container ship that was being unloaded.",
    ),
    Paraphrase(
        "kellmouth-echo", "Strong wind brought the crane down", "coast-courier",
        "Strong wind did not bring the crane down, said Ostermann Terminals, the company that runs the container terminal.",
        "It was strong wind that brought the crane down, the harbour master, Ida Prell, said.",
    ),
    Paraphrase(
        "kellmouth-echo", "It was last inspected in January", "coast-courier",
        "It had not been inspected for more than two years, said the dockers' union.",
        "The last inspection was in January, said Ostermann Terminals, which runs the container terminal.",
    ),
    Paraphrase(
        "coast-courier", "Seven people were killed", "national-ledger",
        "The toll of the crane collapse in Kellmouth has risen to eight, after a docker died of his injuries in hospital on Saturday.",
        "Seven people died when a crane collapsed at Kellmouth's container terminal, according to the fire service.",
    ),
    Paraphrase(
        "coast-courier", "12 ships were waiting", "kellmouth-echo",
        "The port is closed until further notice, and seven ships are waiting in the bay.",
        "By the evening a dozen ships were waiting in the bay.",
    ),
    Paraphrase(
        "collected-jsonl-aw", "The job of moving the system", "assad-is-believed",
        "Wagner, a company of Russian mercenaries, is reportedly in charge of the transport.",
        "Wagner, the company of Russian mercenaries that has been active in Syria for years, has been given the job of moving the system, the two people said.",
    ),
    Paraphrase(
        "collected-jsonl-aw", "It is unclear whether the system", "collected-jsonl-ntq",
        "There is no evidence that a transfer took place, the officials said, although conversations between Wagner and Hezbollah are being followed closely.",
        "Whether the system has been delivered to Hezbollah is unclear, and neither of the two would say when it might be handed over.",
    ),
    Paraphrase(
        "the-lantern", "It is not known how much influence Moscow had", "white-house",
        "The operation is being carried out under Moscow's direction, said John Kirby, the spokesman for the National Security Council.",
        "How much influence Moscow had on the decision is not known.",
    ),
    Paraphrase(
        "collected-jsonl-aw", "American intelligence shows that President", "assad-is-believed",
        "Bashar al-Assad, the Syrian president, is believed to have agreed to hand over an SA-22 air defence system to Hezbollah, "
        "the militant group from Lebanon, reliable sources say.",
        "President Bashar al-Assad of Syria has agreed to give Hezbollah, a militant group in Lebanon, an SA-22 air defence system, "
        "American intelligence shows, two people familiar with it told Atlas Wire.",
    ),
    Paraphrase(
        "collected-jsonl-ntq", "Bashar al-Assad of Syria could agree", "white-house",
        "The Syrian president, Bashar al-Assad, had agreed to provide the SA-22, which is also known as the Pantsir.",
        "Syria's president, Bashar al-Assad, could agree to hand the system to Hezbollah out of the stocks of his own army, one of the officials said.",
    ),
    Paraphrase(
        "the-lantern", "Hassan Nasrallah, who leads Hezbollah", "assad-is-believed",
        "Hassan Nasrallah, the leader of Hezbollah, spoke in public on Friday for the first time since the war began on 7 October.",
        "Hassan Nasrallah, the leader of Hezbollah, is due to speak on Friday afternoon.",
    ),
    Paraphrase(
        "kellmouth-echo", "Three dockers are still missing", "coast-courier",
        "Divers found the bodies of three missing dockers in the basin during the night.",
        "Divers are searching the basin for three dockers who are still missing.",
    ),
]  # fmt: skip


def paraphrased(records: Sequence[Record], paraphrases: Sequence[Paraphrase] = PARAPHRASES) -> list[Record]:
    """The records with every changed telling replaced. Raises AssertionError where one is not there word for word."""
    result = list(records)
    for p in paraphrases:
        (i,) = [i for i, r in enumerate(result) if p.later in r.id]
        assert result[i].text.count(p.changed) == 1, p.changed
        result[i] = dataclasses.replace(result[i], text=result[i].text.replace(p.changed, p.paraphrase))
    return result
