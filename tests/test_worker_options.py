"""Options of the engine: what is refused in one line, before anything is started; and how long workers are kept."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows import worker_pools
from flows.cli import EXIT_USAGE, cli
from flows.steps.sources import InputError
from flows.worker_options import EngineError, WorkerOptions
from flows.worker_pools import kept, shared


@pytest.fixture
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray is installed, as far as the options know."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: importlib.machinery.ModuleSpec(name, None) if name == "ray" else find(name))


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))


@pytest.fixture
def article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("The port of Velm was closed on Monday night after the accident.", encoding="utf-8")
    return "a.txt"


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({"engine": "spark"}, "engine 'spark': give local or ray"),
        ({"address": "head:6379"}, "--address is for --engine ray"),
        ({"engine": "local", "ray_workers": 2}, "--ray-workers is for --engine ray"),
        ({"gpus_per_worker": 1.0}, "--gpus-per-worker is for --engine ray"),
        ({"engine": "ray", "ray_workers": 0}, "--ray-workers 0: give 1 or more"),
        ({"engine": "ray", "gpus_per_worker": 1.5}, "--gpus-per-worker 1.5: give a share"),
        ({"engine": "ray", "gpus_per_worker": -1}, "--gpus-per-worker -1: give a share"),
        ({"engine": "ray", "gpus_per_worker": float("inf")}, "--gpus-per-worker inf: give a share"),
        ({"engine": "ray", "address": "head"}, "--address head: give HOST:PORT"),
        ({"engine": "ray", "address": "head:port"}, "--address head:port: give HOST:PORT"),
        ({"engine": "ray", "address": ":6379"}, "--address :6379: give HOST:PORT"),
        ({"engine": "ray", "address": "head:70000"}, "--address head:70000: give HOST:PORT"),
        ({"engine": "ray", "address": "ray://head:10001"}, "--address ray://head:10001: give HOST:PORT"),
    ],
)
@pytest.mark.usefixtures("with_ray")
def test_options_that_cannot_be(parameters: dict[str, Any], part: str):
    with pytest.raises(InputError, match=part):
        WorkerOptions.of(parameters)


@pytest.mark.usefixtures("with_ray")
def test_options_that_can_be():
    assert WorkerOptions.of({"min_score": 0.5, "engine": None, "address": None}) == WorkerOptions()
    given = {"engine": "ray", "address": "[::1]:6379", "ray_workers": 4, "gpus_per_worker": 0.25}
    assert WorkerOptions.of(given) == WorkerOptions("ray", "[::1]:6379", 4, 0.25)
    for gpus in (0, 1, 2, 2.0):
        assert WorkerOptions.of({"engine": "ray", "address": "auto", "gpus_per_worker": gpus}).gpus_per_worker == gpus


@pytest.mark.usefixtures("without_ray")
@pytest.mark.parametrize("command", ["check", "watch", "serve"])
def test_without_the_package_a_line_says_how_to_install_it(article: str, command: str, tmp_path: Path):
    (tmp_path / "drops").mkdir()
    result = CliRunner().invoke(cli, [command, article if command == "check" else "drops", "--engine", "ray"])
    assert result.exit_code == EXIT_USAGE, result.output
    assert result.stdout == ""
    assert result.stderr == 'claimdrift: --engine ray needs the package Ray. Install it where claimdrift is: pip install -e ".[ray]" -c constraints.txt\n'


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--engine", "spark"], ["--engine", "local", "ray"]),
        (["--engine", "ray", "--ray-workers", "0"], ["--ray-workers", "x>=1"]),
        (["--engine", "ray", "--gpus-per-worker", "nan"], ["--gpus-per-worker", "nan"]),
        (["--engine", "ray", "--address", "head"], ["--address head: give HOST:PORT"]),
        (["--ray-workers", "2"], ["--ray-workers is for --engine ray"]),
    ],
)
def test_bad_options_are_one_line(article: str, options: list[str], parts: list[str]):
    result = CliRunner().invoke(cli, ["check", article, *options])
    assert result.exit_code == EXIT_USAGE, result.output
    [line] = result.stderr.splitlines()
    assert line.startswith("claimdrift: ")
    assert not [part for part in parts if part not in line], line
    assert not Path("outputs/runs").exists()


def test_an_address_where_nothing_listens_is_told_at_once():
    pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    from flows.ray_cluster import _check_reachable

    with socket.socket() as taken:  # bound and not listening: nobody else can take the port meanwhile
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"--address 127.0.0.1:{port}: no Ray answers there"):
            _check_reachable(f"127.0.0.1:{port}")


def test_ray_is_imported_only_where_it_is_asked_for():
    program = "import sys, flows.cli, flows.check_claims, flows.pipeline, flows.drops.flow; print(sorted({'ray', 'flows.ray_workers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


# --- how long they are kept ----------------------------------------------------------------------------------------------------------------------------------


class Closing:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def _no_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pools, "_pools", {})


@pytest.mark.usefixtures("_no_pools")
def test_workers_are_started_once_and_closed_when_the_last_block_ends():
    options = WorkerOptions()
    first = shared(options, "m", Closing)
    assert shared(options, "m", Closing) is first
    other = shared(options, "another model", Closing)
    with kept(options):
        with kept(options):
            assert shared(options, "m", Closing) is first
        assert not first.is_closed
    assert first.is_closed
    assert other.is_closed
    assert shared(options, "m", Closing) is not first


@pytest.mark.usefixtures("_no_pools")
def test_workers_are_closed_where_the_run_fails():
    pools = []

    def run() -> None:
        with kept(WorkerOptions()):
            pools.append(shared(WorkerOptions(), "m", Closing))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert pools[0].is_closed
