"""An outputs folder: published by rename, read back by run, one writer at a time.

`outputs/<table>/<run_id>.parquet`, so that `pd.read_parquet("outputs/findings")` just works. A run is *published* when `runs/<run_id>.parquet` is there;
everything in this program that reads the folder uses the rows of published runs only. Compacting (flows/housekeeping/compacting.py) merges the files of many
runs into one, `<table>/merged-<id>.parquet`, whose metadata names its runs.

How a run is published, and what a kill leaves at each point:

1. Every table is written to `<table>/.<run_id>.parquet.tmp` and fsynced. Killed here: nothing is visible; the next run deletes the .tmp files.
2. `.publishing.json` is put in place by a rename. It names the run and its tables, and is the point of no return.
3. The .tmp files are renamed in the order of records.TABLES: findings after what they refer to, `runs` last. Killed here: old results are whole, the new
   ones partly visible to a plain pandas reader and not at all to ours; the next run finds `.publishing.json` and renames the rest. So a finding, once
   visible, stays, and is never there twice.
4. `.publishing.json` is deleted.

With `replace` (another model or other settings), step 3 first deletes the files of the runs before, `runs` first. For some milliseconds a plain reader
finds no findings at all: an error is better than the findings of two models in one table.

Files under a table's folder that belong to no published run cannot come from a kill, only from a folder that was changed by hand. The next run sets them
aside as `.<name>.orphan`, which pandas skips, so that their rows are not there twice; files that this program did not write are left alone, and refused.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.convert import from_table, schema_problem
from flows.housekeeping import rewriting, upgrading
from flows.lock import LockedError, folder_lock, holds_lock
from flows.records import SCHEMA_VERSION, TABLES, Run, Sighting, arrow_schema
from flows.storage import FolderBusyError, OutputsError, RowBatches, explain_os_errors, sync_folder, write_synced
from flows.table_files import MERGED, check_file, did_you_mean, read_rows, record_type_of, runs_in, version_of
from flows.upgrades import check_version

JOURNAL = ".publishing.json"
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
READ_AGAIN = 8  # times, where files change places while they are read
UNIQUE = {"articles": "article_id", "claims": "claim_id", "findings": "finding_id"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outputs:
    """One outputs folder. Reading needs no lock and writes nothing; publishing takes the lock unless this process holds it."""

    root: Path

    def create(self) -> None:
        """Make the folder if it is not there, and try to write in it. Raises OutputsError: a file in its place, no permission, no space."""
        with explain_os_errors(self.root, "cannot make the folder"):
            if self.root.exists() and not self.root.is_dir():
                raise OutputsError(f"{self.root}: is a file, not a folder. Give another --outputs folder.")
            self.root.mkdir(parents=True, exist_ok=True)
        with explain_os_errors(self.root, "cannot write here"):
            probe = self.root / f".probe-{os.getpid()}.tmp"
            try:
                write_synced(probe, b"x" * 4096)
            finally:
                probe.unlink(missing_ok=True)

    @contextmanager
    def lock(self, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the folder for one run: create it, take its lock, finish or clear what a dead run left, upgrade the tables of an older claimdrift.

        Waits up to `wait_s` seconds for another run to end; then raises FolderBusyError with its pid. A dead process's lock does not block.
        """
        self.create()
        with ExitStack() as held:
            try:
                with explain_os_errors(self.root, "cannot be locked"):
                    held.enter_context(folder_lock(self.root, wait_s))
            except LockedError as error:
                raise FolderBusyError(str(error)) from None
            with explain_os_errors(self.root, "cannot tidy up after an earlier run"):
                self._recover()
            yield

    # --- reading -----------------------------------------------------------------------------------------------------------------------------------------

    def run_ids(self) -> list[str]:
        """Return the ids of the published runs, oldest first."""
        for _ in range(READ_AGAIN):
            with suppress(FileNotFoundError):
                return sorted(run_id for path in self.files("runs") for run_id in runs_in(path))
        raise OutputsError(f"{self.root}: the files change faster than they can be read. Try again.")

    def later_run_id(self, run_id: str) -> str:
        """Return `run_id`, or where a run that is here sorts after it, since the clock went back, one that sorts after that.

        The order of runs is the order of their ids. Of the form that ids begin with, the time to the second, the first free one is taken.
        """
        last = max(self.run_ids(), default="")
        stamp = re.match(r"\d{8}T\d{6}", last)
        if run_id > last or stamp is None:
            return run_id
        after = dt.datetime.strptime(stamp[0], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1)
        return f"{after:%Y%m%dT%H%M%S}{run_id[len(stamp[0]) :]}"

    def generation(self) -> tuple[int, ...]:
        """Return what changes when the folders of the tables are rewritten, but not when a run is added to them."""
        return tuple((self.root / name).stat().st_ino if (self.root / name).exists() else 0 for name in TABLES)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        filters: pc.Expression | None = None,
        run_ids: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return the rows of a table, of all published runs or of `run_ids`; runs oldest first, rows in the order of their run.

        `columns`: those wanted, in this order (all by default). `filters`: rows wanted, e.g. `pc.field("same_fact") >= 0.5`. An empty table with its
        schema where nothing is there. Rows of an older schema version are upgraded. Raises OutputsError for an unknown table or column, or a newer version.
        """
        schema = arrow_schema(record_type_of(table))
        unknown = [name for name in columns or () if name not in schema.names]
        if unknown:
            raise OutputsError(f"{table} has no column {', '.join(unknown)}. {did_you_mean(unknown[0], schema.names)}")
        wanted = pa.schema([schema.field(name) for name in columns] if columns is not None else schema, metadata=schema.metadata)
        wanted_runs = set(self.run_ids() if run_ids is None else run_ids)
        for _ in range(READ_AGAIN):
            with suppress(FileNotFoundError):  # compacted or rebuilt meanwhile: what was listed is gone
                return self._read(table, wanted, filters, wanted_runs)
        raise OutputsError(f"{self.root}: the files of {table} change faster than they can be read. Try again.")

    def _read(self, table: str, wanted: pa.Schema, filters: pc.Expression | None, wanted_runs: set[str]) -> pa.Table:
        files = [(runs, path) for path in self.files(table) if not wanted_runs.isdisjoint(runs := runs_in(path))]
        if not files:
            return wanted.empty_table()
        import pyarrow.dataset as ds  # imports pandas, half a second: not for `claimdrift --help`

        files.sort()
        for _, path in files:
            check_file(path, table)
        every = [run_id for runs, _ in files for run_id in runs]
        if not wanted_runs.issuperset(every):
            chosen = pc.field("run_id").isin(pa.array(sorted(wanted_runs), type=pa.string()))
            filters = chosen if filters is None else filters & chosen
        older = [path for _, path in files if version_of(path, table) < SCHEMA_VERSION]
        dataset = ds.dataset([path for _, path in files if path not in older], schema=arrow_schema(TABLES[table]), format="parquet")
        if older:  # all of them, up to the next run, which upgrades the folder; read whole until then
            dataset = ds.dataset([dataset, *(ds.dataset(read_rows(path, table)) for path in older)])
        elif every == sorted(every):
            return dataset.to_table(columns=wanted.names, filter=filters).cast(wanted)
        rows = dataset.to_table(columns=list(dict.fromkeys([*wanted.names, "run_id"])), filter=filters)
        return rows.sort_by("run_id").select(wanted.names).cast(wanted)  # a stable sort: within a run the rows keep their order

    def known(self, article_ids: Iterable[str]) -> tuple[set[str], list[Sighting]]:
        """Return which of the articles are here, and where they were seen: all that a run needs to tell what is new."""
        run_ids = self.run_ids()
        own = pc.field("article_id").isin(pa.array(sorted(set(article_ids)), type=pa.string()))
        sightings = self.read("sightings", filters=own, run_ids=run_ids)
        there = self.read("articles", ["article_id"], filters=own, run_ids=run_ids)
        return set(there.column(0).to_pylist()), from_table(sightings, Sighting)

    def last_run(self, run_ids: Sequence[str] | None = None) -> Run | None:
        """Return the newest published run (of `run_ids`, oldest first); None in an empty folder."""
        newest = (self.run_ids() if run_ids is None else run_ids)[-1:]
        rows = from_table(self.read("runs", run_ids=newest), Run)
        return rows[0] if rows else None

    def files(self, table: str) -> list[Path]:
        """Return the files that a reader of the table's folder sees."""
        return [path for path in (self.root / table).glob("*.parquet") if not path.name.startswith(".")]

    def is_rewriting(self) -> bool:
        """Say whether files are being rewritten, or were when a process died: the next run carries on."""
        return (self.root / rewriting.JOURNAL).exists()

    def forgotten(self) -> frozenset[str]:
        """Return the ids of the articles that were forgotten, which no run may bring back."""
        return rewriting.forgotten(self.root)

    # --- writing -----------------------------------------------------------------------------------------------------------------------------------------

    def check_settings(self, *, model_id: str, model_source: str, settings_id: str, thresholds: Mapping[str, float]) -> None:
        """Raise OutputsError, naming what differs, when the folder's findings were made with another model or other settings."""
        last = self.last_run()
        if last is None or (last.model_id, last.settings_id) == (model_id, settings_id):
            return
        differences = []
        ids = last.model_id, model_id
        bare = [i.replace("-bf16", "") for i in ids]
        precision = ["bfloat16" if "-bf16" in i else "float32" for i in ids]
        if bare[0] == bare[1] and precision[0] != precision[1]:
            differences.append(f"--precision {precision[0]} there, {precision[1]} now")
        elif last.model_id != model_id:
            differences.append(f"model {last.model_source} ({last.model_id}) there, {model_source} ({model_id}) now")
        for name in sorted(last.thresholds.keys() | thresholds.keys()):
            there, now = last.thresholds.get(name), thresholds.get(name)
            if there != now:
                differences.append(f"threshold {name} {'unset' if there is None else there} there, {'unset' if now is None else now} now")
        if not differences:
            differences.append(f"settings {last.settings_id} there, {settings_id} now")
        raise OutputsError(f"{self.root}: was made with other settings: {'; '.join(differences)}. Give another --outputs, or --rebuild.")

    def publish(self, run_id: str, tables: Mapping[str, pa.Table | RowBatches], *, replace: bool = False) -> None:
        """Publish one run: all of records.TABLES, each made by to_table or of batches by to_batch, in that order. See the module's docstring for what a kill
        leaves.

        An empty table makes no file, unless its folder has none: so each folder can be read from the first run on. `replace` takes the place of all
        published runs. Rows are immutable: a run_id that is there is refused, and so are rows of another run, and an article, claim or finding that the
        folder holds already. Raises OutputsError; when the disk is full or fails before the point of no return, nothing was published.
        """
        if not holds_lock(self.root):
            with self.lock():
                return self.publish(run_id, tables, replace=replace)
        before = self.run_ids()
        self._check_run(run_id, tables, before, replace=replace)
        names = [name for name in TABLES if tables[name].num_rows or replace or not self.files(name)]
        staged = [self._staged(name, run_id) for name in names]
        try:
            with explain_os_errors(self.root, "nothing was published, as it cannot be written"):
                for name, path in zip(names, staged, strict=True):
                    path.parent.mkdir(exist_ok=True)
                    write_synced(path, _writable(name, run_id, tables[name]))
                    sync_folder(path.parent)
                replaces = sorted({path.stem for name in TABLES for path in self.files(name)}) if replace else []
                entry = {"run_id": run_id, "tables": names, "replaces": replaces, "schema_version": SCHEMA_VERSION}
                journal = self.root / JOURNAL
                write_synced(journal.with_name(JOURNAL + ".tmp"), json.dumps(entry).encode())
                journal.with_name(JOURNAL + ".tmp").replace(journal)
        except BaseException:
            if not (self.root / JOURNAL).exists():  # else interrupted past the point of no return: the next run carries on with the files
                for path in [*staged, self.root / (JOURNAL + ".tmp")]:
                    path.unlink(missing_ok=True)
            raise
        with explain_os_errors(self.root, "was interrupted while publishing, the next run will finish it"):
            sync_folder(self.root)
            self._finish(entry)

    def _check_run(self, run_id: str, tables: Mapping[str, pa.Table | RowBatches], before: Sequence[str], *, replace: bool) -> None:
        if not RUN_ID.fullmatch(run_id) or run_id.startswith(MERGED):
            raise OutputsError(f'run_id "{run_id}" is no file name of a run. Use letters, digits, ".", "_" and "-", at most 128, not beginning with {MERGED}.')
        if run_id in before:
            raise OutputsError(f"{self.root}: run {run_id} is published already, and rows are never changed. Publish under a new run_id.")
        if set(tables) != set(TABLES):
            differing = ", ".join(sorted(set(tables) ^ set(TABLES)))
            raise OutputsError(f"A run publishes exactly the tables {', '.join(TABLES)}; missing or unknown: {differing}.")
        for name, table in tables.items():
            schema = arrow_schema(TABLES[name])
            if not table.schema.equals(schema):
                problem = schema_problem(table.schema, schema) or "the order of its columns, or which of them may be null"
                raise OutputsError(f"{name} does not fit its schema: {problem}. Make it with to_table.")
        whole = {name: table for name, table in tables.items() if not isinstance(table, RowBatches)}  # what is made while it is written is checked then
        for name, table in whole.items():
            _check_run_ids(name, run_id, table.column("run_id"))
        if tables["runs"].num_rows != 1:
            raise OutputsError(f"runs holds {tables['runs'].num_rows} rows for run {run_id}; it must hold one.")
        for name, key in UNIQUE.items():
            new = whole[name].column(key)
            if len(new.unique()) < len(new):
                raise OutputsError(f"{name} of run {run_id} holds a {key} twice. Each must be there once.")
            if new and not replace:
                there = self.read(name, [key], filters=pc.field(key).isin(new.combine_chunks()), run_ids=before).column(key).to_pylist()
                if there:
                    raise OutputsError(f"{self.root}: {name} holds {key} {min(there)} already ({len(there)} such). A run publishes only what is new.")
        if not replace:
            run = from_table(whole["runs"], Run)[0]
            self.check_settings(model_id=run.model_id, model_source=run.model_source, settings_id=run.settings_id, thresholds=run.thresholds)

    def _finish(self, entry: dict[str, Any]) -> None:
        """Carry out a journal entry; any prefix of it may have been carried out before."""
        for name in reversed(TABLES):
            for stem in entry["replaces"]:
                self._path(name, stem).unlink(missing_ok=True)
        for name in TABLES:
            staged = self._staged(name, entry["run_id"])
            if name in entry["tables"] and staged.exists():
                staged.replace(self._path(name, entry["run_id"]))
        for name in TABLES:
            sync_folder(self.root / name)
        (self.root / JOURNAL).unlink()
        sync_folder(self.root)

    def _recover(self) -> None:
        """Finish or clear what a dead run left. Only under the lock, when no live run can own any of it."""
        for path in self.files("runs"):
            check_file(path, "runs")
        if self.is_rewriting():
            check_version(json.loads((self.root / rewriting.JOURNAL).read_text(encoding="utf-8"))["schema_version"], self.root / rewriting.JOURNAL)
        rewriting.recover(self.root)
        journal = self.root / JOURNAL
        if journal.exists():
            entry = json.loads(journal.read_text(encoding="utf-8"))
            check_version(entry["schema_version"], journal)
            run_id = entry["run_id"]
            if all(self._staged(name, run_id).exists() or self._path(name, run_id).exists() for name in entry["tables"]):
                self._finish(entry)
                log.warning("%s: finished publishing run %s, which was interrupted", self.root, run_id)
            else:
                log.warning("%s: run %s was interrupted while publishing, and some of its files are gone: it is dropped", self.root, run_id)
                journal.unlink()
        for folder in (self.root, *(self.root / name for name in TABLES)):
            for path in folder.glob(".*.tmp"):
                path.unlink()
        if any(version_of(path, "runs") < SCHEMA_VERSION for path in self.files("runs")):  # the table that is rewritten last
            upgrading.upgrade_files(self.root, {name: self.files(name) for name in TABLES})
        published = set(self.run_ids())
        orphans = [(name, path) for name in reversed(TABLES) for path in self.files(name) if not published.issuperset(runs_in(path))]
        for name, path in orphans:
            check_file(path, name)
        for _, path in orphans:
            path.replace(path.with_name(f".{path.name}.orphan"))
            log.warning("%s: set aside, as runs/ has no run of this name", path)

    def _path(self, table: str, run_id: str) -> Path:
        return self.root / table / f"{run_id}.parquet"

    def _staged(self, table: str, run_id: str) -> Path:
        return self.root / table / f".{run_id}.parquet.tmp"


def _writable(name: str, run_id: str, table: pa.Table | RowBatches) -> pa.Table | RowBatches:
    """The rows of a table with its schema's metadata; batches are checked on their way to the disk."""
    schema = arrow_schema(TABLES[name])
    if isinstance(table, RowBatches):
        return RowBatches(schema, table.num_rows, _checked(name, run_id, table))
    return table.replace_schema_metadata(schema.metadata)


def _checked(name: str, run_id: str, table: RowBatches) -> Iterator[pa.RecordBatch]:
    n_rows = 0
    for batch in table.batches:
        _check_run_ids(name, run_id, batch.column("run_id"))
        n_rows += batch.num_rows
        yield batch
    if n_rows != table.num_rows:
        raise OutputsError(f"{name} of run {run_id} has {n_rows} rows in its batches, and says that it has {table.num_rows}.")


def _check_run_ids(name: str, run_id: str, run_ids: pa.Array | pa.ChunkedArray) -> None:
    if set(run_ids.unique().to_pylist()) - {run_id}:
        raise OutputsError(f"{name} holds rows of another run than {run_id}. A run publishes its own rows only.")
