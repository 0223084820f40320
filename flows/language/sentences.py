"""Sentences of a text, as offsets.

Splitter: pySBD (MIT, rules after Sadvilkar and Neumann, "PySBD: Pragmatic Sentence Boundary Disambiguation", 2020). Measured on 858 hand-picked sentences of 80
news articles and on 32 hard lines (initials, "U.S.", "a.m.", decimals, quotes), against syntok 1.4 and nupunkt 0.8. Sentences cut wrongly: pysbd 2, syntok 6,
nupunkt 20; hard lines wrong: 4, 4, 5. The 2 are datelines, which claims.py strips. It is the slowest (0.3 million characters a second, against 1.6 and 9), and
still a small part of a run. What it does wrong more than once is repaired here: a cut before a time zone or a day ("at 5 p.m. | EST"), before a small letter
("approx. | forty") or a mark that opens no sentence ("R-Calif. | , told"), after a rank ("Rep. | Dunn") or inside a firm's title ("Orr Inc. | CEO Dunn"),
and no cut where the blank was lost ("was closed.The mayor said").
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pysbd

from flows.language.verbs import has_finite_verb

WRAP_WIDTH = 100  # a block whose lines are all at most this long may be hard-wrapped text; longer lines are paragraphs of their own
MIN_WRAPPED_LINE = 45  # shorter lines are headings, bylines or verse, never the inside of a wrapped paragraph
WINDOW = 4000  # characters given to pySBD at once

_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]]*\s*$")
# Titles that pySBD cuts off their bearer: ranks and offices of English-language news, 22 of them.
_RANK_END = re.compile(r"(?:^|[\s(\"“‘'-])(?:Lt|Col|Capt|Cmdr|Sgt|Cpl|Maj|Gen|Adm|Pvt|Pfc|Spc|Const|Cst|Insp|Supt|Dep|Asst|Atty|Rep|Sen|Gov)\.$")
_OPENS_NONE = re.compile(r"[,;:)\]]|(?:–|—|--?)(?!\w)")
_DASH = re.compile(r"[–—-]+\s+(?=[\"“‘']?[A-Z])")
# What goes on after "at 5 p.m.": a zone, "Tolm time", a day of the week, a day of a month.
_OF_TIME = re.compile(
    r"(?:[ECMP][SD]T|GMT|UTC|BST|CES?T|[ECMP]T|local time)\b|(?:Eastern|Central|Mountain|Pacific)\b|(?:[A-Z]\w+ ){1,2}[Tt]ime\b|[A-Z][a-z]{2,5}day\b"
    r"|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d"
)
_FIRM_END = re.compile(r"\b(?:Inc|Corp|Co|Ltd)\.$")
_OFFICE = re.compile(r"(?:(?:[Vv]ice )?(?:President|Chair(?:man|woman)?)|C[EFOT]O|[Cc]o-\w+|Chief)\b")
_SHORT_TIME_END = re.compile(r"\b[ap]\.m\.$")

# The end of a sentence run into the next one, told from a domain ("Boston.com", "Booking.Com") by the two words after it.
_GLUED = re.compile(r"(?:\b[a-z]{3,}|[a-z]{4,})[.?!][\"”’']?(?=(?!(?:Com|Org|Net|Gov|Edu|Info|News|Co|Tv|Fm|Io|Me|Uk)\b)(?:[A-Z][a-z]+|A|I) [a-z])")


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    return pysbd.Segmenter(language="en", clean=False)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text` as half-open offsets, in order, disjoint and without white space at either end.

    No sentence crosses a paragraph break (a blank line, or a line break that is not that of hard-wrapped text). Every character that is not white space lies in
    exactly one.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _paragraphs(text):
        spans.extend(_split_paragraph(text, start, end))
    return spans


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Lines of `text` that hold more than white space, joined where a block of lines is hard-wrapped."""
    paragraphs: list[tuple[int, int]] = []
    block: list[tuple[int, int]] = []
    position = 0
    for line in [*text.splitlines(keepends=True), ""]:
        if line.strip():
            block.append((position, position + len(line.rstrip())))
        else:
            paragraphs.extend(_unwrap(text, block))
            block = []
        position += len(line)
    return paragraphs


def _unwrap(text: str, block: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the lines of a block that were broken only because the next word would not have fitted."""
    width = max((b - a for a, b in block), default=0)
    joined: list[tuple[int, int]] = []
    for i, (a, b) in enumerate(block):
        before = text[slice(*block[i - 1])] if i else ""
        first_word = text[a:b].split()[0]
        fits = len(before) + 1 + len(first_word) <= width and not first_word[0].islower()
        if i and width <= WRAP_WIDTH and len(before) >= MIN_WRAPPED_LINE and not _ENDED.search(before) and not fits:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _split_paragraph(text: str, start: int, end: int) -> list[tuple[int, int]]:
    # One character for one, so that offsets hold: pySBD takes a line break for the end of a sentence.
    paragraph = re.sub(r"\s", " ", text[start:end])
    spans: list[tuple[int, int]] = []
    bounds = [*sorted({*_sentence_starts(paragraph), *_glued_starts(paragraph)}), len(paragraph)]
    for a, b in pairwise(bounds):
        piece = paragraph[a:b]
        if not piece.strip():
            continue
        a, b = a + len(piece) - len(piece.lstrip()), a + len(piece.rstrip())
        if spans and _belongs_together(paragraph[spans[-1][0] : spans[-1][1]], paragraph[a:b]):
            spans[-1] = (spans[-1][0], b)
        else:
            spans.append((a, b))
    return [(start + a, start + b) for a, b in spans]


def _glued_starts(paragraph: str) -> list[int]:
    """Offsets of the sentences run into the one before; a quotation stays whole, as pySBD keeps it."""
    starts: list[int] = []
    position = n_open = n_straight = 0
    for glued in _GLUED.finditer(paragraph):
        passed = paragraph[position : glued.end()]
        position = glued.end()
        n_open += passed.count("“") - passed.count("”")
        n_straight += passed.count('"')
        if n_open <= 0 and n_straight % 2 == 0 and not _is_in_address(paragraph, glued.start()):
            starts.append(position)
    return starts


def _is_in_address(text: str, at: int) -> bool:
    """Whether the run of characters up to `at` since the last blank is part of a web or e-mail address."""
    return re.search(r"(?:www\.|[@/#_])\S*$", text[max(0, at - 200) : at]) is not None


def _sentence_starts(paragraph: str) -> list[int]:
    # pySBD takes time quadratic in the length (42 s for 400,000 characters on one line), so long paragraphs go through it in windows; the last sentence of a
    # window, which the window may have cut, opens the next.
    starts = [0]
    position, size = 0, WINDOW
    while position < len(paragraph):
        found = _starts_in(paragraph[position : position + size])
        if position + size >= len(paragraph):
            return starts + [position + offset for offset in found]
        if found:
            starts += [position + offset for offset in found]
            position, size = position + found[-1], WINDOW
        else:
            size *= 2
    return starts


def _starts_in(window: str) -> list[int]:
    """Offsets of the sentences after the first. A piece that pySBD altered (it marks places with rare symbols) joins the one before, so nothing is lost."""
    starts: list[int] = []
    position = 0
    for piece in _segmenter().segment(window):
        found = window.find(piece.strip(), position)
        if piece.strip() and found >= 0:
            if window[:found].strip():
                starts.append(found)
            position = found + len(piece.strip())
    return starts


def _belongs_together(before: str, after: str) -> bool:
    if _RANK_END.search(before) or (_FIRM_END.search(before) and _OFFICE.match(after)):
        return True
    if _OPENS_NONE.match(after):
        # A dash may open an item of a list, but not where a dateline or a name stands before it.
        return not _DASH.match(after) or not has_finite_verb(before)
    if _SHORT_TIME_END.search(before) and _OF_TIME.match(after):
        return True
    # A small letter after "?" or "!" shows a name's own sign ("Yahoo! shares"), after a full stop an abbreviation; but "iPhone" starts sentences too.
    return after[0].islower() and not re.match(r"[a-z][A-Z]", after)
