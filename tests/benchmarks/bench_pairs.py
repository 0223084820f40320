"""How many pairs the model reads, and how many findings that costs: a check beside one that scores every pair of claims of articles that share an event.

    python tests/benchmarks/bench_pairs.py [INPUT…] [--articles N]

INPUT is as for `claimdrift check`, seeds/ by default; with `--articles`, N articles of it drawn from a seed. Both checks start with empty caches, so scores
computed are those a user waits for: a pair read both ways counts twice. The other check's thresholds are the same, but for those that spare the model work.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import numpy as np

from flows.pipeline import CheckRun
from flows.steps import blocking, proposals
from flows.steps import findings as deciding
from flows.steps.blocking import NEAREST, RULES, WORD_FOR_WORD, Candidates
from flows.steps.views import ArticleView

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def every_pair(earlier: ArticleView, later: ArticleView, **_: bool) -> Candidates:
    """All pairs of claims of two articles."""
    similarity = blocking.claim_similarity(earlier, later)
    margin = blocking.pair_margins(similarity) if similarity.size else similarity
    i, j = (index.ravel().astype(np.int32) for index in np.indices(similarity.shape))
    same = [earlier.normalised_texts[a] == later.normalised_texts[b] for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    rule = np.where(np.array(same, dtype=bool), RULES.index(WORD_FOR_WORD), RULES.index(NEAREST)).astype(np.uint8)
    return Candidates(i, j, rule, similarity.ravel(), margin.ravel())


def check(inputs: Iterable[str], n_articles: int | None, folder: Path) -> CheckRun:
    """A run up to its findings, over all articles or some of them."""
    run = CheckRun(list(inputs), folder)
    run.outputs.create()
    run.read()
    if n_articles is not None and n_articles < len(run.articles):
        run.articles = random.Random(7).sample(run.articles, n_articles)
        run.new_ids = kept = {article.article_id for article in run.articles}
        run.sightings = [sighting for sighting in run.sightings if sighting.article_id in kept]
    run.extract(), run.relate(), run.propose(), run.score(), run.compare()
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", default=[str(SEEDS)])
    parser.add_argument("--articles", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours = check(args.inputs, args.articles, Path(folder) / "ours")
        with patch.object(proposals, "propose_pairs", every_pair), patch.object(deciding, "SAME_FACT_FLOOR", 0.0):
            every = check(args.inputs, args.articles, Path(folder) / "every")
    kept = {f.finding_id for f in ours.findings} & {f.finding_id for f in every.findings}
    for name, run in (("claimdrift", ours), ("every pair", every)):
        n = run.counts
        print(
            f"{name}: {len(run.articles):,} articles, {len(run.comparisons):,} pairs of them compared, {n['pairs proposed']:,} pairs of claims, "
            f"{n['scores computed']:,} scores computed ({n['scores computed'] / max(1, len(run.articles)):,.1f} an article), {n['findings']:,} findings"
        )
    print(
        f"{every.counts['scores computed'] / max(1, ours.counts['scores computed']):.1f} times fewer scores; "
        f"{len(kept):,} of the other's {len(every.findings):,} findings are there ({len(kept) / max(1, len(every.findings)):.3f})"
    )


if __name__ == "__main__":
    main()
