from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from report_archive import ATTACK, Story, change, hostile_story, port_story, publish, replaced_and_retold

from flows import progress
from flows.check_claims import with_report
from flows.cli import cli
from flows.records import NameMention
from flows.report.charts import MAX_OUTLETS, certainty_chart, drift_counts, drift_map, has_certainty_chart, ordered_findings
from flows.report.data import report_data
from flows.report.page import embedded_json, report_page, write_report
from flows.report.plots import write_plots
from flows.report.text import shown
from flows.reviews import Review, change_keys, recorded_reviews
from flows.storage import OutputsError
from flows.summary import summarise
from flows.tables import load, to_table


class Page(HTMLParser):
    """What a browser's parser would see: the elements with their attributes, and the text inside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = tag
            self.raw.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            tag, before = self.raw[-1]
            self.raw[-1] = (tag, before + data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return publish(tmp_path / "outputs", [port_story()])


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    return publish(tmp_path / "outputs", [hostile_story(), port_story()])


# --- data -------------------------------------------------------------------------------------------------------------------------------------------------


def test_data_refer_to_what_is_there(hostile):
    data = report_data(hostile)
    changes = load(hostile, "findings").set_index("finding_id")["changes"]
    tellings = [{c for claims in thread["tellings"] for c in claims} for thread in data["threads"]]
    for f in data["findings"]:
        for side, marks in zip(("earlier", "later"), f["marks"], strict=True):
            units = data["claims"][f[side]]["text"].encode("utf-16-le")
            words = [units[2 * m[0] : 2 * m[1]].decode("utf-16-le") for m in marks]
            assert all(any(word in shown(c["from_text" if side == "earlier" else "to_text"]) for c in changes[f["id"]]) for word in words)
            assert f[side] in tellings[f["thread"]]
    told = [c for claims in tellings for c in claims]
    assert sorted(told) == sorted(set(told))
    assert {f[side] for f in data["findings"] for side in ("earlier", "later")} <= set(told)
    assert sorted(n for s in data["storylines"] for n in s["articles"]) == list(range(len(data["articles"])))


def test_tellings_are_in_order_of_time_and_copies_folded(port):
    data = report_data(port)
    thread = data["threads"][next(f["thread"] for f in data["findings"] if f["kind"] == 0)]
    told = [[data["outlets"][data["articles"][data["claims"][c]["article"]]["outlet"]] for c in claims] for claims in thread["tellings"]]
    assert told == [["Echo", "Sun"], ["Courier"], ["Mail"]]


def test_the_evidence_sums_up(port):
    evidence = report_data(port)["findings"][0]["evidence"]
    assert len(evidence["moved"]) == 8
    assert evidence["rest"][0] == 4
    assert sum(m[1] for m in evidence["moved"]) + evidence["rest"][1] == pytest.approx(sum(0.5 / (n + 1) for n in range(12)), abs=0.01)
    assert [row[:3] for row in evidence["seen"]] == [[1, "changed", "raised"]]


def test_only_web_addresses_become_links(hostile):
    assert {a["url"] for a in report_data(hostile)["articles"]} == {"", "https://echo.example/1", "https://x.example/\"onclick='x'"}


def overview_of(folder: Path) -> str:
    """What the overview says, with each run of white space one space."""
    page = write_report(folder).read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]*>", " ", page[page.index("<h1>") : page.index('<div id="view">')]).split())


def test_an_archive_without_findings_has_a_report_that_says_why(tmp_path):
    nothing = publish(tmp_path / "nothing", [])
    assert "0 findings in 0 articles" in overview_of(nothing)
    assert "No article could be read. The command claimdrift status tells" in overview_of(nothing)
    one, three = Story(), Story()
    one.article("Echo", ["Seven ships wait."])
    text = overview_of(publish(tmp_path / "one", [one]))
    assert "0 findings in 1 article" in text
    assert "There is one article, and nothing to compare it with" in text
    assert "contradictions" not in text, "no figures of nothing"
    for name in ("Echo", "Mail", "Sun"):
        three.article(name, ["Seven ships wait."])
    compared = overview_of(publish(tmp_path / "compared", [three]))
    assert "2 pairs of articles were compared, and nothing was found with a score of 0.3 or more." in compared
    apart = [Story("a"), Story("b")]
    for story in apart:
        story.article("Echo", ["Seven ships wait."])
    assert "Nothing was compared: no two of the 2 articles tell of one event" in overview_of(publish(tmp_path / "apart", apart))


def test_an_arrow_stands_only_between_tellings_whose_order_is_known(port):
    overview = overview_of(port)
    assert "Courier → Mail" in overview
    assert "Mail / Sun" in overview


def test_what_a_finding_of_a_replaced_text_changed_is_known_to_the_page(tmp_path):
    story, old, new, other = replaced_and_retold()
    outputs = publish(tmp_path, [story])
    data = report_data(outputs)
    assert {f["id"] for f in data["findings"]} == {new, other}
    same = {f["id"]: f["same"] for f in data["findings"]}
    assert data["replaced"] == [[old, same[new]]]
    assert set(same[new]).isdisjoint(same[other])
    assert "Left out: 1 finding of texts that their sources have replaced since. The tables still have it." in overview_of(outputs)


def test_findings_share_a_number_where_they_make_the_same_change_in_one_thread(hostile):
    rows = {row["finding_id"]: change_keys(row) for row in load(hostile, "findings").to_dict("records")}
    same = {f["id"]: set(f["same"]) for f in report_data(hostile)["findings"]}
    assert same.keys() == rows.keys()
    for one, other in itertools.combinations(rows, 2):
        assert same[one].isdisjoint(same[other]) == rows[one].isdisjoint(rows[other])


def test_new_is_what_the_last_run_found(port):
    second = port_story("dock")
    publish(port, [second], run_id="run-2")
    data = report_data(port)
    assert [sum(run["findings"]) for run in data["runs"]] == [4, 4]
    page = report_page(data, archive="x")
    assert "New in the last run" in page
    first_reads = re.search(r'<ol class="first-reads">(.*?)</ol>', page, re.DOTALL)
    assert first_reads
    assert set(re.findall(r"#/finding/(\w+)", first_reads[1])) <= {f["finding_id"] for f in second.findings}
    publish(port, [], run_id="run-3")
    assert "Nothing new was found." in report_page(report_data(port), archive="x")


# --- reviews ----------------------------------------------------------------------------------------------------------------------------------------------


def write_reviews(folder: Path, name: str, reviews: list[Review]) -> None:
    import pyarrow.parquet as pq

    (folder / "reviews").mkdir(exist_ok=True)
    pq.write_table(to_table(reviews, Review), folder / "reviews" / name)


def test_recorded_reviews_come_to_the_page_the_latest_of_each(port):
    import datetime as dt

    at = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
    first, second = (f["id"] for f in report_data(port)["findings"][:2])
    write_reviews(port, "b.parquet", [Review(first, "t", "accepted", None, "yes", at), Review(second, "t", "noted", None, "hm", at)])
    write_reviews(port, "a.parquet", [Review(first, "t", "dismissed", "other ship", None, at + dt.timedelta(hours=1))])
    write_reviews(port, ".draft.parquet", [Review(second, "t", "dismissed", None, None, at + dt.timedelta(days=1))])
    assert {r.finding_id: r.decision for r in recorded_reviews(port)} == {first: "dismissed", second: "noted"}
    [review] = [r for r in report_data(port)["reviews"] if r["finding_id"] == first]
    assert review["reason"] == "other ship"
    assert review["reviewed_at"] == "2024-04-01T01:00:00.000Z"


def test_what_was_dismissed_is_left_out_of_the_overview_and_counted(port):
    import datetime as dt

    at = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
    findings = report_data(port)["findings"]
    [hard, *_] = [f["id"] for f in findings if f["kind"] == 0]
    write_reviews(port, "a.parquet", [Review(hard, "t", "dismissed", None, None, at)])
    text = overview_of(port)
    assert "3 findings in 4 articles 1 dismissed finding left out." in text
    assert "1 contradiction 1 update 1 drift" in text
    assert "4 findings, 1 dismissed" in text
    page = write_report(port).read_text(encoding="utf-8")
    assert f'data-finding="{hard}"' not in page
    assert "negation negated, 1 point" not in page, "the drift map counts what is left"
    write_reviews(port, "a.parquet", [Review(f["id"], "t", "dismissed", None, None, at) for f in findings])
    assert "0 findings in 4 articles 4 dismissed findings left out." in overview_of(port)
    assert "All findings of the run were dismissed." in overview_of(port)


def test_a_file_that_holds_no_reviews_is_named(port):
    (port / "reviews").mkdir()
    (port / "reviews" / "x.parquet").write_bytes(b"nothing")
    with pytest.raises(OutputsError, match=r"x\.parquet: does not hold reviews"):
        write_report(port)


# --- page -------------------------------------------------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_and_runs_only_its_own_script(hostile):
    text = write_report(hostile).read_text(encoding="utf-8")
    page = Page(text)
    assert [a.get("src") for a in page.named("script")] == [None, None]
    assert page.named("img") == page.named("iframe") == page.named("object") == []
    assert [a["href"] for a in page.named("link")] == ["data:,"]
    policy = str(page.named("meta")[1]["content"])
    code, style = page.raw[-1][1], page.raw[0][1]
    for kind, inside in (("script", code), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not [a for _, a in page.elements if any(name.startswith("on") or name == "style" for name in a)]
    assert not re.findall(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", style + code)


def test_what_articles_say_is_text_and_nothing_else(hostile):
    text = write_report(hostile).read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.named("script")) == 2
    [data] = [inside for tag, inside in page.raw[1:-1] if tag == "script"]
    assert not set("<>&") & set(data)
    assert any(ATTACK in claim["text"] for claim in json.loads(data)["claims"])
    assert "\u202e" not in text
    assert "\x1b" not in text


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10))
def test_embedded_json_cannot_leave_its_element_and_means_the_same(value: Any):
    text = str(embedded_json({"value": value}))
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"value": value}


def test_one_folder_makes_the_same_data_in_every_process(tmp_path):
    """Sets of strings come in another order in each process."""
    story = port_story()
    for claim in story.claims:
        claim["names"] = [NameMention(name, 0, 0, "place") for name in ("Ostrel", "Velm", "Kestria", "Ardovia", "Sandry")]
    outputs = publish(tmp_path / "outputs", [story])
    code = f"import json; from flows.report.data import report_data; print(json.dumps(report_data({str(outputs)!r})))"
    made = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1
    assert json.loads(made.pop())["storylines"][0]["names"] == ["Ardovia", "Kestria", "Ostrel", "Sandry"]


def test_writing_replaces_the_whole_file_and_leaves_no_draft(port):
    before = {path.name for path in port.iterdir()}
    first = write_report(port)
    first.write_text("old", encoding="utf-8")
    assert write_report(port) == port / "report.html"
    assert first.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {path.name for path in port.iterdir()} == before | {"report.html"}


def test_a_report_that_cannot_be_written_is_told_and_the_run_stands(port):
    (port / "report.html").mkdir()
    summary = with_report(summarise(port))
    assert summary.report == ""
    assert "report.html: cannot be written: is a folder" in summary.report_problem
    assert "claimdrift report --outputs" in summary.report_problem
    (port / "report.html").rmdir()
    assert with_report(summarise(port)).report == str(port / "report.html")


def test_open_shows_the_report_or_says_that_it_cannot(port, monkeypatch):
    opened: list[str] = []
    for there in (True, False):
        monkeypatch.setattr("webbrowser.open", lambda address, there=there: opened.append(address) or there)
        result = CliRunner().invoke(cli, ["report", "-o", str(port), "--open"])
        assert result.exit_code == 0
        assert ("no browser could be started" in result.stderr) == (not there)
    assert opened == [(port / "report.html").as_uri()] * 2


def test_commands(port, tmp_path):
    run = CliRunner().invoke
    result = run(cli, ["report", "--outputs", str(port)])
    assert (result.exit_code, result.stdout) == (0, f"report    {port}/report.html\n")
    assert run(cli, ["report", "-o", str(port), "--to", str(tmp_path / "page.html")]).exit_code == 0
    assert (tmp_path / "page.html").exists()
    for arguments, message in (
        (["report", "-o", str(tmp_path / "none")], "holds no published run"),
        (["plot", "-o", str(tmp_path / "none")], "holds no published run"),
        (["report", "-o", str(port), "--to", str(tmp_path / "no" / "page.html")], "cannot be written"),
        (["report", "--strange"], "claimdrift report --help lists the options."),
        (["plot", "--threads", "-1"], "claimdrift plot --help lists the options."),
    ):
        result = run(cli, arguments)
        assert result.exit_code == 2, arguments
        assert result.stderr.startswith("claimdrift: ")
        assert result.stderr.count("\n") == 1
        assert message in result.stderr


# --- pictures ---------------------------------------------------------------------------------------------------------------------------------------------


def test_the_drift_map_counts_points_by_the_later_outlet(port):
    counts = drift_counts(report_data(port))
    assert {name: dict(counter) for name, counter in counts.items()} == {
        "Courier": {("quantity", "raised"): 1, ("certainty", "weakened"): 1},
        "Mail": {("negation", "negated"): 1, ("quantity", "lowered"): 1},
    }
    assert "Left out: 1 finding of which it is not known which telling came first." in overview_of(port)


def test_outlets_beyond_the_rows_of_the_map_are_summed_up():
    outlets = [f"Outlet {n}" for n in range(MAX_OUTLETS + 3)]
    articles = [{"outlet": n} for n in range(len(outlets))]
    findings = [{"later": n, "point": n, "ordered": True, "changes": [[0, "replaced"]]} for n in range(len(outlets))]
    data = {"outlets": outlets, "articles": articles, "claims": [{"article": n} for n in range(len(outlets))], "findings": findings, "types": ["entity"]}
    picture = str(drift_map(data))
    assert "3 other outlets: entity replaced, 3 points" in picture
    assert ">Outlet 9<" not in picture, "the last of equals by name"


def test_certainty_over_time_has_a_dot_a_telling(port):
    data = report_data(port)
    [n] = [n for n, t in enumerate(data["threads"]) if has_certainty_chart(data, t)]
    thread = data["threads"][n]
    picture = ET.fromstring(str(certainty_chart(data, thread, ordered_findings(data)[n], standalone=True)))
    dots = picture.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == len(thread["tellings"]) == 2
    heights = [float(dot.attrib["cy"]) for dot in dots]
    assert heights[0] < heights[1], "the second telling is put less surely, so it stands lower"


def test_dots_of_one_day_and_level_touch_and_do_not_overlap(tmp_path):
    story = Story()
    told = [story.article(f"Outlet {n}", [f"Seven ships wait in bay {n}."], day=n // 6)[0] for n in range(12)]
    told[-1]["certainty_level"] = 2
    for earlier, later in itertools.pairwise(told):
        story.same_fact(earlier, later)
    story.finding(told[0], told[-1], change("certainty", "weakened", "Seven", "Seven"))
    data = report_data(publish(tmp_path / "outputs", [story]))
    picture = ET.fromstring(str(certainty_chart(data, data["threads"][0], ordered_findings(data)[0], standalone=True)))
    dots = [(dot.attrib["cx"], dot.attrib["cy"]) for dot in picture.findall(".//{http://www.w3.org/2000/svg}circle")]
    for day, n in ((dots[:6], 6), (dots[6:], 5)):
        places = [float(x) for x, y in day if y == dots[0][1]]
        assert [round(b - a) for a, b in itertools.pairwise(places)] == [20] * (n - 1)


def test_plots_are_whole_svg_files(hostile, tmp_path):
    plots = write_plots(hostile, tmp_path / "plots", 10)
    assert plots.n_left == 0
    assert [path.name.split("-")[0] for path in plots.written] == ["drift", "certainty"]
    for path in plots.written:
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{http://www.w3.org/2000/svg}script")
    assert write_plots(hostile, tmp_path / "plots", 0).n_left == 1


def test_pictures_of_what_is_gone_are_removed(port, tmp_path):
    folder = tmp_path / "plots"
    told: list[str] = []
    with progress.listening(lambda step, *_: told.append(step)):
        before = write_plots(port, folder, 10)
    assert set(told) == {"reading the findings", "drawing the pictures"}
    [thread] = [path for path in before.written if path.name.startswith("certainty")]
    assert before.removed == []
    gone = thread.rename(folder / f"certainty-c{'0' * 20}.svg")
    others = [folder / "certainty-mine.svg", folder / "notes.txt"]
    for path in others:
        path.write_text("mine", encoding="utf-8")
    assert write_plots(port, folder, 0).removed == [gone]
    assert not gone.exists()
    assert all(path.exists() for path in others)
    result = CliRunner().invoke(cli, ["plot", "-o", str(publish(tmp_path / "none", [])), "--to", str(folder)])
    assert f"removed   {folder}/drift-map.svg" in result.stdout


def test_a_thread_of_one_day_undated_tellings_and_many_of_them_can_be_drawn():
    for dates in (["2024-01-01T00:00:00Z"] * 3, [None] * 3, [None, "2024-01-01T00:00:00Z"] * 30):
        claims = [{"article": n, "sure": n % 6, "text": "x"} for n in range(len(dates))]
        thread = {"tellings": [[n] for n in range(len(dates))]}
        data = {"claims": claims, "articles": [{"date": at, "outlet": 0} for at in dates], "outlets": ["Echo"], "certainty": list("abcdef")}
        root = ET.fromstring(str(certainty_chart(data, thread, [{"earlier": 0, "later": 1}], standalone=True)))
        width = float(root.attrib["width"])
        assert all(0 <= float(dot.attrib["cx"]) <= width for dot in root.iter("{http://www.w3.org/2000/svg}circle"))


def test_changes_of_one_point_count_once(tmp_path):
    story = Story()
    early = [story.article(name, [f"Seven ships wait, {name} said."])[0] for name in ("A", "B", "C")]
    late = story.article("D", ["12 ships wait."], day=1)[0]
    for claim in early:
        story.finding(claim, late, change("quantity", "raised", "Seven ships", "12 ships", "update"))
    counts = drift_counts(report_data(publish(tmp_path, [story])))
    assert {name: dict(counter) for name, counter in counts.items()} == {"D": {("quantity", "raised"): 1}}
