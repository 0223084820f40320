"""The quality gate: figures on fact families that neither the model nor the weights have seen must not fall under the committed floors.

    make quality

Stories that share no event are checked side by side: hardly a finding may be across two of them. Every fifth topic of the fact families is held out of
training. The tellings of every fourth of these are made into one folder of articles, checked as a user would, and scored against the gold; so are the
stories by other hands in held_out/. Raise a floor in floors.json when the figures have risen for good. Lowering one needs the deliberate edit of
LOWERED_ON_PURPOSE below, which a reviewer will see.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.pipeline import CheckRun

pytestmark = pytest.mark.quality

HELD_OUT = Path(__file__).parent / "held_out"
FLOORS_FILE = Path(__file__).parent / "floors.json"
LOWERED_ON_PURPOSE: dict[str, str] = {  # figure: why it was lowered, in the commit that lowers it
    "recall": "from 0.63 to 0.58: the default --min-score went from 0.25 to 0.35 and on to 0.4, for a precision of 0.86 in place of 0.84",
    "strict": "from 0.65 to 0.62: the same",
    "precision of stories": "from 0.67 to 0.64: eleven stories in place of five, three of which are harder for the program than any before them",
    "recall of stories": "from 0.53 to 0.48: the same",
    "strict of stories": "from 0.56 to 0.48: the same; of two of them half the kinds are wrong",
    "kind of stories": "from 0.88 to 0.78: the same",
}


@pytest.fixture(scope="module")
def figures(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The scoring script's figures on the held-out topics, all in one folder and one run."""
    folder = tmp_path_factory.mktemp("held-out")
    make = [sys.executable, str(shared / "facts" / "topics_to_story.py"), str(shared / "facts" / "topics.jsonl")]
    subprocess.run([*make, "--out", str(folder / "story"), "--every", "20", "--offset", "0"], check=True, capture_output=True)
    check([folder / "story" / "articles"], folder / "outputs")
    score = [sys.executable, str(shared / "score_stories.py"), str(folder / "outputs" / "findings"), str(folder / "story"), "--json"]
    result = subprocess.run(score, check=True, capture_output=True, text=True)
    found = json.loads(result.stdout.strip().splitlines()[-1])
    found |= {f"{name} of stories": value for name, value in figures_of_stories(shared, folder / "stories").items()}
    print({name: round(value, 3) for name, value in found.items() if isinstance(value, float)})
    return found


def figures_of_stories(shared: Path, outputs: Path) -> dict[str, float]:
    """The scoring script's means over the stories by other hands, all in one run."""
    folders = sorted(path.parent for path in HELD_OUT.glob("*/gold.json"))
    check([folder / "articles" for folder in folders], outputs)
    score = [sys.executable, str(shared / "score_stories.py"), str(outputs / "findings"), *map(str, folders), "--json"]
    result = subprocess.run(score, check=True, capture_output=True, text=True)
    return {name: value for name, value in json.loads(result.stdout.strip().splitlines()[-1]).items() if isinstance(value, float)}


def check(inputs: Sequence[Path], outputs: Path) -> CheckRun:
    """A whole run with the embedded checkpoint."""
    run = CheckRun(inputs, outputs)
    for step in (run.prepare, run.read, run.extract, run.relate, run.propose, run.score, run.compare, run.publish):
        step()
    return run


def test_hardly_a_finding_is_across_stories(shared: Path, tmp_path: Path) -> None:
    folders = sorted(path.parent for path in (shared / "stories").glob("*/gold.json"))
    run = check([folder / "articles" for folder in folders], tmp_path)
    story = {article_id: Path(sightings[0].source).stem.rpartition("-")[0] for article_id, sightings in run.sightings_of.items()}
    across = [c for c in run.comparisons if story[c.earlier_article_id] != story[c.later_article_id]]
    assert len(run.comparisons) - len(across) > 9 * len(folders)  # of the 10 pairs of a story's 5 articles
    assert len(across) < 0.1 * len(run.comparisons)
    findings = run.findings
    assert len(findings) > 10 * len(folders)
    found_across = [f.earlier_text + " / " + f.later_text for f in findings if story[f.earlier_article_id] != story[f.later_article_id]]
    assert len(found_across) <= 0.005 * len(findings), found_across


@pytest.mark.parametrize("figure", sorted(json.loads(FLOORS_FILE.read_text())))
def test_figure_is_at_or_over_its_floor(figures: dict[str, float], figure: str) -> None:
    floor = json.loads(FLOORS_FILE.read_text())[figure]
    assert figures[figure] >= floor, f"{figure} is {figures[figure]:.3f}, the floor {floor}"


def test_no_floor_was_lowered_by_accident(repo_root: Path) -> None:
    """Against every committed version: against HEAD alone, a lowering that is committed already would pass."""
    name = "tests/quality/floors.json"
    log = subprocess.run(["git", "log", "--format=%H", "--", name], cwd=repo_root, capture_output=True, text=True)
    if log.returncode or not log.stdout:
        pytest.skip("no git history of the floors to compare with")
    floors = json.loads(FLOORS_FILE.read_text())
    for commit in log.stdout.split():
        before = json.loads(subprocess.run(["git", "show", f"{commit}:{name}"], cwd=repo_root, capture_output=True, text=True, check=True).stdout)
        lowered = [figure for figure, floor in before.items() if floors.get(figure, 0.0) < floor and figure not in LOWERED_ON_PURPOSE]
        assert not lowered, f"floors lowered since {commit[:8]} without a reason in LOWERED_ON_PURPOSE: {lowered}"
