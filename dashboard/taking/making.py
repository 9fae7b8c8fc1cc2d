"""From figures to a report: the same questions as the Overview asks, without a page. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dashboard.boards.board import Board, Card
from dashboard.boards.shipped import shipped_cards
from dashboard.taking.filling import Known, placed
from dashboard.taking.report import NO_FILTERS, Line, Report
from dashboard.taking.tiling import earlier, note
from dashboard.view import Versus, View
from kpi.calculator import Comparison, KpiValue
from kpi.definitions import Definition
from kpi.format import NONE, format_change, format_value
from storage.figures import Figures


def report_of(
    figures: Figures, view: View, made: datetime, cards: Sequence[Card] | None = None, board: str = ""
) -> Report:
    """The view's figures in these cards, those of the dashboard that every dataset has where none are named.

    `made` is the moment, where the business is; `board` the name of the dashboard that somebody made.
    RowsNotKeptError where the rows are gone.
    """
    found = figures.compare(view.slice_of_tiles, view.versus.against)
    compared = {one.kpi: one for one in found}
    bare = Report(
        dataset=view.dataset.name,
        version=view.dataset.version,
        upto=view.data_to,
        made=made,
        reported=view.reported,
        shown=view.words.removesuffix(f" · {view.filters}"),
        against="",
        filters=view.filters or NO_FILTERS,
        board=board,
    )
    if not compared:
        return bare
    first = next((compared[one.key] for one in view.plain_definitions if one.key in compared), found[0])
    series = _by_kpi(figures.values(view.slice_of_series))
    paces = {one.kpi: one for one in figures.paces(view.slice_of_tiles)}
    known = Known(figures, view, compared, series, paces)
    wanted = shipped_cards(view, compared) if cards is None else cards
    return replace(
        bare,
        shown=first.label.split(" vs ", 1)[0] or bare.shown,
        against=_against(view, first),
        cards=tuple(placed(known, card) for card in wanted),
        lines=tuple(_line(one, compared[one.key]) for one in view.definitions if one.key in compared),
    )


def report_of_board(figures: Figures, view: View, made: datetime, board: Board | None) -> Report:
    """The same of a dashboard that somebody made; None for the one that every dataset has."""
    return (
        report_of(figures, view, made, board.cards, board.name) if board else report_of(figures, view, made)
    )


def _by_kpi(values: Sequence[KpiValue]) -> Mapping[str, Sequence[KpiValue]]:
    found: dict[str, list[KpiValue]] = {}
    for value in values:
        found.setdefault(value.kpi, []).append(value)
    return found


def _against(view: View, compared: Comparison) -> str:
    """What the tiles are compared with, in words."""
    if view.versus is Versus.NOTHING:
        return "compared with nothing"
    if view.versus is Versus.TARGET:
        return "against the targets of these days"
    running = f"{view.grain_of_tiles} not over, " if compared.to_date else ""
    if compared.earlier is None:
        return f"{running}there is nothing earlier to compare with"
    alike = ", the same part of it" if compared.to_date else ", the whole of it" if note(compared) else ""
    return f"{running}against {earlier(compared)}{alike}"


def _line(one: Definition, compared: Comparison) -> Line:
    """To the last cent, as the table of all figures on the page."""
    before = compared.earlier.value if compared.earlier else None
    return Line(
        one.label,
        format_value(compared.current.value, one.unit, one.decimals, one.currency),
        format_value(before, one.unit, one.decimals, one.currency),
        format_change(compared.change, one.unit) if compared.earlier else NONE,
        compared.label,
        one.currency or one.unit.value,
    )
