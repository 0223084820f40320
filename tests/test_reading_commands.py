"""findings, show, export and review on the command line: what they print, how they exit, and what a shell completes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from report_archive import port_story, publish
from rich.console import Console

from flows import progress
from flows.cli import cli
from flows.tables import load


@pytest.fixture
def port(tmp_path, monkeypatch) -> Path:
    """A folder named outputs, in the working folder."""
    monkeypatch.chdir(tmp_path)
    return publish(tmp_path / "outputs", [port_story()])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def assert_one_line(result: Result, *parts: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("claimdrift: ")
    assert [part for part in parts if part not in line] == [], line


def reviewed(port: Path, *decisions: str) -> Path:
    """A file as the page exports it, with these decisions on the surest findings."""
    ids = load(port, "findings")["finding_id"]
    entries = [
        {"finding_id": i, "thread_id": "t", "decision": decision, "reason": None, "note": None, "reviewed_at": "2024-06-01T10:00:00.000Z"}
        for i, decision in zip(ids, decisions, strict=False)
    ]
    path = port.parent / "decisions.json"
    path.write_text(json.dumps({"format": "claimdrift-reviews", "version": 1, "reviews": entries}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (["status"], {"reading the tables"}),
        (["compact"], {"merging the files"}),
        (["review", "apply", "decisions.json"], {"recording the reviews"}),
        (["export", "findings.csv"], {"reading the tables", "writing the findings"}),
        (["forget", "port/1.txt", "--yes"], {"reading the tables", "rewriting the tables"}),
        (["plot"], {"reading the tables", "reading the findings", "drawing the pictures"}),
    ],
)  # fmt: skip
def test_what_takes_long_tells_how_far_it_is(port, monkeypatch, arguments, steps):
    reviewed(port, "accepted")
    told: list[str] = []

    @contextmanager
    def listening(_: Console, what: str) -> Iterator[None]:
        told.append(what)
        with progress.listening(lambda step, *_: told.append(step)):
            yield

    monkeypatch.setattr("flows.terminal.showing_progress", listening)
    assert run(*arguments).exit_code == 0
    assert steps <= set(told)


def test_findings_are_listed_with_what_each_filter_leaves(port):
    result = run("findings", "--kind", "contradiction", "--min-score", "0.6", "--limit", "5")
    assert result.exit_code == 0
    assert "0.70  contradiction  negation negated, quantity lowered" in result.stdout
    assert "1 finding of 4 in the folder." in result.stdout


def test_findings_as_json(port):
    result = json.loads(run("findings", "--json", "--outlet", "echo").stdout)
    assert (result["n_findings"], result["n_in_folder"], result["n_dismissed_hidden"]) == (3, 4, 0)
    told = [f["changes"][0]["to_text"] for f in result["findings"]]
    assert told == ["12 ships", "may have closed", "Seven ships"], "the last is Sun's, and stands in Echo word for word"
    assert len(json.loads(run("findings", "--json", "--limit", "1").stdout)["findings"]) == 1


def test_an_id_of_the_list_can_be_shown(port):
    listed = run("findings", "--kind", "drift").stdout.split()[0]
    result = run("show", listed)
    assert result.exit_code == 0
    assert "What is said of “The harbour master” is put less surely: from “has closed” to “may have closed”." in result.stdout
    detail = json.loads(run("show", listed, "--json", "--thread").stdout)
    assert detail["earlier_url"] == "https://echo.example/1"
    assert [t["outlet"] for t in detail["thread"]] == ["Echo", "Courier"]
    assert "thread" not in json.loads(run("show", listed, "--json").stdout)


def test_export_to_standard_output_and_to_a_file(port):
    result = run("export", "--csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(list(csv.DictReader(io.StringIO(result.stdout)))) == 4
    assert run("export", "sure.jsonl", "--min-score", "0.8").stderr == "exported  2 findings to sure.jsonl\n"
    assert len(Path("sure.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert len(run("export", "--jsonl", "-").stdout.splitlines()) == 4


def test_decisions_are_recorded_and_then_filter_what_is_shown(port):
    before = load(port, "findings")
    result = run("review", "apply", str(reviewed(port, "accepted", "dismissed", "noted")))
    assert result.exit_code == 0
    assert result.stdout == "recorded  3 decisions: 1 accepted, 1 dismissed, 1 noted\n"
    assert run("review", "apply", "decisions.json").stdout == "recorded  0 decisions\n          3 recorded before\n"
    assert "3 findings of 4 in the folder.\n1 more was dismissed and is hidden" in run("findings").stdout
    assert run("export", "--jsonl").stderr == "exported  3 findings; 1 dismissed left out: --review all has them\n"
    assert "0.90  update  quantity raised  [accepted]" in run("findings", "--review", "accepted").stdout
    assert load(port, "findings").equals(before)
    stats = run("review", "stats").stdout
    assert "reviewed  3 of 4 findings: 1 accepted, 1 dismissed, 1 only noted" in stats
    assert "drift                  0        1       0.00   0.00 to 0.79" in stats
    assert "No score suggested for a precision of 0.9: 2 of the 20 decisions that an estimate needs at least." in stats
    assert json.loads(run("review", "stats", "--json", "--target", "0.5").stdout)["target"] == 0.5


def test_an_estimate_is_said_to_be_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outputs = publish(tmp_path / "outputs", [port_story(f"port {n}") for n in range(10)])
    run("review", "apply", str(reviewed(outputs, *["accepted"] * 20, *["dismissed"] * 20)))
    stats = run("review", "stats").stdout
    assert "The lowest --min-score for a precision of 0.9 is 0.80: it is estimated at 1.00 for the 20 findings at or over that." in stats
    assert "An estimate: it rests on 20 reviews there, 20 accepted" in stats


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["findings", "--outputs", "nowhere"], ["nowhere", "holds no published run"]),
        (["findings", "--kind", "update!"], ["update!", "claimdrift findings --help"]),
        (["findings", "--since", "yesterday"], ["yesterday"]),
        (["findings", "--min-score", "nan"], ["--min-score", "nan is not in the range 0<=x<=1"]),
        (["export", "--csv", "--min-score", "-inf"], ["--min-score", "-inf is not in the range"]),
        (["findings", "--min-score", "1.01"], ["--min-score", "1.01"]),
        (["findings", "--limit", "0"], ["--limit"]),
        (["findings", "--limit", "1e3"], ["--limit"]),
        (["plot", "--threads", "-1"], ["--threads"]),
        (["findings", "--since", "2024-05-02", "--until", "2024-05-01"], ["--since 2024-05-02 is after --until 2024-05-01"]),
        (["findings", "--outlet", "Eco"], ['outlet "Eco"', "Did you mean Echo?"]),
        (["show", "zz"], ['holds no finding "zz"']),
        (["show", "f\x1b[31m"], [r"f\x1b[31m"]),
        (["export", "-o", "outputs"], ["say in which form"]),
        (["export", "findings.xlsx"], ["say in which form"]),
        (["export", "--csv", "no/such/folder.csv"], ["cannot be written"]),
        (["review", "apply", "none.json"], ["none.json: cannot be read"]),
        (["review", "apply", "--bogus", "x"], ["--bogus", "claimdrift review apply --help lists the options"]),
        (["review", "bogus"], ["No such command 'bogus'. claimdrift review --help lists the commands."]),
        (["review", "--bogus"], ["--bogus", "claimdrift review --help lists the options."]),
        (["review", "\x1b[31m\nx"], [r"\x1b[31m"]),
        (["bogus"], ["No such command 'bogus'. claimdrift --help lists the commands."]),
        (["--bogus"], ["--bogus", "claimdrift --help lists the options."]),
        (["findin"], ["Did you mean 'findings'? claimdrift --help"]),
        (["review", "stats", "--target", "0"], ["--target"]),
        (["review", "stats", "--target", "nan"], ["--target", "nan is not in the range"]),
        (["review", "stats", "-o", "nowhere"], ["holds no published run"]),
    ],
)
def test_a_users_error_is_one_line(port, arguments, parts):
    assert_one_line(run(*arguments), *parts)


def test_options_come_from_the_file_beside_the_outputs_folder(port):
    file = Path("claimdrift.toml")
    file.write_text('min-score = 0.75\n[findings]\nlimit = 1\nkind = ["update", "drift"]\n[review.stats]\ntarget = 0.8\n[plot]\nto = "pictures"\n', "utf-8")
    assert "1 of 2 findings" in run("findings").stdout
    assert "2 of 3 findings" in run("findings", "--min-score", "0.6", "--limit", "2", "--kind", "update", "--kind", "contradiction", "--kind", "drift").stdout
    assert len(run("export", "--jsonl").stdout.splitlines()) == 2
    assert json.loads(run("review", "stats", "--json").stdout)["target"] == 0.8
    assert run("plot").stdout.startswith(f"plot      {Path('pictures').absolute()}")
    assert run("show", run("findings", "--kind", "drift").stdout.split()[0]).exit_code == 0
    port.rename("archive")
    Path("elsewhere.toml").write_text('outputs = "archive"\n[report]\nto = "page.html"\n', encoding="utf-8")
    for command in (["findings"], ["export", "--csv"], ["review", "stats"], ["report"], ["plot", "--to", "here"]):
        assert run(*command, "--config", "elsewhere.toml").exit_code == 0, command
    assert Path("page.html").exists()
    assert "archive\narticles    4 " in run("status", "--config", "elsewhere.toml").stdout
    assert "Nothing to do" in run("compact", "--config", "elsewhere.toml").stdout
    assert_one_line(run("forget", "nowhere", "--config", "elsewhere.toml"), 'has no article "nowhere"')
    file.write_text("min-score = nan\n", encoding="utf-8")
    assert_one_line(run("findings"), "claimdrift.toml: min-score: nan is not in the range")
    file.write_text("[review]\nlimit = 3\n", encoding="utf-8")
    assert_one_line(run("review", "stats"), '"review.limit" is no option')


@pytest.mark.parametrize("key", ["yes = true", "before = 2020-01-01"])
def test_no_file_agrees_to_forgetting_or_says_what_goes(key, port):
    Path("claimdrift.toml").write_text(f"[forget]\n{key}\n", encoding="utf-8")
    assert_one_line(run("forget", "anything"), f"forget.{key.split()[0]} is said on the command line alone")


def test_the_file_that_the_readme_shows_is_taken(port, repo_root):
    shown = re.search(r"```toml\n(.*?)```", (repo_root / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    port.rename("archive")
    Path("claimdrift.toml").write_text(shown[1], encoding="utf-8")
    assert "3 findings of 4 in the folder." in run("findings").stdout, "all but the drift"
    assert json.loads(run("review", "stats", "--json").stdout)["target"] == 0.8


def test_a_limit_of_any_size_lists_all_there_are(port):
    assert "4 findings." in run("findings", "--limit", str(10**30)).stdout
    assert len(json.loads(run("findings", "--json", "--limit", str(10**30)).stdout)["findings"]) == 4


def test_one_wrong_file_and_nothing_is_recorded(port):
    Path("broken.json").write_text("{", encoding="utf-8")
    assert_one_line(run("review", "apply", str(reviewed(port, "accepted")), "broken.json"), "broken.json: is no JSON")
    assert not (port / "reviews").exists()


@pytest.mark.parametrize("command", [["findings"], ["show"], ["export"], ["review", "apply"], ["review", "stats"]])
def test_help_has_examples_and_loads_nothing_heavy(command):
    text = run(*command, "--help").stdout
    assert f"\nExamples:\n  claimdrift {' '.join(command)}" in text
    assert len(text.splitlines()) == len([line for line in text.splitlines() if len(line) <= 160])
    heavy = "{'torch', 'prefect', 'pandas', 'pyarrow', 'transformers', 'rich'} & set(sys.modules)"
    program = f"import sys, flows.cli as c\ntry: c.cli({[*command, '--help']})\nexcept SystemExit: sys.exit(str({heavy}) if {heavy} else 0)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_completion_that_the_readme_names_is_a_script():
    for shell, begins in (("zsh", "#compdef claimdrift"), ("fish", "function _claimdrift_completion")):
        result = CliRunner(env={"_CLAIMDRIFT_COMPLETE": f"{shell}_source"}).invoke(cli, prog_name="claimdrift")
        assert result.stdout.startswith(begins)


def test_a_shell_completes_commands_options_and_their_words():
    def completed(args: list[str], incomplete: str) -> list[str]:
        return [item.value for item in ShellComplete(cli, {}, "claimdrift", "_CLAIMDRIFT_COMPLETE").get_completions(args, incomplete)]

    assert completed([], "fi") == ["findings"]
    assert completed(["review"], "") == ["apply", "stats"]
    assert completed(["findings", "--type"], "c") == ["certainty"]
    assert "--min-score" in completed(["export"], "--m")
