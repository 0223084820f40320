"""Cards: an archive's articles as a drop looks through them, so that only those which may share an event with its articles are read whole.

A card has an article's claim vectors, in half precision, and hashes of the words of its names: what the affinity (flows/steps/affinity.py) is made of. It
is looked at with an upper bound of the affinity, so no article is passed over that the full test would take.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flows.steps.affinity import CENTROID_FLOOR, MANY_NAMES, least_log_odds, log_odds
from flows.steps.nearby import ROUNDING, most_of_three_closest
from flows.steps.views import ArticleView


@dataclasses.dataclass(frozen=True, eq=False)
class Card:
    """An article's claim vectors (n_claims, H), their centroid (H,) and the hashes of its name words."""

    vectors: NDArray[np.float16]
    centroid: NDArray[np.float32]
    names: frozenset[int]

    @classmethod
    def of(cls, view: ArticleView) -> Card:
        centroid = view.centroid if view.claims else np.zeros(view.vectors.shape[1], dtype=np.float32)
        return cls(view.vectors.astype(np.float16), centroid.astype(np.float32), name_hashes(view))

    def to_bytes(self) -> bytes:
        names = np.array(sorted(self.names), dtype="<u8")
        sizes = np.array([len(names), len(self.centroid)], dtype="<u4")
        return sizes.tobytes() + names.tobytes() + self.centroid.astype("<f4").tobytes() + self.vectors.astype("<f2").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Card:
        n_names, width = (int(n) for n in np.frombuffer(data, dtype="<u4", count=2))
        names = np.frombuffer(data, dtype="<u8", count=n_names, offset=8)
        at = 8 + names.nbytes
        centroid = np.frombuffer(data, dtype="<f4", count=width, offset=at)
        vectors = np.frombuffer(data, dtype="<f2", offset=at + centroid.nbytes).reshape(-1, width)
        return cls(vectors, centroid, frozenset(names.tolist()))


def name_hashes(view: ArticleView) -> frozenset[int]:
    """64 bits of a hash of each of the article's name words."""
    return frozenset(int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big") for word in view.name_words)


def may_share_event(new: Sequence[ArticleView], cards: Sequence[Card], min_affinity: float) -> list[bool]:
    """Say of each card whether its article can reach the affinity with one of the new ones at all."""
    found = [False] * len(cards)
    usable = [i for i, card in enumerate(cards) if len(card.vectors)]
    new = [view for view in new if view.claims]
    if not usable or not new:
        return found
    starts = np.cumsum([0, *(len(cards[i].vectors) for i in usable)])
    vectors = np.concatenate([cards[i].vectors for i in usable]).astype(np.float32)
    nearness = np.stack([cards[i].centroid for i in usable]) @ np.stack([view.centroid for view in new]).T + ROUNDING
    least = least_log_odds(min_affinity)
    n_claims = np.diff(starts)
    for column, view in enumerate(new):
        similarity = vectors @ view.vectors.T
        closest = np.maximum.reduceat(similarity.max(1), starts[:-1]) + ROUNDING
        near = nearness[:, column]
        n_pairs = n_claims * len(view.claims)
        most = log_odds(n_pairs, near, closest, MANY_NAMES, 1.0)
        names = name_hashes(view)
        for k in np.flatnonzero((near >= CENTROID_FLOOR) & (most >= least)):
            card = cards[usable[k]]
            if not found[usable[k]]:
                three = most_of_three_closest(similarity[starts[k] : starts[k + 1]]) + ROUNDING
                shared = len(names & card.names)
                share = shared / max(1, min(len(names), len(card.names)))
                found[usable[k]] = bool(log_odds(n_pairs[k], near[k], three, shared, share) >= least)
    return found
