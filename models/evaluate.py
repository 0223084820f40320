"""Every figure of the model card, with bootstrap intervals.

    python models/evaluate.py --pairs FILE…                 labelled sentence pairs (Parquet: premise, hypothesis, label)
    python models/evaluate.py --shared ../shared [--base DIR]  development sets, held-out topics and annotated stories; --base adds an encoder to compare
    vectors with
    options: [--model DIR_OR_HUB_ID] [--precision bfloat16] [--limit N] [--json FILE] [--reliability SVG]

Accuracy, balanced accuracy and AUROC by the labels a file has: three NLI labels; entailment | not_entailment; consistent | inconsistent.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file: the checkout's root is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, balanced_accuracy_score, f1_score, roc_auc_score

from models.architecture import CHANGE_TYPES, NLI_LABELS, RELATIONS
from models.checkpoint import EMBEDDED, PRECISIONS, load_checkpoint, use_threads
from models.encoder import ClaimEncoder
from models.examples import Example, fact_examples, load_topics, plain_sentences
from models.nli import NliScorer, NliScores
from models.reliability import reliability_svg

Metric = Callable[[NDArray[np.intp]], float]
NO_CASE: Any = 0.0  # the F1 of a type that neither gold nor guess holds; the stub of scikit-learn wants a string
TWO_WAY = {"entailment": True, "consistent": True, "not_entailment": False, "inconsistent": False}
N_BOOTSTRAP = 500


def interval(metric: Metric, n: int, seed: int = 0) -> tuple[float, float, float]:
    """The metric over all rows, and the 2.5th and 97.5th percentile of it over bootstrap resamples of `n` rows."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(N_BOOTSTRAP):
        index = rng.integers(0, n, n)
        try:
            values.append(metric(index))
        except ValueError:  # a resample without one of the classes has no such figure
            continue
    low, high = np.percentile(values, [2.5, 97.5])
    return round(metric(np.arange(n)), 4), round(float(low), 4), round(float(high), 4)


def expected_calibration_error(probability: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Mean distance between stated and observed frequency over equal-width bins, weighted by their size (Guo et al. 2017)."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return float(sum(abs(probability[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in range(bins) if (place == b).any()))


def evaluate_pairs(scorer: NliScorer, path: Path, limit: int | None) -> dict[str, tuple[float, float, float]]:
    """Figures on one file of labelled pairs."""
    rows = [r for r in pq.read_table(path, columns=["premise", "hypothesis", "label"]).to_pylist() if r["premise"] and r["hypothesis"]]
    rows = rows[:: max(1, len(rows) // limit)] if limit else rows
    labels = {r["label"] for r in rows}
    unknown = labels - set(NLI_LABELS) - set(TWO_WAY)
    if unknown or not rows:
        raise SystemExit(f"{path}: labels {sorted(labels)}: entailment, neutral, contradiction, not_entailment, consistent and inconsistent are known.")
    nli = scorer.score([(r["premise"], r["hypothesis"]) for r in rows]).nli
    entailed = np.array([TWO_WAY.get(r["label"], False) for r in rows])
    figures = {}
    if labels <= set(NLI_LABELS):
        gold = np.array([NLI_LABELS.index(r["label"]) for r in rows])
        columns = [i for i, name in enumerate(NLI_LABELS) if name in labels]
        guess = np.array(columns)[nli[:, columns].argmax(1)]  # a set of two of the labels is judged between these two
        figures["accuracy"] = interval(lambda i: float((guess[i] == gold[i]).mean()), len(rows))
        figures["balanced accuracy"] = interval(lambda i: balanced_accuracy_score(gold[i], guess[i]), len(rows))
    else:
        figures["accuracy"] = interval(lambda i: float(((nli[i, 0] > 0.5) == entailed[i]).mean()), len(rows))
        figures["balanced accuracy"] = interval(lambda i: balanced_accuracy_score(entailed[i], nli[i, 0] > 0.5), len(rows))
    if entailed.any() and not entailed.all():
        figures["AUROC of entailment"] = interval(lambda i: roc_auc_score(entailed[i], nli[i, 0]), len(rows))
    return figures


def both_ways(scorer: NliScorer, pairs: Sequence[tuple[str, str]]) -> tuple[NliScores, NliScores]:
    return scorer.score(pairs), scorer.score([(b, a) for a, b in pairs])


def evaluate_facts(scorer: NliScorer, shared: Path, diagram: Path | None = None) -> dict[str, tuple[float, float, float]]:
    """Figures of the fact heads on held-out topics, those that models/calibrate.py does not see; probabilities are means over both orders.

    `diagram`: where to draw their reliability, as SVG.
    """
    examples: list[Example] = fact_examples(shared, load_topics(shared)[1][::2], n_different=6, seed=1)
    forward, back = both_ways(scorer, [(e.premise, e.hypothesis) for e in examples])
    same_fact, one_fact_changed, relation, types = ((getattr(forward, n) + getattr(back, n)) / 2 for n in ("same_fact", "changed", "relation", "types"))
    changed = np.array([bool(e.types) for e in examples])
    same = np.array([bool(e.same_fact) for e in examples])
    told = np.flatnonzero(same)
    gold = np.array([RELATIONS.index(examples[i].relation or "same") for i in told])
    guess = relation[told].argmax(1)
    gold_types = np.array([[t in (examples[i].types or ()) for t in CHANGE_TYPES] for i in told])
    exclusive = relation[told][:, 0].astype(np.float64)
    if diagram is not None:
        heads = {"same fact": (same_fact.astype(np.float64), same), "exclusive, given one fact": (exclusive, gold == 0)}
        diagram.write_text(reliability_svg(heads), encoding="utf-8")
    figures = {
        "same fact AUROC": interval(lambda i: roc_auc_score(same[i], same_fact[i]), len(same)),
        "average precision of one fact, and changed": interval(lambda i: average_precision_score(changed[i], one_fact_changed[i]), len(changed)),
        "relation macro-F1": interval(lambda i: f1_score(gold[i], guess[i], average="macro"), len(told)),
        "types micro-F1": interval(lambda i: f1_score(gold_types[i], types[told][i] > 0.5, average="micro", zero_division=NO_CASE), len(told)),
        "agreeing pairs taken as changed": interval(lambda i: float((guess[i][gold[i] == 2] != 2).mean()), len(told)),
        "ECE of same fact": interval(lambda i: expected_calibration_error(same_fact[i].astype(np.float64), same[i]), len(same)),
        "ECE of exclusive": interval(lambda i: expected_calibration_error(exclusive[i], gold[i] == 0), len(told)),
    }
    for t, name in enumerate(CHANGE_TYPES):
        figures[f"F1 of type {name}"] = interval(lambda i, t=t: f1_score(gold_types[i, t], types[told][i, t] > 0.5, zero_division=NO_CASE), len(told))
    return figures


def evaluate_stories(
    scorer: NliScorer, encoders: dict[str, Callable[[Sequence[str]], NDArray[np.float32]]], shared: Path
) -> dict[str, tuple[float, float, float]]:
    """Average precision of same fact over all cross-article sentence pairs of a story, and the share of changed pairs among nearest neighbours; means and
    intervals over stories.
    """
    precision: list[float] = []
    recalls: dict[str, list[float]] = {}
    for gold_file in sorted((shared / "stories").glob("*/gold.json")):
        gold = json.loads(gold_file.read_text(encoding="utf-8"))
        facts: dict[tuple[str, str], set[str]] = {}
        for fact in gold["facts"]:
            for e in fact["expressions"]:
                facts.setdefault((e["article"], e["sentence"]), set()).add(fact["id"])
        sentences = list(facts)
        for path in sorted((gold_file.parent / "articles").glob("*.txt")):
            known = [s for a, s in facts if a == path.stem]
            sentences += [(path.stem, s) for s in plain_sentences(path.read_text(encoding="utf-8")) if not any(s in k or k in s for k in known)]
        pairs = [(a, b) for a, b in itertools.combinations(sentences, 2) if a[0] != b[0]]
        same = np.array([bool(facts.get(a, set()) & facts.get(b, set())) for a, b in pairs])
        forward, back = both_ways(scorer, [(a[1], b[1]) for a, b in pairs])
        if scorer.has_heads:
            precision.append(float(average_precision_score(same, forward.same_fact + back.same_fact)))
        for name, encode in encoders.items():
            vectors = encode([s for _, s in sentences])
            for k in (2, 5):
                recalls.setdefault(f"recall at {k} neighbours, {name}", []).append(neighbour_recall(sentences, vectors, pairs, same, k))
    figures = {"average precision of same fact": np.array(precision)} if precision else {}
    return {name: interval(lambda i, v=v: float(v[i].mean()), len(v)) for name, v in (figures | {n: np.array(r) for n, r in recalls.items()}).items()}


def neighbour_recall(sentences: list[tuple[str, str]], vectors: NDArray[np.float32], pairs: list, same: NDArray[np.bool_], k: int) -> float:
    """Share of the pairs of one fact in which one sentence is among the k nearest of the other's article to the other."""
    place = {s: i for i, s in enumerate(sentences)}
    similarity = vectors @ vectors.T
    near = set()
    for i, (article, _) in enumerate(sentences):
        for other in {a for a, _ in sentences} - {article}:
            members = [j for j, (a, _) in enumerate(sentences) if a == other]
            near |= {frozenset((i, j)) for j in sorted(members, key=lambda j: -similarity[i, j])[:k]}
    hits = [frozenset((place[a], place[b])) in near for (a, b), s in zip(pairs, same, strict=True) if s]
    return float(np.mean(hits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(EMBEDDED))
    parser.add_argument("--pairs", type=Path, nargs="*", default=[])
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--base", type=Path, help="a sentence-transformers folder whose vectors are compared")
    parser.add_argument("--limit", type=int, help="use about this many rows of each file")
    parser.add_argument("--parts", nargs="*", default=["nli", "facts", "stories"], choices=["nli", "facts", "stories"])
    parser.add_argument("--reliability", type=Path, metavar="SVG", help="draw the reliability of the fact heads")
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if not args.pairs and not args.shared:
        parser.error("name --pairs FILE… or --shared DIR")
    use_threads()
    checkpoint = load_checkpoint(args.model, args.precision)
    scorer = NliScorer(checkpoint)
    results: dict[str, dict[str, tuple[float, float, float]]] = {}

    def show(name: str, figures: dict[str, tuple[float, float, float]]) -> None:
        results[name] = figures
        for figure, (value, low, high) in figures.items():
            print(f"{name:24} {figure:44} {value:.3f}  [{low:.3f}, {high:.3f}]", flush=True)

    files = list(args.pairs)
    if args.shared and "nli" in args.parts:
        files += sorted((args.shared / "nli" / "dev").glob("*.parquet"))
    for path in files:
        show(path.stem, evaluate_pairs(scorer, path, args.limit))
    if args.shared and scorer.has_heads and "facts" in args.parts:
        show("held-out topics", evaluate_facts(scorer, args.shared, args.reliability))
    if args.shared and "stories" in args.parts:
        encoders: dict[str, Callable[[Sequence[str]], NDArray[np.float32]]] = {"this model": ClaimEncoder(checkpoint).encode} if scorer.has_heads else {}
        if args.base:
            from sentence_transformers import SentenceTransformer  # pyright: ignore[reportMissingImports]  # comes with the base encoder's package

            base = SentenceTransformer(str(args.base), device="cpu")
            encoders["base encoder"] = lambda texts: base.encode(list(texts), normalize_embeddings=True)
        show("stories", evaluate_stories(scorer, encoders, args.shared))
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
