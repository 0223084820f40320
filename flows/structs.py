"""The Arrow types of what stands inside a column: each member with its description, its unit, and whether it may be null."""

from __future__ import annotations

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")


def member(name: str, arrow_type: pa.DataType, description: str, *, unit: str | None = None, nullable: bool = False) -> pa.Field:
    """Declare a member of a struct. Whether it may be null stands in the metadata: Arrow's own flag is part of the type, and older files have it set."""
    notes = {"description": description, "nullable": "true" if nullable else "false"} | ({"unit": unit} if unit else {})
    return pa.field(name, arrow_type, metadata=notes)


SPAN = [
    member("text", pa.string(), "the words, a slice of the claim's text"),
    member("char_start", pa.int64(), "first code point in the claim's text", unit="code points"),
    member("char_end", pa.int64(), "one past the last code point", unit="code points"),
]
TEXT_SPAN = pa.struct(SPAN)
QUANTITY_TYPE = pa.struct([
    *SPAN,
    member("low", pa.float64(), "smallest value that the wording admits", unit="as in the member unit"),
    member("high", pa.float64(), "largest value that the wording admits; infinite for 'at least'", unit="as in the member unit"),
    member("unit", pa.string(), "canonical measure, such as kilometre, usd or percent, or what is counted; empty for a bare number"),
    member("dimension", pa.string(), "length, money, share, duration, count, ordinal, ...: quantities of different dimensions are not compared"),
    member("approximate", pa.bool_(), "true after 'about', 'some', 'nearly' and the like"),
])  # fmt: skip
TIME_TYPE = pa.struct([
    *SPAN,
    member("start", TIMESTAMP, "start of the interval; null where it cannot be resolved", unit="UTC", nullable=True),
    member("end", TIMESTAMP, "end of the interval, which it does not include; null where it cannot be resolved", unit="UTC", nullable=True),
    member("grain", pa.string(), "minute, day, month, year, clock (a time of day without a date) or vague"),
])  # fmt: skip
NAME_TYPE = pa.struct([*SPAN, member("role", pa.string(), "person, place, organisation or unknown")])
CHANGED_TEXTS = [
    member("from_text", pa.string(), "the words of the earlier claim; empty where it has none"),
    member("to_text", pa.string(), "the words of the later claim; empty where it has none"),
]
CHANGE_TYPE = pa.struct([
    member("type", pa.string(), "type of change, as in types"),
    member("kind", pa.string(), "kind of this change alone: contradiction, update, drift"),
    member("direction", pa.string(), "from the earlier claim to the later one"),
    *CHANGED_TEXTS,
])  # fmt: skip
OBSERVATION_TYPE = pa.struct([
    member("type", pa.string(), "type of change that the comparer looks for"),
    member("verdict", pa.string(), "absent (nothing to compare), same or changed"),
    member("direction", pa.string(), "from the earlier claim to the later one; empty unless changed"),
    *CHANGED_TEXTS,
    member("weight", pa.float64(), "how sure the comparer is of its verdict", unit="0 to 1"),
    member("note", pa.string(), "why, in a phrase; may be empty"),
])  # fmt: skip
CONTRIBUTION_TYPE = pa.struct([
    member("feature", pa.string(), "name of the feature"),
    member("value", pa.float64(), "its value for this pair"),
    member("contribution", pa.float64(), "how far it moved the score from that of an average pair", unit="log-odds"),
])  # fmt: skip
EVIDENCE_TYPE = pa.struct([
    member("similarity", pa.float64(), "cosine of the two claim vectors", unit="-1 to 1"),
    member("same_fact", pa.float64(), "score that both tell one fact", unit="0 to 1"),
    member("exclusive", pa.float64(), "P(both cannot hold); null with a model without that head", nullable=True, unit="probability"),
    member("compatible", pa.float64(), "P(both can hold, yet differ); null with a model without that head", nullable=True, unit="probability"),
    member("same", pa.float64(), "P(they say the same); null with a model without that head", nullable=True, unit="probability"),
    member("entailment", pa.float64(), "P(earlier entails later)", unit="probability"),
    member("neutral", pa.float64(), "P(neutral), earlier as premise", unit="probability"),
    member("contradiction", pa.float64(), "P(contradiction), earlier as premise", unit="probability"),
    member("entailment_back", pa.float64(), "P(later entails earlier)", unit="probability"),
    member("neutral_back", pa.float64(), "P(neutral), later as premise", unit="probability"),
    member("contradiction_back", pa.float64(), "P(contradiction), later as premise", unit="probability"),
    member("blocking_rule", pa.string(), "rule that proposed the pair"),
    member("observations", pa.list_(OBSERVATION_TYPE), "what each comparer saw"),
    member("contributions", pa.list_(CONTRIBUTION_TYPE), "how each feature moved the score"),
])  # fmt: skip
