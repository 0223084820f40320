"""Findings as CSV and JSON lines: every value is there, cells are flat, and what an article says stays text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_archive import Story, change, hostile_story, port_story, publish

from flows.export import FORMULA_STARTS, REVIEW_COLUMNS, _cell, csv_columns, write_findings
from flows.listing import Filters, list_findings
from flows.records import Finding, arrow_schema
from flows.reviews import Review, record_reviews
from flows.storage import OutputsError
from flows.tables import load


@pytest.fixture
def port(tmp_path) -> Path:
    outputs = publish(tmp_path / "outputs", [port_story()])
    first = load(outputs, "findings")["finding_id"][0]
    record_reviews(outputs, [Review(first, "t", "accepted", None, "seen", dt.datetime(2024, 6, 1, tzinfo=dt.UTC))])
    return outputs


def exported(outputs: Path, form: str) -> Path:
    path = outputs.parent / f"findings.{form}"
    write_findings(list_findings(outputs, Filters(review="all")), form, path)
    return path


def test_json_lines_hold_every_column_as_nested_as_the_table(port):
    lines = exported(port, "jsonl").read_text(encoding="ascii").splitlines()
    findings = load(port, "findings")
    rows = [json.loads(line) for line in lines]
    assert [set(row) - {"review", "like_dismissed"} for row in rows] == [set(findings.columns)] * len(findings)
    assert [row["changes"] for row in rows] == findings["changes"].to_list()
    assert [row["evidence"] for row in rows] == findings["evidence"].to_list()
    assert rows[0]["earlier_published_at"] == "2024-03-12T00:00:00+00:00"
    assert rows[-1]["later_published_at"] is None
    assert rows[0]["review"] == {"decision": "accepted", "reason": None, "note": "seen", "reviewed_at": "2024-06-01T00:00:00+00:00"}
    assert rows[1]["review"] is None


def test_csv_is_flat_and_pandas_reads_it(port):
    rows = pd.read_csv(exported(port, "csv"), keep_default_na=False)
    findings = load(port, "findings")
    assert rows.columns.to_list() == csv_columns()
    assert rows["finding_id"].to_list() == findings["finding_id"].to_list()
    assert rows["score"].to_list() == findings["score"].to_list()
    assert rows["evidence_same_fact"].to_list() == [e["same_fact"] for e in findings["evidence"]]
    negated = rows.loc[rows["score"] == 0.7].iloc[0]
    assert negated["types"] == "negation | quantity"
    assert negated["changes"] == "negation negated: 12 ships → No ship | quantity lowered: 12 → No"
    assert negated[["change_type", "change_direction", "change_from_text", "change_to_text"]].to_list() == ["negation", "negated", "12 ships", "No ship"]
    assert rows["review"].to_list() == ["accepted", "", "", ""]
    assert rows["later_published_at"].to_list()[-1] == ""


def test_every_column_of_the_table_is_in_the_csv_but_for_lists_within_a_struct():
    flat = []
    for field in arrow_schema(Finding):
        is_struct = pa.types.is_struct(field.type)
        flat += [f"{field.name}_{child.name}" for child in field.type if not pa.types.is_list(child.type)] if is_struct else [field.name]
    assert [name for name in csv_columns() if not name.startswith("change_") and name not in REVIEW_COLUMNS] == flat
    assert len(set(csv_columns())) == len(csv_columns())


def test_the_header_is_there_without_findings(port):
    path = port.parent / "none.csv"
    write_findings(list_findings(port, Filters(text="nowhere")), "csv", path)
    assert path.read_text(encoding="utf-8").splitlines() == [",".join(csv_columns())]


@given(st.text())
def test_no_text_is_a_formula(text):
    cell = _cell(text)
    assert not cell.startswith(FORMULA_STARTS)
    assert cell == (f"'{text}" if text.startswith(FORMULA_STARTS) else text)


def test_numbers_below_zero_stay_numbers():
    assert _cell(-0.5) == "-0.5"


def test_hostile_texts_come_back_from_both(tmp_path):
    story = Story("port")
    one = story.article("=HYPERLINK(1)", ['Seven "ships", a\nline and a ; wait.'])
    other = story.article("Sun\r\n", ["Nine ships\u2028wait é\U0001f6a2."], day=1)
    story.finding(one[0], other[0], change("quantity", "raised", "Seven", "Nine"))
    outputs = publish(tmp_path / "outputs", [story, hostile_story()])
    findings = load(outputs, "findings")
    with exported(outputs, "csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["earlier_text"] for row in rows] == findings["earlier_text"].to_list()
    assert {row["earlier_outlet"] for row in rows} >= {"'=HYPERLINK(1)"}
    lines = exported(outputs, "jsonl").read_text(encoding="ascii").splitlines()
    assert [json.loads(line)["later_text"] for line in lines] == findings["later_text"].to_list()


def test_a_terminal_gets_no_control_characters(tmp_path, monkeypatch):
    outputs = publish(tmp_path / "outputs", [hostile_story()])

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for form in ("csv", "jsonl"):
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        write_findings(list_findings(outputs, Filters()), form, None)
        monkeypatch.undo()
        assert not set(screen.getvalue()) & set("\x00\x07\x1b\u202e\u2066\u2028\r")


def test_a_file_is_there_whole_or_not_at_all(port, monkeypatch):
    path = port.parent / "f.csv"
    path.write_text("before", encoding="utf-8")
    listing = list_findings(port, Filters())

    def fails(_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.export._cell", fails)
    with pytest.raises(OutputsError, match=r"f\.csv: cannot be written: No space left on device"):
        write_findings(listing, "csv", path)
    assert path.read_text(encoding="utf-8") == "before"
    assert [p.name for p in path.parent.glob(".*tmp")] == []


def test_where_no_file_can_be(port, tmp_path):
    listing = list_findings(port, Filters())
    with pytest.raises(OutputsError, match="cannot be written: is a folder"):
        write_findings(listing, "csv", tmp_path)
    with pytest.raises(OutputsError, match="cannot be written: No such file"):
        write_findings(listing, "csv", tmp_path / "nowhere" / "f.csv")
