"""An outputs folder as what the report's page works on: plain JSON values, each text once, everything else by number.

The page filters, sorts and draws; nothing is judged there. Marks, contexts, sentences and points are computed here, where the rest of the program can be
asked. Texts have passed `shown`; offsets into them are UTF-16 units.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from flows import progress
from flows.components import connected_components
from flows.convert import from_table
from flows.edges import storyline_edges
from flows.language.attribution import is_hearsay
from flows.language.certainty import NAMES as CERTAINTY
from flows.records import CHANGE_TYPES, KINDS, Article, Finding, Run, Sighting, Version
from flows.report.features import feature_words
from flows.report.text import clipped, context, marks, shown
from flows.report.verdict import other_sentences, verdict
from flows.reviews import Review, change_keys, recorded_reviews
from flows.summary import group_points
from flows.tables import Outputs, current_table
from flows.versions import Versions

N_CONTRIBUTIONS = 8  # features that an evidence chart names; the sum of the others is one more bar
N_NAMES = 4  # of a storyline
NLI = ("entailment", "neutral", "contradiction")
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
Json = dict[str, Any]
T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


class _Numbered(Generic[H]):
    """Values by number, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self.numbers: dict[H, int] = {}

    def __call__(self, value: H) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> list[H]:
        return list(self.numbers)


def report_data(outputs: str | Path, *, step: str = "writing the report") -> Json:
    """Return all that the page shows of an outputs folder; `step` is what a listener of flows.progress is told.

    Raises OutputsError where it holds no published run, or is incomplete.
    """
    archive = Outputs(Path(outputs))
    every_finding = archive.read("findings", ["finding_id", "earlier_claim_id", "changes"])  # first: what a run adds meanwhile was not replaced
    findings = from_table(current_table(outputs, "findings"), Finding)
    every_claim = current_table(outputs, "claims", superseded=True)  # a silent edit tells of a claim that was replaced
    runs = from_table(archive.read("runs"), Run)
    claims = _Claims(every_claim, findings)
    articles = _Articles(archive, claims)
    claims.add_contexts(articles.texts)
    features, rules = _Numbered[str](), _Numbered[str]()
    change_numbers = _Numbered[Hashable]()
    plain_rows = [_plain_row(f) for f in findings]
    points = {finding_id: n for n, point in enumerate(group_points(plain_rows)) for finding_id in point.finding_ids}
    run_numbers = {run.run_id: n for n, run in enumerate(runs)}
    rows = [
        {
            "id": f.finding_id, "run": run_numbers[f.run_id], "kind": KINDS.index(f.kind), "score": f.score, "point": points[f.finding_id],
            "earlier": claims.numbers[f.earlier_claim_id], "later": claims.numbers[f.later_claim_id], "thread": claims.threads[f.thread_id],
            "ordered": f.order_known, "versions": f.same_source, "same": [change_numbers(key) for key in sorted(change_keys(plain))],
            "changes": [[CHANGE_TYPES.index(c.type), c.direction] for c in f.changes],
            "marks": [marks(f.earlier_text, f.changes, "earlier"), marks(f.later_text, f.changes, "later")],
            "verdict": shown(verdict(f.kind, f.changes, order_known=f.order_known, texts=(f.earlier_text, f.later_text))),
            "more": [
                shown(sentence) for sentence in other_sentences(f.kind, f.changes, order_known=f.order_known, texts=(f.earlier_text, f.later_text))
            ],
            "copies": [_others(f.earlier_sources, f.earlier_source), _others(f.later_sources, f.later_source)],
            "outlets": articles.outlets_of(f),
            "evidence": _evidence(f.evidence, features, rules),
        }
        for f, plain in _counted(list(zip(findings, plain_rows, strict=True)), step)
    ]  # fmt: skip
    return {
        "runs": _run_rows(runs, rows),
        "kinds": list(KINDS), "types": list(CHANGE_TYPES), "certainty": list(CERTAINTY),
        "features": [feature_words(name) for name in features.values], "rules": rules.values,
        "outlets": articles.outlets.values, "articles": articles.rows, "claims": claims.rows, "findings": rows,
        "replaced": [
            [row["finding_id"], [change_numbers(key) for key in sorted(change_keys(row))]] for row in _replaced(every_finding, findings, every_claim)
        ],
        "threads": claims.thread_rows(), "n_articles": articles.n_articles, "n_compared": articles.n_compared, "n_storylines": articles.n_storylines,
        "storylines": articles.storylines(claims, rows),
        "reviews": [_review_row(review) for review in recorded_reviews(outputs)],
    }  # fmt: skip


def without_dismissed(data: Json) -> Json:
    """Return the data without the findings that were dismissed, as `review apply` recorded it: what overviews and pictures count."""
    dismissed = {review["finding_id"] for review in data["reviews"] if review["decision"] == "dismissed"}
    return {**data, "findings": [f for f in data["findings"] if f["id"] not in dismissed]}


def _counted(rows: Sequence[T], step: str) -> Iterator[T]:
    """Yield `rows`, and tell how many of them are done."""
    for n, row in enumerate(rows):
        progress.tell(step, n, len(rows))
        yield row


def _iso(at: dt.datetime) -> str:
    """Return a time in UTC, to the second, as JavaScript's Date reads it."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _review_row(review: Review) -> Json:
    at = review.reviewed_at.astimezone(dt.UTC)
    return {
        "finding_id": review.finding_id, "thread_id": review.thread_id, "decision": review.decision,
        "reason": None if review.reason is None else shown(review.reason), "note": None if review.note is None else shown(review.note),
        "reviewed_at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",  # as the page writes its own, to tell which is later
    }  # fmt: skip


def _replaced(every_finding: pa.Table, findings: Sequence[Finding], every_claim: pa.Table) -> list[Json]:
    """The findings that are not shown, as their texts were replaced: a decision on one of them still tells of those that make the same change."""
    shown_ids = pa.array([f.finding_id for f in findings], type=pa.string())
    gone = every_finding.filter(~pc.field("finding_id").isin(shown_ids))
    if not gone.num_rows:
        return []
    threads = dict(zip(*every_claim.select(["claim_id", "thread_id"]).to_pydict().values(), strict=True))
    return [{**row, "thread_id": threads[row["earlier_claim_id"]]} for row in gone.to_pylist()]


def _plain_row(f: Finding) -> Json:
    """What groups findings by their point, and tells those that make the same change."""
    changes = [{"type": c.type, "direction": c.direction, "from_text": c.from_text, "to_text": c.to_text} for c in f.changes]
    names = ("finding_id", "thread_id", "kind", "score", "earlier_text", "later_text")
    return {**{name: getattr(f, name) for name in names}, "changes": changes}


def _others(sources: Sequence[str], own: str) -> list[str]:
    return [shown(source) for source in sources if source != own]


def _evidence(evidence: Mapping[str, Any], features: _Numbered[str], rules: _Numbered[str]) -> Json:
    """What speaks for a finding; the contributions beyond the largest are summed up as [number of them, their sum]."""
    moved = sorted(evidence["contributions"] or [], key=lambda c: -abs(c["contribution"]))
    rest = moved[N_CONTRIBUTIONS:]
    return {
        "rule": rules(evidence["blocking_rule"] or ""),
        "similarity": _rounded(evidence["similarity"]), "same_fact": _rounded(evidence["same_fact"]),
        "relation": [_rounded(evidence[name]) for name in ("exclusive", "compatible", "same")],
        "nli": [[_rounded(evidence[name]) for name in NLI], [_rounded(evidence[f"{name}_back"]) for name in NLI]],
        "seen": [
            [CHANGE_TYPES.index(o["type"]), o["verdict"], o["direction"], shown(o["note"] or "")]
            for o in evidence["observations"] or [] if o["verdict"] != "absent"
        ],
        "moved": [[features(c["feature"]), _rounded(c["contribution"])] for c in moved[:N_CONTRIBUTIONS]],
        "rest": [len(rest), _rounded(sum(c["contribution"] for c in rest))],
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _run_rows(runs: Sequence[Run], findings: Sequence[Json]) -> list[Json]:
    """The runs, oldest first, each with its findings per kind."""
    kinds = Counter((f["run"], f["kind"]) for f in findings)
    return [
        {
            "at": _iso(run.finished_at), "articles": run.counts.get("articles", 0), "findings": [kinds[n, k] for k in range(len(KINDS))],
            "min_score": run.thresholds.get("min_score"), "window_days": run.thresholds.get("window_days"),
        }
        for n, run in enumerate(runs)
    ]  # fmt: skip


class _Claims:
    """The claims of every thread that has a finding, numbered; and the threads."""

    def __init__(self, table: pa.Table, findings: Sequence[Finding]) -> None:
        wanted = pa.array(sorted({f.thread_id for f in findings}), type=pa.string())
        names = ["claim_id", "article_id", "thread_id", "storyline_id", "text", "char_start", "char_end", "attribution", "certainty_level"]
        kept = table.filter(pc.field("thread_id").isin(wanted))
        self._source = kept.select(names).to_pylist()
        self._names = [[name["text"] for name in row] for row in kept.column("names").to_pylist()]
        self.numbers = {row["claim_id"]: n for n, row in enumerate(self._source)}
        self.threads = {thread_id: n for n, thread_id in enumerate(wanted.to_pylist())}
        self.rows: list[Json] = []

    @property
    def article_ids(self) -> set[str]:
        return {row["article_id"] for row in self._source}

    def add_contexts(self, texts: Mapping[str, str]) -> None:
        """Fill `rows`; `texts` are the articles' by id."""
        numbers = {article_id: n for n, article_id in enumerate(texts)}
        for row in self._source:
            before, after = context(texts[row["article_id"]], row["char_start"], row["char_end"])
            self.rows.append({
                "article": numbers[row["article_id"]], "text": shown(row["text"]), "before": shown(before), "after": shown(after), "at": row["char_start"],
                "said": None if row["attribution"] is None else shown(row["attribution"]), "hearsay": is_hearsay(row["attribution"] or ""),
                "sure": row["certainty_level"],
            })  # fmt: skip

    def thread_rows(self) -> list[Json]:
        """The threads with their tellings, oldest first; a telling is a claim and, behind it, its word-for-word copies in other articles."""
        by_thread: list[dict[str, list[int]]] = [{} for _ in self.threads]
        for number in sorted(range(len(self.rows)), key=lambda n: (self.rows[n]["article"], self.rows[n]["at"])):  # articles are numbered by date
            thread = self.threads[self._source[number]["thread_id"]]
            by_thread[thread].setdefault(" ".join(self.rows[number]["text"].split()), []).append(number)
        return [{"id": thread_id, "tellings": list(by_thread[n].values())} for thread_id, n in self.threads.items()]

    def names_by_storyline(self) -> dict[str, list[str]]:
        """The names that each storyline's claims have most often, at most N_NAMES."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row, names in zip(self._source, self._names, strict=True):
            counts[row["storyline_id"]].update({name for name in names if len(name) > 2})
        most = {storyline_id: sorted(own, key=lambda name: (-own[name], name))[:N_NAMES] for storyline_id, own in counts.items()}
        return {storyline_id: [clipped(name, 40) for name in names] for storyline_id, names in most.items()}


class _Articles:
    """The articles of every storyline that has a finding, numbered, each with where it was seen."""

    def __init__(self, archive: Outputs, claims: _Claims) -> None:
        every = archive.read("articles", ["article_id"]).column("article_id").to_pylist()
        edges = storyline_edges(archive)
        components = connected_components(list(zip(*(column.to_pylist() for column in edges.columns), strict=True)), every)
        self.n_articles = len(every)
        self.n_compared = archive.read("comparisons", ["affinity"]).num_rows
        self.n_storylines = len(set(components.values()))
        wanted = {components[article_id] for article_id in claims.article_ids}
        self.storyline_of = {article_id: component for article_id, component in components.items() if component in wanted}
        ids = pa.array(sorted(self.storyline_of), type=pa.string())
        kept = from_table(archive.read("articles", filters=pc.field("article_id").isin(ids)), Article)
        self.versions = Versions(from_table(current_table(archive.root, "versions"), Version))
        self.replaced = self.versions.superseded
        # Of one date, a text that its source replaced comes before the one that it shows now.
        kept.sort(key=lambda a: (a.published_at is None, a.published_at or _NEVER, a.article_id not in self.replaced, a.article_id))
        seen: defaultdict[str, list[Sighting]] = defaultdict(list)
        for sighting in from_table(archive.read("sightings", filters=pc.field("article_id").isin(ids)), Sighting):
            seen[sighting.article_id].append(sighting)
        self.outlets = _Numbered[str]()
        self._names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # by storyline and source: files of two folders may have one name
        for s in (s for sightings in seen.values() for s in sightings):
            self._names[self.storyline_of[s.article_id], s.source].add(shown(s.outlet or s.source))
        self.texts = {a.article_id: a.text for a in kept}
        self.storyline_numbers = {s: n for n, s in enumerate(sorted(wanted))}
        self.rows = [self._row(article, sorted(seen[article.article_id], key=self._place)) for article in kept]

    def outlets_of(self, finding: Finding) -> list[int]:
        """The outlets that carry a finding's claims, also those that carry only another copy of the text."""
        names = [name for source in (*finding.earlier_sources, *finding.later_sources) for name in sorted(self._names[finding.storyline_id, source])]
        return sorted({self.outlets(name) for name in names})

    def _place(self, sighting: Sighting) -> tuple[bool, str]:
        """What orders the places of an article: those that still show it first."""
        return not self.versions.is_current(sighting.article_id, sighting.source_key), sighting.source

    def _row(self, article: Article, sightings: Sequence[Sighting]) -> Json:
        first = sightings[0]
        return {
            "title": shown(article.title), "outlet": self.outlets(shown(first.outlet or first.source)),
            "date": _iso(article.published_at) if article.published_at else None, "day_only": article.date_precision == "day",
            "source": shown(first.source), "url": next((s.url for s in sightings if s.url.startswith(("https://", "http://"))), ""),
            "also": [shown(s.outlet or s.source) for s in sightings[1:]], "replaced": article.article_id in self.replaced,
            "storyline": self.storyline_numbers[self.storyline_of[article.article_id]],
        }  # fmt: skip

    def storylines(self, claims: _Claims, findings: Sequence[Json]) -> list[Json]:
        """The storylines, each under the title of its article with the most findings; where none has a title, under the claim with the most."""
        n_of_claim = Counter(f[side] for f in findings for side in ("earlier", "later"))
        n_findings: Counter[int] = Counter()
        told: dict[int, int] = {}  # storyline: its claim with the most findings
        for claim in sorted(n_of_claim):
            article = claims.rows[claim]["article"]
            n_findings[article] += n_of_claim[claim]
            storyline = self.rows[article]["storyline"]
            if n_of_claim[claim] > n_of_claim[told.get(storyline, -1)]:
                told[storyline] = claim
        articles: defaultdict[int, list[int]] = defaultdict(list)
        for n, row in enumerate(self.rows):
            articles[row["storyline"]].append(n)
        names_of = claims.names_by_storyline()
        rows: list[Json] = []
        for storyline_id, number in self.storyline_numbers.items():
            own, names = articles[number], names_of[storyline_id]
            titled = [n for n in own if self.rows[n]["title"]]
            title = self.rows[max(titled, key=lambda n: (n_findings[n], -n))]["title"] if titled else claims.rows[told[number]]["text"]
            rows.append({"id": storyline_id, "title": title, "names": names, "articles": own})
        return rows
