"""Which findings of an outputs folder a reader asked for: filters as on the report's page, reviews among them. Nothing is computed anew or judged here.

from flows.listing import Filters, list_findings
listing = list_findings("outputs", Filters(kinds=("contradiction",), min_score=0.8))
for listed in listing.items(limit=10): print(listed.finding.score, listed.finding.later_text)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from flows.convert import from_table
from flows.current import current_table, storylines
from flows.ids import find_id
from flows.records import Change, Finding, Sighting
from flows.report.text import context
from flows.report.verdict import verdict
from flows.reviews import Review, like_dismissed, recorded_reviews
from flows.summary import group_points
from flows.tables import Outputs, OutputsError
from flows.versions import Versions, find_versions

ReviewChoice = Literal["kept", "open", "accepted", "noted", "dismissed", "all"]
REVIEW_CHOICES: tuple[ReviewChoice, ...] = ("kept", "open", "accepted", "noted", "dismissed", "all")
MIN_ID = 6  # characters of an id that are shown at least
Row = dict[str, Any]
OutletsOf = Mapping[tuple[str, str], set[str]]  # by storyline and source


class FilterError(OutputsError):
    """A filter or an id that nothing in the folder fits."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a finding must be like; a filter that is not given lets all pass. Of several kinds, types or outlets one is enough."""

    kinds: Sequence[str] = ()
    types: Sequence[str] = ()
    outlets: Sequence[str] = ()  # that carry either claim, also in another copy of the text; case aside
    since: dt.date | None = None  # one of the claims was published on this day or after it, and by `until`; undated ones do not pass
    until: dt.date | None = None  # one of the claims was published on this day or before it, and not before `since`
    min_score: float = 0.0  # of the score as it is shown, with two digits
    storyline: str = ""  # a storyline_id, or a beginning of one that no other has
    text: str = ""  # words that all stand in the claims, sources, outlets, headlines, verdict or id; case aside
    new: bool = False  # of the last run only
    review: ReviewChoice = "kept"  # kept: all but the dismissed; open: not reviewed


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding and what a reader decided about it."""

    finding: Finding
    review: Review | None
    like_dismissed: bool  # not reviewed, and another one of its thread with the same change was dismissed


@dataclass(frozen=True)
class Listing:
    """The findings that passed, surest first, and counts for what did not."""

    table: pa.Table  # rows of findings that passed
    n_findings: int  # in the current view of the folder
    n_dismissed: int  # hidden: they pass all filters but were dismissed
    id_length: int  # characters by which the folder's finding_ids differ
    reviews: Mapping[str, Review]
    like: frozenset[str]

    def __len__(self) -> int:
        return self.table.num_rows

    def items(self, limit: int | None = None) -> list[Listed]:
        """Return the first `limit` of the findings, all of them by default."""
        return self._listed(self.first(limit))

    @cached_property
    def points(self) -> Mapping[str, int]:
        """The points that the findings are on (flows/summary.py), in the order of the table: the id of the surest finding of each, how many more there are."""
        columns = ["finding_id", "thread_id", "kind", "score", "changes", "earlier_text", "later_text"]
        n_more = {point.finding_ids[0]: len(point.finding_ids) - 1 for point in group_points(self.table.select(columns).to_pylist())}
        return {i: n_more[i] for i in self.table.column("finding_id").to_pylist() if i in n_more}

    def surest_of_points(self, limit: int) -> list[Listed]:
        """Return the surest finding of each of the first `limit` points."""
        places = [n for n, finding_id in enumerate(self.table.column("finding_id").to_pylist()) if finding_id in self.points]
        return self._listed(self.table.take(pa.array(places[:limit], type=pa.int64())))

    def _listed(self, table: pa.Table) -> list[Listed]:
        return [Listed(f, self.reviews.get(f.finding_id), f.finding_id in self.like) for f in from_table(table, Finding)]

    def first(self, limit: int | None) -> pa.Table:
        """Return the rows of the first `limit` findings; of all where it is None."""
        return self.table if limit is None else self.table.slice(0, min(limit, len(self)))


def list_findings(outputs: str | Path, filters: Filters) -> Listing:
    """Return the findings that pass. Raises OutputsError for no results, FilterError for an outlet or storyline that the folder does not know."""
    findings = current_table(outputs, "findings")
    rows = _rows(findings)
    reviews = {review.finding_id: review for review in recorded_reviews(outputs)}
    archive = Outputs(Path(outputs))
    passes = _predicate(archive, rows, filters)
    passed = [n for n, row in enumerate(rows) if passes(row)]
    kept = [n for n in passed if _fits_review(reviews.get(rows[n]["finding_id"]), filters.review)]
    n_dismissed = len(passed) - len(kept) if filters.review == "kept" else 0
    return Listing(
        table=findings.take(pa.array(kept, type=pa.int64())),
        n_findings=len(rows),
        n_dismissed=n_dismissed,
        id_length=_id_length(archive.read("findings", ["finding_id"]).column("finding_id").to_pylist()),  # as `show` and `explain` look among all
        reviews=reviews,
        like=frozenset(_like(outputs, rows, reviews)),
    )


def _rows(findings: pa.Table) -> list[Row]:
    return findings.drop_columns(["evidence"]).to_pylist()  # evidence is most of a row, and no filter looks at it


def _like(outputs: str | Path, rows: Sequence[Row], reviews: Mapping[str, Review]) -> set[str]:
    dismissed = {i for i, review in reviews.items() if review.decision == "dismissed"}
    if not dismissed.issubset(row["finding_id"] for row in rows):  # one of its texts was replaced since: the new one may make the same change again
        rows = _rows(current_table(outputs, "findings", superseded=True))
    return like_dismissed(rows, reviews)


def _fits_review(review: Review | None, choice: ReviewChoice) -> bool:
    if choice == "all":
        return True
    decision = review.decision if review else "open"
    return decision != "dismissed" if choice == "kept" else decision == choice


def _predicate(archive: Outputs, rows: Sequence[Row], filters: Filters) -> Callable[[Row], bool]:
    tests: list[Callable[[Row], bool]] = []
    outlets_of = _outlets_by_source(archive) if filters.outlets or filters.text else {}
    if filters.kinds:
        tests.append(lambda row: row["kind"] in filters.kinds)
    if filters.types:
        tests.append(lambda row: not set(filters.types).isdisjoint(row["types"]))
    if filters.outlets:
        wanted = _known_outlets(archive, filters.outlets)
        tests.append(lambda row: not wanted.isdisjoint(_carriers(row, outlets_of)))
    if filters.since or filters.until:
        since, until = filters.since or dt.date.min, filters.until or dt.date.max
        tests.append(lambda row: any(at is not None and since <= at.date() <= until for at in (row["earlier_published_at"], row["later_published_at"])))
    if filters.min_score:
        tests.append(lambda row: float(f"{row['score']:.2f}") >= filters.min_score)  # as it is shown
    if filters.storyline:
        storyline_id = find_id(filters.storyline, {row["storyline_id"] for row in rows}, "storylines")
        if storyline_id is None:
            raise FilterError(f'{archive.root}: no finding is of a storyline "{filters.storyline}".')
        tests.append(lambda row: row["storyline_id"] == storyline_id)
    if words := filters.text.casefold().split():
        tests.append(lambda row: all(word in _haystack(row, outlets_of) for word in words))
    if filters.new:
        last = archive.run_ids()[-1]
        tests.append(lambda row: row["run_id"] == last)
    return lambda row: all(test(row) for test in tests)


def _known_outlets(archive: Outputs, outlets: Sequence[str]) -> set[str]:
    """The outlets asked for, folded. An outlet without findings passes none; one that the folder has never seen is a slip."""
    there = {outlet.casefold(): outlet for outlet in archive.read("sightings", ["outlet"]).column("outlet").unique().to_pylist()}
    for outlet in outlets:
        if outlet.casefold() not in there:
            within = sorted(name for folded, name in there.items() if outlet.casefold() in folded)
            near = within[:5] or [there[name] for name in get_close_matches(outlet.casefold(), list(there), n=3)]
            hint = f"Did you mean {' or '.join(near)}?" if near else "The column outlet of the table sightings has those there are."
            raise FilterError(f'{archive.root}: holds no article of an outlet "{outlet}". {hint}')
    return {outlet.casefold() for outlet in outlets}


def _outlets_by_source(archive: Outputs) -> OutletsOf:
    """The outlets of each source, storyline by storyline: two folders that were checked one after the other may hold files of one name."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    run_ids = archive.run_ids()
    storyline_of = storylines(archive, run_ids)
    for article_id, source, outlet in zip(*archive.read("sightings", ["article_id", "source", "outlet"], run_ids=run_ids).to_pydict().values(), strict=True):
        found[storyline_of[article_id], source].add(outlet)
    return found


def _carriers(row: Row, outlets_of: OutletsOf) -> set[str]:
    """The outlets of a finding's claims, folded: also those that carry only another copy of the text."""
    places = [(row["storyline_id"], source) for source in (*row["earlier_sources"], *row["later_sources"])]
    copies = {outlet for place in places for outlet in outlets_of.get(place, ())}
    return {outlet.casefold() for outlet in {row["earlier_outlet"], row["later_outlet"], *copies} if outlet}


def _haystack(row: Row, outlets_of: OutletsOf) -> str:
    sides = [row[f"{side}_{name}"] or "" for side in ("earlier", "later") for name in ("text", "attribution", "outlet", "title", "source")]
    changes = [Change(**change) for change in row["changes"]]
    copies = [*row["earlier_sources"], *row["later_sources"], *_carriers(row, outlets_of)]
    sentence = verdict(row["kind"], changes, order_known=row["order_known"], texts=(row["earlier_text"], row["later_text"]))
    return "\n".join([*sides, *copies, sentence, row["finding_id"]]).casefold()


def _id_length(ids: Sequence[str]) -> int:
    """Return how many first characters tell the ids apart, MIN_ID at least."""
    length = MIN_ID
    while len({i[:length] for i in ids}) < len(ids):
        length += 1
    return length


# --- one finding ---------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Telling:
    """A claim of a thread, where and when it was told."""

    outlet: str
    source: str
    published_at: dt.datetime | None
    certainty: str
    attribution: str | None
    text: str
    claim_id: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A finding with what stands around it."""

    listed: Listed
    contexts: tuple[tuple[str, str], tuple[str, str]]  # before and after the claim in its paragraph; earlier, later
    urls: tuple[str, str]  # empty where unknown
    is_superseded: bool  # one of the texts was replaced by its source since, so the current view leaves the finding out
    tellings: tuple[Telling, ...]  # of its thread, by date, undated ones last
    n_in_thread: int  # findings of its thread, itself included
    id_length: int  # characters by which the folder's finding_ids differ


def find_finding(outputs: str | Path, beginning: str) -> Detail:
    """Return the finding whose id begins so. Raises FilterError where none does, OutputsError for several or for no results."""
    archive = Outputs(Path(outputs))
    findings = current_table(outputs, "findings", superseded=True)
    ids = findings.column("finding_id").to_pylist()
    finding_id = find_id(beginning, ids, "findings")
    if finding_id is None:
        raise FilterError(f'{archive.root}: holds no finding "{beginning}".')
    [finding] = from_table(findings.slice(ids.index(finding_id), 1), Finding)
    reviews = {review.finding_id: review for review in recorded_reviews(outputs)}
    sightings = from_table(archive.read("sightings"), Sighting)
    versions = Versions(find_versions(sightings))
    ends = finding.earlier_article_id, finding.later_article_id
    texts = dict(zip(*archive.read("articles", ["article_id", "text"], pc.field("article_id").isin(ends)).to_pydict().values(), strict=True))
    sides = ((ends[0], finding.earlier_char_start, finding.earlier_char_end), (ends[1], finding.later_char_start, finding.later_char_end))
    before, after = (context(texts[article_id], start, end) for article_id, start, end in sides)
    sources = (ends[0], finding.earlier_source), (ends[1], finding.later_source)
    urls = {(s.article_id, s.source): s.url for s in sightings}
    like = like_dismissed(_rows(findings), reviews)
    return Detail(
        listed=Listed(finding, reviews.get(finding_id), finding_id in like),
        contexts=(before, after),
        urls=(urls.get(sources[0], ""), urls.get(sources[1], "")),
        is_superseded=not versions.stands(*ends),
        tellings=_tellings(outputs, finding.thread_id, sightings),
        n_in_thread=sum(thread_id == finding.thread_id for thread_id in findings.column("thread_id").to_pylist()),
        id_length=_id_length(ids),
    )


def _tellings(outputs: str | Path, thread_id: str, sightings: Sequence[Sighting]) -> tuple[Telling, ...]:
    claims = current_table(outputs, "claims", superseded=True).filter(pc.field("thread_id") == thread_id)
    first: dict[str, Sighting] = {}
    for sighting in sorted(sightings, key=lambda s: (_when(s.published_at), s.source)):
        first.setdefault(sighting.article_id, sighting)
    columns = ["article_id", "certainty", "attribution", "text", "claim_id"]
    found = [
        Telling(s.outlet, s.source, s.published_at, row["certainty"], row["attribution"], row["text"], row["claim_id"])
        for row in claims.select(columns).to_pylist()
        for s in [first[row["article_id"]]]
    ]
    return tuple(sorted(found, key=lambda t: (_when(t.published_at), t.source)))  # stable: claims of one article stay in the order of its text


def _when(at: dt.datetime | None) -> tuple[bool, dt.datetime]:
    return at is None, at or dt.datetime.min.replace(tzinfo=dt.UTC)
