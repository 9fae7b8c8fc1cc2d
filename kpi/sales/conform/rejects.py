"""The rows that were not loaded, those of typing and of conforming, as one table."""

from __future__ import annotations

from collections.abc import Collection

from kpi.sales.conform.repeats import REJECTED
from kpi.sales.conform.sources import Sources
from kpi.sales.conform.text import as_csv, fill, listing


def rejects(sources: Sources, own: Collection[int]) -> str:
    """file, sheet, line, header, found, reason, raw; in the order of the tables and their lines.

    `own` are the tables of which conforming rejected rows. Of these `raw` has what typing made of the cells, at the
    places of their columns.
    """
    of_typing = [fill(_OF_TYPING, t=str(t)) for t in range(len(sources.tables))]
    of_conforming = [
        fill(_OF_CONFORMING, t=str(t), rejected=REJECTED, raw=as_csv(_cells(sources, t))) for t in sorted(own)
    ]
    return fill(_REJECTS, rows=listing([*of_typing, *of_conforming], " UNION ALL "))


def _cells(sources: Sources, t: int) -> list[str]:
    """An expression for each column of the file; nothing for those that mean nothing."""
    return [
        _CELLS.get(one.field, f"x.{one.field}" if one.field else "NULL") for one in sources.tables[t].columns
    ]


_CELLS = {"discount": "COALESCE(x.discount_rate, x.discount_amount)"}

_OF_TYPING = "SELECT $t AS t, CAST(line AS BIGINT) AS line, header, found, reason, raw FROM refused_$t"
_OF_CONFORMING = """SELECT $t AS t, d.line, COALESCE(h.header, ''), d.found, d.reason, $raw
FROM dropped d JOIN typed_$t x ON d.line = x.line LEFT JOIN header h ON h.t = d.t AND h.field = d.field
WHERE d.t = $t AND d.fate = '$rejected'"""
_REJECTS = """SELECT s.file, s.sheet, CAST(r.line AS INTEGER) AS line, r.header, r.found, r.reason, r.raw
FROM ($rows) r JOIN source s USING (t) ORDER BY t, line, header, reason"""
