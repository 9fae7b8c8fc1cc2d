"""The report as one file of HTML that needs nothing else: no server, no network, no font, no picture.

Its scripts are named by their hashes and may fetch nothing; every text of a cell is escaped. Without scripts its tables
say what its charts show.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.charts import Visualizer
from dashboard.taking.html_parts import (
    breakdown_table,
    chart,
    figures_table,
    head,
    said,
    tiles,
    trend_table,
)
from dashboard.taking.report import NO_ROWS, Breakdown, Report, Trend
from dashboard.theme import CHART_HEIGHT

HERE = Path(__file__).parent
UNSAFE = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})  # inside a script


def html_page(report: Report) -> str:
    """The whole file."""
    drawing = (HERE / "report.js").read_text("utf-8")
    scripts = [get_plotlyjs().replace("</script", "<\\/script"), drawing] if report.trend else []
    style = (HERE / "report.css").read_text("utf-8")
    policy = "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *(map(_hash, scripts) if scripts else ("'none'",)))),
            "style-src 'unsafe-inline'",  # the script writes its own styles
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n',
            f"<title>{said(report.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n",
            head(report),
            f"<main>\n{_body(report)}</main>\n",
            *(f"<script>{script}</script>\n" for script in scripts),
            "</body>\n</html>\n",
        )
    )


def _body(report: Report) -> str:
    if not report.tiles:
        return f'<p class="nothing">{escape(NO_ROWS)} Choose a longer period, or clear a filter.</p>\n'
    return "".join(
        (tiles(report), _charts(report), figures_table(report)),
    )


def _charts(report: Report) -> str:
    drawn = [
        *([_trend(report.trend)] if report.trend else []),
        *([_breakdown(report.breakdown)] if report.breakdown else []),
    ]
    return f'<section class="charts" aria-label="Charts">\n{"".join(drawn)}</section>\n' if drawn else ""


def _trend(trend: Trend) -> str:
    figure = Visualizer(trend.kpi, trend.grain, trend.calendar).trend(trend.frame(), so_far=trend.so_far)
    finding = f"{trend.title}, {len(trend.points)} periods"
    return chart("trend", trend, finding, in_script(figure), trend_table(trend))


def _breakdown(found: Breakdown) -> str:
    figure = Visualizer(found.kpi).bars(found.shares, CHART_HEIGHT)
    finding = f"{found.title}; the largest is {found.shares[0].member}"
    return chart("breakdown", found, finding, in_script(figure), breakdown_table(found))


def in_script(figure: go.Figure) -> str:
    """The figure as JSON that ends no script and is no line of one; its colours come with the page's."""
    told = json.loads(figure.to_json())
    told["layout"].pop("template", None)
    return json.dumps(told, sort_keys=True).translate(UNSAFE)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
