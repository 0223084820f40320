"""The report beside a watcher: written after a drop, put off where one was written a moment ago, and never left behind."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from flows.drops import reporting
from flows.drops.reporting import PAUSE, ReportKeeper
from flows.drops.watcher import DropWatcher
from flows.summary import CheckSummary, summarise
from flows.tables import Outputs
from tests.example_archive import run_tables


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    Outputs(tmp_path / "out").publish("r1", run_tables("r1"))
    return tmp_path / "out"


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When reports were written; each takes 3 s of the clock."""
    times: list[float] = []

    def write(outputs: str) -> tuple[str, str]:
        times.append(CLOCK.now)
        CLOCK.now += 3.0
        return f"{outputs}/report.html", ""

    monkeypatch.setattr(reporting, "try_to_report", write)
    monkeypatch.setattr("flows.telling.try_to_report", write)
    CLOCK.now = 100.0
    return times


CLOCK = Clock()


def keeper(outputs: Path) -> ReportKeeper:
    return ReportKeeper(outputs, CLOCK)


def test_a_burst_of_drops_makes_two_reports(outputs: Path, writes: list[float]):
    reports, summary = keeper(outputs), summarise(outputs)
    assert reports.after(summary).report == f"{outputs}/report.html"
    for _ in range(5):
        CLOCK.now += 1.0
        assert reports.after(summary) is summary
        assert reports.catch_up() == ""
    assert writes == [100.0]
    CLOCK.now = 103.0 + PAUSE * 3.0
    reports.catch_up()
    reports.catch_up()
    assert writes == [100.0, 163.0]
    CLOCK.now += 1000.0
    reports.catch_up(now=True)
    assert len(writes) == 2, "it tells of all there is already"


def test_what_was_put_off_is_written_at_the_end_and_by_the_next_watcher(outputs: Path, writes: list[float]):
    reports, summary = keeper(outputs), summarise(outputs)
    reports.after(summary)
    reports.after(summary)
    reports.catch_up(now=True)
    assert len(writes) == 2
    report = outputs / "report.html"
    report.write_text("old")
    os.utime(report, (1, 1))
    keeper(outputs).catch_up()
    assert len(writes) == 3
    os.utime(report)
    keeper(outputs).catch_up()
    assert len(writes) == 3


def test_beside_another_run_it_waits(outputs: Path, writes: list[float]):
    reports, summary = keeper(outputs), summarise(outputs)
    reports.after(summary)
    reports.after(summary)
    CLOCK.now += 1000.0
    with Outputs(outputs).lock():
        assert reports.catch_up() == ""
    assert len(writes) == 1
    reports.catch_up()
    assert len(writes) == 1, "not at once again"
    CLOCK.now += reporting.BUSY_S
    reports.catch_up()
    assert len(writes) == 2


def test_a_report_that_could_not_be_written_is_told_once_and_tried_again(outputs: Path, monkeypatch: pytest.MonkeyPatch):
    problems = ["the disk is full", "the disk is full", "the disk is full", "too many findings", ""]
    monkeypatch.setattr("flows.telling.try_to_report", lambda _: ("", problems.pop(0)))
    monkeypatch.setattr(reporting, "try_to_report", lambda _: ("", problems.pop(0)))
    CLOCK.now = 100.0
    reports = keeper(outputs)
    assert reports.after(summarise(outputs)).report_problem == "the disk is full"
    told = []
    for _ in range(10):
        CLOCK.now += reporting.BUSY_S / 2
        told.append(reports.catch_up())
    assert problems == []
    assert list(filter(None, told)) == ["too many findings"]


@pytest.mark.usefixtures("invented_engine")
def test_a_watcher_leaves_a_report_of_all_drops(drops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reporting, "PAUSE", 1e9)
    stop, seen = threading.Event(), []

    def on_checked(summary: CheckSummary, _seconds: float) -> None:
        seen.append(summary.report)
        if len(seen) == 1:
            (drops / "late.txt").write_text("The ferry to Quayle ran aground on Monday, the harbour master said.", encoding="utf-8")
        else:
            stop.set()

    options: dict[str, Any] = {"min_score": 0.2}
    watcher = DropWatcher(drops, tmp_path / "out", options, settle_s=0.1, on_checked=on_checked, tell=seen.append)
    watcher.watch(stop)
    assert [bool(report) for report in seen] == [True, False]
    report = tmp_path / "out" / "report.html"
    assert report.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in Outputs(tmp_path / "out").files("runs"))
