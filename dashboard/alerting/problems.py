"""What cannot be saved as it was typed, each with the name of its field."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from alerts.book.entries import EntryError
from dashboard.text import plain


def show(error: Exception, labels: Mapping[str, str]) -> None:
    """`labels` are the names of the fields by the keys of an entry."""
    st.error("  \n".join(lines(error, labels)), icon=":material/error:")


def lines(error: Exception, labels: Mapping[str, str]) -> list[str]:
    """As Markdown, one a field; what is about none of them stands by itself."""
    found = error.problems if isinstance(error, EntryError) else {"": str(error)}
    return [
        f"**{plain(labels[key])}**: {plain(why)}" if key in labels else plain(why[:1].upper() + why[1:])
        for key, why in found.items()
    ]
