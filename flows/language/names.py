"""Who and what: does one claim have another actor, object or group than the other in the same place of the sentence?

Read in this order, the surest first: words that can't both be true of one noun ("the left engine", "the starboard engine"); a list that grew or shrank ("X",
"either X or Y"); a group that became its whole ("some passengers", "all passengers"); a name and the plural of what it is ("Calder, a private bank", "private
banks"); and two names in one slot. A name that only one claim has is added detail. Nouns that stand for a name ("the group") change nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.aliases import name_key, same_entity
from flows.language.alignment import Word, content_words, overlap, shared_content, words
from flows.language.groups import compare_groups
from flows.language.name_reader import read_names
from flows.language.peoples import names_a_people
from flows.records import Claim, NameMention, Observation

__all__ = ["compare_entities", "read_names"]

# Modifiers of one noun that exclude each other; what stands in one set is the same thing.
_CONTRASTS: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(side.split()) for side in line.split("/"))
    for line in (
        "left port port-side left-hand / right starboard right-hand",
        "front forward fore / rear back aft",
        "upper / lower",
        "male / female",
        "short-range / medium-range / intermediate-range / long-range",
        "state-owned public government state / private privately-owned",
        "domestic / foreign",
        "military / civilian",
        "passenger / cargo freight",
        "primary / secondary",
        "junior / senior",
        "ruling governing / opposition",
        "nuclear / conventional",
        "winter / summer",
    )
)
_ALL = re.compile(r"\b(?:all|every|each|everyone|everybody|the whole|the entire)\b(?: of)?(?: the| its| his| her| their)?\s+", re.IGNORECASE)
_SOME = re.compile(
    r"\b(?:some(?! (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|half|thousand|hundred))|several|a few|certain|a number of"
    r"|a handful of|selected)\b(?: of)?(?: the| its| his| her| their)?\s+",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"\s*,?\s*(?:and|or|as well as|and also|or else|along with|together with)\s+(?:the |its |their |also |to |for |with |by |from )?(?:\w+ly )?", re.IGNORECASE
)
_OTHERS = re.compile(
    r"^(?:'s|’s)?,?\s*(?:and|or|as well as|along with|among|plus)\s+"
    r"(?:(?:(?:at least )?(?:one|two|three|four|five|six|several|some|many|various|the|its|their|all|any)\s+)?(?:other|another|allied"
    r"|affiliated|further)\b(?:\s+[a-z-]+){0,2}|others|elsewhere|(?:one|two|three|four|five|six|several)\s+(?:of its |of their )?(?:\w+ )?\w+s\b)",
    re.IGNORECASE,
)
_MIN_OVERLAP = 0.35
_MIN_SHARED = 3


@dataclass(frozen=True, slots=True)
class _Slot:
    """What stands around a name: the content word before it with the small words between, and the content word after it."""

    before: str
    link: str
    after: str


def compare_entities(earlier: Claim, later: Claim) -> Observation:
    """Say whether an actor, recipient, object or group changed between the claims. Texts are the two names or phrases."""
    shared = shared_content(earlier.text, later.text)
    share = overlap(earlier.text, later.text)
    seen = _contrast(earlier, later, shared)
    if seen is None and len(shared) >= _MIN_SHARED and share >= _MIN_OVERLAP:
        seen = _list_changed(earlier, later, share) or _whole_and_part(earlier, later, shared) or _kind_of(earlier, later) or compare_groups(earlier, later)
    if seen is None and len(shared) >= 2 and share >= 0.2:
        seen = _replaced(earlier, later, share)
    if seen:
        return seen
    names_a, names_b = _names(earlier), _names(later)
    if names_a and names_b and all(_has(later, m) for m in names_a) and all(_has(earlier, m) for m in names_b):
        return Observation("entity", "same", weight=0.85, note="the same names")
    return Observation("entity", "absent")


def _names(claim: Claim) -> list[NameMention]:
    """Return the names of a claim that may be actors or objects: not those who say it, no adjectives of peoples, no places after "in" or "at"."""
    said_by = claim.text.find(claim.attribution) if claim.attribution else -1
    kept = []
    for m in claim.names:
        if claim.attribution and said_by <= m.char_start < said_by + len(claim.attribution) and said_by >= 0:
            continue
        if m.role == "unknown" and names_a_people(claim.text, m.char_start, m.char_end):
            continue
        if m.role == "place" and _AFTER_PLACE_WORD.search(claim.text[: m.char_start]):
            continue
        if m.role == "place" and m.char_start == 0 and re.match(r"[^a-z]*[—–-]\s|,\s", claim.text[m.char_end :]):
            continue  # a dateline
        if len(m.text) < 2 or claim.text[: m.char_start].endswith("("):
            continue  # an initial, an agency in a dateline
        if re.match(r"\s*\d", claim.text[m.char_end :]) and len(m.text) <= 4:
            continue  # a currency or a unit
        if m.role == "unknown" and _AFTER_LOCATION.search(claim.text[: m.char_start]):
            continue
        kept.append(m)
    return kept


# A name of unknown role is left to the places where it follows a word of place, or of going somewhere.
_AFTER_LOCATION = re.compile(
    r"\b(?:in|at|near|off|outside|inside|around|across|throughout|towards?|(?:fle\w+|went|go\w*|mov\w+|fl[eyi]\w+|sail\w*|travel\w*"
    r"|driv\w+|drove|taken|head\w*|return\w*|walk\w*|way)\s+(?:back\s+)?(?:to|from|for))\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AFTER_PLACE_WORD = re.compile(
    r"\b(?:in|at|near|from|to|of|outside|inside|around|across|off|over|towards?|into|through|for|on)\s+(?:the\s+)?(?:[\w-]+\s+of\s+)?$", re.IGNORECASE
)


def _has(claim: Claim, mention: NameMention) -> bool:
    """Whether a claim, or the sentence before it, names the entity in any role."""
    if any(same_entity(mention.text, m.text) for m in claim.names):
        return True
    whole = " ".join(name_key(claim.text + " " + claim.context))
    parts = [part for part in name_key(mention.text) if len(part) > 2]
    return bool(parts) and all(re.search(rf"\b{re.escape(part)}", whole) for part in parts)


def _observed(direction: str, from_text: str, to_text: str, weight: float, note: str) -> Observation:
    if direction == "narrowed":
        from_text, to_text = to_text, from_text
    return Observation("entity", "changed", direction, from_text, to_text, weight, note)


def _modified(text: str) -> list[tuple[str, str, int, int]]:
    """Return (modifier, stem of the noun it stands before, start, end) for every word of the contrast sets."""
    listed = {m for group in _CONTRASTS for side in group for m in side}
    found = []
    for m in re.finditer(r"\b[a-zA-Z]+(?:-[a-z]+)?\b", text):
        word = m.group().lower()
        if word not in listed:
            continue
        noun = next(iter(words(text[m.end() : m.end() + 40])), None)
        if noun and text[m.end() : m.end() + noun[1]] == " ":
            found.append((word, noun[0], m.start(), m.end() + noun[2]))
    return found


def _contrast(earlier: Claim, later: Claim, shared: set[str]) -> Observation | None:
    """ "the left engine" against "the starboard engine"."""
    if len(shared) < 2:
        return None
    modified_a, modified_b = _modified(earlier.text), _modified(later.text)
    for word_a, noun_a, start_a, end_a in modified_a:
        for word_b, noun_b, start_b, end_b in modified_b:
            for group in _CONTRASTS:
                side_a, side_b = ({i for i, side in enumerate(group) if w in side} for w in (word_a, word_b))
                both_said = {w for w, *_ in modified_a} & {w for w, *_ in modified_b}
                if noun_a == noun_b and side_a and side_b and not side_a & side_b and not both_said:
                    return _observed("replaced", earlier.text[start_a:end_a], later.text[start_b:end_b], 0.7, f"exclude each other: {word_a}, {word_b}")
    return None


def _list_changed(earlier: Claim, later: Claim, share: float) -> Observation | None:
    """ "X" against "X or Y", "X and two subsidiaries", "X and others"."""
    names_a, names_b = _names(earlier), _names(later)
    for claim, names, other, others, direction in ((later, names_b, earlier, names_a, "broadened"), (earlier, names_a, later, names_b, "narrowed")):
        gone = any(not _has(claim, m) for m in others)
        for x in names:
            same = next((m for m in others if same_entity(x.text, m.text)), None)
            if same is None or _is_listed(other.text, same) or _is_owner(other.text, same) or _is_owner(claim.text, x):
                continue
            tail = _OTHERS.match(claim.text[x.char_end :])
            y = next((n for n in names if n is not x and not _has(other, n) and _joined(claim.text, x, n)), None)
            if y is None and tail is None:
                continue
            # Where somebody is gone as well, or the claims share less, the name must at least stand in the same place.
            if (gone or share < 0.5) and not _same_place_in_clause(claim.text, x, other.text, same):
                continue
            if y is None and tail is not None:
                whole = claim.text[x.char_start : x.char_end + tail.end()].rstrip()
                return _observed(direction, other.text[same.char_start : same.char_end], whole, 0.7, f"and others: {x.text}")
            if y is not None:
                start = min(x.char_start, y.char_start)
                either = re.search(r"\b(?:either|both) (?:the )?$", claim.text[:start], re.IGNORECASE)
                whole = claim.text[either.start() if either else start : max(x.char_end, y.char_end)]
                return _observed(direction, other.text[same.char_start : same.char_end], whole, 0.7, f"listed: {y.text} besides {x.text}")
    return None


def _same_place_in_clause(text_a: str, a: NameMention, text_b: str, b: NameMention) -> bool:
    """Whether two names follow the same preposition and one verb or noun ("to provide … to X"), or stand next to the same word.

    "Give X a thing" and "give a thing to X" are one.
    """
    slots = _slot(text_a, a), _slot(text_b, b)
    near = [{w[0] for w in content_words(text[: m.char_start])[-6:]} for text, m in ((text_a, a), (text_b, b))]
    links = [([w for w in s.link.split() if w not in ("either", "both", "other")] or [""])[-1] for s in slots]
    links = ["" if link == "to" else link for link in links]
    if slots[0].after and slots[0].after == slots[1].after:
        return True
    return links[0] == links[1] and bool(near[0] & near[1])


def _joined(text: str, x: NameMention, y: NameMention) -> bool:
    first, second = sorted((x, y), key=lambda m: m.char_start)
    return _JOIN.fullmatch(text[first.char_end : second.char_start]) is not None


def _is_listed(text: str, m: NameMention) -> bool:
    """Whether a name is already part of a list in its own claim."""
    return bool(
        re.match(r"\s*,?\s*(?:and|or|as well as|along with|together with|among|including)\b", text[m.char_end :])
        or re.search(r"\b(?:and|or|as well as)\s+(?:the\s+)?$", text[: m.char_start])
    )


def _whole_and_part(earlier: Claim, later: Claim, shared: set[str]) -> Observation | None:
    """ "some passengers" against "all passengers"."""
    for claim, other, direction in ((later, earlier, "broadened"), (earlier, later, "narrowed")):
        if _SOME.search(claim.text) or _ALL.search(other.text):
            continue
        for whole in _ALL.finditer(claim.text):
            noun = next(iter(words(claim.text[whole.end() :])), None)
            for part in _SOME.finditer(other.text):
                same = next(iter(words(other.text[part.end() :])), None)
                if noun and same and noun[0] == same[0] and noun[0] in shared and noun[1] == same[1] == 0:
                    return _observed(
                        direction,
                        other.text[part.start() : part.end() + same[2]],
                        claim.text[whole.start() : whole.end() + noun[2]],
                        0.5,
                        f"all and some: {noun[0]}",
                    )
    return None


def _kind_of(earlier: Claim, later: Claim) -> Observation | None:
    """ "Calder, a private bank, …" or "the bank Calder" against "several banks", where the other claim does not name it."""
    for claim, other, direction in ((earlier, later, "broadened"), (later, earlier, "narrowed")):
        plurals = _plurals(other.text)
        for m in _names(claim):
            if _has(other, m) or any(not _has(claim, n) for n in _names(other)):
                continue
            for noun, start, end in _described(claim.text, m):
                hit = next((p for p in plurals if p[0] == noun), None)
                if hit:
                    named = claim.text[min(start, m.char_start) : max(end, m.char_end)]
                    return _observed(direction, named, other.text[hit[1] : hit[2]], 0.6, f"one and its kind: {m.text}")
    return None


def _described(text: str, m: NameMention) -> list[tuple[str, int, int]]:
    """Return the common nouns that say what a name is, as (stem, start, end): after it as an apposition, right before it, or its own last word."""
    found: list[Word] = []
    apposition = re.match(r",\s+(?:a|an|the|another)\s+((?:[a-z-]+\s+){0,3}[a-z-]+)", text[m.char_end :])
    if apposition:
        head = re.split(r"\b(?:of|in|at|for|from|with|who|which|that|to|on|by|and)\b", apposition.group())[0]
        inner = [w for w in content_words(head) if head[w[1] : w[2]].islower()][-1:]
        found += [(w[0], m.char_end + w[1], m.char_end + w[2]) for w in inner]
    before = re.search(r"\b(?:the|a|an)\s+((?:[a-z-]+\s+){1,3})$", text[: m.char_start])
    if before:
        last = [w for w in content_words(before.group(1))[-1:] if w[2] == len(before.group(1).rstrip())]
        found += [(w[0], before.start(), before.start(1) + w[2]) for w in last]
    return found


def _plurals(text: str) -> list[tuple[str, int, int]]:
    """Return plural nouns without "the" before them, as (stem, start of phrase, end): "several construction companies", "Private equity firms"."""
    found = []
    for word, start, end in content_words(text):
        surface = text[start:end]
        if not surface.endswith("s") or surface.endswith(("ss", "us", "is")) or text[end : end + 1] in ("'", "’") or len(surface) < 4:
            continue
        phrase = re.search(r"(?:\b(?:several|various|many|some|other|different|numerous|two|three|four|five)\s+)?(?:\b[a-z-]+\s+){0,2}$", text[:start])
        lead = text[: phrase.start()] if phrase else text[:start]
        quantified = re.search(r"\b(?:several|various|many|some|other|different|numerous|two|three|four|five)\s+(?:[a-z-]+\s+){0,2}$", text[:start])
        if quantified:
            found.append((word, quantified.start(), end))
        elif re.fullmatch(r"(?:[A-Z][a-z-]*\s+)?(?:[a-z-]+\s+)?", text[:start]) and not lead.strip():
            found.append((word, 0, end))
    return found


def _replaced(earlier: Claim, later: Claim, share: float) -> Observation | None:
    """One name that only this claim has against one that only the other has, in one slot and of roles that fit."""
    only_a = _distinct([m for m in _names(earlier) if not _has(later, m)])
    only_b = _distinct([m for m in _names(later) if not _has(earlier, m)])
    if len(only_a) != 1 or len(only_b) != 1:
        return None
    x, y = only_a[0], only_b[0]
    if "unknown" not in (x.role, y.role) and x.role != y.role:
        return None
    if _speaks(earlier.text, x) or _speaks(later.text, y):
        return None
    slot_a, slot_b = _slot(earlier.text, x), _slot(later.text, y)
    if _is_owner(earlier.text, x) or _is_owner(later.text, y):
        return None
    if len(name_key(x.text)) > 1 and len(name_key(y.text)) > 1 and share >= 0.2:
        # Two people or bodies with their full names are seldom bystanders: right in 41 of 41 tellings of one fact.
        return _observed("replaced", x.text, y.text, 0.85 if share >= 0.3 else 0.7, f"full names that differ: {x.text} is not {y.text}")
    fits = {
        "same word before": slot_a.before == slot_b.before != "" and slot_a.link == slot_b.link and (slot_a.link != "of" or x.role == y.role != "unknown"),
        "same word after": slot_a.after == slot_b.after != "",
        "both open the claim": not slot_a.before and not slot_b.before,
        "both after by": slot_a.link.split()[-1:] == slot_b.link.split()[-1:] == ["by"],
    }
    fit = next((name for name, holds in fits.items() if holds), None)
    if fit is None or share < 0.25 or (fit == "both open the claim" and share < 0.5):
        return None
    return _observed("replaced", x.text, y.text, 0.75 if fit == "same word before" else 0.65, f"{fit}: {x.text} is not {y.text}")


def _speaks(text: str, m: NameMention) -> bool:
    """Whether a name is that of who says so: near a verb of saying, or after "according to"."""
    return bool(_SAYING_AFTER.match(text[m.char_end :]) or _SAYING_BEFORE.search(text[: m.char_start]))


_SAYS = (
    r"(?:sa(?:id|ys?)|t(?:old|ells?)|announc\w+|warn\w+|report\w*|stat(?:ed|es)|claim\w*|insist\w*|argu\w+|estimat\w+|reckon\w*|put"
    r"|add(?:ed|s)|confirm\w*|den(?:y|ied|ies)|wrote|writes)"
)
_SAYING_AFTER = re.compile(r"(?:,[^,]{2,60},)?(?:['’]s)?\s+(?:\w+\s+){0,3}" + _SAYS + r"\b", re.IGNORECASE)
_SAYING_BEFORE = re.compile(r"\b(?:according to|" + _SAYS + r"|view of|analysts at)\s+(?:[^,.;]{0,40}\s)?$", re.IGNORECASE)


def _is_owner(text: str, m: NameMention) -> bool:
    """ "Velmora's mayor", "the Leeds geologist": the name says whose or which, and is not the actor."""
    return bool(re.match(r"['’]s?\s|-[a-z]", text[m.char_end :])) or bool(
        re.match(r"\s+[a-z]{4,}", text[m.char_end :])
        and re.search(r"\b(?:the|a|an)\s+$", text[: m.char_start], re.IGNORECASE)
        and not _VERB_AFTER.match(text[m.char_end :])
    )


_VERB_AFTER = re.compile(
    r"\s+(?:\w+ed|\w+ing|\w+ly|will|would|could|have|were|from|with|when|which|that|after|before|into|over|under|said|says|because|since|until|without)\b"
)


def _distinct(mentions: list[NameMention]) -> list[NameMention]:
    kept: list[NameMention] = []
    for m in mentions:
        if not any(same_entity(m.text, k.text) for k in kept):
            kept.append(m)
    return kept


def _slot(text: str, m: NameMention) -> _Slot:
    before = content_words(text[: m.char_start])[-1:]
    link = text[before[0][2] : m.char_start] if before else text[: m.char_start]
    after = next((w for w in content_words(text[m.char_end :]) if w[1] < 25), None)
    link = " ".join(w for w in re.findall(r"[a-z]+", link.lower()) if w not in ("the", "a", "an", "its", "their", "s"))
    return _Slot(before[0][0] if before else "", link, after[0] if after else "")
