"""The gate before the model: how likely two claims tell one fact, by what is cheap to see of all pairs of two articles at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.steps.views import ArticleView
from flows.steps.weighing import load_gate

LEAST_LIKELY = 0.1  # below it a pair is not worth the model's time; its figures: tests/quality/fit_gate.py


def gate_features(earlier: ArticleView, later: ArticleView, similarity: NDArray[np.float64], margin: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """What the gate looks at, each of shape (n_earlier, n_later), given the pairs' cosines and margins: the same whichever article comes first.

    The last three are those of flows/steps/views.py, `places_in_articles`.
    """
    i, j = np.arange(len(earlier.claims))[:, None], np.arange(len(later.claims))[None, :]
    apart = np.abs(i / len(earlier.claims) - j / len(later.claims)).astype(np.float64)
    return {
        "similarity": similarity,
        "margin": margin,
        "rare_words": rare_words_of_all(earlier, later),
        "position_apart": np.round(apart, 4),
        "position_first": np.minimum(i, j).astype(np.float64) / 10,
    }


def rare_words_of_all(earlier: ArticleView, later: ArticleView) -> NDArray[np.float64]:
    """The summed rarity of the stems that two claims have in common, shape (n_earlier, n_later): `rare_words` of flows/steps/views.py for all pairs."""
    first, second = earlier.stem_marks, later.stem_marks
    common = sorted(first.column.keys() & second.column.keys(), key=str)  # in one order, whichever article comes first
    has = [marks.has[:, [marks.column[stem] for stem in common]].astype(np.float64) for marks in (first, second)]
    rarity = np.log((len(earlier.claims) + len(later.claims) + 1) / (has[0].sum(0) + has[1].sum(0)))
    return np.round((has[0] * rarity) @ has[1].T, 4)


def likelihood(earlier: ArticleView, later: ArticleView, similarity: NDArray[np.float64], margin: NDArray[np.float64], affinity: float) -> NDArray[np.float64]:
    """The probability, to four places, that two claims tell one fact, shape (n_earlier, n_later).

    That of claims whose articles share an event, by which the gate was fitted, times `affinity`, the probability that these do.
    """
    return np.round(load_gate().probabilities(gate_features(earlier, later, similarity, margin)) * affinity, 4)
