"""`claimdrift explain`: why a finding is one, or why a pair of claims is none."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows.commands.base import EXIT_USAGE, OneLineCommand, one_line_failures, showing_work, tell
from flows.commands.filter_options import outputs_options

EXAMPLES = """
Examples:
  claimdrift explain fdcdc4417656175c51b03          a finding; any beginning of the id that no other has will do
  claimdrift explain --pair "a1bf1f:risen to eight" "echo/crane.txt:at least four people"

ARTICLE is an article_id, a beginning of one that no other has, or a source as in the table sightings; QUOTE is a part of a claim in it.
Both articles are those of the outputs folder. What the folder does not hold is computed again with the model it was made with.
"""


@click.command(cls=OneLineCommand, epilog=EXAMPLES, short_help="Say why a pair of claims is a finding, or is none.", no_args_is_help=True)
@click.argument("finding_id", metavar="[FINDING_ID]", required=False)
@click.option("--pair", nargs=2, metavar="ARTICLE:QUOTE ARTICLE:QUOTE", help="Two claims in place of a finding: say why they are a finding, or are none.")
@outputs_options
def explain(finding_id: str | None, pair: tuple[str, str] | None, outputs: Path) -> None:
    """Say why a finding is one, with the words, the probabilities and how each feature moved the score; or at which step a pair was dropped."""
    if (finding_id is None) == (pair is None):
        tell("give a FINDING_ID, or --pair with two quotes. claimdrift explain --help shows both.")
        sys.exit(EXIT_USAGE)
    with one_line_failures("the explanation"):
        from rich.console import Console

        from flows.explain import explain_finding, explain_pair
        from flows.explain_text import print_explanation

        with showing_work():
            explanation = explain_pair(outputs, *pair) if pair is not None else explain_finding(outputs, finding_id or "")
        print_explanation(explanation, Console())
