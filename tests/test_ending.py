"""The end of `serve` though something hangs, and the processes of runs: found, told apart from those that are gone, and ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from flows.drops.ending import UNTOLD, answers
from flows.drops.lost import PROCESSES, end_lost_runs, only_server, run_processes
from flows.steps.sources import InputError

NOBODY = "http://127.0.0.1:9/api"
needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="the system has no /proc")

# A `serve` that hangs on its way out, with a run under way.
PROGRAM = """
import os, subprocess, sys, time
from flows.drops import ending
ending.LEAVE_AFTER_S = 0.2
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={**os.environ, "PREFECT__FLOW_RUN_ID": sys.argv[1]})
print(child.pid, flush=True)
ending.end_in_time(143, sys.argv[2], lambda message: print(message, flush=True))
time.sleep(600)
"""


@needs_proc
def test_what_hangs_is_ended_with_the_run_that_it_started(repo_root: Path):
    run_id = str(uuid4())
    process = subprocess.run([sys.executable, "-c", PROGRAM, run_id, NOBODY], cwd=repo_root, capture_output=True, text=True, timeout=300, check=False)
    assert process.returncode == 143, process.stderr
    assert process.stdout.splitlines()[1:] == [UNTOLD]
    assert run_id not in run_processes()


@needs_proc
def test_the_processes_of_runs():
    run_id = str(uuid4())
    assert run_id not in run_processes()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={**os.environ, "PREFECT__FLOW_RUN_ID": run_id})
    try:
        while run_id not in run_processes():  # between fork and exec it has the environment of this process
            assert process.poll() is None
            time.sleep(0.05)
        assert run_processes()[run_id] == process.pid
    finally:
        process.kill()
        process.wait()
    assert run_id not in run_processes()


def test_one_serves_a_deployment_into_a_folder(tmp_path: Path):
    with only_server(tmp_path / "archive", "desk"):
        with only_server(tmp_path / "archive", "other"), only_server(tmp_path / "another", "desk"):
            pass
        with pytest.raises(InputError, match=r"check-drops/desk is being served already"), only_server(tmp_path / "archive", "desk"):
            pass
    with only_server(tmp_path / "archive", "desk"):
        pass


def test_nobody_does_not_answer():
    assert not answers(NOBODY)
    assert not answers("")


@needs_proc
def test_runs_without_a_process_are_ended(prefect_server: None, tmp_path: Path):
    """But not those of another outputs folder, which the deployment was served into before, nor those that have ended."""
    from prefect import task
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelling, Completed, Pending, Running

    from flows.drops.flow import check_drops

    @task
    def a_step() -> None: ...

    outputs = tmp_path / "archive"
    outputs.mkdir()
    deployment: Any = check_drops.to_deployment("ending", parameters={"folder": str(tmp_path), "outputs": str(outputs)})
    deployment_id = deployment.apply()
    states = {"running": Running(), "pending": Pending(), "cancelling": Cancelling(), "completed": Completed(), "alive": Running(), "elsewhere": Running()}
    with get_client(sync_client=True) as client:
        runs = {
            name: client.create_flow_run_from_deployment(
                deployment_id, state=state, parameters={"outputs": str(tmp_path if name == "elsewhere" else outputs)}, name=name
            ).id
            for name, state in states.items()
        }
        steps = {name: client.create_task_run(a_step, runs[name], "0", state=Running()).id for name in ("running", "cancelling", "alive")}
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={**os.environ, "PREFECT__FLOW_RUN_ID": str(runs["alive"])})
        try:
            while str(runs["alive"]) not in run_processes():
                time.sleep(0.05)
            assert [end_lost_runs(deployment_id, outputs) for _ in range(2)] == [3, 0]
        finally:
            process.kill()
            process.wait()
        now = {name: client.read_flow_run(run_id).state for name, run_id in runs.items()}
        of_steps = {name: client.read_task_run(task_run_id).state for name, task_run_id in steps.items()}
    assert {name: state.name for name, state in now.items() if state} == {
        "running": "Crashed", "pending": "Crashed", "cancelling": "Cancelled", "completed": "Completed", "alive": "Running", "elsewhere": "Running",
    }  # fmt: skip
    assert {name: state.name for name, state in of_steps.items() if state} == {"running": "Crashed", "cancelling": "Cancelled", "alive": "Running"}
    assert all("Its process is gone" in str(state.message) for name, state in now.items() if state and name in ("running", "pending", "cancelling"))
