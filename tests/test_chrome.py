"""Chrome: what goes, what stays, and where the title comes from."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps import decoding
from flows.steps.chrome import clean

FIRST = "A fire at the Orvel refinery was put out on Monday after nine hours, the county said in a statement."
SECOND = "Two workers were taken to hospital with burns. Nobody else was hurt."
BODY = f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Scroll down for video", "player or script"),
        ("Orr_STATIC.queue.push(function () { document.getElementById('update_1').innerHTML = get_date('2015-01-26'); });", "player or script"),
        ("OO.ready(function() { OO.Player.create('player-1', '1'); });", "player or script"),
        ("(function(d, s, id) { var js = d.createElement(s); js.id = id; }(document, 'script', 'jssdk'));", "player or script"),
        (".embed-container {position: relative; padding-bottom: 120%; height: 0;} .embed-container iframe { top: 0; }", "player or script"),
        ("@media only screen and (min-width : 500px) {.slot { display: none; }}", "player or script"),
        ("ADVERTISEMENT - CONTINUE READING BELOW", "advertisement"),
        ("Share this article", "share buttons"),
        ("Share Tweet Pin Email", "share buttons"),
        ("1.2K Shares", "share buttons"),
        ("Read more: Who owns the refinery?", "related link"),
        ("RELATED: Ten fires that changed the law.", "related link"),
        ("Sign up for our daily newsletter and never miss a story.", "newsletter prompt"),
        ("Follow us on Twitter and Facebook.", "newsletter prompt"),
        ("We use cookies to make this site better.", "cookie notice"),
        ("© 2024 Orvel Post. All rights reserved.", "copyright"),
        ("Please enter your comment!", "comment form"),
        ("Please enter your name here", "comment form"),
        ("Save my name, email, and website in this browser for the next time I comment.", "comment form"),
        ("Smoke over the harbour on MondayIda Borg/Orvel Pictures", "photo caption"),
        ("Ida BorgReuters", "photo caption"),
        ("Ida BorgAftenbladet", "photo caption"),
        ("Ida Borg/Orvel PicturesA burnt-out tank at the refinery on Monday.", "photo caption"),
        ("Photo: a burnt-out tank. Ida BorgValley Press", "photo caption"),
        ("A tank burns at the refinery in Orvel, May 6, 2024. (AP Photo/Ida Borg)", "photo caption"),
        ("[Image via screengrab]", "photo caption"),
        ("IDA BORG/ORVEL DAILY POST/GETTY IMAGES", "photo caption"),
        ("Correction appended", "note on the article"),
        ("Clarification at the end", "note on the article"),
        ("WARNING: VERY GRAPHIC CONTENT", "note on the article"),
        ("From Staff Reports", "byline"),
        ("(Reporting by Ida Borg; editing by M. Castle)", "byline"),
        ("Ida Borg and Per Holm contributed to this report.", "byline"),
        ("Note: No specific sources were provided for this article.", "note on the article"),
        ("- See more at: https://post.example/fire", "related link"),
        ("FAQ", "faq heading"),
        ("Frequently Asked Questions", "faq heading"),
        ("* * *", "rule"),
        ("Tags: fire, refinery, Orvel", "tags"),
        ("— Ida Borg (@idaborg) May 6, 2024", "social media embed"),
        ("https://post.example/fire", "related link"),
    ],
)
@pytest.mark.parametrize("place", ["top", "middle", "end"])
def test_noise_goes_wherever_it_stands(line: str, reason: str, place: str) -> None:
    text = {"top": f"{line}\n\n{BODY}", "middle": f"{FIRST}\n\n{line}\n\n{SECOND}", "end": f"{BODY}\n\n{line}"}[place]
    cleaned = clean(text)
    assert cleaned.text == BODY
    assert cleaned.chrome == {reason: 1}


@pytest.mark.parametrize(
    "sentence",
    [
        "A video posted by the rebels on Sunday shows three trucks on fire.",
        "Copyright law does not protect recipes, the judge ruled.",
        "Share prices fell by a tenth after the fire.",
        "Shares in Orvel Oil were suspended on Monday.",
        "Follow-up checks found two more leaks.",
        "Related charges were dropped in May.",
        "Latest figures put the loss at 40 million crowns.",
        "Trending upwards since March, the price reached 90 dollars.",
        "Home sales fell for a third month.",
        "Home Secretary Ida Borg News conference was cancelled.",
        "Tags on the seals showed that they had been broken.",
        "Sources: two officials said the valve had failed.",
        "Reporting by state television was suspended, the ministry said.",
        "Comments by the minister angered the union.",
        "Photos of the site showed two tanks in ruins.",
        "Images from a satellite show the damage.",
        "By Monday the fire had spread to a third tank.",
        "By Friday, Orvel had no water.",
        "Written by two former engineers, the report blames the owner.",
        "Note: the toll does not include two people who died in hospital.",
        "Editor's note: an earlier version gave the toll as 12.",
        "The Orvel Post said so first.",
        "Subscribe is what investors did, in numbers, last week.",
        "Registered voters rose to 4 million.",
        "Read also won a by-election in 2019, as did Holm.",
        "More people were hurt than first reported.",
        "Full stories of the victims will be told in court.",
        "Ad spending by the company fell by half.",
        "Email records show that he knew.",
        "Who set the fire? Nobody knows.",
        "Corrections appended to the report change the toll.",
        "Updates below the surface of the plan were missed, the auditors said.",
        "From staff reports the inspectors learned of the leak.",
    ],
)
def test_sentences_that_begin_like_noise_stay(sentence: str) -> None:
    text = f"{FIRST}\n\n{sentence}\n\n{SECOND}"
    assert clean(text).text == text
    assert clean(text).chrome == {}


@pytest.mark.parametrize(
    ("head", "title", "chrome"),
    [
        ("Refinery fire put out after nine hours", "Refinery fire put out after nine hours", {}),
        (" date 2024-05-06\nRefinery fire put out", "Refinery fire put out", {"date line": 1}),
        ("Home News Sport Weather\nRefinery fire put out", "Refinery fire put out", {"nav line": 1}),
        ("Home News Refinery fire put out after...\n\nRefinery fire put out after nine hours", "Refinery fire put out after nine hours", {"nav line": 1}),
        ("Orvel Post  Local  Sport  Obituaries  Subscribe\nRefinery fire put out", "Refinery fire put out", {"nav line": 1}),
        ("Home > Region > Orvel\nRefinery fire put out", "Refinery fire put out", {"nav line": 1}),
        ("City Ledger | Firms & Markets\nRefinery fire put out", "Refinery fire put out", {"nav line": 1}),
        ("Orvel Now » Refinery fire put out", "Refinery fire put out", {"nav line": 1}),
        ("Valley Press Agency\nRefinery fire put out", "Refinery fire put out", {"masthead": 1}),
        ("Refinery fire put out\nBy Ida Borg in Orvel\n4 min read", "Refinery fire put out", {"byline": 1, "masthead": 1}),
        ("Refinery fire put out\nBY IDA BORG | 05/06/24 12:15 PM", "Refinery fire put out", {"byline": 1}),
        ("Refinery fire put out after...\nRefinery fire put out after nine hours", "Refinery fire put out after...", {"repeated headline": 1}),
        ("Menu\nSearch\nLocal News\nRefinery fire put out\nPublished 3 hours ago", "Refinery fire put out", {"nav line": 2, "masthead": 1, "date line": 1}),
        ("Refinery fire put out\nIda Borg\nMon 6 May 2024 10.15 GMT", "Refinery fire put out", {"byline": 1, "date line": 1}),
        ("Published 10:15 AM EDT, Mon May 6, 2024\nRefinery fire put out", "Refinery fire put out", {"date line": 1}),
        ("06/05/2024 - 10:15\nRefinery fire put out\nIssued on: 06/05/2024 - 10:15", "Refinery fire put out", {"date line": 2}),
        ("Orvel Post, May 6, 2024\nRefinery fire put out", "Refinery fire put out", {"date line": 1}),
        ("6 May 2024: the day the refinery burnt", "6 May 2024: the day the refinery burnt", {}),
        ("Ida Borg\nIda BorgReuters", "", {"photo caption": 2}),
        ("What set the refinery on fire?", "What set the refinery on fire?", {}),
        ("", "", {}),
    ],
)
def test_heads_and_titles(head: str, title: str, chrome: dict[str, int]) -> None:
    cleaned = clean(f"{head}\n\n{BODY}")
    assert (cleaned.text, cleaned.title, cleaned.chrome) == (BODY, title, chrome)


@pytest.mark.parametrize("line", ["Refinery fire put out", "REFINERY FIRE PUT OUT", "Refinery fire put…", "Refinery fire put out - Orvel Post"])
def test_the_title_from_metadata_leaves_the_text(line: str) -> None:
    cleaned = clean(f"{line}\n\n{BODY}", "Refinery fire put out")
    assert (cleaned.text, cleaned.title) == (BODY, "Refinery fire put out")


@pytest.mark.parametrize("lines", [["Last updated: 8 May 2024", "Published: 6 May 2024"], ["Published: 6 May 2024", "Last updated: 8 May 2024"]])
def test_the_day_of_publication_comes_before_that_of_an_update(lines: list[str]) -> None:
    cleaned = clean("\n".join(["Refinery fire put out", *lines, "", BODY]))
    assert cleaned.date is not None
    assert cleaned.date.at.day == 6
    assert (cleaned.text, cleaned.chrome) == (BODY, {"date line": 2})


@pytest.mark.parametrize(
    "line",
    [
        "But an official says it would be too early to name the dead",
        "The man also detained is believed to be the owner's brother",
        "There was no end to the smoke",
    ],
)
def test_a_standfirst_stays_in_the_text_though_it_serves_as_title(line: str) -> None:
    text = f"{line}\n\n{BODY}"
    cleaned = clean(text)
    assert (cleaned.text, cleaned.title, cleaned.chrome) == (text, line, {})


def test_a_first_sentence_is_no_title() -> None:
    assert clean(f"The fire is out.\n\n{BODY}").title == ""
    assert clean("Fire put out").text == "Fire put out"


@pytest.mark.parametrize("time", ["14:35", "9:05", "2.10pm", "13:05 GMT"])
def test_the_times_of_a_live_blogs_entries_stay(time: str) -> None:
    text = f"{FIRST}\n\n{time}\n\n{SECOND}"
    assert (clean(text).text, clean(text).chrome) == (text, {})


@pytest.mark.parametrize(
    "end",
    [
        " The county said that the fire began when the valve failed and that the… [+3421 chars]",
        " The fire began when […]",
        "\n\nThe fire began when [...]",
        " The fire was put out by Mr.… [+12 chars]",
        " [...]",
        "… [+3,421 chars]",
    ],
)
def test_the_sentence_that_a_feed_cut_off_goes_with_its_mark(end: str) -> None:
    assert (clean(BODY + end).text, clean(BODY + end).chrome) == (BODY, {"cut short": 1})


def test_dots_in_brackets_within_a_text_stay() -> None:
    text = f'{FIRST}\n\n"We saw [...] a flame," he said.'
    assert (clean(text).text, clean(text).chrome) == (text, {})


def test_an_inline_dateline_stays() -> None:
    assert clean(f"ORVEL - {BODY}").text == f"ORVEL - {BODY}"


def test_a_script_is_cut_off_the_text_it_was_scraped_into() -> None:
    prose = "The dam (built in 1950) held, said the mayor, “and so did the bridge.”"
    cleaned = clean(f"{prose}    STATIC.queue.push(function () {{ show('update', 'now'); }});\n\nThe engineers (all two of them); the crew: none left.")
    assert cleaned.text == f"{prose}\n\nThe engineers (all two of them); the crew: none left."
    assert cleaned.chrome == {"player or script": 1}


def test_the_comment_form_ends_the_article() -> None:
    cleaned = clean(f"{BODY}\n\nLEAVE A REPLY\n\nPlease enter your comment!\nRecent posts\nOrvel Post, 12 Mill Lane")
    assert cleaned.text == BODY
    assert sum(cleaned.chrome.values()) == 4


def test_comments_over_the_form_go_too() -> None:
    cleaned = clean(f"{BODY}\n\n2 Comments\nBob says:\nThat is a scandal if you ask me.\n\nLeave a Reply Cancel reply\nComment *")
    assert (cleaned.text, cleaned.chrome) == (BODY, {"comment form": 2, "reader comment": 2, "share buttons": 1})


def test_a_link_to_the_comment_form_over_the_article_does_not() -> None:
    assert clean(f"Leave a comment\n\n{BODY}").text == BODY
    assert clean(f"{FIRST}\n\nLeave a comment\n\n{BODY.replace('Monday', 'Sunday')}").text.endswith(SECOND)


def test_headlines_under_related_articles_go() -> None:
    assert clean(f"{FIRST}\n\nRelated articles\n\nTen fires in ten years\nWho owns Orvel Oil\n\n{SECOND}").text == BODY


def test_answers_and_questions_under_faq_stay() -> None:
    text = f"{FIRST}\n\nFAQ\n\nWho owns it?\n\nIt belongs to Orvel Oil, a private company."
    assert clean(text).text == f"{FIRST}\n\nWho owns it?\n\nIt belongs to Orvel Oil, a private company."


def test_a_pull_quote_is_kept_once() -> None:
    quote = "“We had warned them about that valve for two years,” a foreman said."
    cleaned = clean(f"{FIRST}\n\n{quote}\n\n{SECOND}\n\n{quote}")
    assert (cleaned.text.count(quote), cleaned.chrome) == (1, {"repeated paragraph": 1})


def test_text_wrapped_at_a_fixed_width_is_joined() -> None:
    wrapped = (
        "A fire at the Orvel refinery was put out on Monday after nine\n"
        "hours, the county said in a statement. Two workers were taken to\n"
        "hospital with burns. Nobody else was hurt, a spokeswoman added,\n"
        "and the cause was not yet known.\n\n"
        "The plant has 210 workers. It was shut for most of the winter\n"
        "after a leak, and had only been running again for a week.\n"
    )
    lines = clean(wrapped).text.split("\n\n")
    assert [line.count("\n") for line in lines] == [0, 0]
    assert "nine hours, the county" in lines[0]


def test_one_sentence_a_line_stays_so() -> None:
    text = f"{FIRST}\nTwo workers were taken to hospital.\nNobody else was hurt.\nThe cause is not known.\nThe plant is shut.\nIt has 210 workers."
    assert clean(text).text == text


def test_a_brand_name_is_no_caption() -> None:
    assert clean(f"PayPal Hit By Fire\n\n{FIRST} PayPal has an office there.").title == "PayPal Hit By Fire"


def test_time_is_bounded() -> None:
    """No line, however made, takes long: nested repeats in a pattern would take years on some of these."""
    started = time.perf_counter()
    for line in (
        "-" * 600,
        "1" * 600,
        "1." * 300 + "x",
        "Aa " * 59,
        "A" * 300_000,
        "Share " * 59 + "q",
        "Ida Borg/" * 40,
        "aA" * 300,
        "(AP" * 200,
        "Home " * 59,
        "a." * 100_000,
        "It. a(b " * 30_000 + ");",
        "{" * 100_000,
        ". " + " " * 100_000 + "{",
    ):
        clean(f"{line}\n{BODY}")
    assert time.perf_counter() - started < 5


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [FIRST, SECOND, "", "Home News Sport", "LEAVE A REPLY", "FAQ", " date 2024-05-06 It rained.", "Ida BorgReuters", "Related articles", "By Ida Borg"]
        ),
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n"), max_size=60),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_kept_lines_are_lines_of_the_text_in_order(lines: list[str]) -> None:
    text, _ = decoding.tidy("\n".join(lines))
    cleaned = clean(text)
    assert cleaned.text == cleaned.text.strip()
    position = 0
    for line in filter(None, cleaned.text.split("\n")):
        found = text.find(line, position) if len(line) > 25 else text.find(line)  # short wrapped lines may have been joined
        assert found >= 0 or " " in line
        position = max(position, found)


@settings(max_examples=100, deadline=None)
@given(LINES)
def test_cleaning_loses_no_paragraph_of_prose(lines: list[str]) -> None:
    cleaned = clean("\n\n".join([FIRST, *filter(lambda line: "REPLY" not in line, lines)]))
    assert FIRST in cleaned.text


def test_no_sentence_of_the_stories_is_lost() -> None:
    """Every sentence that the development gold quotes is in the cleaned text, word for word."""
    stories = sorted(Path(__file__).parents[2].glob("shared/stories/*/gold.json"))
    if not stories:
        pytest.skip("the development stories are not beside this checkout")
    lost = []
    for path in stories:
        gold = json.loads(path.read_text("utf-8"))
        texts = {name: clean(decoding.tidy((path.parent / "articles" / f"{name}.txt").read_text("utf-8"))[0]).text for name in gold["articles"]}
        quoted = [e for fact in gold["facts"] for e in fact["expressions"]] + [trap[side] for trap in gold["traps"] for side in "ab"]
        lost += [e["sentence"] for e in quoted if e["sentence"] not in texts[e["article"]]]
    assert lost == []


def test_entities_escaped_more_than_once_are_read() -> None:
    assert decoding.tidy("Orr &amp;amp;amp; Lee&amp;nbsp;left.")[0] == "Orr & Lee left."
