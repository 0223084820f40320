"""What came of a run's pairs, as rows of the table `pairs`; and the evidence of a finding."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.convert import to_batch
from flows.records import Pair
from flows.steps.blocking import RULES, WORD_FOR_WORD
from flows.steps.comparing import ComparedPair
from flows.steps.findings import Verdict, left_by_doubt
from flows.steps.proposals import ProposedPairs
from flows.steps.scored import ScoredPairs

ROWS = 50_000  # made at once: 15 MB
FIRST_LOOK = "same fact, first look"
DROPPED_AT = ("", WORD_FOR_WORD, FIRST_LOOK, "same fact", "changed")  # where a pair may leave the way to a finding; "" for one that is a finding
CERTAIN = (1.0, 0.0, 0.0)  # entailment, neutral, contradiction of two claims with the same words


@dataclasses.dataclass(frozen=True, eq=False)
class JudgedPairs:
    """What came of each pair of a run, column by column."""

    proposals: ProposedPairs  # those that are word for word the same come first
    scored: ScoredPairs  # the n others; m of these passed the first look, and are judged
    same_fact: NDArray[np.float64]  # (m,)
    score: NDArray[np.float64]  # (m,)
    dropped_at: NDArray[np.uint8]  # (m,) positions in DROPPED_AT

    @classmethod
    def unjudged(cls, proposals: ProposedPairs, scored: ScoredPairs) -> JudgedPairs:
        """Pairs of which none is judged yet: `put` is to be called for each that passed the first look."""
        m = len(scored.likely)
        return cls(proposals, scored, np.zeros(m), np.zeros(m), np.zeros(m, dtype=np.uint8))

    def put(self, place: int, verdict: Verdict) -> None:
        """Keep the verdict on a pair that passed the first look, by its place among those."""
        self.same_fact[place], self.score[place] = verdict.same_fact, verdict.score
        self.dropped_at[place] = DROPPED_AT.index(verdict.dropped_at)

    def n_dropped(self) -> dict[str, int]:
        """How many pairs left the way to a finding, by where."""
        n_judged = np.bincount(self.dropped_at, minlength=len(DROPPED_AT))
        n_before = {WORD_FOR_WORD: self.proposals.n_word_for_word, FIRST_LOOK: len(self.scored.pairs) - len(self.scored.likely)}
        counts = {name: n_before.get(name, int(n)) for name, n in zip(DROPPED_AT, n_judged, strict=True)}
        return {name: n for name, n in counts.items() if name and n}

    @cached_property
    def same_words(self) -> NDArray[np.float64]:
        """How surely the pairs that are word for word the same tell one fact: as their articles tell of one event."""
        affinity = np.array([articles.comparison.affinity for articles in self.proposals.compared])
        return left_by_doubt(affinity[self.proposals.comparison[: self.proposals.n_word_for_word]]).round(4)

    def ends_of_same_fact(self, floor: float) -> list[tuple[str, str]]:
        """The claim ids of each pair that tells one fact with a probability of at least `floor`."""
        pairs = self.proposals
        same = np.concatenate([np.flatnonzero(self.same_words >= floor), pairs.n_word_for_word + self.scored.likely[self.same_fact >= floor]])
        claims = pairs.claims
        return [(claims[i].claim_id, claims[j].claim_id) for i, j in zip(pairs.earlier[same].tolist(), pairs.later[same].tolist(), strict=True)]

    def batches(self, run_id: str) -> Iterator[pa.RecordBatch]:
        """The rows of the table `pairs`, ROWS at a time."""
        claim_ids, article_ids = (pa.array([getattr(claim, name) for claim in self.proposals.claims], pa.string()) for name in ("claim_id", "article_id"))
        for pairs, results in self._parts():
            ends = {"earlier": pa.array(pairs.earlier), "later": pa.array(pairs.later)}
            columns = {f"{side}_claim_id": claim_ids.take(places) for side, places in ends.items()}
            columns |= {f"{side}_article_id": article_ids.take(places) for side, places in ends.items()}
            columns |= {"run_id": pa.repeat(run_id, len(pairs)), "blocking_rule": pa.array(RULES).take(pa.array(pairs.rule))}
            yield to_batch(columns | {"similarity": pa.array(pairs.similarity)} | results, Pair)

    def _parts(self) -> Iterator[tuple[ProposedPairs, dict[str, pa.Array]]]:
        """A part of the pairs, with the columns that say what came of them."""
        n = self.proposals.n_word_for_word
        for start in range(0, n, ROWS):
            pairs = self.proposals.take(slice(start, min(start + ROWS, n)))
            k = len(pairs)
            nli, dropped_at = np.tile(CERTAIN, (k, 1)), np.full(k, DROPPED_AT.index(WORD_FOR_WORD))
            yield pairs, _results(nli, nli, np.ones(k, dtype=bool), self.same_words[start : start + k], np.zeros(k), dropped_at)
        for start in range(0, len(self.scored.pairs), ROWS):
            part = slice(start, start + ROWS)
            pairs = self.scored.pairs.take(part)
            among_judged = slice(*np.searchsorted(self.scored.likely, [start, start + len(pairs)]))
            judged = self.scored.likely[among_judged] - start
            is_judged = np.zeros(len(pairs), dtype=bool)
            is_judged[judged] = True
            nli_back, same_fact, score = np.zeros((len(pairs), 3)), self.scored.same_fact[part].astype(np.float64), np.zeros(len(pairs))
            nli_back[judged], same_fact[judged], score[judged] = self.scored.nli_back[among_judged], self.same_fact[among_judged], self.score[among_judged]
            dropped_at = np.full(len(pairs), DROPPED_AT.index(FIRST_LOOK))
            dropped_at[judged] = self.dropped_at[among_judged]
            yield pairs, _results(self.scored.nli[part].astype(np.float64), nli_back, is_judged, same_fact, score, dropped_at)


def _results(
    nli: NDArray[np.float64], nli_back: NDArray[np.float64], both_ways: NDArray[np.bool_], same_fact: NDArray[np.float64], score: NDArray[np.float64],
    dropped_at: NDArray[np.integer],
) -> dict[str, pa.Array]:  # fmt: skip
    labels = ("entailment", "neutral", "contradiction")
    return {
        **{label: pa.array(nli[:, k]) for k, label in enumerate(labels)},
        **{f"{label}_back": pa.array(nli_back[:, k], mask=~both_ways) for k, label in enumerate(labels)},
        "same_fact": pa.array(same_fact), "score": pa.array(score), "dropped_at": pa.array(DROPPED_AT).take(pa.array(dropped_at)),
    }  # fmt: skip


def evidence_of(pair: ComparedPair, verdict: Verdict) -> dict[str, Any]:
    """The probabilities, what each comparer saw, and how each feature moved the score."""
    forward, back = pair.scores.forward, pair.scores.back
    exclusive, compatible, same = (float(x) if pair.scores.has_heads else None for x in pair.scores.mean("relation"))
    names = ("entailment", "neutral", "contradiction")
    return {
        "similarity": pair.candidate.similarity, "same_fact": verdict.same_fact, "exclusive": exclusive, "compatible": compatible, "same": same,
        **dict(zip(names, map(float, forward.nli[0]), strict=True)),
        **dict(zip((f"{n}_back" for n in names), map(float, back.nli[0]), strict=True)),
        "blocking_rule": pair.candidate.blocking_rule,
        "observations": [dataclasses.asdict(o) for o in pair.observations.values()],
        "contributions": [{"feature": name, "value": value, "contribution": moved} for name, (value, moved) in verdict.contributions.items()],
    }  # fmt: skip
