"""A Prefect server on loopback with a home of its own, and the programs that talk to it: what the tests here do is done for real."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

BIN = Path(sys.executable).parent
WAIT_S = 1800.0  # for anything: on a machine that is busy with other work a run takes minutes, most of them to import PyTorch
LOOK_S = 2.0
ENDS_WITHIN_S = 60.0
SHOWN_CHARS = 4000

T = TypeVar("T")


class Program:
    """A program that runs beside the test, in a process group of its own; what it prints goes to a file."""

    def __init__(self, words: Sequence[str | Path], log: Path, environment: Mapping[str, str], cwd: Path) -> None:
        self.name, self._log = f"{Path(words[0]).name} {words[1]}", log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [BIN / words[0], *words[1:]], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
            )

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def interrupt(self, number: int = signal.SIGINT) -> int:
        """Ctrl-C, or another signal, to this program alone; return the exit code."""
        self._process.send_signal(number)
        try:
            return self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Kill it and all that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait(ENDS_WITHIN_S)


class LiveServer:
    """`prefect server start` on a free port. It may be killed and started again: its database stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self._programs: list[Program] = []

    def environment_in(self, cwd: Path) -> dict[str, str]:
        """That of a user whose shell is in `cwd`, who has a home of Prefect's in the test's folder and knows of this server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        return {
            **kept, "PREFECT_HOME": str(self.folder / "home"), "PREFECT_API_URL": self.api, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
            "PYTHONUNBUFFERED": "1", "PWD": str(cwd),
        }  # fmt: skip

    def start(self) -> None:
        self._server = self.spawn("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        self.until(self.is_up, "the server's first answer")

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.api}/health", timeout=5.0).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """Let it go away without a word to anyone."""
        self._server.kill()
        self._programs.remove(self._server)

    def interrupt(self, program: Program, number: int = signal.SIGINT) -> int:
        """Ctrl-C, or another signal; return the program's exit code. From now on it may be away."""
        self._programs.remove(program)
        return program.interrupt(number)

    def kill_program(self, program: Program) -> None:
        """Kill one that was started, and all that it has started."""
        self._programs.remove(program)
        program.kill()

    def end(self) -> None:
        """Kill all that was started."""
        for program in reversed(self._programs):
            program.kill()
        shutil.rmtree(self.folder / "home", ignore_errors=True)

    def spawn(self, *words: str | Path, cwd: Path | None = None, **more: str) -> Program:
        """Start a program of this environment, such as `prefect` or `claimdrift`; `more` goes to its environment."""
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}-{words[0]}-{words[1]}.log"
        program = Program(words, log, {**self.environment_in(cwd or self.folder), **more}, cwd or self.folder)
        self._programs.append(program)
        return program

    def call(self, *words: str | Path, cwd: Path | None = None) -> str:
        """Carry out a program to its end; return what it prints."""
        done = subprocess.run(
            [BIN / words[0], *words[1:]], cwd=cwd or self.folder, env=self.environment_in(cwd or self.folder),
            capture_output=True, text=True, timeout=WAIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout[-SHOWN_CHARS:]}{done.stderr[-SHOWN_CHARS:]}"
        return done.stdout

    def refused(self, *words: str | Path) -> str:
        """Carry out a program that must end with exit code 2; return what it says."""
        done = subprocess.run(
            [BIN / words[0], *words[1:]], cwd=self.folder, env=self.environment_in(self.folder), capture_output=True, text=True, timeout=WAIT_S, check=False
        )
        assert done.returncode == 2, done.stderr[-SHOWN_CHARS:]
        return done.stderr

    def until(self, condition: Callable[[], T], what: str) -> T:
        """Wait for a condition to hold, and return what it says; fail where it never does, or a program has ended meanwhile.

        A server that is too busy to answer, as SQLite makes it under load, is asked again.
        """
        deadline = time.monotonic() + WAIT_S

        def look() -> T | None:
            try:
                return condition()
            except httpx.HTTPError:
                return None

        while not (found := look()):
            ended = [program for program in self._programs if not program.is_alive()]
            if ended or time.monotonic() > deadline:
                why = f"{ended[0].name} has ended" if ended else f"{WAIT_S:g} s have passed"
                told = "\n".join(f"--- {program.name}\n{program.printed[-SHOWN_CHARS:]}" for program in ended or self._programs)
                raise AssertionError(f"waiting for {what}: {why}\n{told}")
            time.sleep(LOOK_S)
        return found

    @contextmanager
    def client(self) -> Iterator[SyncPrefectClient]:
        """Prefect's own client of this server; within it, this process's calls of Prefect go there."""
        with temporary_settings({PREFECT_API_URL: self.api}), get_client(sync_client=True) as client:
            yield client

    def runs(self, deployment: str) -> list[FlowRun]:
        """The runs of a deployment, "flow name/deployment name", by their start; those that its schedule plans for later are not among them."""
        try:
            with self.client() as client:
                deployment_id = client.read_deployment_by_name(deployment).id
                mine = [run for run in client.read_flow_runs(limit=200) if run.deployment_id == deployment_id]
        except ObjectNotFound:
            return []
        begun = [run for run in mine if not ("auto-scheduled" in run.tags and run.state and run.state.is_scheduled())]
        return sorted(begun, key=lambda run: run.start_time or run.expected_start_time or _NEVER)


_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def run_table(runs: Sequence[FlowRun]) -> str:
    """The runs as lines of text, with what is said of those that ended badly; times are seconds from the moment when the first was asked for."""
    begin = min(run.created for run in runs if run.created)

    def since(at: dt.datetime | None) -> str:
        return "-" if at is None else f"{(at - begin).total_seconds():.1f}"

    def state(run: FlowRun) -> str:
        ended_badly = run.state is not None and run.state.is_final() and not run.state.is_completed()
        return f"{run.state_name}: {run.state.message}" if run.state and ended_badly else run.state_name or "?"

    rows = [("run", "state", "asked for", "started", "ended", "tags")]
    rows += [(run.name, state(run), since(run.created), since(run.start_time), since(run.end_time), ", ".join(sorted(run.tags))) for run in runs]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def one_at_a_time(runs: Sequence[FlowRun]) -> bool:
    """Say whether each of the runs, in the order of their starts, began when the one before had ended."""
    spans = [(run.start_time, run.end_time) for run in runs if run.start_time]
    return all(before[1] is not None and after[0] is not None and before[1] <= after[0] for before, after in pairwise(spans))


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]
