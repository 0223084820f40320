"""Checkpoints: labels found by name, broken ones refused with a sentence that helps, no network for a folder, digests of what is in it."""

from __future__ import annotations

import itertools
import shutil
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.architecture import NLI_LABELS
from models.checkpoint import EMBEDDED, Checkpoint, ModelError, label_columns, load_checkpoint, use_threads
from models.nli import NliScorer
from tests.core_examples import SENTENCES, pairs_of, with_heads

SPELLINGS = {"entailment": ["entailment", "ENTAILMENT", "Entail"], "neutral": ["neutral", "Neutral"], "contradiction": ["contradiction", "CONTRADICT"]}


@given(order=st.permutations(NLI_LABELS), data=st.data())
def test_labels_are_found_by_name_in_any_order(order: Sequence[str], data: st.DataObject):
    named = [data.draw(st.sampled_from(SPELLINGS[label])) for label in order]
    columns = label_columns(dict(enumerate(named)))
    assert [order[i] for i in columns] == list(NLI_LABELS)


@given(labels=st.lists(st.one_of(st.text(max_size=12), st.sampled_from([s for group in SPELLINGS.values() for s in group])), min_size=1, max_size=5))
def test_labels_that_cannot_be_told_are_refused_by_name(labels: list[str]):
    meant = {name for label in labels for name, group in SPELLINGS.items() if label.lower() in {s.lower() for s in group}}
    if len(labels) == 3 and len(meant) == 3:
        label_columns(dict(enumerate(labels)))
        return
    with pytest.raises(ModelError) as error:
        label_columns(dict(enumerate(labels)))
    assert all(repr(label) in str(error.value) for label in labels)
    assert "id2label" in str(error.value)


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("entailment", "not_entailment"), ("entailment", "neutral", "contradiction", "other")])
def test_a_folder_with_other_labels_is_refused(labels: tuple[str, ...], model_with_labels: Callable[[Sequence[str]], Path]):
    folder = model_with_labels(labels)
    with pytest.raises(ModelError) as error:
        load_checkpoint(folder)
    assert all(part in str(error.value) for part in (str(folder), *labels, "entailment, neutral and contradiction", "id2label"))


def damaged(tiny_model: Path, target: Path, how: str) -> Path:
    if how == "missing":
        return target
    shutil.copytree(tiny_model, target)
    if how == "no config":
        (target / "config.json").unlink()
    elif how == "no weights":
        (target / "model.safetensors").unlink()
    elif how == "pickle only":
        (target / "model.safetensors").unlink()
        torch.save({}, target / "pytorch_model.bin")
    elif how == "cut short":
        content = (target / "model.safetensors").read_bytes()
        (target / "model.safetensors").write_bytes(content[: len(content) // 2])
    elif how == "no tokenizer":
        (target / "tokenizer.json").write_text("{", encoding="utf-8")
    elif how == "broken config":
        (target / "config.json").write_text("{", encoding="utf-8")
    elif how == "a file":
        shutil.rmtree(target)
        target.write_text("", encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("missing", "no such folder"),
        ("a file", "no such folder"),
        ("no config", "no config.json"),
        ("no weights", "no model.safetensors"),
        ("pickle only", "Only safetensors weights are read"),
        ("cut short", "Is the folder complete?"),
        ("no tokenizer", "Is the folder complete?"),
        ("broken config", "Is the folder complete?"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(how: str, says: str, tiny_model: Path, tmp_path: Path):
    folder = damaged(tiny_model, tmp_path / "model", how)
    with pytest.raises(ModelError) as error:
        load_checkpoint(folder)
    message = str(error.value)
    assert f"--model {folder}" in message
    assert says in message
    assert "\n" not in message


def test_heads_of_another_make_are_refused(tiny_model: Path, tmp_path: Path):
    folder = with_heads(tiny_model, tmp_path / "model")
    shutil.copy(folder / "model.safetensors", folder / "heads.safetensors")
    with pytest.raises(ModelError, match=r"heads\.safetensors: no fact heads"):
        load_checkpoint(folder)


def test_a_folder_needs_no_network(tiny_model: Path, monkeypatch: pytest.MonkeyPatch):
    import huggingface_hub.constants

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for a model that is a folder")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    checkpoint = load_checkpoint(tiny_model)
    assert checkpoint.columns == (0, 1, 2)
    assert checkpoint.heads is None


def test_loading_writes_nothing_to_the_terminal(tiny_model: Path, capfd: pytest.CaptureFixture[str]):
    load_checkpoint(tiny_model)
    assert capfd.readouterr() == ("", "")


def test_the_digest_is_of_the_content(tiny_model: Path, tmp_path: Path):
    ids = {"as it is": load_checkpoint(tiny_model).model_id}
    copy = shutil.copytree(tiny_model, tmp_path / "copy")
    (copy / "README.md").write_text("notes are no part of a model", encoding="utf-8")
    assert load_checkpoint(copy).model_id == ids["as it is"]
    for name in ("config.json", "tokenizer_config.json"):
        changed = shutil.copytree(tiny_model, tmp_path / name)
        (changed / name).write_text((changed / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
        ids[name] = load_checkpoint(changed).model_id
    ids["heads"] = load_checkpoint(with_heads(tiny_model, tmp_path / "heads")).model_id
    assert all(a != b for a, b in itertools.combinations(ids.values(), 2))


def test_max_tokens_is_a_multiple_of_eight_within_the_positions(tiny_model: Path):
    checkpoint: Checkpoint = load_checkpoint(tiny_model)
    assert checkpoint.max_tokens == 128
    checkpoint.trunk.config.max_position_embeddings = 101
    assert checkpoint.max_tokens == 96


def test_use_threads():
    before = torch.get_num_threads()
    try:
        use_threads(3)
        assert torch.get_num_threads() == 3
        use_threads()
        assert torch.get_num_threads() >= 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_without_a_gpu_nothing_moves_to_one(tiny_model: Path):
    checkpoint = load_checkpoint(tiny_model)
    with pytest.raises(ModelError, match="no GPU here"):
        checkpoint.on_gpu()
    assert checkpoint.device.type == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_scores_on_a_gpu_are_near_those_of_the_processor_and_go_by_another_name():
    here = load_checkpoint(EMBEDDED, "float32")
    pairs = pairs_of(SENTENCES)[:60]
    expected = NliScorer(here).score(pairs)
    there = NliScorer(load_checkpoint(EMBEDDED, "float32").on_gpu())
    assert there.checkpoint.model_id == here.model_id + "-gpu"
    assert np.abs(there.score(pairs).nli - expected.nli).max() < 0.01
    assert (there.score(pairs[:7]).to_rows() == there.score(pairs).to_rows()[:7]).all()
