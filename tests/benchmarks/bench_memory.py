"""Time and memory of a check, step by step, without the model that scores pairs: what is spent on all that goes on around it.

    python tests/benchmarks/bench_memory.py [CORPUS] [--likely 0.02] [--vectors FOLDER] [--keep FOLDER]

Claims are read and encoded for real, so the pairs are those that a check of CORPUS (seeds/ by default) proposes. Their scores are rows drawn once from a seed,
looked up by the lengths of the two texts, of which the share `--likely` passes the first look. Vectors are kept in `--vectors` for the next run: the seconds of
"relate" are without the encoder's where they are there.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import numpy as np

from flows import engine
from flows.engine import Engine
from flows.pipeline import CheckRun
from flows.steps.cache import ModelCache
from flows.steps.findings import SAME_FACT_FLOOR
from flows.steps.scoring import encode_texts
from flows.workers import LocalWorkers
from models.encoder import ClaimEncoder
from models.nli import NliScorer, NliScores

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")
N_ROWS = 1_009  # different rows of scores; a prime, so that lengths spread over them


class DrawnScores:
    """Scores pairs in no time, by the lengths of their texts."""

    has_heads = True

    def __init__(self, likely: float) -> None:
        rng = np.random.default_rng(7)
        rows = NliScores.from_rows(rng.random((N_ROWS, NliScores.row_width())).astype(np.float32))
        rows.nli[:], rows.relation[:] = rng.dirichlet([0.5] * 3, N_ROWS), rng.dirichlet([0.5] * 3, N_ROWS)
        rows.premise_spans[:], rows.hypothesis_spans[:] = -1, -1
        passes = rng.random(N_ROWS) < likely
        rows.same_fact[:] = np.where(passes, rng.uniform(SAME_FACT_FLOOR, 1, N_ROWS), 0.0)
        self.rows = np.round(rows.to_rows(), 4)

    def score(self, pairs: Sequence[tuple[str, str]], *, on_progress: Callable[[int], None] | None = None) -> NliScores:
        index = [(31 * len(premise) + 7 * len(hypothesis)) % N_ROWS for premise, hypothesis in pairs]
        if on_progress is not None:
            on_progress(len(pairs))
        return NliScores.from_rows(self.rows[index])


class KeptVectors:
    """Encodes with an engine, and keeps the vectors in a folder."""

    def __init__(self, real: Engine, folder: Path) -> None:
        self.real, self.folder, self.width = real, folder, real.encoder.width

    def encode(self, texts: Sequence[str], **_: Any) -> np.ndarray:
        with ModelCache(self.folder, self.real.model_id) as cache:
            vectors = encode_texts(texts, LocalWorkers(self.real), cache)
        return np.stack([vectors[text] for text in texts])


def use_drawn_scores(likely: float, vectors: Path) -> None:
    """Let this process check with drawn scores and the embedded checkpoint's vectors."""
    real = engine.load_engine()
    made = dataclasses.replace(real, scorer=cast(NliScorer, DrawnScores(likely)), encoder=cast(ClaimEncoder, KeptVectors(real, vectors)))
    import flows.pipeline

    flows.pipeline.load_engine = lambda *_, **__: made


def peak_mb() -> float:
    """The highest resident memory of this process since `forget_peak`; since its start where the system cannot forget."""
    try:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> None:
    with suppress(OSError):  # not Linux: the peaks printed are then those of all steps so far
        Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", default=SEEDS)
    parser.add_argument("--likely", type=float, default=0.02, help="share of the rows that passes the first look")
    parser.add_argument("--vectors", type=Path, help="folder that keeps the vectors for the next run")
    parser.add_argument("--keep", type=Path, help="outputs folder to make and keep; by default one that is deleted")
    parser.add_argument("--until", choices=STEPS, default=STEPS[-1], help="last step to take")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_drawn_scores(args.likely, args.vectors or Path(folder) / "vectors")
        run = CheckRun([args.corpus], args.keep or Path(folder) / "outputs")
        with run.outputs.lock():
            print(f"{'step':10} {'seconds':>8} {'of CPU':>8} {'peak MB':>8}")
            rows = []
            for step in STEPS[: STEPS.index(args.until) + 1]:
                forget_peak()
                began, began_cpu = time.perf_counter(), time.process_time()
                getattr(run, step)()
                rows.append((time.perf_counter() - began, time.process_time() - began_cpu, peak_mb()))
                print(f"{step:10} {rows[-1][0]:8.1f} {rows[-1][1]:8.1f} {rows[-1][2]:8.0f}", flush=True)
            seconds, cpu, peaks = zip(*rows, strict=True)
            print(f"{'all':10} {sum(seconds):8.1f} {sum(cpu):8.1f} {max(peaks):8.0f}")
        print(", ".join(f"{name} {n:,}" for name, n in run.counts.items()))


if __name__ == "__main__":
    main()
