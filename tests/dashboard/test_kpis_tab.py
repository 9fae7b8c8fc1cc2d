"""The tab of KPIs: what there is, and people's own, which are written as rows and worked out by the service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from monitor.renewal import renew_all
from storage import definitions
from storage.alerting import thresholds
from storage.defining import save, wish_for
from storage.definitions import Change, Wish
from tests.dashboard.pages import (
    AFTER_THE_SAMPLES,
    errors,
    figures,
    open_page,
    said,
    table,
    tiles,
    turned_to,
    version,
)
from wiring import System

SHARE = {
    "label": "Cost share",
    "description": "Cost of goods as a share of revenue.",
    "unit": "percent",
    "favourable": "down",
    "decimals": 1,
    "formula": "cogs / revenue",
}


def own(system: System, key: str = "cost_share") -> list[Change]:
    with system.database.read() as connection:
        return definitions.history(connection, key)


def define(
    system: System, *, renewed: bool = True, retired: bool = False, owner: str = "Ada", **more: Any
) -> None:
    with system.database.begin() as connection:
        wish = wish_for("cost_share", {**SHARE, **more}, owner)
        wish = Wish(wish.key, None, owner) if retired else wish
        save(connection, system.calculator.catalog, [wish], AFTER_THE_SAMPLES)
    if renewed:
        renew_all(system.road, AFTER_THE_SAMPLES)


def kpis(**address: str) -> AppTest:
    return open_page("KPIs", dataset="finance", **address)


def field(page: AppTest, kind: str, label: str) -> Any:
    (found,) = [one for one in getattr(page, kind) if one.label == label]
    return found


def fill(
    page: AppTest, formula: str, *, label: str = "Cost share", owner: str = "Ada", unit: str = "percent"
) -> AppTest:
    field(page, "text_input", "Name").set_value(label)
    field(page, "text_area", "Formula").set_value(formula)
    field(page, "text_input", "Who answers for it").set_value(owner)
    field(page, "selectbox", "Unit").select(unit)
    return page


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def change(page: AppTest, key: str = "cost_share") -> AppTest:
    return page.selectbox(key="kpi_choice").select(key).run()


def test_all_kpis_are_listed_with_what_the_data_lack(samples: System) -> None:
    define(samples)
    rows = {row[0]: row[1:] for row in table(kpis(), "key", "formula", "owner", "version", "in these data")}
    assert rows["cost_share"] == ("cogs / revenue", "Ada", 1, "yes")
    assert rows["revenue"] == ("sum(revenue)", "ships", 1, "yes")
    assert rows["orders"][3] == "the data have no column order_id"
    assert next(iter(rows)) == "cost_share"


def test_a_mistake_is_shown_at_its_place_and_nothing_is_saved(samples: System) -> None:
    page = press(fill(kpis(), "cogs / reveneu"), "Preview")
    assert errors(page) == []
    assert any(
        "line 1, column 8: unknown field `reveneu`; did you mean `revenue`?" in text for text in said(page)
    )
    assert [one.value for one in page.code] == ["cogs / reveneu\n       ^ here"]
    assert own(samples) == []


def test_a_preview_shows_the_values_by_month_and_saves_nothing(samples: System) -> None:
    page = press(fill(kpis(), "cogs / revenue"), "Preview")
    assert errors(page) == []
    rows = table(page, "period", "would be")
    drawn = json.loads(figures(page)[0])
    assert rows[0][0] == "2025-12-01"
    assert all(text.endswith("%") for _, text in rows[:3])
    assert len(drawn["data"][0]["x"]) >= 3
    assert (own(samples), version(samples, "finance")) == ([], 1)


def test_saving_writes_a_row_and_no_figure_and_says_when_the_figures_follow(samples: System) -> None:
    page = press(fill(kpis(), "cogs / revenue"), "Save")
    assert errors(page) == []
    (made,) = own(samples)
    assert (made.key, made.version, made.owner, made.entry) == (
        "cost_share",
        1,
        "Ada",
        {**SHARE, "favourable": "up", "description": "cogs / revenue"},
    )
    assert version(samples, "finance") == 1
    assert [one.value for one in page.success] == [r"Cost share is saved\. It is version 1\."]
    assert any("no service is running" in text for text in said(page))
    renew_all(samples.road, AFTER_THE_SAMPLES)
    again = turned_to(page, "KPIs")
    assert not any("no service is running" in text for text in said(again))
    assert "Cost share" in tiles(turned_to(page, "Overview"))


def test_somebody_answers_for_every_kpi(samples: System) -> None:
    page = press(fill(kpis(), "cogs / revenue", owner=""), "Save")
    assert any("Say who answers for it" in text for text in said(page))
    assert own(samples) == []


def test_a_change_begins_with_what_holds_and_shows_both_values(samples: System) -> None:
    define(samples)
    page = change(kpis())
    assert field(page, "text_area", "Formula").value == "cogs / revenue"
    field(page, "text_area", "Formula").set_value("2 * cogs / revenue")
    page = press(page, "Preview")
    rows = table(page, "would be", "is now")
    assert [float(would[:-2]) == pytest.approx(2 * float(now[:-2]), abs=0.11) for would, now in rows[:3]] == [
        True
    ] * 3
    press(page, "Save")
    assert [(one.version, (one.entry or {})["formula"]) for one in own(samples)] == [
        (1, "cogs / revenue"),
        (2, "2 * cogs / revenue"),
    ]


def test_whoever_began_before_somebody_else_saved_is_told_and_can_begin_anew(samples: System) -> None:
    define(samples)
    page = change(kpis())
    define(samples, formula="3 * cogs / revenue", owner="Bob")
    field(page, "text_area", "Formula").set_value("2 * cogs / revenue")
    page = press(page, "Save")
    assert errors(page) == []
    assert any("at version 2 by now, of Bob; version 1 was expected" in text for text in said(page))
    page = press(page, "Begin anew from what is saved")
    assert field(page, "text_area", "Formula").value == "3 * cogs / revenue"
    assert len(own(samples)) == 2


def test_a_kpi_is_retired_and_can_be_taken_up_again(samples: System) -> None:
    define(samples)
    page = press(change(kpis()), "Retire it")
    assert errors(page) == []
    assert [one.entry is None for one in own(samples)] == [False, True]
    assert any("Retired: cost_share" in text for text in said(page))
    page = change(page)
    press(fill(page, "cogs / revenue"), "Save")
    assert [one.version for one in own(samples)] == [1, 2, 3]


def test_what_others_are_made_of_is_not_retired_and_the_page_says_why(samples: System) -> None:
    define(samples)
    with samples.database.begin() as connection:
        double = wish_for("double", {**SHARE, "formula": "2 * cost_share"}, "Bob")
        save(connection, samples.calculator.catalog, [double], AFTER_THE_SAMPLES)
    page = press(change(kpis()), "Retire it")
    assert errors(page) == []
    assert any("`double` is made of it" in text for text in said(page))
    assert len(own(samples)) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("growth of a KPI", {"Of", "How far back"}),
        ("a KPI to date", {"Of", "Since the start of the"}),
        ("a KPI over the last periods", {"Of", "Of which length"}),
        ("members seen for the first time", {"Of"}),
        ("members who come again", {"Of", "Counting different"}),
    ],
)
def test_every_kind_has_its_own_fields(samples: System, kind: str, fields: set[str]) -> None:
    page = field(kpis(), "selectbox", "It is").select(kind).run()
    assert errors(page) == []
    labels = {one.label for one in page.selectbox}
    others = {"Of", "How far back", "Since the start of the", "Of which length", "Counting different"}
    assert labels & others == fields
    assert "Formula" not in {one.label for one in page.text_area}


def test_a_kind_over_time_is_previewed_by_the_grain_that_it_has_values_by(samples: System) -> None:
    page = field(kpis(grain="day"), "selectbox", "It is").select("a KPI over the last periods").run()
    field(page, "text_input", "Name").set_value("Last three")
    field(page, "text_input", "Who answers for it").set_value("Ada")
    page = press(page, "Preview")
    assert errors(page) == []
    assert table(page, "period", "would be")[0][0] == "2025-12-01"


def test_a_range_of_percentages_is_typed_as_people_say_it(samples: System) -> None:
    page = field(kpis(), "selectbox", "Good is").select("a range").run()
    fill(page, "cogs / revenue")
    field(page, "number_input", "From").set_value(30.0)
    field(page, "number_input", "To").set_value(55.0)
    page = press(page, "Save")
    assert errors(page) == []
    entry = own(samples)[-1].entry or {}
    assert (entry["favourable"], entry["low"], entry["high"]) == ("range", 0.3, 0.55)
    assert field(page, "number_input", "From").value == 30.0


def test_a_description_that_only_repeats_the_formula_follows_it(samples: System) -> None:
    page = press(fill(kpis(), "cogs / revenue"), "Save")
    assert field(page, "text_area", "What it says").value == ""
    press(fill(page, "2 * cogs / revenue"), "Save")
    assert [(one.entry or {})["description"] for one in own(samples)] == [
        "cogs / revenue",
        "2 * cogs / revenue",
    ]


def test_a_rule_about_a_retired_kpi_says_so(samples: System) -> None:
    define(samples)
    rule = Rule(0, "Costly", "finance", "cost_share", "month", Limit(Direction.ABOVE, 0.9, 0.9))
    with samples.database.begin() as connection:
        thresholds.add_rule(connection, rule, AFTER_THE_SAMPLES)
    define(samples, retired=True)
    page = open_page("Alerts", dataset="finance")
    assert errors(page) == []
    assert any("its KPI `cost_share` is retired. The rule keeps its state" in text for text in said(page))


def test_a_label_full_of_markup_is_shown_as_it_is(samples: System) -> None:
    define(samples, label="<b>**Cost**</b> [x](http://e) $1$")
    page = change(kpis())
    assert errors(page) == []
    page = press(page, "Preview")
    assert errors(page) == []
    assert any("<b>**Cost**</b> [x](http://e) $1$ by month" in text for text in said(page))
