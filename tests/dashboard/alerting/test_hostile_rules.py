from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from alerts.sending.silences import Silence
from monitor.alerting.evaluation import judge_now
from storage.alerting import silences, thresholds
from tests.dashboard.alerting.tab import buttons
from tests.dashboard.pages import AFTER_THE_SAMPLES, a_csv, errors, figures, hand_in, open_page
from wiring import System

LINK, BOLD, MATHS, COLOUR = "[a](javascript:1)", "**x**", "$a$", ":red[x]"
HOSTILE = f"{BOLD} {LINK} {MATHS} {COLOUR} <script>alert(1)</script>"
ALIVE = re.compile(r"(?<!\\)(?:\[a\]\(|\*\*x\*\*|\$a|<script|:red\[x)")
EACH = Limit(Direction.BELOW, 1000.0, 1000.0)


@pytest.fixture
def hostile(empty: System) -> System:
    """A rule whose name, owner, channel and members are markup, that fires, and is silenced for such a reason."""
    rows = [(date(2025, month, 1), HOSTILE, 10.0 * month) for month in range(1, 12)]
    hand_in(empty, "shop.csv", a_csv(rows))
    rule = Rule(0, HOSTILE, "shop", "revenue", "month", EACH, "region", owner=HOSTILE)
    with empty.database.begin() as connection:
        made = thresholds.add_rule(connection, rule, AFTER_THE_SAMPLES)
    judge_now(empty.database, empty.road.desk, "shop", AFTER_THE_SAMPLES)
    until = AFTER_THE_SAMPLES.replace(hour=20)
    wish = Silence(0, AFTER_THE_SAMPLES, until, HOSTILE, name=HOSTILE, rule_id=made.id, created_by=HOSTILE)
    with empty.database.begin() as connection:
        silences.add_silence(connection, wish, AFTER_THE_SAMPLES)
    return empty


def alive(page: AppTest) -> list[str]:
    """What is read as Markdown and has something alive in it."""
    parts = [part.value for part in (*page.markdown, *page.caption, *page.info, *page.error, *page.warning)]
    labels = [one.label for one in (*page.button, *page.checkbox, *page.expander, *page.text_input)]
    helps = [one.help for one in (*page.button, *page.selectbox)]
    return [text for text in (*parts, *labels, *helps) if text and ALIVE.search(text)]


@pytest.mark.parametrize("part", ["Rules", "History", "Messages", "Destinations"])
def test_names_members_and_reasons_are_text_in_every_part(hostile: System, part: str) -> None:
    page = open_page("Alerts", dataset="shop", alerts=part)
    asked = buttons(page, "Why?")
    page = asked[0].click().run() if asked else page
    assert (errors(page), alive(page)) == ([], [])
    assert any("script" in part.value for part in page.markdown)


def test_the_rehearsal_and_its_messages_are_text(hostile: System) -> None:
    (edit,) = buttons(open_page("Alerts", dataset="shop"), "Edit")
    page = edit.click().run()
    assert (errors(page), alive(page)) == ([], [])
    assert len(figures(page)) == 1
    assert "<script" not in figures(page)[0]
