"""All dashboards and saved views as one file: to keep under version control, and to take in again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from alerts.book.toml import BookError
from dashboard import book_file
from dashboard.boards.keeping import Pen, export_book, import_book
from dashboard.boards.kept import PAGE
from dashboard.context import current
from storage.alert_book.parts import Changed
from storage.dashboards import BoardError

NAME = "dashboards.toml"
BOOK = "boards"  # what the keys of the field begin with


def show() -> None:
    """In the menu of views, which is there whether anybody has made a dashboard or not."""
    with st.expander("All as a file"):
        st.caption("The dashboards and saved views of every dataset, to keep and to carry elsewhere.")
        st.download_button(
            "Download",
            _export,
            NAME,
            "application/toml",
            icon=":material/download:",
            key="boards_out",
            on_click="ignore",
        )
        if done := book_file.taken(BOOK):
            st.success(done, icon=":material/check:")
        book_file.show(BOOK, _take)


def _export() -> str:
    with current().database.read() as connection:
        return export_book(connection)


def _take(text: str, *, replace: bool, dry_run: bool = False) -> tuple[Sequence[Changed], Sequence[str]]:
    context = current()
    try:
        with context.database.begin() as connection:
            pen = Pen(connection, PAGE, context.clock())
            taken = import_book(pen, context.calculator, text, replace=replace, dry_run=dry_run)
    except BoardError as error:
        raise BookError(str(error)) from error
    return taken.changes, taken.warnings
