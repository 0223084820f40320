from __future__ import annotations

import pytest

from flows.report.features import feature_words
from flows.steps.weighing import load_weights


@pytest.mark.parametrize("with_heads", [True, False])
def test_every_feature_that_moves_a_score_has_words_of_its_own(with_heads):
    weights = load_weights(with_heads=with_heads)
    names = {*weights.same_fact.weights, *(name for tree in weights.changed.trees for name in tree.features if name)}
    words = {name: feature_words(name) for name in names}
    assert [name for name in sorted(names) if words[name] == name.replace("_", " ")] == []
    assert len(set(words.values())) == len(names) > 20


def test_a_feature_without_words_is_told_by_its_name():
    assert feature_words("brand_new") == "brand new"
    assert feature_words("place_changed") == "place: changed"
