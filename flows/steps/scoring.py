"""Claims → vectors and pairs of claims → NLI scores, each distinct text and each distinct directed pair once, through the cache."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.steps.cache import ModelCache, text_key
from models.nli import NliScores

if TYPE_CHECKING:
    from flows.workers import Workers

LOOK_UP = 10_000  # pairs looked up in the cache at once: 3 MB of scores
STORE_EVERY = 500  # pairs or texts between two writes: what an interrupted run loses, some seconds' work
Progress = Callable[[int, int], None] | None  # hears how many are done, and of how many


def encode_texts(texts: Sequence[str], workers: Workers, cache: ModelCache, *, on_progress: Progress = None) -> dict[str, NDArray[np.float32]]:
    """Return the unit vector, shape (384,), of each distinct text."""
    keys = {text: text_key(text) for text in dict.fromkeys(texts)}
    known = cache.get("vectors", list(keys.values()))
    missing = [text for text, key in keys.items() if key not in known]
    size = workers.part_size(len(missing))
    parts = [missing[start : start + size] for start in range(0, len(missing), size)]
    for number, vectors in workers.encode(parts):
        new = [(keys[text], vector) for text, vector in zip(parts[number], vectors, strict=True)]
        cache.put("vectors", new)
        known.update(new)
        if on_progress is not None:
            on_progress(len(known), len(keys))
    return {text: known[key] for text, key in keys.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class TextPairs:
    """Directed pairs of texts, as positions (n,) in a list of distinct texts. `pairs[index]` makes pairs of some of them."""

    texts: Sequence[str]
    premises: NDArray[np.integer]
    hypotheses: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.premises)

    def __getitem__(self, index: slice | NDArray[np.integer]) -> TextPairs:
        return TextPairs(self.texts, self.premises[index], self.hypotheses[index])

    def turned_round(self) -> TextPairs:
        """Each pair with its hypothesis as premise."""
        return TextPairs(self.texts, self.hypotheses, self.premises)

    def as_texts(self) -> list[tuple[str, str]]:
        """Each pair's (premise, hypothesis)."""
        places: list[tuple[int, int]] = list(zip(self.premises.tolist(), self.hypotheses.tolist(), strict=True))
        return [(self.texts[p], self.texts[h]) for p, h in places]

    def distinct(self) -> tuple[TextPairs, NDArray[np.integer]]:
        """Each pair once; and for each of these pairs its place, shape (n,), among those."""
        _, first, place = np.unique(self.premises.astype(np.int64) * len(self.texts) + self.hypotheses, return_index=True, return_inverse=True)
        return self[first], place

    def lengths(self) -> NDArray[np.integer]:
        """The code points of each pair, shape (n,)."""
        of_text = np.array([len(text) for text in self.texts], dtype=np.int64)
        return of_text[self.premises] + of_text[self.hypotheses]


def score_pairs(
    pairs: TextPairs,
    workers: Workers,
    cache: ModelCache,
    *,
    keep: Callable[[NliScores], NDArray[np.float32]] = NliScores.to_rows,
    on_progress: Progress = None,
) -> tuple[NDArray[np.float32], int]:
    """Score directed pairs; return what `keep` makes of each pair's scores, shape (n_pairs, …), and how many had to be computed.

    All heads' numbers of a pair take 316 bytes. `keep` gets a part of the pairs at a time and returns what is wanted of each; the cache keeps the rest.
    """
    distinct, place = pairs.distinct()
    none = keep(NliScores.from_rows(np.zeros((0, NliScores.row_width()), dtype=np.float32)))
    kept = np.zeros((len(distinct), *none.shape[1:]), dtype=np.float32)
    missing = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(distinct), LOOK_UP):
        index = np.arange(start, min(start + LOOK_UP, len(distinct)))
        keys = [text_key(*texts) for texts in distinct[index].as_texts()]
        known = cache.get("scores", keys)
        there = np.array([key in known for key in keys])
        if known:
            kept[index[there]] = keep(NliScores.from_rows(np.stack([known[key] for key in keys if key in known])))
        missing.append(index[~there])
    rest = np.concatenate(missing)
    # Longest first over the whole run, not only within a part: the time left shown is then never too short.
    rest = rest[np.argsort(-distinct[rest].lengths(), kind="stable")]
    size = workers.part_size(len(rest))
    parts = [rest[start : start + size] for start in range(0, len(rest), size)]
    n_done = len(distinct) - len(rest)

    def advance(n: int) -> None:
        nonlocal n_done
        n_done += n
        if on_progress is not None:
            on_progress(n_done, len(distinct))

    for number, scores in workers.score((distinct[part].as_texts() for part in parts), on_progress=advance):
        keys = [text_key(*texts) for texts in distinct[parts[number]].as_texts()]
        cache.put("scores", zip(keys, scores.to_rows(), strict=True))
        kept[parts[number]] = keep(scores)
    return kept[place], len(rest)
