"""A locked workbook on the page: a field for its password, and the workbook without its lock in the inbox."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import errors, open_page
from tests.kpi.books import xlsx
from wiring import System

SECRET = "open sesame 4711"
ROWS = [["Date", "Revenue"], [date(2025, 1, 31), 10], [date(2025, 2, 28), 20]]


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    return xlsx(tmp_path / "shop.xlsx", {"Data": ROWS}).read_bytes()


@pytest.fixture
def locked(plain: bytes) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(SECRET, out)
    return out.getvalue()


def inbox(system: System) -> dict[str, bytes]:
    folder = system.road.folders.inbox
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def fields(page: AppTest) -> list[str]:
    return [field.label for field in page.text_input if field.label.endswith("Its password")]


def given(page: AppTest, password: str) -> AppTest:
    next(field for field in page.text_input if field.label.endswith("Its password")).input(password)
    return page.run()


def test_a_locked_workbook_waits_for_its_password(empty: System, locked: bytes) -> None:
    page = open_page()
    page.file_uploader[0].upload("shop.xlsx", locked).run()
    assert (errors(page), fields(page), inbox(empty)) == (
        [],
        [":material/lock: shop\\.xlsx is locked. Its password"],
        {},
    )


def test_with_its_password_the_workbook_comes_into_the_inbox_without_its_lock(
    empty: System, plain: bytes, locked: bytes
) -> None:
    page = open_page()
    page.file_uploader[0].upload("shop.xlsx", locked).run()
    given(page, SECRET)
    assert (errors(page), fields(page), inbox(empty)) == ([], [], {"shop.xlsx": plain})


def test_a_wrong_password_is_answered_in_words_and_may_be_tried_again(
    empty: System, plain: bytes, locked: bytes
) -> None:
    page = open_page()
    page.file_uploader[0].upload("shop.xlsx", locked).run()
    given(page, "wrong")
    assert any("this password does not open" in caption.value for caption in page.caption)
    assert inbox(empty) == {}
    given(page, SECRET)
    assert inbox(empty) == {"shop.xlsx": plain}


@pytest.mark.parametrize("password", [SECRET, "a wrong one 0815"])
def test_the_password_leaves_the_session_at_once(empty: System, locked: bytes, password: str) -> None:
    page = open_page()
    page.file_uploader[0].upload("shop.xlsx", locked).run()
    given(page, password)
    assert password not in str(vars(page.session_state))


@pytest.mark.shared
def test_an_old_workbook_without_a_lock_is_taken_as_it_is(empty: System, shared_workbooks: Path) -> None:
    content = (shared_workbooks / "odd" / "poi" / "TwoSheetsNoneHidden.xls").read_bytes()
    page = open_page()
    page.file_uploader[0].upload("old.xls", content).run()
    assert (fields(page), inbox(empty)) == ([], {"old.xls": content})
