"""Laws that hold for every comparer of names, places, stages, negation and labels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.labels import compare_labels
from flows.language.names import compare_entities
from flows.language.negation import compare_negation
from flows.language.places import compare_places
from flows.language.status import compare_status
from flows.records import DIRECTIONS, Claim, Observation
from tests.claims_for_language import SENTENCES, claim

COMPARERS = [compare_entities, compare_places, compare_status, compare_negation, compare_labels]
texts = st.one_of(st.sampled_from(SENTENCES), st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=25).map(" ".join))


@pytest.mark.parametrize("compare", COMPARERS)
@given(a=texts, b=texts)
def test_observations_are_well_formed(compare: Callable[[Claim, Claim], Observation], a: str, b: str) -> None:
    seen = compare(claim(a), claim(b))
    assert seen.from_text in a
    assert seen.to_text in b
    assert 0.0 <= seen.weight <= 1.0
    if seen.verdict == "changed":
        assert seen.direction in DIRECTIONS[seen.type]
        assert seen.from_text
        assert seen.to_text
        assert seen.note
        assert seen.weight > 0
    else:
        assert (seen.direction, seen.from_text, seen.to_text) == ("", "", "")


@pytest.mark.parametrize("compare", COMPARERS)
@given(text=texts)
def test_a_claim_does_not_differ_from_itself(compare: Callable[[Claim, Claim], Observation], text: str) -> None:
    assert compare(claim(text), claim(text)).verdict != "changed"
