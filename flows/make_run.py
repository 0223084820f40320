"""From the options of a command, or the parameters of a flow, to a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from flows.pipeline import CheckRun
    from models.checkpoint import Precision


def make_run(
    inputs: Sequence[str | Path] | str | Path,
    outputs: str | Path = "outputs",
    *,
    model: str | None = None,
    precision: str | None = None,
    min_score: float | None = None,
    window_days: int | None = None,
    text_field: str | None = None,
    title_field: str | None = None,
    date_field: str | None = None,
    url_field: str | None = None,
    outlet_field: str | None = None,
    id_field: str | None = None,
    rebuild: bool = False,
    root: str | Path | None = None,
) -> CheckRun:
    """Return a run, ready to be carried out; parameters are those of the flow. Raises InputError for a setting out of range.

    `root`: the inputs are files below this folder, each called what it is called when the folder is the input.
    """
    from flows.pipeline import CheckRun, Settings  # PyTorch comes with it: not before Prefect's server was asked to start
    from flows.steps.articles import InputError, ReadOptions
    from models.checkpoint import PRECISIONS

    settings = Settings()
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
    options = ReadOptions(
        text_field=text_field, title_field=title_field, date_field=date_field, url_field=url_field, outlet_field=outlet_field, id_field=id_field,
        root=None if root is None else Path(root),
    )  # fmt: skip
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    return CheckRun(paths, outputs, model=model, precision=cast("Precision | None", precision), settings=settings, options=options, rebuild=rebuild)
