"""Affirmed or denied: does one claim say what the other says is not so?

Words are marked with their polarity: a cue ("not", "no", "never", "failed to") turns over what it governs to the end of its clause, two cues turn it
back. A change is one word of both claims, said with opposite polarity, or two antonyms said with the same; an antonym under a cue agrees ("did not stay
shut", "stayed open"). The rest of the two claims must overlap as well, since "no" stands in half of all sentences.
"not yet", "has yet to" are a stage (status), "no evidence that" and "it is not clear" a degree of certainty: neither is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from flows.language.alignment import Word, content_words, stem
from flows.language.groups import counts_people
from flows.language.verbs import BASE_OF_PAST
from flows.records import Claim, Observation

# Antonyms of news verbs and adjectives, 11 groups of 80 words: any word of the first side denies any of the second.
_OPPOSED = (
    ("support supports back favour endorse welcome accept approve agree", "oppose reject refuse decline veto disagree resist"),
    ("allow permit authorise let grant", "ban bar forbid block prohibit refuse deny"),
    ("admit acknowledge concede confess confirm", "deny refute dispute"),
    ("open reopen", "close shut"),
    ("win", "lose"),
    ("survive alive", "die dead"),
    ("succeed success", "fail failure"),
    ("guilty convict", "innocent acquit"),
    ("intact unharmed unhurt unscathed", "damage destroy injure hurt wound"),
    ("stay remain", "leave depart quit"),
    ("safe legal lawful true present voluntary", "dangerous illegal unlawful false absent forced"),
)
_DENYING = ("un", "in", "il", "im", "ir", "dis")  # prefixes
ANTONYMS: dict[str, frozenset[str]] = {}
_YES: set[tuple[str, str]] = set()
for _yes_side, _no_side in _OPPOSED[:-1] + tuple(zip(*(side.split() for side in _OPPOSED[-1]), strict=True)):
    for _yes, _no in product(map(stem, _yes_side.split()), map(stem, _no_side.split())):
        ANTONYMS[_yes] = ANTONYMS.get(_yes, frozenset()) | {_no}
        ANTONYMS[_no] = ANTONYMS.get(_no, frozenset()) | {_yes}
        _YES.add((_yes, _no))

_CUE = re.compile(
    r"\b(?:not|never|neither|nor|without|nobody|no[ -]one|none|nothing|nowhere|no longer|no|cannot|hardly|n't"
    r"|(?:fail|refus|declin|neglect|omit)(?:s|es|e|ed|d|ing)? to|unable to|stopp?(?:ed|s|ing)? short of"
    r"|den(?:y|ies|ied|ying)|rul(?:e|es|ed|ing) out|prevent(?:s|ed|ing)?|free (?:of|from))\b|(?<=[a-z])n['’]t\b",
    re.IGNORECASE,
)
# Phrases that have a cue and deny nothing, or that another comparer reads.
_NO_CUE = re.compile(
    r"\b(?:not (?:only|just|merely|simply|least|until|yet|necessarily|far|long|unlike|so much|more than|less than|fewer than|every|all"
    r"|always|entirely|clear|known|certain|sure|even)"
    r"|no (?:trace|word|news|more than|less than|fewer than|later than|doubt|matter|sooner|evidence|proof|sign|indication|idea|comment"
    r"|question|wonder|reason)|nothing but|whether or not|if not"
    r"|(?:could|can)(?:not|n['’]t| not) (?:be )?(?:rul|exclud|confirm|verif)\w*|(?:has|have|had)(?: not|n['’]t) yet"
    r"|neither confirm\w* nor den\w+|none other|not to mention"
    r"|(?:does|do|did)(?: not|n['’]t) (?:know|say|rule|believe|think|expect)|is(?: not|n['’]t) (?:clear|known|certain))\b",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[.;:!?—–()“”\"]|,|\b(?:but|because|since|although|though|while|whereas|who|which|after|before|until|when|whose|so that|despite|as)\b", re.IGNORECASE
)
_UNREAL = re.compile(
    r"\b(?:if|whether|may|might|could|should|would|must|unless|asked|urged|called for|demand\w*|want\w*|fear\w*|hop\w*|in case|alleged\w*|suspected?)\b",
    re.IGNORECASE,
)
_LIFTED = re.compile(r"\b(?:lift|overturn|scrap|revers|eas|suspend|withdr[ae]w)\w*\b", re.IGNORECASE)  # "the ban was lifted" allows
_AUXILIARY_BEFORE = re.compile(r"\b(?:has|have|had|is|are|was|were|been|be|will|would|did|does|do|can|could)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_AUXILIARIES = re.compile(r" (?:(?:has|have|had|is|are|was|were|been|being|be|also|later|since) )*")
_NOBODY = re.compile(r"nobody|no[ -]one|none", re.IGNORECASE)
# "unclear" and "not clear" are degrees of certainty.
_ABOUT_KNOWLEDGE = frozenset(stem(w) for w in "clear known certain sure likely confirmed decided".split())
_SCOPE_WORDS = 5
_MIN_SHARED = 2  # content words both claims have besides the one in question
_MIN_OVERLAP = 0.4


@dataclass(frozen=True, slots=True)
class _Said:
    """A content word with its polarity."""

    stem: str
    char_start: int
    char_end: int
    denied: bool
    is_head: bool  # the cue denies this word first of all
    cue: tuple[int, int] | None  # the cue nearest before it


@lru_cache(maxsize=5_000)  # a claim is compared with many others, one after the other
def _read(text: str) -> tuple[_Said, ...]:
    """Return the content words of a text, each with whether it is denied, and whether a denial of it would be one of the clause."""
    quiet = [m.span() for m in _NO_CUE.finditer(text)]
    found = content_words(text)
    over: dict[int, list[tuple[int, int]]] = {}
    heads: set[int] = set()
    for cue in _CUE.finditer(text):
        contrast = re.search(r"(?:\band|,)\s+$", text[: cue.start()]) and cue.group().lower() == "not"  # "the stew, not the salad" is about what, not whether
        if contrast or any(s <= cue.start() < e for s, e in quiet):
            continue
        boundary = _BOUNDARY.search(text, cue.end())
        stop = boundary.start() if boundary else len(text)
        governed = [i for i, w in enumerate(found) if cue.end() <= w[1] < stop][:_SCOPE_WORDS]
        for i in governed:
            over.setdefault(i, []).append(cue.span())
        heads |= set(_heads(text, cue, [(i, found[i]) for i in governed]))
    return tuple(
        _Said(_base_stem(w, text), w[1], w[2], len(over.get(i, ())) % 2 == 1, i in heads, over[i][-1] if i in over else None) for i, w in enumerate(found)
    )


def _base_stem(word: Word, text: str) -> str:
    """Return a word's stem, of an irregular past that of its base: "paid" of "pay". One that is listed with an antonym stays itself."""
    base = BASE_OF_PAST.get(text[word[1] : word[2]].lower())
    return word[0] if base is None or word[0] in ANTONYMS else stem(base)


def _heads(text: str, cue: re.Match[str], governed: list[tuple[int, Word]]) -> list[int]:
    """Return which of the governed words the cue denies first of all: the verb after "not", the noun and the verb after "no".

    "No lasting damage to the dam" denies damage, neither "lasting" nor the dam.
    """
    kind = cue.group().lower()
    governed = [(i, w) for i, w in governed if not text[w[1] : w[2]].endswith("ly")]
    if not governed:
        return []
    if kind not in ("no", "without", "nor", "neither", "none", "nothing", "nowhere", "nobody", "no one", "no-one") and not kind.startswith("lack"):
        one = re.match(r"\s+(?:an?|one|a single)\b", text[cue.end() :]) if kind == "not" else None
        return _noun_and_verb(text, governed) if one else [governed[0][0]]
    if kind in ("no", "without", "neither", "nor") or kind.startswith("lack"):
        return _noun_and_verb(text, governed)
    return [i for i, w in governed if _AUXILIARY_BEFORE.search(text[: w[1]])][:1]


def _noun_and_verb(text: str, governed: list[tuple[int, Word]]) -> list[int]:
    """Return the last of the words that touch (the noun with what modifies it before it), and the first one after an auxiliary."""
    last = 0
    while last + 1 < len(governed) and text[governed[last][1][2] : governed[last + 1][1][1]] in (" ", "-"):
        last += 1
    verb = [i for i, w in governed if _AUXILIARY_BEFORE.search(text[: w[1]])][:1]
    # "not one branch closed early": the verb touches its noun, so the noun is any of the touching words.
    return [i for i, _ in governed[: last + 1] if last < 2] + [governed[last][0]] + verb


@lru_cache(maxsize=100_000)
def _antonyms(stem: str) -> frozenset[str]:
    """Return what would be an antonym of a word: the listed ones, the word with a denying prefix, the word without its own."""
    return ANTONYMS.get(stem, frozenset()) | {p + stem for p in _DENYING} | {stem.removeprefix(p) for p in _DENYING if stem.startswith(p)}


def _is_no_pole(word: str, other: str) -> bool:
    """Whether `word` is the denying one of two antonyms: "closed" of open and closed, "unsafe" of safe and unsafe."""
    return (other, word) in _YES or ((word, other) not in _YES and len(word) > len(other))


def _phrase(text: str, said: _Said) -> str:
    """Return the cue with its verb, or the word with the auxiliaries right before it."""
    start = said.cue[0] if said.cue else said.char_start
    auxiliary = re.search(
        r"(?:\b(?:has|have|had|is|are|was|were|been|be|being|will|would|did|does|do|has|can|could)\s+(?:\w+ly\s+)?){1,3}$", text[:start], re.IGNORECASE
    )
    if auxiliary:
        start = auxiliary.start()
    elif re.match(r"n['’]t", text[start:]):
        start = len(re.sub(r"\w+$", "", text[:start]))
    return text[start : said.char_end]


def compare_negation(earlier: Claim, later: Claim) -> Observation:
    """Say whether one claim affirms what the other denies. Texts are the cue with its verb on the one side, the verb on the other."""
    absent = Observation("negation", "absent")
    said_a, said_b = _read(earlier.text), _read(later.text)
    stems_a, stems_b = {s.stem for s in said_a}, {s.stem for s in said_b}
    shared = stems_a & stems_b
    smaller = min(len(stems_a), len(stems_b))
    if not smaller:
        return absent
    agreed: Observation | None = None
    settled: set[tuple[int, int] | None] = set()  # cues whose antonym stands in the other claim: "did not stay shut", "stayed open"
    best: tuple[float, Observation, tuple[int, int] | None] | None = None
    for x in said_a:
        for y in said_b:
            same_word = x.stem == y.stem
            if not same_word and y.stem not in _antonyms(x.stem):
                continue
            if not same_word and {x.stem, y.stem} & _ABOUT_KNOWLEDGE:
                continue
            if same_word and not _same_form(earlier.text[x.char_start : x.char_end], later.text[y.char_start : y.char_end]):
                continue
            flipped = (x.denied != y.denied) == same_word
            rest = shared - {x.stem, y.stem}
            strength = len(rest) / max(1, smaller - 1)
            if not flipped:
                if not same_word:
                    settled |= {s.cue for s in (x, y) if s.denied}
                if (x.denied or y.denied) and strength >= _MIN_OVERLAP:
                    agreed = Observation("negation", "same", weight=0.9, note="both deny it" if same_word else "a denied antonym agrees")
                continue
            if not same_word and (len(rest) < 3 or strength < 0.5 or _count_other_things(earlier.text, later.text)):
                continue
            counted = same_word and (_nobody_against_people(earlier, x, later, y) or _nobody_against_people(later, y, earlier, x))
            if not counted and (len(rest) < _MIN_SHARED or strength < _MIN_OVERLAP):
                continue
            if _is_unreal(earlier.text, x) != _is_unreal(later.text, y):
                continue
            if _is_weak(earlier.text, x) or _is_weak(later.text, y) or _half_denied(earlier.text, x, y) or _half_denied(later.text, y, x):
                continue
            if _says_both(said_a, x) or _says_both(said_b, y):
                continue
            if any(s.denied and not s.is_head for s in (x, y)) or not (_is_predicate(earlier.text, x) and _is_predicate(later.text, y)):
                continue
            denied_later = y.denied if same_word else _is_no_pole(y.stem, x.stem) != y.denied
            note = ("denied and affirmed" if same_word else "antonyms") + f": {earlier.text[x.char_start : x.char_end]}"
            direction = "negated" if denied_later else "affirmed"
            weight = 0.4 if not same_word else max(_weight(earlier.text, x), _weight(later.text, y))
            seen = Observation("negation", "changed", direction, _phrase(earlier.text, x), _phrase(later.text, y), weight, note)
            cue = x.cue if x.denied else y.cue if y.denied else None
            if best is None or strength > best[0]:
                best = (strength, seen, cue)
    if best and not (agreed and (best[0] < 0.6 or (best[2] is not None and best[2] in settled))):
        return best[1]
    return agreed or absent


def _nobody_against_people(denying: Claim, no: _Said, counting: Claim, yes: _Said) -> bool:
    """Whether one claim tells of nobody what the other tells of a number of people: "nobody was arrested", "nine people were arrested"."""
    if not no.denied or not no.is_head or no.cue is None or _NOBODY.fullmatch(denying.text, *no.cue) is None:
        return False
    subjects = [q for q in counting.quantities if q.dimension == "count" and q.low >= 1 and counts_people(q.unit)]
    return any(_AUXILIARIES.fullmatch(counting.text, q.char_end, yes.char_start) for q in subjects)


def _is_predicate(text: str, said: _Said) -> bool:
    """Names and numbers are not what a sentence affirms or denies."""
    surface = text[said.char_start : said.char_end]
    return (
        len(said.stem) > 2
        and not any(c.isdigit() for c in surface)
        and not (surface[0].isupper() and re.search(r"\w[\s\"“‘']+$", text[: said.char_start]) is not None)
    )


def _says_both(said: tuple[_Said, ...], word: _Said) -> bool:
    """Whether a claim affirms and denies one word: "unable to reattach it; another hospital reattached it"."""
    return any(s.stem == word.stem and s.denied != word.denied for s in said)


def _count_other_things(a: str, b: str) -> bool:
    """ "26 of the 33 came up alive" and "seven are dead" count parts of one whole: opposites that are both true."""
    counts = [set(re.findall(r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", text.lower())) for text in (a, b)]
    return bool(counts[0] - counts[1]) and bool(counts[1] - counts[0])


def _is_weak(text: str, said: _Said) -> bool:
    """Cues too often about something else: "will not open on Monday" is a matter of time, "without sirens" one of degree, and a denial reports a view.

    Of 50 differences resting on these, readers had called 3 a negation. They still count where two denials agree.
    """
    if not said.denied or said.cue is None:
        return False
    cue = text[slice(*said.cue)].lower()
    if cue == "without" and re.match(r"without (?:a single|any|even)\b", text[said.cue[0] :], re.IGNORECASE):
        return False
    if re.match(r"not|n['’]t", cue) and re.search(r"\b(?:an?|the|any|having)\b", text[said.cue[1] : said.char_start], re.IGNORECASE):
        return True  # "not a traditional film" says what kind it is
    ahead = re.search(r"\b(?:will|would|wo|shall)(?:\s+be)?\s*$", text[: said.cue[0]], re.IGNORECASE)
    return ahead is not None or not re.match(r"(?:not|n['’]t|no|no[ -]one|nobody|none|never|neither|nor|fail|refus|declin|neglect|omit|unable|stop)", cue)


def _half_denied(text: str, said: _Said, other: _Said) -> bool:
    """Whether the claim that affirms the word denies something as well: "rather than going on display", "pups not counted"."""
    return (
        not said.denied and other.denied and (_CUE.search(text) is not None or re.search(r"\b(?:instead of|rather than|excluding|lost|lack)", text) is not None)
    )


def _weight(text: str, said: _Said) -> float:
    """Measured on pairs of tellings of one fact: verbs with "not" were a negation to readers in 3 of 5, nouns with "no" in fewer than half."""
    if not said.denied or said.cue is None:
        return 0.0
    return 0.45 if re.match(r"no\b|none", text[said.cue[0] :], re.IGNORECASE) else 0.6


def _same_form(a: str, b: str) -> bool:
    """Inflections of one word, not words of one family: "arrested" and "arrest", but not "account" and "accountants"."""
    a, b = (BASE_OF_PAST.get(x.lower(), x.lower()) for x in (a, b))
    n = next((i for i, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), min(len(a), len(b)))
    return all(re.fullmatch(r"|e|s|es|d|ed|ing|y|ies|ied|(?P<double>[a-z])(?:ed|ing)|[a-z]{1,2}", rest) for rest in (a[n:], b[n:]))


def _is_unreal(text: str, said: _Said) -> bool:
    """Whether the clause is about what may, should or would be, is asked, or holds only up to a limit ("nobody left before noon")."""
    clause_start = max((m.end() for m in _BOUNDARY.finditer(text, 0, said.char_start)), default=0)
    limited = said.denied and re.match(r"[^,.;]*?\b(?:since|until|till|unless|before|except|without|other than)\b", text[said.char_end :])
    asked = text.find("?", said.char_end, said.char_end + 80) >= 0
    return bool(_UNREAL.search(text, clause_start, said.char_start)) or bool(limited) or asked or bool(_LIFTED.search(text, clause_start))
