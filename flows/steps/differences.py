"""How large the difference of two claims is, and whether the comparers deny the one that the model sees, as features.

That a comparer sees two figures apart says little where they are 20,000 and 46 million: tellings of one figure are mostly of one size, and what lies far off is
another thing. And where the model holds that the figures changed, the comparer of figures is the one to ask.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from flows.language.quantity_comparison import judgements, surest_change
from flows.language.quantity_figures import head_similarity
from flows.language.slots import context_similarity
from flows.language.time_comparison import time_judgements
from flows.records import CHANGE_TYPES, ChangeType, Claim, Observation

MOST_RATIO = 4.0  # log of the most that two figures are told apart: some 55 times


def size_features(earlier: Claim, later: Claim) -> dict[str, float]:
    """Of the surest change of a quantity: the log of the larger figure over the smaller, how alike the words around are and what is counted; of the surest
    change of a time: log(1 + days between). All 0 where there is no such change.
    """
    features = {"quantity_ratio": 0.0, "quantity_context": 0.0, "quantity_counted": 0.0, "time_gap": 0.0}
    quantity = surest_change(judgements(earlier, later))
    if quantity is not None:
        a, b = quantity.earlier, quantity.later
        low, high = sorted((abs(a.value), abs(b.value)))
        features["quantity_ratio"] = min(MOST_RATIO, math.log(high / low)) if low > 0 and math.isfinite(high) else MOST_RATIO if high else 0.0
        features["quantity_context"] = context_similarity(a.context, b.context)
        features["quantity_counted"] = head_similarity(a, b)
    dated = [j for j in time_judgements(earlier, later) if j.direction and j.earlier.mention.start and j.later.mention.start]
    if dated:
        time = max(dated, key=lambda j: (j.weight, j.score))
        assert time.earlier.mention.start is not None
        assert time.later.mention.start is not None
        features["time_gap"] = math.log1p(abs((time.later.mention.start - time.earlier.mention.start).total_seconds()) / 86_400)
    return features


def answer_features(observations: Mapping[ChangeType, Observation], model: Mapping[ChangeType, float]) -> dict[str, float]:
    """How surely the comparers say "the same" to the types that the model expects: that of its surest type, and all of them weighed by its probabilities.

    `model`: type → log-odds that it changed. What comparers see changed is no part of this: those of wording see more than a reader would.
    """
    same = {t: o.weight if o.verdict == "same" else 0.0 for t, o in observations.items()}
    surest = max(CHANGE_TYPES, key=lambda t: model[t])
    return {"surest_type_same": same[surest], "types_same": sum(same[t] / (1 + math.exp(-model[t])) for t in CHANGE_TYPES)}
