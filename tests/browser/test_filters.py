"""The report's lists in a browser: filters, search, sorting, addresses, and numbers that lead to what they count."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from pages import count, focused, visible_cards, wait_for_text
from report_archive import port_story, publish

from flows.report.data import report_data
from flows.report.page import write_report
from flows.reviews import Review, record_reviews


def test_filters_count_and_stay_in_the_address(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    assert count(page) == "4 findings"
    page.check('[data-facet="kind"] input[value="contradiction"]')
    assert count(page) == "2 findings"
    assert page.text_content('[data-facet="type"] .pick:has(input[value="quantity"]) .num') == "1"
    page.check('[data-facet="type"] input[value="quantity"]')
    assert count(page) == "1 finding"
    assert page.url.endswith("#/findings?kind=contradiction&type=quantity")
    page.reload()
    assert count(page) == "1 finding"
    assert page.is_checked('[data-facet="kind"] input[value="contradiction"]')
    page.click("text=Clear all filters")
    wait_for_text(page, "#count", "4 findings")


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("q=pilot", 0), ("q=SHIPS bay", 3), ("outlet=Mail", 2), ("min=0.75", 2), ("dir=weakened", 1), ("outlet=Sun", 2),
        ("to=2024-03-12", 2), ("from=2024-03-14", 2), ("from=2024-03-15", 0), ("from=2024-03-13&to=2024-03-13", 3), ("to=2024-03-11", 0),
        ("kind=update,drift", 2), ("story=none", 0), ("review=dismissed", 0), ("sort=nonsense&review=nonsense", 4), ("min=nonsense", 4),
        ("sort=constructor&review=toString", 4), ("type=nonsense", 4), ("type=nonsense,label", 0), ("kind=nonsense", 4),
    ],
)  # fmt: skip
def test_an_address_says_what_is_shown(new_page, port_report, query, n):
    page = new_page()
    page.goto(f"{port_report}#/findings?{query}")
    assert len(visible_cards(page)) == n
    assert count(page) == f"{n} finding{'' if n == 1 else 's'}"


def test_search_and_sort(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    surest = visible_cards(page)
    page.select_option(".bar select >> nth=1", "kind")
    assert visible_cards(page) != surest
    page.keyboard.press("/")
    assert focused(page) == "by-q"
    page.keyboard.type("harbour master")
    wait_for_text(page, "#count", "1 finding")
    assert "q=harbour+master" in page.url


def test_every_finding_thread_and_storyline_has_its_address(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    first = visible_cards(page)[0]
    page.goto(f"{port_report}#/finding/{first}")
    page.reload()
    assert visible_cards(page)[0] == first
    assert page.locator(".waterfall").count() == 1
    page.click("text=Thread of 3 tellings")
    page.wait_for_selector(".timeline")
    assert page.locator(".timeline > li").count() == 3
    page.go_back()
    page.wait_for_selector(f"#{first}")
    page.goto(f"{port_report}#/finding/f00000")
    assert "There is no finding f00000 in this report" in page.text_content("#view")
    page.goto(f"{port_report}#/")
    page.click(".storyline a")
    page.wait_for_selector("#view .articles")
    assert page.locator(".articles a").get_attribute("href") == "https://echo.example/1"


def test_numbers_of_the_matrix_lead_to_their_findings(new_page, port_report):
    page = new_page()
    page.goto(port_report)
    links = page.locator(".matrix td a")
    for place in range(links.count()):
        link = links.nth(place)
        n = re.match(r"\d+", link.text_content())
        page.goto(port_report + link.get_attribute("href"))
        assert n
        assert len(visible_cards(page)) == int(n[0])
        page.goto(port_report + "#/")


def test_numbers_of_the_overview_stay_those_of_the_lists_after_decisions(new_page, tmp_path):
    """Decisions that the folder has recorded, and those that only this browser knows."""
    outputs = publish(tmp_path / "outputs", [port_story()])
    recorded, own, *_ = (f["id"] for f in report_data(outputs)["findings"])
    record_reviews(outputs, [Review(recorded, "t", "dismissed", None, None, dt.datetime(2024, 4, 1, tzinfo=dt.UTC))])
    address = write_report(outputs).as_uri()
    page = new_page()

    def links() -> list[tuple[str, int]]:
        page.goto(address + "#/")
        told = page.eval_on_selector_all("#overview a:has([data-n]), #overview a[data-n]", "all => all.map(a => [a.getAttribute('href'), a.textContent])")
        return [(href, int(re.findall(r"\d+", text)[0])) for href, text in told]

    for kept in (3, 2):
        for href, n in links():
            page.goto(address + href)
            assert len(visible_cards(page)) == n, href
        page.goto(address + "#/")
        assert f"{kept} findings in 4 articles" in page.text_content("h1")
        assert sum(int(n) for n in re.findall(r"(\d+) (?!dismissed)\w", page.inner_text(".storyline .kinds"))) == kept
        page.goto(address + "#/findings?fold=0")
        if kept == 3:
            page.click(f"#{own} [data-act=dismiss]")
            page.click(f"#{own} >> text=Same meaning")
    page.goto(address + "#/")
    assert not page.is_visible(f"[data-finding={own}]")
    page.click(".storyline a")
    assert page.inner_text("#view .heading .kinds").endswith("2 dismissed")
    assert "All 2 findings" in page.inner_text("#view")


def test_back_leads_to_the_place_in_the_list(new_page, large_report):
    page = new_page()
    page.goto(large_report + "#/findings?fold=0&outlet=Outlet+2")
    for _ in range(40):
        page.keyboard.press("j")
    here, y = focused(page), page.evaluate("scrollY")
    assert y > 3000
    page.click(f"#{here} .links a >> nth=0")
    page.wait_for_selector(".timeline")
    assert page.evaluate("scrollY") == 0
    for back in (lambda: page.go_back(), lambda: page.click('[data-tab="findings"]'), lambda: page.click(".crumbs a >> nth=0")):
        back()
        page.wait_for_selector("#list")
        assert focused(page) == here
        assert abs(page.evaluate("scrollY") - y) < 5
        page.keyboard.press("t")
        page.wait_for_selector(".timeline")


def test_a_shut_panel_says_how_many_filters_are_set(new_page, port_report):
    page = new_page(width=390)
    page.goto(port_report + "#/findings?kind=drift,update&q=bay&sort=kind")
    assert page.inner_text(".filters summary").strip() == "Filters: 2 set"
    page.goto(port_report + "#/findings?sort=kind")
    assert page.inner_text(".filters summary").strip() == "Filters"
