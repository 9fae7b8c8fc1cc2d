"""The page without a browser: Streamlit's AppTest over the real parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.context import Context, SalesPlace, Way, install
from dashboard.plot.component import NAME
from monitor.alerting.rehearsing import rehearse
from monitor.alerting.saved import judge_what_was_saved
from monitor.marked_copy import marked_copy
from monitor.pipeline import Job, Loaded, process
from monitor.unlocking import unlocked
from sample_data.demo import DEMO_FILES
from storage import datasets
from storage.inbox import put
from wiring import System

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "sample_data"
PAGE = PROJECT / "dashboard" / "page.py"
TABS = ("Overview", "Trends", "Comparison", "Distribution", "Data", "Targets", "Alerts", "KPIs", "Sales")
ESCAPE = re.compile(r"\\(?=[^a-zA-Z0-9\s])|\N{WORD JOINER}")
AFTER_THE_SAMPLES = datetime(2025, 12, 21, 12, 0, tzinfo=UTC)


def give_page(system: System) -> None:
    """Let the page read from these parts, as the door does; its clock stands still."""
    install(
        Context(
            database=system.database,
            inbox=system.road.folders.inbox,
            snapshots=system.road.folders.snapshots,
            calculator=system.calculator,
            clock=lambda: AFTER_THE_SAMPLES,
            timezone=system.settings.timezone,
            destinations=system.road.desk.destinations,
            engine=system.engine,
            marked=partial(marked_copy, system.road),
            unlocked=partial(unlocked, system.road.folders.staging, system.road.limits),
            sales=SalesPlace(system.sales.source, system.sales.warehouse, system.sales.options),
            rehearse=lambda rule: rehearse(system.database, system.road.desk, [rule], AFTER_THE_SAMPLES)[0],
            judge=lambda name: judge_what_was_saved(
                system.database, system.road.desk, name, AFTER_THE_SAMPLES
            ),
            ways=tuple(Way(one.name, one.pace, system.settings.missing(one.name)) for one in system.channels),
            send_report=lambda report: system.send_report(report, "page", AFTER_THE_SAMPLES),
            samples=DEMO_FILES,
        )
    )


def hand_in(system: System, name: str, content: bytes) -> Loaded:
    """A file that lies in the inbox and was taken from there."""
    path = put(system.road.folders.inbox, name, content)
    return process(system.road, Job(path, "watch"), AFTER_THE_SAMPLES)


def open_page(tab: str = "", /, **address: str | list[str]) -> AppTest:
    """The page as a link with these parts of an address opens it."""
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in {"tab": tab, **address}.items():
        if value:
            page.query_params[name] = value
    return page.run()


def turned_to(page: AppTest, tab: str) -> AppTest:
    """The same page after a click on another tab."""
    page.query_params["tab"] = tab  # the address goes before the session's state
    page.session_state["tab"] = tab
    return page.run()


def errors(page: AppTest) -> list[str]:
    return [f"{error.message}\n{error.stack_trace}" for error in page.exception]


def charts(page: AppTest) -> list[dict[str, Any]]:
    """What each chart is told to draw, and to say to whoever cannot see it."""
    drawn = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.json) for one in drawn if one.component_name == NAME]


def figures(page: AppTest) -> list[str]:
    """The figures on the page, each as the text that the browser gets."""
    return [told["figure"] for told in charts(page)]


def bars(page: AppTest) -> dict[str, float]:
    """Names and values of the first bar chart."""
    drawn = [json.loads(spec) for spec in figures(page)]
    found: dict[str, Any] = next(trace for one in drawn for trace in one["data"] if trace["type"] == "bar")
    return dict(zip(found["customdata"], found["x"], strict=True))


def tiles(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def table(page: AppTest, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of the first table that has all these columns."""
    found = next(one.value for one in page.dataframe if set(columns) <= set(one.value.columns))
    return list(found[list(columns)].itertuples(index=False, name=None))


def all_figures(page: AppTest) -> AppTest:
    """The same page, with the table of all figures open."""
    page.session_state["all_figures"] = True
    return page.run()


def said(page: AppTest) -> list[str]:
    """Every text on the page as it is read: without the escapes that keep text from being markup."""
    parts: Iterable[Any] = (
        *page.markdown, *page.caption, *page.error, *page.info, *page.warning, *page.title, *page.subheader,
    )  # fmt: skip
    titles = [expander.label for expander in page.expander]
    moving = [one.proto.text for one in page.get("progress")]
    return [ESCAPE.sub("", text) for text in (*(part.value for part in parts), *titles, *moving)]


def version(system: System, dataset: str) -> int:
    with system.database.read() as connection:
        known = datasets.find_dataset(connection, dataset)
    return known.version if known else 0


def a_csv(rows: Iterable[tuple[date, str, float]]) -> bytes:
    lines = [f"{day},{region},{revenue}" for day, region, revenue in rows]
    return "\n".join(["Date,Region,Revenue", *lines, ""]).encode()
