"""One run of `check`, step by step: what is new in the input, compared with itself and with what the outputs folder holds.

Plain Python: the flow (flows/check_claims.py) wraps each step in a task and adds nothing. A step reads what the steps before it left on the run, and
counts what it did.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows import progress
from flows.components import connected_components, edges_around
from flows.convert import TableBuilder
from flows.edges import ARTICLES, CLAIMS, storyline_edges, thread_edges
from flows.engine import Engine, load_engine
from flows.language.times import read_times
from flows.records import (
    SCHEMA_VERSION,
    TABLES,
    Article,
    Claim,
    Comparison,
    Finding,
    Pair,
    Reject,
    Run,
    Sighting,
    arrow_schema,
    finding_id,
    stable_hash,
)  # fmt: skip
from flows.rejects import new_rejects
from flows.relating import find_related
from flows.sighted import as_first_seen
from flows.steps import findings as deciding
from flows.steps.articles import ReadOptions, read_articles
from flows.steps.blocking import NEIGHBOURS, RULES, SIMILARITY_FLOOR
from flows.steps.cache import ModelCache
from flows.steps.comparing import ComparedPair
from flows.steps.copies import shingles
from flows.steps.findings import Verdict, judge
from flows.steps.gate import LEAST_LIKELY
from flows.steps.proposals import ComparedArticles, Proposal, ProposedPairs
from flows.steps.rows import JudgedPairs, evidence_of
from flows.steps.scored import ScoredPairs, ScoredProposal, margins_of, score_proposals
from flows.steps.scoring import encode_texts
from flows.steps.sources import names_source, one_line
from flows.steps.storylines import DEFAULT_AFFINITY, DEFAULT_WINDOW_DAYS, find_comparisons
from flows.steps.views import ArticleView, normalised
from flows.steps.weighing import load_weights, weights_id
from flows.tables import Outputs, RowBatches, from_table, to_table
from flows.worker_options import LOCAL, WorkerOptions
from flows.workers import Workers, workers_for
from models.checkpoint import Precision

SETTINGS_VERSION = 4  # raised where findings come out otherwise for a reason that settings, weights and model do not show; not with the tables' version


@dataclasses.dataclass(frozen=True)
class Settings:
    """What findings depend on besides the articles and the model."""

    min_score: float = deciding.DEFAULT_MIN_SCORE
    window_days: int = DEFAULT_WINDOW_DAYS
    min_affinity: float = DEFAULT_AFFINITY

    def thresholds(self) -> dict[str, float]:
        """Every threshold in force, by name, for the run's row."""
        return {
            "min_score": self.min_score, "window_days": float(self.window_days), "affinity": self.min_affinity, "same_fact": deciding.SAME_FACT,
            "same_fact_needed": deciding.SAME_FACT_NEEDED, "one_event": deciding.ONE_EVENT, "storyline": deciding.STORYLINE,
            "same_fact_floor": deciding.SAME_FACT_FLOOR, "type": deciding.TYPE_FLOOR, "similarity": SIMILARITY_FLOOR, "neighbours": float(NEIGHBOURS),
            "gate": LEAST_LIKELY,
        }  # fmt: skip

    def digest(self, model_id: str) -> str:
        return stable_hash(model_id, weights_id(), SETTINGS_VERSION, *(f"{k}={v}" for k, v in sorted(self.thresholds().items())))


class CheckRun:
    """The state of one run. Steps, in order: read, extract, relate, propose, score, compare, publish."""

    def __init__(
        self, inputs: Sequence[str | Path], outputs: str | Path, *, model: str | None = None, precision: Precision | None = None,
        settings: Settings = Settings(), options: ReadOptions | None = None, rebuild: bool = False,
        worker_options: WorkerOptions = LOCAL,
    ) -> None:  # fmt: skip
        self.inputs, self.outputs = [Path(p) for p in inputs], Outputs(Path(outputs))
        self.model = model
        self.precision: Precision | None = precision
        self.settings, self.options, self.rebuild = settings, options or ReadOptions(), rebuild
        self.worker_options = worker_options
        self.started_at = dt.datetime.now(dt.UTC)
        self.run_id = f"{self.started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self.counts: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        self.pairs_per_rule: Counter[str] = Counter()
        self.articles: list[Article] = []
        self.sightings: list[Sighting] = []
        self.rejects: list[Reject] = []
        self.unread: set[Path] = set()  # files that could not be read for a reason that may pass
        self.hidden: set[str] = set()  # sources of forgotten articles, named in no table again
        self.claims: dict[str, list[Claim]] = {}  # article_id: claims, of new articles
        self.views: dict[str, ArticleView] = {}
        self.sightings_of: dict[str, list[Sighting]] = {}  # article_id: where it was seen
        self.seen_again: dict[str, set[dt.datetime | None]] = {}  # article_id of a known text under another source key or date: the dates that are new
        self.comparisons: list[Comparison] = []
        self.proposals = ProposedPairs.of([])
        self.scored: ScoredPairs | None = None
        self.judged: JudgedPairs | None = None
        self.found = arrow_schema(Finding).empty_table()  # thread ids are filled in when all pairs are judged
        self.run: Run | None = None

    @property
    def engine(self) -> Engine:
        engine = load_engine(self.model, self.precision)
        return engine.named_on_gpu() if self.worker_options.gpus_per_worker else engine

    @property
    def workers(self) -> Workers:
        """Who extracts, encodes and scores."""
        return workers_for(self.worker_options, self.engine, self.model)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0.0) + time.monotonic() - started, 3)

    def prepare(self) -> None:
        """Check what a user may have got wrong, before anything long begins: the outputs folder, the model, other settings in the same folder."""
        with self._timed("load model"):
            self.outputs.create()
            self.run_id = self.outputs.later_run_id(self.run_id)
            engine = self.engine
            if not self.rebuild:
                self.outputs.check_settings(
                    model_id=engine.model_id,
                    model_source=engine.source,
                    settings_id=self.settings.digest(engine.model_id),
                    thresholds=self.settings.thresholds(),
                )
            self.workers  # noqa: B018 - started here, where what is wrong with them is told early

    def read(self) -> None:
        """Read the input; keep the articles and sightings that the folder does not hold yet."""
        with self._timed("read"):
            result = read_articles(self.inputs, self.run_id, self.options, on_progress=progress.teller("reading articles"))
            known_ids, before = (set(), []) if self.rebuild else self.outputs.known(s.article_id for s in result.sightings)
            known_places = set(map(_place, before))
            forgotten = self.outputs.forgotten()
            self.hidden = hidden = {s.source for s in result.sightings if s.article_id in forgotten}
            self.unread = result.unread
            self.articles = [a for a in result.articles if a.article_id not in known_ids | forgotten]
            self.sightings = [s for s in result.sightings if _place(s) not in known_places and s.article_id not in forgotten]
            rejects = [r for r in result.rejects if r.source not in hidden]
            self.rejects = rejects if self.rebuild else new_rejects(rejects, self.outputs)
            known_keys, known_dates = {(s.article_id, s.source_key) for s in before}, {(s.article_id, s.published_at) for s in before}
            for s in self.sightings:
                if s.article_id in known_ids and (s.article_id, s.published_at) not in known_dates:
                    self.seen_again.setdefault(s.article_id, set()).add(s.published_at)
                elif s.article_id in known_ids and (s.article_id, s.source_key) not in known_keys:
                    self.seen_again.setdefault(s.article_id, set())
            self.counts.update(files=result.n_files, documents=result.n_documents, articles=len(self.articles), rejects=len(self.rejects))
            self.counts["articles forgotten before"] = sum(a.article_id in forgotten for a in result.articles)
            self.counts["articles known before"] = len(result.articles) - len(self.articles) - self.counts["articles forgotten before"]
            self.counts["rejects known before"] = len(rejects) - len(self.rejects)
            self.dropped.update(f"rejected: {r.reason}" for r in self.rejects)
            for article in self.articles:
                self.dropped.update({f"chrome: {reason}": n for reason, n in article.chrome.items()})

    @property
    def is_put_off(self) -> bool:
        """Say whether none of the files could be read now, and the folder knows that: there is nothing to publish, and they may be read another time."""
        return self.unread.issuperset(self.inputs) and not (self.sightings or self.rejects)

    def extract(self) -> None:
        """Split the new articles into claims."""
        with self._timed("extract"):
            for i, result in enumerate(self.workers.extract(self.articles, self.run_id)):
                article = self.articles[i]
                self.claims[article.article_id] = result.claims
                self.articles[i] = dataclasses.replace(article, n_claims=len(result.claims))
                self.dropped.update({f"no claim: {reason}": n for reason, n in result.dropped.items()})
                progress.tell("extracting claims", i + 1, len(self.articles))
            self.counts["claims"] = sum(map(len, self.claims.values()))

    def relate(self) -> None:
        """Encode the claims and find the articles that share an event: new with new, and new with what the folder holds.

        A known text that is seen again counts as new with those that it was not compared with: another source's versions, articles near its new date.
        """
        with self._timed("relate"):
            if not self.articles and not self.seen_again:
                return
            self.add_views(self.articles, self.claims, self.sightings)
            new = list(self.views.values())
            again = self._views_of(sorted(self.seen_again))
            old = [] if self.rebuild else self._views_of(self._related(new, again))
            self.views.update((view.article.article_id, view) for view in [*again, *old])
            self.comparisons = find_comparisons(
                [*new, *again],
                old,
                self.run_id,
                window_days=self.settings.window_days,
                min_affinity=self.settings.min_affinity,
                on_progress=progress.teller("relating articles"),
                done=self._compared_before(),
            )
            self.counts["article pairs compared"] = len(self.comparisons)
            self.counts["near copies"] = sum(c.near_copy for c in self.comparisons)

    def add_views(self, articles: Sequence[Article], claims: Mapping[str, list[Claim]], sightings: Sequence[Sighting]) -> None:
        """Make the articles' views, and keep them."""
        self.views.update((view.article.article_id, view) for view in self._make_views(articles, claims, sightings))

    def _make_views(self, articles: Sequence[Article], claims: Mapping[str, list[Claim]], sightings: Sequence[Sighting]) -> list[ArticleView]:
        """Make the articles' views: their claims with vectors, where they were seen, their runs of words."""
        texts = [c.text for a in articles for c in claims[a.article_id]]
        with self._cache() as cache:
            vectors = encode_texts(texts, self.workers, cache, on_progress=progress.teller("encoding claims"))
        seen: defaultdict[str, list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            seen[sighting.article_id].append(sighting)
        width = self.engine.encoder.width
        views = []
        for article in articles:
            own = tuple(claims[article.article_id])
            matrix = np.stack([vectors[c.text] for c in own]) if own else np.zeros((0, width), dtype=np.float32)
            keys, outlets, dates = (frozenset(getattr(s, name) for s in seen[article.article_id]) for name in ("source_key", "outlet", "published_at"))
            views.append(ArticleView(article, own, matrix, keys, outlets, shingles(article.text), dates))
        self.sightings_of.update(seen)
        return views

    def _views_of(self, article_ids: Sequence[str]) -> list[ArticleView]:
        """Read articles that the folder holds, each with the earliest date that is known by now."""
        if not article_ids:
            return []
        theirs = _one_of("article_id", article_ids)
        claims: dict[str, list[Claim]] = {article_id: [] for article_id in article_ids}
        for claim in from_table(self.outputs.read("claims", filters=theirs), Claim):
            claims[claim.article_id].append(claim)
        sightings = [s for s in self.sightings if s.article_id in claims] + from_table(self.outputs.read("sightings", filters=theirs), Sighting)
        seen: defaultdict[str, list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            seen[sighting.article_id].append(sighting)
        articles = []
        for article in from_table(self.outputs.read("articles", filters=theirs), Article):
            dated = as_first_seen(article, seen[article.article_id])
            if dated.published_at != article.published_at:  # "on Monday" is another day then
                own = claims[article.article_id]
                claims[article.article_id] = [dataclasses.replace(c, times=read_times(c.text, dated.published_at)) for c in own]
            articles.append(dated)
        return self._make_views(articles, claims, sightings)

    def _related(self, new: Sequence[ArticleView], again: Sequence[ArticleView]) -> list[str]:
        """The ids of the folder's articles that may be compared with new ones: those that may share an event, and other versions."""
        keys = _one_of("source_key", [s.source_key for s in self.sightings])
        versions = self.outputs.read("sightings", ["article_id"], filters=keys).column(0).to_pylist()
        redated = [dataclasses.replace(v, seen_at=frozenset(dates)) for v in again if (dates := self.seen_again[v.article.article_id])]
        with self._cache() as cache:
            related = find_related(
                self.outputs, cache, [*new, *redated], window_days=self.settings.window_days, min_affinity=self.settings.min_affinity,
                make_views=self._views_of, on_progress=progress.teller("looking through the archive"),
            )  # fmt: skip
        return sorted({*versions, *related} - self.seen_again.keys())

    def _compared_before(self) -> set[tuple[str, str]]:
        """The pairs of articles that the folder holds of those that were seen again."""
        if not self.seen_again:
            return set()
        ids = list(self.seen_again)
        either = _one_of("earlier_article_id", ids) | _one_of("later_article_id", ids)
        rows = self.outputs.read("comparisons", ["earlier_article_id", "later_article_id"], filters=either)
        return set(zip(*rows.to_pydict().values(), strict=True))

    def propose(self) -> None:
        """Propose pairs of claims."""
        with self._timed("propose"):
            self.proposals = ProposedPairs.of(self.compared_articles())
            n_by_rule = np.bincount(self.proposals.rule, minlength=len(RULES))
            self.pairs_per_rule.update({rule: int(n) for rule, n in zip(RULES, n_by_rule, strict=True) if n})
            self.counts["pairs possible"] = self.proposals.n_possible
            self.counts["pairs proposed"] = len(self.proposals)

    def compared_articles(self) -> Iterator[ComparedArticles]:
        """The articles that share an event, pair by pair."""
        for i, comparison in enumerate(self.comparisons):
            yield ComparedArticles(self.views[comparison.earlier_article_id], self.views[comparison.later_article_id], comparison)
            progress.tell("proposing pairs", i + 1, len(self.comparisons))

    def score(self) -> None:
        """Score the proposed pairs with the earlier claim as premise, and those that may tell one fact the other way round too."""
        with self._timed("score"), self._cache() as cache:
            tellers = progress.teller("scoring pairs"), progress.teller("scoring pairs back")
            self.scored = score_proposals(
                self.proposals, self.workers, cache, has_heads=self.engine.has_heads, on_progress=tellers[0], on_progress_back=tellers[1]
            )
            n_scored, n_both_ways = len(self.scored.pairs), len(self.scored.likely)
            self.counts["pairs scored"] = n_scored
            self.counts["pairs scored both ways"] = n_both_ways
            self.counts["scores computed"] = self.scored.n_computed
            self.counts["scores from the cache"] = n_scored + n_both_ways - self.scored.n_computed

    def scored_both_ways(self) -> Iterator[ScoredProposal]:
        """The pairs that may tell one fact, with all that the model said of them."""
        assert self.scored is not None
        margins = margins_of(self.proposals, self.scored) if self.engine.has_heads else np.zeros(len(self.scored.pairs))
        with self._cache() as cache:
            yield from self.scored.both_ways(margins, self.workers, cache)

    def compare(self) -> None:
        """Compare the pairs that may tell one fact, and decide what comes of each."""
        with self._timed("compare"):
            assert self.scored is not None
            weights = load_weights(with_heads=self.engine.has_heads)
            self.judged = JudgedPairs.unjudged(self.proposals, self.scored)
            found, kinds = TableBuilder(Finding), Counter[str]()
            for scored in self.scored_both_ways():
                compared = scored.compare()
                verdict = judge(compared, weights, min_score=self.settings.min_score)
                self.judged.put(scored.place, verdict)
                if not verdict.dropped_at:
                    found.add(self._finding(scored.proposal, compared, verdict))
                    kinds[verdict.kind] += 1
                progress.tell("comparing claims", scored.place + 1, len(self.scored.likely))
            self.found = found.table()
            self.dropped.update({f"pair: {dropped_at}": n for dropped_at, n in self.judged.n_dropped().items()})
            self.counts["findings"] = self.found.num_rows
            self.counts.update({f"findings: {kind}": n for kind, n in kinds.items()})

    @property
    def findings(self) -> list[Finding]:
        """The findings as records: for a look at some, not for thousands."""
        return from_table(self.found, Finding)

    def publish(self) -> Run:
        """Write everything, findings and the run's row last."""
        with self._timed("publish"):
            # A rebuild takes the place of all there was; a run with nothing new leaves only its own row.
            self._name_threads_and_storylines()
            self.run = self._run_row()
            rows: dict[str, list] = {
                "articles": self.articles, "sightings": self.sightings, "claims": [c for a in self.articles for c in self.claims[a.article_id]],
                "comparisons": self.comparisons, "rejects": self.rejects, "runs": [self.run],
            }  # fmt: skip
            tables = {name: to_table(of_table, TABLES[name]) for name, of_table in rows.items()}
            pairs = RowBatches(arrow_schema(Pair), len(self.proposals), self.judged.batches(self.run_id) if self.judged else ())
            self.outputs.publish(self.run_id, {**tables, "pairs": pairs, "findings": self.found}, replace=self.rebuild)
        return self.run

    def _cache(self) -> ModelCache:
        return ModelCache(self.outputs.root / ".cache", self.engine.model_id)

    @cached_property
    def _carriers(self) -> Mapping[str, set[str]]:
        """The sources that carry a claim word for word, by its normalised text."""
        carriers: defaultdict[str, set[str]] = defaultdict(set)
        for view in self.views.values():
            for text in view.places_of_text:
                carriers[text].update(s.source for s in self.sightings_of[view.article.article_id])
        return carriers

    def _name_threads_and_storylines(self) -> None:
        """Put the findings in order, and give each its thread and its storyline as of this run."""
        if not self.found.num_rows or self.judged is None:
            return
        found = self.found.sort_by([("score", "descending"), ("finding_id", "ascending")])
        claims, articles = (list(zip(*(found.column(name).to_pylist() for name in ends), strict=True)) for ends in (CLAIMS, ARTICLES))
        same_fact = self.judged.ends_of_same_fact(deciding.SAME_FACT)
        one_event = [(c.earlier_article_id, c.later_article_id) for c in self.comparisons if c.affinity >= deciding.STORYLINE]
        for column, new, before, of_finding in (
            ("thread_id", [*same_fact, *claims], thread_edges, claims), ("storyline_id", [*one_event, *articles], storyline_edges, articles),
        ):  # fmt: skip
            old = [] if self.rebuild else edges_around(before(self.outputs), (node for edge in new for node in edge))
            names = connected_components([*old, *new])
            i = found.schema.get_field_index(column)
            found = found.set_column(i, found.schema.field(i), pa.array([names[first] for first, _ in of_finding], pa.string()))
        self.found = found

    def _finding(self, p: Proposal, compared: ComparedPair, verdict: Verdict) -> Finding:
        """A row that stands alone, but for its thread and its storyline, which depend on what comes of all pairs."""
        sides = {}
        for side, view, claim in (("earlier", p.earlier, p.claims[0]), ("later", p.later, p.claims[1])):
            sighting = min(self.sightings_of[view.article.article_id], key=lambda s: s.source)
            sides |= {
                f"{side}_source": sighting.source, f"{side}_sources": sorted(self._carriers[normalised(claim.text)]), f"{side}_outlet": sighting.outlet,
                f"{side}_title": view.article.title, f"{side}_text": claim.text, f"{side}_char_start": claim.char_start, f"{side}_char_end": claim.char_end,
                f"{side}_published_at": view.article.published_at, f"{side}_attribution": claim.attribution, f"{side}_certainty": claim.certainty,
                f"{side}_claim_id": claim.claim_id, f"{side}_article_id": claim.article_id,
            }  # fmt: skip
        first, second = p.claims
        return Finding(
            finding_id=finding_id(first.claim_id, second.claim_id), run_id=self.run_id, thread_id="",
            storyline_id="",
            kind=verdict.kind, types=[c.type for c in verdict.changes], changes=list(verdict.changes), score=verdict.score,
            order_known=p.comparison.order_known, same_source=bool(p.earlier.source_keys & p.later.source_keys),
            evidence=evidence_of(compared, verdict), model_id=self.engine.model_id, schema_version=SCHEMA_VERSION, **sides,
        )  # fmt: skip

    def _run_row(self) -> Run:
        engine = self.engine
        inputs = [name for p in self.inputs if not names_source(name := one_line(p), self.hidden)]
        return Run(
            run_id=self.run_id, started_at=self.started_at, finished_at=dt.datetime.now(dt.UTC), inputs=inputs,
            counts=dict(self.counts),
            pairs_per_rule=dict(self.pairs_per_rule), dropped=dict(self.dropped), thresholds=self.settings.thresholds(), seconds=dict(self.seconds),
            model_id=engine.model_id, model_source=engine.source, settings_id=self.settings.digest(engine.model_id), schema_version=SCHEMA_VERSION,
        )  # fmt: skip


def _place(s: Sighting) -> tuple[str, str, str, dt.datetime | None]:
    """What tells sightings apart: a record of a feed may show a text again under another address or date."""
    return s.article_id, s.source, s.source_key, s.published_at


def _one_of(column: str, values: Sequence[str]) -> pc.Expression:
    """Rows whose column holds one of the values; none where there are no values."""
    return pc.field(column).isin(pa.array(values, pa.string()))
