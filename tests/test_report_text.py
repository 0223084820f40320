from __future__ import annotations

import itertools
import unicodedata
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st
from report_archive import BIDI, change

from flows.report.text import MAX_CONTEXT, clipped, context, marks, shown, utf16_offset

TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@given(TEXT)
def test_shown_keeps_every_place_and_leaves_no_control(text):
    safe = shown(text)
    assert len(safe) == len(text)
    assert not any(unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for c in safe)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in safe)
    assert all(a == b for a, b in zip(text, safe, strict=True) if b != "\ufffd")


@given(st.text())
def test_what_is_shown_can_stand_in_xml(text):
    ET.fromstring(f"<text>{escape(shown(text))}</text>")


def test_direction_marks_and_scripts_stay():
    assert shown("שלום\u200f العربية 🚢") == "שלום\u200f العربية 🚢"
    assert "\u202e" not in shown(BIDI)


@given(TEXT, st.integers(0, 200))
def test_utf16_offsets_slice_as_javascript_does(text, offset):
    units = text.encode("utf-16-le")
    assert units[: 2 * utf16_offset(text, offset)].decode("utf-16-le") == text[:offset]


def javascript_slice(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_marks_carry_the_changes_they_belong_to():
    text = "🚢 Seven grey ships wait."
    changes = [change("quantity", "raised", "Seven grey", "12"), change("label", "softer", "grey ships", "ships")]
    found = marks(text, changes, "earlier")
    assert [(javascript_slice(text, m[0], m[1]), m[2:]) for m in found] == [("Seven ", [0]), ("grey", [0, 1]), (" ships", [1])]
    assert marks("12 ships wait.", changes, "later") == [[0, 2, 0], [3, 8, 1]]


@given(TEXT, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=4))
def test_marks_are_in_order_and_do_not_overlap(text, spans):
    changes = [change("label", "softer", text[a:b], "") for a, b in spans]
    found = marks(text, changes, "earlier")
    assert all(m[0] < m[1] and m[2:] for m in found)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))


@given(TEXT, st.integers(0, 200), st.integers(0, 200))
def test_context_is_what_stands_around(text, a, b):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    before, after = context(text, start, end)
    assert "\n" not in before + after
    assert text[:start].endswith(before)
    assert text[end:].startswith(after)


def test_long_context_is_cut_at_sentences():
    sentence = "A ship came into the bay at noon. "
    text = sentence * 40 + "THE CLAIM. " + sentence * 40
    before, after = context(text, text.index("THE"), text.index("THE") + 10)
    assert before.startswith("… A ship")
    assert after.endswith("at noon. …")
    assert max(len(before), len(after)) <= MAX_CONTEXT + 2
    before, after = context("x" * 5000 + "|" + "y" * 5000, 5000, 5001)
    assert max(len(before), len(after)) <= MAX_CONTEXT + 2


def test_clipped_is_one_short_line():
    assert clipped("a\n b", 10) == "a b"
    assert clipped("w" * 10_000, 10) == "w" * 9 + "…"
