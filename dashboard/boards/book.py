"""Dashboards and saved views as one TOML text, and back with every mistake at once, each with its line and key. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from alerts.book.toml import MOST_BYTES, BookError, Place
from dashboard.boards.board import Board
from dashboard.boards.layout import CARDS, UnfitBoardError, board_of, card_json
from dashboard.boards.toml_lines import Lines, lines_of
from dashboard.saved_views.address import as_pairs, grouped, unfit_view
from kpi.formula import did_you_mean
from storage.saved_views import SavedView

BOARD, VIEW, CARD, ADDRESS, DEFAULT = "dashboard", "view", "card", "address", "default"
TABLES = (BOARD, VIEW)
START = "# Dashboards and saved views of the KPI dashboard. `kpi dashboards import FILE` takes it, and says what it changes.\n"
BOARD_KEYS, VIEW_KEYS = ("name", "dataset", CARD), ("name", "dataset", DEFAULT, ADDRESS)
BARE = re.compile(r"[A-Za-z0-9_-]+")
Thing = TypeVar("Thing")
NOWHERE = Lines()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a book: where it stands, and where each of its cards does."""

    place: Place
    cards: tuple[Place, ...] = ()

    def problem(self, card: int, key: str, why: str) -> str:
        """The first card is 1; 0 is for the entry itself."""
        if 0 < card <= len(self.cards):
            return self.cards[card - 1].problem(key, why)
        return self.place.problem(CARD if key == CARDS else key, why)


@dataclass(frozen=True, slots=True)
class Book:
    """Dashboards and views in their order, each with where it stands."""

    boards: tuple[tuple[Entry, Board], ...] = ()
    views: tuple[tuple[Entry, SavedView], ...] = ()


def write_book(boards: Sequence[Board], views: Sequence[SavedView]) -> str:
    """What `read_book` reads as the same again."""
    parts = [*map(_board_text, boards), *map(_view_text, views)]
    return START + "".join(f"\n{part}\n" for part in parts)


def read_book(text: str) -> Book:
    """The dashboards and views of a text; BookError says everything that is wrong with it."""
    if len(text.encode()) > MOST_BYTES:
        raise BookError(f"the text is larger than {MOST_BYTES >> 10} KiB")
    try:
        plain = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BookError(f"this is no TOML: {error}") from error
    if strangers := [why for name, value in plain.items() if (why := _stranger(name, value))]:
        raise BookError(*strangers)
    lines, problems = lines_of(text), list[str]()
    book = Book(
        tuple(_each(plain.get(BOARD, []), lines.get(BOARD, []), _board, problems)),
        tuple(_each(plain.get(VIEW, []), lines.get(VIEW, []), _view, problems)),
    )
    problems += [*_twice(book.boards), *_twice(book.views), *_several_defaults(book.views)]
    if problems:
        raise BookError(*problems)
    return book


def _stranger(name: str, value: object) -> str:
    """Why that cannot stand in a book; empty where it can."""
    if name not in TABLES:
        hint = did_you_mean(name, TABLES) or "."
        return (
            f"found `{name}`{hint} A book has [[{BOARD}]], each with its [[{BOARD}.{CARD}]], and [[{VIEW}]]."
        )
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return ""
    return f"found `{name}` alone; an entry begins with a line [[{name}]]"


def _each(
    entries: Sequence[Mapping[str, Any]],
    lines: Sequence[Lines],
    read: Callable[[Mapping[str, Any], Lines, list[str]], tuple[Entry, Thing | None]],
    problems: list[str],
) -> Iterator[tuple[Entry, Thing]]:
    """Those that can be taken; entries that were written in a way that is not followed have no lines."""
    known = lines if len(lines) == len(entries) else [NOWHERE] * len(entries)
    for plain, where in zip(entries, known, strict=True):
        entry, thing = read(plain, where, problems)
        if thing is not None:
            yield entry, thing


def _board(plain: Mapping[str, Any], where: Lines, problems: list[str]) -> tuple[Entry, Board | None]:
    place = Place(BOARD, _title(plain), where.own)
    given = plain.get(CARD, [])
    cards = given if isinstance(given, list) and all(isinstance(one, dict) for one in given) else None
    count, listed = len(cards or ()), where.parts.get(CARD, [])
    at = listed if len(listed) == count else [{"": where.own.get(CARD, 0)}] * count
    called = f'{BOARD} "{_title(plain)}"' if _title(plain) else BOARD
    entry = Entry(place, tuple(Place(f"{called}, card {n}", "", one) for n, one in enumerate(at, 1)))
    problems += _unknown(entry, plain, BOARD_KEYS)
    try:
        layout = {CARDS: cards if cards is not None else given}
        return entry, board_of(plain.get("name", ""), plain.get("dataset", ""), layout)
    except UnfitBoardError as error:
        problems += [entry.problem(one.card, one.key, one.why) for one in error.problems]
        return entry, None


def _view(plain: Mapping[str, Any], where: Lines, problems: list[str]) -> tuple[Entry, SavedView | None]:
    entry = Entry(Place(VIEW, _title(plain), where.own))
    wrong = list(_unknown(entry, plain, VIEW_KEYS))
    address, default = plain.get(ADDRESS, {}), plain.get(DEFAULT, False)
    if not isinstance(default, bool):
        wrong.append(entry.problem(0, DEFAULT, f"found {default!r}, wanted true or false"))
    if not isinstance(address, dict) or not all(map(_are_texts, address.values())):
        wrong.append(entry.problem(0, ADDRESS, "wanted a table of texts, or of lists of texts"))
        address = {}
    values = {key: [one] if isinstance(one, str) else one for key, one in address.items()}
    name, dataset = plain.get("name", ""), plain.get("dataset", "")
    view = SavedView(dataset, name, as_pairs(values), is_default=default is True)
    for key, why in unfit_view(view):
        said = (key, why) if key in VIEW_KEYS else (ADDRESS, f"`{key}`: {why}" if key else why)
        wrong.append(entry.problem(0, *said))
    problems += wrong
    return entry, None if wrong else replace(view, name=name.strip(), dataset=dataset.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _unknown(entry: Entry, plain: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    for key in plain:
        if key not in keys:
            yield entry.problem(0, key, f"there is no such key{did_you_mean(key, keys)}")


def _twice(found: Sequence[tuple[Entry, Board]] | Sequence[tuple[Entry, SavedView]]) -> Iterator[str]:
    first: dict[object, Entry] = {}
    for entry, thing in found:
        mark = thing.name if isinstance(thing, Board) else (thing.dataset, thing.name)
        before = first.setdefault(mark, entry)
        if before is not entry:
            line = before.place.lines.get("name", 0)
            yield entry.problem(0, "name", f"another one is called that, in line {line}")


def _several_defaults(views: Sequence[tuple[Entry, SavedView]]) -> Iterator[str]:
    first: dict[str, SavedView] = {}
    for entry, view in views:
        if view.is_default and first.setdefault(view.dataset, view) is not view:
            other = first[view.dataset].name
            yield entry.problem(0, DEFAULT, f"{other!r} is the default of {view.dataset} already; one can be")


def _title(plain: Mapping[str, Any]) -> str:
    name = plain.get("name")
    return name[:80] if isinstance(name, str) else ""


def _board_text(board: Board) -> str:
    head = [f"[[{BOARD}]]", *_lines({"name": board.name, "dataset": board.dataset})]
    cards = ["\n".join(["", f"[[{BOARD}.{CARD}]]", *_lines(card_json(one))]) for one in board.cards]
    return "\n".join([*head, *cards])


def _view_text(view: SavedView) -> str:
    default = {DEFAULT: True} if view.is_default else {}
    address = {key: one if len(one) > 1 else one[0] for key, one in grouped(view.query).items()}
    said = {"name": view.name, "dataset": view.dataset, **default, **({ADDRESS: address} if address else {})}
    return "\n".join([f"[[{VIEW}]]", *_lines(said)])


def _lines(plain: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(value, lines=True)}" for key, value in plain.items()]


def _value(value: Any, *, lines: bool = False) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _in_lines(value) if lines and "\n" in value else f'"{_escaped(value)}"'
        case Mapping():
            pairs = (f"{_key(key)} = {_value(one)}" for key, one in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case Sequence():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return repr(value)


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else f'"{_escaped(name)}"'


def _in_lines(text: str) -> str:
    """As people would write it: each line on a line. Every quote is escaped, so that none ends the text."""
    return '"""\n' + "\n".join(map(_escaped, text.split("\n"))) + '"""'


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
