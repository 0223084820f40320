"""The mean of checkpoints: of one with itself the same, between two in the middle, and refused where it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from models.average import FILES, average
from models.checkpoint import load_checkpoint
from tests.core_examples import with_heads


def test_the_mean_lies_between_and_loads(tiny_model: Path, tmp_path: Path):
    one, other, out = with_heads(tiny_model, tmp_path / "one"), with_heads(tiny_model, tmp_path / "other"), tmp_path / "mean"
    for name in FILES:
        save_file({key: tensor + 1 for key, tensor in load_file(one / name).items()}, other / name, metadata={"format": "pt"})
    average([(one, 0.75), (other, 0.25)], out)
    for name in FILES:
        before, after = load_file(one / name), load_file(out / name)
        assert before.keys() == after.keys()
        assert all(torch.allclose(after[key].float(), before[key].float() + 0.25, atol=5e-3) for key in before)
    assert load_checkpoint(out).heads is not None


def test_the_mean_of_one_with_itself_is_the_same(tiny_model: Path, tmp_path: Path):
    one = with_heads(tiny_model, tmp_path / "one")
    average([(one, 0.5), (one, 0.5)], tmp_path / "mean")
    assert all(torch.equal(load_file(one / name)[key], tensor) for name in FILES for key, tensor in load_file(tmp_path / "mean" / name).items())


def test_weights_that_do_not_add_up_are_refused(tiny_model: Path, tmp_path: Path):
    one = with_heads(tiny_model, tmp_path / "one")
    with pytest.raises(ValueError, match=r"add up to 0\.9"):
        average([(one, 0.5), (one, 0.4)], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_checkpoints_of_another_make_are_refused(tiny_model: Path, tmp_path: Path):
    one, other = with_heads(tiny_model, tmp_path / "one"), with_heads(tiny_model, tmp_path / "other")
    save_file({key: tensor for key, tensor in load_file(other / FILES[1]).items() if key != "relation.bias"}, other / FILES[1])
    with pytest.raises(ValueError, match="other tensors"):
        average([(one, 0.5), (other, 0.5)], tmp_path / "mean")


def test_a_head_that_came_later_is_the_mean_of_those_that_have_it(tiny_model: Path, tmp_path: Path):
    old, one, other = (with_heads(tiny_model, tmp_path / name) for name in ("old", "one", "other"))
    save_file({key: tensor for key, tensor in load_file(old / FILES[1]).items() if not key.startswith("changed.")}, old / FILES[1])
    save_file({key: tensor + 1 for key, tensor in load_file(other / FILES[1]).items()}, other / FILES[1])
    average([(old, 0.5), (one, 0.25), (other, 0.25)], tmp_path / "mean")
    before, after = load_file(one / FILES[1]), load_file(tmp_path / "mean" / FILES[1])
    assert before.keys() == after.keys()
    assert torch.allclose(after["changed.weight"].float(), before["changed.weight"].float() + 0.5, atol=5e-3)
    assert torch.allclose(after["relation.bias"].float(), before["relation.bias"].float() + 0.25, atol=5e-3)
