from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.incoming.folder import Sorted, in_words, sort_out

TYPES = ["xlsx", "csv"]


def test_a_folder_comes_as_it_would_be_copied_into_the_inbox() -> None:
    names = ["Shop/jan.xlsx", "Shop/old/Feb.CSV", "Shop/readme.md", "Shop/~$jan.xlsx", "Shop/.git/a.csv"]
    assert sort_out(names, TYPES, together=True) == Sorted(
        {0: Path("Shop/jan.xlsx"), 1: Path("Shop/old/Feb.CSV")}, ("Shop/readme.md",)
    )


def test_files_that_do_not_belong_together_lie_side_by_side_and_none_takes_the_place_of_another() -> None:
    names = ["Shop/jan.xlsx", "Shop/old/jan.xlsx", "Shop/feb.csv"]
    assert sort_out(names, TYPES, together=False).places == {
        0: Path("jan.xlsx"),
        1: Path("Shop old jan.xlsx"),
        2: Path("feb.csv"),
    }


@pytest.mark.parametrize("name", ["../../etc/a.csv", "/etc/a.csv", "..\\a.csv", "C:\\x\\a.csv"])
@pytest.mark.parametrize("together", [True, False])
def test_no_name_leads_out_of_the_inbox(name: str, *, together: bool) -> None:
    (place,) = sort_out([name], TYPES, together=together).places.values()
    assert (place.is_absolute(), ".." in place.parts, place.name) == (False, False, "a.csv")


def test_what_is_left_out_is_named() -> None:
    many = [f"{number}.md" for number in range(10)]
    assert [in_words([]), in_words(["a.md"]), in_words(many)] == [
        "",
        "1 file is no workbook and was left out: a.md",
        f"10 files are no workbooks and were left out: {', '.join(many[:8])} and 2 more",
    ]
