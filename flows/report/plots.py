"""The report's pictures as files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from flows import progress
from flows.report.charts import certainty_chart, drift_map, has_certainty_chart, ordered_findings
from flows.report.data import report_data, without_dismissed
from flows.report.plot_files import DRIFT_MAP, of_thread, own_pictures
from flows.storage import OutputsError, whole_file, write_synced


@dataclass(frozen=True, slots=True)
class Plots:
    """What came of drawing."""

    written: list[Path]
    removed: list[Path]  # pictures drawn before of what the folder does not hold any more
    n_left: int  # threads in which certainty changes that were not drawn


def write_plots(outputs: str | Path, folder: Path, n_threads: int) -> Plots:
    """Write drift-map.svg and certainty-<thread_id>.svg of at most `n_threads` threads, and remove pictures of threads that are gone.

    Threads with the most findings come first. Raises OutputsError where the outputs folder holds no results, or `folder` cannot be written.
    """
    data = without_dismissed(report_data(outputs, step="reading the findings"))
    n_findings = Counter(f["thread"] for f in data["findings"])
    changing = [n for n, thread in enumerate(data["threads"]) if has_certainty_chart(data, thread)]
    changing.sort(key=lambda n: (-n_findings[n], data["threads"][n]["id"]))
    ordered = ordered_findings(data)
    pictures: dict[str, str] = {}
    if (drawn := drift_map(data, standalone=True)) is not None:
        pictures[DRIFT_MAP] = drawn
    for done, n in enumerate(changing[:n_threads]):
        progress.tell("drawing the pictures", done, min(n_threads, len(changing)))
        pictures[of_thread(data["threads"][n]["id"])] = certainty_chart(data, data["threads"][n], ordered.get(n, []), standalone=True)
    try:
        if pictures:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputsError(f"{folder}: cannot be made: {error.strerror or error}. Give another folder for the pictures with --to.") from error
    for name, picture in pictures.items():
        with whole_file(folder / name) as draft:
            write_synced(draft, picture.encode("utf-8"))
    standing = {of_thread(data["threads"][n]["id"]) for n in changing} | pictures.keys()
    return Plots([folder / name for name in pictures], _remove_gone(folder, standing), max(0, len(changing) - n_threads))


def _remove_gone(folder: Path, standing: set[str]) -> list[Path]:
    """Remove the pictures, drawn before, of what is not there any more; return them. Other files stay."""
    gone = [path for path in own_pictures(folder) if path.name not in standing]
    try:
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputsError(f"{folder}: pictures of threads that are gone cannot be removed: {error.strerror or error}. Remove them yourself.") from error
    return gone
