"""Which articles the embedded checkpoint takes to be of one event: its vectors and the weights of the affinity have to go together."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from flows.pipeline import CheckRun
from flows.steps.storylines import DEFAULT_AFFINITY, affinity
from models.stories import load_stories, write_story

EVERY = 6  # stories of our own: one in so many, from all of their files


@pytest.fixture(scope="module")
def affinities(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, list[float]]:
    """The affinities of all pairs of two articles of each of some stories: of one story, and of two."""
    folder = tmp_path_factory.mktemp("events")
    stories = [story for its in load_stories().values() for story in its][::EVERY]
    inputs = [write_story({**story, "articles": story["articles"][:2], "facts": []}, folder / story["story"]) / "articles" for story in stories]
    run = CheckRun(inputs, folder / "outputs", precision="float32")
    run.outputs.create()
    run.read(), run.extract()
    run.add_views(run.articles, run.claims, run.sightings)
    views = [(Path(run.sightings_of[article_id][0].source).stem.rpartition("-")[0], view) for article_id, view in run.views.items() if view.claims]
    found: dict[bool, list[float]] = {True: [], False: []}
    for (event, a), (other, b) in itertools.combinations(views, 2):
        found[event == other].append(affinity(a, b))
    return found


def test_tellings_of_one_event_are_compared(affinities: dict[bool, list[float]]):
    of_one = affinities[True]
    assert len(of_one) > 20
    assert sum(a >= DEFAULT_AFFINITY for a in of_one) >= 0.9 * len(of_one)


def test_hardly_any_articles_on_different_events_are(affinities: dict[bool, list[float]]):
    of_two = affinities[False]
    assert len(of_two) > 1_000
    assert sum(a >= DEFAULT_AFFINITY for a in of_two) <= 0.03 * len(of_two)
