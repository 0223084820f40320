"""Development figures while a model trains, on samples; models/evaluate.py has the full ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import torch
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from models.architecture import NLI_LABELS, RELATIONS
from models.batches import NLI_CODES, Batcher
from models.examples import Example, fact_examples

if TYPE_CHECKING:
    from models.train import ClaimModel

NO_CASE: Any = 0.0  # the F1 where neither gold nor guess holds a type; the stub of scikit-learn wants a string


def predict(model: ClaimModel, batcher: Batcher, examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """NLI probabilities (N, 3) one way; head probabilities averaged over both orders: same_fact (N,), relation (N, 3), types (N, 9)."""
    batcher.prepare(t for e in examples for t in (e.premise, e.hypothesis))
    order = sorted(range(len(examples)), key=lambda i: batcher.length(examples[i]))
    out = {
        "nli": np.zeros((len(examples), 3)),
        "same_fact": np.zeros(len(examples)),
        "changed": np.zeros(len(examples)),
        "relation": np.zeros((len(examples), 3)),
        "types": np.zeros((len(examples), 9)),
    }
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            index = order[start : start + 64]
            for back in (False, True):
                part = [Example(e.hypothesis, e.premise) if back else Example(e.premise, e.hypothesis) for e in (examples[i] for i in index)]
                batch = batcher.batch(part)
                nli, heads = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
                if not back:
                    out["nli"][index] = nli.float().softmax(-1).numpy()
                out["same_fact"][index] += heads.same_fact.float().sigmoid().numpy() / 2
                out["changed"][index] += heads.changed.float().sigmoid().numpy() / 2
                out["relation"][index] += heads.relation.float().softmax(-1).numpy() / 2
                out["types"][index] += heads.types.float().sigmoid().numpy() / 2
    return out


def evaluate_nli(model: ClaimModel, batcher: Batcher, path: Path, limit: int | None = None) -> dict[str, float]:
    rows = pq.read_table(path, columns=["premise", "hypothesis", "label"]).to_pylist()
    rows = rows[:: max(1, len(rows) // limit)] if limit else rows
    examples = [Example(r["premise"], r["hypothesis"], nli=r["label"]) for r in rows if r["label"] in NLI_LABELS]
    right = predict(model, batcher, examples)["nli"].argmax(1) == np.array([NLI_CODES[e.nli] for e in examples])
    return {f"{path.stem}_accuracy": round(float(right.mean()), 4)}


def evaluate_heads(model: ClaimModel, batcher: Batcher, shared: Path, topics: list[dict]) -> dict[str, float]:
    """Figures of the fact heads on pairs of whole topics."""
    examples = fact_examples(shared, topics, n_different=3, seed=1)
    p = predict(model, batcher, examples)
    same = np.array([bool(e.same_fact) for e in examples])
    told = np.flatnonzero(same)
    relation = np.array([RELATIONS.index(examples[i].relation or "same") for i in told])
    guess = p["relation"][told].argmax(1)
    types = np.array(
        [
            [t in (examples[i].types or ()) for t in ("entity", "quantity", "time", "place", "certainty", "status", "negation", "attribution", "label")]
            for i in told
        ]
    )
    figures = {
        "same_fact_auroc": roc_auc_score(same, p["same_fact"]),
        "changed_ap": average_precision_score([bool(e.types) for e in examples], p["changed"]),
        "relation_macro_f1": f1_score(relation, guess, average="macro"),
        "types_micro_f1": f1_score(types, p["types"][told] > 0.5, average="micro", zero_division=NO_CASE),
        "agree_taken_as_changed": float((guess[relation == 2] != 2).mean()),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}
