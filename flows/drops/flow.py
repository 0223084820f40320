"""The flow `check-drops`: check what is new in a folder, for a schedule or for a drop. Runs of it may be asked for at any time and in any number:

each takes the outputs folder's lock in turn, and checks what no one before it has.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.check_claims import RETRY_DELAYS_S, begin, finish, may_pass, tell_result, tell_waiting
from flows.drops.folder import DEFAULT_SETTLE_S, DropFile, DropFolder
from flows.drops.isolating import check_apart
from flows.drops.ledger import Ledger
from flows.drops.noted import note_drops
from flows.drops.reporting import ReportKeeper
from flows.housekeeping.compacting import compact_when_many
from flows.make_run import make_run
from flows.notify import parse_command
from flows.steps.sources import InputError, one_line
from flows.summary import CheckSummary
from flows.tables import Outputs, OutputsError
from flows.telling import with_report
from flows.watchlist import Watchlist
from flows.worker_pools import kept

from prefect import flow, get_run_logger, task  # isort: skip  # after check_claims, which sets Prefect's defaults first
from prefect.cache_policies import NO_CACHE  # isort: skip
from prefect.runtime import flow_run  # isort: skip

LOCK_WAIT_S = 3600.0
N_NAMED = 3


def run_name() -> str:
    """Name a flow run after what it checks: "check a.txt, b.txt of drops → outputs", or "sweep drops → outputs"."""
    parameters: Mapping[str, Any] = flow_run.parameters
    files, folder, outputs = parameters.get("files"), Path(parameters["folder"]), Path(parameters["outputs"])
    if not files:
        return f"sweep {folder.name} → {outputs.name}"
    shown = ", ".join(files[:N_NAMED]) + (f" and {len(files) - N_NAMED} more" if len(files) > N_NAMED else "")
    return f"check {shown} of {folder.name} → {outputs.name}"


@task(name="find new files", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def find_new_files(folder: Path, names: list[str] | None, outputs: Path, settle_s: float) -> tuple[list[DropFile], int]:
    """Return the unchecked files that are settled, of those named or of the whole folder; and how many are still being written."""
    if not folder.is_dir():
        raise InputError(f"no such folder: {folder}")
    with Ledger(outputs) as ledger:
        waiting = DropFolder(folder, ledger.checked, settle_s)
        if names is None:
            waiting.look()
        else:
            waiting.look_at(below(folder, name) for name in names)
        if not len(waiting):
            return [], 0
        time.sleep(settle_s)
        return waiting.ready_now(), len(waiting.unsettled())


@task(name="remember files", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def remember(files: list[DropFile], outputs: Path, run_id: str) -> None:
    """Note that these are checked."""
    with Ledger(outputs) as ledger:
        ledger.record(files, run_id)


def below(folder: Path, name: str) -> Path:
    """Return a named file's absolute path. Raises InputError for one that does not lie below the folder: parameters may come from an event."""
    root = folder.resolve()
    path = root / name
    if ".." in Path(name).parts or not path.is_relative_to(root):
        raise InputError(f"{name}: does not lie in {folder}")
    return path


@flow(name="check-drops", flow_run_name=run_name, description="Checks what is new in a folder of articles, and no one has checked yet.")
def check_drops(
    folder: str | Path,
    outputs: str | Path = "outputs",
    files: list[str] | None = None,
    settle_s: float = DEFAULT_SETTLE_S,
    model: str | None = None,
    precision: str | None = None,
    min_score: float | None = None,
    window_days: int | None = None,
    text_field: str | None = None,
    title_field: str | None = None,
    date_field: str | None = None,
    url_field: str | None = None,
    outlet_field: str | None = None,
    id_field: str | None = None,
    engine: str | None = None,
    address: str | None = None,
    ray_workers: int | None = None,
    gpus_per_worker: float | None = None,
    notify: str | None = None,
    watch_terms: str | Path | None = None,
) -> CheckSummary | None:
    """Check the files of `folder` that are new, against each other and against what the outputs folder holds; None where nothing is.

    files: only these, by their paths below the folder. settle_s: seconds that a file must not have changed for. The rest is as for check-claims, and what it
    raises; where the program fails on single files, after all others were checked. Waits up to an hour for another run into the same outputs folder to end.
    """
    folder, outputs, log = Path(folder), Path(outputs), get_run_logger()
    watchlist = Watchlist.read(watch_terms)
    if notify:
        parse_command(notify)
    Outputs(outputs).create()
    found, n_unsettled = find_new_files(folder, files, outputs, settle_s)
    if n_unsettled:
        log.info("%d files are still being written, and left for the next run", n_unsettled)
    if not found:
        log.info("Nothing new in %s", folder)
        if problem := ReportKeeper(outputs).catch_up(now=True):
            log.warning(problem)
        tell_waiting(notify, outputs, watchlist)
        return None
    summaries: list[CheckSummary] = []

    def check(todo: Sequence[DropFile]) -> None:
        run = make_run(
            [file.path for file in todo], outputs, root=folder, model=model, precision=precision, min_score=min_score, window_days=window_days,
            text_field=text_field, title_field=title_field, date_field=date_field, url_field=url_field, outlet_field=outlet_field, id_field=id_field,
            engine=engine, address=address, ray_workers=ray_workers, gpus_per_worker=gpus_per_worker,
        )  # fmt: skip
        with kept(run.worker_options):
            begin(run)
            if run.unread:
                log.warning("%d files cannot be read now, the first is %s; the next run tries them again", len(run.unread), min(run.unread))
            if run.is_put_off:
                return
            summary = finish(run, notify)
        remember([file for file in todo if file.path not in run.unread], outputs, run.run_id)
        summaries.append(with_report(summary))

    with Outputs(outputs).lock(LOCK_WAIT_S):
        with Ledger(outputs) as ledger:
            todo = ledger.unchecked(found)  # under the lock: another run may just have done them
        if not todo:
            log.info("Another run has just checked these %d files", len(found))
            return None
        try:
            failed = check_apart(todo, check, no_files_fault())
        except Exception as error:
            note_drops(outputs, folder, f"{type(error).__name__}: {one_line(str(error))}")
            raise
        note_drops(outputs, folder, f"{one_line(failed[0][0].path)} cannot be checked: {one_line(str(failed[0][1]))}" if failed else "")
    if problem := compact_when_many(outputs):
        log.warning(problem)
    told = [tell_result(summary, notify, watchlist) for summary in summaries]
    for file, error in failed:
        log.error("%s cannot be checked, the others were: %s: %s", file.path, type(error).__name__, error)
    if failed:
        raise failed[0][1]
    return told[-1] if told else None


def no_files_fault() -> tuple[type[Exception], ...]:
    """What may pass, and what the user can put right."""
    from models.checkpoint import ModelError  # PyTorch comes with it

    return (OutputsError, OSError, sqlite3.Error, InputError, ModelError)
