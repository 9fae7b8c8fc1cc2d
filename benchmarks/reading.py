"""What reading a workbook costs against the least it can cost: interleaved whole processes, medians, as JSON.

    python benchmarks/reading.py [WORKBOOK] [--rounds 5] [--pandas]

`bare` is python-calamine handing over every cell and nothing else; `sandbox` is our whole reading: a child process
that checks, reads, cleans and writes Parquet. Times are of whole processes, started anew each round.
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
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BARE = """
import io, sys
from pathlib import Path
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(io.BytesIO(Path(sys.argv[1]).read_bytes()))
cells = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
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

SHARED = Path(__file__).resolve().parents[2] / "shared" / "workbooks" / "real" / "Online Retail.xlsx"


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
        child = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[2]} ended with {child.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description="reading against the bare reader")
    parser.add_argument("workbook", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pandas", action="store_true", help="also pandas with openpyxl, a minute a round")
    options = parser.parse_args()
    if not options.workbook.exists():
        print(json.dumps({"skipped": f"{options.workbook} is not there"}))
        return
    codes = {"bare": BARE, "sandbox": SANDBOX, **({"pandas_openpyxl": PANDAS} if options.pandas else {})}
    costs: dict[str, list[Cost]] = {name: [] for name in codes}
    for number in range(options.rounds):
        names = list(codes) if number % 2 == 0 else list(reversed(codes))
        for name in names:
            costs[name].append(measure(codes[name], options.workbook))
    print(json.dumps(summary(options.workbook, costs), indent=1))


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
