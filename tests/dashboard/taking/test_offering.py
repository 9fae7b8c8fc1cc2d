from __future__ import annotations

from dashboard.taking import offering
from dashboard.taking.forms import Form, file_name
from tests.dashboard.pages import errors, open_page
from wiring import System


def test_the_overview_offers_three_forms_and_makes_none_of_them(samples: System) -> None:
    page = open_page(dataset="finance")
    assert errors(page) == []
    offered = [
        one.proto
        for one in page.get("download_button")
        if one.proto.id.endswith(tuple(f"take_{form}" for form in Form))
    ]
    assert [one.label for one in offered] == ["HTML page", "PDF", "Excel workbook"]
    assert all(one.deferred_file_id for one in offered)


def test_a_file_is_named_by_its_dataset_and_its_last_day() -> None:
    assert file_name("finance", "2025-12-17", Form.PDF) == "finance 2025-12-17.pdf"
    named = file_name("finance", "2025-12-17", Form.PDF, "Board meeting")
    assert named == "finance Board meeting 2025-12-17.pdf"
    assert file_name("../a:b", "2025-12-17", Form.HTML) == "_a_b 2025-12-17.html"
    assert [form.content_type for form in Form] == [
        "text/html; charset=utf-8",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]


def test_nothing_is_offered_where_the_rows_are_gone() -> None:
    assert set(offering.OFFERED) == set(Form)
