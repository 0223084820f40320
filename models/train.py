"""Train the shipped checkpoint: one trunk, NLI and fact heads together, from the base encoder.

    python -m models.train --out DIR [--base DIR_OR_CHECKPOINT] [--shared ../shared] [--work .model-work/NAME] [--minutes 55] [--phase nli|stories]
    [--hold-out A,B]

`nli` starts from the base encoder and sees the NLI sets, the fact families and pairs of sentences of real articles; `stories` starts from its result and sees
the annotated stories, beside a rehearsal of the rest. `--hold-out` names stories and files of models/data that are kept out, for cross-validation. State is
saved to --work every few minutes; the same command resumes there, on another day too. bfloat16 autocast where the machine has it; word embeddings stay frozen
(half of the weights, and the vocabulary of the news is wide).
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoTokenizer, BertForSequenceClassification, PreTrainedTokenizerBase

from models.architecture import ADDED_HEADS, DIRECTION_SLICES, NLI_LABELS, HeadLogits, PairHeads, masked_mean, sentence_masks
from models.batches import Batch, Batcher, SpecialIds
from models.examples import (
    Example,
    fact_examples,
    load_prose,
    load_topics,
    load_written,
    nli_examples,
    prose_examples,
    real_examples,
    retold_examples,
)
from models.perturb import perturbed_examples
from models.renaming import Renamer
from models.stories import annotated_stories, story_examples
from models.watch import evaluate_heads, evaluate_nli


@dataclasses.dataclass(frozen=True)
class Phase:
    """What one phase sees, and how it learns."""

    nli_scale: float  # share of each NLI set's cap
    told_copies: float  # of each pair of tellings of one fact
    different_copies: float  # of each pair of tellings of two facts
    written_copies: float  # how many times more of the families of models/data
    story_told_copies: float  # of each pair of sentences of an annotated story that tell one fact
    story_different_copies: float  # and of those that do not
    real_copies: int  # of each labelled pair of real articles; of those that tell one fact, three times as many
    prose: int  # pairs of different facts from each real article; pairs of one fact from two of them come beside them
    renamed: float  # share of the labelled pairs of facts in which shared names and figures are others
    dropout: float  # of hidden states; the attention has none, as the fused kernel takes none
    trunk_rate: float
    head_rate: float


PHASES = {
    "nli": Phase(
        nli_scale=0.8, told_copies=3, different_copies=1, written_copies=1, story_told_copies=0, story_different_copies=0, real_copies=0, prose=10,
        renamed=0, dropout=0, trunk_rate=1e-4, head_rate=5e-4,
    ),
    "stories": Phase(
        nli_scale=0.08, told_copies=0.4, different_copies=0.1, written_copies=1, story_told_copies=2, story_different_copies=0.6, real_copies=2, prose=2,
        renamed=0.5, dropout=0.1, trunk_rate=5e-5, head_rate=2e-4,
    ),
}  # fmt: skip
TOKENS_PER_BATCH = 2_400
WARM_UP = 0.04  # share of the run in which the rates rise
LOSS_WEIGHTS = {"nli": 1.0, "same_fact": 1.0, "changed": 2.0, "relation": 1.0, "types": 2.0, "moved_on": 0.5, "direction": 0.5, "tokens": 1.0, "vector": 0.5}
VECTOR_EVERY = 4  # steps between batches of single sentences
TEMPERATURE = 0.05


class ClaimModel(torch.nn.Module):
    """Trunk and heads together, as they are trained."""

    def __init__(self, trunk: BertForSequenceClassification, heads: PairHeads, tokenizer: PreTrainedTokenizerBase) -> None:
        super().__init__()
        self.trunk, self.heads = trunk, heads
        self.special_ids = SpecialIds.of(tokenizer).as_tuple()

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, HeadLogits]:
        """NLI logits (B, 3) and the heads' logits."""
        output = self.trunk.bert(input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask)
        hidden = output.last_hidden_state  # (B, T, H)
        nli = self.trunk.classifier(self.trunk.dropout(output.pooler_output))
        return nli, self.heads(hidden, *sentence_masks(input_ids, token_type_ids, attention_mask, self.special_ids))

    def vectors(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Unit vectors (B, H) of single sentences: the mean of all token vectors, as the base encoder does it."""
        hidden = self.trunk.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return F.normalize(masked_mean(hidden, attention_mask).float(), dim=-1)

    def save(self, folder: Path, tokenizer: PreTrainedTokenizerBase, *, half: bool) -> None:
        """Write a checkpoint that loads as a plain three-label sequence classifier, the heads beside it."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        dtype = torch.float16 if half else torch.float32
        trunk = BertForSequenceClassification(self.trunk.config)
        trunk.load_state_dict(self.trunk.state_dict())
        if half:
            trunk.half()
        trunk.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        save_file({name: t.detach().to(dtype).contiguous() for name, t in self.heads.state_dict().items()}, folder / "heads.safetensors")


def load_model(folder: Path, dropout: float = 0.0) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """Load trunk and tokenizer from `folder`, and the heads if it has any; else fresh ones. `dropout`: of hidden states in training."""
    from safetensors.torch import load_file

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    trunk = BertForSequenceClassification.from_pretrained(
        folder, num_labels=3, id2label=dict(enumerate(NLI_LABELS)), label2id={n: i for i, n in enumerate(NLI_LABELS)}, local_files_only=True,
        dtype=torch.float32, attn_implementation="eager",
        hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    heads = PairHeads(trunk.config.hidden_size)
    if (folder / "heads.safetensors").exists():
        saved = {name: t.float() for name, t in load_file(folder / "heads.safetensors").items()}
        fresh = {name: t for name, t in heads.state_dict().items() if name.partition(".")[0] in ADDED_HEADS}
        heads.load_state_dict(fresh | saved)
    return ClaimModel(trunk, heads, tokenizer), tokenizer


def losses(nli: Tensor, heads: HeadLogits, batch: Batch) -> dict[str, Tensor]:
    """Mean loss of each part over the examples that have its label; parts without any are left out."""
    out: dict[str, Tensor] = {}
    log_p = F.log_softmax(nli.float(), dim=-1)  # (B, 3)
    known = batch.nli >= 0
    if known.any():
        per_label = torch.stack([-log_p[:, 0], -log_p[:, 1], -log_p[:, 2], -log1m_exp(log_p[:, 0]), -log1m_exp(log_p[:, 2])], dim=1)  # (B, 5)
        out["nli"] = per_label.gather(1, batch.nli.clamp(min=0).unsqueeze(1)).squeeze(1)[known].mean()
    yes_or_no = (("same_fact", heads.same_fact, batch.same_fact), ("changed", heads.changed, batch.changed), ("moved_on", heads.moved_on, batch.moved_on))
    for name, logits, target in yes_or_no:
        known = ~target.isnan()
        if known.any():
            out[name] = F.binary_cross_entropy_with_logits(logits.float()[known], target[known])
    known = batch.relation >= 0
    if known.any():
        out["relation"] = F.cross_entropy(heads.relation.float()[known], batch.relation[known])
        out["types"] = F.binary_cross_entropy_with_logits(heads.types.float()[known], batch.types[known])
    parts = []
    for where in DIRECTION_SLICES.values():
        rows = batch.direction[:, where].sum(1) > 0
        if rows.any():
            parts.append(F.cross_entropy(heads.direction[:, where].float()[rows], batch.direction[:, where][rows].argmax(1)))
    if parts:
        out["direction"] = torch.stack(parts).mean()
    known = ~batch.tokens.isnan()
    if known.any():
        out["tokens"] = F.binary_cross_entropy_with_logits(heads.tokens.float()[known], batch.tokens[known])
    return out


def log1m_exp(log_p: Tensor) -> Tensor:
    """log(1 - exp(log_p)), kept finite."""
    return torch.log((1.0 - log_p.exp()).clamp(min=1e-6))


class VectorTask:
    """Keeps the mean vectors of single sentences good for neighbours: tellings of one fact together, other facts of the same event apart, and all near where
    the base encoder had them.

    events: for each event its facts, for each fact the sentences that tell it.
    """

    def __init__(self, events: list[list[list[str]]], extra_texts: list[str], model: ClaimModel, batcher: Batcher, seed: int) -> None:
        self.events = [facts for event in events if len(facts := [f for f in event if len(f) >= 2]) >= 2]
        self.extra, self.model, self.batcher, self.rng = extra_texts, model, batcher, random.Random(seed)
        texts = list(dict.fromkeys([text for event in self.events for fact in event for text in fact] + extra_texts))
        self.base: dict[str, Tensor] = {}
        model.eval()
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            for start in range(0, len(texts), 128):
                part = texts[start : start + 128]
                self.base.update(zip(part, model.vectors(*batcher.singles(part)).clone(), strict=True))

    def loss(self, n: int = 30) -> Tensor:
        """Cross-entropy of each telling's other telling among those of `n` facts, few events at a time so that most of them are look-alikes."""
        anchors, positives = [], []
        while len(anchors) < n:
            event = self.rng.choice(self.events)
            for fact in event[: n - len(anchors)]:
                a, b = self.rng.sample(fact, 2)
                anchors.append(a)
                positives.append(b)
        texts = anchors + positives + self.rng.sample(self.extra, min(8, len(self.extra)))
        vectors = self.model.vectors(*self.batcher.singles(texts))  # (2n + 8, H)
        logits = vectors[:n] @ vectors[n : 2 * n].T / TEMPERATURE  # (n, n)
        target = torch.arange(n)
        base = torch.stack([self.base[t] for t in texts])
        return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 4 + 2.0 * (1.0 - (vectors * base).sum(-1)).mean()


def copies(examples: list[Example], factor: float, rng: random.Random) -> list[Example]:
    """`examples` repeated `factor` times, a part of a copy sampled."""
    return examples * int(factor) + rng.sample(examples, int(len(examples) * (factor % 1)))


def forever(examples: list[Example], batcher: Batcher, rng: random.Random) -> Iterator[Batch]:
    while True:
        yield from batcher.epoch(examples, TOKENS_PER_BATCH, rng)


def train(args: argparse.Namespace) -> None:
    phase, work = PHASES[args.phase], Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    rng = random.Random(args.seed)
    log_file = (work / "log.jsonl").open("a", encoding="utf-8")

    def log(**entry: object) -> None:
        print(json.dumps(entry), flush=True)
        log_file.write(json.dumps(entry) + "\n")
        log_file.flush()

    shared = Path(args.shared)
    topics, held_out = load_topics(shared)
    held_names = [s for s in args.hold_out.split(",") if s]
    # The first phase is the start of every fold: it sees no story, in its vectors neither.
    stories = list(annotated_stories(shared, held_names)) if phase.story_told_copies else []
    nli = list(nli_examples(shared, args.seed, phase.nli_scale))
    written = [topic for name, families in load_written().items() if name not in held_names for topic in families]
    told, different = [], []
    for families, factor in ((topics, 1.0), (written, phase.written_copies)):
        pairs = fact_examples(shared, families, n_different=2, seed=args.seed)
        told += copies([e for e in pairs if e.same_fact], factor * phase.told_copies, rng)
        different += copies([e for e in pairs if not e.same_fact], factor * phase.different_copies, rng)
    topics = topics + written
    from_stories = story_examples(stories, n_similar=5, n_random=2, seed=args.seed)
    annotated = copies([e for e in from_stories if e.same_fact], phase.story_told_copies, rng)
    annotated += copies([e for e in from_stories if not e.same_fact], phase.story_different_copies, rng)
    real = real_examples(shared, held_names) * phase.real_copies
    real += 2 * [e for e in real if e.same_fact]
    prose = []
    if phase.prose:
        prose += prose_examples(load_prose(shared), phase.prose, args.seed, "prose")
        prose += retold_examples(load_prose(shared), "retold")
    if phase.prose:
        prose += prose_examples([text for story in stories for text in story.texts.values()], phase.prose, args.seed, "story prose")
    made = list(perturbed_examples(topics, args.seed))
    facts = told + different + annotated + real + made
    renamer = Renamer.of(facts, args.seed)
    facts = [renamer.renamed(e) if rng.random() < phase.renamed else e for e in facts]
    examples = nli + prose + facts
    model, tokenizer = load_model(Path(args.base), phase.dropout)
    batcher = Batcher(tokenizer)
    batcher.prepare(itertools.chain.from_iterable((e.premise, e.hypothesis) for e in examples))
    events = [[[telling["text"] for telling in fact["tellings"]] for fact in topic["facts"]] for topic in topics]
    # Own stories and development stories count four times: their sentences are what a run meets.
    events += 4 * [[[e["sentence"] for e in fact["expressions"]] for fact in story.gold["facts"]] for story in stories]
    vector_task = VectorTask(events, [e.premise for e in rng.sample(nli, min(3_000, len(nli)))], model, batcher, args.seed)
    model.trunk.bert.embeddings.requires_grad_(False)
    assert model.trunk.bert.pooler is not None
    heads = [*model.heads.parameters(), *model.trunk.classifier.parameters(), *model.trunk.bert.pooler.parameters()]
    head_ids = {id(p) for p in heads}
    trunk = [p for p in model.trunk.parameters() if p.requires_grad and id(p) not in head_ids]
    optimizer = torch.optim.AdamW([{"params": trunk, "lr": phase.trunk_rate}, {"params": heads, "lr": phase.head_rate}], weight_decay=0.01, fused=True)
    base_rates = [g["lr"] for g in optimizer.param_groups]
    total = int(len(examples) * args.epochs)
    step = seen = 0
    elapsed = 0.0
    state_file = work / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, seen, elapsed = state["step"], state["seen"], state["elapsed"]
        log(event="resumed", step=step, seen=seen, elapsed=round(elapsed))
    log(
        event="start",
        phase=args.phase,
        nli=len(nli),
        told=len(told),
        different=len(different),
        stories=len(annotated),
        real=len(real),
        prose=len(prose),
        perturbed=len(made),
        held_out=held_names,
        epochs=args.epochs,
        total=total,
        step=step,
    )
    started, saved, shown = time.monotonic() - elapsed, time.monotonic(), time.monotonic()
    sums: dict[str, list[float]] = {}
    rng.seed(args.seed + step)
    for batch in forever(examples, batcher, rng):
        elapsed = time.monotonic() - started
        # The rates end at zero when the pairs or the minutes are used up, whichever is first.
        progress = max(seen / total, elapsed / (60 * args.minutes))
        if progress >= 1.0:
            break
        factor = min(progress / WARM_UP, 1.0) * 0.5 * (1 + math.cos(math.pi * progress)) if step else 0.01
        for group, rate in zip(optimizer.param_groups, base_rates, strict=True):
            group["lr"] = rate * max(factor, 1e-3)
        model.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            nli_logits, head_logits = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
            parts = losses(nli_logits, head_logits, batch)
            if step % VECTOR_EVERY == 0:
                parts["vector"] = vector_task.loss()
        loss = torch.stack([LOSS_WEIGHTS[name] * value for name, value in parts.items()]).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(batch.input_ids)
        for name, value in parts.items():
            sums.setdefault(name, []).append(value.item())
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            log(step=step, seen=seen, minutes=round(elapsed / 60, 1), progress=round(progress, 3), loss={k: round(sum(v) / len(v), 4) for k, v in sums.items()})
            sums = {}
        if time.monotonic() - saved > 60 * args.save_every:
            saved = time.monotonic()
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seen": seen, "elapsed": elapsed}
            torch.save(state, work / "state.pt.tmp")
            (work / "state.pt.tmp").replace(state_file)
            log(event="saved", step=step, **quick_figures(model, batcher, shared, held_out))
    model.save(Path(args.out), tokenizer, half=True)
    log(event="done", step=step, seen=seen, minutes=round(elapsed / 60, 1), **quick_figures(model, batcher, shared, held_out))


def quick_figures(model: ClaimModel, batcher: Batcher, shared: Path, held_out: list[dict]) -> dict[str, float]:
    """Development figures on samples, to watch a run."""
    model.eval()
    return {
        **evaluate_nli(model, batcher, shared / "nli" / "dev" / "mnli_dev_matched.parquet", limit=600),
        **evaluate_heads(model, batcher, shared, held_out[::4]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--base", required=True, help="folder of the base encoder, or of the checkpoint of the first phase")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--work", required=True)
    parser.add_argument("--phase", choices=sorted(PHASES), default="nli")
    parser.add_argument("--hold-out", default="", help="stories, and files of models/data, that are kept out, separated by commas")
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--save-every", type=float, default=8, help="minutes between saved states")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
