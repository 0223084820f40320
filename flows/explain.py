"""Why two claims are a finding, or at which step on the way to one they were dropped, with the figures of each step.

    from flows.explain import explain_finding, explain_pair
    explain_pair("outputs", "a.txt:seven people were killed", "b.txt:four people were killed").dropped_at

What the folder holds is read; what it does not hold (how near two articles or claims were, how each feature moved the score of a dropped pair) is computed
again with the folder's own model, through its cache. Where that model or its weights are not here any more, `note` says so, and the rest stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow.compute as pc

from flows.convert import from_table
from flows.current import current_table
from flows.ids import find_id
from flows.quoting import QuoteError, Side, find_side, side_of_claim
from flows.records import Claim, Comparison, Finding, Pair, Run, finding_id
from flows.steps.affinity import CENTROID_FLOOR, affinity, affinity_features, nearness
from flows.steps.blocking import NAMED_FLOOR, NEIGHBOURS, SIMILARITY_FLOOR, WORD_FOR_WORD, claim_similarity, pair_margins, propose_pairs, shared_marks
from flows.steps.gate import likelihood
from flows.steps.storylines import seen_within
from flows.steps.views import ArticleView
from flows.tables import Outputs, OutputsError

StepName = Literal["claims", "articles", "blocking", "wording", "first look", "same fact", "score"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a finding: whether the pair passed it, and what decided."""

    name: StepName
    passed: bool
    detail: str  # plain words with the figures


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How features moved a probability, in log-odds, from the average pair's to this pair's."""

    of: Literal["score", "same fact"]
    start: float  # log-odds before any feature is heard
    moves: tuple[tuple[str, float, float], ...]  # (feature, value, how far it moved the log-odds), the largest move first

    @property
    def end(self) -> float:
        return self.start + sum(moved for _, _, moved in self.moves)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of two quotes. `evidence` is as in the table `findings`, its contributions aside; None where the pair was not scored."""

    sides: tuple[Side, Side]  # earlier, later where the articles were compared; else as asked
    steps: tuple[Step, ...]  # as far as the pair came
    finding: Finding | None
    pair: Pair | None
    evidence: Mapping[str, Any] | None
    waterfall: Waterfall | None
    note: str  # what could not be computed again, and why; empty as a rule
    order_known: bool  # False where a text has no date: "earlier" and "later" are then as found, and a change has no direction

    @property
    def dropped_at(self) -> StepName | Literal[""]:
        """The step that the pair did not pass; empty for a finding."""
        return "" if not self.steps or self.steps[-1].passed else self.steps[-1].name


def explain_finding(outputs: str | Path, finding: str) -> Explanation:
    """Explain a finding by its id, or a beginning of the id that no other has. Raises QuoteError for none, OutputsError for several or for no results."""
    archive = _opened(outputs)
    ends = ["finding_id", "earlier_claim_id", "earlier_article_id", "later_claim_id", "later_article_id"]
    findings = archive.read("findings", ends)
    meant = find_id(finding, findings.column("finding_id").to_pylist(), "findings")
    rows = findings.filter(pc.field("finding_id") == meant).to_pylist() if meant else []
    if not rows and re.fullmatch(r"f[0-9a-f]{20}", finding):
        rows = _dropped_pairs(archive, finding)  # a finding of before a --rebuild, say
    if not rows:
        raise QuoteError(f'{archive.root}: holds no finding "{finding}". The column finding_id of the table findings has the ids there are.')
    first, second = (side_of_claim(archive, rows[0][f"{side}_claim_id"], rows[0][f"{side}_article_id"]) for side in ("earlier", "later"))
    return _explain(archive, first, second)


def explain_pair(outputs: str | Path, first: str, second: str) -> Explanation:
    """Explain two quotes, each ARTICLE:QUOTE (see flows/quoting.py). Raises QuoteError where one cannot be found, OutputsError for no results."""
    archive = _opened(outputs)
    return _explain(archive, find_side(archive, first), find_side(archive, second))


def _opened(outputs: str | Path) -> Outputs:
    archive = Outputs(Path(outputs))
    if not archive.run_ids():
        raise OutputsError(f"{outputs}: holds no published run. Make one with: claimdrift check ARTICLES --outputs {outputs}")
    return archive


def _dropped_pairs(archive: Outputs, finding: str) -> list[dict[str, Any]]:
    """The pair that would have this finding_id in full, were it a finding."""
    ends = ["earlier_claim_id", "earlier_article_id", "later_claim_id", "later_article_id"]
    return [row for row in archive.read("pairs", ends).to_pylist() if finding_id(row["earlier_claim_id"], row["later_claim_id"]) == finding]


def _explain(archive: Outputs, first: Side, second: Side) -> Explanation:
    """Go the pair's way step by step, up to the one at which it was dropped."""
    way = _Way(archive)
    comparison = way.comparison(first, second)
    if comparison is not None and comparison.earlier_article_id != first.article.article_id:
        first, second = second, first
    way.go(first, second, comparison)
    order_known = comparison is None or comparison.order_known
    return Explanation((first, second), tuple(way.steps), way.finding, way.pair, way.evidence, way.waterfall, way.note, order_known)


class _Way:
    """The way of one pair: the steps so far, and what was read or computed for them."""

    def __init__(self, archive: Outputs) -> None:
        self.archive = archive
        self.steps: list[Step] = []
        self.finding: Finding | None = None
        self.pair: Pair | None = None
        self.evidence: dict[str, Any] | None = None
        self.waterfall: Waterfall | None = None
        self.note = ""
        run = archive.last_run()
        assert run is not None  # _opened saw to it
        self.run: Run = run

    def comparison(self, first: Side, second: Side) -> Comparison | None:
        ids = first.article.article_id, second.article.article_id
        there = pc.field("earlier_article_id").isin(ids) & pc.field("later_article_id").isin(ids)
        return next(iter(from_table(self.archive.read("comparisons", filters=there), Comparison)), None)

    def step(self, name: StepName, passed: bool, detail: str) -> bool:
        self.steps.append(Step(name, passed, detail))
        return passed

    def go(self, first: Side, second: Side, comparison: Comparison | None) -> None:
        reasons = [f"“{' '.join(side.text.split())}” is no claim: {side.no_claim}" for side in (first, second) if side.claim is None]
        claims = [side.claim for side in (first, second) if side.claim is not None]
        if not self.step("claims", len(claims) == 2, "; ".join(reasons) or "both quotes are claims"):
            return
        if not self.step("articles", comparison is not None, self._articles(first, second, comparison)):
            return
        ends = (pc.field("earlier_claim_id") == claims[0].claim_id) & (pc.field("later_claim_id") == claims[1].claim_id)
        self.pair = next(iter(from_table(self.archive.read("pairs", filters=ends), Pair)), None)
        if self.step("blocking", self.pair is not None, self._blocking(first, second, comparison)) and self.pair is not None and comparison is not None:
            self._judged(first, second, comparison, self.pair)

    # --- articles ----------------------------------------------------------------------------------------------------------------------------------------

    def _articles(self, first: Side, second: Side, comparison: Comparison | None) -> str:
        if first.article.article_id == second.article.article_id:
            return "both stand in one article, and statements within one article are not compared"
        days = _days_apart(first, second)
        apart = "" if days is None else f", {_number(days, 'day')} apart"
        if comparison is not None:
            needed = self._threshold("affinity")
            one_source = {s.source_key for s in first.sightings} & {s.source_key for s in second.sightings}
            shared = f"the probability that they share an event is {_beside(comparison.affinity, needed)}, and {needed:g} is needed"
            copies = "; one is a near copy of the other" if comparison.near_copy else ""
            versions = f"they are versions of one source; the probability that they share an event is {comparison.affinity:.2f}"
            return f"compared: {versions if one_source else shared}{apart}{copies}"
        window = int(self._threshold("window_days"))
        if not seen_within({s.published_at for s in first.sightings}, {s.published_at for s in second.sightings}, window):
            return f"not compared: too far apart in time{apart}, and {window} is the most (--window-days)"
        views = self._views(first, second)
        if views is None:
            return "not compared: no event in common"
        a, b = views
        near = nearness(a, b)
        if near < CENTROID_FLOOR:
            return f"not compared: no event in common. The likeness of their claims on average is {near:.2f}, and {CENTROID_FLOOR:.2f} is needed"
        features = affinity_features(a, b)
        figures = (
            f"likeness of their claims on average {features['centroid']:.2f}, of the three closest pairs {features['closest']:.2f}, "
            f"words of names in common {len(a.name_words & b.name_words)} ({features['name_share']:.0%} of the shorter list)"
        )
        how_sure = affinity(a, b)
        if how_sure < (needed := self._threshold("affinity")):
            return f"not compared: the probability that they share an event is {_beside(how_sure, needed)}, and {needed:g} is needed ({figures})"
        return f"not compared by the run, though a probability of {how_sure:.2f} would do ({figures}): make the folder again with --rebuild"

    # --- blocking ----------------------------------------------------------------------------------------------------------------------------------------

    def _blocking(self, first: Side, second: Side, comparison: Comparison | None) -> str:
        if self.pair is not None:
            return f"proposed, by the rule “{self.pair.blocking_rule}”; likeness {self.pair.similarity:.2f}"
        views = self._views(first, second)
        if views is None:
            return f"not proposed: other claims were nearer (the {NEIGHBOURS} nearest are taken), or they share too little"
        a, b = views
        similarity = claim_similarity(a, b)
        i, j = (_position(view.claims, side) for view, side in ((a, first), (b, second)))
        value = float(similarity[i, j])
        ranks = int(np.sum(similarity[i] > value)) + 1, int(np.sum(similarity[:, j] > value)) + 1
        near = (
            f"the {_ordinal(ranks[0])} nearest of {_number(len(b.claims), 'claim')} for the first, "
            f"the {_ordinal(ranks[1])} nearest of {_number(len(a.claims), 'claim')} for the second"
        )
        names, numbers = shared_marks(a.claims[i], b.claims[j])
        by_rules = propose_pairs(a, b, least_likely=0)
        in_both = [name for name, at, own, other in (("first", i, a, b), ("second", j, b, a)) if own.normalised_texts[at] in other.places_of_text]
        if in_both and comparison is not None and comparison.near_copy:
            why = f"the {in_both[0]} stands word for word in both articles, one of which is a near copy of the other: it is paired with itself alone"
        elif np.any((by_rules.earlier == i) & (by_rules.later == j)):
            needed = self._threshold("gate")
            sure = comparison.affinity if comparison is not None else 1.0
            probability = float(likelihood(a, b, similarity, pair_margins(similarity), sure)[i, j])
            why = (
                "by this, the rare words they share, where they stand in their articles, and how surely these share an event, the probability that they tell "
                f"one fact is {_beside(probability, needed)}, and {needed:g} is needed before the model looks"
            )
        elif min(ranks) <= NEIGHBOURS:
            why = f"{SIMILARITY_FLOOR:.2f} is needed even of the {NEIGHBOURS} nearest"
        else:
            why = (
                f"the {NEIGHBOURS} nearest are proposed, and beyond them, from {NAMED_FLOOR:.2f}, those that share a name and in all two names or numbers: "
                f"these share {_number(names, 'word')} of names and {_number(numbers, 'number')}"
            )
        return f"not proposed: likeness {value:.2f}, {near}; {why}"

    # --- verdict -----------------------------------------------------------------------------------------------------------------------------------------

    def _judged(self, first: Side, second: Side, comparison: Comparison, pair: Pair) -> None:
        if not self.step("wording", pair.blocking_rule != WORD_FOR_WORD, _wording(pair)):
            return
        floor = self._threshold("same_fact_floor")
        looked = f"the model's first look gives one fact a probability of {_beside(pair.same_fact, floor)}; {floor:g} is needed"
        if pair.dropped_at == "same fact, first look":
            self.step("first look", False, looked)
            from flows.recompute import stored_evidence

            self.evidence = stored_evidence(pair, first, second)
            return
        self.step("first look", True, f"the model's first look ends pairs that it gives less than {floor:g}, and did not end this one")
        if pair.dropped_at:
            from flows.recompute import dropped_pair  # PyTorch comes with it: not for a finding, whose evidence is stored

            again = dropped_pair(self.archive, self.run, first, second, comparison, pair)
            self.evidence, self.waterfall, self.note = again.evidence, again.waterfall, again.note
        else:
            self._read_finding(pair)
        needed = self._threshold("same_fact_needed")
        likely = f"the probability that both tell one fact is {_beside(pair.same_fact, needed)}; {needed:g} is needed"
        if self.step("same fact", pair.dropped_at != "same fact", likely):
            least = self._threshold("min_score")
            self.step("score", not pair.dropped_at, f"the score is {_beside(pair.score, least)}; {least:g} is needed (--min-score)")

    def _read_finding(self, pair: Pair) -> None:
        wanted = finding_id(pair.earlier_claim_id, pair.later_claim_id)
        current = current_table(self.archive.root, "findings", superseded=True)
        self.finding = from_table(current.filter(pc.field("finding_id") == wanted), Finding)[0]
        self.evidence = dict(self.finding.evidence)
        moves = tuple((c["feature"], c["value"], c["contribution"]) for c in self.evidence.pop("contributions") or [])
        # The folder stores the moves; where they start follows from where they end.
        self.waterfall = Waterfall("score", _log_odds(pair.score) - sum(moved for _, _, moved in moves), moves)

    def _views(self, first: Side, second: Side) -> tuple[ArticleView, ArticleView] | None:
        """The two articles with their claims' vectors; None, with a note, where the folder's model is not here."""
        from flows.recompute import folders_run

        check, self.note = folders_run(self.archive, self.run, first, second)
        return None if check is None else (check.views[first.article.article_id], check.views[second.article.article_id])

    def _threshold(self, name: str) -> float:
        """A threshold that the folder's last run had in force."""
        if name not in self.run.thresholds:
            raise OutputsError(f'{self.archive.root}: run {self.run.run_id} names no threshold "{name}". Make the folder again with --rebuild.')
        return self.run.thresholds[name]


def _wording(pair: Pair) -> str:
    return "word for word the same" if pair.blocking_rule == WORD_FOR_WORD else "worded differently"


def _days_apart(first: Side, second: Side) -> float | None:
    dates = first.article.published_at, second.article.published_at
    return None if dates[0] is None or dates[1] is None else abs((dates[1] - dates[0]).total_seconds()) / 86_400


def _position(claims: tuple[Claim, ...], side: Side) -> int:
    assert side.claim is not None
    return next(i for i, claim in enumerate(claims) if claim.claim_id == side.claim.claim_id)


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def _beside(value: float, threshold: float) -> str:
    """A figure to two places, or four where it would look like the threshold, or like nothing."""
    return f"{value:.4f}" if round(value, 2) in (round(threshold, 2), 0.0) else f"{value:.2f}"


def _number(n: float, word: str) -> str:
    shown = f"{n:,.0f}" if n == round(n) else f"{n:,.1f}"
    return f"{shown} {word if shown == '1' else word + 's'}"


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
