"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

from settings import Settings
from wiring import System, build

PROJECT = Path(__file__).resolve().parent.parent

# Chromium phones home unless told not to; the sandbox needs rights that a container does not give.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long modules first: where a worker begins one at the end, the others wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@contextmanager
def main_module_kept() -> Iterator[None]:
    """Streamlit puts the page that it draws in the place of the main module, and leaves it there. A process that
    multiprocessing starts afterwards would draw the page first, and end where that fails."""
    kept = sys.modules["__main__"]
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    with main_module_kept():
        yield


@pytest.fixture(scope="session")
def shared_workbooks() -> Path:
    """The folder of real and odd workbooks that lies beside a full checkout."""
    folder = PROJECT.parent / "shared" / "workbooks"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED ON REAL WORKBOOKS: {folder} is not there")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over an empty home folder, with no channel set up but the console."""
    return Settings.from_env({"KPI_HOME": str(tmp_path / "home")})


@pytest.fixture
def system(settings: Settings) -> Iterator[System]:
    """The real parts over an empty database."""
    built = build(settings)
    yield built
    built.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. One a module, not one a session: while it lives, its event loop runs in the main
    thread, where no other test could start one."""
    chromium = _chromium()
    if chromium is None:
        not_in_a_browser("no chromium or google-chrome on the PATH")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield started
        started.close()


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


def not_in_a_browser(reason: str) -> NoReturn:
    """Skip loudly, or fail where the browser is required, as on the build machine."""
    if os.environ.get("KPI_REQUIRE_BROWSER"):
        pytest.fail(f"KPI_REQUIRE_BROWSER is set, but there is {reason}")
    pytest.skip(f"NOT TESTED IN A BROWSER: {reason}")
