"""A KPI of somebody's own: typed in with a mistake, mended, previewed, saved, seen by all, and changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save
from tests.browser.pages import LOADED, choose, go_to, open_page, value
from tests.browser.servers import Server, until
from tests.homes import run

pytestmark = pytest.mark.browser

MARGIN = """[kpi.own_margin]
label = "Own margin"
description = "What is left of revenue."
unit = "percent"
favourable = "up"
decimals = 1
formula = "(revenue - refund) / revenue"
"""
SHOP: list[list[Any]] = [
    ["Date", "Region", "Revenue", "Refund"],
    ["2025-09-01", "North", 100, 10],
    ["2025-09-30", "North", 100, 10],
    ["2025-10-01", "North", 100, 5],
    ["2025-10-31", "South", 100, 5],
]


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Tab")


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()


def history(server: Server, kpi: str) -> list[dict[str, Any]]:
    asked = ("--dataset", "refunds", "--kpi", kpi, "--period", "2025-10-01", "--json")
    _, out, _ = run({"KPI_HOME": str(server.inbox.parent)}, "history", *asked)
    found: list[dict[str, Any]] = json.loads(out)
    return found


def begin(page: Page, server: Server, name: str) -> None:
    """The tab of KPIs over a workbook of that name."""
    save(Path(server.inbox) / f"{name}.xlsx", SHOP)
    until(lambda: server.version(name) == 1, "the workbook is loaded")
    open_page(page, server, dataset=name, tab="KPIs", grain="month")


def wait_for_tile(page: Page, server: Server, version: int, text: str) -> None:
    """Until the service has worked the version out and everybody sees it."""
    until(lambda: server.version("refunds") == version, "the service has worked it out")
    go_to(page, "Overview")
    expect(value(page, "refund_share")).to_have_text(text, timeout=LOADED)


def test_a_kpi_is_defined_on_the_page_and_changed_and_both_values_are_kept(
    page: Page, server: Server
) -> None:
    begin(page, server, "refunds")
    type_in(page, "Name", "Refund share")
    choose(page, "Unit", "percent")
    choose(page, "Good is", "less")
    type_in(page, "Formula", "refund / reveneu")
    type_in(page, "Who answers for it", "Ada")
    press(page, "Preview")
    mistake = page.get_by_test_id("stAlert").filter(has_text="unknown field")
    place = "line 1, column 10: unknown field `reveneu`; did you mean `revenue`?"
    expect(mistake).to_contain_text(place, timeout=LOADED)

    type_in(page, "Formula", "refund / revenue")
    press(page, "Preview")
    expect(page.get_by_text("Refund share by month")).to_be_visible(timeout=LOADED)
    values = page.get_by_test_id("stMain").locator("canvas table").last
    expect(values).to_contain_text("5.0 %", timeout=LOADED)
    assert server.version("refunds") == 1

    press(page, "Save")
    expect(page.get_by_text("Refund share is saved. It is version 1.")).to_be_visible(timeout=LOADED)
    wait_for_tile(page, server, 2, "5.0 %")

    go_to(page, "KPIs")
    choose(page, "Add or change", "Refund share (refund_share)")
    formula = page.get_by_role("textbox", name="Formula", exact=True)
    expect(formula).to_have_value("refund / revenue", timeout=LOADED)
    type_in(page, "Formula", "2 * refund / revenue")
    press(page, "Save")
    expect(page.get_by_text("Refund share is saved. It is version 2.")).to_be_visible(timeout=LOADED)
    wait_for_tile(page, server, 3, "10.0 %")
    assert [(one["value"], one["definition_version"]) for one in history(server, "refund_share")] == [
        (pytest.approx(0.05), 1),
        (pytest.approx(0.10), 2),
    ]


def test_definitions_are_imported_after_a_look_at_what_they_change(
    page: Page, server: Server, tmp_path: Path
) -> None:
    begin(page, server, "carried")
    (tmp_path / "kpis.toml").write_text(MARGIN)
    press(page, "Import")
    page.locator('input[type="file"][accept*="toml"]').set_input_files(tmp_path / "kpis.toml")
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover.get_by_text("Say who answers for those that name nobody.")).to_be_visible(timeout=LOADED)
    owner = popover.get_by_role("textbox")
    owner.fill("Ada")
    owner.press("Enter")
    expect(popover.locator("canvas table")).to_contain_text("own_margin", timeout=LOADED)
    assert "own_margin" not in [one["kpi"] for one in server.get("definitions")]
    popover.get_by_role("button", name="Import 1 of 1").click()
    expect(page.get_by_text("1 definitions were imported.")).to_be_visible(timeout=LOADED)
    until(lambda: server.version("carried") == 2, "the service has worked it out")
    assert server.totals("carried")["own_margin"] == pytest.approx(370 / 400)
