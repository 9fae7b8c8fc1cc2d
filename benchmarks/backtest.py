"""Fifty rules rehearsed over three years of daily sales, by month: how long until it is known when each would have fired.

    python benchmarks/backtest.py [--rounds 5] [--rules 50]

Prints JSON: seconds of wall time in one warm process, the median and the worst of the rounds, messages included; and of
one rule alone, as the page and `kpi rules backtest` ask. The aim: under a second for all.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from alerts.judging.conditions import Against, Anomaly, Band, Change, Condition, Direction, Limit, Target
from alerts.rules import Hold, Rule
from kpi.calendar import Grain
from kpi.targeting.targets import Target as Aim
from monitor.alerting.evaluation import Rehearsal, rehearse
from monitor.pipeline import Job, process
from monitor.renewal import renew
from settings import Settings
from storage import targets
from storage.versions import Cause
from wiring import System, build

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
KPIS = ("revenue", "gross_profit", "gross_margin", "orders", "average_order_value")
BY = (None, None, "region", "category")
BELOW = Direction.BELOW


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rules", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        system = build(Settings.from_env({"KPI_HOME": home}))
        rows = load(system, Path(home) / "shop.csv")
        wanted = rules(asked.rules)
        found, seconds = timed(system, wanted, asked.rounds)
        _, alone = timed(system, wanted[:1], asked.rounds)
        system.close()
    print(
        json.dumps(
            {
                "rows": rows,
                "rules": len(wanted),
                "transitions": sum(len(one.transitions) for one in found),
                "messages": sum(one.message is not None for one in found),
                "with_movers": sum(bool(one.message and one.message.movers) for one in found),
                "unanswered": sum(bool(one.problem) for one in found),
                "seconds": round(statistics.median(seconds), 3),
                "worst_seconds": round(max(seconds), 3),
                "one_rule_seconds": round(statistics.median(alone), 3),
            },
            indent=2,
        )
    )


def timed(system: System, wanted: Sequence[Rule], rounds: int) -> tuple[list[Rehearsal], list[float]]:
    """What came of the last round, and the seconds of each; one more before them makes the process warm."""
    seconds = []
    found: list[Rehearsal] = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        found = rehearse(system.database, system.road.desk, wanted, AT)
        seconds.append(time.perf_counter() - started)
    return found, seconds[1:]


def load(system: System, path: Path) -> int:
    """Ten orders a day in five regions and eight categories, with a target for each month."""
    chance = random.Random(6)
    lines = ["Date,Order ID,Region,Category,Revenue,COGS"]
    day, order = FIRST, 0
    while day <= LAST:
        for _ in range(10):
            order += 1
            revenue = chance.uniform(50, 500) * (1.3 if day.month == 12 else 1.0)
            place = f"{chance.choice('NSEWM')},{chance.choice('abcdefgh')}"
            lines.append(f"{day},{order},{place},{revenue:.2f},{revenue * chance.uniform(0.5, 0.8):.2f}")
        day += timedelta(days=1)
    path.write_text("\n".join(lines) + "\n")
    process(system.road, Job(path, "cli", "shop"), AT)
    months = [date(year, month, 1) for year in (2023, 2024, 2025) for month in range(1, 13)]
    with system.database.begin() as connection:
        aims = [Aim("revenue", Grain.MONTH, month, "", "", 85_000.0) for month in months]
        targets.set_targets(connection, "shop", aims, "benchmark", AT - timedelta(days=1))
    renew(system.road, "shop", Cause.TARGETS, AT)
    return order


def rules(count: int) -> list[Rule]:
    """Of every condition about figures, over several KPIs, some by the members of a dimension."""
    return [rule(number) for number in range(count)]


def rule(number: int) -> Rule:
    kpi, by = KPIS[number % len(KPIS)], BY[number % len(BY)]
    conditions: tuple[Condition, ...] = (
        Limit(BELOW, 0.34, 0.36) if kpi == "gross_margin" else Limit(BELOW, 80_000, 82_000),
        Change(BELOW, -0.05, 0.0),
        Change(BELOW, -0.05, 0.0, Against.YEAR),
        Anomaly(width=2.0, recovery=1.0),
        Band(0.33, 0.36, 0.005) if kpi == "gross_margin" else Band(75_000, 95_000, 1_000),
        Target(),
    )
    condition = conditions[number % len(conditions)]
    if isinstance(condition, Target):
        kpi, by = "revenue", None
    hold = Hold(1 + number % 2)
    return Rule(0, f"Rule {number}", "shop", kpi, "month", condition, dimension=by, hold=hold)


if __name__ == "__main__":
    main()
