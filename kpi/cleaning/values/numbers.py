"""Numbers written as text: what one cell says, and which decimal sign a column uses.

`1,234` alone may be a thousand or a little more than one. No cell is decided by itself: the cells of a column that
can mean only one thing decide for the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from kpi.cleaning.values.units import ENTRIES, POWERS, one_currency, read_marks
from kpi.cleaning.words import clean_text, has_raised_digits

_SPACES = re.compile(r"[\s'\u2018\u2019\u02bc]")
# What stands before the digits, the digits with their marks, and what stands behind.
_SHAPE = re.compile(r"(\D{0,14}?)([.,]?\d(?:[\d.,\s'\u2018\u2019\u02bc]*\d)?)(\D{0,18})")
_NO_CENTS = re.compile(r"([.,])[-\u2013\u2014\u2212]{1,2}(?![\d])")  # `5,-` is five
_ZERO_IN_ACCOUNTS = re.compile(r"[$€£¥₹]\s*[-\u2013\u2212]|[-\u2013\u2212]\s*[$€£¥₹]")
_ONLY = re.compile(r"\s*/[-\u2013\u2014=]{1,2}$")  # `Rs. 500/-`
_EXPONENT = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,3}")
_GROUPS = r"\d{1,3}(?:[SEP]\d{3})+|\d{1,2}(?:[SEP]\d{2})+[SEP]\d{3}"
_GROUPED = {sign: re.compile(_GROUPS.replace("SEP", re.escape(sign))) for sign in ".,"}
_LONGEST = 60
_LARGEST_POWER = 30
_GROUP = 3  # digits between two marks
_SIMPLE = re.compile(r"(-)?([0-9]+)(?:\.([0-9]+))?")
_SIGNS = "+-\u2013\u2212"
_DRESS = str.maketrans("", "", f"{_SIGNS}()%")
_FOREIGN = re.compile(r"(?![0-9])\d|[\u066a-\u066c\u060c]")
_ARABIC = str.maketrans({"\u066b": ".", "\u066c": ",", "\u066a": "%", "\u060c": ","})


class Sign(StrEnum):
    """The decimal sign of a cell or a column."""

    POINT = "."
    COMMA = ","
    EITHER = "either"  # the cell reads the same both ways
    UNKNOWN = "unknown"  # the cell reads differently, and nothing in it tells


# What each mark behind a number does: the power of ten it multiplies by, and the sign.
FACTORS: Mapping[str, tuple[int, int]] = {mark: (power, 1) for mark, power in POWERS.items()}


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How the cells of one column are read. Texts whose mark is not in `factors` are not read at all.

    `scale` is what the header multiplies by; `shared`: also the cells that name their own multiple. `texts` is not
    set where text must not be read as numbers. `fractions` is what real numbers with a fraction are multiplied by.
    """

    decimal: Sign = Sign.POINT
    scale: int = 1
    factors: Mapping[str, tuple[int, int]] = field(default_factory=lambda: FACTORS)
    shared: bool = True
    texts: bool = True
    fractions: int = 1


@dataclass(frozen=True, slots=True)
class NumberText:
    """One cell that looks like a number: `body` holds digits, points and commas only.

    `currency` is an ISO code or a sign of several currencies; `mark` a key of `kpi.cleaning.values.units.POWERS`.
    """

    body: str
    sign: Sign
    negative: bool
    percent: bool
    currency: str
    mark: str = ""

    def value(self, decimal: Sign) -> float | None:
        """The number, or None where it cannot be one with this decimal sign (`1.5` where the comma is)."""
        return self._times(decimal, *FACTORS[self.mark])

    def by(self, rule: NumberRule) -> float | None:
        """The number as its column is read, multiplied by the scale of the header."""
        if not rule.texts or self.mark not in rule.factors:
            return None
        value = self._times(rule.decimal, *rule.factors[self.mark])
        own = self.percent or (self.mark and self.mark not in ENTRIES and not rule.shared)
        return value if value is None or rule.scale == 1 or own else value * rule.scale

    def _times(self, decimal: Sign, power: int, sign: int) -> float | None:
        if self.sign in (Sign.POINT, Sign.COMMA) and self.sign is not decimal:
            return None
        power -= 2 if self.percent else 0
        group = "," if decimal is Sign.POINT else "."
        digits = self.body.replace(group, "").replace(",", ".")
        number = float(f"{digits}e{power}" if power else digits)  # exact where a product would not be
        return -number if self.negative is (sign > 0) else number


def read_number(text: str) -> NumberText | None:
    """What the cell says, None where it is no number."""
    number = _read(clean_text(text))
    return None if number is not None and has_raised_digits(text) else number


def _read(text: str) -> NumberText | None:
    # Most cells of most files; the rest of this module would say the same.
    if simple := _SIMPLE.fullmatch(text):
        minus, whole, fraction = simple.groups()
        body = text[1:] if minus else text
        if fraction is None:
            sign = Sign.EITHER
        else:
            may_be_group = len(fraction) == _GROUP >= len(whole) and whole[0] != "0"
            sign = Sign.UNKNOWN if may_be_group else Sign.POINT
        return (
            NumberText(body, sign, minus is not None, percent=False, currency="")
            if len(body) <= _LONGEST
            else None
        )
    if not text or len(text) > _LONGEST:
        return None
    if _ZERO_IN_ACCOUNTS.fullmatch(text):  # the accounting format of spreadsheets shows zero as `$-`
        marks = read_marks(text.strip(" -\u2013\u2212"), beside_digits=True)
        return NumberText(
            "0", Sign.EITHER, negative=False, percent=False, currency=marks.currency if marks else ""
        )
    return _scientific(text) if _EXPONENT.fullmatch(text) else _decorated(text)


def _decorated(text: str) -> NumberText | None:
    """A number with a currency, a sign on either side, brackets, a percent sign or a multiple around its digits."""
    proven = None
    if _FOREIGN.search(text):
        proven = Sign.POINT if "\u066b" in text or "\u066c" in text else None
        text = _western(text)
    found = _SHAPE.fullmatch(_ONLY.sub("", text))
    if found is None:
        return None
    before, body, after = found.groups()
    if body[0] in ".," and before and before[-1].isalpha():  # `Rs.500`
        before, body = before + body[0], body[1:]
    if cents := _NO_CENTS.match(after):
        body, after = f"{body}{cents[1]}00", after[cents.end() :]
    elif after[:1] in (".", ","):
        after = after[1:]
    dress = _dress(before, after)
    if dress is None:
        return None
    bare = _SPACES.sub("", body)
    spaced = bare != body
    sign = _sign(bare, spaced=spaced)
    if sign is None or (spaced and not _well_spaced(body)):
        return None
    return NumberText(bare, proven or sign, dress.negative, dress.percent, dress.currency, dress.mark)


def _western(text: str) -> str:
    """Digits of every script as 0 to 9, with the decimal sign, the group sign and the percent sign of Arabic."""
    text = text.translate(_ARABIC)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


@dataclass(frozen=True, slots=True)
class _Dress:
    negative: bool
    percent: bool
    currency: str
    mark: str


@lru_cache(maxsize=4096)
def _dress(before: str, after: str) -> _Dress | None:
    """What stands around the digits; None where that is no way to write a number."""
    before = before.strip().removeprefix("'").removeprefix("\u2019")
    signs = [sign for sign in before + after if sign in _SIGNS]
    brackets = (before.count("("), before.count(")"), after.count("("), after.count(")"))
    percents = (before.count("%"), after.count("%"))
    if (
        len(signs) > 1
        or "+" in after
        or brackets not in ((0, 0, 0, 0), (1, 0, 0, 1))
        or max(percents[0] * 2, percents[1]) > 1
    ):
        return None
    bracketed = brackets[0] == 1
    marks = [read_marks(part.translate(_DRESS).strip(), beside_digits=True) for part in (before, after)]
    if marks[0] is None or marks[1] is None or (marks[0].multiple and not marks[0].currency):
        return None
    currency = one_currency({marks[0].currency, marks[1].currency} - {""})
    multiples = [found.multiple for found in marks if found and found.multiple]
    if currency is None or len(multiples) > 1 or (bracketed and signs):
        return None
    mark = multiples[0] if multiples else ""
    negative = bracketed or bool(signs and signs[0] != "+")
    if (percents[1] and (mark or currency)) or (negative and mark in ENTRIES):
        return None
    return _Dress(negative, bool(percents[1]), currency, mark)


def _scientific(text: str) -> NumberText | None:
    """`1.5e3`, digit by digit, so that nothing is lost; None beyond what a business counts."""
    number = Decimal(text.replace(",", "."))
    if abs(number.adjusted()) > _LARGEST_POWER:
        return None
    plain = format(abs(number), "f")
    proven = "," in text or "." in text or "." in plain
    sign = (Sign.COMMA if "," in text else Sign.POINT) if proven else Sign.EITHER
    body = plain.replace(".", ",") if sign is Sign.COMMA else plain
    return NumberText(body, sign, number < 0, percent=False, currency="")


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
    """What the cells of a column prove together. `decimal` is UNKNOWN where they prove nothing and it matters.

    `marks` counts the distinct texts by what stands behind their digits (`kpi.cleaning.values.units.POWERS`).
    """

    decimal: Sign
    currencies: frozenset[str]
    percents: int
    plains: int
    marks: Mapping[str, int]
    contradicted: bool = False  # some cells prove the point, some the comma, and some could be either

    @property
    def mixes_percents(self) -> bool:
        return bool(self.percents) and bool(self.plains)


def find_style(texts: Iterable[NumberText]) -> NumberStyle:
    """The style of the column. Where cells contradict each other the more frequent sign wins; the rest is unreadable."""
    votes = {Sign.POINT: 0, Sign.COMMA: 0, Sign.UNKNOWN: 0, Sign.EITHER: 0}
    percents = plains = 0
    currencies = set()
    marks: Counter[str] = Counter()
    for text in texts:
        votes[text.sign] += 1
        percents += text.percent
        plains += not text.percent
        if text.currency:
            currencies.add(text.currency)
        if text.mark:
            marks[text.mark] += 1
    point, comma = votes[Sign.POINT], votes[Sign.COMMA]
    if point or comma:
        decimal = Sign.POINT if point >= comma else Sign.COMMA
    else:
        decimal = Sign.UNKNOWN if votes[Sign.UNKNOWN] else Sign.EITHER
    contradicted = bool(point and comma and votes[Sign.UNKNOWN])
    if one_currency(currencies):
        currencies = {one_currency(currencies) or ""}
    return NumberStyle(decimal, frozenset(currencies), percents, plains, marks, contradicted)
