"""Scale and shift of logits: the likeliest ones, folded into the layer that gives the logits."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.calibrate import fit_scale_and_shift, fold_into, probabilities


def test_overconfident_logits_are_drawn_in_and_shifted():
    made = torch.Generator().manual_seed(3)
    true = torch.randn(6_000, generator=made) * 2
    target = (torch.rand(6_000, generator=made) < true.sigmoid()).float()
    scale, shift = fit_scale_and_shift((3 * true + 1.5).expand(2, -1), target, exclusive=False, shifted=True)
    assert float(scale) == pytest.approx(1 / 3, abs=0.03)
    assert float(shift) == pytest.approx(-0.5, abs=0.1)


def test_each_label_has_its_own_scale_but_classes_share_one():
    made = torch.Generator().manual_seed(4)
    true = torch.randn(4_000, 3, generator=made)
    labels = (torch.rand(4_000, 3, generator=made) < true.sigmoid()).float()
    scales, shifts = fit_scale_and_shift((true * torch.tensor([1.0, 2.0, 4.0])).expand(2, -1, -1), labels, exclusive=False, shifted=True)
    assert scales.tolist() == pytest.approx([1.0, 0.5, 0.25], rel=0.15)
    assert shifts.shape == (3,)
    classes = torch.multinomial((2 * true).softmax(-1), 1, generator=made).squeeze(1)
    scale, shift = fit_scale_and_shift(true.expand(2, -1, -1), classes, exclusive=True, shifted=False)
    assert float(scale) == pytest.approx(2.0, rel=0.15)
    assert not shift.any()  # which class is likeliest stays as it was


def test_the_layer_gives_the_calibrated_logits():
    layer, x = nn.Linear(5, 3), torch.randn(7, 5)
    before = layer(x).detach()
    scale, shift = torch.tensor([0.5, 2.0, 1.0]), torch.tensor([1.0, 0.0, -3.0])
    fold_into(layer, scale, shift)
    assert torch.allclose(layer(x), before * scale + shift, atol=1e-5)
    fold_into(layer, torch.tensor(2.0), torch.zeros(3))
    assert torch.allclose(layer(x), 2 * (before * scale + shift), atol=1e-5)


def test_probabilities_are_means_of_both_orders():
    logits = torch.tensor([[0.0], [100.0]])
    assert probabilities(logits, exclusive=False).tolist() == pytest.approx([0.75])
    both = torch.tensor([[[0.0, 0.0, 0.0]], [[100.0, 0.0, 0.0]]])
    assert probabilities(both, exclusive=True)[0].tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
