"""The names of the pictures that `claimdrift plot` writes, so that they are found again."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = "plots"
"""Where they are in an outputs folder, unless the user says otherwise."""
DRIFT_MAP = "drift-map.svg"
OF_A_THREAD = re.compile(r"certainty-(c[0-9a-f]{20})\.svg")


def of_thread(thread_id: str) -> str:
    """Return the name of a thread's picture."""
    return f"certainty-{thread_id}.svg"


def own_pictures(folder: Path) -> list[Path]:
    """Return the pictures in a folder that `claimdrift plot` wrote, by their names."""
    return sorted(path for path in folder.glob("*.svg") if path.name == DRIFT_MAP or OF_A_THREAD.fullmatch(path.name))
