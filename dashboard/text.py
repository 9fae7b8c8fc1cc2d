"""Text of cells on the page: data, never markup."""

from __future__ import annotations

import html
import re
import unicodedata

SPECIAL = re.compile(r"([\\`*_\[\]()#+\-!$:<>&|~{}^])")


def plain(text: str) -> str:
    """For Markdown: shown as it is, on one line, with nothing in it that formats, links, loads or becomes a formula."""
    return SPECIAL.sub(r"\\\1", _one_line(text))


def for_plotly(text: str) -> str:
    """For a figure, which reads a little HTML. Quotes stay: Plotly would show their entities."""
    return html.escape(_one_line(text), quote=False)


def _one_line(text: str) -> str:
    """Without line breaks, control and direction characters."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") else " " for c in text)
