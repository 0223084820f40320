"""Who says so: the attribution of a claim, cut out of its proposition.

What is recognised, most explicit first: a source that is cited ("CNN reported, citing two people …"), "according to …", a clause of saying before, inside or after what is
said ("Officials say that …", "…, said the mayor"), account phrases ("by the ministry's count"), and verbs and adverbs that name nobody ("is said to", "reportedly").
Quoted words are looked at as one block: whatever is said inside them is not an attribution of the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.sources import NONE, UNNAMED, strength
from flows.language.verbs import AUXILIARIES, IRREGULAR_PASTS, WORD, first_finite_verb, has_finite_verb

# Verbs of saying, thinking and finding in their finite forms. Classes after Saurí and Pustejovsky's source-introducing predicates (FactBank, 2009): report, knowledge,
# belief, inference; 70 verbs, those that news reports use.
_SAYING = (
    "say add state report announce confirm deny claim warn insist allege acknowledge admit argue assert maintain note explain reveal disclose suggest indicate predict testify "
    "write declare concede stress remark observe reply recall complain hint tell contend estimate reckon calculate believe suspect think fear assume conclude find show "
    "establish determine expect forecast emphasise emphasize confess respond comment object caution repeat attest certify inform assess mention relate recount report "
    "see learn charge"
).split()
_IRREGULAR = {
    "say": "said says say", "tell": "told tells tell", "write": "wrote writes write written", "think": "thought thinks think", "find": "found finds find",
    "show": "showed shows show shown", "forecast": "forecast forecasts", "see": "", "state": "stated", "learn": "learned learnt learns", "deny": "denied denies deny",
    "reply": "replied replies reply", "testify": "testified testifies testify", "certify": "certified certifies certify",
}  # fmt: skip


def _forms(verb: str) -> list[str]:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb].split()
    past = verb + "d" if verb.endswith("e") else verb + ("ted" if verb == "admit" else "ed")
    third = verb + ("es" if verb.endswith(("s", "sh", "ch")) else "s")
    return [past, third, verb]


_VERB_OF = {form: verb for verb in _SAYING for form in _forms(verb)}
# These take a clause without "that" so often that what follows need not be looked at closely.
_PLAIN = frozenset({"say", "tell"})
# A noun phrase after these is their object, not their subject.
_NOT_INVERTED = frozenset("tell find show declare deny suspect see believe fear expect establish determine assess mention charge assume disclose indicate forecast".split())
# These report with a bare object too: "pilots reported ash", "police suspect the son".
_WITH_OBJECT = frozenset("report estimate deny suspect allege calculate forecast predict expect find".split())
_RECIPIENT = (
    r"(?:reporters|journalists|lawmakers|parliament|shareholders|investors|(?:the |a |this )?(?:[A-Z][\w.]*\s?)+|(?:him|her|them|us|me|it)\b|(?:the|a|an|this|state|local|his|her|its|their) "
    r"[a-z]+(?: (?:conference|agency|paper|television|newspaper|radio|daily|meeting))?)(?:\s+who\b[^,.]*)?"
)

_TIME = (
    r"(?:(?:late |early |earlier |again )?(?:on|by) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|evening|night))?|on \d{1,2} [A-Z]\w+|on [A-Z]\w+ \d{1,2}|"
    r"yesterday|today|overnight|earlier|afterwards|later|again|(?:this|last|earlier this) (?:week|month|year|morning|evening)|"
    r"(?:in|at|during) (?:an? |the |her |his |its |their )?(?:[\w-]+ ){0,3}(?:statement|interview|briefing|conference|report|letter|post|message|speech|notice|broadcast|email|sermon|hearing|filing|memo)|"
    r"to (?:reporters|journalists|parliament|the press))"
)
_TRAILING_TIME = re.compile(rf"(?:,?\s+{_TIME})+\s*$")
_LEADING_TIME = re.compile(rf"(?:\s+{_TIME},?)+(?=\s)")
_BE = frozenset("is are was were be been being am".split())
_ADVERBS_BEFORE_VERB = re.compile(r"(?:[\s,]+(?:has|have|had|also|later|earlier|previously|repeatedly|already|now|then|nonetheless|again|since|still|all|both|once|\w+ly))+\s*,?\s*$", re.IGNORECASE)
_NEGATED_OR_MODAL = re.compile(r"\b(?:not|n't|n’t|never|to|will|would|could|may|might|must|can|should|cannot|be|being|been|is|are|was|were|am|let)\s*$", re.IGNORECASE)
_SUBORDINATE = re.compile(r"^(?:as|while|although|though|when|after|before|if|because|since|once|until|despite|in|on|at|by|for|from|with|without|during|under|over|among|to|of|\w+ly|meanwhile|"
                          r"however|instead|still|yet|but|and|now|then|later|today|yesterday|asked|having|pressed|questioned|responding|addressing|speaking|citing|late|early|earlier)\b", re.IGNORECASE)  # fmt: skip
_LEADING_WORDS = re.compile(r"^(?:(?:as|but|and|yet|so|now|still|then|while|meanwhile|however|although|though|for)\b,?\s+)+", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:who|whom|whose|which|that|where|when)\b")
_INSIDE_RELATIVE = re.compile(r"\b(?:that|which|whom|whether|how|why|what|as)\s+[^,]{1,60}$")  # "the ban that the governor | announced"
_CLAUSE_OPENER = re.compile(r"(?:^|,\s+)(?:where|while|since|because|although|though|but|and)\s+", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”\n]*(?:”|$)|\"[^\"\n]*(?:\"|$)|«[^»\n]*(?:»|$)")
_MASK = "\ue000"

_ACCORDING = re.compile(r"\b(?:according to|as (?:was |were |is |has been )?(?:previously |first )?(?:reported|stated|confirmed|announced|disclosed) by|in the (?:words|view|opinion|eyes|estimate|judgement|judgment|estimation|account) of|"
                        r"(?:by|on|at) (?:the|an?) (?:rough |own |latest )?(?:reckoning|count|account|estimate|calculation|calculations|tally|figures|admission|assessment) of|if we go by|emerges? from|emerged from)\s+", re.IGNORECASE)  # fmt: skip
_ACCOUNT_OF = re.compile(r"\b(?:by|in|on|from|under)\s+((?:the |its |an? )?[^,;.]{2,60}?)(?:['’]s?)\s+(?:own |latest |last |first )?(?:reckoning|count|account|estimate|estimation|tally|figures|view|words|opinion|judgement|"
                         r"judgment|assessment|calculations?|telling|version|eyes|admission)\b")  # fmt: skip
_CITING = re.compile(r",?\s*\b(?:citing|quoting|with reference to|referring to)\s+([^,;.]+)")
_IMPERSONAL = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|(?:is|are|was|were|has been|have been|had been)(?: widely| also| now)? (?:said|reported|alleged|rumou?red|claimed|understood|believed|thought) (?:to|that)\b|"
    r"rumou?r has it|word has it|there (?:are|were|have been) (?:reports|rumou?rs|claims))",
    re.IGNORECASE,
)
_SOURCE_END = re.compile(rf"\s+(?:{_TIME})|,(?!\s+(?:the|an?|its|his|her|who|whose|[A-Z])\b)|[;:—–]|\s-\s|{_MASK}|[.!?](?=\s*$)|\s+(?:and|but) (?:that|said|added)\b")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what a claim says. Offsets are half-open code points in the text read; without a source they are 0, 0 and `proposition` is the text."""

    source: str | None  # verbatim slice: "two people familiar with the matter", or "reportedly" where nobody is named
    strength: int  # 0 none, 1 unnamed, 2 described, 3 named
    through: str | None  # who passes it on: "CNN" in "CNN reported, citing two people"
    char_start: int
    char_end: int
    proposition: str


@dataclass(frozen=True, slots=True)
class _Found:
    source: tuple[int, int]
    cut: tuple[int, int]


def read_attribution(text: str) -> Attribution:
    """Return the attribution of one sentence; `text[char_start:char_end] == source`."""
    masked = _QUOTED.sub(lambda m: _MASK * len(m.group()) if len(m.group().split()) > 2 else m.group(), text)
    through: str | None = None
    found = _citing(masked)
    clause = _said(masked)
    if found:
        through = text[slice(*clause.source)] if clause else None
        cut = (min(found.cut[0], clause.cut[0]), max(found.cut[1], clause.cut[1])) if clause else found.cut
        if cut[1] - cut[0] > (found.cut[1] - found.cut[0]) + (clause.cut[1] - clause.cut[0] if clause else 0) + 30:
            cut = found.cut  # the two stand apart: cut only what was cited
        found = _Found(found.source, cut)
    else:
        found = _according_to(masked) or clause or _account_of(masked)
    if found is None:
        impersonal = _IMPERSONAL.search(masked)
        if impersonal is None:
            return Attribution(None, NONE, None, 0, 0, text)
        cut = impersonal.span() if impersonal.group().lower().endswith("edly") else (0, 0)
        return Attribution(impersonal.group(), UNNAMED, None, *impersonal.span(), _without(text, cut))
    a, b = found.source
    return Attribution(text[a:b], strength(text[a:b]), through, a, b, _without(text, found.cut))


def _citing(text: str) -> _Found | None:
    match = _CITING.search(text)
    if not match:
        return None
    return _Found(_trim(text, match.start(1), match.end(1)), match.span())


def _according_to(text: str) -> _Found | None:
    match = _ACCORDING.search(text)
    if not match:
        return None
    start = match.end()
    end = start + (m.start() if (m := re.search(r"[,;:—–]|\s-\s|[.!?](?=\s*$)|$", text[start:])) else 0)
    if match.start() == 0 and (end == len(text) or text[end] in ".!?"):
        # "According to police the man fled": the next noun phrase opens the clause.
        opener = re.search(r"\s(?=(?:the|a|an|he|she|it|they|there|his|her|its|their|this|that|at least|some|\d+)\b)", text[start + 4 : end])
        end = start + 4 + opener.start() if opener else end
    verb = first_finite_verb(_RELATIVE.split(text[start:end], maxsplit=1)[0]) if _has_main_verb(text[start:end]) else None
    end = start + verb[0] if verb else end  # "who according to police needed two evenings"
    source = _trim(text, start, end)
    if source[0] >= source[1]:
        return None
    cut_start = match.start()
    if text[:cut_start].rstrip().endswith(","):
        cut_start = len(text[:cut_start].rstrip()) - 1
    end = end if match.start() == 0 else _past_apposition(text, end)
    cut_end = end + 1 if text[end : end + 1] == "," and (match.start() == 0 or text[cut_start : cut_start + 1] == ",") else end
    return _Found(source, (cut_start, cut_end))


def _past_apposition(text: str, end: int) -> int:
    """Where what is told about a source that comes last ends: "…, said Ann Orr, who saw it." """
    if not re.match(r",\s+(?:who|whose|which|where|an?|the|its|his|her|[A-Z][a-z]+ [A-Z][a-z]+)\b", text[end:]):
        return end
    comma = text.find(",", end + 1)
    if comma >= 0 and has_finite_verb(_RELATIVE.split(text[comma:], maxsplit=1)[0], sure=True):
        return comma
    stop = re.search(r";|[.!?](?=\s*$)|$", text[end:])
    return end + stop.start() if stop else len(text)


def _account_of(text: str) -> _Found | None:
    match = _ACCOUNT_OF.search(text)
    if not match or has_finite_verb(match.group(1)):
        return None
    return _Found(_trim(text, *match.span(1)), match.span())


def _said(text: str) -> _Found | None:
    """The clause of saying: its source, and what to cut so that the proposition is left."""
    verbs = [(m, _VERB_OF[m.group().lower()]) for m in WORD.finditer(text) if m.start() and m.group().lower() in _VERB_OF]
    # Last first: in "Detectives believe that …, a spokesman said" the spokesman speaks.
    readings = [f(text, match, verb) for f in (_inverted, _after_what_is_said) for match, verb in reversed(verbs)]
    readings += [_before_what_is_said(text, match, verb) for match, verb in verbs]
    return next((found for found in readings if found and found.source[0] < found.source[1]), None)


def _before_what_is_said(text: str, match: re.Match[str], verb: str) -> _Found | None:
    """ "Two officials told reporters on Monday that …" """
    subject_end = _subject_end(text, match.start())
    if subject_end is None:
        return None
    start = _subject_start(text[:subject_end])
    subject = text[start:subject_end]
    if not subject.strip() or len(subject.split()) > 25 or _has_main_verb(subject) or _is_cut_off(subject, text[subject_end : match.start()]):
        return None
    if verb in {"find", "show"} and re.match(r"\s+(?:in|at|on|by|to|among|near|under|inside)\b", text[match.end() :]):
        return None
    rest_start = _skip_to_content(text, match.end(), verb)
    if rest_start is None and verb not in _WITH_OBJECT:
        return None
    # "denied that", "found no sign that": what is said cannot be cut out without turning it round.
    return _Found(_trim(text, start, subject_end), (start, rest_start) if rest_start is not None and verb != "deny" else (0, 0))


def _is_cut_off(subject: str, gap: str) -> bool:
    """Whether the last words of `subject` are the subject of another clause than the main one: "the ban that the governor | announced", "They belong, it | says"."""
    relative = None if "," in gap else _INSIDE_RELATIVE.search(subject)
    if relative and not has_finite_verb("x " + relative.group().split(None, 1)[1]):
        return True
    last = subject.rpartition(",")[2].strip()
    if "," not in gap and re.match(r"(?:who|whose|which)\b", last):
        return True
    return "," in subject and last.lower() in {"he", "she", "it", "they", "we"} or bool(_SUBORDINATE.match(subject)) and len(subject.split()) > 2


def _skip_to_content(text: str, position: int, verb: str) -> int | None:
    """Where the content of a verb of saying begins, past the recipient, the time and "that"; None where no clause follows."""
    rest = text[position:]
    if verb == "tell":
        recipient = re.match(r"(?:\s+(?!that\b)[\w’'-]+){1,7}?(?=\s+that\b)", rest) or re.match(r"\s+(?:" + _RECIPIENT + r")(?=[\s,])", rest)
        if not recipient:
            return None
        position, rest = position + recipient.end(), rest[recipient.end() :]
    that = re.match(r"(?:,[^,;]{1,60},|\s+(?:on|in|at|to|during|through|before|after|from|by|late|early|earlier|today|yesterday|again|last|this|the same|its|his|her|their)\b[^,;:]{0,70}?)?,?\s+(?:that|how|why)\b\s*,?", rest)
    if that and not has_finite_verb("x " + that.group().rstrip(", ")[:-4], sure=True):
        return position + that.end()
    if re.match(rf"[\s,:]*(?:[^{_MASK},;.]{{0,60}})[,:]?\s*{_MASK}", rest):
        return position + len(rest) - len(rest.lstrip(" ,:"))
    time = _LEADING_TIME.match(rest)
    if time:
        position, rest = position + time.end(), rest[time.end() :]
    # "announced the ban" is an act; "announced the ban was over" a report. Without "that" only a subject with a sure verb tells them apart.
    clause = rest if verb in _PLAIN else _RELATIVE.split(re.split(r"[,;:]", rest, maxsplit=1)[0], maxsplit=1)[0]
    if not re.match(r"[\s,:]*[\w“\"'‘$€£]", clause) or not has_finite_verb(f"x {clause}", sure=verb not in _PLAIN) or verb == "find" and re.match(r"\s+no\b", rest):
        return None
    return position + len(rest) - len(rest.lstrip(" ,:"))


def _after_what_is_said(text: str, match: re.Match[str], verb: str) -> _Found | None:
    """ "…, two officials said on Monday." and "The dam, officials said, was safe." """
    subject_end = _subject_end(text, match.start())
    after = text[match.end() :]
    told = re.match(r"\s+(?:" + _RECIPIENT + r"|[a-z]+)\s*(?=[,.;]|\s?(?:on|in|at|after|before|during)\b|$)", after) if verb == "tell" else None
    tail = re.match(r"(?:\s*\b(?:on|in|at|to|by|of|about|during|after|before|from|through|late|early|earlier|later|yesterday|today|again|this|last|overnight|under|\w+ly)\b(?:[^,.;:—–]|\.(?=\d))*)?\s*(?=[,.;:—–]|$)", after[told.end() :] if told else after)
    if subject_end is None or tail is None or verb == "tell" and not told or re.search(r"\bthat\b", tail.group()) or _has_main_verb(tail.group()):
        return None
    end = match.end() + (told.end() if told else 0) + tail.end()
    for comma in reversed([m.start() for m in re.finditer(rf",(?!\d)|{_MASK}(?!{_MASK})|[—–]", text[:subject_end])]):
        subject = text[comma + 1 : subject_end]
        before = text[:comma]
        if not subject.strip():
            continue
        if _has_main_verb(subject):
            return None
        # An apposition to the source ("Lia Ferraz, his agent, said"): go on to the comma before.
        if text[match.start() - 2] == "," and not _RELATIVE.match(subject.strip()) and comma > 0 and text[comma] == "," and not _has_main_verb(before.rpartition(",")[2]) and "," in before:
            continue
        if _RELATIVE.match(subject.strip()):
            continue
        said_later = text[end : end + 1] == "," and has_finite_verb(text[end + 1 :])  # "In a farmhouse, mediators confirmed, papers were signed."
        if not (has_finite_verb(before) or _MASK in before or said_later):
            return None
        start, stop = comma + 1, subject_end
        cut_start = comma if text[comma] != _MASK else comma + 1
        cut_end = end + 1 if text[end : end + 1] == "," and text[comma] == "," and not re.match(r",\s+(?:adding|citing|which|who|while|and|but|as|although|though|after)\b", text[end:]) else end
        return _Found(_trim(text, start, stop), (cut_start, cut_end))
    return None


def _inverted(text: str, match: re.Match[str], verb: str) -> _Found | None:
    """ "…, said the mayor." """
    before = text[: match.start()].rstrip()
    if not before or before[-1] not in f",{_MASK}—–" or verb in _NOT_INVERTED:
        return None
    after = text[match.end() :]
    if not re.match(r"\s+(?:[A-Z]|the\b|an?\b|one\b|two\b|three\b|several\b|his\b|her\b|its\b|their\b|police\b|officials?\b|[a-z]+s\b)", after) or re.match(r"\s+that\b", after):
        return None
    if _MASK not in before[-1] and _has_appositive_subject(before):
        return None
    if not (has_finite_verb(before) or _MASK in before or has_finite_verb(after)):
        return None
    end_match = _SOURCE_END.search(after)
    end = match.end() + (end_match.start() if end_match else len(after))
    tail = re.match(rf"(?:\s+{_TIME})+", text[end:])
    cut_end = _past_apposition(text, end + tail.end() if tail else end)
    cut_start = len(before) - (0 if before[-1] == _MASK else 1)
    return _Found(_trim(text, match.end(), end), (cut_start, cut_end))


def _has_appositive_subject(before: str) -> bool:
    """Whether what stands before a verb is but its subject with something in commas: "Ann Orr, who saw it,"."""
    return not _has_main_verb(before) and not _SUBORDINATE.match(before)


def _subject_end(text: str, verb_start: int) -> int | None:
    """Where the subject before a verb ends, past its auxiliaries; None where the verb is negated, passive, infinitive or a noun."""
    before = text[:verb_start].rstrip()
    adverbs = _ADVERBS_BEFORE_VERB.search(before)
    before = before[: adverbs.start()] if adverbs else before
    if re.search(r"\bnot yet$", before):
        return None
    if not before.strip(" ,") or _NEGATED_OR_MODAL.search(before):
        return None
    last = before.rstrip(" ,").split()[-1].lower()
    if last in {"the", "a", "an", "this", "that", "these", "of", "to", "no", "and", "or", "his", "her", "its", "their", "by", "in", "for", "with", "which", "what", "whether", "if", "some", "every", "who", "whose", "whom"} and not adverbs:
        return None
    if re.search(r"['’]s?$", last) and not adverbs:
        return None
    return len(before.rstrip(" ,"))


def _subject_start(before: str) -> int:
    """Where a subject that ends `before` starts: past "On Monday, " and "But "."""
    start = 0
    while "," in before[start:] and _SUBORDINATE.match(before[start:].lstrip()):
        start = before.index(",", start) + 1
    openers = list(_CLAUSE_OPENER.finditer(before, start))
    start = openers[-1].end() if openers else start
    lead = _LEADING_WORDS.match(before[start:].lstrip())
    start += len(before[start:]) - len(before[start:].lstrip())
    return start + (lead.end() if lead else 0)


def _has_main_verb(phrase: str) -> bool:
    """Whether a phrase that should be a bare noun phrase holds a verb of its own, outside commas and relative clauses."""
    for n, chunk in enumerate(phrase.split(",")):
        tokens = [m.group().lower() for m in WORD.finditer(_RELATIVE.split(chunk, maxsplit=1)[0])]
        for i, token in enumerate(tokens):
            if token in AUXILIARIES or (i and token in IRREGULAR_PASTS):
                return True
            # "workers interviewed by a station" has a participle; "the dam collapsed and …" a verb.
            following = tokens[i + 1] if i + 1 < len(tokens) else ""
            if token.endswith("ed") and len(token) > 4 and (i and following in {"and", "but", "the", "a", "when", "after"} or n > 1 and i == 0):
                return True
    return False


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Take connectives, commas and the time of speaking off a source."""
    raw = text[start:end]
    time = _TRAILING_TIME.search(raw)
    if time and time.start() > 0:
        raw = raw[: time.start()]
    raw = raw.rstrip(" ,.;:")
    start += len(raw) - len(raw.lstrip(" ,"))
    raw = raw.lstrip(" ,")
    lead = _LEADING_WORDS.match(raw)
    return (start + lead.end() if lead else start), start + len(raw)


def _without(text: str, cut: tuple[int, int]) -> str:
    """`text` without a span, its spacing and first letter made good; the text itself where too little is left to be a statement."""
    rest = re.sub(r"\s+", " ", f"{text[: cut[0]]} {text[cut[1] :]}").strip()
    rest = re.sub(r"\s+([,.;:!?])", r"\1", rest).lstrip(",;: ")
    rest = re.sub(r",(?:\s*,)+", ",", rest)
    rest = re.sub(r",\s*\.$", ".", rest)
    if len(rest.split()) < 3 or not has_finite_verb(rest) and "“" not in rest and '"' not in rest:
        return text
    return rest[0].upper() + rest[1:]
