"""Where: does one claim put the matter somewhere else than the other?

Three things are read: a relation to one landmark ("north of the town", "outside the zone") against its opposite; the one place name that only this claim has
against the one that only the other has, after prepositions of one kind; and a named place against words for a wider area ("across the region"). A place that
only one claim mentions is added detail, and a claim that has both names ("in the port of X, in Y") leaves nothing open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.aliases import name_key, same_entity, same_place
from flows.language.alignment import content_words, overlap
from flows.language.peoples import names_a_people
from flows.records import Claim, NameMention, Observation

# Prepositions by what they say: two places are compared only within a kind.
_KINDS = {
    "in": "at", "at": "at", "near": "near", "outside": "outside", "inside": "at", "within": "at", "on": "at", "around": "near", "off": "near",
    "to": "to", "into": "to", "towards": "to", "toward": "to", "for": "to", "reach": "to", "from": "from", "over": "over", "through": "over", "via": "over",
    "across": "wide", "throughout": "wide", "above": "over", "north": "near", "south": "near", "east": "near", "west": "near", "of": "at",
}  # fmt: skip
_PLACE_NOUN = r"(?:city|town|village|port|province|region|district|county|capital|island|suburb|neighbou?rhood|valley|state|resort|city centre|harbou?r)"
_BEFORE = re.compile(
    r"\b("
    + "|".join(_KINDS)
    + r")\s+(?:(?:the|a|an|its|their|his|her|neighbou?ring|nearby|central|greater|downtown|rural|eastern|western|northern|southern)\s+)*"
    r"(?:(?:\w+[\s-]){0,2}" + _PLACE_NOUN + r"\s+of\s+)?$",
    re.IGNORECASE,
)
_INNER, _OUTER = frozenset(["inside", "within"]), frozenset(["outside", "beyond"])
_RELATION = re.compile(
    r"\b(?:(?:to|in|on) the )?(inside|outside|within|beyond|(?:north|south)[- ]?(?:east|west)|north|south|east|west)(?:ern)?"
    r"(?: of| from)?\s+(?:(?:the|a|an|its|their|limits|borders|boundaries|edge|confines|of|city|town|village|port|capital)\s+){0,5}",
    re.IGNORECASE,
)
_AREA = r"(?:region|country|nation|city|province|state|states|coast|territory|continent|county|district|capital|islands?|republic|area)"
_SPOTS = (
    r"(?:places|locations|sites|spots|towns|cities|villages|ports|regions|areas|districts|provinces|countries|states|suburbs|hotels|hospitals|schools|buildings"
    r"|homes|streets)"
)
_WIDE = re.compile(
    rf"\b(?:nationwide|country-?wide|(?:across|throughout|all over) (?:the |a |an |much of |most of |all of |several "
    rf"|parts of )*(?:whole |entire )?(?:\w+ ){{0,2}}{_AREA}\b"
    rf"|somewhere (?:in|on|near|along|off|between) [^,.;:]{{1,35}}|(?:in|at|to|from|through|around) (?:various|several|many|different"
    rf"|numerous|a number of) (?:\w+ ){{0,2}}{_SPOTS}\b"
    rf"|(?:\w+ )?along the (?:\w+ ){{0,3}}(?:coast|border|river|frontier|front)\b)",
    re.IGNORECASE,
)
# "Shareholders in X", "confidence in X": X is no place.
_NO_PLACE_BEFORE = frozenset(
    """share sharehold stake investor invest confid trust interest believ belief involv role faith specialis major polic ministri author
    offici govern prosecutor expert""".split()
)
_MIN_OVERLAP = 0.3
_MIN_SHARED = 3


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    kind: str
    char_start: int  # of the phrase, its preposition included
    char_end: int
    governor: str  # stem of the content word before it


def _places(claim: Claim) -> list[_Place]:
    """Return the names of a claim that stand where places stand, outside the words that say who says so."""
    quiet = _attribution_span(claim)
    found = []
    for m in claim.names:
        before = _BEFORE.search(claim.text[: m.char_start])
        if before is None or (quiet and quiet[0] <= m.char_start < quiet[1]) or m.role == "person" or (m.role == "organisation") or _is_modifier(claim.text, m):
            continue
        kind = _KINDS[before.group(1).lower()]
        # "of X" is a place's only after a place noun, a compass point or the like, and "for X", "to X" only where X is known as a place.
        known = m.role == "place"
        if before.group(1).lower() in ("of", "for", "to", "on", "over", "through") and not known:
            continue
        if not known and names_a_people(claim.text, m.char_start, m.char_end):
            continue
        governor = [w[0] for w in content_words(claim.text[: before.start()])][-1:]
        if governor and governor[0] in _NO_PLACE_BEFORE:
            continue
        found.append(_Place(m.text, kind, before.start(), m.char_end, governor[0] if governor else ""))
    return found


def _attribution_span(claim: Claim) -> tuple[int, int] | None:
    if not claim.attribution:
        return None
    at = claim.text.find(claim.attribution)
    return (at, at + len(claim.attribution)) if at >= 0 else None


def _is_modifier(text: str, m: NameMention) -> bool:
    """ "in Russia's parliament", "at the Ardel hospital": the name belongs to the noun after it."""
    return bool(
        re.match(
            r"['’]s?\s|\s+(?!and\b|or\b|on\b|in\b|at\b|after\b|before\b|when\b|where\b|while\b|as\b|by\b|for\b|from\b|to\b|with\b|since\b"
            r"|that\b|who\b)[a-z]{3,}",
            text[m.char_end :],
        )
    ) and not re.match(
        r"\s+(?:was|were|is|are|has|have|had|will|would|could|may|said|says|early|late|last|this|next|during|without|until|because|but"
        r"|airport|harbou?r|city|town|port|province|region)\b",
        text[m.char_end :],
    )


def compare_places(earlier: Claim, later: Claim) -> Observation:
    """Say whether the claims put one matter in different places. Texts are the place phrases."""
    share = overlap(earlier.text, later.text)
    seen = _relation(earlier, later, share)
    if seen:
        return seen
    places_a, places_b = _places(earlier), _places(later)
    only_a = [p for p in places_a if not _mentions(later, p.name)]
    only_b = [p for p in places_b if not _mentions(earlier, p.name)]
    n_shared = len({w[0] for w in content_words(earlier.text)} & {w[0] for w in content_words(later.text)})
    if n_shared >= _MIN_SHARED and share >= _MIN_OVERLAP:
        listed = _listed(earlier, later, places_a, places_b, only_a, only_b)
        wide = _widened(earlier, later, only_a, only_b)
        if listed or wide:
            return listed or wide or Observation("place", "absent")
    if len(only_a) == 1 and len(only_b) == 1 and only_a[0].kind == only_b[0].kind and n_shared >= 2:
        x, y = only_a[0], only_b[0]
        same_governor = x.governor == y.governor and x.governor != ""
        if share >= 0.4 or (same_governor and share >= 0.25):
            note = f"{'same governor' if same_governor else 'same preposition'}: {x.name} is not {y.name}"
            texts = earlier.text[x.char_start : x.char_end], later.text[y.char_start : y.char_end]
            return Observation("place", "changed", "replaced", *texts, 0.7, note)
    both = [(x, y) for x in places_a for y in places_b if same_place(x.name, y.name)]
    if both and not only_a and not only_b:
        return Observation("place", "same", weight=0.9, note=f"both say {both[0][0].name}")
    return Observation("place", "absent")


def _mentions(claim: Claim, name: str) -> bool:
    """Whether a claim, or the sentence before it, has the name in any role, or its people."""
    if any(same_place(name, m.text) or same_entity(name, m.text) for m in claim.names):
        return True
    return " ".join(name_key(name)) in " ".join(name_key(claim.text + " " + claim.context))


def _relations(text: str) -> list[tuple[str, frozenset[str], int, int]]:
    """Return (relation, stems of its landmark, start, end) for "north of Halvek", "outside the economic zone", "the southern border"."""
    found = []
    for m in _RELATION.finditer(text):
        landmark = []
        end = m.end()
        for word, start, stop in content_words(text[m.end() : m.end() + 60]):
            if m.end() + start > end and text[end : m.end() + start] not in (" ", "'s ", "’s ", "s' ", "-"):
                break
            landmark.append(word)
            end = m.end() + stop
        if landmark:
            found.append((m.group(1).lower(), frozenset(landmark[:5]), m.start(), end))
    return found


def _exclude_each_other(a: str, b: str) -> bool:
    """ "north" and "south-east", "inside" and "beyond"; but not "north" and "north-west", where one is the other told more exactly."""
    points_a, points_b = (set(re.findall(r"north|south|east|west", x)) for x in (a, b))
    if points_a and points_b:
        return not (points_a <= points_b or points_b <= points_a)
    return (a in _INNER and b in _OUTER) or (a in _OUTER and b in _INNER)


def _relation(earlier: Claim, later: Claim, share: float) -> Observation | None:
    relations_a, relations_b = _relations(earlier.text), _relations(later.text)
    said_a, said_b = {r[0] for r in relations_a}, {r[0] for r in relations_b}
    for rel_a, marks_a, start_a, end_a in relations_a:
        for rel_b, marks_b, start_b, end_b in relations_b:
            if not _exclude_each_other(rel_a, rel_b) or rel_a in said_b or rel_b in said_a or share < 0.2:
                continue
            if marks_a & marks_b:
                texts = earlier.text[start_a:end_a].rstrip(), later.text[start_b:end_b].rstrip()
                return Observation("place", "changed", "replaced", *texts, 0.8, f"opposite relation: {rel_a} is not {rel_b}")
    return None


def _listed(earlier: Claim, later: Claim, places_a: list[_Place], places_b: list[_Place], only_a: list[_Place], only_b: list[_Place]) -> Observation | None:
    """ "in X" against "in X or Y", "in X and in Y"."""
    for places, _other, claim, direction in ((places_a, only_b, later, "broadened"), (places_b, only_a, earlier, "narrowed")):
        only = only_b if direction == "broadened" else only_a
        mine = places_b if direction == "broadened" else places_a
        for y in only:
            x = next((p for p in mine if p is not y and any(same_place(p.name, q.name) for q in places) and _joined(claim.text, p, y)), None)
            if x is None or (only_a and only_b):
                continue
            theirs = next(q for q in places if same_place(x.name, q.name))
            whole = claim.text[min(x.char_start, y.char_start) : max(x.char_end, y.char_end)]
            single = (earlier if direction == "broadened" else later).text[theirs.char_start : theirs.char_end]
            first, second = (single, whole) if direction == "broadened" else (whole, single)
            return Observation("place", "changed", direction, first, second, 0.6, f"listed: {y.name} as well as {x.name}")
    return None


def _joined(text: str, x: _Place, y: _Place) -> bool:
    first, second = sorted((x, y), key=lambda p: p.char_start)
    return re.fullmatch(r"\s*,?\s*(?:and|or|and also|or else|as well as)\s*(?:also\s*)?", text[first.char_end : second.char_start]) is not None


def _widened(earlier: Claim, later: Claim, only_a: list[_Place], only_b: list[_Place]) -> Observation | None:
    """A named place on one side, words for a wide area on the other, which names none of its own."""
    for only, others, claim, other, direction in ((only_a, only_b, earlier, later, "broadened"), (only_b, only_a, later, earlier, "narrowed")):
        wide = _WIDE.search(other.text)
        if len(only) != 1 or others or wide is None or _WIDE.search(claim.text):
            continue
        named = claim.text[only[0].char_start : only[0].char_end]
        first, second = (named, wide.group().rstrip()) if direction == "broadened" else (wide.group().rstrip(), named)
        return Observation("place", "changed", direction, first, second, 0.6, f"wider: {only[0].name}")
    return None
