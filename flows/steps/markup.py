"""HTML and Markdown to plain paragraphs, with the metadata they carry.

Headings leave the text: they are no statements, and in markup they can be told from sentences for certain. A heading that is a question or a full sentence
stays, since the paragraph below may answer it or lean on it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError
from markdown_it import MarkdownIt
from markdown_it.token import Token
from trafilatura import bare_extraction

# htmldate's own upper limit is today, which would make a result depend on the day of the run.
_DATE_PARAMS = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?:p|div|br|span|a|h[1-6]|ul|ol|li|img|figure|strong|b|i|em|blockquote|section|article|table|script|style)\b[^<>]*>", re.IGNORECASE)
_BREAK_TAG = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_BLOCK_TAGS = frozenset("p div h1 h2 h3 h4 h5 h6 ul ol li blockquote section article main header footer tr pre hr dd dt dl table".split())
_SKIPPED_TAGS = frozenset("script style figure figcaption aside form nav iframe noscript button select svg template head".split())
_HEADING_TAGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_DATE_META = frozenset(
    "article:published_time og:published_time og:article:published_time datepublished date pubdate publishdate publish_date dc.date dc.date.issued "
    "dcterms.created dcterms.date parsely-pub-date sailthru.date article.published cxenseparse:recs:publishtime date.release".split()
)
_PAGE_BLOCKS = ("p", "head", "item", "quote", "code")  # of trafilatura's tree
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(slots=True)
class Page:
    """What a marked-up text holds: paragraphs joined by blank lines, and its metadata, empty where it has none."""

    text: str
    title: str = ""
    published: Any = None
    url: str = ""
    outlet: str = ""
    chrome: dict[str, int] = field(default_factory=dict)


def is_page(text: str) -> bool:
    """Say whether a text is a whole HTML page."""
    return _PAGE.match(text[:5000]) is not None


def is_html(text: str) -> bool:
    """Say whether a text is clearly HTML: a page, or at least two tags of those that news text is marked up with."""
    return is_page(text) or ("<" in text and sum(1 for _ in zip(_TAG.finditer(text), range(2), strict=False)) == 2)


def read_page(source: str) -> Page | None:
    """Take the article out of an HTML page with trafilatura; None where it finds none."""
    document: Any = bare_extraction(source, include_comments=False, include_tables=False, with_metadata=True, date_extraction_params=_DATE_PARAMS)
    if document is None or document.body is None:
        return None
    blocks: list[str] = []
    chrome: dict[str, int] = {}
    title = document.title or ""
    for tag, run in _blocks(document.body):
        content = re.sub(r"[ \t\r\n]+", " ", run).replace("\x1f", "\n").strip()
        if not content:
            continue
        if tag == "head" and not _SENTENCE_END.search(content):
            title = title or content
            chrome["heading"] = chrome.get("heading", 0) + (content != title)
            continue
        blocks.append(content)
    published = _timed_date(source) or document.date
    return Page(
        "\n\n".join(blocks), title, published, document.url or "", document.sitename or "", {k: n for k, n in chrome.items() if n}
    ) if blocks else None  # fmt: skip


def read_fragment(source: str) -> Page:
    """Take the text out of a piece of HTML, as in a record's text field: all of it is the article, so nothing but tags, captions and forms goes."""
    if not source.strip():
        return Page("")
    if not _BREAK_TAG.search(source):  # content systems store paragraphs as blank lines, with tags only inside them
        source = source.replace("\n", "<br>")
    root: Any = lxml_html.fragment_fromstring(source, create_parent=True)  # inside one <div>
    pieces: list[str] = []
    chrome: dict[str, int] = {}
    _walk(root, pieces, chrome)
    # Source line breaks inside a block are spaces; \x1f is a <br>, \x1e the end of a block.
    text = re.sub(r"\s+", " ", "".join(pieces).translate({0x1E: "\ue000", 0x1F: "\ue001"}))
    blocks = [re.sub(r" *\ue001 *", "\n", block).strip() for block in text.split("\ue000")]
    return Page("\n\n".join(block for block in blocks if block), chrome=chrome)


def read_markdown(source: str) -> Page:
    """Take the text out of Markdown: front matter becomes metadata, the first heading the title, other headings, images, tables and fenced code go."""
    metadata, body = _front_matter(source)
    page = Page("", title=metadata.get("title", ""))
    page.published = next((metadata[k] for k in ("date", "published", "published_at", "pubdate", "datepublished") if metadata.get(k)), None)
    page.url = next((metadata[k] for k in ("url", "link", "canonical_url", "canonical", "permalink") if metadata.get(k)), "")
    page.outlet = next((metadata[k] for k in ("source", "publisher", "outlet", "site_name", "site") if metadata.get(k)), "")
    blocks: list[str] = []
    tokens = _markdown().parse(body)
    in_table, number = False, ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
            _count(page.chrome, "table", int(in_table))
        elif token.type == "fence":
            _count(page.chrome, "code block")
        elif token.type == "code_block":  # four spaces of indentation: code in Markdown, but a paragraph in an article
            blocks.append(token.content.strip())
        elif token.type == "list_item_open" and len(token.info) > 2:  # "2024. It was a dry year" is no list
            number = token.info + token.markup + " "
        elif token.type == "html_block":
            blocks.append(read_fragment(token.content).text)
        elif token.type == "inline" and not in_table:
            content, number = number + _inline_text(token, page.chrome), ""
            is_heading = before is not None and before.type == "heading_open"
            if is_heading and not page.title and not blocks:
                page.title = content
            elif is_heading and content == page.title:
                _count(page.chrome, "repeated headline")
            elif is_heading and not _SENTENCE_END.search(content):
                _count(page.chrome, "heading")
            else:
                blocks.append(content)
    page.text = "\n\n".join(block for block in blocks if block)
    return page


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _blocks(element: Any) -> Iterator[tuple[str, str]]:
    """Yield the blocks of trafilatura's tree, (tag, text), in reading order: a quote's own words and the paragraphs within it are blocks of their own."""
    is_block = element.tag in _PAGE_BLOCKS
    run = element.text or ""
    for child in element:
        if child.tag in _PAGE_BLOCKS or next(child.iter(*_PAGE_BLOCKS), None) is not None:
            if is_block:
                yield element.tag, run
            yield from _blocks(child)
            run = ""
        else:
            run += _inner_text(child)
        run += child.tail or ""
    if is_block:
        yield element.tag, run


def _inner_text(element: Any) -> str:
    if element.tag in ("lb", "graphic"):
        return "\x1f" if element.tag == "lb" else ""
    return (element.text or "") + "".join(_inner_text(child) + (child.tail or "") for child in element)


def _walk(element: Any, pieces: list[str], chrome: dict[str, int]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""  # comments and processing instructions have a function there
    if tag in _SKIPPED_TAGS:
        _count(chrome, "caption" if tag in ("figure", "figcaption") else "page furniture")
    elif tag == "br":
        pieces.append("\x1f")
    elif tag:
        heading = re.sub(r"\s+", " ", element.text_content()).strip() if tag in _HEADING_TAGS else ""
        if heading and not _SENTENCE_END.search(heading):
            _count(chrome, "heading")
            pieces.append("\x1e")
        else:
            edge = "\x1e" if tag in _BLOCK_TAGS else ""
            pieces.append(edge + (element.text or ""))
            for child in element:
                _walk(child, pieces, chrome)
            pieces.append(edge)
    pieces.append(element.tail or "")


def _inline_text(token: Token, chrome: dict[str, int]) -> str:
    parts: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "image":
            _count(chrome, "image")
    return "".join(parts).strip()


def _front_matter(source: str) -> tuple[dict[str, str], str]:
    """Split off a YAML header of plain `key: value` lines; nested values are left unread."""
    match = re.match(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", source, re.DOTALL)
    if match is None:
        return {}, source
    lines = re.findall(r"^([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*$", match[1], re.MULTILINE)
    return {key.casefold().replace("-", "_"): re.sub(r"^(['\"])(.*)\1$", r"\2", value) for key, value in lines}, source[match.end() :]


def _timed_date(source: str) -> str | None:
    """Return the first publication date of a page's metadata that has a time of day, as written: trafilatura keeps the day alone."""
    try:
        root = lxml_html.fromstring(source.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (ParserError, ValueError):
        return None
    values = [m.get("content") or "" for m in root.iter("meta") if (m.get("property") or m.get("name") or m.get("itemprop") or "").casefold() in _DATE_META]
    values += [t.get("datetime") or "" for t in root.iter("time") if (t.get("itemprop") or "").casefold() == "datepublished"]
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            values += _published_in(script.text or "")
    for value in values:
        try:
            at = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            continue
        if len(value.strip()) > 10 and 1990 <= at.year <= 2100:
            return value.strip()
    return None


def _published_in(json_ld: str) -> list[str]:
    try:
        queue = [json.loads(json_ld)]
    except (ValueError, RecursionError):  # a page's broken script is no fault of the article
        return []
    found: list[str] = []
    while queue:
        node = queue.pop(0)
        if isinstance(node, list):
            queue += node
        elif isinstance(node, dict):
            found += [node["datePublished"]] if isinstance(node.get("datePublished"), str) else []
            queue += [node["@graph"]] if "@graph" in node else []
    return found


def _count(counts: dict[str, int], reason: str, n: int = 1) -> None:
    if n:
        counts[reason] = counts.get(reason, 0) + n
