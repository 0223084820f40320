"""Who and what in a claim: the recipient, the supplier, the maker, who did it and to whom it was done, read off prepositions, word order and voice."""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.language.alignment import FUNCTION_WORDS, stem
from flows.language.groups import KIND_OF
from flows.language.name_reader import TITLES, read_names
from flows.language.verbs import AUXILIARIES, IRREGULAR_PASTS
from flows.report.clauses import Span, clause_at, ends_phrase, main_verb

# Verbs and nouns of giving by stem, from which "to X" is the recipient: 19 verbs after Levin's classes of giving and future having (13.1 to 13.4, 1993), and
# their nouns. Of the verbs of sending "to X" may be a place: they show a recipient only where X is a body or a person.
_GIVING = frozenset(
    stem(w)
    for w in """give gave given provide supply hand sell sold lend lent loan donate grant award offer lease pay paid allot allocate distribute assign entrust
    bequeath donation sale delivery""".split()
)
_SENDING = frozenset(stem(w) for w in "send sent deliver ship transfer export dispatch bring brought move transport carry".split())
_GETTING = frozenset(stem(w) for w in "receive get got buy bought obtain acquire purchase import".split())
# Whose subject is a supplier; who pays, awards or assigns is none.
_SUPPLYING = frozenset(stem(w) for w in "give gave given provide supply deliver sell sold hand".split())
# Nouns that take "to" themselves: "access to X", "a threat to X" name no recipient. 47 of general English.
_TAKES_TO = frozenset(
    """access threat alternative attention tribute answer solution response damage approach visit way key link links tie ties route road danger challenge
    obstacle objection opposition resistance witness right relation exception return trip journey rise end halt reference close risk contribution
    commitment amendment change visitor attack answers birth priority""".split()
)
_NOT_ACTING = frozenset(stem(w) for w in "say said tell told report be become seem appear remain have happen occur die fall know include mean".split())
_MADE = {
    "made": "who or what made it", "built": "who or what made it", "manufactured": "who or what made it", "supplied": "the supplier",
    "backed": "the backer", "funded": "the backer", "financed": "the backer", "owned": "the owner",
}  # fmt: skip
_DETERMINER = r"(?:(?:the|an?|its|their|his|her|both|either|other|another)\s+)?"
# What may stand between a determiner and the name it belongs to; without a determiner only capitalised words, so that "to attack X" is no noun phrase.
_LEAD = rf"(?:(?:the|an?|its|their|his|her)\s+(?:[\w-]+\s+){{0,4}}|(?:[A-Z][\w-]+\s+(?:[a-z][\w-]+\s+){{0,3}}){{0,2}}){_DETERMINER}"
_BREAK = re.compile(r"[.;:!?()—–“”\"]|\b(?:that|which|who|whom|because|while|when|after|before|and|but|or|if|for|by|at|on|in|into|against)\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def role_of_both(a: str, first: Span, b: str, second: Span) -> str | None:
    """Return the role that the words at `first` in `a` and at `second` in `b` both play: "the recipient"; None where they do not show one."""
    for reader in _ROLES:
        role = reader(a, first)
        if role is not None and role == reader(b, second):
            return role
    return _of_one_deed(a, first, b, second)


def _recipient(text: str, span: Span) -> str | None:
    return "the recipient" if _is_given_to(text, span) or _is_given_something(text, span) else None


def _is_given_to(text: str, span: Span) -> bool:
    """ "provide the system to X", "the sale to X", "sent to the company X"."""
    m = re.search(rf"\bto\s+{_LEAD}$", text[: span[0]])
    if m is None or not ends_phrase(text, span) or not _is_noun_phrase(text, span, m.group()):
        return False
    before = text[: m.start()]
    cut = [b.end() for b in _BREAK.finditer(before)]
    words = [w.lower() for w in _WORD.findall(before[cut[-1] if cut else 0 :])]
    if not words or words[-1] in _TAKES_TO:
        return False
    verb = next((stem(w) for w in reversed(words) if stem(w) in _GIVING | _SENDING), None)
    if verb is None:
        return False
    return verb in _GIVING or _is_someone(text, span)


def _is_given_something(text: str, span: Span) -> bool:
    """ "provide X with", "give X a", "X was given a", "X received"."""
    before, after = text[: span[0]], text[span[1] :]
    giving = re.search(rf"\b(\w+)\s+{_LEAD}$", before)
    apposition = r"(?:,[^,;.]{2,60},)?"
    if giving and _is_noun_phrase(text, span, giving.group()):
        verb = stem(giving[1])
        # Nouns may stand between the name and "with": "the Hezbollah group with".
        if verb in {stem("provide"), stem("supply"), stem("present"), stem("entrust")} and re.match(rf"(?:\s+[a-z]+){{0,2}}{apposition}\s+with\b", after):
            return True
        if verb in _GIVING and re.match(rf"{apposition}\s+(?:an?|the|its|their|more|some|\d+)\s", after):
            return True
    passive = re.match(rf"{apposition}\s+(?:(?:will|would|has|have|had|may|could|is|are|was|were|be|been|to)\s+)*(\w+)\s+(?:an?|the|its|their|\d+)\s", after)
    if passive is None or not _opens_clause(text, span):
        return False
    verb, is_passive = stem(passive[1]), re.search(r"\b(?:is|are|was|were|be|been)\s+\w+\s+\w+\s$", passive.group()) is not None
    return verb in {stem("given"), stem("handed"), stem("granted"), stem("awarded"), stem("offered"), stem("paid")} if is_passive else verb == stem("receive")


def _supplier(text: str, span: Span) -> str | None:
    """ "X has agreed to provide", "supplied by X", "received from X"."""
    m = re.search(rf"\b(\w+)\s+(by|from)\s+{_LEAD}$", text[: span[0]])
    if m is not None and ends_phrase(text, span) and _is_noun_phrase(text, span, m.group()):
        verb = stem(m[1])
        passive = m[2] == "by" and verb in _SUPPLYING and re.search(r"(?:ed|en|sold)$", m[1])
        if passive or (m[2] == "from" and verb in _GETTING):
            return "the supplier"
    got = re.search(rf"\b(?:received|bought|obtained|acquired|purchased|imported)\b([^,.;]{{1,50}})\bfrom\s+{_LEAD}$", text[: span[0]])
    if got is not None and not _BREAK.search(got[1]) and ends_phrase(text, span) and _is_noun_phrase(text, span, got.group()):
        return "the supplier"
    clause = clause_at(text, span)
    if clause is None or clause.verb is None or not _is_subject(text, span, clause.subjects):
        return None
    group = text[slice(*clause.verb)]
    return "the supplier" if stem(main_verb(group)) in _SUPPLYING and not _PASSIVE.search(group) else None


def _maker(text: str, span: Span) -> str | None:
    """ "X-made", "the X-backed"."""
    m = re.match(r"-([a-z]+)\b", text[span[1] :])
    return _MADE.get(m[1]) if m else None


_ROLES: tuple[Callable[[str, Span], str | None], ...] = (_recipient, _supplier, _maker)


def _of_one_deed(a: str, first: Span, b: str, second: Span) -> str | None:
    """Who did, or to whom was done, what both claims name by one verb."""
    agents = _done_by(a, first), _done_by(b, second)
    doers = _does(a, first), _does(b, second)
    if _one_verb(*agents):
        return f"by whom or what it “{agents[0]}”"
    for x, y in (doers, (doers[0], agents[1]), (agents[0], doers[1])):
        if _one_verb(x, y):
            return f"who or what “{doers[0] or doers[1]}”"
    undergone = _undergoes(a, first), _undergoes(b, second)
    return f"who or what was “{main_verb(undergone[0])}”" if undergone[0] is not None and _one_verb(*undergone) else None


def _one_verb(x: str | None, y: str | None) -> bool:
    return x is not None and y is not None and stem(main_verb(x)) == stem(main_verb(y))


def _done_by(text: str, span: Span) -> str | None:
    """The passive verb of "was attacked by X"."""
    m = re.search(rf"\b((?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?{_PARTICIPLE})\s+by\s+{_LEAD}$", text[: span[0]])
    if m is None or not ends_phrase(text, span) or not _is_noun_phrase(text, span, m.group()) or not _is_someone(text, span, maybe=True):
        return None
    return m[1]


def _does(text: str, span: Span) -> str | None:
    """The active verb of which the words are the subject: "X attacked"."""
    verb = _verb_of_subject(text, span)
    return None if verb is None or _PASSIVE.search(verb) else verb


def _undergoes(text: str, span: Span) -> str | None:
    """The verb of "X was arrested" or "arrested X"."""
    verb = _verb_of_subject(text, span)
    return verb if verb is not None and _PASSIVE.search(verb) else _object_verb(text, span)


def _verb_of_subject(text: str, span: Span) -> str | None:
    clause = clause_at(text, span)
    if clause is None or clause.verb is None or not _is_subject(text, span, clause.subjects):
        return None
    verb = text[slice(*clause.verb)]
    last = main_verb(verb)
    return None if last in AUXILIARIES or stem(last) in _NOT_ACTING or len(verb) > MAX_VERB else verb


MAX_VERB = 40  # characters
_PARTICIPLE = r"\w+(?:ed|en|wn|ne|ught|ilt|un|ot|de|ld|st|id|et)"
_PASSIVE = re.compile(rf"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?{_PARTICIPLE}(?:\s+(?:down|up|out|off|over))?$")


def _object_verb(text: str, span: Span) -> str | None:
    """The verb right before its object: "arrested X"."""
    m = re.search(rf"\b([a-z]+)\s+{_LEAD}$", text[: span[0]])
    if m is None or not ends_phrase(text, span):
        return None
    verb = m[1]
    is_verb = (verb.endswith("ed") or verb in IRREGULAR_PASTS) and stem(verb) not in _NOT_ACTING | _GIVING
    return verb if is_verb else None


# --- where the words stand -----------------------------------------------------------------------------------------------------------------------------------


def _is_noun_phrase(text: str, span: Span, lead: str) -> bool:
    """Whether the words are a name, or a noun with a determiner or a plural noun of people: "to rebels", not "to attack"."""
    words = text[slice(*span)]
    if any(w[0].isupper() for w in _WORD.findall(words)):
        return True
    if re.match(r"(?:the|an?|its|their|his|her|both|either|some|several|other|every|each|all|two|three)\s", words + " ", re.IGNORECASE):
        return True
    if re.search(r"\b(?:the|an?|its|their|his|her)\s+(?:[\w-]+\s+){0,4}$", lead):
        return True
    last = _WORD.findall(words)[-1:] or [""]
    return _kind_known(last[0])


def _kind_known(word: str) -> bool:
    low = word.lower()
    return low in KIND_OF or low.removesuffix("s") in KIND_OF


def _is_someone(text: str, span: Span, *, maybe: bool = False) -> bool:
    """Whether the words name a person or a body; with `maybe`, also a name of which nothing is known."""
    if any(_kind_known(w) for w in _WORD.findall(text[slice(*span)])):
        return True
    roles = {"person", "organisation"} | ({"unknown"} if maybe else set())
    named = [m for m in read_names(text) if m.char_start < span[1] and span[0] < m.char_end]
    before = _WORD.findall(text[: span[0]])[-3:]
    return bool(named) and (all(m.role in roles for m in named) or any(_kind_known(w) or w.lower() in _BODY | TITLES for w in before))


_BODY = frozenset("group company organisation organization militia party movement agency firm".split())


def _opens_clause(text: str, span: Span) -> bool:
    clause = clause_at(text, span)
    return clause is not None and _is_subject(text, span, clause.subjects)


def _is_subject(text: str, span: Span, subjects: tuple[Span, ...]) -> bool:
    """Whether the words are the head of a subject: "the mayor of X" is not X, nor is "X's mayor" or "X and Y"."""
    if not subjects:
        return False
    a, b = subjects[0]
    if not (a <= span[0] and span[1] <= b) or re.search(r"['’]s?\s", text[a : span[0]]):
        return False
    before = {w.lower() for w in _WORD.findall(text[a : span[0]])}
    following = _WORD.match(text[span[1] : b].lstrip())
    return not before & _INSIDE and (span[1] == b or (following is not None and following[0].lower() in _OF))


_DETERMINERS = frozenset("the a an its their his her both either all some several many most other".split())
_INSIDE = (FUNCTION_WORDS - _DETERMINERS) | frozenset("above below beside behind beyond inside outside past opposite despite amid".split())
_OF = frozenset("of in at from on for near with".split())  # what goes on after the head of a noun phrase
