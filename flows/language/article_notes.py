"""What a text says of itself and to its reader: notes on corrections and updates, calls to write or subscribe, labels and times of a live blog's entries."""

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
    rf"|\bthe (?:headline|caption|standfirst) (?:of|on|to|for|above|below|with) (?:this|our) {_TEXT}\b"
    # Its state and its makers: "This is a developing story", "This post will be updated", "Agency writer Ann Orr reported this story in Tolm".
    r"|^\W*(?:this|it) is an? (?:\w+ )?(?:developing|breaking|evolving) (?:news )?story\b"
    rf"|^\W*(?:this|our) {_TEXT} (?:is (?:still )?(?:developing|breaking|evolving|being updated)\b|has been update\b"
    r"|(?:will|may) (?:\w+ )?be (?:\w+ )?(?:updated|corrected)\b)"
    rf"|\bversions? of this {_TEXT} (?:first |also |originally )?(?:appear(?:s|ed)|ran|runs|was (?:\w+ )?(?:published|printed)) (?:in|on|at|by)\b"
    rf"|\b(?:writers?|reporters?|editors?|correspondents?|producers?)\b[^.;]{{0,60}} (?:reported|produced|edited|wrote|compiled) this {_TEXT}\b"
    # The publisher as "we": what it will do to the text, alone or after it asked for comment, and what it earns by it.
    r"|(?:^\W*|\bcomment\b[^.;]{0,60} and )we(?:['’]ll| will| are| may| can| shall)? (?:\w+ ){0,2}(?:update|updating|edit|correct) "
    rf"(?:this|the|our) {_TEXT}\b"
    r"|\bwe (?:may|might|can|could|will)? ?(?:\w+ )?(?:earn|receive|get|make) (?:an? |some |any )?(?:\w+ )?(?:commissions?|money from links|share of sales)\b",
    re.IGNORECASE,
)
# A call to the reader: the opening ("To reach Ann Orr,", "You can", "If you know more,") and its verb, with an address behind it.
_CALL = (
    r"(?:(?:to|for|if)\b.{0,90}, (?:please )?|for (?:more|further) .{0,90}?(?<! to) |you can (?:also )?)?"
    r"(?:contact|reach|e-?mail|follow|call|write to|send|text|tweet)\b"
)
_ADDRESS = r"(?:[\w.+-]+@[\w-]+\.\w+|(?<!\w)@\w+|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\+\d[\d ()-]{7,})"
_NETWORK = r"(?:twitter|x|facebook|instagram|google\+|google news|linkedin|whatsapp|telegram|youtube|tiktok|threads|bluesky)"
_TO_READER = re.compile(
    rf"(?:{_CALL}.{{0,120}}?{_ADDRESS}"
    rf"|(?:you can (?:also )?)?(?:follow|reach) (?!up\b)\S.{{0,60}} on {_NETWORK}(?!\w)"
    # What the reader's account holds or allows.
    r"|you(?:['’]ve| have|r)?\b.{0,40}\b(?:free (?:articles?|stor(?:y|ies))|(?:articles?|stor(?:y|ies)) (?:remaining|left))\b"
    r"|by (?:signing up|subscribing|registering|continuing|clicking|submitting|using this)\b.{0,60}\byou (?:\w+ )?(?:agree|accept|consent|confirm)\b"
    r"|(?:you (?:can|may) unsubscribe|you (?:will|may) (?:\w+ )?receive (?:our|\w+ offers|e-?mails from us))\b)",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?|\d{1,2}(?:\.\d{2})?\s?[ap]\.?m\.?"
_SURE_ZONE = r"\s(?:GMT|UTC|BST|CES?T|EES?T|E[SD]?T|C[SD]T|P[SD]?T|local time)"
_ZONE = rf"(?:{_SURE_ZONE})?"
_DOTTED = r"(?:[01]?\d|2[0-3])\.[0-5]\d"  # a clock as some British pages write it; without a zone a number may look the same
_WORD = r"(?:UPDATED?|Updated?|CORRECTION|Correction|CORRECTED|Corrected|CLARIFICATION|Clarification|BREAKING|Breaking|JUST IN|Just in)"
_SEPARATOR = r"(?:\s*:\s+|\s+[–—|-]\s+)"
# "UPDATE 14:05: ", "Correction (March 13, 2025): ", "14:05 GMT - ", and a time of two parts without a separator too: "14:05 The dam held."
_LABEL = re.compile(
    rf"(?:{_WORD}(?:,?\s(?:(?:{_CLOCK}){_ZONE}|#?\d{{1,2}}|\([^()\n]{{1,40}}\)))?{_SEPARATOR}"
    rf"|(?:{_CLOCK}){_ZONE}{_SEPARATOR}|{_DOTTED}{_SURE_ZONE}{_SEPARATOR}"
    rf"|(?:\d{{1,2}}:\d{{2}}{_ZONE}|{_DOTTED}{_SURE_ZONE}|\d{{1,2}}\.\d{{2}}\s?[ap]\.?m\.?)\s+(?![A-Z]\w+day\b)(?=[A-Z“\"‘']))(?=\S)"
)
_BARE_CLOCK = re.compile(rf"{_DOTTED}(?:{_SEPARATOR}|\s+)(?=[A-Z“\"‘'])")
_BARE_CLOCKS = re.compile(rf"^\s*{_BARE_CLOCK.pattern}", re.MULTILINE)


def is_note_on_article(sentence: str) -> bool:
    """Say whether a sentence tells of the article it stands in, not of the world: "An earlier version of this article said that the bridge held." """
    return _NOTE.search(sentence) is not None


def is_call_to_reader(sentence: str) -> bool:
    """Say whether a sentence asks the page's reader to write, follow or subscribe: "To reach Ann Orr, call 816-234-4858." """
    return _TO_READER.match(sentence) is not None


def has_bare_clocks(text: str) -> bool:
    """Say whether two or more paragraphs of a text begin with a number such as 14.05: then it is a live blog and they are times."""
    return len(_BARE_CLOCKS.findall(text)) >= 2


def label_end(sentence: str, *, bare_clock: bool = False) -> int:
    """Return where the statement begins after a label such as "UPDATE 14:05:", 0 where there is none [code points]. With `bare_clock`, "14.05" is one too."""
    label = _LABEL.match(sentence) or (_BARE_CLOCK.match(sentence) if bare_clock else None)
    return label.end() if label else 0
