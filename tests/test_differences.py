"""How large a difference is, and what the comparers say to the model's types."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.records import CHANGE_TYPES, ChangeType, Observation
from flows.steps.comparing import COMPARERS
from flows.steps.differences import MOST_RATIO, answer_features, size_features
from tests.core_examples import SENTENCES, a_claim

TYPES = st.sampled_from(CHANGE_TYPES)


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("The storm killed 12 people in Tarsk.", "The storm killed 18 people in Tarsk.", 1.5),
        ("The firm paid 20,000 crowns to every family.", "The firm has agreed to pay 46 million crowns to the families.", math.exp(MOST_RATIO)),
        ("The storm killed 12 people in Tarsk.", "The storm killed a dozen people in Tarsk.", 1),
        ("The storm killed nobody.", "The mayor thanked the crews.", 1),
    ],
)
def test_the_ratio_is_that_of_the_two_figures(first: str, second: str, ratio: float):
    assert size_features(a_claim(first), a_claim(second))["quantity_ratio"] == pytest.approx(math.log(ratio))


def test_words_around_the_figures_tell_whether_they_answer_each_other():
    base = a_claim("The storm killed 12 people in Tarsk.")
    near, far = (size_features(base, a_claim(text)) for text in ("In Tarsk 18 people were killed.", "A choir of 18 singers sang at the fair."))
    assert near["quantity_context"] > far["quantity_context"]
    assert near["quantity_counted"] > far["quantity_counted"]


def test_the_gap_of_two_times_is_in_days():
    gap = size_features(a_claim("The dam broke on 3 May 2024."), a_claim("The dam broke on 10 May 2024."))["time_gap"]
    assert gap == pytest.approx(math.log1p(7))


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(SENTENCES, 2)))
def test_sizes_are_the_same_whichever_claim_comes_first(first: str, second: str):
    one, other = size_features(a_claim(first), a_claim(second)), size_features(a_claim(second), a_claim(first))
    assert one == pytest.approx(other)
    assert all(math.isfinite(v) and v >= 0 for v in one.values())


@given(st.fixed_dictionaries({t: st.floats(-6, 6) for t in CHANGE_TYPES}), TYPES, st.floats(0.01, 1))
def test_only_what_comparers_call_the_same_counts_and_in_the_first_only_that_of_the_models_surest_type(
    model: dict[ChangeType, float], seen: ChangeType, weight: float
):
    absent = {t: Observation(t, "absent") for t in COMPARERS}
    same = answer_features(absent | {seen: Observation(seen, "same", weight=weight)}, model)
    surest = max(CHANGE_TYPES, key=lambda t: model[t])
    assert same["surest_type_same"] == (weight if seen == surest else 0)
    assert same["types_same"] == pytest.approx(weight / (1 + math.exp(-model[seen])))
    assert answer_features(absent | {seen: Observation(seen, "changed", weight=weight)}, model) == {"surest_type_same": 0, "types_same": 0}
