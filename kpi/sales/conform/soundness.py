"""Sales that are sound by themselves and still cannot be loaded: of a member that nobody lists, or without a price."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from collections.abc import Iterator

from kpi.sales.conform.amounts import Sizes, amounts
from kpi.sales.conform.dimension import DIMENSIONS, PRODUCT, Dimension
from kpi.sales.conform.repeats import REJECTED
from kpi.sales.conform.sources import Sources
from kpi.sales.conform.text import fill, listing
from kpi.sales.options import Orphans

_FAULT = "WHEN $when THEN struct_pack(field := '$field', found := COALESCE($found, ''), reason := $reason)"


def drop_unsound(sources: Sources, orphans: Orphans, sizes: Sizes) -> str | None:
    """The statement that drops them; None where there can be none."""
    faults = [*_orphan_faults(sources, orphans), *_price_faults(sizes)]
    if not faults:
        return None
    priced = priced_by_list(sources)
    return fill(
        """INSERT INTO dropped SELECT t, line, '$rejected', fault.field, fault.found, fault.reason
FROM (SELECT t, line, CASE $faults END AS fault FROM ($rows)) WHERE fault IS NOT NULL""",
        rejected=REJECTED,
        faults=listing(faults, " "),
        rows=priced if sizes.are_small else amounts(priced, sizes),
    )


def priced_by_list(sources: Sources) -> str:
    """All sales with their `price`, their own or that of the list, empty where there is none."""
    if not sources.is_listed(PRODUCT):
        return "SELECT *, unit_price AS price FROM sale_read"
    return f"""SELECT s.*, COALESCE(s.unit_price, v.list_price) AS price
FROM sale_read s LEFT JOIN product_version v ON v.id = s.product_id AND {holds("v", "s")}"""


def holds(version: str, sale: str) -> str:
    """The condition under which the version of a member is the one of the sale's day."""
    return (
        f"({version}.valid_from IS NULL OR {version}.valid_from <= {sale}.date) "
        f"AND ({version}.valid_to IS NULL OR {sale}.date < {version}.valid_to)"
    )


def _orphan_faults(sources: Sources, orphans: Orphans) -> Iterator[str]:
    if orphans is Orphans.INFER:
        return
    for dimension in DIMENSIONS:
        yield _fault(f"{dimension.id} IS NULL", dimension.id, "''", f"'no {dimension.word} is named'")
        if sources.is_listed(dimension):
            yield _unlisted(dimension)


def _unlisted(dimension: Dimension) -> str:
    unknown = f"{dimension.id} <> '' AND {dimension.id} NOT IN (SELECT id FROM {dimension.word}_listed)"
    reason = f"'no file lists the {dimension.word} ' || {dimension.id}"
    return _fault(unknown, dimension.id, dimension.id, reason)


def _price_faults(sizes: Sizes) -> Iterator[str]:
    if sizes.unpriced:
        nowhere = "no price: neither the sale nor a list of products has one, and no revenue is stated"
        yield _fault("price IS NULL AND revenue IS NULL", "unit_price", "''", f"'{nowhere}'")
    if not sizes.are_small:
        large = "paid_price IS NULL OR discount IS NULL OR net IS NULL"
        yield _fault(large, "quantity", "CAST(quantity AS VARCHAR)", "'the amount is too large'")


def _fault(when: str, field: str, found: str, reason: str) -> str:
    return fill(_FAULT, when=when, field=field, found=found, reason=reason)
