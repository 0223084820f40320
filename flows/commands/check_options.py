"""Options that check, watch and serve share: each group in one place, as a decorator that keeps their order."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flows.commands.base import FiniteRange
from flows.config import config_option
from flows.steps.measured import measured

Command = Callable[..., Any]


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _check_command(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        if value is not None and not shlex.split(value):
            raise click.BadParameter("it is empty")
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no command: {error}") from error
    return value


_RIGHT = ", ".join(f"{p:.0%} at {s:g}" for s, p in zip(measured().min_score, measured().precision, strict=True))

model_options = _all(
    click.option("--model", metavar="PATH_OR_HUB_ID", help="Three-label NLI checkpoint in place of the embedded one: a folder, or a hub id to download."),
    click.option(
        "--precision", type=click.Choice(["float32", "bfloat16"]),
        help="How the model computes. bfloat16 is up to 1.7 times as fast where the processor has it, and the default there; elsewhere float32 is.",
    ),
    click.option(
        "--min-score", metavar="S", type=FiniteRange(0, 1),
        help=f"Findings need at least this score. Right on annotated stories kept apart: {_RIGHT}; of real news, fewer.  [default: 0.4]",
    ),
    click.option("--window-days", metavar="N", type=click.IntRange(min=1), help="Articles further apart in time are not compared.  [default: 60]"),
)  # fmt: skip

engine_options = _all(
    click.option(
        "--engine", type=click.Choice(["local", "ray"]),
        help="What extracts, encodes and scores: this process, or workers on Ray, which is installed apart.  [default: local]",
    ),
    click.option("--address", metavar="HOST:PORT", help="Head of the Ray cluster to join, or auto. Without it, Ray is started on this machine."),
    click.option("--ray-workers", metavar="N", type=click.IntRange(min=1), help="How many workers on Ray.  [default: one a processor]"),
    click.option("--gpus-per-worker", metavar="X", type=FiniteRange(0), help="GPUs of each, or a share of one.  [default: 0]"),
)  # fmt: skip

field_options = _all(
    click.option("--text-field", metavar="NAME", help="Field of JSON, JSONL, CSV and Parquet records that holds the text; usual names are known. Likewise:"),
    click.option("--title-field", metavar="NAME", help="the headline,"),
    click.option("--date-field", metavar="NAME", help="the time of publication,"),
    click.option("--url-field", metavar="NAME", help="the address,"),
    click.option("--outlet-field", metavar="NAME", help="the publisher,"),
    click.option("--id-field", metavar="NAME", help="the record's own id."),
)

tell_options = _all(
    click.option("--notify", metavar="COMMAND", callback=_check_command, help="Command that gets new findings as JSON on standard input, once a run."),
    click.option(
        "--watch-terms", metavar="FILE", type=click.Path(path_type=Path),
        help="Text file of one name a line; new findings that touch one are marked.",
    ),
    config_option,
)  # fmt: skip
