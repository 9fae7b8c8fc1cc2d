"""Rules whose KPI, dimension or period these data give no more, in the form: nothing is chosen for anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from tests.dashboard.alerting.tab import THIN, add, can_save, choose, has, press, rules, type_in
from tests.dashboard.pages import errors, open_page
from wiring import System

LOST = replace(THIN, name="Thin churn", kpi="churn")


def edited(system: System, rule: Rule) -> AppTest:
    add(system, rule)
    return press(open_page("Alerts", dataset="finance"), "Edit")


def chosen(page: AppTest, label: str) -> str:
    (box,) = [one for one in page.selectbox if one.label == label]
    return str(box.value)


@pytest.mark.parametrize(
    ("rule", "label", "kept", "what"),
    [
        pytest.param(LOST, "Watch", "churn", "KPI", id="its KPI"),
        pytest.param(replace(THIN, dimension="store"), "For", "store", "dimension", id="its dimension"),
        pytest.param(replace(THIN, grain="total"), "Each full", "total", "period", id="its period"),
    ],
)
def test_what_is_gone_stays_chosen_and_is_said_to_be_gone_and_nothing_can_be_saved(
    samples: System, rule: Rule, label: str, kept: str, what: str
) -> None:
    page = edited(samples, rule)
    assert errors(page) == []
    assert chosen(page, label) == kept
    (box,) = [one for one in page.selectbox if one.label == label]
    assert f"{kept} (gone from these data)" in box.options
    assert has(page, f"Nothing is changed by itself: choose another {what} here")
    assert not can_save(page)
    assert [replace(one, id=0) for one in rules(samples)] == [rule]


def test_another_kpi_that_is_chosen_begins_without_the_limit_of_the_one_that_is_gone(samples: System) -> None:
    page = choose(edited(samples, LOST), "Watch", "revenue")
    assert not can_save(page)
    page = press(type_in(page, "Limit", 1000.0), "Save the rule")
    assert errors(page) == []
    (rule,) = rules(samples)
    assert (rule.kpi, rule.condition) == ("revenue", Limit(Direction.BELOW, 1000.0, 1020.0))


def test_another_dimension_that_is_chosen_can_be_saved(samples: System) -> None:
    page = choose(edited(samples, replace(THIN, dimension="store")), "For", "region")
    press(page, "Save the rule")
    assert [one.dimension for one in rules(samples)] == ["region"]
