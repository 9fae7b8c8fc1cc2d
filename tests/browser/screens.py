"""What a screen looks like, kept as a picture, and what axe-core says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED
from tests.conftest import PROJECT, not_in_a_browser

AXE = PROJECT / "build" / "axe" / "axe.min.js"  # `make axe` brings it
PICTURES = PROJECT / "screenshots"
GRAVE = ("serious", "critical")
TALLEST = 6000  # pixels of a picture
HEIGHT = "Math.max(...[...document.querySelectorAll('[data-testid=stMain]')].map(main => main.scrollHeight))"


@dataclass(slots=True)
class Screens:
    """A page on one kind of screen, of which pictures are taken. `faults`: what shuts somebody out, by picture."""

    page: Page
    look: str  # `390-dark`
    faults: dict[str, list[str]] = field(default_factory=dict)

    def show(self, name: str) -> None:
        """Once nothing moves any more: a picture of the whole page, and what axe finds on it."""
        still(self.page)
        self._take(PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{self.look}.png")
        if found := grave(self.page):
            self.faults[name] = found

    def _take(self, path: Path) -> None:
        """The page scrolls within a window of its own, so the window is made as tall as what is in it."""
        path.parent.mkdir(exist_ok=True)
        size = self.page.viewport_size
        assert size is not None
        tall = max(size["height"], min(TALLEST, int(self.page.evaluate(HEIGHT))))
        self.page.set_viewport_size({"width": size["width"], "height": tall})
        self.page.wait_for_timeout(300)  # charts take their new width
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)


def still(page: Page) -> None:
    """Nothing is drawn any more: what is about to be replaced is pale, and would be judged as it goes."""
    page.wait_for_timeout(500)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=LOADED)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=LOADED)


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical, contrast among it: the rule, the place and what it says of the place."""
    if not AXE.exists():
        not_in_a_browser(f"no {AXE.relative_to(PROJECT)}: `make axe` brings it")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(said => said.violations)")
    return [
        f"{fault['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in faults
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
