"""Units of measure: the words for each, its dimension, and the factor to the dimension's canonical unit.

About 150 words for some 60 units, from the SI brochure and the US/imperial tables (NIST Handbook 44, appendix C); currencies are the names and codes that
news in English uses, and "crown", "mark", "franc" and the like without a country are currencies of their own. Currencies are never converted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `canonical` names the dimension's unit; value in it = value * factor + offset."""

    dimension: str
    canonical: str
    factor: float = 1.0
    offset: float = 0.0


# dimension, canonical unit, then (factor, words) in singular and plural as written.
_MEASURES: list[tuple[str, str, list[tuple[float, str]]]] = [
    ("length", "metre", [
        (1000, "kilometre kilometres kilometer kilometers km kms"), (1, "metre metres meter meters m"),
        (0.01, "centimetre centimetres centimeter centimeters cm"),
        (0.001, "millimetre millimetres millimeter millimeters mm"), (1609.344, "mile miles mi"), (0.3048, "foot feet ft"), (0.0254, "inch inches"),
        (0.9144, "yard yards"), (1852, "nautical-mile nautical-miles"),
    ]),
    ("area", "square metre", [
        (10_000, "hectare hectares ha"), (4046.856, "acre acres"), (1e6, "sq-km square-kilometre square-kilometres square-kilometer square-kilometers km²"),
        (2_589_988, "square-mile square-miles sq-mi"), (1, "square-metre square-metres square-meter square-meters m²"),
        (0.09290304, "square-foot square-feet sq-ft"),
    ]),
    ("weight", "kilogram", [
        (1000, "tonne tonnes ton tons metric-ton metric-tons"), (1, "kilogram kilograms kilogramme kilogrammes kilo kilos kg"),
        (0.001, "gram grams gramme grammes g"),
        (0.45359237, "lb lbs"), (0.0283495, "ounce ounces oz"), (1e-6, "milligram milligrams mg"),
        (1e-9, "microgram micrograms mcg"), (1e-12, "nanogram nanograms ng"), (1e-15, "picogram picograms pg"),
    ]),
    ("volume", "litre", [
        (1, "litre litres liter liters"), (0.01, "centilitre centilitres centiliter centiliters cl"),
        (0.001, "millilitre millilitres milliliter milliliters ml"), (3.785412, "gallon gallons"), (158.987, "barrel barrels"),
        (1000, "cubic-metre cubic-metres cubic-meter cubic-meters"),
    ]),
    ("speed", "kilometre per hour", [
        (1, "km/h kph kmh kilometres-per-hour kilometers-per-hour kilometres-an-hour kilometers-an-hour kilometre-an-hour"),
        (1.609344, "mph miles-per-hour miles-an-hour"), (1.852, "knot knots"), (3.6, "metres-per-second meters-per-second metres-a-second"),
    ]),
    ("duration", "hour", [
        (1 / 3600, "second seconds"), (1 / 60, "minute minutes min mins"), (1, "hour hours hr hrs"), (24, "day days"), (168, "week weeks"),
        (336, "fortnight fortnights"),
        (730.5, "month months"), (8766, "year years"), (87_660, "decade decades"), (876_600, "century centuries"),
    ]),
    ("power", "watt", [
        (1, "watt watts"), (1e3, "kilowatt kilowatts kw"), (1e6, "megawatt megawatts mw"), (1e9, "gigawatt gigawatts gw"),
    ]),
    ("energy", "kilowatt hour", [
        (1, "kilowatt-hour kilowatt-hours kwh"), (1e3, "megawatt-hour megawatt-hours mwh"), (1e6, "gigawatt-hour gigawatt-hours gwh"),
        (1e9, "terawatt-hour terawatt-hours twh"),
    ]),
    ("share", "percent", [(1, "percent per-cent % pct pc")]),
    ("points", "percentage point", [
        (1, "percentage-point percentage-points percent-point point points"), (0.01, "basis-point basis-points"),
    ]),
    ("data", "megabyte", [(1, "megabyte megabytes mb"), (1e3, "gigabyte gigabytes gb"), (1e6, "terabyte terabytes tb")]),
]  # fmt: skip

_CURRENCIES = {
    "usd": "dollar dollars usd us-dollar us-dollars us$ $ buck bucks", "eur": "euro euros eur €", "gbp": "sterling gbp £ pound-sterling pounds-sterling",
    "jpy": "yen jpy ¥", "inr": "rupee rupees inr rs ₹", "cny": "yuan renminbi cny rmb", "chf": "swiss-franc swiss-francs chf",
    "rub": "rouble roubles ruble rubles rub ₽",
    "try": "lira liras try ₺", "krw": "won krw ₩", "uah": "hryvnia hryvnias hryvnya uah ₴", "ils": "shekel shekels ils ₪", "brl": "real reais brl r$",
    "zar": "rand rands zar", "pln": "zloty zlotys zł pln", "huf": "forint forints huf", "ngn": "naira ngn ₦", "kes": "shilling shillings kes",
    "crown": "crown crowns krona kronor kroner krone koruna sek nok dkk czk", "mark": "marks", "franc": "franc francs", "peso": "peso pesos",
    "dinar": "dinar dinars",
    "dirham": "dirham dirhams aed", "riyal": "riyal riyals rial rials sar", "aud": "aud a$", "cad": "cad c$",
    "nzd": "nzd nz$", "guilder": "guilder guilders", "ringgit": "ringgit", "baht": "baht", "rupiah": "rupiah", "leu": "leu lei", "lev": "lev leva",
    "thaler": "thaler thalers", "ducat": "ducat ducats", "florin": "florin florins",
}  # fmt: skip

# Hundredths: of the pound, and of what the word alone does not tell ("" fits any currency).
_HUNDREDTHS = {"gbp": "pence penny", "": "cent cents"}

UNITS: dict[str, Unit] = {
    **{word: Unit(dimension, canonical, factor) for dimension, canonical, rows in _MEASURES for factor, words in rows for word in words.split()},
    **{word: Unit("money", code) for code, words in _CURRENCIES.items() for word in words.split()},
    **{word: Unit("money", code, 0.01) for code, words in _HUNDREDTHS.items() for word in words.split()},
    **{word: Unit("temperature", "degree celsius") for word in ("°c", "degrees-celsius", "degree-celsius", "celsius", "degrees", "degree", "°")},
    **{word: Unit("temperature", "degree celsius", 5 / 9, -160 / 9) for word in ("°f", "degrees-fahrenheit", "degree-fahrenheit", "fahrenheit")},
    # "pounds" is weight or money: see `find_unit`.
    **{word: Unit("weight", "kilogram", 0.45359237) for word in ("pound", "pounds")},
}
CURRENCY_SIGNS = sorted((word for code in _CURRENCIES.values() for word in code.split() if not word[-1].isalnum()), key=len, reverse=True)
_CODES_BEFORE = "usd|eur|gbp|jpy|inr|rs|cny|chf|rub|try|krw|uah|ils|brl|zar|pln|huf|sek|nok|dkk|czk|aed|sar|aud|cad|nzd"
CURRENCY_BEFORE = re.compile(rf"(?:(?P<sign>{'|'.join(map(re.escape, CURRENCY_SIGNS))})|\b(?P<code>{_CODES_BEFORE})\.?)[ ]?$", re.IGNORECASE)

# Adjectives that news puts between a number and its currency: "48 million Swiss francs", "two billion US dollars".
_OF_COUNTRY = {"US": "usd", "U.S.": "usd", "American": "usd", "Canadian": "cad", "Australian": "aud", "New Zealand": "nzd", "Swiss": "chf", "British": "gbp"}
_COUNTRY = (
    r"(?:(?:US|U\.S\.|American|Canadian|Australian|New Zealand|Hong Kong|Swiss|Swedish|Norwegian|Danish|Czech|Egyptian|British|Indian|Mexican|"
    r"[A-Z][a-z]+(?:an|ish|ese|ian)) )"
)
_UNIT_WORDS = "|".join(re.escape(word).replace("\\-", "[ -]") for word in sorted(UNITS, key=len, reverse=True))
_UNIT_AFTER = re.compile(
    rf"(?:[ \u00a0]|-)?(?P<country>{_COUNTRY})?(?P<unit>{_UNIT_WORDS})(?![\w²])",
    re.IGNORECASE,
)
_CASE_BOUND = {"m", "g", "km", "cm", "mm", "kg", "mi", "ft", "ha"}  # as units these are written small: "5G", "7M" are names
_GLUED_PENCE = re.compile(r"(?<=\d)p(?!\w)")  # "628p"
_LINES_OF_A_SCREEN = re.compile(r"\b(?:360|480|720|1080|1440|2160)$")  # "1080p"
_GLUED_DEGREES = re.compile(r"(?<=\d)([CF])(?!\w)")  # "40C", "104F"
# What is told of pounds that weigh, 25 stems, and of pounds that are paid, 35; the nearer decides; "900 pounds of" something is a weight without either.
_WEIGHING = re.compile(
    r"\b(?:weigh|heav|light(?:er|est)|lift|lbs?\b|kilo|kg\b|gram|ounce|tonn?es?\b|tons?\b|shed\b|diet|obes|bod(?:y|ies)|baby|babies|bomb|warhead|explosive|"
    r"cargo|payload|load|freight|catch|meat|beef|thrust|press|force|shell|rock|boulder)",
    re.IGNORECASE,
)
_PAYING = re.compile(
    r"\b(?:fine[ds]?\b|cost|pa(?:y|id)|pric|worth|value|bill|fees?\b|salar|wage|earn|sold|sale|sell|b(?:uy|ought)|spen[dt]|tax|bonus|debt|owe|compens|damages|"
    r"loan|borrow|ticket|rent|charg|fund|grant|donat|reward|prize|savings?|bank|budget|cash|money|currenc|deposit|invest|profit|benefit|pension|penalt)",
    re.IGNORECASE,
)
_NEAR = 60  # characters on either side in which such a word tells of the pounds


def _is_money(text: str, pounds: re.Match[str]) -> bool:
    """Return whether the pounds of `pounds` are paid rather than weighed."""
    before, after = text[max(0, pounds.start() - _NEAR) : pounds.start()], text[pounds.end() : pounds.end() + _NEAR]

    def distance(pattern: re.Pattern[str]) -> int:
        gaps = [len(before) - m.end() for m in pattern.finditer(before)] + [m.start() for m in pattern.finditer(after)]
        return min(gaps, default=_NEAR)

    weighing, paying = distance(_WEIGHING), distance(_PAYING)
    of_something = after.startswith(" of ") and not re.match(r" of (?:\w+ )?(?:money|cash|debt|savings|funding|damage)", after)
    if of_something:
        return False
    return paying < weighing or (paying == weighing == _NEAR and pounds["unit"].lower() == "pounds")  # "a 300-pound" something weighs


def find_unit(text: str, position: int, *, scaled: bool = False) -> tuple[int, Unit] | None:
    """Return (end, unit) of the unit word at `position` of `text`, a blank or hyphen before it allowed; None where there is none.

    scaled: the number has a scale word, so that "pounds" after it is money ("two million pounds"). So it is without one where nothing near it weighs.
    """
    if m := _GLUED_DEGREES.match(text, position):
        return m.end(), UNITS["°" + m[1].lower()]
    if (m := _GLUED_PENCE.match(text, position)) and not _LINES_OF_A_SCREEN.search(text[max(0, position - 5) : position]):
        return m.end(), UNITS["pence"]
    m = _UNIT_AFTER.match(text, position)
    if m is None:
        return None
    word = m["unit"].lower().replace(" ", "-")
    if word in _CASE_BOUND and m["unit"] != word:
        return None
    if word in ("won", "real", "try", "rub", "sar", "cad", "kes") and m["unit"] == word and (word != "won" or not scaled):
        return None  # common English words; as codes they are written in capitals
    unit = UNITS[word]
    if m["country"] and word in ("dollar", "dollars", "pound", "pounds", "franc", "francs", "peso", "pesos"):
        unit = Unit("money", _OF_COUNTRY.get(m["country"].strip(), m["country"].strip().lower() + " " + word.rstrip("s")))
    if word in ("pound", "pounds") and unit.dimension == "weight" and (scaled or _is_money(text, m)):
        unit = Unit("money", "gbp")
    return m.end(), unit


def unit_of_sign(sign: str) -> Unit:
    """Return the currency of a sign or code before a number ("€", "US$", "Rs")."""
    return UNITS[sign.lower().rstrip(".")]
