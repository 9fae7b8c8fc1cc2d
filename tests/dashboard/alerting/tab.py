"""What tests do on the Alerts tab, and what they read there."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from monitor.alerting.evaluation import judge_now
from storage.alerting import thresholds
from tests.dashboard.pages import AFTER_THE_SAMPLES, said
from wiring import System

THIN = Rule(
    0, "Thin margin", "finance", "gross_margin", "month", Limit(Direction.BELOW, 0.30, 0.32)
)  # breached in the samples' last complete month
BOOK = """[[rule]]
name = "Costly"
dataset = "finance"
kpi = "cogs"
above = 1000000
"""
MARKUP = re.compile(r"\*\*|:[a-z]+(-badge)?\[|\]|:material/[a-z_]+: ")
NEVER = Rule(0, "Never", "finance", "revenue", "month", Limit(Direction.BELOW, 1.0, 1.0))


def rules(system: System) -> list[Rule]:
    with system.database.read() as connection:
        return thresholds.list_rules(connection, "finance")


def add(system: System, *wanted: Rule) -> None:
    with system.database.begin() as connection:
        for rule in wanted:
            thresholds.add_rule(connection, rule, AFTER_THE_SAMPLES)


def judge(system: System) -> None:
    judge_now(system.database, system.road.desk, "finance", AFTER_THE_SAMPLES)


def press(page: AppTest, label: str) -> AppTest:
    (button,) = buttons(page, label)
    return button.click().run()


def buttons(page: AppTest, label: str) -> list[Button]:
    """Those that are seen to be called so; what is only read aloud is left out."""
    return [one for one in page.button if one.label.partition(" *")[0] == label]


def choose(page: AppTest, label: str, option: str) -> AppTest:
    (box,) = [one for one in page.selectbox if one.label == label]
    return box.select(option).run()


def type_in(page: AppTest, label: str, number: float) -> AppTest:
    (field,) = [one for one in page.number_input if one.label == label]
    return field.set_value(number).run()


def new_rule(page: AppTest, kpi: str = "revenue", ask: str = "is below a limit") -> AppTest:
    (button,) = [one for one in page.button if one.key == "new_rule"]
    opened = choose(button.click().run(), "Watch", kpi)
    return choose(opened, "Tell me when it", ask)


def read(page: AppTest) -> list[str]:
    """Every text without what makes it bold, coloured or small."""
    return [MARKUP.sub("", text) for text in said(page)]


def has(page: AppTest, words: str) -> bool:
    return any(words in text for text in read(page))


def can_save(page: AppTest) -> bool:
    return not page.button(key="save_rule").disabled
