"""Rewriting the folders of an outputs folder, all or nothing, while others read them.

Compacting and forgetting are the two that rewrite. A reader lists a folder and then opens what it saw there, so files that were replaced one by one would
show it rows twice, or not at all. So each folder is made anew beside the old one and takes its place in one step:

1. `.rewrite-<folder>` is filled: files that stay are linked, the others written and fsynced. Killed here: the next run deletes it.
2. `.rewriting.json` is put in place by a rename: the point of no return.
3. Folder after folder changes places with its rewrite. Killed here: each folder is whole, old or new; the next run does the rest.
4. The old folders are deleted, LISTED_WITHIN_S later, with the other files that the journal names, and at last the journal.

Every reader sees all of a folder's old rows or all of its new ones. One that listed the old files in the very instant of the step and opens them after it gets
FileNotFoundError, and none gets wrong rows; `flows.tables.load` then reads again by itself. One that had opened the old folder to list it must
be done with that before the first file goes: hence the wait.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.records import SCHEMA_VERSION
from flows.storage import exchange, explain_os_errors, link_or_copy, sync_folder, write_synced

JOURNAL = ".rewriting.json"
FORGOTTEN = ".forgotten"  # ids of articles that were forgotten, one a line; the next run leaves them out where it meets them again
MARKER = ".rewritten"  # in a folder that has changed places: the rewrite's id
_PREFIX = ".rewrite-"
LISTED_WITHIN_S = 1.0  # listing a folder takes a millisecond; on a busy machine a reader was put aside for more than a quarter of a second in between

log = logging.getLogger(__name__)


class Rewrite:
    """One rewrite. Use: `new_folder` for each folder, fill it, then `carry_out`. Only under the folder's lock."""

    def __init__(self, root: Path, rewrite_id: str) -> None:
        self.root, self.id = root, rewrite_id
        self.folders: list[str] = []

    def new_folder(self, name: str, keep: Sequence[Path] = ()) -> Path:
        """Return the folder that will take the place of `name`, with the files `keep` in it already."""
        folder = self.root / (_PREFIX + name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path in keep:
            if path.name != MARKER:  # a link would be a second name of the old folder's: writing the new one would change both
                link_or_copy(path, folder / path.name)
        self.folders.append(name)
        return folder

    def carry_out(self, *, delete: Sequence[str] = (), forget: Sequence[str] = ()) -> None:
        """Let the new folders take their places, in the order in which they were made; delete files of the root; note ids of forgotten articles."""
        with explain_os_errors(self.root, "nothing was changed, as it cannot be written"):
            for name in self.folders:
                write_synced(self.root / (_PREFIX + name) / MARKER, self.id.encode())
                sync_folder(self.root / (_PREFIX + name))
            entry = {"id": self.id, "folders": self.folders, "delete": list(delete), "forget": list(forget), "schema_version": SCHEMA_VERSION}
            staged = self.root / (JOURNAL + ".tmp")
            write_synced(staged, json.dumps(entry).encode())
            staged.replace(self.root / JOURNAL)
        with explain_os_errors(self.root, "was interrupted, the next run will finish it"):
            sync_folder(self.root)
            _finish(self.root, entry)

    def discard(self) -> None:
        """Delete what was made so far; nothing was changed."""
        for name in self.folders:
            shutil.rmtree(self.root / (_PREFIX + name), ignore_errors=True)


def recover(root: Path) -> None:
    """Finish a rewrite that was interrupted past its point of no return, and clear what another left. Only under the folder's lock."""
    journal = root / JOURNAL
    if journal.exists():
        _finish(root, json.loads(journal.read_text(encoding="utf-8")))
        log.warning("%s: finished a rewrite of its files, which was interrupted", root)
    _clear(root)
    for marker in root.glob("*/" + MARKER):  # killed once the journal was gone, before these were
        marker.unlink()


def forgotten(root: Path) -> frozenset[str]:
    """Return the ids of the articles that were forgotten."""
    path = root / FORGOTTEN
    return frozenset(path.read_text(encoding="ascii").split()) if path.exists() else frozenset()


def _finish(root: Path, entry: dict[str, Any]) -> None:
    """Carry out a journal entry; any prefix of it may have been carried out before."""
    if entry["forget"]:  # first: an article must not come back between its deletion and this note
        staged = root / (FORGOTTEN + ".tmp")
        write_synced(staged, "\n".join(sorted(forgotten(root) | set(entry["forget"]))).encode("ascii"))
        staged.replace(root / FORGOTTEN)
    for name in entry["folders"]:
        here, new = root / name, root / (_PREFIX + name)
        if not here.exists():  # killed between two renames, where they cannot be one
            new.rename(here)
        elif _marker(here) != entry["id"]:
            exchange(here, new)
    sync_folder(root)
    time.sleep(LISTED_WITHIN_S)
    for name in entry["delete"]:
        (root / name).unlink(missing_ok=True)
    _clear(root)
    (root / JOURNAL).unlink()
    sync_folder(root)
    for name in entry["folders"]:
        (root / name / MARKER).unlink(missing_ok=True)


def _clear(root: Path) -> None:
    for folder in [*root.glob(_PREFIX + "*"), *root.glob(".*.aside")]:
        if folder.is_dir():
            shutil.rmtree(folder)


def _marker(folder: Path) -> str:
    path = folder / MARKER
    return path.read_text(encoding="ascii") if path.exists() else ""
