"""Reading INPUT: formats, names, dates, duplicates and rejects, end to end."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.records import article_id
from flows.steps.articles import InputError, ReadOptions, ReadResult, read_articles

BODY = "The dam above Corvel burst before dawn on Tuesday, and the water reached the lower town within minutes. Two bridges were swept away, the mayor said."
OTHER = "Engineers had warned the council in March that the spillway was cracked. No repairs were made before the storm, according to the county's records."
DAY = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)


def read(*inputs: Path, **options) -> ReadResult:
    return read_articles(inputs, "run", ReadOptions(**options))


def write(path: Path, content: str | bytes | list | dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def reasons(result: ReadResult) -> list[str]:
    return [reject.reason for reject in result.rejects]


# --- formats -------------------------------------------------------------------------------------------------------------------------------------------------


def test_every_format_gives_the_same_text(tmp_path: Path) -> None:
    html = f"<html><head><title>Dam bursts</title></head><body><article><h1>Dam bursts</h1><p>{BODY}</p><p>{OTHER}</p></article></body></html>"
    text = f"{BODY}\n\n{OTHER}"
    write(tmp_path / "a.txt", text)
    write(tmp_path / "b.md", f"# Dam bursts\n\n**{BODY}**\n\n{OTHER}\n")
    write(tmp_path / "c.html", html)
    write(tmp_path / "d.json", {"articles": [{"headline": "Dam bursts", "content": text}]})
    write(tmp_path / "e.jsonl", json.dumps({"title": "Dam bursts", "body": f"<p>{BODY}</p><p>{OTHER}</p>"}) + "\n")
    write(tmp_path / "f.csv", f'title,text\nDam bursts,"{text}"\n')
    pq.write_table(pa.table({"title": ["Dam bursts"], "maintext": [text]}), tmp_path / "g.parquet")
    write(tmp_path / "h.HTM", html)
    result = read(tmp_path)
    assert not result.rejects
    assert {article.text for article in result.articles} == {text}
    assert [s.source for s in result.sightings] == ["a.txt", "b.md", "c.html", "d.json#1", "e.jsonl#1", "f.csv#1", "g.parquet#1", "h.HTM"]
    assert {s.title for s in result.sightings if s.source != "a.txt"} == {"Dam bursts"}
    assert result.articles[0].article_id == article_id(text)
    assert (result.n_files, result.n_documents) == (8, 8)


@pytest.mark.parametrize(
    ("inner", "blocks"),
    [
        ("<blockquote>The mayor spoke.<p>We lost it.</p>It was old.</blockquote>", ["The mayor spoke.", "We lost it.", "It was old."]),
        ("<blockquote>We <b>lost</b> it.<br>It was old.</blockquote>", ["We lost it.\nIt was old."]),
        ("<ul><li>One bridge.<ul><li>The old one.</li></ul>And a mill.</li></ul>", ["One bridge.", "The old one.", "And a mill."]),
    ],
)
def test_words_beside_the_paragraphs_of_a_quote_or_a_list_stay_in_their_order(tmp_path: Path, inner: str, blocks: list[str]) -> None:
    page = f"<html><head><title>Dam bursts</title></head><body><article><h1>Dam bursts</h1><p>{BODY}</p>{inner}<p>{OTHER}</p></article></body></html>"
    assert read(write(tmp_path / "x.html", page)).articles[0].text == "\n\n".join([BODY, *blocks, OTHER])


def test_nested_json_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.json", {"source": {"id": None, "name": "Corvel Post"}, "title": {"rendered": "Dam"}, "content": {"rendered": f"<p>{BODY}</p>"}, "id": 17}
    )
    [sighting] = read(path).sightings
    assert (sighting.outlet, sighting.title, sighting.source, sighting.source_key) == ("Corvel Post", "Dam", "x.json", "Corvel Post/17")


@pytest.mark.parametrize(
    ("dump", "id_"),
    [
        ({"took": 3, "hits": {"total": {"value": 1}, "hits": [{"_index": "n", "_id": "17", "_source": {"title": "Dam", "body": BODY}}]}}, "17"),
        ({"articles": {"results": [{"uri": "17", "title": "Dam", "body": BODY, "id": 17}], "totalResults": 1, "page": 1}}, "17"),
        ({"response": {"status": "ok", "results": [{"id": 17, "webTitle": "Dam", "fields": {"bodyText": BODY}, "tags": [{"id": "region"}]}]}}, "17"),
        ({"status": "OK", "response": {"docs": [{"_id": "17", "headline": {"main": "Dam", "kicker": None}, "body": BODY}], "meta": {"hits": 1}}}, "17"),
    ],
)
def test_answers_of_news_apis(tmp_path: Path, dump: dict, id_: str) -> None:
    result = read(write(tmp_path / "x.json", dump))
    assert not result.rejects
    assert [(article.title, article.text) for article in result.articles] == [("Dam", BODY)]
    assert [sighting.source for sighting in result.sightings] == [f"x.json#{id_}"]


def test_lists_within_an_article_are_no_articles(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", {"page": {"title": "Dam", "text": BODY, "comments": [{"text": OTHER}]}, "more": {"comments": [{"text": OTHER}]}})
    assert [article.text for article in read(path).articles] == [BODY]


def test_a_headline_with_fields_is_no_article(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", BODY)
    write(tmp_path / "x.json", {"id": 17, "title": {"text": "The dam above Corvel burst before dawn", "lang": "en"}})
    assert (len(read(tmp_path).articles), reasons(read(tmp_path))) == (1, ["no text"])


def test_which_of_two_lists_holds_the_articles_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", {"a": {"new": [{"text": BODY}]}, "b": {"old": [{"text": OTHER}]}})
    with pytest.raises(InputError, match="has no text"):
        read(path)


def test_text_as_a_list_of_paragraphs(tmp_path: Path) -> None:
    assert read(write(tmp_path / "x.json", {"text": [BODY, OTHER]})).articles[0].text == f"{BODY}\n\n{OTHER}"


def test_options_name_fields(tmp_path: Path) -> None:
    record = {
        "text": "Not this one, though it is long enough to be read.",
        "payload": BODY,
        "head": "Dam",
        "when": "2024-03-05",
        "from": "Corvel Post",
        "nr": 4,
    }
    path = write(tmp_path / "x.jsonl", json.dumps(record))
    result = read(path, text_field="payload", title_field="head", date_field="when", outlet_field="from", id_field="nr")
    [sighting] = result.sightings
    assert (result.articles[0].text, sighting.title, sighting.published_at, sighting.outlet, sighting.source) == (BODY, "Dam", DAY, "Corvel Post", "x.jsonl#4")


def test_csv_with_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", b"\xef\xbb\xbf" + f'id;Text;Source\n7;"{BODY}\n\nHe added: ""No, never; not once.""";Corvel Post\n'.encode())
    result = read(path)
    assert result.articles[0].text.endswith('"No, never; not once."')
    assert result.sightings[0].source == "x.csv#7"


# --- encodings -----------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = f"{BODY} “We heard it at the café,” said José Núñez, a baker – “and then it was there.”"
    for suffix, content in ((".txt", text), (".jsonl", json.dumps({"text": text}, ensure_ascii=False)), (".csv", 'text\n"' + text + '"\n')):
        assert read(write(tmp_path / f"x{suffix}", content.encode(encoding))).articles[0].text == text, suffix


def test_crlf_and_mojibake_give_the_same_article(tmp_path: Path) -> None:
    text = f"{BODY}\n\nThe mayor’s office said “no one” had been warned."
    write(tmp_path / "a.txt", text)
    write(tmp_path / "b.txt", text.replace("\n", "\r\n"))
    write(tmp_path / "c.txt", text.encode().decode("cp1252", errors="replace").replace("\ufffd", "\x9d"))
    result = read(tmp_path)
    assert len(result.articles) == 1
    assert len(result.sightings) == 3


def test_a_lone_surrogate_in_json_can_be_stored(tmp_path: Path) -> None:
    text = read(write(tmp_path / "x.json", '{"text": "' + BODY + ' \\ud83d end."}')).articles[0].text
    assert text.encode("utf-8")


# --- dates ---------------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "source", "precision"),
    [
        ("x.json", {"text": f" date 2024-01-01\n{BODY}", "pubDate": "2024-03-05"}, "metadata", "day"),
        ("x.json", {"text": BODY, "timestamp": 1709632800}, "metadata", "second"),
        ("2020-01-01.txt", f" date 2024-03-05 {BODY}", "date line", "day"),
        ("2020-01-01.txt", f"CORVEL, March 5, 2024 (Valley Wire) - {BODY}", "dateline", "day"),
        ("2024-03-05_dam.txt", BODY, "file name", "day"),
        ("20240305.txt", BODY, "file name", "day"),
        ("dam.txt", BODY, "none", ""),
    ],
)
def test_where_dates_come_from(tmp_path: Path, name: str, content: str | dict, source: str, precision: str) -> None:
    result = read(write(tmp_path / name, content))
    [article], [sighting] = result.articles, result.sightings
    assert (article.date_source, article.date_precision) == (source, precision)
    assert article.published_at == sighting.published_at
    assert (article.published_at.date() if article.published_at else None) == (DAY.date() if precision else None)


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"date": "2024-03-04T23:15:00", "date_gmt": "2024-03-05T04:15:00"}, "2024-03-05T04:15:00+00:00"),
        ({"published_date_utc": "2024-03-05 04:15", "published_date": "2024-03-04 23:15"}, "2024-03-05T04:15:00+00:00"),
        ({"date_gmt": "0000-00-00 00:00:00", "date": "2024-03-05 04:15"}, "2024-03-05T04:15:00+00:00"),
    ],
)
def test_a_date_that_is_utc_by_its_name_comes_before_local_time(tmp_path: Path, fields: dict[str, str], at: str) -> None:
    result = read(write(tmp_path / "x.json", {"text": BODY, **fields}))
    assert not result.rejects
    assert result.articles[0].published_at == dt.datetime.fromisoformat(at)


def test_an_excerpt_of_half_a_sentence_is_no_article(tmp_path: Path) -> None:
    result = read(write(tmp_path / "x.json", {"content": "The dam above Corvel burst before dawn on Tuesday, and the water… [+3421 chars]"}))
    assert (reasons(result), result.articles) == (["cut short"], [])


def test_a_date_line_leaves_the_text_and_a_dateline_stays(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.txt", f" date 2024-03-05 {BODY}"), write(tmp_path / "b.txt", f"CORVEL, 5 March 2024 - {OTHER}"))
    assert [article.text for article in result.articles] == [BODY, f"CORVEL, 5 March 2024 - {OTHER}"]


def test_an_impossible_date_is_noted_and_the_article_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{BODY} Number {i}."}) for i in range(16)] + [json.dumps({"text": OTHER, "published_at": "2024-05-01 25:00"})]
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    result = read(path)
    assert len(result.articles) == 17
    [reject] = result.rejects
    assert (reject.reason, reject.source) == ("bad date", "a.jsonl#17")
    assert reject.detail == f'{path}:17: published_at "2024-05-01 25:00" is no time. Use ISO 8601, e.g. 2024-05-01T10:00Z.'
    assert result.articles[-1].published_at is None


# --- duplicates ----------------------------------------------------------------------------------------------------------------------------------------------


def test_equal_texts_are_one_article_dated_by_its_earliest_sighting(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.txt", f"Dam bursts\n\n{BODY}")
    write(tmp_path / "b" / "y.json", {"title": "Flood", "text": BODY, "date": "2024-03-06T10:00:00Z"})
    write(tmp_path / "c" / "z.json", {"text": BODY, "date": "2024-03-05"})
    for inputs in ([tmp_path], [tmp_path / "c", tmp_path / "b", tmp_path / "a"]):
        result = read(*inputs)
        [article] = result.articles
        assert (article.published_at, article.date_precision, article.title) == (DAY, "day", "Flood")
        assert len(result.sightings) == 3


# --- sources, outlets, keys ----------------------------------------------------------------------------------------------------------------------------------


def test_outlets_and_keys(tmp_path: Path) -> None:
    records = [
        {"text": BODY, "url": "HTTPS://www.Post.example/News/Dam/?utm_source=x&id=3#top", "id": 9},
        {"text": OTHER, "publisher": "Corvel Post", "id": 8.0},
        {"text": BODY + OTHER},
    ]
    write(tmp_path / "valley-wire" / "2024" / "03" / "r.json", records)
    write(tmp_path / "top.txt", OTHER + BODY)
    by_source = {s.source: (s.outlet, s.source_key) for s in read(tmp_path).sightings}
    assert by_source == {
        "valley-wire/2024/03/r.json#9": ("post.example", "https://www.post.example/News/Dam?id=3"),
        "valley-wire/2024/03/r.json#8": ("Corvel Post", "Corvel Post/8"),
        "valley-wire/2024/03/r.json#3": ("valley-wire", "valley-wire/2024/03/r.json#3"),
        "top.txt": ("", f"{tmp_path.name}/top.txt"),
    }


def test_a_bare_file_has_the_same_key_as_within_its_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "drop" / "a.txt", BODY)
    assert read(path).sightings[0].source_key == read(path.parent).sightings[0].source_key == "drop/a.txt"


def test_inputs_with_equal_names_are_told_apart(tmp_path: Path) -> None:
    a, b = write(tmp_path / "mon" / "x.txt", BODY), write(tmp_path / "tue" / "x.txt", OTHER)
    assert [s.source for s in read(a, b).sightings] == ["mon/x.txt", "tue/x.txt"]
    assert [s.source for s in read(a.parent, b.parent).sightings] == ["mon/x.txt", "tue/x.txt"]
    assert [s.source for s in read(a.parent, a).sightings] == ["x.txt"]


def test_records_of_one_id_keep_their_sources_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", [{"id": 1, "text": BODY, "source": "P"}, {"id": 1, "text": OTHER, "source": "P"}])
    sightings = read(path).sightings
    assert [s.source for s in sightings] == ["x.json#1", "x.json#1@2"]
    assert {s.source_key for s in sightings} == {"P/1"}


@pytest.mark.parametrize("name", ["-rf.txt", 'say "hi".txt', "two\nlines.txt", "tab\t.txt", "ünï'.txt", os.fsdecode(b"bad\xff.txt")])
def test_odd_file_names(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, BODY)
    write(tmp_path / ("e" + name), b"")
    result = read(tmp_path)
    assert len(result.sightings) == 1
    assert result.sightings[0].source.encode("utf-8")
    assert "\n" not in result.rejects[0].detail


def test_hidden_and_unfinished_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".a.txt", ".git/b.txt", "c.txt.tmp", "d.jsonl.part"):
        write(tmp_path / name, BODY)
    write(tmp_path / "e.txt", OTHER)
    assert [s.source for s in read(tmp_path).sightings] == ["e.txt"]


# --- rejects -------------------------------------------------------------------------------------------------------------------------------------------------


def test_one_bad_file_never_sinks_a_run(tmp_path: Path) -> None:
    write(tmp_path / "ok.txt", BODY)
    write(tmp_path / "binary.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    write(tmp_path / "nul.txt", b"abc\x00\x00\x01\x02" * 50)
    write(tmp_path / "blank.txt", " \n\n ")
    write(tmp_path / "zero.txt", b"")
    write(tmp_path / "nothing.html", "<html><body><script>1</script></body></html>")
    write(tmp_path / "cut.json", '{"text": "' + BODY)
    write(tmp_path / "deep.json", "[" * 100_000)
    write(tmp_path / "fake.parquet", "no parquet")
    write(tmp_path / "chrome.txt", "Home News Sport Weather\n\nLEAVE A REPLY\nPlease enter your comment!")
    write(tmp_path / "picture.png", b"x")
    write(tmp_path / "README.md", "About this folder and what it holds.")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    result = read(tmp_path)
    assert [s.source for s in result.sightings] == ["ok.txt"]
    assert {reject.source: reject.reason for reject in result.rejects} == {
        "binary.txt": "binary", "nul.txt": "binary", "blank.txt": "empty", "zero.txt": "empty", "nothing.html": "no article in html", "cut.json": "broken json",
        "deep.json": "broken json", "fake.parquet": "broken parquet", "chrome.txt": "no text", "picture.png": "unknown format", "README.md": "not an article",
        "gone.txt": "vanished", "pipe.txt": "not a file",
    }  # fmt: skip
    assert all(reject.source in reject.detail for reject in result.rejects)


def test_a_broken_line_costs_that_line_only(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{BODY} Report number {i} of the day."}) for i in range(40)]
    lines[16] = '{"text": "cut'
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    result = read(path)
    assert len(result.articles) == 39
    assert [(r.reason, r.source) for r in result.rejects] == [("broken json", "a.jsonl#17")]
    assert f"{path}:17" in result.rejects[0].detail


def test_a_short_csv_row_costs_that_row_only(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.csv", f'id,text\n1,"{BODY}"\n2\n3,"{OTHER}"\n'))
    assert (len(result.articles), reasons(result)) == (2, ["broken csv"])


def test_nulls_are_counted(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [BODY, None, "", OTHER], "date": [dt.date(2024, 3, 5), None, None, None]}), tmp_path / "x.parquet")
    result = read(tmp_path)
    assert (len(result.articles), len(result.rejects), result.n_documents) == (2, 2, 4)
    assert result.articles[0].published_at == DAY


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".json"])
def test_too_large_texts_name_the_limit(tmp_path: Path, suffix: str) -> None:
    text = BODY * 2_000
    content = {".txt": text, ".csv": f'text\n"{text}"\n"{OTHER}"\n'}.get(suffix) or json.dumps({"text": text})
    [reject] = read(write(tmp_path / f"x{suffix}", content), max_article_bytes=100_000).rejects
    assert reject.reason == "too large"
    assert "max_article_bytes = 100,000" in reject.detail


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert reasons(read(write(tmp_path / "x.txt", BODY))) == ["unreadable"]


def test_other_languages_are_rejected_and_short_english_is_not(tmp_path: Path) -> None:
    german = "Der Damm oberhalb von Corvel ist am Dienstag vor Sonnenaufgang gebrochen, und das Wasser erreichte die Unterstadt innerhalb weniger Minuten."
    write(tmp_path / "de.txt", german)
    write(tmp_path / "short.txt", "Dam bursts in Corvel.")
    write(tmp_path / "names.txt", "Zoran Petrović met Nguyễn Thị Minh in Çorlu. José Muñoz joined Åse Bjørnstad, Zdeněk Dvořák and Łukasz Wójcik.")
    result = read(tmp_path)
    assert [(r.source, r.reason) for r in result.rejects] == [("de.txt", "language")]
    assert len(read(tmp_path, languages=()).articles) == 3
    assert {a.language for a in read(tmp_path, languages=("de",)).articles if a.text == german} == {"de"}


# --- INPUT as a whole ----------------------------------------------------------------------------------------------------------------------------------------


def test_wrong_inputs_are_one_line(tmp_path: Path) -> None:
    write(tmp_path / "empty" / ".keep", "")
    write(tmp_path / "x.docx", "x")
    write(tmp_path / "t.csv", "headline,lead\nDam bursts,Water everywhere\n")
    write(tmp_path / "ok.csv", f'text,lead\n"{BODY}",x\n')
    for inputs, options, message in (
        ([tmp_path / "nowhere"], {}, "no such path: .*nowhere"),
        ([tmp_path / "empty"], {}, r"holds no article files \(.txt .md .html .json .jsonl .csv .parquet\)"),
        ([tmp_path / "x.docx"], {}, "is no article file"),
        ([tmp_path / "t.csv"], {}, "has no text column: its fields are headline, lead; .*--text-field"),
        ([tmp_path / "ok.csv"], {"title_field": "hedline"}, r'no record has a field "hedline" \(--title-field\). Fields there are: lead, text'),
        ([], {}, "no INPUT"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            read(*inputs, **options)
        assert "\n" not in str(caught.value)


def test_a_file_without_a_text_column_is_a_reject_where_others_have_one(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "headline,lead\nDam bursts,Water everywhere\n")
    write(tmp_path / "ok.txt", BODY)
    [reject] = read(tmp_path).rejects
    assert reject.reason == "no text"
    assert "headline, lead" in reject.detail


def test_progress(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    for i in range(3):
        write(tmp_path / f"{i}.txt", f"{BODY} {i}")
    read_articles([tmp_path], "run", on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 3), (2, 3), (3, 3)]


# --- laws ----------------------------------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), suffix=st.sampled_from([".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".parquet"]))
def test_no_bytes_can_raise_and_every_document_is_accounted_for(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    try:
        result = read(path)
    except InputError:  # a CSV header without a text column is all of INPUT here
        return
    dropped = [reject for reject in result.rejects if reject.reason != "bad date"]
    assert result.n_documents == len(result.sightings) + len(dropped)
    assert {s.article_id for s in result.sightings} == {a.article_id for a in result.articles}
    for article in result.articles:
        assert article.text == article.text.strip()
        assert article.text.encode("utf-8")
