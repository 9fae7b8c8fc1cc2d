from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.taking.contents import Block, Kind
from dashboard.taking.wording import blocks_of, plainly


def test_a_text_is_headings_items_and_paragraphs() -> None:
    assert blocks_of(
        "# One #\nTwo\nthree  \nfour\n\n- five\n  six\n* seven\n12) eight\n\nNine\n====\n> ten"
    ) == (
        Block(Kind.HEADING, "One"),
        Block(Kind.PARAGRAPH, "Two three"),
        Block(Kind.PARAGRAPH, "four"),
        Block(Kind.ITEM, "• five six"),
        Block(Kind.ITEM, "• seven"),
        Block(Kind.ITEM, "12. eight"),
        Block(Kind.HEADING, "Nine"),
        Block(Kind.PARAGRAPH, "ten"),
    )


def test_code_and_tables_keep_their_lines() -> None:
    assert blocks_of("```\n# a\n**b**\n```\n---\n| a | *b* |\n|:--|--:|\n| 1 | 2 |") == tuple(
        Block(Kind.PARAGRAPH, text) for text in ("# a", "**b**", "a | b", "1 | 2")
    )


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**bold**, __bold__, *slanted*, _slanted_, ~~gone~~ and `code`", "bold, bold, slanted, slanted, gone and code"),
        ("***both***", "both"),
        ("2 * 3 * 4 = 24, snake_case_name", "2 * 3 * 4 = 24, snake_case_name"),
        ("\\*no mark\\*", "*no mark*"),
        ("see [this](https://example.org/a 'title') and <https://example.org>", "see this (https://example.org/a) and https://example.org"),
        ("[here](javascript:alert(1)) and [there](/etc/passwd)", "here) and there"),
        ("![a chart](https://example.org/x.png)", "a chart"),
        (":red[late] :blue-badge[new] :material/warning: careful", "late new careful"),
        ("<b>markup</b> is text & stays so", "<b>markup</b> is text & stays so"),
    ],
)  # fmt: skip
def test_marks_go_and_words_stay(written: str, plain: str) -> None:
    assert plainly(written) == plain


@given(st.text(max_size=300))
def test_whatever_is_written_is_read(text: str) -> None:
    assert all(block.text for block in blocks_of(text))


@pytest.mark.timeout(5)
@pytest.mark.parametrize("mark", ["*", "**a", "[", "![", "`", "_a ", "~~", "](", "\\", "> ", ":a["])
def test_marks_without_an_end_take_no_time(mark: str) -> None:
    assert blocks_of(mark * (20_000 // len(mark))) is not None
