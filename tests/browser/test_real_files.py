"""Files that no one here made, handed in on the page: its figures agree with what is known about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED, UPLOADED, choose, open_page, upload, wait_for_figures
from tests.browser.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.shared]

SHOWN = {
    "revenue": ("Revenue", ",.2f"),
    "cogs": ("Cost of goods sold", ",.2f"),
    "gross_profit": ("Gross profit", ",.2f"),
    "average_order_value": ("Average order value", ",.2f"),
    "orders": ("Orders", ",.0f"),
    "customers": ("Customers", ",.0f"),
}
FINANCIAL = "Financial Sample.xlsx"


@dataclass(frozen=True, slots=True)
class Real:
    """One workbook and its known totals, unrounded."""

    path: Path
    dataset: str
    totals: dict[str, float]

    @property
    def shown(self) -> dict[str, str]:
        """What the page writes for those of them that it shows to the cent."""
        return {
            SHOWN[kpi][0]: format(value, SHOWN[kpi][1]) for kpi, value in self.totals.items() if kpi in SHOWN
        }


@pytest.fixture(scope="module")
def real(shared_workbooks: Path) -> dict[str, Real]:
    folder = shared_workbooks / "real"
    known: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    datasets = {
        "Sample - Superstore.xls": "sample_superstore",
        FINANCIAL: "financial_sample",
        "Online Retail.xlsx": "online_retail",
    }
    return {name: Real(folder / name, dataset, known[name]["total"]) for name, dataset in datasets.items()}


@pytest.fixture
def all_data(page: Page, server: Server) -> Page:
    """The page over everything that was ever loaded."""
    open_page(page, server, period="All data")
    return page


@pytest.fixture
def financial(all_data: Page, server: Server, real: dict[str, Real]) -> Real:
    """A workbook that is loaded and that the page shows."""
    known = real[FINANCIAL]
    if server.version(known.dataset) == 0:
        upload(all_data, server, known.path)
    else:
        choose(all_data, "Dataset", known.dataset)
    wait_for_figures(all_data, known.shown)
    return known


def test_three_real_workbooks_uploaded_one_after_another_give_the_known_figures(
    all_data: Page, server: Server, real: dict[str, Real]
) -> None:
    for one in real.values():
        upload(all_data, server, one.path)
        expect(all_data.get_by_role("combobox", name="Dataset", exact=True)).to_have_value(
            one.dataset, timeout=UPLOADED
        )
        wait_for_figures(all_data, one.shown)
        totals = server.totals(one.dataset)
        assert {kpi: totals[kpi] for kpi in one.totals} == {
            kpi: pytest.approx(value, rel=1e-9) for kpi, value in one.totals.items()
        }
        assert server.version(one.dataset) == 1


def test_the_same_file_again_changes_nothing(all_data: Page, server: Server, financial: Real) -> None:
    upload(all_data, server, financial.path)
    expect(all_data.get_by_text("nothing changes")).to_be_visible(timeout=LOADED)
    all_data.wait_for_timeout(3_000)  # longer than a scan and its settling: nothing happens
    assert (server.version(financial.dataset), len(server.get("loads", dataset=financial.dataset))) == (1, 1)
    wait_for_figures(all_data, financial.shown)


def test_what_is_said_of_a_file_lies_in_nobodys_way(all_data: Page, server: Server, financial: Real) -> None:
    upload(all_data, server, financial.path)
    said = all_data.get_by_test_id("stToast")
    expect(said).to_be_visible(timeout=LOADED)
    box, window = said.bounding_box(), all_data.viewport_size
    assert box is not None
    assert window is not None
    assert box["y"] > window["height"] / 2  # the button for the next file is at the top


def test_a_corrected_copy_of_the_same_name_replaces_what_the_first_one_said(
    all_data: Page, server: Server, financial: Real, tmp_path: Path
) -> None:
    corrected = tmp_path / FINANCIAL
    _add_to_first_sale(financial.path, corrected, 1000.25)
    upload(all_data, server, corrected)
    profit = financial.totals["gross_profit"] + 1000.25
    revenue = financial.totals["revenue"] + 1000.25
    wait_for_figures(
        all_data, {**financial.shown, "Revenue": f"{revenue:,.2f}", "Gross profit": f"{profit:,.2f}"}
    )
    assert server.version(financial.dataset) == 2


def _add_to_first_sale(path: Path, target: Path, amount: float) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    headers = [str(cell.value).strip() for cell in sheet[1]]
    first = sheet.cell(2, headers.index("Sales") + 1)
    assert isinstance(first.value, int | float)
    first.value += amount
    book.save(target)
