"""What the titles of a sheet say that its amounts are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi.cleaning.columns.likeness import nearness
from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.cleaning.wide.accounts import COSTS, Account, account_of, before_by, section_of
from kpi.cleaning.words import plain

_LEAST_LETTERS = 3
_FILE = re.compile(r"\.[A-Za-z]{2,7}$")
_DIMENSIONS = (Content.TEXT, Content.DATE, Content.IDENTIFIER)
_USUAL = ("revenue", "cogs", "operating_expenses", "quantity")
_NOTHING_SAID = frozenset(
    {
        "sheet",
        "data",
        "table",
        "report",
        "tabelle",
        "feuil",
        "feuille",
        "hoja",
        "foglio",
        "planilha",
        "blad",
        "by",
        "per",
        "and",
        "of",
        "monthly",
        "yearly",
        "overview",
        "summary",
    }
)


def field_of(titles: Sequence[str], inquiry: Inquiry, cell: str) -> str:
    """The one field that the titles name as a whole word, or the answer to a question: a field or a name of its own."""
    named: dict[str, Account] = {}
    for title in titles:
        for account in fields_in(title):
            named.setdefault(account.field, account)
    return next(iter(named)) if len(named) == 1 else _asked(list(named), titles, inquiry, cell)


def _asked(named: Sequence[str], titles: Sequence[str], inquiry: Inquiry, cell: str) -> str:
    """The answer, or the best guess: a field that a title comes near to, else the title as a name of its own."""
    own = next((title for title in titles if _says_something(title) and not _FILE.search(title)), "")
    near = [field for field in _USUAL if own and nearness(read_header(own).words, field)]
    usual = [field for field in _USUAL if field not in (*named, *near)]
    candidates = [*named, *near, *([own] if own else []), *usual]
    key = f"measure:{near[0]}" if near and not named else "measure"
    return inquiry.ask(key, "What are the numbers on this sheet?", candidates, cell=cell)


def _says_something(title: str) -> bool:
    """Whether a title may name what the amounts are, and not only when or how they are shown: `D` says nothing."""
    meanings = vocabulary().means(read_header(title).words)
    if any(vocabulary().contents[meaning.field] in _DIMENSIONS for meaning in meanings):
        return False
    words = [word for word in plain(title).split() if not any(map(str.isdigit, word))]
    return (
        any(len(word) >= _LEAST_LETTERS for word in words)
        and not {*words} <= _NOTHING_SAID | vocabulary().months.keys()
    )


def fields_in(title: str) -> list[Account]:
    """The fields whose names stand in a title as a run of whole words: `Revenue target 2025` names the target alone,
    and `Sales tax` nothing; what stands behind `by` only says by what it is shown.
    """
    words = plain(before_by(title)).split()
    section = section_of(" ".join(word for word in words if not word.isdigit()))
    if section and section != COSTS:
        return [Account(section, 0)]
    for length in range(min(4, len(words)), 0, -1):
        runs = [" ".join(words[start : start + length]) for start in range(len(words) - length + 1)]
        found = [account for run in runs if (account := account_of(run)) is not None]
        if found:
            rest = [word for run in runs if account_of(run) for word in words if word not in run.split()]
            return [] if set(rest) & vocabulary().sets["strangers"] else found
    return []
