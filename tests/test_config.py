"""Options from a TOML file: what they set, what wins over them, and what is a slip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from flows.commands.base import FiniteRange, OneLineCommand, OneLineGroup
from flows.config import FILE, config_option

SEEN: dict = {}


@click.group()
def program() -> None:
    """A program of two commands."""


@program.command(cls=OneLineCommand)
@click.argument("folder", required=False)
@click.option("--outputs", "-o", default="outputs", type=click.Path(path_type=Path))
@click.option("--min-score", type=click.FloatRange(0, 1))
@click.option("--fail-on", multiple=True, type=click.Choice(["drift", "update"]))
@click.option("--quiet", "-q", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--notify")
@click.option("--model")
@config_option
def look(**values) -> None:
    """Note what was set."""
    SEEN.clear()
    SEEN.update(values)


@program.command(cls=OneLineCommand)
@click.option("--outputs", "-o", default="outputs", type=click.Path(path_type=Path))
@click.option("--settle", type=float)
@click.option("--once", is_flag=True)
@config_option
def other(**values) -> None:
    """Another command, with an option that the first one has not."""
    SEEN.clear()
    SEEN.update(values)


@program.group(cls=OneLineGroup)
def many() -> None:
    """A group."""


@many.command("one", cls=OneLineCommand)
@click.option("--target", type=FiniteRange(0, 1))
@click.option("--quiet", is_flag=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--outputs", default="outputs", type=click.Path(path_type=Path))
@config_option
def one_of_many(**values) -> None:
    """A command in a group."""
    SEEN.clear()
    SEEN.update(values)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, config: str = "", name: str = FILE) -> Result:
    if config:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(config, encoding="utf-8")
    return CliRunner().invoke(program, list(arguments))


def assert_slip(result: Result, *parts: str) -> None:
    assert result.exit_code == 2, result.output
    [line] = result.stderr.splitlines()
    assert line.startswith("claimdrift: ")
    assert not [part for part in parts if part not in line], line


def test_a_file_beside_the_outputs_folder_sets_options():
    config = 'min-score = 0.5\nfail-on = ["drift", "update"]\nquiet = true\njson = true\nnotify = "tell --desk"\n'
    assert run("look", config=config).exit_code == 0
    assert {
        "folder": None, "outputs": Path("outputs"), "min_score": 0.5, "fail_on": ("drift", "update"), "quiet": True, "as_json": True, "notify": "tell --desk",
        "model": None,
    } == SEEN  # fmt: skip


def test_the_command_line_wins():
    run("look", "--min-score", "0.9", "--fail-on", "update", config='min-score = 0.5\nfail-on = "drift"')
    assert (SEEN["min_score"], SEEN["fail_on"]) == (0.9, ("update",))


def test_which_file_is_read():
    run("look", "-o", "archive/out", config="min-score = 0.1", name=f"archive/{FILE}")
    assert SEEN["min_score"] == 0.1
    run("look", config="", name="x")
    assert SEEN["min_score"] is None
    run("look", "-o", "archive/out", "--config", "mine.toml", config="min-score = 0.3", name="mine.toml")
    assert SEEN["min_score"] == 0.3


def test_paths_are_seen_from_the_file():
    run("look", "--config", "etc/c.toml", config='outputs = "../archive"', name="etc/c.toml")
    assert SEEN["outputs"].resolve() == Path("archive").resolve()
    Path("etc/mine").mkdir()
    run("look", "--config", "etc/c.toml", config='model = "mine"', name="etc/c.toml")
    assert Path(SEEN["model"]).resolve() == Path("etc/mine").resolve()
    run("look", "--config", "etc/c.toml", config='model = "someone/some-nli"', name="etc/c.toml")
    assert SEEN["model"] == "someone/some-nli", "no folder beside the file: an id of the hub"


def test_a_section_is_for_its_command_alone_and_other_commands_options_are_passed_over():
    config = "quiet = true\nsettle = 4.0\nmin-score = 0.5\n[look]\nmin-score = 0.7\n[other]\nsettle = 5.0\n"
    assert run("look", config=config).exit_code == 0
    assert (SEEN["min_score"], SEEN["quiet"]) == (0.7, True)
    assert run("other").exit_code == 0
    assert (SEEN["settle"], SEEN["once"]) == (5.0, False)


def test_a_command_in_a_group_reads_the_file_too():
    config = "min-score = 0.5\nquiet = true\ntarget = 0.1\n[many]\ntarget = 0.2\n[many.one]\ntarget = 0.3\nsince = 2024-03-12\n[look]\nmin-score = 0.7\n"
    assert run("many", "one", config=config).exit_code == 0
    assert (SEEN["target"], SEEN["quiet"], f"{SEEN['since']:%Y-%m-%d}") == (0.3, True, "2024-03-12")
    assert run("many", "one", config=config.replace("[many.one]\ntarget = 0.3\n", "")).exit_code == 0
    assert SEEN["target"] == 0.2
    assert run("look", config=config).exit_code == 0
    assert (SEEN["min_score"], SEEN["quiet"]) == (0.7, True)


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ("min-scor = 0.5", ['"min-scor" is no option', 'Is "min-score" meant?']),
        ("min_score = 0.5", ['"min_score" is no option', 'Is "min-score" meant?']),
        ("[look]\nsettle = 1.0", ['"look.settle" is no option']),
        ("[nowhere]\nsettle = 1.0", ['"nowhere" is no option']),
        ("once = true", ["once is said on the command line alone, with --once"]),
        ("min-score = 7", ["min-score", "0<=x<=1"]),
        ('min-score = "high"', ["min-score", "not a valid float"]),
        ('fail-on = ["maybe"]', ["fail-on", "drift"]),
        ('quiet = "yes"', ["quiet takes true or false"]),
        ("notify = true", ["notify takes a value"]),
        ('notify = ["a", "b"]', ["notify takes one value"]),
        ("min-score = ", ["is no TOML"]),
        ("target = nan", ["target", "nan is not in the range 0<=x<=1"]),
        ("[many.one]\nmin-score = 0.5", ['"many.one.min-score" is no option']),
        ("since = 2024-03-12T10:00:00Z", ["since", "2024-03-12T10:00:00+00:00"]),
    ],
)
def test_slips_are_one_line_with_the_files_name(config, parts):
    assert_slip(run("look", config=config), FILE, *parts)


def test_a_file_that_is_not_there_or_not_text():
    assert_slip(run("look", "--config", "nowhere.toml"), "nowhere.toml", "No such file")
    Path("c.toml").write_bytes(b"\xff\xfe")
    assert_slip(run("look", "--config", "c.toml"), "c.toml", "is no TOML")


def test_help_is_shown_whatever_the_file_holds():
    result = run("look", "--help", config="nonsense = 1")
    assert result.exit_code == 0
    assert "--config FILE" in result.output


def test_every_command_of_the_program_reads_the_file():
    from flows.cli import cli

    def commands(of: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
        if isinstance(of, click.Group):
            for name, inner in of.commands.items():
                yield from commands(inner, *names, name)
        else:
            yield " ".join(names), of

    found = dict(commands(cli))
    assert {"check", "status", "review apply"} <= found.keys()
    assert [name for name, command in found.items() if "config" not in {p.name for p in command.params}] == []
