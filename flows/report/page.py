"""The report: one HTML file that stands alone, made from an outputs folder and written beside its tables."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import importlib.metadata
import json
from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import Markup

from flows.report.charts import certainty_chart, drift_map, has_certainty_chart, ordered_findings
from flows.report.data import report_data, without_dismissed
from flows.report.templates import render, script, source
from flows.report.text import clipped
from flows.storage import whole_file, write_synced
from flows.wording import many

REPORT = "report.html"
N_FIRST_READS = 6
N_STORYLINES = 9  # cards of the overview; a list has all
MAX_OUTLETS = 20  # rows of the matrix; the others are summed up in one more
Json = dict[str, Any]
KEYBOARD = (
    (("j", "k"), "next, previous finding"), (("a",), "accept"), (("d",), "dismiss, with a reason"), (("n",), "note"), (("u",), "undo the decision"),
    (("o",), "context and evidence"), (("t",), "the finding's thread"), (("/",), "search"), (("e",), "export decisions"),
    (("1", "2", "3"), "overview, findings, threads"), (("Esc",), "leave a field"), (("?",), "this help"),
)  # fmt: skip


def write_report(outputs: str | Path, path: str | Path | None = None) -> Path:
    """Write the report of an outputs folder to `path`, by default outputs/report.html, and return where it is.

    The file is replaced as a whole. Raises OutputsError where the folder holds no results or the file cannot be written.
    """
    target = Path(path) if path is not None else Path(outputs) / REPORT
    page = report_page(report_data(outputs), archive=str(outputs))
    with whole_file(target) as draft:
        write_synced(draft, page.encode("utf-8"))
    return target


def report_page(data: Json, *, archive: str, written_at: dt.datetime | None = None) -> str:
    """Return the page for `report_data`. It asks for nothing from outside, and runs no script but its own: its policy names that by its hash."""
    style, code = source("page.css"), script()
    at = written_at or dt.datetime.now(dt.UTC)
    kept = without_dismissed(data)
    ordered = ordered_findings(kept)
    charts = [(n, certainty_chart(data, thread, ordered.get(n, []))) for n, thread in enumerate(data["threads"]) if has_certainty_chart(data, thread)]
    return render(
        "page.html.j2", style=style, script=code, style_hash=_digest(style), script_hash=_digest(code), data=embedded_json(data), thread_charts=charts,
        version=importlib.metadata.version("claimdrift"), written_at=f"{at.day} {at:%B %Y, %H:%M} UTC", archive=clipped(archive, 200), keyboard=KEYBOARD,
        **_overview(data, kept),
    )  # fmt: skip


def embedded_json(data: Json) -> Markup:
    """Return JSON that cannot leave the script element it stands in: no "<", ">" or "&", whatever the texts hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _overview(data: Json, kept: Json) -> Json:
    """What the overview shows; `kept`: the data without the dismissed findings. No figure counts these, as no list that a figure leads to has them."""
    findings, kinds = kept["findings"], data["kinds"]
    counts = Counter(f["kind"] for f in findings)
    last, run = data["runs"][-1], len(data["runs"]) - 1
    new = Counter(f["kind"] for f in findings if f["run"] == run)
    n_found = sum(last["findings"])
    at = dt.datetime.fromisoformat(last["at"])
    n_unordered = sum(not f["ordered"] for f in findings)
    note = "A point that an outlet tells alike against several earlier tellings counts once."
    if n_unordered:
        note += f" Left out: {many(n_unordered, 'finding')} of which it is not known which telling came first."
    return {
        "n_findings": len(findings), "n_dismissed": len(data["findings"]) - len(findings),
        "n_articles": data["n_articles"], "n_threads": len(data["threads"]), "n_storylines": data["n_storylines"],
        "by_kind": [(kind, counts[k]) for k, kind in enumerate(kinds)], "n_runs": len(data["runs"]),
        "last_run": {"at": f"{at.day} {at:%B %Y, %H:%M} UTC", "articles": last["articles"], "findings": n_found, "kept": new.total()},
        "new_kinds": [(kind, new[k]) for k, kind in enumerate(kinds)],
        "first_reads": _first_reads(kept), "nothing": _nothing(data), "n_replaced": len(data["replaced"]),
        "storylines": _storylines(data, kept), "n_storylines_shown": N_STORYLINES, "matrix": _matrix(kept),
        "drift_map": drift_map(kept), "drift_map_note": note,
    }  # fmt: skip


def _nothing(data: Json) -> str:
    """Say why the last run has no findings, or the whole folder has none, and what can be done."""
    last, n_articles, n_compared = data["runs"][-1], data["n_articles"], data["n_compared"]
    if sum(last["findings"]):
        return "All findings of the run were dismissed."
    if data["findings"]:
        return "Nothing new was found."
    if not n_articles:
        return "No article could be read. The command claimdrift status tells what was rejected and why."
    if n_articles == 1:
        return "There is one article, and nothing to compare it with: statements within one article are not compared. Check other reports of the event, too."
    if not n_compared:
        days = f"{last['window_days']:g} days" if last["window_days"] else "a span of time (--window-days)"
        return f"Nothing was compared: no two of the {n_articles:,} articles tell of one event within {days}, as far as claimdrift can see."
    least = f" with a score of {last['min_score']:g} or more" if last["min_score"] is not None else ""
    return (
        f"{many(n_compared, 'pair')} of articles {'was' if n_compared == 1 else 'were'} compared, and nothing was found{least}. "
        "The command claimdrift explain --pair tells why two claims are no finding."
    )


def _outlet(data: Json, claim: int) -> str:
    return data["outlets"][data["articles"][data["claims"][claim]["article"]]["outlet"]]


def _first_reads(data: Json) -> list[Json]:
    """The surest finding of each of the first points of the last run: contradictions first, but half of the places go to other kinds where there are any."""
    run = len(data["runs"]) - 1
    new = [f for f in data["findings"] if f["run"] == run]
    n_alike = Counter(f["point"] for f in new)
    first_of = {f["point"]: f for f in sorted(new, key=lambda f: f["score"])}
    ordered = sorted(first_of.values(), key=lambda f: (f["kind"] != 0, -f["score"], f["id"]))
    hard = [f for f in ordered if f["kind"] == 0]
    others = ordered[len(hard) :]
    chosen = hard[: max(N_FIRST_READS - len(others), N_FIRST_READS // 2)]
    chosen += others[: N_FIRST_READS - len(chosen)]
    return [
        {
            "id": f["id"], "kind": data["kinds"][f["kind"]], "verdict": f["verdict"],
            "earlier": _outlet(data, f["earlier"]), "later": _outlet(data, f["later"]),
            "n_alike": n_alike[f["point"]] - 1, "ordered": f["ordered"],
        }
        for f in chosen
    ]  # fmt: skip


def _storyline(data: Json, finding: Json) -> int:
    return data["articles"][data["claims"][finding["earlier"]]["article"]]["storyline"]


def _storylines(data: Json, kept: Json) -> list[Json]:
    counts: dict[int, Counter[int]] = {}
    types: dict[int, Counter[int]] = {}
    n_all = Counter(_storyline(data, f) for f in data["findings"])
    for f in kept["findings"]:
        storyline = _storyline(data, f)
        counts.setdefault(storyline, Counter())[f["kind"]] += 1
        types.setdefault(storyline, Counter()).update({change[0] for change in f["changes"]})
    rows: list[Json] = []
    for number, s in enumerate(data["storylines"]):
        own = counts.get(number, Counter())
        total = own.total() or 1
        split, x = [], 0.0
        for k, kind in enumerate(data["kinds"]):
            width = round(100 * own[k] / total, 2)
            split.append((kind, round(x, 2), width))
            x += width
        articles = [data["articles"][n] for n in s["articles"]]
        rows.append({
            "id": s["id"], "title": clipped(s["title"], 160), "names": ", ".join(s["names"]), "dates": _dates([a["date"] for a in articles]),
            "n_articles": len(articles), "n_outlets": len({name for a in articles for name in (data["outlets"][a["outlet"]], *a["also"])}),
            "kinds": [(kind, own[k]) for k, kind in enumerate(data["kinds"])],
            "types": [(data["types"][t], n) for t, n in sorted(types.get(number, Counter()).items(), key=lambda item: (-item[1], item[0]))],
            "split": split, "n": own.total(), "n_dismissed": n_all[number] - own.total(),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["n"], row["id"]))


def _dates(dates: list[str | None]) -> str:
    known = sorted(dt.datetime.fromisoformat(at) for at in dates if at)
    if not known:
        return "undated"
    first, last = (f"{at.day} {at:%b %Y}" for at in (known[0], known[-1]))
    return first if first == last else f"{first} to {last}"


def _matrix(data: Json) -> Json:
    """Findings per outlet and type; a finding counts for each outlet that carries one of its claims."""
    types = data["types"]
    cells: dict[str, Counter[int]] = {}
    totals: Counter[str] = Counter()
    for f in data["findings"]:
        for outlet in (data["outlets"][n] for n in f["outlets"]):
            totals[outlet] += 1
            cells.setdefault(outlet, Counter()).update({change[0] for change in f["changes"]})
    used = [t for t in range(len(types)) if any(counter[t] for counter in cells.values())]
    names = sorted(totals, key=lambda name: (-totals[name], name))
    rows = [(name, clipped(name, 90), cells[name], totals[name]) for name in names[:MAX_OUTLETS]]
    most = max((n for _, _, counter, _ in rows for n in counter.values()), default=1)
    if len(names) > MAX_OUTLETS:
        rest = sum((cells[name] for name in names[MAX_OUTLETS:]), Counter[int]())
        rows.append(("", f"{len(names) - MAX_OUTLETS:,} other outlets", rest, sum(totals[name] for name in names[MAX_OUTLETS:])))
    return {
        "types": [types[t] for t in used],
        "rows": [
            {
                "name": shown, "outlet": name, "is_outlet": bool(name), "n": n,
                "cells": [{"n": counter[t], "type": types[t], "heat": min(4, 1 + int(3.999 * counter[t] / most))} for t in used],
            }
            for name, shown, counter, n in rows
        ],
    }  # fmt: skip
