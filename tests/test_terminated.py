"""TERM and Ctrl-C while a run scores: one line, an exit code that says so, old results as they were, nothing locked; and the next run does the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.commands.base import EXIT_INTERRUPTED, EXIT_TERMINATED
from flows.drops.watcher import DropWatcher, only_watcher
from flows.pipeline import Settings
from flows.tables import Outputs, load
from tests.core_examples import FRIDAY, MONDAY, write_articles
from tests.kills.invented import check

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="signals"), pytest.mark.usefixtures("invented_engine")]

# The program, with an engine that takes no time and a scoring that takes a minute and says when it begins.
PROGRAM = """
import sys, time
sys.argv[0] = "claimdrift"
from tests.kills.invented import use_invented_engine
use_invented_engine()
from flows.pipeline import CheckRun
def score(run):
    print("scoring", flush=True)
    for _ in range(600):
        time.sleep(0.1)
CheckRun.score = score
from flows.cli import main
main()
"""
AGAIN = "nothing was published. Run it again: what was scored is kept, but for the last few hundred pairs"
STOPPED = "stopped while checking; the drop under way is taken up by the next start; what was scored is kept, but for the last few hundred pairs"


@pytest.mark.parametrize(
    ("command", "number", "code", "line"),
    [
        pytest.param(["watch"], signal.SIGTERM, EXIT_TERMINATED, STOPPED, id="watch, TERM"),
        pytest.param(["watch"], signal.SIGINT, EXIT_INTERRUPTED, STOPPED, id="watch, Ctrl-C"),
        pytest.param(["watch", "--once"], signal.SIGTERM, EXIT_TERMINATED, f"terminated; {AGAIN}", id="watch --once, TERM"),
        pytest.param(["check"], signal.SIGTERM, EXIT_TERMINATED, f"terminated; {AGAIN}", id="check, TERM", marks=pytest.mark.slow),
        pytest.param(["check"], signal.SIGINT, EXIT_INTERRUPTED, f"interrupted; {AGAIN}", id="check, Ctrl-C", marks=pytest.mark.slow),
    ],
)
def test_a_run_that_is_ended_while_it_scores(tmp_path: Path, repo_root: Path, command: list[str], number: int, code: int, line: str) -> None:
    drops, outputs = tmp_path / "drops", tmp_path / "out"
    write_articles(drops, {"echo/a.txt": MONDAY})
    check([drops], outputs, settings=Settings())
    before = load(outputs, "claims").claim_id.tolist()
    write_articles(drops, {"echo/a.txt": MONDAY, "b.txt": FRIDAY})
    arguments = [command[0], str(drops), "-o", str(outputs), *command[1:], *(["--settle", "0.1"] if command[0] == "watch" else []), "--quiet"]
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=repo_root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "scoring\n", process.communicate(timeout=60)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, stdout, stderr) == (code, "", f"claimdrift: {line}\n")
    assert load(outputs, "claims").claim_id.tolist() == before
    with only_watcher(outputs), Outputs(outputs).lock():
        pass
    watcher = DropWatcher(drops, outputs, {}, settle_s=0.05, on_checked=lambda *_: None, tell=lambda _: None)
    assert watcher.check_once() == 0
    check([drops], tmp_path / "undisturbed", settings=Settings())
    for table, key in (("claims", "claim_id"), ("findings", "finding_id"), ("sightings", "source")):
        assert set(load(outputs, table)[key]) == set(load(tmp_path / "undisturbed", table)[key])
    assert len(load(outputs, "articles")) == 2
