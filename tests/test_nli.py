"""Scores of pairs: what transformers itself gives, the same alone and in any company, and words that stand in the sentences."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from models.batches import cut
from models.checkpoint import EMBEDDED, PRECISIONS, Precision, load_checkpoint
from models.nli import NliScorer, NliScores
from tests.core_examples import SENTENCES, invented_texts, pairs_of, with_heads

PAIRS = pairs_of(SENTENCES)[::7]
HEADS = ("same_fact", "changed", "relation", "types", "moved_on", "direction")


@pytest.fixture(scope="module")
def plain(tiny_model: Path) -> NliScorer:
    return NliScorer(load_checkpoint(tiny_model))


@pytest.fixture(scope="module")
def headed(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> NliScorer:
    return NliScorer(load_checkpoint(with_heads(tiny_model, tmp_path_factory.mktemp("headed") / "model")))


@pytest.fixture(scope="module")
def roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of another family: other special tokens, two separators, no segments, positions that begin after the padding id."""
    folder = tmp_path_factory.mktemp("roberta") / "model"
    words = sorted({w for s in SENTENCES for w, _ in Whitespace().pre_tokenize_str(s)})
    vocabulary = {piece: i for i, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *words])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.post_processor = TemplateProcessing(  # pyright: ignore[reportAttributeAccessIssue]
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=1024, model_input_names=["input_ids", "attention_mask"], bos_token="<s>", cls_token="<s>",
        eos_token="</s>", sep_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>",
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(3)
    labels = ("contradiction", "neutral", "entailment")
    RobertaForSequenceClassification(
        RobertaConfig(
            vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=82,
            type_vocab_size=1, initializer_range=0.4, pad_token_id=1, bos_token_id=0, eos_token_id=2, id2label=dict(enumerate(labels)),
            label2id={label: i for i, label in enumerate(labels)},
        )
    ).save_pretrained(folder)  # fmt: skip
    return folder


def reference(folder: Path, pairs: Sequence[tuple[str, str]], max_length: int) -> np.ndarray:
    """The three probabilities (N, 3) as a user of transformers would compute them, pair by pair."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    places = [model.config.label2id[label] for label in ("entailment", "neutral", "contradiction")]
    with torch.inference_mode():
        rows = [model(**tokenizer(p, h, return_tensors="pt", truncation=True, max_length=max_length)).logits.softmax(-1)[0, places] for p, h in pairs]
    return torch.stack(rows).numpy()


# --- against transformers ------------------------------------------------------------------------------------------------------------------------------------


def test_probabilities_are_those_of_transformers(plain: NliScorer, headed: NliScorer, tiny_model: Path):
    expected = reference(tiny_model, PAIRS, 128)
    assert np.unique(expected.argmax(1)).size == 3, "the model must tell pairs apart, or the test tells nothing"
    assert np.abs(plain.score(PAIRS).nli - expected).max() < 1e-4
    assert np.abs(headed.score(PAIRS).nli - expected).max() < 1e-4


def test_probabilities_of_another_family_are_those_of_transformers(roberta: Path):
    scorer = NliScorer(load_checkpoint(roberta))
    assert not scorer.has_heads
    assert scorer.checkpoint.max_tokens == 80  # 82 positions, of which 0 and 1 are never used
    long = (" ".join(SENTENCES), " ".join(reversed(SENTENCES)))
    pairs = [*PAIRS, long, (long[0], SENTENCES[3]), (SENTENCES[3], long[0])]
    expected = reference(roberta, pairs, 80)
    assert np.ptp(expected, axis=0).min() > 0.03, "the model must tell pairs apart, or the test tells nothing"
    assert np.abs(scorer.score(pairs).nli - expected).max() < 1e-4


def test_probabilities_of_the_embedded_checkpoint_are_those_of_transformers():
    pairs = PAIRS[:4]
    assert np.abs(NliScorer(load_checkpoint(EMBEDDED)).score(pairs).nli - reference(EMBEDDED, pairs, 256)).max() < 1e-4


def test_bfloat16_scores_are_near_those_of_float32_and_go_by_another_name():
    """Three times as fast on processors that have it; everywhere else slower, but the same."""
    single, half = (NliScorer(load_checkpoint(EMBEDDED, precision)) for precision in PRECISIONS)
    assert half.checkpoint.model_id == single.checkpoint.model_id + "-bf16"
    there, here = single.score(PAIRS[:12]), half.score(PAIRS[:12])
    assert 0 < np.abs(there.nli - here.nli).max() < 0.05
    assert np.abs(there.same_fact - here.same_fact).max() < 0.05


@pytest.mark.parametrize("order", [("contradiction", "entailment", "neutral"), ("neutral", "contradiction", "entailment")])
def test_labels_go_by_name(order: tuple[str, ...], plain: NliScorer, model_with_labels: Callable[[Sequence[str]], Path]):
    # The copy has the same classifier under other names: its first logit is now that of `order[0]`.
    there = plain.score(PAIRS).nli
    here = NliScorer(load_checkpoint(model_with_labels(order))).score(PAIRS).nli
    assert np.array_equal(here, there[:, [order.index(label) for label in ("entailment", "neutral", "contradiction")]])


# --- laws ----------------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["plain", "headed"])
def test_probabilities_sum_to_one(which: str, request: pytest.FixtureRequest):
    scores: NliScores = request.getfixturevalue(which).score(PAIRS)
    assert np.allclose(scores.nli.sum(1), 1, atol=2e-4)
    if which == "headed":
        assert np.allclose(scores.relation.sum(1), 1, atol=2e-4)
        for name in ("same_fact", "types", "moved_on"):
            assert ((getattr(scores, name) >= 0) & (getattr(scores, name) <= 1)).all(), name
        assert np.isfinite(scores.direction).all()


@pytest.mark.parametrize("which", ["plain", "headed"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_pair_scores_the_same_in_any_company(which: str, seed: int, request: pytest.FixtureRequest):
    scorer: NliScorer = request.getfixturevalue(which)
    rng = random.Random(seed)
    texts = invented_texts(12, rng)
    pairs = [(rng.choice(texts), rng.choice(texts)) for _ in range(rng.randint(1, 24))]
    together = scorer.score(pairs).to_rows()
    order = rng.sample(range(len(pairs)), len(pairs))
    assert np.array_equal(scorer.score([pairs[i] for i in order]).to_rows(), together[order], equal_nan=True)
    split = rng.randint(0, len(pairs))
    parts = [scorer.score(part).to_rows() for part in (pairs[:split], pairs[split:])]
    assert np.array_equal(np.concatenate(parts), together, equal_nan=True)
    i = rng.randrange(len(pairs))
    assert np.array_equal(scorer.score([pairs[i]]).to_rows()[0], together[i], equal_nan=True)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_pair_scores_the_same_in_any_company_with_the_embedded_checkpoint(precision: Precision):
    scorer = NliScorer(load_checkpoint(EMBEDDED, precision))
    pairs = PAIRS[:17]
    together = scorer.score(pairs).to_rows()
    assert not np.isnan(together).any()
    for n in (1, 3):
        parts = [scorer.score(pairs[i : i + n]).to_rows() for i in range(0, len(pairs), n)]
        assert np.array_equal(np.concatenate(parts), together), n


def test_the_premise_is_not_the_hypothesis(plain: NliScorer):
    assert not np.array_equal(plain.score(PAIRS).nli, plain.score([(h, p) for p, h in PAIRS]).nli)


def test_without_heads_there_is_no_opinion(plain: NliScorer):
    scores = plain.score(PAIRS)
    assert not plain.has_heads
    assert all(np.isnan(getattr(scores, name)).all() for name in HEADS)
    assert (scores.premise_spans == -1).all()
    assert (scores.hypothesis_spans == -1).all()


@settings(max_examples=25, deadline=None)
@given(
    premise=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=80),
    hypothesis=st.sampled_from(SENTENCES),
    n=st.sampled_from([1, 1, 1, 40]),
)
def test_words_of_changes_are_whole_words_of_the_sentences(premise: str, hypothesis: str, n: int, headed: NliScorer):
    # Repeated 40 times, the premise is longer than the model reads: words are whole at the cut, too.
    pair = (" ".join([premise] * n), hypothesis)
    scores = headed.score([pair])
    for text, spans in zip(pair, (scores.premise_spans[0], scores.hypothesis_spans[0]), strict=True):
        for start, end in spans.astype(int).tolist():
            if (start, end) == (-1, -1):
                continue
            assert 0 <= start < end <= len(text)
            assert not (start and text[start - 1].isalnum() and text[start].isalnum()), text[start - 1 : end]
            assert not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum()), text[start : end + 1]


def test_some_words_are_marked(headed: NliScorer):
    scores = headed.score(PAIRS)
    assert (scores.premise_spans[..., 0] >= 0).any()
    assert (scores.hypothesis_spans[..., 0] >= 0).any()


@pytest.mark.parametrize("which", ["plain", "headed"])
@pytest.mark.parametrize("pair", [("", ""), ("", "The port closed."), ("The port closed.", ""), ("crane " * 300, "crane " * 300), ("ship " * 60, "ship " * 60)])
def test_empty_and_long_texts_are_scored(which: str, pair: tuple[str, str], request: pytest.FixtureRequest):
    scores: NliScores = request.getfixturevalue(which).score([pair])
    assert np.allclose(scores.nli.sum(1), 1, atol=2e-4)


@given(n_a=st.integers(0, 400), n_b=st.integers(0, 400), room=st.integers(2, 253))
def test_the_longer_text_is_cut_first(n_a: int, n_b: int, room: int):
    a, b = cut(n_a, n_b, room)
    assert a + b == min(n_a + n_b, room)
    assert 0 <= a <= n_a
    assert 0 <= b <= n_b
    if a < n_a:
        assert a >= b - 1
    if b < n_b:
        assert b >= a - 1


@given(n=st.integers(0, 5), seed=st.integers(0, 2**32 - 1))
def test_rows_and_scores_turn_into_each_other(n: int, seed: int):
    rows = np.random.default_rng(seed).normal(size=(n, NliScores.row_width())).astype(np.float32)
    scores = NliScores.from_rows(rows)
    assert len(scores) == n
    assert np.array_equal(scores.to_rows(), rows)
    for name, shape in NliScores.WIDTHS.items():
        assert getattr(scores, name).shape == (n, *shape)
    for i in range(n):
        assert np.array_equal(scores.row(i).to_rows(), rows[i : i + 1])


def test_no_pairs(plain: NliScorer, headed: NliScorer):
    assert len(plain.score([])) == len(headed.score([])) == 0


def test_progress_counts_every_pair(plain: NliScorer):
    told: list[int] = []
    plain.score(PAIRS, on_progress=told.append)
    assert sum(told) == len(PAIRS)
