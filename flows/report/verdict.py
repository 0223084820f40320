"""A finding's changes in plain sentences, such as: The recipient was broadened from “Hezbollah” to “either Hezbollah or Iran”.

With the texts of the two claims a sentence names the role that the changed words play in both, where they show it (roles.py); else it says what the type of
change tells: who or what is meant, the figure, the time. The sentences quote texts from articles: what prints them escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.records import Change, ChangeType
from flows.report.roles import read_role

MAX_WORDS = 90  # characters of a quotation in a sentence; the claims below it stand in full

# What changed and how, by type and direction, where both tellings have words for it, in the order earlier, later.
_CHANGED: dict[tuple[ChangeType, str], str] = {
    ("entity", "broadened"): "Who or what is meant was broadened",
    ("entity", "narrowed"): "Who or what is meant was narrowed",
    ("entity", "replaced"): "Someone or something else is named",
    ("quantity", "raised"): "The figure went up",
    ("quantity", "lowered"): "The figure went down",
    ("quantity", "vaguer"): "The figure became vaguer",
    ("quantity", "more precise"): "The figure became more precise",
    ("time", "earlier"): "The time moved earlier",
    ("time", "later"): "The time moved later",
    ("time", "vaguer"): "The time became vaguer",
    ("time", "more precise"): "The time became more precise",
    ("place", "broadened"): "The place was broadened",
    ("place", "narrowed"): "The place was narrowed",
    ("place", "replaced"): "Another place is named",
    ("certainty", "strengthened"): "It is put more surely",
    ("certainty", "weakened"): "It is put less surely",
    ("status", "advanced"): "The event is told as further along",
    ("status", "set back"): "The event is told as less far along",
    ("negation", "negated"): "What was affirmed is denied",
    ("negation", "affirmed"): "What was denied is affirmed",
    ("attribution", "dropped"): "The source was dropped",
    ("attribution", "vaguer"): "The source became vaguer",
    ("attribution", "more precise"): "The source became more precise",
    ("attribution", "replaced"): "Another source is named",
    ("label", "harsher"): "The wording became harsher",
    ("label", "softer"): "The wording became softer",
}  # fmt: skip
_MATTER: dict[ChangeType, str] = {
    "entity": "who or what is meant", "quantity": "the figure", "time": "the time", "place": "the place", "certainty": "how sure it is",
    "status": "how far the event has come", "negation": "whether it is so", "attribution": "the source", "label": "the wording",
}  # fmt: skip
# The same two with the role in "{}": of certainty, status, negation and attribution what is spoken of, of a label the name it is put on, else the matter.
_CHANGED_ROLE: dict[tuple[ChangeType, str], str] = {
    **{(t, d): f"{{}} was {d}" for t in ("entity", "place") for d in ("broadened", "narrowed")},
    **{(t, "replaced"): "{} changed" for t in ("entity", "place")},
    ("quantity", "raised"): "{} went up", ("quantity", "lowered"): "{} went down",
    ("time", "earlier"): "{} moved earlier", ("time", "later"): "{} moved later",
    **{(t, d): f"{{}} became {d}" for t in ("quantity", "time") for d in ("vaguer", "more precise")},
    ("certainty", "strengthened"): "what is said of “{}” is put more surely", ("certainty", "weakened"): "what is said of “{}” is put less surely",
    ("status", "advanced"): "what is told of “{}” is further along", ("status", "set back"): "what is told of “{}” is less far along",
    ("negation", "negated"): "what was affirmed of “{}” is denied", ("negation", "affirmed"): "what was denied of “{}” is affirmed",
    ("attribution", "dropped"): "the source for what is said of “{}” was dropped",
    ("attribution", "replaced"): "another source is named for what is said of “{}”",
    **{("attribution", d): f"the source for what is said of “{{}}” became {d}" for d in ("vaguer", "more precise")},
    ("label", "harsher"): "the wording for “{}” became harsher", ("label", "softer"): "the wording for “{}” became softer",
}  # fmt: skip
_MATTERS = frozenset({"entity", "quantity", "time", "place"})  # "The recipient was broadened from … to …": the role itself is what changed
_MATTER_ROLE: dict[ChangeType, str] = {
    "entity": "{}", "quantity": "{}", "time": "{}", "place": "{}", "certainty": "how sure it is what is said of “{}”",
    "status": "how far things have come with “{}”", "negation": "whether it is so of “{}”", "attribution": "the source for what is said of “{}”",
    "label": "the wording for “{}”",
}  # fmt: skip


def change_sentence(change: Change, *, order_known: bool = True, texts: tuple[str, str] | None = None) -> str:
    """Return what one change did, with its words, as a sentence. Without an order the two tellings are set side by side: neither came from the other.

    `texts` are the earlier and the later claim, which show the role of the words; without them none is named.
    """
    before, after = _quoted(change.from_text), _quoted(change.to_text)
    role = None if texts is None else read_role(change, *texts)
    if not order_known:
        matter = _MATTER[change.type] if role is None else _MATTER_ROLE[change.type].format(_one_line(role))
        if before and after:
            return f"They differ on {matter}: {before} here, {after} there."
        return f"They differ on {matter}: only one of them has {before or after}." if before or after else f"They differ on {matter}."
    # A source that is only left out did not become vaguer: there is none.
    direction = "dropped" if change.type == "attribution" and before and not after else change.direction
    changed = _CHANGED[change.type, direction] if role is None else _sentence_case(_CHANGED_ROLE[change.type, direction].format(_one_line(role)))
    if before and after:
        if change.direction == "replaced":
            return f"{changed}: {after} in place of {before}."
        return f"{changed}{'' if role is not None and change.type in _MATTERS else ':'} from {before} to {after}."
    if before:
        return f"{changed}: {before} is gone."
    return f"{changed}: {after} is new." if after else f"{changed}."


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _sentence_case(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def main_change(kind: str, changes: Sequence[Change]) -> Change:
    """Return the change that makes the finding what it is: the first of its kind, else the first of all."""
    return next((change for change in changes if change.kind == kind), changes[0])


def other_sentences(kind: str, changes: Sequence[Change], *, order_known: bool, texts: tuple[str, str] | None = None) -> list[str]:
    """Return a sentence for each change that the verdict does not tell; `texts` as in `change_sentence`."""
    main = main_change(kind, changes)
    return [change_sentence(change, order_known=order_known, texts=texts) for change in changes if change is not main]


def change_name(change: Change, *, order_known: bool) -> str:
    """Return a change as type and direction; the type alone where it is not known which telling came first, so that nothing can have gone either way."""
    return f"{change.type} {change.direction}".strip() if order_known else change.type


def verdict(kind: str, changes: Sequence[Change], *, order_known: bool, texts: tuple[str, str] | None = None) -> str:
    """Return a finding in one plain sentence: its main change, and what the kind makes of it; `texts` as in `change_sentence`."""
    main = change_sentence(main_change(kind, changes), order_known=order_known, texts=texts)
    if kind == "contradiction":
        return f"They cannot both be true. {main}"
    return main


def _quoted(words: str) -> str:
    words = _one_line(words)
    if not words:
        return ""
    return f"“{words}”" if len(words) <= MAX_WORDS else f"“{words[: MAX_WORDS - 1].rstrip()}…”"
