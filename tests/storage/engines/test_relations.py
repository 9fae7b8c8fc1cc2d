from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Date, Double, Select, String, column, func, literal, select, table
from sqlalchemy.types import BigInteger, Integer, NullType

from storage.engines.on_duckdb import compiled
from storage.engines.on_spark import DIALECT
from storage.engines.relations import (
    NotHereError,
    Part,
    merged_columns,
    stored_columns,
    with_dates,
    with_facts,
)

FACTS = table("facts", column("date", Date()), column("revenue", Double()), column("region", String()))
OLD = table("facts_1", column("c0", Date()), column("c1", Double()))
NEW = table("facts_2", column("c0", Date()), column("c1", String()))
BOTH = (
    Part(OLD, {"date": OLD.c.c0, "revenue": OLD.c.c1}),
    Part(NEW, {"date": NEW.c.c0, "region": NEW.c.c1}),
)


def text(statement: Select[tuple[object, ...]]) -> str:
    return " ".join(compiled(statement)[0].split())


def test_the_facts_are_all_parts_with_the_columns_that_are_asked_for_and_empty_where_one_lacks_them() -> None:
    statement = select(func.sum(FACTS.c.revenue)).where(FACTS.c.region.is_(None))
    assert text(with_facts(statement, BOTH)) == (
        'WITH facts AS (SELECT CAST(NULL AS VARCHAR) AS "region", facts_1.c1 AS "revenue" FROM facts_1 UNION ALL '
        'SELECT facts_2.c1 AS "region", CAST(NULL AS DOUBLE) AS "revenue" FROM facts_2) '
        "SELECT sum(facts.revenue) AS sum_1 FROM facts WHERE facts.region IS NULL"
    )


def test_columns_are_found_under_another_name_of_the_relation_too() -> None:
    other = FACTS.alias("other")
    assert '"region"' in text(with_facts(select(func.max(other.c.region)), BOTH))


def test_without_parts_there_are_no_rows() -> None:
    assert text(with_facts(select(func.count()).select_from(FACTS), ())) == (
        'WITH facts AS (SELECT CAST(NULL AS DATE) AS "date" WHERE 0 = 1) SELECT count(*) AS count_1 FROM facts'
    )


def test_more_parts_than_a_union_may_have_are_put_together_in_several() -> None:
    assert text(with_facts(select(FACTS.c.date), BOTH * 120)).count("UNION ALL") == 239


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            select(table("facts", column("region", Double()))), id="text for the part, a number here"
        ),
        pytest.param(select(table("facts", column("r" * 64))), id="a name that databases cut"),
    ],
)
def test_what_would_not_be_answered_alike_is_refused(statement: Select[tuple[object, ...]]) -> None:
    with pytest.raises(NotHereError):
        with_facts(statement, BOTH)


def test_the_dates_come_from_the_relation_of_that_name() -> None:
    dates = table("dates", column("date", Date()), column("month", Date()))
    part = Part(table("dates_7"), {"month": column("m", Date())})
    assert text(with_dates(select(dates.c.month), part)) == (
        'WITH dates AS (SELECT m AS "month" FROM dates_7) SELECT dates.month FROM dates'
    )
    assert text(with_dates(select(dates.c.month), None)) == (
        'WITH dates AS (SELECT CAST(NULL AS DATE) AS "month" WHERE 0 = 1) SELECT dates.month FROM dates'
    )
    assert text(with_dates(select(FACTS.c.date), part)) == "SELECT facts.date FROM facts"


def test_spark_is_given_names_in_back_quotes_and_values_by_number() -> None:
    odd = table("facts", column('a ?:"b`', String()))
    statement = select(odd.c[0], literal("y")).where(odd.c[0].in_(["p", "q"]), odd.c[0] != "r").limit(3)
    found, values = compiled(statement, DIALECT)
    assert " ".join(found.split()) == (
        'SELECT facts.`a ?:"b```, :p1 AS anon_1 FROM facts '
        'WHERE facts.`a ?:"b``` IN (:p4, :p5) AND facts.`a ?:"b``` != :p2 LIMIT :p3'
    )
    assert values == ["y", "r", 3, "p", "q"]


def test_the_columns_of_a_snapshot_are_read_from_its_head(tmp_path: Path) -> None:
    columns = {"day": [date(2025, 1, 1)], "n": [1.5], "t": ["a"]}
    whole = {"small": pa.array([1], pa.int32()), "large": pa.array([1], pa.int64())}
    pq.write_table(pa.table({**columns, **whole}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"n": ["text"], "more": ["x"]}), tmp_path / "2.parquet")
    assert [(name, type(kind)) for name, kind in stored_columns(tmp_path / "1.parquet").items()] == [
        ("day", Date), ("n", Double), ("t", String), ("small", Integer), ("large", BigInteger),
    ]  # fmt: skip
    merged = merged_columns([tmp_path / "1.parquet", tmp_path / "2.parquet"])
    assert (type(merged["n"]), type(merged["more"])) == (NullType, String)
