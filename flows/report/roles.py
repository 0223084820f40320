"""The role that the changed words play in both claims: "the recipient", "the number of people killed", "the time at which “the ferry sank”".

A role goes into the verdict only where each of the two claims shows it by itself, at every place where the words stand, and the two agree: words that the
comparison cut badly, or that answer each other wrongly, hardly ever play one role in both. Everything else keeps the plain wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.language.aliases import looks_like_demonym, same_entity
from flows.language.name_reader import read_names
from flows.language.times import time_spans
from flows.language.verbs import has_finite_verb
from flows.records import Change
from flows.report.actors import role_of_both
from flows.report.clauses import Span, clause_at, place_of, proposition_clause, quoted_event, same_event, same_subject, sole_clause, tells_of
from flows.report.counted import counted_in_both


def read_role(change: Change, earlier: str, later: str) -> str | None:
    """Return the role of a change's words in the claims `earlier` and `later`; None where it is not shown.

    For entity, quantity, time and place it is a noun phrase ("the recipient"); for certainty, status, negation and attribution the subject of what is
    said, and for a label the name it is put on, both verbatim from a claim.
    """
    role_of = _READERS.get(change.type)
    if role_of is None or not (change.from_text or change.to_text) or max(len(earlier), len(later)) > MAX_CLAIM:
        return None
    firsts, seconds = _places(earlier, change.from_text), _places(later, change.to_text)
    if not firsts or not seconds:
        return None
    roles = {role_of(earlier, first, later, second) for first in firsts for second in seconds}
    return roles.pop() if len(roles) == 1 else None


MAX_CLAIM = 1000  # characters; what is longer is no sentence, and reading it would take too long
MAX_PLACES = 4  # of the same words in one claim; more of them play no one role


def _places(text: str, words: str) -> list[Span]:
    """Where the words stand; for no words one place at the end, where nothing stands: what is said is then that of the whole claim."""
    if not words.strip():
        return [(len(text), len(text))]
    found = list(place_of(text, words))
    return found if len(found) <= MAX_PLACES else []


def _empty(span: Span) -> bool:
    return span[0] == span[1]


def _entity(a: str, first: Span, b: str, second: Span) -> str | None:
    return None if _empty(first) or _empty(second) else role_of_both(a, first, b, second)


# --- figures, times and places -------------------------------------------------------------------------------------------------------------------------------


def _quantity(a: str, first: Span, b: str, second: Span) -> str | None:
    return None if _empty(first) or _empty(second) else counted_in_both(a, first, b, second)


MAX_PLACE = 6  # words; a longer stretch is no place alone


def _time(a: str, first: Span, b: str, second: Span) -> str | None:
    if not all(any(start < span[1] and span[0] < end for start, end in time_spans(text)) for text, span in ((a, first), (b, second))):
        return None  # a duration, or no time at all
    event = _one_event(a, first, b, second)
    return event and f"the time at which “{event}”"


def _place(a: str, first: Span, b: str, second: Span) -> str | None:
    if any(len(text[slice(*span)].split()) > MAX_PLACE for text, span in ((a, first), (b, second))):
        return None
    event = _one_event(a, first, b, second)
    return event and f"the place where “{event}”"


def _one_event(a: str, first: Span, b: str, second: Span) -> str | None:
    """Return subject and verb of the clauses that both spans stand in, where one thing did one deed in both, as the earlier claim words it."""
    x, y = clause_at(a, first), clause_at(b, second)
    if x is None or y is None or _empty(first) or _empty(second) or not tells_of(a, x, first) or not tells_of(b, y, second):
        return None
    if not same_event(a, x, b, y) or same_subject(a, x, b, y) is None:
        return None
    return quoted_event(a, x, first)


# --- what is said, of what -----------------------------------------------------------------------------------------------------------------------------------


def _certainty(a: str, first: Span, b: str, second: Span) -> str | None:
    return _said_of(a, first, b, second, outside=True)


def _predicate(a: str, first: Span, b: str, second: Span) -> str | None:
    """Of status and negation the words must belong to the verb itself."""
    return _said_of(a, first, b, second, outside=False)


def _attribution(a: str, first: Span, b: str, second: Span) -> str | None:
    """The words must be those that say who says so: they stand in no clause of what is said."""
    if any(not _empty(span) and clause_at(text, span) is not None for text, span in ((a, first), (b, second))):
        return None
    return _said_of(a, first, b, second, outside=True)


def _said_of(a: str, first: Span, b: str, second: Span, *, outside: bool) -> str | None:
    """Return the subject of what both claims say, in the shorter wording; `outside`: the words may stand before the clause, as in "it is unclear whether"."""
    clauses = []
    for text, span in ((a, first), (b, second)):
        if any(start <= span[0] < span[1] <= end for start, end in time_spans(text)):
            return None  # "on Friday" is no stage and no hedge
        clause = proposition_clause(text, span) if not _empty(span) else sole_clause(text)
        if clause is None or clause.verb is None or any(s < span[1] and span[0] < e for s, e in clause.subjects):
            return None
        if clause.char_start <= span[0] and span[1] <= clause.char_end:
            if not _goes_with(text, clause.verb, span):
                return None
        elif not outside and not text[slice(*span)].lower().startswith(_DENYING):
            return None
        clauses.append(clause)
    found = same_subject(a, clauses[0], b, clauses[1])
    plain = [words for words in found or () if not _POSSESSIVE.match(words)]
    return min(plain, key=len) if plain else None


_DENYING = ("den", "acknowledg", "admit", "confirm", "reject", "refus")
_POSSESSIVE = re.compile(r"(?:its|his|her|their|our|no)\b", re.IGNORECASE)
MAX_GAP = 3  # words between a verb group and words that still modify it: "is, in their view, probably"


def _goes_with(text: str, verb: Span, span: Span) -> bool:
    """Whether the words are in the verb group, or right before or after it."""
    if span[0] < verb[1] and verb[0] < span[1]:
        return True
    between = text[verb[1] : span[0]] if span[0] >= verb[1] else text[span[1] : verb[0]]
    return len(between.split()) <= MAX_GAP and not has_finite_verb("x " + between, sure=True)


MAX_LABEL = 4  # words


def _labelled(a: str, first: Span, b: str, second: Span) -> str | None:
    """Return the name that the words at either place are put on: "X, a militant group", "the X militia", "the rebel leader X"."""
    names = _name_beside(a, first), _name_beside(b, second)
    if names[0] is None or names[1] is None or not same_entity(names[0], names[1]):
        return None
    return min(names[0], names[1], key=len)


def _name_beside(text: str, span: Span) -> str | None:
    words = text[slice(*span)]
    if _empty(span) or len(words.split()) > MAX_LABEL or has_finite_verb("x " + words):
        return None
    names = [m for m in read_names(text) if not looks_like_demonym(m.text)]
    for m in sorted(names, key=lambda m: m.char_start < span[0]):  # one that follows is surer
        between = text[m.char_end : span[0]] if m.char_end <= span[0] else text[span[1] : m.char_start]
        if m.char_end <= span[0] and re.fullmatch(r"\s+|,\s+(?:an?|the)\s+(?:[\w-]+\s+){0,2}", between):
            return m.text
        if span[1] <= m.char_start and between == " ":
            return m.text
    return None


_READERS: dict[str, Callable[[str, Span, str, Span], str | None]] = {
    "entity": _entity, "quantity": _quantity, "time": _time, "place": _place, "certainty": _certainty, "status": _predicate, "negation": _predicate,
    "attribution": _attribution, "label": _labelled,
}  # fmt: skip
