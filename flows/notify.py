"""Tell someone about new findings: a command of theirs gets them as JSON on standard input, and Prefect's server an event that its automations can act on.

The command is run without a shell, once a run that has findings, after they are published. What goes wrong with it is told and never sinks the run.
"""

from __future__ import annotations

import datetime as dt
import json
import shlex
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.records import KINDS, Finding, as_row
from flows.steps.sources import InputError
from flows.tables import Outputs, from_table
from flows.terminal import one_line
from flows.watchlist import Watchlist

TIMEOUT_S = 60.0
SHOWN_CHARS = 300
LEFT_OUT = ("evidence",)  # most of a finding's bytes; it is in the table
EVENT = "claimdrift.findings"
N_IN_EVENT = 20
EVENT_COLUMNS = ("finding_id", "kind", "types", "score", "earlier_source", "later_source", "earlier_text", "later_text")


@dataclass(frozen=True)
class MarkedFinding:
    """A new finding, and the names of the watchlist that it touches."""

    finding: Finding
    terms: tuple[str, ...]


def new_findings(outputs: str | Path, run_id: str, watchlist: Watchlist) -> list[MarkedFinding]:
    """Return a run's findings, those that touch the watchlist first, then by score."""
    rows = from_table(Outputs(Path(outputs)).read("findings", run_ids=[run_id]), Finding)
    marked = [MarkedFinding(finding, tuple(watchlist.in_finding(finding))) for finding in rows]
    return sorted(marked, key=lambda m: (not m.terms, -m.finding.score, m.finding.finding_id))


def as_json(outputs: str | Path, run_id: str, findings: Sequence[MarkedFinding]) -> dict[str, Any]:
    """Return what the command gets: every column of `findings` but the evidence, and `watch_terms`, the names of the watchlist that a finding touches."""
    return {
        "outputs": str(outputs), "run_id": run_id, "n_findings": len(findings), "n_watched": sum(bool(m.terms) for m in findings),
        "findings": [
            {**{k: _plain(v) for k, v in as_row(m.finding).items() if k not in LEFT_OUT}, "watch_terms": list(m.terms)} for m in findings
        ],
    }  # fmt: skip


def as_event(outputs: str | Path, run_id: str, findings: Sequence[MarkedFinding]) -> dict[str, Any]:
    """Return the payload of Prefect's event about a run's findings: how many there are, per kind too, and of the first N_IN_EVENT what a message needs.

    Texts are cut to SHOWN_CHARS: an event may have no more than 1.5 MB, whatever an article holds.
    """
    kinds = Counter(m.finding.kind for m in findings)
    return {
        "outputs": _sendable(str(outputs)), "run_id": run_id, "n_findings": len(findings), "n_watched": sum(bool(m.terms) for m in findings),
        "kinds": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        "findings": [
            {name: _sendable(getattr(m.finding, name)) for name in EVENT_COLUMNS} | {"watch_terms": [_sendable(term) for term in m.terms[:N_IN_EVENT]]}
            for m in findings[:N_IN_EVENT]
        ],
    }  # fmt: skip


def parse_command(command: str) -> list[str]:
    """Split a command as a shell would. Raises InputError for one that is empty or has an open quote."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"--notify {command!r} is no command: {error}") from error
    if not words:
        raise InputError("--notify needs a command")
    return words


def hand_over(command: str, outputs: str | Path, run_id: str, findings: Sequence[MarkedFinding], *, timeout_s: float = TIMEOUT_S) -> str:
    """Run the command with the findings on its standard input; return what went wrong, in one line, empty where nothing did.

    Nothing is run where there are no findings.
    """
    if not findings:
        return ""
    words = parse_command(command)
    message = json.dumps(as_json(outputs, run_id, findings), ensure_ascii=False).encode("utf-8", "backslashreplace")
    try:
        done = subprocess.run(words, input=message, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired:
        return f"--notify {_shown(command)} took more than {timeout_s:g} s and was ended"
    except OSError as error:
        return f"--notify {_shown(command)} could not be run: {error.strerror or error}"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip() or done.stdout.decode("utf-8", "replace").strip()
    return f"--notify {_shown(command)} ended with exit code {done.returncode}" + (f": {_shown(said)}" if said else "")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _sendable(value: Any) -> Any:
    return _shown(value.encode("utf-8", "backslashreplace").decode()) if isinstance(value, str) else value


def _shown(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= SHOWN_CHARS else line[: SHOWN_CHARS - 1] + "…"
