"""Kill -9 at random moments: nothing is lost, nothing is doubled, and every table can be read at every moment. harness.py says how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.records import TABLES
from flows.tables import Outputs, load
from tests.kills.harness import RETENTION


def rows(outputs: Path, table: str, *leave_out: str) -> list[str]:
    """The rows of a table as text, sorted, without what differs from run to run."""
    kept = [name for name in Outputs(outputs).read(table).schema.names if name not in ("run_id", *leave_out)]
    return sorted(json.dumps(row, default=str) for row in Outputs(outputs).read(table, kept).to_pylist())


def run_harness(folder: Path, repo_root: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "tests.kills.harness", str(folder), *options], cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def the_same_came_of_it(folder: Path) -> None:
    undisturbed, killed = folder / "undisturbed", folder / "killed"
    for table in TABLES:
        if table != "runs":
            assert rows(killed, table) == rows(undisturbed, table), table
    # A run that was killed while it published is finished by the next one, which then finds nothing new: its row is one more.
    assert len(Outputs(killed).run_ids()) >= len(Outputs(undisturbed).run_ids())
    for counted in ("articles", "claims", "pairs scored", "findings"):
        totals = [sum(counts.get(counted, 0) for counts in load(outputs, "runs").counts) for outputs in (undisturbed, killed)]
        assert totals[0] == totals[1] > 0, counted
    findings = load(killed, "findings")
    assert len(findings) >= 30
    assert min(findings.earlier_published_at.min(), findings.later_published_at.min()).date() >= RETENTION
    assert [path.name for path in killed.rglob(".*") if path.name not in (".lock", ".cache", ".forgotten")] == []
    assert all(len(list((killed / table).iterdir())) == 1 for table in TABLES if table != "rejects")


def test_ten_kills(tmp_path: Path, repo_root: Path):
    did = run_harness(tmp_path, repo_root, "--kills", "10", "--seed", "3", "--articles", "10", "--drops", "3")
    assert sum(did["killed in"].values()) == 10
    assert did["reader"]["reads"] > 50
    the_same_came_of_it(tmp_path)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path: Path, repo_root: Path):
    did = run_harness(tmp_path, repo_root, "--kills", "100", "--seed", "11", "--articles", "30", "--drops", "10")
    print(did)
    assert sum(did["killed in"].values()) == 100
    assert {"publish", "compact", "forget", "score"} <= did["killed in"].keys()
    the_same_came_of_it(tmp_path)
