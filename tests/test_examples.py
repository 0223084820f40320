"""Training examples and batches: labels that agree with what was annotated, whichever way round a pair is shown."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from flows.records import KINDS
from models.architecture import CHANGE_TYPES, DIRECTION_SLICES, DIRECTIONS, RELATIONS
from models.batches import NLI_CODES, OPPOSITE, Batcher, pad, rounded_up
from models.checkpoint import load_checkpoint
from models.examples import REAL_PAIRS, Example, fact_examples, load_topics, load_written, nli_examples, plain_sentences, prose_examples, real_examples
from models.stories import AnnotatedStory, annotated_stories, load_stories, story_examples
from tests.core_examples import SENTENCES, write_articles

FIRST = "At least four dockers died when the crane fell in Velm."
SECOND = "Seven dockers died when the crane fell in Velm."
THIRD = "Seven dockers were killed by the falling crane in Velm."
FILLER = [
    "The weather in Velm was mild for the season.",
    "Ships waited outside the harbour of Velm all day.",
    "The crane in Velm was built by a firm from Ostrel.",
]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A development folder with one annotated story of two articles and a little more."""
    folder = tmp_path / "stories" / "velm"
    write_articles(folder / "articles", {"a.txt": f"{FIRST} {FILLER[0]} {FILLER[1]}", "b.txt": f"{SECOND} {FILLER[2]}", "c.txt": f"{THIRD} {FILLER[1]}"})
    expressions = [{"article": name, "sentence": s} for name, s in (("a", FIRST), ("b", SECOND), ("c", THIRD))]
    change = {
        "from": {"article": "a", "sentence": FIRST}, "to": {"article": "b", "sentence": SECOND}, "kind": "update", "type": "quantity", "direction": "raised",
        "from_text": "At least four", "to_text": "Seven",
    }  # fmt: skip
    trap = {"a": {"article": "a", "sentence": FILLER[0]}, "b": {"article": "b", "sentence": FILLER[2]}}
    gold = {"story": "velm", "articles": ["a", "b", "c"], "facts": [{"id": "f1", "expressions": expressions, "changes": [change]}], "traps": [trap]}
    (folder / "gold.json").write_text(json.dumps(gold), encoding="utf-8")
    return tmp_path


def development(folder: Path) -> list[AnnotatedStory]:
    """The annotated stories of a development folder, without our own."""
    return list(annotated_stories(folder, hold_out=list(load_stories())))


def by_ends(examples: list[Example]) -> dict[frozenset[str], Example]:
    return {frozenset((e.premise, e.hypothesis)): e for e in examples}


def test_a_story_gives_its_changes_its_agreements_and_its_look_alikes(story: Path):
    examples = by_ends(story_examples(development(story), 2, 1, seed=1))
    changed = examples[frozenset((FIRST, SECOND))]
    assert (changed.premise, changed.same_fact, changed.relation, changed.types, changed.moved_on) == (FIRST, True, "exclusive", ("quantity",), True)
    assert changed.directions == {"quantity": "raised"}
    assert (changed.premise_spans, changed.hypothesis_spans) == ({"quantity": "At least four"}, {"quantity": "Seven"})
    agreeing = examples[frozenset((SECOND, THIRD))]
    assert (agreeing.same_fact, agreeing.relation, agreeing.types, agreeing.nli) == (True, "same", (), "not_contradiction")
    trap = examples[frozenset((FILLER[0], FILLER[2]))]
    assert (trap.same_fact, trap.relation, trap.nli) == (False, None, None)
    # No sentence is a pair with itself, and none of one article with another of it.
    assert all(len(ends) == 2 for ends in examples if FILLER[1] not in ends)
    assert frozenset((FIRST, FILLER[0])) not in examples


def test_the_same_seed_gives_the_same_examples(story: Path):
    assert story_examples(development(story), 2, 1, seed=3) == story_examples(development(story), 2, 1, seed=3)


def test_labelled_real_pairs_are_read_by_place_and_held_out_by_half(tmp_path: Path):
    rows = [json.loads(line) for line in REAL_PAIRS.read_text(encoding="utf-8").splitlines()]
    assert {row["label"] for row in rows} == {"different", "agree", *KINDS}
    assert all(set(row.get("types", ())) <= set(CHANGE_TYPES) and bool(row.get("types")) is (row["label"] in KINDS) for row in rows)
    # A corpus whose text says where one is: each place reads as its own number.
    (tmp_path / "corpora").mkdir()
    length = max(row[side][2] for row in rows for side in ("earlier", "later"))
    articles = [f"{i:04d}" * (length // 4 + 1) for i in range(1 + max(row[side][0] for row in rows for side in ("earlier", "later")))]
    pq.write_table(pa.table({"text": articles}), tmp_path / "corpora" / "fnc1_train.parquet")
    examples = real_examples(tmp_path)
    assert len(examples) == len(rows)
    for row, example in zip(rows, examples, strict=True):
        article, start, end = row["earlier"]
        assert example.premise == articles[article][start:end]
        assert example.same_fact is (row["label"] != "different")
        assert example.types == (None if row["label"] == "different" else tuple(row.get("types", ())))
    assert {e.group for e in real_examples(tmp_path, ["real-0"])} == {"real-1"}


def test_nli_sets_are_sampled_per_label(tmp_path: Path):
    (tmp_path / "nli" / "train").mkdir(parents=True)
    table = pa.table(
        {
            "premise": [f"Premise {i}." for i in range(10)],
            "hypothesis": [*(f"Hypothesis {i}." for i in range(9)), ""],
            "label": ["entailment"] * 6 + ["neutral"] * 4,
            "genre": [None] * 8 + ["entity_not_in_premise", None],
        }
    )
    pq.write_table(table, tmp_path / "nli" / "train" / "rte.parquet")
    examples = list(nli_examples(tmp_path, seed=1, names=["rte"]))
    assert Counter(e.nli for e in examples) == {"entailment": 6, "neutral": 2}
    assert all(e.same_fact is None and e.types is None and e.group == "rte" for e in examples)
    assert len(list(nli_examples(tmp_path, seed=1, scale=0.001, names=["rte"]))) == 4  # 2,000 a label at most, times a thousandth


WRITTEN = {
    "topic": "Crane in Velm", "domain": "accidents", "facts": [{
        "id": "f1", "about": "who owns the crane",
        "slots": {
            "owner": {"type": "entity", "clash": "drift", "order": ["port", "port or city"]},
            "sure": {"type": "certainty", "clash": "drift", "order": ["stated", "believed"]},
        },
        "tellings": [
            {"day": 1, "text": "The port owns the crane.", "values": {"owner": "port", "sure": "stated"}, "words": {"owner": "The port", "sure": None}},
            {"day": 2, "text": "The port or the city is believed to own it.", "values": {"owner": "port or city", "sure": "believed"},
             "words": {"owner": "The port or the city", "sure": "is believed"}},
            {"day": 3, "text": "It belongs to the port of Velm.", "values": {"owner": "port", "sure": None}, "words": {"owner": "the port", "sure": None}},
        ],
        "exceptions": [],
    }, {"id": "f2", "about": "who built it", "slots": {}, "tellings": [{"day": 1, "text": "The crane was built in Ostrel.", "values": {}}], "exceptions": []}],
}  # fmt: skip


def test_written_families_give_words_and_directions(shared: Path):
    examples = by_ends(fact_examples(shared, [WRITTEN], n_different=1, seed=1))
    first, second, third = (t["text"] for t in WRITTEN["facts"][0]["tellings"])
    changed = examples[frozenset((first, second))]
    assert (set(changed.types or ()), changed.relation) == ({"entity", "certainty"}, "compatible")
    assert changed.directions == {"entity": "broadened", "certainty": "weakened"}
    assert changed.premise_spans == {"entity": "The port", "certainty": ""}
    assert changed.hypothesis_spans == {"entity": "The port or the city", "certainty": "is believed"}
    assert examples[frozenset((second, third))].directions == {"entity": "narrowed"}  # what is not told has not changed
    assert examples[frozenset((first, third))].relation == "same"


def test_sentences_of_one_article_tell_different_facts():
    text = " ".join([FIRST, *FILLER, SECOND])
    examples = list(prose_examples([text], per_article=4, seed=1, group="prose"))
    assert 2 <= len(examples) <= 4
    assert {(e.same_fact, e.nli, e.relation) for e in examples} == {(False, None, None)}
    assert frozenset((FIRST, SECOND)) not in by_ends(examples)  # a lead and its repetition


def test_plain_sentences_leave_out_what_is_short():
    assert plain_sentences(f"{FIRST} Oh no. {SECOND}\nA heading without an end\n{THIRD}") == [FIRST, SECOND, THIRD]


def test_examples_of_the_fact_families(shared: Path):
    training, held_out = load_topics(shared)
    names = [{t["topic"] for t in topics} for topics in (training, held_out)]
    assert not names[0] & names[1]
    assert len(held_out) == pytest.approx((len(training) + len(held_out)) / 5, abs=1)
    topics = training[:4]
    examples = fact_examples(shared, topics, n_different=2, seed=1)
    assert {e.group for e in examples} == {t["topic"] for t in topics}
    assert {True, False} == {e.same_fact for e in examples}
    for e in examples:
        assert e.nli in NLI_CODES
        assert (e.relation in RELATIONS) if e.same_fact else (e.relation is None and e.types is None)
        assert set(e.types or ()) <= set(CHANGE_TYPES)
        assert all(direction in DIRECTIONS[t] for t, direction in e.directions.items())
        for spans, text in ((e.premise_spans, e.premise), (e.hypothesis_spans, e.hypothesis)):
            assert all(words in text for words in (spans or {}).values())


# --- batches -------------------------------------------------------------------------------------------------------------------------------------------------

CHANGED = Example(
    FIRST, SECOND, nli="contradiction", same_fact=True, relation="exclusive", types=("quantity",), moved_on=True, directions={"quantity": "raised"},
    premise_spans={"quantity": "At least four"}, hypothesis_spans={"quantity": "Seven"},
)  # fmt: skip
UNKNOWN = Example(SENTENCES[3], SENTENCES[4], nli="neutral")


@pytest.fixture(scope="module")
def batcher(tiny_model: Path) -> Batcher:
    batcher = Batcher(load_checkpoint(tiny_model).tokenizer)
    batcher.prepare([FIRST, SECOND, THIRD, *FILLER, *SENTENCES])
    return batcher


def marked(batcher: Batcher, ids: torch.Tensor, tokens: torch.Tensor) -> str:
    """The words whose tokens are labelled as carrying a change of quantity."""
    return batcher.tokenizer.decode([int(i) for i, t in zip(ids, tokens[:, CHANGE_TYPES.index("quantity")], strict=True) if t == 1])


def test_a_batch_holds_what_the_examples_say(batcher: Batcher):
    batch = batcher.batch([CHANGED, UNKNOWN])
    assert batch.input_ids.shape[1] % 8 == 0
    assert batch.nli.tolist() == [NLI_CODES["contradiction"], NLI_CODES["neutral"]]
    assert batch.same_fact[0] == 1
    assert batch.changed[0] == 1
    assert batch.relation.tolist() == [RELATIONS.index("exclusive"), -1]
    assert batch.types[0].tolist() == [float(t == "quantity") for t in CHANGE_TYPES]
    where = DIRECTION_SLICES["quantity"]
    assert DIRECTIONS["quantity"][int(batch.direction[0, where].argmax())] == "raised"
    assert batch.direction[0].sum() == 1
    assert marked(batcher, batch.input_ids[0], batch.tokens[0]) == "at least four seven"
    # What is not known is marked so, and costs nothing.
    for tensor in (batch.same_fact[1], batch.changed[1], batch.types[1], batch.moved_on[1], batch.tokens[1]):
        assert torch.isnan(tensor).all()
    assert batch.direction[1].sum() == 0


def test_a_swapped_pair_changes_the_other_way(batcher: Batcher):
    seen = set()
    for seed in range(30):
        batch = batcher.batch([CHANGED], random.Random(seed))
        where = DIRECTION_SLICES["quantity"]
        direction = DIRECTIONS["quantity"][int(batch.direction[0, where].argmax())]
        words = marked(batcher, batch.input_ids[0], batch.tokens[0])
        seen.add((direction, words, bool(torch.isnan(batch.moved_on[0]))))
    # What came first is asked one way only.
    assert seen == {("raised", "at least four seven", False), (OPPOSITE["raised"], "seven at least four", True)}


def test_pairs_of_nli_sets_are_never_swapped(batcher: Batcher):
    plain = batcher.batch([UNKNOWN]).input_ids
    assert all(torch.equal(batcher.batch([UNKNOWN], random.Random(seed)).input_ids, plain) for seed in range(20))


def test_an_epoch_shows_every_example_once_in_batches_of_one_length(batcher: Batcher):
    examples = [Example(a, b, nli="neutral") for a in SENTENCES[:6] for b in SENTENCES[6:12]]
    batches = list(batcher.epoch(examples, 256, random.Random(1)))
    shown = Counter(tuple(row[row != 0].tolist()) for batch in batches for row in batch.input_ids)
    expected = Counter(tuple(row[row != 0].tolist()) for e in examples for row in batcher.batch([e]).input_ids)
    assert shown == expected
    for batch in batches:
        assert {rounded_up(int(n)) for n in batch.attention_mask.sum(1)} == {batch.input_ids.shape[1]}
        assert batch.input_ids.numel() <= 256


def test_padding():
    ids, mask = pad([[5, 6, 7], [8]], 1, to_eight=True)
    assert ids.tolist() == [[5, 6, 7, 1, 1, 1, 1, 1], [8, 1, 1, 1, 1, 1, 1, 1]]
    assert mask.sum(1).tolist() == [3, 1]
    assert pad([[5], [6, 7]], 0)[0].shape == (2, 2)


# --- the families of models/data -----------------------------------------------------------------------------------------------------------------------------


def test_written_families_are_as_their_readme_says():
    for name, topics in load_written().items():
        for topic in topics:
            assert len(topic["facts"]) == 5, (name, topic["topic"])
            for fact in topic["facts"]:
                where = name, topic["topic"], fact["id"]
                assert len(fact["tellings"]) == 6, where
                assert {slot["type"] for slot in fact["slots"].values()} <= set(CHANGE_TYPES), where
                assert {slot["clash"] for slot in fact["slots"].values()} | {e["kind"] for e in fact.get("exceptions", [])} <= {*KINDS, "same"}, where
                for slot_name, slot in fact["slots"].items():
                    values = {t["values"][slot_name] for t in fact["tellings"]} - {None}
                    assert not slot.get("order") or values <= set(slot["order"]), (where, slot_name)
                for telling in fact["tellings"]:
                    assert set(telling["values"]) == set(fact["slots"]), where
                    assert all(words is None or words in telling["text"] for words in telling["words"].values()), (where, telling["text"])


def test_half_of_the_written_pairs_agree(shared: Path):
    examples = [e for topics in load_written().values() for e in fact_examples(shared, topics, n_different=1, seed=1) if e.same_fact]
    assert len(examples) == 112 * 5 * 15
    assert 0.45 < sum(e.relation == "same" for e in examples) / len(examples) < 0.55
