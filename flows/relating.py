"""Which of the articles that an outputs folder holds may share an event with those of a drop: found by dates and cards, the articles themselves unread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from flows.archive import Outputs
from flows.steps.cache import ModelCache, text_key
from flows.steps.cards import Card, may_share_event
from flows.steps.views import ArticleView

BLOCK = 512  # cards looked at together, 16 MB of vectors


def find_related(
    archive: Outputs, cache: ModelCache, new: Sequence[ArticleView], *, window_days: int, min_affinity: float,
    make_views: Callable[[Sequence[str]], list[ArticleView]], on_progress: Callable[[int, int], None],
) -> list[str]:  # fmt: skip
    """Return the ids of the folder's articles that may share an event with a new one; those that cannot are left out, but for some.

    make_views: reads articles whole, by their ids; for those of which the cache has no card. Cards of the new articles are stored for the drops to come.
    """
    if not new:
        return []
    cache.put_bytes("cards", [(text_key(view.article.article_id), Card.of(view).to_bytes()) for view in new])
    ids = within_window(archive, new, window_days)
    found: list[str] = []
    for start in range(0, len(ids), BLOCK):
        part = ids[start : start + BLOCK]
        cards = read_cards(cache, part, make_views)
        found += [article_id for article_id, may in zip(part, may_share_event(new, cards, min_affinity), strict=True) if may]
        on_progress(start + len(part), len(ids))
    return found


def within_window(archive: Outputs, new: Sequence[ArticleView], window_days: int) -> list[str]:
    """Return the ids of the articles seen at most `window_days` from a new one, and of those seen without a date; of all where a new one was."""
    dated = archive.read("sightings", ["article_id", "published_at"])
    dates = [date for view in new for date in view.dates]
    if None in dates:
        return dated.column("article_id").unique().to_pylist()
    ours = np.sort(pa.array(dates, type=dated.schema.field("published_at").type).cast(pa.int64()).to_numpy())
    published = dated.column("published_at")
    theirs = published.cast(pa.int64()).fill_null(0).to_numpy()
    after = np.searchsorted(ours, theirs)
    nearest = np.minimum(np.abs(theirs - ours[np.maximum(after - 1, 0)]), np.abs(theirs - ours[np.minimum(after, len(ours) - 1)]))
    near = (nearest <= dt.timedelta(days=window_days) // dt.timedelta(microseconds=1)) | published.is_null().to_numpy()
    return dated.column("article_id").filter(pa.array(near)).unique().to_pylist()


def read_cards(cache: ModelCache, article_ids: Sequence[str], make_views: Callable[[Sequence[str]], list[ArticleView]]) -> list[Card]:
    """Return the articles' cards, in their order; those that the cache lacks, since it was deleted for one, are made and stored."""
    keys = [text_key(article_id) for article_id in article_ids]
    stored = cache.get_bytes("cards", keys)
    missing = [article_id for article_id, key in zip(article_ids, keys, strict=True) if key not in stored]
    if missing:
        made = {text_key(view.article.article_id): Card.of(view).to_bytes() for view in make_views(missing)}
        cache.put_bytes("cards", made.items())
        stored |= made
    return [Card.from_bytes(stored[key]) for key in keys]
