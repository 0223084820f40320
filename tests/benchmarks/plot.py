"""The picture of a growth: seconds and memory against articles, as one small SVG that stands alone.

    python tests/benchmarks/plot.py FIGURES.json tests/benchmarks/growth.svg

FIGURES.json is what `bench_growth.py --json` wrote; nothing is drawn that was not measured. Both scales are logarithmic, so a straight line of slope 1, drawn
dashed through the first point, is linear growth.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measuring import exponent

WIDTH, HEIGHT = 720, 300
PANEL, TOP, PLOT_HEIGHT, LEFT, GAP = 270, 52, 190, 62, 82  # pixels: the width of one of the two panels, then where it lies
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 13px } .tick { fill: #57606a; font-size: 11px }
  line { stroke: #d0d7de } .line { fill: none; stroke: #0969da; stroke-width: 2 } circle { fill: #0969da } .linear { stroke: #8c959f; stroke-dasharray: 4 4 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .tick { fill: #8d96a0 } line { stroke: #30363d } .line { stroke: #4493f8 }
    circle { fill: #4493f8 } .linear { stroke: #8d96a0 } }
"""


def write_growth(results: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw the seconds and the peak memory of checks of several sizes. Raises ValueError for fewer than two sizes."""
    if len({r["articles"] for r in results}) < 2:
        raise ValueError("a growth needs two sizes or more")
    sizes = [r["articles"] for r in results]
    seconds, peaks = [sum(r["wall_s"].values()) for r in results], [max(r["peak_mb"].values()) for r in results]
    body = _panel(LEFT, "seconds of a check", sizes, seconds, lambda v: f"{v:,.0f} s" if v >= 10 else f"{v:.1f} s")
    body += _panel(LEFT + PANEL + GAP, "memory at its peak", sizes, peaks, lambda v: f"{v / 1024:.1f} GB" if v >= 1024 else f"{v:,.0f} MB")
    label = "; ".join(f"{n:,} articles: {s:.1f} s, {p:,.0f} MB" for n, s, p in zip(sizes, seconds, peaks, strict=True))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{label}">\n'
        f"<style>{STYLE}</style>\n{body}</svg>\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg, encoding="utf-8")


def _panel(left: float, title: str, sizes: Sequence[int], values: Sequence[float], shown: Callable[[float], str]) -> str:
    """One of the two pictures, with its own scale; figures stand at the points, so there is no axis of values to read off."""
    low, high = min(values) / 1.6, max(*values, values[0] * sizes[-1] / sizes[0]) * 1.6  # room for the figures, and for the line of linear growth

    def x(n: float) -> float:
        return left + PANEL * (math.log(n) - math.log(sizes[0])) / (math.log(sizes[-1]) - math.log(sizes[0]))

    def y(v: float) -> float:
        return TOP + PLOT_HEIGHT * (math.log(high) - math.log(v)) / (math.log(high) - math.log(low))

    bottom = TOP + PLOT_HEIGHT
    linear = [values[0] * n / sizes[0] for n in (sizes[0], sizes[-1])]
    parts = [
        f'<text class="title" x="{left:.0f}" y="22">{title}</text>',
        f'<text class="tick" x="{left:.0f}" y="39">grows with exponent {exponent(sizes, values):.2f}; dashed: linear</text>',
        f'<line x1="{left:.1f}" y1="{bottom}" x2="{left + PANEL:.1f}" y2="{bottom}"/>',
        f'<line class="linear" x1="{x(sizes[0]):.1f}" y1="{y(linear[0]):.1f}" x2="{x(sizes[-1]):.1f}" y2="{y(linear[1]):.1f}"/>',
        f'<polyline class="line" points="{" ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in zip(sizes, values, strict=True))}"/>',
    ]
    for n, v in zip(sizes, values, strict=True):
        parts.append(f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="4"/>')
        parts.append(f'<text x="{x(n):.1f}" y="{y(v) + 20:.1f}" text-anchor="middle">{shown(v)}</text>')
        parts.append(f'<text class="tick" x="{x(n):.1f}" y="{bottom + 18}" text-anchor="middle">{n:,}</text>')
    parts.append(f'<text class="tick" x="{left + PANEL / 2:.1f}" y="{bottom + 36}" text-anchor="middle">articles</text>')
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="what bench_growth.py --json wrote")
    parser.add_argument("picture", type=Path, help="SVG to write")
    args = parser.parse_args()
    write_growth(json.loads(args.figures.read_text(encoding="utf-8")), args.picture)


if __name__ == "__main__":
    main()
