"""How surely two articles tell of one event: the sum of what their means, their three closest pairs of claims and their names add to the log-odds.

`affinity` asks it of two articles. Whoever narrows down many first, with some part not yet known (flows/steps/nearby.py, flows/steps/cards.py), takes
`log_odds` with the most that the part can be.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from flows.steps.views import ArticleView

CENTROID_FLOOR = 0.30  # articles whose mean vectors are further apart are not looked at; the loosest pair of one event seen in development had 0.36

# Logistic regression on pairs of articles of the annotated stories and of fact families (same event or not): tests/quality/fit_affinity.py.
# They go with the checkpoint's vectors: one that holds unrelated claims for a little nearer to each other makes one event of everything.
# At the default of 0.1, none of 820 pairs of one event is missed, and 130 of 56,985 others are let through, whose claims then have to be told apart.
# Short articles have fewer pairs of claims of which the closest count, and means of fewer claims: `few` makes up for some of that. Of the first five claims
# alone of these articles 35 pairs are missed, and of the first eight 5; with twice the weight 17 and 3, for four times as many others let through.
INTERCEPT, WEIGHTS = -33.99, {"centroid": 18.23, "closest": 25.72, "names": 0.54, "name_share": 6.22, "few": 1.0}
MANY_NAMES = 4  # more names in common than so many say no more
MANY_CLAIMS = 330  # pairs of claims, of two articles of 18 claims: with as many or more, `few` is 0

Number = float | NDArray[np.floating]


def affinity(a: ArticleView, b: ArticleView) -> float:
    """How surely two articles tell of one event, 0 to 1. Symmetric."""
    f = affinity_features(a, b)
    z = log_odds(len(a.claims) * len(b.claims), f["centroid"], f["closest"], f["names"], f["name_share"])
    return 1.0 / (1.0 + math.exp(-float(z)))


def affinity_features(a: ArticleView, b: ArticleView) -> dict[str, float]:
    """What speaks for one event: nearness of the means, mean cosine of the three closest pairs of claims, names in common and their share of the shorter
    list; and how few pairs of claims there are to be near each other.
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
    return {
        "centroid": nearness(a, b),
        "closest": round(sum(closest) / len(closest), 4),
        "names": float(min(shared, MANY_NAMES)),
        "name_share": share,
        "few": float(few_claims(len(a.claims) * len(b.claims))),
    }


def nearness(a: ArticleView, b: ArticleView) -> float:
    """Cosine of the two articles' mean vectors. Symmetric."""
    return round(float(a.centroid.astype(np.float64) @ b.centroid.astype(np.float64)), 4)


def shared_names(a: ArticleView, b: ArticleView) -> tuple[int, float]:
    """How many name words two articles have in common, and their share of the shorter list."""
    shared = len(a.name_words & b.name_words)
    return shared, shared / max(1, min(len(a.name_words), len(b.name_words)))


def log_odds(n_pairs: int | NDArray[np.integer], centroid: Number, closest: Number, n_names: Number, name_share: Number) -> NDArray[np.floating]:
    """The log-odds of one event; of one pair of articles, or of many whose arrays go together. `n_pairs`: pairs of their claims."""
    names = WEIGHTS["names"] * np.minimum(n_names, MANY_NAMES) + WEIGHTS["name_share"] * name_share
    return INTERCEPT + WEIGHTS["few"] * few_claims(n_pairs) + WEIGHTS["centroid"] * centroid + WEIGHTS["closest"] * closest + names


def few_claims(n_pairs: int | NDArray[np.integer]) -> NDArray[np.float64]:
    """How few pairs of claims two articles have: the log of MANY_CLAIMS over their number, 0 at least; of one pair of articles, or of many."""
    return np.maximum(0.0, np.log(MANY_CLAIMS / np.maximum(n_pairs, 1), dtype=np.float64)).round(4)


def least_log_odds(min_affinity: float) -> float:
    """The log-odds that an affinity of this much has."""
    return math.log(min_affinity / (1.0 - min_affinity)) if 0.0 < min_affinity < 1.0 else -math.inf
