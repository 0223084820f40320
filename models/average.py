"""Average the weights of checkpoints that were trained from the same start: the mean is often better than any of them (Wortsman et al. 2022, model soups).

    python -m models.average --out DIR CHECKPOINT=SHARE CHECKPOINT=SHARE…

Shares are made to sum to one. Tokenizer and config are the first checkpoint's.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from models.checkpoint import HEADS_FILE

WEIGHT_FILES = ("model.safetensors", HEADS_FILE)


def average(folders: list[Path], shares: list[float], out: Path) -> None:
    """Write the weighted mean of checkpoints of one architecture to `out`, in half precision. Raises ValueError where their weights do not fit together."""
    out.mkdir(parents=True, exist_ok=True)
    for path in folders[0].iterdir():
        if path.suffix == ".json":
            shutil.copy(path, out / path.name)
    for name in WEIGHT_FILES:
        parts = [load_file(folder / name) for folder in folders]
        shapes = [{key: tensor.shape for key, tensor in part.items()} for part in parts]
        if any(other != shapes[0] for other in shapes[1:]):
            raise ValueError(f"{name}: the checkpoints have weights of different names or shapes")
        mean = {key: torch.stack([share * part[key].float() for share, part in zip(shares, parts, strict=True)]).sum(0) for key in parts[0]}
        save_file({key: tensor.half().contiguous() for key, tensor in mean.items()}, out / name, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+", metavar="CHECKPOINT=SHARE")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    entries = [entry.rpartition("=") for entry in args.checkpoints]
    shares = [float(share) for _, _, share in entries]
    average([Path(folder) for folder, _, _ in entries], [share / sum(shares) for share in shares], args.out)


if __name__ == "__main__":
    main()
