"""Going back: the whole page as it was reported on a day in the past. Off by default; in the address while it is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.text import plain
from storage.datasets import Dataset
from storage.editions import NothingReportedError
from storage.versions import Cause, Version

DAY, OF_DAY = "reported", "reported_version"  # keys of the controls, and their names in the address
LAST = "the last of that day"
CAUSES = {
    Cause.LOAD: "a file was loaded",
    Cause.UNDO: "a load was taken back",
    Cause.DEFINITIONS: "definitions were changed",
    Cause.TARGETS: "targets were changed",
    Cause.CALENDAR: "the calendar was changed",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The dataset that the page is about: as it is, or as it was at the moment `reported`.

    `lost` says why the rows of what was reported cannot be asked any more, if so.
    """

    dataset: Dataset
    reported: datetime | None = None
    lost: str = ""


def choose(name: str) -> datetime | None:
    """The control; the moment to go back to, None for now."""
    zone, today = current().timezone, current().today
    first = queries.first_report(name)
    day = st.date_input(
        "As reported on",
        None,
        min_value=first.astimezone(zone).date() if first else today,
        max_value=today,
        key=DAY,
        bind="query-params",
        format="YYYY-MM-DD",
        width=160,
        help="Show every figure as it was said at the end of that day, whatever was corrected since.",
    )
    if not isinstance(day, date):
        return None
    versions = queries.versions_of_day(name, day)
    at = _of_day(versions) if len(versions) > 1 else None
    return at or datetime.combine(day, time.max, zone)


def shown(dataset: Dataset, reported: datetime | None) -> Shown:
    """The dataset as it is to be shown, under a badge while that is not how it is now. Stops where there is nothing."""
    if reported is None:
        return Shown(dataset)
    try:
        edition = queries.edition(dataset.name, reported)
    except NothingReportedError as error:
        st.warning(_sentence(str(error)), icon=":material/history:")
        _way_back()
        st.stop()
    if edition is None:
        return Shown(dataset)
    _badge(edition.version, dataset, reported)
    if edition.lost:
        st.warning(_sentence(edition.lost), icon=":material/history:")
    return Shown(edition.dataset, reported, edition.lost)


def _of_day(versions: list[Version]) -> datetime | None:
    """The moment of one of a day's versions, None for its end."""
    zone = current().timezone
    said = {
        f"{one.at.astimezone(zone):%H:%M:%S}, version {one.number}, {CAUSES[one.cause]}": one
        for one in versions
    }
    chosen = st.selectbox("At", [LAST, *said], key=OF_DAY, bind="query-params", width=260)
    return said[chosen].at.astimezone(zone) if chosen in said else None


def _badge(version: Version, dataset: Dataset, reported: datetime) -> None:
    """What is shown and since when it held; on a page that is printed or photographed it stands above everything."""
    since = version.at.astimezone(current().timezone)
    newest = "still the newest" if version.number == dataset.version else f"by now there is {dataset.version}"
    with st.container(horizontal=True, vertical_alignment="center", key="as_reported"):
        st.markdown(
            f":orange-badge[:material/history: As reported on {reported:%-d %b %Y, %H:%M}] "
            f"version {version.number} of {since:%-d %b %Y, %H:%M}, {newest}. Figures are as they were said then; rules, "
            "alerts and files are as they are now."
        )
        _way_back()


def _sentence(message: str) -> str:
    return plain(message[:1].upper() + message[1:])


def _way_back() -> None:
    st.button("Back to now", icon=":material/update:", on_click=_go_back)


def _go_back() -> None:
    st.session_state[DAY] = None
