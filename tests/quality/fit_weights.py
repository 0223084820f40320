"""Fit flows/steps/weights.json on annotated stories, and score it on stories left out.

    python tests/quality/fit_weights.py --stories ../shared/stories [--models DIR_OR_FOLD_LIST] [--corpus PARQUET] [--write]

`--models` is one checkpoint, or `story,story=CHECKPOINT` entries: each story is then read with the checkpoint that was not trained on it, and so are the files
of models/data/stories and the halves of the labelled real pairs ("real-0", "real-1") that an entry names. The weights are logistic regressions and boosted
trees over the features of flows/steps/comparing.py, of the pairs that pass the gate: fit_gate.py comes first. Scoring leaves out each story in turn, so the
figures printed are of stories that neither model nor weights have seen.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pickle
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from annotated import LABELLED, REAL, Row, add_arguments, open_all, story_folders
from by_kind_and_type import count, scoring_script, table
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from flows.records import CHANGE_TYPES, KINDS
from flows.steps import findings as deciding
from flows.steps.comparing import change_words
from flows.steps.findings import judge, kind_features, type_features
from flows.steps.measured import MEASURED_FILE
from flows.steps.weighing import WEIGHTS_FILE, Boosted, Weights
from models.checkpoint import EMBEDDED

# What tells whether two claims are about one fact; whether it changed is decided on all features.
# Without the share of words in common, which says again what the rare words say: two weights that pull against each other bear no change of style.
SAME_FACT_FEATURES = (
    "same_fact",
    "same_fact_margin",
    "similarity",
    "names_shared",
    "names_apart",
    "numbers_shared",
    "length_ratio",
    "rare_words",
    "position_apart",
    "position_first",
    "entailment_max",
    "contradiction_max",
    "quantity_ratio",
    "time_gap",
)
UNCHANGED_KEPT = 0.4
TOPICS = "topics"  # the story that the pairs of held-out topics are said to be of
OF_ONE_CHANGE = 0.3  # what a pair counts where many pairs tell the same change, as in topics and among many articles about one event
BOOSTED = {"n_estimators": 250, "learning_rate": 0.03, "max_depth": 4, "subsample": 0.5, "min_samples_leaf": 40, "max_features": 0.3}
STRENGTH = {"same_fact": 0.3, "types": 0.3, "kinds": 0.1}  # inverse regularisation; few, coarse values tried


def thinned(rows: Sequence[Row]) -> list[Row]:
    """The rows with some of the unchanged pairs of real articles left out, which outnumber the stories' where there are many: all of them cost recall."""
    rng = random.Random(0)
    return [r for r in rows if not r.story.startswith(LABELLED) or r.label.changes or rng.random() < UNCHANGED_KEPT]


def fit_logistic(
    features: Sequence[dict[str, float]], target: Sequence[bool], names: Sequence[str], strength: float, shares: Sequence[float] | None = None
) -> dict:
    """Fit one regression on standardised features; return it as the JSON that flows/steps/weighing.py reads. `shares`: how much each counts, 1 by default."""
    names = [n for n in names if n in features[0]]
    x = np.array([[f[n] for n in names] for f in features])
    means, scales = x.mean(0), np.maximum(x.std(0), 1e-3)
    model = LogisticRegression(C=strength, max_iter=2_000).fit((x - means) / scales, np.array(target), sample_weight=shares)
    numbers = lambda values: {n: round(float(v), 5) for n, v in zip(names, values, strict=True)}  # noqa: E731
    return {"intercept": round(float(model.intercept_[0]), 5), "weights": numbers(model.coef_[0]), "means": numbers(means), "scales": numbers(scales)}


def fit_boosted(features: Sequence[dict[str, float]], target: Sequence[bool]) -> dict:
    """Fit boosted trees on all features; return the JSON that flows/steps/weighing.py reads."""
    names = sorted(features[0])
    x = np.array([[f[n] for n in names] for f in features])
    model = GradientBoostingClassifier(**BOOSTED, random_state=0).fit(x, np.array(target))
    trees = []
    for estimator in model.estimators_[:, 0]:
        t = estimator.tree_
        values, in_node = t.value[:, 0, 0] * model.learning_rate, t.weighted_n_node_samples
        for node in reversed(range(t.node_count)):  # children come after their parent
            left, right = t.children_left[node], t.children_right[node]
            if left >= 0:
                values[node] = (values[left] * in_node[left] + values[right] * in_node[right]) / (in_node[left] + in_node[right])
        trees.append((t, values))
    prior = float(np.mean(target))
    return {
        # The roots' means go to the intercept, so that contributions and intercept add up to the log-odds.
        "intercept": round(float(np.log(prior / (1 - prior)) + sum(v[0] for _, v in trees)), 6),
        "trees": [
            {
                "features": [names[f] if f >= 0 else "" for f in t.feature], "thresholds": [round(float(x), 6) for x in t.threshold],
                "left": t.children_left.tolist(), "right": t.children_right.tolist(), "values": [round(float(v), 6) for v in values],
            }
            for t, values in trees
        ],
    }  # fmt: skip


def recalibrated(boosted: dict, rows: Sequence[Row]) -> dict:
    """Shift the intercept so that the mean score of `rows` is their share of changed pairs."""
    model = Boosted.from_json(boosted)
    log_odds = np.array([model.log_odds(r.pair.features) for r in rows])
    wanted = np.mean([bool(r.label.changes) for r in rows])
    low, high = -10.0, 10.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-log_odds - middle))) < wanted else (low, middle)
    return {**boosted, "intercept": round(boosted["intercept"] + (low + high) / 2, 6)}


def fit(rows: Sequence[Row]) -> dict:
    """Fit all regressions on labelled pairs."""
    features = [r.pair.features for r in rows]
    same = fit_logistic(features, [r.label.same_fact or bool(r.label.changes) for r in rows], SAME_FACT_FEATURES, STRENGTH["same_fact"])
    asked = [{k: v for k, v in f.items() if k not in NOT_ASKED} for f in features]
    changed = fit_boosted(asked, [bool(r.label.changes) for r in rows])
    # Pairs of real prose were chosen for being hard: the scores are set right on the stories alone.
    changed = recalibrated(changed, [r for r in rows if not r.story.startswith((REAL, LABELLED))])
    told = [r for r in rows if r.label.changes]
    types = {}
    for t in CHANGE_TYPES:
        f = [type_features(r.pair, t) for r in told]
        types[t] = fit_logistic(f, [any(c[0] == t for c in r.label.changes) for r in told], list(f[0]), STRENGTH["types"])
    return {"same_fact": same, "changed": changed, "types": types, "kinds": fit_kinds(rows)}


def fit_kinds(rows: Sequence[Row]) -> dict:
    """Fit what tells the kinds apart, of the pairs that changed."""
    # Labelled real pairs name no directions: the comparers' stand in for them, as they do in a run.
    examples = [
        (kind_features(r.pair.features, t, d or change_words(r.pair, t)[0]), k, OF_ONE_CHANGE if r.story.startswith((LABELLED, TOPICS)) else 1.0)
        for r in rows for t, k, d, *_ in r.label.changes
    ]  # fmt: skip
    inputs, told, shares = zip(*examples, strict=True)
    return {k: fit_logistic(inputs, [kind == k for kind in told], list(inputs[0]), STRENGTH["kinds"], shares) for k in KINDS}


HEADS = {"same_fact", "same_fact_margin", "one_fact_changed", "exclusive", "compatible", "same", "moved_on", "types_max", *(f"{t}_model" for t in CHANGE_TYPES)}
HEADS |= {"surest_type_same", "types_same"}
NLI = {f"{label}_{side}" for label in ("entailment", "contradiction") for side in ("max", "min")}
SAME_FACT = {"same_fact", "same_fact_margin"}
OBSERVED = {f"{t}_{verdict}" for t in (*CHANGE_TYPES, "comparers") for verdict in ("changed", "same")} | {"comparers_changed_too"}
OBSERVED |= {"quantity_ratio", "quantity_context", "quantity_counted", "time_gap", "surest_type_same", "types_same"}
CONTEXT = {"same_fact_margin", "similarity_margin", "position_apart", "position_first", "days", "dated"}  # what the two claims alone do not tell
# Dates tell which kind a change is, not whether there is one; all the articles that the weights are fitted on tell of one event.
NOT_ASKED = {"days", "dated", "moved_on_words", "affinity"}
ABLATIONS = {  # what a variant goes without
    "model and comparers": set(),
    "model only": OBSERVED,
    "comparers only": HEADS | NLI,
    "comparers and NLI labels, no heads": HEADS,
    "without the same-fact head": SAME_FACT,
    "without the articles around": CONTEXT,
}


def without(rows: Sequence[Row], names: set[str]) -> list[Row]:
    """The same pairs without some features: those that decide, and those that name types and kinds count as not seen."""
    blank = {k: 0.0 for k in names if k not in SAME_FACT | {"types_max"}}  # types and kinds are fitted on named features
    return [
        dataclasses.replace(
            r, pair=dataclasses.replace(r.pair, features={k: v for k, v in r.pair.features.items() if k not in names} | (blank if names - HEADS else {}))
        )
        for r in rows
    ]


def without_heads(rows: Sequence[Row]) -> list[Row]:
    """The same pairs as a checkpoint with the three NLI labels alone would leave them."""
    return without(rows, HEADS)


def judged_without_their_story(rows: Sequence[Row], stories: Sequence[str]) -> Iterator[tuple[Row, Weights]]:
    """Each pair of a story with weights that were fitted on all pairs but the story's."""
    for story in stories:
        weights = Weights.from_json(fit([r for r in rows if r.story != story]))
        yield from ((row, weights) for row in rows if row.story == story)


def write_findings(rows: Sequence[tuple[Row, Weights]], path: Path, min_score: float) -> None:
    """Judge pairs and write what the scoring script reads."""
    out = []
    for row, weights in rows:
        verdict = judge(row.pair, weights, min_score=min_score)
        if verdict.dropped_at:
            continue
        out.append({
            "kind": verdict.kind, "types": [c.type for c in verdict.changes], "changes": [dataclasses.asdict(c) for c in verdict.changes], "score":
            verdict.score,
            "earlier_source": row.sources[0], "later_source": row.sources[1], "earlier_text": row.pair.earlier.text, "later_text": row.pair.later.text,
        })  # fmt: skip
    pq.write_table(pa.Table.from_pylist(out), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--cache", type=Path, help="pickle of the compared pairs, to fit again quickly")
    parser.add_argument("--min-scores", type=float, nargs="*", default=[0.3, 0.4, 0.5, 0.6, 0.7])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--no-heads", action="store_true", help="score as with a checkpoint without fact heads")
    parser.add_argument("--ablate", action="store_true", help="score variants that go without the model, the comparers, …, at the default --min-score")
    parser.add_argument("--table", action="store_true", help="count the findings at the default --min-score by kind and by type")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    if args.write and (args.ablate or args.no_heads):
        parser.error("--write goes with the whole model: without --ablate and --no-heads")
    folders = story_folders(args.stories)
    if args.cache and args.cache.exists():
        rows: list[Row] = pickle.loads(args.cache.read_bytes())
    else:
        rows = thinned([row for annotated in open_all(args) for row in annotated.rows()])
        if args.cache:
            args.cache.write_bytes(pickle.dumps(rows))
    print(len(rows), "pairs,", sum(r.label.same_fact for r in rows), "same fact,", sum(bool(r.label.changes) for r in rows), "changed")
    scored: dict[float, dict[str, float]] = {}
    for name, names in (ABLATIONS if args.ablate else {"": HEADS if args.no_heads else set()}).items():
        left_out = list(judged_without_their_story(without(rows, names), [f.name for f in folders]))
        for min_score in [deciding.DEFAULT_MIN_SCORE] if args.ablate else args.min_scores:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "findings.parquet"
                write_findings(left_out, path, min_score)
                script = args.stories.parent / "score_stories.py"
                shown = ["--show", str(args.show)] if args.show and min_score == deciding.DEFAULT_MIN_SCORE else []
                result = subprocess.run([sys.executable, str(script), str(path), *map(str, folders), *shown], capture_output=True, text=True, check=True)
                print(name, f"min_score {min_score}:", result.stdout if shown else result.stdout.strip().splitlines()[-1], flush=True)
                if args.write:
                    command = [sys.executable, str(script), str(path), *map(str, folders), "--json"]
                    scored[min_score] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1])
                if args.table and min_score == deciding.DEFAULT_MIN_SCORE:
                    golds = [json.loads((f / "gold.json").read_text(encoding="utf-8")) for f in folders]
                    print(table(count(pq.read_table(path).to_pylist(), golds, scoring_script(args.stories))), flush=True)
    if args.write:
        before = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
        weights = {"gate": before["gate"], "with_heads": fit(rows), "nli_only": fit(without_heads(rows))}
        WEIGHTS_FILE.write_text(json.dumps(weights) + "\n", encoding="utf-8")
        figures = {name: [round(scored[least][name], 3) for least in sorted(scored)] for name in ("precision", "recall")}
        MEASURED_FILE.write_text(json.dumps({"model": EMBEDDED.name, "min_score": sorted(scored), **figures}) + "\n", encoding="utf-8")
        print("wrote", WEIGHTS_FILE, MEASURED_FILE)


if __name__ == "__main__":
    main()
