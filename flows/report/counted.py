"""What a number in a claim is the number of: "people killed", "ships", "the price", "the height".

Named only where both claims show it: the same noun is counted and the same has happened to it, or the same word for a measure stands beside the figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.language.alignment import stem
from flows.language.number_words import find_numbers
from flows.language.quantities import read_quantities
from flows.records import Quantity
from flows.report.clauses import Span, ends_phrase

# What becomes of people in the news that is counted most: 6 fates, 20 forms. Words of one fate count the same.
_FATES = {
    "dead": "dead killed died dies perished drowned fatalities deaths",
    "injured": "injured wounded hurt injuries",
    "missing": "missing unaccounted",
    "arrested": "arrested detained arrests",
    "homeless": "homeless",
    "rescued": "rescued saved",
}
_FATE_OF = {word: fate for fate, words in _FATES.items() for word in words.split()}
_PEOPLE = frozenset("people person persons men women others".split())
# Words for an amount, beside the figure on either side: 26 amounts, each with its verbs.
_AMOUNTS = {
    "price": "price prices priced", "cost": "cost costs costing", "fine": "fine fines fined", "damage": "damage damages", "loss": "loss losses lost lose loses",
    "profit": "profit profits", "revenue": "revenue revenues turnover sales", "wage": "wage wages salary salaries pay", "rent": "rent rents",
    "fee": "fee fees", "ransom": "ransom", "debt": "debt debts", "budget": "budget", "loan": "loan loans", "compensation": "compensation",
    "reward": "reward", "bid": "bid", "donation": "donation donations", "investment": "investment invested", "subsidy": "subsidy subsidies",
    "bail": "bail", "turnout": "turnout", "inflation": "inflation", "unemployment": "unemployment", "interest rate": "interest", "majority": "majority",
}  # fmt: skip
_AMOUNT_OF = {word: amount for amount, words in _AMOUNTS.items() for word in words.split()}
# Words for an extent, with the dimension that they belong to: 9 extents.
_EXTENTS = {
    "height": ("length", "high tall height"), "length": ("length", "long length"), "width": ("length", "wide width"), "depth": ("length", "deep depth"),
    "distance": ("length", "away distance"), "weight": ("weight", "weigh weighs weighed weighing weight heavy"), "age": ("age", ""), "speed": ("speed", ""),
    "temperature": ("temperature", "celsius fahrenheit temperature temperatures heat warm hot cold"),
}  # fmt: skip
_NEAR_BEFORE, _NEAR_AFTER = 8, 3  # words between a figure and the word for its measure
_CLAUSE = re.compile(r"[.;:!?()—]|,(?!\d)|\b(?:and|or|but|which|who|that|while|after|before)\b")
_WORD = re.compile(r"[^\W\d_]+")
_BE = r"(?:is|are|was|were|been|being)"
_FATE_AFTER = re.compile(rf"\s+(?:(?:have|has|had|{_BE}|feared|confirmed|reported|still|also|already|now|seriously|badly|were to)\s+)*(?P<word>[a-z]+)\b")
_PASSIVE_AFTER = re.compile(
    rf"\s+(?:(?:have|has|had)\s+)?{_BE}\s+(?:\w+ly\s+|still\s+|also\s+|already\s+|now\s+)?(?P<word>[a-z]+(?:ed|ing|own|ilt|old|ost|unk))\b"
)
_VERB_BEFORE = re.compile(r"\b(?P<word>[a-z]+)\s+(?:the\s+)?$")
_TOLL = re.compile(r"\b(?:death )?toll\b[^,.;]{0,80}$|\bkill(?:s|ing)\s+$", re.IGNORECASE)
# "Rose by 3 percent" gives no price.
_INCREMENT = re.compile(
    r"\b(?:another|further|additional|extra|(?:r[io]s\w+|f[ae]ll\w*|gr[eo]w\w*|climb\w*|dropp?\w*|increas\w+|decreas\w+|reduc\w+|cut\w*|rais\w+|lower\w*|up|down)"
    r"\b[^,.;]{0,40}\bby)\s+(?:a |an |the )?$",
    re.IGNORECASE,
)
_INCREMENT_INSIDE = re.compile(r"\b(?:more|fewer|less|further|additional|extra|other|others)\b(?! than)", re.IGNORECASE)
_INCREMENT_AFTER = re.compile(r"\s+(?:too|more|fewer|less|further|faster|slower|over|above|below|under|higher|lower|longer|shorter|up|down)\b")
_LIMIT = re.compile(r"\b(?:limit\w*|allowed|permitted|posted|legal|maximum|capacity|sign)\b", re.IGNORECASE)  # the speed that may be driven is another one
_SHARE_OF = re.compile(r"\s+of (?:the |its |their |all |those )?(?:[a-z]+ )??(?P<noun>[a-z]+s|people|men|women|children|voters)\b")
_PER = re.compile(r"\s+(?:an?|per|each|every) ([a-z]+)\b")
_REPORTING = frozenset("believed thought said feared reported expected known presumed estimated planned scheduled".split())
# A share of these goes by their name; of the rest it is a change in them.
_RATES = frozenset({"turnout", "inflation", "unemployment", "interest rate", "majority"})


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one claim shows about its figure."""

    dimension: str  # as in Quantity
    noun: str  # "people"; "" where none is told
    fate: str  # one of _FATES, else the participle's stem; "" where none is told
    participle: str  # as it stands: "killed", "waiting"
    per: str  # "share" in "58 euros a share"
    amounts: frozenset[str]  # measures whose words stand beside the figure


def counted_in_both(a: str, first: Span, b: str, second: Span) -> str | None:
    """Return what the figures at `first` in `a` and `second` in `b` both are: "the number of people killed", "the price"; None where that is not shown."""
    x, y = _read(a, first), _read(b, second)
    if x is None or y is None or x.dimension != y.dimension:
        return None
    if x.dimension == "count":
        return _count(x, y)
    shared = x.amounts & y.amounts
    if len(shared) == 1:
        amount = next(iter(shared))
        return amount if amount in ("turnout", "inflation", "unemployment", "compensation") else f"the {amount}"
    if x.per and x.per == y.per and x.dimension == "money":
        return f"the amount per {x.per}"
    if x.dimension == "share" and x.noun and stem(x.noun) == stem(y.noun):
        return f"the share of {x.noun}"
    return None


def _count(x: _Counted, y: _Counted) -> str | None:
    if x.fate != y.fate and x.fate and y.fate:
        return None
    alike = x.noun != "" and stem(x.noun) == stem(y.noun)
    if x.fate and x.fate == y.fate:
        if alike and x.participle and x.participle == y.participle and x.noun not in _FATE_OF:
            return f"the number of {x.noun} {x.participle}"
        return f"the number of {x.fate}" if x.fate in _FATES and (alike or {x.noun, y.noun} <= _PEOPLE | _FATE_OF.keys() | {""}) else None
    return f"the number of {x.noun}" if alike and x.noun not in _PEOPLE and x.noun not in _FATE_OF else None


def _read(text: str, span: Span) -> _Counted | None:
    """Return what the one quantity at `span` counts; None where there is none, or are several."""
    found = [q for q in read_quantities(text) if q.char_start < span[1] and span[0] < q.char_end]
    if not found and _TOLL.search(text[: span[0]]) and len(find_numbers(text[slice(*span)])) == 1:
        return _Counted("count", "", "dead", "", "", frozenset())  # "the toll has risen to eight", which may also be a time of day
    if len(found) != 1:
        return None
    q = found[0]
    before, after = text[: q.char_start], text[q.char_end :]
    if _INCREMENT.search(before) or _INCREMENT_INSIDE.search(q.text) or _INCREMENT_AFTER.match(after) or _LIMIT.search(before[-30:] + after[:30]):
        return None
    if q.dimension == "count":
        if not ends_phrase(text, (q.char_start, q.char_end)):
            return None  # "31 measles cases": not the noun that is counted
        noun = _as_written(q)
        fate, participle = _fate(before, noun, after)
        return _Counted("count", noun, fate, participle, "", frozenset())
    share = _SHARE_OF.match(after) if q.dimension == "share" else None
    per = _PER.match(after)
    return _Counted(q.dimension, share["noun"] if share else "", "", "", per[1] if per else "", _amounts(q, before, after))


def _as_written(q: Quantity) -> str:
    """The noun that is counted, as the claim has it: "Colombians" for the unit "colombians"; "" where there is none."""
    found = re.findall(rf"\b{re.escape(q.unit)}\b", q.text, re.IGNORECASE) if q.unit.isalpha() else []
    return found[-1] if found else ""


def _fate(before: str, noun: str, after: str) -> tuple[str, str]:
    """Return (fate, participle) of what is counted: from the noun itself ("11 injured"), what follows it, or the verb before it."""
    if noun.lower() in _FATE_OF:
        return _FATE_OF[noun.lower()], ""
    if _TOLL.search(before):
        return "dead", ""
    following = _FATE_AFTER.match(after)
    if following and following["word"] in _FATE_OF:
        return _FATE_OF[following["word"]], following["word"]
    passive = _PASSIVE_AFTER.match(after)
    if passive and passive["word"] not in _REPORTING:
        return stem(passive["word"]), passive["word"]
    verb = _VERB_BEFORE.search(before)
    if verb and verb["word"] in _FATE_OF and verb["word"] not in ("died", "perished", "dies"):
        return _FATE_OF[verb["word"]], verb["word"]
    return "", ""


def _amounts(q: Quantity, before: str, after: str) -> frozenset[str]:
    """Return the measures whose words stand near a figure, in its own clause, and in it."""
    cuts = [m.end() for m in _CLAUSE.finditer(before)]
    stop = _CLAUSE.search(after)
    near = [
        *_WORD.findall(before[cuts[-1] if cuts else 0 :])[-_NEAR_BEFORE:],
        *_WORD.findall(q.text),
        *_WORD.findall(after[: stop.start() if stop else len(after)])[:_NEAR_AFTER],
    ]
    words = {w.lower() for w in near}
    if q.dimension in ("money", "share"):
        found = {_AMOUNT_OF[w] for w in words if w in _AMOUNT_OF}
        return frozenset(found & _RATES if q.dimension == "share" else found - _RATES)
    if q.dimension == "level":
        return frozenset({q.unit}) if q.unit.isalpha() else frozenset()
    return frozenset(name for name, (dimension, own) in _EXTENTS.items() if dimension == q.dimension and (not own or words & set(own.split())))
