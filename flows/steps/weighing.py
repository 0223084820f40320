"""Features → calibrated probabilities, by logistic regressions whose weights ship as JSON. Each can say how every feature moved it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

WEIGHTS_FILE = Path(__file__).parent / "weights.json"


@dataclasses.dataclass(frozen=True)
class Logistic:
    """A logistic regression over named features, standardised by `means` and `scales`; features that a pair lacks count as their mean."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]

    def contributions(self, features: Mapping[str, float]) -> dict[str, float]:
        """How far each feature moves the log-odds from the average pair's."""
        return {name: w * (features[name] - self.means[name]) / self.scales[name] for name, w in self.weights.items() if name in features}

    def log_odds(self, features: Mapping[str, float]) -> float:
        return self.intercept + sum(self.contributions(features).values())

    def probability(self, features: Mapping[str, float]) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.log_odds(features)))))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Logistic:
        return cls(data["intercept"], data["weights"], data["means"], data["scales"])


@dataclasses.dataclass(frozen=True)
class Weights:
    """All that decides what comes of a pair. `with_heads` fits checkpoints with fact heads, `nli_only` any three-label one."""

    same_fact: Logistic
    changed: Logistic  # P(a careful reader calls the pair changed), from everything
    types: Mapping[str, Logistic]  # P(type | changed)
    kinds: Mapping[str, Logistic]  # one against the rest, given a changed type: contradiction, update, drift

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Weights:
        return cls(
            Logistic.from_json(data["same_fact"]),
            Logistic.from_json(data["changed"]),
            {name: Logistic.from_json(part) for name, part in data["types"].items()},
            {name: Logistic.from_json(part) for name, part in data["kinds"].items()},
        )


@cache
def load_weights(*, with_heads: bool, path: Path = WEIGHTS_FILE) -> Weights:
    """Read the fitted weights."""
    return Weights.from_json(json.loads(path.read_text(encoding="utf-8"))["with_heads" if with_heads else "nli_only"])


def weights_id(path: Path = WEIGHTS_FILE) -> str:
    """Digest of the weights file: a run's settings name it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
