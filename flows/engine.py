"""The models, loaded once a process and kept."""

from __future__ import annotations

import dataclasses
import threading

from models.checkpoint import EMBEDDED, ON_GPU, Checkpoint, Precision, fastest_precision, load_checkpoint
from models.encoder import ClaimEncoder
from models.nli import NliScorer

_lock = threading.Lock()
_engines: dict[tuple[str, Precision], Engine] = {}


@dataclasses.dataclass(frozen=True)
class Engine:
    """A scorer for pairs and an encoder for single claims. `model_id` names both checkpoints where they differ."""

    model_id: str
    source: str
    scorer: NliScorer
    encoder: ClaimEncoder

    @property
    def has_heads(self) -> bool:
        return self.scorer.has_heads

    def on_gpu(self) -> Engine:
        """The same on this process's first GPU; what is moved there is gone from here. Raises ModelError where there is none."""
        scoring, encoding = self.scorer.checkpoint, self.encoder.checkpoint
        moved = scoring.on_gpu()
        vectors = moved if encoding is scoring else encoding.on_gpu()
        return Engine(self.model_id + ON_GPU, self.source, NliScorer(moved), ClaimEncoder(vectors))

    def named_on_gpu(self) -> Engine:
        """This engine by the name that it has where workers compute on GPUs."""
        return dataclasses.replace(self, model_id=self.model_id + ON_GPU)


def load_engine(model: str | None = None, precision: Precision | None = None) -> Engine:
    """Load a checkpoint, the embedded one by default, or return it where this process has it. Raises ModelError for one that cannot be used.

    `precision` is by default the fastest of this machine.

    A checkpoint without fact heads scores the pairs; the embedded one then still makes the vectors for blocking.
    """
    key = model or str(EMBEDDED), precision or fastest_precision()
    with _lock:
        if key not in _engines:
            _engines[key] = _load(*key)
        return _engines[key]


def _load(source: str, precision: Precision) -> Engine:
    checkpoint = load_checkpoint(source, precision)
    if checkpoint.heads is not None:
        return Engine(checkpoint.model_id, _shown(checkpoint), NliScorer(checkpoint), ClaimEncoder(checkpoint))
    vectors = load_checkpoint(EMBEDDED, precision)
    return Engine(f"{checkpoint.model_id}+{vectors.model_id}", _shown(checkpoint), NliScorer(checkpoint), ClaimEncoder(vectors))


def _shown(checkpoint: Checkpoint) -> str:
    return "claimdrift-minilm" if checkpoint.source == str(EMBEDDED) else checkpoint.source
