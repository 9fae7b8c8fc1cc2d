"""Which rows of the star a question is about, as conditions; and what the same sums look like on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from kpi.sales.analyses.question import Period, Question, month_of, weekday_of
from kpi.sales.star import UNKNOWN_ID, dim_customer, dim_date, dim_product, fact_sales

Sql = ColumnElement[Any]
Rows = Select[*tuple[Any, ...]]

OF_CUSTOMERS = {
    "city": "city",
    "region": "region",
    "country": "country",
    "segment": "segment",
    "customer": "customer_id",
}
OF_PRODUCTS = {"category": "category", "subcategory": "subcategory", "product": "product_id"}
OF_DAYS = ("weekday", "month")
PLACES: ColumnElement[int] = literal_column(
    "4", Integer()
)  # decimals of money; some engines take no parameter for them


class InBytes(FunctionElement[str]):
    """A text as it is ordered: by its bytes in UTF-8, which every engine can, and not as some language sorts."""

    name = "in_bytes"
    type = String()
    inherit_cache = True


@compiles(InBytes)
def _as_it_is(element: InBytes, compiler: SQLCompiler, **given: Any) -> str:
    return compiler.process(element.clauses, **given)


@compiles(InBytes, "postgresql")
def _in_c(element: InBytes, compiler: SQLCompiler, **given: Any) -> str:
    return f'({compiler.process(element.clauses, **given)}) COLLATE "C"'


@compiles(InBytes, "mysql")
@compiles(InBytes, "mariadb")
def _binary(element: InBytes, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS BINARY)"


def in_bytes(text: Sql) -> Sql:
    return InBytes(text)


def total(amount: Sql) -> Sql:
    """The sum, to the places that money has: SQLite adds binary fractions, and equal sums must be equal to be tied."""
    return func.round(func.sum(amount), PLACES, type_=amount.type)


def sold(question: Question) -> list[Sql]:
    """The conditions over `fact_sales`; none where all sales are meant."""
    return [*within(question.start, question.end), *chosen(question)]


def chosen(question: Question) -> list[Sql]:
    """The same without the period."""
    return [
        *([] if question.returns else [not_(fact_sales.c.is_return)]),
        *_of_member(fact_sales.c.customer_key, dim_customer.alias("whose"), question, OF_CUSTOMERS),
        *_of_member(fact_sales.c.product_key, dim_product.alias("which"), question, OF_PRODUCTS),
        *_of_day(question),
    ]


def within(start: date | None, end: date | None, day: Sql = fact_sales.c.date_id) -> Iterator[Sql]:
    """By the number of the day, which is its date: no join is needed, and files and indexes know their least one."""
    if start:
        yield day >= date_id(start)
    if end:
        yield day <= date_id(end)


def during(period: Period) -> Sql:
    return and_(*within(period.start, period.end))


def date_id(day: date) -> int:
    """20251231"""
    return (day.year * 100 + day.month) * 100 + day.day


def members_where(relation: FromClause, question: Question, names: dict[str, str]) -> list[Sql]:
    """The conditions over a dimension that the question narrows."""
    narrowed = [name for name in names if question.narrows([name])]
    return [relation.c[names[name]].in_(question.members(name)) for name in narrowed]


def days_where(relation: FromClause, question: Question, names: tuple[str, ...] = OF_DAYS) -> list[Sql]:
    found: list[Sql] = []
    if "weekday" in names and question.narrows(["weekday"]):
        found.append(relation.c.weekday.in_([weekday_of(one) for one in question.members("weekday")]))
    if "month" in names and question.narrows(["month"]):
        found.append(or_(false(), *(_in_month(relation, one) for one in question.members("month"))))
    return found


def _in_month(relation: FromClause, member: str) -> Sql:
    year, month = month_of(member)
    return and_(relation.c.month == month, *([] if year is None else [relation.c.year == year]))


def _of_member(key: Sql, relation: FromClause, question: Question, names: dict[str, str]) -> list[Sql]:
    where = members_where(relation, question, names)
    return [key.in_(select(relation.c[key.name]).where(*where).correlate(None))] if where else []


def _of_day(question: Question) -> list[Sql]:
    days = dim_date.alias("when_sold")
    where = days_where(days, question)
    return [fact_sales.c.date_id.in_(select(days.c.date_id).where(*where).correlate(None))] if where else []


def known(member_id: Sql) -> Sql:
    """What the source names. The member for what it does not name is no customer and no product."""
    return member_id != UNKNOWN_ID


def people() -> CTE:
    """customer_key, person: all versions of a customer are one person, known by a number, which is quicker than an id."""
    first = func.min(dim_customer.c.customer_key).over(partition_by=dim_customer.c.customer_id)
    named = known(dim_customer.c.customer_id)
    return select(dim_customer.c.customer_key, first.label("person")).where(named).cte("people")


def articles() -> CTE:
    """product_key, article: the same of products."""
    first = func.min(dim_product.c.product_key).over(partition_by=dim_product.c.product_id)
    named = known(dim_product.c.product_id)
    return select(dim_product.c.product_key, first.label("article")).where(named).cte("articles")
