"""The flow check-drops, its deployment and the runs that a drop starts."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from click.testing import CliRunner
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.utilities.callables import parameter_schema

from flows.cli import cli
from flows.commands.base import EXIT_USAGE
from flows.drops.flow import below, check_drops
from flows.drops.folder import DropFile, Fingerprint
from flows.drops.serving import make_schedule
from flows.drops.trigger import N_FILES_NAMED, DropTrigger, named, start_run
from flows.housekeeping.status import read_status
from flows.outbox import Outbox
from flows.pipeline import CheckRun
from flows.steps.sources import InputError
from flows.tables import Outputs, load
from tests.core_examples import FRIDAY
from tests.test_drop_failures import fails_on, unreadable


def test_sweeps_and_named_files(prefect_server, drops, tmp_path):
    """A named file alone is checked; a sweep takes the rest; a third finds nothing and publishes nothing. The UI is told what was checked."""
    outputs, names = tmp_path / "out", tmp_path / "names.txt"
    names.write_text("Northquay\n", encoding="utf-8")
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    first = check_drops(drops, outputs, files=["echo/a.txt"], settle_s=0.1)
    assert first is not None
    assert first.counts["articles"] == 1
    state = check_drops(str(drops), str(outputs), settle_s=0.1, watch_terms=str(names), notify=f"cp /dev/stdin {tmp_path / 'told.json'}", return_state=True)
    second = state.result()
    assert second.counts["articles"] == 1
    assert second.n_findings > 0
    assert second.watched["Northquay"] > 0
    assert (tmp_path / "told.json").stat().st_size > 0
    assert second.notify_problem == ""
    assert Path(second.report).is_file()
    Outbox(outputs).note(second.run_id)  # as if a kill had come before the command was told
    assert check_drops(drops, outputs, settle_s=0.1, notify=f"cp /dev/stdin {tmp_path / 'again.json'}") is None
    assert (tmp_path / "again.json").read_bytes() != b""
    assert Outbox(outputs).is_empty()
    assert len(Outputs(outputs).run_ids()) == 2
    assert set(load(outputs, "sightings")["source"]) == {"echo/a.txt", "b.txt"}
    with get_client(sync_client=True) as client:
        names_of_runs = {run.name for run in client.read_flow_runs()}
        artifacts = [a for a in client.read_artifacts() if a.flow_run_id == state.state_details.flow_run_id]
    assert {"check echo/a.txt of drops → out", "sweep drops → out"} <= names_of_runs
    shown = {artifact.key: artifact for artifact in artifacts}
    assert shown.keys() >= {"claimdrift-counts", "claimdrift-findings"}
    assert "On the watchlist" in str(shown["claimdrift-findings"].data)


def test_users_errors_reach_the_caller(prefect_server, drops, tmp_path):
    with pytest.raises(InputError, match="no such folder: nowhere"):
        check_drops("nowhere", tmp_path / "out")
    with pytest.raises(InputError, match="does not lie in"):
        check_drops(drops, tmp_path / "out", files=["../secret.txt"])
    assert Outputs(tmp_path / "out").run_ids() == []


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "a/../b"])
def test_files_outside_the_folder_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="does not lie in"):
        below(tmp_path, name)
    assert below(tmp_path, "day/a.txt") == tmp_path.resolve() / "day" / "a.txt"


def test_a_drop_starts_one_run_and_another_one_where_that_failed(prefect_server, drops, tmp_path):
    check_drops.to_deployment("test", parameters={"folder": str(drops), "outputs": str(tmp_path / "out")}).apply()
    told: list[str] = []

    def started() -> list:
        trigger = DropTrigger("check-drops/test", drops, tmp_path / "out", settle_s=0.0, tell=told.append)
        trigger.once()
        with get_client(sync_client=True) as client:
            return [run for run in client.read_flow_runs() if run.idempotency_key and run.idempotency_key.startswith("sha256:")]

    [run] = started()
    assert run.parameters["files"] == ["echo/a.txt"]
    assert "drop" in run.tags
    assert [again.id for again in started()] == [run.id]
    from prefect.states import Crashed

    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Crashed(message="killed"), force=True)
    assert {again.idempotency_key for again in started()} == {run.idempotency_key, f"{run.idempotency_key}:2"}
    check_drops.to_deployment("other", parameters={"folder": str(drops), "outputs": str(tmp_path / "other")}).apply()
    DropTrigger("check-drops/other", drops, tmp_path / "other", settle_s=0.0, tell=told.append).once()
    with get_client(sync_client=True) as client:
        ours, other = (client.read_deployment_by_name(f"check-drops/{name}").id for name in ("test", "other"))
        assert sorted(run.deployment_id == ours for run in client.read_flow_runs() if run.deployment_id in (ours, other)) == [False, True, True]
    assert told == []
    with pytest.raises(InputError, match='no deployment "check-drops/nowhere"'):
        start_run("check-drops/nowhere", None, "sha256:x")


def test_the_server_makes_the_runs_of_a_schedule(prefect_server, tmp_path):
    """With some versions of SQLAlchemy the scheduler fails in the server's log, and nothing else tells."""
    schedule = make_schedule(60.0, None, "UTC")
    deployment_id = check_drops.to_deployment("every-minute", schedule=schedule, parameters={"folder": str(tmp_path)}).apply()
    with get_client(sync_client=True) as client:
        client.request("POST", "/deployments/{id}/schedule", path_params={"id": deployment_id}).raise_for_status()
        mine = [run for run in client.read_flow_runs() if run.deployment_id == deployment_id]
    assert len(mine) >= 3
    assert all(run.state_name == "Scheduled" for run in mine)


def test_a_server_that_is_away_puts_the_drop_off(drops, tmp_path, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("[Errno 111] Connection refused")

    monkeypatch.setattr("flows.drops.trigger.run_deployment", away)
    told: list[str] = []
    trigger = DropTrigger("check-drops/test", drops, tmp_path / "out", settle_s=0.0, tell=told.append)
    trigger.waiting.look()
    assert not trigger._try(trigger.waiting.ready_now())
    assert "will be tried again: [Errno 111] Connection refused" in told[0]


def test_drops_that_need_no_run_any_more_are_forgotten(drops, tmp_path, monkeypatch):
    monkeypatch.setattr("flows.drops.trigger.start_run", lambda *_: FlowRun(flow_id=uuid4()))
    trigger = DropTrigger("check-drops/test", drops, tmp_path / "out", settle_s=0.0, tell=lambda _: None)
    for name in ("b.txt", "c.txt", "d.txt"):
        (drops / name).write_text(name)
    trigger.once()
    assert len(trigger._started) == 4
    (drops / "b.txt").unlink()
    (drops / "c.txt").write_text("changed")
    monkeypatch.setattr(trigger, "_is_checked", lambda files: {drops / "d.txt"})
    trigger._on_look()
    assert [path.name for path, _ in trigger._started] == ["a.txt"]
    trigger.waiting.look()
    assert trigger._try(trigger.waiting.ready_now()), "one of them that is gone does not hold up the others"


def test_a_file_that_the_program_fails_on_does_not_hold_up_a_run(prefect_server, drops, tmp_path, monkeypatch):
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    (drops / "c.txt").write_text(FRIDAY.replace("Twelve", "Nine"), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(CheckRun, "read", fails_on("b.txt"))
        with pytest.raises(RuntimeError, match="no such luck"):
            check_drops(drops, tmp_path / "out", settle_s=0.1)
    assert set(load(tmp_path / "out", "sightings")["source"]) == {"echo/a.txt", "c.txt"}
    assert "b.txt" in read_status(tmp_path / "out").drops[0].problem
    with monkeypatch.context() as patch:
        unreadable(patch, (drops / "b.txt").resolve())
        unreadable(patch, drops / "b.txt")
        check_drops(drops, tmp_path / "out", settle_s=0.1)
        n_runs = len(Outputs(tmp_path / "out").run_ids())
        assert check_drops(drops, tmp_path / "out", settle_s=0.1) is None
        assert len(Outputs(tmp_path / "out").run_ids()) == n_runs
    assert check_drops(drops, tmp_path / "out", settle_s=0.1) is not None
    assert len(load(tmp_path / "out", "sightings")) == 3


def test_names_that_parameters_cannot_hold_become_a_sweep(tmp_path):
    def drop(*names: str) -> list[DropFile]:
        return [DropFile(tmp_path / name, Fingerprint(0, 0, 0)) for name in names]

    assert named(tmp_path, drop("day/a.txt", "é.txt")) == ["day/a.txt", "é.txt"]
    assert named(tmp_path, drop(os.fsdecode(b"\xe9.txt"))) is None
    assert named(tmp_path, drop(*(f"{i}.txt" for i in range(N_FILES_NAMED + 1)))) is None


# --- the deployments -----------------------------------------------------------------------------------------------------------------------------------------


def test_prefect_yaml_fits_the_flows(repo_root, monkeypatch):
    """Entrypoints load, parameters are those of the flows, and every deployment runs one at a time in the process pool."""
    monkeypatch.chdir(repo_root)
    file = yaml.safe_load((repo_root / "prefect.yaml").read_text(encoding="utf-8"))
    assert len(file["deployments"]) == 3
    for deployment in file["deployments"]:
        flow = load_flow_from_entrypoint(deployment["entrypoint"])
        schema = parameter_schema(flow)
        triggered = [name for trigger in deployment.get("triggers", ()) for name in trigger["parameters"]]
        assert {*deployment["parameters"], *triggered} <= schema.properties.keys()
        assert set(schema.required) <= deployment["parameters"].keys()
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
        assert deployment["work_pool"]["name"] == "claimdrift"
        assert "claimdrift" in deployment["tags"]
    assert [bool(d.get("schedules")) for d in file["deployments"]] == [True, False, False]


def test_schedules():
    assert make_schedule(None, None, "UTC").interval.total_seconds() == 900
    assert make_schedule(60.0, None, "UTC").interval.total_seconds() == 60
    assert make_schedule(None, "0 6 * * *", "Europe/Berlin").cron == "0 6 * * *"
    for cron, timezone in (("every day", "UTC"), ("61 * * * *", "UTC"), ("0 6 * * *", "Mars/Olympus")):
        with pytest.raises(InputError, match="--cron"):
            make_schedule(None, cron, timezone)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["drops"], ["needs a Prefect server", "schedules never fire", "prefect server start", "export PREFECT_API_URL="]),
        (["drops", "--every", "15"], ["--every", "15m"]),
        (["drops", "--every", "0m"], ["--every", "15m"]),
        (["drops", "--every", "5m", "--cron", "* * * * *"], ["--every and --cron"]),
        (["nowhere"], ["no such folder"]),
    ],
)
def test_serve_refuses_in_one_line(drops, monkeypatch, arguments, parts):
    monkeypatch.chdir(drops.parent)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):  # the tests' own server is not to be found
        result = CliRunner().invoke(cli, ["serve", *arguments])
    assert (result.exit_code, result.stdout) == (EXIT_USAGE, "")
    [line] = result.stderr.splitlines()
    assert not [part for part in parts if part not in line], line
    assert not (drops.parent / "outputs").exists()
