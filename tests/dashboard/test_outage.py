"""What stands in the place of figures while they cannot be worked out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.context import current, install
from dashboard.live import NAME
from kpi.calendar import DateRow
from kpi.values import Executor
from storage.engines.contract import EngineUnavailableError
from storage.figures import UnknownDatasetError
from tests.dashboard.pages import errors, open_page, said, tiles
from wiring import System

AWAY = EngineUnavailableError("the engine does not answer")
GONE = UnknownDatasetError("there is no dataset 'finance'")
SAID = {
    AWAY: "**The figures cannot be worked out now.**  \nthe engine does not answer",
    GONE: "**These data are gone.**  \nthere is no dataset 'finance'",
}


@dataclass(frozen=True, slots=True)
class Without:
    """An engine that answers every question with the same error."""

    error: Exception

    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> AbstractContextManager[Executor]:
        raise self.error

    def over_star(self, folder: Path) -> AbstractContextManager[Executor]:
        raise self.error

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        raise self.error

    def tidy(self, at: datetime) -> None:
        raise self.error

    def close(self) -> None:
        """It holds nothing open."""

    def describe(self) -> str:
        return "none"


def test_without_a_database_the_page_says_so_and_waits_to_be_drawn_anew(samples: System) -> None:
    samples.database.dispose()
    samples.settings.home_folder.joinpath("kpi.db").rename(samples.settings.home_folder / "away.db")
    page = open_page(dataset="finance")
    assert errors(page) == []
    (said_,) = page.error
    assert said_.value.startswith("**The database does not answer.**")
    (told,) = [one.proto.json for one in page.get("bidi_component") if one.proto.component_name == NAME]
    assert json.loads(told)["shown"] == ""


@pytest.mark.parametrize("error", [AWAY, GONE])
@pytest.mark.parametrize("address", [{"dataset": "finance"}, {"tv": "1", "dataset": "finance"}])
def test_the_page_and_the_screen_say_why_there_are_no_figures(
    samples: System, error: Exception, address: dict[str, str]
) -> None:
    install(replace(current(), engine=Without(error)))
    page = open_page(**address)
    assert errors(page) == []
    assert SAID[error] in said(page)


@pytest.mark.parametrize("error", [AWAY, GONE])
def test_what_is_known_stays_where_a_number_cannot_be_explained(samples: System, error: Exception) -> None:
    page = open_page(dataset="finance")
    install(replace(current(), engine=Without(error)))
    page.button(key="explain_revenue").click().run()
    assert errors(page) == []
    assert SAID[error] in said(page)
    assert "Revenue" in tiles(page)


def test_a_dialog_says_it_for_itself() -> None:
    def script() -> None:
        import streamlit as st  # noqa: PLC0415 - the page runs this text by itself

        from dashboard import outage  # noqa: PLC0415
        from storage.engines.contract import EngineUnavailableError  # noqa: PLC0415

        @st.dialog("Card")
        @outage.told()
        def dialog() -> None:
            raise EngineUnavailableError("the engine does not answer")

        dialog()

    page = AppTest.from_function(script).run()
    assert errors(page) == []
    assert SAID[AWAY] in said(page)
