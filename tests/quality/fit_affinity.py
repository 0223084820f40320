"""Fit the weights of the test whether two articles share an event (flows/steps/storylines.py); print them with the errors at some thresholds.

    python tests/quality/fit_affinity.py --shared ../shared

Articles: the annotated stories, and tellings of training topics (every fifth, from the second) made into short articles. Pairs below the centroid floor
never reach the test.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from flows.pipeline import CheckRun
from flows.steps.storylines import AFFINITY_INTERCEPT, AFFINITY_WEIGHTS, CENTROID_FLOOR, affinity_features


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

    def event(source: str) -> str:
        name = Path(source).stem
        return name.rsplit("-", 1)[0]

    features, same, names = [], [], []
    for (source_a, a), (source_b, b) in itertools.combinations(views, 2):
        if float(a.centroid @ b.centroid) >= CENTROID_FLOOR:
            features.append(affinity_features(a, b))
            same.append(event(source_a) == event(source_b))
            names.append((source_a, source_b))
    columns = list(AFFINITY_WEIGHTS)
    x, y = np.array([[f[c] for c in columns] for f in features]), np.array(same)
    total = sum(event(a) == event(b) for (a, _), (b, _) in itertools.combinations(views, 2))
    now = 1 / (1 + np.exp(-(AFFINITY_INTERCEPT + x @ np.array([AFFINITY_WEIGHTS[c] for c in columns]))))
    fitted = LogisticRegression(C=10, max_iter=5_000).fit(x, y)
    print("intercept", round(float(fitted.intercept_[0]), 2), "weights", {c: round(float(w), 2) for c, w in zip(columns, fitted.coef_[0], strict=True)})
    for label, p in (("in force", now), ("fitted", fitted.predict_proba(x)[:, 1])):
        for threshold in (0.5, 0.3, 0.2, 0.1):
            missed, false = total - int((p[y] >= threshold).sum()), int((p[~y] >= threshold).sum())
            print(f"{label} at {threshold}: {missed} of {total} pairs of one event missed, {false} of {int((~y).sum())} others let through")


if __name__ == "__main__":
    main()
