"""`claimdrift forget`: take articles out of an outputs folder, for a takedown or a rule of retention."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.base import EXIT_USAGE, OneLineCommand, one_line_failures, showing_work, tell
from flows.commands.filter_options import outputs_options

if TYPE_CHECKING:
    from flows.housekeeping.forgetting import Forgetting

N_SHOWN = 10

EXAMPLES = """
Examples:
  claimdrift forget https://www.the-lantern.example/crane --outputs archive      every version of a page
  claimdrift forget a3f0c2b6d1e94a7f8c55e --outputs archive                      one article, by its id
  claimdrift forget --before 2024-01-01 --outputs archive --yes                  everything older, from a script

What was forgotten stays forgotten: a check that meets the same text again leaves it out. Delete the file as well.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Take articles out of every table.", no_args_is_help=True)
@click.argument("articles", metavar="[ARTICLE]...", nargs=-1)
@click.option("--before", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Forget articles published before this day, undated ones read before it.")
@outputs_options
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def forget(articles: tuple[str, ...], before: dt.datetime | None, outputs: Path, yes: bool) -> None:
    """Take articles, and all that was found with them, out of every table, the cache and the report.

    ARTICLE is an article_id, a source or a URL, as in the table sightings; a source or URL names every version it had.
    """
    if not articles and before is None:
        tell("name the articles to forget, or give --before DATE. claimdrift forget --help has examples.")
        sys.exit(EXIT_USAGE)
    with one_line_failures("forgetting"):
        from flows.housekeeping.forgetting import find_articles
        from flows.housekeeping.forgetting import forget as forget_articles

        day = before.date() if before else None
        with showing_work():
            gone = find_articles(outputs, articles, day)
        if not gone.article_ids:
            click.echo(f"No article in {_shown(str(outputs))} was published before {day}.")
            return
        if not yes:
            _ask(gone, outputs)
        with showing_work("rewriting the tables"):
            gone = forget_articles(outputs, articles, day)
        click.echo(f"Forgotten: {_counts(gone)}.")
        if gone.lost_sources:
            click.echo("Where files still hold the texts, delete these too; a check leaves out the same text, but not one that was changed.")


def _ask(gone: Forgetting, outputs: Path) -> None:
    click.echo(f"This takes {_counts(gone)} out of {_shown(str(outputs))}, for good:")
    lines = sorted({f"  {s.source}  {s.published_at:%Y-%m-%d}" if s.published_at else f"  {s.source}  undated" for s in gone.sightings})
    for line in lines[:N_SHOWN]:
        click.echo(_shown(line))
    if len(lines) > N_SHOWN:
        click.echo(f"  and {len(lines) - N_SHOWN:,} more places")
    if not sys.stdin.isatty():
        tell("nobody can be asked here. Give --yes to forget without asking.")
        sys.exit(EXIT_USAGE)
    if not click.confirm("Forget them?"):
        click.echo("Nothing was changed.")
        sys.exit(EXIT_USAGE)


def _counts(gone: Forgetting) -> str:
    numbers = ((len(gone.article_ids), "article"), (gone.n_claims, "claim"), (gone.n_findings, "finding"))
    return ", ".join(f"{n:,} {name}{'' if n == 1 else 's'}" for n, name in numbers)


def _shown(text: str) -> str:
    from flows.terminal import printable

    return printable(text)
