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
_GROUP = 3  # digits between two marks
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
    # Most cells of most files; the rest of this module would say the same.
    if simple := _SIMPLE.fullmatch(text):
        body = text.lstrip("-")
        return NumberText(
            body, _sign(body, spaced=False) or Sign.POINT, bool(simple[1]), percent=False, currency=""
        )
    if _ZERO_IN_ACCOUNTS.fullmatch(text):  # the accounting format of spreadsheets shows zero as `$-`
        mark = text.strip(" -\u2013\u2212").casefold()
        return NumberText("0", Sign.EITHER, negative=False, percent=False, currency=mark)
    return _scientific(text) if _EXPONENT.fullmatch(text) else _decorated(text)


def _decorated(text: str) -> NumberText | None:
    """A number with a currency, a sign on either side, brackets or a percent sign around its digits."""
    found = _SHAPE.fullmatch(text)
    if found is None or bool(found["open"]) is not bool(found["close"]):
        return None
    currency = _currency(found["mark0"], found["mark"], found["mark2"])
    signs = [part for part in (found["sign"], found["sign2"], found["behind"], found["behind2"]) if part]
    if currency is None or len(signs) > 1 or (found["open"] and signs):
        return None
    body = found["body"].strip()
    bare = _SPACES.sub("", body)
    spaced = bare != body
    sign = _sign(bare, spaced=spaced)
    if sign is None or (spaced and not _well_spaced(body)):
        return None
    negative = bool(found["open"]) or (bool(signs) and signs[0] != "+")
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
    whole, *fractions = re.split(r"[.,]", _SPACES.sub(" ", body))
    first, *groups = whole.split(" ")
    parted = len(first) <= _GROUP and all(len(group) == _GROUP for group in groups)
    return parted and all(" " not in fraction for fraction in fractions)


def _sign(bare: str, *, spaced: bool) -> Sign | None:
    """The decimal sign that the digits themselves prove; None where no number is written so."""
    points, commas = bare.count("."), bare.count(",")
    if not points and not commas:
        return Sign.EITHER
    if points and commas:
        last = Sign.POINT if bare.rfind(".") > bare.rfind(",") else Sign.COMMA
        return last if _is_grouped(bare, last) else None
    own, other = (Sign.POINT, Sign.COMMA) if points else (Sign.COMMA, Sign.POINT)
    if points + commas > 1:
        return other if _GROUPED[own].fullmatch(bare) else None
    whole, _, fraction = bare.partition(own)
    may_be_group = len(fraction) == _GROUP and 1 <= len(whole) <= _GROUP and not whole.startswith("0")
    return Sign.UNKNOWN if may_be_group and not spaced else own


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
