"""Which articles can share an event at all: an upper bound of the affinity, for all pairs of articles, a block of them at a time.

The affinity (flows/steps/affinity.py) is a sum of what two articles' means, their three closest pairs of claims and their names add to the log-odds. Means
and names are cheap to have of many pairs at once; and the closest three are no closer than the closest one, which is no closer than the first numbers of the
claims' vectors, along the directions in which claims vary most, allow for (Cauchy and Schwarz on the rest). So most pairs are told apart by a few products of
matrices (flows/steps/closest.py), and none is passed over that the full test would take. The products are of bounded size, and what they are made of is kept
for the articles within one window only, so memory grows with the articles of a window, not with their pairs. Time does grow with the pairs within a window:
clusters of claims would rule out few, since those of unrelated articles lie about equally far from each other.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.steps.affinity import CENTROID_FLOOR, WEIGHTS, least_log_odds, log_odds
from flows.steps.views import ArticleView

if TYPE_CHECKING:
    from flows.steps.closest import Pieces

ROUNDING = 0.001  # the last bits of a product of matrices depend on their size: what only narrows down looks this much less closely

BLOCK = 4_096  # claims of the articles that are looked at together
LEADING = 128  # of a vector's 384 numbers: on real news they carry nine tenths of its length
SAMPLE = 4_096  # claims that the leading directions are taken from; others only let more pairs through

Positions = list[tuple[int, int]]


def pairs_that_may_share_event(views: Sequence[ArticleView], n_new: int, *, window_days: int, min_affinity: float) -> Iterator[tuple[int, Positions]]:
    """Yield pairs of positions (i, j) in `views` that may be compared, each once, i < j and i among the first `n_new`, a block of new articles at a time.

    With each part comes the number of new articles done. Versions of one source, which are always compared, come first.
    """
    from flows.steps.closest import Pieces  # torch, which takes seconds to import: what only asks about two articles does without

    versions = _versions(views, n_new)
    yield 0, sorted(versions)
    usable = [i for i, view in enumerate(views) if view.claims]
    if not usable:
        return
    spans = np.array([_span(view) for view in views])  # (n, 2) seconds
    numbers: dict[str, int] = {}
    # By date, so that whole blocks are out of each other's window; the new ones apart, so that known ones are never compared with known ones.
    by_date = sorted(usable, key=lambda i: (i >= n_new, spans[i, 0] == -np.inf, spans[i, 0], i))
    basis = _leading_directions([views[i] for i in usable])
    parts = list(_cut(by_date, views, n_new))
    extents = [(spans[part, 0].min(), spans[part, 1].max()) for part in parts]
    made: dict[int, _Block] = {}
    least, window, n_done = least_log_odds(min_affinity), window_days * 86_400.0 + 1.0, 0
    for k, part in enumerate(parts):
        if part[0] >= n_new:
            return
        found: Positions = []
        for m in range(k, len(parts)):
            if extents[k][0] > extents[m][1] + window or extents[m][0] > extents[k][1] + window:
                made.pop(m, None)  # too early for this part and all that follow, or so late that it has not been made
                continue
            for new in {k, m} - made.keys():
                made[new] = _Block.of(parts[new], views, spans, numbers, basis, Pieces.of)
            r, c = _likely(made[k], made[m], window, least)
            found += zip(made[k].places[r].tolist(), made[m].places[c].tolist(), strict=True)
        made.pop(k, None)
        n_done += len(part)
        yield n_done, sorted(pair for i, j in found if (pair := (min(i, j), max(i, j))) not in versions)


def _versions(views: Sequence[ArticleView], n_new: int) -> set[tuple[int, int]]:
    """The pairs of articles with claims that have a source in common, one of them new."""
    by_key: dict[str, list[int]] = {}
    for i, view in enumerate(views):
        if view.claims:
            for key in view.source_keys:
                by_key.setdefault(key, []).append(i)
    return {(i, j) for places in by_key.values() for k, i in enumerate(places) if i < n_new for j in places[k + 1 :]}


def _span(view: ArticleView) -> tuple[float, float]:
    """The first and last date that an article was seen at, in seconds; everything where it was seen without one."""
    dates = [date.timestamp() for date in view.dates if isinstance(date, dt.datetime)]
    return (min(dates), max(dates)) if len(dates) == len(view.dates) else (-math.inf, math.inf)


def _cut(places: Sequence[int], views: Sequence[ArticleView], n_new: int) -> Iterator[list[int]]:
    """Parts in a row of BLOCK claims at most, or of one article that has more; none with both new and known articles."""
    part: list[int] = []
    n_claims = 0
    for i in places:
        n = len(views[i].claims)
        if part and (n_claims + n > BLOCK or (part[-1] < n_new) != (i < n_new)):
            yield part
            part, n_claims = [], 0
        part.append(i)
        n_claims += n
    if part:
        yield part


def _leading_directions(views: Sequence[ArticleView]) -> NDArray[np.float32] | None:
    """An orthonormal basis (H, LEADING) of the directions in which claims vary most; None where vectors are no longer than that."""
    width = views[0].vectors.shape[1]
    if width <= LEADING:
        return None
    step = -(-sum(len(view.claims) for view in views) // SAMPLE)
    some = np.concatenate([view.vectors[k % step :: step] for k, view in enumerate(views)]).astype(np.float64)
    return np.linalg.eigh(some.T @ some)[1][:, -LEADING:].astype(np.float32)


@dataclasses.dataclass(frozen=True, eq=False)
class _Block:
    """Some of the articles, those with most claims first, as matrices: n articles with m names in all."""

    places: NDArray[np.int64]  # (n,) in the list of all articles
    views: Sequence[ArticleView]  # (n,)
    pieces: Pieces  # of vectors (LEADING + 1,) whose product is at least that of the claims' own
    centroids: NDArray[np.float32]  # (n, H)
    spans: NDArray[np.float64]  # (n, 2) seconds
    words: NDArray[np.int32]  # (m,) numbers of name words
    of_article: NDArray[np.int32]  # (m,) the article that each stands in
    n_words: NDArray[np.float32]  # (n,)

    @classmethod
    def of(
        cls, places: Sequence[int], views: Sequence[ArticleView], spans: NDArray[np.float64], numbers: dict[str, int], basis: NDArray[np.float32] | None,
        make_pieces: Callable[[NDArray[np.float32], NDArray[np.int64]], Pieces],
    ) -> _Block:  # fmt: skip
        """The articles at `places` in `views` and `spans`. `numbers` of words are given as they come."""
        places = sorted(places, key=lambda i: -len(views[i].claims))
        its = [views[i] for i in places]
        vectors = np.concatenate([view.vectors for view in its])
        words = [np.array([numbers.setdefault(word, len(numbers)) for word in view.name_words], dtype=np.int32) for view in its]
        n_words = np.array([len(own) for own in words])
        pieces = make_pieces(vectors if basis is None else _bounds(vectors, basis), np.array([len(view.claims) for view in its]))
        return cls(
            np.array(places), its, pieces, np.stack([view.centroid for view in its]), spans[places], np.concatenate(words),
            np.repeat(np.arange(len(its), dtype=np.int32), n_words), n_words.astype(np.float32),
        )  # fmt: skip

    def has(self, words: NDArray[np.int32]) -> NDArray[np.float32]:
        """Which articles have which of these words, which go upwards: (n, len(words)), 1 or 0."""
        at = np.minimum(np.searchsorted(words, self.words), len(words) - 1)
        hit = words[at] == self.words
        mask = np.zeros((len(self.n_words), len(words)), dtype=np.float32)
        mask[self.of_article[hit], at[hit]] = 1.0
        return mask


def _bounds(vectors: NDArray[np.float32], basis: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each vector's numbers along the basis, and the length of what is left: a·b <= a'·b' + |a''||b''|."""
    leading = vectors @ basis
    rest = (vectors.astype(np.float64) ** 2).sum(1) - (leading.astype(np.float64) ** 2).sum(1)
    return np.column_stack([leading, np.sqrt(np.maximum(rest, 0.0))]).astype(np.float32)


def _likely(rows: _Block, columns: _Block, window: float, least: float) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """The places (r, c) of the pairs that can reach the log-odds `least`; of one block with itself, those with r < c."""
    near = rows.centroids @ columns.centroids.T + ROUNDING  # (n_rows, n_columns)
    within = (rows.spans[:, :1] <= columns.spans[:, 1] + window) & (columns.spans[:, 0] <= rows.spans[:, 1:] + window)
    may = (near >= CENTROID_FLOOR) & within
    if rows is columns:
        may &= np.triu(np.ones_like(may), 1)
    needed = _closest_needed(rows, columns, near, least)
    may &= needed <= 1.0
    some_rows, some_columns = np.flatnonzero(may.any(1)), np.flatnonzero(may.any(0))
    if len(some_rows):
        part = np.ix_(some_rows, some_columns)
        may[part] &= rows.pieces.closest(some_rows, columns.pieces, some_columns) >= needed[part]
    r, c = np.nonzero(may)
    kept = np.array([_may_reach(rows.views[i], columns.views[j], needed[i, j]) for i, j in zip(r.tolist(), c.tolist(), strict=True)], dtype=bool)
    return r[kept], c[kept]


def _may_reach(a: ArticleView, b: ArticleView, needed: float) -> bool:
    """Say whether the three closest pairs of claims may be so near: of few articles, so now the whole vectors are looked at."""
    similarity = a.vectors @ b.vectors.T
    return bool(similarity.max() >= needed) and most_of_three_closest(similarity) >= needed


def most_of_three_closest(similarity: NDArray[np.float32]) -> float:
    """An upper bound of the mean cosine of the three closest pairs of claims, no claim in two of them: three rows, or columns, have no better ones."""
    n = min(3, *similarity.shape)
    return min(float(np.sort(similarity.max(axis))[-n:].mean()) for axis in (0, 1))


def _closest_needed(rows: _Block, columns: _Block, near: NDArray[np.float32], least: float) -> NDArray[np.floating]:
    """How near the closest claims of each two articles have to be for them to reach the log-odds `least`, given all else: (n_rows, n_columns)."""
    common = np.intersect1d(rows.words, columns.words)
    shared = rows.has(common) @ columns.has(common).T if len(common) else np.zeros_like(near)
    share = shared / np.maximum(1.0, np.minimum(rows.n_words[:, None], columns.n_words))
    n_pairs = np.array([len(view.claims) for view in rows.views])[:, None] * np.array([len(view.claims) for view in columns.views])
    return (least - log_odds(n_pairs, near, 0.0, shared, share)) / WEIGHTS["closest"] - ROUNDING
