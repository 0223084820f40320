from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from example_archive import run_tables

from flows.archive import JOURNAL
from flows.records import TABLES, Finding, arrow_schema
from flows.tables import Outputs, OutputsError, RowBatches, load


@pytest.fixture
def outputs(tmp_path) -> Outputs:
    return Outputs(tmp_path / "outputs")


def tables_of(number: int, run_id: str | None = None, **run) -> dict[str, pa.Table]:
    """A run with one article, two claims and one finding, all named by `number`."""
    article, claim, other, finding = f"a{number}", f"c{number}x", f"c{number}y", f"f{number}"
    pair = {"earlier_claim_id": claim, "later_claim_id": other, "earlier_article_id": article, "later_article_id": article}
    return run_tables(
        run_id or f"run-{number}",
        run=run,
        articles=[{"article_id": article}],
        sightings=[{"article_id": article, "source": f"{number}.txt"}],
        claims=[{"claim_id": claim, "article_id": article}, {"claim_id": other, "article_id": article}],
        pairs=[{**pair, "same_fact": 1.0}],
        findings=[{**pair, "finding_id": finding}],
    )


def publish(outputs: Outputs, number: int, **run) -> None:
    outputs.publish(f"run-{number}", tables_of(number, **run))


def seen_by_pandas(outputs: Outputs) -> list[str]:
    return sorted(pd.read_parquet(outputs.root / "findings")["finding_id"])


def leftovers(outputs: Outputs) -> list[str]:
    return sorted(path.name for path in outputs.root.rglob(".*") if path.name != ".lock")


# --- publishing and reading ------------------------------------------------------------------------------------------------------------------------------


def test_what_is_published_is_read_back_run_by_run(outputs):
    publish(outputs, 2)
    publish(outputs, 1)
    assert outputs.run_ids() == ["run-1", "run-2"]
    for name in TABLES:
        expected = pa.concat_tables([tables_of(1)[name], tables_of(2)[name]])
        assert outputs.read(name).equals(expected)
        assert outputs.read(name).schema.equals(arrow_schema(TABLES[name]), check_metadata=True)
    assert leftovers(outputs) == []


def test_columns_rows_and_runs_can_be_chosen(outputs):
    publish(outputs, 1)
    publish(outputs, 2)
    table = outputs.read("findings", ["score", "finding_id"], filters=pc.field("later_claim_id") == "c2y")
    assert table.to_pydict() == {"score": [0.0], "finding_id": ["f2"]}
    assert table.schema.field("score").metadata[b"description"]
    assert outputs.read("findings", ["finding_id"], run_ids=["run-1"]).column(0).to_pylist() == ["f1"]
    with pytest.raises(OutputsError, match=r"findings has no column scor\. Did you mean score\?"):
        outputs.read("findings", ["scor"])
    with pytest.raises(OutputsError, match=r'There is no table "finding"\. Did you mean findings\?'):
        outputs.read("finding")


def test_an_empty_folder_reads_as_empty_tables(outputs):
    assert outputs.run_ids() == []
    assert outputs.read("findings").schema.equals(arrow_schema(Finding), check_metadata=True)
    assert (outputs.known(["a1"]), outputs.last_run()) == ((set(), []), None)
    assert not outputs.root.exists(), "reading makes no folder"


def test_known_says_what_is_there_of_what_it_is_asked_for(outputs):
    for n in (1, 2, 3):
        publish(outputs, n)
    ids, sightings = outputs.known(["a1", "a3", "a9"])
    assert (ids, {(s.article_id, s.source) for s in sightings}) == ({"a1", "a3"}, {("a1", "1.txt"), ("a3", "3.txt")})
    assert outputs.known([]) == (set(), [])
    last = outputs.last_run()
    assert last is not None
    assert (last.run_id, last.settings_id) == ("run-3", "s")


def test_pandas_reads_every_folder_from_the_first_run_on_even_without_findings(outputs):
    outputs.publish("run-1", run_tables("run-1"))
    for name in TABLES:
        assert list(pd.read_parquet(outputs.root / name)) == arrow_schema(TABLES[name]).names
    outputs.publish("run-2", run_tables("run-2"))
    publish(outputs, 3)
    assert seen_by_pandas(outputs) == ["f3"]
    # A run with nothing new adds its runs row only.
    assert [path.parent.name for path in outputs.root.rglob("run-2.parquet")] == ["runs"]


def test_the_same_tables_make_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        publish(Outputs(tmp_path / name), 1)
    for path in (tmp_path / "one").rglob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def in_batches(table: pa.Table, size: int) -> RowBatches:
    return RowBatches(table.schema, table.num_rows, iter(table.to_batches(max_chunksize=size)))


def test_a_table_made_while_it_is_written_is_the_same_to_a_reader(tmp_path):
    whole, parts = Outputs(tmp_path / "whole"), Outputs(tmp_path / "parts")
    ends = {"earlier_article_id": "a1", "later_article_id": "a2"}
    tables = run_tables("run-1", pairs=[{**ends, "earlier_claim_id": f"c{i}", "later_claim_id": f"d{i}"} for i in range(7)])
    whole.publish("run-1", tables)
    parts.publish("run-1", {**tables, "pairs": in_batches(tables["pairs"], 3)})
    assert parts.read("pairs").equals(whole.read("pairs"))
    assert pd.read_parquet(parts.root / "pairs").equals(pd.read_parquet(whole.root / "pairs"))
    schemas = [pq.read_schema(outputs.root / "pairs" / "run-1.parquet") for outputs in (whole, parts)]
    assert schemas[0].equals(schemas[1], check_metadata=True)
    none = run_tables("run-2")
    parts.publish("run-2", {**none, "pairs": in_batches(none["pairs"], 3)})
    assert [path.name for path in (parts.root / "pairs").iterdir()] == ["run-1.parquet"]


def test_batches_that_do_not_fit_are_refused_while_they_are_written(outputs):
    publish(outputs, 1)
    good, others = tables_of(2), tables_of(3)["pairs"]
    refused(outputs, "run-2", {**good, "pairs": in_batches(others, 3)}, "pairs holds rows of another run than run-2")
    short = RowBatches(good["pairs"].schema, 5, good["pairs"].to_batches())
    refused(outputs, "run-2", {**good, "pairs": short}, "pairs of run run-2 has 1 rows in its batches, and says that it has 5")
    loose = RowBatches(good["pairs"].schema.remove(0), 1, ())
    refused(outputs, "run-2", {**good, "pairs": loose}, "pairs does not fit its schema: missing columns earlier_claim_id")


def refused(outputs: Outputs, run_id: str, tables, match: str) -> None:
    before = sorted(outputs.root.rglob("*"))
    with pytest.raises(OutputsError, match=match) as error:
        outputs.publish(run_id, tables)
    assert "\n" not in str(error.value)
    assert sorted(outputs.root.rglob("*")) == before


def test_rows_are_never_changed(outputs):
    publish(outputs, 1)
    refused(outputs, "run-1", tables_of(2, "run-1"), "run run-1 is published already")
    refused(outputs, "run-2", {**tables_of(2), "articles": tables_of(1, "run-2")["articles"]}, "articles holds article_id a1 already")
    refused(outputs, "run-2", {**tables_of(2), "findings": tables_of(1, "run-2")["findings"]}, "findings holds finding_id f1 already")


def test_a_run_that_does_not_fit_is_refused(outputs):
    publish(outputs, 1)
    good = tables_of(2)
    refused(outputs, "../run-2", good, "is no file name")
    refused(outputs, ".run-2", good, "is no file name")
    refused(outputs, "run-3", good, "rows of another run than run-3")
    refused(outputs, "run-2", {k: v for k, v in good.items() if k != "pairs"}, "missing or unknown: pairs")
    refused(outputs, "run-2", {**good, "parsi": good["pairs"]}, "missing or unknown: parsi")
    refused(outputs, "run-2", {**good, "runs": good["runs"].slice(1)}, "runs holds 0 rows")
    refused(outputs, "run-2", {**good, "pairs": good["pairs"].drop_columns(["score"])}, "pairs does not fit its schema: missing columns score")
    loose = pa.table(good["pairs"].to_pydict(), schema=pa.schema([field.with_nullable(True) for field in good["pairs"].schema]))
    refused(outputs, "run-2", {**good, "pairs": loose}, "which of them may be null")
    refused(outputs, "run-2", {**good, "claims": pa.concat_tables([good["claims"]] * 2)}, "claims of run run-2 holds a claim_id twice")


def test_other_settings_are_refused_and_named(outputs):
    publish(outputs, 1)
    refused(outputs, "run-2", tables_of(2, settings_id="t", thresholds={"same_fact": 0.7}), "threshold same_fact 0.5 there, 0.7 now.*--rebuild")
    refused(outputs, "run-2", tables_of(2, model_id="n", model_source="elsewhere"), r"model  \(m\) there, elsewhere \(n\) now")
    refused(outputs, "run-2", tables_of(2, settings_id="t"), "settings s there, t now")
    refused(outputs, "run-2", tables_of(2, model_id="m-bf16"), r"--precision float32 there, bfloat16 now")
    outputs.check_settings(model_id="m", model_source="moved", settings_id="s", thresholds={})


def test_a_rebuild_takes_the_place_of_what_was_there(outputs):
    publish(outputs, 1)
    publish(outputs, 2)
    outputs.publish("run-3", tables_of(1, "run-3", settings_id="t"), replace=True)
    assert outputs.run_ids() == ["run-3"]
    assert {path.name for path in outputs.root.rglob("*.parquet")} == {"run-3.parquet"}
    assert seen_by_pandas(outputs) == ["f1"]


# --- interruptions -----------------------------------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for SIGKILL: from then on the process touches no file."""


def kill_at(monkeypatch, step: int) -> list[str]:
    """Let every rename, deletion and fsync from number `step` on fail as if the process were dead; return the list that counts them."""
    steps: list[str] = []
    for name in ("replace", "unlink", "fsync"):
        real = getattr(os, name)

        def counted(*args, _real=real, _name=name, **kwargs):
            if len(steps) >= step:
                raise Killed
            steps.append(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(os, name, counted)
    return steps


def every_step(monkeypatch, tmp_path, action, stride: int = 1, n_runs: int = 1, also: Callable[[pytest.MonkeyPatch, list[str], int], None] | None = None):
    """Yield (outputs, interrupted) for a kill at every step (or every so many) of `action` after `n_runs` runs, and once without.

    `also(patch, steps, step)` patches what else counts as a step.
    """
    for step in range(0, 1000, stride):
        outputs = Outputs(tmp_path / f"killed-at-{step}")
        for number in range(1, n_runs + 1):
            publish(outputs, number)
        with monkeypatch.context() as patch:
            steps = kill_at(patch, step)
            if also:
                also(patch, steps, step)
            try:
                action(outputs)
                interrupted = False
            except Killed:
                interrupted = True
        (outputs.root / ".writer").unlink(missing_ok=True)
        yield outputs, interrupted
        if not interrupted:
            return
    pytest.fail("it never ended")


def test_killed_at_any_step_of_publishing_old_results_stand_and_the_next_run_ends_it(monkeypatch, tmp_path):
    seen = set()
    for outputs, interrupted in every_step(monkeypatch, tmp_path, lambda outputs: publish(outputs, 2)):
        visible = seen_by_pandas(outputs)
        assert visible in (["f1"], ["f1", "f2"])
        ours = outputs.read("findings", ["finding_id"]).column(0).to_pylist()
        assert ours == [run.replace("run-", "f") for run in outputs.run_ids()]  # whole runs only
        assert set(ours) <= set(visible)
        with outputs.lock():
            published = outputs.run_ids()
            assert leftovers(outputs) == [".writer"]
            assert set(seen_by_pandas(outputs)) >= set(visible)  # a finding that was visible stays
            if "run-2" not in published:
                outputs.publish("run-3", tables_of(2, "run-3"))
        assert seen_by_pandas(outputs) == ["f1", "f2"]
        assert outputs.read("findings", ["finding_id"]).column(0).to_pylist() == ["f1", "f2"]
        seen.add((len(visible), len(ours), "run-2" in published, interrupted))
    # All of these happened: nothing visible, rolled back; nothing visible, rolled forward; visible, rolled forward; not interrupted.
    assert seen >= {(1, 1, False, True), (1, 1, True, True), (2, 1, True, True), (2, 2, True, True), (2, 2, True, False)}


def test_an_interrupt_past_the_point_of_no_return_loses_nothing(monkeypatch, tmp_path):
    outputs = Outputs(tmp_path / "outputs")
    publish(outputs, 1)
    replace = os.replace

    def interrupted(source, target, **options):
        replace(source, target, **options)
        if str(target).endswith(JOURNAL):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            publish(outputs, 2)
    with outputs.lock():
        assert outputs.run_ids() == ["run-1", "run-2"]


def test_killed_at_any_step_of_a_rebuild(monkeypatch, tmp_path):
    def rebuild(outputs: Outputs) -> None:
        outputs.publish("run-2", tables_of(1, "run-2", settings_id="t"), replace=True)

    for outputs, _ in every_step(monkeypatch, tmp_path, rebuild, stride=2):
        with outputs.lock():
            assert outputs.run_ids() in (["run-1"], ["run-2"])
            assert seen_by_pandas(outputs) == ["f1"]
            assert leftovers(outputs) == [".writer"]
            for name in TABLES:
                assert {path.stem for path in (outputs.root / name).glob("*.parquet")} == set(outputs.run_ids()) or outputs.read(name).num_rows == 0


def test_killed_while_tidying_up(monkeypatch, tmp_path):
    for outputs, _ in every_step(monkeypatch, tmp_path, lambda outputs: publish(outputs, 2), stride=4):
        for step in (1, 4):
            with monkeypatch.context() as patch:
                kill_at(patch, step)
                try:
                    with outputs.lock():
                        pass
                except Killed:
                    pass
        with outputs.lock():
            assert seen_by_pandas(outputs) == [run.replace("run-", "f") for run in outputs.run_ids()]
        assert leftovers(outputs) == []


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from flows.tables import Outputs
from test_archive import publish
outputs = Outputs(Path(sys.argv[1]))
with outputs.lock(wait_s=10):
    number = 1000 + len(outputs.run_ids())
    while True:
        publish(outputs, number)
        number += 1
"""


def test_kill_9_while_a_reader_looks(tmp_path, repo_root):
    outputs = Outputs(tmp_path / "outputs")
    rng = random.Random(7)
    last = 0
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(outputs.root), str(Path(__file__).parent)], cwd=repo_root) as writer:
            try:
                end = None
                while end is None or time.monotonic() < end:
                    assert writer.poll() is None, "the writer failed"
                    if (outputs.root / "findings").is_dir() and list((outputs.root / "findings").glob("[!.]*")):
                        found = seen_by_pandas(outputs)
                        assert len(found) == len(set(found))
                        assert len(found) >= last
                        if len(found) > last and end is None:
                            end = time.monotonic() + rng.uniform(0.0, 0.15)
                        last = len(found)
            finally:
                writer.send_signal(signal.SIGKILL)
        assert set(outputs.read("findings").column("finding_id").to_pylist()) <= set(seen_by_pandas(outputs))
    with outputs.lock():
        assert seen_by_pandas(outputs) == [run_id.replace("run-", "f") for run_id in outputs.run_ids()]
    assert outputs.run_ids() == [f"run-{1000 + i}" for i in range(len(outputs.run_ids()))]


def test_files_of_no_run_are_set_aside_not_deleted(outputs):
    publish(outputs, 1)
    publish(outputs, 2)
    (outputs.root / "runs" / "run-2.parquet").unlink()
    assert load(outputs.root, "findings").finding_id.tolist() == ["f1"]
    outputs.publish("run-3", tables_of(2, "run-3"))
    assert seen_by_pandas(outputs) == ["f1", "f2"]
    assert (outputs.root / "findings" / ".run-2.parquet.orphan").exists()


def test_a_run_whose_staged_files_were_deleted_by_hand_is_dropped(monkeypatch, tmp_path):
    # At the steps where some tables are renamed and `runs` still waits in its .tmp file.
    dropped = 0
    for outputs, _ in every_step(monkeypatch, tmp_path, lambda outputs: publish(outputs, 2), stride=2):
        staged = outputs.root / "runs" / ".run-2.parquet.tmp"
        if (outputs.root / JOURNAL).exists() and staged.exists():
            staged.unlink()
            dropped += 1
            with outputs.lock():
                assert seen_by_pandas(outputs) == ["f1"]
                assert not (outputs.root / JOURNAL).exists()
    assert dropped > 1


def test_files_of_others_are_left_alone(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    pd.DataFrame({"text": ["The bridge is closed."]}).to_parquet(articles / "mine.parquet")
    with pytest.raises(OutputsError, match=r"articles/mine\.parquet: was not written by claimdrift"):
        publish(Outputs(tmp_path), 1)
    (articles / "mine.parquet").write_bytes(b"PAR?")
    with pytest.raises(OutputsError, match=r"articles/mine\.parquet: is no Parquet file"):
        publish(Outputs(tmp_path), 1)
    assert (articles / "mine.parquet").exists()


# --- folders that cannot be used -----------------------------------------------------------------------------------------------------------------------------


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "outputs").write_text("notes")
    with pytest.raises(OutputsError, match=r"outputs: is a file, not a folder\. Give another --outputs folder\.$"):
        Outputs(tmp_path / "outputs").create()
    with pytest.raises(OutputsError, match=r"Not a directory|is a file"):
        Outputs(tmp_path / "outputs" / "deeper").create()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that even root cannot write to")
def test_a_folder_where_nothing_can_be_made():
    with pytest.raises(OutputsError, match=r"^/proc/claimdrift: cannot make the folder: "):
        Outputs(Path("/proc/claimdrift")).create()
    with pytest.raises(OutputsError, match=r"^/proc: cannot write here: "):
        Outputs(Path("/proc")).create()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_full_or_failing_disk_publishes_nothing(outputs, monkeypatch, number):
    publish(outputs, 1)
    with outputs.lock(), monkeypatch.context() as patch:
        real, calls = os.fsync, []

        def fail_late(descriptor: int) -> None:
            calls.append(descriptor)
            if len(calls) > 7:
                raise OSError(number, os.strerror(number))
            real(descriptor)

        patch.setattr(os, "fsync", fail_late)
        with pytest.raises(OutputsError, match=f"nothing was published, as it cannot be written: {os.strerror(number)}.*another --outputs|on a disk"):
            publish(outputs, 2)
    assert leftovers(outputs) == []
    assert seen_by_pandas(outputs) == ["f1"]
    publish(outputs, 2)
    assert seen_by_pandas(outputs) == ["f1", "f2"]


def test_create_finds_out_that_the_disk_is_full(outputs, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputsError, match=r"outputs: cannot write here: No space left on device\. Free some space"):
        outputs.create()
    assert list(outputs.root.iterdir()) == []


# --- versions ------------------------------------------------------------------------------------------------------------------------------------------------


def test_a_newer_schema_version_is_refused_before_anything_is_touched(outputs):
    publish(outputs, 1)
    path = outputs.root / "runs" / "run-1.parquet"
    pq.write_table(pq.read_table(path).replace_schema_metadata({"schema_version": "2"}), path)
    (outputs.root / "pairs" / ".run-0.parquet.tmp").touch()
    for use in (outputs.last_run, lambda: publish(outputs, 2), lambda: load(outputs.root, "runs")):
        with pytest.raises(OutputsError, match=r"run-1\.parquet: has schema version 2, and this claimdrift reads up to 1\. Upgrade"):
            use()
    assert (outputs.root / "pairs" / ".run-0.parquet.tmp").exists()


def test_a_newer_programs_interrupted_run_is_left_to_it(outputs):
    outputs.create()
    (outputs.root / JOURNAL).write_text(json.dumps({"run_id": "r", "tables": [], "replaces": [], "schema_version": 2}))
    with pytest.raises(OutputsError, match="Upgrade claimdrift"), outputs.lock():
        pass
    assert (outputs.root / JOURNAL).exists()


def test_another_tables_file_is_recognised(outputs):
    publish(outputs, 1)
    path = outputs.root / "pairs" / "run-1.parquet"
    pq.write_table(tables_of(1)["claims"], path)
    with pytest.raises(OutputsError, match=r"does not hold the table pairs .* missing columns earlier_claim_id"):
        outputs.read("pairs")
