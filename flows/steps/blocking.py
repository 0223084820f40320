"""Which claims of two articles are worth the model's time: blocking rules that look at these two articles alone."""

from __future__ import annotations

import dataclasses

import numpy as np

from flows.records import Claim
from flows.steps.views import ArticleView, claim_marks

NEIGHBOURS = 4  # nearest claims in the other article, for each claim
SIMILARITY_FLOOR = 0.20  # below it no pair of one fact was seen among the nearest in development
NAMED_FLOOR = 0.35  # for pairs that share a name and a number, or several names, though others are nearer

WORD_FOR_WORD, NEAREST, SHARED_NAMES = "word for word", "nearest", "shared names and numbers"


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A pair of claims, as positions in the two articles' lists, with the rule that proposed it.

    `margin` is the pair's cosine less that of the best other partner of either claim: negative where one of the two has a nearer one.
    """

    earlier: int
    later: int
    blocking_rule: str
    similarity: float
    margin: float


def propose_pairs(earlier: ArticleView, later: ArticleView) -> list[Candidate]:
    """Propose the pairs of claims of two articles, each once, by the first rule that fires: word for word, nearest, shared names and numbers."""
    if not earlier.claims or not later.claims:
        return []
    similarity = claim_similarity(earlier, later)
    word_for_word = _word_for_word(earlier, later)
    nearest = _nearest(similarity) & (similarity >= SIMILARITY_FLOOR)
    other = _best_other(similarity)
    found = []
    for i, j in zip(*(map(int, side) for side in np.nonzero(word_for_word | nearest | (similarity >= NAMED_FLOOR))), strict=True):
        if word_for_word[i, j]:
            rule = WORD_FOR_WORD
        elif nearest[i, j]:
            rule = NEAREST
        elif _share_enough(earlier.marks[i], later.marks[j]):
            rule = SHARED_NAMES
        else:
            continue
        found.append(Candidate(i, j, rule, float(similarity[i, j]), round(float(similarity[i, j] - other[i, j]), 4)))
    return found


def claim_similarity(earlier: ArticleView, later: ArticleView) -> np.ndarray:
    """Cosines of all pairs of claims, shape (n_earlier, n_later), to four places."""
    # In double precision, so that the last bits do not depend on which article is which.
    return np.round(earlier.vectors.astype(np.float64) @ later.vectors.astype(np.float64).T, 4)


def shared_marks(a: Claim, b: Claim) -> tuple[int, int]:
    """How many words of names, and how many numbers, two claims have in common."""
    first, second = claim_marks(a), claim_marks(b)
    return len(first[0] & second[0]), len(first[1] & second[1])


def _word_for_word(earlier: ArticleView, later: ArticleView) -> np.ndarray:
    """Mask (n_earlier, n_later): the two claims have the same words."""
    mask = np.zeros((len(earlier.claims), len(later.claims)), dtype=bool)
    places: dict[str, list[int]] = {}
    for j, text in enumerate(later.normalised_texts):
        places.setdefault(text, []).append(j)
    for i, text in enumerate(earlier.normalised_texts):
        mask[i, places.get(text, [])] = True
    return mask


def _best_other(similarity: np.ndarray) -> np.ndarray:
    """For each pair (n_earlier, n_later), the highest cosine, at least 0, that either of its claims has with another partner."""
    best = np.zeros_like(similarity)
    for axis in (0, 1):
        if similarity.shape[axis] > 1:
            ranked = np.sort(similarity, axis=axis)
            first, second = np.take(ranked, [-1], axis), np.take(ranked, [-2], axis)
            # The row's best other is its best, but for the best itself; where two share first place, `second` equals it.
            best = np.maximum(best, np.where(similarity == first, second, first))
    return best


def _nearest(similarity: np.ndarray) -> np.ndarray:
    """Mask (n_earlier, n_later): the pair is among the NEIGHBOURS nearest of either claim. Ties are kept, so that the order of claims plays no part."""
    by_row = np.sort(similarity, axis=1)[:, ::-1][:, min(NEIGHBOURS, similarity.shape[1]) - 1]
    by_column = np.sort(similarity, axis=0)[::-1][min(NEIGHBOURS, similarity.shape[0]) - 1]
    return (similarity >= by_row[:, None]) | (similarity >= by_column[None, :])


def _share_enough(a: tuple[frozenset[str], frozenset[float]], b: tuple[frozenset[str], frozenset[float]]) -> bool:
    names, numbers = len(a[0] & b[0]), len(a[1] & b[1])
    return names + numbers >= 2 and names >= 1
