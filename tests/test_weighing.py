"""Logistic regressions that can say how each feature moved them."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.records import CHANGE_TYPES, KINDS
from flows.steps.weighing import WEIGHTS_FILE, Boosted, Logistic, Tree, load_weights, weights_id

NUMBERS = st.floats(-50, 50)
NAMES = st.sampled_from("abcdef")


@st.composite
def logistics(draw: st.DrawFn) -> Logistic:
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    return Logistic(
        draw(NUMBERS), {n: draw(NUMBERS) for n in names}, {n: draw(NUMBERS) for n in names}, {n: draw(st.floats(0.01, 20)) for n in names}
    )  # fmt: skip


FEATURES = st.dictionaries(NAMES, NUMBERS)


@given(model=logistics(), features=FEATURES)
def test_contributions_sum_to_the_log_odds(model: Logistic, features: dict[str, float]):
    total = model.intercept + sum(model.contributions(features).values())
    assert model.log_odds(features) == pytest.approx(total)
    assert 0 <= model.probability(features) <= 1
    if abs(total) < 30:
        assert math.log(model.probability(features) / (1 - model.probability(features))) == pytest.approx(total, abs=1e-2)


@given(model=logistics(), features=FEATURES)
def test_a_missing_feature_counts_as_its_mean(model: Logistic, features: dict[str, float]):
    filled = {**model.means, **features}
    assert model.log_odds(filled) == pytest.approx(model.log_odds(features))
    assert model.log_odds(model.means) == pytest.approx(model.intercept)


@given(model=logistics(), features=FEATURES)
def test_features_without_weight_play_no_part(model: Logistic, features: dict[str, float]):
    assert model.log_odds({**features, "unheard of": 7.0}) == model.log_odds(features)


@given(model=logistics(), features=FEATURES)
def test_json_there_and_back(model: Logistic, features: dict[str, float]):
    data = {"intercept": model.intercept, "weights": model.weights, "means": model.means, "scales": model.scales}
    assert Logistic.from_json(json.loads(json.dumps(data))) == model


def test_log_odds_beyond_all_bounds_are_still_probabilities():
    model = Logistic(0.0, {"a": 1e6}, {"a": 0.0}, {"a": 1.0})
    assert model.probability({"a": 1.0}) > 0.999
    assert model.probability({"a": -1.0}) < 0.001


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Tree:
    """A tree whose inner values are the means of their children's, as fitting leaves them when both get as many pairs."""
    nodes: list[tuple[str, float, int, int, float]] = []

    def grow(depth: int) -> int:
        node = len(nodes)
        nodes.append(("", 0.0, 0, 0, draw(NUMBERS)))
        if depth and draw(st.booleans()):
            left, right = grow(depth - 1), grow(depth - 1)
            nodes[node] = (draw(NAMES), draw(NUMBERS), left, right, (nodes[left][4] + nodes[right][4]) / 2)
        return node

    grow(depth)
    features, thresholds, left, right, values = zip(*nodes, strict=True)
    return Tree(features, thresholds, left, right, values)


ALL_FEATURES = st.fixed_dictionaries(dict.fromkeys("abcdef", NUMBERS))


@given(forest=st.lists(trees(), max_size=4), intercept=NUMBERS, features=ALL_FEATURES)
def test_trees_say_how_each_feature_moved_them(forest: list[Tree], intercept: float, features: dict[str, float]):
    model = Boosted(intercept, tuple(forest))
    assert model.log_odds(features) == pytest.approx(intercept + sum(model.contributions(features).values()))
    moved: dict[str, float] = {}
    for tree in forest:
        node = 0
        while name := tree.features[node]:
            child = (tree.left if features[name] <= tree.thresholds[node] else tree.right)[node]
            moved[name] = moved.get(name, 0.0) + tree.values[child] - tree.values[node]
            node = child
    assert model.contributions(features) == pytest.approx(moved)
    assert 0 <= model.probability(features) <= 1


@given(forest=st.lists(trees(), max_size=3), intercept=NUMBERS)
def test_trees_there_and_back_through_json(forest: list[Tree], intercept: float):
    model = Boosted(intercept, tuple(forest))
    assert Boosted.from_json(json.loads(json.dumps(dataclasses.asdict(model)))) == model


@pytest.mark.parametrize("with_heads", [True, False])
def test_the_shipped_trees_are_whole(with_heads: bool):
    model = load_weights(with_heads=with_heads).changed
    assert model.trees
    for tree in model.trees:
        inner = [node for node, feature in enumerate(tree.features) if feature]
        # Children come after their parent, so that every path ends; each node but the root is a child once.
        assert all(tree.left[node] > node and tree.right[node] > node for node in inner)
        assert sorted(c for node in inner for c in (tree.left[node], tree.right[node])) == list(range(1, len(tree.features)))
        assert all(map(math.isfinite, (*tree.thresholds, *tree.values)))


@pytest.mark.parametrize("with_heads", [True, False])
def test_the_shipped_weights_are_whole(with_heads: bool):
    weights = load_weights(with_heads=with_heads)
    assert set(weights.types) == set(CHANGE_TYPES)
    assert set(weights.kinds) == set(KINDS)
    for model in (weights.same_fact, *weights.types.values(), *weights.kinds.values()):
        assert model.weights
        assert model.weights.keys() == model.means.keys() == model.scales.keys()
        assert all(scale > 0 for scale in model.scales.values())
        assert all(map(math.isfinite, [model.intercept, *model.weights.values(), *model.means.values(), *model.scales.values()]))


def test_without_heads_no_weight_asks_for_them():
    weights = load_weights(with_heads=False)
    names = {*weights.same_fact.weights, *(n for tree in weights.changed.trees for n in tree.features)}
    assert not names & {"same_fact", "one_fact_changed", "exclusive", "compatible", "same", "types_max", "moved_on", "same_fact_margin"}


def test_the_digest_is_of_the_file(tmp_path: Path):
    copy = tmp_path / "weights.json"
    copy.write_bytes(WEIGHTS_FILE.read_bytes())
    assert weights_id(copy) == weights_id()
    copy.write_bytes(WEIGHTS_FILE.read_bytes() + b"\n")
    assert weights_id(copy) != weights_id()
