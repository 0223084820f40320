"""From the options of a command, or the parameters of a flow, to a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from flows.worker_options import WorkerOptions

if TYPE_CHECKING:
    from flows.pipeline import CheckRun
    from models.checkpoint import Precision


class RunOptions(TypedDict, total=False):
    """The options of a run that commands, flows and deployments share; None stands for the default. The docstring of flows/check_claims.py tells them."""

    model: str | None
    precision: str | None
    min_score: float | None
    window_days: int | None
    text_field: str | None
    title_field: str | None
    date_field: str | None
    url_field: str | None
    outlet_field: str | None
    id_field: str | None
    engine: str | None
    address: str | None
    ray_workers: int | None
    gpus_per_worker: float | None


def make_run(
    inputs: Sequence[str | Path] | str | Path, outputs: str | Path = "outputs", *, rebuild: bool = False, root: str | Path | None = None,
    **options: Unpack[RunOptions],
) -> CheckRun:  # fmt: skip
    """Return a run, ready to be carried out. Raises InputError for a setting out of range.

    `root`: the inputs are files below this folder, each called what it is called when the folder is the input.
    """
    from flows.pipeline import CheckRun, Settings  # PyTorch comes with it: not before Prefect's server was asked to start
    from flows.steps.articles import InputError, ReadOptions
    from models.checkpoint import PRECISIONS

    workers = WorkerOptions.of(options)
    settings = Settings()
    precision, min_score, window_days = options.get("precision"), options.get("min_score"), options.get("window_days")
    if min_score is not None:
        if not 0.0 <= min_score <= 1.0:
            raise InputError(f"min_score {min_score}: a score is between 0 and 1")
        settings = dataclasses.replace(settings, min_score=min_score)
    if window_days is not None:
        if window_days < 1:
            raise InputError(f"window_days {window_days}: give the days that two articles of one event may lie apart, 1 or more")
        settings = dataclasses.replace(settings, window_days=window_days)
    if precision not in (None, *PRECISIONS):
        raise InputError(f"precision {precision!r}: give {' or '.join(PRECISIONS)}")
    read_options = ReadOptions(
        text_field=options.get("text_field"), title_field=options.get("title_field"), date_field=options.get("date_field"), url_field=options.get("url_field"),
        outlet_field=options.get("outlet_field"), id_field=options.get("id_field"), root=None if root is None else Path(root),
    )  # fmt: skip
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    return CheckRun(
        paths, outputs, model=options.get("model"), precision=cast("Precision | None", precision), settings=settings, options=read_options, rebuild=rebuild,
        worker_options=workers,
    )  # fmt: skip
