"""The pairs of claims that a run proposes: millions, so they are columns of numbers, and an object is made of a pair only where it is looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.records import Claim, Comparison
from flows.steps.blocking import NO_CANDIDATES, RULES, WORD_FOR_WORD, Candidate, Candidates, propose_pairs
from flows.steps.gate import LEAST_LIKELY
from flows.steps.scoring import TextPairs
from flows.steps.views import ArticleView

TOGETHER = 5_000  # pairs of articles whose candidates are joined at once: single, each takes more for its columns' heads than for its numbers
READ_OFF = ("normalised_texts", "places_of_text", "name_marks", "number_marks", "stems", "stem_marks", "stem_counts")


class ComparedArticles(NamedTuple):
    """Two articles that share an event."""

    earlier: ArticleView
    later: ArticleView
    comparison: Comparison


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate pair with the two articles it comes from."""

    earlier: ArticleView
    later: ArticleView
    comparison: Comparison
    candidate: Candidate

    @property
    def claims(self) -> tuple[Claim, Claim]:
        return self.earlier.claims[self.candidate.earlier], self.later.claims[self.candidate.later]

    @property
    def texts(self) -> tuple[str, str]:
        first, second = self.claims
        return first.text, second.text


@dataclasses.dataclass(frozen=True, eq=False)
class ProposedPairs:
    """Candidate pairs of many articles, column by column, all of shape (n,): some 30 bytes a pair. `pairs[i]` makes a `Proposal`.

    Those that are word for word the same, which need no score, come first; else they are in the order of the articles compared.
    """

    compared: tuple[ComparedArticles, ...]
    claims: tuple[Claim, ...]  # of all compared articles, those of one article in a row
    begins: NDArray[np.int32]  # (n_compared, 2) where the claims of the earlier article begin, and those of the later
    comparison: NDArray[np.int32]  # positions in `compared`
    earlier: NDArray[np.int32]  # positions in `claims`
    later: NDArray[np.int32]
    rule: NDArray[np.uint8]  # positions in RULES
    similarity: NDArray[np.float64]
    margin: NDArray[np.float64]

    @classmethod
    def of(cls, compared: Iterable[ComparedArticles], *, least_likely: float = LEAST_LIKELY) -> ProposedPairs:
        """Propose the pairs of all these articles; `least_likely` is the gate's threshold.

        What proposing reads off an article is dropped with the last of its storyline where those of one storyline come in a row, so that memory depends on the
        largest storyline and not on how many there are.
        """
        kept, claims, begins = [], [], []
        sizes: list[int] = []
        joined: dict[str, list[NDArray]] = {f.name: [getattr(NO_CANDIDATES, f.name)] for f in dataclasses.fields(Candidates)}
        recent: list[Candidates] = []
        begin_of: dict[ArticleView, int] = {}
        read: set[ArticleView] = set()
        for articles in compared:
            if read.isdisjoint(articles[:2]):
                _forget(read)
            for view in articles[:2]:
                read.add(view)
                if view not in begin_of:
                    begin_of[view] = len(claims)
                    claims += view.claims
            kept.append(articles)
            begins.append((begin_of[articles.earlier], begin_of[articles.later]))
            c = articles.comparison
            recent.append(propose_pairs(*articles[:2], affinity=c.affinity, near_copy=c.near_copy, least_likely=least_likely))
            sizes.append(len(recent[-1]))
            if len(recent) == TOGETHER:
                _join(joined, recent)
        _join(joined, recent)
        _forget(read)
        begin = np.array(begins, dtype=np.int32).reshape(-1, 2)
        order = np.argsort(np.concatenate(joined["rule"]) != RULES.index(WORD_FOR_WORD), kind="stable")
        comparison = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
        columns = {name: np.concatenate(joined.pop(name))[order] for name in list(joined)}  # one at a time: all twice would be gigabytes
        columns["earlier"] += begin[comparison, 0]
        columns["later"] += begin[comparison, 1]
        return cls(tuple(kept), tuple(claims), begin, comparison, **columns)

    def __len__(self) -> int:
        return len(self.comparison)

    def __getitem__(self, i: int) -> Proposal:
        earlier, later, comparison = self.compared[self.comparison[i]]
        begin = self.begins[self.comparison[i]]
        rule, similarity, margin = RULES[self.rule[i]], float(self.similarity[i]), float(self.margin[i])
        return Proposal(earlier, later, comparison, Candidate(int(self.earlier[i] - begin[0]), int(self.later[i] - begin[1]), rule, similarity, margin))

    def take(self, index: slice | NDArray[np.integer]) -> ProposedPairs:
        """Some of the pairs; with a slice no number is copied."""
        columns = ("comparison", "earlier", "later", "rule", "similarity", "margin")
        return dataclasses.replace(self, **{name: getattr(self, name)[index] for name in columns})

    @property
    def n_word_for_word(self) -> int:
        """How many of the pairs, the first ones, are word for word the same."""
        return int(np.count_nonzero(self.rule == RULES.index(WORD_FOR_WORD)))

    @property
    def n_possible(self) -> int:
        """How many pairs the articles could make."""
        return sum(len(c.earlier.claims) * len(c.later.claims) for c in self.compared)

    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A number for each pair's earlier claim, and for its later one: pairs of the same two articles that share a claim share its number."""
        of_articles = self.comparison.astype(np.int64) * len(self.claims)
        return of_articles + self.earlier, of_articles + self.later

    def texts(self) -> TextPairs:
        """The texts of all pairs, the earlier claim's as premise."""
        numbers: dict[str, int] = {}
        of_claim = np.array([numbers.setdefault(claim.text, len(numbers)) for claim in self.claims], dtype=np.int32)
        return TextPairs(tuple(numbers), of_claim[self.earlier], of_claim[self.later])

    @cached_property
    def claim_ids(self) -> pa.StringArray:
        """The ids of `claims`."""
        return pa.array([claim.claim_id for claim in self.claims], pa.string())

    @cached_property
    def article_ids(self) -> pa.StringArray:
        """The ids of the articles of `claims`."""
        return pa.array([claim.article_id for claim in self.claims], pa.string())


def _join(joined: dict[str, list[NDArray]], recent: list[Candidates]) -> None:
    """Append the candidates, joined, to the columns, and empty the list of them."""
    if recent:
        for name, parts in joined.items():
            parts.append(np.concatenate([getattr(part, name) for part in recent]))
        recent.clear()


def _forget(views: set[ArticleView]) -> None:
    """Drop what is worked out anew where it is asked for again; of an article of 15 claims it takes some 50 KB."""
    for view in views:
        for name in READ_OFF:
            view.__dict__.pop(name, None)
    views.clear()
