"""The same answer about amounts in several currencies on PostgreSQL and MariaDB, where a server is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Date, Double, MetaData, String, Table, create_engine, insert
from sqlalchemy.types import TypeEngine

from kpi.calendar import Calendar
from kpi.report import Kind
from kpi.statements.relation import DATES
from tests.kpi.shop import Shop, dates_of, fields_of, kind_of, rows_of
from tests.kpi.test_several_currencies import MIXED
from tests.servers import SERVERS, fresh_url

ROWS = rows_of(
    MIXED + "2025-03-02 1 1 1 A5 West EUR\n2025-03-03 1 1 1 A6 West USD\n2025-03-04 1 1 1 A7 . USD\n"
)


@pytest.fixture(params=list(SERVERS))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """The rows as tables of a database of their own, gone afterwards."""
    types: dict[Kind, TypeEngine[Any]] = {Kind.DATE: Date(), Kind.MEASURE: Double()}
    metadata = MetaData()
    facts = Table("facts", metadata, *(Column(one, types.get(kind_of(one), String(50))) for one in ROWS[0]))
    dates = Table("dates", metadata, *(Column(one.name, one.type) for one in DATES.columns))
    days = [asdict(day) for day in dates_of(ROWS, Calendar())]
    with fresh_url(request.param, tmp_path) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(insert(facts), ROWS)
            connection.execute(insert(dates), days)
        with engine.connect() as connection:
            yield Shop(lambda statement: connection.execute(statement).all(), fields_of(ROWS))
        engine.dispose()


def test_money_has_a_value_within_one_currency_only_and_counts_have_one_always(shop: Shop) -> None:
    assert (shop.total("revenue"), shop.total("orders")) == (None, 7.0)
    assert shop.by_member("revenue", "region") == {
        "(blank)": 1.0,
        "North": 150.0,
        "South": 40.0,
        "West": None,
    }
    assert shop.by_member("revenue", "currency") == {"EUR": 151.0, "USD": 42.0}
