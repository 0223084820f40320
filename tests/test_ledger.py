"""The ledger: what was checked, in which state, and by a run that is there."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from example_archive import run_tables

from flows.drops.folder import DropFile, fingerprint
from flows.drops.ledger import Ledger
from flows.housekeeping.forgetting import forget
from flows.tables import Outputs, OutputsError


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    root = tmp_path / "out"
    for run_id in ("r1", "r2"):
        Outputs(root).publish(run_id, run_tables(run_id))
    return root


def drop(folder: Path, *names: str) -> list[DropFile]:
    found = []
    for name in names:
        path = folder / name
        if not path.exists():
            path.write_bytes(os.fsencode(name))
        seen = fingerprint(path)
        assert seen is not None
        found.append(DropFile(path, seen))
    return found


def test_what_was_recorded_is_checked_until_it_changes(outputs, tmp_path):
    a, b = drop(tmp_path, "a.txt", "b.txt")
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")
    with Ledger(outputs) as ledger:
        assert ledger.unchecked([a, b]) == [b]
        (tmp_path / "a.txt").write_text("a correction")
        [changed] = drop(tmp_path, "a.txt")
        assert ledger.unchecked([changed]) == [changed]
        ledger.record([changed, b], "r2")
        assert ledger.unchecked([changed, b]) == []
        assert len(ledger) == 2


def test_a_file_is_known_by_any_path_to_its_folder(outputs, tmp_path, monkeypatch):
    (tmp_path / "drops").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "drops")
    [a] = drop(tmp_path / "drops", "a.txt")
    monkeypatch.chdir(tmp_path)
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")
        for path in ("drops/a.txt", "link/a.txt"):
            assert ledger.unchecked([DropFile(Path(path), a.fingerprint)]) == []


def test_names_that_are_no_utf8_fit_in(outputs, tmp_path):
    [odd] = drop(tmp_path, os.fsdecode(b"caf\xe9.txt"))
    with Ledger(outputs) as ledger:
        ledger.record([odd], "r1")
        assert ledger.unchecked([odd]) == []


def test_files_of_runs_that_are_gone_count_as_unchecked(outputs, tmp_path):
    """After --rebuild, or where the tables were deleted, everything is read again."""
    a, b = drop(tmp_path, "a.txt", "b.txt")
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")
        ledger.record([b], "r2")
    Outputs(outputs).publish("r3", run_tables("r3"), replace=True)
    with Ledger(outputs) as ledger:
        assert ledger.unchecked([a, b]) == [a, b]


def test_an_open_ledger_sees_what_became_of_the_folder(outputs, tmp_path):
    """`watch` and `serve` keep it open for months: a rebuild, a takedown and a deleted cache come in between."""
    a, b = drop(tmp_path, "a.txt", "b.txt")
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")
        ledger.record([b], "r2")
        (outputs / ".cache").rename(outputs / ".old")
        assert ledger.unchecked([a, b]) == [a, b]
        ledger.record([b], "r2")
        with Ledger(outputs) as another:
            assert another.unchecked([a, b]) == [a]
        Outputs(outputs).publish("r3", run_tables("r3"), replace=True)
        ledger.forget_runs_that_are_gone()
        assert ledger.unchecked([a, b]) == [a, b]


def test_a_takedown_beside_a_watcher_is_seen(outputs, tmp_path):
    a, b = drop(tmp_path, "a.txt", "b.txt")
    Outputs(outputs).publish("r3", run_tables("r3", articles=[{"article_id": "a9"}], sightings=[{"article_id": "a9", "source": "b.txt"}]))
    with Ledger(outputs) as ledger:
        ledger.record([a, b], "r1")
        forget(outputs, ["b.txt"])
        assert ledger.unchecked([a, b]) == [b], "a source of which all is forgotten is not noted any more"


def test_a_ledger_that_cannot_be_read_takes_nothing_for_checked(outputs, tmp_path):
    [a] = drop(tmp_path, "a.txt")
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")
        assert ledger.seems_checked({a.path: a.fingerprint}) == {a.path}
        for path in (outputs / ".cache").iterdir():
            path.write_bytes(b"no database " * 1000)
        assert ledger.seems_checked({a.path: a.fingerprint}) == set()
        with pytest.raises(sqlite3.Error):
            ledger.unchecked([a])


def test_a_ledger_whose_outputs_cannot_be_read_takes_nothing_for_checked(outputs, tmp_path, monkeypatch):
    """A look at the folder must not end a watcher, whatever has become of the tables."""
    [a] = drop(tmp_path, "a.txt")
    with Ledger(outputs) as ledger:
        ledger.record([a], "r1")

        def fails(*_: object) -> None:
            raise OutputsError("the files change faster than they can be read")

        monkeypatch.setattr(Ledger, "checked", fails)
        assert ledger.seems_checked({a.path: a.fingerprint}) == set()


def test_more_files_than_a_statement_takes(outputs, tmp_path):
    files = drop(tmp_path, *(f"{i}.txt" for i in range(1201)))
    with Ledger(outputs) as ledger:
        ledger.record(files[:1200], "r1")
        assert ledger.unchecked(files) == files[1200:]
