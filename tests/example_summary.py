"""Published folders and findings for tests of what is told about a run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from example_archive import run_tables

from flows.records import Change
from flows.tables import Outputs

DAY = dt.datetime(2024, 3, 12, tzinfo=dt.UTC)


def finding(number: int, **values: Any) -> dict[str, Any]:
    """A finding between two claims about ships in a bay, told apart by `number`."""
    change = {"type": "quantity", "direction": "raised", "from_text": "seven ships", "to_text": f"{number} ships"}
    change |= {name: values.pop(name) for name in list(values) if name in change}
    kind = values.get("kind", "update")
    return {
        "finding_id": f"f{number:04}", "thread_id": f"t{number}", "kind": kind, "types": [change["type"]], "changes": [Change(kind=kind, **change)],
        "score": 0.9,
        "earlier_text": "The port is closed, and seven ships wait in the bay.", "later_text": f"By the evening {number} ships waited in the bay.",
        "earlier_source": "day1/echo.txt", "later_source": "day2/courier.txt", "earlier_outlet": "Echo", "later_outlet": "Courier",
        "earlier_published_at": DAY, "later_published_at": DAY + dt.timedelta(days=1), "order_known": True, **values,
    }  # fmt: skip


def publish(folder: Path, findings: list[dict[str, Any]], *, counts: dict[str, int] | None = None, run_id: str = "run-1", **run: Any) -> Path:
    """Publish a run with these findings over two compared articles, and return its folder."""
    per_kind: dict[str, int] = {}
    for row in findings:
        per_kind[f"findings: {row['kind']}"] = per_kind.get(f"findings: {row['kind']}", 0) + 1
    own = {
        "files": 2, "documents": 2, "articles": 2, "claims": 9, "article pairs compared": 1, "pairs possible": 20, "pairs proposed": 8, "pairs scored": 8,
        "pairs scored both ways": 4, "findings": len(findings), **per_kind,
    }  # fmt: skip
    ids = [f"a-{run_id}-{n}" for n in range(2)]
    compared = [{"earlier_article_id": ids[0], "later_article_id": ids[1]}]
    settings = {"counts": {**own, **(counts or {})}, "thresholds": {"same_fact": 0.5, "min_score": 0.5}, "inputs": ["articles"], "model_source": "m", **run}
    articles = [{"article_id": article_id} for article_id in ids]
    findings = [{**compared[0], **row} for row in findings]
    Outputs(folder).publish(run_id, run_tables(run_id, run=settings, articles=articles, comparisons=compared, findings=findings))
    return folder
