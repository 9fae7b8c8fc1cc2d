"""Text on paper: the font that matplotlib brings along, how wide a text is in it, and what fits into a line.

DejaVu Sans has Latin, Greek, Cyrillic, Arabic, Hebrew, signs of currencies and the true minus. What it has not, Chinese
among it, is shown as an empty square, one for each sign.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from dashboard.text import one_line

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
PLAIN = FontProperties(fname=str(FONTS / "DejaVuSans.ttf"))
BOLD = FontProperties(fname=str(FONTS / "DejaVuSans-Bold.ttf"))
MEASURED = 100  # points at which texts are measured
MORE = "…"
MISSING = "□"
INK, QUIET, LINE, CARD = "#16202b", "#52606f", "#c6cdd5", "#ffffff"

for talkative in ("fontTools", "matplotlib"):  # a line for every glyph is nothing to log
    logging.getLogger(talkative).setLevel(logging.WARNING)
mpl.rcParams["pdf.fonttype"] = (
    42  # TrueType as it is, so that text of any alphabet can be searched and copied
)


@dataclass(frozen=True, slots=True)
class Ink:
    """How a text is written; `size` in points."""

    size: float = 9.0
    bold: bool = False
    colour: str = INK

    @property
    def font(self) -> FontProperties:
        return BOLD if self.bold else PLAIN


def printable(text: str) -> str:
    """The text of a cell on one line, with a square for every sign that the font has not."""
    return "".join(c if ord(c) in _known() else MISSING for c in one_line(text))


def width(text: str, ink: Ink) -> float:
    """In points, as it is printed."""
    return _measured(printable(text), ink.bold) * ink.size / MEASURED


def fitted(text: str, ink: Ink, room: float) -> str:
    """The text, or as much of its beginning as there is room for, and `…`; empty where there is none."""
    text = printable(text)
    if width(text, ink) <= room:
        return text
    low, high = 0, len(text)  # so many letters fit; so many and no more may
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle].rstrip() + MORE, ink) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + MORE if low else ""


def lines(text: str, ink: Ink, room: float, most: int) -> list[str]:
    """The text in at most so many lines, parted between words; the last is cut where it does not end there."""
    words, found = printable(text).split(), list[str]()
    while words and len(found) < most - 1:
        count = max(1, _words_that_fit(words, ink, room))
        found.append(fitted(" ".join(words[:count]), ink, room))
        words = words[count:]
    return [*found, fitted(" ".join(words), ink, room)] if words else found


def _words_that_fit(words: list[str], ink: Ink, room: float) -> int:
    line, count = "", 0
    for word in words:
        line = f"{line} {word}" if line else word
        if width(line, ink) > room:
            break
        count += 1
    return count


@lru_cache(20_000)
def _measured(text: str, bold: bool) -> float:  # noqa: FBT001 - a key of the cache
    font = (BOLD if bold else PLAIN).copy()
    font.set_size(MEASURED)
    return float(TextToPath().get_text_width_height_descent(text, font, ismath=False)[0])


@lru_cache(1)
def _known() -> frozenset[int]:
    """The signs that both weights have."""
    maps = (
        mpl.font_manager.get_font(str(FONTS / name)).get_charmap()
        for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    )
    return frozenset.intersection(*(frozenset(found) for found in maps))
