"""Score sentence pairs: the three NLI labels and, where the checkpoint has them, the fact heads."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding

from models.architecture import CHANGE_TYPES, N_DIRECTIONS, sentence_masks
from models.batches import cut, pad, rounded_up
from models.checkpoint import Checkpoint

TOKENS_PER_BATCH = {"cpu": 2_048, "cuda": 8_192}
DECIMALS = 4  # scores are rounded, so that the last bits, which depend on the batch, never decide
N_TYPES = len(CHANGE_TYPES)
SPAN_FLOOR = 0.15  # a change's words are marked where its best token has at least this probability
SPAN_SHARE = 0.5  # neighbours belong to the span while they have this share of the best token's probability

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class NliScores:
    """Scores of N directed pairs, premise → hypothesis.

    The fact heads' arrays hold nan, and the spans -1, where the checkpoint has no such heads. Spans are code points in the sentence, half-open.
    """

    nli: Floats  # (N, 3) P(entailment), P(neutral), P(contradiction): rows sum to 1
    same_fact: Floats  # (N,) probability
    changed: Floats  # (N,) probability that both tell one fact, and differ in it
    relation: Floats  # (N, 3) P(exclusive), P(compatible), P(same), given the same fact: rows sum to 1
    types: Floats  # (N, 9) probability of each type of change, given the same fact
    moved_on: Floats  # (N,) probability that the world moved on from premise to hypothesis, given that they are exclusive
    direction: Floats  # (N, 26) logits of the directions, to be compared within a type
    premise_spans: Floats  # (N, 9, 2) where the words of each type of change stand in the premise
    hypothesis_spans: Floats  # (N, 9, 2) the same in the hypothesis

    WIDTHS: ClassVar[dict[str, tuple[int, ...]]] = {
        "nli": (3,), "same_fact": (), "changed": (), "relation": (3,), "types": (N_TYPES,), "moved_on": (), "direction": (N_DIRECTIONS,),
        "premise_spans": (N_TYPES, 2), "hypothesis_spans": (N_TYPES, 2),
    }  # fmt: skip

    def __len__(self) -> int:
        return len(self.nli)

    def row(self, i: int) -> NliScores:
        """The scores of one pair, as a table of one row."""
        return NliScores(*(getattr(self, name)[i : i + 1] for name in self.WIDTHS))

    def to_rows(self) -> Floats:
        """All scores of a pair in one row, shape (N, 80), for storing."""
        n = len(self)
        return np.concatenate([getattr(self, name).reshape(n, math.prod(shape)) for name, shape in self.WIDTHS.items()], axis=1)

    @classmethod
    def from_rows(cls, rows: Floats) -> NliScores:
        """The reverse of `to_rows`."""
        parts, start = {}, 0
        for name, shape in cls.WIDTHS.items():
            width = math.prod(shape)
            parts[name] = rows[:, start : start + width].reshape(len(rows), *shape)
            start += width
        return cls(**parts)

    @classmethod
    def row_width(cls) -> int:
        return sum(math.prod(shape) for shape in cls.WIDTHS.values())


@dataclasses.dataclass(frozen=True, slots=True)
class _Tokens:
    """A pair as the model reads it. For checkpoints with heads also the two sentences, for marking words in them, and how many tokens of each are read."""

    ids: list[int]
    segments: list[int] | None
    sides: tuple[Encoding, Encoding] | None = None
    n_premise: int = 0
    n_hypothesis: int = 0

    @property
    def width(self) -> int:
        return rounded_up(len(self.ids))


class NliScorer:
    """Scores directed pairs with one checkpoint. A pair's scores do not depend on what else is in the call."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    @property
    def has_heads(self) -> bool:
        return self.checkpoint.heads is not None

    def score(self, pairs: Sequence[tuple[str, str]], *, on_progress: Callable[[int], None] | None = None) -> NliScores:
        """Score (premise, hypothesis) pairs. Texts beyond the model's length are cut, the longer one first."""
        rows = np.full((len(pairs), NliScores.row_width()), np.nan, dtype=np.float32)
        if not pairs:
            return NliScores.from_rows(rows)
        tokens = self._joined(pairs) if self.has_heads else self._as_the_tokenizer_joins(pairs)
        # A batch holds pairs of one padded width: a pair is then padded alike whatever else is in the call, and its scores are the same to the last bit.
        by_width: dict[int, list[int]] = {}
        for i, t in enumerate(tokens):
            by_width.setdefault(t.width, []).append(i)
        for width in sorted(by_width, reverse=True):  # longest first: an out-of-memory error comes at once, not after an hour
            size = max(1, TOKENS_PER_BATCH[self.checkpoint.device.type] // width)
            for start in range(0, len(by_width[width]), size):
                index = by_width[width][start : start + size]
                rows[index] = self._score_batch([tokens[i] for i in index], size)
                if on_progress is not None:
                    on_progress(len(index))
        return NliScores.from_rows(rows)

    def _joined(self, pairs: Sequence[tuple[str, str]]) -> list[_Tokens]:
        """Tokenise each distinct text once and join them as the embedded checkpoint, a BERT, was trained to read them."""
        tokenizer, max_tokens = self.checkpoint.tokenizer, self.checkpoint.max_tokens
        texts = list(dict.fromkeys(t for pair in pairs for t in pair))
        # Twice the model's length: where a text is cut within a word, the rest of the word can still be seen, and marked.
        encoded = tokenizer(texts, add_special_tokens=False, truncation=True, max_length=2 * max_tokens, return_offsets_mapping=True)
        encodings = dict(zip(texts, encoded.encodings or [], strict=True))
        cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
        tokens = []
        for a, b in ((encodings[p], encodings[h]) for p, h in pairs):
            n_a, n_b = cut(len(a.ids), len(b.ids), max_tokens - 3)
            tokens.append(_Tokens([cls, *a.ids[:n_a], sep, *b.ids[:n_b], sep], [0] * (n_a + 2) + [1] * (n_b + 1), (a, b), n_a, n_b))
        return tokens

    def _as_the_tokenizer_joins(self, pairs: Sequence[tuple[str, str]]) -> list[_Tokens]:
        """Tokenise pairs with the tokenizer's own template: models other than BERT have separators and segments of their own, or none."""
        premises, hypotheses = (list(side) for side in zip(*pairs, strict=True))
        encoded = self.checkpoint.tokenizer(premises, hypotheses, truncation="longest_first", max_length=self.checkpoint.max_tokens)
        segments = encoded.get("token_type_ids") or [None] * len(pairs)
        return [_Tokens(ids, s) for ids, s in zip(encoded["input_ids"], segments, strict=True)]

    def _score_batch(self, batch: Sequence[_Tokens], size: int) -> Floats:
        """Score pairs of one padded width, `size` of them or fewer; their rows, as `to_rows` gives them."""
        checkpoint = self.checkpoint
        trunk: Any = checkpoint.trunk  # a BertForSequenceClassification where there are heads
        tokenizer = checkpoint.tokenizer
        input_ids, mask = on_device(pad([t.ids for t in batch], tokenizer.pad_token_id, to_eight=True), checkpoint.device, size)
        segments = [t.segments for t in batch if t.segments is not None]
        token_types = on_device(pad(segments, tokenizer.pad_token_type_id, to_eight=True), checkpoint.device, size)[0] if segments else None
        out = NliScores.from_rows(np.full((len(batch), NliScores.row_width()), np.nan, dtype=np.float32))
        out.premise_spans[:], out.hypothesis_spans[:] = -1, -1
        with torch.inference_mode():
            if checkpoint.heads is None or token_types is None:
                segments_too = {} if token_types is None else {"token_type_ids": token_types}
                inputs = {"input_ids": input_ids, "attention_mask": mask, **segments_too}
                with checkpoint.reading():
                    logits = trunk(**{name: whole_rows(tensor) for name, tensor in inputs.items()}).logits[: len(batch)]
            else:
                with checkpoint.reading():
                    hidden = trunk.bert(input_ids=input_ids, token_type_ids=token_types, attention_mask=mask).last_hidden_state.float()  # (B, T, H)
                special = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id)
                hidden, *masks = (whole_rows(t) for t in (hidden, *sentence_masks(input_ids, token_types, mask, special)))
                logits = trunk.classifier(trunk.bert.pooler(hidden))[: len(batch)]
                heads = checkpoint.heads(hidden, *masks)
                n = len(batch)
                out.same_fact[:] = _rounded(heads.same_fact[:n].double().sigmoid())
                out.changed[:] = _rounded(heads.changed[:n].double().sigmoid())
                out.relation[:] = _rounded(heads.relation[:n].double().softmax(-1))
                out.types[:] = _rounded(heads.types[:n].double().sigmoid())
                out.moved_on[:] = _rounded(heads.moved_on[:n].double().sigmoid())
                out.direction[:] = _rounded(heads.direction[:n].double())
                marks = heads.tokens.double().sigmoid().cpu().numpy()  # (B, T, 9)
                for i, t in enumerate(batch):
                    assert t.sides is not None
                    middle = 2 + t.n_premise
                    out.premise_spans[i] = change_spans(marks[i, 1 : middle - 1], t.sides[0], t.n_premise)
                    out.hypothesis_spans[i] = change_spans(marks[i, middle : middle + t.n_hypothesis], t.sides[1], t.n_hypothesis)
        out.nli[:] = _rounded(logits.double().softmax(-1)[:, list(checkpoint.columns)])
        return out.to_rows()


def on_device(tensors: Iterable[torch.Tensor], device: torch.device, size: int) -> list[torch.Tensor]:
    """Move tensors (B, ...) to where the weights lie. On a GPU they are filled up to `size` rows: its library goes by the shape of the whole batch."""
    return list(tensors) if device.type == "cpu" else [whole_rows(tensor, size).to(device) for tensor in tensors]


def whole_rows(tensor: torch.Tensor, of: int = 4) -> torch.Tensor:
    """`tensor` (B, ...) with its last row repeated until B is a multiple of 4, or of another number.

    The matrix library takes four rows at a time and sums those left over in another order: the last bits of a pair would depend on how many pairs are with it.
    """
    extra = -len(tensor) % of
    return torch.cat([tensor, tensor[-1:].expand(extra, *tensor.shape[1:])]) if extra else tensor


def _rounded(values: torch.Tensor) -> Floats:
    """Probabilities are computed in double precision: in single, a vectorised exp and the one for the numbers left over differ in the last bit."""
    return np.round(values.cpu().numpy(), DECIMALS).astype(np.float32)


def change_spans(probabilities: NDArray[np.floating], encoding: Encoding, n_tokens: int) -> Floats:
    """The words that carry each type of change, shape (9, 2), from token probabilities (T, 9): the best token and its neighbours of like probability.

    Whole words, also where only `n_tokens` of the text's tokens were read.
    """
    spans = np.full((N_TYPES, 2), -1, dtype=np.float32)
    if n_tokens == 0:
        return spans
    best = probabilities.argmax(0)
    words, offsets = encoding.word_ids, encoding.offsets
    for t in range(N_TYPES):
        top = probabilities[best[t], t]
        if top < SPAN_FLOOR:
            continue
        first = last = int(best[t])
        while first > 0 and (probabilities[first - 1, t] >= SPAN_SHARE * top or words[first - 1] == words[first]):
            first -= 1
        while last + 1 < n_tokens and (probabilities[last + 1, t] >= SPAN_SHARE * top or words[last + 1] == words[last]):
            last += 1
        if last == n_tokens - 1:  # the text may have been cut within this word
            while last + 1 < len(words) and words[last + 1] == words[last]:
                last += 1
        spans[t] = offsets[first][0], offsets[last][1]
    return spans
