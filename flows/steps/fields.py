"""Which field of a record holds what. Scrapers, news APIs and content systems each have their own names; case, "_", "-" and "." in them do not count."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TEXT = (
    "text", "articlebody", "maintext", "fulltext", "articletext", "cleantext", "cleanedtext", "plaintext", "bodytext", "body", "content",
    "articlecontent", "article", "story", "contents", "rawcontent", "rawtext", "newstext", "newscontent", "document",
    "contenthtml", "bodyhtml", "articlehtml", "html",
)  # fmt: skip
_SURE_TEXT = 12  # so many of the names hold nothing but texts; "article", "story" or "document" may hold a label as well
MIN_TEXT_WORDS = 5
_TITLE = ("title", "headline", "headlinetext", "articletitle", "name", "heading", "subject", "webtitle")
_DATE_NAMES = (
    "publishedat", "datepublished", "published", "publisheddate", "publicationdate", "publishdate", "publishedon", "pubdate", "publishtime",
    "publishedtime", "datepublish", "firstpublished", "firstpublisheddate",
    "date", "datetime", "timestamp", "time", "articledate", "created", "createdat", "datecreated", "webpublicationdate", "seendate",
)  # fmt: skip
# WordPress and its like give the same moment twice: in local time without a zone as "date", in UTC as "date_gmt", whose name is its zone.
_DATE = tuple(name + zone for name in _DATE_NAMES for zone in ("gmt", "utc", ""))
_URL = ("url", "canonicalurl", "link", "articleurl", "weburl", "pageurl", "sourceurl", "permalink", "canonical", "canonicallink", "uri")
_OUTLET = ("outlet", "source", "publisher", "sitename", "publication", "sourcename", "site", "newspaper", "publishername", "provider", "domain", "agency")
_ID = ("id", "guid", "uid", "articleid", "recordid", "docid", "documentid", "uuid", "key")
_NO_VALUE = frozenset({"", "nan", "none", "null", "n/a", "nat", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00t00:00:00"})  # databases' empty dates too


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read INPUT. A field option names the field of JSON, JSONL, CSV and Parquet records that holds the matter, in place of the usual names.

    max_article_bytes: a larger text is rejected as "too large", as UTF-8. max_json_bytes: the same for a whole .json file, which is read in one piece.
    languages: ISO 639-1 codes that are read; an article that is surely in another language is rejected. Empty reads every language.
    root: INPUT is files below this folder, each called what it is called when the folder is INPUT.
    """

    text_field: str | None = None
    title_field: str | None = None
    date_field: str | None = None
    url_field: str | None = None
    outlet_field: str | None = None
    id_field: str | None = None
    max_article_bytes: int = 5_000_000
    max_json_bytes: int = 500_000_000
    languages: tuple[str, ...] = ("en",)
    suffixes: tuple[str, ...] = (".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".csv", ".parquet")
    root: Path | None = None

    def named_fields(self) -> dict[str, str]:
        """Return the field options that are set, by option name."""
        options = ("text_field", "title_field", "date_field", "url_field", "outlet_field", "id_field")
        return {name: value for name in options if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Picked:
    """A record's fields. `text` is None where it has none; `has_text_field` says whether there was a field for it."""

    text: str | None
    has_text_field: bool
    title: str
    published: Any
    date_field: str
    url: str
    outlet: str
    record_id: str


@functools.lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a field's name as it is compared: "Pub_Date", "pubDate" and "pub-date" are one."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def text_column(columns: Sequence[str], options: ReadOptions) -> str | None:
    """Return the column that holds the text, or None."""
    return next(iter(_candidates(columns, _TEXT, options.text_field)), None)


def is_used(column: str, options: ReadOptions) -> bool:
    """Say whether any matter could be read from this column, so that the others need not be loaded."""
    name = plain_name(column)
    chosen = {plain_name(value.split(".")[0]) for value in options.named_fields().values()} | {plain_name(value) for value in options.named_fields().values()}
    return any(name in names for names in (_TEXT, _TITLE, _DATE, _URL, _OUTLET, _ID)) or name in chosen


def is_title(column: str) -> bool:
    """Say whether this column is called what columns with headlines are."""
    return plain_name(column) in _TITLE


def pick(record: Mapping[str, Any], options: ReadOptions) -> Picked:
    """Take a record's fields, each from the first of its usual names that holds something."""
    columns = [str(key) for key in record]
    text_columns = _candidates(columns, _TEXT, options.text_field)
    sure = _TEXT[:_SURE_TEXT]
    texts = [as_text(_value(record, column)) for column in text_columns]
    if options.text_field is None:
        labels = [plain_name(c) not in sure and 0 < len(t.split()) < MIN_TEXT_WORDS for c, t in zip(text_columns, texts, strict=True)]
        text_columns = [c for c, is_label in zip(text_columns, labels, strict=True) if not is_label]
        texts = [t for t, is_label in zip(texts, labels, strict=True) if not is_label]
    text = next((t for t in texts if t.strip()), "" if any(isinstance(_value(record, c), str) for c in text_columns) else None)
    published, date_field = None, options.date_field or "date"
    for column in _candidates(columns, _DATE, options.date_field):
        value = _value(record, column)
        value = value if not isinstance(value, dict) else as_text(value)
        if value is not None and not (isinstance(value, float) and math.isnan(value)) and str(value).strip().casefold() not in _NO_VALUE:
            published, date_field = value, column
            break
    url = _first(record, _candidates(columns, _URL, options.url_field))
    outlet = _first(record, _candidates(columns, _OUTLET, options.outlet_field))
    if re.match(r"https?://", outlet):  # "source" holds the page's address in some feeds
        url, outlet = url or outlet, ""
    return Picked(
        text, bool(text_columns), _first(record, _candidates(columns, _TITLE, options.title_field)), published, date_field,
        url if re.match(r"[A-Za-z][\w+.-]*://", url) else "", outlet, _first(record, _candidates(columns, _ID, options.id_field)),
    )  # fmt: skip


def as_text(value: Any) -> str:
    """Return a field's value as text: numbers as written, lists of paragraphs joined, {"name": …}, {"main": …} and {"rendered": …} opened; "" for nothing."""
    if value is None or isinstance(value, bool) or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():  # a column of ids with a gap reads as floats
        return str(int(value))
    if isinstance(value, list | tuple):
        return "\n\n".join(filter(None, (as_text(item) for item in value)))
    if isinstance(value, dict):
        by_name = {plain_name(str(key)): item for key, item in value.items()}
        inner = (as_text(by_name.get(name)) for name in ("name", "main", "rendered", "text", "value", "content", "body", "title", "id"))
        return next(filter(None, inner), "")
    return str(value)


def _first(record: Mapping[str, Any], columns: Sequence[str]) -> str:
    for column in columns:
        value = " ".join(as_text(_value(record, column)).split())
        if value.casefold() not in _NO_VALUE:
            return value
    return ""


def _candidates(columns: Sequence[str], names: tuple[str, ...], chosen: str | None) -> list[str]:
    """Return the columns that may hold a matter, likeliest first; the one the user chose and no other, if there is a choice."""
    if chosen is not None:
        exact = [column for column in columns if column == chosen]
        alike = [column for column in columns if plain_name(column) == plain_name(chosen) != ""]
        return exact or alike or ([chosen] if chosen.split(".")[0] in columns else [])
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    return [by_name[name] for name in names if name in by_name]


def _value(record: Mapping[str, Any], column: str) -> Any:
    """Return a field; "meta.published" opens the field "published" of the field "meta"."""
    if column in record:
        return record[column]
    value: Any = record
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
