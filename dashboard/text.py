"""Text of cells on the page: data, never markup."""

from __future__ import annotations

import html
import re
import unicodedata

MARKUP = re.compile(r"([\\`*_\[\]()#!&<>|~{}^:])")
SPECIAL = re.compile(r"([\\`*_\[\]()#+\-!$:<>&|~{}^.])")
# Streamlit makes links, icons and other signs (-> to an arrow) of text that Markdown has already taken as plain:
# an invisible joiner in the seam keeps the two halves from being taken for one.
SEAM = re.compile(r"(?<=[:@])(?=\S)|(?<=[wW])(?=\.)|(?<=[<>\-~])(?=[<>=\-])")
JOINER = "\N{WORD JOINER}"


def plain(text: str) -> str:
    """For Markdown: shown as it is, on one line, with nothing in it that formats, links, loads or becomes a formula."""
    return _escaped(" ".join(one_line(text).split()), SPECIAL)


def amount(text: str) -> str:
    """A number with its unit for a tile, which takes it for Markdown: the signs of numbers stay bare, all others do not.

    What the amounts are in is a text of the workbook.
    """
    return _escaped(one_line(text), MARKUP)


def spoken(text: str) -> str:
    """For the name of a menu that is read aloud and not drawn: words, without the signs that Markdown acts on."""
    return " ".join(SPECIAL.sub(" ", one_line(text)).split())


def for_plotly(text: str) -> str:
    """For a figure, which reads a little HTML. Quotes stay: Plotly would show their entities."""
    return html.escape(one_line(text), quote=False)


def _escaped(text: str, signs: re.Pattern[str]) -> str:
    return JOINER.join(signs.sub(r"\\\1", part) for part in SEAM.split(text))


def one_line(text: str) -> str:
    """Without line breaks, control and direction characters."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") else " " for c in text)
