"""Outputs folders for tests of the report: whole ones, every id resolved, made of a few articles written here; hostile ones; large ones."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from example_archive import run_tables

from flows.records import Change, claim_id, finding_id
from flows.records import article_id as id_of
from flows.tables import Outputs

DAY = dt.datetime(2024, 3, 12, tzinfo=dt.UTC)
EVIDENCE: dict[str, Any] = {
    "similarity": 0.7, "same_fact": 0.8, "exclusive": 0.6, "compatible": 0.3, "same": 0.1, "entailment": 0.2, "neutral": 0.3, "contradiction": 0.5,
    "entailment_back": 0.1, "neutral_back": 0.5, "contradiction_back": 0.4, "blocking_rule": "nearest",
    "observations": [
        {"type": "quantity", "verdict": "changed", "direction": "raised", "from_text": "", "to_text": "", "weight": 1.0, "note": "7 is below 12"},
        {"type": "place", "verdict": "absent", "direction": "", "from_text": "", "to_text": "", "weight": 0.0, "note": ""},
    ],
    "contributions": [{"feature": f"feature_{n}", "value": 1.0, "contribution": 0.5 / (n + 1)} for n in range(12)],
}  # fmt: skip


class Story:
    """Articles of one storyline, added one by one; claims are sentences of their texts, and all of them tell one fact."""

    def __init__(self, name: str = "port") -> None:
        self.name = name
        self.articles: list[dict[str, Any]] = []
        self.sightings: list[dict[str, Any]] = []
        self.claims: list[dict[str, Any]] = []
        self.findings: list[dict[str, Any]] = []
        self.pairs: list[dict[str, Any]] = []

    def article(
        self, outlet: str, sentences: Sequence[str], *, day: int | None = 0, title: str = "", url: str = "", sure: int = 5, said: str | None = None
    ) -> list[dict[str, Any]]:
        """Add an article of these sentences, each a claim; return the claims."""
        text = f"{self.name}. {outlet}. " + " ".join(sentences)
        article_id = id_of(text)
        at = None if day is None else DAY + dt.timedelta(days=day)
        date = {"published_at": at, "date_source": "metadata" if at else "none"}
        self.articles.append({"article_id": article_id, "title": title, "text": text, "language": "en", "date_precision": "day" if at else "", **date})
        source = f"{self.name}/{len(self.articles)}.txt"
        self.sightings.append({"article_id": article_id, "source": source, "source_key": source, "outlet": outlet, "title": title, "url": url, **date})
        made = []
        for number, sentence in enumerate(sentences):
            start = text.index(sentence)
            end = start + len(sentence)
            made.append({
                "claim_id": claim_id(article_id, start, end), "article_id": article_id, "text": sentence, "char_start": start, "char_end": end,
                "sentence_index": number, "attribution": said, "certainty": "stated", "certainty_level": sure, "proposition": sentence,
            })  # fmt: skip
        self.claims += made
        return made

    def finding(self, earlier: dict[str, Any], later: dict[str, Any], *changes: Change, **values: Any) -> str:
        """Add a finding between two claims; return its id."""
        row: dict[str, Any] = {
            "finding_id": finding_id(earlier["claim_id"], later["claim_id"]), "kind": changes[0].kind, "types": [c.type for c in changes],
            "changes": list(changes), "score": 0.9, "order_known": True, "evidence": EVIDENCE,
        }  # fmt: skip
        for side, claim in (("earlier", earlier), ("later", later)):
            sighting = next(s for s in self.sightings if s["article_id"] == claim["article_id"])
            row |= {
                f"{side}_claim_id": claim["claim_id"], f"{side}_article_id": claim["article_id"], f"{side}_text": claim["text"],
                f"{side}_char_start": claim["char_start"], f"{side}_char_end": claim["char_end"], f"{side}_source": sighting["source"],
                f"{side}_sources": [sighting["source"]], f"{side}_outlet": sighting["outlet"], f"{side}_title": sighting["title"],
                f"{side}_published_at": sighting["published_at"], f"{side}_attribution": claim["attribution"], f"{side}_certainty": claim["certainty"],
            }  # fmt: skip
        self.findings.append(row | values)
        return row["finding_id"]

    def same_fact(self, earlier: dict[str, Any], later: dict[str, Any]) -> None:
        """Add a pair that tells one fact without a change: it is in the thread, and in no finding."""
        ends = {"earlier": earlier, "later": later}
        names = ("claim_id", "article_id")
        self.pairs.append({f"{side}_{name}": claim[name] for side, claim in ends.items() for name in names} | {"same_fact": 0.9})


def publish(folder: Path, stories: Sequence[Story], *, run_id: str = "run-1") -> Path:
    """Publish the stories as one run, and return the folder."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("articles", "sightings", "claims", "comparisons", "pairs", "findings")}
    for story in stories:
        ids = [a["article_id"] for a in story.articles]
        rows["articles"] += story.articles
        rows["sightings"] += story.sightings
        rows["claims"] += story.claims
        rows["comparisons"] += [{"earlier_article_id": a, "later_article_id": b} for a, b in itertools.pairwise(ids)]
        rows["pairs"] += story.pairs
        rows["findings"] += story.findings
    run = {"counts": {"articles": len(rows["articles"])}, "inputs": ["articles"], "model_source": "m", "thresholds": {"same_fact": 0.5, "min_score": 0.3}}
    Outputs(folder).publish(run_id, run_tables(run_id, run=run, **rows))
    return folder


def change(change_type: Any, direction: str, from_text: str, to_text: str, kind: Any = "drift") -> Change:
    return Change(change_type, kind, direction, from_text, to_text)


def port_story(name: str = "port") -> Story:
    """Four outlets on ships that wait: an update, a drift of certainty, a contradiction, and one telling that is not dated."""
    story = Story(name)
    echo = story.article("Echo", ["Seven ships wait in the bay.", "The harbour master has closed the port."], title="Ships wait", url="https://echo.example/1")
    courier = story.article("Courier", ["By the evening 12 ships waited in the bay.", "The harbour master may have closed the port."], day=1, sure=2)
    courier[0]["certainty_level"] = 5
    mail = story.article("Mail", ["No ship waited in the bay."], day=2, said="two sailors")
    sun = story.article("Sun", ["Seven ships wait in the bay."], day=None)
    story.finding(echo[0], courier[0], change("quantity", "raised", "Seven ships", "12 ships", "update"))
    story.finding(echo[1], courier[1], change("certainty", "weakened", "has closed", "may have closed"), score=0.8)
    story.finding(
        courier[0], mail[0], change("negation", "negated", "12 ships", "No ship", "contradiction"), change("quantity", "lowered", "12", "No"), score=0.7
    )
    story.finding(mail[0], sun[0], change("negation", "affirmed", "No ship", "Seven ships", "contradiction"), score=0.5, order_known=False)
    return story


def replaced_and_retold() -> tuple[Story, str, str, str]:
    """Mail's telling is replaced by one that makes the same change; the ids of the finding with the old one, of that with the new one, and of another's."""
    story = Story()
    echo = story.article("Echo", ["Seven ships wait in the bay."])
    mail = story.article("Mail", ["Now 12 ships wait in the bay."], day=1)
    again = story.article("Mail", ["Now 12  SHIPS wait in the bay, and more come."], day=2)
    story.sightings[2]["source_key"] = story.sightings[1]["source"]
    sun = story.article("Sun", ["In the bay 14 ships wait."], day=2)
    old = story.finding(echo[0], mail[0], change("quantity", "raised", "Seven ships", "12 ships", "update"))
    new = story.finding(echo[0], again[0], change("quantity", "raised", "Seven ships", "12  SHIPS", "update"))
    other = story.finding(echo[0], sun[0], change("quantity", "raised", "Seven ships", "14 ships", "update"))
    return story, old, new, other


ATTACK = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>{{ 7 * 7 }}<!--"
BIDI = "The user\u202eadmin\u2066 said \u2069so\u202c today"
LONG = "w" * 10_000


def hostile_story() -> Story:
    """Articles that try to run scripts, to turn the page's text round, and to tear its layout."""
    story = Story("hostile " + ATTACK)
    first = story.article(ATTACK, [f"Seven {ATTACK} ships wait.", BIDI + " at noon."], title=ATTACK + LONG, url="javascript:window.hacked=3", said=ATTACK)
    second = story.article("O'\"Out\x07let\x1b[31m \u202eesrever", [f"Nine {ATTACK} ships wait.", BIDI + " at night."], day=1, title="\u2028\u2029\x00t")
    third = story.article(LONG, [f"Ten {LONG} ships wait.", "Emoji \U0001f6a2 and Eleven ships wait."], day=2, url="https://x.example/\"onclick='x'")
    story.finding(first[0], second[0], change("quantity", "raised", f"Seven {ATTACK}", f"Nine {ATTACK}", "update"))
    story.finding(first[1], second[1], change("time", "later", "noon", "night", "contradiction"))
    story.finding(second[0], third[0], change("quantity", "raised", "Nine", f"Ten {LONG}", "update"))
    story.finding(second[0], third[1], change("quantity", "raised", "Nine", "Eleven", "update"))
    return story
