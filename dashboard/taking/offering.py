"""The menu on the page: the dashboard as it stands, as a file in one of three forms, made when it is clicked."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from dashboard.boards.board import Board
from dashboard.context import Context, current
from dashboard.queries import open_figures
from dashboard.taking.forms import Form, file_name, write
from dashboard.taking.making import report_of_board
from dashboard.taking.rows import rows_of
from dashboard.view import View

OFFERED = {
    Form.HTML: (
        "HTML page",
        ":material/public_off:",
        "Opens in any browser, without a network; charts can be zoomed.",
    ),
    Form.PDF: (
        "PDF",
        ":material/picture_as_pdf:",
        "To print or to send: the cards and all figures on A4.",
    ),
    Form.XLSX: (
        "Excel workbook",
        ":material/table_view:",
        "The rows with these filters; loaded anew it gives the same KPIs.",
    ),
}


def offer(view: View, board: Board | None = None) -> None:
    """The menu, of the dashboard that is shown: None for the one that every dataset has.

    There is none where the rows of the view are gone.
    """
    if view.lost:
        return
    with st.popover("Take away", icon=":material/download:", key="take_away"):
        st.caption("This dashboard with its filters, as a file of your own.")
        for form, (label, icon, words) in OFFERED.items():
            st.download_button(
                label,
                partial(_made, form, view, board, current()),
                file_name(view.dataset.name, view.data_to.isoformat(), form, board.name if board else ""),
                form.content_type,
                key=f"take_{form}",
                on_click="ignore",
                icon=icon,
                help=words,
                width="stretch",
            )


def _made(form: Form, view: View, board: Board | None, context: Context) -> bytes:
    """The file, made in another thread than the page's."""
    made: datetime = context.clock().astimezone(context.timezone)
    with TemporaryDirectory() as folder, open_figures(view.asked) as (connection, figures):
        path = Path(folder) / form
        report = report_of_board(figures, view, made, board)
        write(form, path, report, lambda: rows_of(connection, figures, context.snapshots, view))
        return path.read_bytes()
