"""Which articles are compared: those that share an event, by time and by content.

The test looks at two articles and at nothing else, so the order and split of drops make no difference. Storylines are the connected components of the compared
pairs, for display.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

from flows.language.alignment import fold
from flows.records import Comparison
from flows.steps.copies import shingle_overlap
from flows.steps.views import ArticleView

CENTROID_FLOOR = 0.30  # articles whose mean vectors are further apart are not looked at; the loosest pair of one event seen in development had 0.36
NEAR_COPY = 0.80  # share of the shorter text's 8-word runs that stand in the other
ROUNDING = 0.001  # the last bits of a product of matrices depend on their size: what only narrows down looks this much less closely
BLOCK = 2_048  # articles a side of one matrix product: bounds the memory to 16 MB, whatever the archive's size
DEFAULT_WINDOW_DAYS = 60
DEFAULT_AFFINITY = 0.3

# Logistic regression on pairs of articles of the annotated stories and of fact families (same event or not): tests/quality/fit_affinity.py.
# At 0.3, 12 of 820 pairs of one event are missed, and 20 of 19,062 others let through, whose claims then have to be told apart one by one.
AFFINITY_INTERCEPT, AFFINITY_WEIGHTS = -22.85, {"centroid": 17.71, "closest": 17.39, "names": 0.36, "name_share": 6.14}


def affinity_features(a: ArticleView, b: ArticleView) -> dict[str, float]:
    """What speaks for one event: nearness of the means, mean cosine of the three closest pairs of claims, names in common and their share of the shorter
    list.
    """
    if b.article.article_id < a.article.article_id:
        a, b = b, a  # ties among the closest, and the last bits of a product, depend on which side is which
    similarity = a.vectors @ b.vectors.T
    closest = []
    for _ in range(min(3, *similarity.shape)):
        i, j = np.unravel_index(int(similarity.argmax()), similarity.shape)
        closest.append(float(similarity[i, j]))
        similarity[i, :], similarity[:, j] = -1.0, -1.0
    shared, share = shared_names(a, b)
    return {"centroid": nearness(a, b), "closest": round(sum(closest) / len(closest), 4), "names": float(min(shared, 4)), "name_share": share}


def nearness(a: ArticleView, b: ArticleView) -> float:
    """Cosine of the two articles' mean vectors. Symmetric."""
    return round(float(a.centroid.astype(np.float64) @ b.centroid.astype(np.float64)), 4)


def affinity(a: ArticleView, b: ArticleView) -> float:
    """How surely two articles tell of one event, 0 to 1. Symmetric."""
    z = AFFINITY_INTERCEPT + sum(AFFINITY_WEIGHTS[name] * value for name, value in affinity_features(a, b).items())
    return 1.0 / (1.0 + math.exp(-z))


def may_share_event(a: ArticleView, others: Sequence[ArticleView], min_affinity: float) -> list[bool]:
    """Tell which of `others` can reach the affinity at all: one matrix product for all, with the closest pair of claims in place of the closest three."""
    least = least_log_odds(min_affinity)
    starts = np.cumsum([0, *(len(b.claims) for b in others)])
    best = np.maximum.reduceat(np.concatenate([b.vectors for b in others]) @ a.vectors.T, starts[:-1], axis=0).max(axis=1)
    w = AFFINITY_WEIGHTS
    return [
        AFFINITY_INTERCEPT + w["centroid"] * nearness(a, b) + w["closest"] * (float(closest) + ROUNDING) + names_part(*shared_names(a, b)) >= least
        for b, closest in zip(others, best, strict=True)
    ]


def least_log_odds(min_affinity: float) -> float:
    """The log-odds that an affinity of this much has."""
    return math.log(min_affinity / (1.0 - min_affinity)) if 0.0 < min_affinity < 1.0 else -math.inf


def shared_names(a: ArticleView, b: ArticleView) -> tuple[int, float]:
    """How many name words two articles have in common, and their share of the shorter list."""
    shared = len(a.name_words & b.name_words)
    return shared, shared / max(1, min(len(a.name_words), len(b.name_words)))


def names_part(n_shared: int, share: float) -> float:
    """What names in common add to the log-odds."""
    return AFFINITY_WEIGHTS["names"] * min(n_shared, 4) + AFFINITY_WEIGHTS["name_share"] * share


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
    return any(claim.attribution and any(name in re.sub(r"\W", "", fold(claim.attribution)) for name in names) for claim in view.claims)


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
    """Return the comparison of two articles, or None where they do not share an event. Two versions of one source always do."""
    if a.article.article_id == b.article.article_id or not a.claims or not b.claims:
        return None
    same_source = bool(a.source_keys & b.source_keys)
    if not same_source and (not within_window(a, b, window_days) or nearness(a, b) < CENTROID_FLOOR):
        return None
    score = 1.0 if same_source else affinity(a, b)
    if score < min_affinity:
        return None
    earlier, later, known = put_in_order(a, b)
    near_copy = shingle_overlap(a.shingles, b.shingles) >= NEAR_COPY
    return Comparison(earlier.article.article_id, later.article.article_id, run_id, round(score, 4), near_copy, known)


def find_comparisons(
    new: Sequence[ArticleView], known: Sequence[ArticleView], run_id: str, *,
    window_days: int = DEFAULT_WINDOW_DAYS, min_affinity: float = DEFAULT_AFFINITY, on_progress: Callable[[int, int], None] | None = None,
    done: Collection[tuple[str, str]] = (),
) -> list[Comparison]:  # fmt: skip
    """Compare each new article with the other new ones and with the known ones; never known with known, nor the pairs of ids in `done`, in either order."""
    done = {*done, *((later, earlier) for earlier, later in done)}
    everything = [*new, *known]
    found = []
    for i, near in _near(everything, len(new), window_days):
        views = [everything[j] for j in near]
        for j, may in zip(near, may_share_event(everything[i], views, min_affinity), strict=True):
            if (everything[i].article.article_id, everything[j].article.article_id) in done:
                continue
            if may or everything[i].source_keys & everything[j].source_keys:
                comparison = compare_articles(everything[i], everything[j], run_id, window_days=window_days, min_affinity=min_affinity)
                if comparison is not None:
                    found.append(comparison)
        if on_progress is not None:
            on_progress(i + 1, len(new))
    return found


def _near(views: Sequence[ArticleView], n_new: int, window_days: int) -> Iterator[tuple[int, list[int]]]:
    """Each position i among the new, with the positions j > i of articles with near means or a source in common."""
    usable = [i for i, view in enumerate(views) if view.claims]
    if not usable:
        return
    centroids = np.stack([views[i].centroid for i in usable])
    by_key: dict[str, list[int]] = {}
    for i in usable:
        for key in views[i].source_keys:
            by_key.setdefault(key, []).append(i)
    new = [p for p, i in enumerate(usable) if i < n_new]
    for row in range(0, len(new), BLOCK):
        rows = new[row : row + BLOCK]
        near: list[set[int]] = [{j for key in views[usable[p]].source_keys for j in by_key[key]} for p in rows]
        for column in range(0, len(usable), BLOCK):
            similarity = centroids[rows] @ centroids[column : column + BLOCK].T
            for r, c in zip(*np.nonzero(similarity >= CENTROID_FLOOR - ROUNDING), strict=True):
                i, j = usable[rows[int(r)]], usable[column + int(c)]
                if i < j and within_window(views[i], views[j], window_days):
                    near[int(r)].add(j)
        for p, its in zip(rows, near, strict=True):
            later = sorted(j for j in its if j > usable[p])
            if later:
                yield usable[p], later
