"""An archive to check without a model: articles about a few invented events, and an engine whose vectors and scores are hashes of the words.

The engine takes no time and is the same in every process, so what a run finds is known, and all the rest of the run is the real thing.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from flows import engine
from flows.engine import Engine
from flows.pipeline import CheckRun, Settings
from models.encoder import ClaimEncoder
from models.nli import NliScorer, NliScores
from tests.core_examples import random_scores, word_vectors

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")
SETTINGS = Settings(min_score=0.2)

PLACES = ["Velm", "Northam", "Ostrel", "Calderby"]
EVENTS = [
    ["{n} dockers died when a crane fell on a ship in the port of {p}, {s} said.", "The crane in {p} was last inspected in {m}, according to {s}.",
     "The port of {p} {o} on {d} after the crane fell.", "Strong wind {w} the crane in {p} down, {s} said.", "{s} has agreed to pay {n} million crowns."],
    ["{n} houses were flooded in {p} when the river rose on {d}, {s} said.", "The dam above {p} {w} the water back, according to {s}.",
     "Schools in {p} {o} on {d} because of the flood.", "The river at {p} reached {n} metres in {m}, {s} said.", "{s} may rebuild {n} bridges in {p}."],
    ["{n} workers of the mill in {p} began a strike on {d}, {s} said.", "The mill in {p} {o} on {d}, according to {s}.",
     "The owner of the mill {w} {n} jobs in {p}, {s} said.", "The talks about wages in {p} could end in {m}.",
     "{s} believes the strike in {p} will last {n} days."],
]  # fmt: skip
WORDS = {
    "n": ["four", "five", "seven", "12", "about 20", "at least nine"], "s": ["police", "the mayor", "Ilse Brandt", "sources", "two officials"],
    "m": ["January", "March", "2023"], "o": ["closed", "reopened", "stayed closed"], "d": ["Monday", "Tuesday", "Friday"],
    "w": ["brought", "did not bring", "may have brought"],
}  # fmt: skip


def invented_articles(n: int, seed: int = 1) -> dict[str, str]:
    """Return `n` articles, by path: each with an outlet and a date, about one of a few events, with versions of some and copies of others among them."""
    rng = random.Random(seed)
    articles: dict[str, str] = {}
    for i in range(n):
        event, place = EVENTS[i % len(EVENTS)], PLACES[i % 2]
        sentences = [s.format(p=place, **{name: rng.choice(words) for name, words in WORDS.items()}) for s in event]
        name = f"outlet-{i % 7}/2025-03-{10 + i % 9:02}-{i}.txt"
        articles[name] = " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences) + f" This is report {i} from {place}."
        if i % 10 == 9:
            articles[f"agency/2025-03-{10 + i % 9:02}-{i}.txt"] = articles[name]
    return articles


def awkward_articles() -> dict[str, str]:
    """Return articles of the same events, by path, as records of one each: versions of one address, two of them years apart, one text at two addresses and
    another at two dates, undated ones, and some beyond the window.

    The text with two dates has neighbours by the first only: of a pair that was compared by the second, the days between and the order would stay as they were.
    """
    texts = [*invented_articles(19, seed=7).values()][:18:3]  # of one event, in both places
    plain = "Seven dockers died when a crane fell on a ship in the port of Velm, police said. Strong wind brought the crane in Velm down, sources said."
    seen = [
        ("edits.example/1", "2025-03-10", texts[0]), ("edits.example/1", "2025-03-13", texts[1]), ("edits.example/1", "2023-06-01", texts[2]),
        ("years.example/1", "2021-05-01", texts[3]), ("years.example/1", "2025-03-10", texts[0]),
        ("twice.example/1", "2023-02-01", plain), ("again.example/1", "2030-01-01", plain), ("then.example/1", "2023-01-15", texts[4]),
        ("undated.example/1", None, texts[5]), ("undated.example/2", None, texts[5].replace("report", "account")),
    ]  # fmt: skip
    return {f"awkward-{n}.json": json.dumps({"url": f"https://{url}", "date": date, "text": text}) for n, (url, date, text) in enumerate(seen)}


class _Scorer:
    has_heads = True

    def score(self, pairs: Sequence[tuple[str, str]], *, on_progress: Callable[[int], None] | None = None, **_: Any) -> NliScores:
        rows = []
        for pair in pairs:
            scores = random_scores(_seed(*pair), *pair)
            one, other = (set(text.lower().split()) for text in pair)
            # Sentences made after one pattern tell one fact; most pairs end at the first look, as in life.
            scores.same_fact[:] = 0.98 if len(one & other) >= 0.5 * len(one | other) else 0.01
            rows.append(scores.to_rows()[0])
        if on_progress is not None:
            on_progress(len(pairs))
        return NliScores.from_rows(np.stack(rows))


class _Encoder:
    width = 48

    def encode(self, texts: Sequence[str], **_: Any) -> np.ndarray:
        return word_vectors(texts, self.width)


def _seed(*texts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(texts).encode(), digest_size=4).digest(), "big")


def use_invented_engine() -> None:
    """Let this process check with the invented engine."""
    made = Engine("invented", "invented", cast("NliScorer", _Scorer()), cast("ClaimEncoder", _Encoder()))
    engine.load_engine = lambda *_, **__: made
    import flows.pipeline

    flows.pipeline.load_engine = engine.load_engine


def check(inputs: Sequence[Path], outputs: Path, *, at_step: Callable[[str], None] = lambda _: None, run_id: str = "", **options: Any) -> CheckRun:
    """Carry out one run under the folder's lock, as the flow does. `at_step` hears of each step before it begins; `run_id`: the one that a clock gave."""
    run = CheckRun(inputs, outputs, **{"settings": SETTINGS, **options})
    run.run_id = run_id or run.run_id
    with run.outputs.lock(wait_s=20):
        for step in STEPS:
            at_step(step)
            getattr(run, step)()
    return run
