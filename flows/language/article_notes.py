"""What a text says of itself: notes on its own corrections and updates, and the labels and times that head the entries of a live blog."""

from __future__ import annotations

import re

_TEXT = r"(?:article|story|report|post|piece|page|item|live ?blog|blog|entry|headline|caption|standfirst|dispatch|bulletin)"
_MADE = (
    r"(?:updated|amended|corrected|changed|edited|revised|clarified|modified|altered|rewritten|republished|originally|initially|first published|incorrectly|"
    r"mistakenly|wrongly|erroneously|misstated|misidentified|misspell?ed|misspelt|misquoted|misreported)"
)
_NOTE = re.compile(
    rf"\b(?:earlier|previous|prior|original|initial|first) (?:version|edition|draft|copy)s? of (?:this|our) {_TEXT}\b"
    rf"|\b(?:this|our) {_TEXT}(?:['’]s (?:headline|caption|standfirst))?,? (?:(?:was|were|is|has|have|had|been|being|also|since|later|now) )*{_MADE}\b"
    rf"|\bthe (?:headline|caption|standfirst) (?:of|on|to|for|above|below|with) (?:this|our) {_TEXT}\b",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?|\d{1,2}(?:\.\d{2})?\s?[ap]\.?m\.?"
_ZONE = r"(?:\s(?:GMT|UTC|BST|CES?T|EES?T|E[SD]?T|C[SD]T|P[SD]?T|local time))?"
_WORD = r"(?:UPDATED?|Updated?|CORRECTION|Correction|CORRECTED|Corrected|CLARIFICATION|Clarification|BREAKING|Breaking|JUST IN|Just in)"
_SEPARATOR = r"(?:\s*:\s+|\s+[–—|-]\s+)"
# "UPDATE 14:05: ", "Correction (March 13, 2025): ", "14:05 GMT - ", and a time of two parts without a separator too: "14:05 The dam held."
_LABEL = re.compile(
    rf"(?:{_WORD}(?:,?\s(?:(?:{_CLOCK}){_ZONE}|#?\d{{1,2}}|\([^()\n]{{1,40}}\)))?{_SEPARATOR}"
    rf"|(?:{_CLOCK}){_ZONE}{_SEPARATOR}|\d{{1,2}}:\d{{2}}{_ZONE}\s+(?=[A-Z“\"‘']))(?=\S)"
)


def is_note_on_article(sentence: str) -> bool:
    """Say whether a sentence tells of the article it stands in, not of the world: "An earlier version of this article said that the bridge held." """
    return _NOTE.search(sentence) is not None


def label_end(sentence: str) -> int:
    """Return where the statement begins after a label such as "UPDATE 14:05:", 0 where there is none [code points]."""
    label = _LABEL.match(sentence)
    return label.end() if label else 0
