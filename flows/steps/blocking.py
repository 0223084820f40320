"""Which claims of two articles are worth the model's time: blocking rules that look at these two articles alone."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from flows.language.alignment import fold
from flows.records import Claim
from flows.steps.storylines import ArticleView

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
    similarity = np.round(earlier.vectors @ later.vectors.T, 4)  # (n_earlier, n_later)
    folded = [[normalised(c.text) for c in view.claims] for view in (earlier, later)]
    nearest = _nearest(similarity)
    marks = [[_marks(c) for c in view.claims] for view in (earlier, later)]
    found = []
    for i in range(len(earlier.claims)):
        for j in range(len(later.claims)):
            value = float(similarity[i, j])
            if folded[0][i] == folded[1][j]:
                rule = WORD_FOR_WORD
            elif nearest[i, j] and value >= SIMILARITY_FLOOR:
                rule = NEAREST
            elif value >= NAMED_FLOOR and _share_enough(marks[0][i], marks[1][j]):
                rule = SHARED_NAMES
            else:
                continue
            others = np.concatenate([np.delete(similarity[i], j), np.delete(similarity[:, j], i)])
            found.append(Candidate(i, j, rule, value, round(value - float(others.max(initial=0.0)), 4)))
    return found


def normalised(text: str) -> str:
    """A claim's words, for telling whether two claims are word for word the same: case, spaces and punctuation do not count."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _nearest(similarity: np.ndarray) -> np.ndarray:
    """Mask (n_earlier, n_later): the pair is among the NEIGHBOURS nearest of either claim. Ties are kept, so that the order of claims plays no part."""
    by_row = np.sort(similarity, axis=1)[:, ::-1][:, min(NEIGHBOURS, similarity.shape[1]) - 1]
    by_column = np.sort(similarity, axis=0)[::-1][min(NEIGHBOURS, similarity.shape[0]) - 1]
    return (similarity >= by_row[:, None]) | (similarity >= by_column[None, :])


def _marks(claim: Claim) -> tuple[frozenset[str], frozenset[float]]:
    names = frozenset(word for name in claim.names for word in re.findall(r"\w{3,}", fold(name.text)))
    return names, frozenset(q.low for q in claim.quantities)


def _share_enough(a: tuple[frozenset[str], frozenset[float]], b: tuple[frozenset[str], frozenset[float]]) -> bool:
    names, numbers = len(a[0] & b[0]), len(a[1] & b[1])
    return names + numbers >= 2 and names >= 1
