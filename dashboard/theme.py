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

# Toasts: beside the button that hands a file in they would be in its way, for as long as the mouse rests there.
# What is chosen has a bar, a frame and a tint in the theme's colour: its word stays in the colour of text, which no
# colour could be read on the dark background as well as under the white words of a button.
# What can be pressed within a line or at the foot of a tile is as high as a finger needs, not as a form would have it.
# On a phone each bar of controls is one line to be pushed aside, so that the figures begin on the first screen.
STYLE = """<style>
[data-testid="stToastContainer"] { top: auto; bottom: 1rem; }
:is(.st-key-toast_names, .st-key-follow) { display: none; }
button:is([kind="secondary"], [kind="tertiary"]):is(:hover, :focus, :active) { color: inherit; }
:is(.st-key-trail, [class*="st-key-tile_"]) button { min-height: 1.75rem; }
.st-key-trail { scrollbar-width: thin; }
[role="tab"][aria-selected="true"] p, button[data-selected="true"] p { color: inherit; }
[role="tab"][aria-selected="true"], button[data-selected="true"], [role="tab"]:hover { color: inherit !important; }
@media (max-width: 640px) {
  .st-key-filters { flex-wrap: nowrap !important; overflow-x: auto; }
  .st-key-filters > * { flex: 0 0 auto !important; }
  .st-key-head { gap: 0.5rem !important; }
  .st-key-head > * { flex: 1 1 40% !important; width: auto !important; min-width: 0 !important; }
  .st-key-head > :first-child { flex-basis: 100% !important; }
  .st-key-head .stPopover button { width: 100%; }
  [data-testid="stMainBlockContainer"] { padding-top: 3.75rem; }
  [data-testid="stMain"] h1 { font-size: 1.5rem; }
}
</style>"""

CHART_HEIGHT = 340
BAR_HEIGHT = 30  # a bar with its gap
