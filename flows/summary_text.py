"""A run's summary as text: counts, the top findings with the changed words marked, where the results are and how to load them."""

from __future__ import annotations

import datetime as dt
import io

from rich.console import Console
from rich.text import Text

from flows.records import Finding
from flows.report.verdict import change_name
from flows.steps.measured import measured
from flows.summary import N_REJECTS, CheckSummary, TopFinding, changed_spans
from flows.terminal import can_print, one_line, printable
from flows.wording import many

KIND_STYLES = {"contradiction": "bold red", "update": "bold cyan", "drift": "bold yellow"}
CHANGED = "bold reverse"
INDENT, LABEL = 5, 10
BESIDE_ARTICLES = ("unknown format", "not an article")


def print_summary(summary: CheckSummary, console: Console, *, wall_s: float | None = None) -> None:
    """Print the summary. `wall_s`: seconds that the user waited, Prefect's start included; the run's own where it is not given.

    On a terminal the changed words stand out by style and lines are wrapped; elsewhere, and without colours, they stand in «…», one claim a line.
    """
    Printer(console).summary(summary, wall_s)


def summary_text(summary: CheckSummary) -> str:
    """Return what `print_summary` prints to a file."""
    file = io.StringIO()
    print_summary(summary, Console(file=file, color_system=None, width=120))
    return file.getvalue()


class Printer:
    """Prints to one console, in its means: colours or marks, wrapped or not, arrows or what its encoding has in their place."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.in_style = console.is_terminal and console.color_system is not None and not console.no_color
        self.arrow, self.open, self.close = ("→", "«", "»") if can_print(console, "→«»–…·") else ("->", "<<", ">>")
        self.dot = "·" if self.arrow == "→" else "-"

    def line(self, *parts: str | Text | tuple[str, str], indent: int = 0, hang: int = 0, wrap: bool = True) -> None:
        """Print one line, indented; on a terminal it is wrapped, and its further lines are indented by `hang` more. No line is padded."""
        text = Text.assemble(*parts)
        if not (wrap and self.console.is_terminal):
            self.console.print(Text(" " * indent) + text, highlight=False, soft_wrap=True)
            return
        for number, line in enumerate(text.wrap(self.console, max(20, self.console.width - indent - hang)) or [Text()]):
            line.rstrip()
            self.console.print(Text(" " * (indent + (hang if number else 0))) + line, highlight=False, soft_wrap=True)

    def summary(self, summary: CheckSummary, wall_s: float | None) -> None:
        self.line()
        for label, text in (("read", self.read_line(summary)), ("compared", self.compared_line(summary)), ("found", self.found_line(summary, wall_s))):
            if text:
                self.line((f"{label:<{LABEL}}", "dim"), text, hang=LABEL)
        if note := expected_note(summary):
            self.line((f"{'expected':<{LABEL}}", "dim"), note, hang=LABEL)
        if summary.watched:
            names = f" {self.dot} ".join(f"{printable(term)} {n:,}" for term, n in summary.watched.items())
            self.line((f"{'watched':<{LABEL}}", "dim"), names, hang=LABEL)
        self.rejects(summary)
        for number, top in enumerate(summary.top, 1):
            self.finding(number, top)
        self.more(summary)
        self.where(summary)

    def read_line(self, summary: CheckSummary) -> str:
        counts = summary.counts
        known = counts.get("articles known before", 0)
        parts = [
            f"{many(counts.get('articles', 0), 'new article')} in {many(counts.get('files', 0), 'file')}",
            f"{known:,} known before" if known else "",
            f"{counts['articles forgotten before']:,} forgotten before, and left out" if counts.get("articles forgotten before") else "",
            many(counts.get("claims", 0), "claim") if counts.get("articles") else "",
            many(counts.get("near copies", 0), "near copy", "near copies") if counts.get("near copies") else "",
            f"{counts['rejects']:,} rejected" if counts.get("rejects") else "",
            f"{counts['rejects known before']:,} rejected before, and still" if counts.get("rejects known before") else "",
        ]
        return f" {self.dot} ".join(filter(None, parts))

    def compared_line(self, summary: CheckSummary) -> str:
        counts = summary.counts
        if not counts.get("article pairs compared"):
            return ""
        names = {"pairs possible": "possible", "pairs proposed": "proposed", "pairs scored": "scored", "pairs scored both ways": "scored both ways"}
        pairs = f" {self.arrow} ".join(f"{counts.get(name, 0):,} {shown}" for name, shown in names.items())
        articles = f"{many(counts['article pairs compared'], 'pair')} of articles in {many(summary.n_storylines, 'storyline')}"
        return f"{articles} {self.dot} pairs of claims: {pairs}"

    def found_line(self, summary: CheckSummary, wall_s: float | None) -> str:
        seconds = f"{summary.seconds if wall_s is None else wall_s:.0f} s"
        if summary.n_findings:
            kinds = ", ".join(many(n, kind) for kind, n in summary.kinds.items())
            return f"{many(summary.n_findings, 'finding')}: {kinds} {self.dot} {seconds}"
        return f"{nothing_found(summary)} {self.dot} {seconds}"

    def rejects(self, summary: CheckSummary) -> None:
        if not summary.rejects:
            return
        reasons = ", ".join(f"{n:,} {printable(reason)}" for reason, n in summary.reject_reasons.items())
        self.line((f"{'rejected':<{LABEL}}", "dim"), reasons, hang=LABEL)
        # What lies beside the articles is told last: it is rarely what a reader misses.
        ordered = sorted(summary.rejects, key=lambda r: r.reason in BESIDE_ARTICLES)
        for reject in ordered[:N_REJECTS]:
            self.line(one_line(reject.detail), indent=LABEL)
        if len(ordered) > N_REJECTS:
            self.line(f"and {len(ordered) - N_REJECTS:,} more, in the table rejects", indent=LABEL)

    def finding(self, number: int, top: TopFinding) -> None:
        f = top.finding
        self.line()
        types = ", ".join(change_name(c, order_known=f.order_known) for c in f.changes)
        between = f" {self.arrow if f.order_known else '/'} "
        self.line((f"{number:>3}  ", "dim"), (f.kind, KIND_STYLES[f.kind]), f"  {types}  ", (f"score {f.score:.2f}", "dim"), hang=INDENT)
        first, second = self.names(f)
        order = "" if f.order_known else "  (which came first is not known)"
        self.line((f"{first}{between}{second}{order}", "dim"), indent=INDENT, hang=2)
        self.line(self.marked(f.earlier_text, [c.from_text for c in f.changes]), indent=INDENT)
        self.line(self.marked(f.later_text, [c.to_text for c in f.changes]), indent=INDENT)
        for change in f.changes:
            words = between.join(one_line(text) or "(nothing)" for text in (change.from_text, change.to_text))
            label = "changed: " if len(f.changes) == 1 else f"{change.type}: "
            self.line((label, "dim"), words, indent=INDENT, hang=len(label))
        if top.n_alike:
            self.line((f"and {many(top.n_alike, 'more finding')} on this point", "dim"), indent=INDENT)

    def names(self, f: Finding) -> tuple[str, str]:
        """What to call the two sides: outlet and date; the source as well where that would make them the same."""
        sides = [(f.earlier_outlet, f.earlier_source, f.earlier_published_at), (f.later_outlet, f.later_source, f.later_published_at)]
        (first, second) = (_side(outlet or source, at) for outlet, source, at in sides)
        if first == second:
            first, second = (_side(source, at) for _, source, at in sides)
        return first, second

    def marked(self, claim: str, words: list[str]) -> Text:
        """A claim in one line, with `words` marked."""
        text, end = Text(), 0
        for start, stop in changed_spans(claim, words):
            changed = one_line(claim[start:stop])
            text.append(one_line(claim[end:start]))
            text.append(changed, CHANGED) if self.in_style else text.append(f"{self.open}{changed}{self.close}")
            end = stop
        return text.append(one_line(claim[end:]))

    def more(self, summary: CheckSummary) -> None:
        left = summary.n_points - len(summary.top)
        if left > 0:
            self.line()
            self.line(f"{many(left, 'more point')} in the table findings.", indent=INDENT)

    def where(self, summary: CheckSummary) -> None:
        folder = printable(summary.outputs).rstrip("/") or "/"
        total = f"{many(summary.n_findings_in_folder, 'finding')} from {many(summary.n_articles_in_folder, 'article')}"
        self.line()
        self.line((f"{'results':<{LABEL}}", "dim"), f"{total} in {folder}/, one folder of Parquet files a table", hang=LABEL)
        if summary.report:
            self.line((f"{'report':<{LABEL}}", "dim"), f"{printable(summary.report)}, to read and review in a browser", hang=LABEL)
        if summary.n_findings_in_folder:
            self.line((f"{'to load':<{LABEL}}", "dim"), f'from flows.tables import load; load({_quoted(folder)}, "findings")', wrap=False)
            self.line(" " * LABEL, f"import pandas; pandas.read_parquet({_quoted(folder + '/findings')})", wrap=False)


def expected_note(summary: CheckSummary) -> str:
    """Say how many of the run's findings are to be expected right, by what was measured of the embedded model; empty where nothing is known."""
    least = summary.run.thresholds["min_score"]
    precision = measured().expected_precision(least) if summary.run.model_source == measured().model else None
    if not summary.n_findings or precision is None:
        return ""
    return f"{precision:.0%} of findings with a score of {least:g} or more were right on annotated stories kept apart; of real news, fewer"


def nothing_found(summary: CheckSummary) -> str:
    """Say plainly why a run has no findings."""
    counts = summary.counts
    if not counts.get("articles"):
        if counts.get("articles known before"):
            return "nothing new: every article was known before"
        if n_forgotten := counts.get("articles forgotten before"):
            return f"nothing new: {many(n_forgotten, 'article')} forgotten before, and left out"
        return "no article could be read"
    if not counts.get("article pairs compared"):
        if summary.n_articles_in_folder == 1:
            return "no findings: one article alone, nothing to compare it with"
        return "no findings: no two articles share an event, so nothing was compared"
    return f"no findings at a score of {summary.run.thresholds['min_score']:g} or more"


def without_heads_note(summary: CheckSummary) -> str:
    """What a checkpoint without fact heads leaves out; empty for one with them."""
    if summary.has_heads:
        return ""
    return (
        f"{printable(summary.run.model_source)} has the three NLI labels only: same fact, type and kind of change are judged from these and from the words, "
        "so expect fewer and less sure findings than with the embedded model"
    )


def _side(name: str, published_at: dt.datetime | None) -> str:
    return f"{one_line(name)}, {published_at:%Y-%m-%d}" if published_at else f"{one_line(name)}, undated"


def _quoted(path: str) -> str:
    """A path as a Python string, in double quotes where it can be."""
    return f'"{path}"' if not set(path) & {'"', "\\"} else repr(path)
