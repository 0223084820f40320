"""Compared pairs → findings: one fact or not, changed or not, which types, which kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from flows.language.quantity_comparison import figures_of_two_measures, figures_of_two_years
from flows.records import CHANGE_TYPES, KINDS, Change, ChangeType, Kind
from flows.steps.comparing import ComparedPair, change_words, logit
from flows.steps.weighing import Boosted, Logistic, Weights

# All thresholds of the decision, in one place; a run's row records them.
# The model's first look: pairs below it are not scored the other way round, nor compared. At 0.02 no finding of the stories and of the held-out topics is lost.
SAME_FACT_FLOOR = 0.02
# Claims over it tell one fact: what threads are made of, besides findings. Of the claims that a thread holds together on two halves of the
# development stories, each read by the checkpoint of the other, 0.62 and 0.73 of the pairs tell one fact, and 0.74 and 0.82 of those that do are together; at
# 0.60 it is 0.45 and 0.47, and 0.81 and 0.85.
SAME_FACT = 0.80
SAME_FACT_NEEDED = 0.20  # pairs under it are no finding, however changed they look
DEFAULT_MIN_SCORE = 0.40
# The weights know pairs of claims whose articles tell of one event. Where that is less likely than this, it takes from the pair's probabilities in proportion.
ONE_EVENT = 0.5
STORYLINE = ONE_EVENT * SAME_FACT  # articles at least so likely to tell of one event share a storyline: no pair of claims over SAME_FACT is across two
TYPE_FLOOR = 0.40  # types at least this likely are named; the likeliest always is

# Figures that surely agree ("13.8 million", "about 14 million") are no change of figures, whatever the model makes of the two claims. Of 17 findings on the
# held-out topics and on five stories by other hands that this takes, 2 were right. No fitted weight can say it: those do not know of what type a change is.
SURELY_EQUAL = 0.8
LEFT_BY_AGREEMENT = 0.5
# Nor are figures of two years. Where the comparers of figures and of times both saw a change in such pairs of the same sets, none of 9 was one for a reader.
# Nor those of two measures, revenue and profit, of which there was one in these sets, no change to a reader, against 35 of 36 with a measure in common.
LEFT_BY_OTHER_YEAR = LEFT_BY_OTHER_MEASURE = 0.25

# Of the pair's features those that tell kinds apart; of each type of change what its comparer and the model saw, too.
KIND_FEATURES = (
    "exclusive",
    "compatible",
    "same",
    "moved_on",
    "contradiction_max",
    "contradiction_min",
    "entailment_max",
    "entailment_min",
    "same_fact",
    "one_fact_changed",
    "quantity_ratio",
    "time_gap",
    "days",
    "dated",
    "moved_on_words",
    "attribution_same",
    *(f"{t}_{seen}" for t in CHANGE_TYPES for seen in ("changed", "model")),
)
KIND_DIRECTIONS = ("broadened", "narrowed", "replaced", "raised", "lowered", "vaguer", "more precise", "advanced", "set back", "dropped")


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a compared pair. `dropped_at` is empty for a finding, else the step at which the pair left the way."""

    same_fact: float
    score: float
    kind: Kind
    changes: tuple[Change, ...]
    dropped_at: str
    contributions: dict[str, tuple[float, float]]  # feature: (value, how far it moved the log-odds)


def judge(pair: ComparedPair, weights: Weights, *, min_score: float = DEFAULT_MIN_SCORE) -> Verdict:
    """Decide a pair: same fact first, then whether a reader would call it changed, then the types with their words and kinds."""
    same_fact = round(probability(pair.features, weights.same_fact), 4)
    if same_fact < SAME_FACT_NEEDED:
        return Verdict(same_fact, 0.0, "drift", (), "same fact", {})
    score = round(probability(pair.features, weights.changed), 4)
    moved = contributions_to(pair.features, weights.changed)
    for seen, share, applies in (
        ("quantity_same", LEFT_BY_AGREEMENT, _only_figures_and_they_agree(pair, weights)),
        ("time_changed", LEFT_BY_OTHER_YEAR, _only_figures_of_two_years(pair, weights)),
        ("quantity_changed", LEFT_BY_OTHER_MEASURE, _only_figures_of_two_measures(pair, weights)),
    ):
        if applies:
            left = round(score * share, 4)
            moved[seen] = moved.get(seen, 0.0) + logit(left) - logit(score)
            score = left
    contributions = {name: (round(pair.features[name], 4), round(moved[name], 4)) for name in sorted(moved, key=lambda n: -abs(moved[n]))}
    if score < min_score:
        return Verdict(same_fact, score, "drift", (), "changed", contributions)
    changes = tuple(change_of(pair, t, weights) for t in likely_types(pair, weights))
    kind: Kind = KINDS[min(KINDS.index(c.kind) for c in changes)]
    return Verdict(same_fact, score, kind, changes, "", contributions)


def _only_figures_and_they_agree(pair: ComparedPair, weights: Weights) -> bool:
    """Whether the model takes figures for changed that the comparer of figures has read and holds for equal, while no comparer sees anything changed."""
    figures = pair.observations["quantity"]
    if figures.verdict != "same" or figures.weight < SURELY_EQUAL or any(o.verdict == "changed" for o in pair.observations.values()):
        return False
    return likely_types(pair, weights)[0] == "quantity"


def _only_figures_of_two_years(pair: ComparedPair, weights: Weights) -> bool:
    """Whether what the model takes for a change are figures that each claim tells of a year of its own."""
    return figures_of_two_years(pair.earlier, pair.later) and likely_types(pair, weights)[0] in ("quantity", "time")


def _only_figures_of_two_measures(pair: ComparedPair, weights: Weights) -> bool:
    """Whether what the model takes for a change are figures of two measures."""
    return figures_of_two_measures(pair.earlier, pair.later) and likely_types(pair, weights)[0] == "quantity"


def probability(features: Mapping[str, float], model: Logistic | Boosted) -> float:
    """What a model gives a pair, less for articles that hardly tell of one event."""
    return model.probability(features) * float(left_by_doubt(features["affinity"]))


def left_by_doubt(affinity: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of a probability that is left where two articles hardly tell of one event; of one pair of articles, or of many."""
    return np.minimum(1.0, np.asarray(affinity) / ONE_EVENT)


def contributions_to(features: Mapping[str, float], model: Logistic | Boosted) -> dict[str, float]:
    """How far each feature moved the log-odds of `probability`: those of the model and, where it took from the probability, the affinity."""
    moved = model.contributions(features)
    if features["affinity"] < ONE_EVENT:
        moved["affinity"] = logit(probability(features, model)) - logit(model.probability(features))
    return moved


def likely_types(pair: ComparedPair, weights: Weights) -> list[ChangeType]:
    """The types of change, likeliest first: all at or over the floor, and never none."""
    p = {t: weights.types[t].probability(type_features(pair, t)) for t in CHANGE_TYPES}
    ranked = sorted(CHANGE_TYPES, key=lambda t: -p[t])
    return [t for t in ranked if p[t] >= TYPE_FLOOR] or ranked[:1]


def type_features(pair: ComparedPair, change_type: ChangeType) -> dict[str, float]:
    """What speaks for one type of change: the model, this type's comparer, and what the other comparers saw instead."""
    f = pair.features
    others = [o.weight for t, o in pair.observations.items() if t != change_type and o.verdict == "changed"]
    features = {
        "comparer_changed": f[f"{change_type}_changed"],
        "comparer_same": f[f"{change_type}_same"],
        "others_changed": max(others, default=0.0),
        "exclusive_nli": f["contradiction_max"],
    }
    if f"{change_type}_model" in f:
        features |= {
            "model": f[f"{change_type}_model"],
            "others_model": max(f[f"{t}_model"] for t in CHANGE_TYPES if t != change_type),
            "exclusive": f["exclusive"],
        }
    return features


def change_of(pair: ComparedPair, change_type: ChangeType, weights: Weights) -> Change:
    """A change of one type with its direction, words and kind."""
    direction, from_text, to_text = change_words(pair, change_type)
    features = kind_features(pair.features, change_type, direction)
    log_odds: Mapping[Kind, float] = {k: weights.kinds[k].log_odds(features) for k in KINDS}
    kind = max(KINDS, key=lambda k: log_odds[k])
    if kind == "update" and not _may_have_moved_on(pair.features):
        others: tuple[Kind, ...] = ("contradiction", "drift")
        kind = max(others, key=lambda k: log_odds[k])
    return Change(change_type, kind, direction, from_text, to_text)


def _may_have_moved_on(features: Mapping[str, float]) -> bool:
    """False where neither dates nor the texts show that the world moved on: by their words, or by what the model reads in them."""
    return bool(features["dated"]) or features["moved_on_words"] != 0 or features.get("moved_on", 0.0) > 0


def kind_features(features: Mapping[str, float], change_type: ChangeType, direction: str) -> dict[str, float]:
    """What speaks for each kind: whether both can hold, whether the world moved on, what else changed, the type and its direction."""
    return (
        {name: features[name] for name in KIND_FEATURES if name in features}
        | {f"own_{name}": features[f"{change_type}_{name}"] for name in ("changed", "same", "model") if f"{change_type}_{name}" in features}
        | {f"is_{t}": float(t == change_type) for t in CHANGE_TYPES}
        | {f"goes_{d}": float(d == direction) for d in KIND_DIRECTIONS}
    )
