"""Articles, claims, vectors and scores for tests of the core: invented sentences, read by the real readers, with vectors and scores made up from a seed."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from flows.records import Article, Claim, article_id
from flows.steps.claims import extract_claims
from flows.steps.copies import shingles
from flows.steps.views import ArticleView
from models.architecture import CHANGE_TYPES, N_DIRECTIONS
from models.nli import NliScores

DAY = dt.datetime(2025, 3, 12, tzinfo=dt.UTC)

# One event told in many ways, with numbers, times, places, names, hedges, sources, stages, denials and labels that differ.
SENTENCES = [
    "At least four dockers died when a crane fell on a ship in Velm harbour on Monday, police said.",
    "Seven dockers died when a crane fell on a ship in Velm harbour on Monday.",
    "About seven people were killed in Velm on Tuesday, according to the mayor, Ilse Brandt.",
    "The port of Velm was closed on Monday night after the accident.",
    "The port of Velm reopened on Thursday, two days after the accident.",
    "The wind brought the crane down, the harbour master said.",
    "The wind did not bring the crane down, said inspectors from Northam.",
    "The crane may have been brought down by strong wind, two officials said.",
    "The crane was last inspected in January 2025, according to Calder Lifting.",
    "The crane had not been inspected for more than two years, sources said.",
    "Calder Lifting has agreed to pay 2.5 million crowns to the families.",
    "Calder Lifting could agree to pay about 3 million crowns to the families.",
    "Protesters marched through Northam and demanded that the minister resign.",
    "A mob marched through Northam and demanded that the minister resign.",
    "It is unclear whether the ship was damaged when the crane fell.",
    "There is no evidence that the ship was damaged when the crane fell.",
    "President Omar Haddad will visit Velm on Friday with either his wife or the minister.",
    "President Omar Haddad visited Velm on Friday with his wife.",
]

# Two drops about one bridge, from which one finding comes at least.
MONDAY = "NORTHQUAY, 4 March 2024 - The lift bridge in Northquay will open again in June, the mayor said. Seven ships are waiting in the bay."
FRIDAY = "NORTHQUAY, 8 March 2024 - The lift bridge in Northquay will open again in August, the mayor said. Twelve ships are waiting in the bay."


def an_article(text: str, *, published_at: dt.datetime | None = DAY, precision: str = "day", title: str = "") -> Article:
    """An article of this text; no title, chrome or language matter here."""
    dated = published_at is not None
    return Article(article_id(text), "r", title, text, "en", published_at, "metadata" if dated else "none", precision if dated else "", {}, 0)


def a_claim(sentence: str, published_at: dt.datetime | None = DAY) -> Claim:
    """The claim that a sentence alone makes."""
    claims = extract_claims(an_article(sentence, published_at=published_at), "r").claims
    assert len(claims) == 1, (sentence, claims)
    return claims[0]


def word_vectors(texts: Sequence[str], width: int = 48) -> np.ndarray:
    """Unit vectors, shape (N, width), that are near where texts share words: the mean of a random vector for each word."""
    rows = []
    for text in texts:
        words = sorted(set(re.findall(r"\w+", text.lower()))) or [""]
        seeds = [int.from_bytes(hashlib.blake2b(w.encode(), digest_size=4).digest(), "big") for w in words]
        mean = np.mean([np.random.default_rng(seed).normal(size=width) for seed in seeds], axis=0)
        rows.append(mean / np.linalg.norm(mean))
    return np.round(np.array(rows, dtype=np.float32).reshape(len(texts), width), 5)


def a_view(article: Article, *, source_key: str = "", outlet: str = "", vectors: np.ndarray | None = None) -> ArticleView:
    """An article with its claims, as the steps from storylines on see it."""
    claims = tuple(extract_claims(article, "r").claims)
    made = word_vectors([c.text for c in claims]) if vectors is None else vectors
    return ArticleView(article, claims, made, frozenset({source_key or article.article_id}), frozenset({outlet} - {""}), shingles(article.text))


def random_scores(seed: int, premise: str, hypothesis: str, *, heads: bool = True) -> NliScores:
    """Scores of one directed pair as a checkpoint might give them: probabilities that sum to 1, spans on the words of the sentences."""
    rng = np.random.default_rng(seed)
    row = NliScores.from_rows(np.full((1, NliScores.row_width()), np.nan, dtype=np.float32))
    row.nli[:] = rng.dirichlet([0.5, 0.5, 0.5])
    row.premise_spans[:], row.hypothesis_spans[:] = -1, -1
    if heads:
        row.same_fact[:], row.moved_on[:], row.changed[:] = rng.random(), rng.random(), rng.random()
        row.relation[:] = rng.dirichlet([0.5, 0.5, 0.5])
        row.types[:] = rng.random(len(CHANGE_TYPES))
        row.direction[:] = rng.normal(scale=3.0, size=N_DIRECTIONS)
        for spans, text in ((row.premise_spans, premise), (row.hypothesis_spans, hypothesis)):
            words = [m.span() for m in re.finditer(r"\w+", text)]
            for t in range(len(CHANGE_TYPES)):
                if words and rng.random() < 0.7:
                    i, j = sorted(int(k) for k in rng.integers(len(words), size=2))
                    spans[0, t] = words[i][0], words[j][1]
    return row


def invented_texts(n: int, rng: random.Random, words: Sequence[str] = ()) -> list[str]:
    """`n` strings of words and punctuation, from none to more than a model reads."""
    vocabulary = list(words) or re.findall(r"\w+", " ".join(SENTENCES))
    return [" ".join(rng.choices(vocabulary, k=length)) + rng.choice(["", ".", " (sic)", "?!"]) for length in rng.choices([0, 1, 3, 8, 15, 30, 150], k=n)]


def with_heads(tiny_model: Path, target: Path) -> Path:
    """A copy of the tiny model with fact heads of random weights."""
    import torch
    from safetensors.torch import save_file

    from models.architecture import PairHeads
    from models.checkpoint import HEADS_FILE

    shutil.copytree(tiny_model, target)
    torch.manual_seed(7)
    save_file(PairHeads(32).state_dict(), target / HEADS_FILE)
    return target


def write_articles(folder: Path, articles: dict[str, str]) -> list[Path]:
    """Write {path: text} under `folder`; return the files."""
    paths = []
    for name, text in articles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def pairs_of(sentences: Sequence[str]) -> list[tuple[str, str]]:
    """All ordered pairs of different sentences."""
    return list(itertools.permutations(sentences, 2))
