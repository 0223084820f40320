"""Set the probabilities of a trained checkpoint's fact heads right on held-out topics, in place.

    python -m models.calibrate --checkpoint DIR [--shared ../shared] [--every 2]

The logits of the heads that stand alone get a scale and a shift (Platt 1999); those that say which relation or which types only a scale ("temperature", Guo et
al. 2017: what is likeliest stays as it was learned). Fitted by maximum likelihood on every other topic that training does not see, and folded into the head's
last layer: a checkpoint has no more parts than before. models/evaluate.py measures on the topics between.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.architecture import CHANGE_TYPES, RELATIONS
from models.batches import Batcher
from models.examples import Example, fact_examples, load_topics
from models.train import ClaimModel, load_model

ALONE = ("same_fact", "changed")
CALIBRATED = (*ALONE, "relation", "types")


def head_logits(model: ClaimModel, batcher: Batcher, examples: Sequence[Example]) -> dict[str, Tensor]:
    """The logits of CALIBRATED for each example in both orders: same_fact and changed (2, N), relation (2, N, 3), types (2, N, 9)."""
    batcher.prepare(t for e in examples for t in (e.premise, e.hypothesis))
    order = sorted(range(len(examples)), key=lambda i: batcher.length(examples[i]))
    shapes = {"same_fact": (), "changed": (), "relation": (len(RELATIONS),), "types": (len(CHANGE_TYPES),)}
    out = {name: torch.zeros(2, len(examples), *shape) for name, shape in shapes.items()}
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            index = order[start : start + 64]
            for way in (0, 1):
                part = [Example(e.hypothesis, e.premise) if way else Example(e.premise, e.hypothesis) for e in (examples[i] for i in index)]
                batch = batcher.batch(part)
                _, heads = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
                for name in CALIBRATED:
                    out[name][way, index] = getattr(heads, name).float()
    return out


def probabilities(logits: Tensor, *, exclusive: bool) -> Tensor:
    """Probabilities as a run takes them: the mean of both orders. `logits` (2, N, …); `exclusive`: one of the last dimension holds, not each for itself."""
    return (logits.softmax(-1) if exclusive else logits.sigmoid()).mean(0)


def fit_scale_and_shift(logits: Tensor, target: Tensor, *, exclusive: bool, shifted: bool) -> tuple[Tensor, Tensor]:
    """Scale and shift of the logits (2, N) or (2, N, K) under which `target` is likeliest.

    `target`: classes (N,) where `exclusive`, for which there is one scale; else 0 or 1 in the shape of one order, each with its own. Scales stay positive: no
    order of two pairs turns round. Without `shifted` the shift is 0.
    """
    width = logits.shape[2:]
    log_scale = torch.zeros(() if exclusive else width, requires_grad=True)
    shift = torch.zeros(width, requires_grad=shifted)
    optimizer = torch.optim.LBFGS([x for x in (log_scale, shift) if x.requires_grad], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        p = probabilities(logits * log_scale.exp() + shift, exclusive=exclusive).clamp(1e-6, 1 - 1e-6)
        loss = F.nll_loss(p.log(), target) if exclusive else F.binary_cross_entropy(p, target)
        loss.backward()
        return loss

    optimizer.step(closure)
    return log_scale.detach().exp(), shift.detach()


def fold_into(layer: nn.Linear, scale: Tensor, shift: Tensor) -> None:
    """Make `layer` give its logits times `scale` plus `shift`."""
    with torch.no_grad():
        scale = scale.expand(layer.out_features) if scale.ndim == 0 else scale
        layer.weight.mul_(scale.unsqueeze(1))
        layer.bias.mul_(scale).add_(shift)


def calibrate(model: ClaimModel, batcher: Batcher, examples: Sequence[Example]) -> dict[str, dict[str, list[float]]]:
    """Fit and fold in the scale and shift of each head; return them by head."""
    logits = head_logits(model, batcher, examples)
    told = [i for i, e in enumerate(examples) if e.same_fact and e.relation and e.types is not None]
    targets = {
        "same_fact": torch.tensor([float(bool(e.same_fact)) for e in examples]),
        "changed": torch.tensor([float(bool(e.types)) for e in examples]),
        "relation": torch.tensor([RELATIONS.index(examples[i].relation or "same") for i in told]),
        "types": torch.tensor([[float(t in (examples[i].types or ())) for t in CHANGE_TYPES] for i in told]),
    }
    moved = {}
    for name in CALIBRATED:
        seen = logits[name] if name in ALONE else logits[name][:, told]
        scale, shift = fit_scale_and_shift(seen, targets[name], exclusive=name == "relation", shifted=name in ALONE)
        fold_into(getattr(model.heads, name), scale, shift)
        moved[name] = {"scale": scale.reshape(-1).tolist(), "shift": shift.reshape(-1).tolist()}
    return moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--every", type=int, default=2, help="use every so-manieth of the held-out topics, an even number; models/evaluate.py has the others")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model, tokenizer = load_model(args.checkpoint)
    held_out = load_topics(args.shared)[1][1 :: args.every]
    moved = calibrate(model, Batcher(tokenizer), fact_examples(args.shared, held_out, n_different=3, seed=3))
    model.save(args.checkpoint, tokenizer, half=True)
    for name, values in moved.items():
        print(json.dumps({"head": name, **{k: [round(x, 3) for x in v] for k, v in values.items()}}), flush=True)


if __name__ == "__main__":
    main()
