"""Canonical URLs, hosts and the files of INPUT."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.sources import canonical_url, find_files, url_host


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example/A/b/?utm_source=x&utm_medium=y#top", "https://news.example/A/b"),
        ("https://news.example:443/a?id=3&fbclid=z", "https://news.example/a?id=3"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example/", "https://news.example"),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=60))
def test_canonical_url_is_idempotent_and_never_raises(text: str) -> None:
    once = canonical_url(f"https://news.example/{text}")
    assert canonical_url(once) == once
    canonical_url(text)
    canonical_url(f"http://[{text}")
    url_host(text)


@pytest.mark.parametrize(
    ("url", "host"), [("https://www.News.example/a", "news.example"), ("ftp://news.example", ""), ("news.example/a", ""), ("http://[bad", "")]
)
def test_url_host(url: str, host: str) -> None:
    assert url_host(url) == host


def test_order_is_sorted_by_path(tmp_path: Path) -> None:
    for name in ("b/1.txt", "a/2.txt", "c.txt", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    files, _ = find_files([tmp_path])
    assert [file.source for file in files] == ["a.txt", "a/2.txt", "b/1.txt", "c.txt"]
