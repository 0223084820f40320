"""Find, check and load a checkpoint: labels by name, safetensors only, no remote code, no network unless the user names a hub model."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel
from transformers.utils import logging as transformers_logging

from models.architecture import NLI_LABELS, PairHeads
from models.precision import multiplies_bfloat16

ON_GPU = "-gpu"  # after the id of a checkpoint that computes on one
EMBEDDED = Path(__file__).parent / "claimdrift-minilm"
# oneDNN keeps what it compiled for each size of matrix, by default of 1,024 sizes: 150 MB and more in a process that goes on for long. Batches rarely have one
# size twice, so all that pays is to have that of a layer at hand for the next one.
COMPILED_KEPT = 16
HEADS_FILE = "heads.safetensors"
SYNONYMS = {"entailment": "entailment", "entail": "entailment", "neutral": "neutral", "contradiction": "contradiction", "contradict": "contradiction"}


Precision = Literal["float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


class ModelError(ValueError):
    """A checkpoint that cannot be used; the message says which, why and what to do."""


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A loaded checkpoint. `columns` are the logits' positions of entailment, neutral and contradiction."""

    model_id: str  # digest of weights, config and tokenizer; "-bf16" after it for bfloat16, since scores differ in the third decimal
    source: str  # the folder or hub id it came from
    trunk: PreTrainedModel
    tokenizer: Any  # a fast PreTrainedTokenizerBase; its stubs type every token id as "maybe a list of str"
    heads: PairHeads | None
    columns: tuple[int, int, int]
    precision: Precision = "float32"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run the trunk in this: no gradients, and matrix products in the checkpoint's precision. What comes out may be bfloat16."""
        with torch.inference_mode(), torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16"):
            yield

    @property
    def device(self) -> torch.device:
        """Where the weights lie, and batches have to be."""
        return next(self.trunk.parameters()).device

    def on_gpu(self) -> Checkpoint:
        """Move the weights to this process's first GPU. The id says so, since scores differ in the last digits. Raises ModelError where there is none."""
        if not torch.cuda.is_available():
            raise ModelError("PyTorch sees no GPU here. Install a build of it that suits the machine's driver, or leave GPUs out.")
        parts: list[torch.nn.Module | None] = [self.trunk, self.heads]
        for part in parts:
            if part is not None:
                part.to("cuda")
        return dataclasses.replace(self, model_id=self.model_id + ON_GPU)

    @property
    def max_tokens(self) -> int:
        """Longest pair the model reads, in tokens: a multiple of 8, so that padding to such a multiple stays within the model's positions."""
        positions = getattr(self.trunk.config, "max_position_embeddings", 512)
        # RoBERTa and its like number positions from the padding id on, so their table is that much longer than what can be read.
        tables = (m for name, m in self.trunk.named_modules() if name.endswith("position_embeddings") and isinstance(m, torch.nn.Embedding))
        first = max((m.padding_idx + 1 for m in tables if m.padding_idx is not None), default=0)
        limit = min(256, positions - first, self.tokenizer.model_max_length)
        return limit - limit % 8


def label_columns(id2label: Mapping[int, str]) -> tuple[int, int, int]:
    """Return the positions of entailment, neutral and contradiction, by their names; raise ModelError where they cannot be told."""
    found = {SYNONYMS[name.lower()]: int(i) for i, name in id2label.items() if name.lower() in SYNONYMS}
    if len(id2label) != 3 or set(found) != set(NLI_LABELS):
        raise ModelError(
            f"labels {[id2label[i] for i in sorted(id2label)]}: an NLI model with the three labels entailment, neutral and contradiction is needed, "
            "named so in its config.json (id2label)."
        )
    return found["entailment"], found["neutral"], found["contradiction"]


def fastest_precision() -> Precision:
    """Return bfloat16 where the processor multiplies it natively, else float32."""
    return "bfloat16" if multiplies_bfloat16() else "float32"


def load_checkpoint(source: str | Path = EMBEDDED, precision: Precision = "float32") -> Checkpoint:
    """Load a three-label sequence classifier from a folder or, where no such folder exists, from the model hub.

    Raises ModelError for a folder without a checkpoint, labels that cannot be told, or a hub model that cannot be had.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(COMPILED_KEPT))  # looked at once, at the first product
    folder = Path(source)
    local = folder.is_dir()
    if not local and (folder.exists() or str(source).startswith((".", "/", "~")) or str(source).count("/") != 1):
        raise ModelError(f"--model {source}: no such folder. Name a folder with config.json and model.safetensors, or a hub id such as owner/name.")
    if local and not (folder / "config.json").exists():
        raise ModelError(f"--model {source}: the folder holds no config.json. Name the folder that save_pretrained wrote.")
    if local and not any(folder.glob("*.safetensors")):
        raise ModelError(f"--model {source}: no model.safetensors there. Only safetensors weights are read; convert pickled ones with save_pretrained.")
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local, trust_remote_code=False)
            trunk, notes = AutoModelForSequenceClassification.from_pretrained(
                source, local_files_only=local, trust_remote_code=False, use_safetensors=True, dtype=torch.float32, output_loading_info=True
            )
    except Exception as error:  # a broken file raises whatever its reader raises: OSError, ValueError, SafetensorError, RuntimeError, bare Exception
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = "Is the folder complete?" if local else "Is the name right, and is there a network?"
        raise ModelError(f"--model {source}: {reason} {hint}") from error
    if notes["missing_keys"]:
        raise ModelError(f"--model {source}: the weights lack {sorted(notes['missing_keys'])[:3]}; this is no finished sequence classifier.")
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"--model {source}: its tokenizer has no fast version, which the offsets of words need.")
    if tokenizer.pad_token_id is None:
        raise ModelError(f"--model {source}: its tokenizer names no padding token (pad_token in tokenizer_config.json), which batches need.")
    try:
        columns = label_columns(trunk.config.id2label or {})
    except ModelError as error:
        raise ModelError(f"--model {source}: {error}") from None
    trunk.eval()
    heads = _load_heads(folder / HEADS_FILE, trunk) if local and (folder / HEADS_FILE).exists() else None
    digest = _digest(folder) if local else _digest_of_weights(trunk)
    return Checkpoint(digest + ("-bf16" if precision == "bfloat16" else ""), str(source), trunk, tokenizer, heads, columns, precision)


def _load_heads(path: Path, trunk: PreTrainedModel) -> PairHeads:
    heads = PairHeads(trunk.config.hidden_size)
    try:
        heads.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    except (OSError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"{path}: no fact heads of this program's making ({reason}). Delete the file to use the labels alone.") from error
    return heads.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from drawing a progress bar over ours, and from warning about what is checked here."""
    level, bar = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if bar:
            transformers_logging.enable_progress_bar()


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in {".safetensors", ".json", ".txt", ".model"}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _digest_of_weights(trunk: PreTrainedModel) -> str:
    digest = hashlib.sha256(repr(sorted((trunk.config.id2label or {}).items())).encode())
    for name, tensor in sorted(trunk.state_dict().items()):
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def use_threads(n: int | None = None) -> None:
    """Let torch use `n` threads; all cores by default."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(n or cores)
