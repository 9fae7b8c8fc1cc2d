"""The figures below "More": cohorts, segments, classes of products, and the bridge between two periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import theme
from dashboard.sales.charts import blank, clipped, rounded
from dashboard.sales.marks import Mark, Measure
from dashboard.text import for_plotly

ROW = 26  # pixels of a cohort
WRITTEN = 13  # columns of cells that have room for their numbers
CLASSES = {"A": theme.SERIES[0], "B": theme.SERIES[2], "C": theme.REST}
SHADES = ((0.0, "#EAF2F8"), (0.5, "#6FB1DC"), (1.0, "#0072B2"))  # of the main colour; zero is its lightest


def heatmap(cohorts: Mapping[str, Sequence[float | None]]) -> go.Figure:
    """Which part of a cohort bought again so many months later; a month that has not come yet is an empty place.

    The shares of each cohort from its first month on, by the cohort's name, oldest first.
    """
    most = max((len(shares) for shares in cohorts.values()), default=0)
    cells = [
        [rounded(share) for share in [*shares, *[None] * (most - len(shares))]] for shares in cohorts.values()
    ]
    figure = blank(max(220, 80 + ROW * len(cohorts)))
    figure.add_trace(
        go.Heatmap(
            z=cells,
            x=list(range(most)),
            y=[for_plotly(name) for name in cohorts],
            zmin=0,
            zmax=_brightest(cells),
            colorscale=[list(shade) for shade in SHADES],
            xgap=1,
            ygap=1,
            texttemplate="%{z:.0%}" if most <= WRITTEN else None,
            hoverongaps=False,
            hovertemplate="%{y}, %{x} months later: %{z:.1%}<extra></extra>",
            colorbar={"tickformat": ".0%", "thickness": 10, "outlinewidth": 0},
            showscale=most > WRITTEN,
        )
    )
    figure.update_xaxes(
        title="months after the first order", tickformat="d", dtick=1 if most <= WRITTEN else None
    )
    return figure.update_yaxes(autorange="reversed", type="category", showgrid=False)


def _brightest(cells: Sequence[Sequence[float | None]]) -> float:
    """The largest share after the first month, which is always the whole; it would drown the others."""
    later = [share for row in cells for share in row[1:] if share is not None]
    return max(later, default=1.0) or 1.0


def curve(shares: Sequence[float], classes: Sequence[str]) -> go.Figure:
    """Which share of revenue the best products bring together, and where the classes end.

    `shares` is cumulative, of products from the best to the worst, `classes` the class of each.
    """
    figure = blank(theme.CHART_HEIGHT)
    count = len(shares)
    for name, colour in CLASSES.items():
        places = [place for place in range(count) if classes[place] == name]
        if not places:
            continue
        kept = _thinned(places)
        figure.add_trace(
            go.Scatter(
                x=[round((place + 1) / count, 6) for place in kept],
                y=[rounded(shares[place]) for place in kept],
                name=f"class {name}",
                mode="lines+markers" if len(kept) == 1 else "lines",
                line={"color": colour, "width": 3},
                fill="tozeroy",
                hovertemplate="the best %{x:.1%} of products bring %{y:.1%}<extra>class " + name + "</extra>",
            )
        )
    figure.update_xaxes(title="products, from the best to the worst", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title="share of revenue", tickformat=".0%", rangemode="tozero")
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.1, "x": 0})


def _thinned(places: Sequence[int], most: int = 500) -> list[int]:
    """So many of them at most, the last among them."""
    step = max(1, len(places) // most)
    kept = list(places[::step])
    return kept if kept[-1] == places[-1] else [*kept, places[-1]]


def bridge(before: Mark, parts: Sequence[Mark], after: Mark, measure: Measure) -> go.Figure:
    """From one amount to the other, by the parts of their difference."""
    steps = [before, *parts, after]
    figure = blank(theme.CHART_HEIGHT)
    figure.add_trace(
        go.Waterfall(
            x=[for_plotly(clipped(step.label)) for step in steps],
            y=[rounded(step.value) for step in steps],
            measure=["absolute", *["relative"] * len(parts), "total"],
            text=[
                measure.short(before.value),
                *(_signed(part, measure) for part in parts),
                measure.short(after.value),
            ],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": theme.SERIES[0]}},
            decreasing={"marker": {"color": theme.LIMIT}},
            totals={"marker": {"color": theme.SERIES[4]}},
            connector={"line": {"color": theme.REST, "width": 1}},
            hovertemplate="%{x}: %{y:" + measure.hover + "}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category")
    return figure.update_yaxes(rangemode="tozero").update_layout(margin={"t": 32})


def _signed(part: Mark, measure: Measure) -> str:
    return f"{'+' if (part.value or 0) > 0 else ''}{measure.short(part.value)}"
