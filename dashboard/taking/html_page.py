"""The report as one file of HTML that needs nothing else: no server, no network, no font, no picture.

Its scripts are named by their hashes and may fetch nothing; every text of a cell is escaped. Without scripts its tables
say what its charts show.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from dashboard.taking.html_cards import DRAWN, all_figures, board
from dashboard.taking.html_parts import head, said
from dashboard.taking.report import NO_ROWS, Report

HERE = Path(__file__).parent


def html_page(report: Report) -> str:
    """The whole file."""
    scripts = _scripts(report)
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
    if not report.lines:
        return f'<p class="nothing">{escape(NO_ROWS)} Choose a longer period, or clear a filter.</p>\n'
    end = report.lines_at_the_end
    return board(report) + (all_figures(end) if end else "")


def _scripts(report: Report) -> list[str]:
    """What draws, where there is something to draw."""
    if not any(isinstance(card.holds, DRAWN) for card in report.cards):
        return []
    drawing = (HERE / "report.js").read_text("utf-8")
    return [get_plotlyjs().replace("</script", "<\\/script"), drawing]


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
