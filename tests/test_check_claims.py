"""The flow, called as from Python and as from a deployment."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import sqlite3
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.states import Completed, Failed
from prefect.utilities.callables import parameter_schema

from flows.check_claims import check_claims, make_run, may_pass
from flows.pipeline import CheckRun
from flows.records import TABLES
from flows.steps.articles import InputError
from flows.summary import CheckSummary, summarise
from flows.tables import Outputs, OutputsError, load

TEXTS = {
    "tuesday.txt": "KELLMOUTH, 12 March 2024 - A crane fell onto a ship in the port of Kellmouth. Three dockers died, the authority said. Seven ships wait.",
    "monday.txt": "KELLMOUTH, 18 March 2024 - A crane fell onto a ship in the port of Kellmouth last week. Four dockers died, the port authority said.",
}


@pytest.fixture
def articles(tmp_path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_flow_publishes_and_returns_its_summary(prefect_server, articles, tmp_path):
    state = check_claims(str(articles), str(tmp_path / "out"), return_state=True)
    summary = state.result()
    assert isinstance(summary, CheckSummary)
    assert summary.counts["articles"] == 2
    assert len(load(tmp_path / "out", "findings")) == summary.n_findings == sum(summary.kinds.values())
    assert Path(summary.report).is_file()
    assert dataclasses.replace(summary, report="") == summarise(tmp_path / "out")
    assert {path.parent.name for path in (tmp_path / "out").glob("*/*.parquet")} == set(TABLES)
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
        tasks = client.read_task_runs()
    assert run.name == f"check {articles} → {tmp_path}/out"
    own = sorted((t for t in tasks if t.flow_run_id == run.id), key=lambda t: t.expected_start_time)
    names = ["prepare", "read articles", "extract claims", "relate articles", "propose pairs", "score pairs", "compare claims", "publish", "show artifacts"]
    assert [t.name.rsplit("-", 1)[0] for t in own] == names
    assert all(t.state_name == "Completed" for t in own)


def test_a_second_call_adds_only_what_is_new(prefect_server, articles, tmp_path):
    """Drop by drop or at once: the findings are the same."""
    drops = tmp_path / "drops"
    for name in sorted(TEXTS):
        check_claims([articles / name], drops)
    at_once = check_claims(articles, tmp_path / "at once")
    again = check_claims(articles, drops)
    assert again.counts["articles"] == again.n_findings == 0
    assert set(load(drops, "findings")["finding_id"]) == set(load(tmp_path / "at once", "findings")["finding_id"])
    assert again.n_findings_in_folder == at_once.n_findings


def test_parameters_of_a_deployment_are_json(prefect_server, articles, tmp_path):
    schema = parameter_schema(check_claims)
    assert schema.required == ["inputs"]
    assert json.loads(schema.model_dump_json())["properties"]["min_score"]["default"] is None
    parameters = json.loads(json.dumps({"inputs": [str(articles)], "outputs": str(tmp_path / "out"), "min_score": 1, "window_days": 30, "rebuild": True}))
    validated = check_claims.validate_parameters(parameters)
    assert check_claims(**validated).run.thresholds["window_days"] == 30


def test_a_path_entrypoint_is_the_same_flow(prefect_server, articles, tmp_path, repo_root):
    """Prefect loads flows/check_claims.py:check_claims under another module name; what it returns is still our CheckSummary."""
    spec = importlib.util.spec_from_file_location("loaded_by_path", repo_root / "flows" / "check_claims.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert isinstance(module.check_claims(str(articles), str(tmp_path / "out")), CheckSummary)


def test_user_errors_reach_the_caller(prefect_server, articles, tmp_path):
    with pytest.raises(InputError, match="no such path: nowhere"):
        check_claims("nowhere", tmp_path / "out")
    with pytest.raises(InputError, match="min_score 2"):
        check_claims(articles, tmp_path / "out", min_score=2)
    (tmp_path / "file").touch()
    with pytest.raises(OutputsError, match="is a file, not a folder"):
        check_claims(articles, tmp_path / "file")
    with Outputs(tmp_path / "out").lock(), pytest.raises(OutputsError, match="is writing here"):
        check_claims(articles, tmp_path / "out")
    assert Outputs(tmp_path / "out").run_ids() == []


def test_a_disk_that_stumbles_once_is_tried_again(prefect_server, articles, tmp_path, monkeypatch):
    monkeypatch.setattr("flows.check_claims.relate.retry_delay_seconds", [0.0, 0.0])
    relate, failures = CheckRun.relate, [OSError("Stale file handle"), sqlite3.OperationalError("disk I/O error")]

    def stumbles(run: CheckRun) -> None:
        if failures:
            raise failures.pop()
        relate(run)

    monkeypatch.setattr(CheckRun, "relate", stumbles)
    assert check_claims(articles, tmp_path / "out").counts["article pairs compared"] == 1
    assert failures == []


def test_results_stand_when_the_artifacts_fail(prefect_server, articles, tmp_path, monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError("the server is gone")

    monkeypatch.setattr("flows.check_claims.create_table_artifact", fails)
    state = check_claims(articles, tmp_path / "out", return_state=True)
    assert state.is_completed()
    assert len(Outputs(tmp_path / "out").run_ids()) == 1


def test_prefect_leaves_the_run_alone(prefect_server, articles, tmp_path, monkeypatch):
    """All tasks see one and the same CheckRun: nothing is copied, hashed or stored on the way."""
    seen: set[int] = set()
    for step in ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish"):
        original = getattr(CheckRun, step)
        monkeypatch.setattr(CheckRun, step, lambda run, original=original: (seen.add(id(run)), original(run))[1])
    check_claims(articles, tmp_path / "out")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("error", "passes"), [(OSError("stale"), True), (sqlite3.OperationalError("locked"), True), (OutputsError("full"), False), (ValueError("bad"), False)]
)
def test_only_what_may_pass_is_tried_again(error, passes):
    assert may_pass(None, None, Failed(data=error)) is passes
    assert may_pass(None, None, Completed(data=1)) is False


def test_settings_out_of_range():
    for wrong in ({"min_score": -0.1}, {"min_score": float("nan")}, {"window_days": 0}):
        with pytest.raises(InputError):
            make_run("x", **wrong)
    run = make_run(["a", Path("b")], "out", min_score=0.7, text_field="story")
    assert (run.inputs, run.settings.min_score, run.options.text_field) == ([Path("a"), Path("b")], 0.7, "story")
