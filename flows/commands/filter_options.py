"""Options that the commands that read an outputs folder share: the folder, and the filters by which `findings` and `export` pick findings."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.base import EXIT_USAGE, FiniteRange, tell
from flows.config import config_option

if TYPE_CHECKING:
    from flows.listing import Filters

# As in flows/records.py and flows/listing.py, which load PyArrow; a test holds them together.
KINDS = ("contradiction", "update", "drift")
TYPES = ("entity", "quantity", "time", "place", "certainty", "status", "negation", "attribution", "label")
REVIEW_CHOICES = ("kept", "open", "accepted", "noted", "dismissed", "all")

_OPTIONS = (
    click.option("--kind", "kinds", metavar="KIND", multiple=True, type=click.Choice(KINDS), help=f"Of this kind: {', '.join(KINDS)}. Repeatable."),
    click.option(
        "--type", "types", metavar="TYPE", multiple=True, type=click.Choice(TYPES), help=f"With a change of this type: {', '.join(TYPES)}. Repeatable."
    ),
    click.option("--outlet", "outlets", metavar="NAME", multiple=True, help="With a claim that this outlet carries, also in a copy. Repeatable."),
    click.option("--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="One of the claims was published on this day (UTC) or after it."),
    click.option(
        "--until", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="One was published on this day (UTC) or before it; with --since the same one."
    ),
    click.option("--min-score", metavar="S", type=FiniteRange(0, 1), default=0.0, help="With at least this score."),
    click.option("--storyline", metavar="ID", default="", help="Of this storyline: its id, or the beginning of it."),
    click.option("--text", metavar="WORDS", default="", help="With all these words in the claims, sources, outlets, headlines or verdict; case aside."),
    click.option("--new", is_flag=True, help="Of the last run only."),
    click.option(
        "--review", metavar="STATE", type=click.Choice(REVIEW_CHOICES), default="kept", show_default=True,
        help="kept: all but the dismissed; open: not reviewed; accepted, noted, dismissed; all.",
    ),
)  # fmt: skip


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filters to a command; they come as keywords that `filters_of` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def filters_of(since: dt.datetime | None, until: dt.datetime | None, **given: Any) -> Filters:
    """Return the filters that were given; a span of time that is none ends the program with one line."""
    from flows.listing import Filters

    if since and until and since > until:
        tell(f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}: no finding can be in between.")
        sys.exit(EXIT_USAGE)
    return Filters(since=since.date() if since else None, until=until.date() if until else None, **given)


def outputs_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --outputs, the folder that is read, and --config."""
    command = config_option(command)
    return click.option(
        "--outputs", "-o", metavar="DIR", default="outputs", show_default=True, type=click.Path(path_type=Path), help="Folder with the results."
    )(command)
