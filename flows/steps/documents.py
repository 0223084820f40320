"""Files to documents: one from a text, Markdown or HTML file, one a record from JSON, JSONL, CSV and Parquet.

JSONL, CSV and Parquet are read record by record, so a file may be larger than memory; one bad record costs that record only.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.steps import decoding, fields, markup, sources
from flows.steps.fields import ReadOptions

PARQUET_BATCH_ROWS = 256
ENCODING_PROBE_BYTES = 1_000_000
MAX_LIST_DEPTH = 3  # fields to go through to a list of records
_LIST_FIELDS = ("articles", "items", "records", "results", "data", "documents", "docs", "posts", "hits", "value")


@dataclass(slots=True)
class Document:
    """A document as found, not yet cleaned. `number` and `record_id` are a record's in a file of many; `published` is the raw value of its date field."""

    text: str
    title: str = ""
    published: Any = None
    date_field: str = "date"
    url: str = ""
    outlet: str = ""
    record_id: str = ""
    number: int | None = None
    is_line: bool = False  # `number` is a line of the file
    chrome: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Refusal:
    """A document that cannot be used. `what` is a clause that follows the place: "is empty. …"."""

    reason: str
    what: str
    number: int | None = None
    record_id: str = ""
    is_line: bool = False
    columns: tuple[str, ...] = ()  # where no text field was found: the fields there are
    may_pass: bool = False  # the disk or the network share failed: the file may be whole


def read_documents(path: Path, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    """Yield what a file holds, in order. `seen_fields` collects the names of the records' fields. Raises nothing that a bad file can cause."""
    suffix = path.suffix.lower()
    try:
        if not sources.is_regular(path):
            yield Refusal("not a file", "is no ordinary file but a pipe, socket or device")
        elif path.stat().st_size == 0:
            yield Refusal("empty", "is empty")
        elif suffix == ".parquet":
            yield from _read_parquet(path, options, seen_fields)
        elif suffix == ".csv":
            yield from _read_csv(path, options, seen_fields)
        elif suffix == ".jsonl":
            yield from _read_jsonl(path, options, seen_fields)
        elif suffix == ".json":
            yield from _read_json(path, options, seen_fields)
        else:
            yield _read_plain(path, suffix, options)
    except FileNotFoundError:
        yield Refusal("vanished", "was there a moment ago and is gone. Run again", may_pass=True)
    except PermissionError:
        yield Refusal("unreadable", "may not be read. Check its permissions", may_pass=True)
    except OSError as error:
        yield Refusal("unreadable", f"cannot be read: {error.strerror or error}", may_pass=True)
    except decoding.NotText as error:
        yield Refusal(error.reason, str(error))


def _read_plain(path: Path, suffix: str, options: ReadOptions) -> Document | Refusal:
    if path.stat().st_size > options.max_article_bytes:
        return _too_large(path.stat().st_size, options)
    text = decoding.decode(path.read_bytes())
    if not text.strip():
        return Refusal("empty", "holds nothing but white space")
    if suffix in (".html", ".htm") or markup.is_page(text):
        page = markup.read_page(text)
        if page is None:
            return Refusal("no article in html", "holds no article text that could be told from the page around it. Save its text as .txt")
    elif suffix == ".md":
        page = markup.read_markdown(text.replace("\r\n", "\n"))
    else:
        return Document(text)
    return Document(page.text, page.title, page.published, url=page.url, outlet=page.outlet, chrome=page.chrome)


def _read_json(path: Path, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    if path.stat().st_size > options.max_json_bytes:
        limit = f"a .json file is read in one piece, up to max_json_bytes = {options.max_json_bytes:,}. Write one record a line, as .jsonl"
        yield Refusal("too large", f"has {path.stat().st_size:,} bytes; {limit}")
        return
    text = decoding.decode(path.read_bytes())
    if not text.strip():
        yield Refusal("empty", "holds nothing but white space")
        return
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text.strip():  # records one a line, under the wrong suffix
            yield from _parse_lines(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", options, seen_fields)
        else:
            yield Refusal("broken json", f"is no JSON: {error.msg} at line {error.lineno}, column {error.colno}")
        return
    except (ValueError, RecursionError) as error:
        yield Refusal("broken json", f"is no JSON that can be read: {_short(error)}")
        return
    records = _records_in(data, options)
    for number, record in enumerate(records, 1):
        yield _from_record(record, options, seen_fields, None if record is data else number)
    if not records:
        yield Refusal("empty", "holds no records")


def _records_in(data: Any, options: ReadOptions) -> list[Any]:
    """Return the records of a JSON value: the list that it is or that it holds under a usual name, else the only list of records with texts deeper in it."""
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        by_name = {fields.plain_name(key): value for key, value in data.items()}
        for name in _LIST_FIELDS:
            value = by_name.get(name)
            if isinstance(value, list) and any(isinstance(item, dict) for item in value):
                return value
        if not _has_text(_opened(data, options), options):
            lists = _lists_below(data, options, MAX_LIST_DEPTH)
            if len(lists) == 1:
                return lists[0]
    return [data]


def _lists_below(data: dict[str, Any], options: ReadOptions, depth: int) -> list[list[Any]]:
    """Return the lists of records with texts in an answer of a search engine or news API: hits.hits, articles.results, response.docs."""
    found: list[list[Any]] = []
    for value in data.values():
        if isinstance(value, list) and any(isinstance(item, dict) and _has_text(_opened(item, options), options) for item in value):
            found.append(value)
        elif isinstance(value, dict) and depth > 1:
            found += _lists_below(value, options, depth - 1)
    return found


def _opened(record: dict[str, Any], options: ReadOptions) -> dict[str, Any]:
    """Return a record with the fields of the part that holds its text, as in {"_id": …, "_source": {…}} and {"webUrl": …, "fields": {…}}; else as it is."""
    if fields.pick(record, options).has_text_field:
        return record
    # {"title": {"text": …}} is a headline, not an article.
    parts = [part for key, part in record.items() if isinstance(part, dict) and not fields.is_title(key) and _has_text(part, options)]
    return {**parts[0], **{key: value for key, value in record.items() if key not in parts[0]}} if len(parts) == 1 else record


def _has_text(record: dict[str, Any], options: ReadOptions) -> bool:
    return bool((fields.pick(record, options).text or "").strip())


def _read_jsonl(path: Path, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    with path.open("rb") as file:
        encoding = decoding.detect_encoding(_whole_lines(file.read(ENCODING_PROBE_BYTES)))
    if encoding.startswith(("utf-16", "utf-32")):  # a line end is more than one byte there
        text = decoding.decode(path.read_bytes())
        yield from _parse_lines(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", options, seen_fields)
        return
    with path.open("rb") as file:
        yield from _parse_lines(file, encoding, options, seen_fields)


def _parse_lines(file: Any, encoding: str, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    limit = options.max_article_bytes * 2 + 100_000  # escapes can double a text, and there are other fields
    number = 0
    while line := file.readline(limit + 1):
        number += 1
        if len(line) > limit:
            size = len(line)
            while rest := file.readline(limit):  # the line goes on: pass over it piece by piece
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield _too_large(size, options, number)
            continue
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode(encoding, errors="replace").removeprefix("\ufeff"))
        except json.JSONDecodeError as error:
            yield Refusal("broken json", f"is no JSON: {error.msg.removesuffix(' at')} at column {error.colno}", number, is_line=True)
            continue
        except (ValueError, RecursionError) as error:
            yield Refusal("broken json", f"is no JSON that can be read: {_short(error)}", number, is_line=True)
            continue
        yield _from_record(record, options, seen_fields, number, is_line=True)


def _read_csv(path: Path, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    with path.open("rb") as file:
        probe = file.read(ENCODING_PROBE_BYTES)
    encoding = decoding.detect_encoding(_whole_lines(probe))
    header_line = probe.decode(encoding, errors="replace").removeprefix("\ufeff").lstrip("\n\r").split("\n", 1)[0]
    delimiter = max(",;\t|", key=header_line.count)
    previous_limit = csv.field_size_limit(options.max_article_bytes)
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            rows = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
            header: list[str] | None = None
            number = 0
            while True:
                try:
                    row = next(rows)
                except StopIteration:
                    break
                except csv.Error as error:
                    number += 1
                    if "field larger" in str(error):
                        yield _too_large(None, options, number)
                    else:
                        yield Refusal("broken csv", f"is no CSV row: {_short(error)}", number)
                    continue
                if not any(cell.strip() for cell in row):
                    continue
                if header is None:
                    header = [name.strip().removeprefix("\ufeff") for name in row]
                    seen_fields.update(filter(None, header))
                    if fields.text_column(header, options) is None:
                        yield _no_text_column(header, options)
                        return
                    continue
                number += 1
                if len(row) != len(header):
                    advice = f"Quote fields that hold the delimiter {delimiter!r} or line breaks"
                    yield Refusal("broken csv", f"has {len(row)} fields where the header has {len(header)}. {advice}", number)
                    continue
                yield _from_record(dict(zip(header, row, strict=True)), options, seen_fields, number)
            if header is None:
                yield Refusal("empty", "holds no rows")
            elif number == 0:
                yield Refusal("empty", "has a header but no rows")
    finally:
        csv.field_size_limit(previous_limit)


def _read_parquet(path: Path, options: ReadOptions, seen_fields: set[str]) -> Iterator[Document | Refusal]:
    try:
        with pq.ParquetFile(path) as file:
            header = file.schema_arrow.names
            seen_fields.update(header)
            if fields.text_column(header, options) is None:
                yield _no_text_column(header, options)
                return
            wanted = [name for name in header if fields.is_used(name, options)]
            number = 0
            for batch in file.iter_batches(batch_size=PARQUET_BATCH_ROWS, columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield _from_record(row, options, seen_fields, number)
            if number == 0:
                yield Refusal("empty", "has columns but no rows")
    except (pa.ArrowException, ValueError) as error:  # cut short, or no Parquet at all
        yield Refusal("broken parquet", f"is no Parquet file that can be read: {_short(error)}")


def _from_record(record: Any, options: ReadOptions, seen_fields: set[str], number: int | None, *, is_line: bool = False) -> Document | Refusal:
    if not isinstance(record, dict):
        return Refusal("no text", f"is a JSON {type(record).__name__}, not a record with fields", number, is_line=is_line)
    if len(record) == 1 and isinstance(inner := next(iter(record.values())), dict):  # {"article": {"title": …, "text": …}}
        record = inner
    record = _opened(record, options)
    seen_fields.update(map(str, record))
    found = fields.pick(record, options)
    text = found.text
    if text is None:
        advice = f"has no text: {_columns_clause(tuple(map(str, record)), options)}"
        return Refusal("no text", advice, number, found.record_id, is_line, tuple(map(str, record)) if not found.has_text_field else ())
    if not text.strip():
        return Refusal("empty", "has an empty text", number, found.record_id, is_line)
    if len(text.encode("utf-8", "surrogatepass")) > options.max_article_bytes:
        return _too_large(len(text.encode("utf-8", "surrogatepass")), options, number, found.record_id, is_line)
    document = Document(text, found.title, found.published, found.date_field, found.url, found.outlet, found.record_id, number, is_line)
    if markup.is_html(text):
        page = markup.read_page(text) if markup.is_page(text) else markup.read_fragment(text)
        if page is None:
            return Refusal("no article in html", "holds a page without article text", number, found.record_id, is_line)
        document.text, document.chrome = page.text, page.chrome
        document.title = document.title or page.title
        document.published = document.published if document.published is not None else page.published
        document.url, document.outlet = document.url or page.url, document.outlet or page.outlet
    return document


def _no_text_column(header: list[str], options: ReadOptions) -> Refusal:
    return Refusal("no text", f"has no text column: {_columns_clause(tuple(header), options)}", columns=tuple(header))


def _columns_clause(columns: tuple[str, ...], options: ReadOptions) -> str:
    shown = ", ".join(name for name in columns if name) or "none"
    looked_for = f'"{options.text_field}" is not among them' if options.text_field else "name the one that holds the text with --text-field"
    return f"its fields are {shown}; {looked_for}"


def _too_large(size: int | None, options: ReadOptions, number: int | None = None, record_id: str = "", is_line: bool = False) -> Refusal:
    has = f"has {size:,} bytes" if size is not None else "has a text"
    return Refusal("too large", f"{has}, over the limit max_article_bytes = {options.max_article_bytes:,}", number, record_id, is_line)


def _whole_lines(probe: bytes) -> bytes:
    """Cut a probe after its last line end, so that no character is cut in two."""
    return probe[: probe.rfind(b"\n") + 1] or probe


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
