"""How surely a claim is put, on a scale of six, and whether two claims put a thing as surely.

| level | name     | what the words do                                            |
| 5     | stated   | no hedge, or words that vouch ("confirmed", "established")   |
| 4     | reported | passed on from nobody in particular ("reportedly")           |
| 3     | believed | held true or likely ("is believed to", "likely", "expected") |
| 2     | possible | "may", "is considering", "cannot be ruled out"               |
| 1     | unclear  | "it is unclear whether", "no evidence that", "unconfirmed"   |
| 0     | denied   | said to be untrue ("denied that")                            |

The scale is that of FactBank (Saurí and Pustejovsky 2009: certain, probable, possible, underspecified, and their negatives) with a step for hearsay, which news
needs. Only hedges of what the sentence mainly says count: one in a relative clause, in an aside or in a condition hedges something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from flows.language import certainty_cues as cues
from flows.language.alignment import shared_content
from flows.language.attribution import read_attribution
from flows.language.certainty_cues import BELIEVED, DENIED, POSSIBLE, REPORTED, STATED, UNCLEAR
from flows.language.speakers import UNNAMED
from flows.language.speech_patterns import VERB_OF
from flows.language.verbs import WORD, first_finite_verb
from flows.records import Claim, Cue, Observation

NAMES = ("denied", "unclear", "possible", "believed", "reported", "stated")


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
    for level, pattern in cues.PATTERNS:
        for match in pattern.finditer(text):
            inside_source = attribution.source is not None and attribution.char_start <= match.start() < attribution.char_end and attribution.strength > UNNAMED
            if inside_source or _is_ability(text, match) or _is_aside(text, match, clauses):
                continue
            found.append((level, Cue(match.group(), match.start(), match.end())))
    if attribution.strength == UNNAMED and not any(cue.char_start < attribution.char_end and attribution.char_start < cue.char_end for _, cue in found):
        found.append((REPORTED, Cue(attribution.source or "", attribution.char_start, attribution.char_end)))
    level = min((level for level, _ in found), default=STATED)
    spans = {(cue.char_start, cue.char_end): cue for found_level, cue in found if found_level == level}
    outermost = [span for span in sorted(spans) if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)]
    return Certainty(NAMES[level], level, [spans[span] for span in outermost])


def _clauses(text: str) -> list[tuple[int, int]]:
    bounds = [0]
    for match in cues.CLAUSE_BOUNDARY.finditer(text):
        bounds.append(match.end())
    bounds.append(len(text))
    return [(a, b) for a, b in pairwise(bounds)]


def _is_aside(text: str, match: re.Match[str], clauses: list[tuple[int, int]]) -> bool:
    start = next(a for a, b in clauses if a <= match.start() <= b)
    if start == match.start() and start > 0:
        return bool(cues.SIDE_CLAUSE.match(text[start:]))
    if start > 0 and (cues.SIDE_CLAUSE.match(text[start:]) or re.match(r"but\b", text[start:])):
        return True
    if start == 0 and cues.SIDE_CLAUSE.match(text) and "," in text and text.index(",") > match.start():
        return True  # "Although he may appeal, …"
    before = text[: match.start()].rstrip()
    if cues.ADJECTIVE.match(match.group()):
        return len(before.split()) > cues.MAX_WORDS_BEFORE_ADJECTIVE
    return bool(re.search(r"(?<!all )\b(?:who|which|that)$", before)) and match.group().split()[0].lower() in {"may", "might", "could"}


def _is_ability(text: str, match: re.Match[str]) -> bool:
    if re.match(r"may|might", match.group()):
        return _is_leave(text, match)
    if not match.group().lower().startswith("could") or "not be" in match.group():
        return False
    if cues.ABILITY.match(text, match.end()):
        return True
    before = cues.ABILITY_BEFORE.search(text[: match.start()])
    return before is not None and not _opens_what_is_said(text, before)


def _opens_what_is_said(text: str, that: re.Match[str]) -> bool:
    """Whether "that" with a subject after it opens what is said or thought: "warned that it", and not "so bright that people" or "tools that"."""
    if len(that.group().split()) < 2 or not re.match(r"that\b", that.group(), re.IGNORECASE):
        return False
    before = re.split(r"[;:—–]", text[: that.start()])[-1]
    after_verb = [word for word in WORD.findall(before) if word.lower() in VERB_OF]
    verb_at = before.rindex(after_verb[-1]) if after_verb else 0
    if cues.ABILITY_THAT.search(before[verb_at:]):
        return False
    return bool(after_verb) or bool(cues.COMPLEMENT_NOUN.search(before.rstrip()))


def _is_leave(text: str, match: re.Match[str]) -> bool:
    """Whether "may" gives leave, or with "not" forbids: only where what rules so governs it, and never of the past ("may have decided")."""
    if re.search(r"\bhave$", match.group()):
        return False
    before = re.split(r"[;:—–]", text[: match.start()])[-1]
    itself = cues.LEAVE_ITSELF.search(text, max(0, match.start() - len("nobody ")))
    if itself is not None and itself.start() <= match.end():
        return True
    return bool(cues.LEAVE_BEFORE.search(before) or cues.LEAVE_AFTER.match(text, match.end()))


# Chance that a reader would call a pair changed in certainty, by the levels of its two tellings: measured on the pairs of tellings of one fact in 16 stories
# (1,005) and on 220 topics (16,500), nearer to the stories where they disagree.
_WEIGHTS: dict[frozenset[int], float] = {
    frozenset(pair): weight
    for pair, weight in {
        (UNCLEAR, POSSIBLE): 0.5, (UNCLEAR, BELIEVED): 0.6, (UNCLEAR, REPORTED): 0.6, (UNCLEAR, STATED): 0.65, (UNCLEAR, UNCLEAR): 0.5,
        (POSSIBLE, BELIEVED): 0.5, (POSSIBLE, REPORTED): 0.6, (POSSIBLE, STATED): 0.57, (BELIEVED, REPORTED): 0.1, (BELIEVED, STATED): 0.48,
        (REPORTED, STATED): 0.25, (DENIED, UNCLEAR): 0.55, (DENIED, POSSIBLE): 0.25, (DENIED, BELIEVED): 0.2, (DENIED, REPORTED): 0.25,
    }.items()
}  # fmt: skip


def compare_certainty(earlier: Claim, later: Claim) -> Observation:
    """Compare how surely two claims put a fact; swapping them swaps "strengthened" and "weakened".

    A denial against a plain statement is no matter of certainty (it is one of negation), so it is "absent" here.
    """
    levels = earlier.certainty_level, later.certainty_level
    from_cue, to_cue = (claim.certainty_cues[0] if claim.certainty_cues else None for claim in (earlier, later))
    if (from_cue is None and to_cue is None) or set(levels) == {DENIED, STATED}:
        return Observation("certainty", "absent")
    ranks = _rank(levels[0], from_cue), _rank(levels[1], to_cue)
    from_text, to_text = _words(earlier, from_cue, later), _words(later, to_cue, earlier)
    if ranks[0] == ranks[1]:
        return Observation("certainty", "same", "", from_text, to_text, 0.9, f"both {earlier.certainty}")
    weight = _WEIGHTS[frozenset(levels)]
    hedged, other, cue = (earlier, later, from_cue) if ranks[0] < ranks[1] else (later, earlier, to_cue)
    if cue is not None and not _hedges_what_is_shared(hedged, cue, other):
        weight *= UNRELATED_FACTOR
    if cue is not None and cues.PLAN.search(cue.text):
        weight *= PLAN_FACTOR
    direction = "strengthened" if ranks[0] < ranks[1] else "weakened"
    return Observation("certainty", "changed", direction, from_text, to_text, round(weight, 3), f"{earlier.certainty}, then {later.certainty}")


# Measured in the same way, as the ratio of the shares of changed pairs.
UNRELATED_FACTOR = 0.65  # the hedge stands in a clause that has no word in common with the other telling
PLAN_FACTOR = 0.4  # plans and expectations that come true are a matter of status more often than of certainty


def _rank(level: int, cue: Cue | None) -> float:
    if level == DENIED:
        return float(STATED)  # a denial is a firm statement of the opposite
    return level - 0.5 if level == UNCLEAR and cue is not None and cues.NO_EVIDENCE.match(cue.text) else float(level)


def _hedges_what_is_shared(hedged: Claim, cue: Cue, other: Claim) -> bool:
    """Whether the clause that the cue stands in, or the one after it, has content words of the other claim."""
    clauses = _clauses(hedged.text)
    n = next(i for i, (a, b) in enumerate(clauses) if a <= cue.char_start <= b)
    end = clauses[min(n + 1, len(clauses) - 1)][1] if cue.char_end + 25 > clauses[n][1] else clauses[n][1]
    return bool(shared_content(hedged.text[clauses[n][0] : end], other.text))


def _words(claim: Claim, cue: Cue | None, other: Claim) -> str:
    """The words to show: the cue, with its verb where it is a modal; else the verb group of the clause that has most in common with `other`."""
    if cue is not None:
        after = re.match(r"(?:\s+[\w’'-]+){1,2}", claim.text[cue.char_end :]) if cues.MODAL.match(cue.text) else None
        return claim.text[cue.char_start : cue.char_end + (after.end() if after else 0)]
    best, most = "", -1
    for start, end in _clauses(claim.text):
        group = first_finite_verb("x " + claim.text[start:end])
        shared = len(shared_content(claim.text[start:end], other.text))
        if group is not None and shared > most:
            best, most = claim.text[start + group[0] - 2 : start + group[1] - 2], shared
    return best
