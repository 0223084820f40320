"""What is new in a folder and settled: nothing half written is handed over, nothing whole is forgotten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.drops.folder import DropFile, DropFolder, Fingerprint, content_key, fingerprint


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> DropFolder:
    return DropFolder(tmp_path, lambda files: set(), settle_s=2.0, clock=clock)


def names(files: list[DropFile]) -> list[str]:
    return [file.path.name for file in files]


def test_a_file_is_handed_over_once_it_has_not_changed_for_the_settling_time(folder, clock, tmp_path):
    article = tmp_path / "a.txt"
    article.write_text("half")
    folder.look()
    clock.now += 1.5
    article.write_text("half of it")
    folder.look_at([article.resolve()])
    clock.now += 1.9
    assert folder.ready() == []
    assert folder.unsettled() == [article]
    clock.now += 0.2
    assert names(folder.ready()) == ["a.txt"]


def test_a_file_that_changes_unseen_is_seen_when_the_drop_is_made(folder, clock, tmp_path):
    """No event may have come: each file is looked at once more before it is handed over."""
    (tmp_path / "a.txt").write_text("half")
    folder.look()
    clock.now += 5
    (tmp_path / "a.txt").write_text("half of it")
    assert folder.ready_now() == []
    clock.now += 2
    assert names(folder.ready_now()) == ["a.txt"]


def test_the_wall_clock_does_not_count(folder, clock, tmp_path):
    for name, mtime in (("past.txt", 0), ("future.txt", 4_000_000_000)):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (mtime, mtime))
    folder.look()
    assert folder.ready() == []
    clock.now += 2
    assert names(folder.ready()) == ["future.txt", "past.txt"]


def test_files_that_arrive_together_are_one_drop_but_a_slow_writer_does_not_hold_up_the_rest(folder, clock, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    folder.look()
    clock.now += 1.5
    (tmp_path / "b.txt").write_text("b")
    folder.look()
    clock.now += 1
    assert folder.ready() == []
    clock.now += 1
    assert names(folder.ready()) == ["a.txt", "b.txt"]
    slow = tmp_path / "slow.txt"
    for length in range(1, 5):
        slow.write_text("x" * length)
        folder.look()
        clock.now += 1
    assert names(folder.ready()) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("name", [".a.txt", "a.txt.tmp", "a.part", "a.txt.filepart", "b.txt.crdownload", "a.txt~", ".hidden/a.txt"])
def test_names_of_unfinished_files_are_passed_over(folder, clock, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    folder.look()
    folder.look_at([path.resolve(), path.parent.resolve()])
    assert len(folder) == 0


def test_a_folder_that_was_moved_here_is_looked_into(folder, clock, tmp_path):
    (tmp_path / "day/outlet").mkdir(parents=True)
    (tmp_path / "day/outlet/a.txt").write_text("x")
    folder.look_at([tmp_path.resolve() / "day"])
    clock.now += 2
    assert names(folder.ready()) == ["a.txt"]


def test_what_has_gone_or_lies_elsewhere_is_not_waited_for(folder, clock, tmp_path):
    (tmp_path / "a.txt").write_text("x")
    folder.look()
    (tmp_path / "a.txt").unlink()
    folder.look_at([Path("/etc/hosts"), tmp_path / "never.txt"])
    clock.now += 2
    assert folder.ready() == []
    assert len(folder) == 0


def test_a_file_that_changed_while_it_was_checked_keeps_waiting(folder, clock, tmp_path):
    (tmp_path / "a.txt").write_text("x")
    folder.look()
    clock.now += 2
    drop = folder.ready()
    (tmp_path / "a.txt").write_text("another")
    folder.look()
    folder.forget(drop)
    assert len(folder) == 1
    clock.now += 2
    folder.forget(folder.ready())
    assert len(folder) == 0


def test_checked_files_do_not_wait(tmp_path, clock):
    checked: dict[Path, Fingerprint] = {}
    folder = DropFolder(tmp_path, lambda files: {path for path, seen in files.items() if checked.get(path) == seen}, 2.0, clock)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    seen = fingerprint(tmp_path / "a.txt")
    assert seen is not None
    checked[tmp_path / "a.txt"] = seen
    folder.look()
    clock.now += 2
    assert names(folder.ready()) == ["b.txt"]
    os.chmod(tmp_path / "a.txt", 0o600)  # noqa: PTH101 - a change of rights may make it readable at last
    folder.look()
    clock.now += 2
    assert names(folder.ready()) == ["a.txt", "b.txt"]


FILES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.binary(max_size=20), min_size=1, max_size=4)


@settings(max_examples=30)
@given(files=FILES, other=FILES)
def test_the_key_of_a_drop_is_its_names_and_contents(files, other, tmp_path_factory):
    def key(contents: dict[str, bytes], reverse: bool) -> str:
        folder = tmp_path_factory.mktemp("drop")
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        drop = [DropFile(folder / name, Fingerprint(0, 0, 0)) for name in contents]
        return content_key(folder, drop[::-1] if reverse else drop)

    assert key(files, reverse=False) == key(files, reverse=True)
    assert (key(files, reverse=False) == key(other, reverse=False)) == (files == other)
