"""What reading a workbook costs against the least it can cost: interleaved whole processes, medians, as JSON.

    python benchmarks/reading.py [WORKBOOK] [--rows 100000] [--rounds 5] [--pandas]

Without a workbook one of sales is made, with that many rows of 12 columns. `bare` is python-calamine handing over every
cell and nothing else, `fastexcel` the fastest reader there is, where it is installed; `sandbox` is our whole reading: a
child process that checks, reads, cleans and writes Parquet with the ledger and the issues. Times are of whole
processes, started anew each round; `peak_mib` is of the largest process of each.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random

PROJECT = Path(__file__).resolve().parent.parent
BARE = """
import io, sys
from pathlib import Path
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(io.BytesIO(Path(sys.argv[1]).read_bytes()))
cells = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
"""
FASTEXCEL = """
import sys
import fastexcel
book = fastexcel.read_excel(sys.argv[1])
tables = [book.load_sheet(name).to_arrow() for name in book.sheet_names]
"""
SANDBOX = """
import sys
from pathlib import Path
from monitor.sandbox import read_workbook
report = read_workbook(Path(sys.argv[1]), Path(sys.argv[2]))
assert report.status == "loaded", report
"""
PANDAS = """
import sys
import pandas
pandas.read_excel(sys.argv[1], engine="openpyxl")
"""

REGIONS = ("North", "South", "East", "West", "Centre")


@dataclass(frozen=True, slots=True)
class Cost:
    """One process and its children: seconds by the wall and on the processors, and the largest of them in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(code: str, workbook: Path) -> Cost:
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        command = [sys.executable, "-c", code, str(workbook), out]
        child = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path[1:]])},
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[2]} ended with {child.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description="reading against the bare reader")
    parser.add_argument("workbook", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=100_000, help="of the workbook that is made")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pandas", action="store_true", help="also pandas with openpyxl, a minute a round")
    parser.add_argument("--make", type=Path, help="only make the workbook, there")
    options = parser.parse_args()
    if options.make:
        make_workbook(options.make, options.rows)
        return
    codes = {"bare": BARE, "sandbox": SANDBOX}
    if find_spec("fastexcel"):
        codes["fastexcel"] = FASTEXCEL
    if options.pandas:
        codes["pandas_openpyxl"] = PANDAS
    with tempfile.TemporaryDirectory() as folder:
        workbook = options.workbook or made_elsewhere(Path(folder), options.rows)
        costs = interleaved(codes, workbook, options.rounds)
    print(json.dumps(summary(workbook, costs), indent=1))


def interleaved(codes: dict[str, str], workbook: Path, rounds: int) -> dict[str, list[Cost]]:
    """Every reader once a round, forwards and backwards in turn, so that all of them meet the same machine."""
    costs: dict[str, list[Cost]] = {name: [] for name in codes}
    for number in range(rounds):
        for name in list(codes) if number % 2 == 0 else list(reversed(codes)):
            costs[name].append(measure(codes[name], workbook))
    return costs


def made_elsewhere(folder: Path, rows: int) -> Path:
    """The workbook, made by another process: what this one holds would count as its children's peak."""
    path = folder / f"sales-{rows}.xlsx"
    subprocess.run([sys.executable, __file__, "--make", str(path), "--rows", str(rows)], check=True)
    return path


def make_workbook(path: Path, rows: int) -> None:
    """Order lines with dates, texts, identifiers and amounts, as Excel writes them (shared strings)."""
    import xlsxwriter

    random = Random(7)
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Sales")
    header = (
        "Order ID",
        "Order Date",
        "Ship Date",
        "Customer ID",
        "Customer",
        "Region",
        "Product",
        "Category",
    )
    sheet.write_row(0, 0, (*header, "Quantity", "Unit Price", "Revenue", "COGS"))
    for row in range(1, rows + 1):
        day = date(2024, 1, 1) + timedelta(days=row * 700 // rows)
        quantity, price = random.randint(1, 40), round(random.uniform(5, 400), 2)
        customer, product = random.randrange(2_000), random.randrange(300)
        names = (
            f"C{customer:05}",
            f"Customer {customer}",
            random.choice(REGIONS),
            f"Product {product}",
            f"Group {product % 9}",
        )
        revenue = round(quantity * price, 2)
        sheet.write_string(row, 0, f"A-{row // 3:07}")
        sheet.write_datetime(row, 1, day)
        sheet.write_datetime(row, 2, day + timedelta(days=random.randint(1, 9)))
        sheet.write_row(
            row, 3, (*names, quantity, price, revenue, round(revenue * random.uniform(0.4, 0.8), 2))
        )
    book.close()


def summary(workbook: Path, costs: dict[str, list[Cost]]) -> dict[str, object]:
    medians = {
        name: {
            "wall_seconds": round(statistics.median(cost.wall for cost in rounds), 3),
            "cpu_seconds": round(statistics.median(cost.cpu for cost in rounds), 3),
            "peak_mib": round(statistics.median(cost.peak for cost in rounds)),
        }
        for name, rounds in costs.items()
    }
    ratios = {
        f"{name}_to_bare": {
            "wall": ratio([cost.wall for cost in rounds], [cost.wall for cost in costs["bare"]]),
            "cpu": ratio([cost.cpu for cost in rounds], [cost.cpu for cost in costs["bare"]]),
        }
        for name, rounds in costs.items()
        if name != "bare"
    }
    return {"workbook": workbook.name, "rounds": len(costs["bare"]), "medians": medians, "ratios": ratios}


def ratio(ours: list[float], bare: list[float]) -> float:
    """The median of the ratios of each round, for both processes of a round met the same machine."""
    return round(statistics.median(one / other for one, other in zip(ours, bare, strict=True)), 3)


if __name__ == "__main__":
    main()
