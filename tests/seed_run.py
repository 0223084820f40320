"""One run over seeds/ with the embedded model, without Prefect: what the README shows and the golden findings are taken from."""

from __future__ import annotations

from pathlib import Path

from flows.pipeline import CheckRun

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")


def check_seeds(seeds: Path, outputs: Path) -> Path:
    """Check the sample articles into a new folder `outputs`, and return it."""
    run = CheckRun([seeds], outputs, precision="float32")  # the same on every machine
    with run.outputs.lock():
        for step in STEPS:
            getattr(run, step)()
    return outputs
