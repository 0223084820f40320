"""Score sentence pairs: the three NLI labels and, where the checkpoint has them, the fact heads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding

from models.architecture import CHANGE_TYPES, N_DIRECTIONS, sentence_masks
from models.batches import fit, pad
from models.checkpoint import Checkpoint

TOKENS_PER_BATCH = 4_096
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
    relation: Floats  # (N, 3) P(exclusive), P(compatible), P(same), given the same fact: rows sum to 1
    types: Floats  # (N, 9) probability of each type of change, given the same fact
    moved_on: Floats  # (N,) probability that the world moved on from premise to hypothesis, given that they are exclusive
    direction: Floats  # (N, 26) logits of the directions, to be compared within a type
    premise_spans: Floats  # (N, 9, 2) where the words of each type of change stand in the premise
    hypothesis_spans: Floats  # (N, 9, 2) the same in the hypothesis

    WIDTHS: ClassVar[dict[str, tuple[int, ...]]] = {
        "nli": (3,), "same_fact": (), "relation": (3,), "types": (N_TYPES,), "moved_on": (), "direction": (N_DIRECTIONS,),
        "premise_spans": (N_TYPES, 2), "hypothesis_spans": (N_TYPES, 2),
    }  # fmt: skip

    def __len__(self) -> int:
        return len(self.nli)

    def row(self, i: int) -> NliScores:
        """The scores of one pair, as a table of one row."""
        return NliScores(*(getattr(self, name)[i : i + 1] for name in self.WIDTHS))

    def to_rows(self) -> Floats:
        """All scores of a pair in one row, shape (N, 97), for storing."""
        n = len(self)
        return np.concatenate([getattr(self, name).reshape(n, -1) for name in self.WIDTHS], axis=1)

    @classmethod
    def from_rows(cls, rows: Floats) -> NliScores:
        """The reverse of `to_rows`."""
        parts, start = {}, 0
        for name, shape in cls.WIDTHS.items():
            width = int(np.prod(shape))
            parts[name] = rows[:, start : start + width].reshape(len(rows), *shape)
            start += width
        return cls(**parts)

    @classmethod
    def row_width(cls) -> int:
        return sum(int(np.prod(shape)) for shape in cls.WIDTHS.values())


class NliScorer:
    """Scores directed pairs with one checkpoint. A pair's scores do not depend on what else is in the call."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    @property
    def has_heads(self) -> bool:
        return self.checkpoint.heads is not None

    def score(self, pairs: Sequence[tuple[str, str]], *, on_progress: Callable[[int], None] | None = None) -> NliScores:
        """Score (premise, hypothesis) pairs. Texts beyond the model's length are cut, the longer one first."""
        tokenizer = self.checkpoint.tokenizer
        texts = list(dict.fromkeys(t for pair in pairs for t in pair))
        encodings: dict[str, Encoding] = {}
        if texts:
            encoded = tokenizer(texts, add_special_tokens=False, truncation=True, max_length=self.checkpoint.max_tokens, return_offsets_mapping=True)
            encodings = dict(zip(texts, encoded.encodings or [], strict=True))
        lengths = [len(encodings[p].ids) + len(encodings[h].ids) for p, h in pairs]
        order = sorted(range(len(pairs)), key=lambda i: -lengths[i])  # longest first: an out-of-memory error comes at once, not after an hour
        rows = np.full((len(pairs), NliScores.row_width()), np.nan, dtype=np.float32)
        start = 0
        while start < len(order):
            width = max(1, lengths[order[start]] + 3)
            index = order[start : start + max(1, TOKENS_PER_BATCH // width)]
            rows[index] = self._score_batch([(encodings[pairs[i][0]], encodings[pairs[i][1]]) for i in index])
            start += len(index)
            if on_progress is not None:
                on_progress(len(index))
        return NliScores.from_rows(rows)

    def _score_batch(self, pairs: list[tuple[Encoding, Encoding]]) -> Floats:
        checkpoint = self.checkpoint
        tokenizer, config = checkpoint.tokenizer, checkpoint.trunk.config
        ids, segments, lengths = [], [], []
        for a, b in pairs:
            # `build_inputs` by the tokenizer's own template, so that models other than BERT get their own separators.
            n_a, n_b = fit(len(a.ids), len(b.ids), checkpoint.max_tokens - tokenizer.num_special_tokens_to_add(pair=True))
            if checkpoint.heads is not None:
                ids.append([tokenizer.cls_token_id, *a.ids[:n_a], tokenizer.sep_token_id, *b.ids[:n_b], tokenizer.sep_token_id])
                segments.append([0] * (n_a + 2) + [1] * (n_b + 1))
            else:
                joined = tokenizer.prepare_for_model(a.ids[:n_a], b.ids[:n_b], add_special_tokens=True) if hasattr(tokenizer, "prepare_for_model") else None
                ids.append(joined["input_ids"] if joined else tokenizer.build_inputs_with_special_tokens(a.ids[:n_a], b.ids[:n_b]))
                segments.append(joined.get("token_type_ids", [0] * len(ids[-1])) if joined else [0] * len(ids[-1]))
            lengths.append((n_a, n_b))
        input_ids, mask = pad(ids, tokenizer.pad_token_id, to_eight=True)
        token_types, _ = pad(segments, 0, to_eight=True)
        out = NliScores.from_rows(np.full((len(pairs), NliScores.row_width()), np.nan, dtype=np.float32))
        out.premise_spans[:], out.hypothesis_spans[:] = -1, -1
        with torch.inference_mode():
            if checkpoint.heads is None:
                segments_too = {"token_type_ids": token_types} if getattr(config, "type_vocab_size", 0) > 1 else {}
                logits = checkpoint.trunk(input_ids=input_ids, attention_mask=mask, **segments_too).logits
            else:
                trunk = checkpoint.trunk
                output = trunk.bert(input_ids=input_ids, token_type_ids=token_types, attention_mask=mask)
                logits = trunk.classifier(output.pooler_output)
                special = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id)
                heads = checkpoint.heads(output.last_hidden_state, *sentence_masks(input_ids, token_types, mask, special))
                out.same_fact[:] = _rounded(heads.same_fact.sigmoid())
                out.relation[:] = _rounded(heads.relation.softmax(-1))
                out.types[:] = _rounded(heads.types.sigmoid())
                out.moved_on[:] = _rounded(heads.moved_on.sigmoid())
                out.direction[:] = _rounded(heads.direction)
                tokens = heads.tokens.sigmoid().numpy()  # (B, T, 9)
                for i, ((a, b), (n_a, n_b)) in enumerate(zip(pairs, lengths, strict=True)):
                    out.premise_spans[i] = change_spans(tokens[i, 1 : 1 + n_a], a, n_a)
                    out.hypothesis_spans[i] = change_spans(tokens[i, 2 + n_a : 2 + n_a + n_b], b, n_b)
        out.nli[:] = _rounded(logits.softmax(-1)[:, list(checkpoint.columns)])
        return out.to_rows()


def _rounded(values: torch.Tensor) -> Floats:
    return np.round(values.float().numpy(), DECIMALS)


def change_spans(probabilities: NDArray[np.float32], encoding: Encoding, n_tokens: int) -> Floats:
    """The words that carry each type of change, shape (9, 2), from token probabilities (T, 9): the best token and its neighbours of like probability, whole words."""
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
        spans[t] = offsets[first][0], offsets[last][1]
    return spans
