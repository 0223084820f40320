"""From a file dropped to its findings published, with `claimdrift watch`: the time beyond the checking itself.

    python tests/benchmarks/bench_watch.py [--drops 5] [--articles 3] [--model DIR] [--settle 2.0]

Starts a watcher on an empty folder, drops articles one after the other, each time into a file of another name that is then renamed, and waits for the run to be
published. Prints for each drop: the seconds from the last rename to the published run; of these, those that the run's own steps took; what is left, of which
--settle is spent on waiting whether the files still change; and the seconds until the summary was printed, the report written.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from recombined import shared_events

TINY = Path(__file__).resolve().parents[1] / "data" / "tiny-nli"
POLL_S = 0.01
MAX_WAIT_S = 600.0


def published(outputs: Path) -> int:
    return sum(not path.name.startswith(".") for path in (outputs / "runs").glob("*.parquet"))


def drop(articles: dict[str, str], folder: Path) -> float:
    """Write articles under names that a watcher passes over, then rename them; return when the last one was there."""
    for name, text in articles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".part").write_text(text, encoding="utf-8")
        path.with_suffix(".part").replace(path)
    return time.monotonic()


def wait_for_run(outputs: Path, n: int, watcher: subprocess.Popen[str]) -> float:
    """Wait for the n-th run to be published; return when it was."""
    last = time.monotonic() + MAX_WAIT_S
    while published(outputs) < n:
        if watcher.poll() is not None or time.monotonic() > last:
            sys.exit("the watcher published nothing")
        time.sleep(POLL_S)
    return time.monotonic()


def watch(drops: list[dict[str, str]], folder: Path, outputs: Path, options: list[str]) -> list[tuple[float, float, float]]:
    """Return (until published, in the run's steps, until printed) for each drop. Seconds."""
    folder.mkdir()
    command = [str(Path(sys.executable).with_name("claimdrift")), "watch", str(folder), "--outputs", str(outputs), "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watcher:
        try:
            out, errors = watcher.stdout, watcher.stderr
            assert out is not None
            assert errors is not None
            wait_until_it_watches(errors)
            found = []
            for n, articles in enumerate(drops, 1):
                at = drop(articles, folder)
                published_s = wait_for_run(outputs, n, watcher) - at
                summary = json.loads(out.readline())
                found.append((published_s, sum(summary["seconds"].values()), time.monotonic() - at))
            return found
        finally:
            watcher.terminate()


def wait_until_it_watches(errors: IO[str]) -> None:
    for line in errors:
        if line.startswith("watching "):
            return
        print(line, end="", file=sys.stderr)
    sys.exit("the watcher ended before it watched")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=5)
    parser.add_argument("--articles", type=int, default=3, help="of each drop, all of one event")
    parser.add_argument("--model", default=str(TINY), help="checkpoint; by default a tiny one with random weights, '' for the embedded one")
    parser.add_argument("--settle", type=float, default=2.0)
    args = parser.parse_args()
    options = ["--settle", str(args.settle), "--min-score", "0.2", *(["--model", args.model] if args.model else [])]
    with tempfile.TemporaryDirectory() as name:
        found = watch(shared_events(args.drops, args.articles, 1, seed=1), Path(name) / "drops", Path(name) / "outputs", options)
    print("drop  published  checking    beyond   printed")
    for n, (published_s, checking_s, printed_s) in enumerate(found, 1):
        print(f"{n:4} {published_s:8.2f} s {checking_s:7.2f} s {published_s - checking_s:7.2f} s {printed_s:7.2f} s")
    beyond = [published_s - checking_s for published_s, checking_s, _ in found]
    print(f"beyond the checking: median {statistics.median(beyond):.2f} s, most {max(beyond):.2f} s, of which {args.settle:.1f} s to settle")


if __name__ == "__main__":
    main()
