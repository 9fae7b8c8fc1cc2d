"""KPIs from a snapshot: our road beside hand-written DuckDB SQL and beside pandas that yield the same values.

    python benchmarks/kpis.py [--rows 1000000] [--slice-rows 10000000] [--rounds 3] [--only catalogue slice growth …]

Parts: `catalogue`, every KPI at five grains as a load works them out; `slice`, a KPI by month and one dimension under a
filter, and one that a roll-up answers; `growth`, time by rows, by KPIs of the same inputs, by distinct inputs; `memory`,
all of the catalogue within small budgets, spilling; `unchanged`, what is asked where nothing changed.

Before anything is timed, all ways must give the same values to 1e-9. Each measurement is one in a process of its own
that has answered about a small snapshot before; the ways take turns. Prints JSON: medians, ratios of rounds, peaks.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

WARM_ROWS = 10_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
KPIS = (1, 10, 40, 160)
INPUTS = (1, 5, 10, 13)  # ten sums, then three distinct counts
BUDGETS = (256, 512)  # MiB
CURVE_ROUNDS = 1
TOLERANCE = 1e-9
Way = Callable[[Path], object]
Values = Mapping[tuple[str, ...], float | None]
Cost = dict[str, float]


def ways(name: str) -> tuple[Way, Callable[[object], Values]]:
    """How a way is taken, and how its answer is compared; what it needs is imported here, outside of what is timed."""
    import kpis_growth  # type: ignore[import-not-found]  # the scripts beside this one
    import kpis_in_ours  # type: ignore[import-not-found]
    import kpis_in_pandas  # type: ignore[import-not-found]
    import kpis_in_sql  # type: ignore[import-not-found]

    part, _, way = name.partition(":")
    if part == "catalogue":
        module = {"ours": kpis_in_ours, "sql": kpis_in_sql, "pandas": kpis_in_pandas}[way]
        return module.answers, module.by_spot
    if part == "slice":
        kind, _, whose = way.partition("/")
        module = kpis_in_ours if whose.startswith("ours") else kpis_in_sql
        return module.slice_of(kind), module.slice_by_spot
    return kpis_growth.way(way), lambda _: {}


def agree(names: Sequence[str], facts: Path) -> int:
    """The number of values that all ways give; SystemExit where they differ."""
    first, *others = (dict(compared(way(facts))) for way, compared in map(ways, names))
    for name, other in zip(names[1:], others, strict=True):
        if first.keys() != other.keys():
            raise SystemExit(f"{name} has other values: {sorted(first.keys() ^ other.keys())[:5]}")
        for spot, value in first.items():
            if not _near(value, other[spot]):
                raise SystemExit(f"{name} says {other[spot]} where {names[0]} says {value}: {spot}")
    return len(first)


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def once(name: str, facts: Path, warm: Path) -> Cost:
    """What one answer costs this process, once it is warm; memory in MiB."""
    from kpis_growth import Timed

    way, _ = ways(name)
    way(warm)
    gc.collect()
    gc.freeze()  # as the server does once it is warm
    before, cpu, started = _resident(), time.process_time(), time.perf_counter()
    found = way(facts)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    gc.unfreeze()
    told = {"engine_seconds": found.seconds} if isinstance(found, Timed) else {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mib": peak, "grown_mib": peak - before, **told}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


class Bench:
    """Facts of any size, made once, and the rounds over them."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        self.warm = self.facts(WARM_ROWS)

    def facts(self, rows: int) -> Path:
        """A snapshot of so many rows, made by another process: what this one holds would count as its children's."""
        path = self.folder / f"facts-{rows}.parquet"
        if not path.exists():
            self._run("--make", str(rows), "--facts", str(path))
        return path

    def rolled_up(self, facts: Path) -> Path:
        """The same snapshot with a roll-up beside it."""
        path = facts.with_name(f"rolled-{facts.name}")
        if not path.exists():
            path.hardlink_to(facts)
            self._run("--roll-up", "--facts", str(path))
        return path

    def agree(self, names: Sequence[str], facts: Path) -> int:
        return int(self._run("--agree", *names, "--facts", str(facts)))

    def interleaved(self, jobs: Mapping[str, Path], rounds: int | None = None) -> dict[str, list[Cost]]:
        """Every way once a round, forwards and backwards in turn, so that all of them meet the same machine."""
        costs: dict[str, list[Cost]] = {name: [] for name in jobs}
        for number in range(rounds or self.rounds):
            for name in list(jobs)[:: 1 if number % 2 == 0 else -1]:
                told = ("--one", name, "--facts", str(jobs[name]), "--warm", str(self.warm))
                costs[name].append(json.loads(self._run(*told)))
        return costs

    @staticmethod
    def _run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}")
        return done.stdout


def medians(costs: Mapping[str, Sequence[Cost]]) -> dict[str, Cost]:
    return {
        name: {kind: round(statistics.median(cost[kind] for cost in runs), 3) for kind in runs[0]}
        for name, runs in costs.items()
    }


def ratio(one: Sequence[Cost], other: Sequence[Cost]) -> float:
    """The median of the ratios of each round, for both processes of a round met the same machine."""
    return round(statistics.median(a["seconds"] / b["seconds"] for a, b in zip(one, other, strict=True)), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the catalogue's snapshot")
    parser.add_argument("--slice-rows", type=int, default=10_000_000, help="of the largest snapshot")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--folder", type=Path, help="where the facts are kept for the next run")
    for told in ("--one", "--make", "--facts", "--warm"):
        parser.add_argument(told, help=argparse.SUPPRESS)
    parser.add_argument("--roll-up", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--agree", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.facts:
        print(_child(asked))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = asked.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, asked.rounds)
        found = {part: PARTS[part](bench, asked.rows, asked.slice_rows) for part in asked.only}
    print(json.dumps({"rounds": asked.rounds, **found}, indent=1))


def _child(asked: argparse.Namespace) -> str:
    """What a process that this one starts is for."""
    facts = Path(asked.facts)
    if asked.make:
        from sales_facts import write_facts  # type: ignore[import-not-found]

        return str(write_facts(facts, int(asked.make)))
    if asked.roll_up:
        from sales_facts import FIELDS

        from storage.adding_up import write_rollup

        return str(write_rollup(facts, FIELDS))
    if asked.agree:
        return str(agree(asked.agree, facts))
    return json.dumps(once(asked.one, facts, Path(asked.warm)))


def catalogue(bench: Bench, rows: int, _: int) -> dict[str, object]:
    """Every KPI at five grains."""
    facts = bench.facts(rows)
    names = ["catalogue:ours", "catalogue:sql", "catalogue:pandas"]
    values = bench.agree(names, facts)
    costs = bench.interleaved(dict.fromkeys(names, facts))
    ours, sql, pandas = costs.values()
    return {
        "rows": rows,
        "values": values,
        "medians": medians(costs),
        "ours_to_sql": ratio(ours, sql),
        "pandas_to_ours": ratio(pandas, ours),
    }


def sliced(bench: Bench, _: int, rows: int) -> dict[str, object]:
    """A KPI by month and region: of one channel made of sums, of one channel with a distinct count, and of all.

    The last is answered from the roll-up that a load leaves beside its snapshot; SQL has the facts.
    """
    facts = bench.facts(rows)
    rolled = bench.rolled_up(facts)
    found: dict[str, object] = {"rows": rows}
    for kind, ours_over in (("sums", facts), ("counts", facts), ("rolled_up", rolled)):
        jobs = {f"slice:{kind}/ours": ours_over, f"slice:{kind}/sql": facts}
        values = bench.agree(list(jobs), ours_over)
        costs = bench.interleaved(jobs)
        ours, sql = costs.values()
        found[kind] = {"values": values, "medians": medians(costs), "ours_to_sql": ratio(ours, sql)}
    return found


def growth(bench: Bench, rows: int, most: int) -> dict[str, object]:
    """Seconds by rows of the catalogue, and over the catalogue's snapshot by KPIs of two inputs, and by inputs.

    Those in the engine apart: every value also has to be made, and more KPIs are more values.
    """
    sizes = [size for size in SIZES if size <= most]
    by_rows = bench.interleaved({f"growth:rows/{size}": bench.facts(size) for size in sizes}, CURVE_ROUNDS)
    facts = bench.facts(rows)
    names = [f"growth:kpis/{count}" for count in KPIS] + [f"growth:inputs/{count}" for count in INPUTS]
    by_count = bench.interleaved(dict.fromkeys(names, facts), CURVE_ROUNDS)
    return {
        "seconds_by_rows": _curve(by_rows, "growth:rows/"),
        "rows_of_the_others": rows,
        "seconds_by_kpis_of_two_inputs": _curve(by_count, "growth:kpis/"),
        "seconds_by_inputs": _curve(by_count, "growth:inputs/"),
    }


def memory(bench: Bench, _: int, rows: int) -> dict[str, object]:
    """The catalogue over the largest snapshot within budgets (`KPI_ENGINE_MEMORY_MIB`), by which peaks must be bounded."""
    facts = bench.facts(rows)
    costs = bench.interleaved({f"growth:memory/{size}": facts for size in BUDGETS}, CURVE_ROUNDS)
    return {"rows": rows, "by_budget_mib": medians(costs)}


def unchanged(_: Bench, __: int, ___: int) -> dict[str, object]:
    """Statements of a load and a page, and of both again."""
    script = Path(__file__).with_name("kpis_unchanged.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    return {"statements": json.loads(done.stdout)}


def _curve(costs: Mapping[str, Sequence[Cost]], kind: str) -> dict[str, Cost]:
    found = medians({name: runs for name, runs in costs.items() if name.startswith(kind)})
    shown = ("seconds", "cpu_seconds", "engine_seconds")
    return {name.removeprefix(kind): {one: cost[one] for one in shown} for name, cost in found.items()}


PARTS: dict[str, Callable[[Bench, int, int], dict[str, object]]] = {
    "catalogue": catalogue,
    "slice": sliced,
    "growth": growth,
    "memory": memory,
    "unchanged": unchanged,
}


if __name__ == "__main__":
    main()
