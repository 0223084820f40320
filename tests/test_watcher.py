"""Checking drops without Prefect, and the command `claimdrift watch`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.cli import cli
from flows.commands.base import EXIT_USAGE
from flows.drops.checking import STEPS
from flows.drops.watcher import DropWatcher, only_watcher
from flows.pipeline import CheckRun
from flows.storage import OutputsError
from flows.summary import CheckSummary
from flows.tables import Outputs, load
from tests.core_examples import FRIDAY

SETTLE_S = 0.1


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    Outputs(tmp_path / "out").create()
    return tmp_path / "out"


def make_watcher(folder: Path, outputs: Path, told: list[str]) -> DropWatcher:
    return DropWatcher(folder, outputs, {}, settle_s=SETTLE_S, on_checked=lambda *_: None, tell=told.append)


def test_drops_come_to_what_one_check_of_the_folder_comes_to(drops, outputs, tmp_path):
    watcher = make_watcher(drops, outputs, [])
    assert watcher.check_once() == 0
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    (drops / "picture.png").write_bytes(b"x")
    watcher.check_once()
    assert watcher.n_runs == 2
    watcher.check_once()
    assert watcher.n_runs == 2
    at_once = CheckRun([drops], tmp_path / "once")
    for step in STEPS:
        getattr(at_once, step)()
    at_once.publish()
    for table, columns in (
        ("sightings", ["article_id", "source", "source_key", "outlet"]), ("findings", ["finding_id", "kind", "score", "earlier_source", "later_outlet"]),
        ("rejects", ["source", "reason", "detail"]),
    ):  # fmt: skip
        drop_by_drop, whole = (load(folder, table)[columns].to_dict("records") for folder in (outputs, tmp_path / "once"))
        assert drop_by_drop == whole
        assert whole


def test_a_check_into_the_same_folder_is_waited_for_and_what_it_did_is_not_done_again(drops, outputs):
    told: list[str] = []
    first, second = make_watcher(drops, outputs, told), make_watcher(drops, outputs, told)
    second.waiting.look()
    time.sleep(SETTLE_S)
    drop = second.waiting.ready_now()
    first.check_once()
    assert second._try(drop)
    assert (first.n_runs, second.n_runs, told) == (1, 0, [])


def test_one_file_that_the_program_fails_on_does_not_hold_up_the_others(drops, outputs, monkeypatch):
    for name in ("b.txt", "c.txt", "d.txt"):
        (drops / name).write_text(FRIDAY.replace("Twelve", name), encoding="utf-8")
    read = CheckRun.read

    def fails(run: CheckRun) -> None:
        if any(path.name == "c.txt" for path in run.inputs):
            raise RuntimeError("no such luck")
        read(run)

    monkeypatch.setattr(CheckRun, "read", fails)
    told: list[str] = []
    watcher = make_watcher(drops, outputs, told)
    watcher.waiting.look()
    time.sleep(SETTLE_S)
    assert watcher._try(watcher.waiting.ready_now())
    assert sorted(load(outputs, "sightings")["source"]) == ["b.txt", "d.txt", "echo/a.txt"]
    [line] = told
    assert "c.txt cannot be checked" in line
    assert "no such luck" in line


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OutputsError("out: is full")])
def test_a_full_disk_puts_the_drop_off(drops, outputs, monkeypatch, error):
    def fails(run: CheckRun) -> None:
        raise error

    told: list[str] = []
    watcher = make_watcher(drops, outputs, told)
    with monkeypatch.context() as full:
        full.setattr(CheckRun, "publish", fails)
        watcher.waiting.look()
        time.sleep(SETTLE_S)
        drop = watcher.waiting.ready_now()
        assert not watcher._try(drop)
    assert "will be tried again" in told[0]
    assert watcher._try(drop)
    assert len(load(outputs, "articles")) == 1


def test_the_report_is_written_with_each_drop_and_where_it_cannot_be_the_results_stand(drops, outputs, monkeypatch):
    monkeypatch.setattr("flows.drops.reporting.PAUSE", 0)
    checked: list[CheckSummary] = []
    watcher = DropWatcher(drops, outputs, {}, settle_s=SETTLE_S, on_checked=lambda summary, _: checked.append(summary), tell=lambda _: None)
    watcher.check_once()
    assert checked[0].report == str(outputs / "report.html")
    before = (outputs / "report.html").read_bytes()
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")

    def fails(_: object) -> None:
        raise MemoryError("too many findings")

    with monkeypatch.context() as full:
        full.setattr("flows.report.page.write_report", fails)
        watcher.check_once()
    assert "the results are published, but the report could not be written: too many findings" in checked[1].report_problem
    assert len(load(outputs, "articles")) == 2
    assert (outputs / "report.html").read_bytes() == before
    watcher.check_once()
    assert watcher.n_runs == 2, "the drop is not checked again for that"


def test_small_files_are_merged_by_the_way(drops, outputs, monkeypatch):
    monkeypatch.setattr("flows.housekeeping.compacting.MANY_FILES", 2)
    watcher = make_watcher(drops, outputs, [])
    watcher.check_once()
    assert [path.name.startswith("merged-") for path in Outputs(outputs).files("runs")] == [False]
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    watcher.check_once()
    assert [path.name.startswith("merged-") for path in Outputs(outputs).files("runs")] == [True]
    assert len(Outputs(outputs).run_ids()) == 2


def test_a_file_whose_name_is_no_utf8_is_checked(drops, outputs):
    (drops / os.fsdecode(b"caf\xe9.txt")).write_text(FRIDAY, encoding="utf-8")
    make_watcher(drops, outputs, []).check_once()
    assert set(load(outputs, "sightings").source) == {"echo/a.txt", "caf\\xe9.txt"}


def test_one_watcher_at_a_time(outputs):
    with only_watcher(outputs), pytest.raises(OutputsError, match="another watcher is at work"), only_watcher(outputs):
        pass
    with only_watcher(outputs):
        pass


# --- the command ---------------------------------------------------------------------------------------------------------------------------------------------


def watch(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["watch", *map(str, arguments)])


def test_once(drops, outputs, tmp_path):
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    (tmp_path / "names.txt").write_text("Northquay\n")
    result = watch(drops, "-o", outputs, "--once", "--settle", SETTLE_S, "--json", "--watch-terms", tmp_path / "names.txt")
    assert result.exit_code == 0, result.output
    [line] = result.stdout.splitlines()
    summary = json.loads(line)
    assert summary["counts"]["articles"] == 2
    findings = load(outputs, "findings")
    n_named = sum("Northquay" in "".join(row) for row in findings[["earlier_text", "later_text", "earlier_title", "later_title"]].to_numpy())
    assert n_named > 0
    assert summary["watched"] == {"Northquay": n_named}
    again = watch(drops, "-o", outputs, "--once", "--settle", SETTLE_S)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", f"nothing new in {drops}\n")
    assert len(Outputs(outputs).run_ids()) == 1


def test_a_notification_that_fails_is_told_and_the_results_stand(drops, outputs):
    (drops / "b.txt").write_text(FRIDAY, encoding="utf-8")
    result = watch(drops, "-o", outputs, "--once", "--settle", SETTLE_S, "--quiet", "--notify", "sh -c 'exit 9'")
    assert result.exit_code == 0
    assert len(load(outputs, "articles")) == 2
    n_findings = len(load(outputs, "findings"))
    assert n_findings > 0, "the two articles make findings, or this test says nothing"
    assert "ended with exit code 9" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["nowhere"], ["no such folder: nowhere"]),
        (["drops/echo/a.txt"], ["a.txt is no folder"]),
        (["drops", "-o", "drops/out"], ["lies in drops"]),
        (["drops", "-o", "drops"], ["lies in drops"]),
        (["drops", "--settle", "0"], ["--settle"]),
        (["drops", "--notify", ""], ["--notify"]),
        (["drops", "--watch-terms", "nowhere"], ["--watch-terms", "nowhere"]),
        (["drops", "--trigger", "check-drops/x", "--min-score", "0.5"], ["--min-score", "set it in the deployment check-drops/x"]),
        (["drops", "--trigger", "check-drops/x", "--json"], ["--json prints what a check found", "Prefect's UI"]),
        (["drops", "--trigger", "check-drops/x"], ["watch --trigger needs a Prefect server", "prefect server start"]),
    ],
)
def test_usage_errors_are_one_line(drops, monkeypatch, arguments, parts):
    monkeypatch.chdir(drops.parent)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):  # the tests' own server is not to be found
        result = watch(*arguments)
    assert (result.exit_code, result.stdout) == (EXIT_USAGE, "")
    [line] = result.stderr.splitlines()
    assert not [part for part in parts if part not in line], line


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_watcher_that_waits_ends_cleanly(drops, outputs, number):
    program = "import sys; sys.argv[0] = 'claimdrift'; from flows.cli import main; main()"
    arguments = ["watch", str(drops), "-o", str(outputs), "--settle", str(SETTLE_S), "--json"]
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["counts"]["articles"] == 1  # published, told at once, and it waits now
        time.sleep(0.5)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, stderr
    assert stderr.splitlines()[-1] == "stopped"
