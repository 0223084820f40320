"""Findings as text for a terminal: a list of them, three lines each, and one in full with what stands around it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from flows.language.attribution import is_hearsay
from flows.listing import Detail, Listed, Listing, Telling
from flows.records import Finding
from flows.report.verdict import change_name, other_sentences, verdict
from flows.reviews import Review
from flows.summary_text import KIND_STYLES, Printer
from flows.terminal import one_line
from flows.wording import many

LIKE_DISMISSED = "like one you dismissed"
N_SOURCES = 3  # further places of a claim that are named
DECISION_STYLES = {"accepted": "green", "dismissed": "red", "noted": "cyan"}
LABEL = 11  # width of the labels
MAX_WORDS, MAX_NAME = 100, 80  # characters of a side's words, and of its outlet and date, in a list


def print_listing(listing: Listing, console: Console, *, limit: int, each: bool = False) -> None:
    """Print the first `limit` points, each by its surest finding, and how many were left out and why; with `each` the first `limit` findings."""
    _Lister(console).listing(listing, limit, each=each)


def print_detail(detail: Detail, console: Console, *, with_thread: bool) -> None:
    """Print one finding; `with_thread` with its thread as a timeline."""
    _Lister(console).detail(detail, with_thread=with_thread)


class _Lister(Printer):
    """Prints findings in the means of one console."""

    # --- a list ----------------------------------------------------------------------------------------------------------------------------------------------

    def listing(self, listing: Listing, limit: int, *, each: bool) -> None:
        indent = listing.id_length + 2
        for listed in listing.items(limit) if each else listing.surest_of_points(limit):
            self.item(listed, listing.id_length, indent)
            if not each and (n_more := listing.points[listed.finding.finding_id]):
                self.line((f"and {many(n_more, 'more finding')} on this point", "dim"), indent=indent)
        self.total(listing, limit, each=each)

    def total(self, listing: Listing, limit: int, *, each: bool) -> None:
        """How many findings there are, and what lists the others."""
        n, n_lines = len(listing), len(listing) if each else len(listing.points)
        of_folder = f" of {listing.n_findings:,} in the folder" if n < listing.n_findings else ""
        if not n:
            left = f"{listing.n_findings:,} in the folder" if listing.n_findings else "the folder holds none"
            self.line(f"No findings to show: {left}.")
            self.dismissed(listing)
            return
        self.line()
        folded = n_lines < n
        if limit < n_lines:
            of_what = f"{n_lines:,} points, {n:,} findings" if folded else f"{n:,} findings"
            self.line(f"{limit:,} of {of_what}: --limit {n_lines} lists all of these{', --each every finding' if folded else ''}.")
        else:
            points = f" on {many(n_lines, 'point')}" if folded else ""
            self.line(f"{many(n, 'finding')}{points}{of_folder}{': --each lists every one' if folded else ''}.")
        self.dismissed(listing)

    def dismissed(self, listing: Listing) -> None:
        if listing.n_dismissed:
            they = "1 more was dismissed and is hidden" if listing.n_dismissed == 1 else f"{listing.n_dismissed:,} more were dismissed and are hidden"
            self.line(f"{they}: --review dismissed lists {'it' if listing.n_dismissed == 1 else 'them'}.")

    def item(self, listed: Listed, id_length: int, indent: int) -> None:
        f = listed.finding
        types = ", ".join(change_name(c, order_known=f.order_known) for c in f.changes)
        head: list[str | tuple[str, str]] = [(f.finding_id[:id_length], "bold"), f"  {f.score:.2f}  ", (f.kind, KIND_STYLES[f.kind]), f"  {types}"]
        self.line(*head, *self.mark(listed), hang=indent)
        first, second = (self.clipped(name, MAX_NAME) for name in self.names(f))
        self.line((f"{first} {self.arrow if f.order_known else '/'} {second}", "dim"), indent=indent, hang=2)
        for change in f.changes:
            before, after = self.shortened(change.from_text), self.shortened(change.to_text)
            self.line((before, "red"), f" {self.arrow if f.order_known else '/'} ", (after, "green"), indent=indent, hang=2)

    def shortened(self, words: str) -> str:
        """Words of a change, in one line that a list can hold; `show` has them in full."""
        return self.clipped(words, MAX_WORDS) or "(nothing)"

    def clipped(self, text: str, n: int) -> str:
        """`text` in one line of at most `n` characters."""
        text, mark = one_line(text), "…" if self.arrow == "→" else "..."
        return text if len(text) <= n else text[: n - len(mark)].rstrip() + mark

    def mark(self, listed: Listed) -> list[tuple[str, str]]:
        if listed.review is not None:
            return [(f"  [{listed.review.decision}]", DECISION_STYLES[listed.review.decision])]
        return [(f"  [{LIKE_DISMISSED}]", "magenta")] if listed.like_dismissed else []

    # --- one finding -----------------------------------------------------------------------------------------------------------------------------------------

    def detail(self, d: Detail, *, with_thread: bool) -> None:
        f = d.listed.finding
        types = ", ".join(change_name(c, order_known=f.order_known) for c in f.changes)
        self.line()
        self.line((f.kind, KIND_STYLES[f.kind]), f"  {types}  ", (f"score {f.score:.2f}", "dim"), *self.mark(d.listed), hang=2)
        self.line((f.finding_id, "dim"))
        self.line()
        texts = f.earlier_text, f.later_text
        self.line(one_line(verdict(f.kind, f.changes, order_known=f.order_known, texts=texts)))
        for sentence in other_sentences(f.kind, f.changes, order_known=f.order_known, texts=texts):
            self.line(one_line(sentence))
        words = [c.from_text for c in f.changes], [c.to_text for c in f.changes]
        for number, side in enumerate(("earlier", "later")):
            self.side(f, side, d.contexts[number], d.urls[number], words[number])
        if not f.order_known:
            self.line()
            self.line("Which of the two came first is not known.")
        if d.is_superseded:
            self.line()
            self.line("One of the two texts was replaced by its source since; the lists leave this finding out.")
        self.line()
        self.field("review", *self.review(d.listed))
        self.field("storyline", f.storyline_id)
        self.field("thread", self.thread_line(d, with_thread=with_thread))
        if with_thread:
            self.timeline(d, words)
        self.field("why", f"claimdrift explain {f.finding_id[: d.id_length]}")

    def side(self, f: Finding, side: str, around: tuple[str, str], url: str, words: list[str]) -> None:
        """A claim in its paragraph, with its changed words marked, under where it stands."""
        at, outlet, source, title = (getattr(f, f"{side}_{name}") for name in ("published_at", "outlet", "source", "title"))
        name = side if f.order_known else "one" if side == "earlier" else "other"
        self.line()
        self.field(name, (one_line(outlet) or "unknown outlet", "bold"), f", {at:%Y-%m-%d}" if at else ", undated")
        for text in (title, url or source):
            if text:
                self.field("", (one_line(text), "dim"))
        before, after = (one_line(text).strip() for text in around)
        if before:
            self.field("before", (before, "dim"))
        self.field("claim", self.marked(getattr(f, f"{side}_text"), words))
        if after:
            self.field("after", (after, "dim"))
        said = getattr(f, f"{side}_attribution")
        speaker = f"nobody named: {one_line(said)}" if said and is_hearsay(said) else one_line(said) if said else "the article itself"
        self.field("said by", speaker, f"; {getattr(f, f'{side}_certainty')}")
        others = [one_line(s) for s in getattr(f, f"{side}_sources") if s != source]
        if others:
            more = f" and {len(others) - N_SOURCES:,} more" if len(others) > N_SOURCES else ""
            self.field("also in", ", ".join(others[:N_SOURCES]) + more)

    def review(self, listed: Listed) -> list[str]:
        if listed.review is None:
            return ["none yet" + (f"; {LIKE_DISMISSED}: the same change in the same thread" if listed.like_dismissed else "")]
        return [_review_line(listed.review)]

    def thread_line(self, d: Detail, *, with_thread: bool) -> str:
        n_sources = len({t.source for t in d.tellings})
        told = f"{many(len(d.tellings), 'claim')} of {many(n_sources, 'article')}, {many(d.n_in_thread, 'finding')}"
        return told if with_thread else f"{told}; --thread lists them"

    def timeline(self, d: Detail, words: tuple[list[str], list[str]]) -> None:
        """The claims of the thread by date; the two of the finding with their words marked."""
        f = d.listed.finding
        marks = {f.earlier_claim_id: words[0], f.later_claim_id: words[1]}
        before = ""
        for telling in d.tellings:
            head = self.telling_head(telling)
            if head != before:
                self.line((head, "dim"), indent=LABEL, hang=2)
            before = head
            text = self.marked(telling.text, marks.get(telling.claim_id, []))
            self.line(f"{telling.certainty}: ", text, indent=LABEL + 2, hang=2)

    @staticmethod
    def telling_head(telling: Telling) -> str:
        at = f"{telling.published_at:%Y-%m-%d}" if telling.published_at else "undated"
        return f"{at}  {one_line(telling.outlet or telling.source)}"

    def field(self, label: str, *parts: str | Text | tuple[str, str]) -> None:
        self.line((f"{label:<{LABEL}}", "dim"), *parts, hang=LABEL)


def _review_line(review: Review) -> str:
    parts = [f"{review.decision} on {review.reviewed_at:%Y-%m-%d}"]
    if review.reason:
        parts.append(f"reason: {one_line(review.reason)}")
    if review.note:
        parts.append(f"note: {one_line(review.note)}")
    return "; ".join(parts)
