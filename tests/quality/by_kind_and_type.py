"""Precision and recall of a run's findings by kind and by type, beside the means that the scoring script prints.

    python tests/quality/by_kind_and_type.py FINDINGS --stories ../shared/stories

A gold change is a pair of sentences with all that the gold says differs between them; a finding hits it as the scoring script says. Of each kind and type:

    findings   that name it, without those that only hit what a surer finding has hit
    right      those of them that hit a gold change at all
    named      those of these that the gold calls so too
    gold       changes that the gold calls so
    found      those of them that some finding hits, whatever it calls them
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
from annotated import story_folders

from flows.records import CHANGE_TYPES, KINDS

COUNTS = ("findings", "right", "named", "gold", "found")


def scoring_script(stories: Path) -> ModuleType:
    """The script that scores findings, which lies beside the folder of stories."""
    spec = importlib.util.spec_from_file_location("score_stories", stories.parent / "score_stories.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def count(findings: Sequence[dict], golds: Sequence[dict], scoring: ModuleType) -> dict[str, Counter[str]]:
    """For each kind and type, and for "all": COUNTS over all stories together."""
    counts = {name: Counter[str]() for name in ("all", *KINDS, *CHANGE_TYPES)}
    for gold in golds:
        changes = scoring.gold_changes(gold)
        hit: set[int] = set()
        for finding, hits in _ranked(findings, gold, changes, scoring):
            new = set(hits) - hit
            if hits and not new:
                continue
            hit |= new
            told = {name for i in hits for name in _names(changes[i]["changes"])}
            for name in {"all", finding["kind"], *finding["types"]}:
                counts[name] += Counter(findings=1, right=bool(hits), named=name in told)
        for i, change in enumerate(changes):
            for name in _names(change["changes"]):
                counts[name] += Counter(gold=1, found=i in hit)
    return counts


def _ranked(findings: Sequence[dict], gold: dict, changes: Sequence[dict], scoring: ModuleType) -> Iterator[tuple[dict, list[int]]]:
    """The findings on a story's articles, surest first, each with the changes that it hits."""
    known = set(gold["articles"])
    for finding in sorted(findings, key=lambda row: -row["score"]):
        sides = [[finding[f"{side}_source"], *(finding.get(f"{side}_sources") or [])] for side in ("earlier", "later")]
        articles = tuple({scoring.article_key(source, known) for source in side} - {None} for side in sides)
        if any(articles):
            claims = tuple(scoring.tokens(finding[f"{side}_text"]) for side in ("earlier", "later"))
            yield finding, [i for i, c in enumerate(changes) if scoring.matches({"articles": articles, "claims": claims}, c)]


def _names(changes: Sequence[tuple]) -> set[str]:
    """ "all", and the kinds and types of a gold change."""
    return {"all", *(c[0] for c in changes), *(c[1] for c in changes)}


def table(counts: dict[str, Counter[str]]) -> str:
    """`counts` as Markdown, with precision (right of findings), agreement on the name (named of right) and recall (found of gold)."""
    lines = ["| | findings | right | precision | named rightly | gold | found | recall |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for name, n in counts.items():
        shares = (_share(n["right"], n["findings"]), _share(n["named"], n["right"]), _share(n["found"], n["gold"]))
        lines.append(f"| {name} | {n['findings']} | {n['right']} | {shares[0]} | {shares[1]} | {n['gold']} | {n['found']} | {shares[2]} |")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("findings", type=Path, help="Parquet file, or the folder of a run's findings")
    parser.add_argument("--stories", type=Path, required=True)
    args = parser.parse_args()
    golds = [json.loads((folder / "gold.json").read_text(encoding="utf-8")) for folder in story_folders(args.stories)]
    print(table(count(pq.read_table(args.findings).to_pylist(), golds, scoring_script(args.stories))))


if __name__ == "__main__":
    main()
