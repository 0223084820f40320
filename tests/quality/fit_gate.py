"""Fit the gate of flows/steps/weights.json on annotated stories, and show what it would keep of stories left out.

    python tests/quality/fit_gate.py --stories ../shared/stories [--models DIR_OR_FOLD_LIST] [--corpus PARQUET] [--write]

The options are as in fit_weights.py. Only vectors and words are read here, no pair is scored. The figures are of four parts of the stories, each left out in
turn: the share of the pairs that the blocking rules propose which pass, and the shares of those that tell one fact, and that changed. Beside them, the
figures of the gate in force, for which no story was left out.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator

import numpy as np
from annotated import LABELLED, REAL, Annotated, add_arguments, open_all
from fit_weights import fit_logistic

from flows.steps.blocking import WORD_FOR_WORD, claim_similarity, pair_margins, propose_pairs
from flows.steps.gate import LEAST_LIKELY, gate_features
from flows.steps.proposals import Proposal
from flows.steps.weighing import WEIGHTS_FILE, Logistic, load_gate

STRENGTH = 0.3  # inverse regularisation
N_PARTS = 4


def seen_before_scoring(annotated: Annotated) -> Iterator[tuple[dict[str, float], bool, bool]]:
    """What the gate sees of each pair that the rules propose; whether the two tell one fact, and whether it changed."""
    for articles in annotated.compared:
        first, second = articles.earlier, articles.later
        if not first.claims or not second.claims:
            continue
        similarity = claim_similarity(first, second)
        features = gate_features(first, second, similarity, pair_margins(similarity))
        for candidate in propose_pairs(first, second, least_likely=0):
            label = annotated.label(Proposal(first, second, articles.comparison, candidate))
            if label is not None and candidate.blocking_rule != WORD_FOR_WORD:
                seen = {name: float(values[candidate.earlier, candidate.later]) for name, values in features.items()}
                yield seen, label.same_fact or bool(label.changes), bool(label.changes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    names, features, same, changed = [], [], [], []
    for annotated in open_all(args):
        for seen, is_same, is_changed in seen_before_scoring(annotated):
            names.append(annotated.name)
            features.append(seen)
            same.append(is_same)
            changed.append(is_changed)
    part = np.array([zlib.crc32(name.encode()) % N_PARTS for name in names])
    probability = np.zeros(len(names))
    for k in range(N_PARTS):
        fitted = fit_logistic([f for f, p in zip(features, part, strict=True) if p != k], np.array(same)[part != k].tolist(), list(features[0]), STRENGTH)
        columns = {name: np.array([f[name] for f, p in zip(features, part, strict=True) if p == k]) for name in features[0]}
        probability[part == k] = Logistic.from_json(fitted).probabilities(columns)
    now = load_gate().probabilities({name: np.array([f[name] for f in features]) for name in features[0]})
    groups = {"stories": [not n.startswith((LABELLED, REAL)) for n in names], "real pairs, labelled": [n.startswith(LABELLED) for n in names]}
    for group, members in groups.items():
        of_group, is_same, is_changed = np.array(members), np.array(same), np.array(changed)
        print(f"{group}: {of_group.sum()} pairs, {(of_group & is_same).sum()} of one fact, {(of_group & is_changed).sum()} changed")
        for gate, least in (("in force", LEAST_LIKELY), *(("fitted", least) for least in (0.02, 0.03, 0.05, 0.07, LEAST_LIKELY, 0.15))):
            likely = (now if gate == "in force" else probability) >= least
            kept = [float(np.mean(likely[of_group & mask])) for mask in (np.ones_like(is_same), is_same, is_changed)]
            print(f"  {gate}, from {least:.2f}: {kept[0]:.3f} of the pairs, {kept[1]:.3f} of one fact, {kept[2]:.3f} of the changed")
    if args.write:
        weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
        gate = fit_logistic(features, same, list(features[0]), STRENGTH)
        WEIGHTS_FILE.write_text(json.dumps({"gate": gate} | {name: part for name, part in weights.items() if name != "gate"}) + "\n", encoding="utf-8")
        print("wrote", WEIGHTS_FILE)


if __name__ == "__main__":
    main()
