"""Rejects: told once, told again where something has changed, settled by a later run that reads the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.records import Reject, Sighting
from flows.rejects import new_rejects, open_rejects
from flows.tables import load
from tests.core_examples import MONDAY, write_articles
from tests.example_archive import example
from tests.kills.invented import check


def seen(source: str, run_id: str) -> Sighting:
    return example(Sighting, source=source, run_id=run_id)


def rejected(source: str, run_id: str, reason: str = "empty") -> Reject:
    return Reject(run_id, source, reason, f"{source} is {reason}.")


def test_a_reject_is_settled_once_a_later_run_has_read_its_source():
    old, new = rejected("a", "r1"), rejected("a", "r3", "binary")
    assert open_rejects([old], []) == ([old], [])
    assert open_rejects([old], [seen("a", "r2")]) == ([], [])
    assert open_rejects([old, new], [seen("a", "r2")]) == ([new], []), "it was read, and then it was broken"
    assert open_rejects([old], [seen("b", "r2")]) == ([old], [])
    assert open_rejects([old], [seen("a", "r1")]) == ([], [old]), "a note beside the article of the same run"


def table(folder: Path) -> list[tuple[str, str]]:
    return [(row.source, row.reason) for row in load(folder, "rejects").sort_values("run_id").itertuples()]


@pytest.mark.usefixtures("invented_engine")
def test_the_counts_of_the_runs_are_the_rows_of_the_table(tmp_path: Path):
    """A file is broken, stays so, is broken in another way, mended, and broken again: four different things to tell."""
    drops, outputs = tmp_path / "drops", tmp_path / "out"
    write_articles(drops, {"good/2024-03-04.txt": MONDAY, "odd.xyz": "no article"})
    states = ["", "", "\0\0\0", "\0\0\0", MONDAY + " It rained.", "\0\0\0", "\0\0\0"]
    new = []
    for state in states:
        write_articles(drops, {"a.txt": state})
        run = check([drops], outputs)
        assert run.counts["rejects"] + run.counts["rejects known before"] == (1 if "rained" in state else 2)
        assert run.counts["rejects"] == sum(n for name, n in run.dropped.items() if name.startswith("rejected: "))
        new.append(run.counts["rejects"])
    assert new == [2, 0, 1, 0, 0, 1, 0]
    assert table(outputs) == [("a.txt", "empty"), ("odd.xyz", "unknown format"), ("a.txt", "binary"), ("a.txt", "binary")]
    rebuilt = check([drops], outputs, rebuild=True)
    assert (rebuilt.counts["rejects"], rebuilt.counts["rejects known before"]) == (2, 0)
    assert len(table(outputs)) == 2


def test_two_of_one_source_do_not_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where one of a source's rejects is new, all of them are told: else the last run's would never be what the next one says."""
    one, other = rejected("a", "r1"), rejected("a", "r2", "binary")
    tables = {"rejects": [one], "sightings": []}

    class Folder:
        def read(self, name, filters):
            from flows.convert import to_table
            from flows.records import TABLES

            return to_table(tables[name], TABLES[name]).filter(filters)

    folder = Folder()
    assert new_rejects([rejected("a", "r2")], folder) == []
    assert new_rejects([rejected("b", "r2")], folder) == [rejected("b", "r2")]
    assert new_rejects([rejected("a", "r2"), other], folder) == [rejected("a", "r2"), other]
    tables["rejects"] += [rejected("a", "r2"), other]
    assert new_rejects([rejected("a", "r3"), rejected("a", "r3", "binary")], folder) == []
    assert new_rejects([rejected("a", "r3")], folder) == [rejected("a", "r3")]
    assert new_rejects([], folder) == []
