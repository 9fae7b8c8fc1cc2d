"""From CSV files to the star schema: the whole ETL beside pandas with to_sql, on SQLite, PostgreSQL and MariaDB.

    python benchmarks/warehouse.py [--rows 1000000] [--rounds 3] [--databases sqlite postgresql mariadb] [--no-peer]

Both ways are processes of their own, in turns, each into a database that has the same tables, keys and indexes and
nothing in them; before their times count, both must have the rows and sums of the generator's truth. Prints JSON:
`seconds` from the start of the process until the tables are there, which are compared; `process_seconds` until its end:
ours goes on to make the dataset of the KPIs; processor seconds of the whole process, without the server's; the peak of
all its processes together in MiB, as they hold it (what they share counts in each).
A server is looked for on 127.0.0.1 and left out where there is none.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

SERVERS = {
    "postgresql": "postgresql+psycopg://root@127.0.0.1/postgres",
    "mariadb": "mysql+pymysql://root@127.0.0.1/mysql",
}
LOOK = 0.05  # seconds between two looks at the memory
NEAR = {"ours": 1e-9, "peer": 1e-6}  # relative: decimals that SQLite adds up as floats, and floats
SUMS = """SELECT count(*), count(DISTINCT order_id), sum(quantity), sum(revenue), count(DISTINCT customer_key),
       (SELECT count(*) FROM dim_customer), (SELECT count(*) FROM dim_product), (SELECT count(*) FROM dim_date)
FROM fact_sales"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process and all that it started."""

    seconds: float
    process_seconds: float
    cpu_seconds: float
    peak_mib: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", *SERVERS), default=("sqlite", *SERVERS))
    parser.add_argument("--no-peer", action="store_true", help="ours alone")
    parser.add_argument("--one", choices=("peer", "make"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        _one(asked)
        return
    ways = ["ours"] if asked.no_peer else ["ours", "peer"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sales"
        command = [
            sys.executable,
            __file__,
            "--one",
            "make",
            "--rows",
            str(asked.rows),
            "--folder",
            str(folder),
        ]
        made = cost_of(command, {})
        answer: dict[str, Any] = {"rows": asked.rows, "rounds": asked.rounds, "generating": asdict(made)}
        for database in asked.databases:
            answer[database] = compared(database, folder, ways, asked.rounds)
    print(json.dumps(answer, indent=2))


def _one(asked: argparse.Namespace) -> None:
    """What a child does."""
    if asked.one == "peer":
        from warehouse_peer import load  # type: ignore[import-not-found]  # the script beside this one

        load(asked.folder, asked.url)
    else:
        from cli.etl_generate import write_source
        from kpi.sales.generator.plan import Plan

        write_source(asked.folder, Plan(asked.rows, seed=7))  # says nothing: what is said is a run


def compared(database: str, folder: Path, ways: Sequence[str], rounds: int) -> dict[str, Any]:
    """The ways in turns over one database: medians of each, and the ratios of the rounds."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["clean"]
    costs: dict[str, list[Cost]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            with home(database) as found:
                if found is None:
                    return {"skipped": f"no {database} on 127.0.0.1"}
                costs[way].append(cost_of(_command(way, folder, found["KPI_DATABASE_URL"]), found, folder))
                _check(way, sums_of(found["KPI_DATABASE_URL"]), truth)
    answer: dict[str, Any] = {way: _medians(found) for way, found in costs.items()}
    if len(costs) > 1:
        pairs = list(zip(costs["ours"], costs["peer"], strict=True))
        answer["times_faster"] = [round(peer.seconds / own.seconds, 2) for own, peer in pairs]
        answer["times_less_cpu"] = [round(peer.cpu_seconds / own.cpu_seconds, 2) for own, peer in pairs]
    return answer


def _command(way: str, folder: Path, url: str) -> list[str]:
    if way == "ours":
        return [sys.executable, "-m", "cli", "etl", "run", "--json"]
    return [sys.executable, __file__, "--one", "peer", "--folder", str(folder), "--url", url]


def _medians(costs: Sequence[Cost]) -> dict[str, float]:
    return {
        "median_seconds": round(statistics.median(one.seconds for one in costs), 2),
        "median_process_seconds": round(statistics.median(one.process_seconds for one in costs), 2),
        "median_cpu_seconds": round(statistics.median(one.cpu_seconds for one in costs), 2),
        "peak_mib": round(max(one.peak_mib for one in costs), 1),
    }


@contextmanager
def home(database: str) -> Iterator[dict[str, str] | None]:
    """The environment of a home of its own over a database with empty tables; None where there is no server."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from settings import Settings
    from wiring import build

    with tempfile.TemporaryDirectory() as name:
        url, server, own = f"sqlite:///{name}/kpi.db", None, f"kpi_bench_{uuid4().hex[:8]}"
        if database in SERVERS:
            server = create_engine(SERVERS[database], isolation_level="AUTOCOMMIT")
            url = SERVERS[database].rpartition("/")[0] + f"/{own}"
            try:
                with server.connect() as connection:
                    connection.exec_driver_sql(f"CREATE DATABASE {own}")
            except DBAPIError:
                yield None
                return
        environment = {"KPI_HOME": name, "KPI_DATABASE_URL": url}
        try:
            build(Settings.from_env(environment)).close()  # makes the tables
            yield environment
        finally:
            if server is not None:
                with server.connect() as connection:
                    connection.exec_driver_sql(f"DROP DATABASE {own}")
                server.dispose()


def sums_of(url: str) -> list[float]:
    """What is in the tables: rows, orders, units, revenue, customers who bought; rows of the dimensions."""
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with engine.connect() as connection:
        found = [float(one) for one in connection.exec_driver_sql(SUMS).one()]
    engine.dispose()
    return found


def _check(way: str, found: Sequence[float], truth: dict[str, Any]) -> None:
    rows = truth["rows"]
    wanted = [
        rows["fact_sales"], truth["orders"], truth["units"], float(truth["revenue"]), found[4],
        rows["dim_customer"], rows["dim_product"], rows["dim_date"],
    ]  # fmt: skip
    near = [abs(one - other) <= NEAR[way] * abs(other) for one, other in zip(found, wanted, strict=True)]
    if not all(near):
        raise SystemExit(f"{way} has {found}, the truth is {wanted}")


def cost_of(command: Sequence[str], environment: dict[str, str], source: Path | None = None) -> Cost:
    """Run it to its end; SystemExit with what it said where that is a bad one."""
    given = {**os.environ, **environment, "KPI_SALES_SOURCE": str(source or "")}
    before, began, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.time(), time.perf_counter()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(command, cwd=PROJECT, env=given, stdout=said, stderr=complained)
        peak = Peak(process.pid)
        code = process.wait()
        whole = time.perf_counter() - started
        peak.stop()
        told = _read(said)
        if code:
            raise SystemExit(f"{' '.join(command)} ended with {code}:\n{told}\n{_read(complained)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ended = datetime.fromisoformat(json.loads(told)["ended_at"]).timestamp() - began if told else whole
    return Cost(ended, whole, cpu, peak.mib)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


class Peak:
    """Looks every now and then at what a process and its descendants hold."""

    def __init__(self, pid: int) -> None:
        self.pid, self.mib = pid, 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(LOOK):
            self.mib = max(self.mib, sum(_resident(pid) for pid in _family(self.pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has just ended
        return
    for child in children:
        yield from _family(child)


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1024 / 1024


if __name__ == "__main__":
    main()
