"""An empty database: three ways to the first numbers."""

from __future__ import annotations

from pathlib import Path

from monitor.pipeline import Job, process
from sample_data.demo import DEMO_FILES
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, open_page, said, tiles
from wiring import System


def inbox(system: System) -> list[Path]:
    return sorted(path for path in system.road.folders.inbox.glob("*") if path.is_file())


def test_the_samples_go_into_the_inbox_and_their_figures_are_shown_once_they_are_read(empty: System) -> None:
    page = open_page()
    next(one for one in page.button if one.label == "Load sample data").click().run()
    assert (errors(page), [path.read_bytes() for path in inbox(empty)]) == (
        [],
        [path.read_bytes() for path in sorted(DEMO_FILES)],
    )
    assert next(one for one in page.button if one.label == "Load sample data").disabled
    assert any(text.startswith("**finance.xlsx** waits") for text in said(page))

    for path in inbox(empty)[::-1]:  # whichever of them comes first
        process(empty.road, Job(path, "watch"), AFTER_THE_SAMPLES)
    page.run()
    assert (errors(page), page.session_state["dataset"], "Revenue" in tiles(page)) == ([], "finance", True)
    assert not any("waits" in text or "What was found" in text for text in said(page))


def test_the_page_says_what_it_is_and_offers_three_ways(empty: System) -> None:
    page = open_page()
    offered = [one.label for one in (*page.button, *page.get("download_button"))]
    assert ("Load sample data" in offered, "Download a template workbook" in offered) == (True, True)
    assert len(page.file_uploader) == 2  # files, and a folder
