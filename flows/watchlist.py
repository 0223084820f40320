"""A watchlist: names whose findings somebody waits for."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.records import Finding
from flows.steps.decoding import NotText, decode
from flows.steps.sources import InputError, one_line

MAX_TERMS = 10_000  # terms; more than that is a mistaken file


@dataclass(frozen=True)
class Watchlist:
    """Names to look for, as whole words, in any case. An empty list marks nothing."""

    terms: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: str | Path | None) -> Watchlist:
        """Read a file of one name a line; what follows a # at the start of a line, and empty lines, do not count. Raises InputError for an unusable file."""
        if path is None:
            return cls()
        shown = one_line(path)
        try:
            text = decode(Path(path).read_bytes())
        except OSError as error:
            raise InputError(f"{shown}: cannot be read: {error.strerror or error}. --watch-terms takes a text file of one name a line") from error
        except NotText as error:
            raise InputError(f"{shown}: {error}. --watch-terms takes a text file of one name a line") from error
        terms = [" ".join(line.split()) for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if not terms:
            raise InputError(f"{shown}: holds no names. --watch-terms takes a text file of one name a line")
        if len(terms) > MAX_TERMS:
            raise InputError(f"{shown}: holds {len(terms):,} names; {MAX_TERMS:,} are the most that --watch-terms takes")
        return cls(tuple(dict.fromkeys(terms)))

    def in_texts(self, texts: Sequence[str]) -> list[str]:
        """Return the names that stand in any of the texts, in the list's order."""
        folded = [" ".join(text.casefold().split()) for text in texts]
        return [term for term in self.terms if any(_pattern(term).search(text) for text in folded)]

    def in_finding(self, finding: Finding) -> list[str]:
        """Return the names that a finding touches: in either claim, in its headlines, or in who says so."""
        texts = (finding.earlier_text, finding.later_text, finding.earlier_title, finding.later_title)
        return self.in_texts([*texts, finding.earlier_attribution or "", finding.later_attribution or ""])


@functools.lru_cache(maxsize=MAX_TERMS)
def _pattern(term: str) -> re.Pattern[str]:
    """The ends are guarded by hand, since \\b fails beside a name's own dot or bracket ("U.S.")."""
    return re.compile(rf"(?<!\w){re.escape(term.casefold())}(?!\w)")
