from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.database import Database, sqlite_url
from storage.engines.contract import Budget
from storage.warehouse.building import build_aside
from storage.warehouse.changes import MANY, Changes, apply_changes, changes_between
from storage.warehouse.swapping import finish_swap, swap_in
from tests.servers import KINDS, fresh_database
from tests.storage.warehouse.stars import FIRST, Star, customer, live, product, said, sale

EARLIER = Star(
    [customer(1), customer(2, "Bo"), customer(3, "Cy")],
    [product(1), product(2, "Desk")],
    [sale(key, 1 + key % 3, 1 + key % 2) for key in range(1, 41)],
)
LATER = Star(
    [
        customer(1, "Anna"),
        customer(2, "Bo"),
        customer(4, "Di", number="C3"),
    ],  # one renamed, one gone, one new
    [product(1, price=None), product(2, "Desk"), product(3, "Chair")],
    [
        *[sale(key, 1 + key % 2, 1 + key % 2) for key in range(1, 40) if key % 3 != 2],
        *[sale(key, 4, 3, day=FIRST + timedelta(days=4)) for key in range(50, 53)],
    ],
    days=5,
)

NUMBERS = count(1)


def load(database: Database, folder: Path, number: int = 1) -> None:
    build_aside(database, folder, number, lambda _: None)
    with database.begin() as connection:
        swap_in(connection, number)
    finish_swap(database, number)


def listed(before: Path, after: Path) -> Changes:
    """As if no number of changes were too many."""
    return changes_between(before, after, Budget(), many=1_000)


def applied(database: Database, changes: Changes) -> dict[str, list[tuple[Any, ...]]]:
    with database.begin() as connection:
        apply_changes(connection, changes)
    with database.read() as connection:
        return live(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_changes_bring_the_tables_to_where_a_full_load_would(kind: str, tmp_path: Path) -> None:
    before, after = EARLIER.written(tmp_path / "before"), LATER.written(tmp_path / "after")
    with fresh_database(kind, tmp_path) as database:
        load(database, before)
        assert applied(database, listed(before, after)) == said(LATER)


def test_between_equal_versions_nothing_differs(tmp_path: Path) -> None:
    before, after = EARLIER.written(tmp_path / "before"), EARLIER.written(tmp_path / "after")
    changes = changes_between(before, after, Budget())
    assert changes.tables is not None
    found = [(len(one.gone), len(one.new), len(one.changed)) for one in changes.tables.values()]
    assert (changes.share, found) == (0.0, [(0, 0, 0)] * 4)


def test_the_share_counts_all_rows_that_differ_for_each_fact(tmp_path: Path) -> None:
    later = Star(
        [*EARLIER.customers[:2], customer(3, "Cyd")], EARLIER.products, [*EARLIER.sales[1:], sale(99)]
    )
    before, after = EARLIER.written(tmp_path / "before"), later.written(tmp_path / "after")
    assert changes_between(before, after, Budget()).share == 3 / 40


def test_too_many_changes_are_counted_and_not_listed(tmp_path: Path) -> None:
    before, after = EARLIER.written(tmp_path / "before"), LATER.written(tmp_path / "after")
    changes = changes_between(before, after, Budget())
    assert changes.share > MANY
    assert changes.tables is None


def test_changes_that_were_not_listed_are_not_applied(database: Database) -> None:
    with pytest.raises(ValueError, match="build the tables anew"), database.begin() as connection:
        apply_changes(connection, Changes(0.5, None))


def test_nothing_is_left_beside_the_compared_files(tmp_path: Path) -> None:
    before, after = EARLIER.written(tmp_path / "before"), LATER.written(tmp_path / "after")
    names = sorted(path.name for path in after.iterdir())
    changes_between(before, after, Budget())
    assert sorted(path.name for path in after.iterdir()) == names


def test_changes_that_fail_in_the_middle_leave_what_was(tmp_path: Path, database: Database) -> None:
    before, after = EARLIER.written(tmp_path / "before"), LATER.written(tmp_path / "after")
    load(database, before)
    with database.begin() as connection:
        apply_changes(connection, listed(before, after))
        connection.rollback()
    with database.read() as connection:
        assert live(connection) == said(EARLIER)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_may_change_hands(kind: str, tmp_path: Path) -> None:
    """Both are sold to, so neither can be taken out; and no two may have one id even for a moment."""
    one = Star([customer(1), customer(2)], [product(1)], [sale(1, 1), sale(2, 2)])
    other = Star([customer(1, number="C2"), customer(2, number="C1")], [product(1)], [sale(1, 1), sale(2, 2)])
    before, after = one.written(tmp_path / "before"), other.written(tmp_path / "after")
    with fresh_database(kind, tmp_path) as database:
        load(database, before)
        assert applied(database, listed(before, after)) == said(other)


@st.composite
def stars(draw: st.DrawFn) -> Star:
    names = st.sampled_from(["Ann", "Bo", "", "x\ny"])
    buyers = draw(st.dictionaries(st.integers(1, 5), names, min_size=1))
    goods = draw(st.dictionaries(st.integers(1, 4), names, min_size=1))
    days = draw(st.integers(1, 4))
    sold = st.tuples(
        st.sampled_from(sorted(buyers)),
        st.sampled_from(sorted(goods)),
        st.integers(0, days - 1),
        st.integers(-2, 3),
    )
    sales = draw(st.dictionaries(st.integers(1, 8), sold))
    return Star(
        [customer(key, name) for key, name in buyers.items()],
        [product(key, name) for key, name in goods.items()],
        [
            sale(key, buyer, bought, quantity=str(quantity), day=FIRST + timedelta(days=day))
            for key, (buyer, bought, day, quantity) in sales.items()
        ],
        days=days,
    )


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database.open(sqlite_url(tmp_path_factory.mktemp("changes") / "kpi.db"))
    yield opened
    opened.dispose()


@settings(max_examples=40, deadline=None)
@given(first=stars(), second=stars())
def test_any_two_versions_differ_by_what_leads_from_one_to_the_other(
    emptied: Database, first: Star, second: Star
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after = first.written(Path(folder) / "before"), second.written(Path(folder) / "after")
        load(emptied, before, next(NUMBERS))
        assert applied(emptied, listed(before, after)) == said(second)
