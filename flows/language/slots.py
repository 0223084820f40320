"""Which number of one claim answers which number of the other: the words around a mention tell its slot.

"87 people were killed and 18,000 are homeless" has two slots; "the dead numbered 87" fills the first. A mention's signature is the content words near it, the
nearer the heavier, crudely stemmed; words that news uses for one slot (killed, died, lives, toll) are one word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_REACH = 8  # words on each side; beyond, a word says little about this mention

# Function words and verbs of saying: they stand near everything. Closed classes of English, and some 15 verbs.
STOP_WORDS = frozenset(
    """a an the this that these those some any each every all both no not nor and or but if than as at by for from in into of off on onto out over to up with
    without about after against among around before behind below between down during near since through under until upon within is are was were be been being
    am has have had having do does did will would shall should can could may might must it its he she they them their his her him we our us you your i my who
    whom whose which what when where why how there here so such then also only just even still yet already more most less least very too again once other
    another own same said says say told according reported reports least almost nearly some least roughly approximately now later earlier ago while because
    although though however per one two three four five six seven eight nine ten eleven twelve hundred thousand million billion dozen dozens percent cent
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december day week month
    year morning afternoon evening night hour minute""".split()
)
# Words for one slot, of the slots that news of accidents, war, votes, money and courts fill most: 12 families, stems as `_stem` makes them.
_FAMILIES = {
    "dead": "killed kill kills killing dead death deaths died die dies dying lives life fatalities fatality toll drowned drown perished bodies body "
    "lost claimed deadliest victims",
    "hurt": "injured injuries injury hurt wounded wounds wound",
    "missing": "missing unaccounted",
    "displaced": "homeless displaced evacuated evacuate evacuation fled flee roof shelter",
    "person": "people persons person residents inhabitants men women passengers citizens",
    "worker": "workers employees staff jobs posts workforce",
    "cost": "cost costs price priced worth value valued pay paid pays bill fetch",
    "fine": "fine fined fines penalty penalties",
    "rise": "rise rose rises increase increased grew grow climbed raised",
    "fall": "fall fell falls drop dropped decline declined cut cuts reduced",
    "begin": "begin began begun begins start started starts starting open opened opens",
    "end": "end ended ends finish finished close closed closes closing",
    "meet": "meet met meeting talks talk summit negotiate negotiations",
    "vote": "vote votes voted voting ballot ballots favour against",
    "prison": "prison jail jailed sentence sentenced imprisoned behind bars",
}  # fmt: skip


def stem(word: str) -> str:
    """Return a crude stem, lower case: endings off, at most six letters; enough to match "launchers" with "launcher"."""
    lowered = word.lower().split("'")[0].split("’")[0]
    for ending in ("ing", "ies", "ed", "es", "s"):
        if lowered.endswith(ending) and len(lowered) - len(ending) >= 3:
            lowered = lowered[: -len(ending)]
            break
    return lowered[:6]


_FAMILY_OF = {stem(word): f"<{name}>" for name, words in _FAMILIES.items() for word in words.split()}


def context_of(text: str, char_start: int, char_end: int) -> dict[str, float]:
    """Return the content words near text[char_start:char_end], the mention's own included, with weights from 1 (next to it) down to 0.2."""
    weights: dict[str, float] = {}

    def add(words: list[str]) -> None:
        for distance, word in enumerate(words[:_REACH]):
            if word.lower() not in STOP_WORDS and len(word) > 2:
                key = stem(word)
                key = _FAMILY_OF.get(key, key)
                weights[key] = max(weights.get(key, 0.0), 1.0 - 0.1 * distance)

    add(_WORD.findall(text[max(0, char_start - 90) : char_start])[::-1])
    add(_WORD.findall(text[char_end : char_end + 90]))
    add(_WORD.findall(text[char_start:char_end])[:1])
    return weights


def context_similarity(a: dict[str, float], b: dict[str, float]) -> float:
    """Return how far two contexts share their weight, 0 to 1: the shared weight over the smaller of the two sums."""
    if not a or not b:
        return 0.0
    shared = sum(min(a[w], b[w]) for w in a.keys() & b.keys())
    return shared / min(sum(a.values()), sum(b.values()))


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Mention `earlier` of the one claim answers mention `later` of the other; `score` as the caller's scale has it."""

    earlier: int
    later: int
    score: float


def align(earlier: Sequence[T], later: Sequence[T], score: Callable[[T, T], float | None], floor: float) -> list[Alignment]:
    """Pair mentions one to one, the best pair first, down to `floor`; a score of None forbids a pair. Ties go to the text's order."""
    scored = [Alignment(i, j, s) for i, a in enumerate(earlier) for j, b in enumerate(later) if (s := score(a, b)) is not None and s >= floor]
    scored.sort(key=lambda p: (-p.score, p.earlier, p.later))
    used_earlier: set[int] = set()
    used_later: set[int] = set()
    pairs = []
    for pair in scored:
        if pair.earlier not in used_earlier and pair.later not in used_later:
            pairs.append(pair)
            used_earlier.add(pair.earlier)
            used_later.add(pair.later)
    return pairs
