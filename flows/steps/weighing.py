"""Features → calibrated probabilities, by logistic regressions and boosted trees that ship as JSON. Each can say how every feature moved it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

    def probabilities(self, features: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """The same of many pairs at once; every feature is there, in one shape."""
        log_odds = self.intercept + sum(w * (features[name] - self.means[name]) / self.scales[name] for name, w in self.weights.items())
        return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0)))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Logistic:
        return cls(data["intercept"], data["weights"], data["means"], data["scales"])


@dataclasses.dataclass(frozen=True)
class Tree:
    """One regression tree, as parallel lists over its nodes; the root is node 0, and a leaf has no feature (""). To the left go values up to the threshold.

    `values` are log-odds, a parent's the mean of its leaves'.
    """

    features: tuple[str, ...]
    thresholds: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    values: tuple[float, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class _Forest:
    """Many trees side by side, all of whose steps down are taken at once: the nodes of all in a row, a leaf its own child."""

    names: tuple[str, ...]
    asked: NDArray[np.intp]  # (n_nodes,) positions in `names`
    thresholds: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    values: NDArray[np.float64]
    roots: NDArray[np.intp]  # (n_trees,)

    @classmethod
    def of(cls, trees: Sequence[Tree]) -> _Forest:
        names = tuple(dict.fromkeys(name for tree in trees for name in tree.features if name))
        place = {name: i for i, name in enumerate(names)}
        ends = np.cumsum([len(tree.features) for tree in trees], dtype=np.intp)
        roots = np.array([0, *ends[:-1]], dtype=np.intp)[: len(trees)]
        below, above = (
            np.array([root + (child if name else node) for tree, root in zip(trees, roots.tolist(), strict=True)
                      for node, (name, child) in enumerate(zip(tree.features, getattr(tree, side), strict=True))], dtype=np.intp)
            for side in ("left", "right")
        )  # fmt: skip
        asked = np.array([place.get(name, 0) for tree in trees for name in tree.features], dtype=np.intp)
        thresholds, values = (np.array([x for tree in trees for x in getattr(tree, column)], dtype=np.float64) for column in ("thresholds", "values"))
        return cls(names, asked, thresholds, below, above, values, roots)

    def contributions(self, features: Mapping[str, float]) -> dict[str, float]:
        """As `Boosted.contributions`: summed in the trees' order, of each tree from its root down."""
        given = np.array([features[name] for name in self.names], dtype=np.float64)
        paths = [self.roots]
        while True:
            node = paths[-1]
            child = np.where(given[self.asked[node]] <= self.thresholds[node], self.left[node], self.right[node]) if self.names else node
            if np.array_equal(child, node):
                break
            paths.append(child)
        path = np.stack(paths, axis=1)  # (n_trees, at most depth + 1)
        step = path[:, 1:] != path[:, :-1]
        before, after = path[:, :-1][step], path[:, 1:][step]
        asked = self.asked[before]
        moved = np.bincount(asked, self.values[after] - self.values[before], minlength=len(self.names))
        return {self.names[i]: float(moved[i]) for i in dict.fromkeys(asked.tolist())}


@dataclasses.dataclass(frozen=True)
class Boosted:
    """Gradient-boosted trees (Friedman 2001): the log-odds are the sum of the leaves that a pair falls into. Needs every feature it was fitted on."""

    intercept: float
    trees: tuple[Tree, ...]

    def log_odds(self, features: Mapping[str, float]) -> float:
        return self.intercept + sum(self.contributions(features).values())

    def contributions(self, features: Mapping[str, float]) -> dict[str, float]:
        """How far each feature moves the log-odds: on each step down a tree the change of the node's value goes to the feature asked there (Saabas 2014)."""
        return self._forest.contributions(features)

    @cached_property
    def _forest(self) -> _Forest:
        return _Forest.of(self.trees)

    def probability(self, features: Mapping[str, float]) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.log_odds(features)))))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Boosted:
        return cls(data["intercept"], tuple(Tree(*(tuple(tree[f.name]) for f in dataclasses.fields(Tree))) for tree in data["trees"]))


@dataclasses.dataclass(frozen=True)
class Weights:
    """All that decides what comes of a pair. `with_heads` fits checkpoints with fact heads, `nli_only` any three-label one."""

    same_fact: Logistic
    changed: Boosted  # P(a careful reader calls the pair changed), from everything
    types: Mapping[str, Logistic]  # P(type | changed)
    kinds: Mapping[str, Logistic]  # one against the rest, given a changed type: contradiction, update, drift

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Weights:
        return cls(
            Logistic.from_json(data["same_fact"]),
            Boosted.from_json(data["changed"]),
            {name: Logistic.from_json(part) for name, part in data["types"].items()},
            {name: Logistic.from_json(part) for name, part in data["kinds"].items()},
        )


@cache
def load_weights(*, with_heads: bool, path: Path = WEIGHTS_FILE) -> Weights:
    """Read the fitted weights."""
    return Weights.from_json(json.loads(path.read_text(encoding="utf-8"))["with_heads" if with_heads else "nli_only"])


@cache
def load_gate(path: Path = WEIGHTS_FILE) -> Logistic:
    """Read what flows/steps/gate.py weighs before the model sees a pair."""
    return Logistic.from_json(json.loads(path.read_text(encoding="utf-8"))["gate"])


def weights_id(path: Path = WEIGHTS_FILE) -> str:
    """Digest of the weights file: a run's settings name it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
