"""What a card is about, and whether the data have it. Pure."""

from __future__ import annotations

from dashboard.boards.board import Card
from dashboard.view import View
from kpi.definitions import Definition


def missing(view: View, card: Card) -> str:
    """What the card is about and these data do not have; empty where they have all."""
    if card.kpi and card.kpi not in {one.key for one in view.definitions}:
        return f"These data give no KPI {card.kpi!r}."
    if card.by and card.by not in {field.name for field in view.dimensions}:
        return f"These data have no {card.by!r} to divide by."
    return ""


def called(view: View, dimension: str) -> str:
    """The dimension as the workbook calls it."""
    return next(field.header or field.name for field in view.dimensions if field.name == dimension)


def definition_of(view: View, card: Card) -> Definition:
    """The KPI of a card of which nothing is missing; that of a card that names none is the first."""
    return view.definition(card.kpi) if card.kpi else view.plain_definitions[0]
