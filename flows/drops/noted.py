"""What watchers note in the outputs folder for `claimdrift status`: the folders whose drops go there, and what went wrong with the last one."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.storage import OutputsError, whole_file

FILE = ".drops.json"


@dataclass(frozen=True, slots=True)
class DropsNote:
    """A folder of drops. `problem` is what went wrong last, `problem_at` when; both empty where the last drop was checked."""

    folder: str
    problem: str = ""
    problem_at: str = ""


def read_notes(outputs: Path) -> list[DropsNote]:
    """Return the notes, by folder."""
    try:
        noted = json.loads((outputs / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [DropsNote(folder, *problem) for folder, problem in sorted(noted.items())]


def note_drops(outputs: Path, folder: Path, problem: str | None = None) -> None:
    """Note a folder, and what went wrong with its last drop, "" for nothing; None leaves that as it is noted.

    Where that cannot be written, on a full disk, nothing is noted: what needs the space tells of it.
    """
    notes = {note.folder: note for note in read_notes(outputs)}
    name = str(folder.resolve()).encode("utf-8", "backslashreplace").decode()
    before = notes.get(name)
    if before is not None and problem in (None, before.problem):
        return
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds") if problem else ""
    notes[name] = DropsNote(name, problem or "", at)
    with suppress(OutputsError), whole_file(outputs / FILE) as draft:
        draft.write_text(json.dumps({note.folder: [note.problem, note.problem_at] for note in notes.values()}, indent=1), encoding="utf-8")
