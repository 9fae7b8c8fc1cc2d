"""Workbooks locked with a password: opened with it, refused in words without."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from kpi.reading.locked import unlock
from kpi.reading.refused import Refused
from tests.kpi.books import xlsx

ROWS = [["Date", "Sales"], ["2025-01-31", 10]]


def lock(folder: Path, password: str) -> bytes:
    whole = xlsx(folder / "book.xlsx", {"Data": ROWS}).read_bytes()
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(whole)).encrypt(password, out)
    return out.getvalue()


def read(data: bytes, password: str = "") -> list[object]:
    return [list(raw.columns) for raw in read_book(data, "book.xlsx", Limits(), password)]


def test_a_locked_workbook_is_read_with_its_password(tmp_path: Path) -> None:
    assert read(lock(tmp_path, "Größe 1"), "Größe 1") == [[["Date", "2025-01-31"], ["Sales", 10.0]]]


@pytest.mark.parametrize(("password", "code"), [("", "encrypted"), ("wrong", "wrong_password")])
def test_without_its_password_a_locked_workbook_is_refused(tmp_path: Path, password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(lock(tmp_path, "right"), password)
    assert refused.value.code == code
    assert "Nothing was loaded." in refused.value.message
    assert "right" not in refused.value.message.replace("the right one", "")


def test_a_workbook_that_excel_opens_without_asking_is_read_without_asking(tmp_path: Path) -> None:
    assert read(lock(tmp_path, "VelvetSweatshop")) == [[["Date", "2025-01-31"], ["Sales", 10.0]]]


def test_what_is_unlocked_is_the_workbook_itself(tmp_path: Path) -> None:
    data = lock(tmp_path, "p")
    assert unlock(data, "p") == (tmp_path / "book.xlsx").read_bytes()


@pytest.mark.parametrize("cut", [3000, 6000])
def test_a_locked_workbook_that_was_cut_off_is_an_answer(tmp_path: Path, cut: int) -> None:
    data = lock(tmp_path, "p")
    with pytest.raises(Refused):
        read(data[:cut], "p")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("poi/60320-protected.xlsx", "Test001!!"),
        ("calamine/pass_protected.xlsx", "123"),
        ("poi/password.xls", "password"),
        ("poi/xor-encryption-abc.xls", "abc"),
        ("sheetjs/password_2002_128_enhanced.xls", "password"),
    ],
)
def test_workbooks_that_others_locked_are_read_with_their_passwords(
    shared_workbooks: Path, name: str, password: str
) -> None:
    data = (shared_workbooks / "odd" / name).read_bytes()
    assert read(data, password)
    for wrong, code in (("", "encrypted"), ("nonsense", "wrong_password")):
        with pytest.raises(Refused) as refused:
            read(data, wrong)
        assert refused.value.code == code


@pytest.mark.shared
def test_a_workbook_that_excel_locked_with_its_own_password_is_read(shared_workbooks: Path) -> None:
    assert read((shared_workbooks / "odd" / "poi" / "protect.xlsx").read_bytes())
