"""How surely a claim is put, on a scale of six, and whether two claims put a thing as surely.

| level | name     | what the words do                                            |
| 5     | stated   | no hedge, or words that vouch ("confirmed", "established")  |
| 4     | reported | passed on from nobody in particular ("reportedly")          |
| 3     | believed | held true or likely ("is believed to", "likely", "expected") |
| 2     | possible | "may", "is considering", "cannot be ruled out"              |
| 1     | unclear  | "it is unclear whether", "no evidence that", "unconfirmed"  |
| 0     | denied   | said to be untrue ("denied that")                           |

The scale is the modality scale of FactBank (Saurí and Pustejovsky 2009: certain, probable, possible, underspecified, and their negatives) with a step for hearsay, which news needs.
Only hedges of what the sentence mainly says count: one in a relative clause, in an aside or in a condition hedges something else, and "could" is ability as often as doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.alignment import shared_content
from flows.language.attribution import read_attribution
from flows.language.sources import UNNAMED
from flows.language.verbs import first_finite_verb
from flows.records import Claim, Cue, Observation

NAMES = ("denied", "unclear", "possible", "believed", "reported", "stated")
DENIED, UNCLEAR, POSSIBLE, BELIEVED, REPORTED, STATED = range(6)

_BE = r"(?:is|are|was|were|be|been|being|remains?|remained|['’]s)"
_STILL = r"(?:\s+(?:still|yet|also|now|not yet|so far|widely|generally|\w+ly))*"

# One pattern a sense; words from Hyland's list of hedges and boosters (Metadiscourse, 2005) and the modality cues of FactBank, cut to those that news uses of facts: 14 of doubt,
# 13 of possibility, 12 of belief, 4 of hearsay, 5 that vouch, 5 that deny.
_CUES: tuple[tuple[int, str], ...] = (
    (UNCLEAR, rf"\b(?:it\s+)?{_BE}{_STILL}\s+(?:not\s+(?:yet\s+)?(?:clear|known|certain|settled|decided|established|confirmed)|unclear|uncertain|unknown|unsettled|undecided|unconfirmed|disputed|doubtful|in doubt|an open question|a mystery)\b"),
    (UNCLEAR, r"\b(?:unclear|uncertain|unconfirmed|unverified|unproven)\b"),
    (UNCLEAR, r"\bno\s+(?:\w+\s+){0,2}?(?:evidence|proof|indications?|signs?|trace)\b(?=\s+(?:that|of|has|was|had|which|whether|in)\b|[,.])"),
    (UNCLEAR, r"\b(?:no|without)\s+(?:explanation|certainty|confirmation)\b"),
    (UNCLEAR, r"\b(?:has|have|had|could|can|was|were|is|are)\s*(?:not|n['’]t)\s+(?:yet\s+)?(?:been\s+|be\s+)?(?:independently\s+|officially\s+|immediately\s+)?(?:confirmed?|verif(?:y|ied)|established?|determined?|decided|shown|proven|proved|able to (?:say|tell|establish|confirm|verify))\b"),
    (UNCLEAR, r"\bcould not be (?:independently |immediately |officially )?(?:confirmed|verified|established|determined)\b"),
    (UNCLEAR, r"\b(?:ha(?:s|ve|d)|is|are|remains?)\s+(?:yet|still)\s+to\s+(?:be\s+)?(?:establish|confirm|determin|show|decid|prov|verif|make up)\w*"),
    (UNCLEAR, r"\b(?:too\s+(?:early|soon)\s+to|remains? to be seen|unable to (?:say|tell|confirm|establish|verify)|cannot (?:say|tell|confirm|be sure)|(?:do(?:es)?|did)(?: not|n['’]t) (?:yet )?know|nobody (?:knows|can (?:say|tell))|no one (?:knows|can (?:say|tell))|nobody is (?:certain|sure)|nothing is final|cannot (?:yet )?explain|never (?:been )?explained)\b"),
    (UNCLEAR, r"\b(?:knows?|knew|aware) of no\b"),
    (UNCLEAR, r"\bdoubts?\s+(?:that|whether|about)\b|\b(?:has|have|had|cast|casts|raised?)\s+doubts?\b"),
    (UNCLEAR, r"\b(?:neither|not|n['’]t) confirm(?:ed|s)? (?:n?or den(?:y|ied|ies))\b|\bwould (?:neither|not) confirm\b|\b(?:declined|refused) to (?:confirm|say whether|speculate)\b"),
    (POSSIBLE, r"(?<!the )(?<!military )\b(?-i:may|might)(?:\s+(?:well|also|still|yet|even|soon|not|never|have))*\b(?!\s+(?:\d|of\b))"),
    (POSSIBLE, r"\bcould(?:\s+(?:well|also|still|yet|even|soon|possibly|potentially|have))*\b"),
    (POSSIBLE, r"\b(?:possibly|perhaps|maybe|potentially|conceivably)\b"),
    (POSSIBLE, r"\b(?:it\s+)?(?:is|was|remains|seems)\s+(?:also |still |quite )?(?:possible|conceivable)\b|(?<!as )(?<!if )(?<!where )(?<!soon as )(?<!everything )(?<!it )\bpossible\b(?! to)|\bpossibility (?:that|of)\b|\b(?:one|a|the) possibility\b"),
    (POSSIBLE, rf"\b(?:{_BE}{_STILL}\s+)?(?:considering|weighing|examining|investigating|exploring|reviewing|assessing|looking (?:into|at)|discussing|debating|pondering|mulling)(?:\s+(?:whether|if|how|the possibility|a|an)\b)"),
    (POSSIBLE, r"\b(?:examin|investigat|explor|review|consider|ponder|debat|check|wonder)(?:es?|ed|s|ing)? whether\b|\bthe question (?:of )?whether\b|\bquestion they are\b"),
    (POSSIBLE, r"\b(?:not|n['’]t|never|declined to|refused to|cannot)\s+(?:be\s+)?(?:rul(?:e|ed|ing) out|exclud(?:e|ed)|ruled out)\b|\bdeclined to exclude\b|\bha(?:s|ve|d) declined to exclude\b"),
    (POSSIBLE, r"\b(?:fears?|feared|worr(?:y|ies|ied)|hopes?|hoped|hoping)\s+(?:that|it|they|the|he|she|up|of|to)\b"),
    (POSSIBLE, r"\bif all goes well\b|\bprovided (?:that )?\b"),
    (BELIEVED, r"\bsuspect(?:s|ing)?\s+(?:that|of|the|an?|it|they|he|she|in|him|her|foul|[A-Z]\w+)\b|\b(?:are|is|was|were|been) suspected (?:of|to|in|that)\b(?! nothing)|\bsuspected (?:that|the|cases?|\w+ cases)\b|\bsuspicions? (?:that|has|have|falls?|fell)\b"),
    (BELIEVED, r"\b(?:believ(?:e|es|ed)|think|thinks|thought|presume[ds]?|assume[ds]?|consider(?:s|ed)? (?:it )?(?:likely|probable))\b"),
    (BELIEVED, r"\b(?:most\s+|very\s+|highly\s+|more\s+|un)?likely\b|\b(?:most\s+)?probabl[ey]\b|\bpresumably\b|\bin all (?:likelihood|probability)\b"),
    (BELIEVED, r"\b(?:expect(?:s|ed)?|forecast(?:s)?|predict(?:s|ed)?|projected)\b(?=\s+(?:to|that|the|a|an|it|them|him|her|in|on|by|[A-Z]))"),
    (BELIEVED, r"\b(?:appears?|appeared|seems?|seemed)\s+(?:not )?(?:to|that|as if|likely)\b|\bapparently\b|\b(?:most )?plausible\b|\bassum(?:ption|es?|ed) that\b|\binfer(?:s|red)? (?:that|an?|the)\b|\bleans? towards\b"),
    (BELIEVED, r"\bestimates? that\b|\bassess(?:es|ed)? that\b|\bin the (?:assessment|judge?ment|view|opinion) of\b|\breckons?\b|\breckoned\b"),
    (BELIEVED, r"\b(?:allege[ds]?|allegedly|alleging|alleged|(?<!, )accus(?:e|es|ed)|purported(?:ly)?|supposed(?:ly)?)\b"),
    (BELIEVED, r"\b(?:suggest(?:s|ed)?|indicat(?:e|es|ed)|hint(?:s|ed)?)\s+(?:that|a|the|it|they|at)\b|\bas far as (?:he|she|it|they|i|we|is|anyone) (?:knew|knows?|known)\b"),
    (REPORTED, r"\breportedly\b|\b(?:is|are|was|were|has been|have been|had been)(?:\s+(?:widely|also|now))?\s+(?:said|reported|rumou?red|understood|claimed)\s+(?:to|that)\b"),
    (REPORTED, r"\brumou?rs?\b(?=\s+(?:that|of|has|have))|\bit is rumou?red\b|\b(?:rumou?r|word) (?:from [\w ]{1,20})?has it\b|\bthere (?:are|were|have been) (?:reports|claims)\b"),
    (STATED, r"\b(?:confirm(?:s|ed)|established|proved|proven|proves|verified|conclusively|officially|certain(?:ly)?|definite(?:ly)?|undoubtedly|no doubt|without (?:a )?doubt|beyond doubt|clearly)\b"),
    (STATED, r"\b(?:tested|tests?) positive\b|\bconclud(?:es|ed) that\b"),
    (DENIED, r"(?<!\bbe )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbeing )(?<!nor )(?<!or )\bden(?:y|ies|ied)\b(?!\s+(?:entry|access|bail|him|her|them|a visa|permission|asylum))"),
    (DENIED, r"\b(?:reject|dismiss|refut|disput)(?:s|es|ed|e)\s+(?:\w+\s+){0,3}?(?:claims?|allegations?|accusations?|reports?|suggestions?|charges?|rumou?rs?|talk|notion|idea that)\b"),
    (DENIED, r"\b(?:untrue|not true|a fabrication|baseless|unfounded)\b"),
    (DENIED, r"(?<!\bnot )(?<!n't )(?<!\bbe )\b(?:rules|ruled|ruling) out\b"),
)  # fmt: skip
_PATTERNS = tuple((level, re.compile(pattern, re.IGNORECASE)) for level, pattern in _CUES)
_NO_EVIDENCE = re.compile(r"\b(?:no|knows? of no|knew of no|aware of no)\b.*", re.IGNORECASE)

# "could" is ability after a negation, before verbs of sense and reach, and in clauses of purpose or of those who could.
_ABILITY = re.compile(r"^\s*(?:(?:not|n['’]t|hardly|barely|only|no longer|neither)\b|(?:be\s+)?(?:feel|see|seen|hear|heard|read|felt?|find|found|afford|speak|swim|walk|reach|cross|enter|leave|escape|move|count|sit|stand|say|tell|come|get|carry|hold|made out|drawn)\b)")
_ABILITY_BEFORE = re.compile(r"\b(?:so that|so|who|which|that|where|when|until|before|whoever|as (?:fast|far|soon|much|many|quickly) as (?:\w+ ){1,3}|if (?:\w+ ){1,3})\s*(?:\w+\s+){0,2}$|\bthat (?:he|she|it|they|we|people|\w+s)\s+$", re.IGNORECASE)
# "Rents may rise by three percent, the council decided" is leave, not doubt.
_PERMISSION = re.compile(r"\b(?:decided|ruled|permit|permitted|allowed|licen[cs]ed?|law|rules|decree|condition(?:s)?|nobody may|no one may|may not|may only|may no longer)\b", re.IGNORECASE)
# Words that open a clause whose hedges are its own.
_SIDE = re.compile(r"^(?:and\s+|but\s+|even\s+|not least\s+)?(?:who|which|whose|whom|where|when|although|though|while|whereas|because|since|as|if|unless|until|so|despite|after|before|once|whatever|whether or not|including|adding|saying|some of|among)\b", re.IGNORECASE)
_BOUNDARY = re.compile(r"[,;:](?!\d)\s+|\s+[—–-]\s+|\s+(?=(?:who|which|because|although|though|whereas|unless|but)\s)")


@dataclass(frozen=True, slots=True)
class Certainty:
    """How surely a sentence is put: `level` 0 to 5, its name, and the words that make it so (offsets in the text read; empty for a plain statement)."""

    name: str
    level: int
    cues: list[Cue]


def read_certainty(text: str) -> Certainty:
    """Return how surely `text`, one sentence, puts what it mainly says."""
    attribution = read_attribution(text)
    clauses = _clauses(text)
    found: list[tuple[int, Cue]] = []
    for level, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            inside_source = attribution.source is not None and attribution.char_start <= match.start() < attribution.char_end and attribution.strength > UNNAMED
            if inside_source or _is_ability(text, match) or _is_aside(text, match, clauses):
                continue
            found.append((level, Cue(match.group(), match.start(), match.end())))
    if attribution.strength == UNNAMED and not any(cue.char_start < attribution.char_end and attribution.char_start < cue.char_end for _, cue in found):
        found.append((REPORTED, Cue(attribution.source or "", attribution.char_start, attribution.char_end)))
    level = min((level for level, _ in found), default=STATED)
    cues = {(c.char_start, c.char_end): c for found_level, c in found if found_level == level}
    return Certainty(NAMES[level], level, [cues[k] for k in sorted(cues) if not any(o != k and o[0] <= k[0] and k[1] <= o[1] for o in cues)])


def is_no_evidence(cue: str) -> bool:
    """Whether a cue of doubt reports a search that found nothing ("no evidence that"), rather than ignorance ("unclear whether")."""
    return bool(_NO_EVIDENCE.match(cue))


def clause_of(text: str, start: int) -> tuple[int, int]:
    """Offsets of the clause around `start`: up to the next comma or word that opens another clause."""
    return next((a, b) for a, b in _clauses(text) if a <= start <= b)


def _clauses(text: str) -> list[tuple[int, int]]:
    bounds = [0]
    for match in _BOUNDARY.finditer(text):
        bounds.append(match.end())
    bounds.append(len(text))
    return [(a, b) for a, b in zip(bounds, bounds[1:], strict=False)]


def _is_aside(text: str, match: re.Match[str], clauses: list[tuple[int, int]]) -> bool:
    start = next(a for a, b in clauses if a <= match.start() <= b)
    if start == match.start() and start > 0:
        return bool(_SIDE.match(text[start:]))
    if start > 0 and (_SIDE.match(text[start:]) or re.match(r"but\b", text[start:])):
        return True
    if start == 0 and _SIDE.match(text) and "," in text and text.index(",") > match.start():
        return True  # "Although he may appeal, …"
    before = text[: match.start()].rstrip()
    return bool(re.search(r"(?<!all )\b(?:who|which|that)$", before)) and match.group().split()[0].lower() in {"may", "might", "could"}


def _is_ability(text: str, match: re.Match[str]) -> bool:
    if re.match(r"may|might", match.group()) and _PERMISSION.search(text):
        return True
    if not match.group().lower().startswith("could") or "not be" in match.group():
        return False
    return bool(_ABILITY.match(text[match.end() :]) or _ABILITY_BEFORE.search(text[: match.start()]))


# Chance that a reader would call a pair changed in certainty, by the levels of its tellings: measured on 1,005 pairs of tellings of one fact in 16 stories and on 16,500 of 220 topics.
_WEIGHTS: dict[frozenset[int], float] = {
    frozenset(pair): weight
    for pair, weight in {
        (UNCLEAR, POSSIBLE): 0.5, (UNCLEAR, BELIEVED): 0.6, (UNCLEAR, REPORTED): 0.6, (UNCLEAR, STATED): 0.65, (POSSIBLE, BELIEVED): 0.5, (POSSIBLE, REPORTED): 0.6,
        (POSSIBLE, STATED): 0.57, (BELIEVED, REPORTED): 0.1, (BELIEVED, STATED): 0.48, (REPORTED, STATED): 0.25, (DENIED, UNCLEAR): 0.55, (DENIED, BELIEVED): 0.2,
        (DENIED, POSSIBLE): 0.25, (DENIED, REPORTED): 0.25,
    }.items()
}  # fmt: skip


def compare_certainty(earlier: Claim, later: Claim) -> Observation:
    """Compare how surely two claims put a fact; swapping them swaps "strengthened" and "weakened".

    A denial against a plain statement is no matter of certainty (it is one of negation), so it is "absent" here.
    """
    levels = earlier.certainty_level, later.certainty_level
    from_cue, to_cue = (claim.certainty_cues[0] if claim.certainty_cues else None for claim in (earlier, later))
    if from_cue is None and to_cue is None or set(levels) == {DENIED, STATED}:
        return Observation("certainty", "absent")
    ranks = _rank(levels[0], from_cue), _rank(levels[1], to_cue)
    from_text, to_text = _words(earlier, from_cue, later), _words(later, to_cue, earlier)
    if ranks[0] == ranks[1]:
        return Observation("certainty", "same", "", from_text, to_text, 0.9, f"both {earlier.certainty}")
    weight = _WEIGHTS.get(frozenset(levels), 0.5)
    hedged, other, cue = (earlier, later, from_cue) if ranks[0] < ranks[1] else (later, earlier, to_cue)
    if cue is not None and not _hedges_what_is_shared(hedged, cue, other):
        weight *= UNRELATED_FACTOR
    if cue is not None and _PLAN.search(cue.text):
        weight *= PLAN_FACTOR
    direction = "strengthened" if ranks[0] < ranks[1] else "weakened"
    return Observation("certainty", "changed", direction, from_text, to_text, round(weight, 3), f"{earlier.certainty}, then {later.certainty}")


# Measured in the same way, as the ratio of the shares of changed pairs.
UNRELATED_FACTOR = 0.65  # the hedge stands in a clause that has no word in common with the other telling
PLAN_FACTOR = 0.4  # plans and expectations that come true are a matter of status more often than of certainty
_PLAN = re.compile(r"\b(?:consider|weigh|mull|ponder|discuss|debat|explor|review|hope|expect|forecast|predict)", re.IGNORECASE)
_MODAL = re.compile(r"^(?:may|might|could)\b", re.IGNORECASE)


def _rank(level: int, cue: Cue | None) -> float:
    if level == DENIED:
        return float(STATED)  # a denial is a firm statement of the opposite
    return level - 0.5 if level == UNCLEAR and cue is not None and is_no_evidence(cue.text) else float(level)


def _hedges_what_is_shared(hedged: Claim, cue: Cue, other: Claim) -> bool:
    """Whether the clause that the cue stands in, or the one after it, has content words of the other claim."""
    clauses = _clauses(hedged.text)
    n = next(i for i, (a, b) in enumerate(clauses) if a <= cue.char_start <= b)
    end = clauses[min(n + 1, len(clauses) - 1)][1] if cue.char_end + 25 > clauses[n][1] else clauses[n][1]
    return bool(shared_content(hedged.text[clauses[n][0] : end], other.text))


def _words(claim: Claim, cue: Cue | None, other: Claim) -> str:
    """The words to show: the cue, with its verb where it is a modal; for a plain statement the verb group of the clause that has most in common with the other claim."""
    if cue is not None:
        after = re.match(r"(?:\s+[\w’'-]+){1,2}", claim.text[cue.char_end :]) if _MODAL.match(cue.text) else None
        return claim.text[cue.char_start : cue.char_end + (after.end() if after else 0)]
    best, most = "", -1
    for start, end in _clauses(claim.text):
        group = first_finite_verb("x " + claim.text[start:end])
        shared = len(shared_content(claim.text[start:end], other.text))
        if group is not None and shared > most:
            best, most = claim.text[start + group[0] - 2 : start + group[1] - 2], shared
    return best
