"""The features that move a finding's score, in words for a reader; flows/steps/comparing.py says how each is computed."""

from __future__ import annotations

from flows.records import CHANGE_TYPES

_WORDS = {
    "similarity": "likeness of the two claims", "similarity_margin": "no more alike counterpart", "overlap": "words they share",
    "names_shared": "names they share", "names_apart": "no name in common",
    "numbers_shared": "numbers they share", "length_ratio": "alike in length",
    "rare_words": "rare words they share", "rare_words_share": "share of rare words",
    "position_apart": "how far apart they stand in their articles",
    "position_first": "how far from the beginning",
    "entailment_max": "one follows from the other", "entailment_min": "each follows from the other",
    "contradiction_max": "model: contradiction, one way", "contradiction_min": "model: contradiction, both ways", "same_fact": "model: one fact",
    "one_fact_changed": "model: one fact, and changed", "same_fact_margin": "no likelier counterpart",
    "exclusive": "model: both cannot hold", "compatible": "model: both can hold, yet differ",
    "same": "model: they say the same", "moved_on": "model: the world moved on", "moved_on_words": "words that show an update",
    "types_max": "model: its surest type",
    "affinity": "articles hardly on one event",
    "days": "days between them", "dated": "order known by date", "comparers_changed": "surest comparer: changed",
    "comparers_changed_too": "a second comparer: changed",
    "comparers_same": "comparers that saw agreement",
    "quantity_ratio": "how many times one figure is the other", "quantity_context": "words in common around the figures",
    "quantity_counted": "the figures count one thing", "time_gap": "days between the times told",
    "surest_type_same": "its comparer denies the model's surest type", "types_same": "comparers deny what the model expects",
}  # fmt: skip
_OF_TYPE = {"model": "model: {} changed", "changed": "{}: changed", "same": "{}: agrees"}


def feature_words(name: str) -> str:
    """Return what a feature is, for a reader; the name itself, its underscores as spaces, where it has no words yet."""
    if name in _WORDS:
        return _WORDS[name]
    head, _, tail = name.rpartition("_")
    if head in CHANGE_TYPES and tail in _OF_TYPE:
        return _OF_TYPE[tail].format(head)
    return name.replace("_", " ")
