"""ARTICLE:QUOTE → the claim that is meant, or why the words are none.

ARTICLE is an article_id or a beginning of one that no other article has, or a source as in the table `sightings`. QUOTE is a part of a claim; white space,
case and the shape of quotation marks and dashes do not count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import pyarrow.compute as pc

from flows.convert import from_table
from flows.records import Article, Claim, Sighting
from flows.steps.claims import pieces_of
from flows.tables import Outputs, OutputsError

MIN_NEAR = 0.5  # share of a quote's words that a claim must have to be offered as what may have been meant
_ALIKE = {c: f"[{re.escape(marks)}]" for marks in ("'‘’‚`", '"“”„«»', "-‐‑–—−") for c in marks}


class QuoteError(OutputsError):
    """A quote, article or finding that the folder does not hold, or several could be meant; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two quotes and where it stands. `claim` is None where the words are no claim: then `no_claim` says why."""

    article: Article
    sightings: tuple[Sighting, ...]  # by source
    text: str  # the claim, or the words that are none
    claim: Claim | None
    no_claim: str = ""

    @property
    def source(self) -> str:
        return self.sightings[0].source

    @property
    def outlet(self) -> str:
        return self.sightings[0].outlet


def find_side(archive: Outputs, reference: str) -> Side:
    """Return what ARTICLE:QUOTE means. Raises QuoteError for an unknown article, words that are not in it, and where several could be meant."""
    article_id, quote = _split(archive, reference)
    article, sightings, claims = read_article(archive, article_id)
    spans = [m.span() for m in _pattern(quote).finditer(article.text)]
    if not spans:
        raise QuoteError(_not_there(article, sightings, claims, quote))
    covering = {c.claim_id: c for start, end in spans for c in claims if c.char_start <= start and end <= c.char_end}
    if len(covering) == 1:
        claim = next(iter(covering.values()))
        return Side(article, sightings, claim.text, claim)
    if covering:
        raise QuoteError(f"{_shown(quote)} stands in {len(covering)} claims of {sightings[0].source}: quote more of the one you mean.")
    start, end = spans[0]
    overlapped = [c for c in claims if c.char_start < end and start < c.char_end]
    if overlapped:
        raise QuoteError(f"{_shown(quote)} goes beyond one claim of {sightings[0].source}: quote a part of one, such as {_shown(overlapped[0].text)}.")
    text, reason = _no_claim(article.text, start, end)
    return Side(article, sightings, text, None, reason)


def side_of_claim(archive: Outputs, claim_id: str, article_id: str) -> Side:
    """The side that a claim of the folder is."""
    article, sightings, claims = read_article(archive, article_id)
    claim = next(c for c in claims if c.claim_id == claim_id)
    return Side(article, sightings, claim.text, claim)


def read_article(archive: Outputs, article_id: str) -> tuple[Article, tuple[Sighting, ...], list[Claim]]:
    """An article of the folder with its sightings by source and its claims in the order of the text."""
    own = pc.field("article_id") == article_id
    article = from_table(archive.read("articles", filters=own), Article)[0]
    sightings = sorted(from_table(archive.read("sightings", filters=own), Sighting), key=lambda s: s.source)
    claims = sorted(from_table(archive.read("claims", filters=own), Claim), key=lambda c: (c.char_start, c.char_end))
    return article, tuple(sightings), claims


def _split(archive: Outputs, reference: str) -> tuple[str, str]:
    """Return article_id and quote. Sources and quotes may hold colons: the longest beginning that names an article counts."""
    cuts = [m.start() for m in re.finditer(":", reference)]
    if not cuts:
        raise QuoteError(f"{_shown(reference)} is no ARTICLE:QUOTE: a colon parts the article, an id or a source, from words of a claim in it.")
    sources: dict[str, set[str]] = defaultdict(set)
    for article_id, source in zip(*archive.read("sightings", ["article_id", "source"]).to_pydict().values(), strict=True):
        sources[source].add(article_id)
    every = set().union(*sources.values())
    for cut in reversed(cuts):
        name = reference[:cut].strip()
        meant = sources.get(name) or {article_id for article_id in every if name and article_id.startswith(name)}
        if not meant:
            continue
        if len(meant) > 1:
            shown = ", ".join(sorted(meant)[:5]) + (", …" if len(meant) > 5 else "")
            raise QuoteError(f"{_shown(name)} could be {len(meant)} articles: {shown}. Give one of these ids.")
        quote = _trimmed(reference[cut + 1 :])
        if not re.search(r"\w", quote):
            raise QuoteError(f"{_shown(reference)} has no words after the colon: quote a part of a claim.")
        return next(iter(meant)), quote
    name = reference[: cuts[0]].strip()
    near = [source for source in sorted(sources) if name and name.casefold() in source.casefold()]
    hint = f"Did you mean {near[0]}?" if near else "The table sightings has the sources and ids there are."
    raise QuoteError(f"{archive.root}: holds no article {_shown(name)}. {hint}")


def _trimmed(quote: str) -> str:
    """The words of a quote without what a display put around them: spaces, marks of omission, quotation marks around all of it."""
    quote = re.sub(r"^(?:\s|…|\.\.\.)+|(?:\s|…|\.\.\.)+$", "", quote)
    marked = re.fullmatch(r'["“«](.*)["”»]', quote, re.DOTALL)
    return marked[1] if marked and not re.search(r'["“”«»]', marked[1]) else quote


def _pattern(quote: str) -> re.Pattern[str]:
    words = ["".join(_ALIKE.get(c, re.escape(c)) for c in word) for word in quote.split()]
    return re.compile(r"\s+".join(words), re.IGNORECASE)


def _no_claim(text: str, start: int, end: int) -> tuple[str, str]:
    """The piece of a text that holds text[start:end], and why it is no claim."""
    for a, b, reason in pieces_of(text):
        if a <= start and end <= b:
            return text[a:b], reason or "it was none to the version of claimdrift that read the article, and is one now"
    # Between two pieces, or over several of which none is a claim.
    reasons = [reason for a, b, reason in pieces_of(text) if a < end and start < b]
    return text[start:end], " and ".join(dict.fromkeys(filter(None, reasons))) or "left out at the head of a sentence: a dateline, an agency's name or a bullet"


def _not_there(article: Article, sightings: tuple[Sighting, ...], claims: list[Claim], quote: str) -> str:
    said = f"{sightings[0].source} does not have the words {_shown(quote)}."
    wanted = set(re.findall(r"\w+", quote.casefold()))
    share = {c.claim_id: len(wanted & set(re.findall(r"\w+", c.text.casefold()))) / max(1, len(wanted)) for c in claims}
    nearest = max(claims, key=lambda c: share[c.claim_id], default=None)
    if nearest is not None and share[nearest.claim_id] >= MIN_NEAR:
        return f"{said} The claim nearest to them: {_shown(nearest.text)}"
    if article.chrome:
        dropped = ", ".join(f"{n} {reason}" for reason, n in sorted(article.chrome.items()))
        return f"{said} If the file has them, they were dropped as scraper noise ({dropped})."
    return said


def _shown(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= 160 else words[:159].rstrip() + '…'}”"
