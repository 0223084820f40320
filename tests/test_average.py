"""Averaging checkpoints: the weighted mean of every weight, and a checkpoint that loads like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from models.average import average
from models.checkpoint import HEADS_FILE, load_checkpoint
from tests.core_examples import with_heads


def shifted(folder: Path, to: Path, by: float) -> Path:
    """A copy of a checkpoint with all of its weights moved."""
    average([folder], [1.0], to)
    for name in ("model.safetensors", HEADS_FILE):
        save_file({key: tensor + by for key, tensor in load_file(to / name).items()}, to / name, metadata={"format": "pt"})
    return to


def test_the_mean_of_two_checkpoints(tiny_model: Path, tmp_path: Path):
    first = with_heads(tiny_model, tmp_path / "first")
    second = shifted(first, tmp_path / "second", 1.0)
    average([first, second], [0.25, 0.75], tmp_path / "mean")
    for name in ("model.safetensors", HEADS_FILE):
        before, after = load_file(first / name), load_file(tmp_path / "mean" / name)
        assert before.keys() == after.keys()
        for key, tensor in before.items():
            torch.testing.assert_close(after[key].float(), tensor.float() + 0.75, atol=5e-3, rtol=1e-3)
    assert load_checkpoint(tmp_path / "mean").heads is not None


def test_checkpoints_of_other_shapes_are_refused(tiny_model: Path, tmp_path: Path):
    first = with_heads(tiny_model, tmp_path / "first")
    other = shifted(first, tmp_path / "other", 0.0)
    weights = load_file(other / HEADS_FILE)
    save_file({key: torch.cat([tensor, tensor]) for key, tensor in weights.items()}, other / HEADS_FILE)
    with pytest.raises(ValueError, match="different names or shapes"):
        average([first, other], [0.5, 0.5], tmp_path / "mean")
