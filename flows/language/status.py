"""The stage of an event: considered, planned, agreed, under way, done; or put off, called off.

The stage is read per verb: what stands before and around it says how far its action has got ("will inspect", "has agreed to inspect", "is inspecting",
"has inspected"). Two claims are compared only by an action both name (the same stem), with enough of the rest shared; or where the claims share most of
their words and each has one stage phrase that needs no verb of its own ("is in talks over", "was called off").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flows.language.alignment import content_words, stem
from flows.language.verbs import BASE_OF_PAST
from flows.records import Claim, Observation

CANCELLED, PUT_OFF, CONSIDERED, PLANNED, AGREED, BEGUN, DONE = range(7)
_NAMES = ("called off", "put off", "considered", "planned", "agreed", "under way", "done")

_ADV = r"(?:\s+(?:\w+ly|also|now|already|still|then|soon|since|formally|again|not))*"
_BE = r"(?:is|are|was|were|be|been|being|'s|’s|'re|’re)"
_HAVE = r"(?:has|have|had|having|'ve|’ve)"
# What stands right before a verb, up to it; the longest that fits counts. The verb itself follows at the end of the match.
_FRAMES: tuple[tuple[int, str], ...] = (
    (
        CANCELLED,
        r"(?:cancel\w*|scrap\w*|abandon\w*|dropp\w*|shelv\w*|call\w* off|withdr\w+)(?:\s+(?:a|the|its|his|her|their|all))?(?:\s+plans?)?\s+(?:to|for|of)?\s*",
    ),
    (CANCELLED, r"(?:will|would|is|are|was|were)" + r"(?:\s+no longer)\s+(?:be\s+|going to\s+)?"),
    (PUT_OFF, r"(?:postpon\w*|delay\w*|suspend\w*|put\w* off|defer\w*|halt\w*|fr[eo]z\w*)\s+(?:a|the|its|his|her|their)?\s*(?:plans? (?:to|for))?\s*"),
    (
        CONSIDERED,
        r"(?:consider\w*|weigh\w*|mull\w*|explor\w*|examin\w*|discuss\w*|debat\w*|think\w* about|ponder\w*|look\w* at"
        r"|study\w*)\s+(?:whether (?:to)?|the idea of|an?|the)?\s*",
    ),
    (CONSIDERED, r"(?:in|holding|advanced|early-stage|preliminary)?\s*talks\s+(?:to|about|on|over)\s+(?:a|an|the)?\s*"),
    (CONSIDERED, r"(?:open|prepared|ready|willing)\s+to\s+"),
    (CONSIDERED, r"(?:may|might|could)(?:\s+(?:now|still|yet|well|also|soon|\w+ly))*\s+(?:be\s+)?"),
    (CONSIDERED, r"(?:urg|call|demand|appeal|push|press)\w*\s+(?:\w+\s+){0,3}(?:to|for)\s+(?:a|an|the)?\s*"),
    (PLANNED, r"(?:plan|intend|propos|promis|pledg|vow|offer|threaten|aim|hop|want|expect|prepar|mean|seek|undert)\w*" + _ADV + r"\s+to\s+(?:be\s+)?"),
    (PLANNED, r"(?:will|would|shall|'ll|’ll)" + _ADV + r"\s+(?:be\s+)?"),
    (PLANNED, _BE + _ADV + r"\s+(?:due|set|scheduled|expected|planned|about|going|slated|supposed|likely|to)\s+(?:to\s+)?(?:be\s+)?"),
    (PLANNED, _HAVE + r"\s+(?:yet|still)\s+to\s+(?:be\s+)?"),
    (PLANNED, r"(?:has|have|had)(?:\s+not|n['’]t)\s+yet\s+(?:been\s+)?"),
    (AGREED, r"(?:agree|decide|resolve|commit|consent|vote)d?" + _ADV + r"\s+to\s+(?:be\s+)?"),
    (AGREED, r"(?:order|authoris|authoriz|approv|clear|sanction)ed\s+(?:a|an|the|its|his|her|their)?\s*"),
    (AGREED, r"(?:order|instruct|authoris|authoriz)ed\s+(?:\w+\s+){1,3}to\s+(?:be\s+)?"),
    (BEGUN, r"(?:began|begun|begin|begins|started|starts|starting)" + _ADV + r"\s+(?:to\s+|the\s+)?"),
    (BEGUN, r"(?:is|are|was|were|been)" + _ADV + r"\s+(?:-ING)"),
    (DONE, r"(?:complet|finish|conclud)ed\s+(?:the|its|his|her|their|all)?\s*"),
    (DONE, _HAVE + _ADV + r"\s+(?:been\s+)?(?:-ED)"),
    (DONE, r"(?:was|were)" + _ADV + r"\s+(?:-ED)"),
    (DONE, r"(?:-PAST)"),
)
_FRAME_RES = [
    (stage, re.compile(r"\b" + re.sub(r"\(\?:-(?:ING|ED|PAST)\)", "", f) + "$", re.IGNORECASE), re.search(r"-(ING|ED|PAST)", f)) for stage, f in _FRAMES
]

# Verbs that carry a stage, or say how things stand, are no actions of their own.
# What changes the terms or the source of a plan is no step of it.
_ALTERING = frozenset(
    stem(w)
    for w in """raise lower cut trim increase reduce soften double halve criticise warn confirm reject decline refuse turn guarantee conclude
    switch move slip step change replace""".split()
)
_EARLIER_EVENT = re.compile(r"\b(?:originally|initially|previously|formerly|earlier|first|once)\s+(?:been\s+)?$", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not(?! yet)|never|n['’]t|no|without|deny|denied|denies)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.;:!?—–,]|\b(?:but|because|since|although|though|while|whereas|who|which|after|before|until|when|whose)\b", re.IGNORECASE)
_NO_ACTION = frozenset(
    stem(w)
    for w in """say tell report announce add expect plan intend propose consider begin start agree decide complete finish be have want hope mean make take
    get go come
    give see know think believe show include remain stay stand find become set put need call keep hold use happen continue ask order according name
    hear""".split()
)
# Verbs that are a stage themselves, whatever comes after: "promised 20 million", "signed the treaty", "called off the search".
_STAGE_VERBS: dict[str, int] = {
    stem(w): stage
    for stage, verbs in {
        CANCELLED: "cancel scrap abandon shelve axe terminate revoke annul",
        PUT_OFF: "postpone delay suspend defer halt freeze pause",
        CONSIDERED: "consider weigh mull explore discuss debate ponder urge demand seek recommend",
        PLANNED: "promise pledge vow propose plan offer schedule threaten",
        AGREED: "approve authorise order sign ratify commission adopt",
        BEGUN: "begin start launch resume",
        DONE: "complete finish conclude",
    }.items()
    for w in verbs.split()
}
# Words for one action; what differs between them is never the stage. 26 sets of general English.
_SYNONYMS = """
resign quit step leave depart
buy acquire purchase take-over takeover
pay compensate reimburse refund
give supply provide deliver send ship dispatch hand transfer donate
inspect examine check review
investigate probe
build construct erect
close shut
open reopen
ban prohibit outlaw bar forbid
dismiss sack fire oust remove
appoint name nominate elect
arrest detain
charge indict prosecute
sentence jail imprison
free release
evacuate move relocate
withdraw pull recall
cut reduce lower slash
raise increase lift
ground suspend halt stop
vote ballot
sue appeal challenge
repair fix mend rebuild restore
replace swap exchange
test trial
"""
_SET_OF = {stem(w): i for i, line in enumerate(_SYNONYMS.strip().splitlines()) for w in line.split()}
_MIN_SHARED = 3
_MIN_OVERLAP = 0.4


@dataclass(frozen=True, slots=True)
class _Action:
    stem: str
    stage: int
    objects: frozenset[str]  # stems of the content words it goes with: those after it, and before a passive
    char_start: int  # of the whole phrase, "has agreed to supply"
    char_end: int


def _form(surface: str) -> str:
    """ "past", "ing" or "base": what the form of a verb says by itself."""
    low = surface.lower()
    if low in BASE_OF_PAST or low.endswith("ed"):
        return "past"
    return "ing" if low.endswith("ing") else "base"


@lru_cache(maxsize=5_000)  # a claim is compared with many others, one after the other
def _actions(text: str) -> tuple[_Action, ...]:
    """Return the verbs of a text whose stage can be told, with it."""
    found = []
    all_words = content_words(text)
    for i, (word, start, end) in enumerate(all_words):
        surface = text[start:end]
        action = stem(BASE_OF_PAST.get(surface.lower(), surface))
        if surface[0].isupper() or any(c.isdigit() for c in surface) or len(word) < 3 or (action in _NO_ACTION and action not in _STAGE_VERBS):
            continue
        if surface.lower().endswith("ly") or _EARLIER_EVENT.search(text[max(0, start - 25) : start]):
            continue  # an adverb; or "originally provided by", which is told as background
        read = _stage(text, start, _form(surface))
        if not read or _DENIED.search(text[max(0, read[1] - 12) : start]):
            continue
        stage, phrase_start = read
        if stage >= BEGUN and action in _STAGE_VERBS:
            stage = _STAGE_VERBS[action]
        after = [w[0] for w in all_words[i + 1 : i + 7] if not _CLAUSE_END.search(text[end : w[1]])]
        passive = re.search(r"\b(?:be|been|is|are|was|were|being)\s+(?:\w+ly\s+)?$", text[:start])
        before = [w[0] for w in all_words[max(0, i - 4) : i] if not _CLAUSE_END.search(text[w[2] : start])] if passive else []
        found.append(_Action(action, stage, frozenset(after + before), phrase_start, end))
    return tuple(found)


def _stage(text: str, start: int, form: str) -> tuple[int, int] | None:
    """Return (stage, start of the phrase) for the verb at `start`, or None where its form and what precedes it say nothing."""
    before = text[max(0, start - 60) : start]
    best: tuple[int, int] | None = None
    for stage, frame, needs in _FRAME_RES:
        wanted = {"ING": "ing", "ED": "past", "PAST": "past"}[needs.group(1)] if needs else None
        if wanted is not None and form != wanted:
            continue
        if needs and needs.group(1) == "PAST":
            # A bare past form is a finite verb only after its subject: "the gunmen freed him", not "the freed men", "charged with".
            if best or re.search(r"\b(?:the|a|an|of|by|with|in|its|their|his|her|and|as|to|be|is|are|who are|most|newly|\w+ly)\s+$|^\s*$|[,(“\"]\s*$", before):
                continue
            return stage, start
        match = frame.search(before)
        if match and match.end() > match.start() and (best is None or match.start() + start - len(before) < best[1]):
            best = (stage, start - len(before) + match.start())
    return best


def _is_possible(text: str, action: _Action) -> bool:
    return re.match(r"(?:may|might|could)\b", text[action.char_start :], re.IGNORECASE) is not None


def _is_promise_and_deed(text_a: str, x: _Action, text_b: str, y: _Action) -> bool:
    """Two different verbs tell a stage only where one looks ahead and the other reports with "has", or is a word for a stage itself."""
    (ahead, _), (deed, text) = sorted(((x, text_a), (y, text_b)), key=lambda pair: pair[0].stage)
    if ahead.stage == deed.stage:
        return True
    told = deed.stem in _STAGE_VERBS or re.match(r"(?:has|have|had)\b", text[deed.char_start :], re.IGNORECASE)
    return (
        ahead is x
        and ahead.stage in (CONSIDERED, PLANNED)
        and deed.stage in (AGREED, DONE)
        and told is not None
        and told is not False
        and deed.stem not in _ALTERING
    )


def compare_status(earlier: Claim, later: Claim) -> Observation:
    """Say whether the stage of an action that both claims name moved on or back. Texts are the verb phrases."""
    actions_a, actions_b = _actions(earlier.text), _actions(later.text)
    stems_a, stems_b = ({w[0] for w in content_words(c.text)} for c in (earlier, later))
    shared, smaller = stems_a & stems_b, min(len(stems_a), len(stems_b))
    best: tuple[int, Observation] | None = None
    agreed = False
    for x in actions_a:
        for y in actions_b:
            by_verb = x.stem == y.stem or (_SET_OF.get(x.stem, -1) == _SET_OF.get(y.stem, -2) and bool(x.objects & y.objects))
            common = x.objects & y.objects
            by_object = len(common) >= 2 and len(common) / min(len(x.objects), len(y.objects)) >= 0.5 and _is_promise_and_deed(earlier.text, x, later.text, y)
            if not by_verb and not by_object:
                continue
            if _is_possible(later.text, y) or (_is_possible(earlier.text, x) and y.stage != DONE):
                continue  # what may be is a stage only of what has been done since; else it is a matter of certainty
            rest = shared - {x.stem}
            # One verb ahead in one claim and done in the other, to the same things, needs less of the rest.
            clear = by_verb and bool(common) and min(x.stage, y.stage) in (CONSIDERED, PLANNED) and max(x.stage, y.stage) == DONE
            if len(rest) < (1 if clear else 2) or len(rest) / max(1, smaller - 1) < (0.15 if clear else 0.25):
                continue
            if x.stage == y.stage or {x.stage, y.stage} == {BEGUN, DONE}:
                agreed = True  # "is holding" and "has held" differ by when they were written
                continue
            if by_verb and x.stage == DONE and y.stage == AGREED:
                continue
            weight = (0.75 if y.stage > x.stage else 0.6) if x.stem == y.stem else 0.55
            distance = abs(x.stage - y.stage)
            direction = "advanced" if y.stage > x.stage else "set back"
            how = "" if x.stem == y.stem else "synonyms: " if by_verb else "by object: "
            seen = Observation(
                "status",
                "changed",
                direction,
                earlier.text[x.char_start : x.char_end],
                later.text[y.char_start : y.char_end],
                weight,
                how + f"{_NAMES[x.stage]}, then {_NAMES[y.stage]}",
            )
            if best is None or distance > best[0]:
                best = (distance, seen)
    if best and not agreed:
        return best[1]
    if agreed:
        return Observation("status", "same", weight=0.9, note="the same stage")
    return _by_claim(earlier, actions_a, later, actions_b, len(shared), smaller) or Observation("status", "absent")


def _by_claim(earlier: Claim, ahead: tuple[_Action, ...], later: Claim, deeds: tuple[_Action, ...], n_shared: int, smaller: int) -> Observation | None:
    """Compare the claims as wholes: all that the earlier tells lies ahead, the later reports something done to the same things in other words."""
    if n_shared < _MIN_SHARED or n_shared / max(1, smaller) < _MIN_OVERLAP or not ahead or not deeds or _DENIED.search(earlier.text):
        return None
    if any(x.stage not in (CONSIDERED, PLANNED) for x in ahead) or any(y.stage not in (AGREED, BEGUN, DONE) for y in deeds):
        return None
    stems = {w[0] for w in content_words(later.text)}
    x = max(ahead, key=lambda a: len(a.objects & stems))
    told = [y for y in deeds if re.match(r"(?:has|have|had)\b", later.text[y.char_start :], re.IGNORECASE) or y.stem in _STAGE_VERBS]
    y = max(told, key=lambda d: len(d.objects & x.objects), default=None)
    if y is None or not x.objects & y.objects or y.stem in _ALTERING:
        return None
    texts = earlier.text[x.char_start : x.char_end], later.text[y.char_start : y.char_end]
    return Observation("status", "changed", "advanced", *texts, 0.5, f"by claim: {_NAMES[x.stage]}, then {_NAMES[y.stage]}")
