"""Annotated articles as a run sees them: pairs of articles to compare, and what was told of any two of their claims."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from gold import PairLabel, StoryGold, fold_models

from flows.language.alignment import overlap
from flows.pipeline import CheckRun
from flows.records import Article, Comparison, article_id
from flows.steps.cache import ModelCache
from flows.steps.chrome import clean
from flows.steps.claims import extract_claims
from flows.steps.comparing import ComparedPair
from flows.steps.gate import LEAST_LIKELY
from flows.steps.proposals import ComparedArticles, Proposal, ProposedPairs
from flows.steps.scoring import encode_texts
from flows.steps.storylines import affinity
from flows.steps.views import ArticleView
from models.examples import REAL_PAIRS
from models.stories import load_stories, write_story

LABELLED = "labelled real pairs: "
READ_WHOLE = REAL_PAIRS.with_name("read_whole.jsonl")
FITTED_FROM = LEAST_LIKELY / 2  # weights are fitted on pairs that nearly pass the gate too: what is not changed is as well known then as what is
REAL = "real prose"  # the name of pairs from real articles, which belong to no story


@dataclasses.dataclass
class Row:
    """A pair that was scored both ways, with what was told of it."""

    story: str
    pair: ComparedPair
    label: PairLabel
    sources: tuple[str, str]


@dataclasses.dataclass
class Annotated:
    """Articles up to the step that proposes pairs. `label` is None for a pair that nobody read."""

    name: str
    run: CheckRun
    compared: list[ComparedArticles]
    label: Callable[[Proposal], PairLabel | None]
    sources: Callable[[Proposal], tuple[str, str]] = lambda _: ("", "")

    def rows(self) -> list[Row]:
        """Propose, score and compare."""
        proposals = ProposedPairs.of(self.compared, least_likely=FITTED_FROM)
        self.run.proposals = proposals
        self.run.score()
        told = ((scored, self.label(scored.proposal)) for scored in self.run.scored_both_ways())
        return [Row(self.name, scored.compare(), label, self.sources(scored.proposal)) for scored, label in told if label is not None]


def open_story(folder: Path, model: str | None, scratch: Path) -> Annotated:
    """A story with gold."""
    run = CheckRun([folder / "articles"], scratch, model=model)
    run.outputs.create()
    run.read(), run.extract(), run.relate()
    gold = StoryGold(folder)

    def sources(proposal: Proposal) -> tuple[str, str]:
        first, second = (Path(run.sightings_of[v.article.article_id][0].source).stem for v in (proposal.earlier, proposal.later))
        return first, second

    def label(proposal: Proposal) -> PairLabel:
        names = sources(proposal)
        return gold.label(names[0], proposal.texts[0], names[1], proposal.texts[1])

    return Annotated(gold.name, run, list(run.compared_articles()), label, sources)


def open_prose(corpus: Path, model: str | None, n_articles: int, seed: int, scratch: Path) -> Annotated:
    """Pairs that tell different facts in real news prose: every other claim of a real article against the rest of it.

    One article rarely tells a fact twice, and its claims share names, subject and style, as claims of different articles about one event do. Pairs that share
    most of their words (headlines and leads said again) are left out.
    """
    measured = {i for row in _lines(READ_WHOLE) for i in (row["earlier"], row["later"])}
    texts = pq.read_table(corpus)["text"].to_pylist()
    # The other half than models.examples.load_prose, which the checkpoints were trained on.
    texts = [text for i, text in enumerate(texts) if i % 2 and i not in measured]
    random.Random(seed).shuffle(texts)
    run = CheckRun([corpus], scratch, model=model)
    run.outputs.create()
    compared: list[ComparedArticles] = []
    for text in texts:
        body = clean(text).text
        article = Article(article_id(body), run.run_id, "", body, "en", None, "none", "", {}, 0)
        claims = extract_claims(article, run.run_id).claims
        if not 12 <= len(claims) <= 60:
            continue
        with ModelCache(scratch / ".cache", run.engine.model_id) as cache:
            vectors = encode_texts([c.text for c in claims], run.workers, cache)
        halves = [tuple(claims[start::2]) for start in (0, 1)]
        views = [ArticleView(article, h, np.stack([vectors[c.text] for c in h]), frozenset(), frozenset(), frozenset()) for h in halves]
        itself = Comparison(article.article_id, article.article_id, run.run_id, 1.0, False, False)
        compared.append(ComparedArticles(views[0], views[1], itself))
        if len(compared) == n_articles:
            break
    return Annotated(REAL, run, compared, lambda proposal: PairLabel(False, ()) if overlap(*proposal.texts) < 0.6 else None)


def open_labelled(shared: Path, model: str | None, half: int, scratch: Path) -> Annotated:
    """Labelled pairs of real articles, of one half of the events: what was read and labelled of the pairs that a run proposes."""
    told = [row for row in _lines(REAL_PAIRS) if row["half"] == half]
    texts = _fnc1(shared)
    labels: dict[tuple[tuple[int, str], ...], PairLabel] = {}
    for row in told:
        ends = tuple((i, texts[i][start:end]) for i, start, end in (row["earlier"], row["later"]))
        labels[ends] = PairLabel(row["label"] != "different", tuple((t, row["label"], None, None, None) for t in row.get("types", ())))
    return _of_real_articles(f"{LABELLED}{half}", texts, labels, {(x[0], y[0]) for x, y in labels}, None, model, scratch)


def open_read_whole(shared: Path, model: str | None, scratch: Path) -> Annotated:
    """Pairs of real articles read whole, which nothing was trained or fitted on: a pair of claims that was not named tells two facts."""
    texts = _fnc1(shared)
    labels: dict[tuple[tuple[int, str], ...], PairLabel] = {}
    together = set()
    for row in _lines(READ_WHOLE):
        together.add((row["earlier"], row["later"]))
        for name, label in (("agree", PairLabel(True, ())), ("changed", PairLabel(True, (("", "changed", None, None, None),)))):
            for first, first_end, second, second_end in row[name]:
                ends = (row["earlier"], texts[row["earlier"]][first:first_end]), (row["later"], texts[row["later"]][second:second_end])
                labels[ends] = label
    return _of_real_articles("read whole", texts, labels, together, PairLabel(False, ()), model, scratch)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _fnc1(shared: Path) -> list[str]:
    return pq.read_table(shared / "corpora" / "fnc1_train.parquet", columns=["text"])["text"].to_pylist()


def _of_real_articles(
    name: str, texts: Sequence[str], labels: Mapping[tuple[tuple[int, str], ...], PairLabel], together: Collection[tuple[int, int]],
    unnamed: PairLabel | None, model: str | None, scratch: Path,
) -> Annotated:  # fmt: skip
    """`labels`: by (place of the article, claim) of both ends; `together`: the articles to compare, by their places; `unnamed`: of pairs without a label."""
    places = sorted({i for both in together for i in both})
    scratch.mkdir(parents=True, exist_ok=True)
    corpus = scratch / f"{name.replace(':', '').replace(' ', '-')}.parquet"
    pq.write_table(pa.table({"text": [texts[i] for i in places], "id": [str(i) for i in places]}), corpus)
    run = CheckRun([corpus], scratch, model=model)
    run.outputs.create()
    run.read(), run.extract()
    run.add_views(run.articles, run.claims, run.sightings)
    place_of = {s.article_id: int(s.source.rpartition("#")[2]) for s in run.sightings}
    view_of = {place_of[article_id]: view for article_id, view in run.views.items() if article_id in place_of}
    compared: list[ComparedArticles] = []
    for a, b in sorted(together):
        if a in view_of and b in view_of:  # not where both are one article, seen twice
            first, second = view_of[a], view_of[b]
            ids = first.article.article_id, second.article.article_id
            compared.append(ComparedArticles(first, second, Comparison(*ids, run.run_id, round(affinity(first, second), 4), False, False)))

    def label(proposal: Proposal) -> PairLabel | None:
        ends = tuple((place_of[v.article.article_id], text) for v, text in zip((proposal.earlier, proposal.later), proposal.texts, strict=True))
        return labels.get(ends, unnamed)

    return Annotated(name, run, compared, label)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say what `open_all` reads."""
    parser.add_argument("--stories", type=Path, required=True)
    parser.add_argument("--models", nargs="*", default=[])
    parser.add_argument("--corpus", type=Path, help="Parquet of real articles (text), for pairs of different facts in real prose")
    parser.add_argument("--real-articles", type=int, default=35, help="articles of the corpus for each checkpoint")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "claimdrift-fit")


def open_all(args: argparse.Namespace) -> Iterator[Annotated]:
    """Everything that the options name, one after the other."""
    folders = story_folders(args.stories)
    model_of = fold_models(args.models, [f.name for f in folders])
    for folder in folders:
        yield open_story(folder, model_of[folder.name], args.scratch)
    own = load_stories()
    for name in sorted(own.keys() & model_of.keys()):  # in one order: the trees are fitted on samples of the rows
        for story in own[name]:
            yield open_story(write_story(story, args.scratch / "written" / name / story["story"]), model_of[name], args.scratch)
    for half in (0, 1):
        if f"real-{half}" in model_of:
            yield open_labelled(args.stories.parent, model_of[f"real-{half}"], half, args.scratch)
    if args.corpus:
        for seed, model in enumerate(dict.fromkeys(model_of.values())):
            yield open_prose(args.corpus, model, args.real_articles, seed + 1, args.scratch)


def story_folders(stories: Path) -> list[Path]:
    return sorted(p.parent for p in stories.glob("*/gold.json"))
