"""The page of a dataset in one currency, and of one in several."""

from __future__ import annotations

import json
from dataclasses import replace

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from storage.alerting import thresholds
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, figures, hand_in, open_page, said, tiles
from wiring import System

MIXED = (
    b"Date,Region,Revenue,Quantity,Currency\n"
    b"2025-12-03,North,100,1,USD\n2025-12-04,North,900,2,EUR\n2025-12-05,South,300,4,EUR\n"
)
EUROS = b"Date,Region,Revenue (EUR)\n2025-12-03,North,1500\n2025-12-04,South,500\n"
LOW = Rule(0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 10.0, 10.0))


def axis(spec: str) -> str:
    return str(json.loads(spec)["layout"]["yaxis"]["title"]["text"])


def test_amounts_in_one_currency_are_shown_in_it(empty: System) -> None:
    hand_in(empty, "shop.csv", EUROS)
    page = open_page()
    assert (errors(page), tiles(page)) == ([], {"Revenue": "€2.00 k"})
    assert axis(figures(page)[0]) == "Revenue (EUR)"
    assert any("in EUR" in text and "never added" not in text for text in said(page))
    assert [box.label for box in page.selectbox if box.label == "Currency"] == []


def test_of_several_currencies_that_of_most_revenue_is_shown(empty: System) -> None:
    hand_in(empty, "shop.csv", MIXED)
    page = open_page()
    (chosen,) = [box for box in page.selectbox if box.label == "Currency"]
    assert (errors(page), chosen.value, chosen.options) == ([], "EUR", ["EUR", "USD"])
    assert tiles(page)["Revenue"] == "€1.20 k"
    assert any("in EUR, USD, never added" in text for text in said(page))


def test_another_currency_is_a_choice_and_all_together_is_none(empty: System) -> None:
    hand_in(empty, "shop.csv", MIXED)
    page = open_page()
    (chosen,) = [box for box in page.selectbox if box.label == "Currency"]
    chosen.select("USD").run()
    assert (errors(page), tiles(page)["Revenue"], tiles(page)["Units"]) == ([], "$100", "1")
    assert axis(figures(page)[0]) == "Revenue (USD)"


def test_a_link_opens_the_currency_that_it_names(empty: System) -> None:
    hand_in(empty, "shop.csv", MIXED)
    assert tiles(open_page(**{"shop.currency": "USD"}))["Revenue"] == "$100"


def test_a_currency_is_no_group_of_a_chart_but_one_of_a_rule(empty: System) -> None:
    hand_in(empty, "shop.csv", MIXED)
    page = open_page("Alerts")
    page.button(key="new_rule").click().run()
    (per,) = [box for box in page.selectbox if box.label == "For"]
    assert per.options == ["the whole", "each currency", "each region"]
    (by,) = [box for box in open_page("Comparison").selectbox if "Region" in box.options]
    assert by.options == ["Region"]


def test_a_rule_that_the_currencies_silence_says_so(empty: System) -> None:
    hand_in(empty, "shop.csv", MIXED)
    with empty.database.begin() as connection:
        thresholds.add_rule(connection, LOW, AFTER_THE_SAMPLES)
        thresholds.add_rule(connection, replace(LOW, name="Each", dimension="currency"), AFTER_THE_SAMPLES)
    page = open_page("Alerts")
    silent = [text for text in said(page) if "Set the rule by currency" in text]
    assert errors(page) == []
    assert len(silent) == 1
