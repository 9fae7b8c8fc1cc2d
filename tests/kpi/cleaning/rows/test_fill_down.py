"""Labels and dates that stand once for several rows: repeated where that is sure, asked about where it may be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor
from kpi.report import Effect, Issue, Ledger, Status
from tests.kpi.books import columns, processed, xlsx

JAN, FEB, MAR = (date(2025, month, 1) for month in (1, 2, 3))
HEADER = ["Region", "Date", "Revenue"]
PIVOT: list[Any] = [
    ["North", JAN, 10],
    [None, FEB, 20],
    [None, MAR, 30],
    ["South", JAN, 40],
    [None, FEB, 50],
]


def repaired(issues: tuple[Issue, ...]) -> list[tuple[str, str, int]]:
    return [(issue.cell, issue.found, issue.count) for issue in issues if issue.repair == "fill_down"]


def test_labels_that_stand_once_are_repeated_below_and_said_once(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *PIVOT])
    assert columns(result, "region") == {"region": ["North", "North", "North", "South", "South"]}
    assert repaired(result.report.issues) == [("A3", "3 blank cells, the first at A3", 3)]
    assert [issue.effect for issue in result.report.issues] == [Effect.REPAIRED]


def test_a_label_is_never_repeated_into_a_subtotal(tmp_path: Path) -> None:
    rows = [*PIVOT[:3], [None, None, 60], *PIVOT[3:], ["South total", None, 90], ["Grand total", None, 150]]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(8, 5, 0, 3)
    assert columns(result, "region") == {"region": ["North", "North", "North", "South", "South"]}
    assert [issue for issue in result.report.issues if issue.effect is Effect.DOUBT] == []


def test_labels_within_labels_are_repeated_within_their_group(tmp_path: Path) -> None:
    rows = [
        [
            region if product == month == 0 else None,
            ["Desk", "Lamp"][product] if not month else None,
            day,
            1 + month,
        ]
        for region in ("North", "South")
        for product in (0, 1)
        for month, day in enumerate((JAN, FEB, MAR))
    ]
    result = processed(tmp_path, [["Region", "Product", "Date", "Revenue"], *rows])
    assert columns(result, "region", "product") == {
        "region": ["North"] * 6 + ["South"] * 6,
        "product": (["Desk"] * 3 + ["Lamp"] * 3) * 2,
    }


def test_labels_that_recur_are_asked_about_and_left_blank_so_far(tmp_path: Path) -> None:
    rows = [*PIVOT, ["North", MAR, 60], [None, MAR, 70]]
    report = processed(tmp_path, [HEADER, *rows]).report
    assert [(q.key, q.cell, q.candidates) for q in report.questions] == [
        ("fill_down:region", "A3", ("leave them blank", "repeat the label above"))
    ]
    path = xlsx(tmp_path / "b.xlsx", {"Data": [HEADER, *rows]})
    said = Instructions(Answers(choices={"fill_down:region": "repeat the label above"}))
    assert columns(DataProcessor(instructions=said).process(path), "region")["region"][-3:] == [
        "South",
        "North",
        "North",
    ]


def test_cells_that_were_left_blank_here_and_there_stay_so(tmp_path: Path) -> None:
    regions = ["North", "North", None, "South", None, "North", "South", "South", None, "North"]
    result = processed(tmp_path, [HEADER, *([region, JAN, 10] for region in regions)])
    assert result.report.status is Status.LOADED
    assert columns(result, "region") == {"region": regions}


def test_remarks_behind_the_amounts_or_a_filled_label_stay_where_they_are(tmp_path: Path) -> None:
    rows = [["Ann", "late" if n == 0 else "lost" if n == 3 else None, JAN, n] for n in range(6)]
    result = processed(tmp_path, [["Customer", "Remark", "Date", "Revenue"], *rows])
    assert columns(result, "remark") == {"remark": ["late", None, None, "lost", None, None]}


def test_dates_that_stand_once_and_rise_are_repeated(tmp_path: Path) -> None:
    rows = [
        [JAN, "North", 10],
        [None, "South", 20],
        [FEB, "North", 35],
        [None, "South", 45],
        [None, "West", 55],
    ]
    result = processed(tmp_path, [["Date", "Region", "Revenue"], *rows])
    assert columns(result, "date") == {"date": [JAN, JAN, FEB, FEB, FEB]}
    assert result.report.rows == Ledger(5, 5, 0, 0)
    assert repaired(result.report.issues) == [("A3", "3 blank cells, the first at A3", 3)]


def test_a_date_is_never_repeated_across_one_that_cannot_be_read(tmp_path: Path) -> None:
    rows = [[JAN, "N", 10], [None, "S", 20], ["31/31/2025", "N", 35], [None, "S", 45], [MAR, "N", 55]]
    result = processed(tmp_path, [["Date", "Region", "Revenue"], *rows], accept=True)
    assert columns(result, "revenue") == {"revenue": [10.0, 20.0, 55.0]}


def test_dates_that_do_not_rise_are_asked_about(tmp_path: Path) -> None:
    rows = [[FEB, "N", 10], [None, "S", 20], [JAN, "N", 35], [None, "S", 45], [MAR, "N", 55]]
    report = processed(tmp_path, [["Date", "Region", "Revenue"], *rows]).report
    assert "fill_down:date" in [question.key for question in report.questions]


def test_the_repair_can_be_turned_off(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", {"Data": [HEADER, *PIVOT]})
    result = DataProcessor(instructions=Instructions(Answers(off=frozenset({"fill_down"})))).process(path)
    assert columns(result, "region") == {"region": ["North", None, None, "South", None]}
