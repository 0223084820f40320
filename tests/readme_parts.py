"""The README's generated parts, and what its blocks hold.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`. What a Python block prints stands in the ```text block right after it.
`python tests/regenerate.py` writes them all anew; tests/test_readme.py says where they differ from what the program does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from click.testing import CliRunner
from golden_findings import reading_of

from flows.cli import cli
from flows.records import TABLES, arrow_schema
from flows.reviews import Review
from flows.summary import CheckSummary, summarise
from flows.summary_text import summary_text
from flows.tables import load

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
HELP_WIDTH = 110
CUT = "     …"
N_OF_A_KIND = 2
SHOWN_TABLES = {**TABLES, "reviews": Review}
HIGH_SCORE = 0.5

_GENERATED = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_OUTPUT = re.compile(r"\s*```text\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = "<!-- not run by the tests: starts Prefect -->\n"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and for Python the span of the output block that follows."""

    language: str
    body: str
    runs: bool
    output: tuple[int, int] | None = None


def blocks(readme: str) -> Iterator[Block]:
    """Yield the fenced blocks in order."""
    for match in _BLOCK.finditer(readme):
        output = _OUTPUT.match(readme, match.end()) if match["language"] == "python" else None
        runs = not readme[: match.start()].endswith(NOT_RUN)
        yield Block(match["language"], match["body"], runs, output.span("body") if output else None)


def type_name(arrow_type: pa.DataType) -> str:
    """Return a column's type as the tables show it: "list of string", "map string → int64", "struct"; times say "timestamp"."""
    if pa.types.is_list(arrow_type):
        return f"list of {type_name(arrow_type.value_type)}"
    if pa.types.is_map(arrow_type):
        return f"map {type_name(arrow_type.key_type)} → {type_name(arrow_type.item_type)}"
    if pa.types.is_struct(arrow_type):
        return f"struct ({', '.join(arrow_type.field(i).name for i in range(arrow_type.num_fields))})"
    return "timestamp" if pa.types.is_timestamp(arrow_type) else str(arrow_type)


def columns_part(table: str) -> str:
    """A Markdown table of a Parquet table's columns, from the Arrow schema."""
    lines = ["| column | type | what it holds |", "| --- | --- | --- |"]
    for field in arrow_schema(SHOWN_TABLES[table]):
        notes = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        unit = f" [{notes['unit']}]" if "unit" in notes else ""
        null = ", or null" if field.nullable else ""
        lines.append(f"| `{field.name}` | {type_name(field.type)}{null} | {notes['description'].replace('|', '/')}{unit} |")
    return "\n".join(lines) + "\n"


def struct_members(field: pa.Field, path: str = "") -> Iterator[tuple[str, pa.Field]]:
    """Yield the members of the structs in a column, each with where it stands, such as "evidence.observations.note"."""
    path, inner = f"{path}{field.name}.", field.type.value_type if pa.types.is_list(field.type) else field.type
    if pa.types.is_struct(inner):
        for child in inner:
            yield path + child.name, child
            yield from struct_members(child, path)


def members_part() -> str:
    """A Markdown table of what the structs in the Parquet tables hold, from the Arrow schemas."""
    lines = ["| member | type | what it holds |", "| --- | --- | --- |"]
    for table in SHOWN_TABLES.values():
        for column in arrow_schema(table):
            for path, child in struct_members(column):
                notes = {key.decode(): value.decode() for key, value in child.metadata.items()}
                unit = f" [{notes['unit']}]" if "unit" in notes else ""
                null = ", or null" if notes["nullable"] == "true" else ""
                lines.append(f"| `{path}` | {type_name(child.type)}{null} | {notes['description']}{unit} |")
    return "\n".join(lines) + "\n"


def help_part() -> str:
    """What `claimdrift check --help` prints."""
    result = CliRunner().invoke(cli, ["check", "--help"], prog_name="claimdrift", terminal_width=HELP_WIDTH)
    return f"```text\n{result.output.rstrip()}\n```\n"


def command_part(arguments: str, outputs: Path) -> str:
    """What a command prints beside the folder `outputs`, run as `claimdrift` with these arguments."""
    with contextlib.chdir(outputs.parent):
        result = CliRunner().invoke(cli, shlex.split(arguments), prog_name="claimdrift")
    return f"```text\n$ claimdrift {arguments}\n{result.stdout.strip()}\n```\n"


def shown_numbers(summary: CheckSummary) -> list[int]:
    """The top findings that the README shows: those that a person has read and found right, at most two of a kind."""
    right = [n for n, top in enumerate(summary.top, 1) if reading_of(top.finding) == top.finding.kind]
    kind_of = {n: summary.top[n - 1].finding.kind for n in right}
    return [n for n in right if sum(kind_of[m] == kind_of[n] for m in right if m < n) < N_OF_A_KIND]


def excerpt_part(outputs: Path, seconds: str) -> str:
    """The summary of the newest run, with some of its findings left out. `seconds`: what a person waited, which no test can hold."""
    summary = dataclasses.replace(summarise(outputs), report=str(outputs / "report.html"))
    numbers = shown_numbers(summary)
    text = re.sub(r"\d+ s$", seconds, summary_text(summary).replace(str(outputs), outputs.name), flags=re.MULTILINE)
    head, *findings = re.split(r"\n\n(?= +\d+  [a-z])", text.strip("\n"))
    last, tail = findings[-1].split("\n\n", 1)
    shown = [head]
    for number, finding in enumerate([*findings[:-1], last], 1):
        if number in numbers:
            shown.append(finding)
        elif shown[-1] != CUT:
            shown.append(CUT)
    return "```text\n$ claimdrift check seeds/\n" + "\n\n".join([*shown, tail]).rstrip() + "\n```\n"


def reading_part(outputs: Path) -> str:
    """How many of the findings a person found right, from tests/golden/readings.json."""
    findings = [(f.score, f.kind, reading_of(f)) for f in load(outputs, "findings").itertuples()]
    n_unread = sum(not reading for _, _, reading in findings)
    there = [score for score, _, reading in findings if reading not in ("", "nothing")]
    n_right, n_high = sum(kind == reading for _, kind, reading in findings), sum(score >= HIGH_SCORE for score, _, _ in findings)
    n_high_there = sum(score >= HIGH_SCORE for score in there)
    unread = f" Not read yet: {n_unread}." if n_unread else ""
    return (
        f"By our own strict reading, {len(there)} of these {len(findings)} findings stand between claims that do differ on one fact,\n"
        f"{n_right} of them with the right kind; of the {n_high} with a score of {HIGH_SCORE} or more, {n_high_there} do.{unread}\n"
    )


def generated_part(name: str, before: str, outputs: Path) -> str:
    """Return the part's text; `before` is what stands there now."""
    makers: dict[str, Callable[[str], str]] = {
        "columns": columns_part,
        "members": lambda _: members_part(),
        "help": lambda _: help_part(),
        "excerpt": lambda _: excerpt_part(outputs, (re.findall(r"\d+ s$", before, re.MULTILINE) or ["? s"])[0]),
        "reading": lambda _: reading_part(outputs),
        "command": lambda arguments: command_part(arguments, outputs),
    }
    kind, _, rest = name.partition(" ")
    return makers[kind](rest)


def parts(readme: str) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the generated parts."""
    for match in _GENERATED.finditer(readme):
        yield match["name"], match["body"]


def run_python(readme: str, outputs: Path) -> Iterator[tuple[Block, str]]:
    """Run the Python blocks as one session beside the folder `outputs`; yield each with what it printed."""
    namespace: dict[str, object] = {}
    with contextlib.chdir(outputs.parent):
        for block in blocks(readme):
            if block.language == "python" and block.runs:
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed):
                    exec(compile(block.body, "README.md", "exec"), namespace)
                yield block, "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def regenerate(readme: str, outputs: Path) -> str:
    """Return the README with its generated parts and outputs written anew, from a run of `claimdrift check seeds/` into `outputs`."""
    readme = _GENERATED.sub(lambda m: m[1] + generated_part(m["name"], m["body"], outputs) + m[4], readme)
    results = [(block.output, printed) for block, printed in run_python(readme, outputs)]
    for span, printed in reversed(results):
        if span is not None:
            readme = readme[: span[0]] + printed + readme[span[1] :]
    return readme
