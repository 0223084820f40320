"""Examples → padded batches of token ids and label tensors. Each distinct text is tokenised once; either order of a pair is put together from that."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator, Sequence

import torch
from tokenizers import Encoding
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from models.architecture import CHANGE_TYPES, DIRECTION_SLICES, DIRECTIONS, N_DIRECTIONS, NLI_LABELS, RELATIONS
from models.examples import Example

NLI_CODES = {**{label: i for i, label in enumerate(NLI_LABELS)}, "not_entailment": 3, "not_contradiction": 4, None: -1}
OPPOSITE = {
    "broadened": "narrowed", "narrowed": "broadened", "replaced": "replaced", "raised": "lowered", "lowered": "raised", "vaguer": "more precise",
    "more precise": "vaguer", "earlier": "later", "later": "earlier", "strengthened": "weakened", "weakened": "strengthened", "advanced": "set back",
    "set back": "advanced", "negated": "affirmed", "affirmed": "negated", "harsher": "softer", "softer": "harsher",
}  # fmt: skip


@dataclasses.dataclass(slots=True)
class Batch:
    """B pairs of T tokens with their labels; -1 (or nan for the real-valued ones) where a label is unknown."""

    input_ids: Tensor  # (B, T)
    token_type_ids: Tensor  # (B, T)
    attention_mask: Tensor  # (B, T)
    nli: Tensor  # (B,) NLI_CODES
    same_fact: Tensor  # (B,) 0, 1 or nan
    changed: Tensor  # (B,) 0, 1 or nan: two facts are no change of one
    relation: Tensor  # (B,) index into RELATIONS or -1
    types: Tensor  # (B, 9) 0, 1 or nan
    moved_on: Tensor  # (B,) 0, 1 or nan
    direction: Tensor  # (B, 26) one-hot within the types whose direction is known, else 0
    tokens: Tensor  # (B, T, 9) 0, 1 or nan

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, f.name).to(device) for f in dataclasses.fields(self)))


@dataclasses.dataclass(frozen=True, slots=True)
class SpecialIds:
    """Ids of the tokens that frame a BERT pair: [CLS] premise [SEP] hypothesis [SEP], then padding."""

    cls: int
    sep: int
    pad: int

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> SpecialIds:
        ids = [tokenizer.convert_tokens_to_ids(str(token)) for token in (tokenizer.cls_token, tokenizer.sep_token, tokenizer.pad_token)]
        first, second, third = (i for i in ids if isinstance(i, int))
        return cls(first, second, third)

    def as_tuple(self) -> tuple[int, int, int]:
        return self.cls, self.sep, self.pad


class Batcher:
    """Turns examples into batches for one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_tokens: int = 128) -> None:
        self.tokenizer = tokenizer
        self.special = SpecialIds.of(tokenizer)
        self.max_tokens = max_tokens
        self._encodings: dict[str, Encoding] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Tokenise texts that were not seen before."""
        new = [t for t in dict.fromkeys(texts) if t not in self._encodings]
        for start in range(0, len(new), 10_000):
            part = new[start : start + 10_000]
            encoded = self.tokenizer(part, add_special_tokens=False, truncation=True, max_length=self.max_tokens, return_offsets_mapping=True)
            self._encodings.update(zip(part, encoded.encodings or [], strict=True))

    def length(self, example: Example) -> int:
        return min(len(self._encodings[example.premise].ids) + len(self._encodings[example.hypothesis].ids) + 3, self.max_tokens)

    def singles(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask, each (B, T), of single sentences with their special tokens."""
        self.prepare(texts)
        cls, sep = self.special.cls, self.special.sep
        return pad([[cls, *self._encodings[t].ids[: self.max_tokens - 2], sep] for t in texts], self.special.pad, to_eight=True)

    def batch(self, examples: Sequence[Example], rng: random.Random | None = None) -> Batch:
        """Pad `examples` together. With `rng`, pairs that tell or do not tell one fact are swapped half of the time, their directions turned round."""
        cls, sep = self.special.cls, self.special.sep
        ids, segments, swaps, spans = [], [], [], []
        for e in examples:
            swap = rng is not None and e.same_fact is not None and rng.random() < 0.5
            a, b = (self._encodings[t] for t in ((e.hypothesis, e.premise) if swap else (e.premise, e.hypothesis)))
            n_a, n_b = cut(len(a.ids), len(b.ids), self.max_tokens - 3)
            ids.append([cls, *a.ids[:n_a], sep, *b.ids[:n_b], sep])
            segments.append([0] * (n_a + 2) + [1] * (n_b + 1))
            swaps.append(swap)
            sides = (e.hypothesis_spans, e.premise_spans) if swap else (e.premise_spans, e.hypothesis_spans)
            texts = (e.hypothesis, e.premise) if swap else (e.premise, e.hypothesis)
            spans.append([(side, text, enc, offset, n) for side, text, enc, offset, n in zip(sides, texts, (a, b), (1, n_a + 2), (n_a, n_b), strict=True)])
        input_ids, mask = pad(ids, self.special.pad, to_eight=True)
        token_types, _ = pad(segments, 0, to_eight=True)
        n, width = input_ids.shape
        nan = float("nan")
        out = Batch(
            input_ids, token_types, mask, torch.full((n,), -1), torch.full((n,), nan), torch.full((n,), nan), torch.full((n,), -1),
            torch.full((n, len(CHANGE_TYPES)), nan),
            torch.full((n,), nan), torch.zeros(n, N_DIRECTIONS), torch.full((n, width, len(CHANGE_TYPES)), nan),
        )  # fmt: skip
        for i, (e, swap) in enumerate(zip(examples, swaps, strict=True)):
            out.nli[i] = NLI_CODES[e.nli]
            if e.same_fact is not None:
                out.same_fact[i] = float(e.same_fact)
            if e.same_fact is False or e.relation is not None:
                out.changed[i] = float(bool(e.same_fact) and e.relation != "same")
            if e.relation is not None:
                out.relation[i] = RELATIONS.index(e.relation)
            if e.types is not None:
                out.types[i] = torch.tensor([float(t in e.types) for t in CHANGE_TYPES])
            if e.moved_on is not None and not swap:  # a question about what came first has no answer the other way round
                out.moved_on[i] = float(e.moved_on)
            for change_type, direction in e.directions.items():
                direction = OPPOSITE.get(direction, "") if swap else direction
                if direction in DIRECTIONS[change_type]:
                    out.direction[i, DIRECTION_SLICES[change_type].start + DIRECTIONS[change_type].index(direction)] = 1.0
            for side, text, encoding, offset, n_tokens in spans[i]:
                if side is None:
                    continue
                out.tokens[i, offset : offset + n_tokens] = 0.0
                for change_type, words in side.items():
                    start = text.find(words) if words else -1
                    for k in range(n_tokens) if start >= 0 else ():
                        first, last = encoding.offsets[k]
                        if first < start + len(words) and last > start:
                            out.tokens[i, offset + k, CHANGE_TYPES.index(change_type)] = 1.0
        return out

    def epoch(self, examples: Sequence[Example], token_budget: int, rng: random.Random) -> Iterator[Batch]:
        """Batches of about `token_budget` tokens, padding included, over all examples in random order.

        A batch holds pairs of one length rounded up to a multiple of 8, and always as many: the matrix library then meets few shapes, and prepares each once.
        """
        order = list(examples)
        rng.shuffle(order)
        waiting: dict[int, list[Example]] = {}
        for e in order:
            width = rounded_up(self.length(e))
            group = waiting.setdefault(width, [])
            group.append(e)
            if len(group) == max(1, token_budget // width):
                yield self.batch(waiting.pop(width), rng)
        for group in waiting.values():
            yield self.batch(group, rng)


def rounded_up(length: int) -> int:
    return -(-length // 8) * 8


def cut(n_a: int, n_b: int, room: int) -> tuple[int, int]:
    """Lengths of two token lists cut to `room` tokens together, the longer one first."""
    half = room // 2
    if n_a + n_b <= room:
        return n_a, n_b
    if n_a <= half:
        return n_a, room - n_a
    if n_b <= room - half:
        return room - n_b, n_b
    return half, room - half


def pad(rows: Sequence[list[int]], value: int, *, to_eight: bool = False) -> tuple[Tensor, Tensor]:
    """Right-padded ids and mask, each (B, longest); with `to_eight` the longest rounded up to a multiple of 8."""
    width = rounded_up(max(len(r) for r in rows)) if to_eight else max(len(r) for r in rows)
    ids = torch.tensor([r + [value] * (width - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (width - len(r)) for r in rows])
    return ids, mask
