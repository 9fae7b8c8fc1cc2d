"""What the name of a sheet says: a plan, actual numbers, a summary, a copy, or the time that its rows are of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text, plain

_FILE = Path(__file__).with_name("sheet_names.toml")
_NUMBERED_COPY = re.compile(r".*\(\d+\)")
_VERSION = re.compile(r"(?:v|ver|version|rev)\d+")
_PARTS = re.compile(r"[\s_]+")
_MONTHS_A_QUARTER = 3


def says_plan(name: str) -> bool:
    """`Plan 2025`, `Budget`, `Sales targets`; not `Plan vs actual`, which holds both."""
    tokens = _tokens(name)
    return bool(tokens & _words()["plan"]) and not tokens & _words()["actual"]


def says_summary(name: str) -> bool:
    """`Summary`, `Total`, `Pivot table`."""
    return bool(_tokens(name) & _words()["summary"])


def says_copy(name: str) -> bool:
    """`Data (2)`, `Copy of data`, `Data backup`."""
    return bool(_NUMBERED_COPY.fullmatch(clean_text(name)) or _tokens(name) & _words()["copy"])


def are_versions(one: str, other: str) -> bool:
    """`Sales` and `Sales final`, `Plan v1` and `Plan v2`, `Budget` and `Forecast`: two states of the same.

    A bare number tells states of a plan apart, and may be a page of anything else.
    """
    names = _tokens(one), _tokens(other)
    plans = _words()["plan"] if says_plan(one) and says_plan(other) else frozenset()
    rest = (names[0] ^ names[1]) - plans
    if not plans and not rest:
        return False
    return all(
        token in _words()["version"] or _VERSION.fullmatch(token) or (plans and token.isdigit())
        for token in rest
    )


def say_their_dates(names: Sequence[str], spans: Sequence[tuple[date, date]]) -> bool:
    """Whether every name is a period and the first and last day of its rows lie in it: then it says nothing new."""
    bare = _without_common(names)
    return all(_covers(name, first, last) for name, (first, last) in zip(bare, spans, strict=True))


def _tokens(name: str) -> set[str]:
    return set(plain(name).split())


@cache
def _words() -> Mapping[str, frozenset[str]]:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    words = {kind: frozenset(listed) for kind, listed in raw.items()}
    targets = {
        words
        for words, meanings in vocabulary().meanings.items()
        if any(meaning.field == "target" for meaning in meanings) and " " not in words
    }
    return {**words, "plan": words["plan"] | targets}


def _without_common(names: Sequence[str]) -> list[str]:
    """The names without the words that all of them have: of `Sales Jan` and `Sales Feb`, `Jan` and `Feb`."""
    parts = [_PARTS.split(clean_text(name)) for name in names]
    common = set.intersection(*({part.casefold() for part in some} for some in parts))
    bare = [" ".join(part for part in some if part.casefold() not in common) for some in parts]
    # What all have in common may be the year of `Jan 2025` and `Feb 2025`: it is worth keeping then.
    read = [read_period(name) or read_partial(name) for name in names]
    return list(names) if all(read) else bare


def _covers(name: str, first: date, last: date) -> bool:
    period = read_period(name)
    if isinstance(period, Period):
        return period.first <= first and last <= period.last
    part = read_partial(name)
    return part is not None and _is_in(part, first) and _is_in(part, last)


def _is_in(part: Partial, day: date) -> bool:
    if part.month is not None:
        return day.month == part.month
    if part.quarter is not None:
        return (day.month - 1) // _MONTHS_A_QUARTER + 1 == part.quarter
    return day.isocalendar().week == part.week
