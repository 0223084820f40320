"""What a user would build first: every pair of claims of different articles through the NLI model, a contradiction where its probability is over 0.5.

    python tests/quality/baseline.py --stories ../shared/stories [--models DIR_OR_FOLD_LIST] [--over 0.5]

Scored like a run, for comparison. `--models` is as in fit_weights.py: each story is read with the checkpoint that was not trained on it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from gold import fold_models

from flows.engine import load_engine
from flows.pipeline import CheckRun


def findings_of(story: Path, model: str | None, over: float, scratch: Path) -> list[dict]:
    """Contradictions between all claims of all pairs of a story's articles, as the scoring script reads them."""
    run = CheckRun([story / "articles"], scratch, model=model)
    run.outputs.create()
    run.read(), run.extract()
    source = {s.article_id: s.source for s in run.sightings}
    claims = [(source[article_id], claim.text) for article_id, its_claims in run.claims.items() for claim in its_claims]
    pairs = [(a, b) for a, b in itertools.combinations(sorted(claims), 2) if a[0] != b[0]]
    scores = load_engine(model).scorer.score([(a[1], b[1]) for a, b in pairs]).nli[:, 2]
    return [
        {
            "kind": "contradiction", "types": [], "changes": [], "score": float(p),
            "earlier_source": a[0], "later_source": b[0], "earlier_text": a[1], "later_text": b[1],
        }
        for (a, b), p in zip(pairs, scores, strict=True) if p > over
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=Path, required=True)
    parser.add_argument("--models", nargs="*", default=[])
    parser.add_argument("--over", type=float, default=0.5)
    args = parser.parse_args()
    folders = sorted(p.parent for p in args.stories.glob("*/gold.json"))
    model_of = fold_models(args.models, [f.name for f in folders])
    with tempfile.TemporaryDirectory() as scratch:
        found = [row for f in folders for row in findings_of(f, model_of[f.name], args.over, Path(scratch) / f.name)]
        path = Path(scratch) / "findings.parquet"
        changes = pa.list_(pa.struct([(name, pa.string()) for name in ("type", "direction", "from_text", "to_text")]))
        schema = pa.schema(
            [("kind", pa.string()), ("types", pa.list_(pa.string())), ("changes", changes), ("score", pa.float64())]
            + [(f"{side}_{what}", pa.string()) for side in ("earlier", "later") for what in ("source", "text")]
        )
        pq.write_table(pa.Table.from_pylist(found, schema=schema), path)
        script = [sys.executable, str(args.stories.parent / "score_stories.py"), str(path), *map(str, folders), "--json"]
        result = subprocess.run(script, capture_output=True, text=True, check=True)
    mean = json.loads(result.stdout.strip().splitlines()[-1])
    print({name: round(mean[name], 3) for name in ("findings", "precision", "recall", "f1", "traps", "ap", "flood")})


if __name__ == "__main__":
    main()
