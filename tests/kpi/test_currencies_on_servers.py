"""The same answer about amounts in several currencies on PostgreSQL and MariaDB, where a server is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Column, Date, Double, MetaData, String, Table, create_engine, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from kpi.calendar import Calendar
from kpi.report import Kind
from kpi.statements.relation import DATES
from tests.kpi.shop import Shop, dates_of, fields_of, kind_of, rows_of
from tests.kpi.test_several_currencies import MIXED
from tests.test_other_databases import SERVERS

ROWS = rows_of(
    MIXED + "2025-03-02 1 1 1 A5 West EUR\n2025-03-03 1 1 1 A6 West USD\n2025-03-04 1 1 1 A7 . USD\n"
)


@pytest.fixture(params=list(SERVERS))
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """The rows as tables of a database of their own, gone afterwards."""
    name, server = (
        f"kpi_{uuid4().hex[:12]}",
        create_engine(SERVERS[request.param], isolation_level="AUTOCOMMIT"),
    )
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except DBAPIError:
        pytest.skip(f"NOT TESTED ON {request.param}: no server on 127.0.0.1")
    engine, metadata = create_engine(SERVERS[request.param].rpartition("/")[0] + f"/{name}"), MetaData()
    types: dict[Kind, TypeEngine[Any]] = {Kind.DATE: Date(), Kind.MEASURE: Double()}
    facts = Table("facts", metadata, *(Column(one, types.get(kind_of(one), String(50))) for one in ROWS[0]))
    dates = Table("dates", metadata, *(Column(one.name, one.type) for one in DATES.columns))
    days = [asdict(day) for day in dates_of(ROWS, Calendar())]
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(facts), ROWS)
        connection.execute(insert(dates), days)
    with engine.connect() as connection:
        yield Shop(lambda statement: connection.execute(statement).all(), fields_of(ROWS))
    engine.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    server.dispose()


def test_money_has_a_value_within_one_currency_only_and_counts_have_one_always(shop: Shop) -> None:
    assert (shop.total("revenue"), shop.total("orders")) == (None, 7.0)
    assert shop.by_member("revenue", "region") == {
        "(blank)": 1.0,
        "North": 150.0,
        "South": 40.0,
        "West": None,
    }
    assert shop.by_member("revenue", "currency") == {"EUR": 151.0, "USD": 42.0}
