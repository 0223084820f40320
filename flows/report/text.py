"""Text of articles on its way into the page: nothing that reorders or hides other text, and offsets as JavaScript counts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from flows.records import Change
from flows.summary import changed_spans

# Controls, which XML does not have (nor U+FFFE and U+FFFF), and the bidi embeddings, overrides and isolates, which can make a line read as another one.
# The two direction marks (U+200E, U+200F) stay: Arabic and Hebrew need them, and they reorder nothing but themselves.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+")
MAX_CONTEXT = 320  # code points on each side of a claim


def shown(text: str) -> str:
    """Return `text` with each character that could reorder, hide or control text replaced by U+FFFD; code points keep their places."""
    return _UNSAFE.sub("\ufffd", text)


def utf16_offset(text: str, offset: int) -> int:
    """Return a code-point offset as UTF-16 code units, which JavaScript slices by."""
    return len(text[:offset].encode("utf-16-le")) // 2


def marks(text: str, changes: Sequence[Change], side: str) -> list[list[int]]:
    """Return where the words of `changes` stand in a claim: [start, end, change, change, …], in UTF-16 units, in order, without overlaps.

    `side` is "earlier" (the changes' from-texts) or "later" (their to-texts). Numbers after the offsets are indices into `changes`.
    """
    spans: list[tuple[int, int, int]] = []
    for number, change in enumerate(changes):
        words = change.from_text if side == "earlier" else change.to_text
        spans += [(start, end, number) for start, end in changed_spans(text, [words])]
    cuts = sorted({cut for start, end, _ in spans for cut in (start, end)})
    found: list[list[int]] = []
    for start, end in pairwise(cuts):
        numbers = [number for first, last, number in spans if first <= start and end <= last]
        if numbers:
            found.append([utf16_offset(text, start), utf16_offset(text, end), *numbers])
    return found


def context(text: str, char_start: int, char_end: int) -> tuple[str, str]:
    """Return what stands before and after text[char_start:char_end] in its paragraph, at most MAX_CONTEXT code points each.

    What is cut begins or ends with "…", at a sentence where one begins in reach, else at a word.
    """
    paragraph_start = max((m.end() for m in _PARAGRAPH.finditer(text, 0, char_start)), default=0)
    after_paragraph = _PARAGRAPH.search(text, char_end)
    paragraph_end = after_paragraph.start() if after_paragraph else len(text)
    before, after = text[paragraph_start:char_start], text[char_end:paragraph_end]
    if len(before) > MAX_CONTEXT:
        before = before[-MAX_CONTEXT:]
        sentence = _SENTENCE_END.search(before)
        start = sentence.end() if sentence else before.find(" ") + 1
        before = "… " + before[start:]
    if len(after) > MAX_CONTEXT:
        after = after[:MAX_CONTEXT]
        ends = [m.end() for m in _SENTENCE_END.finditer(after)]
        after = after[: ends[-1] if ends else max(after.rfind(" "), 0) or MAX_CONTEXT].rstrip() + " …"
    return before, after


def clipped(text: str, n: int) -> str:
    """Return `text` in one line of at most `n` characters, for places that cannot wrap, such as charts and menus."""
    text = " ".join(shown(text).split())
    return text if len(text) <= n else text[: n - 1].rstrip() + "…"
