from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.inbox import dataset_name, put, safe_file_name, snake_case, source_key

INBOX = Path("/home/inbox")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (INBOX / "Sample - Superstore.xls", "sample_superstore"),
        (INBOX / "North Region" / "march.xlsx", "north_region"),
        (Path("/elsewhere/Finance 2025.xlsx"), "finance_2025"),
        (INBOX / "Übersicht.xlsx", "übersicht"),
        (INBOX / "---.xlsx", "data"),
    ],
)
def test_a_dataset_is_named_by_its_folder_or_else_by_its_file(path: Path, name: str) -> None:
    assert dataset_name(path, INBOX) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Finance.xlsx", "Finance.xlsx"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\Q1.xlsx", "Q1.xlsx"),
        ("~$lock.xlsx", "lock.xlsx"),
        (".hidden.csv", "hidden.csv"),
        ("con.xlsx", "con_.xlsx"),
        ("a\u202egpj.xlsx", "agpj.xlsx"),
        ("", "workbook"),
    ],
)
def test_a_name_from_outside_is_made_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.text())
def test_no_name_leads_out_of_the_inbox_or_hides_in_it(name: str) -> None:
    safe = safe_file_name(name)
    assert safe
    assert "/" not in safe
    assert not safe.startswith((".", "~$"))
    assert len(safe.encode()) <= 200  # file systems stop at 255 bytes


@given(st.text())
def test_snake_case_of_snake_case_is_itself(text: str) -> None:
    assert snake_case(snake_case(text)) == snake_case(text)


def test_a_file_put_into_the_inbox_replaces_its_namesake_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", b"old")
    assert put(tmp_path, "a.csv", b"new").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_that_cannot_be_put_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(IsADirectoryError):
        put(tmp_path, "a.csv", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (INBOX / "Finance 2025.xlsx", "finance_2025"),
        (INBOX / "Finance 2025.xls", "finance_2025"),
        (INBOX / "shop" / "march.csv", "march"),
        (INBOX / "shop" / "North" / "march.csv", "north_march"),
        (Path("/elsewhere/shop/north/march.csv"), "march"),
    ],
)
def test_a_source_is_told_apart_by_its_place_in_the_dataset_and_not_by_its_suffix(
    path: Path, key: str
) -> None:
    assert source_key(path, INBOX) == key
