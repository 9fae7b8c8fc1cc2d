"""The year in which a workbook was saved, as its properties say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from tests.kpi.books import changed, xlsx

TAG = b"<dcterms:modified"


@pytest.mark.parametrize(
    ("tag", "year"),
    [
        (b"<dcterms:modified>2019-05-06T07:08:09Z</dcterms:modified>" + TAG, 2019),
        (b"<dcterms:modified>yesterday</dcterms:modified><dcterms:other", None),
    ],
)
def test_the_year_of_saving_is_that_of_the_properties(tmp_path: Path, tag: bytes, year: int | None) -> None:
    book = changed(xlsx(tmp_path / "book.xlsx", {"P&L": [["", "Jan"]]}), "docProps/core.xml", TAG, tag)
    (sheet,) = read_book(book.read_bytes(), book.name, Limits())
    assert sheet.saved_in == year
