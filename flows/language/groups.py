"""Groups named by common nouns: did "soldiers" become "policemen", "children" become "people"?

A lexicon of 28 kinds of people and bodies that newspapers count and quote, 98 words. Two claims are compared where each has one kind that the other lacks, in
one slot: after one number, before one word, or after "by". Kinds that overlap in life (patients and children) are not told apart by a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.alignment import content_words, overlap, shared_content
from flows.records import Claim, Observation

_KINDS = """
police policeman policemen policewoman officers constable detectives
army soldier troops infantry sappers battalion regiment military
navy marine sailors frigate
coastguard lifeboat
firefighter fireman firemen
court judge tribunal magistrate jury
parliament lawmaker deputy legislator senator congress
government cabinet minister ministry
prosecutor prosecution
child children boy girl pupil schoolchildren toddler youngster infant baby
woman women
passenger traveller commuter
patient
prisoner detainee inmate convict
migrant refugee
journalist reporter
worker employee staff workforce labourer
farmer
doctor nurse medic physician
driver motorist
tourist holidaymaker
rebel militant insurgent gunman gunmen fighter guerrilla
civilian
shareholder investor
customer depositor saver
household family homes
company firm
bank
"""
PEOPLE = -1  # the kind of people in general
_BODIES = frozenset("households homes families companies firms banks courts parliaments congresses governments cabinets ministries tribunals".split())
# What is counted instead of people, and people whose noun has none of the endings below.
_STAND_FOR_PEOPLE = frozenset(
    """deaths souls lives bodies casualties fatalities cases victims heads names posts jobs places seats votes dead injured wounded missing homeless crew mob
    others relatives sons daughters kids teens twins siblings brothers sisters mothers fathers parents husbands wives youths friends neighbours fans nuns monks
    guests witnesses hostages heroes comrades""".split()
)
_OF_PEOPLE = re.compile(r"(?:[aeo]nt|[eo]r|ee|ist|ian|ean|m[ae]n|folk|mate|naire|girl|boy|child|children|ite|ive|ual|al|ard|ese)s?$")
_PEOPLE = frozenset("people person individual inhabitant resident citizen".split())
KIND_OF: dict[str, int] = {w: i for i, line in enumerate(_KINDS.strip().splitlines()) for w in line.split()}
_MEMBERS = frozenset({i for i, line in enumerate(_KINDS.strip().splitlines()) if line.split()[0] in (
    "child", "woman", "prisoner", "migrant", "journalist", "worker", "farmer", "doctor", "driver", "civilian", "police", "army", "firefighter"
)})  # fmt: skip
_UNCOUNTED = frozenset(
    "police army navy troops infantry military parliament congress senate staff workforce children women men people marine coastguard".split()
)
_COUNTABLE = frozenset(w for w in KIND_OF if not w.endswith(("s", "men"))) - _UNCOUNTED
_DETERMINED = re.compile(r"\b(?:a|an|the|one|its|their|his|her|this|that|every|each|no|by)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|dozens|hundreds|thousands)"
    r"(?: of)?(?: (?:the|its|more|other|dead|young|elderly|local))?\s+(?:[a-z-]+\s+)?$",
    re.IGNORECASE,
)
_WORD_VALUES = {
    w: str(i)
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
}


@dataclass(frozen=True, slots=True)
class _Group:
    kind: int  # PEOPLE for people in general
    char_start: int
    char_end: int
    number: str  # "13" where it is counted
    after: str  # stem of the content word after it
    agent: bool  # follows "by"


def kind_of(surface: str) -> int | None:
    """Return the kind a word names, PEOPLE for people in general, None for other words. By its form, not its stem: "reported" is no reporter."""
    low = surface.lower()
    singular = next((w for w in (low, low.removesuffix("s"), low.removesuffix("es"), re.sub("ies$", "y", low)) if w in KIND_OF or w in _PEOPLE), None)
    return None if singular is None else PEOPLE if singular in _PEOPLE else KIND_OF[singular]


def counts_people(noun: str) -> bool | None:
    """Return whether what a number counts are people, by its noun: False for things ("paintings"), None where the noun may stand for people ("cases")."""
    low = noun.lower()
    if kind_of(noun) is not None or low == "men":
        return None if {low, low + "s"} & _BODIES else True
    return None if {low, low + "s"} & _STAND_FOR_PEOPLE or _OF_PEOPLE.search(low) else False


def _groups(claim: Claim) -> list[_Group]:
    found = []
    all_words = content_words(claim.text)
    said_by = claim.text.find(claim.attribution) if claim.attribution else -1
    for i, (_, start, end) in enumerate(all_words):
        surface = claim.text[start:end]
        kind = kind_of(surface)
        if kind is not None and surface.lower() in _COUNTABLE and not _DETERMINED.search(claim.text[:start]):
            continue  # "they judge", "farmer Ilse Brand"
        if kind is not None and kind == PEOPLE and re.match(r"\s+(?:who|that)\b", claim.text[end:]):
            continue  # "people who had fled" are as special as "refugees"
        if kind is None or (claim.attribution and 0 <= said_by <= start < said_by + len(claim.attribution)):
            continue
        # A modifier or an owner is not the group: "police station", "the army's plan"; nor is part of a name.
        if (re.match(r"['’]s?\s|\s[a-z]+(?<!ed)(?<!ing)\b(?<!\bwere)(?<!\bwas)", claim.text[end:]) and _is_noun_after(claim.text, end)) or (
            surface[0].isupper() and start > 0
        ):
            continue
        number = _NUMBER.search(claim.text[:start])
        value = number.group(1).lower().replace(",", "") if number else ""
        after = all_words[i + 1][0] if i + 1 < len(all_words) else ""
        agent = re.search(r"\bby\s+(?:(?:the|a|an|its|their|some|two|several|local)\s+)*$", claim.text[:start]) is not None
        found.append(_Group(kind, start, end, _WORD_VALUES.get(value, value), after, agent))
    return found


_AFTER_GROUP = re.compile(
    r"\s(?:in|on|at|of|from|to|by|for|with|and|or|who|that|which|was|were|is|are|has|have|had|will|would|could|may|might|did|do|does"
    r"|said|say|says|as|after|before|when|while|since|than|aged|inside|outside"
    r"|near|under|over|into|without|not|also|again|out|off|up|down|\w+ed|\w+ing|\w+ly|died|took|left|made|found|went|came|held|put|ran"
    r"|shot|met|gave|told|lost|won|got)\b"
)


def _is_noun_after(text: str, end: int) -> bool:
    return _AFTER_GROUP.match(text[end:]) is None


def compare_groups(earlier: Claim, later: Claim) -> Observation | None:
    """Return a changed entity where a group named by a common noun is another one, or has become "people"; None otherwise."""
    if len(shared_content(earlier.text, later.text)) < 3 or overlap(earlier.text, later.text) < 0.4:
        return None
    groups_a, groups_b = _groups(earlier), _groups(later)
    kinds_a, kinds_b = ({kind_of(c.text[w[1] : w[2]]) for w in content_words(c.text)} for c in (earlier, later))
    only_a = [g for g in groups_a if g.kind not in kinds_b]
    only_b = [g for g in groups_b if g.kind not in kinds_a]
    for x in only_a:
        for y in only_b:
            if x.kind == y.kind:
                continue
            slot = _same_slot(x, y)
            if slot is None:
                continue
            texts = earlier.text[x.char_start : x.char_end], later.text[y.char_start : y.char_end]
            if PEOPLE in (x.kind, y.kind):
                member = y.kind if x.kind == PEOPLE else x.kind
                if slot != "counted" or member not in _MEMBERS:
                    continue
                return Observation(
                    "entity", "changed", "broadened" if y.kind == PEOPLE else "narrowed", *texts, 0.6, f"group and people: {texts[0]}, {texts[1]}"
                )
            if slot == "counted":
                continue  # seven patients may be seven children
            return Observation("entity", "changed", "replaced", *texts, 0.6, f"group {slot}: {texts[0]} are not {texts[1]}")
    return None


def _same_slot(x: _Group, y: _Group) -> str | None:
    if x.number and x.number == y.number:
        return "counted"
    if x.agent and y.agent:
        return "agent"
    if x.after and x.after == y.after:
        return "before a word"
    return None
