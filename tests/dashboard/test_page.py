from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import theme
from monitor.service import LEASE, TTL
from storage.leases import hold
from tests.dashboard.pages import (
    AFTER_THE_SAMPLES,
    SAMPLES,
    TABS,
    a_csv,
    all_figures,
    bars,
    errors,
    figures,
    hand_in,
    open_page,
    said,
    table,
    tiles,
    turned_to,
    version,
)
from wiring import System

EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
FINANCE, ORDERS = EXPECTED["finance.xlsx"], EXPECTED["orders.csv"]

NORTH = {"finance.region": "North"}


def values(page: AppTest) -> dict[str, str]:
    return dict(table(all_figures(page), "KPI", "value"))


@pytest.mark.parametrize("dataset", ["finance", "orders"])
def test_each_tab_draws_the_samples(samples: System, dataset: str) -> None:
    page = open_page(dataset=dataset)
    assert [one.label for one in page.tabs] == list(TABS)
    assert [errors(turned_to(page, tab)) for tab in TABS] == [[]] * len(TABS)


@pytest.mark.parametrize("period", ["Last 12 months", "Year to date", "All data", "Custom"])
def test_each_tab_draws_each_stretch_of_time(samples: System, period: str) -> None:
    page = open_page(dataset="finance", period=period, grain="week")
    assert [errors(turned_to(page, tab)) for tab in TABS] == [[]] * len(TABS)


@pytest.mark.parametrize(
    "names", [("split", "by", "top"), ("compared", "spread", "trends"), ("days", "period", "grain")]
)
def test_a_column_may_be_called_like_one_of_the_pages_own_choices(
    empty: System, names: tuple[str, ...]
) -> None:
    rows = [f"2025-12-{day:02d},a{day % 2},b{day % 3},c{day % 4},{day}" for day in range(1, 13)]
    hand_in(empty, "shop.csv", "\n".join([",".join(("Date", *names, "Revenue")), *rows, ""]).encode())
    page = open_page(dataset="shop", period="Custom")
    assert {box.label for box in page.multiselect} == set(names)
    assert [errors(turned_to(page, tab)) for tab in TABS] == [[]] * len(TABS)


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab != "Sales"])
def test_an_empty_database_says_how_to_begin(empty: System, tab: str) -> None:
    page = open_page(tab)
    assert errors(page) == []
    assert [one.value for one in page.subheader] == ["There are no numbers yet"]
    assert any(str(empty.road.folders.inbox) in text for text in said(page))
    assert (len(page.tabs), figures(page), len(page.metric)) == (len(TABS), [], 0)


@pytest.mark.parametrize("period", ["Latest period", "Last 12 months", "All data", "Custom"])
def test_each_tab_draws_a_single_row(empty: System, period: str) -> None:
    hand_in(empty, "shop.csv", a_csv([(date(2025, 12, 3), "North", 12.5)]))
    page = open_page(period=period)
    assert [errors(turned_to(page, tab)) for tab in TABS] == [[]] * len(TABS)


@pytest.mark.parametrize("column", [b"Revenue\n10\n20\n", b"Date\n2025-12-01\n2025-12-02\n"])
def test_each_tab_says_why_a_file_of_one_column_is_no_table(empty: System, column: bytes) -> None:
    hand_in(empty, "one.csv", column)
    page = open_page()
    for tab in TABS:
        turned_to(page, tab)
        assert (errors(page), any("one.csv was refused" in text.replace("*", "") for text in said(page))) == (
            [],
            True,
        )


def test_one_is_not_said_as_several(empty: System) -> None:
    hand_in(empty, "shop.csv", a_csv([(date(2025, 12, 1), "North", 12.5)]))
    told = [*said(open_page("Distribution", period="All data")), *said(open_page("Data"))]
    assert any("1 day has a value" in text for text in told)
    assert any(" · 1 row · " in text for text in told)
    assert not [text for text in told if "1 rows" in text or "1 days" in text]


def test_a_single_row_is_its_own_figure_and_has_nothing_to_be_compared_with(empty: System) -> None:
    hand_in(empty, "shop.csv", a_csv([(date(2025, 12, 3), "North", 12.5)]))
    page = open_page()
    assert [(one.value, one.delta) for one in page.metric] == [("12.5", "no comparison")]


def test_the_tiles_show_the_figures_worked_out_by_hand(samples: System) -> None:
    page = open_page(dataset="finance", period="All data")
    assert tiles(page) == {
        "Revenue": "6.33 M",
        "Cost of goods sold": "3.74 M",
        "Gross profit": "2.58 M",
        "Gross margin": "40.8 %",
        "Operating expenses": "1.18 M",
        "Operating profit": "1.40 M",
        "Operating margin": "22.2 %",
    }


@pytest.mark.parametrize(("dataset", "known"), [("finance", FINANCE), ("orders", ORDERS)])
def test_every_figure_of_all_data_is_the_expected_one_to_the_cent(
    samples: System, dataset: str, known: dict[str, Any]
) -> None:
    shown = values(open_page(dataset=dataset, period="All data"))
    labels = {"revenue": "Revenue", "cogs": "Cost of goods sold", "gross_profit": "Gross profit",
              "operating_expenses": "Operating expenses", "operating_profit": "Operating profit",
              "orders": "Orders", "units": "Units", "customers": "Customers",
              "average_order_value": "Average order value"}  # fmt: skip
    wanted = {labels[kpi]: value for kpi, value in known["total"].items() if kpi in labels}
    assert {label: float(shown[label].replace(",", "")) for label in wanted} == {
        label: pytest.approx(value, abs=0.005) for label, value in wanted.items()
    }


def test_the_line_of_months_is_the_expected_one(samples: System) -> None:
    whole, _, part = json.loads(figures(open_page("Trends", dataset="finance"))[0])["data"]
    known = {period: values["revenue"] for period, values in FINANCE["by_month"].items()}
    drawn = {x[:10]: y for line in (whole, part) for x, y in zip(line["x"], line["y"], strict=True)}
    assert drawn == {period: pytest.approx(value) for period, value in known.items()}
    assert part["x"][-1] == "2025-12-01"


def test_only_the_open_tab_draws(samples: System) -> None:
    page = open_page(dataset="finance")
    drawn = {tab: (len(figures(turned_to(page, tab))), bool(page.metric)) for tab in TABS}
    assert drawn == {
        "Overview": (2, True),
        "Trends": (2, False),
        "Comparison": (1, False),
        "Distribution": (2, False),
        "Data": (0, False),
        "Targets": (0, False),
        "Alerts": (0, False),
        "KPIs": (0, False),
        "Sales": (0, False),
    }


def test_a_link_brings_its_dataset_period_grain_and_filter(samples: System) -> None:
    page = open_page(
        "Comparison",
        dataset="finance",
        period="Year to date",
        grain="quarter",
        **{"finance.region": ["North"]},
    )
    assert errors(page) == []
    chosen = {key: page.session_state[key] for key in ("dataset", "period", "grain", "tab", "finance.region")}
    assert chosen == {
        "dataset": "finance",
        "period": "Year to date",
        "grain": "quarter",
        "tab": "Comparison",
        "finance.region": ["North"],
    }
    assert list(bars(page)) == ["North"]


def test_a_link_with_choices_that_do_not_exist_opens_the_page_all_the_same(samples: System) -> None:
    page = open_page(
        "Nothing", dataset="gone", period="Yesterday", grain="decade", **{"finance.region": "Atlantis"}
    )
    assert errors(page) == []
    assert page.metric


def test_filters_narrow_every_figure(samples: System) -> None:
    whole = open_page("Comparison", dataset="finance", period="All data")
    north = bars(whole)["North"]
    page = open_page(dataset="finance", period="All data", **NORTH)
    assert float(values(page)["Revenue"].replace(",", "")) == pytest.approx(north, abs=0.005)


def test_tabs_that_no_filter_narrows_have_none(samples: System) -> None:
    barred = {
        tab: [one.label for one in open_page(tab, dataset="finance").selectbox if one.label == "Period"]
        for tab in ("Overview", "Data", "Alerts", "KPIs")
    }
    assert barred == {"Overview": ["Period"], "Data": [], "Alerts": [], "KPIs": ["Period"]}


def test_the_members_of_a_comparison_add_up_to_the_whole(samples: System) -> None:
    shares = bars(open_page("Comparison", dataset="finance", period="All data"))
    assert sum(shares.values()) == pytest.approx(FINANCE["total"]["revenue"])
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_a_member_called_like_the_rest_is_drawn_as_a_member(empty: System) -> None:
    day = date(2025, 12, 3)
    hand_in(empty, "shop.csv", a_csv([(day, "North", 12.5), (day, "All others Ltd", 20.0)]))
    (spec,) = figures(open_page("Comparison", period="All data"))
    (chart,) = json.loads(spec)["data"]
    assert chart["customdata"] == ["All others Ltd", "North"]
    assert set(chart["marker"]["color"]) == {theme.MAIN}


def test_equal_data_give_identical_figures(samples: System) -> None:
    first, second = (
        {tab: figures(turned_to(page, tab)) for tab in TABS}
        for page in (open_page(dataset="finance", period="All data") for _ in range(2))
    )
    assert first == second


def test_a_rerun_over_the_same_data_moves_no_figure(samples: System) -> None:
    page = open_page(dataset="finance")
    before = (figures(page), tiles(page), said(page))
    page.run()
    assert (figures(page), tiles(page), said(page)) == before


def test_a_new_version_is_shown_at_the_next_run(empty: System) -> None:
    day = date(2025, 12, 3)
    hand_in(empty, "shop.csv", a_csv([(day, "North", 12.5)]))
    page = open_page()
    hand_in(empty, "shop.csv", a_csv([(day, "North", 20.0)]))
    assert (tiles(page), tiles(page.run())) == ({"Revenue": "12.5"}, {"Revenue": "20.0"})
    assert version(empty, "shop") == 2


def test_the_rows_are_shown_five_hundred_at_a_time_in_one_order(samples: System) -> None:
    page = open_page("Data", dataset="finance")
    assert any("1 to 500 of 10,038" in text for text in said(page))
    first = table(page, "sheet", "row", "Date")
    page.session_state["page_finance_"] = 21
    last = table(page.run(), "sheet", "row", "Date")
    assert (len(first), len(last), first[0][1]) == (500, 38, 2)
    assert first == table(open_page("Data", dataset="finance"), "sheet", "row", "Date")


def test_the_ledger_of_each_file_is_on_the_page(samples: System) -> None:
    page = open_page("Data", dataset="finance")
    shown = table(page, "file", "result", "rows read", "loaded", "rejected", "set aside", "version")
    assert [tuple(str(value).replace(",", "") for value in row) for row in shown] == [
        ("finance.xlsx", "loaded", "10038", "10038", "0", "0", "1")
    ]


def test_the_header_says_how_old_the_data_are_and_who_watches(samples: System) -> None:
    alone = said(open_page(dataset="finance"))
    with samples.database.begin() as connection:
        hold(connection, LEASE, "me", AFTER_THE_SAMPLES, TTL)
    watched = said(open_page(dataset="finance"))
    assert any("17 Dec 2025" in text and "nobody watches the inbox" in text for text in alone)
    assert any("watching the inbox" in text and "nobody" not in text for text in watched)
