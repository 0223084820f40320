"""Runs that the server shows as running, though their process is gone: that of a `serve` that was killed, or that ended while the server was away.

Such a run would stay so for ever, and its drop would wait for it. Prefect's own means is an automation that misses a run's heartbeats for some minutes; here it
can be told at once. While this process has the lock of a deployment it is the only one that serves it, so what is left is a process that outlived another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelled, Crashed

from flows.lock import only_one, writer_of
from flows.steps.sources import InputError
from flows.tables import Outputs

UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
MESSAGE = "Its process is gone: claimdrift serve was killed, or could not reach the server when it ended. What it was to check is checked by another run."
PROCESSES = Path("/proc")
RUN_ID = b"PREFECT__FLOW_RUN_ID="  # Prefect's runner sets it for the process of a run


@contextmanager
def only_server(outputs: Path, name: str) -> Iterator[None]:
    """Be the one that serves the deployment `name` into an outputs folder, as long as this process lives. Raises InputError where another one does."""
    Outputs(outputs).create()
    lock_file = outputs / f".serve-{hashlib.sha256(name.encode()).hexdigest()[:12]}.lock"
    with only_one(lock_file, InputError(f"{outputs}: check-drops/{name} is being served already. End that one, or give another --name")):
        yield


def end_lost_runs(deployment_id: UUID, outputs: Path) -> int:
    """Set the deployment's runs that are under way without a process, and their tasks, to Crashed (or Cancelled); return how many runs there were.

    Only under `only_server`. Raises what Prefect's client raises where the server does not answer.
    """
    mine = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]), state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY)))
    n_ended = 0
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=mine):
            # A deployment's name may have been served into another folder before, and be so now.
            if run.parameters.get("outputs") == str(outputs.resolve()) and not _may_live(str(run.id), outputs):
                is_cancelling = run.state is not None and run.state.is_cancelling()
                ended = Cancelled(message=MESSAGE) if is_cancelling else Crashed(message=MESSAGE)
                client.set_flow_run_state(run.id, ended)
                its = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
                under_way = TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=UNDER_WAY)))
                for task_run in client.read_task_runs(flow_run_filter=its, task_run_filter=under_way):
                    client.set_task_run_state(task_run.id, ended, force=True)
                n_ended += 1
    return n_ended


def run_processes() -> dict[str, int]:
    """Return the processes of this user's flow runs on this machine, flow run id → pid. Empty where the system has no /proc."""
    found: dict[str, int] = {}
    for path in PROCESSES.glob("[0-9]*/environ"):
        with suppress(OSError):  # ended meanwhile, or another user's
            found |= {word.removeprefix(RUN_ID).decode(): int(path.parent.name) for word in path.read_bytes().split(b"\0") if word.startswith(RUN_ID)}
    return found


def _may_live(run_id: str, outputs: Path) -> bool:
    if PROCESSES.is_dir():
        return run_id in run_processes()
    return bool(writer_of(outputs))  # it may be the one that writes there
