"""Findings for other programs: JSON as nested as the table, CSV as flat as a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from flows.listing import Detail, Listed, Listing
from flows.records import Finding, arrow_schema, as_row
from flows.storage import OutputsError
from flows.terminal import printable

LIST_SEPARATOR = " | "
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection
REVIEW_COLUMNS = ("review", "review_reason", "review_note", "reviewed_at", "like_dismissed")
MAIN_CHANGE = ("change_type", "change_direction", "change_from_text", "change_to_text")


def json_row(listed: Listed) -> dict[str, Any]:
    """Return a finding as JSON values: every column of the table, times in ISO 8601, and what was decided about it under `review`."""
    review = listed.review
    told = review and {"decision": review.decision, "reason": review.reason, "note": review.note, "reviewed_at": review.reviewed_at}
    return _plain({**as_row(listed.finding), "review": told, "like_dismissed": listed.like_dismissed})


def detail_json(detail: Detail, *, with_thread: bool) -> dict[str, Any]:
    """Return one finding as JSON values, with its contexts, its URLs and, where asked for, the claims of its thread by date."""
    (earlier, later), (earlier_url, later_url) = detail.contexts, detail.urls
    around = {
        "earlier_url": earlier_url or None, "later_url": later_url or None,
        "earlier_context": {"before": earlier[0], "after": earlier[1]}, "later_context": {"before": later[0], "after": later[1]},
        "is_superseded": detail.is_superseded, "n_in_thread": detail.n_in_thread,
    }  # fmt: skip
    thread = {"thread": [_plain(as_row(telling)) for telling in detail.tellings]} if with_thread else {}
    return {**json_row(detail.listed), **around, **thread}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value


# --- CSV -----------------------------------------------------------------------------------------------------------------------------------------------------


def csv_columns() -> list[str]:
    """Return the columns of the CSV: those of the table in its order, each struct or list in the columns that it is flattened to, then the review's."""
    names: list[str] = []
    for field in arrow_schema(Finding):
        names += _flat_names(field)
    return [*names, *REVIEW_COLUMNS]


def _flat_names(field: pa.Field) -> list[str]:
    if field.name == "changes":
        return ["changes", *MAIN_CHANGE]
    if pa.types.is_struct(field.type):
        children = [field.type.field(i) for i in range(field.type.num_fields)]
        return [f"{field.name}_{child.name}" for child in children if not pa.types.is_nested(child.type)]
    return [field.name]


def csv_row(listed: Listed) -> dict[str, str]:
    """Return a finding as cells by column; what is null is an empty cell."""
    f, review = listed.finding, listed.review
    main = f.changes[0]
    values: dict[str, Any] = {}
    for name, value in as_row(f).items():
        values |= {f"{name}_{key}": inner for key, inner in value.items() if not isinstance(inner, list)} if isinstance(value, dict) else {name: value}
    values["changes"] = [f"{c.type} {c.direction}: {c.from_text or '(nothing)'} → {c.to_text or '(nothing)'}" for c in f.changes]
    values |= dict(zip(MAIN_CHANGE, (main.type, main.direction, main.from_text, main.to_text), strict=True))
    told = (review.decision, review.reason, review.note, review.reviewed_at) if review else (None, None, None, None)
    values |= dict(zip(REVIEW_COLUMNS, (*told, listed.like_dismissed), strict=True))
    return {name: _cell(values[name]) for name in csv_columns()}


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
    staged = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        if file.is_dir():
            raise IsADirectoryError(None, "is a folder")
        try:
            with staged.open("w", encoding="utf-8", newline="") as stream:
                _write(listing, form, stream, escaped=False)
            staged.replace(file)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise OutputsError(f"{file}: cannot be written: {error.strerror or error}. Give another FILE.") from None


def _write(listing: Listing, form: str, stream: TextIO, *, escaped: bool) -> None:
    if form == "jsonl":
        for listed in listing.items():
            stream.write(json.dumps(json_row(listed)) + "\n")
        return
    table = csv.DictWriter(stream, csv_columns(), lineterminator="\n")
    table.writeheader()
    for listed in listing.items():
        row = csv_row(listed)
        table.writerow({name: printable(cell) for name, cell in row.items()} if escaped else row)
