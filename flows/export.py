"""Findings for other programs: JSON as nested as the table, CSV as flat as a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from flows import progress
from flows.listing import Detail, Listing, Row
from flows.records import Finding, arrow_schema, as_row
from flows.reviews import Review
from flows.storage import whole_file
from flows.terminal import printable

LIST_SEPARATOR = " | "
BATCH = 1000  # rows in Python at a time
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection
REVIEW_COLUMNS = ("review", "review_reason", "review_note", "reviewed_at", "like_dismissed")
MAIN_CHANGE = ("change_type", "change_direction", "change_from_text", "change_to_text")


def json_row(row: Mapping[str, Any], review: Review | None, *, like_dismissed: bool) -> Row:
    """Return a row of findings as JSON values: every column of the table, times in ISO 8601, and what was decided about it under `review`."""
    told = review and {name: getattr(review, name) for name in ("decision", "reason", "note")} | {"reviewed_at": review.reviewed_at.isoformat()}
    return {**_plain(row), "review": told, "like_dismissed": like_dismissed}


def json_rows(listing: Listing, limit: int | None = None) -> Iterator[Row]:
    """Yield the first `limit` findings of a listing, all by default, each by `json_row`."""
    for row in _rows(listing.first(limit)):
        yield json_row(row, listing.reviews.get(row["finding_id"]), like_dismissed=row["finding_id"] in listing.like)


def detail_json(detail: Detail, *, with_thread: bool) -> Row:
    """Return one finding as JSON values, with its contexts, its URLs and, where asked for, the claims of its thread by date."""
    (earlier, later), (earlier_url, later_url) = detail.contexts, detail.urls
    around = {
        "earlier_url": earlier_url or None, "later_url": later_url or None,
        "earlier_context": {"before": earlier[0], "after": earlier[1]}, "later_context": {"before": later[0], "after": later[1]},
        "is_superseded": detail.is_superseded, "n_in_thread": detail.n_in_thread,
    }  # fmt: skip
    listed = detail.listed
    thread = {"thread": [_plain(as_row(telling)) for telling in detail.tellings]} if with_thread else {}
    return {**json_row(as_row(listed.finding), listed.review, like_dismissed=listed.like_dismissed), **around, **thread}


def _plain(row: Mapping[str, Any]) -> Row:
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in row.items()}


def _rows(table: pa.Table) -> Iterator[Row]:
    done = 0
    for batch in table.to_batches(max_chunksize=BATCH):
        progress.tell("writing the findings", done, table.num_rows)
        yield from batch.to_pylist()
        done += batch.num_rows


# --- CSV -----------------------------------------------------------------------------------------------------------------------------------------------------


def csv_columns() -> list[str]:
    """Return the columns of the CSV: those of the table in its order, each struct or list in the columns that it is flattened to, then the review's."""
    names: list[str] = []
    for field in arrow_schema(Finding):
        names += [*_flat_names(field), *(MAIN_CHANGE if field.name == "changes" else ())]
    return [*names, *REVIEW_COLUMNS]


def _flat_names(field: pa.Field) -> list[str]:
    return [f"{field.name}_{child.name}" for child in _scalars(field)] if pa.types.is_struct(field.type) else [field.name]


def _scalars(field: pa.Field) -> list[pa.Field]:
    """The members of a struct that fit into a cell."""
    children = (field.type.field(i) for i in range(field.type.num_fields))
    return [child for child in children if not pa.types.is_nested(child.type)]


def csv_rows(listing: Listing) -> Iterator[dict[str, str]]:
    """Yield each finding as cells by column; what is null is an empty cell."""
    members = {f"{field.name}.{child.name}" for field in listing.table.schema if pa.types.is_struct(field.type) for child in _scalars(field)}
    flat = listing.table.flatten()
    flat = flat.select([name for name in flat.column_names if "." not in name or name in members])
    for row in _rows(flat.rename_columns([name.replace(".", "_") for name in flat.column_names])):
        main, review = row["changes"][0], listing.reviews.get(row["finding_id"])
        row |= dict(zip(MAIN_CHANGE, (main["type"], main["direction"], main["from_text"], main["to_text"]), strict=True))
        row["changes"] = [f"{c['type']} {c['direction']}: {c['from_text'] or '(nothing)'} → {c['to_text'] or '(nothing)'}" for c in row["changes"]]
        told = (review.decision, review.reason, review.note, review.reviewed_at) if review else (None, None, None, None)
        row |= dict(zip(REVIEW_COLUMNS, (*told, row["finding_id"] in listing.like), strict=True))
        yield {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    text = LIST_SEPARATOR.join(value) if isinstance(value, list) else value
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# --- files ---------------------------------------------------------------------------------------------------------------------------------------------------


def write_findings(listing: Listing, form: str, file: Path | None) -> None:
    """Write the findings as "csv" or "jsonl", UTF-8, to a file, which is there whole or not at all, or to standard output.

    JSON is all ASCII, so a terminal can show it whatever an article holds; on a terminal the cells of CSV have their control characters escaped.
    Raises OutputsError where the file cannot be written.
    """
    if file is None:
        _write(listing, form, sys.stdout, escaped=sys.stdout.isatty())
        sys.stdout.flush()
        return
    with whole_file(file) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        _write(listing, form, stream, escaped=False)


def _write(listing: Listing, form: str, stream: TextIO, *, escaped: bool) -> None:
    if form == "jsonl":
        for row in json_rows(listing):
            stream.write(json.dumps(row) + "\n")
        return
    table = csv.DictWriter(stream, csv_columns(), lineterminator="\n")
    table.writeheader()
    for row in csv_rows(listing):
        table.writerow({name: printable(cell) for name, cell in row.items()} if escaped else row)
