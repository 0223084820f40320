"""Fit anew what tells contradiction, drift and update apart; the other weights stay.

    python tests/quality/fit_kinds.py --stories ../shared/stories --topics FOLDER [--write]

The kinds are few and the topics tell them on thousands of pairs, so these are read too, by the checkpoint that ships: FOLDER is one that
../shared/facts/topics_to_story.py made of topics which that checkpoint was not trained on. fit_weights.py comes first, and fits kinds without topics.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from annotated import Row, open_labelled, open_story, story_folders
from fit_weights import TOPICS, fit_kinds, without_heads

from flows.records import KINDS
from flows.steps.findings import judge
from flows.steps.weighing import WEIGHTS_FILE, Logistic, Weights, load_weights


def right_kinds(rows: Sequence[Row], weights: Weights) -> tuple[int, int]:
    """Return how many of the changed pairs are found, and of how many of these the kind is one that was told of the pair."""
    found = [r for r in rows if r.label.changes and not judge(r.pair, weights).dropped_at]
    return len(found), sum(judge(r.pair, weights).kind in {kind for _, kind, *_ in r.label.changes} for r in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=Path, required=True)
    parser.add_argument("--topics", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "claimdrift-fit-kinds")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    stories = [row for folder in story_folders(args.stories) for row in open_story(folder, None, args.scratch).rows()]
    topics = [dataclasses.replace(row, story=TOPICS) for row in open_story(args.topics, None, args.scratch).rows()]
    labelled = [row for half in (0, 1) for row in open_labelled(args.stories.parent, None, half, args.scratch).rows()]
    before = load_weights(with_heads=True)

    def without(left_out: str) -> Weights:
        kinds = fit_kinds([row for row in (*stories, *topics, *labelled) if row.story != left_out])
        return dataclasses.replace(before, kinds={kind: Logistic.from_json(kinds[kind]) for kind in KINDS})

    for name, rows in (("stories", stories), (TOPICS, topics), ("labelled", labelled)):
        found, right = right_kinds(rows, before)
        print(f"{name}: {found} found, {right / found:.3f} of the right kind before", flush=True)
    left_out = [right_kinds([row for row in stories if row.story == name], without(name)) for name in sorted({row.story for row in stories})]
    print(f"stories, each left out: {sum(right for _, right in left_out) / sum(found for found, _ in left_out):.3f}")
    if args.write:
        weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
        rows = [*stories, *topics, *labelled]
        weights["with_heads"]["kinds"] = fit_kinds(rows)
        weights["nli_only"]["kinds"] = fit_kinds(without_heads(rows))
        WEIGHTS_FILE.write_text(json.dumps(weights) + "\n", encoding="utf-8")
        print("wrote", WEIGHTS_FILE)


if __name__ == "__main__":
    main()
