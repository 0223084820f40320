"""The README says what the program does: its commands, options, columns, names and figures, and what its examples print.

Where a test here fails after a change that is meant, `python tests/regenerate.py` writes the generated parts and outputs anew.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import importlib
import inspect
import itertools
import re
import shlex
from pathlib import Path

import click
import pytest
from readme_parts import SHOWN_TABLES, Block, blocks, columns_part, generated_part, help_part, members_part, parts, run_python

from flows import cli
from flows.records import CHANGE_TYPES, DIRECTIONS, KINDS, TABLES, Article, Claim, arrow_schema, article_id
from flows.steps.blocking import NEIGHBOURS
from flows.steps.claims import extract_claims
from flows.steps.comparing import COMPARERS
from flows.steps.fields import ReadOptions, pick
from flows.steps.findings import DEFAULT_MIN_SCORE
from flows.steps.storylines import DEFAULT_WINDOW_DAYS
from flows.worker_options import WorkerOptions

SCORE = re.compile(r"\d*\.\d+")


@pytest.fixture(scope="module")
def readme(repo_root: Path) -> str:
    return (repo_root / "README.md").read_text(encoding="utf-8")


def same_but_for_last_digits(shown: str, now: str) -> bool:
    """Scores may differ in their last digit between machines; all else must be the same."""
    numbers = [[float(number) for number in SCORE.findall(text)] for text in (shown, now)]
    return SCORE.sub("#", shown) == SCORE.sub("#", now) and all(abs(a - b) < 0.011 for a, b in zip(*numbers, strict=True))


def difference(shown: str, now: str) -> str:
    """Say what a failed comparison is about, for pytest's message."""
    lines = difflib.unified_diff(shown.splitlines(), now.splitlines(), "README.md", "now", lineterm="", n=1)
    return "\n".join(["python tests/regenerate.py takes over what is meant:", *lines])


def section(readme: str, heading: str) -> str:
    """The text under a heading, up to the next one of its level or above."""
    marks = heading.split(" ")[0]
    _, _, after = readme.partition(f"\n{heading}\n")
    assert after, f"the README has no {heading!r}"
    return re.split(rf"\n#{{1,{len(marks)}}} ", after)[0]


def table_rows(text: str) -> list[list[str]]:
    """The cells of the first Markdown table in a text, without its header."""
    lines = list(itertools.takewhile(lambda line: line.startswith("|"), itertools.dropwhile(lambda line: not line.startswith("|"), text.splitlines())))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def in_code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


# --- commands and options ------------------------------------------------------------------------------------------------------------------------------------


def commands_by_path() -> dict[str, click.Command]:
    """Every command by how it is called: "check", "review apply"; groups by their name."""
    assert isinstance(cli.cli, click.Group)
    found: dict[str, click.Command] = {}
    for name, command in cli.cli.commands.items():
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": sub for inner, sub in command.commands.items()}
    return found


def shown_commands(readme: str) -> list[str]:
    """Every `claimdrift …` command in the blocks: of a shell, a session or a line of cron."""
    lines = [line for block in blocks(readme) if block.language in ("sh", "text") for line in block.body.splitlines()]
    found = [match[1] for line in lines if (match := re.search(r"(?:^|[$/] ?|bin/)(claimdrift (?:[a-z]+|--).*)$", line))]
    return [command for command in found if "[" not in command and "INPUT" not in command]


def test_every_command_shown_is_one_that_the_program_takes(readme: str) -> None:
    commands = shown_commands(readme)
    assert len(commands) >= 6
    there = commands_by_path()
    for command in commands:
        _, *args = shlex.split(re.split(r" {3,}", command)[0])
        if args[0].startswith("--"):
            continue
        name = max((path for path in there if args[: len(path.split())] == path.split()), key=len, default=None)
        assert name is not None, command
        with cli.cli.make_context("claimdrift", [args[0]]) as program:
            there[name].make_context(name, args[len(name.split()) :], parent=program).close()  # exits with a line on stderr for what it does not take


def test_every_option_named_is_there(readme: str) -> None:
    there = {option for command in commands_by_path().values() for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"<!--.*?-->|^prefect .*$|notify-desk [^\"]*", "", readme, flags=re.MULTILINE)))
    assert named - there == set()
    assert {option for option in there if option.startswith("--")} - named <= {"--version"}


def test_help_is_as_shown(readme: str) -> None:
    shown, now = dict(parts(readme))["help"], help_part()
    assert shown == now, difference(shown, now)


def test_defaults_shown_in_the_help_are_those_in_force(readme: str) -> None:
    options = re.split(r"\n\s*(?=--)", dict(parts(readme))["help"])  # the text of one may go over several lines
    shown = {m[1]: m[2] for option in options if (m := re.match(r"(--[\w-]+) .*?\[default: ([\d.]+)\]", option, re.DOTALL))}
    in_force = {"--min-score": DEFAULT_MIN_SCORE, "--window-days": DEFAULT_WINDOW_DAYS, "--gpus-per-worker": WorkerOptions().gpus_per_worker or 0}
    assert shown == {option: f"{value:g}" for option, value in in_force.items()}, "the help texts are in flows/commands/check_options.py"


def test_exit_codes(readme: str) -> None:
    paragraph = next(p for p in section(readme, "## Options").split("\n\n") if p.startswith("Exit codes: `0`"))
    codes = {value for name, value in vars(cli).items() if name.startswith("EXIT_")}
    assert {int(code) for code in in_code(paragraph) if code.isdigit()} == codes | {0}


def test_every_make_target_named_is_there(readme: str, repo_root: Path) -> None:
    makefile = (repo_root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {word for code in [*in_code(readme), *(b.body for b in blocks(readme) if b.language == "sh")] for word in re.findall(r"\bmake ([a-z]+)", code)}
    assert {"run", "test", "help"} <= named <= targets


def test_every_path_named_is_there(readme: str, repo_root: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", readme, flags=re.DOTALL | re.MULTILINE)
    paths = [code for code in in_code(prose) if re.fullmatch(r"(?:flows|models|tests|seeds)/[\w./-]*", code)]
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", prose) if "://" not in link]
    assert len(paths) > 5
    assert [path for path in [*paths, *links] if not (repo_root / path).exists()] == []
    anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", prose)) <= anchors


# --- tables, kinds and types ---------------------------------------------------------------------------------------------------------------------------------


def test_every_table_and_column_is_described(readme: str) -> None:
    shown = {name.removeprefix("columns "): text for name, text in parts(readme) if name.startswith("columns ")}
    assert shown.keys() == SHOWN_TABLES.keys()
    for table, text in shown.items():
        assert text == columns_part(table), difference(text, columns_part(table))
        assert [row[0].strip("`") for row in table_rows(text)] == arrow_schema(SHOWN_TABLES[table]).names


def test_every_member_of_a_struct_is_described(readme: str) -> None:
    [shown] = [text for name, text in parts(readme) if name == "members"]
    assert shown == members_part(), difference(shown, members_part())


def test_every_column_named_elsewhere_is_in_a_table(readme: str) -> None:
    """`articles.chrome`, `finding_id`, …: a name with an underscore in the text is a column, or something else that the text says it is."""
    columns = {name for record in SHOWN_TABLES.values() for name in arrow_schema(record).names}
    fields = {name.strip("`") for row in table_rows(section(readme, "## Input").split("The fields of records", 1)[1]) for name in in_code(row[1])}
    others = {"read_parquet", "check_claims", "run_id", "min_score"}
    prose = re.sub(r"^```.*?^```$", "", readme, flags=re.DOTALL | re.MULTILINE)
    named = {code for code in in_code(prose) if re.fullmatch(r"[a-z]+(_[a-z]+)+", code)}
    assert named - columns - fields - others == set()
    dotted = [code.split(".") for code in in_code(prose) if re.fullmatch(rf"(?:{'|'.join(TABLES)})\.\w+", code)]
    assert [(table, column) for table, column in dotted if column not in arrow_schema(TABLES[table]).names] == []


def test_kinds_and_types(readme: str) -> None:
    text = section(readme, "## What is found")
    assert [row[0] for row in table_rows(text)] == list(KINDS)
    rows = table_rows(text[text.index("Each **change**") :])
    assert [(row[0], tuple(row[2].split(", "))) for row in rows] == [(name, DIRECTIONS[name]) for name in CHANGE_TYPES]


def one_claim(text: str) -> Claim:
    day = dt.datetime(2024, 5, 6, tzinfo=dt.UTC)
    [claim] = extract_claims(Article(article_id(text), "run", "", text, "en", day, "metadata", "day", {}, 0), "run").claims
    return claim


def test_the_comparers_see_in_the_examples_what_the_readme_says(readme: str) -> None:
    text = section(readme, "## What is found")
    for row in table_rows(text[text.index("Each **change**") :]):
        match = re.fullmatch(r'"(.+)" → "(.+)" \((.+)\)', row[3])
        assert match, row
        seen = COMPARERS[row[0]](one_claim(match[1]), one_claim(match[2]))
        assert (seen.verdict, seen.direction) == ("changed", match[3]), row


# --- input ---------------------------------------------------------------------------------------------------------------------------------------------------


def test_field_names_are_understood(readme: str) -> None:
    rows = table_rows(section(readme, "## Input").split("The fields of records", 1)[1])
    sentence = "The ferry sank on 3 May."
    found_as = {"text": "text", "headline": "title", "time of publication": "published", "address": "url", "publisher": "outlet", "own id": "record_id"}
    assert [row[0] for row in rows] == list(found_as)
    for matter, names, option in rows:
        value = {"text": sentence, "address": "https://example.org/a"}.get(matter, "2024-05-03")
        for name in in_code(names):
            assert getattr(pick({name: value}, ReadOptions()), found_as[matter]) == value, name
        chosen = option.strip("`").removeprefix("--").replace("-", "_")
        assert getattr(pick({"odd": value}, ReadOptions(**{chosen: "odd"})), found_as[matter]) == value


def test_formats(readme: str) -> None:
    suffixes = [code for row in table_rows(section(readme, "## Input")) for code in in_code(row[0])]
    assert sorted(suffixes) == sorted(ReadOptions().suffixes)


def reasons_in_code(repo_root: Path) -> set[str]:
    """The first word-like argument of everything that makes a reject."""
    position = {"Refusal": 0, "NotText": 0, "SkippedFile": 1, "Reject": 2}
    found = set()
    for path in sorted((repo_root / "flows" / "steps").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                arguments = node.args[position[name] :] if name in position else []
                if arguments and isinstance(arguments[0], ast.Constant):
                    found.add(str(arguments[0].value))
    return found


def test_reasons_of_rejects(readme: str, repo_root: Path) -> None:
    text = section(readme, "## Input")
    shown = {code for row in table_rows(text[text.index("| reason |") :]) for code in in_code(row[0])}
    assert shown == reasons_in_code(repo_root)


def test_figures_are_those_of_the_program(readme: str) -> None:
    options = ReadOptions()
    for figure in (
        f"at most {DEFAULT_WINDOW_DAYS} days apart",
        f"more than {DEFAULT_WINDOW_DAYS} days apart",
        f"its {NEIGHBOURS} nearest",
        f"more than {options.max_article_bytes / 1e6:g} MB",
        f"more than {options.max_json_bytes / 1e6:g} MB",
    ):
        assert figure in readme
    assert options.languages == ("en",)


def test_the_count_of_right_findings_is_that_of_the_readings(readme: str, seed_outputs: Path) -> None:
    shown = dict(parts(readme))["reading"]
    now = generated_part("reading", shown, seed_outputs)
    assert shown == now, difference(shown, now)


# --- examples ------------------------------------------------------------------------------------------------------------------------------------------------


def test_python_examples_print_what_is_shown(readme: str, seed_outputs: Path) -> None:
    n_checked = 0
    for block, printed in run_python(readme, seed_outputs):
        assert block.output is not None, f"no output is shown for:\n{block.body}"
        shown = readme[slice(*block.output)]
        assert same_but_for_last_digits(shown, printed), f"{block.body}\n{difference(shown, printed)}"
        n_checked += 1
    assert n_checked >= 5


def test_the_summary_prints_what_is_shown(readme: str, seed_outputs: Path) -> None:
    [(name, shown)] = [(name, text) for name, text in parts(readme) if name == "excerpt"]
    now = generated_part(name, shown, seed_outputs)
    assert same_but_for_last_digits(shown, now), difference(shown, now)


def test_commands_print_what_is_shown(readme: str, seed_outputs: Path) -> None:
    shown = {name: text for name, text in parts(readme) if name.startswith("command ")}
    assert shown
    for name, text in shown.items():
        now = generated_part(name, text, seed_outputs)
        assert same_but_for_last_digits(text, now), difference(text, now)


def not_run(readme: str) -> list[Block]:
    return [block for block in blocks(readme) if block.language == "python" and not block.runs]


def test_python_examples_that_are_not_run_fit_the_program(readme: str) -> None:
    """Their imports are there, and calls of what they import fit its parameters."""
    assert not_run(readme)
    for block in not_run(readme):
        names: dict[str, object] = {}
        for node in ast.walk(ast.parse(block.body)):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {alias.asname or alias.name: getattr(importlib.import_module(node.module), alias.name) for alias in node.names}
        assert names
        for node in ast.walk(ast.parse(block.body)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                function = names[node.func.id]
                inspect.signature(getattr(function, "fn", function)).bind(*node.args, **{str(k.arg): k.value for k in node.keywords})


def test_nothing_is_left_to_fill_in(readme: str) -> None:
    assert re.findall(r"\b(?:GAP\w*|TODO|TBD|XXX)\b|\? s$", readme, re.MULTILINE) == []
