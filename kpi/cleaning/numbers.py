"""Numbers written as text: what one cell says, and which decimal sign a column uses.

`1,234` alone may be a thousand or a little more than one. No cell is decided by itself: the cells of a column that
can mean only one thing decide for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text

_SPACES = re.compile(r"[\s'\u2019\u00a0\u202f\u2009]")
_SHAPE = re.compile(
    r"(?P<mark0>[^\d\s.,()+\-%\u2212]{1,4})?\s*(?P<open>\()?(?P<sign>[-+\u2212])?(?P<mark>[^\d\s.,()+\-%\u2212]{1,4})?\s*(?P<sign2>[-+\u2212])?"
    r"(?P<body>\d[\d.,\s'\u2019]*|[.,]\d+)(?P<percent>\s*%)?\s*(?P<mark2>[^\d\s.,()+\-%\u2212]{1,4})?"
    r"(?P<behind>[-\u2212])?(?P<close>\))?(?P<behind2>[-\u2212])?"
)
_ZERO_IN_ACCOUNTS = re.compile(r"[$€£¥₹]\s*[-\u2013\u2212]|[-\u2013\u2212]\s*[$€£¥₹]")
_EXPONENT = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,3}")
_GROUPS = r"\d{1,3}(?:[SEP]\d{3})+|\d{1,2}(?:[SEP]\d{2})+[SEP]\d{3}"
_GROUPED = {sign: re.compile(_GROUPS.replace("SEP", re.escape(sign))) for sign in ".,"}
_LONGEST = 60
_SIMPLE = re.compile(r"(-)?(\d+)(?:\.(\d+))?")


class Sign(StrEnum):
    """The decimal sign of a cell or a column."""

    POINT = "."
    COMMA = ","
    EITHER = "either"  # the cell reads the same both ways
    UNKNOWN = "unknown"  # the cell reads differently, and nothing in it tells


@dataclass(frozen=True, slots=True)
class NumberText:
    """One cell that looks like a number: `body` holds digits, points and commas only."""

    body: str
    sign: Sign
    negative: bool
    percent: bool
    currency: str

    def value(self, decimal: Sign) -> float | None:
        """The number, or None where it cannot be one with this decimal sign (`1.5` where the comma is)."""
        if self.sign in (Sign.POINT, Sign.COMMA) and self.sign is not decimal:
            return None
        group = "," if decimal is Sign.POINT else "."
        number = float(self.body.replace(group, "").replace(",", "."))
        return (-number if self.negative else number) / (100 if self.percent else 1)


def read_number(text: str) -> NumberText | None:
    """What the cell says, None where it is no number."""
    text = clean_text(text)
    if not text or len(text) > _LONGEST:
        return None
    if simple := _SIMPLE.fullmatch(text):  # most cells of most files; the rest of this function would say the same
        sign = _sign(text.lstrip("-"), spaced=False) or Sign.POINT
        return NumberText(text.lstrip("-"), sign, bool(simple[1]), percent=False, currency="")
    if _ZERO_IN_ACCOUNTS.fullmatch(text):  # the accounting format of spreadsheets shows zero as `$-`
        return NumberText("0", Sign.EITHER, negative=False, percent=False, currency=text.strip(" -\u2013\u2212"))
    if _EXPONENT.fullmatch(text):
        return _scientific(text)
    found = _SHAPE.fullmatch(text)
    if found is None or bool(found["open"]) is not bool(found["close"]):
        return None
    currency = _currency(found["mark0"], found["mark"], found["mark2"])
    minus = [part for part in (found["sign"], found["sign2"], found["behind"], found["behind2"]) if part]
    if currency is None or len(minus) > 1 or (found["open"] and minus):
        return None
    body = found["body"].strip()
    bare = _SPACES.sub("", body)
    sign = _sign(bare, spaced=bare != body and _well_spaced(body))
    if sign is None or (bare != body and not _well_spaced(body)):
        return None
    negative = bool(found["open"]) or (bool(minus) and minus[0] != "+")
    return NumberText(bare, sign, negative, bool(found["percent"]), currency)


def _scientific(text: str) -> NumberText:
    number = float(text.replace(",", "."))
    sign = Sign.COMMA if "," in text else Sign.POINT if "." in text else Sign.EITHER
    plain = format(abs(number), "f").replace(".", "," if sign is Sign.COMMA else ".")
    if "." in plain and sign is Sign.EITHER:
        plain = plain.rstrip("0").rstrip(".")
        sign = Sign.POINT if "." in plain else Sign.EITHER
    return NumberText(plain, sign, number < 0, percent=False, currency="")


def _currency(*marks: str | None) -> str | None:
    """The one currency mark of a cell, empty where it has none, None where a mark is no currency."""
    found = {mark.casefold() for mark in marks if mark}
    if not found:
        return ""
    known = vocabulary().sets["currencies"]
    return found.pop() if len(found) == 1 and found <= known else None


def _well_spaced(body: str) -> bool:
    """Whether spaces or apostrophes part groups of three digits, as `1 234 567,89` does."""
    whole = re.split(r"[.,]", _SPACES.sub(" ", body))
    groups = whole[0].split(" ")
    return all(" " not in part for part in whole[1:]) and len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])  # noqa: PLR2004


def _sign(bare: str, *, spaced: bool) -> Sign | None:
    """The decimal sign that the digits themselves prove."""
    points, commas = bare.count("."), bare.count(",")
    if not points and not commas:
        return Sign.EITHER
    if points and commas:
        last = Sign.POINT if bare.rfind(".") > bare.rfind(",") else Sign.COMMA
        return last if _is_grouped(bare, last) else None
    mark = "." if points else ","
    own = Sign.POINT if points else Sign.COMMA
    other = Sign.COMMA if points else Sign.POINT
    if points + commas > 1:
        return other if _GROUPED[mark].fullmatch(bare) else None
    whole, _, fraction = bare.partition(mark)
    if spaced or len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):  # noqa: PLR2004
        return own
    return Sign.UNKNOWN


def _is_grouped(bare: str, decimal: Sign) -> bool:
    whole, _, fraction = bare.rpartition(decimal)
    group = "," if decimal is Sign.POINT else "."
    return decimal not in whole and group not in fraction and bool(_GROUPED[group].fullmatch(whole))


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """What the cells of a column prove together. `decimal` is UNKNOWN where they prove nothing and it matters."""

    decimal: Sign
    currencies: frozenset[str]
    percents: int
    plains: int
    contradicted: bool = False  # some cells prove the point, some the comma, and some could be either

    @property
    def mixes_percents(self) -> bool:
        return bool(self.percents) and bool(self.plains)


def find_style(texts: Iterable[NumberText]) -> NumberStyle:
    """The style of the column. Where cells contradict each other the more frequent sign wins; the rest is unreadable."""
    votes = {Sign.POINT: 0, Sign.COMMA: 0, Sign.UNKNOWN: 0, Sign.EITHER: 0}
    percents = plains = 0
    currencies = set()
    for text in texts:
        votes[text.sign] += 1
        percents += text.percent
        plains += not text.percent
        if text.currency:
            currencies.add(text.currency)
    point, comma = votes[Sign.POINT], votes[Sign.COMMA]
    if point or comma:
        decimal = Sign.POINT if point >= comma else Sign.COMMA
    else:
        decimal = Sign.UNKNOWN if votes[Sign.UNKNOWN] else Sign.EITHER
    contradicted = bool(point and comma and votes[Sign.UNKNOWN])
    return NumberStyle(decimal, frozenset(currencies), percents, plains, contradicted)
