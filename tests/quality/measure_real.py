"""Precision and recall on pairs of real articles that were read whole, whose labels neither checkpoint nor weights were made with.

    python tests/quality/measure_real.py --shared ../shared [--model DIR]

The labels are those of models/data/real/read_whole.jsonl (models/data/README.md). Right is a finding between claims of which the reader said that they differ
on one fact, whatever its kind and types; recall is over all such pairs, proposed or not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from annotated import READ_WHOLE, open_read_whole
from sklearn.metrics import average_precision_score

from flows.steps.findings import judge
from flows.steps.weighing import load_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--model")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        annotated = open_read_whole(args.shared, args.model, Path(scratch))
        rows = annotated.rows()
    n_changed = sum(len(json.loads(line)["changed"]) for line in READ_WHOLE.read_text(encoding="utf-8").splitlines())
    weights = load_weights(with_heads=annotated.run.engine.has_heads)
    verdicts = [judge(row.pair, weights, min_score=0.0) for row in rows]
    changed = [bool(row.label.changes) for row in rows]
    print(
        f"{len(annotated.compared)} pairs of articles; of their {n_changed} changed pairs of claims, {sum(changed)} are among the {len(rows)} scored both ways"
    )
    print(f"average precision: one fact {average_precision_score([r.label.same_fact for r in rows], [v.same_fact for v in verdicts]):.3f}, ", end="")
    print(f"changed {average_precision_score(changed, [v.score for v in verdicts]):.3f}")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        found = [right for right, v in zip(changed, verdicts, strict=True) if v.score >= least and not v.dropped_at]
        precision, recall = sum(found) / max(1, len(found)), sum(found) / n_changed
        print(f"--min-score {least}: {len(found)} findings, {sum(found)} right; precision {precision:.2f}, recall {recall:.2f}")


if __name__ == "__main__":
    main()
