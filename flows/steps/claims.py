"""Claims: the checkable statements of an article, quoted with their exact offsets and read once.

A claim is a whole sentence. It is cut only at ";" between two clauses that each stand alone, since every other cut (at "and", at a dash, before a relative
clause) leaves a part that says less, or something else, than the sentence did. What is no claim is dropped with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flows.language.article_notes import has_bare_clocks, is_call_to_reader, is_note_on_article, label_end
from flows.language.attribution import read_attribution
from flows.language.certainty import read_certainty
from flows.language.names import read_names
from flows.language.quantities import read_quantities
from flows.language.sentences import split_sentences
from flows.language.times import read_times
from flows.language.verbs import WORD, has_finite_verb, has_present_verb, opens_with_verb
from flows.records import Article, Claim, claim_id
from flows.steps.views import normalised

MIN_WORDS = 4
MIN_WORDS_WITHOUT_KNOWN_VERB = 5
MAX_WORDS = 150  # longer "sentences" are tables, lists and text whose full stops were lost

_CAPITALS = r"[A-Z][A-Z.’'\-]+(?:[ /][A-Z][A-Z.’'\-]+){0,3}"
_TITLE_CASE = r"[A-Z][\w.’'\-]+(?:\s[A-Z][\w.’'\-]+){0,3}"
_COUNTRY = r"(?:,\s+[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?)?"
_DAY = r"(?:[A-Z][a-z]+\.?\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]+|[A-Z][a-z]+day)(?:,?\s+\d{4})?"
# "LORAN - ", "LONDON (Agency) — ", "OSTREL, April 15 – ", "PORT SAEL, Wednesday —"; a place in small letters needs one of these or a bar: "Loran (Agency) - ".
_DATELINE = re.compile(
    rf"^(?:{_CAPITALS}{_COUNTRY}(?:,?\s+{_DAY})?(?:\s*\([^)]{{2,40}}\))?|{_TITLE_CASE}{_COUNTRY}(?:\s*\([A-Z][^)]{{1,40}}\)|,\s+{_DAY}))"
    rf"\s*(?:—|–|--|\s-)\s*(?=[\w“\"'‘])|^{_TITLE_CASE}{_COUNTRY}\s*\|\s+(?=[A-Z\d“\"'‘])"
)
_AGENCY = re.compile(r"^\([A-Z][\w .&-]{1,30}\)\s*(?:—|–|--|-)\s*(?=\S)")  # "(Agency) - The dam held."
MIN_CLAUSE_WORDS = 5  # of a clause cut from its sentence: shorter ones lean on the other clause too much
_CONCESSION = re.compile(r"(?:while|although|though|even though|whereas)\s+", re.IGNORECASE)
_CLAUSE_COMMA = re.compile(r",\s+")
_JOINING_COMMA = re.compile(r",\s+(?:but|while|whereas|although|though|even though)\s+(?=\w)", re.IGNORECASE)
# Heads without a subject of their own: relative and further conjunctions, participles, verbs whose subject stands in the other clause.
_NO_SUBJECT = re.compile(
    r"(?:and|or|but|nor|also|which|who|whom|whose|that|where|when|if|because|as|including|such|not|never|only|still|yet|in|on|at|by|for|with|from|to|of|after|before|since|"
    r"has|have|had|is|are|was|were|be|been|being|will|would|may|might|can|could|should|must|do|does|did|\w+ing|\w+ly)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•●▪■◦‣·*]|[-–—](?=\s)|\(?\d{1,2}[.)](?=\s+[A-Z]))\s*")
_QUOTE_MARKS = '“”"«»'
# A quotation may open with one double mark and close with another ("“The shots," she said."); straight marks inside curly ones go with it.
_QUOTED = re.compile(r"“(?:[^”\"]|(?<=[\s(])\"\w[^\"”]*\")*(?:[”\"]|$)|\"[^\"”]*(?:[\"”]|$)|«[^»]*(?:»|$)|^‘.*?’(?=\s|$|[.,])|^'.*?[.,!?]'(?=\s|$)")
_QUESTION_WORDS = re.compile(r"^(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should|has|have)\b[^.]*$", re.IGNORECASE)
# An imperative that talks to the reader of a page: 22 verbs of buttons, notes and calls for action. "Please" alone is enough.
_TO_THE_READER = re.compile(
    r"^(?:please|click|subscribe|sign up|follow (?:us|our|the live)|share (?:this|your)|read (?:more|also|on|next|our|the full)|see (?:also|more|our)|"
    r"watch (?:the|our|this|live|now|:)|listen|join (?:us|our|the conversation)|enter your|contact (?:us|our|the author)|send us|tell us|let us know|"
    r"visit (?:our|us)|check (?:out|back)|stay tuned|register (?:now|here|for)|log in|leave a (?:reply|comment)|scroll|support (?:us|our)|"
    r"get (?:the latest|our)|don['’]t miss|©|all rights reserved|"
    r"this (?:article|story) (?:was|has been|is) (?:updated|originally|published|amended|part))(?!\w)",
    re.IGNORECASE,
)
# Heads that are labels or calls on a page and words of the world too: "Download our app." and "Download speeds have doubled."
_PERHAPS_TO_THE_READER = re.compile(
    r"^(?:(?:note|image|photo|picture|caption|sources?|credit):|copyright|advertisement|by using|download)(?!\w)", re.IGNORECASE
)
_CHROME = re.compile(r"https?://t\.co/|[|›»]\s|@\w+\s*$|\b(?:photo|image|picture)s?(?: credit)?:\W*$|©", re.IGNORECASE)
_PERHAPS_CHROME = re.compile(
    r"https?://|www\.|\bcookies?\b.*\b(?:accept|policy|settings)\b|\b(?:our|free|daily|weekly) newsletter\b|\b(?:photo|image|picture)s?(?: credit)?:",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
# Who speaks on a page of itself and to whom; "US" is a country.
_OF_THE_PAGE = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|[Yy]ou|[Yy]our|YOU|YOUR|I|[Mm]y|[Hh]ere|HERE|[Tt]his (?:(?:web)?site|page|article|story|post|report|item))\b")
# A clause that needs the one before it: a conjunction, a pronoun, an item of a list.
_LEANS_BACK = re.compile(
    r"(?:and|or|but|nor|yet|so|then|thus|hence|otherwise|some|others?|most|the (?:former|latter|first|second|third|other|rest)|one|another|that|this|these|"
    r"those|which|who|whose|where|while|whereas|as|to|for|with|he|she|it|they|we|his|her|its|their|both|neither|none)\b",
    re.IGNORECASE,
)
_VERBLESS = re.compile(r"(?:\w+(?:ed|ing)\b|from|in|on|at|by|for|with|of|to|under|over|among|expect|no|not|and|or|such|as|after|before)\b", re.IGNORECASE)
_SINGLE_MARK = re.compile(r"(?P<opens>(?<![^\s(\[“\"—–])[‘'](?=[^\W\d_]))|(?P<closes>(?<=[^\W\d_]|[.,!?…;:])[’'](?=$|[\s.,;:!?)\]—–]))")
_SENTENCE_END = re.compile(r"(?<!\.\.)[.!?][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The claims of one article in the order of the text, and how many pieces were dropped, per reason."""

    claims: list[Claim]
    dropped: dict[str, int]


def extract_claims(article: Article, run_id: str) -> ClaimResult:
    """Return the claims of `article`; for each, `article.text[char_start:char_end] == text`.

    Reasons in `dropped`: question, heading, fragment, no verb, quote only, exclamation, imperative, note on the article, chrome, too short, too long, and
    said before.
    """
    text = article.text
    claims: list[Claim] = []
    dropped: Counter[str] = Counter()
    context = ""
    for index, (start, end, pieces) in enumerate(_sentences_with_pieces(text)):
        for a, b, reason in pieces:
            if reason:
                dropped[reason] += 1
            else:
                claims.append(_read(article, run_id, a, b, index, context))
        context = text[start:end]
    return ClaimResult(claims, dict(dropped))


def pieces_of(text: str) -> list[tuple[int, int, str]]:
    """Return what a text is cut into, as (char_start, char_end, reason): claims with an empty reason, the rest with why they are none."""
    return [piece for _, _, pieces in _sentences_with_pieces(text) for piece in pieces]


def _sentences_with_pieces(text: str) -> Iterator[tuple[int, int, list[tuple[int, int, str]]]]:
    """The sentences in order, each with its pieces. A text's claim that stands in it again, as under every picture of a gallery, is none there."""
    said: set[str] = set()
    has_clocks = has_bare_clocks(text)
    previous_end = 0
    for start, end in split_sentences(text):
        pieces = []
        bare_clock = has_clocks and (start == 0 or "\n" in text[previous_end:start])
        for a, b in _clauses(text, _skip_lead(text, start, end, bare_clock), end):
            words = normalised(text[a:b])
            reason = why_no_claim(text[a:b], ended=True if b < end else None) or ("said before" if words in said else "")
            if not reason:
                said.add(words)
            pieces.append((a, b, reason))
        previous_end = end
        yield start, end, pieces


def why_no_claim(sentence: str, *, ended: bool | None = None) -> str:
    """The reason for which `sentence` is no claim; empty where it is one. `ended` says that a full stop or ";" ends it; None: look."""
    outside = _QUOTED.sub(" ", sentence)
    n_words = len(WORD.findall(sentence))
    bare = sentence.rstrip(_QUOTE_MARKS + "’') ")
    if ended is None:
        ended = bool(_SENTENCE_END.search(sentence)) or sentence.endswith((";", ":"))
    if not n_words:
        return "fragment"
    if _CHROME.search(outside) or (_PERHAPS_CHROME.search(outside) and not (ended and _is_of_the_world(outside))):
        return "chrome"
    if is_note_on_article(outside):
        return "note on the article"
    head = _PERHAPS_TO_THE_READER.match(sentence)
    if is_call_to_reader(sentence) or _TO_THE_READER.match(sentence) or (head and not _is_of_the_world(sentence[head.end() :])):
        return "imperative"
    quotes_more = outside != sentence and _is_reported(outside)
    if bare.endswith("?") and not quotes_more:
        return "question"
    if bare.endswith("!") and not quotes_more:
        return "exclamation"
    if not ended and (_is_heading(sentence, n_words) or _QUESTION_WORDS.match(sentence)):
        return "heading"
    if n_words < MIN_WORDS and not (n_words == MIN_WORDS - 1 and _is_full_statement(sentence)):
        return "too short"
    if n_words > MAX_WORDS:
        return "too long"
    if not WORD.search(outside):
        return "quote only"
    if sentence[0].islower() and not ended:
        return "fragment"
    # A verb that is in no list is likelier than a verbless sentence of this length, unless it opens as such sentences do.
    looks_verbless = not ended or n_words < MIN_WORDS_WITHOUT_KNOWN_VERB or _VERBLESS.match(sentence)
    if not has_finite_verb(sentence) and looks_verbless and not has_present_verb(sentence):
        return "no verb"
    return ""


def _is_of_the_world(text: str) -> bool:
    """Whether a verb states something, and neither the page nor its reader is in it: then "cookies" or "copyright" is what it is about."""
    bare = _ADDRESS.sub(" ", text)
    return not _OF_THE_PAGE.search(bare) and has_finite_verb(bare, sure=True)


def _is_full_statement(sentence: str) -> bool:
    """Whether three words make a statement that can be checked: "Nobody was hurt.", and not "He left early." """
    return has_finite_verb(sentence, sure=True) and not re.match(r"(?:he|she|it|they|we|i|you|this|that|there|what|who|so)\b", sentence, re.IGNORECASE)


def _is_reported(outside: str) -> bool:
    """Whether something is said outside the quotation marks: the question is quoted, the sentence states that it was put."""
    return len(WORD.findall(outside)) >= 2 and has_finite_verb("x " + outside)


def _is_heading(sentence: str, n_words: int) -> bool:
    # Without a full stop a line is a heading, a caption or a byline, unless it is long, in small letters, and has a verb that headings leave out or cut short.
    return n_words < 15 or not has_finite_verb(sentence, sure=True) or _is_in_title_case(sentence)


def _is_in_title_case(sentence: str) -> bool:
    """Whether nearly all words of four letters or more begin with a capital, as in a headline and in no sentence."""
    long_words = [word for m in WORD.finditer(sentence) if len(word := m.group()) >= 4]
    return len(long_words) >= 4 and sum(word[0].isupper() for word in long_words) >= 0.8 * len(long_words)


def _skip_lead(text: str, start: int, end: int, bare_clock: bool) -> int:
    """Where the statement starts: past a label, a dateline, an agency's name or a bullet."""
    if (label := label_end(text[start:end], bare_clock=bare_clock)) and start + label < end:
        start += label
    for pattern in (_BULLET, _DATELINE, _AGENCY):
        lead = pattern.match(text[start:end])
        if lead and start + lead.end() < end:
            start += lead.end()
    return start


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut at ";", and between a concession and its main clause, where both sides are statements of their own; else the sentence stays whole."""
    return [half for part in _at_semicolons(text, start, end) for half in _at_concession(text, *part)]


def _at_concession(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "While talks go on, there is no sign of a deal." and "Talks go on, but there is no sign of a deal." state two things, and are compared as two.

    The cut is at the first comma with a full clause on either side. The words that join the two (while, although, but) belong to neither.
    """
    sentence = text[start:end]
    opening = _CONCESSION.match(sentence)
    for comma in _CLAUSE_COMMA.finditer(sentence) if opening else _JOINING_COMMA.finditer(sentence):
        first = (start + (opening.end() if opening else 0), start + comma.start())
        second = (start + comma.end(), end)
        if _inside_quotes(sentence[: comma.start()]) or not all(_is_full_clause(text[a:b]) for a, b in (first, second)):
            continue
        source = read_attribution(sentence)
        # A source named at either end may speak for both clauses: then the sentence stays whole.
        if source.source is not None and (source.char_end <= comma.start() or source.char_start > comma.end() + 0.5 * (len(sentence) - comma.end())):
            return [(start, end)]
        return [first, second]
    return [(start, end)]


def _is_full_clause(clause: str) -> bool:
    """True for a clause with a subject at its head and a finite verb, long enough to be compared."""
    if _NO_SUBJECT.match(clause) or opens_with_verb(clause) or clause.count("(") != clause.count(")"):
        return False
    if len(WORD.findall(clause)) < MIN_CLAUSE_WORDS:
        return False
    return has_finite_verb(clause, sure=True)


def _at_semicolons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start + m.start() for m in re.finditer(r";(?=\s)", text[start:end]) if not _inside_quotes(text[start : start + m.start()])]
    bounds = [start, *[c + 1 for c in cuts], end]
    parts: list[tuple[int, int]] = []
    for a, b in pairwise(bounds):
        a += len(text[a:b]) - len(text[a:b].lstrip())
        if a < b:
            parts.append((a, b))
    if len(parts) < 2 or not all(_stands_alone(text[a:b].rstrip(";")) for a, b in parts):
        return [(start, end)]
    return [(a, b - 1 if text[b - 1] == ";" else b) for a, b in parts]


def _stands_alone(clause: str) -> bool:
    if _LEANS_BACK.match(clause) or opens_with_verb(clause) or clause.count("(") != clause.count(")"):
        return False
    if not MIN_WORDS <= len(WORD.findall(clause)) <= MAX_WORDS:
        return False
    return has_finite_verb(clause, sure=True) and read_attribution(clause).source is None  # a source may speak for both


def _inside_quotes(before: str) -> bool:
    if before.count("“") > before.count("”") or before.count('"') % 2 == 1 or before.count("(") > before.count(")"):
        return True
    # Single marks are apostrophes too ("the '90s", "guards' boats"), so a mark closes only what one opened.
    is_open = False
    for mark in _SINGLE_MARK.finditer(before):
        is_open = mark.lastgroup == "opens" or (is_open and mark.lastgroup != "closes")
    return is_open


def _read(article: Article, run_id: str, start: int, end: int, index: int, context: str) -> Claim:
    text = article.text[start:end]
    attribution = read_attribution(text)
    certainty = read_certainty(text)
    return Claim(
        claim_id=claim_id(article.article_id, start, end),
        article_id=article.article_id,
        run_id=run_id,
        text=text,
        char_start=start,
        char_end=end,
        sentence_index=index,
        context=context,
        proposition=attribution.proposition,
        attribution=attribution.source,
        attribution_strength=attribution.strength,
        certainty=certainty.name,
        certainty_level=certainty.level,
        certainty_cues=certainty.cues,
        quantities=read_quantities(text),
        times=read_times(text, article.published_at),
        names=read_names(text),
    )
