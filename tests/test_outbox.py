"""Findings that a command is to get reach it at least once, whatever is killed and when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from example_archive import run_tables
from test_archive import Killed, kill_at

from flows import outbox
from flows.housekeeping.compacting import compact
from flows.notify import TIMEOUT_S
from flows.outbox import Outbox, hand_over_waiting
from flows.tables import Outputs, load
from flows.telling import publish_noted
from flows.watchlist import Watchlist
from tests.core_examples import FRIDAY

if TYPE_CHECKING:
    from flows.pipeline import CheckRun

NO_TERMS = Watchlist()


def publish(outputs: Outputs, number: int, command: str | None = "notify-desk", n_findings: int = 1) -> str:
    """Publish a run as a check does, under the lock."""
    run_id = f"run-{number}"
    findings = [{"finding_id": f"f{number}-{i}"} for i in range(n_findings)]
    tables = run_tables(run_id, run={"counts": {"findings": n_findings}}, findings=findings)
    run = SimpleNamespace(run_id=run_id, outputs=outputs, counts={"findings": n_findings}, publish=lambda: outputs.publish(run_id, tables))
    with outputs.lock():
        publish_noted(cast("CheckRun", run), command)
    return run_id


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    outputs = Outputs(tmp_path / "out")
    publish(outputs, 0, command=None)  # of before there was a command: never told
    return outputs


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The command: `told` lists the runs it got, in order; `refuses` those it does not take."""
    desk: dict[str, Any] = {"told": [], "refuses": set(), "steps": None, "dies_at": -1}

    def hand_over(command: str, root: Path, run_id: str, findings: list) -> str:
        if desk["steps"] is not None:
            if len(desk["steps"]) >= desk["dies_at"]:
                raise Killed
            desk["steps"].append("told")
        desk["told"].append(run_id)
        return "the desk is shut" if run_id in desk["refuses"] else ""

    monkeypatch.setattr(outbox, "hand_over", hand_over)
    return desk


def test_killed_anywhere_findings_are_told_once_they_are_published(tmp_path, monkeypatch, desk):
    """At every rename, deletion and fsync of a run, and before the command: nothing is lost, nothing is told that is not there, and little is told twice."""
    n_lost_before_the_point_of_no_return = n_twice = step = 0
    outputs = Outputs(tmp_path)
    for step in range(1000):
        outputs = Outputs(tmp_path / str(step))
        publish(outputs, 0, command=None)
        desk["told"].clear()
        with monkeypatch.context() as patch:
            desk["steps"], desk["dies_at"] = kill_at(patch, step), step
            try:
                publish(outputs, 1)
                hand_over_waiting("notify-desk", outputs.root, NO_TERMS, first="run-1")
                interrupted = False
            except Killed:
                interrupted = True
        desk["steps"] = None
        another = interrupted and step % 2 == 0
        if another:  # a drop with findings of its own comes first
            publish(outputs, 2)
        else:
            with outputs.lock():
                pass
        assert hand_over_waiting("notify-desk", outputs.root, NO_TERMS) == ""
        expected = {"run-1"} & set(outputs.run_ids()) | ({"run-2"} if another else set())
        assert set(desk["told"]) == expected, step
        assert Outbox(outputs.root).waiting() == []
        n_lost_before_the_point_of_no_return += "run-1" not in expected
        n_twice += len(desk["told"]) > len(expected)
        if not interrupted:
            break
    assert step > 20
    assert n_lost_before_the_point_of_no_return > 5, "killed before it had published: the drop itself is checked again"
    assert n_twice == 1, "only between the command's end and that of the note"
    assert Outbox(outputs.root).is_empty()


def test_what_failed_is_handed_over_with_the_next_run_and_holds_up_nothing(outputs, desk):
    publish(outputs, 1)
    desk["refuses"] = {"run-1"}
    problem = hand_over_waiting("notify-desk", outputs.root, NO_TERMS, first="run-1")
    assert problem == f"the desk is shut. The findings wait in {outputs.root}/.outbox, and are handed over with the next run"
    assert Outbox(outputs.root).waiting() == ["run-1"]
    for number in (2, 3):
        publish(outputs, number)
        assert hand_over_waiting("notify-desk", outputs.root, NO_TERMS, first=f"run-{number}").startswith("the desk is shut")
    assert desk["told"] == ["run-1", "run-2", "run-1", "run-3", "run-1"], "its own findings first, then what waits, up to the first failure"
    desk["refuses"] = set()
    assert hand_over_waiting("notify-desk", outputs.root, NO_TERMS) == ""
    assert (desk["told"][-1], Outbox(outputs.root).waiting()) == ("run-1", [])


def test_of_those_that_wait_the_one_tried_last_comes_last(outputs, desk):
    for number in (1, 2, 3):
        publish(outputs, number)
    desk["refuses"] = {"run-1"}
    for _ in range(2):
        hand_over_waiting("notify-desk", outputs.root, NO_TERMS)
    assert desk["told"] == ["run-1", "run-2", "run-3", "run-1"]


def test_runs_without_findings_or_without_a_command_leave_no_note(outputs, desk):
    publish(outputs, 1, n_findings=0)
    publish(outputs, 2, command=None)
    assert Outbox(outputs.root).is_empty()
    assert hand_over_waiting("notify-desk", outputs.root, NO_TERMS) == ""
    assert desk["told"] == []


def test_a_compacted_run_is_still_told_and_a_run_that_was_replaced_is_not(outputs, desk):
    publish(outputs, 1)
    compact(outputs.root)
    assert Outbox(outputs.root).waiting() == ["run-1"]
    outputs.publish("run-2", run_tables("run-2"), replace=True)
    assert Outbox(outputs.root).waiting() == []
    publish(outputs, 3)
    assert [path.name for path in Outbox(outputs.root).folder.iterdir() if not path.name.startswith(".")] == ["run-3"]


def test_two_that_hand_over_tell_it_once(outputs, desk, monkeypatch):
    monkeypatch.setattr(outbox, "LOCK_WAIT_S", 0.1)
    publish(outputs, 1)
    with Outbox(outputs.root).lock():
        assert "another process is handing over" in hand_over_waiting("notify-desk", outputs.root, NO_TERMS)
    assert desk["told"] == []
    assert Outbox(outputs.root).waiting() == ["run-1"]


def test_a_disk_that_fails_while_telling_is_told(outputs, desk, monkeypatch):
    def fails(*_: object) -> list:
        raise OSError(5, "Input/output error")

    publish(outputs, 1)
    monkeypatch.setattr(outbox, "new_findings", fails)
    assert "wait for the next run: [Errno 5] Input/output error" in hand_over_waiting("notify-desk", outputs.root, NO_TERMS)
    assert Outbox(outputs.root).waiting() == ["run-1"]


@pytest.mark.skipif(os.name != "posix", reason="a command that kills its parent")
def test_a_watcher_killed_while_it_tells_is_made_up_for_by_the_next(drops, tmp_path):
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    program = [sys.executable, "-c", "import sys; sys.argv[0] = 'claimdrift'; from flows.cli import main; main()"]
    watch = [*program, "watch", str(drops), "-o", str(tmp_path / "out"), "--once", "--settle", "0.1", "--quiet", "--notify"]
    killed = subprocess.run([*watch, "sh -c 'kill -9 $PPID'"], capture_output=True, timeout=TIMEOUT_S * 2, check=False)
    assert killed.returncode == -9, killed.stderr
    findings = set(load(tmp_path / "out", "findings").finding_id)
    assert findings
    told = tmp_path / "told.json"
    subprocess.run([*watch, f"cp /dev/stdin {told}"], capture_output=True, timeout=TIMEOUT_S * 2, check=True)
    assert {f["finding_id"] for f in json.loads(told.read_text(encoding="utf-8"))["findings"]} == findings
    assert len(Outputs(tmp_path / "out").run_ids()) == 1, "there was nothing new to check"
