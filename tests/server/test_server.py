"""A real Prefect server: drops that come at once are checked one after the other, under `serve` and on a work pool; a webhook hears of what is found.

`make server` runs these; each prints the run table that it saw.
"""

from __future__ import annotations

import contextvars
import json
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.objects import FlowRun

from flows.commands.base import EXIT_INTERRUPTED, EXIT_TERMINATED
from flows.drops.checking import check_drop
from flows.drops.ending import LEAVE_AFTER_S, UNTOLD
from flows.drops.folder import DropFile, content_key, fingerprint
from flows.drops.ledger import Ledger
from flows.drops.lost import run_processes
from flows.drops.trigger import named, start_run
from flows.tables import Outputs, load
from tests.core_examples import write_articles
from tests.kills.invented import invented_articles
from tests.readme_parts import README, blocks
from tests.server.live import LiveServer, Program, one_at_a_time, run_table

pytestmark = pytest.mark.slow

FEWEST_FINDINGS = 20
NO_BLOCK = "00000000-0000-0000-0000-000000000000"
WEBHOOK = "https://desk.example/hooks/claimdrift"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("server"))
    at_interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in a shell's background, and so by all that is started from there
    try:
        live.start()
        yield live
    finally:
        live.end()
        signal.signal(signal.SIGINT, at_interrupt)


@pytest.fixture(scope="module")
def parameters(repo_root: Path) -> dict[str, Any]:
    """A model of a moment, which finds anything in anything."""
    return {"model": str(repo_root / "tests" / "data" / "tiny-nli"), "precision": "float32", "min_score": 0.0}


def drops_of(n: int) -> list[dict[str, str]]:
    """Return `n` drops of three articles or more; each tells of the events of the others."""
    articles = list(invented_articles(3 * n).items())
    return [dict(articles[i::n]) for i in range(n)]


def files_of(folder: Path) -> list[DropFile]:
    return [DropFile(path, seen) for path in sorted(folder.rglob("*.txt")) if (seen := fingerprint(path))]


def found(outputs: Path) -> dict[str, dict[str, Any]]:
    """What must not depend on how the articles came: the findings of the current view, by id, but for the run and the last digits of the figures."""
    rows = load(outputs, "findings").drop(columns=["run_id", "evidence"]).to_dict("records")
    return {row["finding_id"]: {**row, "score": round(row["score"], 3)} for row in rows}


def found_at_once(drops: list[dict[str, str]], folder: Path, parameters: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What one undisturbed run finds in all of the drops."""
    for drop in drops:
        write_articles(folder / "drops", drop)
    with Ledger(folder / "outputs") as ledger:
        check_drop(folder / "drops", files_of(folder / "drops"), folder / "outputs", parameters, ledger=ledger)
    return found(folder / "outputs")


def completed(runs: list[FlowRun], n: int) -> list[FlowRun]:
    """Return the runs, where there are so many and all have ended; nothing before. Fail where one ended otherwise than well."""
    assert [run.state_name for run in runs if run.state and run.state.is_final() and not run.state.is_completed()] == [], run_table(runs)
    return runs if len(runs) >= n and all(run.state and run.state.is_completed() for run in runs) else []


# --- a webhook -----------------------------------------------------------------------------------------------------------------------------------------------


class Receiver(ThreadingHTTPServer):
    """Takes what a webhook is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, dict[str, Any]]] = []
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append((self.headers["Content-Type"], json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        thread = threading.Thread(target=receiving.serve_forever, daemon=True)
        thread.start()
        yield receiving
        receiving.shutdown()
        thread.join()


def readme_block(language: str, part: str) -> str:
    [body] = [block.body for block in blocks(README.read_text(encoding="utf-8")) if block.language == language and part in block.body]
    return body


@pytest.fixture(scope="module")
def automation(server: LiveServer, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The README's block and automation, with the receiver's address in place of the example's."""
    code = readme_block("python", "Webhook(").replace(WEBHOOK, f"http://127.0.0.1:{receiver.server_port}/")
    block_id = server.call("python", "-c", code).split()[-1]
    text = readme_block("yaml", "claimdrift.findings")
    assert NO_BLOCK in text
    assert yaml.safe_load(text)["enabled"]
    path = tmp_path_factory.mktemp("automation") / "webhook.yaml"
    path.write_text(text.replace(NO_BLOCK, block_id), encoding="utf-8")
    assert "Created automation" in server.call("prefect", "automation", "create", "--from-file", path)


# --- claimdrift serve ----------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Served:
    program: Program
    folder: Path
    outputs: Path
    deployment: str = "check-drops/desk"


@pytest.fixture(scope="module")
def served(server: LiveServer, automation: None, tmp_path_factory: pytest.TempPathFactory, parameters: dict[str, Any]) -> Served:
    """`claimdrift serve` on an empty folder. Its requests are tried twice, not six times, so that a server that is away is noticed in seconds."""
    at = tmp_path_factory.mktemp("serve")
    return Served(serve_in(at, "desk", server, parameters, n_retries=1), at / "drops", at / "archive")


def serve_in(at: Path, name: str, server: LiveServer, parameters: Mapping[str, Any], *, n_retries: int = 5) -> Program:
    """Start `claimdrift serve` on the folder `at`/drops, and wait until it serves. n_retries: of a request; Prefect's own are 5."""
    (at / "drops").mkdir(exist_ok=True)
    options = [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    program = server.spawn(
        "claimdrift", "serve", at / "drops", "--outputs", at / "archive", "--every", "1h", "--name", name, *options, PREFECT_CLIENT_MAX_RETRIES=str(n_retries)
    )
    server.until(lambda: f"serving check-drops/{name}" in program.printed, "serve")
    return program


def test_serve_checks_three_drops_that_come_at_once(server: LiveServer, served: Served, receiver: Receiver, tmp_path: Path, parameters: dict[str, Any]):
    drops = drops_of(5)
    with Outputs(served.outputs).lock():  # no run ends before all three are asked for
        for n, drop in enumerate(drops[:3], 1):
            write_articles(served.folder, drop)
            server.until(lambda n=n: len(server.runs(served.deployment)) >= n, f"the run of drop {n}")
    runs = server.until(lambda: completed(server.runs(served.deployment), 3), "the end of three runs")
    print(f"\nclaimdrift serve, three drops at once\n{run_table(runs)}")
    assert len(runs) == 3
    assert one_at_a_time(runs)
    assert max(run.created for run in runs if run.created) < min(run.end_time for run in runs if run.end_time)
    assert all({"claimdrift", "drops", "drop"} <= set(run.tags) for run in runs)
    assert all(run.name.startswith("check ") and run.name.endswith("of drops → archive") for run in runs)
    here = found(served.outputs)
    assert len(here) >= FEWEST_FINDINGS
    assert here == found_at_once(drops[:3], tmp_path, parameters)

    told = set(load(served.outputs, "findings")["run_id"])
    server.until(lambda: len(receiver.got) >= len(told), "the webhook")
    print(f"{len(here)} findings as in one run; the webhook was called {len(receiver.got)} times")
    assert {kind for kind, _ in receiver.got} == {"application/json"}
    assert {payload["run_id"] for _, payload in receiver.got} == told
    assert sum(payload["n_findings"] for _, payload in receiver.got) == len(load(served.outputs, "findings", superseded=True))
    assert {finding["finding_id"] for _, payload in receiver.got for finding in payload["findings"]} <= set(load(served.outputs, "findings")["finding_id"])


def test_a_server_that_goes_away_and_comes_back(server: LiveServer, served: Served, tmp_path: Path, parameters: dict[str, Any]):
    """Away for so long that Prefect's own runner has given up; a drop that comes meanwhile is checked, and one that comes later."""
    drops = drops_of(5)
    n_before = len(server.until(lambda: server.runs(served.deployment), "the runs before"))
    server.kill()
    write_articles(served.folder, drops[3])
    server.until(lambda: "no run of check-drops/desk could be started" in served.program.printed, "the drop that waits")
    server.until(lambda: "drops and sweeps wait until it is back" in served.program.printed, "the runner's end")
    server.start()
    server.until(lambda: completed(server.runs(served.deployment), n_before + 1), "the drop that came meanwhile")
    write_articles(served.folder, drops[4])
    runs = server.until(lambda: completed(server.runs(served.deployment), n_before + 2), "the drop that came later")
    print(f"\nclaimdrift serve, the server away before the last two\n{run_table(runs)}")
    assert len(runs) == n_before + 2
    assert one_at_a_time(runs)
    assert set(load(served.outputs, "sightings")["source"]) >= {*drops[3], *drops[4]}
    if n_before == 3:
        assert found(served.outputs) == found_at_once(drops, tmp_path, parameters)
    assert server.interrupt(served.program) == 0


def test_a_run_whose_process_was_killed_is_ended_by_the_next_serve(server: LiveServer, tmp_path: Path, parameters: dict[str, Any]):
    """And its drop gets a new run; a run whose process lives goes on. Only one serves a deployment."""
    drops, deployment = drops_of(2), "check-drops/lost"
    first = serve_in(tmp_path, "lost", server, parameters)
    with Outputs(tmp_path / "archive").lock():  # the run waits for it
        write_articles(tmp_path / "drops", drops[0])
        [run] = server.until(lambda: [run for run in server.runs(deployment) if run.state and run.state.is_running()], "the run")
        refused = server.refused("claimdrift", "serve", tmp_path / "drops", "--outputs", tmp_path / "archive", "--name", "lost")
        assert "check-drops/lost is being served already" in refused
        server.kill_program(first)
    second = serve_in(tmp_path, "lost", server, parameters)
    server.until(lambda: "1 run of check-drops/lost had no process any more, and is set to Crashed in Prefect" in second.printed, "the run's end")
    runs = server.until(lambda: [r for r in server.runs(deployment) if r.state and r.state.is_completed()], "the new run")
    with server.client() as client:
        ended = client.read_flow_run(run.id).state
    assert ended is not None
    assert ended.is_crashed()
    assert "Its process is gone" in (ended.message or "")
    print(f"\na run whose process was killed\n{run_table(server.runs(deployment))}")
    assert run.id not in {r.id for r in runs}
    assert set(load(tmp_path / "archive", "sightings")["source"]) == set(drops[0])
    assert server.interrupt(second) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, EXIT_INTERRUPTED), (signal.SIGTERM, EXIT_TERMINATED)])
def test_serve_ends_in_time_while_the_server_is_away(server: LiveServer, tmp_path: Path, parameters: dict[str, Any], number: int, code: int):
    """With as many tries as Prefect makes by default, and a run under way."""
    deployment = f"check-drops/away-{number}"
    program = serve_in(tmp_path, f"away-{number}", server, parameters)
    with Outputs(tmp_path / "archive").lock():
        write_articles(tmp_path / "drops", drops_of(1)[0])
        server.until(lambda: [run for run in server.runs(deployment) if run.state and run.state.is_running()], "the run")
        server.kill()
        began = time.monotonic()
        assert server.interrupt(program, number) == code
        took = time.monotonic() - began
        assert not run_processes()
    print(f"\nended after {took:.1f} s: {program.printed.splitlines()[-1]}")
    assert took < LEAVE_AFTER_S + 15
    assert UNTOLD in program.printed.splitlines()[-1]
    server.start()


# --- a work pool ---------------------------------------------------------------------------------------------------------------------------------------------


def test_a_work_pool_checks_three_drops_that_come_at_once(server: LiveServer, repo_root: Path, tmp_path: Path, parameters: dict[str, Any]):
    """prefect.yaml as it stands; the model is set afterwards, as in the UI. Each drop is triggered twice, one more is told of by an event."""
    desk, drops = tmp_path / "desk", drops_of(4)
    folder = desk / "drops"
    folder.mkdir(parents=True)
    shutil.copy(repo_root / "prefect.yaml", desk)
    server.call("prefect", "work-pool", "create", "--type", "process", "claimdrift", cwd=desk)
    server.call("prefect", "--no-prompt", "deploy", "--all", cwd=desk)
    with server.client() as client:
        for name in ("sweep", "on-drop"):
            deployment = client.read_deployment_by_name(f"check-drops/{name}")
            client.update_deployment(deployment.id, DeploymentUpdate(parameters={**deployment.parameters, **parameters}))
    worker = server.spawn("prefect", "worker", "start", "--pool", "claimdrift", cwd=desk)
    server.until(lambda: "started" in worker.printed, "the worker")

    files = []
    for drop in drops[:3]:
        write_articles(folder, drop)
        files.append([DropFile(path, seen) for path in sorted(folder / name for name in drop) if (seen := fingerprint(path))])

    def trigger(drop: list[DropFile]) -> FlowRun:
        return start_run("check-drops/sweep", named(folder, drop), content_key(folder, drop))

    with server.client(), ThreadPoolExecutor(6) as pool:
        asked = [(contextvars.copy_context(), drop) for drop in [*files, *files]]
        started = list(pool.map(lambda one: one[0].run(lambda: server.until(lambda: trigger(one[1]), "a run")), asked))
    assert len({run.id for run in started}) == 3, "the same content is one run, however often it is triggered"
    runs = server.until(lambda: completed(server.runs("check-drops/sweep"), 3), "the end of three runs")

    write_articles(folder, drops[3])
    event = f"'claimdrift.drop', resource={{'prefect.resource.id': 'claimdrift.folder.drops'}}, payload={{'files': {sorted(drops[3])}}}"
    server.call("python", "-c", f"from prefect.events import emit_event\nemit_event({event})")
    by_event = server.until(lambda: completed(server.runs("check-drops/on-drop"), 1), "the run of the event")
    print(f"\nwork pool, three drops at once, each triggered twice; then one by an event\n{run_table([*runs, *by_event])}")
    assert {run.id for run in runs} == {run.id for run in started} or any("auto-scheduled" in run.tags for run in runs)
    assert one_at_a_time(runs)
    assert all({"claimdrift", "drops"} <= set(run.tags) for run in runs)
    assert all(run.name.startswith("check ") and run.name.endswith("of drops → outputs") for run in by_event)
    here = found(desk / "outputs")
    assert len(here) >= FEWEST_FINDINGS
    assert here == found_at_once(drops, tmp_path / "at-once", parameters)
