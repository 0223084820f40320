"""The current view of an outputs folder: what the rows of all its runs say together.

Rows are never changed, so a row shows the world as of its run: a later drop may join two storylines, or bring another outlet that carries a claim. Here
these columns are computed over the whole folder. They depend on the articles alone, not on how they were split over runs.

A text that its source has replaced since (flows/versions.py) is superseded: the current view leaves out its claims and what was found with them, but for the
silent edits, findings between one version of a source and the next. Nothing is deleted, and `superseded=True` shows it all. Threads and storylines are those of
the whole folder either way, so that a thread keeps its members whichever view is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from flows.archive import READ_AGAIN, Outputs
from flows.components import connected_components
from flows.convert import from_table, to_table
from flows.edges import storyline_edges, thread_edges
from flows.records import Article, Sighting, Version
from flows.sighted import as_first_seen
from flows.storage import OutputsError
from flows.table_files import record_type_of
from flows.versions import Versions, find_versions

if TYPE_CHECKING:
    import pandas as pd

STORYLINE_ID = pa.field("storyline_id", pa.string(), nullable=False, metadata={"description": "articles about one event share a storyline"})
THREAD_ID = pa.field("thread_id", pa.string(), nullable=False, metadata={"description": "claims that tell one fact share a thread"})
SORT_KEYS: dict[str, list[tuple[str, str]]] = {
    "findings": [("score", "descending"), ("finding_id", "ascending")],
    "claims": [("storyline_id", "ascending"), ("article_id", "ascending"), ("char_start", "ascending"), ("char_end", "ascending")],
    "articles": [("article_id", "ascending")],
    "sightings": [("article_id", "ascending"), ("source", "ascending")],
    "comparisons": [("earlier_article_id", "ascending"), ("later_article_id", "ascending")],
    "pairs": [("earlier_claim_id", "ascending"), ("later_claim_id", "ascending")],
    "rejects": [("source", "ascending"), ("reason", "ascending"), ("run_id", "ascending")],
    "runs": [("run_id", "ascending")],
    "versions": [("source_key", "ascending"), ("number", "ascending")],
}
VERSIONS = "versions"  # derived, not a folder


def load(outputs: str | Path, table: str, *, superseded: bool = False) -> pd.DataFrame:
    """Return the current view of a table as a DataFrame; rows sorted, findings by score, strongest first.

    `superseded`: also the rows of texts that their sources have replaced since. The table "versions" says which these are: a row for each text of each source.

    findings and claims: storyline_id and thread_id are those of the whole folder (see `current_table`). Lists are Python lists, structs and maps dicts,
    times UTC (NaT where unknown), and a text that may be missing is None. Rows of a run that is not published yet are left out.
    Raises OutputsError for an unknown table, or a folder without results.
    """
    import pandas as pd  # half a second: only for those who ask for a DataFrame

    current = current_table(outputs, table, superseded=superseded)
    columns: dict[str, pd.Series] = {}
    for field in current.schema:
        values = current.column(field.name)
        if pa.types.is_nested(field.type):
            python = values.to_pylist()
            columns[field.name] = pd.Series([dict(value) for value in python] if pa.types.is_map(field.type) else python, dtype=object)
        elif pa.types.is_string(field.type) and field.nullable:
            columns[field.name] = pd.Series(values.to_pylist(), dtype=object)  # None, not NaN, which is true in an `if`
        else:
            columns[field.name] = values.to_pandas()
    return pd.DataFrame(columns)


def current_table(outputs: str | Path, table: str, *, superseded: bool = False) -> pa.Table:
    """Return the current view of a table in Arrow, for those who want no pandas; see `load`.

    storyline_id: connected components of articles over the `comparisons` whose affinity reaches the run's threshold, and over the findings; thread_id: of
    claims over the `pairs` whose same_fact does, and over the findings; each is named by its smallest member. `claims` gains both columns. In findings,
    what sightings tell is that of all sightings: same_source; source, outlet, date and headline of the two sides; and earlier_sources and later_sources,
    every source in the storyline that carries the claim word for word (white space aside). So are the date and headline in articles. Other tables are as
    published, sorted.
    """
    if table != VERSIONS:
        record_type_of(table)
    archive = Outputs(Path(outputs))
    for _ in range(READ_AGAIN):
        generation, run_ids = archive.generation(), archive.run_ids()  # read once: a run published meanwhile is in none of the tables
        try:
            rows = _current_table(archive, run_ids, table, superseded=superseded)
        except OutputsError:
            if _is_still(archive, generation, run_ids):
                raise
            continue
        if _is_still(archive, generation, run_ids):
            return rows.sort_by(SORT_KEYS[table])
    raise OutputsError(f"{outputs}: the files change faster than they can be read. Try again.")


def _is_still(archive: Outputs, generation: tuple[int, ...], run_ids: list[str]) -> bool:
    """Say whether nothing was compacted, forgotten or rebuilt since: between one table and the next, rows would be missing."""
    return generation == archive.generation() and set(run_ids).issubset(archive.run_ids())


def _current_table(archive: Outputs, run_ids: list[str], table: str, *, superseded: bool) -> pa.Table:
    if not run_ids:
        raise OutputsError(f"{archive.root}: holds no published run. Make one with: claimdrift check ARTICLES --outputs {archive.root}")
    sightings = archive.read("sightings", run_ids=run_ids)
    seen = from_table(sightings, Sighting)
    found = find_versions(seen)
    versions = Versions(found)
    if table == VERSIONS:
        return to_table(found, Version)
    rows = sightings if table == "sightings" else archive.read(table, run_ids=run_ids)
    if table in ("articles", "findings"):
        rows = _as_first_seen(archive, run_ids, table, rows, seen)
    if not superseded:
        rows = _without_superseded(table, rows, versions)
        sightings = _without_superseded("sightings", sightings, versions)
    if table == "findings":
        rows = _refresh_findings(archive, run_ids, rows, sightings, versions)
    elif table == "claims":
        storyline_of = storylines(archive, run_ids)
        threads = _threads(archive, run_ids)
        rows = rows.append_column(STORYLINE_ID, _looked_up(storyline_of, rows.column("article_id")))
        rows = rows.append_column(THREAD_ID, _looked_up(threads, rows.column("claim_id")))
    return rows


def _without_superseded(table: str, rows: pa.Table, versions: Versions) -> pa.Table:
    if table == "sightings":
        keys = zip(rows.column("article_id").to_pylist(), rows.column("source_key").to_pylist(), strict=True)
        return rows.filter(pa.array([versions.is_current(*key) for key in keys], type=pa.bool_()))
    gone = pa.array(sorted(versions.superseded), type=pa.string())
    if not gone or table in ("runs", "rejects"):
        return rows
    if "article_id" in rows.schema.names:
        return rows.filter(~pc.field("article_id").isin(gone))
    ends = ["earlier_article_id", "later_article_id"]
    touched = pc.field(ends[0]).isin(gone) | pc.field(ends[1]).isin(gone)
    in_doubt = rows.filter(touched)  # few: only for these is Python asked
    edits = in_doubt.filter(pa.array([versions.stands(*pair) for pair in _edges(in_doubt.select(ends))], type=pa.bool_()))
    return pa.concat_tables([rows.filter(~touched), edits])


def _as_first_seen(archive: Outputs, run_ids: list[str], table: str, rows: pa.Table, sightings: list[Sighting]) -> pa.Table:
    """Give articles, and the sides of findings, the date and headline that all sightings say; few differ from the row's own."""
    seen: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        seen[sighting.article_id].append(sighting)
    several = pa.array(sorted(article_id for article_id, own in seen.items() if len({s.run_id for s in own}) > 1), type=pa.string())
    articles = from_table(archive.read("articles", filters=pc.field("article_id").isin(several), run_ids=run_ids), Article)
    fresh = {a.article_id: now for a in articles if (now := as_first_seen(a, seen[a.article_id])) is not a}
    if not fresh:
        return rows
    for side in ("",) if table == "articles" else ("earlier_", "later_"):
        ids = rows.column(f"{side}article_id").to_pylist()
        for name in ("published_at", "title", *(("date_source", "date_precision") if table == "articles" else ())):
            i = rows.schema.get_field_index(side + name)
            values = [
                getattr(fresh[article_id], name) if article_id in fresh else before for article_id, before in zip(ids, rows.column(i).to_pylist(), strict=True)
            ]
            rows = rows.set_column(i, rows.schema.field(i), pa.array(values, type=rows.schema.field(i).type))
    return rows


def _refresh_findings(archive: Outputs, run_ids: list[str], findings: pa.Table, sightings: pa.Table, versions: Versions) -> pa.Table:
    """Compute anew what depends on all articles. `sightings`: those whose sources may be named among the carriers of a claim."""
    storyline_of = storylines(archive, run_ids)
    threads = _threads(archive, run_ids)
    sources = _sources_by_text(archive, run_ids, storyline_of, findings, sightings)
    storyline_ids = _looked_up(storyline_of, findings.column("earlier_article_id"))
    ends = _edges(findings.select(["earlier_article_id", "later_article_id"]))
    fresh = {
        "storyline_id": storyline_ids,
        "thread_id": _looked_up(threads, findings.column("earlier_claim_id")),
        "same_source": pa.array([versions.same_source(*pair) for pair in ends], type=pa.bool_()),
    }
    for side, pairs in (("earlier", ends), ("later", [pair[::-1] for pair in ends])):
        places = [versions.place(*pair) for pair in pairs]
        for name in ("source", "outlet"):
            stored = findings.column(f"{side}_{name}").to_pylist()
            now = [getattr(place, name) if place else before for place, before in zip(places, stored, strict=True)]
            fresh[f"{side}_{name}"] = pa.array(now, type=pa.string())
        texts = findings.column(f"{side}_text").to_pylist()
        carriers = [
            sorted({source} | sources.get((storyline_id, _folded(text)), set()))
            for storyline_id, text, source in zip(storyline_ids.to_pylist(), texts, fresh[f"{side}_source"].to_pylist(), strict=True)
        ]
        fresh[f"{side}_sources"] = pa.array(carriers, type=pa.list_(pa.string()))
    for name, values in fresh.items():
        i = findings.schema.get_field_index(name)
        findings = findings.set_column(i, findings.schema.field(i), values)
    return findings


def _sources_by_text(
    archive: Outputs, run_ids: list[str], storyline_of: dict[str, str], findings: pa.Table, sightings: pa.Table
) -> dict[tuple[str, str], set[str]]:
    """Map (storyline, folded text) of the findings' claims to every source of an article in it with a claim of that text."""
    wanted = {_folded(text) for side in ("earlier", "later") for text in findings.column(f"{side}_text").to_pylist()}
    sources_of: dict[str, list[str]] = defaultdict(list)
    for article_id, source in _edges(sightings.select(["article_id", "source"])):
        sources_of[article_id].append(source)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    claims = archive.read("claims", ["article_id", "text"], run_ids=run_ids)
    storyline_ids = _looked_up(storyline_of, claims.column("article_id")).to_pylist()
    for storyline_id, article_id, text in zip(storyline_ids, *claims.to_pydict().values(), strict=True):
        folded = _folded(text)
        if folded in wanted:
            found[storyline_id, folded].update(sources_of.get(article_id, ()))
    return found


def storylines(archive: Outputs, run_ids: list[str] | None = None) -> dict[str, str]:
    """Map every article_id to its storyline_id, as the articles of all runs (or of `run_ids`) say it."""
    articles = archive.read("articles", ["article_id"], run_ids=run_ids)
    return connected_components(_edges(storyline_edges(archive, run_ids)), articles.column("article_id").to_pylist())


def _threads(archive: Outputs, run_ids: list[str]) -> dict[str, str]:
    """Map every claim_id to its thread_id."""
    claims = archive.read("claims", ["claim_id"], run_ids=run_ids)
    return connected_components(_edges(thread_edges(archive, run_ids)), claims.column("claim_id").to_pylist())


def _edges(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))


def _looked_up(ids: dict[str, str], keys: pa.ChunkedArray) -> pa.Array:
    try:
        return pa.array([ids[key] for key in keys.to_pylist()], type=pa.string())
    except KeyError as error:
        raise OutputsError(f"The outputs folder is incomplete: rows refer to {error}, which it does not hold. Restore it, or make it again.") from None


def _folded(text: str) -> str:
    return " ".join(text.split())
