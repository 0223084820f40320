"""Pairs scored per second: claimdrift's scorer beside what a user would pick instead, with the same weights and pairs, interleaved in one run.

    python tests/benchmarks/bench_scoring.py [--pairs 600] [--rounds 5]

Prints the median and range of pairs per second, and each ratio to CrossEncoder in float32, taken within each round. All read pairs of claims from seeds/ as
blocking proposes them, in the order in which it does. The share of the machine's limit is the multiply-adds of the trunk over those of a plain matrix product
of the same precision.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from flows.pipeline import CheckRun
from models.checkpoint import EMBEDDED, fastest_precision, load_checkpoint, use_threads
from models.nli import NliScorer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
BATCH_SIZES = (8, 16, 32, 64)


def proposed_pairs(n: int) -> list[tuple[str, str]]:
    """Pairs of claims of seeds/, at most `n`."""
    with tempfile.TemporaryDirectory() as folder:
        run = CheckRun([SEEDS], folder)
        run.outputs.create()
        run.read(), run.extract(), run.relate(), run.propose()
        return run.proposals.texts().as_texts()[:n]


def cross_encoder(batch_size: int) -> Callable[[list[tuple[str, str]]], object]:
    """sentence-transformers' way with the same weights."""
    from sentence_transformers import CrossEncoder  # pyright: ignore[reportMissingImports]  # of the training extra

    model = CrossEncoder(str(EMBEDDED), device="cpu", max_length=256, model_kwargs={"dtype": torch.float32})  # it would take the file's float16
    return lambda pairs: model.predict(pairs, batch_size=batch_size, apply_softmax=True, show_progress_bar=False)


def hugging_face(batch_size: int) -> Callable[[list[tuple[str, str]]], object]:
    """The text-classification pipeline of transformers with the same weights."""
    model = AutoModelForSequenceClassification.from_pretrained(EMBEDDED, dtype=torch.float32)
    classify = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(EMBEDDED), device="cpu", top_k=None)
    return lambda pairs: classify([{"text": a, "text_pair": b} for a, b in pairs], batch_size=batch_size)


def best_batch_size(make: Callable[[int], Callable], pairs: list[tuple[str, str]]) -> int:
    seconds = {size: timed(make(size), pairs[:200]) for size in BATCH_SIZES}
    return min(seconds, key=lambda size: seconds[size])


def timed(score: Callable, pairs: list[tuple[str, str]]) -> float:
    started = time.perf_counter()
    score(pairs)
    return time.perf_counter() - started


def share_of_limit(pairs: list[tuple[str, str]], pairs_per_second: float, dtype: torch.dtype) -> float:
    """Multiply-adds per second of the trunk's matrix products, over those of one product of the shapes and precision that it is made of."""
    checkpoint = load_checkpoint()
    config = checkpoint.trunk.config
    tokens = sum(len(ids) for ids in checkpoint.tokenizer([a for a, _ in pairs], [b for _, b in pairs])["input_ids"]) / len(pairs)
    weights = config.num_hidden_layers * (4 * config.hidden_size**2 + 2 * config.hidden_size * config.intermediate_size)
    a = torch.randn(4096, config.hidden_size, dtype=dtype)
    b = torch.randn(config.hidden_size, config.intermediate_size, dtype=dtype)
    with torch.inference_mode():
        seconds = []
        for _ in range(30):
            started = time.perf_counter()
            torch.mm(a, b)
            seconds.append(time.perf_counter() - started)
    limit = a.numel() * b.shape[1] / statistics.median(seconds)
    return pairs_per_second * tokens * weights / limit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    use_threads()
    pairs = proposed_pairs(args.pairs)
    sizes = {"CrossEncoder": best_batch_size(cross_encoder, pairs), "text-classification pipeline": best_batch_size(hugging_face, pairs)}
    contenders: dict[str, Callable] = {
        f"CrossEncoder, batches of {sizes['CrossEncoder']}": cross_encoder(sizes["CrossEncoder"]),
        f"text-classification pipeline, batches of {sizes['text-classification pipeline']}": hugging_face(sizes["text-classification pipeline"]),
        "claimdrift, float32": NliScorer(load_checkpoint()).score,
    }
    if fastest_precision() == "bfloat16":
        contenders["claimdrift, bfloat16 (default here)"] = NliScorer(load_checkpoint(EMBEDDED, "bfloat16")).score
    for score in contenders.values():
        score(pairs[:64])
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(args.rounds):
        for name, score in contenders.items():
            rates[name].append(len(pairs) / timed(score, pairs))
    base = next(iter(rates.values()))
    print(f"{len(pairs)} pairs, {torch.get_num_threads()} threads, {args.rounds} rounds; claimdrift computes all fact heads as well")
    for name, values in rates.items():
        ratios = [v / b for v, b in zip(values, base, strict=True)]
        spread = f"[{min(values):.0f}, {max(values):.0f}]"
        print(f"{name:48} {statistics.median(values):7.0f} pairs/s  {spread:12} {statistics.median(ratios):.2f} times CrossEncoder")
    for name, dtype in (("claimdrift, float32", torch.float32), ("claimdrift, bfloat16 (default here)", torch.bfloat16)):
        if name in rates:
            share = share_of_limit(pairs, statistics.median(rates[name]), dtype)
            print(f"{name:48} {share:.2f} of a matrix product's multiply-adds per second")


if __name__ == "__main__":
    main()
