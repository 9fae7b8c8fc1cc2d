"""What one cell over a column says: a time, and the words beside it, as in `Jan`, `Budget 2025` and `FY25E`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from kpi.cleaning.layout import is_blank
from kpi.cleaning.values.days import cleaned, year_of
from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.accounts import Scenario, account_of, scenario_of
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import Cell
from kpi.report import Cadence

_HALF = "half"
_FINEST = ["day", "week", "month", "quarter", _HALF, "year"]
_LONGEST = 60
_LONGEST_JOINED = 40
_MOST_TOKENS = 6
_LONGEST_TIME = 4  # words, as in `Week 12 of 2025`
_DECEMBER = 12
_LETTERS = {"A": "Actual", "E": "Estimate", "F": "Forecast", "B": "Budget", "P": "Plan"}
_LETTER = re.compile(r"(.*\w)[\s_.-]*(?:\(([AEFBP])\)|(?<=[\d\s_-])([AEFBP]))")
_TOKEN = re.compile(r"[^\s,;:|()\[\]_]+")
_BETWEEN = re.compile(r"^(?:[-\u2013/&,+]|to|bis|vs\.?)$", re.IGNORECASE)
_PARTS = re.compile(r"[\s,;:|()\[\]_/\u2013-]+")
_LENGTH = re.compile(r"\d{1,2}\s?m")
_ENDED = re.compile(
    r"(?:(?:for )?the )?(?P<length>fiscal year|financial year|year|fy|fye|y/?e|twelve months|12 months|quarter|qtr"
    r"|three months|3 months|six months|6 months|half[ -]year|month|gesch(?:ä|ae)ftsjahr|jahr|exercice|ejercicio"
    r"|esercizio|exerc[ií]cio|boekjaar)\s+"
    r"(?:ended|ending|ends|end|to|zum|bis|clos le|clos au|clos|cerrado el|cerrado a|chiuso al|encerrado em"
    r"|eindigend op)?\s*(?:on )?(?P<end>.*\d.*)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"([^\W\d]{2,20}\s?)?(\d{4}|\d\d)\s?[/\u2013-]\s?(\d{4}|\d\d)")
_ENDS = re.compile(
    r"\b(?:fye|ye|y/e|ended|ending|ends|end|to|zum|bis|clos|cerrado|chiuso|encerrado|eindigend)\b"
)
_MONTHS = {"quarter": 3, "qtr": 3, "three": 3, "3": 3, "six": 6, "6": 6, "half": 6, "month": 1}


@dataclass(frozen=True, slots=True)
class Heading:
    """A time and the other words of its cell, empty for a cell that says nothing else."""

    when: Period | Partial
    words: str = ""

    @property
    def grain(self) -> str:
        """The length of the time: `month`, `quarter` and so on as in `Cadence`, and `half` for half a year."""
        return key_of(self.when)[0]


def key_of(when: Period | Partial) -> tuple[str, int]:
    """The length of a time, and a number by which those of one length follow each other."""
    if isinstance(when, Period):
        return _HALF if when.half else when.grain.value, when.first.toordinal()
    for name in ("month", "quarter", "week"):
        part = getattr(when, name)
        if part:
            return name, part
    return "", 0


def rank_of(grain: str) -> int:
    """0 for days, more for longer times."""
    return _FINEST.index(grain)


def read_heading(cell: Cell) -> Heading | None:
    """The time that a cell names, with its other words; None where it names none, or more than one."""
    return read_time(cell) or read_joined(cell)


def read_time(cell: Cell) -> Heading | None:
    """The time of a cell that names little else: `Jan`, `FY25E`, `Year ended 31 March 2025`."""
    if isinstance(cell, str):
        return _read_text(cell) if 0 < len(cell) <= _LONGEST else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    period = None if isinstance(cell, (bool, float)) or is_blank(cell) else read_period(cell)
    return Heading(period) if period else None


def read_joined(cell: Cell) -> Heading | None:
    """The time and the other words of a text such as `Revenue 2024`; slower than `read_time`, which goes before it."""
    return _joined(cell) if isinstance(cell, str) and may_join(cell) else None


def may_join(text: str) -> bool:
    """Whether a text may be a time with a few words beside it, at a glance."""
    return 0 < len(text) <= _LONGEST_JOINED and 0 < len(text.split()) <= _MOST_TOKENS


def read_plain(cell: Cell) -> Period | Partial | None:
    """The time that a cell names, if it says nothing else."""
    found = read_heading(cell)
    return found.when if found and not found.words else None


def read_span(cell: Cell) -> int | None:
    """The first of the two years of `2024/25`, `FY 2024-25` and `FY24/25`; None for everything else."""
    found = _SPAN.fullmatch(cleaned(cell)) if isinstance(cell, str) and len(cell) <= _LONGEST else None
    if found is None or (len(found[2]) == 2 and not found[1]):  # noqa: PLR2004 -- 24/25 alone may be anything
        return None
    year = year_of(found[2])
    return year if (year + 1) % 100 == int(found[3]) % 100 else None


def is_scenario(words: str) -> bool:
    """Whether the words do nothing but tell actual from planned or other numbers: `Budget`, `Last year`."""
    said = [word for word in plain(words).split() if word != "year"]
    return bool(said) and all(scenario_of(word) is not None for word in said)


def says_other(words: str) -> bool:
    """Whether the words make the column one that is never added to actual numbers: a variance, a mean, a running sum."""
    tokens = {*plain(words).split(), *words.casefold().split()}
    return scenario_of(words) is Scenario.OTHER or bool(tokens & _OTHERS)


@lru_cache(maxsize=1024)
def tells_what(words: str) -> bool:
    """Whether the words name a scenario, or what the amounts are."""
    return scenario_of(words) is not None or account_of(words) is not None


_OTHERS = frozenset(
    word
    for words in (
        "total totals sum summe gesamt totale totaal ytd qtd mtd ltm ttm date cumulative cum cumul kumuliert kum",
        "acumulado cumulato progressivo cumulatief rolling average avg mean median \u00f8 durchschnitt mittelwert",
        "mittel schnitt moyenne moy promedio media medio gemiddelde gem min max rank months ended ending since",
    )
    for word in words.split()
)


@lru_cache(maxsize=8192)
def _read_text(text: str) -> Heading | None:
    words = cleaned(text)
    if not words or _LENGTH.fullmatch(words.casefold()):
        return None  # `12M` is a length of time, not December
    ended = _ended(words)
    if ended is not None:
        return Heading(ended)
    letter = _LETTER.fullmatch(words) if words.rstrip(")")[-1:] in _LETTERS else None
    if letter is not None and (when := _time(letter[1])):
        return Heading(when, _LETTERS[letter[2] or letter[3]])
    when = _time(words)
    return Heading(when) if when else None


def _time(text: str) -> Period | Partial | None:
    return read_period(text) or read_partial(text)


def _ended(text: str) -> Period | None:
    """`Year ended 31 March 2025`: the year that began on 1 April 2024. The day must be the last one of a month."""
    found = _ENDED.fullmatch(text) if _ENDS.search(text.casefold()) else None
    if found is None:
        return None
    end = read_period(clean_text(found["end"]))
    if end is None or end.grain is not Cadence.MONTH:
        return None
    months = _MONTHS.get(re.split(r"[ -]", found["length"].casefold())[0], 12)
    first = end.first.year * 12 + end.first.month - months
    grain = {1: Cadence.MONTH, 3: Cadence.QUARTER}.get(months, Cadence.YEAR)
    fiscal = months == _DECEMBER and end.first.month != _DECEMBER
    return Period(date(first // 12, first % 12 + 1, 1), grain, half=months == 6, fiscal=fiscal)  # noqa: PLR2004


@lru_cache(maxsize=8192)
def _joined(text: str) -> Heading | None:
    """`Jan Actual`, `Revenue 2024`, `2024 (EUR)`: the longest run of words that is a time, when no other word is one."""
    text = cleaned(text)
    tokens = list(_TOKEN.finditer(text))
    telling = [number for number, token in enumerate(tokens) if _may_be_time(token[0])]
    if not 1 < len(tokens) <= _MOST_TOKENS or not telling or _LENGTH.fullmatch(text.casefold()):
        return None
    for start, end in _runs(len(tokens)):
        if not any(start <= number <= end for number in telling):
            continue
        when = _time(text[tokens[start].start() : tokens[end].end()].strip("-/\u2013 "))
        if when is None:
            continue
        others = [token[0] for number, token in enumerate(tokens) if not start <= number <= end]
        if any(_BETWEEN.match(other) and len(others) > 1 and other != "-" for other in others):
            return None
        rest = " ".join(others).strip(" -/\u2013")
        return Heading(when, rest) if rest and not _names_time(rest) else None
    return None


@cache
def _runs(count: int) -> tuple[tuple[int, int], ...]:
    """First and last of every run of tokens that may be a time, but the whole, the longest first."""
    return tuple(_all_runs(count))


def _all_runs(count: int) -> Iterator[tuple[int, int]]:
    for length in range(min(count - 1, _LONGEST_TIME), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length - 1


def _names_time(text: str) -> bool:
    return any(_time(part) is not None for part in _PARTS.split(text) if part)


def _may_be_time(token: str) -> bool:
    return any(map(str.isdigit, token)) or plain(token) in vocabulary().months
