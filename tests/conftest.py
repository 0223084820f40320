"""Fixtures that every test module shares: where things are, a tiny model, and a Prefect server of the tests' own.

The environment is set before anything imports Prefect or transformers: nothing here goes to the network, and nothing reads or writes the user's Prefect home.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
PREFECT_HOME = tempfile.mkdtemp(prefix="claimdrift-prefect-")

os.environ.update(
    DO_NOT_TRACK="1",
    HF_HUB_OFFLINE="1",
    PREFECT_HOME=PREFECT_HOME,
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="120",
    TOKENIZERS_PARALLELISM="false",
)
settings.register_profile("any speed", deadline=None)  # a busy machine fails no test
settings.load_profile("any speed")
os.environ.pop("PREFECT_API_URL", None)  # the flows under test must not show up on the server that the developer works with


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(PREFECT_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_reader_to_wait_for(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rewrites in this process delete the old folders at once, but for tests marked `readers`: those have a reader beside them."""
    if "readers" not in request.keywords:
        from flows.housekeeping import rewriting

        monkeypatch.setattr(rewriting, "LISTED_WITHIN_S", 0.0)


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The sample articles; tests/data/seeds_planted.md says what is planted in them."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seed_outputs(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An outputs folder, named "outputs", of one run over seeds/ with the embedded model; made once a session, without Prefect. Read only."""
    from seed_run import check_seeds

    return check_seeds(seeds, tmp_path_factory.mktemp("seeds") / "outputs")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data beside the checkout; tests that need it are skipped where it is not there."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the development data, ../shared, is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def tiny_model() -> Path:
    """A checkpoint of three labels and random weights (tests/data/make_tiny_model.py). Read only: copy it to change it."""
    return ROOT / "tests" / "data" / "tiny-nli"


@pytest.fixture
def drops(tmp_path: Path) -> Path:
    """A folder of drops with Monday's article about the bridge in it, one folder down."""
    from tests.core_examples import MONDAY

    folder = tmp_path / "drops"
    (folder / "echo").mkdir(parents=True)
    (folder / "echo" / "a.txt").write_text(MONDAY, encoding="utf-8")
    return folder


@pytest.fixture
def invented_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine of invented scores in place of a checkpoint: tests/kills/invented.py."""
    from tests.kills.invented import use_invented_engine

    with monkeypatch.context() as patch:
        patch.setattr("flows.engine.load_engine", None)  # put back afterwards
        patch.setattr("flows.pipeline.load_engine", None)
        use_invented_engine()
        yield


@pytest.fixture
def model_with_labels(tiny_model: Path, tmp_path: Path) -> Callable[[Sequence[str]], Path]:
    """Return a function labels → a copy of the tiny model whose `id2label` names these labels, in this order.

    With more or fewer than three labels the classifier's last rows are cut off or repeated, so that the copy still loads.
    """

    def copy(labels: Sequence[str]) -> Path:
        import numpy as np
        from safetensors.numpy import load_file, save_file

        target = tmp_path / f"model-{len(list(tmp_path.glob('model-*')))}"
        shutil.copytree(tiny_model, target)
        config = json.loads((target / "config.json").read_text(encoding="utf-8"))
        config["id2label"] = {str(number): label for number, label in enumerate(labels)}
        config["label2id"] = {label: number for number, label in enumerate(labels)}
        (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
        tensors = load_file(target / "model.safetensors")
        rows = np.minimum(np.arange(len(labels)), len(tensors["classifier.bias"]) - 1)
        for name in ("classifier.weight", "classifier.bias"):
            tensors[name] = np.ascontiguousarray(tensors[name][rows])
        save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
        return target

    return copy


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """An ephemeral Prefect server with a database of its own, for tests that run flows: 10 s once, then about 1 s a flow."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
