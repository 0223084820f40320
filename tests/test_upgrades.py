"""Tables of an older schema version: read as they are, rewritten by the first command that writes there, and never mixed.

So far there is one version. The steps are shown with a version 0 of these tests' own: its `runs` have no `seconds`, its `findings` say `certainty` where
this one says `score`, and `comparisons` are as they are now.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_archive import publish

from flows.archive import JOURNAL
from flows.housekeeping import rewriting
from flows.housekeeping.compacting import compact
from flows.records import SCHEMA_VERSION, TABLES, arrow_schema
from flows.table_files import version_of
from flows.tables import Outputs, OutputsError, load
from flows.upgrades import STEPS

SECONDS = arrow_schema(TABLES["runs"]).field("seconds")


def with_seconds(rows: pa.Table) -> pa.Table:
    return rows.append_column(SECONDS, pa.array([[]] * len(rows), SECONDS.type))


def with_score(rows: pa.Table) -> pa.Table:
    return rows.rename_columns(["score" if name == "certainty" else name for name in rows.schema.names])


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STEPS, 0, {"runs": with_seconds, "findings": with_score})


def write_older(outputs: Outputs, table: str) -> None:
    """Write the files of a table as version 0 had them."""
    for path in outputs.files(table):
        rows = pq.read_table(path)
        rows = rows.drop_columns("seconds") if table == "runs" else rows
        rows = rows.rename_columns(["certainty" if table == "findings" and name == "score" else name for name in rows.schema.names])
        if "schema_version" in rows.schema.names:
            rows = rows.set_column(rows.schema.get_field_index("schema_version"), "schema_version", pa.array([0] * len(rows), pa.int64()))
        metadata = {**(pq.read_schema(path).metadata or {}), b"schema_version": b"0"}
        pq.write_table(rows.replace_schema_metadata(metadata), path)


@pytest.fixture
def older(tmp_path: Path) -> Outputs:
    """A folder of two runs, all of whose tables are of version 0."""
    outputs = Outputs(tmp_path / "outputs")
    publish(outputs, 1)
    publish(outputs, 2)
    for table in TABLES:
        write_older(outputs, table)
    return outputs


def versions(outputs: Outputs) -> set[int]:
    return {version_of(path, table) for table in TABLES for path in outputs.files(table)}


def contents(outputs: Outputs) -> dict[str, list]:
    """All rows, but for the version that they say: the findings of these examples say none."""
    return {table: outputs.read(table, [name for name in arrow_schema(kind).names if name != "schema_version"]).to_pylist() for table, kind in TABLES.items()}


def state(outputs: Outputs) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for table in TABLES for path in (outputs.root / table).iterdir()}


def test_an_older_folder_is_read_as_if_it_were_new(older, steps, tmp_path):
    fresh = Outputs(tmp_path / "fresh")
    publish(fresh, 1)
    publish(fresh, 2)
    before = state(older)
    assert contents(older) == contents(fresh)
    assert older.read("findings").column("schema_version").to_pylist() == [SCHEMA_VERSION] * 2
    assert load(older.root, "findings").drop(columns="schema_version").equals(load(fresh.root, "findings").drop(columns="schema_version"))
    chosen = older.read("findings", ["finding_id", "score"], run_ids=["run-2"])
    assert chosen.to_pylist() == [{"finding_id": "f2", "score": 0.0}]
    assert state(older) == before, "reading writes nothing"


def test_the_next_run_upgrades_the_folder_first(older, steps, caplog):
    assert versions(older) == {0}
    publish(older, 3)
    assert versions(older) == {SCHEMA_VERSION}
    assert "schema version 0, were rewritten in version 1" in caplog.text
    findings = pd.read_parquet(older.root / "findings")
    assert sorted(findings.finding_id) == ["f1", "f2", "f3"]
    assert set(findings.schema_version[findings.finding_id != "f3"]) == {SCHEMA_VERSION}
    assert [path.name for path in older.root.rglob(".*") if path.name != ".lock"] == []


def test_compacted_files_keep_their_runs(tmp_path, steps):
    outputs = Outputs(tmp_path / "outputs")
    publish(outputs, 1)
    publish(outputs, 2)
    compact(outputs.root)
    expected = contents(outputs)
    for table in TABLES:
        write_older(outputs, table)
    assert outputs.run_ids() == ["run-1", "run-2"]
    assert contents(outputs) == expected
    publish(outputs, 3)
    assert outputs.run_ids() == ["run-1", "run-2", "run-3"]
    assert versions(outputs) == {SCHEMA_VERSION}


def test_files_of_two_versions_are_read_together(older, steps, tmp_path):
    """As they lie where someone copied the files of one folder into another."""
    other = Outputs(tmp_path / "other")
    publish(other, 0)
    publish(other, 3)
    for table in TABLES:
        for path in other.files(table):
            path.rename(older.root / table / path.name)
    assert older.read("findings").column("finding_id").to_pylist() == ["f0", "f1", "f2", "f3"]
    assert older.run_ids() == ["run-0", "run-1", "run-2", "run-3"]
    compact(older.root)
    assert older.read("findings").column("finding_id").to_pylist() == ["f0", "f1", "f2", "f3"]
    assert versions(older) == {SCHEMA_VERSION}


@pytest.mark.parametrize("n_renames", range(4))
def test_an_upgrade_that_is_killed_is_finished_by_the_next_run(older, steps, monkeypatch, n_renames):
    """Killed after so many folders have changed places: each table is whole all the time, and what comes of it is the same."""

    class Killed(BaseException):
        pass

    expected = contents(older)
    real, done = rewriting.exchange, []

    def exchange(here: Path, new: Path) -> None:
        if len(done) == n_renames:
            raise Killed
        done.append(here)
        real(here, new)

    with monkeypatch.context() as patch:
        patch.setattr(rewriting, "exchange", exchange)
        with pytest.raises(Killed), older.lock():
            pass
    assert len(done) == n_renames
    assert versions(older) == ({0} if n_renames == 0 else {0, SCHEMA_VERSION})
    assert contents(older) == expected
    assert not pd.read_parquet(older.root / "findings").empty
    with older.lock():
        pass
    assert versions(older) == {SCHEMA_VERSION}
    assert contents(older) == expected


def test_a_full_disk_leaves_the_older_folder_whole(older, steps, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    before = state(older)
    older.create()
    with monkeypatch.context() as patch:
        patch.setattr("flows.housekeeping.upgrading.sync_file", lambda path: full(0))
        with pytest.raises(OutputsError, match="nothing was changed, as it cannot be written: No space left"), older.lock():
            pass
    assert state(older) == before
    assert list(older.root.glob(".rewrite-*")) == []
    publish(older, 3)
    assert versions(older) == {SCHEMA_VERSION}


def test_a_run_that_the_older_program_left_half_published_is_finished(older, steps):
    staged = {table: older.root / table / ".run-2.parquet.tmp" for table in TABLES}
    for table, path in staged.items():
        if (older.root / table / "run-2.parquet").exists():
            (older.root / table / "run-2.parquet").rename(path)
    tables = [table for table, path in staged.items() if path.exists()]
    (older.root / JOURNAL).write_text(json.dumps({"run_id": "run-2", "tables": tables, "replaces": [], "schema_version": 0}))
    assert older.run_ids() == ["run-1"]
    with older.lock():
        pass
    assert older.run_ids() == ["run-1", "run-2"]
    assert versions(older) == {SCHEMA_VERSION}


def test_an_older_version_to_which_no_steps_lead_is_refused(older):
    """Without the fixture `steps`: as if a column of the version could not be computed."""
    before = state(older)
    for use in (lambda: older.read("runs"), lambda: load(older.root, "findings"), lambda: publish(older, 3)):
        with pytest.raises(OutputsError, match=r"has schema version 0, which this claimdrift cannot turn into its own, 1\. Check the articles anew"):
            use()
    assert state(older) == before


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("runs", lambda rows: rows.drop_columns("inputs"), "missing columns inputs"),
        ("runs", with_seconds, "a column stands there twice|seconds"),
        ("findings", lambda rows: rows.drop_columns("certainty"), "missing columns score"),
    ],
)
def test_a_file_that_is_not_what_its_version_says_is_refused(older, steps, table, change, problem):
    path = older.root / table / "run-1.parquet"
    rows = pq.read_table(path)
    pq.write_table(change(rows).replace_schema_metadata(rows.schema.metadata), path)
    for use in (lambda: older.read(table), lambda: publish(older, 3)):
        with pytest.raises(OutputsError, match=rf"does not hold the table {table} as schema version 0 has it: .*({problem})"):
            use()


def test_there_is_a_step_from_every_version_that_is_said_to_be_readable():
    """Whoever raises SCHEMA_VERSION adds the step from the version before, or takes those before it out."""
    assert set(STEPS) == set(range(min(STEPS, default=SCHEMA_VERSION), SCHEMA_VERSION))
    for tables in STEPS.values():
        assert tables.keys() <= TABLES.keys()
