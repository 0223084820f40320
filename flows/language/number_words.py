"""The value of a number as news writes it: "1.8 million", "a million and a half", "eighty-seven", "dozens", "two thirds", "four in every five".

`find_numbers` returns the number alone; its unit, modifier and what it counts are the business of quantities.py. Runs of number words are read by text2num.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from text_to_num import text2num

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_BIG = {
    "dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7,
    "bn": 1e9, "mn": 1e6, "mln": 1e6, "tn": 1e12, "trn": 1e12, "k": 1e3, "m": 1e6,
}  # fmt: skip
_FRACTIONS = {
    "half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fourth": 1 / 4, "fifth": 1 / 5, "sixth": 1 / 6, "seventh": 1 / 7, "eighth": 1 / 8,
    "ninth": 1 / 9, "tenth": 1 / 10, "hundredth": 1 / 100,
}  # fmt: skip
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth fortieth fiftieth hundredth"
).split()
_ORDINAL_VALUES = {word: float(value) for word, value in zip(_ORDINALS, [*range(1, 21), 30, 40, 50, 100], strict=True)}

# What a vague word admits, in units of one. The bounds are conventions: "several" starts above a couple and ends before a dozen; a plural of a power of ten
# starts at two of them and ends at the next power. Every entry is a common English quantifier.
_VAGUE = {
    "a couple": (2, 2), "a handful": (3, 7), "a few": (3, 9), "several": (3, 11), "various": (3, 11), "many": (6, math.inf),
    "numerous": (6, math.inf), "countless": (20, math.inf), "multiple": (2, math.inf), "scores": (40, 199), "dozens": (24, 199), "hundreds": (200, 9999),
    "thousands": (2e3, 99999), "millions": (2e6, 9.9e8), "billions": (2e9, 9.9e11), "trillions": (2e12, 9.9e14), "tens of thousands": (2e4, 199999),
    "tens of millions": (2e7, 1.99e8), "tens of billions": (2e10, 1.99e11), "hundreds of thousands": (2e5, 1.99e6), "hundreds of millions": (2e8, 1.99e9),
    "hundreds of billions": (2e11, 1.99e12),
}  # fmt: skip
# Shares of a whole without a figure, in percent.
_WHOLE = {
    "most": (50.01, 99.9), "the majority": (50.01, 99.9), "a majority": (50.01, 99.9), "the bulk": (50.01, 99.9), "the vast majority": (66, 99.9),
    "a minority": (1, 49.99), "the whole": (100, 100), "all": (100, 100), "none": (0, 0), "the greater part": (50.01, 99.9), "the larger part": (50.01, 99.9),
    "unanimous": (100, 100), "unanimously": (100, 100),
}  # fmt: skip
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
# Verbs of growth and their like by the factor they tell. "Double" alone is an adjective more often than not, so it takes what it doubles after it.
_MULTIPLES = {"doubl": 2.0, "trebl": 3.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_VAGUE_TIMES = ("repeatedly", "several times", "many times", "time and again")

DIGITS = r"(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?"
_WORD = "|".join([*_TENS, *sorted(_SMALL, key=len, reverse=True), "hundred", "thousand", "million", "billion", "trillion"])
_RUN = rf"(?:a[ ](?=hundred|thousand))?(?:{_WORD})(?:(?:[ -]|[ ]and[ ])(?:{_WORD}))*"
_SCALE = "dozen|hundred|thousand|million|billion|trillion|lakh|crore"
_SPAN = "second|minute|hour|day|week|fortnight|month|year|decade|century"  # "less than a minute" counts one; "a minute later" is left to times
_FRACTION = "|".join(_FRACTIONS)
_FRACTION_PLURAL = "thirds|quarters|fourths|fifths|sixths|sevenths|eighths|ninths|tenths|hundredths|halves"


def _alternatives(words: object) -> str:
    return "|".join(sorted((re.escape(str(w)) for w in words), key=len, reverse=True))  # type: ignore[attr-defined]


# Order matters: the longer reading of the same words stands first.
_NUMBER = re.compile(
    rf"""(?:(?<![\w.,/])(?<![A-Za-z]-)|(?<=Rs)|(?<=EUR)|(?<=USD)|(?<=US[$]))(?:
      (?P<in_every>(?:{DIGITS}|{_RUN})[ ](?:in|out[ ]of)[ ](?:every[ ])?(?:{DIGITS}|{_RUN})(?![\w-]|,\d)(?![ ](?:the|morning|afternoon|evening)\b))
    | (?P<vague_times>{_alternatives(_VAGUE_TIMES)})\b
    | (?P<one_or>one[ ]or[ ](?:more|two|several))\b
    | (?P<vague_scale>(?P<vs_word>several|a[ ]few|a[ ]couple(?:[ ]of)?|some[ ]few|many)[ ](?P<vs_scale>{_SCALE}|hundreds|thousands|millions)(?:[ ]
            (?P<vs_more>thousand|million|billion))?)\b
    | (?P<vague>{_alternatives(_VAGUE)})(?=[ ]|\b)(?![ ]times\b)\b
    | (?P<figures>(?P<fig_word>a|four|five|six|seven|eight|nine|ten|eleven|twelve)?[ -]?(?P<fig_n>four|five|six|seven|eight|nine|ten|eleven|twelve)-figure)\b
    | (?P<scale_half>an?[ ](?P<sh_scale>{_SCALE})[ ]and[ ]a[ ](?P<sh_fraction>half|quarter|third))\b
    | (?P<part_scale>(?:(?P<ps_of>(?:three[ -]quarters|a[ ]quarter|a[ ]third|two[ -]thirds)[ ]of[ ]an?)|half(?:[ ]an?)?)[ ](?P<ps_scale>{_SCALE}))\b
    | (?P<and_half>(?P<ah_n>{DIGITS}|{_RUN})[ -]and[ -](?:a[ -](?P<ah_fraction>half|quarter|third)|(?P<ah_three>three[ -]quarters))(?:[ ]
            (?P<ah_scale>{_SCALE}))?)\b
    | (?P<mixed>\d+)?(?P<vulgar>[½¼¾⅓⅔])
    | (?P<fraction>(?!(?:two|four|five|six|seven|eight|nine)[ -]quarters\b)
        (?P<fr_n>a|one|two|three|four|five|six|seven|eight|nine)[ -](?P<fr_d>{_FRACTION_PLURAL}|{_FRACTION}))\b(?!-)(?=[ ]of\b|[ ](?:more|less
            |fewer|longer|larger|bigger|higher|lower|smaller)\b|[.,;:]|$)
    | (?P<fraction_plural>(?P<fp_n>two|three|four|five|six|seven|eight|nine)(?:[ -](?P<fp_d>thirds|fifths|sixths|sevenths|eighths|ninths|tenths)
            |-(?P<fp_hyphened>quarters|fourths)))\b(?!-)
    | (?:(?<=by[ ])|(?<=about[ ])|(?<=around[ ])|(?<=roughly[ ])|(?<=nearly[ ])|(?<=almost[ ])|(?<=over[ ])|(?<=under[ ])|(?<=than[ ])|(?<=least[ ]))
        (?P<share_of_all>(?P<sa_n>a|one|two|three|four|five)[ -](?P<sa_d>{_FRACTION_PLURAL}|{_FRACTION}))\b(?=[ ](?:on|in|since|from|to|after|over|this|last
            |within|have|has|had|were|was|are|is|will|would|and|but|between|compared)\b)
    | (?P<half>half)(?=[ ](?:of|an?|the|its|his|her|their|our|these|those|all)\b|[ ](?:more|as)\b|[.,;:]|$)
    | (?P<whole>{_alternatives(_WHOLE)})\b
    | (?P<times>{"|".join(_TIMES)})\b
    | (?P<multiple>(?P<mu_stem>{"|".join(_MULTIPLES)})(?:ed|ing|e(?=[ ](?:the|its|his|her|their|what|that|last)\b))|(?P<mu_n>{"|".join(_SMALL[1:10])})-?fold)\b
            (?![ ](?:down|up|over|back|as)\b)
    | (?P<unit_half>an?)(?=[ ](?:{_SPAN})[ ]and[ ]a[ ]half\b)
    | (?:(?<=than[ ])|(?<=over[ ])|(?<=under[ ])|(?<=about[ ])|(?<=nearly[ ])|(?<=almost[ ])|(?<=within[ ])|(?<=least[ ])|(?<=for[ ]))(?P<article>an?)
            (?=[ ](?:{_SPAN})\b)
    | (?P<genitive>an?)(?=[ ](?:{_SPAN})['’]s[ ](?!time\b|end\b|day\b|eve\b|old\b|start\b|beginning\b))
    | (?P<bare_scale>an?[ ](?P<bs>{_SCALE}))\b(?!(?:[ ]and)?[ ](?:{_WORD})\b)
    | (?P<ordinal>(?:(?:{"|".join(_TENS)})-)?(?:{"|".join(_ORDINALS)}))\b
    | (?P<ordinal_digits>\d+)(?:st|nd|rd|th)\b
    | (?P<digits>{DIGITS})(?:[ -]?(?P<d_scale>{_SCALE})\b|(?P<d_short>bn|mn|mln|tn|trn|k|m)(?![\w]))?
    | (?P<words>{_RUN})\b(?:[ ](?P<w_scale>dozen|lakh|crore)\b)?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: [char_start, char_end), the values its wording admits, and what kind of number it is.

    step: half the unit of the last significant digit, what rounding to the written figure may have hidden. kind: "cardinal", "share" (percent), "ordinal",
    "times" (once, twice), "multiple" (doubled) or "vague". short_scale: "m" or "k" glued to the digits, which may be a unit instead.
    """

    char_start: int
    char_end: int
    low: float
    high: float
    step: float
    kind: str
    short_scale: str = ""
    year_like: bool = False  # four bare digits: a year unless something says otherwise


def words_value(words: str) -> float | None:
    """Return the value of a run of number words or digits ("a hundred and twenty" → 120), None where the words are no number ("two one")."""
    plain = words.replace(",", "").replace("\u00a0", "").replace("\u202f", "")
    if plain[:1].isdigit():
        return float(plain)
    lowered = re.sub(r"^a (?=hundred|thousand)", "one ", " ".join(plain.lower().split()))
    try:
        return float(text2num(lowered, "en"))
    except ValueError:
        return None


def rounding_step(digits: str, scale: float = 1.0) -> float:
    """Return half a unit of the last significant digit of a figure: 0.05 for "7.2", 50 for "1,200", 500 for "18,000".

    Of a whole figure below a thousand ("10", "250") or one of one significant digit ("5,000", "0.2") at most 2.5 percent, and never one thing or more of fewer
    than a hundred: nobody writes "10 killed" of 14.
    """
    plain = re.sub(r"[^\d.]", "", digits)
    value = float(plain)
    decimals = len(plain.partition(".")[2])
    significant = plain.replace(".", "").lstrip("0") if decimals else plain.strip("0")
    step = 0.5 * 10.0 ** (-decimals if decimals or not significant else len(plain) - len(plain.rstrip("0")))
    if len(significant) < 2 or (not decimals and value * scale < 1000):
        step = min(step, 0.025 * value)
    return scale * (min(step, 0.5) if value < 100 else step)


def value_step(value: float) -> float:
    """Return half a unit of the last significant digit of a value that was written in words."""
    if not value or not float(value).is_integer():
        return 0.0
    return rounding_step(str(int(value)))


def _cardinal(m: re.Match[str], value: float, step: float, **flags: object) -> Number:
    return Number(m.start(), m.end(), value, value, step, "cardinal", **flags)  # type: ignore[arg-type]


def _read(m: re.Match[str]) -> Number | None:
    """Return the number of a match of _NUMBER; None where the words turn out to be none."""
    group = m.lastgroup
    g = {k: v.lower() for k, v in m.groupdict().items() if v}
    if "in_every" in g:
        a, b = (words_value(p) for p in re.split(r" in every | out of every | in | out of ", g["in_every"]))
        # "two in three" is a share; "12 in 2014" and "five in two" are not.
        return Number(m.start(), m.end(), 100 * a / b, 100 * a / b, 50 / b / 5, "share") if a and b and a <= b <= 1000 else None
    if "vague_times" in g:
        return Number(m.start(), m.end(), 3, math.inf, 0, "times")
    if "one_or" in g:
        return Number(m.start(), m.end(), 1, 2 if g["one_or"].endswith("two") else math.inf, 0, "vague")
    if "vague_scale" in g:
        low, high = (2, 2) if "couple" in g["vs_word"] else (2, 9)
        scale = _BIG[g["vs_scale"].rstrip("s")] * _BIG.get(g.get("vs_more", ""), 1.0)
        return Number(m.start(), m.end(), low * scale, high * scale, 0.5 * scale, "vague")
    if "vague" in g:
        low, high = _VAGUE[g["vague"]]
        return Number(m.start(), m.end(), low, high, 0, "vague")
    if "figures" in g:
        n = words_value(g["fig_n"])
        return Number(m.start(), m.end(), 10 ** (n - 1), 10**n - 1, 0, "vague") if n else None
    if "scale_half" in g:
        value = _BIG[g["sh_scale"]] * (1 + _FRACTIONS[g["sh_fraction"]])
        return _cardinal(m, value, value / 20)
    if "part_scale" in g:
        part = {"t": 3 / 4, "a": 1 / 4}.get(g.get("ps_of", "h")[0], 1 / 2)
        if "third" in g.get("ps_of", ""):
            part = 2 / 3 if g["ps_of"].startswith("two") else 1 / 3
        value = _BIG[g["ps_scale"]] * part
        return _cardinal(m, value, value / 20)
    if "and_half" in g:
        n = words_value(g["ah_n"])
        if n is None:
            return None
        scale = _BIG.get(g.get("ah_scale", ""), 1.0)
        return _cardinal(m, (n + (_FRACTIONS[g["ah_fraction"]] if "ah_fraction" in g else 0.75)) * scale, 0.05 * scale)
    if "vulgar" in g:
        return _cardinal(m, float(g.get("mixed", 0)) + _VULGAR[g["vulgar"]], 0.05)
    if "fraction" in g or "fraction_plural" in g or "share_of_all" in g:
        names = ("fr_n", "fr_d", "fp_n", "fp_d", "fp_hyphened", "sa_n", "sa_d")
        numerator, denominator = (g[name] for name in names if name in g)
        n = {"a": 1.0}.get(numerator) or words_value(numerator)
        denominator = denominator if denominator in _FRACTIONS else denominator.rstrip("s")
        share = 100 * (n or 1.0) * _FRACTIONS[denominator]
        return Number(m.start(), m.end(), share, share, 2.0, "share") if share <= 100 else None
    if "half" in g:
        return Number(m.start(), m.end(), 50, 50, 2.0, "share")
    if "whole" in g:
        low, high = _WHOLE[g["whole"]]
        return Number(m.start(), m.end(), low, high, 0, "share")
    if "times" in g:
        return Number(m.start(), m.end(), _TIMES[g["times"]], _TIMES[g["times"]], 0, "times")
    if "multiple" in g:
        factor = _MULTIPLES[g["mu_stem"]] if "mu_stem" in g else words_value(g["mu_n"]) or 1.0
        return Number(m.start(), m.end(), factor, factor, 0, "multiple")
    if "unit_half" in g or "article" in g or "genitive" in g:
        return _cardinal(m, 1.5 if "unit_half" in g else 1.0, 0.05)
    if "bare_scale" in g:
        return _cardinal(m, _BIG[g["bs"]], 0.1 * _BIG[g["bs"]] if g["bs"] != "dozen" else 0.5)
    if "ordinal_digits" in g:
        n = float(g["ordinal_digits"])
        return Number(m.start(), m.end(), n, n, 0, "ordinal")
    if "digits" in g:
        scale = _BIG[g["d_scale"]] if "d_scale" in g else _BIG.get(g.get("d_short", ""), 1.0)
        value = words_value(g["digits"])
        if value is None:
            return None
        year_like = bool(re.fullmatch(r"1[5-9]\d\d|20\d\d", g["digits"])) and scale == 1.0
        return _cardinal(m, value * scale, rounding_step(g["digits"], scale), short_scale=g.get("d_short", ""), year_like=year_like)
    if "words" in g:
        value = words_value(g["words"])
        if value is None:
            return None
        value *= _BIG.get(g.get("w_scale", ""), 1.0)
        return _cardinal(m, value, value_step(value))
    assert group, "every alternative of _NUMBER is handled above or is an ordinal"
    head, _, tail = g["ordinal"].rpartition("-")
    n = (words_value(head) or 0.0) + _ORDINAL_VALUES[tail] if head else _ORDINAL_VALUES[g["ordinal"]]
    return Number(m.start(), m.end(), n, n, 0, "ordinal")


def find_numbers(text: str) -> list[Number]:
    """Return the numbers of a text in order, none overlapping; offsets are code points."""
    found: list[Number] = []
    for m in _NUMBER.finditer(text):
        number = _read(m)
        if number is not None:
            found.append(number)
        elif m["words"] is not None:
            found.extend(_joined(text, *m.span("words")))
    return found


def _joined(text: str, start: int, end: int) -> list[Number]:
    """Return the numbers that "and" joins in a run of words that is no number as a whole: the two of "between five and ten", each as long as it can be."""
    found: list[Number] = []
    ends = [start + m.start() for m in re.finditer(" and ", text[start:end])] + [end]
    while start < end:
        fits = [(stop, value) for stop in ends if stop > start and (value := words_value(text[start:stop])) is not None]
        if not fits:
            return found
        stop, value = fits[-1]
        found.append(Number(start, stop, value, value, value_step(value), "cardinal"))
        start = stop + len(" and ")
    return found
