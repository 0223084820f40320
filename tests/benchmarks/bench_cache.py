"""What the cache of scores saves: a check into a new outputs folder, then the same into another new one that was given the first one's cache.

    python tests/benchmarks/bench_cache.py [INPUT…] [--articles 100] [--rounds 3] [--quick]

Each check is the command `claimdrift check`, in a process of its own, as a user starts it. By default two inputs are measured: seeds/, where Prefect and the
loading of the model take most of the time, and 100 articles made anew from our annotated stories (recombined.py), events of five. Cold and warm alternate, and
the figures are medians. The two checks of a round must find the same, and a warm one must compute no score.

command    from starting the command to its end
steps      the run's own seconds, without Prefect and the imports
score      the run's seconds in the step that scores
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recombined import one_period

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
COMMAND = "from flows.cli import main; main()"
FASTER = {"score": 20.0, "command": 3.0}  # what --assert wants


@dataclass(frozen=True)
class Check:
    """What one check took, in seconds, and what came of it."""

    command_s: float
    seconds: dict[str, float]
    n_computed: int
    n_scored: int
    findings: list[tuple[Any, ...]]

    @property
    def figures(self) -> dict[str, float]:
        steps = {name: s for name, s in self.seconds.items() if name != "load model"}
        return {"command": self.command_s, "steps": sum(steps.values()), "score": self.seconds["score"]}


def check(inputs: Sequence[str], outputs: Path, options: Sequence[str]) -> Check:
    """Run the command. Raises CalledProcessError where it fails; what it wrote to standard error is shown then."""
    command = [sys.executable, "-c", COMMAND, "check", *inputs, "--outputs", str(outputs), "--quiet", *options]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "DO_NOT_TRACK": "1"}, capture_output=True, text=True, check=False)
    command_s = time.perf_counter() - began
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)
    from flows.tables import load

    run = load(outputs, "runs").iloc[-1]
    found = load(outputs, "findings")
    rows = sorted((f.finding_id, f.kind, round(f.score, 6), tuple(f.types)) for f in found.itertuples())
    return Check(command_s, dict(run["seconds"]), run["counts"]["scores computed"], run["counts"]["pairs scored"], rows)


def measure(name: str, inputs: Sequence[str], rounds: int, options: Sequence[str]) -> dict[str, float]:
    """Check cold and warm by turns; print the medians, and return how many times faster warm ones are."""
    cold, warm = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder, "cold"), Path(folder, "warm")
            cold.append(check(inputs, first, options))
            second.mkdir()
            shutil.copytree(first / ".cache", second / ".cache")
            warm.append(check(inputs, second, options))
        if cold[-1].findings != warm[-1].findings:
            sys.exit(f"{name}: the warm check found other things than the cold one")
        if warm[-1].n_computed:
            sys.exit(f"{name}: the warm check computed {warm[-1].n_computed} scores anew")
    print(f"{name}: {cold[0].n_scored:,} pairs scored, {cold[0].n_computed:,} scores computed, {len(cold[0].findings):,} findings; medians of {rounds}")
    faster = {}
    for figure in ("command", "steps", "score"):
        sides = [[c.figures[figure] for c in side] for side in (cold, warm)]
        medians = [statistics.median(side) for side in sides]
        faster[figure] = medians[0] / max(medians[1], 0.001)
        ranges = [f"{min(side):.2f} to {max(side):.2f}" for side in sides]
        print(f"  {figure:10} cold {medians[0]:8.2f} s ({ranges[0]})   warm {medians[1]:8.2f} s ({ranges[1]})   {faster[figure]:6.1f} times faster")
    for side, checks in (("cold", cold), ("warm", warm)):
        whole = statistics.median(c.command_s for c in checks)
        shares = {step: statistics.median(c.seconds[step] for c in checks) / whole for step in checks[0].seconds}
        rest = 1 - sum(shares.values())
        print(f"  {side}: " + ", ".join(f"{step} {share:.0%}" for step, share in shares.items()) + f", Prefect, imports, report {rest:.0%}")
    return faster


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", help="as for claimdrift check; by default seeds/, then articles made anew")
    parser.add_argument("--articles", type=int, default=100, help="how many are made anew")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", help="checkpoint; the embedded one by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="10 articles made anew, one round: whether it runs, not how fast")
    parser.add_argument("--assert", dest="fast", action="store_true", help=f"fail where the last input is not this many times faster: {FASTER}")
    args = parser.parse_args()
    options = ["--model", args.model] if args.model else []
    if args.inputs:
        faster = measure(" ".join(args.inputs), [str(Path(path).resolve()) for path in args.inputs], args.rounds, options)
    else:
        n, rounds = (10, 1) if args.quick else (args.articles, args.rounds)
        if not args.quick:
            measure("seeds/", [str(SEEDS)], rounds, options)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in one_period(n, 5, 30, args.seed).items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            faster = measure(f"{n} articles made anew", [folder], rounds, options)
    slow = [f"{figure} {faster[figure]:.1f} times, not {least:g}" for figure, least in FASTER.items() if faster[figure] < least]
    if args.fast and slow:
        sys.exit(f"a warm check is not as much faster as it should be: {', '.join(slow)}")


if __name__ == "__main__":
    main()
