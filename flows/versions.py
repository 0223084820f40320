"""Versions: which articles are texts of one source, in which order, and which of them the source shows now.

Derived from `sightings` whenever it is asked for, never stored: a stored mark would have to be written by the run that happens to bring the later text, so it
would depend on the order of drops, and it would have to be taken back where an older text comes in afterwards. So rows stay as they are, and one table says it.

The versions of a source key stand in the order of their dates of publication. Only where these are equal does the order in which they were read count:
a file that was edited in place says nothing else. A version without a date stands as if published with the newest one read before it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from flows.records import Sighting, Version

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def find_versions(sightings: Iterable[Sighting]) -> list[Version]:
    """Return the versions of every source key, by key and number. `sightings` come in the order in which they were read."""
    by_key: defaultdict[str, dict[str, Sighting]] = defaultdict(dict)
    for sighting in sightings:
        by_key[sighting.source_key].setdefault(sighting.article_id, sighting)
    found: list[Version] = []
    for key in sorted(by_key):
        newest, dated = _LONG_AGO, []
        for place, sighting in enumerate(by_key[key].values()):
            at = sighting.published_at or newest
            newest = max(newest, at)
            dated.append((at, place, sighting))
        ordered = [sighting for _, _, sighting in sorted(dated, key=lambda entry: entry[:2])]
        following = [s.article_id for s in ordered[1:]] + [None]
        found += [
            Version(key, number, s.article_id, s.source, s.outlet, s.published_at, s.run_id, after)
            for number, (s, after) in enumerate(zip(ordered, following, strict=True), 1)
        ]
    return found


class Versions:
    """What the versions of all sources say about articles and about pairs of them."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self._keys: defaultdict[str, set[str]] = defaultdict(set)  # article_id: its source keys
        self._current: defaultdict[str, dict[str, Version]] = defaultdict(dict)  # article_id: source key: where it is the newest version
        self._steps: set[tuple[str, str]] = set()
        for version in versions:
            self._keys[version.article_id].add(version.source_key)
            if version.superseded_by is None:
                self._current[version.article_id][version.source_key] = version
            else:
                self._steps |= {(version.article_id, version.superseded_by), (version.superseded_by, version.article_id)}

    @property
    def superseded(self) -> set[str]:
        """The articles that are no source's newest version. A text that one outlet has replaced and another still shows is not among them."""
        return set(self._keys) - set(self._current)

    def is_current(self, article_id: str, source_key: str) -> bool:
        """Say whether the article is the source's newest version."""
        return source_key in self._current.get(article_id, ())

    def same_source(self, one: str, other: str) -> bool:
        """Say whether two articles are versions of one source."""
        return not self._keys[one].isdisjoint(self._keys[other])

    def stands(self, one: str, other: str) -> bool:
        """Say whether a pair of articles belongs to the current view: both are current, or one is the next version of the other, a silent edit.

        An edit is told between a version and the next, once, and not again between each earlier version and each later one.
        """
        return (one in self._current and other in self._current) or (one, other) in self._steps
