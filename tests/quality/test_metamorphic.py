"""What must not change findings, and what must: the stories of seeds/ told with other names, dates and figures, in another order, or without a change.

    make quality

No gold is needed: a story that is told with other names must give the same findings. Seven runs over seeds/ and its variants, a minute and a half in all.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from retelling import (
    PARAPHRASES,
    Paraphrase,
    Record,
    mirror_dates,
    paraphrased,
    rename,
    rescale,
    seed_records,
    shift_dates,
    shift_dates_in,
    told,
    write_records,
)

from flows.pipeline import CheckRun
from flows.records import OPPOSITE_DIRECTION
from flows.tables import load

pytestmark = [pytest.mark.quality, pytest.mark.slow]

STEPS = ("prepare", "read", "extract", "relate", "propose", "score", "compare", "publish")

# The bounds, all of them. The aim is 0.9 of everything, and no new findings; where the embedded model does not reach it, the bound is what it reaches, less a
# few findings that stand near the threshold. A better model keeps them: raise a bound when the figure printed has risen for good.
KEPT = {"names": 0.8, "dates": 0.85, "figures": 0.75, "order": 0.85}  # share of the findings that are found in the changed story too
KEPT_SURE = 0.9  # the same of those with a score of 0.5 or more
NEW = {"names": 0.25, "dates": 0.1, "figures": 0.15, "order": 0.15}  # new findings in the changed story, per finding of the original
SAME_KIND = {"names": 0.9, "dates": 0.9, "figures": 0.75}  # share of the kept that are of the same kind; of figures there are some 15
TURNED = 0.9  # share of the changes found in either order whose direction turned round
TURNED_WORDS = 0.8  # ... and whose words are the same, from and to exchanged
GONE = 0.9  # share of the findings of a changed telling that go with it

Key = tuple[str, str, str, str]  # two articles with a claim each, the articles in the order of their ids


@dataclasses.dataclass(frozen=True)
class Checked:
    """The findings of one run by the two claims they stand between."""

    outputs: Path
    findings: dict[Key, dict[str, Any]]


@pytest.fixture(scope="module")
def records(seeds: Path) -> list[Record]:
    return seed_records(seeds)


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Checked]:
    """Return a function that checks records into a folder of its own, with the cache of another run where one is given."""

    def run(records: Sequence[Record], cache_of: Checked | None = None) -> Checked:
        folder = tmp_path_factory.mktemp("metamorphic")
        if cache_of is not None:
            shutil.copytree(cache_of.outputs / ".cache", folder / "outputs" / ".cache")
        check_run = CheckRun([write_records(records, folder / "drop" / "articles.jsonl")], folder / "outputs", precision="float32")
        for step in STEPS:
            getattr(check_run, step)()
        return Checked(folder / "outputs", {key_of(f): f for f in load(folder / "outputs", "findings").to_dict("records")})

    return run


@pytest.fixture(scope="module")
def original(check: Callable[..., Checked], records: list[Record]) -> Checked:
    checked = check(records)
    assert len(checked.findings) >= 20, "too few findings for shares of them to mean anything"
    return checked


def key_of(finding: dict[str, Any]) -> Key:
    ends = sorted((finding[f"{side}_source"].split("#")[1], finding[f"{side}_text"]) for side in ("earlier", "later"))
    return ends[0] + ends[1]


def expected(original: Checked, change: Callable[[str, str], str]) -> dict[Key, dict[str, Any]]:
    """The original's findings by their claims as the changed story words them; `change` takes an article's id and a text."""
    return {(a, change(a, x), b, change(b, y)): f for (a, x, b, y), f in original.findings.items()}


def compare(name: str, wanted: dict[Key, dict[str, Any]], found: dict[Key, dict[str, Any]], *, kinds: bool = True) -> None:
    """Hold what was found against what should have been, print the shares, and assert the bounds."""
    kept, new = sorted(wanted.keys() & found.keys()), sorted(found.keys() - wanted.keys())
    same_kind = sum(wanted[key]["kind"] == found[key]["kind"] for key in kept)
    sure = [key for key in wanted if wanted[key]["score"] >= 0.5]
    print(
        f"{name}: {len(wanted)} findings, kept {len(kept) / len(wanted):.3f} (of the {len(sure)} with a score of 0.5 or more "
        f"{sum(key in found for key in sure) / len(sure):.3f}), new {len(new) / len(wanted):.3f}, same kind {same_kind / len(kept):.3f}"
    )
    assert sum(key in found for key in sure) >= KEPT_SURE * len(sure)
    lost = [f"{key[1]} | {key[3]} ({f['score']:.2f})" for key, f in wanted.items() if key not in found]
    assert len(kept) >= KEPT[name] * len(wanted), "lost:\n" + "\n".join(lost)
    assert len(new) <= NEW[name] * len(wanted), "new:\n" + "\n".join(f"{key[1]} | {key[3]} ({found[key]['score']:.2f})" for key in new)
    assert not kinds or same_kind >= SAME_KIND[name] * len(kept)


def test_other_names_leave_the_findings(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    compare("names", expected(original, lambda _, text: rename(text)), check(told(records, rename)).findings)


def test_other_dates_leave_the_findings(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    published = {r.id: r.published_at for r in records}
    wanted = expected(original, lambda article, text: shift_dates_in(published[article])(text))
    compare("dates", wanted, check(shift_dates(records), original).findings)


def test_other_figures_leave_the_findings(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    rescaled = check(told(records, rescale), original)
    # Only findings with a figure that changed: the others would be kept by any program.
    figured = {rescale(text) for _, text in claims_of(original) if rescale(text) != text}
    wanted, found = (
        {key: f for key, f in findings.items() if key[1] in figured or key[3] in figured}
        for findings in (expected(original, lambda _, text: rescale(text)), rescaled.findings)
    )
    assert len(wanted) >= 10
    compare("figures", wanted, found)


def test_the_order_reversed_turns_every_direction_round(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    mirrored = check(mirror_dates(records), original)
    turned, stayed, n_words = [], [], 0
    for key in original.findings.keys() & mirrored.findings.keys():
        before, after = original.findings[key], mirrored.findings[key]
        assert before["earlier_text"] == after["later_text"]
        changes = {c["type"]: c for c in after["changes"]}
        for change in before["changes"]:
            if (other := changes.get(change["type"])) is not None:
                one, two = change["direction"], other["direction"]
                # "more precise" turns round to "vaguer" and to "dropped" alike.
                opposite = OPPOSITE_DIRECTION[one] == two or OPPOSITE_DIRECTION[two] == one
                (turned if opposite else stayed).append((change["type"], one))
                n_words += (change["from_text"], change["to_text"]) == (other["to_text"], other["from_text"])
    n = len(turned) + len(stayed)
    print(f"order: of {n} directions {len(turned) / n:.3f} turned round, with the same words {n_words / n:.3f}; those that did not: {stayed}")
    assert len(turned) >= TURNED * n
    assert n_words >= TURNED_WORDS * n
    compare("order", original.findings, mirrored.findings, kinds=False)  # what was an update told forwards is none backwards


def test_a_paraphrase_of_the_earlier_telling_is_no_finding(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    without = check(paraphrased(records), original)
    claims = claims_of(without)
    were, stayed = [], []
    for p in PARAPHRASES:
        assert any(p.later in article and text.rstrip(".") == p.paraphrase.rstrip(".") for article, text in claims), f"no claim: {p.paraphrase}"
        if not between(original, p, p.changed):
            continue  # the change is not found in the first place
        were.append(p)
        if between(without, p, p.paraphrase):
            stayed.append(p.paraphrase)
    print(f"paraphrases: of {len(were)} changed tellings that were found, {len(were) - len(stayed)} are no finding once they are a paraphrase")
    assert len(were) >= 6
    assert len(were) - len(stayed) >= GONE * len(were), "still a finding:\n" + "\n".join(stayed)


def test_an_unrelated_story_changes_nothing(check: Callable[..., Checked], records: list[Record], original: Checked) -> None:
    alone = check([r for r in records if r.story == "crane-collapse"])
    ids = {r.id for r in records if r.story == "crane-collapse"}
    beside = {key: f for key, f in original.findings.items() if key[0] in ids}
    assert beside.keys() == alone.findings.keys()
    for key, finding in alone.findings.items():
        there = beside[key]
        assert (finding["finding_id"], finding["kind"], finding["changes"]) == (there["finding_id"], there["kind"], there["changes"])
        assert finding["score"] == pytest.approx(there["score"], abs=0.002)
        assert (finding["thread_id"], finding["storyline_id"]) == (there["thread_id"], there["storyline_id"])


def between(checked: Checked, p: Paraphrase, later: str) -> bool:
    """Whether there is a finding between the earlier telling and a claim of the later article that tells `later`."""
    for a, x, b, y in checked.findings:
        for first, second in (((a, x), (b, y)), ((b, y), (a, x))):
            if p.earlier in first[0] and p.earlier_words in first[1] and p.later in second[0] and (second[1] in later or later in second[1]):
                return True
    return False


def claims_of(checked: Checked) -> set[tuple[str, str]]:
    """The claims of a run, each with its article's record id."""
    claims, sightings = load(checked.outputs, "claims"), load(checked.outputs, "sightings")[["article_id", "source"]]
    return {(row.source.split("#")[1], row.text) for row in claims.merge(sightings, on="article_id").itertuples()}
