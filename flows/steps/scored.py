"""What the model said of a run's pairs: a few numbers of each, and of those that passed the first look everything, a part of them at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.steps import findings as deciding
from flows.steps.cache import ModelCache
from flows.steps.comparing import ComparedPair, PairScores, compare_claims, same_fact_margins
from flows.steps.proposals import Proposal, ProposedPairs
from flows.steps.scoring import Progress, TextPairs, score_pairs
from flows.steps.views import places_in_articles
from models.nli import NliScores

if TYPE_CHECKING:
    from flows.workers import Workers

PART = 2_000  # pairs whose numbers of all heads are in memory at once: 1.3 MB


@dataclasses.dataclass(frozen=True, slots=True)
class ScoredProposal:
    """A pair that was scored both ways. `place` is its position in `ScoredPairs.likely`; the margin is that of `same_fact_margins`."""

    place: int
    proposal: Proposal
    scores: PairScores
    same_fact_margin: float

    def compare(self) -> ComparedPair:
        """Compare the two claims, with the days between their articles."""
        p = self.proposal
        dates = p.earlier.article.published_at, p.later.article.published_at
        days = (dates[1] - dates[0]).total_seconds() / 86_400 if dates[0] is not None and dates[1] is not None else None
        return compare_claims(
            *p.claims, p.candidate, self.scores, days_between=days, order_known=p.comparison.order_known, same_fact_margin=self.same_fact_margin,
            affinity=p.comparison.affinity, places=places_in_articles(p.earlier, p.candidate.earlier, p.later, p.candidate.later),
        )  # fmt: skip


@dataclasses.dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Pairs and what the first look at each gave, column by column; and which were scored the other way round too."""

    pairs: ProposedPairs  # (n,)
    texts: TextPairs  # (n,)
    nli: NDArray[np.float32]  # (n, 3) the earlier claim as premise
    same_fact: NDArray[np.float32]  # (n,) the same; nan without heads
    likely: NDArray[np.integer]  # (m,) positions of the pairs that passed the first look, upwards
    nli_back: NDArray[np.float32]  # (m, 3) the later claim as premise
    n_computed: int  # scores, of both ways; the others came from the cache

    def both_ways(self, margins: NDArray[np.float64], workers: Workers, cache: ModelCache) -> Iterator[ScoredProposal]:
        """The pairs that passed the first look, in order, with all that the model said. `margins`: shape (n,)."""
        for start in range(0, len(self.likely), PART):
            index = self.likely[start : start + PART]
            texts = self.texts[index]
            # From the cache, where the first look and the way back left them: all heads' numbers of all pairs are gigabytes.
            forward, back = (NliScores.from_rows(score_pairs(way, workers, cache)[0]) for way in (texts, texts.turned_round()))
            for k, i in enumerate(index.tolist()):
                yield ScoredProposal(start + k, self.pairs[i], PairScores(forward.row(k), back.row(k)), float(margins[i]))


def score_proposals(
    proposals: ProposedPairs, workers: Workers, cache: ModelCache, *, has_heads: bool, on_progress: Progress = None, on_progress_back: Progress = None
) -> ScoredPairs:
    """Score the pairs that are not word for word the same with the earlier claim as premise, and those that may tell one fact the other way round too."""
    pairs = proposals.take(slice(proposals.n_word_for_word, None))
    texts = pairs.texts()
    seen, n_forward = score_pairs(texts, workers, cache, keep=_first_look, on_progress=on_progress)
    nli, same_fact = seen[:, :3], seen[:, 3]
    likely = np.flatnonzero(same_fact >= deciding.SAME_FACT_FLOOR) if has_heads else np.arange(len(pairs))
    nli_back, n_back = score_pairs(texts[likely].turned_round(), workers, cache, keep=lambda scores: scores.nli, on_progress=on_progress_back)
    return ScoredPairs(pairs, texts, nli, same_fact, likely, nli_back, n_forward + n_back)


def margins_of(proposals: ProposedPairs, scored: ScoredPairs) -> NDArray[np.float64]:
    """How much likelier each scored pair tells one fact than its best rival between the same two articles, shape (n,); a word-for-word copy is sure to."""
    p = np.ones(len(proposals), dtype=np.float32)
    p[proposals.n_word_for_word :] = scored.same_fact
    return same_fact_margins(*proposals.ends(), p)[proposals.n_word_for_word :]


def _first_look(scores: NliScores) -> NDArray[np.float32]:
    return np.column_stack([scores.nli, scores.same_fact])
