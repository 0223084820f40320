"""A run's summary as Markdown, for Prefect's artifacts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.notify import MarkedFinding
from flows.records import Finding
from flows.report.verdict import change_name
from flows.summary import CheckSummary, TopFinding, changed_spans
from flows.terminal import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")
N_WATCHED = 20
_LIST_ITEM = re.compile(r"^(\s*\d+)\.")


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, in one line: what an article says never becomes a link, an image or HTML."""
    return _LIST_ITEM.sub(r"\1\\.", _SPECIAL.sub(r"\\\1", one_line(text)))


def counts_table(summary: CheckSummary) -> list[dict[str, str | int]]:
    """Return the run's counts as rows of a table artifact."""
    return [{"step": name, "count": n} for name, n in summary.counts.items()]


def findings_markdown(summary: CheckSummary) -> str:
    """Return the top findings, one after the other, the changed words in bold."""
    kinds = ", ".join(f"{n} {kind}" for kind, n in summary.kinds.items())
    head = (
        f"# {summary.n_findings} findings\n\n{kinds or 'none'}; the first {len(summary.top)} of {summary.n_points} points. "
        f"All are in {escape(summary.outputs)}/findings.\n"
    )
    return "\n".join([head, *(_section(number, top) for number, top in enumerate(summary.top, 1))])


def watched_markdown(watched: Sequence[MarkedFinding]) -> str:
    """Return the findings that touch the watchlist, at most N_WATCHED of them and how many more there are; empty where none does."""
    if not watched:
        return ""
    more = f"\n{len(watched) - N_WATCHED} more touch it; `watch_terms` of --notify names them all.\n" if len(watched) > N_WATCHED else ""
    head = f"\n# On the watchlist: {len(watched)}\n"
    return "\n".join([head, *(f"**{escape(', '.join(m.terms))}**\n\n{_finding(m.finding)}\n" for m in watched[:N_WATCHED]), more])


def _section(number: int, top: TopFinding) -> str:
    f = top.finding
    alike = f"\n\n{top.n_alike} more tell the same." if top.n_alike else ""
    return f"## {number}. {_types(f)} ({f.score:.2f})\n\n" + _sides(f) + alike + "\n"


def _finding(f: Finding) -> str:
    return f"{_types(f)} ({f.score:.2f})\n\n{_sides(f)}"


def _sides(f: Finding) -> str:
    sides = [
        _side(f.earlier_outlet or f.earlier_source, f.earlier_published_at, f.earlier_text, [c.from_text for c in f.changes]),
        _side(f.later_outlet or f.later_source, f.later_published_at, f.later_text, [c.to_text for c in f.changes]),
    ]
    return "\n\n".join(sides)


def _types(f: Finding) -> str:
    return f"{f.kind}: " + ", ".join(change_name(c, order_known=f.order_known) for c in f.changes)


def _side(outlet: str, published_at: object, text: str, words: list[str]) -> str:
    date = f"{published_at:%Y-%m-%d}" if published_at else "undated"
    marked, end = "", 0
    for start, stop in changed_spans(text, words):
        marked += escape(text[end:start]) + f"**{escape(text[start:stop])}**"
        end = stop
    return f"{escape(outlet)}, {date}\n\n> {marked}{escape(text[end:])}"
