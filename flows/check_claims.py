"""The flow `check-claims`: orchestration only. The steps are CheckRun's (flows/pipeline.py); what they do is in flows/steps.

    from flows.check_claims import check_claims
    summary = check_claims("articles", outputs="outputs")

Tasks are few, each over all of a run's claims or pairs, and share the run's state by reference in one process: Prefect neither hashes nor stores it.
The drop flow (flows/drops/flow.py) carries out its runs with the same tasks. They bear no tags: for a task with tags Prefect asks the server for a slot of
their concurrency limits, and where the server's SQLite is busy that takes 2 s a task.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from flows.prefect_server import set_defaults

set_defaults()  # before Prefect is imported: it reads its settings then

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import (  # noqa: E402
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.events import emit_event  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402

from flows import progress  # noqa: E402
from flows.make_run import make_run  # noqa: E402
from flows.markdown import counts_table, findings_markdown, watched_markdown  # noqa: E402
from flows.notify import EVENT, MarkedFinding, as_event, new_findings, parse_command  # noqa: E402
from flows.outbox import Outbox, hand_over_waiting  # noqa: E402
from flows.summary import CheckSummary, summarise  # noqa: E402
from flows.telling import publish_noted, with_report, with_watched  # noqa: E402
from flows.watchlist import Watchlist  # noqa: E402
from flows.worker_pools import kept  # noqa: E402

if TYPE_CHECKING:
    from flows.pipeline import CheckRun

RETRY_DELAYS_S = [2.0, 15.0]
N_TERMS_LOGGED = 10
PROGRESS_EVERY_S = 2.0  # an update is a request to the server: some 30 ms of its time
PROGRESS_STEPS = {"scoring pairs": 0.0, "scoring pairs back": 50.0}  # where each half begins, in per cent


def run_name() -> str:
    """Name a flow run after what it checks: "check seeds → outputs"."""
    parameters: Mapping[str, Any] = flow_run.parameters
    inputs = parameters["inputs"]
    names = [str(inputs)] if isinstance(inputs, str | Path) else [str(path) for path in inputs]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"check {shown} → {parameters['outputs']}"


def may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Say whether a failure may pass: a disk or network share that stumbled. A user's error never does."""
    try:
        state.result()
    except (OSError, sqlite3.OperationalError):
        return True
    except Exception:  # noqa: BLE001 - any other failure stands, and is raised by the flow
        return False
    return False


@task(name="prepare", cache_policy=NO_CACHE)
def prepare(run: CheckRun) -> None:
    """Load the model; check the outputs folder and its settings."""
    run.prepare()


@task(name="read articles", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def read(run: CheckRun) -> None:
    """Read INPUT; keep what the outputs folder does not hold yet."""
    run.read()


@task(name="extract claims", cache_policy=NO_CACHE)
def extract(run: CheckRun) -> None:
    """Split the new articles into claims."""
    run.extract()


@task(name="relate articles", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def relate(run: CheckRun) -> None:
    """Find the articles that share an event."""
    run.relate()


@task(name="propose pairs", cache_policy=NO_CACHE)
def propose(run: CheckRun) -> None:
    """Propose the pairs of claims that are worth scoring."""
    run.propose()


@task(name="score pairs", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def score(run: CheckRun) -> None:
    """Score the pairs in both directions; what an attempt before has scored comes from the cache."""
    with progress_artifact(run.run_id):
        run.score()


@task(name="compare claims", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def compare(run: CheckRun) -> None:
    """Compare the pairs that may tell one fact, whose scores are read from the cache, and decide what comes of each."""
    run.compare()


@task(name="publish", cache_policy=NO_CACHE)
def publish(run: CheckRun, command: str | None) -> None:
    """Write the tables. Not retried: publishing is all or nothing, and the next run finishes what a crash left half renamed."""
    publish_noted(run, command)


@contextmanager
def progress_artifact(run_id: str) -> Iterator[None]:
    """Show in Prefect's UI how far the scoring inside is. Where the server does not take it, that is logged once and the scoring goes on."""
    artifact: UUID | None = None
    shown_at = time.monotonic()
    lost = False

    def show(percent: float, step: str) -> None:
        nonlocal artifact, lost, shown_at
        shown_at = time.monotonic()
        try:
            if artifact is None:
                # In a synchronous task it returns the id; its annotation allows for the other case, a coroutine.
                artifact = cast("UUID", create_progress_artifact(percent, key="claimdrift-progress", description=f"Run {run_id}: {step}"))
            else:
                update_progress_artifact(artifact_id=artifact, progress=percent, description=f"Run {run_id}: {step}")
        except Exception as error:  # noqa: BLE001 - of no consequence for the results, and told
            lost = True
            get_run_logger().warning("Prefect could not store the progress: %s", error)

    def listen(step: str, done: int, total: int) -> None:
        if not lost and step in PROGRESS_STEPS and total and time.monotonic() - shown_at >= PROGRESS_EVERY_S:
            show(PROGRESS_STEPS[step] + 50.0 * done / total, step)

    with progress.listening(listen):
        yield
    if artifact is not None and not lost:
        show(100.0, "scored")


@task(name="show artifacts", cache_policy=NO_CACHE)
def show_artifacts(summary: CheckSummary, watched: Sequence[MarkedFinding] = ()) -> None:
    """Put the counts and the top findings where Prefect's UI shows them."""
    create_table_artifact(table=counts_table(summary), key="claimdrift-counts", description=f"Counts of run {summary.run_id}")
    markdown = findings_markdown(summary) + watched_markdown(watched)
    create_markdown_artifact(markdown=markdown, key="claimdrift-findings", description=f"Top findings of run {summary.run_id}")


@task(name="notify", cache_policy=NO_CACHE)
def tell_command(command: str, outputs: str | Path, watchlist: Watchlist, first: str) -> str:
    """Hand over to the user's command what waits for it; return what went wrong. Not retried: what it did not take waits for the next run."""
    return hand_over_waiting(command, outputs, watchlist, first)


def announce(summary: CheckSummary, watchlist: Watchlist) -> None:
    """Send Prefect's server the event that tells of a run's findings, where it has some; an automation can take it to a webhook.

    Sent once and in the background: where the server does not take it, that is in Prefect's log, and it is lost. Prefect runs no automation for it then.
    """
    if not summary.n_findings:
        return
    try:
        folder = Path(summary.outputs).resolve().name.encode("utf-8", "backslashreplace").decode()
        payload = as_event(summary.outputs, summary.run_id, new_findings(summary.outputs, summary.run_id, watchlist))
        emit_event(EVENT, resource={"prefect.resource.id": f"claimdrift.outputs.{folder}", "prefect.resource.name": folder}, payload=payload)
    except Exception as error:  # noqa: BLE001 - the results are published, and in the table
        get_run_logger().warning("The event %s could not be sent: %s", EVENT, error)


def begin(run: CheckRun) -> None:
    """Carry out a run's first tasks, up to the reading, within a flow and under the outputs folder's lock; log what a reader of the log wants to know."""
    log, n = get_run_logger(), run.counts
    prepare(run)
    log.info("Run %s: model %s, %s", run.run_id, run.engine.source, ", ".join(f"{k} {v:g}" for k, v in run.settings.thresholds().items()))
    read(run)
    read_counts = ("articles", "articles known before", "rejects", "rejects known before")
    log.info("Read %d new articles, %d known before; rejected %d, and %d as before", *(n[name] for name in read_counts))


def finish(run: CheckRun, command: str | None) -> CheckSummary:
    """Carry out the others. command: the one that is to be told; see `tell_result`."""
    log, n = get_run_logger(), run.counts
    extract(run)
    relate(run)
    propose(run)
    log.info("%d claims; %d pairs of articles share an event; %d pairs of claims proposed", n["claims"], n["article pairs compared"], n["pairs proposed"])
    score(run)
    compare(run)
    publish(run, command)
    return summarise(run.outputs.root, run.run_id)


def tell_result(summary: CheckSummary, command: str | None, watchlist: Watchlist) -> CheckSummary:
    """Log what a published run has found, show it in Prefect's UI, send the event, tell the user's command; return the summary with what came of that.

    Nothing that goes wrong here makes the run fail.
    """
    log = get_run_logger()
    found = ", ".join(f"{number} {kind}" for kind, number in summary.kinds.items())
    log.info("Published %d findings to %s%s", summary.n_findings, summary.outputs, f": {found}" if found else "")
    if summary.report_problem:
        log.warning("%s", summary.report_problem)
    summary, watched = with_watched(summary, watchlist)
    if watched:
        names = [f"{term} {n}" for term, n in summary.watched.items()]
        shown = ", ".join(names[:N_TERMS_LOGGED]) + (", …" if len(names) > N_TERMS_LOGGED else "")
        log.info("%d findings touch the watchlist: %s", len(watched), shown)
    state = show_artifacts(summary, watched, return_state=True)
    if not state.is_completed():
        log.warning("Prefect could not store the artifacts: %s", state.message)
    announce(summary, watchlist)
    return dataclasses.replace(summary, notify_problem=tell_waiting(command, summary.outputs, watchlist, first=summary.run_id))


def tell_waiting(command: str | None, outputs: str | Path, watchlist: Watchlist, first: str = "") -> str:
    """Let the command have the findings that wait for it, those of run `first` before the others; return what went wrong, which is logged as well."""
    if not command or Outbox(Path(outputs)).is_empty():
        return ""
    state = tell_command(command, outputs, watchlist, first, return_state=True)
    problem = str(state.result(raise_on_failure=False) if state.is_completed() else state.message)
    if problem:
        get_run_logger().warning("The results are published, but %s", problem)
    return problem


@flow(name="check-claims", flow_run_name=run_name, description="Finds claims that contradict each other, drift or update, across articles about one event.")
def check_claims(
    inputs: list[str | Path] | str | Path,
    outputs: str | Path = "outputs",
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
    rebuild: bool = False,
    notify: str | None = None,
    watch_terms: str | Path | None = None,
) -> CheckSummary:
    """Check article files, or folders of them, against each other and against what the outputs folder holds; publish there, and return the summary.

    inputs: files and folders. outputs: made where it does not exist. model: a checkpoint's folder or hub id, the embedded one by default. precision: float32 or
    bfloat16, the machine's fastest by default. min_score: findings need at least this score, 0 to 1. window_days: two articles of one event lie at most so
    many days apart. *_field: the field of JSON, CSV and Parquet records that holds the matter. rebuild: take the place of all earlier results in outputs.
    engine: local or ray. address, ray_workers, gpus_per_worker: the Ray cluster's head, host:port or auto, else one is started here; how many workers; GPUs of
    each.
    notify: a command that gets the new findings as JSON on standard input. watch_terms: a file of one name a line; findings that touch one are marked.
    None stands for the default.

    Raises InputError, OutputsError or ModelError for what the user can put right; the message says how.
    """
    watchlist = Watchlist.read(watch_terms)
    if notify:
        parse_command(notify)  # before anything long begins
    run = make_run(
        inputs, outputs, model=model, precision=precision, min_score=min_score, window_days=window_days, text_field=text_field, title_field=title_field,
        date_field=date_field, url_field=url_field, outlet_field=outlet_field, id_field=id_field, rebuild=rebuild, engine=engine, address=address,
        ray_workers=ray_workers, gpus_per_worker=gpus_per_worker,
    )  # fmt: skip
    with run.outputs.lock(), kept(run.worker_options):
        begin(run)
        summary = with_report(finish(run, notify))
    return tell_result(summary, notify, watchlist)
