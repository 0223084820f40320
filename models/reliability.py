"""A reliability diagram as SVG: of the pairs that were given a probability, the share for which it came true (DeGroot and Fienberg 1983)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

SIDE, MARGIN = 260, 46  # of a panel's square, and of what stands around it, in pixels


def bins(probability: NDArray[np.float64], true: NDArray[np.bool_], n_bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability, share that came true, pairs) of each bin of equal width that has any; `probability` and `true` have shape (n,)."""
    place = np.minimum((probability * n_bins).astype(int), n_bins - 1)
    of_bin = [place == k for k in range(n_bins)]
    return [(float(probability[m].mean()), float(true[m].mean()), int(m.sum())) for m in of_bin if m.any()]


def reliability_svg(heads: Mapping[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> str:
    """A panel a head, of its (probabilities, what came true). On the diagonal the probability is right; a dot's area goes by its number of pairs."""
    width, height = len(heads) * (SIDE + 2 * MARGIN), SIDE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for n, (name, (probability, true)) in enumerate(heads.items()):
        left, top = n * (SIDE + 2 * MARGIN) + MARGIN, MARGIN
        parts.append(f'<g transform="translate({left} {top})"><rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>')
        parts.append(f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="#999" stroke-dasharray="4 4"/>')
        for tick in (0.0, 0.5, 1.0):
            parts.append(f'<text x="{SIDE * tick:.0f}" y="{SIDE + 16}" text-anchor="middle">{tick:g}</text>')
            parts.append(f'<text x="-6" y="{SIDE * (1 - tick) + 4:.0f}" text-anchor="end">{tick:g}</text>')
        for mean, share, count in bins(probability, true):
            radius = 2 + 18 * (count / len(true)) ** 0.5
            title = f"<title>{count} pairs: probability {mean:.2f}, true {share:.2f}</title>"
            parts.append(f'<circle cx="{SIDE * mean:.1f}" cy="{SIDE * (1 - share):.1f}" r="{radius:.1f}" fill="#2563a8" fill-opacity="0.6">{title}</circle>')
        parts.append(f'<text x="{SIDE / 2}" y="-14" text-anchor="middle" font-weight="bold">{name}, {len(true):,} pairs</text>')
        parts.append(f'<text x="{SIDE / 2}" y="{SIDE + 34}" text-anchor="middle">probability</text>')
        parts.append(f'<text transform="translate(-30 {SIDE / 2}) rotate(-90)" text-anchor="middle">share that came true</text></g>')
    return "\n".join([*parts, "</svg>"]) + "\n"
