"""What `page.py` measures: a server of ours over the demo's data, the peer's, and what a process has cost so far."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl

from sample_data.demo import DEMO_FILES
from tests.browser.servers import Server, free_port, start, stop, until

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Of the process and the children it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def memory(pid: int) -> float:
    """MiB that the process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def ours(folder: Path) -> Iterator[tuple[int, Server]]:
    """A server over the demo's data, all of them loaded."""
    home = folder / "home"
    process, server = start({"KPI_HOME": str(home), "PATH": os.environ["PATH"]}, folder / "server.log")
    try:
        for path in DEMO_FILES:
            shutil.copy(path, server.inbox / path.name)
        until(lambda: server.version("finance") == 1, "the demo's data are loaded", 120)
        yield process.pid, server
    finally:
        stop(process)


@contextmanager
def peer(folder: Path) -> Iterator[str]:
    """The address of a page with one chart."""
    port = free_port()
    script = Path(__file__).with_name("page_peer.py")
    options = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def with_more(book: Path, target: Path) -> None:
    """The workbook with a thousand more in its last amount, saved as Excel saves."""
    opened_book = openpyxl.load_workbook(book)
    sheet = opened_book.worksheets[0]
    headers = [str(cell.value) for cell in sheet[1]]
    cell = sheet.cell(sheet.max_row, headers.index("Revenue") + 1)
    cell.value = float(str(cell.value)) + 1_000
    aside = target.with_name("aside.tmp")
    opened_book.save(aside)
    aside.replace(target)
