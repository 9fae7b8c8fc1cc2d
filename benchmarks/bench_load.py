"""A real workbook from file to committed KPI values, beside merely reading it and beside pandas with to_sql.

    python benchmarks/bench_load.py [WORKBOOK] [--rounds 3] [--no-pandas]

Prints JSON: seconds of wall time inside one warm process each (imports are outside), medians over interleaved rounds,
ratios, and how much the process that loads grew at its peak: the parsing is done by its child.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROUNDS = 3
SHARED = Path(__file__).resolve().parents[2] / "shared" / "workbooks" / "real" / "Online Retail.xlsx"


def bare(path: Path) -> dict[str, float]:
    """What the chosen reader needs merely to read every cell."""
    from python_calamine import CalamineWorkbook

    started = time.perf_counter()
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {"seconds": time.perf_counter() - started}


def ours(path: Path) -> dict[str, float]:
    """The whole road, as the server takes it, once it is warm."""
    from monitor.pipeline import Job, process
    from settings import Settings
    from wiring import build

    with tempfile.TemporaryDirectory() as home:
        system = build(Settings.from_env({"KPI_HOME": home}))
        small = Path(home) / "small.csv"
        small.write_text("Date,Revenue\n2025-01-01,1\n2025-01-02,2\n")
        process(system.road, Job(small, "cli"), datetime.now(UTC))
        before = _resident()
        started = time.perf_counter()
        loaded = process(system.road, Job(path, "cli"), datetime.now(UTC))
        seconds = time.perf_counter() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
        system.close()
    return {"seconds": seconds, "grown_mb": grown, "rows": loaded.report.rows.loaded}


def pandas(path: Path) -> dict[str, float]:
    """How it is usually done."""
    import pandas as pd
    from sqlalchemy import create_engine

    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/kpi.db")
        started = time.perf_counter()
        pd.read_excel(path, engine="openpyxl").to_sql("sales", engine, index=False)
        return {"seconds": time.perf_counter() - started}


def _resident() -> float:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


WAYS = {"bare_reader": bare, "kpi_load": ours, "pandas_openpyxl_to_sql": pandas}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbook", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-pandas", action="store_true", help="leave out the slow one")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.workbook.exists():
        print(json.dumps({"skipped": f"{asked.workbook} is not there"}))
        return
    if asked.one:
        print(json.dumps(WAYS[asked.one](asked.workbook)))
        return
    names = [name for name in WAYS if not (asked.no_pandas and name.startswith("pandas"))]
    print(json.dumps(_compare(names, asked.workbook, asked.rounds), indent=2))


def _compare(names: list[str], workbook: Path, rounds: int) -> dict[str, object]:
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            command = [sys.executable, __file__, str(workbook), "--one", name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            measured[name].append(json.loads(done.stdout))
    medians = {name: statistics.median(one["seconds"] for one in runs) for name, runs in measured.items()}
    own, reader = medians["kpi_load"], medians["bare_reader"]
    answer: dict[str, object] = {
        "workbook": workbook.name,
        "rounds": rounds,
        "median_seconds": {name: round(value, 3) for name, value in medians.items()},
        "times_the_bare_reader": round(own / reader, 2),
        "peak_growth_mb": round(max(one["grown_mb"] for one in measured["kpi_load"]), 1),
    }
    if "pandas_openpyxl_to_sql" in medians:
        answer["times_faster_than_pandas"] = round(medians["pandas_openpyxl_to_sql"] / own, 1)
    return answer


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
