"""Telling someone: what a command gets, and that nothing it does sinks a run. Watchlists: whose findings are marked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from example_archive import example, run_tables
from hypothesis import given
from hypothesis import strategies as st

from flows.markdown import N_WATCHED, watched_markdown
from flows.notify import N_IN_EVENT, MarkedFinding, as_event, hand_over, new_findings, parse_command
from flows.records import Finding
from flows.steps.sources import InputError
from flows.tables import Outputs
from flows.watchlist import Watchlist

READ = f"{sys.executable} -c 'import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())'"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    rows = [
        {"finding_id": "f1", "earlier_claim_id": "c1", "later_claim_id": "c2", "score": 0.9, "earlier_text": "The mayor of Northquay agreed."},
        {
            "finding_id": "f2",
            "earlier_claim_id": "c3",
            "later_claim_id": "c4",
            "score": 0.4,
            "later_text": "The  U.S.\nArmy \udc80denied it.".replace("\udc80", ""),
        },
        {"finding_id": "f3", "earlier_claim_id": "c5", "later_claim_id": "c6", "score": 0.5, "later_text": "Ports reopened."},
    ]
    Outputs(tmp_path / "out").publish("r1", run_tables("r1"))
    Outputs(tmp_path / "out").publish("r2", run_tables("r2", findings=rows))
    return tmp_path / "out"


def test_an_event_tells_of_the_first_findings_and_stays_small(outputs):
    findings = new_findings(outputs, "r2", Watchlist(("u.s. army",)))
    event = as_event(outputs, "r2", findings)
    assert {k: event[k] for k in ("run_id", "n_findings", "n_watched", "kinds")} == {"run_id": "r2", "n_findings": 3, "n_watched": 1, "kinds": {"drift": 3}}
    assert [(f["finding_id"], f["watch_terms"]) for f in event["findings"]] == [("f2", ["u.s. army"]), ("f1", []), ("f3", [])]
    assert "evidence" not in event["findings"][0]
    long = example(Finding, earlier_text="é\n" * 10**6, later_source="s" * 10**6, kind="update")
    many = as_event(os.fsdecode(b"/tmp/\xe9"), "r3", [MarkedFinding(long, ("t" * 10**6,) * 1000)] * 1000)
    assert (many["n_findings"], many["kinds"], len(many["findings"])) == (1000, {"update": 1000}, N_IN_EVENT)
    assert len(json.dumps(many, ensure_ascii=False).encode()) < 500_000


def test_a_command_gets_the_new_findings_with_marks(outputs, tmp_path):
    findings = new_findings(outputs, "r2", Watchlist(("u.s. army", "Northquay", "port")))
    assert hand_over(f"{READ} {tmp_path / 'got.json'}", outputs, "r2", findings) == ""
    got = json.loads((tmp_path / "got.json").read_text(encoding="utf-8"))
    assert {k: got[k] for k in ("run_id", "n_findings", "n_watched", "outputs")} == {"run_id": "r2", "n_findings": 3, "n_watched": 2, "outputs": str(outputs)}
    assert [(f["finding_id"], f["watch_terms"]) for f in got["findings"]] == [("f1", ["Northquay"]), ("f2", ["u.s. army"]), ("f3", [])]
    assert got["findings"][0]["earlier_published_at"] is None
    assert "evidence" not in got["findings"][0]


def test_without_findings_nothing_is_run(outputs, tmp_path):
    assert hand_over(f"touch {tmp_path / 'ran'}", outputs, "r1", new_findings(outputs, "r1", Watchlist())) == ""
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("sh -c 'cat >/dev/null; echo no such desk >&2; exit 3'", ["exit code 3", "no such desk"]),
        ("/nowhere/notify", ["could not be run", "No such file"]),
        ("sleep 9", ["took more than 0.2 s"]),
        (r"sh -c 'printf \\033[31m; exit 1'", ["exit code 1", r"\x1b[31m"]),
    ],
)
def test_a_command_that_fails_is_told_in_one_line(outputs, command, parts):
    problem = hand_over(command, outputs, "r2", new_findings(outputs, "r2", Watchlist()), timeout_s=0.2 if "sleep" in command else 20)
    assert "\n" not in problem
    assert not [part for part in parts if part not in problem], problem


def test_a_command_that_does_not_read_is_none_the_worse(outputs):
    """Its input may be larger than a pipe holds."""
    many = [MarkedFinding(example(Finding, run_id="r2", finding_id=f"f{i}", earlier_text="x" * 1000), ()) for i in range(500)]
    assert hand_over("true", outputs, "r2", many) == ""


@pytest.mark.parametrize("command", ["", "  ", "sh -c 'open"])
def test_commands_that_are_none(command):
    with pytest.raises(InputError, match="--notify"):
        parse_command(command)


# --- watchlists ----------------------------------------------------------------------------------------------------------------------------------------------


def test_a_watchlist_is_read_line_by_line(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeff# ships\r\nMaren  Lund\r\n\r\n  Café Réal\r\n#1 Shipping\r\nMaren Lund\r\n".encode())
    assert Watchlist.read(path).terms == ("Maren Lund", "Café Réal")
    assert Watchlist.read(None).terms == ()


@pytest.mark.parametrize(("content", "problem"), [(b"", "holds no names"), (b"# nobody\n", "holds no names"), (b"\x89PNG\r\n\x1a\n\0\0", "binary")])
def test_a_watchlist_that_is_none(tmp_path, content, problem):
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        Watchlist.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        Watchlist.read(tmp_path / "nowhere.txt")


@pytest.mark.parametrize(
    ("term", "text", "stands"),
    [
        ("Iran", "IRAN's army", True), ("Iran", "Iranian army", False), ("U.S.", "the U.S., too", True), ("U.S.", "the UKS.", False),
        ("maren lund", "the Maren\nLund sank", True), ("C++", "C++ code", True), ("Straße", "STRASSE", True),
    ],
)  # fmt: skip
def test_names_stand_as_whole_words_in_any_case(term, text, stands):
    assert Watchlist((term,)).in_texts([text]) == ([term] if stands else [])


@given(term=st.text(min_size=1).filter(lambda t: t.split()), before=st.sampled_from(["", "- ", "(", "“"]), after=st.sampled_from(["", ".", " too", ")", "”"]))
def test_a_name_is_found_where_it_stands(term, before, after):
    term = " ".join(term.split())
    assert Watchlist((term,)).in_texts([f"{before}{term}{after}"]) == [term]


def test_the_markdown_says_which_names_and_how_many_more():
    marked = [MarkedFinding(example(Finding, earlier_text=f"Text {i}"), ("<b>Northquay",)) for i in range(N_WATCHED + 2)]
    shown = watched_markdown(marked)
    assert shown.count(r"**\<b\>Northquay**") == N_WATCHED
    assert "2 more touch it" in shown
    assert watched_markdown([]) == ""
