"""What stands in the place of figures that cannot be worked out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard.text import plain
from storage.engines.contract import EngineUnavailableError
from storage.figures import UnknownDatasetError


@contextmanager
def told() -> Iterator[None]:
    """Around whatever asks for figures: says why there are none, and the rest of the page stays as it is.

    A dialog reruns by itself, without the page around it, and so needs one of its own.
    """
    try:
        yield
    except EngineUnavailableError as error:
        _say("The figures cannot be worked out now", error, "cloud_off")
    except UnknownDatasetError as error:  # somebody has taken its last file back since this run began
        _say("These data are gone", error, "delete")


def without_database(error: SQLAlchemyError) -> None:
    """In the place of the whole page. What the database says is for whoever runs it, and stands in the log."""
    logging.getLogger(__name__).error("the database does not answer", exc_info=error)
    st.error(
        "**The database does not answer.**  \nThe page comes back by itself as soon as it does; nothing is lost.",
        icon=":material/cloud_off:",
    )


def _say(what: str, error: Exception, icon: str) -> None:
    st.error(f"**{what}.**  \n{plain(str(error))}", icon=f":material/{icon}:")
