"""What differs in a pair of claims about one fact: each comparer's observation, the model's view, and the changes with their words.

Nine comparers each look at one type of change and know nothing of the others. The model sees the whole pair. Neither decides alone: what they saw becomes
features, and
fitted weights (flows/steps/weighing.py) make of these the probability that a careful reader would call the pair changed, and by which types.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from flows.language.alignment import content_words, differing_spans, fold, overlap
from flows.language.attribution import compare_attribution
from flows.language.certainty import compare_certainty
from flows.language.labels import compare_labels
from flows.language.names import compare_entities
from flows.language.negation import compare_negation
from flows.language.places import compare_places
from flows.language.quantities import compare_quantities, read_quantities
from flows.language.status import compare_status
from flows.language.times import compare_times
from flows.records import CHANGE_TYPES, DIRECTIONS, OPPOSITE_DIRECTION, ChangeType, Claim, Observation
from flows.steps.blocking import Candidate
from flows.steps.differences import answer_features, size_features
from models.architecture import DIRECTION_SLICES
from models.nli import NliScores

COMPARERS: dict[ChangeType, Callable[[Claim, Claim], Observation]] = {
    "entity": compare_entities,
    "quantity": compare_quantities,
    "time": compare_times,
    "place": compare_places,
    "certainty": compare_certainty,
    "status": compare_status,
    "negation": compare_negation,
    "attribution": compare_attribution,
    "label": compare_labels,
}

# Words by which a text shows that the world moved on since an earlier report: 24 adverbs and verbs of change, from newsroom usage ("the toll rose to",
# "has since").
_MOVED_ON = re.compile(
    r"\b(?:now|since|meanwhile|later|so far|no longer|already|finally|eventually|updated?|revised|latest|new(?:ly)?|again|has|have|"
    r"rose|risen|climbed|grown|grew|increased|fell|fallen|dropped|reached|stands? at|by (?:then|now|nightfall|evening))\b",
    re.IGNORECASE,
)

_WHOLE_WORD = re.compile(r"\w+(?:[-‐‑'’]\w+)*")


@dataclasses.dataclass(frozen=True, slots=True)
class PairScores:
    """The model's scores of one pair both ways; `forward` has the earlier claim as premise. Each holds one row."""

    forward: NliScores
    back: NliScores

    @property
    def has_heads(self) -> bool:
        return not math.isnan(float(self.forward.same_fact[0]))

    def mean(self, name: str) -> np.ndarray:
        """A symmetric head's probabilities, averaged over the two orders."""
        return (getattr(self.forward, name)[0] + getattr(self.back, name)[0]) / 2


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedPair:
    """A pair with everything that is known of it, before it is decided what comes of it."""

    earlier: Claim
    later: Claim
    candidate: Candidate
    scores: PairScores
    observations: dict[ChangeType, Observation]
    features: dict[str, float]


def logit(p: float) -> float:
    """log(p / (1 - p)), cut at ±6: beyond that the model's certainty says nothing more."""
    p = min(max(p, 1e-4), 1 - 1e-4)
    return max(-6.0, min(6.0, math.log(p / (1 - p))))


def same_fact_margins(earlier: NDArray[np.integer], later: NDArray[np.integer], p: NDArray[np.floating]) -> NDArray[np.float64]:
    """For each pair, its log-odds less those of the best other pair with one of the two claims, within ±6; all of shape (n_pairs,).

    `earlier`, `later`: numbers of the two claims, of which pairs of the same two articles share some; `p`: P(same fact). A claim has one counterpart in
    another article as a rule: what has a far likelier one elsewhere is seldom a changed telling. 6 where a pair has no rival.
    """
    values, place = np.unique(p, return_inverse=True)
    own = np.array([logit(float(value)) for value in values])[place]
    return np.clip(own - np.maximum(_best_others(earlier, own), _best_others(later, own)), -6.0, 6.0)


def _best_others(groups: NDArray[np.integer], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each value, shape (n,), the highest of the others in its group; -inf where it is alone."""
    order = np.lexsort((values, groups))  # group by group, upwards
    group, value = groups[order], values[order]
    same = group[1:] == group[:-1]
    highest = np.append(~same, True)[: len(group)]
    below = np.full(len(group), -np.inf)
    below[1:][same] = value[:-1][same]
    top = np.repeat(value[highest], np.diff(np.flatnonzero(highest), prepend=-1))
    others = np.empty(len(group))
    others[order] = np.where(highest, below, top)
    return others


def compare_claims(
    earlier: Claim, later: Claim, candidate: Candidate, scores: PairScores, *, days_between: float | None, order_known: bool, same_fact_margin: float,
    affinity: float, places: Mapping[str, float],
) -> ComparedPair:  # fmt: skip
    """Run all comparers on a pair and put what they and the model saw into features.

    `affinity`: how surely the two articles tell of one event; `places`: as flows.steps.views.places_in_articles.
    """
    observations: dict[ChangeType, Observation] = {change_type: comparer(earlier, later) for change_type, comparer in COMPARERS.items()}
    features = pair_features(earlier, later, candidate, scores) | dict(places)
    changed = {t: o.weight for t, o in observations.items() if o.verdict == "changed"}
    if scores.has_heads:
        features["same_fact_margin"] = same_fact_margin
    features["affinity"] = affinity
    features["comparers_changed"] = max(changed.values(), default=0.0)
    features["comparers_changed_too"] = sorted([0.0, 0.0, *changed.values()])[-2]
    features["comparers_same"] = sum(o.verdict == "same" for o in observations.values()) / len(observations)
    for change_type, o in observations.items():
        features[f"{change_type}_changed"] = o.weight if o.verdict == "changed" else 0.0
        features[f"{change_type}_same"] = o.weight if o.verdict == "same" else 0.0
    features |= size_features(earlier, later)
    if scores.has_heads:
        features |= answer_features(observations, {t: features[f"{t}_model"] for t in CHANGE_TYPES})
    features["days"] = math.log1p(abs(days_between)) if days_between is not None else 0.0
    features["dated"] = float(days_between is not None and order_known)
    if scores.has_heads and not features["dated"]:
        features["moved_on"] = max(features["moved_on"], logit(float(scores.back.moved_on[0])))  # either may be the later one
    features["moved_on_words"] = min(len(_MOVED_ON.findall(later.text)), 3) - min(len(_MOVED_ON.findall(earlier.text)), 3)
    return ComparedPair(earlier, later, candidate, scores, observations, features)


def pair_features(earlier: Claim, later: Claim, candidate: Candidate, scores: PairScores) -> dict[str, float]:
    """The features that tell whether two claims are about one fact, and how the model sees them."""
    nli = np.stack([scores.forward.nli[0], scores.back.nli[0]])  # (2, 3)
    names = [{w for n in c.names for w in re.findall(r"\w{3,}", fold(n.text))} for c in (earlier, later)]
    n_words = [max(1, len(content_words(c.text))) for c in (earlier, later)]
    features = {
        "similarity": candidate.similarity,
        "similarity_margin": candidate.margin,
        "overlap": overlap(earlier.text, later.text),
        "names_shared": float(min(3, len(names[0] & names[1]))),
        "names_apart": float(bool(names[0]) and bool(names[1]) and not names[0] & names[1]),
        "numbers_shared": float(min(2, len({q.low for q in earlier.quantities} & {q.low for q in later.quantities}))),
        "length_ratio": min(n_words) / max(n_words),
        "entailment_max": logit(float(nli[:, 0].max())),
        "entailment_min": logit(float(nli[:, 0].min())),
        "contradiction_max": logit(float(nli[:, 2].max())),
        "contradiction_min": logit(float(nli[:, 2].min())),
    }
    if scores.has_heads:
        exclusive, compatible, same = scores.mean("relation")
        types = scores.mean("types")
        features |= {
            "same_fact": logit(float(scores.mean("same_fact"))),
            "one_fact_changed": logit(float(scores.mean("changed"))),
            "exclusive": logit(float(exclusive)),
            "compatible": logit(float(compatible)),
            "same": logit(float(same)),
            "moved_on": logit(float(scores.forward.moved_on[0])),
            "types_max": logit(float(types.max())),
        } | {f"{t}_model": logit(float(p)) for t, p in zip(CHANGE_TYPES, types, strict=True)}
    return features


def change_words(pair: ComparedPair, change_type: ChangeType) -> tuple[str, str, str]:
    """Direction, from-text and to-text of a change: the comparer's where it saw the change, else the model's, else the words that differ."""
    o = pair.observations[change_type]
    seen = o if o.verdict == "changed" else None
    direction = (seen.direction if seen else "") or model_direction(pair.scores, change_type) or DIRECTIONS[change_type][-1]
    offers = [(seen.from_text, seen.to_text)] if seen else []
    offers.append(model_words(pair, change_type))
    spans = differing_spans(pair.earlier.text, pair.later.text)
    longest = max(spans, key=lambda s: sum(e - b for b, e in (x for x in s if x is not None)), default=(None, None))
    first, second = (c.text[s[0] : s[1]] if s else "" for c, s in zip((pair.earlier, pair.later), longest, strict=True))
    offers.append((first, second))
    # The first offer with words on both sides; where the comparer says that one side has none (a source dropped, a hedge added), its word stands.
    if seen and any(offers[0]):
        return direction, *offers[0]
    from_text, to_text = next((offer for offer in offers if all(offer)), next((offer for offer in offers if any(offer)), ("", "")))
    return shown_direction(change_type, from_text, to_text) or direction, from_text, to_text


def shown_direction(change_type: ChangeType, from_text: str, to_text: str) -> str:
    """The direction that the two texts show by themselves, empty where they show none: a number lies above the other, a source is gone."""
    if change_type == "attribution" and bool(from_text) != bool(to_text):
        return "dropped" if from_text else "more precise"
    if change_type == "quantity":
        before, after = read_quantities(from_text), read_quantities(to_text)
        if len(before) == len(after) == 1:
            return "raised" if after[0].low > before[0].high else "lowered" if after[0].high < before[0].low else ""
    return ""


def model_direction(scores: PairScores, change_type: ChangeType) -> str:
    """The direction the model holds likeliest, both orders heard; empty without heads."""
    if not scores.has_heads:
        return ""
    where, names = DIRECTION_SLICES[change_type], DIRECTIONS[change_type]
    forward, back = ({n: float(p) for n, p in zip(names, _softmax(s.direction[0, where]), strict=True)} for s in (scores.forward, scores.back))
    # Read backwards, "more precise" is both "vaguer" and "dropped", so a direction may have two that turn round to it.
    votes = {n: forward[n] + sum(back[m] for m in names if OPPOSITE_DIRECTION[n] == m or OPPOSITE_DIRECTION[m] == n) for n in names}
    return max(names, key=lambda n: votes[n])


def _softmax(logits: np.ndarray) -> np.ndarray:
    part = np.exp(logits - logits.max())
    return part / part.sum()


def model_words(pair: ComparedPair, change_type: ChangeType) -> tuple[str, str]:
    """The words that the model marked for a type of change, as slices of the two claims; empty where it marked none."""
    t, (forward, back) = CHANGE_TYPES.index(change_type), (pair.scores.forward, pair.scores.back)
    first, second = (
        _shorter(_whole_mentions(claim, change_type, one), _whole_mentions(claim, change_type, other))
        for claim, one, other in (
            (pair.earlier, forward.premise_spans[0, t], back.hypothesis_spans[0, t]),
            (pair.later, forward.hypothesis_spans[0, t], back.premise_spans[0, t]),
        )
    )
    return first, second


def _shorter(one: str, other: str) -> str:
    """The shorter of two texts that are not empty, whichever comes first: the model marks a claim's words once as premise, once as hypothesis."""
    return min((text for text in (one, other) if text), key=lambda text: (len(text), text), default="")


def _whole_mentions(claim: Claim, change_type: ChangeType, span: NDArray[np.floating]) -> str:
    """The slice of a claim that a span marks, empty where it marks none: whole words, those with hyphens too.

    Of a changed quantity or time it is the whole of those it touches, where it touches any.
    """
    start, end = int(span[0]), int(span[1])
    if start < 0:
        return ""
    mentions = claim.quantities if change_type == "quantity" else claim.times if change_type == "time" else []
    touched = [m for m in mentions if m.char_start < end and start < m.char_end]
    if touched:
        return claim.text[touched[0].char_start : touched[-1].char_end]
    for word in _WHOLE_WORD.finditer(claim.text):
        if word.start() < end and start < word.end():
            start, end = min(start, word.start()), max(end, word.end())
    return claim.text[start:end]
