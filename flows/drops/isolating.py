"""A file that the program fails on does not hold up the others: a drop is checked together, and where that fails in halves, down to that file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows.drops.folder import DropFile

GIVE_UP = 10  # files failed one by one, and nothing was checked: it is not the files


def check_apart(
    files: Sequence[DropFile], check: Callable[[Sequence[DropFile]], object], no_files_fault: tuple[type[Exception], ...]
) -> list[tuple[DropFile, Exception]]:
    """Call `check` with the files, or with parts of them until all are checked that can be; return those it fails on alone, each with the error.

    Raises what `check` raises of the types `no_files_fault`, and the last error where every file seems to fail.
    """
    failed: list[tuple[DropFile, Exception]] = []
    parts, n_checked = [list(files)], 0
    while parts:
        part = parts.pop()
        try:
            check(part)
            n_checked += 1
        except no_files_fault:
            raise
        except Exception as error:
            if len(part) > 1:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
                continue
            failed.append((part[0], error))
            if not n_checked and len(failed) >= GIVE_UP:
                raise
    return failed
