"""One server a module, one fresh browser context a test; a picture of the page where a test failed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.servers import Server, start, stop
from tests.conftest import PROJECT
from tests.fakes.providers import FakeProviders
from tests.homes import environment

PICTURES = PROJECT / "screenshots"
HERE = {"127.0.0.1", "", None}  # the server; blobs and data that the page made itself
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders()
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fake: FakeProviders) -> Iterator[Server]:
    """A server whose providers are the fake, over an empty home. Each test brings workbooks of its own names."""
    folder = tmp_path_factory.mktemp("served")
    process, served = start(environment(folder / "home", fake), folder / "server.log")
    yield served
    stop(process)


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """A page that may speak to nobody but the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened, elsewhere, broken = context.new_page(), list[str](), list[str]()
    opened.on(
        "request", lambda asked: None if urlsplit(asked.url).hostname in HERE else elsewhere.append(asked.url)
    )
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    if request.node.stash.get(FAILED, False):
        _take_picture(opened, request.node.name)
    context.close()
    assert (elsewhere, broken) == ([], [])


def _take_picture(page: Page, test: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    name = re.sub(r"\W+", "_", test)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    (PICTURES / f"{name}.txt").write_text(
        f"{page.url}\n{page.locator('body').inner_text()}", encoding="utf-8"
    )


@pytest.fixture
def inbox(server: Server) -> Path:
    return server.inbox
