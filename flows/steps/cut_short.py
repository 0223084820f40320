"""Texts that a news API or a feed cut off: "…when the valve failed and that the… [+3421 chars]", "… [...]".

What stands before the mark is mostly half a sentence. As a claim it would say something else than the article did, and the mark's figure would be one of its.
"""

from __future__ import annotations

import re

from flows.language.sentences import split_sentences

_MARK = re.compile(r"\s*(?:…|\.{3})?\s*\[(?:\+ ?[\d,]+ ?char(?:acter)?s|…|\.{3})\]\s*$")
_NEXT = " The rest is missing."  # a sentence is whole if another could follow: "said Mr." is not


def drop_cut_sentence(text: str) -> tuple[str, bool]:
    """Take the mark of a cut and the unfinished sentence before it off the end of a text; say whether there was a mark. Without one the text is as it was."""
    mark = _MARK.search(text, max(0, len(text) - 80))
    if mark is None:
        return text, False
    kept = text[: mark.start()]
    line_start = kept.rfind("\n") + 1
    line = kept[line_start:]
    sentences = [(start, end) for start, end in split_sentences(line + _NEXT) if start < len(line)]
    if sentences and (sentences[-1][1] > len(line) or not re.search(r"[.!?][\"'”’»)\]]*$", line)):
        kept = kept[: line_start + sentences[-1][0]]
    return kept.rstrip(), True
