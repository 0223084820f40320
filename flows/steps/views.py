"""An article as the steps that compare see it: its claims with vectors, and what is read off them once and looked at many times."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.language.alignment import content_words, fold
from flows.records import Article, Claim


@dataclasses.dataclass(frozen=True, eq=False)
class Marks:
    """Which claims of an article have which marks: `has` (n_claims, n_marks) is 1 where a claim has the mark of that column, else 0."""

    column: Mapping[Hashable, int]
    has: NDArray[np.float32]

    @classmethod
    def of(cls, marks: Sequence[Collection[Hashable]]) -> Marks:
        """The marks of each claim, in order."""
        column = {mark: k for k, mark in enumerate(dict.fromkeys(mark for of_claim in marks for mark in of_claim))}
        has = np.zeros((len(marks), len(column)), dtype=np.float32)
        for i, of_claim in enumerate(marks):
            has[i, [column[mark] for mark in of_claim]] = 1.0
        return cls(column, has)

    def shared(self, other: Marks) -> NDArray[np.float32]:
        """How many marks each claim here has in common with each claim there, shape (n_claims, n_claims there)."""
        common = list(self.column.keys() & other.column.keys())
        return self.has[:, [self.column[mark] for mark in common]] @ other.has[:, [other.column[mark] for mark in common]].T


@dataclasses.dataclass(frozen=True, eq=False)
class ArticleView:
    """An article with all that comparing needs of it. `vectors` (n_claims, H) are the claims' unit vectors; `seen_at` are the dates of its sightings."""

    article: Article
    claims: tuple[Claim, ...]
    vectors: NDArray[np.float32]
    source_keys: frozenset[str]
    outlets: frozenset[str]
    shingles: frozenset[int]
    seen_at: frozenset[dt.datetime | None] = frozenset()

    @cached_property
    def dates(self) -> frozenset[dt.datetime | None]:
        """Every date that the text was published at; None among them where it was seen without one."""
        return self.seen_at or frozenset({self.article.published_at})

    @cached_property
    def centroid(self) -> NDArray[np.float32]:
        """The unit vector of the claims' mean, shape (H,)."""
        mean = self.vectors.mean(0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The words of all names in the claims, folded; demonyms and short words left in, since what is common is common to both."""
        return frozenset(word for claim in self.claims for name in claim.names for word in re.findall(r"\w{3,}", fold(name.text)))

    @cached_property
    def normalised_texts(self) -> tuple[str, ...]:
        """Each claim's text as `normalised` has it."""
        return tuple(normalised(claim.text) for claim in self.claims)

    @cached_property
    def places_of_text(self) -> dict[str, list[int]]:
        """Where each normalised text stands among the claims."""
        places: dict[str, list[int]] = {}
        for i, text in enumerate(self.normalised_texts):
            places.setdefault(text, []).append(i)
        return places

    @cached_property
    def name_marks(self) -> Marks:
        """Which words of names each claim has, folded."""
        return Marks.of([claim_marks(claim)[0] for claim in self.claims])

    @cached_property
    def number_marks(self) -> Marks:
        """Which numbers each claim has."""
        return Marks.of([claim_marks(claim)[1] for claim in self.claims])

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """Each claim's content stems."""
        return tuple(frozenset(word[0] for word in content_words(claim.text)) for claim in self.claims)

    @cached_property
    def stem_marks(self) -> Marks:
        """Which content stems each claim has."""
        return Marks.of(self.stems)

    @cached_property
    def stem_counts(self) -> Counter[str]:
        """In how many of the claims each content stem stands."""
        return Counter(stem for stems in self.stems for stem in stems)


def places_in_articles(a: ArticleView, i: int, b: ArticleView, j: int) -> dict[str, float]:
    """What the two articles around claims `i` and `j` say on whether these tell one fact, as features; the same whichever article is first.

    `rare_words`, `rare_words_share`: as below. `position_apart`: how far apart they stand, each as a share of its article's claims. `position_first`: how many
    claims come before the one that stands nearer to its article's beginning, in tens.
    """
    shared, share = rare_words(a, i, b, j)
    return {
        "rare_words": round(shared, 4),
        "rare_words_share": round(share, 4),
        "position_apart": round(abs(i / len(a.claims) - j / len(b.claims)), 4),
        "position_first": min(i, j) / 10,
    }


def rare_words(a: ArticleView, i: int, b: ArticleView, j: int) -> tuple[float, float]:
    """How much the rare words of two articles bind two of their claims: the summed rarity of the stems both claims have, and its share of the claim with less.

    A stem's rarity is the log of (claims of both articles + 1) / (those that have it): words all over two articles about one event bind no two claims.
    """
    n = len(a.claims) + len(b.claims) + 1

    def rarity(stems: frozenset[str]) -> float:
        return math.fsum(math.log(n / (a.stem_counts[stem] + b.stem_counts[stem])) for stem in stems)

    shared = rarity(a.stems[i] & b.stems[j])
    least = min(rarity(a.stems[i]), rarity(b.stems[j]))
    return shared, shared / least if least > 0 else 0.0


def normalised(text: str) -> str:
    """A claim's words, for telling whether two claims are word for word the same: case, spaces and punctuation do not count, signs of money and measure do."""
    return " ".join(re.findall(r"\w+|[%‰°€$£¥₹]|(?<!\w)[-−+](?=\d)", fold(text)))


def claim_marks(claim: Claim) -> tuple[frozenset[str], frozenset[float]]:
    """A claim's words of names, folded, and its numbers."""
    names = frozenset(word for name in claim.names for word in re.findall(r"\w{3,}", fold(name.text)))
    return names, frozenset(q.low for q in claim.quantities)
