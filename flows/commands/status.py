"""`claimdrift status`: what an outputs folder holds and in which state it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.base import OneLineCommand, one_line_failures, showing_work
from flows.commands.filter_options import outputs_options

if TYPE_CHECKING:
    from flows.housekeeping.status import Status

LABEL = 12
MANY_FILES = 500  # from here on reading the tables takes noticeably long

EXAMPLES = """
Examples:
  claimdrift status
  claimdrift status --outputs archive --all      with everything that was rejected, and why
  claimdrift status --outputs archive --json | jq .findings
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Tell what an outputs folder holds.")
@outputs_options
@click.option("--all", "show_all", is_flag=True, help="List everything that was rejected, not only the first.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(outputs: Path, show_all: bool, as_json: bool) -> None:
    """Tell what an outputs folder holds, what its last run did, and what was rejected and why."""
    with one_line_failures("reading the folder"):
        from flows.housekeeping.status import read_status

        with showing_work():
            found = read_status(outputs)
        if as_json:
            click.echo(json.dumps(found.as_json(), indent=2))
            return
        for label, line in lines_of(found, show_all=show_all):
            click.echo(f"{label:<{LABEL}}{line}".rstrip())


def lines_of(s: Status, *, show_all: bool = False) -> list[tuple[str, str]]:
    """Return what is printed, as (label, line)."""
    from flows.drops.rejected import BY_NAME
    from flows.summary import N_REJECTS
    from flows.terminal import one_line, printable

    replaced = f" ({s.n_superseded:,} replaced by a later version)" if s.n_superseded else ""
    kinds = ", ".join(_many(n, kind) for kind, n in s.findings.items())
    lines = [
        ("folder", printable(s.outputs)),
        ("articles", f"{s.n_rows['articles']:,}{replaced} · {_many(s.n_rows['claims'], 'claim')} · {_many(s.n_rows['pairs'], 'pair')} proposed"),
        ("findings", f"{sum(s.findings.values()):,}" + (f": {kinds}" if kinds else "")),
        ("files", f"{_many(s.n_files, 'file')} of {_many(s.n_runs, 'run')}, {_size(s.n_bytes)}; cache {_size(s.cache_bytes)}"),
    ]
    if s.n_files >= MANY_FILES:
        lines.append(("", "many small files make reading slow: claimdrift compact merges them"))
    if s.n_forgotten:
        lines.append(("forgotten", _many(s.n_forgotten, "article")))
    lines += _last_run(s)
    if s.writer:
        lines.append(("now", f"{printable(s.writer)} is writing here"))
    for drops in s.drops:
        waiting = "is not here" if drops.n_waiting is None else f"{_many(drops.n_waiting, 'file')} to be checked"
        lines.append(("drops", f"{printable(drops.folder)}: {waiting}"))
        if drops.problem:
            lines.append(("", f"{printable(drops.problem_at)}: {one_line(drops.problem)}"))
    lines += [("unfinished", printable(line)) for line in s.unfinished]
    if s.n_untold:
        lines.append(("to tell", f"findings of {_many(s.n_untold, 'run')}: the next run with --notify hands them over"))
    lines += [("set aside", f"{printable(name)}: belongs to no run") for name in s.set_aside]
    if s.rejects:
        reasons = ", ".join(f"{n:,} {printable(reason)}" for reason, n in s.reject_reasons.items())
        lines.append(("rejected", reasons + ("" if set(s.reject_reasons) <= set(BY_NAME) else "; claimdrift retry tries them again")))
        shown = s.rejects if show_all else s.rejects[:N_REJECTS]
        lines += [("", one_line(r.detail)) for r in shown]
        if len(s.rejects) > len(shown):
            lines.append(("", f"and {len(s.rejects) - len(shown):,} more: --all lists them"))
    if s.notes:
        lines.append(("read, but", ", ".join(f"{_many(n, reason)}" for reason, n in _reasons(s).items())))
    return lines


def _reasons(s: Status) -> dict[str, int]:
    from collections import Counter

    return dict(Counter(r.reason for r in s.notes))


def _last_run(s: Status) -> list[tuple[str, str]]:
    if s.last_run is None:
        return [("last run", "none published yet")]
    import datetime as dt

    from flows.housekeeping.status import days_ago
    from flows.terminal import printable

    run, counts = s.last_run, s.last_run.counts
    inputs = ", ".join(run.inputs[:3]) + (f" and {len(run.inputs) - 3:,} more" if len(run.inputs) > 3 else "")
    what = f"{_many(counts.get('articles', 0), 'new article')}, {_many(counts.get('findings', 0), 'new finding')}"
    return [
        ("last run", f"{run.finished_at:%Y-%m-%d %H:%M} UTC, {days_ago(run.finished_at, dt.datetime.now(dt.UTC))}: {what}"),
        *([("", f"checked {printable(inputs)}")] if inputs else []),
    ]


def _many(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 else 's'}"


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.1f} MB" if n_bytes >= 2**20 else f"{n_bytes / 2**10:,.0f} KB"
