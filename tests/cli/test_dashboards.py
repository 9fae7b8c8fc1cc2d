"""Dashboards and saved views on the command line, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli import Kpi

BOOK = """\
[[dashboard]]
name = "Sales"
dataset = "shop"

[[dashboard.card]]
look = "kpi"
kpi = "revenue"

[[view]]
name = "North"
dataset = "shop"
address = { "shop.region" = "North" }
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "boards.toml"
    path.write_text(BOOK)
    return path


def test_a_book_goes_in_and_out_and_in_again(thin: Kpi, book: Path, tmp_path: Path) -> None:
    trial = thin("dashboards", "import", str(book), "--dry-run", "--json").json
    assert thin("dashboards", "list", "--json").json == []
    assert thin("dashboards", "import", str(book), "--json").json == trial
    assert [(one["effect"], one["name"]) for one in trial["changes"]] == [
        ("added", "Sales"),
        ("added", "shop: North"),
    ]
    out = tmp_path / "out.toml"
    assert thin("dashboards", "export", str(out)).code == 0
    assert (
        out.read_text()
        == thin("dashboards", "export").out
        == thin("dashboards", "export", "--json").json["toml"]
    )
    again = thin("dashboards", "import", str(out), "--replace")
    assert (again.code, "Nothing differs." in again.err) == (0, True)


def test_a_dashboard_is_listed_shown_and_removed(thin: Kpi, book: Path) -> None:
    thin("dashboards", "import", str(book))
    (listed,) = thin("dashboards", "list", "--dataset", "shop", "--json").json
    shown = thin("dashboards", "show", "Sales", "--json").json
    assert shown == {**listed, "changed_by": "cli"}
    assert (shown["name"], shown["cards"]) == ("Sales", [{"look": "kpi", "kpi": "revenue"}])
    assert "revenue" in thin("dashboards", "show", "Sales").out
    assert "Sales" in thin("dashboards", "list").out
    assert thin("dashboards", "remove", "Sales", "--json").json == {"removed": "Sales"}
    for command in ("show", "remove"):
        done = thin("dashboards", command, "Sales")
        assert (done.code, "there is no dashboard 'Sales'" in done.err) == (2, True)


def test_a_view_is_listed_made_the_default_and_removed(thin: Kpi, book: Path) -> None:
    thin("dashboards", "import", str(book))
    assert thin("views", "default", "--dataset", "shop", "North", "--json").json == {
        "dataset": "shop",
        "default": "North",
    }
    assert thin("views", "list", "--json").json == [
        {
            "name": "North",
            "dataset": "shop",
            "default": True,
            "address": {"shop.region": ["North"]},
            "link": "?dataset=shop&shop.region=North&view=North",
        }
    ]
    assert "North" in thin("views", "list", "--dataset", "shop").out
    assert "opens as at first" in thin("views", "default", "--dataset", "shop").err
    assert thin("views", "default", "--dataset", "shop", "South").code == 2
    codes = [thin("views", "remove", "--dataset", "shop", "North").code for _ in range(2)]
    assert codes == [0, 2]


def test_a_book_with_mistakes_ends_with_1_and_every_line(thin: Kpi, book: Path) -> None:
    book.write_text(
        BOOK.replace('kpi = "revenue"', "width = 9").replace("[[view]]", '[[view]]\ngrain = "week"')
    )
    done = thin("dashboards", "import", str(book))
    assert (done.code, done.out) == (1, "")
    assert 'line 5, dashboard "Sales", card 1, key `kpi`: it is missing' in done.err
    assert (
        'line 7, dashboard "Sales", card 1, key `width`: found 9, wanted a whole number from 1 to 4'
        in done.err
    )
    assert 'line 10, view "North", key `grain`: there is no such key' in done.err
    assert thin("dashboards", "import", str(book.parent / "none.toml")).code == 2


def test_what_the_data_do_not_have_is_said_and_taken(thin: Kpi, book: Path) -> None:
    book.write_text(BOOK.replace('"revenue"', '"revenu"'))
    done = thin("dashboards", "import", str(book), "--json")
    assert (done.code, len(done.json["changes"])) == (0, 2)
    assert "gives no KPI 'revenu'; did you mean `revenue`?" in done.err
