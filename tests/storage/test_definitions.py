from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from kpi.calculator import KPICalculator
from kpi.calendar import Grain
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import load_catalog
from kpi.report import Cadence, FactField, Kind
from kpi.targeting.targets import Target
from storage import definitions
from storage.catalogs import calculator_of, calculator_through, catalog_through, list_kpis
from storage.database import Database
from storage.datasets import Dataset, find_dataset, save_dataset
from storage.defining import imagine, save, wish_for
from storage.definitions import Change, MeanwhileError, Wish, history, latest_changes, newest_change
from storage.meaning_schema import definitions as rows
from storage.targets import CLI, set_targets
from storage.versions import Cause, Version, record_version
from tests.moments import NOON

SHIPPED = load_catalog()
SHARE = {
    "label": "Refund share",
    "description": "Refunds of sofas as a share of revenue.",
    "formula": "sum(refund where category = 'Sofa') / revenue",
    "unit": "percent",
    "favourable": "down",
    "decimals": 1,
}
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
    FactField("net_takings", Kind.MEASURE, "Net takings"),
)


def wish(
    key: str = "refund_share", formula: str = "", owner: str = "Ada", expected: int | None = None, **more: Any
) -> Wish:
    return wish_for(key, {**SHARE, **({"formula": formula} if formula else {}), **more}, owner, expected)


def put(database: Database, *wishes: Wish, hours: int = 0) -> list[Change]:
    with database.begin() as connection:
        return save(connection, SHIPPED, wishes, NOON + timedelta(hours=hours))


def retired(key: str, owner: str = "Ada") -> Wish:
    return Wish(key, None, owner)


def keys(database: Database, through: int | None = None) -> list[str]:
    """People's own, as of a change."""
    with database.read() as connection:
        found = catalog_through(connection, SHIPPED, through)
    return [one.key for one in found.definitions[len(SHIPPED.definitions) :]]


def a_dataset(
    database: Database, definition_id: int, version: int = 1, fields: tuple[FactField, ...] = FIELDS
) -> None:
    today = NOON.date()
    with database.begin() as connection:
        save_dataset(connection, Dataset("shop", version, fields, today, today, Cadence.DAY, NOON))
        record_version(connection, Version("shop", version, NOON, Cause.LOAD, None, definition_id))


def refused(database: Database, *wishes: Wish) -> str:
    """Why they were not saved; nothing was."""
    with database.read() as connection:
        before = newest_change(connection)
    with pytest.raises(CatalogError) as caught:
        put(database, *wishes)
    with database.read() as connection:
        assert newest_change(connection) == before
    return str(caught.value)


def test_a_first_definition_is_version_1_with_its_owner_and_its_moment(database: Database) -> None:
    assert put(database, wish()) == [Change(1, "refund_share", 1, SHARE, "Ada", NOON)]
    with database.read() as connection:
        one = catalog_through(connection, SHIPPED).definitions[-1]
    assert (one.key, one.label, one.formula, one.owner, one.version) == (
        "refund_share", "Refund share", SHARE["formula"], "Ada", 1,
    )  # fmt: skip


def test_each_change_is_a_version_and_all_of_them_are_kept(database: Database) -> None:
    first = put(database, wish())
    second = put(database, wish(formula="refund / revenue", owner="Bob"), hours=1)
    third = put(database, retired("refund_share"), hours=2)
    fourth = put(database, wish(), hours=3)
    with database.read() as connection:
        assert history(connection, "refund_share") == [*first, *second, *third, *fourth]
    assert [(one.version, one.owner, one.entry is None) for one in (*first, *second, *third, *fourth)] == [
        (1, "Ada", False),
        (2, "Bob", False),
        (3, "Ada", True),
        (4, "Ada", False),
    ]
    assert [keys(database, through) for through in range(5)] == [
        [], ["refund_share"], ["refund_share"], [], ["refund_share"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(SHARE, id="the same"),
        pytest.param({**SHARE, "kind": "formula", "grains": []}, id="with what goes without saying"),
        pytest.param(dict(reversed(SHARE.items())), id="in another order"),
    ],
)
def test_saying_the_same_again_changes_nothing(database: Database, again: Mapping[str, Any]) -> None:
    put(database, wish())
    assert put(database, wish_for("refund_share", again, "Ada")) == []


def test_handing_a_definition_over_is_a_change(database: Database) -> None:
    put(database, wish())
    assert [(one.version, one.owner) for one in put(database, wish(owner="Bob"))] == [(2, "Bob")]


def test_a_retired_key_is_no_json_null_but_nothing(database: Database) -> None:
    put(database, wish())
    put(database, retired("refund_share"))
    with database.read() as connection:
        empty = select(rows.c.version).where(rows.c.entry.is_(None))
        assert connection.execute(empty).scalars().all() == [2]


def test_whoever_has_seen_an_earlier_version_is_told_and_nothing_is_overwritten(database: Database) -> None:
    put(database, wish(expected=0))
    put(database, wish(formula="refund / revenue", owner="Bob", expected=1))
    with pytest.raises(
        MeanwhileError, match=r"`refund_share` is at version 2 by now, of Bob; version 1 was expected"
    ):
        put(database, wish(formula="2 * refund / revenue", expected=1))
    with pytest.raises(MeanwhileError, match="at version 2 by now"):
        put(database, wish(formula="2 * refund / revenue", expected=0))
    with pytest.raises(MeanwhileError, match="`other` is nobody's yet; version 3 was expected"):
        put(database, wish("other", expected=3))
    with database.read() as connection:
        assert newest_change(connection) == 2


def test_a_number_that_somebody_else_took_meanwhile_is_told(database: Database) -> None:
    put(database, wish())
    with database.begin() as connection:
        known = latest_changes(connection)
        connection.execute(insert(rows).values(id=2, key="other", version=1, owner="Bob", at=NOON))
        with pytest.raises(MeanwhileError, match="saved a definition at the same moment"):
            definitions._insert(connection, [replace(known["refund_share"], id=2, version=2)])


def test_several_are_saved_together_whatever_their_order_or_none_of_them(database: Database) -> None:
    double, half = wish("double", "2 * half"), wish("half", "revenue / 2")
    assert [one.key for one in put(database, double, half)] == ["double", "half"]
    assert "unknown field `nowhere`" in refused(
        database, wish("third", "revenue / 3"), wish("bad", "nowhere")
    )
    assert keys(database) == ["double", "half"]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        pytest.param(
            "sum(refund) / reveneu",
            "KPI `refund_share`, key `formula`, line 1, column 15: unknown field `reveneu`; did you mean `revenue`?",
            id="a slip",
        ),
        pytest.param(
            "refund /\n  (revenue",
            "KPI `refund_share`, key `formula`, line 2, column 11",
            id="a bracket left open",
        ),
        pytest.param("refund_share + 1", "goes in a circle: refund_share → refund_share", id="of itself"),
        pytest.param("revenue > 1", "a KPI is a number", id="no number"),
    ],
)
def test_a_formula_that_makes_no_sense_is_refused_with_its_place(
    database: Database, formula: str, said: str
) -> None:
    assert said in refused(database, wish(formula=formula))


def test_a_circle_through_others_is_refused_when_it_would_close(database: Database) -> None:
    put(database, wish("first", "second + 1"), wish("second", "revenue"))
    assert "goes in a circle" in refused(database, wish("second", "first"))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("revenue", "ships with the program and stays as it is"),
        ("refund", "a column is called that"),
        ("net_takings", "a column is called that"),
    ],
)
def test_a_key_that_means_something_else_is_refused(database: Database, key: str, said: str) -> None:
    a_dataset(database, 0)
    assert said in refused(database, wish(key, "revenue / 2"))


@pytest.mark.parametrize(
    ("key", "said"), [("revenue", "it ships"), ("nope", "there is none of that key; people's own are: none")]
)
def test_what_is_nobodys_own_cannot_be_retired(database: Database, key: str, said: str) -> None:
    assert said in refused(database, retired(key))


def test_what_others_are_made_of_stays_until_they_go(database: Database) -> None:
    put(database, wish("half", "revenue / 2"), wish("quarter", "half / 2"))
    said = refused(database, retired("half"))
    assert "`quarter` is made of it" in said
    assert "Change or retire `quarter` first" in said
    put(database, retired("quarter"), retired("half"))
    assert keys(database) == []


def test_a_workbooks_own_column_can_be_used_once_a_dataset_has_it(database: Database) -> None:
    own = wish("takings_per_revenue", "net_takings / revenue")
    assert "unknown field `net_takings`" in refused(database, own)
    a_dataset(database, 0)
    put(database, own)
    a_dataset(database, 1, 2, fields=FIELDS[:2])
    put(database, wish())  # the column is gone again, and keeps nobody from saving
    assert keys(database) == ["takings_per_revenue", "refund_share"]


def test_a_definition_that_the_program_cannot_use_any_more_takes_no_other_with_it(database: Database) -> None:
    put(database, wish())
    with database.begin() as connection:
        broken = {**SHARE, "formula": "revenue +"}
        connection.execute(
            insert(rows).values(id=2, key="broken", version=1, entry=broken, owner="Bob", at=NOON)
        )
    assert keys(database) == ["refund_share"]
    put(database, wish("half", "revenue / 2"))
    assert keys(database) == ["refund_share", "half"]


def test_imagining_a_change_writes_nothing(database: Database) -> None:
    with database.begin() as connection:
        found = imagine(connection, SHIPPED, [wish()], NOON)
        assert newest_change(connection) == 0
    assert found.definitions[-1].key == "refund_share"


def test_a_dataset_speaks_by_the_definitions_that_its_newest_version_includes(database: Database) -> None:
    put(database, wish(), wish("half", "revenue / 2"))
    a_dataset(database, 1)
    calculator = KPICalculator(SHIPPED)
    with database.read() as connection:
        of_shop = calculator_of(connection, calculator, "shop").catalog
        newest = calculator_through(connection, calculator).catalog
        nobodys = calculator_of(connection, calculator, "nope").catalog
    own = [
        [one.key for one in each.definitions[len(SHIPPED.definitions) :]]
        for each in (of_shop, newest, nobodys)
    ]
    assert own == [["refund_share"], ["refund_share", "half"], []]


def test_the_list_says_what_a_dataset_lacks_and_a_target_is_no_longer_lacked_once_it_is_set(
    database: Database,
) -> None:
    put(database, wish())
    a_dataset(database, 1)

    def missing() -> dict[str, str]:
        with database.read() as connection:
            shop = find_dataset(connection, "shop")
            return {one.key: one.missing for one in list_kpis(connection, SHIPPED, shop)}

    before = missing()
    assert (before["revenue"], before["refund_share"]) == ("", "the data have no column `refund`")
    assert "set them first" in before["target_attainment"]
    goal = Target("revenue", Grain.MONTH, NOON.date().replace(day=1), "", "", 100.0)
    with database.begin() as connection:
        set_targets(connection, "shop", [goal], CLI, NOON)
    assert missing()["target_attainment"] == ""
