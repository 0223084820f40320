"""The report's pictures as files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from flows.report.charts import certainty_chart, drift_map, has_certainty_chart, ordered_findings
from flows.report.data import report_data, without_dismissed
from flows.storage import OutputsError, whole_file, write_synced


def write_plots(outputs: str | Path, folder: Path, n_threads: int) -> tuple[list[Path], int]:
    """Write drift-map.svg and certainty-<thread_id>.svg of at most `n_threads` threads; return the files, and how many threads were left out.

    Threads with the most findings come first. Raises OutputsError where the outputs folder holds no results, or `folder` cannot be written.
    """
    data = without_dismissed(report_data(outputs))
    n_findings = Counter(f["thread"] for f in data["findings"])
    changing = [n for n, thread in enumerate(data["threads"]) if has_certainty_chart(data, thread)]
    changing.sort(key=lambda n: (-n_findings[n], data["threads"][n]["id"]))
    ordered = ordered_findings(data)
    pictures: dict[str, str] = {}
    if (drawn := drift_map(data, standalone=True)) is not None:
        pictures["drift-map.svg"] = drawn
    for n in changing[:n_threads]:
        pictures[f"certainty-{data['threads'][n]['id']}.svg"] = certainty_chart(data, data["threads"][n], ordered.get(n, []), standalone=True)
    try:
        if pictures:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputsError(f"{folder}: cannot be made: {error.strerror or error}. Give another folder for the pictures with --to.") from error
    for name, picture in pictures.items():
        with whole_file(folder / name) as draft:
            write_synced(draft, picture.encode("utf-8"))
    return [folder / name for name in pictures], max(0, len(changing) - n_threads)
