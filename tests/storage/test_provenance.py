from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.periods.windows import Window
from kpi.report import FactField, FileReport, Kind, Ledger, Status
from kpi.values import UsedRows
from storage import provenance
from storage.database import Database
from storage.loads import Load, NewLoad, ensure_source, holding_loads, record_load
from storage.provenance import SheetRows, read_rows, sheet_rows
from tests.moments import NOON
from tests.storage.parquet import Row, written

SEPTEMBER, OCTOBER = date(2025, 9, 30), date(2025, 10, 1)
FIELDS = tuple(
    FactField(name, kind, name)
    for name, kind in (("date", Kind.DATE), ("region", Kind.DIMENSION), ("revenue", Kind.MEASURE))
)


def held(database: Database, folder: Path, name: str, version: int, *rows: Row) -> list[Load]:
    """The file loaded as that version; every load that holds now."""
    written(folder / f"{name}.parquet", *rows)
    report = FileReport(Status.LOADED, Ledger(len(rows), len(rows)))
    with database.begin() as connection:
        source = ensure_source(connection, "shop", name, f"{name}.xlsx", f"/inbox/{name}.xlsx")
        new = NewLoad(source.id, name, report, "cli", NOON, 0.1, version, f"{name}.parquet")
        record_load(connection, new)
        return holding_loads(connection, "shop")


def used(
    *days: tuple[date, date],
    where: tuple[tuple[str, str], ...] = (),
    without: tuple[tuple[str, str], ...] = (),
) -> UsedRows:
    return UsedRows(tuple(Window(*ends) for ends in days), where, without, "")


IN_OCTOBER = used((OCTOBER, date(2025, 10, 31)))


def test_the_rows_of_a_period_are_named_by_file_and_sheet_in_unbroken_ranges(
    database: Database, tmp_path: Path
) -> None:
    one = [("B", row, OCTOBER, "North", 1.0) for row in (9, 4, 7, 8)]
    held(database, tmp_path, "one", 1, *one, ("A", 3, OCTOBER, None, 1.0), ("A", 2, SEPTEMBER, None, 1.0))
    loads = held(database, tmp_path, "two", 2, ("A", 5, OCTOBER, "South", 2.0))
    found = sheet_rows(loads, tmp_path, IN_OCTOBER)
    assert found == [
        SheetRows("one.xlsx", "A", 3, 3, 1, 1, 1, ((3, 3),), 0),
        SheetRows("one.xlsx", "B", 4, 9, 4, 1, 1, ((4, 4), (7, 9)), 0),
        SheetRows("two.xlsx", "A", 5, 5, 1, 2, 2, ((5, 5),), 0),
    ]
    assert [one.in_words() for one in found] == ["3", "4, 7–9", "5"]


def test_of_many_ranges_the_first_are_named_and_the_others_counted(
    database: Database, tmp_path: Path
) -> None:
    every_other = [("A", row, OCTOBER, None, 1.0) for row in range(2, 1_026, 2)]
    (found,) = sheet_rows(held(database, tmp_path, "one", 1, *every_other), tmp_path, IN_OCTOBER)
    assert (found.first_row, found.last_row, found.rows, found.more) == (2, 1_024, 512, 502)
    assert found.in_words() == "2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 502 more"


@given(rows=st.sets(st.integers(2, 60), min_size=1), at_once=st.integers(1, 70))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_many_rows_are_looked_at_at_once_the_ranges_are_the_same(
    tmp_path: Path, rows: set[int], at_once: int
) -> None:
    written(tmp_path / "any.parquet", *(("A", row, OCTOBER, None, 1.0) for row in rows))
    load = Load(
        1, "shop", "any.xlsx", "", "", Status.LOADED, 1, Ledger(), FileReport(Status.LOADED, Ledger()),
        "any.parquet", None, "cli", NOON, 0.1, 1,
    )  # fmt: skip
    begins = sorted(row for row in rows if row - 1 not in rows)
    ends = sorted(row for row in rows if row + 1 not in rows)
    wanted = tuple(zip(begins, ends, strict=True))
    (found,) = sheet_rows([load], tmp_path, IN_OCTOBER, at_once)
    assert (found.ranges, found.more) == (
        wanted[: provenance.MOST_RANGES],
        max(0, len(wanted) - provenance.MOST_RANGES),
    )
    assert (found.first_row, found.last_row, found.rows) == (min(rows), max(rows), len(rows))


def test_a_row_that_became_several_facts_is_one_row_of_the_sheet(database: Database, tmp_path: Path) -> None:
    turned = [("A", row, OCTOBER, region, 1.0) for row in (2, 3) for region in ("North", "South", "West")]
    (found,) = sheet_rows(held(database, tmp_path, "one", 1, *turned), tmp_path, IN_OCTOBER)
    assert (found.ranges, found.rows) == (((2, 3),), 6)


def test_both_ends_of_a_stretch_belong_to_it_and_several_stretches_count(
    database: Database, tmp_path: Path
) -> None:
    days = [date(2025, 10, day) for day in (1, 2, 3, 4, 5)]
    rows = [("A", number, day, None, 1.0) for number, day in enumerate(days, 2)]
    loads = held(database, tmp_path, "one", 1, *rows)
    assert [one.ranges for one in sheet_rows(loads, tmp_path, used((days[0], days[1])))] == [((2, 3),)]
    both = used((days[0], days[0]), (days[3], days[4]))
    assert [one.ranges for one in sheet_rows(loads, tmp_path, both)] == [((2, 2), (5, 6))]
    assert sheet_rows(loads, tmp_path, used((date(2025, 11, 1), date(2025, 11, 2)))) == []


def test_filters_are_those_of_the_figures(database: Database, tmp_path: Path) -> None:
    rows = [("A", number, OCTOBER, region, 1.0) for number, region in enumerate(("N", None, "S", "W"), 2)]
    loads, days = held(database, tmp_path, "one", 1, *rows), (OCTOBER, OCTOBER)

    def ranges(**how: tuple[tuple[str, str], ...]) -> list[tuple[tuple[int, int], ...]]:
        return [one.ranges for one in sheet_rows(loads, tmp_path, used(days, **how))]

    assert ranges(where=(("region", "N"), ("region", "W"))) == [((2, 2), (5, 5))]
    assert ranges(where=(("region", "(blank)"),)) == [((3, 3),)]
    assert ranges(without=(("region", "N"), ("region", "W"))) == [((3, 4),)]


def test_exactly_the_rows_that_were_found_are_read_in_their_order_and_piece_by_piece(
    database: Database, tmp_path: Path
) -> None:
    size = 2 * provenance.READ
    rows = [("A", row, OCTOBER, None, float(row)) for row in range(size + 1, 1, -1)]
    held(database, tmp_path, "one", 1, *rows, ("A", 1, SEPTEMBER, None, 1.0))
    loads = held(database, tmp_path, "two", 2, ("B", 7, OCTOBER, "South", 2.0))
    found = sheet_rows(loads, tmp_path, IN_OCTOBER)
    read = list(read_rows(loads, tmp_path, IN_OCTOBER, FIELDS, found))
    assert read[0] == ("one.xlsx", "A", 2, OCTOBER, None, 2.0)
    assert [row[2] for row in read[:-1]] == list(range(2, size + 2))
    assert read[-1] == ("two.xlsx", "B", 7, OCTOBER, "South", 2.0)
