"""Watching a folder: each drop is handed over, once it is settled, again where that failed, and nothing is lost on the way."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.drops import retrying, watching
from flows.drops.folder import DropFolder
from flows.drops.retrying import Retry
from flows.drops.watching import watch_folder

WAIT_S = 20.0  # for what comes within a second on an idle machine
SETTLE_S = 0.1


class Watched:
    """What a watcher in a thread handed over; `fails` is how many of the next drops it is to fail on."""

    def __init__(self, folder: Path) -> None:
        self.drops: list[list[str]] = []
        self.told: list[str] = []
        self.fails = 0
        self.stop = threading.Event()
        self.during: Callable[[], None] = lambda: None
        self.done: set[tuple[Path, object]] = set()
        self._folder = DropFolder(folder, lambda files: {path for path, seen in files.items() if (path, seen) in self.done}, SETTLE_S)

    def take(self, files) -> bool:
        self.drops.append([file.path.name for file in files])
        self.during()
        if self.fails:
            self.fails -= 1
            return False
        self.done |= {(file.path, file.fingerprint) for file in files}
        return True

    def run(self) -> None:
        watch_folder(self._folder, self.take, self.stop, tell=self.told.append, resweep_s=1.0)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < deadline, (self.drops, self.told)
            time.sleep(0.02)


@contextmanager
def watching_folder(folder: Path) -> Iterator[Watched]:
    watched = Watched(folder)
    thread = threading.Thread(target=watched.run)
    thread.start()
    try:
        yield watched
    finally:
        watched.stop.set()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def test_what_lies_there_and_what_comes_is_handed_over_once(tmp_path):
    drops = tmp_path / "drops"
    drops.mkdir()
    (drops / "before.txt").write_text("x")
    with watching_folder(drops) as watched:
        watched.wait_for(lambda: watched.drops == [["before.txt"]])
        (drops / "a.txt.tmp").write_text("a")
        (drops / "a.txt.tmp").rename(drops / "a.txt")
        watched.wait_for(lambda: len(watched.drops) == 2)
        (tmp_path / "day").mkdir()
        for name in ("b.txt", "c.txt"):
            (tmp_path / "day" / name).write_text(name)
        (tmp_path / "day").rename(drops / "day")
        watched.wait_for(lambda: len(watched.drops) == 3)
        time.sleep(1.5)  # a look at the whole folder finds nothing that was not handed over
        assert watched.drops == [["before.txt"], ["a.txt"], ["b.txt", "c.txt"]]


def test_what_changes_while_a_drop_is_checked_is_handed_over_again(tmp_path):
    with watching_folder(tmp_path) as watched:
        watched.during = lambda: (tmp_path / "a.txt").write_text("corrected") if len(watched.drops) == 1 else None
        (tmp_path / "a.txt").write_text("first")
        watched.wait_for(lambda: len(watched.drops) == 2)
        assert watched.drops == [["a.txt"], ["a.txt"]]


def test_a_drop_that_failed_is_handed_over_again(tmp_path, monkeypatch):
    monkeypatch.setattr(retrying, "FIRST_RETRY_S", 0.3)
    with watching_folder(tmp_path) as watched:
        watched.fails = 2
        (tmp_path / "a.txt").write_text("x")
        watched.wait_for(lambda: len(watched.drops) == 3)
        time.sleep(0.5)
        assert watched.drops == [["a.txt"]] * 3


def test_a_folder_that_goes_away_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "GONE_S", 0.1)
    drops = tmp_path / "drops"
    drops.mkdir()
    with watching_folder(drops) as watched:
        (drops / "a.txt").write_text("x")
        watched.wait_for(lambda: len(watched.drops) == 1)
        shutil.rmtree(drops)
        watched.wait_for(lambda: len(watched.told) == 1)
        assert "is gone; waiting" in watched.told[0]
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "b.txt").write_text("x")
        (tmp_path / "new").rename(drops)
        watched.wait_for(lambda: watched.drops[1:] == [["b.txt"]])
        (drops / "c.txt").write_text("x")
        watched.wait_for(lambda: watched.drops[2:] == [["c.txt"]])


def test_a_file_that_is_written_for_hours_leaves_idle_moments(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "IDLE_AT_LEAST_S", 0.5)
    idle: list[float] = []
    folder, stop, growing = DropFolder(tmp_path, lambda files: set(), 5.0), threading.Event(), tmp_path / "growing.txt"
    growing.write_text("x")
    thread = threading.Thread(target=lambda: watch_folder(folder, lambda _: True, stop, tell=print, on_idle=lambda: idle.append(time.monotonic())))
    thread.start()
    deadline = time.monotonic() + WAIT_S
    while len(idle) < 3 and time.monotonic() < deadline:
        growing.write_text(growing.read_text() + "x")
        time.sleep(0.1)
    stop.set()
    thread.join(WAIT_S)
    assert len(idle) >= 3
    assert idle[2] - idle[1] >= 0.5


def test_where_the_system_tells_no_changes_the_folder_is_polled(tmp_path, monkeypatch):
    real = watching.watchfiles.watch

    def exhausted(*arguments, force_polling, **options):
        if not force_polling:
            raise OSError("OS file watch limit reached.")
        return real(*arguments, force_polling=True, **options)

    monkeypatch.setattr(watching.watchfiles, "watch", exhausted)
    monkeypatch.setattr(watching, "POLL_MS", 100)
    with watching_folder(tmp_path) as watched:
        watched.wait_for(lambda: len(watched.told) == 1)
        (tmp_path / "a.txt").write_text("x")
        watched.wait_for(lambda: watched.drops == [["a.txt"]])
    assert "OS file watch limit reached" in watched.told[0]
    assert "looked at every 0.1 s" in watched.told[0]


def test_pauses_between_tries_grow_to_five_minutes():
    now = [0.0]
    retry = Retry(clock=lambda: now[0])
    assert retry.is_due
    pauses = [retry.failed() for _ in range(9)]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert not retry.is_due
    now[0] += 300
    assert retry.is_due
    retry.succeeded()
    assert retry.failed() == pytest.approx(5)
