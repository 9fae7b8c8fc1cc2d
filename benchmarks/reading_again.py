"""What a workbook costs of which one cell on one of its sheets changed: interleaved whole processes, medians, as JSON.

    python benchmarks/reading_again.py [--rows 100000] [--sheets 3] [--rounds 5]

`cold` reads the changed workbook as if it were new, `writing` does so and keeps what came of each sheet, `remembered`
finds the sheets that did not change, `alone` reads a workbook of the changed sheet only: what the change must cost.
Each is our whole reading, from the bytes to Parquet and report, in a process started anew each round.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from reading import (  # type: ignore[import-not-found]  # the script beside this one
    PROJECT,
    REGIONS,
    Cost,
    measure,
    ratio,
)

HEADER = (
    "Order ID", "Order Date", "Ship Date", "Customer ID", "Customer", "Region", "Product", "Category",
    "Quantity", "Unit Price", "Revenue", "COGS",
)  # fmt: skip
READ = """
import sys
from pathlib import Path
from monitor.sandbox import SandboxLimits, read_workbook
memory = Path({memory!r}) if {memory!r} else None
limits = SandboxLimits(remembered=memory)
report = read_workbook(Path(sys.argv[1]), Path(sys.argv[2]), limits, name="sales.xlsx")
assert report.status == "loaded", report
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="reading a workbook again of which one sheet changed")
    parser.add_argument("--rows", type=int, default=100_000, help="on each sheet")
    parser.add_argument("--sheets", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--make", type=Path, help="only make the workbook, there")
    options = parser.parse_args()
    if options.make:
        make_workbook(options.make, options.rows, options.sheets)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, alone = (folder / f"{count}.xlsx" for count in ("all", "alone"))
        for path, sheets in ((first, options.sheets), (alone, 1)):
            made_elsewhere(path, options.rows, sheets)
        changed = with_another_cell(first, folder / "changed.xlsx")
        kept = folder / "kept"
        remember(first, kept)
        costs = interleaved(
            {
                "cold": (READ.format(memory=""), changed),
                "writing": (READ.format(memory=str(folder / "nothing")), changed),
                "remembered": (READ.format(memory=str(kept)), changed),
                "alone": (READ.format(memory=""), alone),
            },
            options.rounds,
        )
    print(json.dumps(summary(costs, options.sheets, options.rows), indent=1))


def made_elsewhere(path: Path, rows: int, sheets: int) -> None:
    """The workbook, made by another process: what this one holds would count as its children's peak."""
    make = [sys.executable, __file__, "--make", str(path), "--rows", str(rows), "--sheets", str(sheets)]
    subprocess.run(make, check=True)


def make_workbook(path: Path, rows: int, sheets: int) -> None:
    """Order lines of 12 columns on sheets that follow each other in time, as Excel writes them (shared strings)."""
    import xlsxwriter

    random = Random(7)
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for number in range(sheets):
        sheet = book.add_worksheet(f"Sales {2020 + number}")
        sheet.write_row(0, 0, HEADER)
        for row in range(1, rows + 1):
            day = date(2020 + number, 1, 1) + timedelta(days=row * 365 // (rows + 1))
            customer, product = random.randrange(2_000), random.randrange(300)
            names = (f"C{customer:05}", f"Customer {customer}", random.choice(REGIONS), f"Product {product}")
            quantity, price = random.randint(1, 40), round(random.uniform(5, 400), 2)
            revenue = round(quantity * price, 2)
            sheet.write_string(row, 0, f"A-{number}{row // 3:07}")
            sheet.write_datetime(row, 1, day)
            sheet.write_datetime(row, 2, day + timedelta(days=random.randint(1, 9)))
            numbers = (quantity, price, revenue, round(revenue * random.uniform(0.4, 0.8), 2))
            sheet.write_row(row, 3, (*names, f"Group {product % 9}", *numbers))
    book.close()


def with_another_cell(path: Path, target: Path) -> Path:
    """The workbook with the last number of its first sheet changed, and every other part as it was."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            body = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                head, cut, tail = body.rpartition(b"<v>")
                body = head + cut + re.sub(rb"^[\d.]+", b"4711", tail)
            copy.writestr(entry, body)
    return target


def remember(workbook: Path, kept: Path) -> None:
    """Read the workbook once and keep what came of its sheets, as the pipeline does."""
    with tempfile.TemporaryDirectory() as out:
        code = READ.format(memory=str(kept))
        subprocess.run([sys.executable, "-c", code, str(workbook), out], cwd=PROJECT, check=True)
        if not (left := Path(out) / "sheets").exists():
            raise SystemExit(
                "a workbook as small as this is not remembered: it takes --rows of 20,000 and more"
            )
        shutil.copytree(left, kept)


def interleaved(jobs: dict[str, tuple[str, Path]], rounds: int) -> dict[str, list[Cost]]:
    """Every job once a round, forwards and backwards in turn, so that all of them meet the same machine."""
    costs: dict[str, list[Cost]] = {name: [] for name in jobs}
    for number in range(rounds):
        for name in list(jobs) if number % 2 == 0 else list(reversed(jobs)):
            costs[name].append(measure(*jobs[name]))
    return costs


def summary(costs: dict[str, list[Cost]], sheets: int, rows: int) -> dict[str, object]:
    ratios = {
        f"{one}_to_{other}": {
            kind: ratio(
                [getattr(cost, kind) for cost in costs[one]], [getattr(cost, kind) for cost in costs[other]]
            )
            for kind in ("wall", "cpu")
        }
        for one, other in (("remembered", "cold"), ("remembered", "alone"), ("writing", "cold"))
    }
    return {
        "sheets": sheets,
        "rows_of_each": rows,
        "rounds": len(costs["cold"]),
        "medians": {
            name: {
                "wall_seconds": round(statistics.median(cost.wall for cost in of), 3),
                "cpu_seconds": round(statistics.median(cost.cpu for cost in of), 3),
                "peak_mib": round(statistics.median(cost.peak for cost in of)),
            }
            for name, of in costs.items()
        },
        "ratios": ratios,
    }


if __name__ == "__main__":
    main()
