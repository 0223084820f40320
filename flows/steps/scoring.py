"""Claims → vectors and pairs of claims → NLI scores, each distinct text and each distinct directed pair once, through the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.steps.cache import ModelCache, text_key
from models.encoder import ClaimEncoder
from models.nli import NliScorer, NliScores

STORE_EVERY = 2_000  # pairs or texts between two writes, so that an interrupted run keeps what it has


def encode_texts(
    texts: Sequence[str], encoder: ClaimEncoder, cache: ModelCache, *, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, NDArray[np.float32]]:
    """Return the unit vector, shape (384,), of each distinct text."""
    keys = {text: text_key(text) for text in dict.fromkeys(texts)}
    known = cache.get("vectors", list(keys.values()))
    missing = [text for text, key in keys.items() if key not in known]
    for start in range(0, len(missing), STORE_EVERY):
        part = missing[start : start + STORE_EVERY]
        vectors = encoder.encode(part)
        new = [(keys[text], vector) for text, vector in zip(part, vectors, strict=True)]
        cache.put("vectors", new)
        known.update(new)
        if on_progress is not None:
            on_progress(len(keys) - len(missing) + start + len(part), len(keys))
    return {text: known[key] for text, key in keys.items()}


def score_pairs(
    pairs: Sequence[tuple[str, str]], scorer: NliScorer, cache: ModelCache, *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[NliScores, int]:
    """Score directed (premise, hypothesis) pairs; return their scores in order, and how many had to be computed."""
    keys = [text_key(premise, hypothesis) for premise, hypothesis in pairs]
    distinct = dict(zip(keys, pairs, strict=True))
    known = cache.get("scores", list(distinct))
    # Longest first over the whole run, not only within a part: the time left shown is then never too short.
    missing = sorted((key for key in distinct if key not in known), key=lambda key: (-len(distinct[key][0]) - len(distinct[key][1]), key))
    for start in range(0, len(missing), STORE_EVERY):
        part = missing[start : start + STORE_EVERY]
        done = len(distinct) - len(missing) + start

        def advance(n: int, total: list[int] = [done]) -> None:  # noqa: B006  # one counter a part
            total[0] += n
            if on_progress is not None:
                on_progress(total[0], len(distinct))

        rows = scorer.score([distinct[key] for key in part], on_progress=advance).to_rows()
        new = list(zip(part, rows, strict=True))
        cache.put("scores", new)
        known.update(new)
    if not keys:
        return NliScores.from_rows(np.zeros((0, NliScores.row_width()), dtype=np.float32)), 0
    return NliScores.from_rows(np.stack([known[key] for key in keys])), len(missing)
