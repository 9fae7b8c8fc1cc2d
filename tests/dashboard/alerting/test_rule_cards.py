"""The cards of the rules: in which order they stand, and what their buttons are called."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from streamlit.testing.v1 import AppTest

from alerts.judging.conditions import Direction, Freshness, Limit
from alerts.rules import Rule
from dashboard.alerting.rules import ORDER
from monitor.alerting.evaluation import judge_now
from tests.dashboard.alerting.tab import NEVER, THIN, add, has, judge, press
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, table
from wiring import System

LATE = Rule(0, "Late", "finance", "", "", Freshness("finance.xlsx", (0,), time(9), "Europe/Paris"))


def cards(page: AppTest) -> list[str]:
    """The names of the rules, from top to bottom."""
    found = (re.search(r"\*\*(Never|Thin margin)\*\*", one.value) for one in page.markdown)
    return [one[1] for one in found if one and "badge" in one.string]


def test_what_fires_stands_first_once_no_form_is_open_and_nothing_moves_while_one_is(samples: System) -> None:
    add(samples, NEVER, THIN)
    page = open_page("Alerts", dataset="finance")
    assert cards(page) == ["Never", "Thin margin"]
    opened = page.button(key="edit1").click().run()
    judge(samples)
    assert cards(opened.run()) == ["Never", "Thin margin"]
    assert cards(press(opened, "Cancel")) == ["Thin margin", "Never"]


def test_nothing_moves_while_a_card_has_something_open_and_a_new_rule_stands_last(samples: System) -> None:
    add(samples, NEVER)
    page = open_page("Alerts", dataset="finance")
    page.session_state["silence1"] = True
    add(samples, THIN)
    judge(samples)
    page = page.run()
    assert (cards(page), page.session_state[ORDER]) == (["Never", "Thin margin"], [1, 2])


def test_every_button_of_a_card_has_a_name_of_its_own(samples: System) -> None:
    add(samples, THIN, replace(THIN, name="Thinner"), NEVER)
    judge(samples)
    labels = [one.label for one in open_page("Alerts", dataset="finance").button]
    assert sorted(labels) == sorted(set(labels))


def test_a_rule_about_a_file_says_on_its_card_when_the_file_is_next_expected(samples: System) -> None:
    add(samples, LATE)
    page = open_page("Alerts", dataset="finance")
    assert has(
        page, "Nothing was missed since it was set. Next expected: Monday 22 Dec 2025, 09:00 Europe/Paris."
    )


def test_a_rule_may_be_set_by_a_column_that_is_called_like_one_of_its_table(empty: System) -> None:
    hand_in(
        empty, "shop.csv", b"Date,State,Revenue\n2025-10-01,Ohio,60\n2025-11-02,Utah,40\n2025-12-01,Ohio,1\n"
    )
    add(empty, replace(NEVER, dataset="shop", dimension="state", condition=Limit(Direction.BELOW, 50, 50)))
    judge_now(empty.database, empty.road.desk, "shop", AFTER_THE_SAMPLES)
    page = open_page("Alerts", dataset="shop")
    assert errors(page) == []
    assert table(page, "state", "state 2") == [("Ohio", "firing"), ("Utah", "firing")]
