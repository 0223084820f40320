from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from example_archive import START, run_tables
from test_archive import Killed, kill_at, publish

from flows.cli import cli
from flows.housekeeping.compacting import compact
from flows.housekeeping.status import days_ago, read_status
from flows.lock import LOCK_FILE, WRITER_FILE, writer_of
from flows.outbox import Outbox
from flows.tables import Outputs, OutputsError


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    """Two runs; one file was rejected in both, one in the first only."""
    outputs = Outputs(tmp_path / "outputs")
    publish(outputs, 1)
    rejects = [{"source": "b.txt", "reason": "binary", "detail": "in/b.txt is no text but \x1b[31mbinary."}]
    rejects += [{"source": "2.txt", "reason": "bad date", "detail": "in/2.txt: soon is no date."}]
    thresholds = {"same_fact": 0.5, "window_days": 60.0, "min_score": 0.4}
    sightings = [{"article_id": "a2", "source": "2.txt", "source_key": "1.txt", "published_at": START}]
    tables = run_tables(
        "run-2", run={"inputs": ["in"], "thresholds": thresholds, "model_source": "claimdrift-minilm", "counts": {"articles": 1, "findings": 0}},
        articles=[{"article_id": "a2"}], sightings=sightings, rejects=rejects,
    )  # fmt: skip
    outputs.publish("run-2", tables)
    return outputs


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(args))
    return result.exit_code, result.output


def test_it_tells_what_is_there(outputs):
    status = read_status(outputs.root)
    assert (status.n_runs, status.n_rows["articles"], status.n_rows["claims"], status.n_superseded) == (2, 2, 2, 1)
    assert status.findings == {}, "the one finding is of a text that was replaced"
    assert [r.source for r in status.rejects] == ["b.txt"]
    assert [r.source for r in status.notes] == ["2.txt"]
    assert (status.writer, status.unfinished, status.set_aside) == ("", [], [])
    code, output = run("status", "-o", str(outputs.root))
    assert code == 0
    assert "articles    2 (1 replaced by a later version) · 2 claims · 1 pair proposed" in output
    assert "rejected    1 binary; claimdrift retry tries them again\n            in/b.txt is no text but \\x1b[31mbinary.\n" in output
    assert "read, but   1 bad date" in output
    assert "1 new article, 0 new findings" in output
    assert json.loads(run("status", "-o", str(outputs.root), "--json")[1])["rejects"][0]["source"] == "b.txt"


def test_compacting_changes_only_the_number_of_files(outputs):
    before = read_status(outputs.root).as_json()
    compact(outputs.root)
    after = read_status(outputs.root).as_json()
    assert after["files"] < before["files"]
    for status in (before, after):
        del status["files"], status["bytes"]
    assert after == before


def test_what_an_interrupted_run_left_is_told(monkeypatch, tmp_path):
    told = set()
    for step in range(0, 60, 4):
        outputs = Outputs(tmp_path / str(step))
        publish(outputs, 1)
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            with suppress(Killed):
                publish(outputs, 2)
        (outputs.root / WRITER_FILE).unlink(missing_ok=True)
        told.add(tuple(read_status(outputs.root).unfinished))
        with outputs.lock():
            assert read_status(outputs.root).unfinished == []
    assert told >= {
        (),
        ("a run was interrupted before it published anything; the next run clears what it left",),
        ("run run-2 was interrupted while it published; the next run finishes that",),
    }


def test_who_writes_is_told_and_a_dead_writer_is_none(outputs):
    with outputs.lock():
        assert f"pid {os.getpid()} " in read_status(outputs.root).writer
        assert "is writing here" in run("status", "-o", str(outputs.root))[1]
    assert writer_of(outputs.root) == ""
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    with outputs.lock():
        path = outputs.root / WRITER_FILE
        path.write_text(json.dumps({**json.loads(path.read_text()), "pid": dead}))
        assert writer_of(outputs.root) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/locks")
def test_a_killed_writer_whose_pid_is_another_process_now_is_none(outputs):
    (outputs.root / LOCK_FILE).touch()
    (outputs.root / WRITER_FILE).write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": "2024-01-01 00:00:00"}))
    assert writer_of(outputs.root) == ""


def test_findings_that_wait_for_the_command_are_told(outputs):
    Outbox(outputs.root).note("run-2")
    assert read_status(outputs.root).n_untold == 1
    assert "to tell     findings of 1 run: the next run with --notify hands them over" in run("status", "-o", str(outputs.root))[1]


def test_what_is_rejected_by_its_name_is_not_to_be_retried(tmp_path):
    outputs = Outputs(tmp_path / "outputs")
    rejects = [{"source": "picture.png", "reason": "unknown format", "detail": "in/picture.png is no article file."}]
    outputs.publish("run-1", run_tables("run-1", rejects=rejects))
    assert "rejected    1 unknown format\n" in run("status", "-o", str(outputs.root))[1]
    assert run("retry", "-o", str(outputs.root)) == (0, "Nothing to retry: all that was rejected has been read since, or is no article by its name.\n")


def test_a_folder_of_something_else(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(OutputsError, match="is no outputs folder yet"):
            read_status(folder)
        assert run("status", "-o", str(folder))[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_times_are_told_in_the_largest_unit():
    from datetime import timedelta

    said = [days_ago(START - timedelta(seconds=s), START) for s in (0, 59, 60, 7_199, 86_400, 200_000, -5)]
    assert said == ["just now", "just now", "1 minute ago", "1 hour ago", "1 day ago", "2 days ago", "in the future by this clock"]
