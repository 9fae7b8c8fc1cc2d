"""The link in an alert opens the page where it says."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from alerts.telling.links import page_link
from tests.dashboard.pages import errors, open_page, said
from wiring import System


def test_the_link_of_an_alert_shows_its_kpi_over_time_for_its_member(samples: System) -> None:
    link = page_link("http://127.0.0.1:8501", "orders", "Units", "quarter", "city", "Graz")
    address = dict(parse_qsl(urlsplit(link).query))
    page = open_page(**address)
    chosen = {box.label: box.value for box in (*page.multiselect, *page.selectbox)}
    wanted = ("Dataset", "Period", "By", "KPIs", "city")
    assert errors(page) == []
    assert [chosen[label] for label in wanted] == ["orders", "All data", "quarter", ["units"], ["Graz"]]
    assert any("Units by quarter" in text for text in said(page))
