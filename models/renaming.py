"""Copies of labelled pairs in which the names and figures that both sentences share are others: what differs stays, and no name can be learnt by heart."""

from __future__ import annotations

import dataclasses
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from models.examples import Example
from models.perturb import NUMBER, other_number

_WORD = re.compile(r"[^\W\d_]{3,}")
_KNOWN = 60  # a capitalised word that stands in so many examples (Reuters, Moscow, Tuesday) means something to a reader, and stays


class Renamer:
    """Renames in pairs of sentences. `names`: the words that may be put in the place of others, and are the only ones to be replaced."""

    def __init__(self, names: Iterable[str], seed: int) -> None:
        self.names = sorted(set(names))
        self._known = frozenset(self.names)
        self._rng = random.Random(seed)

    @classmethod
    def of(cls, examples: Sequence[Example], seed: int) -> Renamer:
        """A renamer over the words of `examples` that are only ever capitalised, and that stand in few of them."""
        small: set[str] = set()
        large: Counter[str] = Counter()
        for example in examples:
            words = set(_WORD.findall(f"{example.premise} {example.hypothesis}"))
            small |= {w for w in words if w.islower()}
            large.update(w for w in words if w.istitle())
        return cls((w for w, n in large.items() if n < _KNOWN and w.lower() not in small), seed)

    def renamed(self, example: Example) -> Example:
        """`example` with each shared name replaced by another, alike in both sentences, and each shared figure by another; itself where nothing is shared.

        What only one sentence has stays, as it may be an alias or the change itself.
        """
        texts = (example.premise, example.hypothesis)
        words = [set(_WORD.findall(t)) for t in texts]
        new = {name: self._rng.choice(self.names) for name in sorted(words[0] & words[1] & self._known)}
        numbers = [set(NUMBER.findall(t)) for t in texts]
        for number in sorted(numbers[0] & numbers[1]):
            if not re.fullmatch(r"(?:19|20)\d\d", number) and (other := other_number(number, float(number.replace(",", "")), self._rng)):
                new[number] = other
        if not new:
            return example
        pattern = re.compile(rf"(?<![\w.,-])(?:{'|'.join(map(re.escape, sorted(new, key=len, reverse=True)))})(?![\w-]|[.,]\d)")

        def replaced(text: str) -> str:
            return pattern.sub(lambda m: new[m.group()], text)

        spans = [None if side is None else {t: replaced(words) for t, words in side.items()} for side in (example.premise_spans, example.hypothesis_spans)]
        return dataclasses.replace(example, premise=replaced(texts[0]), hypothesis=replaced(texts[1]), premise_spans=spans[0], hypothesis_spans=spans[1])
