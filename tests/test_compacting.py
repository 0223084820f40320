from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from test_archive import Killed, every_step, leftovers, publish, seen_by_pandas, tables_of

from flows import storage
from flows.archive import JOURNAL
from flows.housekeeping import compacting, rewriting
from flows.housekeeping.compacting import compact
from flows.lock import folder_lock
from flows.records import TABLES, arrow_schema
from flows.tables import Outputs, OutputsError, current_table, load


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    """Three runs, published out of order."""
    outputs = Outputs(tmp_path / "outputs")
    with outputs.lock():
        for number in (2, 1, 3):
            publish(outputs, number)
    return outputs


def everything(outputs: Outputs) -> dict[str, list]:
    return {name: outputs.read(name).to_pylist() for name in TABLES}


def files(outputs: Outputs) -> set[str]:
    return {f"{path.parent.name}/{path.name}" for path in outputs.root.rglob("*.parquet")}


def test_every_table_becomes_one_file_with_the_same_rows(outputs):
    before, views = everything(outputs), {name: current_table(outputs.root, name) for name in TABLES}
    done = compact(outputs.root)
    assert [(c.table, c.n_files_before, c.n_files) for c in done] == [(name, 3 if outputs.read(name).num_rows else 1, 1) for name in TABLES if before[name]]
    assert all(c.bytes_now < c.bytes_before for c in done)
    assert everything(outputs) == before
    assert all(current_table(outputs.root, name).equals(view) for name, view in views.items())
    assert outputs.run_ids() == ["run-1", "run-2", "run-3"]
    for name in TABLES:
        assert len(outputs.files(name)) == 1
        assert outputs.read(name).schema.equals(arrow_schema(TABLES[name]), check_metadata=True)
        assert list(pd.read_parquet(outputs.root / name)) == arrow_schema(TABLES[name]).names
    assert leftovers(outputs) == []


def test_runs_go_on_after_it_and_it_can_be_done_again(outputs):
    compact(outputs.root)
    assert compact(outputs.root) == []
    publish(outputs, 0)  # its id sorts before those that are merged
    assert outputs.read("findings", ["finding_id"]).column(0).to_pylist() == ["f0", "f1", "f2", "f3"]
    assert outputs.read("findings", ["finding_id"], run_ids=["run-0", "run-2"]).column(0).to_pylist() == ["f0", "f2"]
    with pytest.raises(OutputsError, match="run run-2 is published already"):
        outputs.publish("run-2", tables_of(9, "run-2"))
    with pytest.raises(OutputsError, match="articles holds article_id a2 already"):
        outputs.publish("run-9", {**tables_of(9), "articles": tables_of(2, "run-9")["articles"]})
    before = everything(outputs)
    assert compact(outputs.root)
    assert everything(outputs) == before
    assert seen_by_pandas(outputs) == ["f0", "f1", "f2", "f3"]


def test_a_rebuild_replaces_compacted_files_too(outputs):
    compact(outputs.root)
    outputs.publish("run-9", tables_of(1, "run-9", settings_id="t"), replace=True)
    assert outputs.run_ids() == ["run-9"]
    assert {name.split("/")[1] for name in files(outputs)} == {"run-9.parquet"}


def test_large_files_stay_as_they_are(outputs, monkeypatch):
    large = max(path.stat().st_size for path in (outputs.root / "runs").glob("*.parquet"))
    monkeypatch.setattr(compacting, "SMALL_BYTES", large)
    small = {path for path in outputs.root.rglob("*.parquet") if path.stat().st_size < large}
    before = files(outputs)
    compact(outputs.root)
    kept = before & files(outputs)
    assert kept
    assert all(outputs.root / name not in small or len(outputs.files(name.split("/")[0])) == 1 for name in kept)
    assert outputs.run_ids() == ["run-1", "run-2", "run-3"]
    with outputs.lock():
        assert seen_by_pandas(outputs) == ["f1", "f2", "f3"]


def test_rows_are_written_in_groups(outputs, monkeypatch):
    before = everything(outputs)
    monkeypatch.setattr(compacting, "GROUP_ROWS", 4)
    compact(outputs.root)
    assert everything(outputs) == before
    [path] = outputs.files("claims")
    assert pq.ParquetFile(path).metadata.num_row_groups == 2


def every_kill(monkeypatch, tmp_path, stride: int = 1, can_exchange: bool = True) -> Iterator[tuple[Outputs, bool]]:
    """Yield (outputs, interrupted) for a kill at every so many steps of compacting three runs."""

    def exchange_counts_too(patch: pytest.MonkeyPatch, steps: list[str], step: int) -> None:
        real = storage.exchange

        def exchange(one: Path, other: Path) -> None:
            if len(steps) >= step:
                raise Killed
            real(one, other)

        patch.setattr(rewriting, "exchange", exchange)
        if not can_exchange:
            patch.setattr(storage.ctypes, "CDLL", lambda *_, **__: object())

    return every_step(monkeypatch, tmp_path, lambda outputs: compact(outputs.root), stride=stride, n_runs=3, also=exchange_counts_too)


def test_killed_at_any_step_every_reader_sees_every_row_once(monkeypatch, tmp_path):
    finished, undone = 0, 0
    for outputs, interrupted in every_kill(monkeypatch, tmp_path, stride=3):
        assert seen_by_pandas(outputs) == ["f1", "f2", "f3"]
        assert sorted(pd.read_parquet(outputs.root / "runs").run_id) == ["run-1", "run-2", "run-3"]
        assert load(outputs.root, "findings").finding_id.tolist() == ["f1", "f2", "f3"]
        with outputs.lock():
            assert outputs.read("claims").num_rows == 6
        whole = {len(outputs.files(name)) for name in ("articles", "findings", "runs")}
        assert whole in ({1}, {3})
        finished, undone = finished + (whole == {1}), undone + (whole == {3})
        assert seen_by_pandas(outputs) == ["f1", "f2", "f3"]
        assert leftovers(outputs) == []
        publish(outputs, 4)
        compact(outputs.root)
        assert {len(outputs.files(name)) for name in ("articles", "findings", "runs")} == {1}
        assert seen_by_pandas(outputs) == ["f1", "f2", "f3", "f4"]
        assert interrupted or not outputs.is_rewriting()
    assert finished > 1
    assert undone > 1


def test_where_folders_cannot_change_places_in_one_step_nothing_is_lost_either(monkeypatch, tmp_path):
    for outputs, _ in every_kill(monkeypatch, tmp_path, stride=9, can_exchange=False):
        with outputs.lock():
            assert seen_by_pandas(outputs) == ["f1", "f2", "f3"]
            assert outputs.read("claims").num_rows == 6
        assert not (outputs.root / JOURNAL).exists()


def test_a_full_disk_changes_nothing(outputs, monkeypatch):
    before = files(outputs)

    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(compacting, "sync_file", full)
        with pytest.raises(OutputsError, match="nothing was changed, as it cannot be written: No space left on device"):
            compact(outputs.root)
    assert files(outputs) == before
    assert leftovers(outputs) == []


READER = """
import sys
import pandas as pd
from pathlib import Path
root, reads, missed = Path(sys.argv[1]), 0, 0
while not (root.parent / "stop").exists():
    try:
        found = sorted(pd.read_parquet(root / "findings").finding_id)
    except FileNotFoundError:
        missed += 1
        continue
    assert found == ["f1", "f2", "f3"], found
    reads += 1
    if reads == 1:
        print("reading", flush=True)
print(reads, missed)
"""


@pytest.mark.readers
def test_a_reader_beside_it_sees_every_row_once(outputs, repo_root):
    with subprocess.Popen([sys.executable, "-c", READER, str(outputs.root)], cwd=repo_root, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for k in range(6):
            compact(outputs.root)
            for path in outputs.files("findings"):  # apart again, so that the next one has something to do
                rows = pq.read_table(path)
                with outputs.lock():
                    rewrite = rewriting.Rewrite(outputs.root, f"apart-{k}")
                    folder = rewrite.new_folder("findings")
                    for run_id in ("run-1", "run-2", "run-3"):
                        part = rows.filter(pd.Series(rows.column("run_id").to_pylist()).eq(run_id).to_numpy())
                        pq.write_table(part.replace_schema_metadata({"schema_version": "1"}), folder / f"{run_id}.parquet")
                    rewrite.carry_out()
            time.sleep(0.2)
        (outputs.root.parent / "stop").touch()
        output, _ = reader.communicate(timeout=60)
    assert reader.returncode == 0
    reads, missed = map(int, output.split())
    assert reads > missed


def test_what_runs_for_months_compacts_by_itself_where_files_are_many(outputs, monkeypatch):
    assert compacting.compact_when_many(outputs.root) == ""
    assert len(outputs.files("findings")) == 3
    monkeypatch.setattr(compacting, "MANY_FILES", 3)
    before = load(outputs.root, "findings")
    with folder_lock(outputs.root):
        assert compacting.compact_when_many(outputs.root) == "", "another run is writing"
    assert len(outputs.files("findings")) == 3
    assert compacting.compact_when_many(outputs.root) == ""
    assert len(outputs.files("findings")) == 1
    assert load(outputs.root, "findings").to_dict("records") == before.to_dict("records")


def test_what_it_could_not_do_is_one_line(outputs, monkeypatch):
    monkeypatch.setattr(compacting, "MANY_FILES", 1)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compacting, "merge_files", fails)
    problem = compacting.compact_when_many(outputs.root)
    assert "could not be merged" in problem
    assert "No space left on device" in problem
