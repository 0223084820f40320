"""The gold of the development stories, as labels for candidate pairs: told in the same way as the scoring script tells it."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections import Counter
from pathlib import Path

WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True)
class PairLabel:
    """What the gold says of a pair of claims. `changes`: (type, kind, direction, from_text, to_text), directions from the first claim to the second."""

    same_fact: bool
    changes: tuple[tuple[str, str, str | None, str | None, str | None], ...]


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def tells(claim: Counter[str], sentence: Counter[str]) -> bool:
    """True where a claim tells a gold sentence: at least 4 words, at most half as long again, seven tenths of the shorter one's words shared."""
    n_claim, n_sentence = claim.total(), sentence.total()
    if n_claim < min(4, n_sentence) or n_claim > 1.5 * n_sentence:
        return False
    return (claim & sentence).total() >= 0.7 * min(n_claim, n_sentence)


class StoryGold:
    """Gold of one story."""

    def __init__(self, folder: Path) -> None:
        gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
        self.name, self.articles = gold["story"], set(gold["articles"])
        self._sentences: dict[str, list[tuple[str, Counter[str], str]]] = {}  # article: (fact, words, sentence)
        self._changes: dict[tuple[str, tuple[str, str], tuple[str, str]], list[dict]] = {}
        for fact in gold["facts"]:
            by_article: dict[str, list[str]] = {}
            for e in fact["expressions"]:
                by_article.setdefault(e["article"], []).append(e["sentence"])
                self._sentences.setdefault(e["article"], []).append((fact["id"], words(e["sentence"]), e["sentence"]))
            for change in fact["changes"]:
                ends = [
                    [(end["article"], s) for s in ([end["sentence"]] if end.get("sentence") else by_article[end["article"]])]
                    for end in (change["from"], change["to"])
                ]
                for a, b in itertools.product(*ends):
                    self._changes.setdefault((fact["id"], a, b), []).append(change)

    def told(self, article: str, claim_text: str) -> set[tuple[str, str]]:
        """(fact, sentence) pairs that a claim of an article tells."""
        claim = words(claim_text)
        return {(fact, sentence) for fact, its_words, sentence in self._sentences.get(article, []) if tells(claim, its_words)}

    def label(self, article_a: str, text_a: str, article_b: str, text_b: str) -> PairLabel:
        first, second = self.told(article_a, text_a), self.told(article_b, text_b)
        same = bool({f for f, _ in first} & {f for f, _ in second})
        changes = []
        for (fact, sentence), (other, its_sentence) in itertools.product(first, second):
            if fact != other:
                continue
            a, b = (article_a, sentence), (article_b, its_sentence)
            for change in self._changes.get((fact, a, b), []):
                changes.append((change["type"], change["kind"], change.get("direction"), change.get("from_text"), change.get("to_text")))
            for change in self._changes.get((fact, b, a), []):
                changes.append((change["type"], change["kind"], None, change.get("to_text"), change.get("from_text")))
        return PairLabel(same, tuple(changes))


def fold_models(entries: list[str], stories: list[str]) -> dict[str, str | None]:
    """Which checkpoint reads which story: `entries` are one checkpoint for all, or `story,story=CHECKPOINT`; None is the embedded one."""
    model_of: dict[str, str | None] = dict.fromkeys(stories)
    for entry in entries:
        names, _, model = entry.rpartition("=")
        for name in names.split(",") if names else stories:
            model_of[name] = model
    return model_of


def load_golds(folders: list[Path]) -> dict[str, StoryGold]:
    """Gold by article name, over all stories."""
    return {article: gold for gold in map(StoryGold, folders) for article in gold.articles}
