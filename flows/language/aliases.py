"""When two names mean one thing: equal but for case and accents, one a part of the other, an acronym, a demonym, a seat of government."""

from __future__ import annotations

import re
from functools import lru_cache

from flows.language.alignment import fold

# Parts that never tell two names apart: particles, articles, forms of business, words for a kind of group ("Wagner Group", "the Wagner militia").
_WEAK = frozenset(
    """al el de del della di da das dos du la le les van von der den ter bin ibn ben of the and for in y e to
    group groups inc ltd plc corp corporation company co llc gmbh ag sa nv holding holdings airlines airways air army forces force province district
    region city town island islands river sea state states republic kingdom university ministry party movement front union league association jr sr""".split()
)

# Demonyms that can't be had from the country by its first letters; the rest are ("Russia", "Russian").
_IRREGULAR_DEMONYMS = {
    "american": "us", "americans": "us", "british": "uk", "britons": "uk", "briton": "uk", "english": "england", "french": "france", "dutch": "netherlands",
    "swiss": "switzerland", "danish": "denmark", "danes": "denmark", "dane": "denmark", "finnish": "finland", "finns": "finland", "greek": "greece",
    "greeks": "greece", "thai": "thailand", "thais": "thailand", "welsh": "wales", "turkish": "turkey", "turks": "turkey", "spanish": "spain",
    "emirati": "uae", "filipino": "philippines", "filipinos": "philippines", "irish": "ireland", "scottish": "scotland", "polish": "poland", "poles": "poland",
    "afghans": "afghanistan", "afghan": "afghanistan", "kazakh": "kazakhstan", "uzbek": "uzbekistan", "argentine": "argentina", "swedish": "sweden",
    "swedes": "sweden", "cypriot": "cyprus", "burmese": "myanmar", "german": "germany", "germans": "germany", "icelandic": "iceland", "slovak": "slovakia",
    "saudi": "saudi arabia", "saudis": "saudi arabia", "congolese": "congo", "belgian": "belgium", "norwegian": "norway", "portuguese": "portugal",
}  # fmt: skip

# Other names of one thing, and the seats that stand for a state. General knowledge, kept to what newspapers use without explaining.
_SAME = {
    "us": "us", "usa": "us", "united states": "us", "united states of america": "us", "america": "us", "washington": "us", "white house": "us",
    "uk": "uk", "united kingdom": "uk", "britain": "uk", "great britain": "uk", "london": "uk", "downing street": "uk", "westminster": "uk",
    "eu": "eu", "european union": "eu", "brussels": "eu", "un": "un", "united nations": "un", "uae": "uae", "united arab emirates": "uae",
    "moscow": "russia", "kremlin": "russia", "russian federation": "russia", "ussr": "soviet union", "beijing": "china", "kyiv": "ukraine", "kiev": "ukraine",
    "tehran": "iran", "teheran": "iran", "damascus": "syria", "baghdad": "iraq", "riyadh": "saudi arabia", "ankara": "turkey", "turkiye": "turkey",
    "paris": "france", "elysee": "france", "berlin": "germany", "rome": "italy", "madrid": "spain", "warsaw": "poland", "tokyo": "japan",
    "seoul": "south korea",
    "pyongyang": "north korea", "new delhi": "india", "delhi": "india", "islamabad": "pakistan", "kabul": "afghanistan", "cairo": "egypt",
    "jerusalem": "israel", "tel aviv": "israel", "ottawa": "canada", "canberra": "australia", "caracas": "venezuela", "havana": "cuba", "minsk": "belarus",
    "pentagon": "us", "isis": "islamic state", "isil": "islamic state", "daesh": "islamic state", "is": "islamic state", "burma": "myanmar",
    "lima": "peru", "santiago": "chile", "bogota": "colombia", "quito": "ecuador", "la paz": "bolivia", "brasilia": "brazil", "buenos aires": "argentina",
    "montevideo": "uruguay", "mexico city": "mexico", "athens": "greece", "lisbon": "portugal", "vienna": "austria", "budapest": "hungary",
    "prague": "czech republic", "bratislava": "slovakia", "bucharest": "romania", "sofia": "bulgaria", "belgrade": "serbia", "zagreb": "croatia",
    "sarajevo": "bosnia", "tirana": "albania", "pristina": "kosovo", "skopje": "north macedonia", "chisinau": "moldova", "oslo": "norway",
    "stockholm": "sweden", "helsinki": "finland", "copenhagen": "denmark", "reykjavik": "iceland", "dublin": "ireland", "bern": "switzerland",
    "tallinn": "estonia", "riga": "latvia", "vilnius": "lithuania", "tbilisi": "georgia", "yerevan": "armenia", "baku": "azerbaijan", "astana": "kazakhstan",
    "tashkent": "uzbekistan", "beirut": "lebanon", "amman": "jordan", "doha": "qatar", "abu dhabi": "uae", "muscat": "oman", "sanaa": "yemen",
    "tripoli": "libya", "tunis": "tunisia", "algiers": "algeria", "rabat": "morocco", "khartoum": "sudan", "addis ababa": "ethiopia", "asmara": "eritrea",
    "nairobi": "kenya", "kampala": "uganda", "kigali": "rwanda", "kinshasa": "congo", "abuja": "nigeria", "accra": "ghana", "dakar": "senegal",
    "bamako": "mali", "niamey": "niger", "ouagadougou": "burkina faso", "pretoria": "south africa", "harare": "zimbabwe", "lusaka": "zambia",
    "maputo": "mozambique", "luanda": "angola", "windhoek": "namibia", "dhaka": "bangladesh", "colombo": "sri lanka", "kathmandu": "nepal",
    "bangkok": "thailand", "hanoi": "vietnam", "phnom penh": "cambodia", "vientiane": "laos", "kuala lumpur": "malaysia", "jakarta": "indonesia",
    "manila": "philippines", "taipei": "taiwan", "wellington": "new zealand", "european commission": "eu",
    "holland": "netherlands", "the hague": "netherlands",
}  # fmt: skip
_STATES_AND_SEATS = frozenset(_SAME) | frozenset(_SAME.values())

_SURE_DEMONYM = re.compile(r"[a-z]{2,}(?:ians?|eans?|[b-df-hj-np-tv-z]ans|ese|ish)$")
_DEMONYM = re.compile(rf"{_SURE_DEMONYM.pattern}|(?:[a-z]{{2,}}(?:[b-df-hj-np-tv-z]an|is?)|[a-z]{{4,}}ites?)$")
_PERSON_WORDS = frozenset("mr mrs ms dr prof sir dame lord lady".split())


@lru_cache(maxsize=100_000)
def name_key(name: str) -> tuple[str, ...]:
    """Return the folded parts of a name, the article, possessive and titles off: "the U.S.'s" → ("us",), "Bashar Al-Assad" → ("bashar", "al", "assad")."""
    folded = re.sub(r"'s$|'$", "", fold(name).strip())
    folded = re.sub(r"\b(?:[a-z]\.)+", lambda m: m.group().replace(".", ""), folded)
    parts = [p for p in re.split(r"[\s\-.,&/'\"]+", folded) if p]
    if len(parts) > 1 and parts[0] in ("the", *_PERSON_WORDS):
        parts = parts[1:]
    return tuple(parts)


def looks_like_demonym(name: str) -> bool:
    """Say whether a single word may be the adjective or the people of a place: "Russian", "Israelis", "French"; also of places never heard of.

    Many names end the same way ("Delhi", "Sudan", "Harris"). Where there is a sentence, `peoples.names_a_people` tells.
    """
    key = name_key(name)
    return len(key) == 1 and key[0] not in _STATES_AND_SEATS and (key[0] in _IRREGULAR_DEMONYMS or bool(_DEMONYM.match(key[0])))


def has_sure_demonym(name: str) -> bool:
    """Say whether a word that looks like a demonym does so by more than an ending which names of people and places have as well."""
    key = name_key(name)
    return len(key) == 1 and (key[0] in _IRREGULAR_DEMONYMS or bool(_SURE_DEMONYM.match(key[0])))


def _canonical(name: str) -> str:
    joined = " ".join(name_key(name))
    joined = _IRREGULAR_DEMONYMS.get(joined, joined)
    return _SAME.get(joined, joined)


def _is_demonym_of(a: str, b: str) -> bool:
    """ "ilvaran" of "ilvara", "syrian" of "syria", "camarran" of "camarra": all but the last letters of the place, then an ending of demonyms."""
    short, long = sorted((a, b), key=len)
    if len(short) < 4 or " " in short or " " in long:
        return False
    common = len(_common_prefix(short, long))
    rest = re.fullmatch(r"|s|(?:i|e|ia|ea)?ns?|[a-z]?(?:ians?|ans?|eans?|ese|ish|is?|ites?|ers?)", long[common:])
    return common >= max(4, len(short) - 2) and rest is not None


def _common_prefix(a: str, b: str) -> str:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return a[:n]


def _is_acronym(short: str, long: tuple[str, ...]) -> bool:
    """ "nsc" of "national security council", "wsj" of "wall street journal"; small words may count or not."""
    if len(long) < 2 or not 2 <= len(short) <= 6:
        return False
    return short in ("".join(p[0] for p in long), "".join(p[0] for p in long if p not in _WEAK or len(p) > 3))


@lru_cache(maxsize=200_000)
def same_entity(a: str, b: str) -> bool:
    """Say whether two names may be one entity's; when in doubt they may, since a wrong "different" makes a false finding and a wrong "same" none."""
    if _canonical(a) == _canonical(b):
        return True
    key_a, key_b = name_key(a), name_key(b)
    if not key_a or not key_b:
        return True
    strong_a, strong_b = ({p for p in key if p not in _WEAK} or set(key) for key in (key_a, key_b))
    if strong_a <= strong_b or strong_b <= strong_a:
        return not _told_apart_by_given_name(key_a, key_b)
    for one, other in ((key_a, key_b), (key_b, key_a)):
        if len(one) == 1 and _is_acronym(one[0], other):
            return True
    if len(key_a) == 1 and len(key_b) == 1:
        return _is_demonym_of(_canonical(a), _canonical(b)) or _is_misspelling(key_a[0], key_b[0])
    return _same_initials(key_a, key_b)


def _told_apart_by_given_name(key_a: tuple[str, ...], key_b: tuple[str, ...]) -> bool:
    return False if len(key_a) != len(key_b) else key_a[:-1] != key_b[:-1] and key_a[-1] != key_b[-1]


def _is_misspelling(a: str, b: str) -> bool:
    """ "Hizbollah" and "Hezbollah": one letter apart in a long word, the first and last ones kept; digits are never a slip."""
    if min(len(a), len(b)) < 6 or a[0] != b[0] or a[-1] != b[-1] or any(c.isdigit() for c in a + b) or abs(len(a) - len(b)) > 1:
        return False
    prefix = len(_common_prefix(a, b))
    suffix = len(_common_prefix(a[::-1], b[::-1]))
    return prefix + suffix >= max(len(a), len(b)) - 1


def _same_initials(key_a: tuple[str, ...], key_b: tuple[str, ...]) -> bool:
    """ "J. R. Smith" and "John Smith": the last part is shared, and an initial stands for the first."""
    return key_a[-1] == key_b[-1] and key_a[0][0] == key_b[0][0] and (len(key_a[0]) == 1 or len(key_b[0]) == 1)


def same_place(a: str, b: str) -> bool:
    """As `same_entity`, but a capital is not its country: Moscow is a place in Russia, not another word for it."""
    key_a, key_b = " ".join(name_key(a)), " ".join(name_key(b))
    if (key_a in _SAME) != (key_b in _SAME) and _canonical(a) == _canonical(b):
        return _is_demonym_of(key_a, key_b)
    return same_entity(a, b)
