"""Files that survive a crash, and disk errors a reader can act on."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


class OutputsError(Exception):
    """What is wrong with an outputs folder, in one line: what, where, and what to do."""


class FolderBusyError(OutputsError):
    """Another run is writing to the folder; it passes."""


_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2  # linux/fcntl.h and linux/fs.h; sys/stdio.h of macOS
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


@dataclass(frozen=True, slots=True)
class RowBatches:
    """A table that is made while it is written, since it may be too long to be in memory at once."""

    schema: pa.Schema
    num_rows: int
    batches: Iterable[pa.RecordBatch]


def write_synced(path: Path, content: bytes | pa.Table | RowBatches) -> None:
    """Write bytes, or a table as Parquet, and wait until the disk has them."""
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        elif isinstance(content, pa.Table):
            pq.write_table(content, file, compression="zstd")
        else:
            with pq.ParquetWriter(file, content.schema, compression="zstd") as writer:
                for batch in content.batches:
                    writer.write_batch(batch)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a draft beside `path` that becomes it where the block ends well, so that the file is the whole new one or as it was.

    Raises OutputsError where `path` is a folder, or the draft cannot be written.
    """
    # Not named *.tmp: a check that begins meanwhile deletes such files in its outputs folder.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "is a folder")
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise OutputsError(f"{path}: cannot be written: {error.strerror or error}. Give another place for it.") from error


def sync_file(path: Path) -> None:
    """Wait until the disk has what was written to a file."""
    with path.open("rb+") as file:
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


def exchange(one: Path, other: Path) -> None:
    """Let two folders change places in one step, so that each path shows one or the other at every moment.

    Where the system cannot do that, `one` is missing for an instant between two renames; `other` then holds what belongs there.
    """
    libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    if libc is not None and hasattr(libc, "renameat2"):  # Linux
        failed = libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    elif libc is not None and hasattr(libc, "renamex_np"):  # macOS
        failed = libc.renamex_np(os.fsencode(one), os.fsencode(other), _RENAME_SWAP)
    else:
        failed = True
    if failed:  # no such call, or a file system without it
        aside = one.with_name(f".{one.name}.aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name; copy it where the file system has no hard links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
