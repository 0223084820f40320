"""Annotated stories: news events told by several outlets, with what differs between the tellings; and training examples from them.

Those of our own (models/data/stories) give each telling's values, and the changes between two tellings follow from these. `gold` turns them into the form that
the development stories have, in which training, fitting and scoring read them all.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from models.architecture import DIRECTIONS
from models.examples import RELATION_OF_KIND, WRITTEN, Example, different, nli_of_kind, plain_sentences, slot_direction

STORIES = WRITTEN / "stories"


@dataclasses.dataclass(frozen=True)
class AnnotatedStory:
    """A story's gold with the texts of its articles. `source`: the file or folder it comes from, by which it is held out."""

    source: str
    gold: dict
    texts: Mapping[str, str]  # article: text


def annotated_stories(shared: Path, hold_out: Sequence[str] = ()) -> Iterator[AnnotatedStory]:
    """The development stories in `shared` and those of our own, but for sources that are held out."""
    for path in sorted((shared / "stories").glob("*/gold.json")):
        folder = path.parent
        if folder.name not in hold_out:
            texts = {p.stem: p.read_text(encoding="utf-8") for p in sorted((folder / "articles").glob("*.txt"))}
            yield AnnotatedStory(folder.name, json.loads(path.read_text(encoding="utf-8")), texts)
    for name, stories in load_stories().items():
        if name not in hold_out:
            for story in stories:
                yield AnnotatedStory(name, gold(story), {a["id"]: a["text"] for a in story["articles"]})


def load_stories(folder: Path = STORIES) -> dict[str, list[dict]]:
    """Return the annotated stories: file name without ending → stories."""
    return {p.stem: [json.loads(line) for line in p.read_text(encoding="utf-8").splitlines() if line.strip()] for p in sorted(folder.glob("*.jsonl"))}


def gold(story: dict) -> dict:
    """A story's gold: articles with dates, facts with their expressions and changes from the earlier to the later article, no traps."""
    articles = sorted(story["articles"], key=lambda a: (a["date"] is None, a["date"], a["id"]))
    place = {a["id"]: i for i, a in enumerate(articles)}
    facts = []
    for fact in story["facts"]:
        tellings = sorted(fact["tellings"], key=lambda t: place[t["article"]])
        facts.append({
            "id": fact["id"],
            "proposition": fact["about"],
            "expressions": [{"article": t["article"], "sentence": t["text"], "values": t["values"]} for t in tellings],
            "changes": [change for a, b in itertools.combinations(tellings, 2) for change in _changes(fact, a, b)],
        })  # fmt: skip
    return {"story": story["story"], "topic": story["domain"], "articles": {a["id"]: {"date": a["date"]} for a in articles}, "facts": facts, "traps": []}


def article_text(article: dict) -> str:
    """An article as a scraper would leave it: its date first, where it has one and does not tell it itself."""
    told = article["date"] is None or article["text"].lstrip().startswith("date ")
    return article["text"] + "\n" if told else f" date {article['date']}\n{article['text']}\n"


def write_story(story: dict, folder: Path) -> Path:
    """Write a story as a folder of articles with gold.json; return `folder`."""
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    told = gold(story)
    names = {a["id"]: f"{story['story']}-{a['id']}" for a in story["articles"]}
    for article in story["articles"]:
        (folder / "articles" / f"{names[article['id']]}.txt").write_text(article_text(article), encoding="utf-8")
    told["articles"] = {names[i]: entry for i, entry in told["articles"].items()}
    for fact in told["facts"]:
        for end in itertools.chain(fact["expressions"], *((c["from"], c["to"]) for c in fact["changes"])):
            end["article"] = names[end["article"]]
    (folder / "gold.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def _changes(fact: dict, first: dict, second: dict) -> list[dict]:
    """The changes between two tellings of a fact, one entry a slot; words are "" where a telling has none for the slot."""
    exceptions = {(frozenset((e["a"], e["b"])), e["slot"]): e["kind"] for e in fact.get("exceptions", [])}
    found = []
    for name, slot in fact["slots"].items():
        values = [t["values"].get(name) for t in (first, second)]
        kind = exceptions.get((frozenset((first["article"], second["article"])), name), slot["clash"])
        if None in values or values[0] == values[1] or kind == "same":
            continue
        words = [(t.get("words") or {}).get(name) or "" for t in (first, second)]
        found.append({
            "from": {"article": first["article"]}, "to": {"article": second["article"]}, "kind": kind, "type": slot["type"],
            "direction": slot_direction(slot, values[0], values[1], ordered=True) or None, "from_text": words[0], "to_text": words[1],
        })  # fmt: skip
    return found


def story_examples(stories: Sequence[AnnotatedStory], n_similar: int, n_random: int, seed: int) -> list[Example]:
    """Pairs of sentences of different articles of a story: all pairs that tell one fact, and for each sentence look-alikes and random ones that do not."""
    return [e for story in stories for e in _story_pairs(story, n_similar, n_random, random.Random(f"{seed}-{story.gold['story']}"))]


def _story_pairs(story: AnnotatedStory, n_similar: int, n_random: int, rng: random.Random) -> Iterator[Example]:
    name, facts = story.gold["story"], story.gold["facts"]
    facts_of: dict[tuple[str, str], set[str]] = {}  # (article, sentence) → facts told there
    for fact in facts:
        for expression in fact["expressions"]:
            facts_of.setdefault((expression["article"], expression["sentence"]), set()).add(fact["id"])
    changes: dict[frozenset, list[dict]] = {}  # the two ends → changes
    for fact in facts:
        by_article: dict[str, list[str]] = {}
        for expression in fact["expressions"]:
            by_article.setdefault(expression["article"], []).append(expression["sentence"])
        for change in fact["changes"]:
            ends = [
                [(end["article"], s) for s in ([end["sentence"]] if end.get("sentence") else by_article[end["article"]])]
                for end in (change["from"], change["to"])
            ]
            for a, b in itertools.product(*ends):
                changes.setdefault(frozenset((a, b)), []).append({**change, "first": a})
    sentences = list(facts_of)
    for article, text in story.texts.items():
        for sentence in plain_sentences(text):
            if not any(its == article and (sentence in known or known in sentence) for its, known in facts_of):
                sentences.append((article, sentence))
    negatives: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for a, b in itertools.combinations(sentences, 2):
        if a[0] == b[0]:
            continue
        if facts_of.get(a, set()) & facts_of.get(b, set()):
            yield _told_pair(name, a, b, changes.get(frozenset((a, b)), []))
        else:
            negatives.setdefault(a, []).append(b)
            negatives.setdefault(b, []).append(a)
    chosen = set()
    words = {s: Counter(re.findall(r"\w+", s[1].lower())) for s in sentences}
    for a, others in negatives.items():
        others.sort(key=lambda b: -sum((words[a] & words[b]).values()) / (4 + sum(words[b].values())))
        picked = others[:n_similar] + rng.sample(others, min(n_random, len(others)))
        chosen |= {frozenset((a, b)) for b in picked}
    for trap in story.gold.get("traps", []):
        ends = [(trap[end]["article"], trap[end]["sentence"]) for end in ("a", "b")]
        if not facts_of.get(ends[0], set()) & facts_of.get(ends[1], set()):
            chosen.add(frozenset(ends))
    for pair in sorted(chosen, key=sorted):
        a, b = sorted(pair)
        yield different(a[1], b[1], name)


def _told_pair(group: str, a: tuple[str, str], b: tuple[str, str], changes: list[dict]) -> Example:
    if changes and changes[0]["first"] != a:
        a, b = b, a  # the direction of a change runs from its `from` end
    kinds = {c["kind"] for c in changes}
    kind = next((k for k in ("contradiction", "update", "drift") if k in kinds), "agree")
    forward = [c for c in changes if c["first"] == a]
    return Example(
        a[1], b[1], nli=nli_of_kind(kind), same_fact=True, relation=RELATION_OF_KIND[kind], types=tuple(dict.fromkeys(c["type"] for c in changes)),
        moved_on=kind == "update" if kind in ("contradiction", "update") else None,
        directions={c["type"]: c["direction"] for c in forward if c.get("direction") in DIRECTIONS[c["type"]]},
        premise_spans={c["type"]: c["from_text"] for c in forward}, hypothesis_spans={c["type"]: c["to_text"] for c in forward}, group=group,
    )  # fmt: skip
