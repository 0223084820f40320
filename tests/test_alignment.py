"""Words, stems and the alignment of two sentences."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.alignment import content_words, differing_spans, overlap, shared_content, stem, words
from tests.claims_for_language import SENTENCES

texts = st.one_of(st.sampled_from(SENTENCES), st.text(max_size=60), st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=14).map(" ".join))


@given(texts)
def test_words_are_slices_in_order(text: str) -> None:
    found = words(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(found))
    assert set(content_words(text)) <= set(found)


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differing_spans(text, text) == []


@given(texts, texts)
def test_differing_spans_are_inside_ordered_and_disjoint(a: str, b: str) -> None:
    spans = differing_spans(a, b)
    for text, side in ((a, [s for s, _ in spans if s]), (b, [s for _, s in spans if s])):
        assert all(0 <= start < end <= len(text) for start, end in side)
        assert all(x[1] <= y[0] for x, y in itertools.pairwise(side))
    assert all(s or t for s, t in spans)


@given(texts, texts)
def test_overlap_is_symmetric_and_a_share(a: str, b: str) -> None:
    assert overlap(a, b) == overlap(b, a)
    assert 0.0 <= overlap(a, b) <= 1.0
    assert bool(shared_content(a, b)) == (overlap(a, b) > 0)


def test_names_the_words_that_changed() -> None:
    a = "The president agreed to supply Ralvia with a missile system"
    b = "The president may supply Ralvia and Tarsk with a missile system"
    assert [(s and a[slice(*s)], t and b[slice(*t)]) for s, t in differing_spans(a, b)] == [("agreed to", "may"), (None, "and Tarsk")]


@pytest.mark.parametrize(("a", "b"), [("organised", "organized"), ("labour", "labor"), ("arrests", "arrested"), ("U.S.", "US"), ("Müller", "Muller")])
def test_one_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)


def test_acronyms_are_content_and_pronouns_are_not() -> None:
    assert [w[0] for w in content_words("The US told us")] == ["us"]
