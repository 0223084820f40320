"""What the report says in a browser: marked words, threads, copies, replaced texts."""

from __future__ import annotations

import itertools
import re

from pages import count, routes, visible_cards
from report_archive import Story, change, publish, replaced_and_retold

from flows.report.page import write_report


def test_nothing_is_printed_that_only_a_program_would_say(new_page, port_report):
    page = new_page()
    for route in [*routes(page, port_report), "#/storylines", "#/findings?q=nothing+of+this+kind"]:
        page.goto(port_report + route)
        said = page.inner_text("main")
        assert not re.search(r"\b(undefined|NaN|null|false|Infinity)\b|\[object", said), (route, said)


def test_marked_words_are_linked_to_their_change(new_page, port_report):
    """By colour, by number, and in words that a screen reader has and a copied text has not."""
    page = new_page()
    page.goto(port_report + "#/findings?kind=contradiction&min=0.6")
    [card] = visible_cards(page)
    chips = page.eval_on_selector_all(f"#{card} .chip", "all => all.map(e => [e.dataset.number, e.textContent])")
    assert chips == [["1", "negation negated"], ["2", "quantity lowered"]]
    told = page.eval_on_selector_all(f"#{card} mark", "all => all.map(e => [e.dataset.number, e.textContent, getComputedStyle(e, '::before').content])")
    assert [row[:2] for row in told] == [["2", "12"], ["1", " ships"], ["2", "No"], ["1", " ship"]]
    assert "negation negated" in told[0][2]
    assert page.text_content(f"#{card} blockquote") == "By the evening 12 ships waited in the bay."
    page.goto(port_report + "#/findings?type=certainty")
    assert page.locator("mark[data-number], .chip[data-number]").count() == 0, "one change needs no number"


def test_marks_of_changes_that_overlap(new_page, tmp_path):
    """The colour is that of the inner change, and each number stands where its change ends."""
    story = Story()
    was = story.article("Echo", ["The port is expected to reopen on Monday."])[0]
    now = story.article("Mail", ["The port reopened on Monday."], day=1)[0]
    outer, inner = change("status", "advanced", "is expected to reopen", "reopened", "update"), change("certainty", "strengthened", "expected", "reopened")
    story.finding(was, now, outer, inner)
    page = new_page()
    page.goto(write_report(publish(tmp_path / "outputs", [story])).as_uri() + "#/findings")
    told = page.eval_on_selector_all("mark", "all => all.map(e => [e.textContent, e.className, e.dataset.number])")
    assert told == [["is ", "c0", None], ["expected", "c1", "2"], [" to reopen", "c0", "1"], ["reopened", "c0", "1 2"]]


def test_a_thread_folds_copies_and_tells_alike_differences_once(new_page, tmp_path):
    story = Story()
    echo = story.article("Echo", ["Seven ships wait."])[0]
    tolds = [story.article(name, ["Now 12 ships wait."], day=day)[0] for name, day in (("Mail", 1), ("Star", 2))]
    for told in tolds:
        story.finding(echo, told, change("quantity", "raised", "Seven", "12", "update"))
    undated = story.article("Sun", ["Nobody waits."], day=None)[0]
    story.finding(undated, echo, change("negation", "negated", "Nobody", "Seven", "contradiction"), order_known=False)
    page = new_page()
    page.goto(write_report(publish(tmp_path / "outputs", [story])).as_uri() + "#/threads")
    page.click(".threads a")
    page.wait_for_selector(".timeline")
    assert page.locator(".timeline > li").count() == 3
    page.click("text=Word for word in 1 other place")
    assert page.is_visible("text=Star, 14 Mar 2024")
    assert page.locator(".timeline > li >> nth=1").locator("> ul > li").all_inner_texts() == [
        "update against 1: The figure went up: from “Seven” to “12”. · and 1 more with a copy"
    ]
    assert "contradiction against 1:" in page.inner_text("#telling-3"), "a finding without an order stands at the telling further down"


def test_a_text_that_was_replaced_says_so(new_page, tmp_path):
    story, *_ = replaced_and_retold()
    mail, again = (next(a for a in story.articles if a["text"].startswith(f"{story.name}. Mail. {words}")) for words in ("Now 12 ships", "Now 12  SHIPS"))
    again |= {"published_at": mail["published_at"]}
    old, new = (next(c for c in story.claims if c["article_id"] == a["article_id"]) for a in (mail, again))
    story.finding(old, new, change("quantity", "raised", "12 ships", "12  SHIPS"), same_source=True)
    page = new_page()
    page.goto(write_report(publish(tmp_path / "outputs", [story])).as_uri() + "#/findings?fold=0&q=SHIPS+Mail&type=quantity&kind=drift")
    sides = page.locator(".card .who").all_inner_texts()
    assert ["replaced since" in side for side in sides] == [True, False]
    page.goto(page.url.split("#")[0] + "#/")
    page.click(".storyline a")
    page.wait_for_selector(".articles")
    assert ["its source has another text now" in row for row in page.locator(".articles li").all_inner_texts()] == [False, True, False, False]


def test_without_an_order_no_direction_is_told(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings?type=negation&sort=score&min=0.5")
    *_, unordered = visible_cards(page)
    assert page.text_content(f"#{unordered} .chip") == "negation"
    assert "affirmed" not in page.text_content(f"#{unordered}")
    page.goto(port_report + "#/findings?dir=affirmed")
    assert count(page) == "0 findings"


def test_the_headline_of_a_card_leads_to_the_source(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings?type=certainty")
    link = page.locator(".card .side a")
    assert (link.text_content(), link.get_attribute("href"), link.get_attribute("rel")) == ("Ships wait", "https://echo.example/1", "noopener noreferrer")


def test_a_long_thread_folds_what_is_in_no_finding(new_page, tmp_path):
    story = Story()
    told = [story.article(f"Outlet {n}", [f"Seven ships wait in bay {n}."], day=n)[0] for n in range(12)]
    for earlier, later in itertools.pairwise(told):
        story.same_fact(earlier, later)
    story.finding(told[0], told[6], change("quantity", "raised", "Seven", "Seven", "update"))
    page = new_page()
    page.goto(write_report(publish(tmp_path / "outputs", [story])).as_uri() + "#/threads")
    page.click(".threads a")
    page.wait_for_selector(".timeline")
    assert page.locator("#view > .stack > .timeline > li").all_inner_texts()[1].strip() == "Tellings 2 to 6 are in no finding"
    assert [n for n in range(1, 13) if page.is_visible(f"#telling-{n}")] == [1, 7]
    page.click("text=Tellings 2 to 6")
    assert page.is_visible("#telling-4")
