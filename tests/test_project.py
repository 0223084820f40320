"""The frame: pins agree with ranges, the sample articles are what they claim to be, the tiny model is what tests take it for."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from safetensors import safe_open
from tokenizers import Tokenizer


def direct_requirements(repo_root: Path) -> list[Requirement]:
    """Every requirement that pyproject.toml names, extras included."""
    project = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [Requirement(line) for line in [*project["dependencies"], *extras["dev"], *extras["browser"], *extras["train"], *extras["ray"]]]


def pins(repo_root: Path) -> dict[str, Requirement]:
    lines = (repo_root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(r.name): r for r in requirements}


def test_every_direct_dependency_is_pinned_inside_its_range(repo_root: Path) -> None:
    pinned = pins(repo_root)
    direct = {canonicalize_name(r.name): r for r in direct_requirements(repo_root)}
    assert pinned.keys() == direct.keys()
    for name, requirement in direct.items():
        [specifier] = pinned[name].specifier
        assert specifier.operator == "=="
        assert Version(specifier.version) in requirement.specifier, name


def imported_modules(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("folder", ["flows", "models"])
def test_every_third_party_import_is_declared(repo_root: Path, folder: str) -> None:
    """A package that is imported but only there because another one brought it would be missing one day."""
    distributions = importlib.metadata.packages_distributions()
    declared = {canonicalize_name(r.name) for r in direct_requirements(repo_root)}
    undeclared: dict[str, set[str]] = {}
    for path in sorted((repo_root / folder).rglob("*.py")):
        for module in imported_modules(path) - {"flows", "models"}:
            owners = {canonicalize_name(name) for name in distributions.get(module, [])}
            if owners and not owners & declared:
                undeclared.setdefault(module, set()).add(str(path.relative_to(repo_root)))
    assert undeclared == {}


def test_dependencies_point_one_way(repo_root: Path) -> None:
    """models/ knows nothing of flows/, and neither of them knows the tests."""
    for folder, forbidden in (("models", {"flows", "tests"}), ("flows", {"tests"})):
        assert [str(path) for path in sorted((repo_root / folder).rglob("*.py")) if imported_modules(path) & forbidden] == []


def test_make_refuses_a_python_that_is_too_old_or_not_there(repo_root: Path, tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ncase "$1" in -c) exit 1;; *) echo "Python 3.9.18";; esac\n', encoding="utf-8")
    old.chmod(0o755)
    for interpreter, message in ((old, "is Python 3.9.18"), (tmp_path / "nothing", "there is no")):
        command = ["make", "run", f"PYTHON={interpreter}", f"VENV={tmp_path / 'venv'}"]
        result = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
        assert result.returncode != 0
        assert "claimdrift needs Python 3.11 or newer" in result.stderr
        assert message in result.stderr
        assert not (tmp_path / "venv").exists()


def seed_texts(seeds: Path) -> dict[str, str]:
    """The sample articles by name, as they lie on disk, markup and noise included."""
    texts = {str(p.relative_to(seeds)): p.read_text(encoding="utf-8") for p in sorted(seeds.rglob("*")) if p.suffix in {".txt", ".md", ".html"}}
    for line in (seeds / "arms-transfer" / "collected.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        texts[record["id"]] = record["text"]
    return texts


def test_seeds_are_five_and_three_articles_of_a_sensible_length(seeds: Path) -> None:
    texts = seed_texts(seeds)
    assert len(texts) == 8
    assert {suffix for suffix in (Path(name).suffix for name in texts) if suffix} == {".txt", ".md", ".html"}
    for name, text in texts.items():
        n_words = len(re.sub(r"<[^>]+>", " ", text).split())
        assert 200 <= n_words <= 400, f"{name} has {n_words} words"


def test_seeds_take_no_sentence_from_elsewhere(seeds: Path, shared: Path) -> None:
    """The sample articles are ours: no run of ten words stands in the articles that they retell."""

    def word_runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[i : i + 10]) for i in range(len(words) - 9)}

    others = [*(shared / "articles").glob("*.txt"), *(shared / "stories").glob("*/articles/*.txt")]
    taken = set[tuple[str, ...]]().union(*(word_runs(path.read_text(encoding="utf-8")) for path in others))
    assert {name: sorted(word_runs(text) & taken) for name, text in seed_texts(seeds).items() if word_runs(text) & taken} == {}


def test_tiny_model_is_small_and_whole(tiny_model: Path) -> None:
    assert sum(path.stat().st_size for path in tiny_model.iterdir()) < 400_000
    config = json.loads((tiny_model / "config.json").read_text(encoding="utf-8"))
    assert config["id2label"] == {"0": "entailment", "1": "neutral", "2": "contradiction"}
    tokenizer = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
    assert tokenizer.get_vocab_size() == config["vocab_size"]
    encoding = tokenizer.encode("The port is closed.", "Nobody knows why.")
    assert encoding.tokens[:7] == ["[CLS]", "the", "port", "is", "close", "##d", "."]
    assert "[UNK]" not in encoding.tokens
    assert encoding.type_ids[0] == 0
    assert encoding.type_ids[-1] == 1


@pytest.mark.parametrize("labels", [("no", "yes"), ("CONTRADICTION", "ENTAILMENT", "NEUTRAL"), ("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3")])
def test_model_with_labels_has_these_labels(model_with_labels: Callable[[Sequence[str]], Path], labels: tuple[str, ...]) -> None:
    folder = model_with_labels(labels)
    assert tuple(json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"].values()) == labels
    with safe_open(folder / "model.safetensors", framework="numpy") as tensors:
        assert tensors.get_tensor("classifier.weight").shape == (len(labels), 32)
        assert tensors.get_tensor("classifier.bias").shape == (len(labels),)


@pytest.mark.parametrize("browser", ["", "chromium", "google-chrome"])
def test_ci_requires_the_browser_tests_where_there_is_a_browser(repo_root: Path, tmp_path: Path, browser: str) -> None:
    for name in filter(None, ("make", browser)):
        (tmp_path / name).write_text('#!/bin/bash\necho "$1 ${CLAIMDRIFT_BROWSER:-}"\n', encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(["/bin/bash", repo_root / ".ci" / "run"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    last = "browser required" if browser else "No Chromium here: the report was not tested in a browser."
    assert done.stdout.splitlines() == ["test ", "quality ", last]


@pytest.mark.slow
@pytest.mark.parametrize(("switch", "outcome"), [("", "1 skipped"), ("required", "1 error")])
def test_a_browser_that_is_required_and_not_there_is_a_failure(repo_root: Path, switch: str, outcome: str) -> None:
    pytest.importorskip("playwright")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser", "-k", "test_search_and_sort"]
    env = {name: value for name, value in os.environ.items() if name != "CLAIMDRIFT_CHROMIUM"} | {"PATH": "/nowhere", "CLAIMDRIFT_BROWSER": switch}
    done = subprocess.run(command, cwd=repo_root, env=env, capture_output=True, text=True, check=False)
    assert outcome in done.stdout.splitlines()[-1]
    assert (done.returncode == 0) == (not switch)
