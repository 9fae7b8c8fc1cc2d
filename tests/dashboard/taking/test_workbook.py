"""The workbook that is taken away: loaded again as it is, by the road of any file, it gives the same KPIs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from dashboard.taking.report import COLUMNS
from dashboard.taking.rows import Rows
from dashboard.taking.sheets import TOGETHER
from dashboard.taking.viewing import Choices
from dashboard.taking.workbook import write_workbook
from kpi.calculator import Slice
from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from kpi.report import FactField, Kind
from monitor.pipeline import Job, process
from storage.inbox import put
from tests.dashboard.pages import AFTER_THE_SAMPLES, SAMPLES, hand_in
from tests.dashboard.taking.books import hostile, workbook
from wiring import System

Values = dict[tuple[str, date], float | None]
FIRST = date(2024, 1, 1)
ALL = Choices(period="all")


def months(system: System, dataset: str, where: tuple[tuple[str, str], ...] = ()) -> Values:
    with (
        system.database.read() as connection,
        system.figures(connection, dataset, AFTER_THE_SAMPLES) as figures,
    ):
        return {(one.kpi, one.period): one.value for one in figures.values(Slice(where=where))}


def assert_alike(found: Values, wanted: Values) -> None:
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        assert found[key] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), key


def lines(names: str, write: Callable[[int, date], str], rows: int = 200) -> bytes:
    text = [names, *(write(number, FIRST + timedelta(days=2 * number)) for number in range(rows)), ""]
    return "\n".join(text).encode()


WORKED_OUT = lines(
    "Order ID,Order Date,Ship Date,Customer ID,Product,Quantity,Unit Price,Discount,Postal Code,Note",
    lambda n, day: (
        f"{1000 + n // 2},{day},{day + timedelta(4)},C{n % 37:03},{('=1+1 Tea', '@Coffee', '-Cocoa', '#N/A tea')[n % 4]},"
        f"{n % 9 + 1},{n % 15 + 5}.5,{(0, 0.1, 0.2)[n % 3]},{('01067', '99999')[n % 2]},{('', '', '+49 fine')[n % 3]}"
    ),
)
IN_THOUSANDS = lines(
    "Datum;Filiale;Umsatz (T€);Wareneinsatz (T€);Anteil;Lagerbestand",
    lambda n, day: (
        f"{day:%d.%m.%Y};{('Köln', 'Αθήνα', 'Київ')[n % 3]};{n % 90 + 1},{n % 80 + 11};{n % 9},5;{n % 100} %;{n % 200 + 100}"
    ),
)
WITH_TARGETS = lines(
    "Month,Sales,Net Revenue,Total Cost,Target,Budget",
    lambda n, _: (
        f"{2023 + n // 12}-{n % 12 + 1:02}-01,{n * 7 % 900 + 100},{n * 11 % 800 + 100},{n % 90 + 5},{n * 13 % 700},5"
    ),
    36,
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("finance.xlsx", None),
        ("orders.csv", None),
        ("worked_out.csv", WORKED_OUT),
        ("in_thousands.csv", IN_THOUSANDS),
        ("with_targets.csv", WITH_TARGETS),
    ],
)
def test_a_workbook_that_was_taken_away_gives_the_same_kpis_when_it_is_loaded(
    empty: System, tmp_path: Path, name: str, content: bytes | None
) -> None:
    given = put(empty.road.folders.inbox, name, content or (SAMPLES / name).read_bytes())
    first = process(empty.road, Job(given, "cli", accept=True), AFTER_THE_SAMPLES)
    taken = workbook(empty, first.dataset, tmp_path / "taken.xlsx", ALL)
    again = hand_in(empty, "again.xlsx", taken.read_bytes())
    assert (again.status, again.report.questions, again.report.error) == ("loaded", (), None)
    assert again.report.rows.loaded == again.report.rows.read == first.report.rows.loaded
    assert [(one.name, one.used) for one in again.report.sheets] == [("Data", True), ("KPIs", False)]
    assert_alike(months(empty, "again"), months(empty, first.dataset))


def test_only_the_rows_that_pass_the_filters_are_in_it(samples: System, tmp_path: Path) -> None:
    north, march = (("region", "North"),), Choices(start=date(2025, 3, 1), end=date(2025, 3, 31))
    taken = workbook(samples, "finance", tmp_path / "north.xlsx", Choices(where=north))
    hand_in(samples, "north.xlsx", taken.read_bytes())
    assert_alike(months(samples, "north"), months(samples, "finance", north))
    some = openpyxl.load_workbook(workbook(samples, "finance", tmp_path / "march.xlsx", march))
    days = [row[0] for row in some["Data"].iter_rows(min_row=2, values_only=True)]
    assert {f"{day:%Y-%m}" for day in days if isinstance(day, date)} == {"2025-03"}


def test_of_several_currencies_the_rows_of_one_are_in_it(empty: System, tmp_path: Path) -> None:
    rows = lines(
        "Date,Currency,Revenue",
        lambda n, _: f"{FIRST + timedelta(days=n // 2)},{('EUR', 'USD')[n % 2]},{n % 50 + 1}",
        800,
    )
    loaded = hand_in(empty, "world.csv", rows)
    euros = (("currency", "EUR"),)
    hand_in(
        empty,
        "again.xlsx",
        workbook(empty, loaded.dataset, tmp_path / "a.xlsx", Choices(where=euros)).read_bytes(),
    )
    assert_alike(months(empty, "again"), months(empty, loaded.dataset, euros))


def test_days_are_days_numbers_numbers_and_text_is_never_a_formula(tmp_path: Path) -> None:
    fields = (
        FactField("date", Kind.DATE, "Date"),
        FactField("region", Kind.DIMENSION, "=Region"),
        FactField("revenue", Kind.MEASURE, "Revenue"),
    )
    rows = [(FIRST, "=1+1", 0.1), (FIRST, "#N/A", None), (FIRST, "00\x0012", -3.0), (FIRST, None, 2.0)]
    path = tmp_path / "some.xlsx"
    assert write_workbook(path, hostile(), Rows(fields, iter(rows))) == 4
    sheet = openpyxl.load_workbook(path)["Data"]
    assert [cell.value for cell in sheet[1]] == ["Date", "=Region", "Revenue"]
    cells = [[(cell.value, cell.data_type) for cell in row][1:] for row in sheet.iter_rows(min_row=2)]
    assert cells == [
        [("=1+1", "s"), (0.1, "n")],
        [("#N/A", "s"), (None, "n")],
        [("0012", "s"), (-3, "n")],
        [(None, "n"), (2, "n")],
    ]
    assert {row[0].number_format for row in sheet.iter_rows(min_row=2)} == {"yyyy-mm-dd"}


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path) -> None:
    fields = (FactField("date", Kind.DATE, "Date"), FactField("revenue", Kind.MEASURE, "Revenue"))
    rows = [(FIRST + timedelta(days=number), float(number)) for number in range(5)]
    write_workbook(tmp_path / "long.xlsx", hostile(), Rows(fields, iter(rows)), most=2)
    book = openpyxl.load_workbook(tmp_path / "long.xlsx")
    assert [(name, book[name].max_row) for name in book.sheetnames[:3]] == [
        ("Data", 3),
        ("Data 2", 3),
        ("Data 3", 2),
    ]
    assert book["Data 2"]["A1"].value == "Date"


def test_the_kpis_beside_the_rows_are_texts(samples: System, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(samples, "finance", tmp_path / "finance.xlsx"))
    rows = list(book["KPIs"].iter_rows(values_only=True))
    assert rows[0][0] == "KPIs of finance"
    assert tuple(cell for cell in rows[7] if cell) == COLUMNS
    assert rows[8][:2] == ("Revenue", "“193,879.89”")
    assert {cell.data_type for row in book["KPIs"].iter_rows() for cell in row if cell.value} == {"s"}


def test_a_text_that_looks_like_a_coded_sign_stays_what_it_is(tmp_path: Path) -> None:
    """Excel and our reader take `_x0041_` for the letter of that number."""
    fields = (FactField("date", Kind.DATE, "Date"), FactField("code", Kind.DIMENSION, "Code"))
    path = tmp_path / "coded.xlsx"
    write_workbook(path, hostile(), Rows(fields, iter([(date(1850, 1, 1), "a_x0041_b & <c>")])))
    assert [cell.value for cell in openpyxl.load_workbook(path)["Data"][2]] == [
        "1850-01-01",
        "a_x005F_x0041_b & <c>",
    ]
    read = next(sheet for sheet in read_book(path.read_bytes(), path.name, Limits()) if sheet.name == "Data")
    assert [column[1] for column in read.columns] == ["1850-01-01", "a_x0041_b & <c>"]


def test_many_rows_are_packed_a_part_at_a_time(tmp_path: Path) -> None:
    fields = (FactField("revenue", Kind.MEASURE, "Revenue"),)
    path = tmp_path / "many.xlsx"
    assert (
        write_workbook(path, hostile(), Rows(fields, ((float(n),) for n in range(2 * TOGETHER + 1)))) == 2_001
    )
    cells = [row[0] for row in openpyxl.load_workbook(path)["Data"].iter_rows(min_row=2, values_only=True)]
    assert cells == list(range(2_001))
