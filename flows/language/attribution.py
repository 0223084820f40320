"""Who says so: the attribution of a claim, cut out of its proposition, and whether two claims name the same source.

What is recognised, most explicit first: a source that is cited ("CNN reported, citing two people …"), "according to …", a clause of saying before, inside or
after what is said ("Officials say that …", "…, said the mayor"), account phrases ("by the ministry's count"), and verbs and adverbs that name nobody
("is said to", "reportedly").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language import speakers
from flows.language.quotations import shared_quotation
from flows.language.reported_speech import according_to, account_of, cited, mask_quotations, said
from flows.language.speakers import DESCRIBED, NAMED, NONE, UNNAMED, strength
from flows.language.speech_patterns import IMPERSONAL
from flows.language.verbs import has_finite_verb
from flows.records import Claim, Observation

# Chance that a reader would call a pair changed in attribution. Measured on the pairs of tellings of one fact in 16 stories (1,005) and on 220 topics (16,500);
# where the two disagree, nearer to the stories, where as in life most pairs agree. To leave out the ministry that says so is harmless (0.04); to leave out the
# leak or the witness is not (0.35 to 0.4).
_WEIGHT_OF_SILENCE = {"anonymous": 0.42, "unofficial": 0.4, "unofficial, named": 0.22, "impersonal": 0.2, "described": 0.12, "named": 0.07}
WEIGHT_UNNAMED = 0.7  # a named source turned into "critics", or the reverse
WEIGHT_UNNAMED_DESCRIBED = 0.5
WEIGHT_ANONYMOUS = 0.6  # a named one into "people close to the talks"
WEIGHT_SOMEBODY = 0.3  # the ministry, then "a senior official"
WEIGHT_OTHER_KIND = 0.7  # the ministry, then a resident
WEIGHT_OTHER_OFFICIAL = 0.3  # the ministry, then the police
WEIGHT_SAME_KIND = 0.15  # "police" and "officers"
WEIGHT_MISQUOTED = 0.9  # one quotation, two who are named as its speakers
WEIGHT_UNSURE = 0.25  # nothing tells whether the two are one


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what a sentence says. Offsets are half-open code points in the text read; without a source they are 0, 0 and `proposition` is the text."""

    source: str | None  # verbatim slice: "two people familiar with the matter", or "reportedly" where nobody is named
    strength: int  # 0 none, 1 unnamed, 2 described, 3 named
    through: str | None  # who passes it on: "CNN" in "CNN reported, citing two people"
    char_start: int
    char_end: int
    proposition: str


def read_attribution(text: str) -> Attribution:
    """Return the attribution of one sentence; `text[char_start:char_end] == source`."""
    masked = mask_quotations(text)
    citation, clause = cited(masked), said(masked)
    found = citation or according_to(masked) or clause or account_of(masked)
    if found is None:
        impersonal = IMPERSONAL.search(masked)
        if impersonal is None:
            return Attribution(None, NONE, None, 0, 0, text)
        cut = impersonal.span() if re.match(r"it\b|\w+edly$", impersonal.group(), re.IGNORECASE) else (0, 0)
        return Attribution(impersonal.group(), UNNAMED, None, *impersonal.span(), _without(text, cut))
    through, cut = None, found.cut
    if citation and clause and clause.source != citation.source:
        through = text[slice(*clause.source)]
        both = min(cut[0], clause.cut[0]), max(cut[1], clause.cut[1])
        if clause.cut != (0, 0) and both[1] - both[0] <= sum(b - a for a, b in (cut, clause.cut)) + MAX_GAP:
            cut = both
    a, b = found.source
    return Attribution(text[a:b], strength(text[a:b]), through, a, b, _without(text, _past_hiding(text, cut)))


MAX_GAP = 30  # code points between "CNN reported" and "citing two people": farther apart, something is said in between


def _past_hiding(text: str, cut: tuple[int, int]) -> tuple[int, int]:
    """Make the cut run on where it is followed by why the source has no name: "an official said, who asked not to be named because …"."""
    hides = speakers.HIDES_NAME.match(text, cut[1] + len(text[cut[1] :]) - len(text[cut[1] :].lstrip(", "))) if cut[1] > cut[0] else None
    if hides is None:
        return cut
    stop = re.search(r"[,;:]|[.!?](?=\s*$)|$", text[hides.end() :])
    return cut[0], hides.end() + (stop.start() if stop else 0)


def _without(text: str, cut: tuple[int, int]) -> str:
    """`text` without a stretch, its spacing and first letter made good; the text itself where too little is left to be a statement."""
    rest = re.sub(r"\s+", " ", f"{text[: cut[0]]} {text[cut[1] :]}").strip()
    rest = re.sub(r"\s+([,.;:!?])", r"\1", rest).lstrip(",;: ")
    rest = re.sub(r",(?:\s*,)+", ",", rest)
    rest = re.sub(r",\s*\.$", ".", rest)
    rest = re.sub(r"([,.!?][”\"’'])\.$", r"\1", rest)
    is_statement = has_finite_verb(rest) or "“" in rest or '"' in rest
    if cut == (0, 0) or len(rest.split()) < 3 or not is_statement:
        return text
    return rest[0].upper() + rest[1:]


def is_hearsay(source: str) -> bool:
    """Whether the words of an attribution name nobody at all: "reportedly", "is said to"."""
    return IMPERSONAL.fullmatch(source) is not None


def compare_attribution(earlier: Claim, later: Claim) -> Observation:
    """Compare who says so in two claims; the texts are the sources as worded, empty where a claim speaks for itself."""
    a, b = earlier.attribution, later.attribution
    if a is None and b is None:
        return Observation("attribution", "absent")
    if a is None or b is None:
        return _one_sided(a, b, earlier, later)
    direction = _direction(earlier, later)
    weight = _weight_of_two(a, b, _is_hidden(earlier), _is_hidden(later))
    one_tells_of_the_other = _is_named_in(a, later) or _is_named_in(b, earlier)
    passed_on = _TOLD_TO_SPEAKER.search(earlier.text) or _TOLD_TO_SPEAKER.search(later.text)
    if shared_quotation(earlier.text, later.text) and _are_two(a, b) and not one_tells_of_the_other and not passed_on:
        return Observation("attribution", "changed", "replaced", a, b, WEIGHT_MISQUOTED, f"the same words: {a}, then {b}")
    if direction == "replaced" and one_tells_of_the_other:
        weight *= NAMED_FACTOR
    if weight < WEIGHT_UNSURE:
        return Observation("attribution", "same", "", a, b, round(1 - weight, 3), "the same source, or one that may be")
    return Observation("attribution", "changed", direction, a, b, weight, f"{a}, then {b}")


def _one_sided(a: str | None, b: str | None, earlier: Claim, later: Claim) -> Observation:
    told, silent = (earlier, later) if a is not None else (later, earlier)
    source = told.attribution or ""
    weight = _WEIGHT_OF_SILENCE[_standing(source, told.attribution_strength, _is_hidden(told))]
    if _speaks_of_itself(source, silent.text):
        weight *= SELF_FACTOR
    if _is_opinion(told):
        weight *= OPINION_FACTOR
    if told.certainty in _HEDGED and silent.certainty == "stated":
        weight += HEDGED_BONUS
    if weight < LEAST_WEIGHT:
        return Observation("attribution", "absent", note="a source whose omission changes nothing for the reader")
    if a is not None:
        return Observation("attribution", "changed", "dropped", a, "", round(weight, 3), f"{a}, then nobody")
    return Observation("attribution", "changed", "more precise", "", b or "", round(weight, 3), f"nobody, then {b}")


OPINION_FACTOR = 1.5  # "claims", "fears", "insists": the verb itself marks what follows as one side's word
HEDGED_BONUS = 0.12  # a source's guess told as plain fact: 0.28 of named ones, against 0.04
_HEDGED = frozenset({"unclear", "possible", "believed"})
# Verbs that keep a distance from what is said: 17 stems, the non-factive ones among the verbs of saying (after Kiparsky and Kiparsky, "Fact", 1970).
_OPINION = re.compile(
    r"\b(?:claim|believ|suspect|fear|alleg|insist|maintain|contend|argu|think|thought|warn|reckon|suggest|complain|accus|assum)\w*", re.IGNORECASE
)
LEAST_WEIGHT = 0.1  # below it, silence about the source is how most retellings go
SELF_FACTOR = 0.5  # "the airline said it will pay" and "the airline will pay": it speaks of its own acts


_TITLES = frozenset("Mr Mrs Ms Miss Dr Sir Dame Lord Lady The".split())


def _are_two(a: str, b: str) -> bool:
    """Whether two sources have names, and not one in common: "Ruth Oakes" and "Maddie Oakes" are two, "the minister" and "Ruth Oakes" may be one."""
    names = [[w for w in re.findall(r"\b[A-Z][\w’'-]+", speakers.head_phrase(x)) if w not in _TITLES] for x in (a, b)]
    if not all(names):
        return False
    firsts = [n[0] for n in names if len(n) == 2]
    return not set(names[0]) & set(names[1]) or (len(firsts) == 2 and firsts[0] != firsts[1] and names[0][1] == names[1][1])


_TOLD_TO_SPEAKER = re.compile(r"\btold (?:him|her|them)\b", re.IGNORECASE)  # "he said that agents told him …": the words are theirs and his
NAMED_FACTOR = 0.3  # "Sgt Orr said", and "the paper said that Sgt Orr issued the statement": the second tells of the first


def _is_named_in(source: str, claim: Claim) -> bool:
    """Whether a source that is told by name stands with it in what a claim says besides its own source."""
    name = re.search(r"(?<!of )\b[A-Z][\w’']{2,}$", speakers.head_phrase(source))
    return name is not None and re.search(rf"\b{re.escape(name.group())}\b", claim.proposition) is not None


def _is_opinion(claim: Claim) -> bool:
    """Whether the clause of saying, which is what the proposition lacks, has a verb of opinion."""
    kept = set(claim.proposition.lower().split())
    return any(_OPINION.match(word) for word in claim.text.lower().split() if word not in kept)


def _speaks_of_itself(source: str, text: str) -> bool:
    words = {w.lower() for w in re.findall(r"[A-Z]\w{2,}|\b[a-z]{4,}", speakers.head_phrase(source))}
    return any(re.search(rf"\b{re.escape(w)}\b", text, re.IGNORECASE) for w in words)


def _is_hidden(claim: Claim) -> bool:
    """Whether the source, or the clause of saying that the proposition lacks, hides who speaks."""
    source = claim.attribution or ""
    return speakers.is_anonymous(source) or bool(speakers.HIDES_NAME.search(claim.text) and not speakers.HIDES_NAME.search(claim.proposition))


def _standing(source: str, level: int, hidden: bool) -> str:
    if level == UNNAMED:
        return "impersonal"
    if hidden:
        return "anonymous"
    if speakers.kinds(source) & speakers.UNOFFICIAL_KINDS:
        return "unofficial, named" if level == NAMED else "unofficial"
    return "named" if level == NAMED else "described"


def _weight_of_two(a: str, b: str, a_hidden: bool, b_hidden: bool) -> float:
    if speakers.is_other_of_several(a) or speakers.is_other_of_several(b):
        return 0.1  # who that is was said before
    levels = sorted((strength(a), strength(b)))
    same = speakers.may_be_same(a, b)
    hidden = a_hidden != b_hidden
    if levels[0] == UNNAMED:
        return 0.0 if levels[1] == UNNAMED else WEIGHT_UNNAMED if levels[1] == NAMED else WEIGHT_UNNAMED_DESCRIBED
    if same:
        return WEIGHT_ANONYMOUS / 2 if hidden and levels[1] == NAMED else 0.02
    if hidden:
        return WEIGHT_ANONYMOUS
    unofficial = [bool(speakers.kinds(x) & speakers.UNOFFICIAL_KINDS) for x in (a, b)]
    if same is False:
        return WEIGHT_OTHER_KIND if unofficial[0] != unofficial[1] else WEIGHT_OTHER_OFFICIAL
    if levels == [DESCRIBED, NAMED] and speakers.is_somebody(a if strength(a) == DESCRIBED else b):
        return WEIGHT_SOMEBODY
    if speakers.share_a_kind(a, b):
        return WEIGHT_SAME_KIND
    return WEIGHT_UNSURE if levels[0] != levels[1] or unofficial[0] != unofficial[1] else WEIGHT_SAME_KIND


def _direction(earlier: Claim, later: Claim) -> str:
    levels, hidden = [x.attribution_strength for x in (earlier, later)], [_is_hidden(x) for x in (earlier, later)]
    ranks = [level - 0.5 * is_hidden for level, is_hidden in zip(levels, hidden, strict=True)]
    others = min(levels) > UNNAMED and speakers.may_be_same(earlier.attribution or "", later.attribution or "") is False
    if ranks[0] == ranks[1] or (others and not any(hidden)):
        return "replaced"
    return "vaguer" if ranks[1] < ranks[0] else "more precise"
