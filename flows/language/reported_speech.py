"""Clauses of saying, found by the verb and what stands around it: who says it, and which stretch to cut so that what is said is left.

All functions read a sentence whose quotations are masked (see `MASK`), so that a verb inside one is not taken for the sentence's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.speech_patterns import (
    ACCORDING_TO,
    ACCOUNT_OF,
    ADVERBS_BEFORE_VERB,
    APPOSITION,
    CITING,
    CLAUSE_OPENER,
    GOES_ON,
    INSIDE_RELATIVE,
    LEADING_TIME,
    LEADING_WORDS,
    MANNER_VERBS,
    MASK,
    NEGATED_OR_MODAL,
    NO_SINGULAR_SUBJECT,
    NO_SUBJECT_END,
    NOT_INVERTED,
    NOUN_FORMS,
    PASSIVE_BY,
    PUT_AT,
    QUOTED,
    RECIPIENT,
    RELATIVE,
    SOURCE_END,
    SOURCE_START,
    SPOKEN_IN_SINGLE_MARKS,
    SUBORDINATE,
    TAIL,
    TAKES_BARE_CLAUSE,
    TAKES_OBJECT,
    THAT,
    TIME,
    TOLD,
    TRAILING_CONNECTIVE,
    TRAILING_TIME,
    VERB_OF,
)
from flows.language.verbs import AUXILIARIES, IRREGULAR_PASTS, WORD, first_finite_verb, has_finite_verb

_NOUN_PHRASE_END = re.compile(r" (?:of|for|in|from|at|on|by|to|with|close|inside|along|near|under|behind|familiar|\w+ed) ")
_PLURAL_END = re.compile(r"(?:s|[’']|\b(?:people|police|they|we|you|i|some|many|others|men|women|children|media|both|data|\d+|who\b[^,]*))$", re.IGNORECASE)
_CONCESSIVE = re.compile(r"(?:while|although|though|because|since|if|whereas)\b", re.IGNORECASE)
# "warned the group to stay out", "cautioned against it": an admonition, no report.
_ADMONITION = re.compile(r"\s+(?:(?:[\w.’'-]+,?\s+){0,12}?(?:to|not to)\s+[a-z]+\b|against\b|off\b)")
# A verb of its own right after what may be a noun: "estimates put", "reports that were", "charges filed against", "reports show he was".
_VERB_FOLLOWS = re.compile(
    rf"\s+(?:(?:also|that|which|who)\s+)?(?:{'|'.join(sorted(AUXILIARIES))}|{'|'.join(sorted(IRREGULAR_PASTS))}|suggest|show|indicate|say|claim|reveal|"
    r"\w+ed\s+(?:by|in|on|at|against|for|from|to|of|with|that|after|over|under))\b",
    re.IGNORECASE,
)
_SPEECH_MARKS = " ,'\"‘’“”"
_CLAUSAL = re.compile(r"(?:as|while|although|though|when|after|before|if|because|since|once|until)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """Two stretches of a sentence as half-open offsets: the source as worded, and what to cut; (0, 0) where nothing can be cut."""

    source: tuple[int, int]
    cut: tuple[int, int]


def mask_quotations(text: str) -> str:
    """`text` with each quotation of more than two words masked, character for character."""
    for quotation in (QUOTED, SPOKEN_IN_SINGLE_MARKS):
        text = quotation.sub(lambda m: MASK * len(m.group()) if len(m.group().split()) > 2 else m.group(), text)
    return text


def cited(text: str) -> Source | None:
    match = CITING.search(text)
    if not match:
        return None
    return Source(_trim(text, match.start(1), match.end(1)), match.span())


def according_to(text: str) -> Source | None:
    match = ACCORDING_TO.search(text)
    if not match:
        return None
    start = match.end()
    end = start + (m.start() if (m := re.search(r"[,;:—–]|\s-\s|[.!?](?=\s*$)|$", text[start:])) else 0)
    if match.start() == 0 and (end == len(text) or text[end] in ".!?"):
        # "According to police the man fled": the next noun phrase opens the clause.
        opener = re.search(r"\s(?=(?:the|a|an|he|she|it|they|there|his|her|its|their|this|that|at least|some|\d+)\b)", text[start + 4 : end])
        end = start + 4 + opener.start() if opener else end
    verb = first_finite_verb(_before_relative(text[start:end])) if _has_main_verb(text[start:end]) else None
    end = start + verb[0] if verb else end  # "who according to police needed two evenings"
    source = _trim(text, start, end)
    if source[0] >= source[1]:
        return None
    cut_start = match.start()
    if text[:cut_start].rstrip().endswith(","):
        cut_start = len(text[:cut_start].rstrip()) - 1
    end = end if match.start() == 0 else _past_apposition(text, end)
    cut_end = end + 1 if text[end : end + 1] == "," and (match.start() == 0 or text[cut_start : cut_start + 1] == ",") else end
    return Source(source, (cut_start, cut_end))


def _past_apposition(text: str, end: int) -> int:
    """Where what is told about a source that comes last ends: "…, said Ann Orr, who saw it." """
    if not APPOSITION.match(text, end):
        return end
    comma = text.find(",", end + 1)
    if comma >= 0 and has_finite_verb(_before_relative(text[comma:]), sure=True):
        return comma
    stop = re.search(r";|[.!?](?=\s*$)|$", text[end:])
    return end + stop.start() if stop else len(text)


def account_of(text: str) -> Source | None:
    """ "by the ministry's count", "had been calculated by the audit office" """
    passive = PASSIVE_BY.search(text)
    if passive:
        return Source(_trim(text, *passive.span(1)), (0, 0))
    match = ACCOUNT_OF.search(text)
    if not match or has_finite_verb(match.group(1)):
        return None
    return Source(_trim(text, *match.span(1)), match.span())


def said(text: str) -> Source | None:
    """The clause of saying: its source, and what to cut so that the proposition is left."""
    verbs = [(m, VERB_OF.get(m.group().lower(), "say")) for m in WORD.finditer(text) if m.start() and _is_of_saying(text, m)]
    # Last first: in "Detectives believe that …, a spokesman said" the spokesman speaks.
    readings = [f(text, match, verb) for f in (_inverted, _after_what_is_said) for match, verb in reversed(verbs)]
    readings += [_before_what_is_said(text, match, verb) for match, verb in verbs]
    return next((found for found in readings if found and found.source[0] < found.source[1]), None)


def _is_of_saying(text: str, match: re.Match[str]) -> bool:
    """Whether a word may be a verb of saying; those of manner ("she sobbed") only where a quotation has just ended."""
    word = match.group().lower()
    return word in VERB_OF or (word in MANNER_VERBS and MASK in text[max(0, match.start() - 40) : match.start()])


def _before_what_is_said(text: str, match: re.Match[str], verb: str) -> Source | None:
    """ "Two officials told reporters on Monday that …" """
    subject_end = _subject_end(text, match.start())
    if subject_end is None:
        return None
    if _CONCESSIVE.match(text) and "," in text[match.end() :]:
        return None  # "While the paper reported that …, this is new": it is not the main clause that is attributed
    start = _subject_start(text[:subject_end])
    subject = text[start:subject_end]
    if not subject.strip() or len(subject.split()) > 25 or _has_main_verb(subject) or _is_cut_off(subject, text[subject_end : match.start()]):
        return None
    if match.group().lower() in NOUN_FORMS and (NO_SINGULAR_SUBJECT.search(subject) or _VERB_FOLLOWS.match(text, match.end())):
        return None  # "two reports were published": a noun, not a verb
    if verb in {"find", "show"} and re.match(r"\s+(?:in|at|on|by|to|among|near|under|inside)\b", text[match.end() :]):
        return None
    if match.group().lower() == verb and verb != "put" and not _is_plural(subject):
        return None  # "a final report": a noun, not a verb
    if verb == "put":
        return Source(_trim(text, start, subject_end), (0, 0)) if PUT_AT.match(text, match.end()) else None
    rest_start = _skip_to_content(text, match.end(), verb)
    if rest_start is None and verb not in TAKES_OBJECT:
        return None
    # "denied that", "found no sign that": what is said cannot be cut out without turning it round.
    return Source(_trim(text, start, subject_end), (start, rest_start) if rest_start is not None and verb != "deny" else (0, 0))


def _is_plural(subject: str) -> bool:
    return any(_PLURAL_END.search(_NOUN_PHRASE_END.split(chunk.strip(), maxsplit=1)[0]) for chunk in subject.rstrip(" ,").split(","))


def _is_cut_off(subject: str, gap: str) -> bool:
    """Whether `subject` ends with the subject of another clause than the main one: "the ban that the governor | announced", "They belong, it | says"."""
    relative = None if "," in gap else INSIDE_RELATIVE.search(subject)
    if relative and not has_finite_verb("x " + relative.group().split(None, 1)[1]):
        return True
    last = subject.rpartition(",")[2].strip()
    if "," not in gap and re.match(r"(?:who|whose|which)\b", last):
        return True
    if "," in subject and last.lower() in {"he", "she", "it", "they", "we"}:
        return True
    return bool(SUBORDINATE.match(subject)) and len(subject.split()) > 2


def _skip_to_content(text: str, position: int, verb: str) -> int | None:
    """Where the content of a verb of saying begins, past the recipient, the time and "that"; None where no clause follows."""
    rest = text[position:]
    if verb == "tell":
        recipient = re.match(r"(?:\s+(?!that\b)[\w’'-]+){1,7}?(?=\s+that\b)", rest) or re.match(r"\s+(?:" + RECIPIENT + r")(?=[\s,])", rest)
        if not recipient:
            return None
        position, rest = position + recipient.end(), rest[recipient.end() :]
    that = THAT.match(rest)
    if that and not has_finite_verb("x " + that.group().rstrip(", ")[:-4], sure=True):
        return position + that.end()
    if verb in {"warn", "caution"} and _ADMONITION.match(rest):
        return None
    if re.match(rf"[\s,:]*(?:[^{MASK},;.]{{0,60}})[,:]?\s*{MASK}", rest):
        return position + len(rest) - len(rest.lstrip(" ,:"))
    time = LEADING_TIME.match(rest)
    if time:
        position, rest = position + time.end(), rest[time.end() :]
    # "announced the ban" is an act; "announced the ban was over" a report. Without "that" only a subject with a sure verb tells them apart.
    bare = verb in TAKES_BARE_CLAUSE
    clause = rest if bare else _before_relative(re.split(r"[,;:]", rest, maxsplit=1)[0])
    if not re.match(r"[\s,:]*[\w“\"'‘$€£]", clause) or not has_finite_verb(f"x {clause}", sure=not bare) or (verb == "find" and re.match(r"\s+no\b", rest)):
        return None
    return position + len(rest) - len(rest.lstrip(" ,:"))


def _after_what_is_said(text: str, match: re.Match[str], verb: str) -> Source | None:
    """ "…, two officials said on Monday." and "The dam, officials said, was safe." """
    subject_end = _subject_end(text, match.start())
    told = TOLD.match(text, match.end()) if verb == "tell" else None
    tail = TAIL.match(text, told.end() if told else match.end())
    if subject_end is None or tail is None or (verb == "tell" and not told) or re.search(r"\bthat\b", tail.group()) or _has_main_verb(tail.group()):
        return None
    end = tail.end()
    said_later = text[end : end + 1] == "," and has_finite_verb(text[end + 1 :])  # "In a farmhouse, mediators confirmed, papers were signed."
    closed_by_comma = text[: match.start()].rstrip().endswith(",")
    for mark in reversed([m.start() for m in re.finditer(rf",(?!\d)|{MASK}(?!{MASK})|[—–]", text[:subject_end])]):
        subject, before = text[mark + 1 : subject_end], text[:mark]
        if _has_main_verb(subject):
            return None
        chunk_before = before.rpartition(",")[2]
        is_apposition = closed_by_comma and text[mark] == "," and ("," in before or MASK in before) and not _has_main_verb(chunk_before)
        if not subject.strip() or RELATIVE.match(subject.strip()) or is_apposition:
            continue  # "Lia Ferraz, his agent, said": the source starts a comma earlier
        if not (has_finite_verb(before) or MASK in before or said_later):
            return None
        cut_end = end + 1 if text[end : end + 1] == "," == text[mark] and not GOES_ON.match(text, end) else end
        closes_quotation = re.match(r",[”\"’']", text[mark:])  # of a word or two, which is not masked: "“However,” he said, …"
        cut_start = mark + 2 if closes_quotation else mark + 1 if text[mark] == MASK else mark
        return Source(_trim(text, mark + 1, subject_end), (cut_start, cut_end))
    return None


def _inverted(text: str, match: re.Match[str], verb: str) -> Source | None:
    """ "…, said the mayor." """
    before = text[: match.start()].rstrip()
    if not before or before[-1] not in f",{MASK}—–" or verb in NOT_INVERTED:
        return None
    after = text[match.end() :]
    if not SOURCE_START.match(after):
        return None
    if MASK not in before[-1] and _has_appositive_subject(before):
        return None
    if not (has_finite_verb(before) or MASK in before or has_finite_verb(after)):
        return None
    end_match = SOURCE_END.search(after)
    end = match.end() + (end_match.start() if end_match else len(after))
    tail = re.match(rf"(?:\s+{TIME})+", text[end:])
    cut_end = _past_apposition(text, end + tail.end() if tail else end)
    cut_start = len(before) - (0 if before[-1] == MASK else 1)
    return Source(_trim(text, match.end(), end), (cut_start, cut_end))


def _has_appositive_subject(before: str) -> bool:
    """Whether what stands before a verb is but its subject with something in commas: "Ann Orr, who saw it,"."""
    return "," in before.rstrip(" ,") and not _has_main_verb(before) and not SUBORDINATE.match(before)


def _subject_end(text: str, verb_start: int) -> int | None:
    """Where the subject before a verb ends, past its auxiliaries; None where the verb is negated, passive, infinitive or a noun."""
    before = text[:verb_start].rstrip()
    adverbs = ADVERBS_BEFORE_VERB.search(before)
    before = before[: adverbs.start()] if adverbs else before
    if not before.strip(" ,") or NEGATED_OR_MODAL.search(before):
        return None
    last = before.rstrip(" ,").split()[-1].lower()
    if last in {"who", "whom", "whose", "which"} or (last in NO_SUBJECT_END and not adverbs):
        return None
    if re.search(r"['’]s?$", last) and not adverbs:
        return None
    return len(before.rstrip(" ,"))


def _subject_start(before: str) -> int:
    """Where a subject that ends `before` starts: past "On Monday, " and "But "."""
    quotation = re.match(rf"{MASK}+[,\s]*", before)
    start = quotation.end() if quotation else 0
    if _CLAUSAL.match(before) and "," in before:
        start = before.rindex(",") + 1
    while "," in before[start:] and SUBORDINATE.match(before[start:].lstrip()):
        start = before.index(",", start) + 1
    openers = list(CLAUSE_OPENER.finditer(before, start))
    start = openers[-1].end() if openers else start
    lead = LEADING_WORDS.match(before[start:].lstrip())
    start += len(before[start:]) - len(before[start:].lstrip())
    return start + (lead.end() if lead else 0)


def _has_main_verb(phrase: str) -> bool:
    """Whether a phrase that should be a bare noun phrase holds a verb of its own, outside commas and relative clauses."""
    for n, chunk in enumerate(phrase.split(",")):
        tokens = [m.group().lower() for m in WORD.finditer(_before_relative(chunk))]
        for i, token in enumerate(tokens):
            if token in AUXILIARIES or (i and token in IRREGULAR_PASTS):
                return True
            # "workers interviewed by a station" has a participle; "the dam collapsed and …" a verb.
            following = tokens[i + 1] if i + 1 < len(tokens) else ""
            is_past = following in {"and", "but", "the", "a", "when", "after"} if i else n > 1
            if token.endswith("ed") and len(token) > 4 and is_past:
                return True
    return False


def _before_relative(phrase: str) -> str:
    return RELATIVE.split(phrase, maxsplit=1)[0]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Take connectives, commas and the time of speaking off a source."""
    raw = text[start:end]
    for aside in (TRAILING_TIME, TRAILING_CONNECTIVE):
        found = aside.search(raw)
        if found and found.start() > 0:
            raw = raw[: found.start()]
    raw = raw.rstrip(" ,;:") if re.search(r"\b[A-Z]\.[A-Z]\.$", raw.rstrip(" ,;:")) else raw.rstrip(" ,.;:")
    start += len(raw) - len(raw.lstrip(_SPEECH_MARKS))
    raw = raw.lstrip(_SPEECH_MARKS)
    # A mark at the end stays where it closes one inside ("the film “Dune”") or makes a genitive.
    raw = raw.rstrip("“‘ ,") if not re.search(r"[“\"‘].+[”\"’]$", raw) else raw
    raw = raw.rstrip('”" ,') if not re.search(r"[“\"].", raw) else raw
    lead = LEADING_WORDS.match(raw)
    return (start + lead.end() if lead else start), start + len(raw)
