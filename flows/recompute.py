"""What an outputs folder does not store of a pair, computed again with the folder's own model, through its cache."""

from __future__ import annotations

import dataclasses
import sqlite3
from typing import Any

from flows.explain import Waterfall
from flows.pipeline import CheckRun, Settings
from flows.quoting import Side, read_article
from flows.records import Comparison, Pair, Run
from flows.steps.comparing import COMPARERS
from flows.steps.findings import contributions_to, judge
from flows.steps.rows import evidence_of
from flows.steps.weighing import load_weights
from flows.tables import Outputs
from models.checkpoint import EMBEDDED, ModelError

MISSING = "Some figures are missing"
CACHE_ERRORS = (OSError, sqlite3.DatabaseError)  # a folder that may be read and not written, or a damaged file


@dataclasses.dataclass(frozen=True, slots=True)
class Recomputed:
    """The evidence of a pair, without contributions; and how each feature moved what dropped it, or a note that says why that cannot be told."""

    evidence: dict[str, Any]
    waterfall: Waterfall | None
    note: str = ""


def folders_run(archive: Outputs, run: Run, first: Side, second: Side) -> tuple[CheckRun | None, str]:
    """Return a run with the folder's model and settings that has the two articles' views; or None and why there is none."""
    there = run.thresholds
    settings = Settings(there["min_score"], int(there["window_days"]), there["affinity"])
    model = None if run.model_source == EMBEDDED.name else run.model_source
    check = CheckRun([], archive.root, model=model, precision="bfloat16" if "-bf16" in run.model_id else "float32", settings=settings)
    try:
        engine = check.engine
    except ModelError as error:
        return None, f"{MISSING}: they need the folder's model. {error}"
    if settings.digest(engine.model_id) != run.settings_id:
        if engine.named_on_gpu().model_id == run.model_id:
            return None, f"{MISSING}: the folder was made on GPUs, whose scores differ in the last digits from those that would be computed here."
        what = "another model" if engine.model_id != run.model_id else "other weights or thresholds"
        return None, f"{MISSING}: the folder was made with {what} than this claimdrift has. Make it again with --rebuild to see them."
    articles, claims, sightings = [], {}, []
    for side in (first, second):
        article, seen, own = read_article(archive, side.article.article_id)
        articles.append(article)
        claims[article.article_id] = own
        sightings += seen
    try:
        check.add_views(articles, claims, sightings)
    except CACHE_ERRORS as error:
        return None, f"{MISSING}: the folder's cache cannot be used ({error})."
    return check, ""


def dropped_pair(archive: Outputs, run: Run, first: Side, second: Side, comparison: Comparison, pair: Pair) -> Recomputed:
    """Return what each comparer saw of a pair that was dropped at same fact or later, and how each feature moved what dropped it."""
    check, note = folders_run(archive, run, first, second)
    if check is None:
        return Recomputed(stored_evidence(pair, first, second), None, note)
    check.comparisons = [comparison]
    check.propose()
    ends = pair.earlier_claim_id, pair.later_claim_id
    try:
        check.score()
        scored = next((s for s in check.scored_both_ways() if tuple(claim.claim_id for claim in s.proposal.claims) == ends), None)
    except CACHE_ERRORS as error:
        return Recomputed(stored_evidence(pair, first, second), None, f"{MISSING}: the folder's cache cannot be used ({error}).")
    if scored is None:
        note = f"{MISSING}: the pair would be dropped earlier today. Make the folder again with --rebuild."
        return Recomputed(stored_evidence(pair, first, second), None, note)
    weights = load_weights(with_heads=check.engine.has_heads)
    compared = scored.compare()
    evidence = evidence_of(compared, judge(compared, weights, min_score=0.0))
    del evidence["contributions"]
    of, model = ("same fact", weights.same_fact) if pair.dropped_at == "same fact" else ("score", weights.changed)
    moved = contributions_to(compared.features, model)
    moves = tuple((name, compared.features[name], moved[name]) for name in sorted(moved, key=lambda n: -abs(moved[n])))
    return Recomputed(evidence, Waterfall(of, model.log_odds(compared.features) - sum(model.contributions(compared.features).values()), moves))


def stored_evidence(pair: Pair, earlier: Side, later: Side) -> dict[str, Any]:
    """Return the evidence that needs no model: the probabilities of the pair's row, and what the comparers see."""
    names = [f"{n}{way}" for way in ("", "_back") for n in ("entailment", "neutral", "contradiction")]
    seen = [comparer(earlier.claim, later.claim) for comparer in COMPARERS.values()] if earlier.claim and later.claim else []
    return {
        "similarity": pair.similarity, "same_fact": pair.same_fact, "exclusive": None, "compatible": None, "same": None,
        **{name: getattr(pair, name) for name in names}, "blocking_rule": pair.blocking_rule, "observations": [dataclasses.asdict(o) for o in seen],
    }  # fmt: skip
