"""Reviewing on the report's page: the keyboard, decisions, notes, export, two tabs."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from pages import count, export, focused, stored, visible_cards, wait_for_text
from report_archive import Story, change, port_story, publish, replaced_and_retold

from flows.report.data import report_data
from flows.report.page import write_report
from flows.reviews import DECISIONS, Review, read_review_file, record_reviews
from flows.tables import to_table


def test_the_keyboard_alone_will_do(new_page, port_report):
    page = new_page()
    page.goto(port_report)
    page.keyboard.press("2")
    page.wait_for_selector(".card")
    ids = visible_cards(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == ids[1]
    page.keyboard.press("k")
    assert focused(page) == ids[0]
    page.keyboard.press("a")
    assert page.get_attribute(f"#{ids[0]} [data-act=accept]", "aria-pressed") == "true"
    assert focused(page) == ids[0], "the reader stays where they are"
    page.keyboard.press("u")
    assert page.get_attribute(f"#{ids[0]} [data-act=accept]", "aria-pressed") == "false"
    page.keyboard.press("n")
    page.keyboard.type("ask the desk, a or d?")
    page.keyboard.press("Control+Enter")
    assert "ask the desk, a or d?" in page.text_content(f"#{ids[0]}")
    page.keyboard.press("o")
    assert page.locator(f"#{ids[0]} .evidence").count() == 1
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("j")  # nothing moves behind the dialog
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")
    for _ in range(10):
        page.keyboard.press("j")
    assert focused(page) == ids[-1]
    page.keyboard.press("t")
    page.wait_for_selector(".timeline")
    page.keyboard.press("1")
    page.wait_for_selector("#overview:not([hidden])")
    page.keyboard.press("/")
    page.keyboard.type("master")
    wait_for_text(page, "#count", "1 finding")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.click("#help >> text=Close")
    assert not page.is_visible("#help")


def test_what_is_typed_and_not_saved_is_kept(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    first, other, *_ = visible_cards(page)
    page.click(f"#{first} [data-act=note]")
    page.fill(f"#{first} textarea", "half a thou")
    page.uncheck(".bar input[type=checkbox]")
    assert page.input_value(f"#{first} textarea") == "half a thou", "the list was drawn anew"
    page.click(f"#{first} [data-act=accept]")
    assert page.input_value(f"#{first} textarea") == "half a thou"
    page.click(f"#{other} [data-act=dismiss]")
    page.fill(f"#{other} input", "not")
    page.click('[data-tab="threads"]')
    page.wait_for_selector(".threads")
    page.go_back()
    page.wait_for_selector(f"#{first}")
    assert page.input_value(f"#{first} textarea") == "half a thou"
    assert page.input_value(f"#{other} input") == "not"
    page.fill(f"#{first} textarea", "a whole thought")
    page.click(f"#{first} >> text=Save note")
    page.click(f"#{other} >> text=Cancel")
    assert page.locator(".ask").count() == 0
    assert "a whole thought" in page.text_content(f"#{first} .told")
    page.check(".bar input[type=checkbox]")
    assert page.locator(".ask").count() == 0


def test_a_key_that_is_held_acts_once(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    page.keyboard.press("j")
    first = focused(page)
    for _ in range(3):
        page.keyboard.down("a")
    page.keyboard.up("a")
    assert page.get_attribute(f"#{first} [data-act=accept]", "aria-pressed") == "true"
    for _ in range(3):
        page.keyboard.down("n")
    page.keyboard.up("n")
    assert page.input_value(f"#{first} textarea") == ""
    page.keyboard.press("n")
    assert page.input_value(f"#{first} textarea") == "n"


def test_d_on_a_dismissed_finding_undoes_nothing_and_show_keeps_the_focus(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    assert "u undoes that" in page.text_content("#status")
    assert stored(page)[f"claimdrift-review:{first}"]["decision"] == "dismissed"
    for label in ("Show", "Less"):
        page.click(f"#{first} >> text={label}")
        assert page.evaluate("document.activeElement.dataset.act") == "details"
        assert page.evaluate("document.activeElement.closest('.card').id") == first


def test_what_is_cut_off_stands_in_the_title(new_page, port_report):
    page = new_page()
    for route in ("#/", "#/findings"):
        page.goto(port_report + route)
        assert page.eval_on_selector_all(".clip", "all => all.length > 0 && all.every(e => e.title)")


def test_single_keys_can_be_switched_off(new_page, port_report):
    """Who speaks to the computer needs that: each letter of a word would act."""
    page = new_page()
    page.goto(port_report + "#/findings")
    page.keyboard.press("?")
    page.uncheck("#shortcuts")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert focused(page) not in visible_cards(page)
    assert not page.is_visible("#help")
    page.click("#show-help")
    page.check("#shortcuts")
    page.click("#help >> text=Close")
    page.keyboard.press("j")
    assert focused(page) == visible_cards(page)[0]


def test_on_its_own_page_keys_act_on_the_finding(new_page, tmp_path):
    story = Story()
    echo = story.article("Echo", ["Seven ships wait."])[0]
    tolds = [story.article(name, ["Now 12 ships wait."], day=1)[0] for name in ("Mail", "Star")]
    first, other = (story.finding(echo, told, change("quantity", "raised", "Seven", "12", "update")) for told in tolds)
    page = new_page()
    page.goto(f"{write_report(publish(tmp_path / 'outputs', [story])).as_uri()}#/finding/{first}")
    assert visible_cards(page) == [first, other]
    page.keyboard.press("a")
    assert [page.get_attribute(f"#{card} [data-act=accept]", "aria-pressed") for card in (first, other)] == ["true", "false"]


def test_keys_act_after_a_box_was_ticked(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    page.check('[data-facet="kind"] input[value="drift"]')
    page.keyboard.press("j")
    assert focused(page) == visible_cards(page)[0]


def test_what_the_reader_does_is_told_in_the_status(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    page.keyboard.press("a")
    assert "Choose a finding first" in page.text_content("#status")
    page.keyboard.press("j")
    for key, told in (("a", "Accepted."), ("a", "Undone.")):
        page.keyboard.press(key)
        assert page.text_content("#status") == told


def test_a_dismissed_finding_is_hidden_counted_and_kept(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    first, *others = visible_cards(page)
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.type("two different ships")
    page.keyboard.press("Enter")
    assert "two different ships" in page.text_content(f"#{first}")
    assert "1 dismissed finding is left out" in page.text_content("#status")
    page.reload()
    assert visible_cards(page) == others
    assert "1 dismissed finding not shown." in page.text_content("#view")
    assert page.text_content("#export") == "Export 1 decision"
    page.goto(port_report + "#/findings?review=dismissed")
    assert visible_cards(page) == [first]
    page.click(f"#{first} >> text=Undo")
    page.reload()
    assert visible_cards(page) == []
    assert stored(page) == {}


def numbers(page: Any) -> tuple[str, str, list[str]]:
    """What the list of findings says of itself: its heading, how many are hidden, and the figures beside the filters."""
    return count(page), page.text_content(".hint"), page.locator(".filters .pick .num").all_text_contents()


def test_a_decision_changes_the_numbers_at_once(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    first = visible_cards(page)[0]
    before = numbers(page)
    page.click(f"#{first} [data-act=dismiss]")
    page.click(f"#{first} >> text=Same meaning")
    after = numbers(page)
    assert after[:2] == ("3 findings", "1 dismissed finding not shown.")
    assert after[2] != before[2]
    page.reload()
    assert numbers(page) == after
    other = new_page(context=page.context)
    other.goto(port_report + "#/findings?review=dismissed")
    assert count(other) == "1 finding"
    other.click(f"#{first} >> text=Undo")
    assert count(other) == "0 findings"
    wait_for_text(page, "#count", "4 findings")
    assert numbers(page) == before


def test_decisions_are_exported_in_the_agreed_format(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    accepted, dismissed, noted, both = visible_cards(page)
    assert page.is_disabled("#export")
    page.click(f"#{accepted} [data-act=accept]")
    page.click(f"#{dismissed} [data-act=dismiss]")
    page.click(f"#{dismissed} >> text=Same meaning")
    page.click(f"#{noted} [data-act=note]")
    page.fill(f"#{noted} textarea", " a “note”\nof two lines ")
    page.click(f"#{noted} >> text=Save note")
    page.click(f"#{both} [data-act=accept]")
    page.click(f"#{both} [data-act=note]")
    page.fill(f"#{both} textarea", "sure")
    page.click(f"#{both} >> text=Save note")
    content = export(page)
    assert list(content) == ["format", "version", "reviews"]
    assert (content["format"], content["version"]) == ("claimdrift-reviews", 1)
    by_id = {review["finding_id"]: review for review in content["reviews"]}
    told = {key: (review["decision"], review["reason"], review["note"]) for key, review in by_id.items()}
    assert told == {
        accepted: ("accepted", None, None), dismissed: ("dismissed", "Same meaning", None), noted: ("noted", None, "a “note”\nof two lines"),
        both: ("accepted", None, "sure"),
    }  # fmt: skip
    for review in by_id.values():
        assert list(review) == ["finding_id", "thread_id", "decision", "reason", "note", "reviewed_at"]
        assert review["decision"] in DECISIONS
        assert abs(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(review["reviewed_at"])) < dt.timedelta(minutes=5)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", review["reviewed_at"])


def test_recorded_decisions_are_taken_over_and_not_exported_again(new_page, tmp_path):
    import pyarrow.parquet as pq

    outputs = publish(tmp_path / "outputs", [port_story()])
    first, second, *_ = (f["id"] for f in report_data(outputs)["findings"])
    (outputs / "reviews").mkdir()
    at = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
    pq.write_table(to_table([Review(f, "t", "dismissed", "desk says no", None, at) for f in (first, second)], Review), outputs / "reviews" / "1.parquet")
    address = write_report(outputs).as_uri()
    page = new_page()
    page.goto(address + "#/findings")
    assert len(visible_cards(page)) == 2
    assert page.is_disabled("#export")
    page.goto(f"{address}#/finding/{first}")
    assert "desk says no" in page.text_content(f"#{first}")
    page.click(f"#{first} [data-act=accept]")
    assert [(r["finding_id"], r["decision"]) for r in export(page)["reviews"]] == [(first, "accepted")]
    page.goto(address + "#/findings")
    assert len(visible_cards(page)) == 3
    page.goto(f"{address}#/finding/{second}")
    page.reload()
    page.keyboard.press("u")
    assert "recorded as dismissed" in page.text_content("#status")


def test_another_finding_with_the_same_change_is_like_one_you_dismissed(new_page, tmp_path):
    story = port_story()
    echo, *_ = story.claims
    again = story.article("Star", ["On Friday 12 ships waited in the bay."], day=3)[0]
    story.finding(echo, again, *story.findings[0]["changes"])
    page = new_page()
    page.goto(write_report(publish(tmp_path / "outputs", [story])).as_uri() + "#/findings?fold=0")
    first = story.findings[0]["finding_id"]
    page.click(f"#{first} [data-act=dismiss]")
    page.click(f"#{first} >> text=Only added detail")
    page.reload()
    alike = page.eval_on_selector_all(".card:has(.like)", "cards => cards.map(c => c.id)")
    assert alike == [story.findings[-1]["finding_id"]]


def test_a_dismissed_finding_still_counts_when_its_text_was_replaced(new_page, tmp_path):
    """Kept in the browser since a report that showed it, then exported and recorded."""
    story, old, new, _ = replaced_and_retold()
    outputs = publish(tmp_path / "outputs", [story])
    address = write_report(outputs).as_uri() + "#/findings?fold=0"
    page = new_page()
    page.goto(address)
    assert page.locator(".like").count() == 0
    own = {"finding_id": old, "thread_id": "t", "decision": "dismissed", "reason": None, "note": None, "reviewed_at": "2024-04-01T10:00:00.000Z"}
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"claimdrift-review:{old}", json.dumps(own)])
    page.reload()
    like = "cards => cards.map(c => c.id)"
    assert page.eval_on_selector_all(".card:has(.like)", like) == [new]
    content = export(page)
    assert content["reviews"] == [own]
    (tmp_path / "r.json").write_text(json.dumps(content), encoding="utf-8")
    record_reviews(outputs, read_review_file(tmp_path / "r.json"))
    write_report(outputs)
    other = new_page()
    other.goto(address)
    assert other.eval_on_selector_all(".card:has(.like)", like) == [new]
    assert other.is_disabled("#export")


def test_a_folder_without_findings_has_every_view(new_page, tmp_path):
    story = Story()
    story.article("Echo", ["Seven ships wait."])
    address = write_report(publish(tmp_path / "outputs", [story])).as_uri()
    page = new_page(width=390)
    for route, says in (
        ("#/", "nothing to compare it with"), ("#/findings", "Nothing was found"), ("#/threads", "No thread has a finding"),
        ("#/storylines", "No storyline has a finding"), ("#/finding/f1", "There is no finding f1"),
    ):  # fmt: skip
        page.goto(address + route)
        assert says in page.inner_text("main"), route
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for key in "/ja":
        page.keyboard.press(key)
    assert "Choose a finding first" in page.text_content("#status")


def test_two_tabs_tell_each_other(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    other = new_page(context=page.context)
    other.goto(port_report + "#/findings")
    first = visible_cards(page)[0]
    page.click(f"#{first} [data-act=accept]")
    wait_for_text(other, "#export", "Export 1 decision")
    assert other.get_attribute(f"#{first} [data-act=accept]", "aria-pressed") == "true"


def test_without_storage_decisions_last_as_long_as_the_page_and_the_reader_is_told(new_page, port_report):
    page = new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })")
    page.goto(port_report + "#/findings")
    assert page.is_visible("#not-kept")
    first = visible_cards(page)[0]
    page.click(f"#{first} [data-act=accept]")
    assert [review["finding_id"] for review in export(page)["reviews"]] == [first]
    for view, link in (("#/threads", "#/thread/"), ("#/storylines", "#/storyline/"), ("#/", "#/storyline/")):  # each counts what is kept
        page.evaluate("view => { location.hash = view }", view)
        page.locator(f"#main a[href^='{link}']:visible").first.wait_for()


def test_rubbish_in_the_storage_is_passed_over(new_page, port_report):
    page = new_page()
    page.goto(port_report + "#/findings")
    first = visible_cards(page)[0]
    for rubbish in ("{", "null", '{"decision": "burn"}', '{"decision": "accepted", "finding_id": 7}'):
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"claimdrift-review:{first}", rubbish])
        page.reload()
        assert len(visible_cards(page)) == 4
        assert page.is_disabled("#export")
