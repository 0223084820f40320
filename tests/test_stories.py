"""Annotated stories of our own: what they hold is sound, and their gold follows from it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from flows.records import CHANGE_TYPES, KINDS
from models.architecture import DIRECTIONS
from models.stories import annotated_stories, article_text, gold, load_stories, story_examples, write_story

TOLL = {
    "id": "f1", "about": "how many dockers died", "slots": {
        "toll": {"type": "quantity", "clash": "contradiction", "order": ["4", "7"]},
        "sure": {"type": "certainty", "clash": "drift", "order": ["stated", "feared"]},
    },
    "tellings": [
        {"article": "a2", "text": "Seven dockers are feared dead.", "values": {"toll": "7", "sure": "feared"},
         "words": {"toll": "Seven dockers", "sure": "are feared"}},
        {"article": "a1", "text": "The crane killed four men.", "values": {"toll": "4", "sure": "stated"}, "words": {"toll": "four men", "sure": None}},
        {"article": "a3", "text": "Seven were killed.", "values": {"toll": "7", "sure": None}, "words": {"toll": "Seven", "sure": None}},
    ],
    "exceptions": [{"a": "a2", "b": "a1", "slot": "toll", "kind": "update"}],
}  # fmt: skip
STORY = {
    "story": "velm", "domain": "accidents", "facts": [TOLL],
    "articles": [
        {"id": "a1", "outlet": "Echo", "date": "2025-03-12", "text": "The crane killed four men. It was a cold day in Velm harbour."},
        {"id": "a2", "outlet": "Post", "date": "2025-03-13", "text": "date 2025-03-13\nSeven dockers are feared dead."},
        {"id": "a3", "outlet": "Blog", "date": None, "text": "Seven were killed."},
    ],
}  # fmt: skip


def test_changes_follow_from_values_and_run_from_the_earlier_article():
    changes = {(c["from"]["article"], c["to"]["article"], c["type"]): c for c in gold(STORY)["facts"][0]["changes"]}
    assert {ends: (c["kind"], c["direction"], c["from_text"], c["to_text"]) for ends, c in changes.items()} == {
        ("a1", "a2", "quantity"): ("update", "raised", "four men", "Seven dockers"),
        ("a1", "a2", "certainty"): ("drift", "weakened", "", "are feared"),
        ("a1", "a3", "quantity"): ("contradiction", "raised", "four men", "Seven"),
    }


def test_a_written_story_is_a_folder_like_the_development_stories(tmp_path: Path):
    folder = write_story(STORY, tmp_path / "velm")
    told = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    assert set(told["articles"]) == {p.stem for p in (folder / "articles").iterdir()} == {"velm-a1", "velm-a2", "velm-a3"}
    assert {e["article"] for e in told["facts"][0]["expressions"]} == set(told["articles"])
    texts = [article_text(a) for a in STORY["articles"]]
    assert [t.count("2025-03-1") for t in texts] == [1, 1, 0]


@pytest.mark.parametrize("name", sorted(load_stories()))
def test_our_own_stories_are_sound(name: str):
    kinds: Counter[str] = Counter()
    agreeing = 0
    for story in load_stories()[name]:
        texts = {a["id"]: a["text"] for a in story["articles"]}
        for fact in story["facts"]:
            assert len({t["article"] for t in fact["tellings"]}) == len(fact["tellings"]) >= 2
            assert {slot["type"] for slot in fact["slots"].values()} <= set(CHANGE_TYPES)
            for telling in fact["tellings"]:
                assert telling["text"] in texts[telling["article"]], telling
                assert all(words is None or words in telling["text"] for words in telling["words"].values()), telling
                for slot, value in telling["values"].items():
                    assert value is None or value in fact["slots"][slot].get("order", [value]), (story["story"], fact["id"], slot)
        told = gold(story)
        changed = {(f["id"], c["from"]["article"], c["to"]["article"]) for f in told["facts"] for c in f["changes"]}
        agreeing += sum(len(f["expressions"]) * (len(f["expressions"]) - 1) // 2 for f in told["facts"]) - len(changed)
        for change in (c for f in told["facts"] for c in f["changes"]):
            kinds[change["kind"]] += 1
            assert change["direction"] is None or change["direction"] in DIRECTIONS[change["type"]]
    assert set(kinds) == set(KINDS)
    assert 0.35 <= agreeing / (agreeing + sum(kinds.values())) <= 0.6


def test_held_out_sources_give_no_examples(tmp_path: Path):
    (tmp_path / "stories").mkdir()
    first, *rest = load_stories()
    kept = list(annotated_stories(tmp_path, hold_out=rest))
    assert {s.source for s in kept} == {first}
    examples = story_examples(kept, 2, 1, seed=1)
    assert {e.group for e in examples} == {s["story"] for s in load_stories()[first]}
    assert {e.relation for e in examples if e.same_fact} == {"exclusive", "compatible", "same"}
