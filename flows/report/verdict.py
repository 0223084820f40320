"""A finding's changes in plain sentences, such as: Who or what is meant was broadened: from “Hezbollah” to “either Hezbollah or Iran”."""

from __future__ import annotations

from collections.abc import Sequence

from flows.records import Change, ChangeType

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


def change_sentence(change: Change, *, order_known: bool = True) -> str:
    """Return what one change did, with its words, as a sentence. Without an order the two tellings are set side by side: neither came from the other."""
    before, after = _quoted(change.from_text), _quoted(change.to_text)
    if not order_known:
        matter = _MATTER[change.type]
        if before and after:
            return f"They differ on {matter}: {before} here, {after} there."
        return f"They differ on {matter}: only one of them has {before or after}." if before or after else f"They differ on {matter}."
    # A source that is only left out did not become vaguer: there is none.
    direction = "dropped" if change.type == "attribution" and before and not after else change.direction
    changed = _CHANGED[change.type, direction]
    if before and after:
        return f"{changed}: {after} in place of {before}." if change.direction == "replaced" else f"{changed}: from {before} to {after}."
    if before:
        return f"{changed}: {before} is gone."
    return f"{changed}: {after} is new." if after else f"{changed}."


def main_change(kind: str, changes: Sequence[Change]) -> Change:
    """Return the change that makes the finding what it is: the first of its kind, else the first of all."""
    return next((change for change in changes if change.kind == kind), changes[0])


def other_sentences(kind: str, changes: Sequence[Change], *, order_known: bool) -> list[str]:
    """Return a sentence for each change that the verdict does not tell."""
    main = main_change(kind, changes)
    return [change_sentence(change, order_known=order_known) for change in changes if change is not main]


def change_name(change: Change, *, order_known: bool) -> str:
    """Return a change as type and direction; the type alone where it is not known which telling came first, so that nothing can have gone either way."""
    return f"{change.type} {change.direction}".strip() if order_known else change.type


def verdict(kind: str, changes: Sequence[Change], *, order_known: bool) -> str:
    """Return a finding in one plain sentence: its main change, and what the kind makes of it."""
    main = change_sentence(main_change(kind, changes), order_known=order_known)
    if kind == "contradiction":
        return f"They cannot both be true. {main}"
    return main


def _quoted(words: str) -> str:
    words = " ".join(words.split())
    if not words:
        return ""
    return f"“{words}”" if len(words) <= MAX_WORDS else f"“{words[: MAX_WORDS - 1].rstrip()}…”"
