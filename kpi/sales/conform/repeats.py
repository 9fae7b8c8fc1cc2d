"""Keys that stand more than once: within a file the first row stays, between files the later one's."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from collections.abc import Sequence

from kpi.sales.conform.text import fill, listing

DROPPED = """CREATE TABLE dropped
(t INTEGER, line BIGINT, fate VARCHAR, field VARCHAR, found VARCHAR, reason VARCHAR)"""
REJECTED, SUPERSEDED = "rejected", "superseded"


def alive(read: str, name: str) -> str:
    """The rows of `read` that were not dropped so far, as the view `name`."""
    return fill(
        "CREATE OR REPLACE VIEW $name AS SELECT * FROM $read ANTI JOIN dropped USING (t, line)",
        name=name,
        read=read,
    )


def are_repeated(keyed: str) -> str:
    """How many rows there are beyond one of each key."""
    return f"SELECT count(*) - count(DISTINCT key) FROM {keyed}"


def drop_repeated(keyed: str, read: str, field: str, columns: Sequence[str]) -> list[str]:
    """Drops all rows of a key but one. `keyed` has t, f, line, key; `read` has the `columns` that make rows alike.

    The row that stays is the first of the last file that has the key.
    """
    parts = {
        "keyed": keyed,
        "read": read,
        "field": field,
        "alike": f"row({_of('own', columns)}) IS NOT DISTINCT FROM row({_of('standing', columns)})",
        "rejected": REJECTED,
        "superseded": SUPERSEDED,
    }
    return [fill(text, **parts) for text in (_PLACED, _GIVE_WAY, _REJECT)]


def _of(relation: str, columns: Sequence[str]) -> str:
    return listing(f"{relation}.{column}" for column in columns)


_PLACED = """CREATE OR REPLACE TABLE placed AS
WITH twice AS (SELECT key FROM $keyed GROUP BY key HAVING count(*) > 1)
SELECT t, f, line, key, row_number() OVER own AS place,
    first_value(t) OVER own AS first_t, first_value(line) OVER own AS first_line, max(f) OVER (PARTITION BY key) AS last
FROM $keyed SEMI JOIN twice USING (key) WINDOW own AS (PARTITION BY key, f ORDER BY t, line)"""

_GIVE_WAY = """INSERT INTO dropped
SELECT t, line, '$superseded', '$field', key, '' FROM placed WHERE place = 1 AND f < last"""

_REJECT = """INSERT INTO dropped
SELECT p.t, p.line, '$rejected', '$field', p.key, 'the key ' || p.key || ' stands already in line ' || first_line
    || CASE WHEN p.t <> first_t THEN ' of the sheet ' || s.sheet ELSE '' END
    || CASE WHEN $alike THEN ', with the same values' ELSE ', with other values' END
FROM (SELECT * FROM placed WHERE place > 1) p JOIN source s ON s.t = p.first_t
JOIN $read own ON own.t = p.t AND own.line = p.line
JOIN $read standing ON standing.t = p.first_t AND standing.line = p.first_line"""
