from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
from openpyxl import load_workbook

from dashboard.downloads import xlsx_bytes
from dashboard.drawing import table_of
from kpi.definitions import load_catalog

REVENUE = next(one for one in load_catalog().definitions if one.key == "revenue")
SHARES = pd.DataFrame(
    {"rank": pd.array([1, None], dtype="Int64"), "member": ["North", "All others"], "value": [7.0, None]}
)


def test_the_data_behind_a_chart_are_named_as_people_read_them_and_have_blanks_where_there_is_nothing() -> (
    None
):
    names, rows = table_of(REVENUE, SHARES)
    assert names == ["rank", "member", "Revenue"]
    assert [list(row.values()) for row in rows] == [[1, "North", 7.0], [None, "All others", None]]


def test_they_can_be_saved_as_a_workbook() -> None:
    names, rows = table_of(REVENUE, SHARES)
    book = load_workbook(io.BytesIO(xlsx_bytes("Shares", names, [list(row.values()) for row in rows])))
    assert list(book["Shares"].iter_rows(values_only=True))[1:] == [
        (1, "North", 7),
        (None, "All others", None),
    ]


def test_a_kpi_may_be_called_like_another_column() -> None:
    names, rows = table_of(replace(REVENUE, label="rank"), SHARES)
    assert names == ["rank", "member", "rank 2"]
    assert rows[0] == {"rank": 1, "member": "North", "rank 2": 7.0}
