"""What the page says of the moment a rule is saved: before, in its form, and after, on its card."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from streamlit.testing.v1 import AppTest

from alerts.judging.conditions import Direction, Freshness, Limit
from alerts.rules import Rule
from dashboard.context import current, install
from storage.alerting import alert_log
from storage.engines.contract import EngineUnavailableError
from tests.dashboard.alerting.tab import THIN, add, has, judge, new_rule, press, rules, type_in
from tests.dashboard.pages import ESCAPE, errors, open_page
from wiring import System

LATE = Rule(
    0, "Late", "finance", "", "", Freshness("finance.xlsx", (0, 1, 2, 3, 4), time(9), "Europe/Paris", timedelta(minutes=30))
)  # fmt: skip


def said_when_saved(page: AppTest) -> list[str]:
    return [ESCAPE.sub("", one.value) for one in page.success]


def test_a_rule_is_judged_as_it_is_saved_and_what_stands_now_is_said(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance"), "gross_margin"), "Limit (%)", 30.0)
    page = press(page, "Save the rule")
    assert errors(page) == []
    assert said_when_saved(page) == [
        "Gross margin is below 30.0 % is set. It fires now: who hears of it stands under History."
    ]
    assert has(page, "1 rule · 1 firing")
    with samples.database.read() as connection:
        assert [one.state for one in alert_log.list_alerts(connection, "finance")] == ["firing"]


def test_a_rule_that_nothing_breaches_says_so_once_it_was_judged(samples: System) -> None:
    page = press(type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 1.0), "Save the rule")
    assert said_when_saved(page) == ["Revenue is below 1.00 is set. It is judged: nothing is the matter now."]


def test_a_rule_that_cannot_be_judged_now_is_kept_and_says_so(samples: System) -> None:
    def fails(_: str) -> None:
        raise EngineUnavailableError("the engine does not answer")

    install(replace(current(), judge=fails))
    page = press(type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 1.0), "Save the rule")
    assert errors(page) == []
    assert said_when_saved(page) == [
        "Revenue is below 1.00 is set. It could not be judged now; that is done as soon as its figures can be worked out."
    ]
    assert [one.kpi for one in rules(samples)] == ["revenue"]


def test_a_breach_of_the_past_that_is_open_no_more_is_shown_as_the_last_time(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 240000.0)
    assert has(page, "normal now Once it is saved, nobody is told anything yet.")
    assert has(page, "What would have been said the last time")


def test_an_open_breach_that_stays_open_is_not_said_to_be_told_again(samples: System) -> None:
    add(samples, THIN)
    judge(samples)
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    assert has(page, "It fires already: that stays so, and saving tells nobody again.")
    page = type_in(page, "Limit (%)", 29.0)
    assert has(page, "It fires now. Once it is saved, this is told at once.")


def test_for_each_member_it_is_said_how_many_messages_there_will_be(samples: System) -> None:
    add(samples, replace(THIN, dimension="region", condition=Limit(Direction.BELOW, 0.9, 0.9)))
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    assert has(page, "What people get as soon as it is saved: one for each of 4 members, this is the first")


def test_of_a_rule_about_a_file_that_is_changed_it_is_said_when_it_is_next_expected(samples: System) -> None:
    add(samples, LATE)
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    assert errors(page) == []
    assert has(
        page,
        "Next expected: Monday 22 Dec 2025, 09:00 Europe/Paris. If it is not there by 09:30, people are told.",
    )


def test_a_new_rule_about_a_file_says_when_it_is_first_expected_and_asks_for_the_zone(
    samples: System,
) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"), "", "has not come in time")
    assert has(page, "First expected: Monday 22 Dec 2025, 09:00 UTC.")
    assert has(page, "What was due before is not looked at.")
    (zone,) = [one for one in page.selectbox if one.label == "By the clocks of"]
    page = press(zone.select("Europe/Paris").run(), "Save the rule")
    assert [getattr(one.condition, "zone", "") for one in rules(samples)] == ["Europe/Paris"]
