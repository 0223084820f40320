"""The clause in which some words of a claim stand: its subject and its first verb group.

Without a parser: the sentence is cut at its conjunctions, relative words and marks, the words that say who says so are masked, and a clause's subject is
what stands before its first finite verb. Whatever is not plainly a noun phrase there (a pronoun, an adverbial, a list) is no subject: these readings go into
sentences about the claim, where none is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flows.language.aliases import same_entity
from flows.language.alignment import FUNCTION_WORDS, content_words, stem
from flows.language.reported_speech import according_to, account_of, cited, mask_quotations, said
from flows.language.speech_patterns import TIME, VERB_OF
from flows.language.verbs import AUXILIARIES, first_finite_verb, has_finite_verb

Span = tuple[int, int]

MAX_SUBJECT = 60  # characters of a subject that a sentence can quote
MASK = "\ue001"  # stands for each character of "officials said"

_HARD = re.compile(
    r"[;:—–()“”\"?!\ue000\ue001]+|(?<![.\s][A-Za-z])\.(?=\s+[A-Z]|$)|,?\s+(?:that|whether|because|although|though|while|whereas|when|where|who|whom|whose|which|if|unless|how|why)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(r",(?=\s)|,?\s+(?:and|but|or|as|after|before|since|until|than)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"[\s,]*(?:who|whom|whose|which|where|that)$", re.IGNORECASE)
_COMPLEMENT = re.compile(r"[\s,]*(?:that|whether|if)$", re.IGNORECASE)
# Nouns, adjectives and participles of knowing that "that" follows: 35. After any other noun it is relative: "the decree that she signed".
_TAKES_THAT = frozenset(
    """unclear clear evidence proof sign signs indication indications certain sure doubt likely possible known true fear fears claim claims report reports
    rumour rumours hope hopes believed thought said reported feared suspected alleged indicating suggesting showing""".split()
)
_PRONOUNS = frozenset(
    "i he she it we they you there this that these those who which what one both some many others all none neither either each such it's he's she's they're "
    "we're there's here nobody nothing everyone everything someone".split()
)
_NP_START = re.compile(
    r"(?:the|an?|its|his|her|their|our|no|any|every|each|another|both|all|several|many|few|most|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s"
    r"|[\d$€£]|[A-Z]|[a-z-]+(?<!s)s\b(?!\w)|(?:people|police|men|women|children)\b"
)
# What opens a clause without being its subject: prepositions, connectives and adverbs, closed classes of English.
_NO_SUBJECT_START = frozenset(
    "of in on at by for from with to into onto over under about after before between against during without within through as than near despite amid among "
    "across along around since until upon off up down out earlier later meanwhile yesterday today now then however still instead also yet only even if when "
    "while although though because so but and or nor not never perhaps maybe once twice asked citing according speaking late early last next since".split()
)
_NO_SUBJECT_END = frozenset("the a an this that these those of to no and or his her its their by in for with which what on at from not".split())
_ADVERBS_AT_END = re.compile(r"(?:\s+(?:\w+ly|also|already|now|then|still|later|soon|once|again|both|all|even|never|not))+$")
_TIME_AT_START = re.compile(rf"(?:(?:{TIME}|so far),?\s+)+")

# Words for one event: 19 sets of general English, what verbs of news most often vary between; irregular forms are listed with their verb.
_EVENTS = """
fall fell fallen collapse topple
die died dead perish drown killed
begin began begun start open launch
end finish close shut conclude
explode blow blew detonate
arrive reach land
leave left depart
strike struck hit
arrest detain seize
meet met met
resign quit
sink sank sunk
find found discover
buy bought acquire purchase
sell sold
give gave given provide supply deliver hand transfer
build built construct
sign signed
steal stole stolen
"""
# Verbs that are another event with their particle: 10, to the verb of the set above.
_PHRASAL = {
    (stem(verb), particle): event
    for verb, particle, event in (
        ("come", "down", "fall"), ("fall", "down", "fall"), ("go", "off", "explode"), ("blow", "up", "explode"), ("break", "out", "begin"),
        ("set", "off", "leave"), ("step", "down", "resign"), ("close", "down", "close"), ("shut", "down", "close"), ("hand", "over", "give"),
    )
}  # fmt: skip
_PARTICLES = frozenset("down up out off over".split())
_EVENT_OF = {stem(word): number for number, line in enumerate(_EVENTS.strip().splitlines()) for word in line.split()}
# Past forms of which the stemmer does not know the verb, where no set above has them: 28, the commonest of news.
_BASE_OF = {
    "went": "go", "gone": "go", "came": "come", "took": "take", "taken": "take", "made": "make", "held": "hold", "won": "win", "lost": "lose", "sent": "send",
    "paid": "pay", "spoke": "speak", "spoken": "speak", "flew": "fly", "flown": "fly", "shot": "shoot", "led": "lead", "fled": "flee", "rose": "rise",
    "risen": "rise", "broke": "break", "broken": "break", "burnt": "burn", "ran": "run", "wrote": "write", "written": "write",
    "fell": "fall", "blew": "blow",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as half-open offsets in its claim. `subjects` are the wordings of one subject ("Ann Orr", "the mayor"), the first the nearest to the start;
    empty where none is plain. `verb` ends with the word that names the deed: "has agreed to hand"."""

    char_start: int
    char_end: int
    opener: str
    subjects: tuple[Span, ...]
    verb: Span | None


def place_of(text: str, words: str) -> Iterator[Span]:
    """Yield where `words` stand in `text` as whole words."""
    if not words.strip():
        return
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    for match in re.finditer(before + re.escape(words) + after, text):
        yield match.span()


def ends_phrase(text: str, span: Span) -> bool:
    """Whether no noun follows that the words would only modify, and no word was cut through."""
    after = text[span[1] :]
    if re.match(r"[-'’]\w|\w", after):
        return False
    m = re.match(r"\s+([^\W_][\w'’-]*)", after)
    if m is None:
        return True
    word = m[1].lower()
    return word in FUNCTION_WORDS or word in AUXILIARIES or word.endswith(("ed", "ing", "ly"))


def clause_at(text: str, span: Span) -> Clause | None:
    """Return the clause that `span` stands in; None where it reaches over several, or stands in the words that say who says so."""
    for clause in _clauses(text):
        if clause.char_start <= span[0] and span[1] <= clause.char_end:
            return clause
    return None


def proposition_clause(text: str, span: Span) -> Clause | None:
    """Return the clause whose truth the words at `span` bear on: the one they stand in, or the one that "it is unclear whether" or "officials fear" opens.

    None where it is not plain which one that is.
    """
    clauses = _clauses(text)
    own = clause_at(text, span)
    if own is None:
        # In the words that say who says so: the clause after them, else the one that they follow.
        after = [c for c in clauses if c.char_start >= span[1] and c.verb]
        before = [c for c in clauses if c.char_end <= span[0] and c.verb]
        return after[0] if after else before[0] if len(before) == 1 else None
    following = next((c for c in clauses if c.char_start >= own.char_end), None)
    if following is None or not _COMPLEMENT.match(following.opener) or _is_relative_that(text, following):
        return own
    is_that = following.opener.lower().endswith("that")
    return following if not is_that or _takes_that(text[: following.char_start - len(following.opener)]) else own


def _takes_that(before: str) -> bool:
    """Whether "that" after these words tells what is said or known, and is no "that" of "the decree that she signed"."""
    last = before.lower().split()[-1:]
    return not last or last[0] in VERB_OF or last[0] in _TAKES_THAT or last[0].endswith(MASK)


def sole_clause(text: str) -> Clause | None:
    """Return the one clause that says something; None where several do."""
    saying = [c for c in _clauses(text) if c.verb]
    return saying[0] if len(saying) == 1 else None


def same_subject(a: str, first: Clause, b: str, second: Clause) -> tuple[str, str] | None:
    """Return the subjects of two clauses, of the texts `a` and `b`, as worded in either, where both plainly name one thing; else None."""
    for x in first.subjects:
        for y in second.subjects:
            one, other = a[slice(*x)], b[slice(*y)]
            if _is_same(one, other):
                return one, other
    return None


def tells_of(text: str, clause: Clause, span: Span) -> bool:
    """Whether the clause's verb is the one that the words at `span` go with: none other stands between the two."""
    if clause.verb is None:
        return False
    between = text[clause.verb[1] : span[0]] if span[0] >= clause.verb[1] else text[span[1] : clause.verb[0]]
    return not has_finite_verb("x " + between, sure=True)


def same_event(a: str, first: Clause, b: str, second: Clause) -> bool:
    """Whether the two clauses tell one deed: the same verb, or words for one event."""
    if first.verb is None or second.verb is None:
        return False
    return _event(a[slice(*first.verb)]) == _event(b[slice(*second.verb)])


def main_verb(verb_group: str) -> str:
    """Return the word of a verb group that names the deed: "hand" of "plans to hand over"."""
    tokens = verb_group.lower().split()
    return tokens[-2] if len(tokens) > 1 and tokens[-1] in _PARTICLES else tokens[-1]


def _event(verb_group: str) -> str | int:
    verb, last = main_verb(verb_group), verb_group.lower().split()[-1]
    base = stem(_BASE_OF.get(verb, verb))
    if last in _PARTICLES and last != verb:
        base = stem(_PHRASAL.get((base, last), f"{base} {last}"))
    return _EVENT_OF.get(base, base)


def _is_same(a: str, b: str) -> bool:
    stems_a, stems_b = ({w[0] for w in content_words(x)} for x in (a, b))
    if not stems_a or not stems_b:
        return False
    if all(word[0].isupper() for word in a.split() + b.split()) and same_entity(a, b):
        return True
    return (stems_a <= stems_b or stems_b <= stems_a) and _head(a) == _head(b) != ""


def _head(phrase: str) -> str:
    """The stem of the noun a phrase is about: of "a bolt in the foot of the crane" that of "bolt"."""
    core = re.split(r"\s(?:of|in|on|at|from|for|with|to|by|near|inside|familiar)\s", phrase, maxsplit=1)[0]
    found = content_words(core)
    return found[-1][0] if found else ""


def _is_relative_that(text: str, clause: Clause) -> bool:
    """ "the system that was sent": no subject between "that" and the verb."""
    return clause.verb is not None and not text[clause.char_start : clause.verb[0]].strip()


@lru_cache(maxsize=4096)
def _clauses(text: str) -> tuple[Clause, ...]:
    masked = _without_sources(text)
    pieces: list[tuple[int, int, str]] = []
    start, opener = 0, ""
    for mark in _HARD.finditer(masked):
        pieces.extend(_softly_cut(masked, start, mark.start(), opener))
        start, opener = mark.end(), mark.group()
    pieces.extend(_softly_cut(masked, start, len(masked), opener))
    return tuple(_read(masked, a, b, opener) for a, b, opener in pieces if masked[a:b].strip())


def _without_sources(text: str) -> str:
    """`text` with quotations, and the words that say who says so, masked character for character."""
    masked = mask_quotations(text)
    for found in (cited(masked), according_to(masked), said(masked), account_of(masked)):
        if found is not None and found.cut != (0, 0):
            a, b = found.cut
            masked = masked[:a] + MASK * (b - a) + masked[b:]
    return masked


def _softly_cut(text: str, start: int, end: int, opener: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, opener) of a stretch cut at commas and "and" where either side has a verb of its own."""
    marks = list(_SOFT.finditer(text, start, end))
    for mark, stop in zip(marks, [*(m.start() for m in marks[1:]), end][: len(marks)], strict=True):
        after = text[mark.end() : stop]
        if has_finite_verb("x " + text[start : mark.start()], sure=True) and has_finite_verb("x " + after, sure=True):
            yield start, mark.start(), opener
            start, opener = mark.end(), mark.group()
    yield start, end, opener


def _read(text: str, start: int, end: int, opener: str) -> Clause:
    verb = first_finite_verb(text[start:end])
    if verb is None:
        return Clause(start, end, opener, (), None)
    verb_start = start + verb[0]
    relative = _RELATIVE.match(opener) and (not _COMPLEMENT.match(opener) or (opener.lower().endswith("that") and not _takes_that(text[: start - len(opener)])))
    subjects = () if relative else tuple(_subjects(text, start, verb_start))
    return Clause(start, end, opener, subjects, (verb_start, _end_of_deed(text, start + verb[1], end)))


def _end_of_deed(text: str, verb_end: int, end: int) -> int:
    """Where the word that names the deed ends: past "to", "to have" and the like after "has agreed"."""
    while m := re.compile(r"\s+(?:\w+ly\s+)?to\s+(?:have\s+)?(?:be(?:en)?\s+)?([a-z]+)\b").match(text, verb_end, end):
        verb_end = m.end()
    particle = re.compile(r"\s+([a-z]+)\b").match(text, verb_end, end)
    return particle.end() if particle and particle[1] in _PARTICLES else verb_end


def _subjects(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the wordings of the subject that stands in text[start:end], right before the verb."""
    closed = text[start:end].rstrip().endswith(",")
    chunks = [m.span() for m in re.compile(r"[^,]+").finditer(text, start, end) if m.group().strip()]
    while len(chunks) > 1 and (_phrase(text, *chunks[0]) is None or not closed):
        chunks = chunks[1:]  # "In May, the port": an adverbial, and then the subject
        if closed and len(chunks) == 1:
            return  # only the apposition is left
    phrases = [_phrase(text, *chunk) for chunk in chunks]
    if phrases and phrases[0] is not None:
        yield from (p for p in phrases if p is not None)


def _phrase(text: str, start: int, end: int) -> Span | None:
    """Return the noun phrase that fills text[start:end]; None where it is none, a pronoun, or too long to be quoted."""
    words = text[start:end]
    end -= len(words) - len(words.rstrip())
    start += len(words) - len(words.lstrip())
    if (m := _TIME_AT_START.match(text[start : start + 1].lower() + text[start + 1 : end])) and m.end() < end - start:
        start += m.end()
    if m := _ADVERBS_AT_END.search(text[start:end]):
        end = start + m.start()
    phrase = text[start:end]
    tokens = re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", phrase.lower())
    plain = bool(tokens) and len(phrase) <= MAX_SUBJECT and bool(_NP_START.match(phrase))
    if not plain or tokens[0].replace("’", "'") in _NO_SUBJECT_START | _PRONOUNS | AUXILIARIES or tokens[-1] in _NO_SUBJECT_END:
        return None
    return start, end


def quoted_event(text: str, clause: Clause, span: Span) -> str | None:
    """Return subject and verb as one verbatim stretch, "the crane fell", with "…" where an object follows that is not the words at `span`.

    None where there is no plain subject, or the stretch is longer than MAX_SUBJECT.
    """
    if not clause.subjects or clause.verb is None:
        return None
    stretch = text[clause.subjects[0][0] : clause.verb[1]]
    following = re.match(r"\s+([\w’'-]+)", text[clause.verb[1] : clause.char_end])
    word = following[1].lower() if following else ""
    is_whole = following is None or clause.verb[1] + following.start(1) >= span[0] or word in _NO_SUBJECT_START or word.endswith("ly")
    return (stretch if is_whole else f"{stretch} …") if len(stretch) <= MAX_SUBJECT else None
