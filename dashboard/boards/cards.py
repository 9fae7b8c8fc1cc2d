"""What a card shows, by its look: each a few lines over the same charts and tables as the tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
import streamlit as st

from dashboard import explaining, members, queries, theme
from dashboard.boards import tile
from dashboard.boards.board import Card, Look
from dashboard.boards.reading import Figures
from dashboard.boards.subject import called, definition_of, missing
from dashboard.charts import Visualizer
from dashboard.drawing import OVER_TIME, chart, data, heading
from dashboard.shares import COLUMNS, PART, as_frame
from dashboard.tables import told_apart
from dashboard.text import plain
from kpi.format import format_change, format_value

HEIGHTS: Mapping[int, int] = MappingProxyType({1: 220, 2: theme.CHART_HEIGHT, 3: 520})  # pixels of a chart
NO_ROWS = "No rows lie in this period with these filters. Choose a longer period, or clear a filter."


@dataclass(frozen=True, slots=True)
class Place:
    """A card where it stands: `key` is its own on the page."""

    figures: Figures
    card: Card
    key: str

    @property
    def height(self) -> int:
        return HEIGHTS[self.card.height]

    def title(self, given: str) -> str:
        return self.card.title or given


def show(figures: Figures, card: Card, key: str) -> None:
    """The card; one that these data cannot fill says so in its place."""
    place, problem = Place(figures, card, key), missing(figures.view, card)
    if problem:
        st.markdown(f"**{plain(card.title or card.kpi or card.look)}**")
        st.caption(f":material/help: {plain(problem)}")
        return
    LOOKS[card.look](place)


def _kpi(place: Place) -> None:
    tile.show(place.figures, definition_of(place.figures.view, place.card), place.key, place.card.title)


def _trend(place: Place) -> None:
    view, one, by = place.figures.view, definition_of(place.figures.view, place.card), place.card.by
    frame = queries.series(view, (one.key,), by or None)
    said = f"{one.label} by {view.grain}{f' and {called(place.figures.view, by)}' if by else ''}"
    heading(place.title(said), one)
    if frame.empty:
        st.info(NO_ROWS)
        return
    picture = Visualizer(one, view.grain, view.calendar, height=place.height)
    if by:
        names = queries.largest(view, one.key, by)
        narrows = None if place.figures.still else members.on_line(view, by, names)
        chart(
            lambda: picture.trends(frame, names, view.so_far),
            place.key,
            f"{said}: a line for each of the largest members",
            narrows,
            of=("trends", view.asked, view.slice_of_series, one.key, by, place.height),
        )
        data(place.key, said, one, frame[["period", "member", "value", "complete"]])
        return
    latest = format_value(frame.iloc[-1]["value"], one.unit, one.decimals, one.currency)
    finding = f"{said}: {latest} in the last of {len(frame)} periods"
    asks = None if place.figures.still else explaining.on_point(view, one)
    of = ("trend", view.asked, view.slice_of_series, one.key, place.height)
    chart(lambda: picture.trend(frame, so_far=view.so_far), place.key, finding, asks, of=of)
    data(place.key, said, one, frame[OVER_TIME])


def _breakdown(place: Place) -> None:
    view, one, by = place.figures.view, definition_of(place.figures.view, place.card), place.card.by
    name = called(place.figures.view, by)
    shares = queries.breakdown(view, one.key, by, place.card.top)
    said = f"{one.label} by {name}"
    heading(place.title(f"{said}, {view.words}"), one)
    if not shares:
        st.info(NO_ROWS)
        return
    of = ("bars", view.asked, view.slice_of_window, one.key, by, place.card.top, place.height)
    narrows = None if place.figures.still else members.on_bar(view, by, shares)
    finding = f"{said}; the largest is {shares[0].member}"
    picture = Visualizer(one, height=place.height)
    chart(lambda: picture.bars(shares, place.height), place.key, finding, narrows, of=of)
    column = told_apart([*COLUMNS, name])[-1]  # the workbook's own word may be any of them
    data(place.key, said, one, as_frame(shares, column))


def _distribution(place: Place) -> None:
    view, one = place.figures.view, definition_of(place.figures.view, place.card)
    frame = queries.days(view, one.key)
    said = f"Number of days by their {one.label}"
    heading(place.title(f"{said}, {view.words}"), one)
    if frame["value"].dropna().empty:
        st.info(NO_ROWS)
        return
    of = ("histogram", view.asked, view.slice_of_window, one.key, place.height)
    chart(lambda: Visualizer(one, height=place.height).histogram(frame), place.key, said, of=of)
    data(place.key, said, one, frame[["period", "value"]])


def _table(place: Place) -> None:
    if place.card.by:
        _members(place)
        return
    st.markdown(f"**{plain(place.title('All figures'))}**")
    table(place.figures, place.key)


def _members(place: Place) -> None:
    view, one, by = place.figures.view, definition_of(place.figures.view, place.card), place.card.by
    heading(place.title(f"{one.label} by {called(place.figures.view, by)}, {view.words}"), one)
    shares = queries.breakdown(view, one.key, by, place.card.top)
    names = told_apart([called(place.figures.view, by), one.label, PART])
    rows = [
        [share.member, format_value(share.value, one.unit, one.decimals, one.currency), share.of_the_whole]
        for share in shares
    ]
    shown = pd.DataFrame(rows, columns=names)
    right = st.column_config.TextColumn(alignment="right")
    forms = dict.fromkeys(names[1:], right)
    st.dataframe(shown, hide_index=True, key=place.key, column_config=forms, alt=f"{one.label} by {by}")


def table(figures: Figures, key: str) -> None:
    """Every KPI in full, to the last cent."""
    rows = [
        {
            "KPI": one.label,
            "value": format_value(found.current.value, one.unit, one.decimals, one.currency),
            "earlier": format_value(
                found.earlier.value if found.earlier else None, one.unit, one.decimals, one.currency
            ),
            "change": format_change(found.change, one.unit),
            "compared": found.label,
            "unit": one.currency or one.unit.value,
        }
        for one in figures.view.definitions
        if (found := figures.compared.get(one.key)) is not None
    ]
    right = dict.fromkeys(("value", "earlier", "change"), st.column_config.TextColumn(alignment="right"))
    alt = "Every KPI with its value and change"
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=key, column_config=right, alt=alt)


def _text(place: Place) -> None:
    if place.card.title:
        st.markdown(f"**{plain(place.card.title)}**")
    st.markdown(place.card.text.replace("![", "&#33;["))  # a picture from elsewhere would tell who is reading


LOOKS: Mapping[Look, Callable[[Place], None]] = MappingProxyType(
    {
        Look.KPI: _kpi,
        Look.TREND: _trend,
        Look.BREAKDOWN: _breakdown,
        Look.DISTRIBUTION: _distribution,
        Look.TABLE: _table,
        Look.TEXT: _text,
    }
)
