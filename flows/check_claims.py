"""The flow `check-claims`: orchestration only. The steps are CheckRun's (flows/pipeline.py); what they do is in flows/steps.

    from flows.check_claims import check_claims
    summary = check_claims("articles", outputs="outputs")

Tasks are few, each over all of a run's claims or pairs, and share the run's state by reference in one process: Prefect neither hashes nor stores it.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flows.prefect_server import set_defaults

set_defaults()  # before Prefect is imported: it reads its settings then

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402

from flows.markdown import counts_table, findings_markdown  # noqa: E402
from flows.summary import CheckSummary, summarise  # noqa: E402

if TYPE_CHECKING:
    from flows.pipeline import CheckRun
    from models.checkpoint import Precision

RETRY_DELAYS_S = [2.0, 15.0]


def make_run(
    inputs: Sequence[str | Path] | str | Path,
    outputs: str | Path = "outputs",
    *,
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
    rebuild: bool = False,
) -> CheckRun:
    """Return a run, ready to be carried out; parameters are those of the flow. Raises InputError for a setting out of range."""
    from flows.pipeline import CheckRun, Settings  # PyTorch comes with it: not before Prefect's server was asked to start
    from flows.steps.articles import InputError, ReadOptions
    from models.checkpoint import PRECISIONS

    settings = Settings()
    if min_score is not None:
        if not 0.0 <= min_score <= 1.0:
            raise InputError(f"min_score {min_score}: a score is between 0 and 1")
        settings = dataclasses.replace(settings, min_score=min_score)
    if window_days is not None:
        if window_days < 1:
            raise InputError(f"window_days {window_days}: give the days that two articles of one event may lie apart, 1 or more")
        settings = dataclasses.replace(settings, window_days=window_days)
    if precision not in (None, *PRECISIONS):
        raise InputError(f"precision {precision!r}: give {' or '.join(PRECISIONS)}")
    options = ReadOptions(
        text_field=text_field, title_field=title_field, date_field=date_field, url_field=url_field, outlet_field=outlet_field, id_field=id_field
    )
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    return CheckRun(paths, outputs, model=model, precision=cast("Precision | None", precision), settings=settings, options=options, rebuild=rebuild)


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


@task(name="prepare", tags=["model"], cache_policy=NO_CACHE)
def prepare(run: CheckRun) -> None:
    """Load the model; check the outputs folder and its settings."""
    run.prepare()


@task(name="read articles", tags=["io"], cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def read(run: CheckRun) -> None:
    """Read INPUT; keep what the outputs folder does not hold yet."""
    run.read()


@task(name="extract claims", tags=["cpu"], cache_policy=NO_CACHE)
def extract(run: CheckRun) -> None:
    """Split the new articles into claims."""
    run.extract()


@task(name="relate articles", tags=["io", "model"], cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def relate(run: CheckRun) -> None:
    """Find the articles that share an event."""
    run.relate()


@task(name="propose pairs", tags=["cpu"], cache_policy=NO_CACHE)
def propose(run: CheckRun) -> None:
    """Propose the pairs of claims that are worth scoring."""
    run.propose()


@task(name="score pairs", tags=["io", "model"], cache_policy=NO_CACHE, retries=2, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=may_pass)
def score(run: CheckRun) -> None:
    """Score the pairs in both directions; what an attempt before has scored comes from the cache."""
    run.score()


@task(name="compare claims", tags=["cpu"], cache_policy=NO_CACHE)
def compare(run: CheckRun) -> None:
    """Compare the pairs that may tell one fact, and decide what comes of each."""
    run.compare()


@task(name="publish", tags=["io"], cache_policy=NO_CACHE)
def publish(run: CheckRun) -> None:
    """Write the tables. Not retried: publishing is all or nothing, and the next run finishes what a crash left half renamed."""
    run.publish()


@task(name="show artifacts", tags=["io"], cache_policy=NO_CACHE)
def show_artifacts(summary: CheckSummary) -> None:
    """Put the counts and the top findings where Prefect's UI shows them."""
    create_table_artifact(table=counts_table(summary), key="claimdrift-counts", description=f"Counts of run {summary.run_id}")
    create_markdown_artifact(markdown=findings_markdown(summary), key="claimdrift-findings", description=f"Top findings of run {summary.run_id}")


def with_report(summary: CheckSummary) -> CheckSummary:
    """Write the report of the outputs folder, and say in the summary where it is, or why it could not be written: the run is published, and stands."""
    from flows.report.page import write_report

    try:
        return dataclasses.replace(summary, report=str(write_report(summary.outputs)))
    except Exception as error:  # noqa: BLE001 - told, with a way to try again; nothing that goes wrong here takes back the results
        again = f"Write it with: claimdrift report --outputs {summary.outputs}"
        return dataclasses.replace(summary, report_problem=f"the results are published, but the report could not be written: {error} {again}")


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
    rebuild: bool = False,
) -> CheckSummary:
    """Check article files, or folders of them, against each other and against what the outputs folder holds; publish there, and return the summary.

    inputs: files and folders. outputs: made where it does not exist. model: a checkpoint's folder or hub id, the embedded one by default. precision: float32 or
    bfloat16, the machine's fastest by default. min_score: findings
    need at least this score, 0 to 1. window_days: two articles of one event lie at most so many days apart. *_field: the field of JSON, CSV and Parquet
    records that holds the matter. rebuild: take the place of all earlier results in outputs. None stands for the default.

    Raises InputError, OutputsError or ModelError for what the user can put right; the message says how.
    """
    run = make_run(
        inputs, outputs, model=model, precision=precision, min_score=min_score, window_days=window_days, text_field=text_field, title_field=title_field,
        date_field=date_field, url_field=url_field, outlet_field=outlet_field, id_field=id_field, rebuild=rebuild,
    )  # fmt: skip
    log = get_run_logger()
    with run.outputs.lock():
        prepare(run)
        log.info("Run %s: model %s, %s", run.run_id, run.engine.source, ", ".join(f"{k} {v:g}" for k, v in run.settings.thresholds().items()))
        read(run)
        log.info("Read %d new articles, %d known before; rejected %d", run.counts["articles"], run.counts["articles known before"], run.counts["rejects"])
        extract(run)
        relate(run)
        propose(run)
        n = run.counts
        log.info("%d claims; %d pairs of articles share an event; %d pairs of claims proposed", n["claims"], n["article pairs compared"], n["pairs proposed"])
        score(run)
        compare(run)
        publish(run)
        summary = with_report(summarise(run.outputs.root, run.run_id))
    if summary.report_problem:
        log.warning("%s", summary.report_problem)
    log.info("Published %d findings to %s", summary.n_findings, summary.outputs)
    # The results are there: a server that cannot take the artifacts does not make the run fail.
    state = show_artifacts(summary, return_state=True)
    if not state.is_completed():
        log.warning("Prefect could not store the artifacts: %s", state.message)
    return summary
