"""`claimdrift review`: record what readers decided on the report's page, and what their decisions say so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.base import FiniteRange, OneLineCommand, OneLineGroup, one_line_failures, showing_work
from flows.commands.filter_options import outputs_options
from flows.wording import many

if TYPE_CHECKING:
    from flows.review_stats import Precision, ReviewStats

LABEL = 10

APPLY_EXAMPLES = """
Examples:
  claimdrift review apply claimdrift-reviews-2024-05-01.json
  claimdrift review apply ann.json ben.json --outputs archive      of several decisions on a finding the latest counts
  claimdrift report                                                then shows them to whoever reads the report

Nothing is computed anew or deleted: a dismissed finding stays in the tables, is hidden in lists and on the page, and is counted there. A finding of the same
thread with the same change is marked "like one you dismissed". Decisions are rows of DIR/reviews; applying a file twice adds nothing.
"""

STATS_EXAMPLES = """
Examples:
  claimdrift review stats
  claimdrift review stats --target 0.8 --json

Precision is the share of accepted findings among those accepted or dismissed, for whatever reason; the interval is Wilson's, at 95%. The score from which on
precision reaches the target is an estimate from these reviews: it holds for findings like those reviewed.
"""


EXAMPLES = """
Examples:
  claimdrift review apply claimdrift-reviews-2024-05-01.json
  claimdrift review stats --target 0.8
"""


@click.group(cls=OneLineGroup, epilog=EXAMPLES, short_help="Record decisions, and see how precise the findings are.")
def review() -> None:
    """Record decisions that were made on the report's page, and see how precise the findings are so far."""


@review.command(cls=OneLineCommand, epilog=APPLY_EXAMPLES, short_help="Record exported decisions.", no_args_is_help=True)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@outputs_options
def apply(files: tuple[Path, ...], outputs: Path) -> None:
    """Record the decisions of files that the report's page exported. All of them are recorded, or none."""
    with one_line_failures("recording the reviews"):
        from flows.reviews import read_review_file, record_reviews

        reviews = [review for file in files for review in read_review_file(file)]
        with showing_work("recording the reviews"):
            done = record_reviews(outputs, reviews)
    counts = ", ".join(f"{n:,} {decision}" for decision, n in done.decisions.items())
    say("recorded", f"{many(len(done.new), 'decision')}{': ' + counts if counts else ''}")
    if done.n_known:
        say("", f"{done.n_known:,} recorded before")
    if done.n_outdone:
        say("", f"{done.n_outdone:,} older than another decision on the same finding: the latest counts")
    if done.n_unknown:
        say("left out", f"{many(done.n_unknown, 'decision')} on findings that the folder does not hold")


@review.command(cls=OneLineCommand, epilog=STATS_EXAMPLES, short_help="Tell the precision so far, and what --min-score it suggests.")
@outputs_options
@click.option("--target", metavar="P", type=FiniteRange(0, 1, min_open=True), default=0.9, show_default=True, help="Precision that is aimed at.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def stats(outputs: Path, target: float, as_json: bool) -> None:
    """Tell the precision of each kind and type by the reviews so far, and the lowest --min-score that would reach a target."""
    with one_line_failures("the statistics"):
        from flows.review_stats import review_stats

        with showing_work():
            found = review_stats(outputs, target=target)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
        return
    for line in stats_lines(found):
        click.echo(line)


def stats_lines(s: ReviewStats) -> list[str]:
    """Return what is printed."""
    n_decided = s.n_accepted + s.n_dismissed
    split = f"{s.n_accepted:,} accepted, {s.n_dismissed:,} dismissed, {s.n_noted:,} only noted"
    lines = [f"{'reviewed':<{LABEL}}{n_decided + s.n_noted:,} of {many(s.n_findings, 'finding')}: {split}"]
    if s.n_gone:
        lines.append(f"{'':<{LABEL}}{many(s.n_gone, 'review')} of findings that are not here any more left out")
    if s.n_made_anew:
        lines.append(f"{'':<{LABEL}}{many(s.n_made_anew, 'review')} older than the run that made the finding: kind or score may have changed since")
    if s.overall:
        lines += ["", f"{'':<16}{'accepted':>8}{'decided':>9}{'precision':>11}   95% interval"]
        lines += [_row(s.overall), "", *map(_row, s.kinds), "", *map(_row, s.types)]
    lines.append("")
    if s.suggestion is None:
        lines.append(f"No score suggested for a precision of {s.target:g}: {s.why_none}.")
    else:
        to = s.suggestion
        lines += [
            f"The lowest --min-score for a precision of {s.target:g} is {to.min_score:.2f}: it is estimated at {to.estimate:.2f} for the "
            f"{many(to.n_findings, 'finding')} at or over that.",
            f"An estimate: it rests on {to.reviewed.n_decided:,} reviews there, {to.reviewed.n_accepted:,} accepted "
            f"(interval {to.reviewed.low:.2f} to {to.reviewed.high:.2f}), and on findings like those reviewed.",
        ]
    return lines


def _row(p: Precision) -> str:
    return f"{p.name:<16}{p.n_accepted:>8,}{p.n_decided:>9,}{p.precision:>11.2f}   {p.low:.2f} to {p.high:.2f}"


def say(label: str, text: str) -> None:
    click.echo(f"{label:<{LABEL}}{text}")
