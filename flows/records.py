"""The records that flow through the pipeline, beside the Arrow schemas they are stored in.

A record is a frozen dataclass; each field carries its Arrow type, a description and, where it has one, a unit. `arrow_schema` derives the table's schema
from that, so the two cannot drift apart. Ids are content hashes: the same text, span or pair has the same id in every run, on every machine.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from flows.structs import CHANGE_TYPE, EVIDENCE_TYPE, NAME_TYPE, QUANTITY_TYPE, TEXT_SPAN, TIME_TYPE, TIMESTAMP

SCHEMA_VERSION = 1

Kind = Literal["contradiction", "drift", "update"]
KINDS: tuple[Kind, ...] = ("contradiction", "update", "drift")  # strongest first
ChangeType = Literal["entity", "quantity", "time", "place", "certainty", "status", "negation", "attribution", "label"]
CHANGE_TYPES: tuple[ChangeType, ...] = ("entity", "quantity", "time", "place", "certainty", "status", "negation", "attribution", "label")
DIRECTIONS: dict[ChangeType, tuple[str, ...]] = {
    "entity": ("broadened", "narrowed", "replaced"),
    "quantity": ("raised", "lowered", "vaguer", "more precise"),
    "time": ("earlier", "later", "vaguer", "more precise"),
    "place": ("broadened", "narrowed", "replaced"),
    "certainty": ("strengthened", "weakened"),
    "status": ("advanced", "set back"),
    "negation": ("negated", "affirmed"),
    "attribution": ("dropped", "vaguer", "more precise", "replaced"),
    "label": ("harsher", "softer"),
}
OPPOSITE_DIRECTION: dict[str, str] = {
    "broadened": "narrowed", "narrowed": "broadened", "replaced": "replaced", "raised": "lowered", "lowered": "raised",
    "vaguer": "more precise", "more precise": "vaguer", "earlier": "later", "later": "earlier", "strengthened": "weakened",
    "weakened": "strengthened", "advanced": "set back", "set back": "advanced", "negated": "affirmed", "affirmed": "negated",
    "dropped": "more precise", "harsher": "softer", "softer": "harsher",
}  # fmt: skip


def stable_hash(*parts: str | int) -> str:
    """Return 20 hex digits of SHA-256 over `parts`, each with its length, so that ("ab", "c") and ("a", "bc") differ."""
    digest = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()[:20]


def article_id(text: str) -> str:
    return "a" + stable_hash("article", text)


def claim_id(article: str, char_start: int, char_end: int) -> str:
    return "c" + stable_hash("claim", article, char_start, char_end)


def finding_id(claim_a: str, claim_b: str) -> str:
    """The id of a pair of claims: the same whichever comes first, whatever the kind or the model."""
    return "f" + stable_hash("finding", *sorted((claim_a, claim_b)))


def column(arrow_type: pa.DataType, description: str, *, unit: str | None = None, nullable: bool = False) -> Any:
    """Declare a dataclass field together with its Arrow column."""
    metadata = {"arrow_type": arrow_type, "description": description, "unit": unit, "nullable": nullable}
    return dataclasses.field(metadata=metadata)


def arrow_schema(record: type) -> pa.Schema:
    """Return the Arrow schema of a record class; every field has its description, and its unit, in the metadata."""
    fields = []
    for f in dataclasses.fields(record):
        if "arrow_type" not in f.metadata:
            continue
        notes = {"description": f.metadata["description"]}
        if f.metadata["unit"]:
            notes["unit"] = f.metadata["unit"]
        fields.append(pa.field(f.name, f.metadata["arrow_type"], nullable=f.metadata["nullable"], metadata=notes))
    return pa.schema(fields, metadata={"schema_version": str(SCHEMA_VERSION)})


# --- what the language readers find in a claim -------------------------------------------------------------------------------------------------------------
# Offsets of mentions are code points relative to the CLAIM's text, half-open: claim.text[m.char_start:m.char_end] == m.text.


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: "at least 87 people" is low=87, high=inf, unit="people"."""

    text: str
    char_start: int
    char_end: int
    low: float  # smallest value the wording admits, in `unit`; 87 for "87", 87 for "at least 87"
    high: float  # largest value the wording admits; inf for "at least"
    unit: str  # canonical measure: "kilometre", "usd", "percent", "" ; or the head noun counted: "people", "missiles"
    dimension: str  # "length", "money", "share", "duration", "count", "ordinal", ...: quantities of different dimensions never conflict
    approximate: bool  # "about", "some", "nearly", "dozens"


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time expression, resolved to the interval [start, end) in days where it can be."""

    text: str
    char_start: int
    char_end: int
    start: dt.datetime | None
    end: dt.datetime | None
    grain: str  # "minute", "day", "month", "year", "clock" (a time of day without a date), "vague"


@dataclass(frozen=True, slots=True)
class NameMention:
    """A proper name as it stands in the claim. `role` is "person", "place", "organisation" or "unknown"."""

    text: str
    char_start: int
    char_end: int
    role: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that carry certainty, attribution, status, negation or a label, with their offsets in the claim."""

    text: str
    char_start: int
    char_end: int


# --- tables --------------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one document. `article_id` is the hash of `text`, the cleaned text."""

    article_id: str = column(pa.string(), "hash of the cleaned text")
    run_id: str = column(pa.string(), "run that read the article first")
    title: str = column(pa.string(), "headline; empty where none was found")
    text: str = column(pa.string(), "cleaned text; claim offsets count its code points")
    language: str = column(pa.string(), "ISO 639-1 code found by the language detector; 'und' for texts too short to tell")
    published_at: dt.datetime | None = column(TIMESTAMP, "time of publication, earliest sighting of the run", unit="UTC", nullable=True)
    date_source: str = column(pa.string(), "where published_at comes from: metadata, date line, dateline, file name, none")
    date_precision: str = column(pa.string(), "second or day; empty without a date")
    chrome: dict[str, int] = column(pa.map_(pa.string(), pa.int64()), "pieces dropped as scraper noise, per reason", unit="pieces")
    n_claims: int = column(pa.int64(), "claims extracted", unit="claims")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when an article was seen. The same text in two outlets is one article with two sightings."""

    article_id: str = column(pa.string(), "article that was seen")
    source: str = column(pa.string(), "path relative to INPUT, with '#' and the record's id or number for files of many records")
    source_key: str = column(pa.string(), "what versions of one document share: canonical URL, else outlet and record id, else path")
    url: str = column(pa.string(), "address; empty where unknown")
    outlet: str = column(pa.string(), "publisher: from the record, the URL's host or the folder; empty where unknown")
    title: str = column(pa.string(), "headline as sighted")
    published_at: dt.datetime | None = column(TIMESTAMP, "time of publication as sighted", unit="UTC", nullable=True)
    date_source: str = column(pa.string(), "where published_at comes from")
    run_id: str = column(pa.string(), "run that saw it first")


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement quoted from an article: article.text[char_start:char_end] == text, always."""

    claim_id: str = column(pa.string(), "hash of article_id, char_start, char_end")
    article_id: str = column(pa.string(), "article the claim is quoted from")
    run_id: str = column(pa.string(), "run that extracted it")
    text: str = column(pa.string(), "verbatim slice of the article's text")
    char_start: int = column(pa.int64(), "first code point in the article's text", unit="code points")
    char_end: int = column(pa.int64(), "one past the last code point", unit="code points")
    sentence_index: int = column(pa.int64(), "number of the sentence in the article, from 0", unit="sentences")
    context: str = column(pa.string(), "the sentence before, for pronouns; empty for the first")
    proposition: str = column(pa.string(), "what is said, without the attribution")
    attribution: str | None = column(pa.string(), "who says so, as worded; null where the article says it itself", nullable=True)
    attribution_strength: int = column(
        pa.int64(), "how definite the source is: 0 none, 1 unnamed ('sources'), 2 described ('two officials'), 3 named", unit="0-3"
    )
    certainty: str = column(pa.string(), "denied, unclear, possible, believed, reported, stated (see flows/language/certainty.py)")
    certainty_level: int = column(pa.int64(), "the same as an ordered scale", unit="0-5")
    certainty_cues: list[Cue] = column(pa.list_(TEXT_SPAN), "the words that carry it, offsets in the claim")
    quantities: list[Quantity] = column(pa.list_(QUANTITY_TYPE), "numbers with units, offsets in the claim")
    times: list[TimeMention] = column(pa.list_(TIME_TYPE), "time expressions, resolved against the article's date")
    names: list[NameMention] = column(pa.list_(NAME_TYPE), "proper names, offsets in the claim")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims of different articles that blocking proposed and that were scored; in order of publication. Claims of the same words need no model."""

    earlier_claim_id: str = column(pa.string(), "claim of the article published first")
    later_claim_id: str = column(pa.string(), "claim of the article published later")
    earlier_article_id: str = column(pa.string(), "article of the earlier claim")
    later_article_id: str = column(pa.string(), "article of the later claim")
    run_id: str = column(pa.string(), "run that scored it")
    blocking_rule: str = column(pa.string(), "rule that proposed the pair")
    similarity: float = column(pa.float64(), "cosine of the two claim vectors", unit="-1 to 1")
    entailment: float = column(pa.float64(), "P(earlier entails later)", unit="probability")
    neutral: float = column(pa.float64(), "P(neutral), earlier as premise", unit="probability")
    contradiction: float = column(pa.float64(), "P(contradiction), earlier as premise", unit="probability")
    entailment_back: float | None = column(
        pa.float64(), "P(later entails earlier); null where the first look ended the pair", unit="probability", nullable=True
    )
    neutral_back: float | None = column(
        pa.float64(), "P(neutral), later as premise; null where the first look ended the pair", unit="probability", nullable=True
    )
    contradiction_back: float | None = column(
        pa.float64(), "P(contradiction), later as premise; null where the first look ended the pair", unit="probability", nullable=True
    )
    same_fact: float = column(pa.float64(), "score that both tell one fact", unit="0 to 1")
    score: float = column(pa.float64(), "score that a reader would call the pair changed; 0 where it was dropped before this counts", unit="0 to 1")
    dropped_at: str = column(pa.string(), "step at which the pair left the way to a finding; empty where it is one")


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in a finding. The texts are verbatim slices of the two claims; empty where one side has no such words."""

    type: ChangeType
    kind: Kind
    direction: str
    from_text: str
    to_text: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What one comparer saw in a pair of claims.

    verdict: "absent" (at most one side mentions the matter: nothing to compare), "same" (both do, and agree), "changed" (both do, and differ; or one side's
    silence is itself the change, as with a dropped source or hedge).
    weight: 0 to 1, how sure the comparer is of its verdict. Texts are verbatim slices of the claims.
    """

    type: ChangeType
    verdict: Literal["absent", "same", "changed"]
    direction: str = ""
    from_text: str = ""
    to_text: str = ""
    weight: float = 0.0
    note: str = ""  # one short plain phrase for `explain`: "87 is outside 100 to 120"


@dataclass(frozen=True, slots=True)
class Finding:
    """A pair shown to a reader. The one table that stands alone."""

    finding_id: str = column(pa.string(), "hash of the two claim ids, sorted")
    run_id: str = column(pa.string(), "run that found it")
    thread_id: str = column(pa.string(), "claims that tell one fact share a thread; as of this run")
    storyline_id: str = column(pa.string(), "articles about one event share a storyline; as of this run")
    kind: Kind = column(pa.string(), "strongest of the changes: contradiction, update, drift")
    types: list[ChangeType] = column(pa.list_(pa.string()), "types of change, surest first")
    changes: list[Change] = column(pa.list_(CHANGE_TYPE), "each change with the words; texts are slices of the claims")
    score: float = column(pa.float64(), "how sure the finding is", unit="0 to 1")
    earlier_source: str = column(pa.string(), "source of the earlier claim")
    later_source: str = column(pa.string(), "source of the later claim")
    earlier_sources: list[str] = column(pa.list_(pa.string()), "every source that carries the earlier claim word for word")
    later_sources: list[str] = column(pa.list_(pa.string()), "every source that carries the later claim word for word")
    earlier_outlet: str = column(pa.string(), "outlet of the earlier claim; empty where unknown")
    later_outlet: str = column(pa.string(), "outlet of the later claim; empty where unknown")
    earlier_title: str = column(pa.string(), "headline over the earlier claim")
    later_title: str = column(pa.string(), "headline over the later claim")
    earlier_text: str = column(pa.string(), "the earlier claim")
    later_text: str = column(pa.string(), "the later claim")
    earlier_char_start: int = column(pa.int64(), "offset in the earlier article's text", unit="code points")
    earlier_char_end: int = column(pa.int64(), "one past the last", unit="code points")
    later_char_start: int = column(pa.int64(), "offset in the later article's text", unit="code points")
    later_char_end: int = column(pa.int64(), "one past the last", unit="code points")
    earlier_published_at: dt.datetime | None = column(TIMESTAMP, "publication of the earlier article", unit="UTC", nullable=True)
    later_published_at: dt.datetime | None = column(TIMESTAMP, "publication of the later article", unit="UTC", nullable=True)
    order_known: bool = column(pa.bool_(), "false where neither dates nor texts tell which came first")
    same_source: bool = column(pa.bool_(), "two versions of one source")
    earlier_attribution: str | None = column(pa.string(), "who says so in the earlier claim", nullable=True)
    later_attribution: str | None = column(pa.string(), "who says so in the later claim", nullable=True)
    earlier_certainty: str = column(pa.string(), "certainty of the earlier claim")
    later_certainty: str = column(pa.string(), "certainty of the later claim")
    earlier_claim_id: str = column(pa.string(), "key into claims")
    later_claim_id: str = column(pa.string(), "key into claims")
    earlier_article_id: str = column(pa.string(), "key into articles")
    later_article_id: str = column(pa.string(), "key into articles")
    evidence: dict[str, Any] = column(EVIDENCE_TYPE, "probabilities, similarity, what each comparer saw, and how each feature moved the score")
    model_id: str = column(pa.string(), "digest of the checkpoint")
    schema_version: int = column(pa.int64(), "version of these tables")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two articles that were compared. Those likely enough to share an event, and those with a finding, hold storylines together."""

    earlier_article_id: str = column(pa.string(), "article published first")
    later_article_id: str = column(pa.string(), "article published later")
    run_id: str = column(pa.string(), "run that compared them")
    affinity: float = column(pa.float64(), "how surely they share an event", unit="0 to 1")
    near_copy: bool = column(pa.bool_(), "most of one text stands word for word in the other")
    order_known: bool = column(pa.bool_(), "false where neither dates nor texts tell which came first")


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not be used, and why. Nothing is dropped without one."""

    run_id: str = column(pa.string(), "run that rejected it")
    source: str = column(pa.string(), "file, with '#' and the record's number where it has many")
    reason: str = column(pa.string(), "short name of the reason, countable: empty, binary, no text, too large, ...")
    detail: str = column(pa.string(), "one plain sentence that says what, where and what to do")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what was read, what came of it, and with which settings."""

    run_id: str = column(pa.string(), "time of the start and a random tail; sorts by time")
    started_at: dt.datetime = column(TIMESTAMP, "start", unit="UTC")
    finished_at: dt.datetime = column(TIMESTAMP, "end", unit="UTC")
    inputs: list[str] = column(pa.list_(pa.string()), "INPUT arguments")
    counts: dict[str, int] = column(pa.map_(pa.string(), pa.int64()), "how many at each step")
    pairs_per_rule: dict[str, int] = column(pa.map_(pa.string(), pa.int64()), "pairs each blocking rule proposed", unit="pairs")
    dropped: dict[str, int] = column(pa.map_(pa.string(), pa.int64()), "what was dropped, per reason")
    thresholds: dict[str, float] = column(pa.map_(pa.string(), pa.float64()), "every threshold in force")
    seconds: dict[str, float] = column(pa.map_(pa.string(), pa.float64()), "wall time per step", unit="s")
    model_id: str = column(pa.string(), "digest of the checkpoint")
    model_source: str = column(pa.string(), "path or hub id of the checkpoint")
    settings_id: str = column(pa.string(), "digest of everything besides the articles that findings depend on")
    schema_version: int = column(pa.int64(), "version of these tables")


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a source has or had. Derived from the sightings when it is asked for: flows.tables.load(outputs, "versions")."""

    source_key: str = column(pa.string(), "what versions of one document share")
    number: int = column(pa.int64(), "1 for the source's first version", unit="versions")
    article_id: str = column(pa.string(), "key into articles")
    source: str = column(pa.string(), "where it was seen, as in sightings; of several sources of one key the first by name")
    outlet: str = column(pa.string(), "publisher; empty where unknown")
    published_at: dt.datetime | None = column(TIMESTAMP, "time of publication as sighted, the earliest", unit="UTC", nullable=True)
    run_id: str = column(pa.string(), "run that saw it first")
    superseded_by: str | None = column(pa.string(), "article_id of the source's next version; null for its newest", nullable=True)


TABLES: dict[str, type] = {
    "articles": Article, "sightings": Sighting, "claims": Claim, "comparisons": Comparison, "pairs": Pair,
    "rejects": Reject, "findings": Finding, "runs": Run,
}  # fmt: skip
"""Tables by folder name, in the order in which a run publishes them: findings after what they refer to, runs last."""


def as_row(record: Any) -> dict[str, Any]:
    """Return a record as a plain dict, nested dataclasses included."""
    return dataclasses.asdict(record)
