"""A dashboard as plain JSON, and back with everything checked that makes no sense by itself. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from dashboard.boards.board import COLUMNS, HEIGHTS, NEEDS_KPI, WIDTHS, Board, Card, Look
from kpi.formula import did_you_mean

CARDS = "cards"
MOST_CARDS, LONGEST_NAME, LONGEST_TEXT = 100, 120, 20_000
FEWEST_MEMBERS, MOST_MEMBERS = 2, 50  # of a card by a dimension; all others are one
RESERVED = "Overview"  # the dashboard that every dataset has before anybody makes one
NEEDS_BY = (Look.BREAKDOWN,)
PLAIN = Card(Look.KPI)  # what goes without saying
MISSING = object()
Fit = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a card, the first being 1, or with the whole (0); the key is empty where it is about no key."""

    card: int
    key: str
    why: str

    def __str__(self) -> str:
        parts = [f"card {self.card}"] if self.card else []
        parts += [f"key `{self.key}`"] if self.key else []
        return f"{', '.join(parts)}: {self.why}" if parts else self.why


class UnfitBoardError(ValueError):
    """What can be no dashboard: everything that is wrong with it, a line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def board_of(name: str, dataset: str, layout: Mapping[str, Any]) -> Board:
    """The dashboard of a layout as `layout_of` makes it; UnfitBoardError says everything that is wrong at once.

    A width that is not said is that of the look; all other things are as in `Card`.
    """
    named = (("name", unfit_name(name) or _reserved(name)), ("dataset", unfit_name(dataset)))
    problems = [Problem(0, key, why) for key, why in named if why]
    problems += [
        Problem(0, key, f"there is no such key{did_you_mean(key, [CARDS])}") for key in layout if key != CARDS
    ]
    cards = layout.get(CARDS, [])
    if not isinstance(cards, list | tuple) or not all(isinstance(one, Mapping) for one in cards):
        raise UnfitBoardError([*problems, Problem(0, CARDS, "wanted a list of cards")])
    if len(cards) > MOST_CARDS:
        problems.append(Problem(0, CARDS, f"found {len(cards)} cards, wanted at most {MOST_CARDS}"))
    for number, one in enumerate(cards, start=1):
        problems += [Problem(number, key, why) for key, why in _unfit(one)]
    if problems:
        raise UnfitBoardError(problems)
    return Board(name.strip(), dataset.strip(), tuple(map(_card, cards)))


def layout_of(board: Board) -> dict[str, Any]:
    """What `board_of` reads as the same again."""
    return {CARDS: [card_json(one) for one in board.cards]}


def card_json(card: Card) -> dict[str, Any]:
    """A card without what goes without saying."""
    said = {key: getattr(card, key) for key in KEYS if key not in ("look", "width")}
    unsaid = {key: getattr(PLAIN, key) for key in said}
    width = {"width": card.width} if card.width != WIDTHS[card.look] else {}
    return {
        "look": card.look.value,
        **{key: value for key, value in said.items() if value != unsaid[key]},
        **width,
    }


def unfit_name(name: object) -> str:
    """Why that can be no name; empty where it can."""
    if not isinstance(name, str):
        return f"found {_shown(name)}, wanted a text"
    if not name.strip():
        return "it is missing"
    if len(name.strip()) > LONGEST_NAME:
        return f"found {len(name.strip())} characters, wanted at most {LONGEST_NAME}"
    return "wanted a name on one line" if any(unicodedata.category(c) in ("Cc", "Cs") for c in name) else ""


def _reserved(name: str) -> str:
    if name.strip() != RESERVED:
        return ""
    return f"found {RESERVED!r}, which is the name of the one that every dataset has; wanted another name"


def _unfit(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a card, by key."""
    for key in one:
        if key not in KEYS:
            yield str(key), f"there is no such key{did_you_mean(str(key), KEYS)}"
    wrong = {key: why for key, fit in KEYS.items() if (value := one.get(key, MISSING)) is not MISSING and (why := fit(value))}  # fmt: skip
    yield from wrong.items()
    if "look" not in one:
        yield "look", f"it is missing: one of {_looks()}"
    if "look" in wrong or "look" not in one:
        return
    look = Look(one["look"])
    if look in NEEDS_KPI and not one.get("kpi"):
        yield "kpi", f"it is missing: the key of a KPI, which a {look} is about"
    if look is Look.TABLE and one.get("by") and not one.get("kpi"):
        yield "kpi", "it is missing: a table by a dimension shows one KPI for each member"
    if look in NEEDS_BY and not one.get("by"):
        yield "by", f"it is missing: a dimension, whose members a {look} shows"


def _card(one: Mapping[str, Any]) -> Card:
    look = Look(one["look"])
    said = {key: one[key] for key in KEYS if key in one and key != "look"}
    return Card(look, **{"width": WIDTHS[look], **said})


def _unfit_look(value: Any) -> str:
    if isinstance(value, str) and value in set(Look):
        return ""
    hint = did_you_mean(value, list(Look)) if isinstance(value, str) else ""
    return f"found {_shown(value)}, wanted one of {_looks()}{hint}"


def _unfit_text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        return f"found {_shown(value)}, wanted a text"
    if len(value) > longest:
        return f"found {len(value):,} characters, wanted at most {longest:,}"
    if any(unicodedata.category(char) == "Cs" for char in value):
        return "found half of a character, wanted a text in UTF-8"
    return ""


def _unfit_number(value: Any, most: int, least: int = 1) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return ""
    return f"found {_shown(value)}, wanted a whole number from {least} to {most}"


def _shown(value: Any) -> str:
    return repr(value)[:80]


def _looks() -> str:
    return ", ".join(Look)


KEYS: Mapping[str, Fit] = MappingProxyType(
    {
        "look": _unfit_look,
        "kpi": partial(_unfit_text, longest=200),
        "by": partial(_unfit_text, longest=LONGEST_NAME),
        "title": partial(_unfit_text, longest=200),
        "text": partial(_unfit_text, longest=LONGEST_TEXT),
        "top": partial(_unfit_number, least=FEWEST_MEMBERS, most=MOST_MEMBERS),
        "width": partial(_unfit_number, most=COLUMNS),
        "height": partial(_unfit_number, most=max(HEIGHTS)),
    }
)
