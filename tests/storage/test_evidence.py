"""Whoever adds up the rows that are shown gets the value that is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kpi.calculator import Slice
from kpi.calendar import Grain
from monitor.undo import undo
from storage.editions import RowsNotKeptError
from storage.evidence import Evidence, evidence_of
from storage.figures import figures_of
from tests.kpi.catalogs import own
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, save
from wiring import System

HEADER = "Date,Region,Order ID,Customer ID,Revenue,COGS"
ORDERS = (
    "2025-08-01,North,o1,ann,10,5",
    "2025-08-31,South,o2,bob,20,5",
    "2025-09-10,North,o3,ann,30,10",
    "2025-09-20,South,o4,cid,40,10",
    "2025-10-05,North,o5,ann,50,20",
    "2025-10-06,North,o6,ann,60,20",
    "2025-10-07,South,o7,dan,70,20",
    "2025-10-31,South,o8,,80,20",
)
DAY = timedelta(days=1)
Row = dict[str, str]


@contextmanager
def evidence(
    system: System, cut: Slice, period: date = OCTOBER, reported: datetime | None = None
) -> Iterator[Evidence]:
    folder, today = system.road.folders.snapshots, system.today(NOON + 10 * DAY)
    with (
        system.database.read() as connection,
        figures_of(connection, "shop", folder, system.calculator, today, reported=reported) as figures,
    ):
        found = evidence_of(connection, figures, folder, cut, period)
        assert found is not None
        yield found


def rows(system: System, found: Evidence) -> list[Row]:
    text = "".join(found.rows_csv(system.road.folders.snapshots))
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def shop(system: System, tmp_path: Path) -> System:
    """Two files, so that the rows of a value lie in both."""
    load(system, save(tmp_path, "old.csv", *ORDERS[:4], header=HEADER), "shop")
    load(system, save(tmp_path, "new.csv", *ORDERS[4:], header=HEADER), "shop")
    return system


def total(rows: list[Row], column: str = "revenue") -> float:
    return sum(float(row[column]) for row in rows)


def in_month(rows: list[Row], number: int) -> list[Row]:
    return [row for row in rows if row["date"].startswith(f"2025-{number:02}")]


def who(rows: list[Row]) -> set[str]:
    return {row["customer_id"] for row in rows if row["customer_id"]}


def repeated(rows: list[Row]) -> float:
    orders = {name: {row["order_id"] for row in rows if row["customer_id"] == name} for name in who(rows)}
    return sum(len(each) > 1 for each in orders.values()) / len(orders)


@pytest.mark.parametrize(
    ("kpi", "grain", "worked"),
    [
        ("revenue", "month", total),
        ("revenue", "quarter", total),
        ("revenue", "year", total),
        ("revenue", "total", total),
        ("orders", "month", lambda found: len({row["order_id"] for row in found})),
        ("gross_margin", "month", lambda found: 1 - total(found, "cogs") / total(found)),
        ("customers", "quarter", lambda found: len(who(found))),
        ("new_customers", "month", lambda found: len(who(found))),
        ("returning_customers", "month", lambda found: len(who(found))),
        ("repeat_rate", "month", repeated),
        ("revenue_ytd", "month", total),
        ("revenue_rolling_3", "month", total),
        (
            "revenue_growth_mom",
            "month",
            lambda found: total(in_month(found, 10)) / total(in_month(found, 9)) - 1,
        ),
    ],
)
def test_the_rows_shown_give_the_value_shown(
    shop: System, kpi: str, grain: str, worked: Callable[[list[Row]], float]
) -> None:
    with evidence(shop, Slice((kpi,), Grain(grain))) as found:
        shown = rows(shop, found)
    assert found.explanation.value.value == pytest.approx(worked(shown))
    assert found.rows == len(shown) > 0


def test_under_filters_only_the_rows_that_pass_are_shown(shop: System) -> None:
    cut = Slice(("revenue",), Grain.MONTH, where=(("region", "South"),))
    with evidence(shop, cut) as found:
        shown = rows(shop, found)
    assert (found.explanation.value.value, total(shown)) == (150.0, 150.0)
    assert found.explanation.used is not None
    assert found.explanation.used.words == "Every row dated Oct 2025 where region is South."
    assert found.said == (), "no history is kept of filtered values"


@pytest.mark.parametrize(
    ("kpi", "words"),
    [
        ("revenue", "Every row dated Oct 2025."),
        ("revenue_ytd", "Every row dated Jan–Oct 2025."),
        ("revenue_rolling_3", "Every row dated Aug–Oct 2025."),
        ("revenue_growth_mom", "Every row dated Oct 2025 and Sep 2025."),
        ("new_customers", "Every row dated Oct 2025, that names a customer_id first seen in the period."),
        ("returning_customers", "Every row dated Oct 2025, that names a customer_id seen before the period."),
        ("repeat_rate", "Every row dated Oct 2025, that names a customer_id."),
    ],
)
def test_which_rows_they_are_is_said_in_words(shop: System, kpi: str, words: str) -> None:
    with evidence(shop, Slice((kpi,), Grain.MONTH)) as found:
        assert found.explanation.used is not None
        assert found.explanation.used.words == words


def test_the_files_sheets_and_loads_are_those_of_the_rows(shop: System) -> None:
    with evidence(shop, Slice(("revenue",), Grain.MONTH)) as found:
        assert [(one.source, one.sheet, one.in_words(), one.rows) for one in found.sheets] == [
            ("new.csv", "new", "2–5", 4)
        ]
        assert [(one.id, one.source) for one in found.loads] == [(2, "new.csv")]
    with evidence(shop, Slice(("revenue",), Grain.YEAR)) as found:
        assert {one.source for one in found.sheets} == {"old.csv", "new.csv"}


def test_every_restatement_is_told_with_what_caused_it(system: System, tmp_path: Path) -> None:
    for day, amount in enumerate((100, 70)):
        load(system, save(tmp_path, "shop.csv", *month(10, amount)), at=NOON + day * DAY)
    undo(system.road, [2], "cli", NOON + 2 * DAY)
    with evidence(system, Slice(("revenue",), Grain.MONTH)) as found:
        said = [
            (
                one.stored.value,
                one.stored.since_version,
                one.stored.until_version,
                one.version and (one.version.cause.value, one.version.at),
                one.load and (one.load.id, one.load.status.value),
            )
            for one in found.said
        ]
    assert said == [
        (100, 1, 2, ("load", NOON), (1, "loaded")),
        (70, 2, 3, ("load", NOON + DAY), (2, "loaded")),
        (100, 3, None, ("undo", NOON + 2 * DAY), (3, "undone")),
    ]


def test_a_value_as_reported_rests_on_the_rows_of_then(system: System, tmp_path: Path) -> None:
    for day, amount in enumerate((100, 70)):
        load(system, save(tmp_path, "shop.csv", *month(10, amount)), at=NOON + day * DAY)
    with evidence(system, Slice(("revenue",), Grain.MONTH), reported=NOON) as found:
        assert (found.explanation.value.value, total(rows(system, found))) == (100.0, 100.0)
        assert [one.id for one in found.loads] == [1]


def test_where_the_rows_are_gone_the_value_its_loads_and_its_history_are_left(
    system: System, tmp_path: Path
) -> None:
    for day, amount in enumerate((100, 70)):
        load(system, save(tmp_path, "shop.csv", *month(10, amount, cogs=40)), at=NOON + day * DAY)
    with evidence(system, Slice(("gross_margin",), Grain.MONTH), reported=NOON) as found:
        (first,) = found.loads
        full = found.explanation
    (system.road.folders.snapshots / str(first.snapshot)).unlink()
    with evidence(system, Slice(("gross_margin",), Grain.MONTH), reported=NOON) as found:
        assert found.explanation.value == full.value
        assert [(one.name, one.value) for one in found.explanation.inputs] == [
            ("numerator", 60.0),
            ("denominator", 100.0),
        ]
        assert found.explanation.text.endswith("= 60.0 %")
        assert ([one.id for one in found.loads], found.rows, len(found.said)) == ([1], 0, 2)
        assert found.lost.startswith(
            "the rows of shop as reported at 2025-11-21 12:00 (version 1) are kept no longer"
        )
        with pytest.raises(RowsNotKeptError):
            found.rows_csv(system.road.folders.snapshots)


def test_of_a_formula_all_under_conditions_only_the_rows_that_meet_one_are_shown(shop: System) -> None:
    south = own("south", "sum(revenue where region = 'South' and revenue > 75)")
    calculator = replace(shop.calculator, catalog=shop.calculator.catalog.with_own([south]))
    with evidence(replace(shop, calculator=calculator), Slice(("south",), Grain.MONTH)) as found:
        shown = rows(shop, found)
    assert (found.explanation.value.value, total(shown), found.rows) == (80.0, 80.0, 1)
    assert [one.in_words() for one in found.sheets] == ["5"]
