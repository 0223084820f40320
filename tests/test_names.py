"""Reading names, telling aliases, and changed actors."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.aliases import same_entity
from flows.language.names import compare_entities, read_names
from flows.records import OPPOSITE_DIRECTION
from tests.claims_for_language import SENTENCES, claim

texts = st.one_of(st.sampled_from(SENTENCES), st.text(max_size=60), st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=14).map(" ".join))


@given(texts)
def test_mentions_are_verbatim_ordered_and_disjoint(text: str) -> None:
    mentions = read_names(text)
    assert all(text[m.char_start : m.char_end] == m.text != "" for m in mentions)
    assert all(a.char_end <= b.char_start for a, b in itertools.pairwise(mentions))
    assert {m.role for m in mentions} <= {"person", "place", "organisation", "unknown"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Syrian President Omar al-Haddad met Gen. Ilya van der Berg.", ["Syrian", "Omar al-Haddad", "Ilya van der Berg"]),
        ("Rescuers dug on. Investigators left on Monday in May.", []),
        ("The Ministry of Defence and Pell & Rowe bought the K-12 for the U.S. Army.", ["Ministry of Defence", "Pell & Rowe", "K-12", "U.S. Army"]),
        ("Two Northam pilots spoke to Ralvia’s envoy.", ["Northam", "Ralvia"]),
        ("“This weapon was ours,” he said.", []),
    ],
)
def test_reads_names(text: str, names: list[str]) -> None:
    assert [m.text for m in read_names(text)] == names


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("The captain, Ilse Brandt, slept.", "person"),
        ("He died in Northam.", "place"),
        ("The Calder Group paid.", "organisation"),
        ("Prime Minister Anna Feld left.", "person"),
    ],
)
def test_roles_follow_cues(text: str, role: str) -> None:
    assert [m.role for m in read_names(text)] == [role]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Haddad", "Omar al-Haddad"), ("Al-Haddad", "al-Haddad"), ("Calder", "Calder Group"), ("WSJ", "Wall Street Journal"), ("U.S.", "United States"),
        ("Hizbollah", "Hezbollah"), ("Russia", "Russian"), ("Kremlin", "Moscow"), ("Estaños del Serén", "Estanos del Seren"), ("Ralvia", "Ralvian"),
    ],
)  # fmt: skip
def test_aliases_are_one_entity(a: str, b: str) -> None:
    assert same_entity(a, b)
    assert same_entity(b, a)


@pytest.mark.parametrize(("a", "b"), [("Iran", "Iraq"), ("Ilse Brandt", "Otto Brandis"), ("K-12", "K-13"), ("Calder Group", "Northam Group")])
def test_different_names_are_different(a: str, b: str) -> None:
    assert not same_entity(a, b)


CHANGED = [
    ("James Brandt was arrested in Leeds over the theft.", "Otto Brandt was arrested in Leeds over the theft.", "replaced", "James Brandt", "Otto Brandt"),
    ("The loan was granted by the Bank of Velm.", "The loan was granted by the Bank of Corvel.", "replaced", "Bank of Velm", "Bank of Corvel"),
    (
        "The general agreed to give Hezbollah an air defence system from Syria.",
        "The general agreed to give either Hezbollah or Iran an air defence system from Syria.",
        "broadened",
        "Hezbollah",
        "either Hezbollah or Iran",
    ),
    (
        "The court fined Calder over the spilled oil at the refinery.",
        "The court fined Calder and two subsidiaries over the spilled oil at the refinery.",
        "broadened",
        "Calder",
        "Calder and two subsidiaries",
    ),
    (
        "The inquiry is led by Judge Ilse Brandt, the ministry said.",
        "The inquiry is led by Colonel Otto Brandis, the ministry said.",
        "replaced",
        "Ilse Brandt",
        "Otto Brandis",
    ),
    ("Fire broke out in the left engine of the plane.", "The plane's starboard engine caught fire.", "replaced", "left engine", "starboard engine"),
]


@pytest.mark.parametrize(("a", "b", "direction", "from_text", "to_text"), CHANGED)
def test_changed_entity(a: str, b: str, direction: str, from_text: str, to_text: str) -> None:
    seen = compare_entities(claim(a), claim(b))
    assert (seen.verdict, seen.direction, seen.from_text, seen.to_text) == ("changed", direction, from_text, to_text)
    back = compare_entities(claim(b), claim(a))
    assert (back.direction, back.from_text, back.to_text) == (OPPOSITE_DIRECTION[direction], to_text, from_text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Omar al-Haddad agreed to supply the system to Hezbollah.", "The president, Haddad, agreed to supply the group with the system."),
        ("Calder paid the fine for the spilled oil.", "Calder, which Ilse Brandt founded, paid the fine for the spilled oil."),
        ("The dam broke at noon and flooded the valley, Ilse Brandt said.", "The dam broke at noon and flooded the valley, Otto Brandis said."),
        ("The United States warned the militia to stay out.", "Washington warned the militia to stay out."),
        ("Seven patients were treated for measles at the clinic.", "Seven children were treated for measles at the clinic."),
    ],
)
def test_no_changed_entity(a: str, b: str) -> None:
    assert compare_entities(claim(a), claim(b)).verdict != "changed"


@pytest.mark.parametrize(
    ("a", "b", "from_text", "to_text"),
    [
        ("The contract for the bridge was won by Apple.", "The contract for the bridge was won by Samsung.", "Apple", "Samsung"),
        ("Pakistan fired the first shot at the border.", "Ralvia fired the first shot at the border.", "Pakistan", "Ralvia"),
        ("The order to fire was given by Modi.", "The order to fire was given by Harris.", "Modi", "Harris"),
    ],
)
def test_names_that_are_common_words_or_end_like_peoples_are_actors(a: str, b: str, from_text: str, to_text: str) -> None:
    seen = compare_entities(claim(a), claim(b))
    assert (seen.verdict, seen.direction, seen.from_text, seen.to_text) == ("changed", "replaced", from_text, to_text)
