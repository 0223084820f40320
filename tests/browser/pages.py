"""What the tests read off the report's page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def count(page: Any) -> str:
    return page.text_content("#count")


def wait_for_text(page: Any, selector: str, text: str) -> None:
    """Wait until an element says exactly this; not by a script, which the page's policy forbids."""
    page.locator(f"{selector}:text-is({json.dumps(text)})").wait_for()


def visible_cards(page: Any) -> list[str]:
    return page.eval_on_selector_all(".card", "cards => cards.filter(c => c.offsetParent !== null).map(c => c.id)")


def stored(page: Any) -> dict[str, Any]:
    return page.evaluate("Object.fromEntries(Object.entries(localStorage).map(([key, value]) => [key, JSON.parse(value)]))")


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.id")


def export(page: Any) -> dict[str, Any]:
    with page.expect_download() as download:
        page.click("#export")
    assert re.fullmatch(r"claimdrift-reviews-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    return json.loads(Path(download.value.path()).read_text(encoding="utf-8"))


def routes(page: Any, report: str) -> list[str]:
    page.goto(report + "#/findings")
    data = json.loads(page.text_content("#data"))
    own = [f"#/{view}/{row['id']}" for view in ("finding", "thread", "storyline") for row in data[view + "s"]]
    return ["#/", "#/findings?fold=0", "#/threads", *own]
