"""How many findings were right, and how much was found, where it was measured: on annotated stories that neither checkpoint nor weights were made with.

tests/quality/fit_weights.py writes the figures with the weights. They hold for the embedded checkpoint alone.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from itertools import pairwise
from pathlib import Path

MEASURED_FILE = Path(__file__).parent / "measured.json"


@dataclasses.dataclass(frozen=True)
class Measured:
    """Precision and recall, means over stories, by the least score of a finding; all three of one length, scores upwards."""

    model: str  # the checkpoint's name, as runs.model_source has it
    min_score: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]

    def expected_precision(self, min_score: float) -> float | None:
        """Precision at a least score, linear between those measured; the last one above them, and None below, where none is known."""
        if min_score < self.min_score[0]:
            return None
        for (low, before), (high, after) in pairwise(zip(self.min_score, self.precision, strict=True)):
            if min_score <= high:
                return before + (after - before) * (min_score - low) / (high - low)
        return self.precision[-1]


@cache
def measured(path: Path = MEASURED_FILE) -> Measured:
    """Read the figures."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Measured(data["model"], *(tuple(data[name]) for name in ("min_score", "precision", "recall")))
