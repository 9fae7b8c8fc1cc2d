"""What a header means in a table of customers, products or sales: the vocabulary, and the words of `words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.sales.source import Role

_FILE = Path(__file__).with_name("words.toml")
DOUBTFUL, WEAKEST = 6, 7  # strengths of words that may mean something else

_PLACE = ("city", "region", "country")
FIELDS: Mapping[Role, tuple[str, ...]] = {  # in the order in which they choose among the columns
    Role.CUSTOMERS: ("customer_id", "customer", "segment", *_PLACE),
    Role.PRODUCTS: ("product_id", "unit_price", "product", "subcategory", "category"),
    Role.SALES: (
        *("date", "sale_number", "order_id", "customer_id", "product_id"),
        *("quantity", "unit_price", "revenue", "discount"),
        *("customer", "product", "subcategory", "category", "segment", *_PLACE),
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Sense:
    """One field that a header may mean; the least of several columns is the field.

    `strength` as in words.toml, `place` within the list, the more usual words first. One of the fields in `beside` must
    be meant by another column; none where it is empty.
    """

    strength: int
    place: int
    field: str
    beside: tuple[str, ...] = ()


def senses(header: str, role: Role) -> tuple[Sense, ...]:
    """What the header may mean in a table of that role, at most once a field; empty where nobody knows it."""
    keys = vocabulary().spelling.keys(read_header(header).words)
    best: dict[str, Sense] = {}
    for key in keys:
        for sense in _known()[role].get(key, ()):
            best[sense.field] = min(sense, best.get(sense.field, sense))
    return tuple(best.values())


def roles_named(names: Collection[str]) -> frozenset[Role]:
    """The roles that words of these names, of a file and a sheet, speak of."""
    tokens = {token.rstrip("0123456789") for name in names for token in plain(name).split()}
    return frozenset(role for role, words in _names().items() if not tokens.isdisjoint(words))


def halves_of_name(headers: Sequence[str]) -> tuple[int, int] | None:
    """The columns of first and last names; None where there are not both."""
    keys = [set(vocabulary().spelling.keys(read_header(header).words)) for header in headers]
    found = [next((at for at, one in enumerate(keys) if one & half), None) for half in _halves()]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


@cache
def _halves() -> tuple[set[str], set[str]]:
    spelt = vocabulary().spelling.keys
    first, last = (
        {key for word in _words()["full_name"][half] for key in spelt(word)} for half in ("first", "last")
    )
    return first, last


@cache
def _known() -> Mapping[Role, Mapping[str, tuple[Sense, ...]]]:
    """By role and by key of the spelling."""
    return {role: _of_role(role) for role in FIELDS}


def _of_role(role: Role) -> Mapping[str, tuple[Sense, ...]]:
    own = (*_own("any"), *_own(role))
    stated = {(key, sense.field) for key, sense in own}  # words.toml knows better what may mean what
    maybe = [(key, sense) for key, sense in _maybe() if (key, sense.field) not in stated]
    found: dict[str, tuple[Sense, ...]] = {}
    for key, sense in (*_told(), *maybe, *own):
        if sense.field in FIELDS[role]:
            found[key] = (*found.get(key, ()), sense)
    return found


def _told() -> Iterator[tuple[str, Sense]]:
    for key, meanings in vocabulary().found.items():
        for meaning in meanings:
            yield key, Sense(meaning.tier, meaning.place, meaning.field, meaning.beside)


def _maybe() -> Iterator[tuple[str, Sense]]:
    for field, keys in vocabulary().maybe.items():
        for place, key in enumerate(sorted(keys)):
            yield key, Sense(DOUBTFUL, 1000 + place, field)


def _own(section: str) -> Iterator[tuple[str, Sense]]:
    keys = vocabulary().spelling.keys
    for field, lists in _words().get(section, {}).items():
        for strength, words in lists.items():
            for place, word in enumerate(words):
                for key in keys(word):
                    yield key, Sense(int(strength), place, field)


@cache
def _names() -> Mapping[Role, frozenset[str]]:
    return {Role(role): frozenset(words) for role, words in _words()["names"].items()}


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
