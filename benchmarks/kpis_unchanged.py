"""What is asked of the facts where nothing changed: a file that comes again, and a page that is drawn again.

    python benchmarks/kpis_unchanged.py

Prints JSON: how many statements ran, the first time and again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
SAMPLE = PROJECT / "sample_data" / "orders.csv"


def counted() -> list[str]:
    """The texts of the statements that run from now on."""
    from storage.engines import on_duckdb

    asked: list[str] = []
    compiled = on_duckdb.compiled

    def noted(*told: Any) -> tuple[str, list[Any]]:
        found = compiled(*told)
        asked.append(found[0])
        return found

    vars(on_duckdb)["compiled"] = noted
    return asked


def unchanged() -> dict[str, int]:
    """Statements of a load, of the same file again, of a page, and of the same page in another browser."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["KPI_HOME"] = home
        import app  # the door gives the page its parts
        from monitor.pipeline import Job, process

        asked = counted()
        found: dict[str, int] = {}

        def note(what: str, act: Callable[[], object]) -> None:
            asked.clear()
            act()
            found[what] = len(asked)

        job = Job(SAMPLE, "cli", dataset="orders")
        note("load", lambda: process(app.system.road, job, datetime.now(UTC)))
        note("same_file_again", lambda: process(app.system.road, job, datetime.now(UTC)))
        note("page", draw)
        note("page_again", draw)
        app.system.close()
    return found


def draw() -> None:
    """The page as a visitor opens it, without a browser."""
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(PROJECT / "dashboard" / "page.py"), default_timeout=60).run()
    if page.exception:
        raise SystemExit(f"the page failed: {page.exception[0].message}")


if __name__ == "__main__":
    print(json.dumps(unchanged()))
