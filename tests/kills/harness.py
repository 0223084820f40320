"""Kill runs at random moments, and see what is left: `python -m tests.kills.harness FOLDER --kills 10 --seed 1`.

A plan of drops, compactions and a takedown is carried out twice into two outputs folders: undisturbed, and with SIGKILL at random moments, after each of which
the same command is given again until it ends by itself. Beside the second, a reader loops `pd.read_parquet` over every table, and over `findings` in the
current view. The results must be equal, and the reader must never see a table that cannot be read, a row twice, or a finding that went away before it was
forgotten. Everything that runs is a fork of this process, so a command starts in a moment; this process itself runs nothing. Prints what it did, as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from tests.core_examples import write_articles
from tests.kills.invented import check, invented_articles, use_invented_engine

RETENTION = dt.date(2025, 3, 11)  # the takedown: everything published before
KEYS = {
    "articles": ["article_id"], "sightings": ["article_id", "source"], "claims": ["claim_id"], "comparisons": ["earlier_article_id", "later_article_id"],
    "pairs": ["earlier_claim_id", "later_claim_id"], "rejects": ["source", "reason", "detail"], "findings": ["finding_id"], "runs": ["run_id"],
}  # fmt: skip


def plan(drops: list[Path], outputs: Path) -> list[tuple[str, Callable[[Callable[[str], None]], object]]]:
    """Return the commands, by name: each drop, a compaction after every third, at last a takedown and a compaction."""
    from flows.housekeeping.compacting import compact
    from flows.housekeeping.forgetting import forget

    commands: list[tuple[str, Callable[[Callable[[str], None]], object]]] = []
    for n, drop in enumerate(drops, 1):
        commands.append((f"drop {n}", lambda at_step, drop=drop: check([drop], outputs, at_step=at_step)))
        if n % 3 == 0:
            commands.append((f"compact {n}", lambda at_step: (at_step("compact"), compact(outputs))))
    commands.append(("forget", lambda at_step: (at_step("forget"), forget(outputs, before=RETENTION))))
    commands.append(("compact", lambda at_step: (at_step("compact"), compact(outputs))))
    return commands


class Child:
    """A fork that carries out one command and tells of each step."""

    def __init__(self, command: Callable[[Callable[[str], None]], object]) -> None:
        reading, writing = os.pipe()
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            status = 0
            try:
                command(lambda step: os.write(writing, f"{step}\n".encode()) and None)
                os.write(writing, b"end\n")
            except BaseException:  # noqa: BLE001 - told by the exit code, whatever it is
                traceback.print_exc()
                status = 1
            os._exit(status)
        os.close(writing)
        self.pipe = reading

    def steps(self, until: str | None = None) -> list[tuple[str, float]]:
        """Read the steps with their times, up to one of this name, or to the end."""
        found: list[tuple[str, float]] = []
        while chunk := os.read(self.pipe, 4096):
            at = time.monotonic()
            for step in chunk.decode().split():
                found.append((step, at))
                if step == until:
                    return found
        return found

    def wait(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(status)


def undisturbed(command: Callable) -> list[tuple[str, float]]:
    """Carry out a command; return its steps with the seconds each took."""
    child = Child(command)
    steps = child.steps()
    if child.wait():
        sys.exit("a command failed without being killed")
    return [(step, after - at) for (step, at), (_, after) in pairwise(steps)]


def kill_once(command: Callable, steps: list[tuple[str, float]], rng: random.Random) -> str | None:
    """Start a command and kill it in a random step; return the step, or None where it was done before. Half of the kills fall on writing."""
    writing = [s for s in steps if s[0] in ("publish", "compact", "forget")]
    step, seconds = rng.choice(writing if rng.random() < 0.5 else steps)
    child = Child(command)
    child.steps(until=step)
    # Not a sleep alone: the command may end meanwhile, and the next one may start.
    select.select([], [], [], rng.uniform(0.0, seconds))
    os.kill(child.pid, signal.SIGKILL)
    status = child.wait()
    if status not in (0, -signal.SIGKILL):
        sys.exit(f"a command failed by itself in step {step}")
    return step if status else None


def read_all_the_time(outputs: Path, stop: Path, told: Path) -> None:
    """Read every table until `stop` is there; raise where one cannot be read, holds a row twice, or lost a finding that no takedown explains."""
    import pandas as pd

    from flows.tables import load

    counts: Counter[str] = Counter()
    findings: set[str] = set()
    while not stop.exists():
        for table, key in KEYS.items():
            forgetting = (outputs / ".forgotten").exists()
            try:
                rows = pd.read_parquet(outputs / table)
            except FileNotFoundError:  # a folder changed places after it was listed: told apart in what is printed
                counts["reads that came between"] += 1
                rows = pd.read_parquet(outputs / table)
            twice = rows[rows.duplicated(key)]
            assert twice.empty, f"{table}: {len(twice)} rows are there twice"
            counts["reads"] += 1
            if table == "findings":
                seen = set(rows.finding_id)
                assert findings <= seen or forgetting or (outputs / ".forgotten").exists(), "a finding went away"
                findings = seen
        current = load(outputs, "findings")
        assert current.finding_id.is_unique
        counts["current views"] += 1
        time.sleep(0.02)  # the writer needs the processor too
    told.write_text(json.dumps(counts))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--drops", type=int, default=4)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    use_invented_engine()

    articles = list(invented_articles(options.articles, options.seed).items())
    rng.shuffle(articles)
    drops = [options.folder / f"drop-{n}" for n in range(options.drops)]
    for n, drop in enumerate(drops):
        write_articles(drop, dict(articles[n :: options.drops]))
    timed = [(name, undisturbed(command)) for name, command in plan(drops, options.folder / "undisturbed")]

    outputs, stop, told = options.folder / "killed", options.folder / "stop", options.folder / "reader.json"
    where = [rng.randrange(len(timed)) for _ in range(options.kills)]
    killed: Counter[str] = Counter()
    reader: Child | None = None
    for n, (_, command) in enumerate(plan(drops, outputs)):
        left, tries = where.count(n), 0
        while left and tries < 10 * options.kills:  # a command that is done already leaves little time to kill it
            tries += 1
            step = kill_once(command, timed[n][1], rng)
            if step is not None:
                killed[step] += 1
                left -= 1
        undisturbed(command)
        if reader is None:  # from the first results on
            reader = Child(lambda _: read_all_the_time(outputs, stop, told))
    stop.touch()
    if reader is None or reader.wait():
        sys.exit("the reader failed")
    print(json.dumps({"killed in": killed, "reader": json.loads(told.read_text())}))


if __name__ == "__main__":
    main()
