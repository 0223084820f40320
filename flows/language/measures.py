"""Of what a sum or a share is: revenue is no profit, and inflation no unemployment, whatever their figures are to each other.

A lexicon of 17 measures that news of companies, states and markets tells, in 50 words: the lines of profit and loss accounts, of balance sheets and of national
accounts. What is earned and what is lost is one measure with two signs.
"""

from __future__ import annotations

import re

_MEASURES = (
    "vat|value-added tax|sales tax",
    "revenues?|sales|turnover|takings",
    "profits?|earnings|loss|losses|surplus",
    "debts?|borrowings?|liabilities",
    "dividends?",
    "(?<!market )shares|stock",
    "bonus|bonuses",
    "inflation|consumer prices",
    "unemployment|joblessness|jobless rate",
    "gdp|gross domestic product|economic growth",
    "deficit|shortfall",
    "interest rates?|(?:key|main|base|policy|lending) rates?",
    "yields?",
    "exports?",
    "imports?",
    "turnout",
    "wages?|salary|salaries",
)
_MEASURE = re.compile(r"\b(?:" + "|".join(f"(?P<m{i}>{words})" for i, words in enumerate(_MEASURES)) + r")\b", re.IGNORECASE)
# "4 percent of annual turnover" is no turnover.
_TAKEN_OF = re.compile(
    r"(?:percent|per cent|%|share|part|half|third|quarter|fifth) of (?:(?:the|its|their|his|her|all|global|total|annual|yearly|[\w.-]+['’]s?) )*$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[;:()—–]|[.,](?!\d)(?=\s+(?:and|but|while|whereas|although|though|as)\b)|\.(?=\s)")
_AFTER = re.compile(r" (?:(?:in|of|as) )?(?:(?:\w+|[\w.-]+['’]s) ){0,2}$", re.IGNORECASE)


def measure_of(text: str, char_start: int, char_end: int) -> str:
    """Return the measure whose figure text[char_start:char_end] is: the nearest before it in its clause, else one right after it ("3 million in sales").

    "" where none is named. Equal for words of one measure.
    """
    start = max((m.end() for m in _CLAUSE_END.finditer(text, 0, char_start)), default=0)
    found = [m for m in _MEASURE.finditer(text, start, char_start) if not _TAKEN_OF.search(text[start : m.start()])]
    if found and re.search(r",(?!\d)", text[found[-1].end() : char_start]):
        return ""  # "the group, whose debt stands at 4 billion, earned 300 million"
    if not found:
        found = [m for m in _MEASURE.finditer(text, char_end, char_end + 40) if _AFTER.fullmatch(text, char_end, m.start())][:1]
        if text.startswith(" of", char_end) and re.search(r"percent|per cent|%|half|third|quarter", text[char_start:char_end]):
            return ""
    return found[-1].lastgroup or "" if found else ""
