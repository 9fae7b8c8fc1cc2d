"""Dashboards and saved views between the database and their book: written out, and taken in as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.boards.board import Board
from dashboard.boards.book import BOARD, VIEW, Entry, read_book, write_book
from dashboard.boards.layout import board_of, card_json, layout_of
from dashboard.saved_views.address import filters_of, grouped
from kpi.calculator import KPICalculator
from kpi.formula import did_you_mean
from kpi.report import Kind
from kpi.values import CURRENCY
from storage.alert_book.parts import Changed, Effect, differences
from storage.catalogs import calculator_of
from storage.dashboards import (
    StoredBoard,
    arrange_boards,
    list_boards,
    put_board,
    remove_board,
)
from storage.datasets import find_dataset
from storage.saved_views import SavedView, arrange_views, list_views, remove_view, save_view


@dataclass(frozen=True, slots=True)
class Known:
    """What a dataset has now: the keys of its KPIs, and what can be grouped by; both empty where there is none."""

    kpis: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What the taking in of a book changed, and what in it waits for data that are not there; a sentence each."""

    changes: list[Changed]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes through which connection, and when."""

    connection: Connection
    actor: str
    at: datetime


@dataclass(slots=True)
class Lookup:
    """What datasets have, asked for once each."""

    connection: Connection
    calculator: KPICalculator
    found: dict[str, Known] = field(default_factory=dict)

    def known(self, name: str) -> Known:
        if name not in self.found:
            self.found[name] = self._ask(name)
        return self.found[name]

    def _ask(self, name: str) -> Known:
        dataset = find_dataset(self.connection, name)
        if dataset is None:
            return Known()
        catalog = calculator_of(self.connection, self.calculator, name).catalog
        columns = [one.name for one in dataset.fields if one.kind is Kind.DIMENSION]
        kpis = tuple(one.key for one in catalog.available(dataset.fields))
        return Known(kpis, (*columns, *catalog.levels(dataset.fields)))


def board_from(stored: StoredBoard) -> Board:
    """The dashboard as the page knows it; UnfitBoardError where it is none of this version's."""
    return board_of(stored.name, stored.dataset, stored.layout)


def stored_from(board: Board, seen: datetime | None = None) -> StoredBoard:
    """As it is kept; UnfitBoardError where it can be no dashboard.

    `seen`: the state from which somebody made it, None for a new one.
    """
    fit = board_of(board.name, board.dataset, layout_of(board))
    return StoredBoard(fit.name, fit.dataset, 0, layout_of(fit), seen)


def export_book(connection: Connection, dataset: str = "") -> str:
    """All dashboards and saved views, or those of a dataset, as the text that `import_book` takes as the same again."""
    boards = [board_from(one) for one in list_boards(connection, dataset or None)]
    return write_book(boards, list_views(connection, dataset or None))


def import_book(
    pen: Pen, calculator: KPICalculator, text: str, *, replace: bool = False, dry_run: bool = False
) -> Taken:
    """Take the text in, in the caller's transaction, and say what that changed; nothing for what is the same already.

    `replace` removes what the text does not have. With `dry_run` nothing is kept. BookError says everything that is
    wrong, with line and key.
    """
    book = read_book(text)
    look = Lookup(pen.connection, calculator)
    warnings = [
        *(said for entry, one in book.boards for said in _strange_cards(entry, one, look)),
        *(said for entry, one in book.views for said in _strange_filters(entry, one, look)),
    ]
    nested = pen.connection.begin_nested()
    changes = [
        *_take_boards(pen, [one for _, one in book.boards], replace=replace),
        *_take_views(pen, [one for _, one in book.views], replace=replace),
    ]
    nested.rollback() if dry_run else nested.commit()
    return Taken(changes, warnings)


def warnings_of(board: Board, look: Lookup) -> list[str]:
    """What the board's dataset does not have; a sentence each."""
    return list(_strange_cards(None, board, look))


def board_json(stored: StoredBoard) -> dict[str, Any]:
    """What the command line and REST say of one; `cards` as they are written."""
    changed = stored.updated_at.isoformat() if stored.updated_at else None
    named = {"name": stored.name, "dataset": stored.dataset, "position": stored.position}
    return {**named, "changed_at": changed, **stored.layout}


def view_json(view: SavedView) -> dict[str, Any]:
    named = {"name": view.name, "dataset": view.dataset, "default": view.is_default}
    return {**named, "address": grouped(view.query)}


def _take_boards(pen: Pen, boards: Sequence[Board], *, replace: bool) -> Iterator[Changed]:
    held = {one.name: one for one in list_boards(pen.connection)}
    for name in sorted(held.keys() - {one.name for one in boards}) if replace else ():
        remove_board(pen.connection, name, pen.actor, pen.at)
        yield Changed(Effect.REMOVED, BOARD, name)
    for one in boards:
        before, after = held.get(one.name), stored_from(one)
        if before is not None and (before.dataset, before.layout) == (one.dataset, after.layout):
            continue
        put_board(pen.connection, after, pen.actor, pen.at)
        how = _board_changes(before, one) if before else ""
        yield Changed(Effect.CHANGED if before else Effect.ADDED, BOARD, one.name, how)
    for dataset, names in _by_dataset(boards):
        there = [one.name for one in list_boards(pen.connection, dataset)]
        if arrange_boards(pen.connection, dataset, _in_order(there, names)):
            yield Changed(Effect.CHANGED, BOARD, f"their order in {dataset}", " before ".join(names))


def _take_views(pen: Pen, views: Sequence[SavedView], *, replace: bool) -> Iterator[Changed]:
    held = {(one.dataset, one.name): one for one in list_views(pen.connection)}
    for dataset, name in sorted(held.keys() - {(one.dataset, one.name) for one in views}) if replace else ():
        remove_view(pen.connection, dataset, name, pen.actor, pen.at)
        yield Changed(Effect.REMOVED, VIEW, f"{dataset}: {name}")
    for one in views:
        before = held.get((one.dataset, one.name))
        if before == one:
            continue
        save_view(pen.connection, one, pen.actor, pen.at, overwrite=True)
        how = differences(_said(before), _said(one)) if before else ""
        yield Changed(Effect.CHANGED if before else Effect.ADDED, VIEW, f"{one.dataset}: {one.name}", how)
    for dataset, names in _by_dataset(views):
        there = [one.name for one in list_views(pen.connection, dataset)]
        if arrange_views(pen.connection, dataset, _in_order(there, names), pen.at):
            yield Changed(Effect.CHANGED, VIEW, f"their order in {dataset}", " before ".join(names))


def _by_dataset(things: Iterable[Board | SavedView]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for one in things:
        found.setdefault(one.dataset, []).append(one.name)
    yield from found.items()


def _in_order(there: Sequence[str], names: Sequence[str]) -> list[str]:
    """Those named in their order, in the places that they have together; all others stay where they are."""
    wanted = iter(names)
    return [next(wanted) if name in names else name for name in there]


def _board_changes(before: StoredBoard, after: Board) -> str:
    """`card 2: width 1 -> 2; cards 3 -> 4`."""
    olds, news = before.layout.get("cards", []), [card_json(one) for one in after.cards]
    pairs = enumerate(zip(olds, news, strict=False), start=1)
    parts = [f"card {number}: {differences(old, new)}" for number, (old, new) in pairs if old != new]
    parts += [f"cards {len(olds)} -> {len(news)}"] if len(olds) != len(news) else []
    parts += [f"dataset {before.dataset} -> {after.dataset}"] if before.dataset != after.dataset else []
    return "; ".join(parts)


def _said(view: SavedView) -> Mapping[str, Any]:
    return {**grouped(view.query), "default": "yes" if view.is_default else "no"}


def _strange_cards(entry: Entry | None, board: Board, look: Lookup) -> Iterator[str]:
    known = look.known(board.dataset)

    def said(card: int, key: str, why: str) -> str:
        where = f"card {card}, key `{key}`" if card else f"key `{key}`"
        return entry.problem(card, key, why) if entry else f"{where}: {why}"

    if not known.kpis:
        yield said(0, "dataset", f"there is no dataset {board.dataset!r} yet; the dashboard waits for it")
        return
    for number, card in enumerate(board.cards, start=1):
        if card.kpi and card.kpi not in known.kpis:
            hint = did_you_mean(card.kpi, known.kpis)
            yield said(number, "kpi", f"{board.dataset} gives no KPI {card.kpi!r}{hint}")
        if card.by and card.by not in known.dimensions:
            hint = did_you_mean(card.by, known.dimensions)
            yield said(number, "by", f"{board.dataset} has no dimension {card.by!r}{hint}")


def _strange_filters(entry: Entry, view: SavedView, look: Lookup) -> Iterator[str]:
    known = look.known(view.dataset)
    if not known.kpis:
        yield entry.problem(0, "dataset", f"there is no dataset {view.dataset!r} yet; the view waits for it")
        return
    for name in filters_of(view):
        if name not in (*known.dimensions, CURRENCY):
            hint = did_you_mean(name, known.dimensions)
            yield entry.problem(0, "address", f"{view.dataset} has no dimension {name!r}{hint}")
