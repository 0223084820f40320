"""What readers decided about findings: the record, the file that the report exports, and the optional side table `outputs/reviews`.

A review belongs to a finding, not to a run: it filters what is shown and never what is computed. `outputs/reviews/*.parquet` is the record of all
decisions, oldest ones included; of several on one finding the latest counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from flows.convert import RecordError, from_table
from flows.records import TIMESTAMP, column
from flows.storage import OutputsError

REVIEW_FORMAT, REVIEW_FORMAT_VERSION = "claimdrift-reviews", 1
Decision = Literal["accepted", "dismissed", "noted"]
DECISIONS: tuple[Decision, ...] = ("accepted", "dismissed", "noted")


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
    names = list(Review.__dataclass_fields__)
    latest: dict[str, Review] = {}
    for path in sorted((Path(outputs) / "reviews").glob("*.parquet")):
        if path.name.startswith("."):
            continue
        try:
            rows = from_table(pq.ParquetFile(path).read(columns=names), Review)
        except (pa.ArrowInvalid, RecordError) as error:
            raise OutputsError(f"{path}: does not hold reviews: {str(error).splitlines()[0]} Move it away, or apply the reviews again.") from None
        for review in rows:
            before = latest.get(review.finding_id)
            if before is None or before.reviewed_at <= review.reviewed_at:
                latest[review.finding_id] = review
    return [latest[finding_id] for finding_id in sorted(latest)]
