"""Fit the weights of the test whether two articles share an event (flows/steps/storylines.py); print them with the errors at some thresholds.

    python tests/quality/fit_affinity.py --shared ../shared

Articles: the annotated stories, and tellings of training topics (every fifth, from the second) made into short articles. Pairs below the centroid floor
never reach the test. The weight of `few` is not fitted, since most of these articles are of one length: the errors are told for their beginnings, too.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from flows.pipeline import CheckRun
from flows.steps.affinity import CENTROID_FLOOR, WEIGHTS, affinity, affinity_features
from flows.steps.storylines import DEFAULT_AFFINITY
from flows.steps.views import ArticleView


def event(source: str) -> str:
    return Path(source).stem.rsplit("-", 1)[0]


def near_enough(views: list[tuple[str, ArticleView]]) -> list[tuple[tuple[str, ArticleView], tuple[str, ArticleView]]]:
    """The pairs of articles, each with its source, that reach the test."""
    return [(a, b) for a, b in itertools.combinations(views, 2) if float(a[1].centroid @ b[1].centroid) >= CENTROID_FLOOR]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        topics = Path(scratch) / "topics"
        script = args.shared / "facts" / "topics_to_story.py"
        command = [sys.executable, str(script), str(args.shared / "facts" / "topics.jsonl"), "--out", str(topics), "--every", "5", "--offset", "1"]
        subprocess.run(command, check=True, capture_output=True)
        run = CheckRun([*sorted(p for p in (args.shared / "stories").iterdir() if p.is_dir()), topics / "articles"], Path(scratch) / "outputs")
        run.outputs.create()
        for step in (run.read, run.extract, run.relate):
            step()
        views = [(run.sightings_of[v.article.article_id][0].source, v) for v in run.views.values() if v.claims]

    pairs = near_enough(views)
    features = [affinity_features(a, b) for (_, a), (_, b) in pairs]
    same = [event(source_a) == event(source_b) for (source_a, _), (source_b, _) in pairs]
    columns = [name for name in WEIGHTS if name != "few"]
    x, y = np.array([[f[c] for c in columns] for f in features]), np.array(same)
    total = sum(event(a) == event(b) for (a, _), (b, _) in itertools.combinations(views, 2))
    now = np.array([affinity(a, b) for (_, a), (_, b) in pairs])
    fitted = LogisticRegression(C=10, max_iter=5_000).fit(x, y)
    print("intercept", round(float(fitted.intercept_[0]), 2), "weights", {c: round(float(w), 2) for c, w in zip(columns, fitted.coef_[0], strict=True)})
    for label, p in (("in force", now), ("fitted", fitted.predict_proba(x)[:, 1])):
        for threshold in (0.5, 0.3, 0.2, 0.1):
            missed, false = total - int((p[y] >= threshold).sum()), int((p[~y] >= threshold).sum())
            print(f"{label} at {threshold}: {missed} of {total} pairs of one event missed, {false} of {int((~y).sum())} others let through")
    for n in (5, 8, 12):
        short = [(source, dataclasses.replace(v, claims=v.claims[:n], vectors=v.vectors[:n])) for source, v in views]
        missed, let_through = 0, 0
        for (source_a, a), (source_b, b) in near_enough(short):
            likely = affinity(a, b) >= DEFAULT_AFFINITY
            missed += event(source_a) == event(source_b) and not likely
            let_through += event(source_a) != event(source_b) and likely
        print(f"in force at {DEFAULT_AFFINITY}, the first {n} claims alone: {missed} missed, {let_through} let through")


if __name__ == "__main__":
    main()
