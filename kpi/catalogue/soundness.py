"""What KPIs are to each other: no formula goes in a circle, names a KPI of another kind, or grows without bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kpi.catalogue.catalog_file import CatalogError
from kpi.language.tree import Aggregate, Among, Choice, Name, Node, Operation, Place, children

MAX_SIZE = 5_000  # parts of the statement that a formula becomes, with all KPIs that it names
MAX_DEEP = 80  # operations inside each other; several frames of the stack each, where they become a statement
MAX_CHAIN = 50  # KPIs made of each other

Trees = Mapping[str, Node]  # of formula KPIs, by key


class _Extent(NamedTuple):
    size: int
    depth: int


def check_together(trees: Trees, others: Mapping[str, str]) -> None:
    """CatalogError names the KPI, and the place in its formula. `others` are the KPIs of other kinds, with these."""
    done: dict[str, _Extent] = {}
    for key in trees:
        _check(trees, others, (key,), done)


def _check(trees: Trees, others: Mapping[str, str], path: tuple[str, ...], done: dict[str, _Extent]) -> None:
    key = path[-1]
    for name, place in _named(trees[key]):
        if name in path:
            circle = " → ".join((*path[path.index(name) :], name))
            hint = f"; a column of that name is summed by `sum({name})`" if name == key else ""
            raise _wrong(key, f"goes in a circle: {circle}{hint}", place)
        if name in others:
            problem = f"`{name}` is of kind `{others[name]}`; a formula is made of columns and of KPIs with a formula"
            raise _wrong(key, problem, place)
        if name in trees and name not in done:
            if len(path) == MAX_CHAIN:
                raise _wrong(key, f"more than {MAX_CHAIN} KPIs are made of each other", place)
            _check(trees, others, (*path, name), done)
    done[key] = found = _extent(trees[key], done)
    if found.size > MAX_SIZE or found.depth > MAX_DEEP:
        problem = (
            "with the KPIs that it names, the formula is too long, or too deep in parentheses or divisions"
        )
        raise _wrong(key, f"{problem}; make it of fewer parts", trees[key].place)


def _wrong(key: str, problem: str, place: Place) -> CatalogError:
    return CatalogError(f"KPI `{key}`, key `formula`, {place}: {problem}", place)


def _named(node: Node) -> list[tuple[str, Place]]:
    """The KPIs and measures that a formula names, not the columns inside its aggregates."""
    if isinstance(node, Aggregate):
        return []
    if isinstance(node, Name):
        return [(node.name, node.place)]
    return [named for part in children(node) for named in _named(part)]


def _extent(node: Node, known: Mapping[str, _Extent]) -> _Extent:
    """Of the statement that the formula becomes: a denominator, and what is looked up in a list, stand in it twice
    or more; so does the condition of a sum.
    """
    if isinstance(node, Name):
        return known.get(node.name, _Extent(1, 1))
    inside = {} if isinstance(node, Aggregate) else known
    parts = [_extent(part, inside) for part in children(node)]
    size = 1 + sum(part.size for part in parts)
    match node:
        case Operation("/"):
            size += parts[1].size
        case Among(_, listed):
            size += parts[0].size * (len(listed) - 1)
        case Aggregate(condition=condition) if condition is not None:
            size += parts[-1].size
        case Choice():
            size += 1
    return _Extent(size, 1 + max((part.depth for part in parts), default=0))
