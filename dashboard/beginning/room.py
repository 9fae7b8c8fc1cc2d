"""The page of an empty database: what this is, and three ways to the first numbers."""

from __future__ import annotations

import streamlit as st

from dashboard import upload
from dashboard.beginning.template import NAME, template
from dashboard.context import current
from dashboard.downloads import XLSX
from dashboard.incoming import awaited
from dashboard.text import plain


def show() -> None:
    """One sentence, three ways, and the folder that is watched."""
    st.subheader("There are no numbers yet", anchor=False)
    st.markdown(
        "This page makes **KPIs and charts of your workbooks** within seconds, follows them as they change, and tells "
        "people in Slack and WhatsApp when a number needs them."
    )
    first, second, third = st.columns(3, gap="medium")
    with first.container(border=True, height="stretch", key="way_samples"):
        _samples()
    with second.container(border=True, height="stretch", key="way_upload"):
        st.markdown(
            "**Bring your own**  \nA workbook with a column of **dates** and one of **numbers**. What was found in it is shown."
        )
        upload.show(first=False)
    with third.container(border=True, height="stretch", key="way_template"):
        st.markdown(
            "**Fill one in**  \nA workbook with the right columns and formats, and a page that says what goes where."
        )
        st.download_button(
            "Download a template workbook",
            _template(),
            NAME,
            XLSX,
            key="template",
            on_click="ignore",
            icon=":material/download:",
        )
    st.caption(
        f":material/folder_open: Files that are saved into this folder are read by themselves: {plain(str(current().inbox))}"
    )


def _samples() -> None:
    st.markdown(
        "**Look around first**  \nInvented figures of a coffee wholesaler: two years of sales, costs and orders."
    )
    st.button(
        "Load sample data",
        key="samples",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not current().samples or bool(awaited.waiting()),
        on_click=_load_samples,
    )


def _load_samples() -> None:
    """Into the inbox, as any file; the first of them is the one that is shown."""
    for number, path in enumerate(current().samples):
        upload.take(path.name, path.read_bytes(), shown=number == 0, own=False)


@st.cache_data(show_spinner=False)
def _template() -> bytes:
    return template()
