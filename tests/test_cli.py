"""The command line: what it prints and how it exits, above all for what a user gets wrong."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, cli, fail_on_matches, one_line_errors, run_files, what_was_published
from flows.steps.findings import DEFAULT_MIN_SCORE
from flows.steps.storylines import DEFAULT_WINDOW_DAYS
from flows.tables import Outputs

MONDAY = "NORTHQUAY, 4 March 2024 - The lift bridge in Northquay will open again in June, the mayor said. Seven ships are waiting in the bay."
FRIDAY = "NORTHQUAY, 8 March 2024 - The lift bridge in Northquay will open again in August, the mayor said. Twelve ships are waiting in the bay."


def check(*arguments: object, **more) -> Result:
    return CliRunner().invoke(cli, ["check", *map(str, arguments)], **more)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def articles(here) -> Path:
    """Two articles on one event."""
    folder = here / "articles"
    folder.mkdir()
    (folder / "monday.txt").write_text(MONDAY, encoding="utf-8")
    (folder / "friday.txt").write_text(FRIDAY, encoding="utf-8")
    return folder


def assert_one_line(result: Result, code: int, *parts: str) -> None:
    """A user's error: one line on stderr that has all the parts, nothing on stdout, and no traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("claimdrift: ")
    assert not [part for part in parts if part not in line], line


# --- without a run -------------------------------------------------------------------------------------------------------------------------------------------


def test_help_names_the_defaults_and_examples():
    text = " ".join(check("--help").stdout.split())
    assert f"[default: {DEFAULT_MIN_SCORE:g}]" in text
    assert f"[default: {DEFAULT_WINDOW_DAYS}]" in text
    assert "claimdrift check -- -odd-name.txt" in text
    assert "Exit codes: 0 done" in text


def test_without_arguments_the_help_is_shown():
    result = check()
    assert "Usage: " in result.output
    assert result.exit_code == EXIT_USAGE


def test_version():
    assert re.fullmatch(r"claimdrift \d+\.\d+\.\d+\n", CliRunner().invoke(cli, ["--version"]).stdout)


def test_help_and_usage_errors_load_nothing_heavy(here):
    """They answer at once: neither PyTorch nor Prefect, pandas or PyArrow is imported for them."""
    heavy = "{'torch', 'prefect', 'pandas', 'pyarrow', 'transformers'} & set(sys.modules)"
    program = f"import sys, flows.cli as c\ntry: c.cli(['check', 'nowhere'])\nexcept SystemExit as e: print(e.code, sorted({heavy}))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "2 []\n"
    assert result.stderr == "claimdrift: no such path: nowhere\n"


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["nowhere"], ["no such path: nowhere"]),
        (["no\nwhere"], [r"no such path: no\nwhere"]),
        (["no\x1b[2Jwhere"], [r"no such path: no\x1b[2Jwhere"]),
        (["empty"], ["empty holds no article files"]),
        (["picture.png"], ["picture.png is no article file", ".parquet"]),
        (["empty", "--min-score", "1.5"], ["--min-score", "0<=x<=1"]),
        (["empty", "--window-days", "0"], ["--window-days"]),
        (["empty", "--fail-on", "maybe"], ["--fail-on", "contradiction", "any"]),
        (["empty", "--fail_on", "any"], ["--fail_on", "claimdrift check --help"]),
        (["-dash.txt"], ['"-dash.txt" is taken for options', "put --"]),
        (["empty", "--outputs"], ["--outputs", "requires an argument"]),
        (["article.txt", "-o", "article.txt"], ["article.txt: is a file, not a folder"]),
    ],
)
def test_usage_errors_are_one_line(here, arguments, parts):
    (here / "empty").mkdir()
    for name in ("picture.png", "-dash.txt", "article.txt"):
        (here / name).write_text(MONDAY, encoding="utf-8")
    assert_one_line(check(*arguments), EXIT_USAGE, *parts)
    assert not (here / "outputs").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_outputs_that_cannot_be_written(articles):
    locked = articles.parent / "locked"
    locked.mkdir(mode=0o500)
    assert_one_line(check(articles, "-o", locked / "out"), EXIT_USAGE, "locked/out", "Permission denied", "--outputs")


def test_outputs_below_a_file(articles):
    assert_one_line(check(articles, "-o", articles / "monday.txt" / "out"), EXIT_USAGE, "monday.txt/out", "--outputs")


def test_outputs_that_another_run_is_writing(articles):
    with Outputs(articles.parent / "out").lock():
        assert_one_line(check(articles, "-o", "out"), EXIT_USAGE, str(os.getpid()), "is writing here")


def test_outputs_that_hold_something_else(articles):
    (articles.parent / "out" / "runs").mkdir(parents=True)
    (articles.parent / "out" / "runs" / "mine.parquet").write_text("not Parquet", encoding="utf-8")
    assert_one_line(check(articles, "-o", "out"), EXIT_USAGE, "out/runs/mine.parquet", "is no Parquet file")


def test_fail_on(tmp_path):
    from example_summary import finding, publish

    from flows.summary import summarise

    summary = summarise(publish(tmp_path, [finding(1, kind="drift"), finding(2, kind="drift"), finding(3, kind="update")]))
    assert fail_on_matches(summary, ()) == {}
    assert fail_on_matches(summary, ("contradiction",)) == {}
    assert fail_on_matches(summary, ("contradiction", "drift")) == {"drift": 2}
    assert fail_on_matches(summary, ("any",)) == {"update": 1, "drift": 2}


# --- with the model and Prefect ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "named"), [(("no", "yes"), "['no', 'yes']"), (("LABEL_0", "LABEL_1", "LABEL_2"), "LABEL_0"), (("entailment", "neutral"), "entailment, neutral")]
)
def test_checkpoints_whose_labels_cannot_be_told(prefect_server, articles, model_with_labels, labels, named):
    assert_one_line(check(articles, "--model", model_with_labels(labels)), EXIT_USAGE, "labels", named, "contradiction")


@pytest.mark.parametrize(("model", "parts"), [("no/such/folder", ["no such folder"]), ("articles", ["config.json"])])
def test_models_that_are_none(prefect_server, articles, model, parts):
    assert_one_line(check(articles, "--model", model), EXIT_USAGE, f"--model {model}", *parts)


def test_first_run_second_run_and_other_settings(prefect_server, articles):
    first = check("articles", "-o", "out")
    assert first.exit_code == 0, first.output
    assert "read      2 new articles in 2 files · 4 claims" in first.stdout
    assert "1 pair of articles in 1 storyline" in first.stdout
    assert 'load("out", "findings")' in first.stdout or "no findings" in first.stdout
    assert first.stderr == ""
    again = check("articles", "-o", "out")
    assert "found     nothing new: every article was known before" in again.stdout
    assert_one_line(check("articles", "-o", "out", "--min-score", "0.9"), EXIT_USAGE, f"min_score {DEFAULT_MIN_SCORE:g} there, 0.9 now", "--rebuild")
    rebuilt = check("articles", "-o", "out", "--min-score", "0.9", "--rebuild")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert len(Outputs(Path("out")).run_ids()) == 1


def test_bad_input_beside_good_is_told_and_does_no_harm(prefect_server, articles):
    """Each of them on its own line, with what, where and why; the run goes on."""
    # A year apart, so that they are not compared with each other: this is about reading.
    records = [
        json.dumps({"id": str(n), "date": f"{1950 + n}-05-01", "text": f"The council of Southmere met {n} times in the spring, the clerk said."})
        for n in range(40)
    ]
    records[16] = '{"text": "cut of'
    (articles / "feed.jsonl").write_text("\n".join(records), encoding="utf-8")
    (articles / "empty.txt").write_text("", encoding="utf-8")
    (articles / "image.txt").write_bytes(bytes(range(256)) * 8)
    (articles / "no-text.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (articles / 'a\n"quoted" name.txt').write_text(MONDAY, encoding="utf-16")
    (articles / "-dash.txt").write_text(FRIDAY, encoding="utf-8")
    (articles / "more.txt").write_text(
        "Ein Sprecher der Stadt sagte am Montag, dass die Brücke im Juni wieder geöffnet werde und niemand verletzt worden sei.", encoding="latin-1"
    )
    result = check(articles, "-o", "out")
    assert result.exit_code == 0, result.output
    assert "41 new articles in 9 files" in result.stdout  # the copies of two articles are these articles
    assert "5 rejected" in result.stdout
    for line in (
        "feed.jsonl:17 is no JSON",
        "empty.txt is empty.",
        "image.txt is no text but binary data.",
        "no-text.csv has no text column",
        "in language 'de'",
    ):
        assert line in result.stdout


def test_a_file_without_text_column_alone(prefect_server, here):
    (here / "no-text.csv").write_text("foo,bar\n1,2\n", encoding="utf-8")
    assert_one_line(check("no-text.csv"), EXIT_USAGE, "no-text.csv has no text column", "foo, bar", "--text-field")


def test_one_article_alone(prefect_server, here):
    (here / "-one.txt").write_text(MONDAY, encoding="utf-8")
    result = check("-o", "out", "--", "-one.txt")
    assert result.exit_code == 0, result.output
    assert "no findings: one article alone, nothing to compare it with" in result.stdout


def test_json_and_quiet(prefect_server, articles):
    data = json.loads(check(articles, "-o", "out", "--json").stdout)
    assert data["counts"]["articles"] == 2
    assert data["outputs"] == "out"
    quiet = check(articles, "-o", "out", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_fail_on_matched(prefect_server, articles, monkeypatch):
    """Exit code 1, the summary all the same, and a line that says why."""
    monkeypatch.setattr("flows.cli.fail_on_matches", lambda summary, fail_on: {"drift": 2})
    result = check(articles, "-o", "out", "--fail-on", "drift")
    assert result.exit_code == EXIT_FAILED
    assert result.stderr == "claimdrift: new findings: 2 drifts (--fail-on drift)\n"
    assert "read      2 new articles" in result.stdout


def test_ctrl_c_publishes_nothing(prefect_server, articles, monkeypatch):
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.pipeline.CheckRun.score", interrupted)
    assert_one_line(check(articles, "-o", "out"), EXIT_INTERRUPTED, "interrupted; nothing was published", "what was scored is kept")
    assert Outputs(Path("out")).run_ids() == []
    monkeypatch.undo()
    assert check(articles, "-o", Path(articles.parent, "out")).exit_code == 0


def test_ctrl_c_after_publishing_says_so(prefect_server, articles, monkeypatch):
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.check_claims.counts_table", interrupted)
    assert_one_line(check(articles, "-o", "out"), EXIT_INTERRUPTED, "the results had been published by then")
    assert len(Outputs(Path("out")).run_ids()) == 1


def test_what_was_published_is_told_by_the_files_and_not_by_the_clock(tmp_path):
    runs = tmp_path / "out" / "runs"
    runs.mkdir(parents=True)
    (runs / "20240101T000000-a.parquet").touch()
    before = run_files(tmp_path / "out")
    for name in (".20240102T000000-b.parquet", ".20240102T000000-b.parquet.tmp", "merged-5.parquet"):
        (runs / name).touch()
    assert what_was_published(tmp_path / "out", before).startswith("nothing was published")
    (runs / "20230101T000000-c.parquet").touch()  # the clock went back
    assert what_was_published(tmp_path / "out", before).startswith("the results had been published")
    assert run_files(tmp_path / ("x" * 300)) == set()


def test_a_cache_that_cannot_be_written_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit) as left, one_line_errors(tmp_path, debug=False):
        raise sqlite3.OperationalError("database or disk is full")
    assert left.value.code == EXIT_FAILED
    assert capsys.readouterr().err == f"claimdrift: the run failed: {tmp_path / '.cache'}: database or disk is full (--debug shows where)\n"


def test_a_failure_is_one_line_and_with_debug_a_traceback(prefect_server, articles, monkeypatch):
    def fails(_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("flows.pipeline.CheckRun.propose", fails)
    assert_one_line(check(articles, "-o", "out"), EXIT_FAILED, "the run failed: RuntimeError: out of luck", "--debug")
    result = check(articles, "-o", "out", env={"CLAIMDRIFT_DEBUG": "1"})
    assert result.exit_code == EXIT_FAILED
    assert "Traceback" in result.stderr
    assert "CheckRun.propose" not in result.stdout


@pytest.mark.slow
def test_the_console_script_from_any_folder(tmp_path):
    """As a user types it: a process of its own with Prefect's own temporary server, and a Ctrl-C in the middle that leaves none behind."""
    (tmp_path / "monday.txt").write_text(MONDAY, encoding="utf-8")
    (tmp_path / "friday.txt").write_text(FRIDAY, encoding="utf-8")
    command = [sys.executable, "-c", "from flows.cli import main; main()", "check", "monday.txt", "friday.txt", "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PREFECT_HOME": str(tmp_path / "prefect")}
    interrupted = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(6)
    os.killpg(interrupted.pid, 2)
    stdout, stderr = interrupted.communicate(timeout=120)
    assert (interrupted.returncode, stdout) == (EXIT_INTERRUPTED, "")
    assert stderr.startswith("claimdrift: interrupted; nothing was published")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 new articles in 2 files" in done.stdout
