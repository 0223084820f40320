"""What goes wrong with single files of a drop: a share that stumbles, a file that the program fails on, an article that was to be forgotten."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from flows.commands.status import lines_of
from flows.drops.checking import check_drop
from flows.drops.folder import DropFile, Fingerprint, fingerprint
from flows.drops.isolating import GIVE_UP, check_apart
from flows.drops.ledger import Ledger
from flows.drops.watcher import DropWatcher
from flows.housekeeping.forgetting import forget
from flows.housekeeping.status import read_status
from flows.pipeline import CheckRun
from flows.steps import documents
from flows.tables import Outputs, load
from tests.core_examples import write_articles
from tests.kills.invented import invented_articles

pytestmark = pytest.mark.usefixtures("invented_engine")
SETTLE_S = 0.05


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    Outputs(tmp_path / "out").create()
    return write_articles(tmp_path / "in", invented_articles(4))


def watch(outputs: Path, told: list[str]) -> DropWatcher:
    return DropWatcher(outputs.parent / "in", outputs, {}, settle_s=SETTLE_S, on_checked=lambda *_: None, tell=told.append)


def unreadable(patch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the disk, or the share, fail on one file."""
    real = Path.read_bytes

    def read_bytes(self: Path) -> bytes:
        if self == path:
            raise OSError(errno.EIO, "Input/output error")
        return real(self)

    patch.setattr(documents.Path, "read_bytes", read_bytes)


def test_a_file_of_a_share_that_is_back_is_read(paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "out"
    with monkeypatch.context() as patch:
        unreadable(patch, paths[1])
        watch(outputs, []).check_once()
        assert [r.reason for r in read_status(outputs).rejects] == ["unreadable"]
        n_runs = len(Outputs(outputs).run_ids())
        for _ in range(2):
            watch(outputs, []).check_once()
        assert (len(Outputs(outputs).run_ids()), len(load(outputs, "rejects"))) == (n_runs, 1), "it is told once, and no sweep publishes anything for it"
    watch(outputs, []).check_once()
    assert len(load(outputs, "sightings")) == 4
    assert read_status(outputs).rejects == []


def test_a_watcher_tries_it_again_after_a_while_and_checks_the_others_meanwhile(paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, told = tmp_path / "out", list[str]()
    watcher = watch(outputs, told)
    now = [100.0]
    watcher.waiting._clock = lambda: now[0]

    def look() -> list[str]:
        watcher.waiting.look()
        now[0] += 2 * SETTLE_S
        drop = watcher.waiting.ready()
        if drop and watcher._try(drop):
            watcher.waiting.forget(drop)
        return [file.path.name for file in drop]

    with monkeypatch.context() as patch:
        unreadable(patch, paths[1])
        assert len(look()) == 4
        assert look() == []
        write_articles(tmp_path / "in", {"late.txt": paths[0].read_text(encoding="utf-8") + " The port of Velm was closed."})
        assert look() == ["late.txt"]
        now[0] += 5
        assert look() == [paths[1].name]
        now[0] += 5
        assert look() == [], "the second pause is 10 s"
    assert len(told) == 1
    assert "could not be read now" in told[0]
    now[0] += 5
    assert look() == [paths[1].name]
    assert len(load(outputs, "sightings")) == 5
    now[0] += 1000
    assert look() == []


def fails_on(name: str) -> Callable[[CheckRun], None]:
    read = CheckRun.read

    def fails(run: CheckRun) -> None:
        if any(path.name == name for path in run.inputs):
            raise RuntimeError("no such luck")
        read(run)

    return fails


def test_a_file_that_the_program_fails_on_does_not_hold_up_once(paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, told = tmp_path / "out", list[str]()
    with monkeypatch.context() as patch:
        patch.setattr(CheckRun, "read", fails_on(paths[1].name))
        for _ in range(2):
            with pytest.raises(RuntimeError, match="no such luck"):
                watch(outputs, told).check_once()
            assert len(load(outputs, "sightings")) == 3
    assert all(f"{paths[1].name} cannot be checked" in line for line in told)
    [drops] = read_status(outputs).drops
    assert (drops.folder, drops.n_waiting) == (str((tmp_path / "in").resolve()), 1)
    assert "no such luck" in drops.problem
    assert ("drops", f"{drops.folder}: 1 file to be checked") in lines_of(read_status(outputs))
    assert drops.problem_at
    watch(outputs, told).check_once()
    [drops] = read_status(outputs).drops
    assert (drops.n_waiting, drops.problem) == (0, "")


@pytest.mark.parametrize("bad", [{3}, {0, 99}, set(range(GIVE_UP, 60)), set()])
def test_all_but_the_bad_files_are_checked(bad: set[int]) -> None:
    files = [DropFile(Path(str(i)), Fingerprint(0, 0, 0)) for i in range(100)]
    done: list[int] = []

    def check(part: Sequence[DropFile]) -> None:
        numbers = [int(file.path.name) for file in part]
        if bad.intersection(numbers):
            raise ValueError
        done.extend(numbers)

    failed = check_apart(files, check, (OSError,))
    assert {int(file.path.name) for file, _ in failed} == bad
    assert sorted(done) == [i for i in range(100) if i not in bad]


def test_where_every_file_fails_it_is_given_up() -> None:
    files = [DropFile(Path(str(i)), Fingerprint(0, 0, 0)) for i in range(100)]
    calls: list[int] = []

    def check(part: Sequence[DropFile]) -> None:
        calls.append(len(part))
        raise OSError if len(calls) == 99 else ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any
        check_apart(files, check, (OSError,))
    assert calls.count(1) == GIVE_UP
    calls[:] = [0] * 98
    with pytest.raises(OSError):  # noqa: PT011 - any
        check_apart(files, check, (OSError,))
    assert len(calls) == 99, "what is no file's fault is not tried on halves"


def test_a_forgotten_source_is_named_in_no_later_run(paths: list[Path], tmp_path: Path) -> None:
    outputs = tmp_path / "out"
    watch(outputs, []).check_once()
    source = load(outputs, "sightings").source[0]
    forget(outputs, [source])
    write_articles(tmp_path / "in", {"late.txt": paths[0].read_text(encoding="utf-8") + " The port of Velm was closed."})
    watch(outputs, []).check_once()
    named = [name for names in load(outputs, "runs").inputs for name in names]
    assert any(name.endswith("/late.txt") for name in named)
    assert [name for name in named if name.endswith(source)] == []


def test_the_drop_folders_date_field_may_be_missing_in_a_file(tmp_path: Path) -> None:
    """One file a drop comes to what all of them at once come to."""
    texts = list(invented_articles(2).values())
    records = {"1.jsonl": {"text": texts[0], "day": "2025-01-01"}, "2.jsonl": {"text": texts[1], "published": "2025-01-01"}}
    written = write_articles(tmp_path / "in", {name: json.dumps(record) for name, record in records.items()})
    files = [DropFile(path, seen) for path in written if (seen := fingerprint(path))]
    for outputs, drops in ((tmp_path / "one", [[file] for file in files]), (tmp_path / "all", [files])):
        Outputs(outputs).create()
        with Ledger(outputs) as ledger:
            for drop in drops:
                check_drop(tmp_path / "in", drop, outputs, {"date_field": "day"}, ledger=ledger, report=lambda summary: summary)
        assert sorted(load(outputs, "sightings").published_at.isna()) == [False, True]
        [reject] = load(outputs, "rejects").to_dict("records")
        assert (reject["source"], reject["reason"]) == ("2.jsonl#1", "no such field")
        assert 'no record has a field "day" (--date-field). Fields there are: published, text.' in reject["detail"]
        assert [note.reason for note in read_status(outputs).notes] == ["no such field"]


def test_a_report_that_a_kill_left_behind_is_caught_up(paths: list[Path], tmp_path: Path) -> None:
    outputs = tmp_path / "out"
    watch(outputs, []).check_once()
    (outputs / "report.html").unlink()
    watch(outputs, []).check_once()
    assert (outputs / "report.html").exists()
