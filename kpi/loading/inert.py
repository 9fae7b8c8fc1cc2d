"""Texts for the sheets that tell of data and are none: no reader takes them for a date or a number."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from kpi.cleaning.values.dates import read_date
from kpi.cleaning.values.numbers import read_number

LONGEST = 1_000  # characters
WRAPPERS = ("{}", "“{}”", "“{}”, as text")  # the first that reads as no date and no number


def plain_text(text: str, most: int) -> str:
    """Without what XML cannot hold or a program might obey; cut to `most` characters."""
    kept = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in text)
    return kept if len(kept) <= most else kept[: most - 1] + "…"


@lru_cache(4096)  # problems and actions are the same sentences over and over
def inert(text: str) -> str:
    """A text that no reader takes for a date or a number, so that a list of them is never taken for data."""
    text = plain_text(text, LONGEST)
    if not text.strip():
        return text
    shown = (wrapper.format(text) for wrapper in WRAPPERS)
    return next(
        (one for one in shown if read_date(one) is None and read_number(one) is None), f"text: {text}"
    )
