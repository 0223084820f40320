"""Articles in any number, made anew from the annotated stories of our own: an event is a story under other names, an article a choice of its tellings.

Names are replaced by invented ones, an event's own; dates, small numbers and who said it vary from article to article. So two articles of an event share facts,
word for word or changed, as news does, and two events share none of their names. Everything follows from the seed. What is told makes no sense: for load only.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from models.stories import load_stories

START = dt.date(2023, 1, 2)
DROP_DAYS = 15  # from one drop to the next: with the default window of 60 days an article meets those of four drops before it
OUTLETS = "anvil beacon courant dispatch echo fanal gazette herald inquirer journal kurier lantern".split()
SYLLABLES = "bar cal den dor el fen gar hal il jor kel lan mar nor os pel quen ros sel tor ul ver wyn".split()
ROLES = "spokesman spokeswoman inspector councillor witness analyst lawyer doctor".split()
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NOUN = re.compile(r"\b(?:the|a|an) ([a-z]{4,})\b")
SHARE_TOLD = 0.35  # of a story's facts, those that an article tells


def shared_events(n_drops: int, n_articles: int, n_events: int, seed: int) -> list[dict[str, str]]:
    """Return drops, {path: text} each, in order of time, that all tell of the same events."""
    events = [_event(seed, e) for e in range(n_events)]
    rng = random.Random(f"{seed}-shared")
    drops = []
    for d in range(n_drops):
        told = [(events[i % n_events], i % n_events, START + dt.timedelta(d * DROP_DAYS + rng.randrange(DROP_DAYS))) for i in range(n_articles)]
        drops.append(dict(_article(event, f"{e}-{d}-{i}", day, rng) for i, (event, e, day) in enumerate(told)))
    return drops


def new_events(n_drops: int, n_articles: int, n_events: int, seed: int) -> list[dict[str, str]]:
    """Return drops, in order of time, each of which tells of `n_events` events that no other one has."""
    rng = random.Random(f"{seed}-new")
    drops = []
    for d in range(n_drops):
        events = [_event(seed, d * n_events + e) for e in range(n_events)]
        told = [(events[i % n_events], i % n_events, START + dt.timedelta(d * DROP_DAYS + rng.randrange(DROP_DAYS))) for i in range(n_articles)]
        drops.append(dict(_article(event, f"{e}-{d}-{i}", day, rng) for i, (event, e, day) in enumerate(told)))
    return drops


def one_period(n_articles: int, per_event: int, n_days: int, seed: int) -> dict[str, str]:
    """Return {path: text} of a period of many events of `per_event` articles each, an event's within three days.

    The events are further apart than those of the drops: their nouns are exchanged as well as their names, so that two of them are seldom taken for one though
    the stories are few.
    """
    rng = random.Random(f"{seed}-period")
    articles = []
    for e in range(-(-n_articles // per_event)):
        event, begins = _event(seed, e, other_nouns=True), rng.randrange(n_days)
        for i in range(min(per_event, n_articles - e * per_event)):
            articles.append(_article(event, f"{e}-{i}", START + dt.timedelta(begins + rng.randrange(3)), rng))
    return dict(articles)


def corpus(path: Path, n_drops: int, n_articles: int, seed: int) -> list[dict[str, str]]:
    """Return drops of articles from a Parquet file with a column `text`, drawn at random. Raises ValueError where it has too few."""
    import pyarrow.parquet as pq

    texts = sorted(set(pq.read_table(path, columns=["text"]).column("text").to_pylist()))
    if len(texts) < n_drops * n_articles:
        raise ValueError(f"{path}: has {len(texts)} articles, not {n_drops} times {n_articles}")
    chosen = random.Random(f"{seed}-corpus").sample(texts, n_drops * n_articles)
    return [{f"{d}-{i}.txt": chosen[d * n_articles + i] for i in range(n_articles)} for d in range(n_drops)]


def _event(seed: int, number: int, *, other_nouns: bool = False) -> list[list[str]]:
    """An event: for each of its facts, the sentences that tell it. With `other_nouns`, words that follow an article are exchanged for such of other events."""
    stories = [story for stories in load_stories().values() for story in stories]
    story = stories[number % len(stories)]
    told = [[telling["text"] for telling in fact["tellings"]] for fact in story["facts"]]
    rng = random.Random(f"{seed}-{number}")
    names = _names({sentence for fact in told for sentence in fact}, rng)
    if other_nouns:
        there = sorted({noun for fact in told for sentence in fact for noun in NOUN.findall(sentence)})
        names |= dict(zip(there, rng.choices(_nouns(), k=len(there)), strict=True))
    return [[re.sub(r"\w+", lambda word: names.get(word[0], word[0]), sentence) for sentence in fact] for fact in told]


@cache
def _nouns() -> list[str]:
    """The words that stand after an article in the tellings of all stories."""
    stories = [story for of_topic in load_stories().values() for story in of_topic]
    return sorted({noun for story in stories for fact in story["facts"] for telling in fact["tellings"] for noun in NOUN.findall(telling["text"])})


def _names(sentences: set[str], rng: random.Random) -> dict[str, str]:
    """Map the names in sentences, capitalised words that stand after a small one, to invented ones."""
    found = {name for sentence in sentences for name in re.findall(r"(?<=[a-z] )[A-Z][a-zà-ž]{2,}", sentence)}.difference(MONTHS, DAYS)
    return {name: _name(rng) for name in sorted(found)}


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=3)).capitalize()


def _article(event: list[list[str]], number: str, day: dt.date, rng: random.Random) -> tuple[str, str]:
    told = dict.fromkeys(rng.choice(fact) for fact in event if rng.random() < SHARE_TOLD)
    return f"{rng.choice(OUTLETS)}/{day}-{number}.txt", " ".join(_varied(sentence, rng) for sentence in told)


def _varied(sentence: str, rng: random.Random) -> str:
    if rng.random() < 0.3:
        sentence = re.sub(r"(?<![\d.,])\d{1,3}(?![\d.,:])", lambda n: str(max(2, int(n[0]) + rng.randint(-3, 3))), sentence)
    if rng.random() < 0.5 and re.search(r"[a-z]\.$", sentence) and "said" not in sentence:
        sentence = f"{sentence[:-1]}, {rng.choice(ROLES)} {_name(rng)} said."
    return sentence


def reordered(drops: list[dict[str, str]], seed: int) -> Iterator[dict[str, str]]:
    """The same articles in as many drops, in a random order and of random sizes."""
    articles = [article for drop in drops for article in drop.items()]
    rng = random.Random(f"{seed}-order")
    rng.shuffle(articles)
    cuts = [0, *sorted(rng.sample(range(1, len(articles)), len(drops) - 1)), len(articles)]
    for start, end in pairwise(cuts):
        yield dict(articles[start:end])
