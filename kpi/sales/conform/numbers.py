"""What a sale is known by, and its number: the source's own where that is a whole number, else one of ours."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from kpi.sales.conform.text import fill, fitting

_DENSE, _MOST_TICKED = 64, 10**9  # bits for a row; the engine ticks off no more
_CANONICAL = """CASE WHEN length(sale_number) <= 18
AND CAST(TRY_CAST(sale_number AS BIGINT) AS VARCHAR) = sale_number AND TRY_CAST(sale_number AS BIGINT) >= 0
THEN TRY_CAST(sale_number AS BIGINT) END"""

_FILE = "replace(replace(file, '%', '%25'), ':', '%3A')"  # so that the first colon of a key ends the name

COUNTED = f"""SELECT count(*), count(number), min(number), max(number)
FROM (SELECT {_CANONICAL} AS number FROM sale_read)"""
"""How many sales there are, how many have a whole number, and the least and the greatest of these."""


def different(least: int, greatest: int, rows: int) -> str:
    """How many different numbers there are; numbers close together are ticked off, which takes a fifth of the time."""
    is_dense = greatest - least < min(_DENSE * rows, _MOST_TICKED)
    many = f"bit_count(bitstring_agg(number, {least}, {greatest}))" if is_dense else "count(DISTINCT number)"
    return f"SELECT {many} FROM keyed"


BY_NUMBER = """CREATE VIEW keyed AS
SELECT t, f, line, sale_number AS key, CAST(sale_number AS BIGINT) AS number FROM sale_read"""
"""The keys where every sale has a whole number."""

BY_ANYTHING = fill(
    """CREATE TABLE keyed AS
SELECT t, f, line, $numbered AS key, $canonical AS number FROM sale_read WHERE sale_number IS NOT NULL
UNION ALL
SELECT t, f, line, $ordered, NULL FROM (
    SELECT t, f, line,
        file || ':' || order_id || '/' || row_number() OVER (PARTITION BY f, order_id ORDER BY t, line) AS k
    FROM sale_read JOIN (SELECT t, $file AS file FROM source) USING (t)
    WHERE sale_number IS NULL AND order_id IS NOT NULL
)
UNION ALL
SELECT t, f, line, $placed, NULL FROM (
    SELECT t, f, line, s.label || ':' || line AS k FROM sale_read JOIN source s USING (t)
    WHERE sale_number IS NULL AND order_id IS NULL
)""",
    numbered=fitting("sale_number"),
    canonical=_CANONICAL,
    file=_FILE,
    ordered=fitting("k"),
    placed=fitting("k"),
)
"""The keys of any sales: the number, else file, order and line of the order in the file, else file and line.

Which line of an order a row is says nothing about the lines of other files: an order may go on there, or be returned.
"""

NUMBERED = """CREATE TABLE numbered AS
WITH standing AS (SELECT t, line, key, number FROM keyed ANTI JOIN dropped USING (t, line)),
kept AS (
    SELECT sale_number AS key, sale_id FROM before_sale WHERE sale_number IS NOT NULL
    AND sale_id NOT IN (SELECT number FROM standing WHERE number IS NOT NULL)
),
highest AS (
    SELECT greatest((SELECT COALESCE(max(number), 0) FROM standing), (SELECT COALESCE(max(sale_id), 0) FROM before_sale)) AS id
)
SELECT t, line, number AS sale_id, CAST(NULL AS VARCHAR) AS sale_number FROM standing WHERE number IS NOT NULL
UNION ALL
SELECT t, line, kept.sale_id, key FROM standing JOIN kept USING (key) WHERE number IS NULL
UNION ALL
SELECT t, line, (SELECT id FROM highest) + row_number() OVER (ORDER BY t, line), key
FROM standing ANTI JOIN kept USING (key) WHERE number IS NULL"""
"""The ids of sales: those that the version before knows by their key keep theirs, new ones come above all others."""
