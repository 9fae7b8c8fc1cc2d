from __future__ import annotations

from alerts.telling.links import LONGEST, overview_link, page_link, view_link

PAGE = "https://kpi.example.com/"


def test_a_link_leads_to_the_kpi_over_time_for_the_member() -> None:
    assert page_link(PAGE, "shop", "Gross margin", "month", "region", "A & B") == (
        "https://kpi.example.com/?dataset=shop&tab=Trends&period=All%20data&grain=month"
        "&shop%3Atrends=Gross%20margin&shop.region=A%20%26%20B"
    )


def test_a_link_about_a_file_leads_to_the_alerts_of_its_dataset() -> None:
    assert page_link(PAGE, "shop", member="shop.csv") == "https://kpi.example.com/?dataset=shop&tab=Alerts"


def test_there_is_no_link_to_a_page_that_nobody_knows() -> None:
    assert page_link("", "shop", "Revenue", "month") == ""


def test_a_report_leads_to_the_overview_of_its_dataset() -> None:
    assert overview_link(PAGE, "a & b") == "https://kpi.example.com/?dataset=a%20%26%20b&tab=Overview"
    assert overview_link("", "shop") == ""


def test_a_report_of_a_view_leads_to_the_view() -> None:
    view = (("dataset", "shop"), ("shop.region", "A & B"), ("shop.region", "C"), ("view", "Two"))
    assert view_link(PAGE, view) == (
        "https://kpi.example.com/?dataset=shop&shop.region=A%20%26%20B&shop.region=C&view=Two"
    )


def test_there_is_no_link_to_no_view_and_none_that_is_too_long_to_be_followed() -> None:
    long = (("shop.region", "x" * LONGEST),)
    assert [view_link("", long[:1]), view_link(PAGE, ()), view_link(PAGE, long)] == ["", "", ""]
