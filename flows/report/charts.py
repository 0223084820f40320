"""The two pictures, as SVG: the drift map (which outlet changes what, in which direction) and a thread's certainty over time.

Both are grids of marks and labels, drawn by templates: in the page they take its colours, light or dark, and can be read out; a chart library would bring
tens of megabytes and pictures that can do neither. Alone in a file they carry their own style.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from flows.records import CHANGE_TYPES, DIRECTIONS
from flows.report.templates import render, source
from flows.report.text import clipped

MAX_OUTLETS = 24  # rows of a drift map; the others are summed up in one more
MAX_LABEL = 36  # characters of an outlet's name
LABEL_WIDTH, COLUMN, ROW, HEAD = 240, 31, 30, 118
MAX_RADIUS = 13.0
CHART_WIDTH, LEVEL_HEIGHT, DOT, TICK = 760, 34, 20, 84  # TICK: a date and the space around it
Json = dict[str, Any]


def drift_counts(data: Json) -> dict[str, Counter[tuple[str, str]]]:
    """Count, per later outlet, the points on which it tells a fact with a change: outlet → Counter of (type, direction).

    A point that is told alike against three earlier tellings counts once. Findings of which it is not known which telling came first are left out.
    """
    seen: set[tuple[int, int, int, str]] = set()
    counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for f in data["findings"]:
        if not f["ordered"]:
            continue
        outlet = data["articles"][data["claims"][f["later"]]["article"]]["outlet"]
        for change_type, direction in f["changes"]:
            key = (f["point"], outlet, change_type, direction)
            if key not in seen:
                seen.add(key)
                counts[data["outlets"][outlet]][data["types"][change_type], direction] += 1
    return dict(counts)


def drift_map(data: Json, *, standalone: bool = False) -> Markup | None:
    """Return the drift map as SVG; None where no finding has a known order."""
    counts = drift_counts(data)
    if not counts:
        return None
    names = sorted(counts, key=lambda name: (-counts[name].total(), name))
    rows = [(clipped(name, MAX_LABEL), counts[name]) for name in names[:MAX_OUTLETS]]
    if len(names) > MAX_OUTLETS:
        rest: Counter[tuple[str, str]] = Counter()
        for name in names[MAX_OUTLETS:]:
            rest.update(counts[name])
        rows.append((f"{len(names) - MAX_OUTLETS:,} other outlets", rest))
    used = {key for counter in counts.values() for key in counter}
    columns: list[Json] = []
    groups: list[Json] = []
    x = LABEL_WIDTH
    for change_type in CHANGE_TYPES:
        directions = [d for d in DIRECTIONS[change_type] if (change_type, d) in used]
        if not directions:
            continue
        width = max(COLUMN * len(directions), 70)
        first = x + (width - COLUMN * (len(directions) - 1)) / 2
        columns += [{"key": (change_type, d), "direction": d, "x": first + i * COLUMN} for i, d in enumerate(directions)]
        groups.append({"type": change_type, "x": x, "width": width})
        x += width + 6
    most = max(n for _, counter in rows[:MAX_OUTLETS] for n in counter.values())  # the sum of the others must not dwarf everyone
    drawn = [
        {
            "name": name, "y": HEAD + ROW * i + ROW / 2,
            "cells": [
                {"x": c["x"], "n": counter[c["key"]], "r": _radius(counter[c["key"]] / most), "what": " ".join(c["key"])}
                for c in columns if counter[c["key"]]
            ],
        }
        for i, (name, counter) in enumerate(rows)
    ]  # fmt: skip
    return render(
        "drift_map.svg.j2", width=x + 30, height=HEAD + ROW * len(rows) + 8, top=HEAD, left=LABEL_WIDTH, groups=groups, columns=columns, rows=drawn,
        title="Drift map: points on which each outlet changes an earlier telling, by type and direction of the change",
        standalone=standalone, style=source("chart.css"),
    )  # fmt: skip


def _radius(share: float) -> float:
    """Return the radius of a bubble whose area is `share` of the largest."""
    return round(min(MAX_RADIUS, max(2.5, MAX_RADIUS * math.sqrt(share))), 1)


def has_certainty_chart(data: Json, thread: Json) -> bool:
    """Tell whether a thread's certainty over time is worth a picture: two tellings at least that are not equally sure."""
    return len({data["claims"][claims[0]]["sure"] for claims in thread["tellings"]}) > 1


def ordered_findings(data: Json) -> dict[int, list[Json]]:
    """Return the findings whose order is known, per number of their thread; threads without one left out."""
    found: defaultdict[int, list[Json]] = defaultdict(list)
    for f in data["findings"]:
        if f["ordered"]:
            found[f["thread"]].append(f)
    return dict(found)


def certainty_chart(data: Json, thread: Json, findings: Sequence[Json], *, standalone: bool = False) -> Markup:
    """Return a thread's certainty over time as SVG: one numbered dot a telling, and an arrow for each finding between two that are not equally sure.

    findings: those of the thread whose order is known.

    Time runs to scale between the first and the last date; tellings of one day and level stand beside each other, undated ones at the right end.
    """
    claims, articles = data["claims"], data["articles"]
    firsts = [claims[telling[0]] for telling in thread["tellings"]]
    dates = [_date(articles[claim["article"]]["date"]) for claim in firsts]
    dated = [at for at in dates if at is not None]
    top = 44 if standalone else 14
    left, right = 90, CHART_WIDTH - 24
    bottom = top + LEVEL_HEIGHT * len(data["certainty"])
    n_undated = len(dates) - len(dated)
    undated_x = right - DOT * min(max(n_undated, 3), 12)  # where they begin
    first, last = (min(dated), max(dated)) if dated else (None, None)
    until = undated_x - 60 if n_undated else right - 30

    def x_of(at: dt.datetime | None) -> float:
        if at is None or first is None or last is None:
            return undated_x
        share = (at - first) / (last - first) if last > first else 0.5
        return left + 30 + share * (until - left - 30)

    levels = [{"name": name, "y": bottom - LEVEL_HEIGHT * (i + 0.5)} for i, name in enumerate(data["certainty"])]
    dots: list[Json] = []
    beside = Counter((at, claim["sure"]) for claim, at in zip(firsts, dates, strict=True))
    taken: defaultdict[int, list[float]] = defaultdict(list)
    for number, (claim, at) in enumerate(zip(firsts, dates, strict=True), 1):
        article = articles[claim["article"]]
        start = min(x_of(at), right - DOT * (beside[at, claim["sure"]] - 1))  # so that at the right end, too, they stand in the order of their numbers
        x = _free_place(max(start, left + 10), taken[claim["sure"]], left + 10, right)
        name = clipped(data["outlets"][article["outlet"]], 32)
        dots.append({"number": number, "x": round(x, 1), "y": levels[claim["sure"]]["y"], "what": f"{name}, {_day(at)}: {data['certainty'][claim['sure']]}"})
    place = {claim: dots[i] for i, telling in enumerate(thread["tellings"]) for claim in telling}
    edges = [_edge(place[f["earlier"]], place[f["later"]], claims[f["later"]]["sure"] > claims[f["earlier"]]["sure"])
             for f in findings if claims[f["earlier"]]["sure"] != claims[f["later"]]["sure"]]  # fmt: skip
    ticks = [{"x": round(x_of(at), 1), "text": _day(at)} for at in _tick_dates(first, last, max(1, int((until - left - 30) / TICK)))]
    if n_undated:
        ticks.append({"x": (undated_x + right) / 2, "text": "undated"})
    legend = [
        {"x": 16 + (i % 2) * (CHART_WIDTH / 2), "y": bottom + 50 + 18 * (i // 2), "text": clipped(f"{dot['number']}  {dot['what']}", 62)}
        for i, dot in enumerate(dots)
    ]
    height = bottom + 28 + (18 * math.ceil(len(dots) / 2) + 20 if standalone else 0)
    title = "Certainty of each telling over time; the numbers are those of the list below"
    if standalone:
        title = "Certainty over time: " + clipped(firsts[0]["text"], 70)
    return render(
        "certainty.svg.j2", width=CHART_WIDTH, height=height, left=left, right=right, bottom=bottom, levels=levels, ticks=ticks, edges=edges, dots=dots,
        title=title, standalone=standalone, legend=legend if standalone else [], style=source("chart.css"),
    )  # fmt: skip


def _free_place(x: float, taken: list[float], low: float, high: float) -> float:
    """Return the first place from x to the right, else to the left, where a dot touches none of `taken`, and take it; x itself where all are full."""
    n = int((high - low) / DOT)
    for side in (DOT, -DOT):
        for place in (x + step * side for step in range(n)):
            if low <= place <= high and all(abs(place - other) > DOT - 0.01 for other in taken):
                taken.append(place)
                return place
    return x


def _edge(start: Json, end: Json, surer: bool) -> Json:
    dx, dy = end["x"] - start["x"], end["y"] - start["y"]
    length = math.hypot(dx, dy) or 1.0
    gap = 11 / length  # the line begins and ends at the dots' rims
    return {
        "way": "surer" if surer else "weaker", "angle": round(math.degrees(math.atan2(dy, dx)), 1),
        "x1": round(start["x"] + dx * gap, 1), "y1": round(start["y"] + dy * gap, 1), "x2": round(end["x"] - dx * gap, 1), "y2": round(end["y"] - dy * gap, 1),
        "xm": round(start["x"] + dx * 0.55, 1), "ym": round(start["y"] + dy * 0.55, 1),
    }  # fmt: skip


def _tick_dates(first: dt.datetime | None, last: dt.datetime | None, n: int) -> list[dt.datetime]:
    """Return the first day and at most `n` more, evenly spaced, up to the last."""
    if first is None or last is None:
        return []
    step = dt.timedelta(days=max(1, math.ceil((last - first).days / n)))
    return [first + i * step for i in range((last - first) // step + 1)]


def _date(text: str | None) -> dt.datetime | None:
    """The day of a time: within a day the order of the numbers tells."""
    return None if text is None else dt.datetime.fromisoformat(text).replace(hour=0, minute=0, second=0)


def _day(at: dt.datetime | None) -> str:
    return "undated" if at is None else f"{at.day} {at:%b %Y}"
