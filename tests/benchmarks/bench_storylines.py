"""Storylines and blocking alone, with many articles: which are compared, and which of their claims are proposed; seconds, memory, and what was found.

    python tests/benchmarks/bench_storylines.py [--articles 100000] [--days 365] [--quick]

No text is read and no model runs: articles are made up. Their claims' vectors are drawn so that dates and means alone tell few articles apart, as with real
news: of all pairs of articles some 91 % have means with a cosine over 0.3, and 47 % over 0.4 (of a sample of FNC-1, whose articles tell of few events, 83 and
58 %), and a vector's first 16, 64 and 128 directions carry about as much of its length as there, a half, three quarters and nine tenths. Words and names are
drawn by rank, a few in many claims and most in very few. An event has five articles within three days, which tell some of its facts each, in words that are in
part their own. Everything follows from the seed. Each size is measured in a process of its own:

make       the articles being made, which a check gets from the steps before; their memory is part of every peak
relate     the pairs of articles that share an event (`find_comparisons`)
propose    their claims' pairs (`ProposedPairs.of`), with the gate
own        the peak less what was in memory when the step began: what the step itself needs
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Steps, exponent, in_fresh_process, tell

SIZES, QUICK = [2_500, 5_000, 10_000], [500, 1_000]
WIDTH, PER_EVENT, CLAIMS, FACTS, TOLD = 384, 5, (8, 22), 24, 12  # numbers in a vector; of an event; of an article, from and to; of an event; words of a claim
N_TOPICS, N_WORDS, N_NAMES = 40, 30_000, 20_000
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bran clem dorn farl gast hild".split()
# Lengths: of what all news shares, and of a topic's, an event's, a fact's and a telling's own directions; chosen for the distances above.
ALL, TOPIC, EVENT, FACT, TELLING = 0.70, 0.40, 0.60, 0.75, 0.50


def made_up(n: int, n_days: int, seed: int) -> list[Any]:
    """Return `n` articles, as the steps from storylines on see them."""
    import flows.steps.closest  # noqa: F401 (torch, which a check has from the steps before)
    from flows.records import Article, Claim, NameMention
    from flows.steps.views import ArticleView

    rng, draw = random.Random(seed), np.random.default_rng(seed)
    spread = np.sqrt(np.exp(-np.arange(WIDTH) / 65.0) + 0.02)  # of a vector along its directions, the first ones most
    spread /= np.linalg.norm(spread)

    def directions(*shape: int) -> np.ndarray:
        return (draw.normal(size=(*shape, WIDTH)) * spread).astype(np.float32)

    words, names = ([_word(k, suffix) for k in range(n)] for n, suffix in ((N_WORDS, ""), (N_NAMES, "en")))
    word_ranks, name_ranks = (list(accumulate(1.0 / (k + 10) for k in range(n))) for n in (N_WORDS, N_NAMES))
    common, topics = directions(1), directions(N_TOPICS)
    views: list[Any] = []
    for e in range(-(-n // PER_EVENT)):
        facts = ALL * common + TOPIC * topics[rng.randrange(N_TOPICS)] + EVENT * directions(1) + FACT * directions(FACTS)
        fact_words = [rng.choices(words, cum_weights=word_ranks, k=TOLD) for _ in range(FACTS)]
        fact_names = [[rng.choices(names, cum_weights=name_ranks, k=1)[0].title() for _ in range(rng.choice((0, 1, 2)))] for _ in range(FACTS)]
        begins = rng.randrange(n_days)
        for i in range(min(PER_EVENT, n - e * PER_EVENT)):
            article_id = f"a{e:07}{i}"
            told = rng.sample(range(FACTS), rng.randint(*CLAIMS))
            vectors = facts[told] + TELLING * directions(len(told))
            vectors = np.round(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 5)
            claims = []
            for k, fact in enumerate(told):
                telling = " ".join([*fact_names[fact], *(rng.choices(words, cum_weights=word_ranks)[0] if rng.random() < 0.3 else w for w in fact_words[fact])])
                mentions, at = [], 0
                for name in fact_names[fact]:
                    mentions.append(NameMention(name, at, at + len(name), "unknown"))
                    at += len(name) + 1
                place = 100 * k, 100 * k + len(telling)
                claims.append(Claim(f"c{e:07}{i}{k:03}", article_id, "r", telling, *place, k, "", telling, None, 0, "stated", 5, [], [], [], mentions))
            day = START + dt.timedelta(days=begins + rng.randrange(3))
            article = Article(article_id, "r", "", "", "en", day, "metadata", "day", {}, len(claims))
            views.append(ArticleView(article, tuple(claims), vectors, frozenset({article_id}), frozenset(), frozenset()))
    rng.shuffle(views)
    return views


def _word(number: int, suffix: str) -> str:
    """A word of its own for each number."""
    syllables = []
    number += len(SYLLABLES)
    while number:
        number, k = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[k])
    return "".join(syllables) + suffix


def relate_one(n: int, args: argparse.Namespace) -> dict[str, Any]:
    """Relate `n` made-up articles and propose their pairs, in this process."""
    from flows.steps.proposals import ComparedArticles, ProposedPairs
    from flows.steps.storylines import find_comparisons

    steps, held = Steps(), {}
    with steps.timed("make"):
        views = made_up(n, args.days, args.seed)
    held["relate"] = _resident_mb()
    with steps.timed("relate"):
        began = time.perf_counter()

        def hear(done: int, total: int) -> None:
            if done and not args.quiet:
                print(f"{done:,} of {total:,} articles related after {time.perf_counter() - began:.0f} s", flush=True)

        comparisons = find_comparisons(views, [], "r", on_progress=hear if n >= 20_000 else None)
    held["propose"] = _resident_mb()
    with steps.timed("propose"):
        by_id = {view.article.article_id: view for view in views}
        pairs = ProposedPairs.of(ComparedArticles(by_id[c.earlier_article_id], by_id[c.later_article_id], c) for c in comparisons)
    counts = {"claims": sum(len(view.claims) for view in views), "article pairs compared": len(comparisons), "pairs proposed": len(pairs)}
    return {
        "articles": n, "counts": counts, "wall_s": {step: figures[0] for step, figures in steps.figures.items()},
        "cpu_s": {step: figures[1] for step, figures in steps.figures.items()},
        "peak_mb": {step: figures[2] for step, figures in steps.figures.items()}, "own_mb": {step: steps.figures[step][2] - held[step] for step in held},
    }  # fmt: skip


def _resident_mb() -> float:
    """What this process has in memory now; its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        from measuring import peak_mb

        return peak_mb()
    return pages * 4_096 / 2**20


def show(results: list[dict[str, Any]]) -> None:
    """Print a column for each size, and where there are two or more, the exponents of their growth."""
    sizes = [r["articles"] for r in results]

    def row(name: str, values: list[float], shown: str) -> None:
        slope = f"{exponent(sizes, values):12.2f}" if len(sizes) > 1 else ""
        print(f"{name:26}" + "".join(f"{shown.format(v):>14}" for v in values) + slope)

    print(f"{'articles':26}" + "".join(f"{n:14,}" for n in sizes) + ("    exponent" if len(sizes) > 1 else ""))
    for name in results[0]["counts"]:
        row(name, [r["counts"][name] for r in results], "{:,}")
    for step in ("make", "relate", "propose"):
        row(step, [r["wall_s"][step] for r in results], "{:,.1f} s")
    for step in ("relate", "propose"):
        row(f"{step}, of the processors", [r["cpu_s"][step] for r in results], "{:,.1f} s")
    for step in ("make", "relate", "propose"):
        row(f"peak, {step}", [r["peak_mb"][step] for r in results], "{:,.0f} MB")
    for step in ("relate", "propose"):
        row(f"own, {step}", [r["own_mb"][step] for r in results], "{:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", metavar="N", help=f"one number or several; by default {SIZES}")
    parser.add_argument("--quick", action="store_true", help=f"sizes {QUICK}: whether it runs, not how fast")
    parser.add_argument("--days", type=int, default=365, help="of the period; two articles more than 60 apart are not compared")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="no line for each part of the articles")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(relate_one(args.one, args))
        return
    sizes = args.articles or (QUICK if args.quick else SIZES)
    options = ["--days", args.days, "--seed", args.seed, *(["--quiet"] if args.quiet else [])]
    show([in_fresh_process(__file__, "--one", n, *options) for n in sorted(set(sizes))])


if __name__ == "__main__":
    main()
