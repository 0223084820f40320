"""What the benchmarks measure with: a step's seconds and peak memory, the exponent of a growth, a part of the work in a process of its own."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULT = "result: "  # what a process of its own begins the line with that tells its figures


@dataclass
class Steps:
    """The seconds of the wall and of this process's work, and the peak memory in MB, of each step."""

    figures: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        forget_peak()
        began, began_cpu = time.perf_counter(), time.process_time()
        yield
        self.figures[step] = (time.perf_counter() - began, time.process_time() - began_cpu, peak_mb())


def peak_mb() -> float:
    """The highest resident memory of this process since `forget_peak`; since its start where the system cannot forget."""
    with suppress(OSError):
        line = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def forget_peak() -> None:
    """Let the peak begin anew (Linux: proc(5), clear_refs)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms, by least squares: 1 where values grow as sizes do. nan where a value is 0 or a size is alone."""
    if len(set(sizes)) < 2 or min(values) <= 0:
        return math.nan
    x, y = [math.log(s) for s in sizes], [math.log(v) for v in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def tell(result: Mapping[str, Any]) -> None:
    """Tell the parent what this process has measured."""
    print(RESULT + json.dumps(result), flush=True)


def in_fresh_process(script: str, *arguments: object) -> dict[str, Any]:
    """Run a script with arguments in a process of its own; return what it tells. What else it prints is passed on. Raises CalledProcessError."""
    command = [sys.executable, script, *map(str, arguments)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    found: dict[str, Any] | None = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(RESULT):
                found = json.loads(line.removeprefix(RESULT))
            else:
                print("  " + line, end="", flush=True)
    if process.returncode or found is None:
        raise subprocess.CalledProcessError(process.returncode or 1, command)
    return found
