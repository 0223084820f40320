"""Changed tellings made from agreeing ones: one figure, day or name that both tellings of a fact share is replaced in one of them.

The two sentences are different outlets' own words, so that nothing but the meaning shows that something was changed; where a telling was changed, its
untouched twin is an
example too, so neither sentence alone tells.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

from models.examples import Example

NUMBER = re.compile(r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w-]|[.,]\d)")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December")  # May is a verb too


def perturbed_examples(topics: list[dict], seed: int) -> Iterator[Example]:
    """For each agreeing pair of tellings, one changed pair for each kind of word that both share."""
    rng = random.Random(seed)
    names = {kind: sorted(values) for kind, values in _slot_names(topics).items()}
    for topic in topics:
        for fact in topic["facts"]:
            for a, b in itertools.combinations(fact["tellings"], 2):
                if not _agree(fact, a, b):
                    continue
                if rng.random() < 0.5:
                    a, b = b, a
                for change_type, old, new, direction in _replacements(fact, a, b, names, rng):
                    changed = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, b["text"], count=1)
                    if changed == b["text"]:
                        continue
                    yield Example(
                        a["text"], changed, nli="contradiction", same_fact=True, relation="exclusive", types=(change_type,), directions={change_type:
                        direction},
                        premise_spans={change_type: old}, hypothesis_spans={change_type: new}, group=topic["topic"],
                    )  # fmt: skip


def _agree(fact: dict, a: dict, b: dict) -> bool:
    return all(a["values"].get(name) == b["values"].get(name) for name in fact["slots"])


def _replacements(fact: dict, a: dict, b: dict, names: dict[str, list[str]], rng: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """(type, old, new, direction) of what can be replaced in `b`: words that stand in both."""
    numbers = [n for n in NUMBER.findall(b["text"]) if n in NUMBER.findall(a["text"]) and not re.fullmatch(r"(?:19|20)\d\d", n)]
    if numbers:
        old = rng.choice(numbers)
        value = float(old.replace(",", ""))
        new = other_number(old, value, rng)
        if new:
            yield "quantity", old, new, "raised" if float(new.replace(",", "")) > value else "lowered"
    for words in (_DAYS, _MONTHS):
        shared = [w for w in words if re.search(rf"\b{w}\b", a["text"]) and re.search(rf"\b{w}\b", b["text"])]
        if shared:
            old, new = shared[0], rng.choice([w for w in words if w not in a["text"] and w not in b["text"]])
            yield "time", old, new, "later" if words.index(new) > words.index(old) else "earlier"
    for name, slot in fact["slots"].items():
        value = a["values"].get(name)
        if slot["type"] not in ("entity", "place") or slot["clash"] != "contradiction" or not _is_name(value):
            continue
        if value in a["text"] and value in b["text"]:
            new = rng.choice(names[slot["type"]])
            if new not in a["text"] and new not in b["text"]:
                yield slot["type"], str(value), new, "replaced"


def other_number(old: str, value: float, rng: random.Random) -> str:
    """A number that reads like `old` and is at least a fifth away from it; empty where there is none."""
    factor = rng.choice([0.3, 0.5, 0.7, 1.4, 1.8, 2.5])
    if "." in old:
        return f"{value * factor:.{len(old.split('.')[1])}f}"
    new = round(value * factor)
    if value >= 100:  # as round as the old one
        zeros = len(old.replace(",", "")) - len(old.replace(",", "").rstrip("0"))
        new = round(new, -zeros) if zeros else new
    if new <= 1 or abs(new - value) < max(1, 0.2 * value):
        return ""
    return f"{new:,}" if "," in old else str(new)


def _slot_names(topics: list[dict]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"entity": set(), "place": set()}
    for topic in topics:
        for fact in topic["facts"]:
            for name, slot in fact["slots"].items():
                if slot["type"] in found:
                    found[slot["type"]] |= {str(t["values"].get(name)) for t in fact["tellings"] if _is_name(t["values"].get(name))}
    return found


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value.split()) <= 3 and all(w[0].isupper() for w in value.split())
