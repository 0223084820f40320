"""Numbers with their nouns."""

from __future__ import annotations


def many(n: int, one: str, several: str = "") -> str:
    """Return "1 finding", "2,000 findings"; `several` where the noun does more than take an s."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"
