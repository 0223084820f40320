"""What the model said, kept on disk: vectors by text, scores by directed pair of texts, cards by article, under the checkpoint's digest.

SQLite, because 100,000 reads take under a second and two processes may share the file. The file can be deleted at any time; it only costs time.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

READ_CHUNK = 500  # SQLite's default limit is 999 variables a statement
TIMEOUT_S = 60.0
LAYOUT = 2  # part of the file's name: a change of what is stored starts a new file


KINDS = ("vectors", "scores", "cards")


class ModelCache:
    """Float rows by key, of kind "vectors" or "scores"; bytes by key, of kind "cards"."""

    def __init__(self, folder: Path, model_id: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{model_id}-{LAYOUT}.sqlite"
        # Autocommit off by hand: one transaction a batch. The timeout lets a second process wait for the first one's write.
        self._db = sqlite3.connect(self.path, timeout=TIMEOUT_S, isolation_level=None)
        self._write_ahead()
        self._db.execute("PRAGMA synchronous=NORMAL")
        for kind in KINDS:
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {kind} (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")

    def _write_ahead(self) -> None:
        """Switch to a write-ahead log. SQLite's own timeout does not hold for this one statement, which fails at once where two processes open a new file."""
        last = time.monotonic() + TIMEOUT_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > last:
                    raise
                time.sleep(0.02)

    def __enter__(self) -> ModelCache:
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the rows that are there."""
        return {key: np.frombuffer(value, dtype=np.float32) for key, value in self.get_bytes(kind, keys).items()}

    def get_bytes(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the bytes that are there."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), READ_CHUNK):
            part = keys[start : start + READ_CHUNK]
            marks = ",".join("?" * len(part))
            found.update(self._db.execute(f"SELECT key, value FROM {_checked(kind)} WHERE key IN ({marks})", part))
        return found

    def put(self, kind: str, rows: Iterable[tuple[bytes, NDArray[np.float32]]]) -> None:
        """Store rows; a key that is there already keeps its row."""
        self.put_bytes(kind, ((key, row.astype(np.float32).tobytes()) for key, row in rows))

    def put_bytes(self, kind: str, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Store bytes; a key that is there already keeps what it has."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(f"INSERT OR IGNORE INTO {_checked(kind)} VALUES (?, ?)", rows)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"no table {kind!r} in the cache: {', '.join(KINDS)}")
    return kind


def text_key(*texts: str) -> bytes:
    """The key of a text, or of texts in this order."""
    digest = hashlib.blake2b(digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()
