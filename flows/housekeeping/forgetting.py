"""Forgetting articles: takedowns and retention. What was read of them is gone from every table, the cache and the report.

The one operation that changes published rows; it rewrites the files that have any, all or nothing (flows/housekeeping/rewriting.py). What stays is the
article's id, a hash that tells nothing of the text, in `.forgotten`: so that the next check of a folder that still holds the file does not bring it back.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive import Outputs
from flows.convert import from_table
from flows.drops.noted import FILE as NOTED_DROPS
from flows.housekeeping.rewriting import Rewrite
from flows.records import TABLES, Sighting
from flows.report import plot_files
from flows.steps.cache import text_key
from flows.steps.sources import canonical_url, names_source
from flows.storage import OutputsError, explain_os_errors, sync_file, write_synced

REPORT = "report.html"
CACHE, LEDGER = ".cache", "drops-"
REVIEWS = "reviews"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What would be forgotten, for a person to agree to."""

    article_ids: frozenset[str]
    sightings: tuple[Sighting, ...]  # every place where one of the articles was seen
    n_claims: int
    n_findings: int
    lost_sources: frozenset[str]  # sources of which nothing is left then


def find_articles(outputs: str | Path, names: Sequence[str] = (), before: dt.date | None = None) -> Forgetting:
    """Return what forgetting would take away: articles named by id, source, source key or URL, and those published before a day (UTC).

    A source or URL names every version that it had. An article without a date counts by the day on which it was read first. Raises OutputsError for a name
    that nothing has.
    """
    archive = Outputs(Path(outputs))
    if not archive.run_ids():
        raise OutputsError(f"{outputs}: holds no published run, so there is nothing to forget.")
    sightings = from_table(archive.read("sightings"), Sighting)
    chosen: set[str] = set()
    for name in names:
        ids = {s.article_id for s in sightings if name in (s.article_id, s.source, s.source_key, s.url) or (s.url and canonical_url(name) == s.source_key)}
        if not ids:
            raise OutputsError(f'{outputs}: has no article "{name}". Give an article_id, source or URL as the table sightings has them.')
        chosen |= ids
    if before is not None:
        chosen |= _published_before(archive, sightings, before)
    ids = pa.array(sorted(chosen), type=pa.string())
    own = pc.field("article_id").isin(ids)
    either = pc.field("earlier_article_id").isin(ids) | pc.field("later_article_id").isin(ids)
    left = {s.source for s in sightings if s.article_id not in chosen}
    return Forgetting(
        frozenset(chosen),
        tuple(s for s in sightings if s.article_id in chosen),
        archive.read("claims", ["claim_id"], filters=own).num_rows,
        archive.read("findings", ["finding_id"], filters=either).num_rows,
        frozenset(s.source for s in sightings if s.article_id in chosen) - left,
    )


def forget(outputs: str | Path, names: Sequence[str] = (), before: dt.date | None = None) -> Forgetting:
    """Forget articles, under the folder's lock; see `find_articles` for what the arguments name. Returns what was forgotten. Raises OutputsError."""
    archive = Outputs(Path(outputs))
    with archive.lock():
        gone = find_articles(outputs, names, before)
        if not gone.article_ids:
            return gone
        rewrite = Rewrite(archive.root, "forget-" + secrets.token_hex(4))
        try:
            with explain_os_errors(archive.root, "nothing was changed, as it cannot be written"):
                # Findings first, articles last: in between, no row refers to one that is not there.
                for table in reversed(TABLES):
                    _rewrite_table(archive, rewrite, table, gone)
                _rewrite_reviews(archive, rewrite, gone)
                _rewrite_cache(archive, rewrite, gone)
            pictures = [str(path.relative_to(archive.root)) for path in plot_files.own_pictures(archive.root / plot_files.FOLDER)]
            rewrite.carry_out(delete=[REPORT, NOTED_DROPS, *pictures], forget=sorted(gone.article_ids))
        except BaseException:
            if not archive.is_rewriting():
                rewrite.discard()
            raise
    return gone


def _published_before(archive: Outputs, sightings: Sequence[Sighting], day: dt.date) -> set[str]:
    limit = dt.datetime.combine(day, dt.time(), dt.UTC)
    started = dict(zip(*archive.read("runs", ["run_id", "started_at"]).to_pydict().values(), strict=True))
    dated = {s.article_id for s in sightings if s.published_at}
    counting = [s for s in sightings if s.published_at or s.article_id not in dated]
    return {s.article_id for s in counting if (s.published_at or started[s.run_id]) < limit}


def _rewrite_table(archive: Outputs, rewrite: Rewrite, table: str, gone: Forgetting) -> None:
    """Make a table's folder anew without the articles; hidden files, such as some that were set aside, do not come along."""
    files = archive.files(table)
    remaining: list[Path] = []
    changed: list[tuple[Path, pa.Table]] = []
    for path in files:
        rows = pq.ParquetFile(path).read()
        kept = rows_without(table, rows, gone)
        if kept.equals(rows):
            remaining.append(path)
        else:
            changed.append((path, kept))
    if not changed and not any(path.name.startswith(".") for path in (archive.root / table).iterdir()):
        return
    folder = rewrite.new_folder(table, keep=remaining)
    for path, kept in changed:
        # A file without rows is kept only where the folder would be empty else: so that it can still be read.
        if kept.num_rows or (path == changed[-1][0] and not any(folder.iterdir())):
            write_synced(folder / path.name, kept)


def rows_without(table: str, rows: pa.Table, gone: Forgetting) -> pa.Table:
    """Return a table's rows without what tells of the forgotten articles; the metadata stays."""
    ids = pa.array(sorted(gone.article_ids), type=pa.string())
    if "article_id" in rows.schema.names:
        rows = rows.filter(~pc.field("article_id").isin(ids))
    elif "earlier_article_id" in rows.schema.names:
        rows = rows.filter(~(pc.field("earlier_article_id").isin(ids) | pc.field("later_article_id").isin(ids)))
    if table == "rejects":
        rows = rows.filter(~pc.field("source").isin(pa.array(sorted(gone.lost_sources), type=pa.string())))
    for name in ("earlier_sources", "later_sources"):
        if name in rows.schema.names:
            rows = _replace_lists(rows, name, lambda source: source not in gone.lost_sources)
    if table == "runs":
        rows = _replace_lists(rows, "inputs", lambda path: not names_source(path, gone.lost_sources))
    return rows


def _replace_lists(rows: pa.Table, name: str, keep: Callable[[str], bool]) -> pa.Table:
    before = rows.column(name).to_pylist()
    after = [[item for item in items if keep(item)] for items in before]
    if after == before:
        return rows
    i = rows.schema.get_field_index(name)
    return rows.set_column(i, rows.schema.field(i), pa.array(after, type=rows.schema.field(i).type))


def _rewrite_reviews(archive: Outputs, rewrite: Rewrite, gone: Forgetting) -> None:
    """Take away what readers decided about findings that go: their remarks may quote them."""
    folder = archive.root / REVIEWS
    if not folder.is_dir():
        return
    ids = pa.array(sorted(gone.article_ids), type=pa.string())
    either = pc.field("earlier_article_id").isin(ids) | pc.field("later_article_id").isin(ids)
    findings = archive.read("findings", ["finding_id"], filters=either).column("finding_id").combine_chunks()
    new = rewrite.new_folder(REVIEWS)
    for path in archive.files(REVIEWS):
        rows = pq.ParquetFile(path).read()
        kept = rows.filter(~pc.field("finding_id").isin(findings))
        if kept.num_rows:
            write_synced(new / path.name, kept)


def _rewrite_cache(archive: Outputs, rewrite: Rewrite, gone: Forgetting) -> None:
    """Make the cache anew with what belongs to the remaining claims and pairs, and nothing else: what is not known to be theirs only costs time."""
    folder = archive.root / CACHE
    if not folder.is_dir():
        return
    ids = pa.array(sorted(gone.article_ids), type=pa.string())
    claims = archive.read("claims", ["claim_id", "text"], filters=~pc.field("article_id").isin(ids))
    texts = dict(zip(*claims.to_pydict().values(), strict=True))
    ends = archive.read("pairs", ["earlier_claim_id", "later_claim_id"]).to_pydict().values()
    pairs = [(texts[one], texts[other]) for one, other in zip(*ends, strict=True) if one in texts and other in texts]
    keys = {
        "vectors": {text_key(text) for text in texts.values()},
        "scores": {text_key(*pair) for both in pairs for pair in (both, both[::-1])},
        "cards": {
            text_key(article_id) for article_id in archive.read("articles", ["article_id"], filters=~pc.field("article_id").isin(ids)).column(0).to_pylist()
        },
    }
    new = rewrite.new_folder(CACHE)
    for path in sorted(folder.glob("*.sqlite")):
        try:
            with _opened(path) as db:
                db.execute("VACUUM INTO ?", (str(new / path.name),))  # a copy that has what other processes wrote to the log beside it
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # no damage: locked, or a full disk
                raise
            log.warning("%s: cannot be read (%s), and is left out", path, error)
            (new / path.name).unlink(missing_ok=True)
            continue
        with _opened(new / path.name) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                if table in keys:
                    unknown = [(key,) for (key,) in db.execute(f"SELECT key FROM {table}") if key not in keys[table]]
                    db.executemany(f"DELETE FROM {table} WHERE key = ?", unknown)
                elif path.name.startswith(LEDGER):
                    files = {name for source in gone.lost_sources for name in (source, source.rpartition("#")[0]) if name}  # "#": a record of it
                    ends_of_paths = tuple(("/" + name).encode("utf-8", "surrogateescape") for name in files)
                    checked = [(key,) for (key,) in db.execute("SELECT path FROM files") if key.endswith(ends_of_paths)]
                    db.executemany("DELETE FROM files WHERE path = ?", checked)
                else:
                    db.execute(f'DROP TABLE "{table}"')
            db.commit()
            db.execute("VACUUM")
        sync_file(new / path.name)


class _opened:
    """A SQLite file, closed at the end, which sqlite3's own context manager does not do."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self._db

    def __exit__(self, *error: object) -> None:
        self._db.close()
