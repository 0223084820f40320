"""Markdown for Prefect's artifacts: what articles say is shown, never obeyed."""

from __future__ import annotations

import html
import re

import pytest
from example_summary import finding, publish
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.markdown import counts_table, escape, findings_markdown
from flows.summary import summarise


@given(st.text(st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "S", "Zs"])))
def test_escaped_text_is_shown_as_it_is(text):
    rendered = MarkdownIt().render("> " + escape(text))
    shown = html.unescape(re.sub(r"</?(?:p|blockquote)>", "", rendered))
    assert shown.split() == text.split()


@pytest.mark.parametrize(
    "text", ["![x](http://tracker.example/x.png)", "<script>alert(1)</script>", "[here](javascript:x)", "`rm`", "1. first", "# head", "a | b"]
)
def test_nothing_is_markup(text):
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render("> " + escape(text))
    assert not re.search(r"<(?!/?(?:p|blockquote)>)", rendered)


def test_findings(tmp_path):
    summary = summarise(publish(tmp_path, [finding(12)]))
    text = findings_markdown(summary)
    assert text.startswith("# 1 findings\n\n1 update")
    assert "## 1. update: quantity raised (0.90)" in text
    assert "> The port is closed, and **seven ships** wait in the bay\\." in text or "> The port is closed, and **seven ships** wait in the bay." in text
    assert {"step": "claims", "count": 9} in counts_table(summary)


def test_without_an_order_no_direction_is_told(tmp_path):
    assert "## 1. update: quantity (0.90)" in findings_markdown(summarise(publish(tmp_path, [finding(12, order_known=False)])))


def test_no_findings(tmp_path):
    assert "none" in findings_markdown(summarise(publish(tmp_path, [])))
