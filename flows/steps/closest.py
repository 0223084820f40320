"""How close the closest claims of two articles can be, for all pairs of many articles: products of matrices, of which only the greatest are kept.

An article's claims are taken in pieces of equal size, so that the first claims of all pieces make one matrix, the second ones another, and so on: the greatest
product of two pieces is then the greatest of a few matrices at one place, and nothing is picked claim by claim.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from models.precision import multiplies_bfloat16

PIECE = 2  # claims of one article in a piece: with more, more is filled up; with fewer, less is left to the processor's cache
STRIP = 256  # pieces a side of one product: some MB, little enough to stay near the processor
ROUND = 64  # the pieces of a side are as many times so many: for each shape of a product, torch keeps what it has made ready


def product_type() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively, else float32."""
    return torch.bfloat16 if multiplies_bfloat16() else torch.float32


def most_lost(dtype: torch.dtype) -> float:
    """How much less a product of two unit vectors can come to in this type: each number of both, and the product, is rounded by half a unit at most."""
    return 0.006 if dtype == torch.bfloat16 else 0.0  # 3 / 512 and less than 0.0001 of what is next


@dataclasses.dataclass(frozen=True, eq=False)
class Pieces:
    """The vectors of some articles' claims, those of the article with most claims first: n articles, p pieces."""

    vectors: torch.Tensor  # (PIECE, p, W)
    first: NDArray[np.int64]  # (n,) each article's first piece; its others follow
    n_pieces: NDArray[np.int64]  # (n,) downwards

    @classmethod
    def of(cls, vectors: NDArray[np.float32], sizes: NDArray[np.int64], dtype: torch.dtype | None = None) -> Pieces:
        """The pieces of articles with so many claims each, which go downwards; `vectors` (sum of sizes, W) are no longer than 1."""
        n_pieces = -(-sizes // PIECE)
        first = np.cumsum(n_pieces) - n_pieces
        article = np.repeat(np.arange(len(sizes)), n_pieces)
        piece = np.arange(len(article)) - first[article]
        # An article's last claim fills up its last piece: what is there twice changes no maximum.
        place = np.minimum(PIECE * piece + np.arange(PIECE)[:, None], sizes[article] - 1)
        claims = (np.cumsum(sizes) - sizes)[article] + place  # (PIECE, p)
        return cls(torch.from_numpy(vectors).to(dtype or product_type())[torch.from_numpy(claims)], first, n_pieces)

    def closest(self, articles: NDArray[np.int64], other: Pieces, others: NDArray[np.int64]) -> NDArray[np.float32]:
        """At least the greatest product of a claim of one article with one of another, and little more: (len(articles), len(others)). Both go upwards."""
        a, n_with_a = self._some(articles)
        b, n_with_b = other._some(others)
        closest = torch.full((a.shape[1], b.shape[1]), -torch.inf, dtype=a.dtype)
        columns = b.reshape(-1, b.shape[2]).T
        for start in range(0, len(closest), STRIP):
            part = closest[start : start + STRIP]
            for claims in a[:, start : start + STRIP]:
                torch.maximum(part, (claims @ columns).view(len(part), len(b), -1).amax(1), out=part)
        return (_of_articles(_of_articles(closest, n_with_a).T, n_with_b).T.float() + most_lost(a.dtype)).numpy()

    def _some(self, articles: NDArray[np.int64]) -> tuple[torch.Tensor, list[int]]:
        """Some articles' vectors: all first pieces, then all second ones, and so on, the last one more than once; and how many articles have so many."""
        n_pieces = self.n_pieces[articles]
        n_with = [int(np.count_nonzero(n_pieces > k)) for k in range(n_pieces[0])]
        pieces = np.concatenate([self.first[articles[:n]] + k for k, n in enumerate(n_with)])
        return self.vectors[:, torch.from_numpy(np.pad(pieces, (0, -len(pieces) % ROUND), mode="edge"))], n_with


def _of_articles(of_pieces: torch.Tensor, n_with: Sequence[int]) -> torch.Tensor:
    """The greatest of each article's rows, in the place of its first piece's."""
    first, at = of_pieces[: n_with[0]], n_with[0]
    for n in n_with[1:]:
        torch.maximum(first[:n], of_pieces[at : at + n], out=first[:n])
        at += n
    return first
