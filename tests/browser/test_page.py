"""The open page in real Chromium: it follows the files by itself, is calm while they rest, and shows what a link says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.books import REGIONS, ROWS, save, save_finance, save_same_bytes
from tests.browser.pages import LOADED, choose, go_to, open_page, tile, upload, value, wait_until_drawn
from tests.browser.servers import Server, free_port, start, stop, until

pytestmark = pytest.mark.browser

REVENUE = "18.4 k"  # of `save_finance` over all data
# Everything below the page's main block is watched and nothing is left out: no node, text or attribute may change.
WATCH = """() => {
    window.mark = 'not loaded anew';
    window.charts = [...document.querySelectorAll('.js-plotly-plot')];
    window.moved = [];
    const main = document.querySelector('[data-testid="stMain"]');
    const note = one => window.moved.push(`${one.type} ${one.attributeName ?? ''} ${one.target.nodeName}`);
    new MutationObserver(seen => seen.forEach(note)).observe(
        main, {subtree: true, childList: true, characterData: true, attributes: true});
}"""
SAME_CHARTS = """() => {
    const now = [...document.querySelectorAll('.js-plotly-plot')];
    return now.length === window.charts.length && now.every((chart, place) => chart === window.charts[place]);
}"""


def watched(page: Page, server: Server, name: str, **choices: str) -> Path:
    """A workbook of that name is in the inbox and its figures are on the page."""
    path = server.inbox / f"{name}.xlsx"
    save_finance(path)
    until(lambda: server.version(name) == 1, f"{path.name} is loaded")
    open_page(page, server, dataset=name, period="All data", **choices)
    return path


def has_come_to_rest(page: Page) -> bool:
    """For a second nothing moved; what moved before is forgotten."""
    page.evaluate("() => { window.moved = []; }")
    page.wait_for_timeout(1_000)
    return bool(page.evaluate("() => window.moved.length === 0"))


def test_an_open_page_is_still_while_nothing_changes_and_follows_a_file_that_is_saved_anew(
    page: Page, server: Server
) -> None:
    path = watched(page, server, "calm")
    expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
    wait_until_drawn(page, 2)
    visits: list[str] = []
    page.on("framenavigated", lambda frame: visits.append(frame.url))
    page.evaluate(WATCH)
    until(lambda: has_come_to_rest(page), "the page has come to rest after its first drawing")

    page.wait_for_timeout(7_000)  # three times the page asks whether anything changed
    assert (page.evaluate("() => window.moved"), page.evaluate(SAME_CHARTS)) == ([], True)

    save_same_bytes(path)
    page.wait_for_timeout(4_000)  # it is scanned, hashed and found to be the same
    assert (page.evaluate("() => window.moved"), page.evaluate(SAME_CHARTS)) == ([], True)

    save_finance(path, extra=100.0)
    expect(value(page, "revenue")).to_have_text("24.6 k", timeout=LOADED)
    assert page.evaluate("() => window.mark") == "not loaded anew"
    assert page.evaluate("() => window.moved.length") > 0
    assert visits == []
    assert server.version("calm") == 2


def test_a_paused_page_stays_until_it_follows_again(page: Page, server: Server) -> None:
    path = watched(page, server, "paused")
    expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
    page.get_by_text("Pause", exact=True).click()
    expect(page.get_by_role("switch", name="Pause")).to_be_checked()
    save_finance(path, extra=100.0)
    until(lambda: server.version("paused") == 2, "the new version is loaded")
    page.wait_for_timeout(4_500)  # twice the page would have asked
    expect(value(page, "revenue")).to_have_text(REVENUE)
    page.get_by_text("Pause", exact=True).click()
    expect(value(page, "revenue")).to_have_text("24.6 k", timeout=LOADED)


def test_an_open_page_asks_for_the_pulse_and_for_nothing_else_and_a_paused_one_for_nothing_at_all(
    page: Page, server: Server
) -> None:
    watched(page, server, "pulse")
    expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
    wait_until_drawn(page, 2)
    page.wait_for_timeout(2_000)  # what is fetched for the first drawing has come
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
    page.wait_for_timeout(6_500)
    assert (set(asked), 2 <= len(asked) <= 4) == ({"/pulse"}, True)
    page.get_by_text("Pause", exact=True).click()
    expect(page.get_by_role("switch", name="Pause")).to_be_checked()
    page.wait_for_timeout(2_500)  # one may have been on its way
    asked.clear()
    page.wait_for_timeout(4_500)
    assert asked == []


def test_a_page_whose_server_was_started_anew_is_drawn_for_its_new_session_and_follows(
    browser: Browser, tmp_path: Path
) -> None:
    settings, log, port = {"KPI_HOME": str(tmp_path / "home")}, tmp_path / "server.log", free_port()
    process, server = start(settings, log, port)
    page = browser.new_page()
    try:
        path = watched(page, server, "again")
        expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
        stop(process)
        process, server = start(settings, log, port)
        save_finance(path, extra=100.0)
        expect(value(page, "revenue")).to_have_text("24.6 k", timeout=LOADED)
    finally:
        page.close()
        stop(process)


def test_a_link_brings_its_dataset_tab_period_grain_and_filter(page: Page, server: Server) -> None:
    watched(page, server, "linked", tab="Comparison", grain="quarter", **{"linked.region": "South"})
    expect(page.get_by_role("tab", name="Comparison")).to_have_attribute(
        "aria-selected", "true", timeout=LOADED
    )
    wait_until_drawn(page, 1)
    expect(page.locator(".js-plotly-plot .ytick text")).to_have_text(["South"])
    shown = {
        label: page.get_by_role("combobox", name=label, exact=True) for label in ("Dataset", "Period", "By")
    }
    for label, chosen in {"Dataset": "linked", "Period": "All data", "By": "quarter"}.items():
        expect(shown[label]).to_have_value(chosen)


def test_what_is_chosen_on_the_page_is_in_the_address_and_shown_again_by_it(
    page: Page, server: Server
) -> None:
    watched(page, server, "address")
    expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
    choose(page, "Period", "Last 12 months")
    choose(page, "Region", REGIONS[0])
    page.keyboard.press("Escape")
    expect(value(page, "revenue")).to_have_text("9.20 k", timeout=LOADED)
    go_to(page, "Trends")
    expect(page).to_have_url(re.compile(r"(?=.*period=Last)(?=.*address\.region=)(?=.*tab=Trends)"))

    page.goto(page.url)
    expect(page.get_by_role("tab", name="Trends")).to_have_attribute("aria-selected", "true", timeout=LOADED)
    go_to(page, "Overview")
    expect(value(page, "revenue")).to_have_text("9.20 k", timeout=LOADED)


def test_the_address_names_the_dataset_even_if_it_is_the_first(page: Page, server: Server) -> None:
    watched(page, server, "aaa_first")
    expect(page).to_have_url(re.compile("dataset=aaa_first"))


def test_a_letter_called_a_workbook_is_refused_with_its_code_while_the_good_data_stay(
    page: Page, server: Server, tmp_path: Path
) -> None:
    watched(page, server, "kept")
    expect(value(page, "revenue")).to_have_text(REVENUE, timeout=LOADED)
    letter = tmp_path / "kept.xlsx"
    letter.write_bytes(b"%PDF-1.7 this is a letter")
    upload(page, server, letter)
    notice = page.get_by_test_id("stAlert").filter(has_text="kept.xlsx")
    expect(notice).to_contain_text("wrong_type", timeout=LOADED)
    expect(notice).to_contain_text("last good version")
    expect(value(page, "revenue")).to_have_text(REVENUE)
    assert server.version("kept") == 1
    assert server.get("loads", dataset="kept", limit="1")[0]["status"] == "rejected"


def test_text_of_cells_is_neither_a_link_nor_a_picture_nor_an_icon(page: Page, server: Server) -> None:
    """In the browser, because Streamlit makes links, icons and signs of text whose Markdown is escaped."""
    nasty = (
        "https://evil.test/x", "www.evil.test", "a@evil.test", "![](https://evil.test/p.png)", "<img src=x>",
        "[a](javascript:1)", ":material/delete:", ":red[x]", "**x**", "$a$", "a -> b", "=cmd()",
    )  # fmt: skip
    rows = [[date(2025, 10, 1 + number), one, 10 + number, 1] for number, one in enumerate(nasty * 2)]
    save(
        server.inbox / "nasty.xlsx",
        [["Date", "www.evil.test **Region**", "Revenue", "Paid -> https://evil.test"], *rows],
    )
    until(lambda: server.version("nasty") == 1, "nasty.xlsx is loaded")
    for tab in ("Overview", "Comparison", "Data", "Alerts"):
        open_page(page, server, dataset="nasty", period="All data", tab=tab)
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true", timeout=LOADED)
        main = page.get_by_test_id("stMain")
        assert (
            main.locator("a[href], img, script, [src*=evil]").evaluate_all(
                "all => all.map(one => one.outerHTML)"
            )
            == []
        )
    open_page(page, server, dataset="nasty", period="All data", tab="Comparison")
    wait_until_drawn(page, 1)
    names = page.locator(".js-plotly-plot .ytick text").all_text_contents()
    # The last bar is all others.
    assert len([name for name in names if name in nasty]) == len(names) - 1 == 10
    open_page(page, server, dataset="nasty", period="All data")
    expect(page.get_by_test_id("stMetricLabel").filter(has_text="Paid")).to_have_text(
        re.compile(r"^Paid -\u2060?> https:\u2060?//evil\.\u2060?test")
    )


def test_the_rows_and_the_ledger_of_a_file_are_on_the_data_tab(page: Page, server: Server) -> None:
    watched(page, server, "ledger", tab="Data")
    expect(page.get_by_test_id("stMain")).to_contain_text(f"of {ROWS:,}, by sheet and row", timeout=LOADED)
    table = page.get_by_test_id("stMain").locator("canvas table").first
    expect(table).to_contain_text("ledger.xlsx", timeout=LOADED)


def test_a_phone_shows_the_tiles_without_scrolling_sideways(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    watched(page, server, "phone")
    expect(tile(page, "revenue")).to_be_visible(timeout=LOADED)
    wait_until_drawn(page, 2)
    until(
        lambda: bool(page.evaluate("() => document.documentElement.scrollWidth <= 390")),
        "the page is as wide as the phone",
    )
