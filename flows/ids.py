"""Which id is meant by a beginning of it."""

from __future__ import annotations

from collections.abc import Iterable

from flows.storage import OutputsError

N_SHOWN = 5


class AmbiguousError(OutputsError):
    """Several are meant; the message names some."""


def find_id(beginning: str, ids: Iterable[str], what: str) -> str | None:
    """Return the one of `ids` that `beginning` is, or else the only one that begins so; None where none does, or for "". Raises AmbiguousError for several.

    `what` is what the ids are of, in the plural, for the message.
    """
    meant = sorted({i for i in ids if i.startswith(beginning)}) if beginning else []
    if len(meant) > 1 and beginning not in meant:
        shown = ", ".join(meant[:N_SHOWN]) + (", …" if len(meant) > N_SHOWN else "")
        raise AmbiguousError(f'"{beginning}" could be {len(meant):,} {what}: {shown}. Give more of the id.')
    return meant[0] if meant else None  # the id itself sorts before those that are longer
