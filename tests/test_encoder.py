"""Vectors of claims: of length 1, the mean of the token vectors, and the same in any company."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModel, AutoTokenizer

from models.checkpoint import EMBEDDED, load_checkpoint
from models.encoder import MAX_TOKENS, ClaimEncoder
from tests.core_examples import SENTENCES, invented_texts, with_heads


@pytest.fixture(scope="module")
def encoder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> ClaimEncoder:
    return ClaimEncoder(load_checkpoint(with_heads(tiny_model, tmp_path_factory.mktemp("headed") / "model")))


@pytest.fixture(scope="module")
def embedded() -> ClaimEncoder:
    return ClaimEncoder(load_checkpoint(EMBEDDED))


def reference(folder: str | Path, texts: list[str]) -> np.ndarray:
    """Mean pooling as the cards of sentence encoders spell it out, text by text."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    rows = []
    with torch.inference_mode():
        for text in texts:
            mean = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=MAX_TOKENS)).last_hidden_state[0].mean(0)
            rows.append(mean / mean.norm())
    return torch.stack(rows).numpy()


def test_vectors_are_the_mean_of_the_token_vectors(encoder: ClaimEncoder):
    texts = [*SENTENCES, "", " ".join(SENTENCES)]
    assert np.abs(encoder.encode(texts) - reference(encoder.checkpoint.source, texts)).max() < 2e-5


def test_vectors_of_the_embedded_checkpoint(embedded: ClaimEncoder):
    vectors = embedded.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), embedded.width)
    assert np.abs(vectors - reference(EMBEDDED, SENTENCES)).max() < 2e-5
    assert np.array_equal(np.concatenate([embedded.encode([s]) for s in SENTENCES]), vectors)
    # Two tellings of one fact are nearer than two facts.
    assert vectors[8] @ vectors[9] > vectors[8] @ vectors[12]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_text_has_one_vector_of_length_one_in_any_company(seed: int, encoder: ClaimEncoder):
    rng = random.Random(seed)
    texts = invented_texts(rng.randint(1, 20), rng)
    together = encoder.encode(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    order = rng.sample(range(len(texts)), len(texts))
    assert np.array_equal(encoder.encode([texts[i] for i in order]), together[order])
    i = rng.randrange(len(texts))
    assert np.array_equal(encoder.encode([texts[i]])[0], together[i])


def test_no_texts(encoder: ClaimEncoder):
    assert encoder.encode([]).shape == (0, encoder.width)


def test_a_checkpoint_without_heads_makes_no_vectors(tiny_model: Path):
    with pytest.raises(ValueError, match="has no fact heads"):
        ClaimEncoder(load_checkpoint(tiny_model))
