"""The members that no list names: what the lines of sales say about them makes their versions.

A line describes its member as it is for that line: where a customer has goods sent to many cities, each city is a
version, and a sale belongs to the one that its line tells of. A line that says nothing belongs to the version that its
member has now. Of sales that name no member, those that say nothing stay unknown: they are nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kpi.sales.conform.dimension import Dimension
from kpi.sales.conform.text import fill, listing, named, same
from kpi.sales.options import Changes
from kpi.sales.star import UNKNOWN, UNKNOWN_ID


def versions(dimension: Dimension, fields: Collection[str], changes: Changes) -> list[str]:
    """`<word>_version` as `listed` has it. `fields`: those for which any table of sales has a column."""
    texts = [_LINES, _SAID, _MATCHED, _VERSIONS, *([_KEPT] if changes is Changes.KEEP else [])]
    return [_put(text, dimension, fields) for text in texts]


def places(dimension: Dimension, fields: Collection[str]) -> str:
    """`<word>_place`: from an id and what a line says to the key of the version, once the dimension has its keys."""
    return _put(_PLACES, dimension, fields)


def match(dimension: Dimension, fields: Collection[str]) -> str:
    """The condition under which a row of `<word>_place` is that of a sale `s`."""
    place = f"{dimension.word}_place"
    ids = f"{place}.id = COALESCE(s.{dimension.id}, '{UNKNOWN_ID}')"
    return listing(
        [ids, *(same(f"{place}.{one}", f"s.{one}") for one in _present(dimension, fields))], " AND "
    )


def _present(dimension: Dimension, fields: Collection[str]) -> list[str]:
    return [one for one in dimension.attributes if one in fields]


def _put(text: str, dimension: Dimension, fields: Collection[str]) -> str:
    present = _present(dimension, fields)
    spoken = {one: f"COALESCE({named(one)}, '{UNKNOWN}')" for one in present}
    return fill(
        text,
        word=dimension.word,
        id=dimension.id,
        key=dimension.key,
        star=dimension.star,
        name=named(dimension.name) if dimension.name in fields else "CAST(NULL AS VARCHAR)",
        nobody=f"'{UNKNOWN_ID}'",
        unknown=f"'{UNKNOWN}'",
        said=_more(present),
        raw=_more(f"{one} AS raw_{one}" for one in present),
        back=_more(f"s.raw_{one} AS {one}" for one in present),
        silent=listing([f"{one} IS NULL" for one in present] or ["false"], " AND "),
        spoken=listing(f"{spoken.get(one, repr(UNKNOWN))} AS {one}" for one in dimension.attributes),
        attributes=listing(dimension.attributes),
        of_match=listing(f"m.{one}" for one in dimension.attributes),
        of_before=listing(f"b.{one}" for one in dimension.told),
        known=listing((f"b.{one} = d.{one}" for one in dimension.attributes), " AND "),
        placed=listing((f"m.{one} = s.{one}" for one in dimension.attributes), " AND "),
        measures=_more(f"CAST(NULL AS DECIMAL(15,4)) AS {name}" for _, name in dimension.measures),
    )


def _more(columns: Iterable[str]) -> str:
    """Columns after others; none may be."""
    return "".join(f", {column}" for column in columns)


_LINES = """CREATE TABLE ${word}_lines AS
SELECT COALESCE($id, $nobody) AS id, $name AS name $said, min(moment) AS first, max(moment) AS last
FROM sale GROUP BY ALL"""

_SAID = """CREATE TABLE ${word}_said AS
SELECT id $raw, $silent AND id <> $nobody AS is_silent, $spoken, min(first) AS first, max(last) AS last
FROM ${word}_lines GROUP BY ALL"""

_MATCHED = """CREATE TABLE ${word}_matched AS
WITH described AS (
    SELECT id, $attributes, min(first) AS first, max(last) AS last FROM ${word}_said
    WHERE NOT is_silent OR id NOT IN (SELECT id FROM ${word}_said WHERE NOT is_silent)
    GROUP BY ALL
),
known AS (
    SELECT $id AS id, $attributes, max(version) AS version, arg_max($key, version) AS known_key
    FROM before_$word GROUP BY ALL
),
highest AS (SELECT $id AS id, max(version) AS version FROM before_$word GROUP BY ALL)
SELECT d.*, b.known_key,
    COALESCE(b.version, COALESCE(h.version, 0)
        + row_number() OVER (PARTITION BY d.id, b.version IS NULL ORDER BY d.first)) AS version,
    d.last = max(d.last) OVER (PARTITION BY d.id) AS is_current
FROM described d LEFT JOIN known b ON b.id = d.id AND $known LEFT JOIN highest h ON h.id = d.id"""

_VERSIONS = """CREATE TABLE ${word}_version AS
WITH called AS (
    SELECT id, arg_max(name, last) AS name FROM ${word}_lines WHERE name IS NOT NULL GROUP BY id
)
SELECT m.known_key, m.id, CASE WHEN m.id = $nobody THEN $unknown ELSE COALESCE(c.name, m.id) END AS name,
    $of_match $measures, m.version, CAST(NULL AS DATE) AS valid_from, CAST(NULL AS DATE) AS valid_to,
    m.is_current, m.id = $nobody AS is_inferred
FROM ${word}_matched m LEFT JOIN called c ON c.id = m.id"""

_KEPT = """INSERT INTO ${word}_version
SELECT b.$key, b.$id, $of_before, b.version, b.valid_from, b.valid_to,
    b.is_current AND b.$id NOT IN (SELECT id FROM ${word}_matched), b.is_inferred
FROM before_$word b ANTI JOIN ${word}_matched m ON m.known_key = b.$key"""

_PLACES = """CREATE TABLE ${word}_place AS
SELECT s.id $back, d.$key FROM ${word}_said s
JOIN ${word}_matched m ON m.id = s.id AND $placed JOIN $star d ON d.$id = m.id AND d.version = m.version
WHERE NOT s.is_silent
UNION ALL
SELECT s.id $back, d.$key FROM ${word}_said s
JOIN ${word}_matched m ON m.id = s.id AND m.is_current JOIN $star d ON d.$id = m.id AND d.version = m.version
WHERE s.is_silent"""
