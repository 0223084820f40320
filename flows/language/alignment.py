"""Words, stems and a word alignment of two sentences: what the comparers fall back on.

Stems are those of the Snowball English stemmer (Porter2), after folding case and diacritics and the British -ise and -our, so that "organised" meets
"organized". The alignment is difflib's longest-matching-blocks over stems, with one rule of ours: a block holds the two sentences together only when
it has a content word in it, since a lone "the" matches everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

import snowballstemmer

Span = tuple[int, int]
Word = tuple[str, int, int]

# "U.S.", "SA-22", "O'Neill" and "3.5" are one word each; "Russian-made" is two, since either half may be what the other text says.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]*\d[^\W_]*(?:[-.,:/]?[^\W_]*\d[^\W_]*)*|[^\W\d_]+-\d[^\W_]*|[^\W_]+(?:['’](?=[^\W\d_])(?!s\b)[^\W_]+)*")

FUNCTION_WORDS = frozenset(
    """a an the this that these those such same other another each every either neither both some any all
    i you he she it we they me him her us them my your his its our their mine yours hers ours theirs himself herself itself themselves who whom whose which what
    am is are was were be been being do does did done have has had having will would shall should can could may might must
    and or but nor so yet if because since while when where as than though although after before until unless whether
    of in on at by for with from to into onto upon over under about against between among through during within without out up down off across along around near
    not no never there here then now also too very just only even still already again more most less least much many few
    said says say according told tells how why""".split()
)
"""Words too common to show that two sentences speak of the same thing."""

# Function words that carry meaning of their own: a difference in one of these is a difference.
_TELLING = frozenset("not no never neither nor without may might could would will must should can if or only all some none any more less".split())

_stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """Return `text` in lower case, without diacritics and with straight apostrophes. Not of the same length: never use offsets into it."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of one word: "deliveries" and "delivery" give "deliveri", "organised" and "organized" give "organ"."""
    folded = fold(word).replace(".", "") if re.fullmatch(r"(?:\w\.)+", word) else fold(word)
    folded = re.sub(r"is(e|ed|es|er|ers|ing|ation|ations)$", r"iz\1", folded) if len(folded) > 6 else folded
    folded = re.sub(r"our(s|ed|ing|ite|able|ably)?$", r"or\1", folded) if len(folded) > 5 else folded
    return _stemmer.stemWord(folded)


def words(text: str) -> list[Word]:
    """Return every word as (stem, char_start, char_end), in order; offsets are code points, half-open. A possessive 's is no part of its word."""
    return list(_words(text))


@lru_cache(maxsize=20_000)  # every comparer asks for the words of the same two claims
def _words(text: str) -> tuple[Word, ...]:
    return tuple((stem(m.group()), m.start(), m.end()) for m in _WORD.finditer(text) if not _is_possessive(text, m))


def _is_possessive(text: str, match: re.Match[str]) -> bool:
    return match.group() in ("s", "S") and match.start() > 0 and text[match.start() - 1] in "'’"


def content_words(text: str) -> list[Word]:
    """Return the words of `text` that carry content, as (stem, char_start, char_end), in order; numbers count, function words do not."""
    return list(_content_words(text))


@lru_cache(maxsize=20_000)
def _content_words(text: str) -> tuple[Word, ...]:
    return tuple(w for w in _words(text) if not _is_function(text, w))


def _is_function(text: str, word: Word) -> bool:
    # "US" and "IT" are names; "us" and "it" are not.
    surface = text[word[1] : word[2]]
    return surface.lower() in FUNCTION_WORDS and not (surface.isupper() and len(surface) > 1)


def shared_content(a: str, b: str) -> set[str]:
    """Return the stems of content words that stand in both texts."""
    return {w[0] for w in content_words(a)} & {w[0] for w in content_words(b)}


def overlap(a: str, b: str) -> float:
    """Return the share of the shorter text's distinct content stems that the other has too, 0 to 1; 0 where either has none."""
    stems_a, stems_b = ({w[0] for w in content_words(t)} for t in (a, b))
    smaller = min(len(stems_a), len(stems_b))
    return len(stems_a & stems_b) / smaller if smaller else 0.0


def differing_spans(a: str, b: str) -> list[tuple[Span | None, Span | None]]:
    """Return the phrases in which two sentences differ, as pairs of spans (half-open code points in `a` and in `b`), in order and disjoint.

    None stands for "nothing there": (None, span) is what only `b` says. Differences in nothing but articles and the like are left out, so
    differing_spans(a, a) == [].
    """
    words_a, words_b = words(a), words(b)
    found: list[tuple[Span | None, Span | None]] = []
    for i1, i2, j1, j2 in _gaps(a, words_a, b, words_b):
        span_a, span_b = _phrase(a, words_a[i1:i2]), _phrase(b, words_b[j1:j2])
        if span_a or span_b:
            found.append((span_a, span_b))
    return found


def _gaps(a: str, words_a: list[Word], b: str, words_b: list[Word]) -> list[tuple[int, int, int, int]]:
    """Return the stretches of words between the blocks that both have, as index ranges into the two lists of words."""
    matcher = SequenceMatcher(None, [w[0] for w in words_a], [w[0] for w in words_b], autojunk=False)
    gaps, i, j = [], 0, 0
    for block in matcher.get_matching_blocks():
        at_end = block.size == 0
        if not at_end and all(_is_function(a, w) for w in words_a[block.a : block.a + block.size]):
            continue
        if block.a > i or block.b > j:
            gaps.append(_trim(words_a, words_b, i, block.a, j, block.b))
        i, j = block.a + block.size, block.b + block.size
    return gaps


def _trim(words_a: list[Word], words_b: list[Word], i1: int, i2: int, j1: int, j2: int) -> tuple[int, int, int, int]:
    """Take words that a stretch begins or ends with on both sides off it."""
    while i1 < i2 and j1 < j2 and words_a[i1][0] == words_b[j1][0]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and words_a[i2 - 1][0] == words_b[j2 - 1][0]:
        i2, j2 = i2 - 1, j2 - 1
    return i1, i2, j1, j2


def _phrase(text: str, stretch: list[Word]) -> Span | None:
    telling = [w for w in stretch if not _is_function(text, w) or text[w[1] : w[2]].lower() in _TELLING]
    return (stretch[0][1], stretch[-1][2]) if telling else None
