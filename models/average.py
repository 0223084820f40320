"""The mean of checkpoints of one make, weight by weight (Wortsman et al. 2022): it keeps what each learned, as long as all come from one start.

    python -m models.average --out DIR CHECKPOINT=WEIGHT…        the weights add up to 1

Everything but the numbers, the tokenizer for one, is the first checkpoint's. A head that came later than others, and that some of the checkpoints lack, is the
mean of those that have it. Calibrate afterwards (models/calibrate.py).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from models.architecture import ADDED_HEADS
from models.checkpoint import HEADS_FILE

FILES = ("model.safetensors", HEADS_FILE)


def average(parts: Sequence[tuple[Path, float]], out: Path) -> None:
    """Write the weighted mean of checkpoints to a new folder. Raises ValueError where the weights do not add up to 1, or the parts are not of one make."""
    total = sum(weight for _, weight in parts)
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the weights add up to {total:g}, not to 1")
    means: dict[str, dict[str, torch.Tensor]] = {}
    for name in FILES:
        tensors = [load_file(folder / name) for folder, _ in parts]
        means[name] = {}
        for key in dict.fromkeys(key for part in tensors for key in part):
            its = [(part[key], weight) for part, (_, weight) in zip(tensors, parts, strict=True) if key in part]
            may_lack = name == HEADS_FILE and key.partition(".")[0] in ADDED_HEADS
            if (len(its) < len(parts) and not may_lack) or len({tensor.shape for tensor, _ in its}) > 1:
                raise ValueError(f"{name}: the checkpoints have other tensors")
            share = sum(weight for _, weight in its)
            means[name][key] = torch.stack([tensor.float() * (weight / share) for tensor, weight in its]).sum(0).to(its[0][0].dtype)
    shutil.copytree(parts[0][0], out)
    for name, mean in means.items():
        save_file(mean, out / name, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", metavar="CHECKPOINT=WEIGHT")
    parser.add_argument("--out", type=Path, required=True, help="a folder that is not there yet")
    args = parser.parse_args()
    given = [part.rpartition("=") for part in args.parts]
    average([(Path(folder), float(weight)) for folder, _, weight in given], args.out)


if __name__ == "__main__":
    main()
