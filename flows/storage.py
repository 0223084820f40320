"""Files that survive a crash, and disk errors a reader can act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


class OutputsError(Exception):
    """What is wrong with an outputs folder, in one line: what, where, and what to do."""


ADVICE = {
    errno.ENOSPC: "Free some space, or give another --outputs folder.",
    errno.EDQUOT: "Free some space, or give another --outputs folder.",
    errno.EACCES: "Make it writable, or give another --outputs folder.",
    errno.EPERM: "Make it writable, or give another --outputs folder.",
    errno.EROFS: "Give an --outputs folder on a disk that can be written.",
}


@contextmanager
def explain_os_errors(folder: Path, what: str) -> Iterator[None]:
    """Turn an OSError inside into an OutputsError: "outputs: cannot write here: No space left on device. Free some space, …"."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        where = f" ({error.filename})" if error.filename and Path(error.filename) != folder else ""
        advice = ADVICE.get(error.errno or 0, "Give another --outputs folder.")
        raise OutputsError(f"{folder}: {what}: {reason}{where}. {advice}") from error


def write_synced(path: Path, content: bytes | pa.Table) -> None:
    """Write bytes, or a table as Parquet, and wait until the disk has them."""
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            pq.write_table(content, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's renames; a no-op where folders cannot be opened (Windows) or do not exist."""
    if os.name != "posix" or not folder.is_dir():
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
