"""A header taken apart: what it is called, and the unit that stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kpi.cleaning.values.periods import read_partial, read_period
from kpi.cleaning.values.units import ENTRIES, POWERS, YEN, read_marks
from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.cleaning.words import clean_text, plain

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}")
_BEHIND_A_MARK = re.compile(r"(?:\s*[,;:|/]|\s+[-\u2013\u2014])\s*([^,;:|/]+)$")
_THOUSANDS = re.compile(
    r"(?:(?<![\d.,])|(?<=[$€£¥₹x]))['\u2019]?(?:1[.,\s]?)?000(?:\s?'?s)?\b", re.IGNORECASE
)
_SAID_THOUSANDS = re.compile(r"['\u2019]000|000\s?'?s|[x$€£¥₹]\s?1?[.,\s]?000", re.IGNORECASE)
_LONGEST_UNIT = 5  # words
_NUMBERS = (Content.MEASURE, Content.RATE)
_OWNED = re.compile(r"(?<=[a-z])['\u2019]s\b")  # `euro's`
_DIVIDED = re.compile(r"\s*[/\u00f7]\s*1[.,\s'\u2019]?000$")
_BEFORE_THOUSANDS = (["in"], ["In"], ["en"], ["em"])
_LETTERS = 2
_WITH_EUROS = {"ca": "chiffre affaires"}  # elsewhere a state, or a country
_OF_SEVERAL = (YEN, "KR", "RS")
PREPOSITIONS = frozenset({"in", "en", "em", "x"})
_FILLER_AT_END = re.compile(r"\b(?:in|en)$")


@dataclass(frozen=True, slots=True)
class Header:
    """`text` as a person sees it; `words` to compare by, without the unit; `scale` by which the numbers count.

    `currency` is an ISO code where the header names one currency, `$` where it names a dollar and not whose, else
    empty. A percent sign stays in the words: it says that the numbers do not add up. `maybe` is the scale that `unit`
    may mean where it is not understood: whoever reads the numbers must ask.
    """

    text: str
    words: str
    scale: int = 1
    unit: str = ""
    currency: str = ""
    maybe: int = 1


@dataclass(frozen=True, slots=True)
class Unit:
    """What a text says that is nothing but a unit: `in TEUR`. `sure` is not set for a lone letter such as `k`."""

    scale: int
    currency: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """A unit in a header, and the header without it."""

    unit: Unit
    text: str
    rest: str


def read_header(cell: object) -> Header:
    """`Revenue (USD k)` is `revenue`, counted in thousands; `Revenue (net)` stays `revenue net`."""
    return _read(" ".join(clean_text(str(cell)).split()))


@lru_cache(maxsize=4096)
def _read(text: str) -> Header:
    if read_period(text) or read_partial(text):  # `mars 2025` and `T1` are no unit
        return Header(text, plain(text))
    rest = text
    units: list[_Found] = []
    while len(units) < 2 and (found := _find(rest, known=bool(units))):  # noqa: PLR2004 -- a currency and a multiple
        units.append(found)
        rest = found.rest
    scale, currency = 1, ""
    for found in units:
        scale *= found.unit.scale
        currency = currency or found.unit.currency
    written = ", ".join(found.text for found in units)
    words = (_FILLER_AT_END.sub("", plain(rest)).strip() if units else "") or plain(text)
    if not units and (unit := read_unit(text)) and unit.sure:
        return Header(text, plain(text), unit.scale, text, _named(unit.currency))
    if not units:
        words, written, maybe = _unread(text) or (*_plain_unit(text), 1)
        return Header(text, words, scale, written, maybe=maybe)
    words = _WITH_EUROS.get(words, words) if currency == "EUR" else words
    return Header(text, words, scale, written, _named(currency))


def _named(currency: str) -> str:
    """Signs of several currencies are left to the cells, the dollar's excepted."""
    return "" if currency in _OF_SEVERAL else currency


def _unread(text: str) -> tuple[str, str, int] | None:
    """Words, unit and likely scale where brackets hold a multiple beside words that are not known: `(mil €)`."""
    for found in _BRACKETS.finditer(text):
        inner = next(group for group in found.groups() if group is not None).strip()
        rest = plain(f"{text[: found.start()]} {text[found.end() :]}")
        scale = likely_scale(inner, title=False)
        if scale != 1 and _counts_something(rest):
            return rest, inner, scale
    return None


def likely_scale(text: str, *, title: bool = True) -> int:
    """What a text that is no unit as a whole may multiply by: `in thousands of crowns`; 1 where no word multiplies.

    A number before such a word makes an amount of it: `1 million customers`. In a `title` it must stand behind `in`, or
    money must be named, too.
    """
    words = [word.strip(".,;:()[]") for word in text.split()]
    if not vocabulary().sets["plain_units"].isdisjoint(map(plain, words)):  # thousands of pieces are no money
        return 1
    money = any(unit is not None and unit.currency for unit in map(read_unit, words))
    for before, word in pairwise(["", *words]):
        unit = read_unit(word) if len(word) > 1 and not before[-1:].isdigit() else None
        meant = money or not title or plain(before) in PREPOSITIONS
        if unit is not None and unit.scale != 1 and meant and (unit.sure or money):
            return unit.scale
        if word.casefold() == "mil" and money:
            return 1_000
    return 1


def read_unit(text: str) -> Unit | None:
    """The unit of a text that is nothing else: `in thousands`, `TEUR`, `$000`, `k€`; None for any other text."""
    if text.isdigit():
        return None if text != "000" else Unit(1_000, "", sure=False)
    bare, thousands = _THOUSANDS.subn(" ", _OWNED.sub("s", text))
    fillers = vocabulary().sets["unit_fillers"]
    words = re.sub(r"['\u2019]", " ", bare).split()
    said = [word for word in words if word.casefold() not in fillers]
    marks = read_marks(" ".join(said)) or None
    if marks is None or marks.multiple in ENTRIES - {"cr"}:
        return None
    if thousands > 1 or (thousands and marks.multiple):
        return None
    power = 3 if thousands else POWERS[marks.multiple]
    if not power and not marks.currency:
        return None
    if thousands:
        sure = bool(marks.currency or words[:1] in _BEFORE_THOUSANDS or _SAID_THOUSANDS.search(text))
    else:
        sure = marks.sure or (words[0].casefold() == "en" and len(said[0]) > _LETTERS)  # `en miles`
    return Unit(10**power, marks.currency, sure=sure)


def _find(text: str, *, known: bool) -> _Found | None:
    """The first unit of the text: in brackets, behind a comma, or its last words. `known`: a unit was found already."""
    for unit, written, rest, apart in _places(text):
        if not plain(rest) or read_unit(rest.strip()):  # `EUR/USD` is a rate of exchange
            continue
        if unit.sure or known or (apart and _counts_something(rest)):
            return _Found(unit, written, rest)
    return None


def _places(text: str) -> Iterator[tuple[Unit, str, str, bool]]:
    for found in _BRACKETS.finditer(text):
        inner = next(group for group in found.groups() if group is not None)
        parts = inner.split(",") if "000" not in inner else [inner]
        for part in parts:
            if unit := read_unit(part):
                others = ",".join(other for other in parts if other is not part)
                rest = f"{text[: found.start()]} {others} {text[found.end() :]}"
                yield unit, part.strip(), rest, True
    if (behind := _BEHIND_A_MARK.search(text)) and (unit := read_unit(behind[1])):
        yield unit, behind[1].strip(), text[: behind.start()], True
    if divided := _DIVIDED.search(text):
        yield Unit(1_000, "", sure=False), divided[0].strip(), text[: divided.start()], True
    words = text.split(" ")
    for count in range(min(_LONGEST_UNIT, len(words) - 1), 0, -1):
        last = " ".join(words[-count:])
        if (unit := read_unit(last)) and not words[-count - 1][-1:].isdigit():  # `2 million` is an amount
            yield unit, last, " ".join(words[:-count]), False


def _counts_something(rest: str) -> bool:
    """Whether a lone letter in brackets can be a multiple: `Revenue (k)`, but not `Region (M)`."""
    contents = {vocabulary().contents[meaning.field] for meaning in vocabulary().means(plain(rest))}
    return bool(contents & set(_NUMBERS))


def _plain_unit(text: str) -> tuple[str, str]:
    """The words and the unit of a header such as `Weight (kg)`.

    The unit stays in the words where these mean money without it: `Sales (kg)` are no revenue.
    """
    units = vocabulary().sets["plain_units"]
    places = [(found, "".join(filter(None, found.groups()))) for found in _BRACKETS.finditer(text)]
    if behind := _BEHIND_A_MARK.search(text):
        places.append((behind, behind[1]))
    for where, inner in places:
        unit = " ".join(word for word in plain(inner).split() if word != "in")
        if unit not in units:
            continue
        rest = plain(text[: where.start()] + " " + text[where.end() :])
        keeps = unit in ("%", "pct") or not rest or _means_money(rest)
        return (plain(text) if keeps else rest), inner.strip()
    return plain(text), ""


def _means_money(words: str) -> bool:
    meanings = vocabulary().means(words)
    return any(
        vocabulary().contents[meaning.field] in _NUMBERS and meaning.field != "quantity"
        for meaning in meanings
    )
