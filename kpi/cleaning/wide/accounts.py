"""What a line of a profit-and-loss sheet is, by its label: a field, something worked out from fields, or neither."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.rows.rows import is_total, total_of
from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.cleaning.words import plain

COSTS = "costs"
_REMEMBERED = 4096  # labels: each is asked about several times
_FILE = Path(__file__).with_name("accounts.toml")


class Scenario(StrEnum):
    """What the numbers of a group of columns are, where a sheet shows several of one thing."""

    ACTUAL = "actual"
    PLAN = "plan"
    OTHER = "other"  # the year before, a difference, a share: nothing that may be added to the actual numbers


@dataclass(frozen=True, slots=True)
class Computed:
    """A line that other lines add up to: each field with its sign; empty where it is not checked."""

    name: str
    of: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A name without the words that say which scenario it is of: `Revenue - Actual` is `revenue`, `Change` nothing."""

    scenario: Scenario
    rest: str


@dataclass(frozen=True, slots=True)
class Account:
    """The field that a label means, a lower `tier` being the stronger name."""

    field: str
    tier: int


@lru_cache(maxsize=_REMEMBERED)
def computed_of(label: str) -> Computed | None:
    """What the label says is worked out, None where it is no such line: `Gross profit`, `= Net income`, `EBIT`."""
    words = _words(label)
    lines = _book()["lines"]
    found: Computed | None = lines.get(words) or lines.get(without_totals(words))
    return found


@lru_cache(maxsize=_REMEMBERED)
def account_of(label: str) -> Account | None:
    """The field of amounts that the label names: `Less: Cost of sales` is cogs. None for computed and unknown lines."""
    if computed_of(label) is not None:
        return None
    words = _words(label)
    for candidate in dict.fromkeys((words, without_totals(words))):
        for meaning in sorted(vocabulary().means(candidate), key=lambda meaning: meaning.tier):
            if vocabulary().contents[meaning.field] is Content.MEASURE and not meaning.beside:
                return Account(meaning.field, meaning.tier)
    return None


def scenario_of(label: str) -> Scenario | None:
    """Whether the label tells actual numbers from planned ones or from others; None where it is about something else."""
    tokens = set(_words(label).split())
    for scenario in (Scenario.OTHER, Scenario.PLAN, Scenario.ACTUAL):
        if tokens & _book()["scenarios"][scenario]:
            return scenario
    return None


@lru_cache(maxsize=_REMEMBERED)
def section_of(label: str) -> str:
    """The field of all lines of a section of that name, `COSTS` where they are of several kinds; mostly empty."""
    words = _words(label)
    sections = _book()["sections"]
    for candidate in (words, without_totals(words), total_of(label) if is_total(label) else words):
        if candidate in sections:
            return str(sections[candidate])
    account = account_of(label)
    return account.field if account is not None else ""


def is_cost(field: str) -> bool | None:
    """Whether amounts of the field are costs; None where they are no money that a profit is made of."""
    if field in ("revenue", "other_income"):
        return False
    return True if field in (COSTS, "cogs", "operating_expenses", "interest", "tax") else None


def marked(name: str) -> Marked | None:
    """The scenario that a line is of, where its name says nothing else but an account; `Target Stores` is a customer."""
    book = _book()
    tokens = [token for token in _words(name).split() if not token.isdigit()]
    known = frozenset().union(*book["scenarios"].values())
    scenario = scenario_of(name)
    if scenario is None:
        return None
    rest = [token for token in tokens if token not in known]
    left = " ".join(rest)
    named = account_of(left) if left else None
    if named is not None or (left and computed_of(left) is not None):
        return Marked(scenario, left)
    empty = all(token in book["fillers"] or token in vocabulary().sets["totals"] for token in rest)
    return Marked(scenario, "") if empty else None


def plan_word(label: str) -> str:
    """The word by which a label says that amounts are planned, empty where it does not: `budget` of `Budget 2025`."""
    plans = _book()["scenarios"][Scenario.PLAN]
    return next((token for token in _words(label).split() if token in plans), "")


def is_derived(name: str) -> bool:
    """Whether the line is an average, an extreme, a count or a share of other lines: `Average per region`, `% of total`."""
    words = plain(name)
    if "%" in (words[:1], words[-1:]) or "\u00d8" in name or words in _book()["alone"]:
        return True
    if any(words == start or words.startswith(f"{start} ") for start in _book()["starts"]):
        return True
    tokens = words.split()
    return len(tokens) > 1 and tokens[-1] in vocabulary().sets["rates"] - _book()["by"]


def before_by(title: str) -> str:
    """What a title says is shown, without by what: `Sales` of `Sales by rep`; the whole title where it says no `by`."""
    words = plain(title).split()
    ends = [at for at, word in enumerate(words) if at and word in _book()["by"]]
    return " ".join(words[: ends[0]]) if ends else title


def without_totals(words: str) -> str:
    """`total operating expenses` is `operating expenses`."""
    for total in sorted(vocabulary().sets["totals"], key=len, reverse=True):
        if words.startswith(f"{total} "):
            return words[len(total) + 1 :]
        if words.endswith(f" {total}"):
            return words[: -len(total) - 1]
    return words


def _words(label: str) -> str:
    words = read_header(label.strip(" =+-\u2013:\u2212")).words
    for before in _book()["before"]:
        if words.startswith(f"{before} "):
            return words[len(before) + 1 :]
    return words


@cache
def _book() -> dict[str, Any]:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    lines = {
        words: Computed(name, about["of"]) for name, about in raw["lines"].items() for words in about["names"]
    }
    return {
        "lines": lines,
        "scenarios": {Scenario(name): frozenset(words) for name, words in raw["scenarios"].items()},
        "before": tuple(raw["before"]["words"]),
        "sections": {words: field for field, names in raw["sections"].items() for words in names},
        "starts": tuple(raw["derived"]["starts"]),
        "alone": frozenset(raw["derived"]["alone"]),
        "fillers": frozenset(raw["fillers"]["words"]),
        "by": frozenset(raw["by"]["words"]),
    }
