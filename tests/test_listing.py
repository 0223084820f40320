"""Which findings a reader gets: filters, reviews, one finding with what stands around it, and how a terminal shows them."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from report_archive import Story, change, hostile_story, port_story, publish
from rich.console import Console

from flows.commands import filter_options
from flows.listing import REVIEW_CHOICES, FilterError, Filters, find_finding, list_findings
from flows.listing_text import LIKE_DISMISSED, print_detail, print_listing
from flows.records import CHANGE_TYPES, KINDS
from flows.report.data import report_data
from flows.report.page import write_report
from flows.reviews import Review, record_reviews
from flows.storage import OutputsError

NOW = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Path:
    """The findings of `port_story`, surest first: an update and a drift of 12 to 13 March, a contradiction of 13 to 14 March, one with an undated side."""
    return publish(tmp_path_factory.mktemp("port") / "outputs", [port_story()])


def scores(outputs: Path, **filters) -> list[float]:
    return [listed.finding.score for listed in list_findings(outputs, Filters(**filters)).items()]


def dismissed(finding_id: str) -> Review:
    return Review(finding_id, "t", "dismissed", "other ship", None, NOW)


def shown(print_it, subject, *, terminal: bool = False, width: int = 100, **options) -> str:
    file = io.StringIO()
    color = "truecolor" if terminal else None
    print_it(subject, Console(file=file, force_terminal=terminal, color_system=color, width=width, _environ={}), **options)
    return file.getvalue()


# --- filters -------------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [0.9, 0.8, 0.7, 0.5]),
        ({"kinds": ["contradiction"]}, [0.7, 0.5]),
        ({"kinds": ["drift", "update"]}, [0.9, 0.8]),
        ({"types": ["quantity"]}, [0.9, 0.7]),
        ({"types": ["quantity", "certainty"], "kinds": ["drift"]}, [0.8]),
        ({"outlets": ["sun"]}, [0.9, 0.5]),
        ({"outlets": ["Sun", "ECHO"]}, [0.9, 0.8, 0.5]),
        ({"min_score": 0.8}, [0.9, 0.8]),
        ({"since": dt.date(2024, 3, 14)}, [0.7, 0.5]),
        ({"since": dt.date(2024, 3, 13)}, [0.9, 0.8, 0.7, 0.5]),
        ({"until": dt.date(2024, 3, 12)}, [0.9, 0.8]),
        ({"since": dt.date(2024, 3, 13), "until": dt.date(2024, 3, 13)}, [0.9, 0.8, 0.7]),
        ({"until": dt.date(2024, 3, 11)}, []),
        ({"text": "HARBOUR closed"}, [0.8]),
        ({"text": "sailors courier"}, [0.7]),
        ({"text": "figure went up"}, [0.9]),
        ({"text": "nowhere"}, []),
        ({"new": True}, [0.9, 0.8, 0.7, 0.5]),
        ({"review": "accepted"}, []),
        ({"review": "open"}, [0.9, 0.8, 0.7, 0.5]),
    ],
)
def test_filters(port, filters, expected):
    assert scores(port, **filters) == expected


def wide_apart() -> Story:
    """A finding between claims of 12 and of 16 March."""
    story = Story("wide")
    echo = story.article("Echo", ["Seven ships wait in the bay."])
    mail = story.article("Mail", ["Now 12 ships wait in the bay."], day=4)
    story.finding(echo[0], mail[0], change("quantity", "raised", "Seven ships", "12 ships", "update"))
    return story


def test_a_span_of_time_has_a_claim_of_the_finding_in_it(tmp_path):
    outputs = publish(tmp_path / "outputs", [wide_apart()])
    for first, last, n in ((13, 15, 0), (12, 13, 1), (15, 16, 1), (11, 17, 1)):
        assert len(scores(outputs, since=dt.date(2024, 3, first), until=dt.date(2024, 3, last))) == n, (first, last)


def test_the_least_score_is_compared_with_what_is_shown(tmp_path):
    story = wide_apart()
    story.findings[0]["score"] = 0.796
    outputs = publish(tmp_path / "outputs", [story])
    assert scores(outputs, min_score=0.8) == [0.796]
    assert scores(outputs, min_score=0.805) == []


def with_a_copy() -> Story:
    """Port's story, in which an outlet of its own, the Gazette, carries only another copy of Mail's text."""
    story = port_story()
    mail = next(s for s in story.sightings if s["outlet"] == "Mail")
    story.sightings.append({**mail, "source": "port/copy.txt", "source_key": "port/copy.txt", "outlet": "Gazette"})
    return story


def test_an_outlet_that_carries_a_copy_is_found(tmp_path):
    outputs = publish(tmp_path / "outputs", [with_a_copy()])
    assert scores(outputs, outlets=["gazette"]) == scores(outputs, outlets=["Mail"]) == [0.7, 0.5]
    assert scores(outputs, text="gazette courier") == [0.7]
    assert scores(outputs, text="copy.txt") == [0.7, 0.5]
    data = report_data(outputs)
    carried = [f["score"] for f in data["findings"] if data["outlets"].index("Gazette") in f["outlets"]]
    assert carried == [0.7, 0.5]
    page = write_report(outputs).read_text(encoding="utf-8")
    assert 'href="#/findings?outlet=Gazette"' in page, "the matrix has it"


def test_storylines_by_a_beginning_of_their_id(port):
    storyline_id = list_findings(port, Filters()).items()[0].finding.storyline_id
    assert scores(port, storyline=storyline_id[:4]) == scores(port)
    with pytest.raises(FilterError, match='no finding is of a storyline "zzz"'):
        scores(port, storyline="zzz")


def test_an_outlet_that_nothing_is_of_is_a_slip(port):
    with pytest.raises(FilterError, match=r'outlet "Couri". Did you mean Courier\?'):
        scores(port, outlets=["Couri"])
    with pytest.raises(FilterError, match=r"Did you mean Courier\?"):
        scores(port, outlets=["Cuorier"])
    with pytest.raises(FilterError, match="The column outlet"):
        scores(port, outlets=["Xyzzy Quux"])


def test_new_findings_are_those_of_the_last_run(tmp_path):
    outputs = publish(tmp_path / "outputs", [port_story("one")], run_id="run-1")
    publish(outputs, [port_story("two")], run_id="run-2")
    assert len(scores(outputs)) == 8
    new = list_findings(outputs, Filters(new=True))
    assert {listed.finding.run_id for listed in new.items()} == {"run-2"}
    assert len(new) == 4


def test_the_options_have_the_words_of_the_records():
    assert (filter_options.KINDS, filter_options.TYPES, filter_options.REVIEW_CHOICES) == (KINDS, CHANGE_TYPES, REVIEW_CHOICES)


def test_no_results(tmp_path):
    with pytest.raises(OutputsError, match="holds no published run"):
        list_findings(tmp_path, Filters())


# --- reviews -------------------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(tmp_path) -> tuple[Path, str, str]:
    """A folder in which two outlets tell a thread's fact in the same changed words; the ids of both findings."""
    story = Story("port")
    echo = story.article("Echo", ["Seven ships wait in the bay."])
    mail = story.article("Mail", ["Now 12 ships wait in the bay."], day=1)
    sun = story.article("Sun", ["In the bay 12 ships wait."], day=2)
    one = story.finding(echo[0], mail[0], change("quantity", "raised", "Seven ships", "12 ships", "update"))
    other = story.finding(echo[0], sun[0], change("quantity", "raised", "Seven ships", "12 ships", "update"), score=0.6)
    return publish(tmp_path / "outputs", [story]), one, other


def test_a_dismissed_finding_is_hidden_and_counted_and_one_like_it_marked(twice):
    outputs, one, other = twice
    record_reviews(outputs, [dismissed(one)])
    listing = list_findings(outputs, Filters())
    [left] = listing.items()
    assert (left.finding.finding_id, left.like_dismissed, left.review) == (other, True, None)
    assert (listing.n_findings, listing.n_dismissed) == (2, 1)
    assert LIKE_DISMISSED in shown(print_listing, listing, limit=20)
    assert "1 more was dismissed and is hidden: --review dismissed lists it." in shown(print_listing, listing, limit=20)
    record_reviews(outputs, [dismissed(other)])
    none = shown(print_listing, list_findings(outputs, Filters()), limit=20)
    assert none == "No findings to show: 2 in the folder.\n2 more were dismissed and are hidden: --review dismissed lists them.\n"


def test_what_was_dismissed_is_listed_when_asked_for(twice):
    outputs, one, other = twice
    record_reviews(outputs, [dismissed(one)])
    [gone] = list_findings(outputs, Filters(review="dismissed")).items()
    assert (gone.finding.finding_id, gone.review) == (one, dismissed(one))
    assert len(list_findings(outputs, Filters(review="all"))) == 2
    assert list_findings(outputs, Filters(min_score=0.95)).n_dismissed == 0, "only what the other filters would show is counted"
    like = find_finding(outputs, other)
    assert like.listed.like_dismissed
    assert "review     none yet; like one you dismissed: the same change in the same thread\n" in shown(print_detail, like, with_thread=False)
    assert "review     dismissed on 2024-06-01; reason: other ship\n" in shown(print_detail, find_finding(outputs, one), with_thread=False)


def test_what_was_reviewed_itself_is_not_marked(twice):
    outputs, one, other = twice
    record_reviews(outputs, [dismissed(one), Review(other, "t", "noted", None, "hm", NOW)])
    [left] = list_findings(outputs, Filters()).items()
    assert not left.like_dismissed
    assert left.review is not None


# --- one finding ---------------------------------------------------------------------------------------------------------------------------------------------


def test_a_beginning_of_the_id_is_enough(twice):
    outputs, one, other = twice
    n = next(n for n, pair in enumerate(zip(one, other, strict=True), 1) if pair[0] != pair[1])
    assert find_finding(outputs, one[:n]).listed.finding.finding_id == one
    with pytest.raises(OutputsError, match=r'"f" could be 2 findings: .* Give more of the id'):
        find_finding(outputs, "f")
    for nothing in ("", "zz", one + "0"):
        with pytest.raises(FilterError, match=f'holds no finding "{nothing}"'):
            find_finding(outputs, nothing)


def test_what_stands_around_a_finding(port):
    [contradiction] = [x for x in list_findings(port, Filters(text="two sailors")).items() if x.finding.score == 0.7]
    detail = find_finding(port, contradiction.finding.finding_id)
    assert detail.contexts[0] == ("port. Courier. ", " The harbour master may have closed the port.")
    assert detail.n_in_thread == 3
    assert [t.outlet for t in detail.tellings] == ["Echo", "Courier", "Mail", "Sun"]
    text = shown(print_detail, detail, with_thread=True)
    for words in (
        "They cannot both be true. What was affirmed is denied: from “12 ships” to “No ship”.",
        "By the evening «12 ships» waited in the bay.", "«No ship» waited in the bay.", "said by    two sailors; stated",
        "thread     4 claims of 4 articles, 3 findings\n", "undated  Sun", "review     none yet\n", "2024-03-13",
    ):  # fmt: skip
        assert words in text
    assert "; --thread lists them" in shown(print_detail, detail, with_thread=False)


def test_a_file_of_the_same_name_in_another_folder_is_another_source(tmp_path):
    port, fire = Story("port"), Story("fire")
    for story, outlets in ((port, ("Echo", "Mail")), (fire, ("Post", "Globe"))):
        claims = [story.article(outlet, [f"{n} ships {'wait' if story is port else 'burn'}."], day=n)[0] for n, outlet in enumerate(outlets)]
        for sighting, name in zip(story.sightings, "ab", strict=True):
            sighting["source"] = f"{name}.txt"  # of monday/ and of tuesday/
        story.finding(claims[0], claims[1], change("quantity", "raised", "0 ships", "1 ships", "update"))
    outputs = publish(tmp_path / "outputs", [port, fire])
    [only] = list_findings(outputs, Filters(outlets=["Post"])).items()
    assert only.finding.earlier_outlet == "Post"
    data = report_data(outputs)
    assert sorted(sorted(data["outlets"][n] for n in f["outlets"]) for f in data["findings"]) == [["Echo", "Mail"], ["Globe", "Post"]]


def test_words_that_name_nobody_are_not_shown_as_a_speaker(tmp_path):
    story = Story("port")
    echo = story.article("Echo", ["Seven ships wait."])
    mail = story.article("Mail", ["Reportedly 12 ships wait."], day=1, said="Reportedly")
    only = story.finding(echo[0], mail[0], change("quantity", "raised", "Seven ships", "12 ships", "drift"))
    text = shown(print_detail, find_finding(publish(tmp_path / "outputs", [story]), only), with_thread=False)
    assert "said by    nobody named: Reportedly; stated" in text
    assert "said by    the article itself; stated" in text


def test_a_finding_of_a_replaced_text_is_shown_and_said_to_be_one(tmp_path):
    story = Story("port")
    echo = story.article("Echo", ["Seven ships wait in the bay."])
    mail = story.article("Mail", ["Now 12 ships wait in the bay."], day=1)
    finding_id = story.finding(echo[0], mail[0], change("quantity", "raised", "Seven ships", "12 ships", "update"))
    story.article("Echo", ["Nothing waits."], day=3)
    story.sightings[2]["source_key"] = story.sightings[0]["source"]
    outputs = publish(tmp_path / "outputs", [story])
    assert len(list_findings(outputs, Filters())) == 0
    detail = find_finding(outputs, finding_id)
    assert detail.is_superseded
    assert "was replaced by its source since" in shown(print_detail, detail, with_thread=False)


def test_a_dismissed_finding_of_a_replaced_text_still_marks_those_like_it(tmp_path):
    story = Story("port")
    echo = story.article("Echo", ["Seven ships wait in the bay."])
    mail = story.article("Mail", ["Now 12 ships wait in the bay."], day=1)
    again = story.article("Mail", ["Now 12 ships wait in the bay, and more come."], day=2)
    story.sightings[2]["source_key"] = story.sightings[1]["source"]
    counted = change("quantity", "raised", "Seven ships", "12 ships", "update")
    one = story.finding(echo[0], mail[0], counted)
    story.finding(echo[0], again[0], counted)
    outputs = publish(tmp_path / "outputs", [story])
    record_reviews(outputs, [dismissed(one)])
    [left] = list_findings(outputs, Filters()).items()
    assert left.like_dismissed


def test_without_an_order_no_direction_is_told(port):
    unordered = list_findings(port, Filters(outlets=["Sun"], kinds=["contradiction"]))
    in_a_list = shown(print_listing, unordered, limit=1)
    assert "contradiction  negation\n" in in_a_list
    assert "No ship / Seven ships" in in_a_list
    in_full = shown(print_detail, find_finding(port, unordered.items()[0].finding.finding_id), with_thread=False)
    assert "contradiction  negation  score 0.50" in in_full
    assert "affirmed" not in in_a_list + in_full


# --- text ----------------------------------------------------------------------------------------------------------------------------------------------------


def test_changed_words_are_coloured_on_a_terminal_and_marked_elsewhere(port):
    detail = find_finding(port, list_findings(port, Filters(kinds=["drift"])).items()[0].finding.finding_id)
    assert "\x1b[1;7mhas closed\x1b[0m" in shown(print_detail, detail, terminal=True, with_thread=False)
    assert "«has closed»" in shown(print_detail, detail, with_thread=False)
    file = io.StringIO()
    print_detail(detail, Console(file=file, force_terminal=True, color_system="truecolor", width=100, _environ={"NO_COLOR": "1"}), with_thread=False)
    assert "«has closed»" in file.getvalue()
    assert "\x1b[3" not in file.getvalue()


def test_a_list_says_how_many_there_are(port):
    listing = list_findings(port, Filters())
    assert "2 of 4 findings: --limit 4 lists all of these." in shown(print_listing, listing, limit=2)
    assert shown(print_listing, listing, limit=20).endswith("\n4 findings.\n")
    assert "1 finding of 4 in the folder." in shown(print_listing, list_findings(port, Filters(kinds=["drift"])), limit=20)
    assert shown(print_listing, list_findings(port, Filters(text="nowhere")), limit=20) == "No findings to show: 4 in the folder.\n"


def test_findings_on_one_point_are_listed_once(tmp_path):
    story = Story()
    [two], [nine], [all_nine] = (
        story.article(outlet, [text]) for outlet, text in (("A", "Two ships sank."), ("B", "Nine ships sank."), ("C", "All nine sank."))
    )
    [may], [will] = story.article("D", ["The port may close."]), story.article("E", ["The port will close."])
    surest = story.finding(two, nine, change("quantity", "raised", "Two", "Nine", "contradiction"), score=0.9)
    alike = story.finding(two, all_nine, change("quantity", "raised", "Two", "nine", "contradiction"), score=0.6)
    other = story.finding(may, will, change("certainty", "strengthened", "may", "will", "drift"), score=0.7)
    listing = list_findings(publish(tmp_path / "outputs", [story]), Filters())
    assert list(listing.points.items()) == [(surest, 1), (other, 0)]
    text = shown(print_listing, listing, limit=20)
    assert surest[:6] in text
    assert other[:6] in text
    assert alike[:6] not in text
    assert "and 1 more finding on this point" in text
    assert text.endswith("\n3 findings on 2 points: --each lists every one.\n")
    assert shown(print_listing, listing, limit=1).endswith("\n1 of 2 points, 3 findings: --limit 2 lists all of these, --each every finding.\n")
    each = shown(print_listing, listing, limit=20, each=True)
    assert alike[:6] in each
    assert each.endswith("\n3 findings.\n")


def test_hostile_articles_reach_no_terminal(tmp_path):
    outputs = publish(tmp_path / "outputs", [hostile_story()])
    listing = list_findings(outputs, Filters())
    texts = [shown(print_listing, listing, limit=20)]
    texts += [shown(print_detail, find_finding(outputs, x.finding.finding_id), with_thread=True) for x in listing.items()]
    for text in texts:
        assert not set(text) & set("\x00\x07\x1b\u202e\u2066\u2028\r")
    assert max(map(len, texts[0].splitlines())) < 300, "names and words of 10,000 characters are cut in a list"


def test_lines_fit_the_terminal(port):
    for width in (40, 80):
        detail = find_finding(port, list_findings(port, Filters()).items()[0].finding.finding_id)
        texts = [shown(print_listing, list_findings(port, Filters()), terminal=True, width=width, limit=9)]
        texts.append(shown(print_detail, detail, terminal=True, width=width, with_thread=True))
        lines = [line for text in texts for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()]
        assert max(map(len, lines)) <= width
