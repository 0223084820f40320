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
    by_key: defaultdict[str, defaultdict[str, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    for sighting in sightings:
        by_key[sighting.source_key][sighting.article_id].append(sighting)
    found: list[Version] = []
    for key in sorted(by_key):
        newest, texts = _LONG_AGO, []
        for place, (article_id, seen) in enumerate(by_key[key].items()):
            published_at = min((s.published_at for s in seen if s.published_at), default=None)
            at = published_at or newest
            newest = max(newest, at)
            texts.append((at, place, article_id, published_at, seen))
        texts.sort(key=lambda entry: entry[:2])
        following = [article_id for _, _, article_id, _, _ in texts[1:]] + [None]
        for number, ((_, _, article_id, published_at, seen), after) in enumerate(zip(texts, following, strict=True), 1):
            where = min(seen, key=lambda s: s.source)
            found.append(Version(key, number, article_id, where.source, where.outlet, published_at, seen[0].run_id, after))
    return found


class Versions:
    """What the versions of all sources say about articles and about pairs of them."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self._seen: dict[str, dict[str, Version]] = {}  # article_id: source key: the version that it is
        self._current: dict[str, dict[str, Version]] = {}  # the same, for the sources whose newest version it is
        self._steps: set[tuple[str, str]] = set()
        for version in versions:
            self._seen.setdefault(version.article_id, {})[version.source_key] = version
            if version.superseded_by is None:
                self._current.setdefault(version.article_id, {})[version.source_key] = version
            else:
                self._steps |= {(version.article_id, version.superseded_by), (version.superseded_by, version.article_id)}

    @property
    def superseded(self) -> set[str]:
        """The articles that are no source's newest version. A text that one outlet has replaced and another still shows is not among them."""
        return set(self._seen) - set(self._current)

    def is_current(self, article_id: str, source_key: str) -> bool:
        """Say whether the article is the source's newest version."""
        return source_key in self._current.get(article_id, ())

    def place(self, article_id: str, other: str) -> Version | None:
        """Return where an article was seen, as one side of a pair with `other`: at a source that both are versions of, else at one that still shows it.

        None where no sighting is left.
        """
        seen = self._seen.get(article_id, {})
        common = [seen[key] for key in seen.keys() & self._seen.get(other, {}).keys()]
        return min(common or self._current.get(article_id, seen).values(), key=lambda version: version.source, default=None)

    def same_source(self, one: str, other: str) -> bool:
        """Say whether two articles are versions of one source."""
        return not self._seen.get(one, {}).keys().isdisjoint(self._seen.get(other, {}))

    def stands(self, one: str, other: str) -> bool:
        """Say whether a pair of articles belongs to the current view: both are current, or one is the next version of the other, a silent edit.

        An edit is told between a version and the next, once, and not again between each earlier version and each later one.
        """
        return (one in self._current and other in self._current) or (one, other) in self._steps
