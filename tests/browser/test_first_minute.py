"""The first minute with the product: nothing yet, the samples, a file of one's own, and one that is thought better of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save
from tests.browser.pages import LOADED, UPLOADED, open_page, upload, value
from tests.browser.servers import Server, start, stop, until
from tests.fakes.providers import FakeProviders
from tests.homes import environment

pytestmark = pytest.mark.browser

LARGE = 250_000  # rows: some seconds to read


@pytest.fixture
def server(tmp_path: Path, fake: FakeProviders) -> Iterator[Server]:
    """A server of its own for each test: the first minute begins with nothing."""
    process, served = start(environment(tmp_path / "home", fake), tmp_path / "server.log")
    yield served
    stop(process)


def a_large_workbook(path: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sales")
    sheet.append(["Date", "Region", "Revenue", "COGS", "Note"])
    first = date(2024, 1, 1)
    for number in range(LARGE):
        day = first + timedelta(days=number % 700)
        sheet.append([day, "North", number + 0.5, number / 3, f"text number {number}"])
    book.save(path)
    return path


def test_an_empty_page_offers_samples_and_a_template_and_shows_their_figures(
    page: Page, server: Server
) -> None:
    open_page(page, server)
    expect(page.get_by_text("There are no numbers yet")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text(str(server.inbox))).to_be_visible()
    with page.expect_download(timeout=LOADED) as saving:
        page.get_by_role("button", name="Download a template workbook").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(saving.value.path()).read_bytes()))
    assert book.sheetnames == ["Sales", "How to fill this in"]

    page.get_by_role("button", name="Load sample data").click()
    expect(page.get_by_role("combobox", name="Dataset", exact=True)).to_have_value("finance", timeout=LOADED)
    expect(value(page, "revenue")).to_be_visible(timeout=LOADED)
    until(lambda: server.version("orders") == 1, "the second of the samples is loaded")
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=LOADED)
    expect(page.get_by_text("What was found in")).to_have_count(0)


def test_what_was_found_in_an_uploaded_file_is_shown_until_it_looks_right(
    page: Page, server: Server, tmp_path: Path
) -> None:
    rows = [[date(2025, 9, day), "North", 10 * day] for day in range(1, 21)]
    save(
        tmp_path / "takings.xlsx",
        [["Date", "Region", "Revenue"], *rows, [date(2025, 9, 21), "North", "many"]],
    )
    open_page(page, server)
    upload(page, server, tmp_path / "takings.xlsx")
    expect(page.get_by_text("What was found in takings.xlsx")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text("21 rows read: 20 loaded, 1 rejected, 0 set aside")).to_be_visible()
    page.get_by_text("Look at what was found").click()
    marked = page.locator(".kpi-preview td.bad")
    expect(marked).to_contain_text("many")
    expect(page.locator(".kpi-remarks")).to_contain_text("C22 (Revenue)")
    expect(value(page, "revenue")).to_have_text("2.10 k", timeout=LOADED)
    page.get_by_text("Columns", exact=True).click()
    expect(page.locator(".st-key-found canvas table").first).to_contain_text("certain", timeout=LOADED)
    page.get_by_role("button", name="Looks right").click()
    expect(page.get_by_text("What was found in")).to_have_count(0, timeout=LOADED)
    expect(value(page, "revenue")).to_have_text("2.10 k")


def test_a_large_file_says_how_far_it_is_and_can_be_cancelled_and_read_after_all(
    page: Page, server: Server, tmp_path: Path
) -> None:
    path = a_large_workbook(tmp_path / "large.xlsx")
    open_page(page, server)
    upload(page, server, path)
    expect(page.get_by_test_id("stProgress").filter(has_text="large.xlsx sheet Sales")).to_be_visible(
        timeout=UPLOADED
    )
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Loading large.xlsx was cancelled")).to_be_visible(timeout=LOADED)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=LOADED)
    (load,) = server.get("loads", dataset="large")
    assert (load["status"], server.version("large"), (server.inbox / "large.xlsx").exists()) == (
        "rejected",
        0,
        True,
    )

    page.get_by_role("button", name="Read it after all").click()
    expect(page.get_by_text(f"{LARGE:,} rows read: {LARGE:,} loaded")).to_be_visible(timeout=UPLOADED)
    assert server.version("large") == 1
