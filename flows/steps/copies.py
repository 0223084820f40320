"""How much of one text stands word for word in another: overlap of word shingles.

Containment rather than Jaccard similarity, after Broder, "On the resemblance and containment of documents" (1997): a wire report of 200 words inside an
article of 900 is a copy, though most of the longer text is new.
"""

from __future__ import annotations

import hashlib
import re

SHINGLE_WORDS = 8
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def shingles(text: str) -> frozenset[int]:
    """Return the text's runs of 8 words as 64-bit hashes, the same in every process; case and punctuation do not count.

    A text of fewer than 8 words is one shingle; a text without words has none.
    """
    words = [word.replace("’", "'") for word in _WORD.findall(text.casefold())]
    if not words:
        return frozenset()
    n_shingles = max(1, len(words) - SHINGLE_WORDS + 1)
    runs = (" ".join(words[i : i + SHINGLE_WORDS]) for i in range(n_shingles))
    # Python's own hash() is salted per process; blake2b is not.
    return frozenset(int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") for run in runs)


def shingle_overlap(a: frozenset[int], b: frozenset[int]) -> float:
    """Return the share of the smaller set that is in the other, 0 to 1; 0 where either is empty. Symmetric."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0


def near_copy(a: str, b: str) -> float:
    """Return how much of the shorter text stands word for word in the longer, 0 to 1. Symmetric; 1 for equal texts that have words."""
    return shingle_overlap(shingles(a), shingles(b))
