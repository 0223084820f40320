"""An outputs folder as what the report's page works on: plain JSON values, each text once, everything else by number.

The page filters, sorts and draws; nothing is judged there. Marks, contexts, sentences and points are computed here, where the rest of the program can be
asked. Texts have passed `shown`; offsets into them are UTF-16 units.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.components import connected_components
from flows.convert import from_table
from flows.language.certainty import NAMES as CERTAINTY
from flows.records import CHANGE_TYPES, KINDS, Article, Finding, Run, Sighting
from flows.report.features import feature_words
from flows.report.text import clipped, context, marks, shown
from flows.report.verdict import change_sentence, verdict
from flows.reviews import Review, recorded_reviews
from flows.summary import group_points
from flows.tables import Outputs, current_table

N_CONTRIBUTIONS = 8  # features that an evidence chart names; the sum of the others is one more bar
NLI = ("entailment", "neutral", "contradiction")
Json = dict[str, Any]


class _Numbered:
    """Strings by number, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    @property
    def names(self) -> list[str]:
        return list(self.numbers)


def report_data(outputs: str | Path) -> Json:
    """Return all that the page shows of an outputs folder. Raises OutputsError where it holds no published run, or is incomplete."""
    archive = Outputs(Path(outputs))
    findings = from_table(current_table(outputs, "findings"), Finding)
    runs = from_table(archive.read("runs"), Run)
    claims = _Claims(current_table(outputs, "claims", superseded=True), findings)  # a silent edit tells of a claim that was replaced
    articles = _Articles(archive, claims)
    claims.add_contexts(articles.texts)
    features, rules = _Numbered(), _Numbered()
    points = {finding_id: n for n, point in enumerate(group_points([_point_row(f) for f in findings])) for finding_id in point.finding_ids}
    run_numbers = {run.run_id: n for n, run in enumerate(runs)}
    rows = [
        {
            "id": f.finding_id, "run": run_numbers[f.run_id], "kind": KINDS.index(f.kind), "score": f.score, "point": points[f.finding_id],
            "earlier": claims.number(f.earlier_claim_id), "later": claims.number(f.later_claim_id), "thread": claims.threads[f.thread_id],
            "ordered": f.order_known, "versions": f.same_source,
            "changes": [[CHANGE_TYPES.index(c.type), KINDS.index(c.kind), c.direction, shown(c.from_text), shown(c.to_text)] for c in f.changes],
            "marks": [marks(f.earlier_text, f.changes, "earlier"), marks(f.later_text, f.changes, "later")],
            "verdict": shown(verdict(f.kind, f.changes, order_known=f.order_known)),
            "more": [shown(change_sentence(c, order_known=f.order_known)) for c in f.changes[1:]],
            "copies": [_others(f.earlier_sources, f.earlier_source), _others(f.later_sources, f.later_source)],
            "evidence": _evidence(f.evidence, features, rules),
        }
        for f in findings
    ]  # fmt: skip
    return {
        "runs": [_run_row(run, rows, n) for n, run in enumerate(runs)],
        "kinds": list(KINDS), "types": list(CHANGE_TYPES), "certainty": list(CERTAINTY),
        "features": [feature_words(name) for name in features.names], "rules": rules.names,
        "outlets": articles.outlets.names, "articles": articles.rows, "claims": claims.rows, "findings": rows,
        "threads": claims.thread_rows(), "n_articles": articles.n_articles, "n_storylines": articles.n_storylines,
        "storylines": articles.storylines(claims, rows),
        "reviews": [_review_row(review) for review in recorded_reviews(outputs)],
    }  # fmt: skip


def iso(at: dt.datetime) -> str:
    """Return a time in UTC, to the second, as JavaScript's Date reads it."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _review_row(review: Review) -> Json:
    at = review.reviewed_at.astimezone(dt.UTC)
    return {
        "finding_id": review.finding_id, "thread_id": review.thread_id, "decision": review.decision,
        "reason": None if review.reason is None else shown(review.reason), "note": None if review.note is None else shown(review.note),
        "reviewed_at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",  # as the page writes its own, to tell which is later
    }  # fmt: skip


def _point_row(f: Finding) -> Json:
    changes = [{"type": c.type, "direction": c.direction, "from_text": c.from_text, "to_text": c.to_text} for c in f.changes]
    names = ("finding_id", "thread_id", "kind", "score", "earlier_text", "later_text")
    return {**{name: getattr(f, name) for name in names}, "changes": changes}


def _others(sources: Sequence[str], own: str) -> list[str]:
    return [shown(source) for source in sources if source != own]


def _evidence(evidence: Mapping[str, Any], features: _Numbered, rules: _Numbered) -> Json:
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


def _run_row(run: Run, findings: Sequence[Json], number: int) -> Json:
    new = [f for f in findings if f["run"] == number]
    kinds = Counter(f["kind"] for f in new)
    return {
        "id": run.run_id, "at": iso(run.finished_at), "articles": run.counts.get("articles", 0), "findings": [kinds[k] for k in range(len(KINDS))],
        "inputs": [clipped(path, 200) for path in run.inputs], "min_score": run.thresholds.get("min_score"), "model": clipped(run.model_source, 200),
    }  # fmt: skip


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

    def number(self, claim_id: str) -> int:
        return self.numbers[claim_id]

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
                "said": None if row["attribution"] is None else shown(row["attribution"]), "sure": row["certainty_level"],
                "thread": self.threads[row["thread_id"]],
            })  # fmt: skip

    def thread_rows(self) -> list[Json]:
        """The threads with their tellings, oldest first; a telling is a claim and, behind it, its word-for-word copies in other articles."""
        by_thread: list[dict[str, list[int]]] = [{} for _ in self.threads]
        for number in sorted(range(len(self.rows)), key=lambda n: (self.rows[n]["article"], self.rows[n]["at"])):  # articles are numbered by date
            claim = self.rows[number]
            by_thread[claim["thread"]].setdefault(" ".join(claim["text"].split()), []).append(number)
        return [{"id": thread_id, "tellings": list(by_thread[n].values())} for thread_id, n in self.threads.items()]

    def names_in(self, storyline_id: str) -> list[str]:
        """The names that the storyline's claims have most often, at most four."""
        counts: Counter[str] = Counter()
        for row, names in zip(self._source, self._names, strict=True):
            if row["storyline_id"] == storyline_id:
                counts.update({name for name in names if len(name) > 2})
        return [clipped(name, 40) for name, _ in counts.most_common(4)]


class _Articles:
    """The articles of every storyline that has a finding, numbered, each with where it was seen."""

    def __init__(self, archive: Outputs, claims: _Claims) -> None:
        comparisons = archive.read("comparisons", ["earlier_article_id", "later_article_id"])
        every = archive.read("articles", ["article_id"]).column("article_id").to_pylist()
        components = connected_components(list(zip(*comparisons.to_pydict().values(), strict=True)), every)
        self.n_articles = len(every)
        self.n_storylines = len(set(components.values()))
        wanted = {components[article_id] for article_id in claims.article_ids}
        self.storyline_of = {article_id: component for article_id, component in components.items() if component in wanted}
        ids = pa.array(sorted(self.storyline_of), type=pa.string())
        kept = from_table(archive.read("articles", filters=pc.field("article_id").isin(ids)), Article)
        kept.sort(key=lambda a: (a.published_at is None, a.published_at or dt.datetime.max.replace(tzinfo=dt.UTC), a.article_id))
        seen: defaultdict[str, list[Sighting]] = defaultdict(list)
        for sighting in from_table(archive.read("sightings", filters=pc.field("article_id").isin(ids)), Sighting):
            seen[sighting.article_id].append(sighting)
        self.outlets = _Numbered()
        self.texts = {a.article_id: a.text for a in kept}
        self.storyline_numbers = {s: n for n, s in enumerate(sorted(wanted))}
        self.rows = [self._row(article, sorted(seen[article.article_id], key=lambda s: s.source)) for article in kept]

    def _row(self, article: Article, sightings: Sequence[Sighting]) -> Json:
        first = sightings[0]
        return {
            "title": shown(article.title), "outlet": self.outlets(shown(first.outlet or first.source)),
            "date": iso(article.published_at) if article.published_at else None, "day_only": article.date_precision == "day",
            "source": shown(first.source), "url": next((s.url for s in sightings if s.url.startswith(("https://", "http://"))), ""),
            "also": [shown(s.outlet or s.source) for s in sightings[1:]], "storyline": self.storyline_numbers[self.storyline_of[article.article_id]],
        }  # fmt: skip

    def storylines(self, claims: _Claims, findings: Sequence[Json]) -> list[Json]:
        n_findings = Counter(claims.rows[f[side]]["article"] for f in findings for side in ("earlier", "later"))
        rows: list[Json] = []
        for storyline_id, number in self.storyline_numbers.items():
            own = [n for n, row in enumerate(self.rows) if row["storyline"] == number]
            titled = [n for n in own if self.rows[n]["title"]]
            title = self.rows[max(titled, key=lambda n: (n_findings[n], -n))]["title"] if titled else ""
            names = claims.names_in(storyline_id)
            rows.append({"id": storyline_id, "title": title or ", ".join(names) or "Untitled", "names": names, "articles": own})
        return rows
