"""A headless Chromium, and reports to look at in it. Skipped, with the reason, where there is no browser or no driver.

CLAIMDRIFT_BROWSER=required turns that into failures: where a browser is to be there, nothing is green that did not run.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_archive import Story, change, hostile_story, port_story, publish, replaced_and_retold

from flows.report.data import report_data
from flows.report.page import write_report
from flows.reviews import DECISIONS, Review, record_reviews

REQUIRED = os.environ.get("CLAIMDRIFT_BROWSER") == "required"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)  # left out of `make test`; `make browser` runs them


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRED and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, where CLAIMDRIFT_BROWSER says that it is required: {report.longreprtext}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium of the system's packages; CLAIMDRIFT_CHROMIUM names another one."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[browser]'")
    path = os.environ.get("CLAIMDRIFT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium here: install the package chromium, or name one in CLAIMDRIFT_CHROMIUM")
    with driver.sync_playwright() as playwright:
        # Containers seldom have the kernel rights that Chromium's sandbox needs; the pages are our own.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a tab in a profile of its own; a script error, a dialog or a request to anywhere fails the test."""
    contexts, problems = [], []

    def make(*, width: int = 1280, context: Any = None, **options: Any) -> Any:
        own = context or browser.new_context(viewport={"width": width, "height": 850}, accept_downloads=True, **options)
        if context is None:
            contexts.append(own)
        page = own.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("console", lambda message: problems.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else problems.append(f"request: {request.url}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="session")
def port_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of one small storyline, four findings."""
    return write_report(publish(tmp_path_factory.mktemp("port") / "outputs", [port_story()])).as_uri()


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(publish(tmp_path_factory.mktemp("hostile") / "outputs", [hostile_story(), port_story()])).as_uri()


@pytest.fixture(scope="session")
def desk_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report as a desk has it: two runs, points that are told several times, a text that was replaced, decisions that were recorded."""
    outputs = publish(tmp_path_factory.mktemp("desk") / "outputs", [port_story(), replaced_and_retold()[0]])
    told = Story("quay")
    echo = told.article("Echo", ["Seven cranes stand on the quay."], title="Cranes", url="https://echo.example/2")[0]
    for name in ("Mail", "Star", "Sun"):
        told.finding(echo, told.article(name, ["Now 12 cranes stand on the quay."], day=1)[0], change("quantity", "raised", "Seven", "12", "update"))
    publish(outputs, [told], run_id="run-2")
    at = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
    decisions = zip((f["id"] for f in report_data(outputs)["findings"]), DECISIONS, strict=False)
    record_reviews(outputs, [Review(finding, "t", decision, None, "as the desk says", at) for finding, decision in decisions])
    return write_report(outputs).as_uri()


@pytest.fixture(scope="session")
def large_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of 5,000 findings in 250 storylines."""
    stories = [wide_story(number) for number in range(250)]
    return write_report(publish(tmp_path_factory.mktemp("large") / "outputs", stories)).as_uri()


def wide_story(number: int) -> Story:
    """Five outlets, five facts each, twenty findings."""
    story = Story(f"story {number}")
    told = []
    for i in range(5):
        sentences = [f"In harbour {number} {10 * fact + i} ships of type {fact} wait for the pilot." for fact in range(5)]
        told.append(story.article(f"Outlet {(number + i) % 30}", sentences, day=i))
    for earlier, later in itertools.pairwise(told):
        for fact in range(5):
            words = [claim[fact]["text"].split(" ships")[0].split()[-1] for claim in (earlier, later)]
            story.finding(earlier[fact], later[fact], change("quantity", "raised", *words, "update"), score=0.3 + 0.1 * fact)
    return story
