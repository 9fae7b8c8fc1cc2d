"""What stands beside a number and says what it counts: a currency, a multiple such as `k`, or both as in `TEUR`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain

# The power of ten by which a mark multiplies. `cr` is a crore, or the credit side of an account: the column tells.
POWERS: Mapping[str, int] = MappingProxyType(
    {"k": 3, "m": 6, "mm": 6, "b": 9, "lakh": 5, "crore": 7, "cr": 7, "dr": 0, "": 0}
)
ENTRIES = frozenset({"cr", "dr"})  # the sides of an account
DOLLAR, YEN = "$", "¥"  # signs of several currencies
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BRL"})
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₫": "VND",
    "₴": "UAH",
    "₦": "NGN",
}
_SIGNS |= {
    "฿": "THB",
    "₱": "PHP",
    "₪": "ILS",
    "$": DOLLAR,
    "¥": YEN,
    "euro": "EUR",
    "euros": "EUR",
    "rmb": "CNY",
}
_SIGNS |= {"dollar": DOLLAR, "dollars": DOLLAR}
# Words that name money beside a multiple only: pounds are a weight, too, and `real` would be an adjective.
_BESIDE_MULTIPLES = {
    "dolares": DOLLAR,
    "dollari": DOLLAR,
    "franken": "CHF",
    "kr": "KR",
    "kronen": "KR",
    "kroner": "KR",
    "kronor": "KR",
    "lei": "RON",
    "pesos": DOLLAR,
    "pounds": "GBP",
    "reais": "BRL",
    "rs": "RS",
    "rupees": "RS",
    "sterling": "GBP",
    "yen": YEN,
    "yuan": "CNY",
    "zloty": "PLN",
}
# Signs that are words of their own in a header, and so count beside the digits of a cell only.
_BESIDE_DIGITS = {
    "kr": "KR",
    "kč": "CZK",
    "kc": "CZK",
    "zł": "PLN",
    "zl": "PLN",
    "lei": "RON",
    "fr": "CHF",
    "sfr": "CHF",
    "rs": "RS",
}
_LONG_SIGNS = (
    (re.compile(r"\bUS\s?\$", re.IGNORECASE), " USD "),
    (re.compile(r"\b(?:C|CA)\$"), " CAD "),
    (re.compile(r"\b(?:A|AU)\$"), " AUD "),
    (re.compile(r"\bNZ\$"), " NZD "),
    (re.compile(r"\bHK\$"), " HKD "),
    (re.compile(r"\bNT\$"), " TWD "),
    (re.compile(r"\bS\$"), " SGD "),
    (re.compile(r"\bR\$"), " BRL "),
    (re.compile(r"\bMX\$"), " MXN "),
)
_ANY_CASE = frozenset(
    {"eur", "usd", "gbp", "chf"}
)  # the other codes are words, too, unless in capitals: TRY, ALL
_WORDS = re.compile(r"[^\W\d_]+|[^\w\s.]")
# Multiples that may be something else, unless a currency stands beside them: miles are a distance, mills make paper.
_SHORT = frozenset(
    {"k", "m", "mm", "b", "cr", "dr", "t", "miles", "mil", "mill", "thou", "lac", "lacs", "mds"}
)
# A multiple and a currency in one word. `MARS`, `TCOP`, `BAUD` are something else, and so is `Sekt`.
_PREFIXES = {"t": "k", "tsd": "k", "k": "k", "m": "m", "mm": "mm", "mn": "m", "mio": "m", "b": "b", "bn": "b"}
_SUFFIXES = {
    "k": "k",
    "tsd": "k",
    "m": "m",
    "mm": "mm",
    "mn": "m",
    "mio": "m",
    "mln": "m",
    "bn": "b",
    "mrd": "b",
}
_SHAPED_SUFFIXES = {**_SUFFIXES, "b": "b", "cr": "cr"}
_STATE = "MN"  # Minnesota; `mn` is a million


@dataclass(frozen=True, slots=True)
class Marks:
    """`currency` is an ISO code, or a sign of several; `multiple` a key of POWERS. `sure`: no letter is taken alone."""

    currency: str = ""
    multiple: str = ""
    sure: bool = True


@lru_cache(maxsize=4096)
def read_marks(text: str, *, beside_digits: bool = False) -> Marks | None:
    """What the marks say together, nothing for an empty text; None where one is unknown or they contradict each other.

    Digits are no marks: `$5m` is an amount, and `mars 2025` a month.
    """
    if not text:
        return Marks()
    if any(map(str.isdigit, text)):
        return None
    for sign, code in _LONG_SIGNS:
        text = sign.sub(code, text)
    words = _WORDS.findall(text)
    marks = [_look_up(word, beside_digits=beside_digits) for word in words]
    multiples = [times for _, times in marks if times]
    for at, word in enumerate(words):
        if not any(marks[at]) and multiples:
            marks[at] = (_BESIDE_MULTIPLES.get(plain(word), ""), "")
    one = one_currency({code for code, _ in marks if code})
    if one is None or len(multiples) > 1 or not all(map(any, marks)):
        return None
    return _together(words, one, multiples[0] if multiples else "")


def _together(words: Sequence[str], currency: str, multiple: str) -> Marks | None:
    """A currency and a multiple that stand side by side; None where the multiple has a meaning beside others only."""
    if multiple == "t":  # `T€` is in thousands, `5 t` are tonnes
        return Marks(currency, "k") if currency else None
    if multiple == "mil":  # a thousand in Brazil, a million elsewhere
        return Marks(currency, "k") if currency == "BRL" else None
    short = any(word.casefold() in _SHORT or word == _STATE for word in words)
    return Marks(currency, multiple, sure=bool(currency) or not short)


def one_currency(found: set[str]) -> str | None:
    """The one currency of several marks (`$` and `USD` are one), empty where there are none, None where they differ."""
    if len(found) == 2 and DOLLAR in found and found & _DOLLARS:  # noqa: PLR2004
        found = found - {DOLLAR}
    if len(found) > 1:
        return None
    return next(iter(found), "")


def _look_up(word: str, *, beside_digits: bool) -> tuple[str, str]:
    """The currency and the multiple of one word, empty where it has none."""
    folded = word.casefold()
    currency = _currency(word, folded)
    if not currency and beside_digits:
        currency = _BESIDE_DIGITS.get(folded, "")
    if currency:
        return currency, ""
    multiple = _multiples().get(folded, "") or _multiples().get(plain(word), "")
    return ("", multiple) if multiple else _joined(word, folded)


def _currency(word: str, folded: str) -> str:
    if folded in _SIGNS:
        return _SIGNS[folded]
    if word == "Rs":  # in capitals a state of Brazil
        return "RS"
    known = folded in vocabulary().sets["currencies"] and (word.isupper() or folded in _ANY_CASE)
    return word.upper() if known else ""


def _joined(word: str, folded: str) -> tuple[str, str]:
    """`TEUR`, `kusd`, `MEUR`, `kEuro`, and `EURm`, `USDk`; any currency where the case tells it apart, as in `kARS`."""
    if folded in vocabulary().months:
        return "", ""
    joined = vocabulary().sets["joined_currencies"]
    for code in (folded[-5:], folded[-4:], folded[-3:]):
        multiple = _PREFIXES.get(folded[: -len(code)], "")
        shaped = word[: -len(code)].islower() and word[-len(code) :].isupper()
        sure = code in joined and (multiple != "b" or word[-len(code) :].isupper())
        if multiple and (sure or (shaped and code in vocabulary().sets["currencies"])):
            return _SIGNS.get(code, code.upper()), multiple
    code, rest = folded[:3], folded[3:]
    if code in vocabulary().sets["currencies"]:
        if word[:3].isupper() and word[3:].islower() and rest in _SHAPED_SUFFIXES:
            return code.upper(), _SHAPED_SUFFIXES[rest]
        if code in joined and rest in _SUFFIXES:
            return code.upper(), _SUFFIXES[rest]
    return "", ""


@cache
def _multiples() -> Mapping[str, str]:
    sets = vocabulary().sets
    names = {"thousands": "k", "millions": "m", "billions": "b", "lakhs": "lakh", "crores": "crore"}
    words = {word: multiple for name, multiple in names.items() for word in sets[name]}
    return {**words, "mm": "mm", "cr": "cr", "dr": "dr", "t": "t", "mil": "mil"}
