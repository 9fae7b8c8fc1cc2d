from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from alerts.rules import Direction, Rule
from monitor.evaluation import judge_now
from storage import alert_log, outbox, thresholds
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, open_page, said, table, turned_to
from wiring import System

THIN = Rule(
    0, "Thin margin", "finance", "gross_margin", "month", Direction.BELOW, limit=0.30, recovery=0.32
)  # breached in the samples' last complete month
NEVER = Rule(0, "Never", "finance", "revenue", "month", Direction.BELOW, limit=1.0, recovery=1.0)


def rules(system: System) -> list[Rule]:
    with system.database.read() as connection:
        return thresholds.list_rules(connection, "finance")


def add(system: System, *wanted: Rule) -> None:
    with system.database.begin() as connection:
        for rule in wanted:
            thresholds.add_rule(connection, rule, AFTER_THE_SAMPLES)


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def fill(page: AppTest, kpi: str, limit: float | None, recovery: float | None = None) -> AppTest:
    """Type a rule into the form and set it."""
    page.selectbox(key="rule_kpi_finance").select(kpi).run()
    numbers = {one.label.split(" ")[0]: one for one in page.number_input}
    if limit is not None:
        numbers["Limit"].set_value(limit)
    if recovery is not None:
        numbers["Clears"].set_value(recovery)
    return press(page, "Set rule")


def test_a_threshold_set_on_the_page_is_a_rule(samples: System) -> None:
    page = fill(open_page("Alerts", dataset="finance"), "revenue", 1000.0, 1200.0)
    (rule,) = rules(samples)
    assert errors(page) == []
    assert (
        rule.kpi,
        rule.grain,
        rule.direction,
        rule.limit,
        rule.recovery,
        rule.dimension,
        rule.channels,
    ) == (
        "revenue",
        "month",
        Direction.BELOW,
        1000.0,
        1200.0,
        None,
        (),
    )
    assert any(rule.name in text for text in said(page))


def test_a_percentage_is_typed_as_people_say_it_and_clears_at_the_limit_unless_told(samples: System) -> None:
    fill(open_page("Alerts", dataset="finance"), "gross_margin", 30.0)
    assert [(one.limit, one.recovery) for one in rules(samples)] == [(0.30, 0.30)]


def test_a_form_without_a_limit_says_so_and_sets_nothing(samples: System) -> None:
    page = fill(open_page("Alerts", dataset="finance"), "revenue", None)
    assert [one.value.startswith("Give the limit") for one in page.error] == [True]
    assert rules(samples) == []


def test_a_recovery_limit_on_the_wrong_side_is_refused_with_the_reason(samples: System) -> None:
    page = fill(open_page("Alerts", dataset="finance"), "revenue", 1000.0, 900.0)
    assert errors(page) == []
    assert len(page.error) == 1
    assert "expected a recovery limit at or above" in page.error[0].value
    assert rules(samples) == []


def test_a_rule_for_each_member_keeps_its_dimension_and_channels(samples: System) -> None:
    page = open_page("Alerts", dataset="finance")
    page.selectbox(key="rule_kpi_finance").select("revenue").run()
    numbers = {one.label: one for one in page.number_input}
    numbers["Limit"].set_value(5.0)
    (dimension,) = [one for one in page.selectbox if "region" in one.options and "date" not in one.options]
    dimension.select("region")
    (channels,) = [one for one in page.multiselect if "console" in one.options]
    channels.select("console")
    press(page, "Set rule")
    assert [(one.dimension, one.channels) for one in rules(samples)] == [("region", ("console",))]


def test_a_removed_rule_is_retired(samples: System) -> None:
    add(samples, NEVER)
    page = press(open_page("Alerts", dataset="finance"), "Remove")
    assert (errors(page), rules(samples)) == ([], [])
    assert not any("Never" in text for text in said(page))


def test_a_test_message_is_owed_and_not_sent_by_the_page(samples: System) -> None:
    page = press(open_page("Alerts", dataset="finance"), "Test console")
    with samples.database.read() as connection:
        (owed,) = outbox.recent_deliveries(connection)
    assert (owed.channel, owed.state, owed.attempts, owed.alert_id) == ("console", "pending", 0, None)
    assert errors(page) == []
    assert table(page, "to", "state") == [("console", "pending")]


def test_a_breach_is_on_its_tile_in_the_header_and_in_the_history(samples: System) -> None:
    add(samples, THIN, NEVER)
    judge_now(samples.database, samples.road.desk, "finance", AFTER_THE_SAMPLES)
    with samples.database.read() as connection:
        (alert,) = alert_log.list_alerts(connection, "finance")
    page = open_page(dataset="finance")
    overview = said(page)
    assert any("1 firing" in text for text in overview)
    assert [("firing" in text, "30.0 %" in text) for text in overview if "last full month" in text] == [
        (True, True)
    ]
    assert len([text for text in overview if "1 rule" in text and "ok" in text]) == 1

    shown = turned_to(page, "Alerts")
    assert errors(shown) == []
    assert table(shown, "rule", "became", "period", "limit") == [
        ("Thin margin", "firing", "2025-11-01", "30.0 %")
    ]
    assert alert.value == pytest.approx(0.25, abs=0.05)


def test_a_limit_of_the_shown_grain_is_a_line_in_the_trend(samples: System) -> None:
    add(samples, NEVER)
    page = open_page("Trends", dataset="finance")
    by_month = [one.proto.spec.count("Never: below 1.00") for one in page.get("plotly_chart")]
    page = open_page("Trends", dataset="finance", grain="week")
    by_week = [one.proto.spec.count("Never: below 1.00") for one in page.get("plotly_chart")]
    assert (by_month, by_week) == ([1, 0], [0, 0])
