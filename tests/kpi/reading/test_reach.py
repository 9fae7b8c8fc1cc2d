from __future__ import annotations

import io
from pathlib import Path

from kpi.processor import DataProcessor
from kpi.reading.reach import NOWHERE, Counted, Reach, SheetReach
from tests.kpi.books import xlsx


def test_the_share_of_a_sheet_is_made_of_bytes_and_of_rows() -> None:
    heard: list[Reach] = []
    told = SheetReach(heard.append, Reach("Data", 1, 2))
    part = Counted(io.BytesIO(b"12345678"), 8, told)
    assert (part.read(4), part.read(9), part.read(1)) == (b"1234", b"5678", b"")
    told.took(50, 100)
    assert heard == [
        Reach("Data", 1, 2, 0, 0.25),
        Reach("Data", 1, 2, 0, 0.5),
        Reach("Data", 1, 2, 0, 0.5),
        Reach("Data", 1, 2, 50, 0.75),
    ]


def test_what_states_a_wrong_size_or_none_is_never_more_than_whole() -> None:
    heard: list[Reach] = []
    told = SheetReach(heard.append, NOWHERE)
    Counted(io.BytesIO(b"1234"), 2, told).read(4)
    Counted(io.BytesIO(b""), 0, told).read(4)
    told.took(0, 0)
    assert [one.share for one in heard] == [0.5, 0.5, 1.0]


def test_the_reading_of_a_workbook_tells_each_of_its_sheets_and_its_rows(tmp_path: Path) -> None:
    rows = [["Date", "Revenue"], *(["2025-01-01", 7] for _ in range(3_000))]
    heard: list[Reach] = []
    DataProcessor(tell=heard.append).process(xlsx(tmp_path / "a.xlsx", {"One": rows, "Two": rows}))
    shares = [one.share for one in heard if one.sheet == "Two" and one.number and one.share is not None]
    assert [(one.sheet, one.number, one.sheets) for one in heard if one.share is None] == [
        ("One", 1, 2),
        ("Two", 2, 2),
    ]
    assert (heard[-1], all(0 <= share <= 1 for share in shares)) == (
        Reach("Two", rows=3_001, share=1.0),
        True,
    )
