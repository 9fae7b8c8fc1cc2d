"""On a screen at the wall: `?tv=1` shows the dashboards one after another, large, dark and without controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st

from dashboard import filters, freshness
from dashboard.boards import kept, reading, showing
from dashboard.boards.board import Board, Card, in_rows
from dashboard.boards.reading import Figures
from dashboard.boards.shipped import shipped
from dashboard.context import current
from dashboard.queries import Situation
from dashboard.reported import Shown
from dashboard.text import plain
from dashboard.view import beginning
from storage.datasets import Dataset

TURN = 20  # seconds that one stays, unless the address says `every`
SHORTEST, LONGEST = 5, 3_600
EARLY = timedelta(seconds=1)  # a timer and a clock never quite agree
ROWS, TALL = 2, 3  # rows of cards on a screen; the height of a card that takes two
PLACE = "tv_place"  # in the session: which of the slides is shown
SINCE = "tv_since"  # in the session: which slide that was when it was first drawn, and when that was
# At the size in which a wall is read; what a mouse would need is away.
LOOK = """<style>
[data-testid="stMetricValue"], [data-testid="stMetricValue"] * { font-size: clamp(2.2rem, 3.6vw, 5rem) !important; }
[data-testid="stMetricLabel"] p { font-size: clamp(1.1rem, 1.5vw, 2rem) !important; }
[data-testid="stMetricDelta"] * { font-size: clamp(1.1rem, 1.3vw, 1.8rem) !important; }
[data-testid="stMain"] [data-testid="stMarkdownContainer"] p { font-size: clamp(1.1rem, 1.3vw, 1.8rem); }
[data-testid="stMain"] .stButton, [data-testid="stMain"] [data-testid="stExpander"],
[data-testid="stMain"] [data-testid="stTooltipIcon"], .modebar, header { display: none !important; }
[data-testid="stMain"] .stMarkdownBadge, [data-testid="stMain"] small { font-size: clamp(1rem, 1.1vw, 1.6rem) !important; }
.kpi-chart { font-size: clamp(1.1rem, 1.4vw, 2rem); }
</style>"""
DARK = """export default function () {
  const asked = new URLSearchParams(location.search);
  asked.set("embed", "true");
  asked.append("embed_options", "dark_theme");
  location.replace(`${location.pathname}?${asked}`);
}"""

_to_the_dark = st.components.v2.component("kpi_tv_dark", js=DARK)


@dataclass(frozen=True, slots=True)
class Slide:
    """What is on the screen at a time: as much of a dashboard as fits. `of`: how many there are of it."""

    dataset: Dataset
    board: Board
    number: int
    of: int

    @property
    def name(self) -> str:
        part = f" · {self.number} of {self.of}" if self.of > 1 else ""
        return f"{self.dataset.name} · {self.board.name}{part}"


def is_on() -> bool:
    return st.query_params.get("tv") == "1"


def show(situation: Situation) -> None:
    """The slide whose turn it is. A browser in a light theme is sent on to the dark one first."""
    if st.context.theme.type == "light" and "dark_theme" not in st.query_params.get_all("embed_options"):
        _to_the_dark(key="tv_dark")
        return
    slides = [
        slide
        for dataset in _datasets(situation, st.query_params.get("dataset", ""))
        for slide in _slides(dataset)
    ]
    if not slides:
        st.title("Nothing to show yet", anchor=False)
        st.markdown("There is no dataset. Upload a workbook, and this screen shows it by itself.")
        return
    slide = slides[st.session_state.get(PLACE, 0) % len(slides)]
    st.html(LOOK)
    _head(slide, kept_up=freshness.is_kept_up(situation, slide.dataset))
    showing.show(_figures(slide.dataset), slide.board)
    if len(slides) > 1 and not st.session_state.get("paused"):
        seconds = turn(st.query_params.get("every", ""))
        st.fragment(_turn, run_every=seconds)(seconds)


def screens(board: Board) -> list[Board]:
    """The dashboard in pieces of which each fits on a screen: `ROWS` rows of cards, a tall card being two of them."""
    pieces: list[list[Card]] = [[]]
    rows = 0
    for row in in_rows(board.cards):
        high = 2 if any(card.height == TALL for card in row) else 1
        if pieces[-1] and rows + high > ROWS:
            pieces.append([])
            rows = 0
        pieces[-1] += row
        rows += high
    return [replace(board, cards=tuple(cards)) for cards in pieces]


def _datasets(situation: Situation, named: str) -> tuple[Dataset, ...]:
    """That of the address; all where it names none that there is."""
    found = tuple(one for one in situation.datasets if one.name == named)
    return found or situation.datasets


def _slides(dataset: Dataset) -> list[Slide]:
    """What every dataset has, then what people made."""
    made = [one.board for one in kept.boards(dataset.name)]
    boards = [board for board in (shipped(_figures(dataset)), *made) if board.cards]
    return [
        Slide(dataset, piece, number, len(pieces))
        for pieces in map(screens, boards)
        for number, piece in enumerate(pieces, start=1)
    ]


def _figures(dataset: Dataset) -> Figures:
    read = reading.read(replace(filters.without(Shown(dataset)), stretch=beginning(dataset).stretch))
    return replace(read, still=True)


def turn(asked: str) -> int:
    """How many seconds a slide stays; the usual time where the address says nothing sensible."""
    return min(max(int(asked), SHORTEST), LONGEST) if asked.isdecimal() and len(asked) < 6 else TURN  # noqa: PLR2004


def _turn(seconds: int) -> None:
    """The next one, once this one was there for its time: the page is also drawn anew because its data moved."""
    place, now = st.session_state.get(PLACE, 0), current().clock()
    drawn, since = st.session_state.get(SINCE, (None, now))
    if drawn != place:
        st.session_state[SINCE] = (place, now)
    elif now - since >= timedelta(seconds=seconds) - EARLY:
        st.session_state[PLACE] = place + 1
        st.rerun()


def _head(slide: Slide, *, kept_up: bool) -> None:
    if not kept_up:
        freshness.grey_out()
    zone, dataset = current().timezone, slide.dataset
    age = f"data to **{dataset.last_day:%-d %b %Y}** · updated {dataset.updated_at.astimezone(zone):%-d %b %H:%M}"
    stale = "" if kept_up else " · :orange-badge[:material/sync_problem: not kept up to date]"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(plain(slide.name), anchor=False, width="stretch")
        st.markdown(f"{age}{stale}", width="content")
