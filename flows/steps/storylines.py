"""Which articles are compared: those that share an event, by time and by content.

The test looks at two articles and at nothing else, so the order and split of drops make no difference. Storylines, for display, are the connected components
of the pairs that are likely enough and of those with a finding (flows/edges.py).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from flows.components import connected_components
from flows.language.alignment import fold
from flows.records import Comparison
from flows.steps.affinity import CENTROID_FLOOR, affinity, nearness
from flows.steps.copies import shingle_overlap
from flows.steps.nearby import pairs_that_may_share_event
from flows.steps.views import ArticleView

NEAR_COPY = 0.80  # share of the shorter text's 8-word runs that stand in the other
DEFAULT_WINDOW_DAYS = 60
DEFAULT_AFFINITY = 0.1


def within_window(a: ArticleView, b: ArticleView, window_days: int) -> bool:
    """True where a date of the one and a date of the other are at most `window_days` apart, or one is unknown.

    All dates count, not the earliest alone: so a text that is seen again, at whatever date, adds pairs and takes none away.
    """
    return seen_within(a.dates, b.dates, window_days)


def seen_within(a: Collection[dt.datetime | None], b: Collection[dt.datetime | None], window_days: int) -> bool:
    """`within_window`, of the dates."""
    window = dt.timedelta(days=window_days)
    return any(one is None or other is None or abs(one - other) <= window for one in a for other in b)


def put_in_order(a: ArticleView, b: ArticleView) -> tuple[ArticleView, ArticleView, bool]:
    """Return (earlier, later, order_known): by time of publication; within a day or without dates by who cites whom; else undated last, then by id."""
    first, second = a.article.published_at, b.article.published_at
    to_the_second = a.article.date_precision == b.article.date_precision == "second"
    if first is not None and second is not None and first != second and (to_the_second or first.date() != second.date()):
        return (a, b, True) if first < second else (b, a, True)
    a_cites_b, b_cites_a = cites(a, b), cites(b, a)
    if a_cites_b != b_cites_a:
        return (b, a, True) if a_cites_b else (a, b, True)
    unknown = sorted((a, b), key=lambda view: (view.article.published_at is None, view.article.article_id))
    return unknown[0], unknown[1], False


def cites(view: ArticleView, other: ArticleView) -> bool:
    """True where `view` attributes a claim to an outlet that carried `other`, and not to its own."""
    names = {_outlet_name(outlet) for outlet in other.outlets if outlet} - {_outlet_name(outlet) for outlet in view.outlets} - {""}
    return bool(names) and any(claim.attribution and any(name in _letters(claim.attribution) for name in names) for claim in view.claims)


@lru_cache(maxsize=10_000)
def _letters(attribution: str) -> str:
    return re.sub(r"\W", "", fold(attribution))


@lru_cache(maxsize=10_000)
def _outlet_name(outlet: str) -> str:
    """ "www.the-lantern.example" and "The Lantern" both become "lantern"; names too short to be told from other words become empty."""
    host = (
        re.sub(r"^(?:www\.)?(.+?)\.[a-z.]{2,10}$", r"\1", outlet.strip().lower()) if re.fullmatch(r"[\w.-]+\.[a-z]{2,10}", outlet.strip().lower()) else outlet
    )
    name = re.sub(r"\W|_", "", re.sub(r"^the\W", "", fold(host)))
    return name if len(name) >= 3 else ""


def compare_articles(
    a: ArticleView, b: ArticleView, run_id: str, *, window_days: int = DEFAULT_WINDOW_DAYS, min_affinity: float = DEFAULT_AFFINITY
) -> Comparison | None:
    """Return the comparison of two articles, or None where they do not share an event. Two versions of one source are always compared.

    How surely they share an event is read off their texts alone, which never change; what a source shows can be learned later, in another drop.
    """
    if a.article.article_id == b.article.article_id or not a.claims or not b.claims:
        return None
    same_source = bool(a.source_keys & b.source_keys)
    if not same_source and (not within_window(a, b, window_days) or nearness(a, b) < CENTROID_FLOOR):
        return None
    score = affinity(a, b)
    if not same_source and score < min_affinity:
        return None
    earlier, later, known = put_in_order(a, b)
    near_copy = shingle_overlap(a.shingles, b.shingles) >= NEAR_COPY
    return Comparison(earlier.article.article_id, later.article.article_id, run_id, round(score, 4), near_copy, known)


def find_comparisons(
    new: Sequence[ArticleView], known: Sequence[ArticleView], run_id: str, *,
    window_days: int = DEFAULT_WINDOW_DAYS, min_affinity: float = DEFAULT_AFFINITY, on_progress: Callable[[int, int], None] | None = None,
    done: Collection[tuple[str, str]] = (),
) -> list[Comparison]:  # fmt: skip
    """Compare each new article with the other new ones and with the known ones; never known with known, nor the pairs of ids in `done`, in either order.

    Those of one storyline come in a row, so that what is read off its articles need not be kept for the others.
    """
    done = {*done, *((later, earlier) for earlier, later in done)}
    views = [*new, *known]
    found = []
    for n_done, pairs in pairs_that_may_share_event(views, len(new), window_days=window_days, min_affinity=min_affinity):
        for a, b in ((views[i], views[j]) for i, j in pairs):
            if (a.article.article_id, b.article.article_id) not in done:
                comparison = compare_articles(a, b, run_id, window_days=window_days, min_affinity=min_affinity)
                if comparison is not None:
                    found.append(comparison)
        if on_progress is not None:
            on_progress(n_done, len(new))
    storylines = connected_components((c.earlier_article_id, c.later_article_id) for c in found)
    return sorted(found, key=lambda c: (storylines[c.earlier_article_id], c.earlier_article_id, c.later_article_id))
