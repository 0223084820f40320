"""A drop starts a run of a Prefect deployment, once.

The run's idempotency key is made of the names and contents of the drop's files and of the deployment's name, so that a trigger that starts anew, or two of
them, still make one run of it. (Prefect's keys hold for all deployments of a flow: the same drop in the folder of another one would find the first one's run.)
A run that failed keeps its key for ever; a drop that is still unchecked then gets a new run under the next key, when the whole folder is looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from flows.drops.folder import DropFile, DropFolder, Fingerprint, content_key, fingerprint
from flows.drops.ledger import Ledger
from flows.drops.noted import note_drops
from flows.drops.watching import Stop, watch_folder
from flows.steps.sources import InputError
from flows.tables import Outputs
from flows.terminal import one_line

N_FILES_NAMED = 200  # of a larger drop the run gets no names, and takes what is new; Prefect's parameters may have 512 KB
MAX_ATTEMPTS = 20


class DropTrigger:
    """Starts runs of `deployment`, "flow name/deployment name", for the drops of a folder that its flow checks into `outputs`."""

    def __init__(self, deployment: str, folder: Path, outputs: Path, *, settle_s: float, tell: Callable[[str], None]) -> None:
        Outputs(outputs).create()
        self.deployment, self.folder, self._outputs, self._tell = deployment, folder, outputs, tell
        self._is_checked = Ledger(outputs).seems_checked
        self.waiting = DropFolder(folder, self._is_checked, settle_s)
        self._started: dict[tuple[Path, Fingerprint], tuple[DropFile, ...]] = {}  # file: the drop that it was started with

    def watch(self, stop: Stop) -> None:
        """Start a run for each drop, until `stop` is set."""
        watch_folder(self.waiting, self._try, stop, tell=self._tell, on_look=self._on_look)

    def once(self) -> None:
        """Start a run for what is new now. Raises what Prefect raises where its server does not answer."""
        self.waiting.look()
        if len(self.waiting):
            time.sleep(self.waiting.settle_s)
            if drop := self.waiting.ready_now():
                self.start(drop)

    def _try(self, drop: Sequence[DropFile]) -> bool:
        try:
            self.start(drop)
        except Exception as error:  # noqa: BLE001 - the server may be back in a minute; the drop waits for it
            problem = f"no run of {self.deployment} could be started, it will be tried again: {one_line(str(error)) or type(error).__name__}"
            self._tell(problem)
            note_drops(self._outputs, self.folder, problem)
            return False
        note_drops(self._outputs, self.folder, "")
        return True

    def _on_look(self) -> None:
        note_drops(self._outputs, self.folder)
        self._forget_done()

    def start(self, drop: Sequence[DropFile]) -> None:
        """Start a run for these files; for those that were started before, only where that run has ended and they are still unchecked."""
        new = tuple(file for file in drop if (file.path, file.fingerprint) not in self._started)
        before = {self._started[key] for file in drop if (key := (file.path, file.fingerprint)) in self._started}
        for files in (*sorted(before, key=lambda files: files[0].path), new):
            part = tuple(file for file in files if fingerprint(file.path) == file.fingerprint)
            if part:
                self._start(part)
                self._started |= {(file.path, file.fingerprint): part for file in part}

    def _forget_done(self) -> None:
        """Forget the drops that need no run any more: checked, changed or gone."""
        still = {path: seen for path, seen in self._started if fingerprint(path) == seen}
        done = self._is_checked(still)
        self._started = {key: drop for key, drop in self._started.items() if still.get(key[0]) == key[1] and key[0] not in done}

    def _start(self, drop: Sequence[DropFile]) -> None:
        key = f"{content_key(self.folder, drop)}:{self.deployment}"
        for attempt in range(1, MAX_ATTEMPTS + 1):
            run = start_run(self.deployment, named(self.folder, drop), key if attempt == 1 else f"{key}:{attempt}")
            if run.state is None or not run.state.is_final():
                return
        self._tell(f"{MAX_ATTEMPTS} runs of {self.deployment} did not check {one_line(str(drop[0].path))}: see why in Prefect. No more are started for it")


def start_run(deployment: str, files: list[str] | None, key: str) -> FlowRun:
    """Start a run, or return the one that has this key, without waiting for it. Raises InputError for a deployment that the server does not have."""
    parameters = {} if files is None else {"files": files}
    try:
        run = run_deployment(deployment, parameters=parameters, idempotency_key=key, timeout=0, tags=["drop"], as_subflow=False)
    except ObjectNotFound as error:
        raise InputError(f'Prefect has no deployment "{deployment}". prefect deployment ls lists those it has') from error
    assert isinstance(run, FlowRun)  # a coroutine only where it is called from one
    return run


def named(folder: Path, drop: Sequence[DropFile]) -> list[str] | None:
    """Return the files' paths below the folder, as the flow takes them; None, for all that is new, where they are many or no JSON could hold them."""
    names = [file.path.relative_to(folder).as_posix() for file in drop]
    if len(names) > N_FILES_NAMED:
        return None
    try:
        "".join(names).encode("utf-8")
    except UnicodeEncodeError:
        return None
    return names
