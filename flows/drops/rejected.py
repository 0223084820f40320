"""What was rejected, found again: each file, and the folder below which it lies, so that reading it again makes the same source of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.archive import Outputs
from flows.convert import from_table
from flows.drops.folder import DropFile, fingerprint
from flows.housekeeping.status import read_status
from flows.records import Run
from flows.steps.sources import walk_files

BY_NAME = ("unknown format", "not an article")  # decided by a file's name alone: under that name it is rejected again


@dataclass(frozen=True)
class Rejected:
    """The files that were rejected and still are. `missing` names the sources of which no file is there any more, by their paths as far as they are known."""

    by_folder: dict[Path, list[DropFile]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    last_run: Run | None = None  # whose settings are those of the whole folder


def find_rejected(outputs: Path) -> Rejected:
    """Return what runs into an outputs folder rejected and no later one has read. Raises OutputsError where there is no such folder."""
    status = read_status(outputs)
    rejects = [reject for reject in status.rejects if reject.reason not in BY_NAME]
    run_ids = sorted({reject.run_id for reject in rejects})
    inputs = {run.run_id: Inputs.of(run.inputs) for run in from_table(Outputs(outputs).read("runs", run_ids=run_ids), Run)}
    found: defaultdict[Path, dict[Path, DropFile]] = defaultdict(dict)
    missing: dict[str, None] = {}
    for reject in rejects:
        place = inputs[reject.run_id].find(reject.source)
        if place is None:
            missing[reject.source] = None
            continue
        folder, path = place
        for file in walk_files(path)[0] if path.is_dir() else [path]:  # a folder that could not be read
            if (seen := fingerprint(file)) is not None:
                found[folder][file] = DropFile(file, seen)
    return Rejected({folder: [files[path] for path in sorted(files)] for folder, files in found.items()}, list(missing), status.last_run)


@dataclass(frozen=True)
class Inputs:
    """The INPUT arguments of a run: folders, and files that lie below one that the run does not name; all those of a drop lie below the same."""

    folders: tuple[str, ...]
    files: tuple[str, ...]

    @staticmethod
    def of(arguments: Sequence[str]) -> Inputs:
        """Tell the folders from the rest. What is gone counts as a file: it is not found either way."""
        folders = {path for path in arguments if Path(path).is_dir()}
        return Inputs(tuple(folders), tuple(path for path in arguments if path not in folders))

    def find(self, source: str) -> tuple[Path, Path] | None:
        """Return (folder, file) of a source: a file's path below the folder, or that and a record's number. None where none is there."""
        for name in _file_names(source):
            if ".." in Path(name).parts:  # a record's id, and a way out of the folder
                continue
            places = [(folder, path) for folder, path in self._places(name) if _is_there(path)]
            if len(places) > 1:  # of drops/a.txt and drops/b/a.txt, a drop, the source a.txt is the first
                places.sort(key=lambda place: (not all(Path(file).is_relative_to(place[0]) for file in self.files), len(place[0].parts)))
            if places:
                return places[0]
        return None

    def _places(self, name: str) -> Iterator[tuple[Path, Path]]:
        for folder in self.folders:
            yield Path(folder), Path(folder, name)
        for file in self.files:
            text = Path(file).as_posix()
            if text == name:
                yield Path(), Path(file)
            elif text.endswith(f"/{name}"):
                yield Path(text[: -len(name)]), Path(file)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a record's id may be anything: longer than a file name
        return False


def _file_names(source: str) -> Iterator[str]:
    """What a source may name, the longest first: "feed.jsonl#17" is record 17 of feed.jsonl, or a file that has a '#' in its name."""
    yield source
    for i in range(len(source) - 1, 0, -1):
        if source[i] == "#":
            yield source[:i]
