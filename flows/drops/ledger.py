"""Which files have been checked into an outputs folder, and in which state, so that a sweep reads only what is new.

It is written after a run's results are published. What a kill in between costs is that these files are read once more, and found to be known: the ids of the
tables, not this file, keep results from being lost or doubled. It lies in the outputs folder's cache and may be deleted; the next sweep then reads every file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from flows.drops.folder import DropFile, Fingerprint, file_identity, fingerprint
from flows.steps.sources import walk_files
from flows.tables import Outputs, OutputsError

FILE = "drops-1.sqlite"  # 1: what is stored; a change of it starts a new file
CHUNK = 500  # SQLite's default limit is 999 variables a statement


class Ledger:
    """The files that were checked. One writer at a time: it records under the outputs folder's lock, and waits for another's transaction.

    May be kept open for months: where the cache was deleted or made anew meanwhile, as `claimdrift forget` does it, the file that is there now is used.
    """

    def __init__(self, outputs: Path) -> None:
        self._outputs, self._path = outputs, outputs / ".cache" / FILE
        self._open()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(self._path, timeout=60, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, run_id TEXT NOT NULL) WITHOUT ROWID"
        )
        self._opened = file_identity(self._path)
        self.forget_runs_that_are_gone()

    @property
    def _db(self) -> sqlite3.Connection:
        if file_identity(self._path) != self._opened:
            self._connection.close()
            self._open()
        return self._connection

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def checked(self, files: Mapping[Path, Fingerprint]) -> set[Path]:
        """Return those of the files that were checked in this state."""
        return _checked(self._db, files)

    def seems_checked(self, files: Mapping[Path, Fingerprint]) -> set[Path]:
        """As `checked`, for a look that may be wrong: none of them where the ledger cannot be read. Who then checks them is told so by `unchecked`."""
        try:
            return self.checked(files)
        except (OutputsError, OSError, sqlite3.Error):
            return set()

    def unchecked(self, files: Sequence[DropFile]) -> list[DropFile]:
        """Return those of the files that were not checked in this state, in their order."""
        there = self.checked({file.path: file.fingerprint for file in files})
        return [file for file in files if file.path not in there]

    def record(self, files: Iterable[DropFile], run_id: str) -> None:
        """Remember that a published run has checked these."""
        files = list(files)
        states = [(f.fingerprint.size, f.fingerprint.mtime_ns, f.fingerprint.ctime_ns) for f in files]
        rows = [(key, *state, run_id) for key, state in zip(_keys(f.path for f in files), states, strict=True)]
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def __len__(self) -> int:
        return self._db.execute("SELECT count(*) FROM files").fetchone()[0]

    def forget_runs_that_are_gone(self) -> None:
        """After --rebuild, or where someone deleted the tables, what was checked then has to be checked again."""
        published = set(Outputs(self._outputs).read("runs", ["run_id"]).column("run_id").to_pylist())
        gone = [run_id for (run_id,) in self._connection.execute("SELECT DISTINCT run_id FROM files") if run_id not in published]
        self._connection.executemany("DELETE FROM files WHERE run_id = ?", [(run_id,) for run_id in gone])


def count_unchecked(outputs: Path, folder: Path) -> int:
    """Return how many files of a folder wait to be checked, as far as a look that writes nothing can tell: all where there is no ledger."""
    files = {path: seen for path in walk_files(folder)[0] if (seen := fingerprint(path)) is not None}
    try:
        with closing(sqlite3.connect(f"{(outputs / '.cache' / FILE).resolve().as_uri()}?mode=ro", uri=True)) as db:
            return len(files) - len(_checked(db, files))
    except sqlite3.Error:
        return len(files)


def _checked(db: sqlite3.Connection, files: Mapping[Path, Fingerprint]) -> set[Path]:
    there: set[Path] = set()
    by_key = dict(zip(_keys(files), files, strict=True))
    keys = list(by_key)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        query = f"SELECT path, size, mtime_ns, ctime_ns FROM files WHERE path IN ({','.join('?' * len(part))})"
        for key, *state in db.execute(query, part):
            if files[by_key[key]] == Fingerprint(*state):
                there.add(by_key[key])
    return there


def _keys(paths: Iterable[Path]) -> list[bytes]:
    """Return the files' absolute paths in bytes: names that are no UTF-8 fit in too. The folder's links are resolved, the file's own are not."""
    folders: dict[Path, Path] = {}
    keys = []
    for path in paths:
        if path.parent not in folders:
            folders[path.parent] = path.parent.resolve()
        keys.append(os.fsencode(folders[path.parent] / path.name))
    return keys
