"""Read INPUT into articles: find the files, read their documents, clean the texts, date them, and fold equal texts into one article.

Nothing is dropped without a reject that says what, where and what to do, and one bad file never sinks a run. Equal cleaned texts are one article with several
sightings; the article's row is that of its earliest sighting, whatever the order of INPUT.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.records import Article, Reject, Sighting, article_id
from flows.sighted import sighting_order
from flows.steps import decoding, sources
from flows.steps.chrome import clean
from flows.steps.dates import BAD_DATE_ADVICE, BadDate, read_dateline, read_file_name, read_value
from flows.steps.documents import Document, Refusal, read_documents
from flows.steps.fields import ReadOptions, plain_name
from flows.steps.languages import detect_language
from flows.steps.sources import InputError, InputFile
from flows.steps.stamps import Moment

__all__ = ["InputError", "ReadOptions", "ReadResult", "read_articles"]


@dataclass
class ReadResult:
    """What INPUT holds.

    `n_files` counts the article files, `n_documents` the documents found in them, used or rejected: one a file that cannot be read. Of the rejects, "bad date"
    and "no such field" stand beside an article that was kept, and "unknown format", "not an article" and an unreadable folder are no documents.
    """

    articles: list[Article] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    n_files: int = 0
    n_documents: int = 0
    unread: set[Path] = field(default_factory=set)  # files that could not be read, or not to the end, for a reason that may pass


@dataclass(slots=True)
class _Copy:
    """One sighting with what its article's row would be."""

    article: Article
    sighting: Sighting


def read_articles(
    inputs: Sequence[Path], run_id: str, options: ReadOptions | None = None, *, on_progress: Callable[[int, int], None] | None = None
) -> ReadResult:
    """Read article files and folders of them; see the README for formats and field names.

    `on_progress` is called after each file with the files done and the files in all. `Article.n_claims` is 0 until claims are extracted. Articles, sightings
    and rejects come in the order of the files. Raises InputError where INPUT as a whole is wrong: a missing path, no article files, a field that no record has.
    With `options.root` the files are what a drop happens to bring, and say nothing of the whole: the lack of a field is a reject then.
    """
    options = options or ReadOptions()
    files, skipped = sources.find_files(inputs, options.suffixes, options.root)
    result = ReadResult(rejects=[Reject(run_id, s.source, s.reason, s.detail) for s in skipped], n_files=len(files))
    copies: dict[str, list[_Copy]] = {}
    every_field: set[str] = set()
    without_text_field: list[str] = []
    for n_done, file in enumerate(files, 1):
        n_of_id: dict[str, int] = {}
        seen_fields: set[str] = set()
        first_source = ""
        for found in read_documents(file.path, options, seen_fields):
            result.n_documents += 1
            source = _source(file, found, n_of_id)
            first_source = first_source or source
            if isinstance(found, Refusal):
                detail = f"{_place(file, found)} {found.what}."
                result.rejects.append(Reject(run_id, source, found.reason, detail))
                if found.columns:
                    without_text_field.append(detail)
                if found.may_pass:
                    result.unread.add(file.path)
                continue
            copy = _make_copy(file, found, source, run_id, options, result.rejects)
            if copy is not None:
                result.sightings.append(copy.sighting)
                copies.setdefault(copy.article.article_id, []).append(copy)
        if options.root is not None:
            result.rejects += [Reject(run_id, first_source, "no such field", f"{file.shown}: {what}.") for what in _lacking_fields(options, seen_fields)]
        every_field |= seen_fields
        if on_progress is not None:
            on_progress(n_done, len(files))
    if options.root is None:
        if lacking := _lacking_fields(options, every_field):
            raise InputError(lacking[0])
        if not copies and without_text_field:
            raise InputError(without_text_field[0].rstrip("."))
    result.articles = [_earliest(group) for group in copies.values()]
    return result


def _make_copy(file: InputFile, document: Document, source: str, run_id: str, options: ReadOptions, rejects: list[Reject]) -> _Copy | None:
    """Clean and date a document; None, with a reject noted, where no article is left of it."""
    place = _place(file, document)
    title = " ".join(decoding.tidy(document.title)[0].split())
    text, n_repaired = decoding.tidy(document.text)
    cleaned = clean(text, title)
    if not any(char.isalnum() for char in cleaned.text):
        if "cut short" in cleaned.chrome:
            rejects.append(Reject(run_id, source, "cut short", f"{place} breaks off within its first sentence. Collect the whole text."))
        else:
            rejects.append(Reject(run_id, source, "no text", f"{place} holds no text besides headings, captions and page furniture."))
        return None
    language = detect_language(cleaned.text)
    if options.languages and language != "und" and language not in options.languages:
        rejects.append(Reject(run_id, source, "language", f"{place} is in language '{language}'; read are {', '.join(options.languages)}."))
        return None
    moment, date_source = _date(document, cleaned.date, cleaned.text, file, place, source, run_id, rejects)
    identity = article_id(cleaned.text)
    chrome = dict(cleaned.chrome)
    for reason, n in [*document.chrome.items(), *([("mojibake repaired", n_repaired)] if n_repaired else [])]:
        chrome[reason] = chrome.get(reason, 0) + n
    url = document.url.strip()
    outlet = document.outlet or sources.url_host(url) or file.outlet
    at = moment.at if moment else None
    article = Article(identity, run_id, cleaned.title, cleaned.text, language, at, date_source, moment.precision if moment else "", chrome, 0)
    sighting = Sighting(identity, source, _source_key(file, document, url, outlet), url, outlet, cleaned.title, at, date_source, run_id)
    return _Copy(article, sighting)


def _date(
    document: Document, date_line: Moment | None, text: str, file: InputFile, place: str, source: str, run_id: str, rejects: list[Reject]
) -> tuple[Moment | None, str]:
    """Date a document: metadata, date line, dateline, file name, in this order. A value that is no date is noted as a reject and passed over."""
    try:
        if (moment := read_value(document.published)) is not None:
            return moment, "metadata"
    except BadDate as error:
        shown = " ".join(str(document.published).split())[:60]
        detail = f'{place}: {document.date_field} "{shown}" {error}. {BAD_DATE_ADVICE}'
        rejects.append(Reject(run_id, source, "bad date", detail))
    if date_line is not None:
        return date_line, "date line"
    if (moment := read_dateline(text)) is not None:
        return moment, "dateline"
    # The name of a file of many records dates the drop, not the articles.
    if document.number is None and (moment := read_file_name(file.path.name)) is not None:
        return moment, "file name"
    return None, "none"


def _source(file: InputFile, found: Document | Refusal, n_of_id: dict[str, int]) -> str:
    if found.number is None:
        return file.source
    name = found.record_id or str(found.number)
    n_of_id[name] = n_of_id.get(name, 0) + 1
    # Two records of one id are two versions of a document; their sources must differ all the same.
    return f"{file.source}#{name}" if n_of_id[name] == 1 else f"{file.source}#{name}@{found.number}"


def _source_key(file: InputFile, document: Document, url: str, outlet: str) -> str:
    """What versions of a document share: canonical URL, else outlet and record id, else path (and number, in a file of many)."""
    if sources.url_host(url):
        return sources.canonical_url(url)
    if document.record_id and outlet:
        return f"{outlet}/{document.record_id}"
    if document.number is None:
        return file.source_key
    return f"{file.source_key}#{document.record_id or document.number}"


def _place(file: InputFile, found: Document | Refusal) -> str:
    """Where a document is, as a reader would look it up: file:line in JSONL, else file#record."""
    if found.number is None:
        return file.shown
    return f"{file.shown}:{found.number}" if found.is_line else f"{file.shown}#{found.number}"


def _earliest(group: list[_Copy]) -> Article:
    """Return the row of the earliest sighting, with a title from the next that has one."""
    ordered = sorted(group, key=lambda copy: sighting_order(copy.sighting))
    first = ordered[0].article
    title = next((copy.article.title for copy in ordered if copy.article.title), "")
    return dataclasses.replace(first, title=title)


def _lacking_fields(options: ReadOptions, seen_fields: set[str]) -> list[str]:
    """Say which field options name a field that no record has: a slip would otherwise pass for missing data. Nothing where there are no records."""
    if not seen_fields:
        return []
    known = {plain_name(name) for name in seen_fields}
    return [
        f'no record has a field "{name}" (--{option.replace("_", "-")}). Fields there are: {", ".join(sorted(seen_fields))}'
        for option, name in options.named_fields().items()
        if name not in seen_fields and plain_name(name) not in known and name.split(".")[0] not in seen_fields
    ]
