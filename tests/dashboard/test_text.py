from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.text import for_plotly, plain, spoken

ESCAPED = re.compile(r"\\(.)")
MARKUP = re.compile(r"[\\`*_\[\]()#+\-!$<>&|~{}^:]")
LINKED = re.compile(
    r"https?://|www\.|[-.\w+]+@[-\w]+\.", re.IGNORECASE
)  # what GitHub's Markdown links by itself
DRAWN = re.compile(r":material/|:streamlit:|->|<-|--|>=|<=|~=")  # what Streamlit makes icons and signs of
INVISIBLE = "\N{WORD JOINER}"

texts = st.text(st.one_of(st.characters(), st.sampled_from("\\`*_[]()#!$:<>&|~{}^-+=@/.w1 \n\t"))).filter(
    lambda text: INVISIBLE not in text
)


def on_one_line(text: str) -> str:
    """The text as it should be read: control and direction characters are blanks."""
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp"} else " " for c in text)


def read(markdown: str) -> str:
    """What a Markdown reader makes of the escapes: the text that stands in the page's nodes."""
    return ESCAPED.sub(r"\1", markdown)


@given(texts)
@example(
    "**x** ![](https://evil/p.png) $a$ <script> <!channel> [a](javascript:1) =cmd() :red[x] `c` ~~s~~ \\*"
)
@example("a\nb\r\n# c\u2028- d\u2029| e |\x00\x0b\u202e")
def test_no_sign_of_markdown_survives_unescaped_and_nothing_is_lost(text: str) -> None:
    shown = plain(text)
    assert MARKUP.search(ESCAPED.sub("", shown)) is None
    assert "".join(read(shown).replace(INVISIBLE, "").split()) == "".join(on_one_line(text).split())


@given(texts)
@example("a\nb\u2028c\u2029d\x85e\x0cf\x1cg")
def test_text_is_one_line_without_control_or_direction_characters(text: str) -> None:
    for shown in (plain(text), for_plotly(text)):
        assert len(shown.splitlines()) <= 1
        assert re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown) is None


@given(texts)
@example("https://evil.test www.evil.test WWW.evil.test a@evil.test a -> b <- c -- d >= e <= f ~= g")
@example(":material/delete: :streamlit:")
@example("http\\://evil.test")
def test_no_text_becomes_a_link_an_icon_or_another_sign_after_it_was_read(text: str) -> None:
    node = read(plain(text))
    assert (LINKED.search(node), DRAWN.search(node)) == (None, None)


@pytest.mark.parametrize("text", ["  x  ", "    x", "\tx", "\u00a0\u00a0\u00a0\u00a0x", "x\n"])
def test_blanks_around_a_text_can_neither_break_bold_type_nor_become_code(text: str) -> None:
    assert plain(text) == "x"


@pytest.mark.parametrize("text", ["1. first", "12. of the month", "1) one"])
def test_a_number_at_the_start_is_no_list(text: str) -> None:
    assert re.match(r"\d+[.)]", plain(text)) is None


def test_plain_words_in_any_language_stay_as_they_are() -> None:
    words = "Umsatz in Köln, 売上 2025 'à propos' \"quoted\" 50% ; done?"
    assert (plain(words), for_plotly(words)) == (words, words)


@given(texts)
@example('<b>bold</b> <a href="javascript:1">x</a> &lt;i&gt; <br>')
def test_a_figure_reads_no_html_in_a_text(text: str) -> None:
    shown = for_plotly(text)
    assert re.search("[<>]|&(?!amp;|lt;|gt;)", shown) is None
    assert html.unescape(shown) == on_one_line(text)


def test_a_name_that_is_read_aloud_is_words_only() -> None:
    assert spoken("Net **Revenue** (USD) - www.a.b\n$x$") == "Net Revenue USD www a b x"
