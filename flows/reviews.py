"""What readers decided about findings: the record, the file that the report exports, and the optional side table `outputs/reviews`.

A review belongs to a finding, not to a run: it filters what is shown and never what is computed. `outputs/reviews/*.parquet` is the record of all
decisions, oldest ones included; of several on one finding the latest counts. A file there is written once, under the folder's lock, and never changed, but
for articles that are forgotten.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from flows.archive import Outputs
from flows.convert import RecordError, from_table, to_table
from flows.records import TIMESTAMP, column
from flows.storage import OutputsError, explain_os_errors, sync_folder, write_synced

REVIEWS = "reviews"  # folder of the side table
REVIEW_FORMAT, REVIEW_FORMAT_VERSION = "claimdrift-reviews", 1
Decision = Literal["accepted", "dismissed", "noted"]
DECISIONS: tuple[Decision, ...] = ("accepted", "dismissed", "noted")
MAX_AHEAD = dt.timedelta(days=1)  # how far a reader's clock may be ahead: a decision of next year would outdo all later ones
WAIT_S = 10.0  # for a run that is publishing
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # half an emoji, where a note was cut; no valid Unicode


@dataclass(frozen=True, slots=True)
class Review:
    """One reader's decision about one finding."""

    finding_id: str = column(pa.string(), "finding that was reviewed")
    thread_id: str = column(pa.string(), "its thread when it was reviewed")
    decision: Decision = column(pa.string(), "accepted, dismissed, or noted: a remark without a decision")
    reason: str | None = column(pa.string(), "why it was dismissed", nullable=True)
    note: str | None = column(pa.string(), "remark", nullable=True)
    reviewed_at: dt.datetime = column(TIMESTAMP, "time of the decision", unit="UTC")


def recorded_reviews(outputs: str | Path) -> list[Review]:
    """Return the latest review of each finding in `outputs/reviews`, by finding_id; none where the folder has no such table.

    Raises OutputsError for a file there that does not hold reviews.
    """
    latest: dict[str, Review] = {}
    for review in _all_reviews(Path(outputs)):
        before = latest.get(review.finding_id)
        if before is None or _age(before) <= _age(review):
            latest[review.finding_id] = review
    return [latest[finding_id] for finding_id in sorted(latest)]


def _age(review: Review) -> tuple[dt.datetime, str, str, str]:
    """What orders the reviews of a finding: time, and for those of one instant what they say, so that the order in which they were recorded does not count."""
    return review.reviewed_at, review.decision, review.reason or "", review.note or ""


def _all_reviews(outputs: Path) -> list[Review]:
    names = list(Review.__dataclass_fields__)
    found: list[Review] = []
    for path in sorted((outputs / REVIEWS).glob("*.parquet")):
        if path.name.startswith("."):
            continue
        try:
            found += from_table(pq.ParquetFile(path).read(columns=names), Review)
        except (pa.ArrowInvalid, RecordError) as error:
            raise OutputsError(f"{path}: does not hold reviews: {str(error).splitlines()[0]} Move it away, or apply the reviews again.") from None
    return found


# --- the file that the report exports -----------------------------------------------------------------------------------------------------------------------


class ReviewFileError(OutputsError):
    """A file that holds no reviews, or one that cannot be; the message says where and what is wrong."""


def read_review_file(path: Path) -> list[Review]:
    """Return the reviews of a file that the report's page exported, in its order. Raises ReviewFileError for anything else; nothing is passed over."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ReviewFileError(f"{path}: cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise ReviewFileError(f"{path}: is no JSON ({str(error) or type(error).__name__}). Export the decisions again on the report's page.") from None
    if not isinstance(content, dict) or content.get("format") != REVIEW_FORMAT:
        raise ReviewFileError(f"{path}: is no file of reviews. The report's page makes one: Export decisions.")
    if content.get("version") != REVIEW_FORMAT_VERSION:
        there = json.dumps(content.get("version"))
        raise ReviewFileError(f"{path}: has version {there}, and this claimdrift reads {REVIEW_FORMAT_VERSION}. Write the report anew and export again.")
    entries = content.get("reviews")
    if not isinstance(entries, list):
        raise ReviewFileError(f"{path}: has no list of reviews. Export the decisions again on the report's page.")
    newest = dt.datetime.now(dt.UTC) + MAX_AHEAD
    return [_review(entry, f"{path}: review {number}", newest) for number, entry in enumerate(entries, 1)]


def _review(entry: Any, where: str, newest: dt.datetime) -> Review:
    if not isinstance(entry, dict):
        raise ReviewFileError(f"{where}: is no object.")
    for name in ("finding_id", "thread_id", "decision", "reviewed_at"):
        if not isinstance(entry.get(name), str):
            raise ReviewFileError(f"{where}: {name} is missing, or no text.")
    for name in ("reason", "note"):
        if not isinstance(entry.get(name), str | None):
            raise ReviewFileError(f"{where}: {name} is neither text nor null.")
    if entry["decision"] not in DECISIONS:
        raise ReviewFileError(f"{where}: decision {json.dumps(entry['decision'])} is none of {', '.join(DECISIONS)}.")
    try:
        at = dt.datetime.fromisoformat(entry["reviewed_at"])
        at = at.astimezone(dt.UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise ReviewFileError(f"{where}: reviewed_at {json.dumps(entry['reviewed_at'])} is no time with a zone, such as 2024-05-01T10:00:00Z.")
    if at > newest:
        raise ReviewFileError(f"{where}: reviewed_at {entry['reviewed_at']} is yet to come. Set the clock right and decide again.")
    ids = (_valid(entry[name]) for name in ("finding_id", "thread_id"))
    reason, note = (_valid(entry.get(name) or "").strip() or None for name in ("reason", "note"))
    return Review(*ids, decision=entry["decision"], reason=reason, note=note, reviewed_at=at)


def _valid(text: str) -> str:
    return _LONE_SURROGATE.sub("\ufffd", text)


# --- recording -----------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of reviews that were to be recorded; the counts add up to what was given."""

    new: tuple[Review, ...]  # recorded now
    n_known: int  # recorded before, in every field
    n_unknown: int  # of findings that the folder does not hold
    n_outdone: int  # of the new ones: older than another decision on the same finding, which counts

    @property
    def decisions(self) -> dict[Decision, int]:
        """New reviews per decision; those without one left out."""
        counts = Counter(review.decision for review in self.new)
        return {decision: counts[decision] for decision in DECISIONS if counts[decision]}


def record_reviews(outputs: str | Path, reviews: Sequence[Review]) -> Recorded:
    """Add reviews to the side table of an outputs folder, under its lock; what is recorded already is not recorded twice.

    Reviews of findings that the folder does not hold are left out and counted. Raises OutputsError where the folder has no published run, holds none of
    the findings, cannot be written, or is being written for longer than WAIT_S.
    """
    archive = Outputs(Path(outputs))
    if not archive.run_ids():
        raise OutputsError(f"{outputs}: holds no published run. Reviews go into the folder whose report they were made on: give it with --outputs.")
    with archive.lock(WAIT_S):
        there = set(archive.read("findings", ["finding_id"]).column("finding_id").to_pylist())
        ours = [review for review in reviews if review.finding_id in there]
        if reviews and not ours:
            raise OutputsError(f"{outputs}: holds none of the {len(reviews):,} findings reviewed. Give the folder whose report it was with --outputs.")
        known = set(_all_reviews(archive.root))
        new = tuple(review for review in dict.fromkeys(ours) if review not in known)
        if new:
            _write(archive.root / REVIEWS, new)
        latest = {review.finding_id: review for review in recorded_reviews(outputs)}
    n_outdone = sum(latest[review.finding_id] != review for review in new)
    return Recorded(new, n_known=len(ours) - len(new), n_unknown=len(reviews) - len(ours), n_outdone=n_outdone)


def _write(folder: Path, reviews: Sequence[Review]) -> None:
    name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.parquet"
    with explain_os_errors(folder, "nothing was recorded, as it cannot be written"):
        folder.mkdir(exist_ok=True)
        for left in folder.glob(".*.tmp"):  # by a process that died; none that lives has one, as this one holds the lock
            left.unlink()
        staged = folder / f".{name}.tmp"
        write_synced(staged, to_table(reviews, Review))
        staged.replace(folder / name)
        sync_folder(folder)


# --- showing -------------------------------------------------------------------------------------------------------------------------------------------------


def change_keys(row: Mapping[str, Any]) -> set[tuple[str, str, str, str, str]]:
    """Return a key for each change of a finding: findings that share one make the same change in the same thread.

    `row` has thread_id and changes, these as dicts; case and white space of the words do not count.
    """
    return {(row["thread_id"], c["type"], c["direction"], _folded(c["from_text"]), _folded(c["to_text"])) for c in row["changes"]}


def like_dismissed(rows: Iterable[Mapping[str, Any]], reviews: Mapping[str, Review]) -> set[str]:
    """Return the ids of the findings nobody has reviewed that share thread and a change with a dismissed one. `rows` also has finding_id."""
    rows = list(rows)
    dismissed = {i for i, review in reviews.items() if review.decision == "dismissed"}
    keys = set().union(*(change_keys(row) for row in rows if row["finding_id"] in dismissed))
    return {row["finding_id"] for row in rows if row["finding_id"] not in reviews and not keys.isdisjoint(change_keys(row))} if keys else set()


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
