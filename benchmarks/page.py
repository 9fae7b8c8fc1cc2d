"""The page in real Chromium on the demo's data: how soon it is there, how fast it answers, and what it costs open.

    python benchmarks/page.py [--rounds 9] [--only first answer save idle change refresh growth] [--seconds 60]

Parts: `first`, from navigation to the first tile, beside an empty Streamlit page with one Plotly chart, in turns;
`answer`, from a click on a tab or a filter to the last element that changed; `save`, from a workbook of 10,000 rows saved
into the inbox to the number on the screen; `idle`, what twenty open pages cost while nothing changes, and what was drawn
anew; `change`, the processor time of a change seen by one page and by ten; `refresh`, forty sessions that have the
page run every five seconds: how long a run takes, and memory by session; `growth`, memory over 500 interactions of one page.

Every server has a process and a home of its own, and was visited once before it is measured. Prints JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from page_servers import cpu_seconds, memory, ours, peer, with_more  # type: ignore[import-not-found]  # noqa: E402
from page_sessions import opened as opened_session  # type: ignore[import-not-found]  # noqa: E402
from page_sessions import refreshed  # noqa: E402

from tests.browser.books import save  # noqa: E402
from tests.browser.servers import Server, until  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = 700  # milliseconds without a change: what was asked for is drawn
TILE = '[data-testid="stMetricValue"]'
CORES_OF = "share of one core"
# Notes when something below the page's main block last changed, and how often.
WATCH = """() => {
    window.last = 0; window.changes = 0;
    new MutationObserver(seen => { window.last = performance.now(); window.changes += seen.length; }).observe(
        document.querySelector('[data-testid="stMain"]'),
        {subtree: true, childList: true, characterData: true, attributes: true});
}"""
EVERY = 5.0  # seconds between two runs of a page
Result = dict[str, Any]


def spread(values: list[float]) -> Result:
    """Median, 95th percentile and how many, in the unit of the values."""
    ranked = sorted(values)
    place = min(len(ranked) - 1, round(0.95 * (len(ranked) - 1)))
    return {"median": round(statistics.median(ranked), 3), "p95": round(ranked[place], 3), "of": len(ranked)}


def visit(browser: Browser, url: str, seen: str) -> float:
    """Seconds from navigation to the first element of that kind, in a browser that knows nothing of the page."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(seen).first.wait_for(timeout=60_000)
    took = time.perf_counter() - began
    context.close()
    return took


def opened(context: BrowserContext, server: Server, **choices: str) -> Page:
    page = context.new_page()
    page.goto(server.link(dataset="finance", **choices))
    page.locator(TILE).first.wait_for(timeout=60_000)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2 * QUIET)
    page.evaluate(WATCH)
    return page


def answer_to(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from an act to the last change that it led to."""
    began: float = page.evaluate("() => (window.last = performance.now())")
    act()
    page.wait_for_function(f"() => performance.now() - window.last > {QUIET}", timeout=30_000)
    return float(page.evaluate("() => window.last")) - began


def first(browser: Browser, folder: Path, rounds: int, _seconds: int) -> Result:
    with ours(folder) as (_, server), peer(folder) as other:
        time.sleep(2)
        ways = {"ours": (server.link(dataset="finance"), TILE), "peer": (other, ".js-plotly-plot .main-svg")}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for round_ in range(rounds + 1):
            for name, (url, seen) in ways.items():
                took = visit(browser, url, seen)
                if round_:
                    taken[name].append(took)
    ratios = [mine / theirs for mine, theirs in zip(taken["ours"], taken["peer"], strict=True)]
    return {"seconds": {name: spread(values) for name, values in taken.items()}, "ratio": spread(ratios)}


def answer(browser: Browser, folder: Path, rounds: int, _seconds: int) -> Result:
    with (
        ours(folder) as (_, server),
        browser.new_context(viewport={"width": 1440, "height": 1000}) as context,
    ):
        page = opened(context, server)
        tabs: list[float] = []
        filters: list[float] = []
        for round_ in range(rounds + 1):
            for name in ("Trends", "Comparison", "Distribution", "Targets", "Overview"):
                took = answer_to(page, page.get_by_role("tab", name=name).click)
                tabs += [took] * (round_ > 0)
            for grain in ("quarter", "month"):
                page.get_by_role("combobox", name="By", exact=True).click()
                option = page.get_by_role("option", name=grain, exact=True)
                option.wait_for()
                took = answer_to(page, option.click)
                filters += [took] * (round_ > 0)
    return {"milliseconds": {"tab": spread(tabs), "filter": spread(filters)}}


def save_(browser: Browser, folder: Path, rounds: int, _seconds: int) -> Result:
    with ours(folder) as (_, server), browser.new_context() as context:
        rows = [["Date", "Region", "Revenue"]]
        rows += [[f"2025-{1 + n % 12:02d}-{1 + n % 28:02d}", f"R{n % 7}", 10] for n in range(10_000)]  # type: ignore[list-item]
        path = server.inbox / "measured.xlsx"
        save(path, rows)
        until(lambda: server.version("measured") == 1, "the workbook is loaded", 60)
        page = context.new_page()
        page.goto(server.link(dataset="measured", period="All data"))
        shown = page.locator(f".st-key-tile_revenue {TILE}")
        shown.wait_for(timeout=60_000)
        taken = []
        for round_ in range(1, max(rounds, 20) + 1):
            rows[1][2] = 1_000 * round_  # type: ignore[call-overload]
            before = shown.text_content()
            save(path, rows)
            began = time.perf_counter()
            until(lambda was=before: shown.text_content() != was, "the number has changed")  # type: ignore[misc]
            taken.append(time.perf_counter() - began)
    return {"seconds": spread(taken)}


def idle(browser: Browser, folder: Path, _rounds: int, seconds: int) -> Result:
    with ours(folder) as (pid, server), browser.new_context() as context:
        time.sleep(5)
        alone = cpu_seconds(pid)
        time.sleep(seconds)
        alone = (cpu_seconds(pid) - alone) / seconds
        pages = [opened(context, server) for _ in range(20)]
        time.sleep(5)
        before = [page.evaluate("() => window.changes") for page in pages]
        began, spent = time.monotonic(), cpu_seconds(pid)
        time.sleep(seconds)
        passed = time.monotonic() - began
        spent = (cpu_seconds(pid) - spent) / passed
        after = [page.evaluate("() => window.changes") for page in pages]
    redrawn = sum(now - was for now, was in zip(after, before, strict=True))
    return {CORES_OF: {"no page": round(alone, 4), "20 pages": round(spent, 4)}, "changes seen": redrawn}


def change(browser: Browser, folder: Path, _rounds: int, _seconds: int) -> Result:
    spent: dict[str, float] = {}
    for count in (1, 10):
        place = folder / str(count)
        place.mkdir()
        with ours(place) as (pid, server), browser.new_context() as context:
            pages = [opened(context, server) for _ in range(count)]
            shown = [page.locator(TILE).first for page in pages]
            time.sleep(3)
            before, texts = cpu_seconds(pid), [one.text_content() for one in shown]
            book = PROJECT / "sample_data" / "finance.xlsx"
            with_more(book, server.inbox / book.name)
            until(lambda: server.version("finance") == 2, "the change is loaded", 60)
            until(
                lambda: all(one.text_content() != was for one, was in zip(shown, texts, strict=True)),  # noqa: B023
                "every page shows it",
                60,
            )
            time.sleep(3)
            spent[f"{count} open"] = round(cpu_seconds(pid) - before, 3)
    return {
        "seconds of processor": spent,
        "by further page": round((spent["10 open"] - spent["1 open"]) / 9, 3),
    }


def refresh(_browser: Browser, folder: Path, _rounds: int, seconds: int) -> Result:
    """Forty sessions without browsers, which forty of would take the machine for themselves."""

    async def watched(pid: int, url: str) -> Result:
        sessions = [await opened_session(url, "dataset=finance")]
        held = memory(pid)
        sessions += [await opened_session(url, "dataset=finance") for _ in range(39)]
        more = (memory(pid) - held) / 39
        began, spent = time.monotonic(), cpu_seconds(pid)
        taken = await refreshed(sessions, EVERY, seconds)
        spent = (cpu_seconds(pid) - spent) / (time.monotonic() - began)
        return {
            "milliseconds of a rerun": spread(taken),
            "MiB by further page": round(more, 2),
            CORES_OF: round(spent, 3),
        }

    with (
        ours(folder) as (pid, server),
        ThreadPoolExecutor(1) as aside,
    ):  # Playwright's own loop runs in this thread
        return aside.submit(asyncio.run, watched(pid, server.url)).result()


def growth(browser: Browser, folder: Path, _rounds: int, _seconds: int) -> Result:
    with ours(folder) as (pid, server), browser.new_context() as context:
        page = opened(context, server)
        held = []
        for number in range(500):
            name = ("Trends", "Comparison", "Distribution", "Overview")[number % 4]
            page.get_by_role("tab", name=name).click()
            page.wait_for_timeout(150)
            if number % 100 == 99:
                held.append(round(memory(pid), 1))
    return {"MiB after each hundred": held}


PARTS = {
    "first": first, "answer": answer, "save": save_, "idle": idle, "change": change, "refresh": refresh,
    "growth": growth,
}  # fmt: skip


def main() -> None:
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("--rounds", type=int, default=9)
    reader.add_argument("--seconds", type=int, default=60)
    reader.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    asked = reader.parse_args()
    found: Result = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in asked.only:
            with tempfile.TemporaryDirectory() as folder:
                found[name] = PARTS[name](browser, Path(folder), asked.rounds, asked.seconds)
        browser.close()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
