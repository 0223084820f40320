"""Read the proper names of a sentence off its capitals.

No tagger: a name is a run of capitalised words, joined across particles ("Bashar al-Assad", "Ursula von der Leyen") and, after a word for a body, across
"of" ("the Ministry of Defence"). A capital at the start of a sentence says nothing by itself, so a word standing alone there is a name only where it also
stands capitalised inside the text or is unknown to `common_stems.json`: stems of 11,000 words that MultiNLI, LingNLI, WANLI and the articles of FNC-1 write in
lower case at least as often as not, away from sentence starts.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources

from flows.language.aliases import name_key, same_entity
from flows.language.alignment import FUNCTION_WORDS, stem
from flows.language.peoples import names_a_people
from flows.records import NameMention

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s[^\W\d_])|[^\W_]+(?:[-.'’&/](?=[^\W_])(?!['’]?s\b(?=\W|$))[^\W_]+)*|&")
_PARTICLES = frozenset("al el de del della di da das dos du la le van von der den ter bin ibn ben af av zu y e".split())
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
    mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sept sep oct nov dec am pm gmt utc est edt christmas easter ramadan""".split()
)

TITLES = frozenset(
    """president vice-president premier chancellor minister secretary governor mayor senator congressman congresswoman representative deputy ambassador envoy
    king queen prince princess emperor sheikh sheik emir sultan ayatollah imam pope cardinal bishop archbishop father rabbi reverend pastor
    general gen gen. lieutenant lt lt. colonel col col. major maj captain capt capt. commander admiral adm sergeant sgt sgt. brigadier marshal
    mr mr. mrs mrs. ms ms. miss dr dr. doctor professor prof prof. sir dame lord lady judge justice prosecutor attorney sheriff inspector detective
    chairman chairwoman chair director chief spokesman spokeswoman spokesperson leader head dictator prime foreign defence defense interior finance health
    former acting coach striker goalkeeper coach""".split()
)
"""Words before a person's name. They are no part of it, but show that it is a person's."""

_BODIES = frozenset(
    """ministry department office agency bureau commission committee council board court parliament congress senate house assembly government
    group inc corp corporation company ltd plc bank fund university college school institute hospital church party front movement union league
    association federation organisation organization foundation society army navy force forces brigade battalion police guard service services authority
    times post journal news herald tribune guardian gazette courier press agency airlines airways air motors systems industries holdings partners energy power
    network channel club chamber center centre united fc team security intelligence police administration trust""".split()
)
_PLACES = frozenset(
    """city town village island islands isle river lake sea bay gulf strait ocean mountain mount mountains valley province region district county state
    street road avenue square bridge airport harbour harbor port peninsula canal desert coast creek hills hill park north south east west point beach""".split()
)
_JOINED_BY_OF = _BODIES | _PLACES | frozenset("bank republic kingdom states bishop duke commonwealth battle treaty dome wall".split())
_PLACE_BEFORE = frozenset("in at near off from outside inside around across throughout towards toward northern southern eastern western central".split())
_NUMBER_WORDS = frozenset("one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundreds thousands dozens both".split())
_SAYING = frozenset("said says told tells added announced insisted argued wrote tweeted testified denied claimed claims warned warns recalled resigned".split())
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*\s*[\"'“‘(\[]*$|^\W*$|[“\"‘(\[—–]\s*$")


@lru_cache(maxsize=1)
def _common_stems() -> frozenset[str]:
    return frozenset(json.loads(resources.files("flows.language").joinpath("common_stems.json").read_text("utf-8")))


@lru_cache(maxsize=100_000)
def is_common(word: str) -> bool:
    """Say whether a word is an ordinary one, whose capital at the start of a sentence says nothing."""
    low = word.lower()
    if low in FUNCTION_WORDS or stem(low) in _common_stems():
        return True
    # "Rescuers", "vaccinators": a doer is as ordinary as the deed. "Astonishingly": as its adjective.
    bare = re.sub(r"(?:people|men|man|women|woman|ists?|ers?|ors?|ly|ness|ing|ed|s)$", "", low)
    if len(bare) >= 4 and len(bare) < len(low) and (stem(bare) in _common_stems() or stem(bare + "e") in _common_stems()):
        return True
    return "-" in low and all(is_common(p) for p in low.split("-") if p)


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at]
    return bool(_SENTENCE_END.search(before)) and not re.search(r"\b[A-Z]\.\s*$|\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Capt|Prof|St|No|Sen|Rep|Gov)\.\s*$", before)


def _is_capital(token: str) -> bool:
    return token[0].isupper() and token not in ("I", "I'm", "I’m", "I've", "I’ve", "I'd", "I’d", "I'll", "I’ll", "OK", "Mr", "TV", "GPS", "DNA", "CEO")


def read_names(text: str) -> list[NameMention]:
    """Return the proper names of a text, in order and disjoint. Titles, articles and possessives are left off; months and weekdays are no names.

    Adjectives of peoples ("Russian") are given with role "unknown": they are names for finding related claims, but no actors; see
    `peoples.names_a_people`.
    """
    tokens = list(_TOKEN.finditer(text))
    inside = {t.group().lower() for t in tokens if _is_capital(t.group()) and not _starts_sentence(text, t.start())}
    runs = [_without_edges(text, part, inside) for run in _runs(text, tokens) for part in _at_titles(run)]
    mentions = [_mention(text, run) for run in runs if run]
    return _share_roles(mentions)


def _runs(text: str, tokens: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Return the runs of capitalised words, particles and "of" joined in, unfinished ends taken off."""
    runs: list[list[re.Match[str]]] = []
    run: list[re.Match[str]] = []
    for i, token in enumerate(tokens):
        gap = text[tokens[i - 1].end() : token.start()] if i else ""
        word = token.group()
        touching = bool(run) and gap in (" ", "\xa0", " '", ' "', "-")
        if _is_capital(word):
            if not touching:
                runs.append(run)
                run = []
            run.append(token)
        elif touching and (word == "&" or word in _PARTICLES or (re.match(r"al-[A-Z]", word)) or (word in ("of", "for") and _may_hold_of(run))):
            run.append(token)
        elif touching and word == "the" and run[-1].group() in ("of", "for"):
            run.append(token)
        elif re.match(r"(?:al|el)-[A-Z]", word):
            runs.append(run)
            run = [token]
        else:
            runs.append(run)
            run = []
    runs.append(run)
    return [_finished(r) for r in runs if r]


def _at_titles(run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Part "Syrian President Bashar al-Assad" before its title, so that the person's name is found alone."""
    for i, token in enumerate(run[1:-1], start=1):
        if token.group().lower() in TITLES and run[i + 1].group().lower() not in _BODIES | {"of", "for"}:
            return [_finished(run[:i]), run[i:]]
    return [run]


def _may_hold_of(run: list[re.Match[str]]) -> bool:
    return run[-1].group().lower() in _JOINED_BY_OF


def _finished(run: list[re.Match[str]]) -> list[re.Match[str]]:
    while run and not _is_capital(run[-1].group()) and not re.match(r"(?:al|el)-[A-Z]", run[-1].group()):
        run = run[:-1]
    return run


def _without_edges(text: str, run: list[re.Match[str]], inside: set[str]) -> list[re.Match[str]]:
    """Take titles, calendar words and ordinary sentence openers off a run; [] where no name is left."""
    while run:
        first = run[0].group()
        low = first.lower()
        opens = _starts_sentence(text, run[0].start())
        if low in _CALENDAR and (len(run) == 1 or low not in ("may", "march", "april", "june", "august")):
            run = run[1:]
        elif re.match(r"(?:i|you|he|she|it|we|they|that|there|who|what|let|don|isn|didn|can|won)['’]", low):
            run = run[1:]
        elif low in TITLES and (len(run) > 1 or opens or low != "general"):
            run = run[1:]
        elif low in FUNCTION_WORDS | _NUMBER_WORDS and not (first.isupper() and len(first) > 1):
            run = run[1:]
        elif opens and len(run) == 1 and not _is_marked(first) and is_common(first) and low not in inside - {low if _once(text, first) else ""}:
            run = run[1:]
        elif opens and len(run) > 1 and (low.endswith("ly") or low in ("asked", "speaking", "standing", "meanwhile", "yesterday", "today", "last", "earlier")):
            run = run[1:]
        else:
            break
    while run and (run[-1].group().lower() in _CALENDAR or (not _is_capital(run[-1].group()) and not re.match(r"(?:al|el)-[A-Z]", run[-1].group()))):
        run = run[:-1]
    return run


def _is_marked(word: str) -> bool:
    """Acronyms, codes and camel case are names wherever they stand."""
    return any(c.isdigit() for c in word) or sum(c.isupper() for c in word) > 1


def _once(text: str, word: str) -> bool:
    return len(re.findall(rf"\b{re.escape(word)}\b", text)) < 2


def _mention(text: str, run: list[re.Match[str]]) -> NameMention:
    start, end = run[0].start(), run[-1].end()
    name = text[start:end]
    if re.search(r"['’][sS]$", name):
        end -= 2
        name = name[:-2]
    return NameMention(name, start, end, _role(text, start, end, [t.group().lower() for t in run]))


def _role(text: str, start: int, end: int, parts: list[str]) -> str:
    before = re.findall(r"[^\W_][\w.\-]*", text[max(0, start - 40) : start])
    gap = text[max(0, start - 2) : start]
    previous = before[-1].lower() if before and not re.search(r"[,;:.!?]", gap.replace(".", "", 1) if before[-1].lower() in TITLES else gap) else ""
    after = text[end : end + 40]
    following = re.match(r"\s+([a-z]+)", after)
    if previous not in TITLES and names_a_people(text, start, end):
        return "unknown"
    if any(p in _BODIES for p in (parts[-1], parts[0])) or (len(parts) > 2 and any(p in _BODIES for p in parts)):
        return "organisation"
    if previous in TITLES and previous not in ("foreign", "defence", "defense", "interior", "finance", "health", "former"):
        return "person"
    if any(p in _PLACES for p in parts):
        return "place"
    dateline = not before and re.match(r"(?:\s*\([A-Z][\w ]+\))?,?\s*(?:[A-Z][a-z]+\.? \d+)?\s*[—–-]\s", after)
    if dateline or previous in _PLACE_BEFORE or (previous == "of" and len(before) > 1 and before[-2].lower() in _PLACES | TITLES):
        return "place"
    if following and following.group(1) in _SAYING and len(parts) >= 2:
        return "person"
    # "Anna Feld, 43," and "Anna Feld, who": people. So is "the captain, Anna Feld".
    if len(parts) >= 2 and re.match(r",\s+(?:\d{2},|who\b)", after):
        return "person"
    if len(parts) >= 2 and gap == ", " and before and before[-1].lower() in TITLES:
        return "person"
    if re.match(r"['’]?s?\s+(?:militia|group|company|firm|spokes)", after):
        return "organisation"
    return "unknown"


def _share_roles(mentions: list[NameMention]) -> list[NameMention]:
    """Give a mention without cues the role that another mention of the same name has."""
    known = [m for m in mentions if m.role != "unknown"]
    shared = []
    for m in mentions:
        if m.role == "unknown":
            role = next((k.role for k in known if name_key(k.text) and same_entity(k.text, m.text)), "unknown")
            m = NameMention(m.text, m.char_start, m.char_end, role)
        shared.append(m)
    return shared
