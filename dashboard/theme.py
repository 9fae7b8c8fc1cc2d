"""Colours and measures of the page. The pairs are told apart by the colour-blind and have a word beside them."""

from __future__ import annotations

from typing import Literal

Tone = Literal[
    "blue", "orange", "gray"
]  # Streamlit's names; both colours pass AA on their chips in both themes
GOOD: Tone = "blue"
BAD: Tone = "orange"
QUIET: Tone = "gray"

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5B6470")
MAIN, LIMIT, REST = SERIES[0], "#D55E00", "#8A94A3"

# Drawn here: the browser would fetch a named symbol from a server of its maker.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0B66C3"/>'
    '<path d="M6 22l7-8 5 5 8-10" fill="none" stroke="#fff" stroke-width="3.5" stroke-linejoin="round"/></svg>'
)

CHART_HEIGHT = 340
BAR_HEIGHT = 30  # a bar with its gap
CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "scrollZoom": False,
    "toImageButtonOptions": {"format": "png", "scale": 2},
}
