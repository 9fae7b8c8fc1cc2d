"""A sheet that did not change is not read again, and nobody can tell that from the facts or the report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Answers, Instructions
from kpi.loading.plain_values import UnfitError
from kpi.loading.remembered import MemoryPlace, sheet_from_bytes, sheet_to_bytes
from kpi.processor import DataProcessor, Processed
from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from tests.kpi.books import changed, text, xlsx

NAMES = ("North", "South", "West")
HEADER = ["Date", "Region", "Revenue", "Quantity"]
BOOK = "book.xlsx"


def rows(number: int) -> list[list[Any]]:
    """A month of one region, with what gives issues: an error, a total, a text for a number."""
    first = date(2025, number + 1, 1)
    days = [[first + timedelta(days=day), NAMES[number], 10.25 * day + number, day] for day in range(20)]
    days[3][2] = "#DIV/0!"
    days[5][2] = "12,5 €"
    return [HEADER, *days, ["Total", None, None, sum(range(20))]]


def with_shared_texts(path: Path) -> Path:
    """The same sheets as Excel writes them: texts are numbers of texts that all sheets share."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for number, name in enumerate(NAMES):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows(number)):
                sheet.write_row(at, 0, row)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return xlsx(tmp_path / BOOK, {name: rows(number) for number, name in enumerate(NAMES)})


@dataclass(frozen=True, slots=True)
class Memory:
    """Reads workbooks one after another, each with what was kept of the one before."""

    folder: Path

    def read(self, path: Path, **said: Any) -> tuple[Processed, int]:
        """What came of the file, and how many of its sheets were not read."""
        known, new = self.folder / "known", self.folder / "new"
        place = MemoryPlace(known, new, least_bytes=0)
        before = keys(known)
        result = DataProcessor(remembered=place, **said).process(path, BOOK)
        reused = len(before & keys(new))
        shutil.rmtree(known, ignore_errors=True)
        if new.exists():
            new.rename(known)
        return result, reused


def keys(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def cold(path: Path, **said: Any) -> Processed:
    return DataProcessor(**said).process(path, BOOK)


def edited(path: Path, edit: Callable[[openpyxl.Workbook], None]) -> Path:
    """The workbook as openpyxl saves it with that change."""
    book = openpyxl.load_workbook(path)
    edit(book)
    target = path.with_name("edited.xlsx")
    book.save(target)
    return target


def same(found: Processed, wanted: Processed) -> bool:
    assert found.report == wanted.report
    assert found.facts is not None
    assert wanted.facts is not None
    return bool(found.facts.equals(wanted.facts))


def number_changed(book: openpyxl.Workbook) -> None:
    book["South"]["C4"] = 4711.5


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


def test_all_sheets_of_the_same_workbook_are_found(memory: Memory, book: Path) -> None:
    assert memory.read(book)[1] == 0
    result, reused = memory.read(book)
    assert (reused, same(result, cold(book))) == (3, True)


def test_only_the_sheet_with_a_changed_cell_is_read(memory: Memory, book: Path) -> None:
    memory.read(book)
    again = edited(book, number_changed)
    result, reused = memory.read(again)
    assert (reused, same(result, cold(again))) == (2, True)
    assert result.facts is not None
    assert 4711.5 in result.facts.column("revenue").to_pylist()


def test_the_sheets_of_the_latest_load_are_kept_and_no_others(memory: Memory, book: Path) -> None:
    memory.read(book)
    memory.read(edited(book, number_changed))
    assert len(keys(memory.folder / "known")) == 3


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param("xl/sharedStrings.xml", b">North<", b">Nor'h<", id="a text that sheets share"),
        pytest.param("xl/styles.xml", b"<fonts", b"<!-- --><fonts", id="a style"),
        pytest.param("xl/workbook.xml", b"<workbookPr", b'<workbookPr date1904="1"', id="the first day of all"),
        pytest.param("xl/workbook.xml", b'name="West"', b'name="East"', id="the name of a sheet"),
        pytest.param("xl/_rels/workbook.xml.rels", b"</Relationships>", b"\n</Relationships>", id="what lies where"),
        pytest.param("docProps/core.xml", b'"dcterms:W3CDTF">20', b'"dcterms:W3CDTF">19', id="the year of the saving"),
    ],
)  # fmt: skip
def test_what_concerns_all_sheets_has_all_of_them_read(
    memory: Memory, tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    book = with_shared_texts(tmp_path / "excel.xlsx")
    memory.read(book)
    assert memory.read(book)[1] == 3
    again = changed(book, part, old, new)
    assert again.read_bytes() != book.read_bytes()
    result, reused = memory.read(again)
    assert (reused, same(result, cold(again))) == (0, True)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"instructions": Instructions(Answers({"Quantity": ""}))}, id="an answer"),
        pytest.param({"instructions": Instructions(accept=True)}, id="that guesses are accepted"),
        pytest.param({"limits": Limits(flaws=1_000)}, id="a limit"),
    ],
)
def test_what_people_say_has_all_sheets_read(memory: Memory, book: Path, said: dict[str, Any]) -> None:
    memory.read(book)
    result, reused = memory.read(book, **said)
    assert (reused, same(result, cold(book, **said))) == (0, True)


def test_a_sheet_that_was_hidden_is_left(memory: Memory, book: Path) -> None:
    memory.read(book)
    again = edited(book, lambda one: setattr(one["West"], "sheet_state", "hidden"))
    result, _ = memory.read(again)
    assert same(result, cold(again))
    assert [sheet.used for sheet in result.report.sheets] == [True, True, False]


def test_a_file_of_another_name_is_read(memory: Memory, book: Path) -> None:
    memory.read(book)
    place = MemoryPlace(memory.folder / "known", memory.folder / "new", 0)
    DataProcessor(remembered=place).process(book, "another.xlsx")
    assert keys(place.known) & keys(place.new) == set()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1], id="cut short"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:], id="a flipped bit"),
        pytest.param(lambda content: b"PK" + content, id="something else"),
    ],
)  # fmt: skip
def test_a_damaged_entry_is_passed_over(memory: Memory, book: Path, damage: Callable[[bytes], bytes]) -> None:
    memory.read(book)
    for path in (memory.folder / "known").iterdir():
        path.write_bytes(damage(path.read_bytes()))
    result, _ = memory.read(book)
    assert same(result, cold(book))
    assert memory.read(book)[1] == 3  # they were written anew


def test_an_entry_that_claims_to_be_whole_and_is_of_another_make_is_passed_over(book: Path) -> None:
    sheet = next(read_book(book.read_bytes(), BOOK, Limits()))
    content = sheet_to_bytes(clean_sheet(sheet, Instructions(), BOOK))
    assert sheet_from_bytes(content) == clean_sheet(sheet, Instructions(), BOOK)
    with pytest.raises(UnfitError):
        sheet_from_bytes(content[:12] + content[12:44][::-1] + content[44:])


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path, book: Path) -> None:
    place = MemoryPlace(tmp_path / "known", book / "below a file", 0)
    assert same(DataProcessor(remembered=place).process(book, BOOK), cold(book))


def test_a_small_workbook_a_locked_one_and_a_single_sheet_are_not_remembered(
    tmp_path: Path, book: Path
) -> None:
    place = MemoryPlace(tmp_path / "known", tmp_path / "new", 0)
    single = xlsx(tmp_path / "single.xlsx", {"Data": rows(0)})
    DataProcessor(remembered=replace(place, least_bytes=2 << 20)).process(book)
    DataProcessor(remembered=place, password="secret").process(book)
    DataProcessor(remembered=place).process(single)
    assert not place.new.exists()


def test_a_text_is_not_remembered(tmp_path: Path) -> None:
    place = MemoryPlace(tmp_path / "known", tmp_path / "new", 0)
    path = text(tmp_path / "book.csv", [HEADER, *([str(cell) for cell in row] for row in rows(0)[1:-1])])
    DataProcessor(remembered=place).process(path)
    assert not place.new.exists()


def test_a_sheet_that_a_sheet_like_it_explains_is_read_for_that(memory: Memory, tmp_path: Path) -> None:
    """Days of one sheet are ambiguous until another sheet proves their order."""
    header = ["Date", "Region", "Revenue"]
    unclear = [header, *([f"0{day}/0{day + 1}/2025", "North", float(day)] for day in range(1, 8))]
    clear = [header, *([f"{day}/05/2025", "North", float(day)] for day in range(13, 28))]
    path = xlsx(tmp_path / "pool.xlsx", {"Unclear": unclear, "Clear": clear})
    memory.read(path)
    result, reused = memory.read(path)
    assert (reused, same(result, cold(path))) == (2, True)


def test_rates_are_read_each_time(memory: Memory, tmp_path: Path) -> None:
    """A table of exchange rates is no table of facts, and must be there for the amounts of the other sheets."""
    amounts = [
        ["Date", "Currency", "Revenue"],
        *([date(2025, 1, day), "USD" if day % 2 else "EUR", 10.0 * day] for day in range(1, 29)),
    ]
    rates = [["Currency", "Rate"], ["EUR", 1.0], ["USD", 0.9]]
    path = xlsx(tmp_path / "rates.xlsx", {"Sales": amounts, "Rates": rates})
    memory.read(path)
    result, reused = memory.read(path)
    assert (reused, result.report) == (1, cold(path).report)
