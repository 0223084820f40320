"""What the sightings of an article say of its date and headline.

Its row is that of its earliest sighting as far as the first run knew, and rows are never changed; a later run may see the same text under an earlier date, or
with one for the first time. So whoever needs the date of an article the folder holds takes the earliest of all sightings.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from flows.records import Article, Sighting

_FAR_FUTURE = dt.datetime.max.replace(tzinfo=dt.UTC)  # undated sightings sort after dated ones


def sighting_order(sighting: Sighting) -> tuple[dt.datetime, str]:
    """What the earliest sighting is the smallest by."""
    return sighting.published_at or _FAR_FUTURE, sighting.source


def as_first_seen(article: Article, sightings: Sequence[Sighting]) -> Article:
    """Return the article with the date of its earliest sighting, and the headline of the earliest that has one."""
    ordered = sorted(sightings, key=sighting_order)
    if not ordered:
        return article
    first = ordered[0]
    title = next((s.title for s in ordered if s.title), "")
    if (article.published_at, article.title) == (first.published_at, title):
        return article
    return dataclasses.replace(article, published_at=first.published_at, date_source=first.date_source, date_precision=_precision(first), title=title)


def _precision(sighting: Sighting) -> str:
    """As flows/steps/dates.py tells it: midnight sharp is a day."""
    at = sighting.published_at
    if at is None:
        return ""
    return "second" if any((at.hour, at.minute, at.second, at.microsecond)) else "day"
