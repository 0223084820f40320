"""Check a drop in this process, without Prefect: the steps of a run, under the lock of the outputs folder, and a note in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.drops.folder import DropFile
from flows.drops.ledger import Ledger
from flows.make_run import make_run
from flows.summary import CheckSummary, summarise
from flows.tables import Outputs
from flows.telling import publish_noted, with_report

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare")  # and then it is published


def check_drop(
    folder: Path, files: Sequence[DropFile], outputs: Path, parameters: Mapping[str, Any], *, ledger: Ledger, lock_wait_s: float = 0.0,
    command: str | None = None, again: bool = False, report: Callable[[CheckSummary], CheckSummary] = with_report,
) -> CheckSummary | None:  # fmt: skip
    """Check what no one has checked yet of these files below `folder`, publish it and write the report; None where nothing was left to check, or can be now.

    What cannot be read for a reason that may pass is told as a reject, once, and stays unchecked in the ledger.

    parameters: those of make_run. command: the one that the findings are to be handed over to, by flows.telling.tell_findings. again: check all of the files,
    those too that were checked as they are now. report: writes the report, and says so in the summary. Waits up to `lock_wait_s` seconds for another run into
    the outputs folder to end. Raises what a run raises; the ledger then holds none of the files, and the next call does the work.
    """
    with Outputs(outputs).lock(lock_wait_s):
        todo = list(files) if again else ledger.unchecked(files)  # under the lock: another run may just have done them
        if not todo:
            return None
        run = make_run([file.path for file in todo], outputs, root=folder, **parameters)
        for step in STEPS:
            getattr(run, step)()
            if run.is_put_off:
                return None
        publish_noted(run, command)
        ledger.record([file for file in todo if file.path not in run.unread], run.run_id)
        return report(summarise(outputs, run.run_id))
