from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from flows.lock import holds_lock
from flows.tables import Outputs, OutputsError

HOLDER = """
import sys, time
from pathlib import Path
from flows.tables import Outputs
with Outputs(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def outputs(tmp_path) -> Outputs:
    return Outputs(tmp_path / "outputs")


@pytest.fixture
def holder(outputs, repo_root) -> Iterator[subprocess.Popen]:
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(outputs.root)], cwd=repo_root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_second_run_is_told_who_holds_the_folder(outputs, holder):
    with pytest.raises(OutputsError, match=rf"outputs: the run with pid {holder.pid} on .* is writing here\. Wait .*--outputs"), outputs.lock():
        pass
    assert not holds_lock(outputs.root)


def test_a_killed_holder_does_not_block(outputs, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (outputs.root / ".writer").exists(), "it had no time to tidy up"
    with outputs.lock():
        assert holds_lock(outputs.root)
    assert not (outputs.root / ".writer").exists()


def test_the_second_run_can_wait(outputs, holder):
    threading.Timer(0.3, holder.kill).start()
    started = time.monotonic()
    with outputs.lock(wait_s=20):
        assert 0.2 < time.monotonic() - started < 10


def test_waiting_ends(outputs, holder):
    started = time.monotonic()
    with pytest.raises(OutputsError, match=str(holder.pid)), outputs.lock(wait_s=0.3):
        pass
    assert 0.25 < time.monotonic() - started < 10


def test_one_process_has_no_two_writers_either(outputs):
    with outputs.lock(), pytest.raises(OutputsError, match=f"pid {os.getpid()}"), Outputs(outputs.root.parent / "." / outputs.root.name).lock():
        pass


def test_the_lock_is_seen_from_other_threads_of_its_process(outputs):
    seen: list[bool] = []
    with outputs.lock():
        thread = threading.Thread(target=lambda: seen.append(holds_lock(outputs.root)))
        thread.start()
        thread.join()
    assert seen == [True]


def test_the_lock_is_released_when_the_run_fails(outputs):
    with pytest.raises(ZeroDivisionError), outputs.lock():
        raise ZeroDivisionError
    with outputs.lock():
        pass
