"""Claims → unit vectors, for finding the other tellings of a fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.architecture import masked_mean
from models.batches import pad, rounded_up
from models.checkpoint import Checkpoint
from models.nli import on_device

TOKENS_PER_BATCH = 4_096
MAX_TOKENS = 128


class ClaimEncoder:
    """Encodes single sentences with the trunk of a checkpoint that has fact heads: the mean of the last layer's token vectors, normalised."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        if checkpoint.heads is None:
            raise ValueError(f"{checkpoint.source} has no fact heads: its vectors were not trained to find neighbours")
        self.checkpoint = checkpoint

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return self.checkpoint.trunk.config.hidden_size

    def encode(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Return unit vectors, shape (N, width). A text's vector does not depend on what else is in the call."""
        tokenizer = self.checkpoint.tokenizer
        trunk: Any = self.checkpoint.trunk  # a BertForSequenceClassification, since it has heads
        out = np.zeros((len(texts), self.width), dtype=np.float32)
        if not texts:
            return out
        ids = tokenizer(list(texts), truncation=True, max_length=MAX_TOKENS)["input_ids"]
        # Texts of one padded width together: a text is then padded alike whatever else is in the call, and its vector is the same to the last bit.
        by_width: dict[int, list[int]] = {}
        for i, row in enumerate(ids):
            by_width.setdefault(rounded_up(len(row)), []).append(i)
        for width in sorted(by_width, reverse=True):
            size = max(1, TOKENS_PER_BATCH // width)
            for start in range(0, len(by_width[width]), size):
                index = by_width[width][start : start + size]
                input_ids, mask = on_device(pad([ids[i] for i in index], tokenizer.pad_token_id, to_eight=True), self.checkpoint.device, size)
                with self.checkpoint.reading():
                    hidden = trunk.bert(input_ids=input_ids, attention_mask=mask).last_hidden_state
                with torch.inference_mode():
                    vectors = torch.nn.functional.normalize(masked_mean(hidden.float(), mask), dim=-1)
                out[index] = np.round(vectors[: len(index)].cpu().numpy(), 5)
                if on_progress is not None:
                    on_progress(len(index))
        return out
