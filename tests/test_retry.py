"""`claimdrift retry`: what was rejected is found again and read, under the source that it had, whoever had checked it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from example_archive import START, example
from hypothesis import given
from hypothesis import strategies as st

from flows.cli import cli
from flows.commands.retry import settings_of
from flows.drops.rejected import Inputs, find_rejected
from flows.drops.watcher import DropWatcher
from flows.housekeeping.status import read_status
from flows.records import Run
from flows.tables import Outputs, load
from tests.core_examples import FRIDAY, MONDAY
from tests.kills.invented import check

pytestmark = pytest.mark.usefixtures("invented_engine")
SETTLE_S = 0.05


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def retry(*options: str) -> Result:
    return CliRunner().invoke(cli, ["retry", "-o", "out", *options])


def watch(folder: Path, told: list[str]) -> DropWatcher:
    return DropWatcher(folder, Path("out"), {}, settle_s=SETTLE_S, on_checked=lambda *_: None, tell=told.append)


def rows(outputs: str, table: str, *columns: str) -> list[dict]:
    return load(outputs, table)[list(columns)].to_dict("records")


@pytest.mark.parametrize("by", ["check of a folder", "check of a file", "watch"])
def test_what_was_mended_is_read_under_its_own_source(here: Path, by: str) -> None:
    """As if it had been whole from the first: same source, source key and outlet."""
    drops = Path("drops")
    (drops / "echo" / "2024-03-04").mkdir(parents=True)
    bad = drops / "echo" / "2024-03-04" / "b.txt"
    bad.write_text("")
    (drops / "a.txt").write_text(MONDAY, encoding="utf-8")
    Outputs(Path("out")).create()
    arguments = {"check of a folder": [drops], "check of a file": [bad, drops / "a.txt"]}

    def run_into(outputs: str) -> None:
        if by == "watch":
            watcher = DropWatcher(drops, Path(outputs), {}, settle_s=SETTLE_S, on_checked=lambda *_: None, tell=lambda _: None)
            watcher.check_once()
        else:
            check(arguments[by], Path(outputs), settings=None or run_settings())

    run_into("out")
    assert [reject.reason for reject in read_status("out").rejects] == ["empty"]
    result = retry()
    assert result.exit_code == 0, result.output
    assert "1 file is still rejected" in result.stderr
    bad.write_text(FRIDAY, encoding="utf-8")
    result = retry("--json")
    assert json.loads(result.stdout)["counts"]["articles"] == 1
    assert read_status("out").rejects == []
    assert retry().stdout == "Nothing to retry: all that was rejected has been read since, or is no article by its name.\n"
    Outputs(Path("whole")).create()
    run_into("whole")
    for table, columns in (("sightings", ["article_id", "source", "source_key", "outlet"]), ("findings", ["finding_id", "earlier_source", "later_source"])):
        assert rows("out", table, *columns) == rows("whole", table, *columns)
    if by == "watch":
        n_runs = len(Outputs(Path("out")).run_ids())
        watch(drops, []).check_once()
        assert len(Outputs(Path("out")).run_ids()) == n_runs, "the watcher need not read again what retry has read"


def run_settings():
    from flows.pipeline import Settings

    return Settings()


def test_a_drop_that_failed_needs_no_retry(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.pipeline import CheckRun

    Path("drops").mkdir()
    Path("drops/a.txt").write_text(MONDAY, encoding="utf-8")
    Outputs(Path("out")).create()
    told: list[str] = []
    watcher = watch(Path("drops"), told)

    def fails(_run: CheckRun) -> None:
        raise RuntimeError("no such luck")

    with monkeypatch.context() as patch:
        patch.setattr(CheckRun, "compare", fails)
        with pytest.raises(RuntimeError):
            watcher.check_once()
    watcher.check_once()
    assert load("out", "sightings").source.tolist() == ["a.txt"]


def test_files_that_are_gone_are_told(here: Path) -> None:
    folder = Path("in")
    folder.mkdir()
    for name, text in {"a.txt": MONDAY, "b.txt": "", "c\x1b[2J.txt": ""}.items():
        (folder / name).write_text(text, encoding="utf-8")
    check([folder], Path("out"))
    (folder / "b.txt").unlink()
    found = find_rejected(Path("out"))
    assert ([file.path.name for file in found.by_folder[folder]], found.missing) == (["c\x1b[2J.txt"], ["b.txt"])
    shutil.rmtree(folder)
    result = retry()
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "claimdrift: b.txt is not here any more, or it was checked from another folder: run retry there"
    assert r"c\x1b[2J.txt" in lines[1]


def test_only_the_files_with_rejects_are_read(here: Path) -> None:
    folder = Path("in")
    folder.mkdir()
    (folder / "a.txt").write_text(MONDAY, encoding="utf-8")
    records = [json.dumps({"id": 1, "text": FRIDAY}), json.dumps({"id": "x/../#2", "story": "A ship sank."}), json.dumps({"id": "9" * 300, "text": ""})]
    (folder / "feed.jsonl").write_text("\n".join(records), encoding="utf-8")
    check([folder], Path("out"))
    assert len(read_status("out").rejects) == 2
    found = find_rejected(Path("out"))
    assert {root: [file.path for file in files] for root, files in found.by_folder.items()} == {folder: [folder / "feed.jsonl"]}


def test_a_folder_made_on_other_machines_is_retried_with_its_engine(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    folder = Path("in")
    folder.mkdir()
    for name, text in {"a.txt": MONDAY, "b.txt": ""}.items():
        (folder / name).write_text(text, encoding="utf-8")
    check([folder], Path("out"))
    asked: list[dict] = []
    monkeypatch.setattr("flows.drops.checking.check_drop", lambda *arguments, **_: asked.append(arguments[3]))
    result = retry("--engine", "ray", "--gpus-per-worker", "0.5", "--ray-workers", "2")
    assert result.exit_code == 0, result.output
    assert {name: asked[0][name] for name in ("engine", "gpus_per_worker", "ray_workers")} == {"engine": "ray", "gpus_per_worker": 0.5, "ray_workers": 2}
    assert retry("--gpus-per-worker", "1").exit_code == 2, "without an engine that has workers"


def test_without_an_outputs_folder(here: Path) -> None:
    result = retry()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no outputs folder yet" in result.stderr


NAMES = st.lists(st.text("ab#./", min_size=1, max_size=5).filter(lambda n: set(n.split("/")).isdisjoint({"", ".", ".."})), min_size=1, max_size=4, unique=True)


@given(names=NAMES, number=st.sampled_from(["", "#7", "#a/b", "#" + "i" * 300]))
def test_a_source_of_a_drop_names_its_file(tmp_path_factory: pytest.TempPathFactory, names: list[str], number: str) -> None:
    """Whatever the files are called: the one found makes that source below the folder found."""
    drops = tmp_path_factory.mktemp("drops")
    files: list[Path] = []
    for name in names:
        path = drops / name
        if not any(path.is_relative_to(file) or file.is_relative_to(path) for file in files):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            files.append(path)
    of_drop, of_folder = Inputs.of([str(file) for file in files]), Inputs.of([str(drops)])
    for file in files:
        source = file.relative_to(drops).as_posix()
        assert of_folder.find(source) == (drops, file)
        found = of_drop.find(source)
        assert found is not None
        assert found[1].relative_to(found[0]).as_posix() == source
        if len(files) > 1:
            assert found == (drops, file)
        assert of_folder.find(source + number) is not None
    assert of_folder.find("nowhere.txt") is None


def test_the_settings_are_those_of_the_folder() -> None:
    thresholds = {"window_days": 30.0, "min_score": 0.4}
    run = example(Run, thresholds=thresholds, model_id="ab12-bf16", model_source="claimdrift-minilm", started_at=START)
    assert settings_of(run) == {"min_score": 0.4, "window_days": 30, "precision": "bfloat16"}
    run = example(Run, thresholds=thresholds, model_id="ab12", model_source="models/mine")
    assert settings_of(run) == {"min_score": 0.4, "window_days": 30, "precision": "float32", "model": "models/mine"}
