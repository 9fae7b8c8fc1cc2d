"""Files of customers, products and sales, small and known, and the tab that shows what becomes of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import LOADED
from tests.browser.servers import Server, until

CUSTOMERS = "customer_id,name,city\nC1,Ada Ltd,Berlin\nC2,Bo & Sons,Paris\nC3,Cy,Rome\n"
PRODUCTS = "product_id,name,category,price\nP1,Chair,Furniture,50\nP2,Pen,Office,2\n"
FIRST, DAYS = date(2025, 1, 1), 90
MADE = 60_000  # milliseconds for a run on a busy machine


def sales_csv(days: int = DAYS) -> str:
    """A sale a day: chairs to Berlin on two days, pens to Paris on the third."""
    lines = ["sale_id,date,customer_id,product_id,quantity,unit_price"]
    for number in range(days):
        day = FIRST + timedelta(days=number)
        sold = "C2,P2,5,2" if number % 3 == 2 else "C1,P1,1,50"
        lines.append(f"{number + 1},{day},{sold}")
    return "\n".join([*lines, ""])


def save_files(folder: Path, days: int = DAYS) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"customers.csv": CUSTOMERS, "products.csv": PRODUCTS, "sales.csv": sales_csv(days)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def make_warehouse(server: Server, days: int = DAYS) -> None:
    """What lies in the source folder afterwards is in the warehouse."""
    save_files(server.inbox.parent / "sales", days)
    asked = Request(
        f"{server.url}/api/v1/etl/runs", b'{"mode": "reload"}', {"content-type": "application/json"}
    )
    with urlopen(asked, timeout=30) as answer:
        run = answer.headers["location"].rsplit("/", 1)[1]
    until(
        lambda: server.get(f"etl/runs/{run}")["status"] in ("done", "unchanged"), f"run {run} has ended", 90
    )


def chart(page: Page, analysis: str) -> Locator:
    return page.locator(f".st-key-sales_{analysis}")


def names(page: Page, analysis: str) -> Locator:
    """The names beside the bars of a chart."""
    return chart(page, analysis).locator(".ytick text")


def click_bar(page: Page, analysis: str, place: int) -> None:
    """Where a person would see it: not below the page's own header."""
    bar = chart(page, analysis).locator(".points .point").nth(place)
    expect(bar).to_be_attached(timeout=LOADED)
    bar.evaluate("bar => bar.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)  # the page has scrolled
    box = bar.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def chip(page: Page, dimension: str) -> Locator:
    return page.locator(f".st-key-drop_{dimension} button").first
