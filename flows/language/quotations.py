"""Words that two claims quote alike: the same words in the mouth of another speaker are a change of who said them, however little else the claims share."""

from __future__ import annotations

import re

from flows.language.alignment import fold

LEAST_WORDS = 4  # shorter quotations are epithets and catchwords, which many people use
_WORD = re.compile(r"[^\W_]+")
_DOUBLE = re.compile(r"[“\"«]([^”\"»\n]+)[”\"»]")
# Single marks are apostrophes too: one opens after a blank, and closes after a letter or a mark, before a blank or a mark.
_SINGLE = re.compile(r"(?:(?<=^)|(?<=[\s(]))[‘'](\w[^\n‘]*?[\w,.!?])[’'](?=$|[\s,.;:)])")


def shared_quotation(a: str, b: str) -> str:
    """Return the words, at least four, that both texts quote; of one that is quoted in part, that part; "" where there are none."""
    found = [words for x in _quoted(a) for y in _quoted(b) if (words := _common(x, y))]
    return max(found, key=len, default="")


def _quoted(text: str) -> list[str]:
    matches = [m.group(1) for pattern in (_DOUBLE, _SINGLE) for m in pattern.finditer(text)]
    return [" " + " ".join(_WORD.findall(fold(q))) + " " for q in matches]


def _common(x: str, y: str) -> str:
    shorter, longer = sorted((x, y), key=len)
    return shorter.strip() if shorter in longer and len(shorter.split()) >= LEAST_WORDS else ""
