"""Which claims of two articles are worth the model's time: blocking rules and a gate that look at these two articles alone."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from flows.records import Claim
from flows.steps.gate import LEAST_LIKELY, likelihood
from flows.steps.views import ArticleView, claim_marks

NEIGHBOURS = 4  # nearest claims in the other article, for each claim
SIMILARITY_FLOOR = 0.20  # below it no pair of one fact was seen among the nearest in development
NAMED_FLOOR = 0.35  # for pairs that share a name and a number, or several names, though others are nearer

WORD_FOR_WORD, NEAREST, SHARED_NAMES = "word for word", "nearest", "shared names and numbers"
RULES = (WORD_FOR_WORD, NEAREST, SHARED_NAMES)  # in the order in which they are tried


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


@dataclasses.dataclass(frozen=True, slots=True)
class Candidates:
    """The candidate pairs of two articles, column by column, all of shape (n,); by position of the earlier claim, then of the later.

    `rule` holds places in RULES. `candidates[i]`, and iterating, makes a `Candidate`.
    """

    earlier: NDArray[np.int32]
    later: NDArray[np.int32]
    rule: NDArray[np.uint8]
    similarity: NDArray[np.float64]
    margin: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.earlier)

    def __getitem__(self, i: int) -> Candidate:
        return Candidate(int(self.earlier[i]), int(self.later[i]), RULES[self.rule[i]], float(self.similarity[i]), float(self.margin[i]))


NO_CANDIDATES = Candidates(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0), np.zeros(0))


def propose_pairs(
    earlier: ArticleView, later: ArticleView, *, affinity: float = 1.0, near_copy: bool = False, least_likely: float = LEAST_LIKELY
) -> Candidates:
    """Propose the pairs of claims of two articles, each once, by the first rule that fires: word for word, nearest, shared names and numbers.

    A pair that is not word for word the same must pass the gate too: tell one fact with at least the probability `least_likely`. With 0 there is no gate.
    affinity: how surely the two articles share an event, which the gate, fitted on articles that do, takes for given.
    near_copy: the one text is for the most part in the other. A claim that stands in both is then paired with itself alone: what was added beside it, as in a
    live blog, did not take its place, and two statements within one article are not compared.
    """
    if not earlier.claims or not later.claims:
        return NO_CANDIDATES
    similarity = claim_similarity(earlier, later)
    by_row, by_column = np.sort(similarity, axis=1), np.sort(similarity, axis=0)
    nearest = _nearest(similarity, by_row, by_column) & (similarity >= SIMILARITY_FLOOR)
    named = (similarity >= NAMED_FLOOR) & _share_enough(earlier, later)
    margin = pair_margins(similarity, by_row, by_column)
    if least_likely > 0:
        likely = likelihood(earlier, later, similarity, margin, affinity) >= least_likely
        nearest, named = nearest & likely, named & likely
    same = _word_for_word(earlier, later)
    if near_copy:
        stays = np.logical_or.outer(np.any(same, axis=1), np.any(same, axis=0))
        nearest, named = nearest & ~stays, named & ~stays
    fired = np.stack([same, nearest, named])  # (len(RULES), n_earlier, n_later)
    i, j = np.nonzero(fired.any(axis=0))
    rule = fired[:, i, j].argmax(axis=0)  # the first that fires
    return Candidates(i.astype(np.int32), j.astype(np.int32), rule.astype(np.uint8), similarity[i, j], margin[i, j])


def claim_similarity(earlier: ArticleView, later: ArticleView) -> NDArray[np.float64]:
    """Cosines of all pairs of claims, shape (n_earlier, n_later), to four places."""
    # In double precision, so that the last bits do not depend on which article is which.
    return np.round(earlier.vectors.astype(np.float64) @ later.vectors.astype(np.float64).T, 4)


def pair_margins(
    similarity: NDArray[np.float64], by_row: NDArray[np.float64] | None = None, by_column: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """`Candidate.margin` of all pairs, shape (n_earlier, n_later). `by_row`, `by_column`: the same cosines, sorted upwards within each, where there are."""
    by_row, by_column = np.sort(similarity, axis=1) if by_row is None else by_row, np.sort(similarity, axis=0) if by_column is None else by_column
    return np.round(similarity - _best_other(similarity, by_row, by_column), 4)


def shared_marks(a: Claim, b: Claim) -> tuple[int, int]:
    """How many words of names, and how many numbers, two claims have in common."""
    first, second = claim_marks(a), claim_marks(b)
    return len(first[0] & second[0]), len(first[1] & second[1])


def _word_for_word(earlier: ArticleView, later: ArticleView) -> NDArray[np.bool_]:
    """Mask (n_earlier, n_later): the two claims have the same words."""
    mask = np.zeros((len(earlier.claims), len(later.claims)), dtype=bool)
    for text in earlier.places_of_text.keys() & later.places_of_text.keys():
        mask[np.ix_(earlier.places_of_text[text], later.places_of_text[text])] = True
    return mask


def _best_other(similarity: NDArray[np.float64], by_row: NDArray[np.float64], by_column: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each pair (n_earlier, n_later), the highest cosine, at least 0, that either of its claims has with another partner.

    `by_row`, `by_column`: the same cosines, sorted upwards within each row, within each column.
    """
    best = np.zeros_like(similarity)
    for axis, ranked in ((1, by_row), (0, by_column)):
        if similarity.shape[axis] > 1:
            first, second = np.take(ranked, [-1], axis), np.take(ranked, [-2], axis)
            # The row's best other is its best, but for the best itself; where two share first place, `second` equals it.
            best = np.maximum(best, np.where(similarity == first, second, first))
    return best


def _nearest(similarity: NDArray[np.float64], by_row: NDArray[np.float64], by_column: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mask (n_earlier, n_later): the pair is among the NEIGHBOURS nearest of either claim. Ties are kept, so that the order of claims plays no part."""
    least_of_row = by_row[:, -min(NEIGHBOURS, similarity.shape[1])]
    least_of_column = by_column[-min(NEIGHBOURS, similarity.shape[0])]
    return (similarity >= least_of_row[:, None]) | (similarity >= least_of_column)


def _share_enough(earlier: ArticleView, later: ArticleView) -> NDArray[np.bool_]:
    """Mask (n_earlier, n_later): the two claims have at least two words of names and numbers in common, and one of a name among these."""
    names = earlier.name_marks.shared(later.name_marks)
    return (names >= 1) & (names + earlier.number_marks.shared(later.number_marks) >= 2)
