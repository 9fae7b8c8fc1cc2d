"""The members that lists name, and those that sales name beside them.

Every step works on `<word>_version`: known_key (of the version before; empty: a new one), id, what the star says,
version, valid_from, valid_to, is_current, is_inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from kpi.sales.conform.dimension import Dimension
from kpi.sales.conform.text import fill, listing, named, same
from kpi.sales.options import Changes
from kpi.sales.star import UNKNOWN, UNKNOWN_ID

VALIDITY = "CAST(NULL AS DATE) AS valid_from, CAST(NULL AS DATE) AS valid_to"


def described(dimension: Dimension) -> str:
    """The rows of the lists that stay, with `Unknown` for what they leave empty."""
    return fill(
        "CREATE TABLE ${word}_listed AS SELECT id, $told FROM ${word}_read ANTI JOIN dropped USING (t, line)",
        word=dimension.word,
        told=listing(_described(dimension)),
    )


def _described(dimension: Dimension) -> Iterator[str]:
    yield f"COALESCE({named('name')}, id) AS name"
    yield from (f"COALESCE({named(one)}, '{UNKNOWN}') AS {one}" for one in dimension.attributes)
    yield from (name for _, name in dimension.measures)


def versions(dimension: Dimension, changes: Changes, today: date) -> list[str]:
    """One version of each member, or one more of each that changed since the version before."""
    if changes is Changes.OVERWRITE:
        return [_put(_OVERWRITTEN, dimension)]
    return [_put(text, dimension, today=f"DATE '{today.isoformat()}'") for text in _KEPT]


def infer(dimension: Dimension, *, names: bool) -> str:
    """Makes members of the ids that sales name and nothing lists; `names`: their lines may say how they are called."""
    name = (
        f"arg_max({named(dimension.name)}, moment) FILTER ({dimension.name} IS NOT NULL)" if names else "NULL"
    )
    return _put(_INFERRED, dimension, name=f"CAST({name} AS VARCHAR)", nothing=listing(_nothing(dimension)))


def _nothing(dimension: Dimension) -> Iterator[str]:
    yield from (f"'{UNKNOWN}'" for _ in dimension.attributes)
    yield from ("NULL" for _ in dimension.measures)


def number(dimension: Dimension) -> str:
    """The dimension as the star has it; new versions are numbered above all that were, in the order of their ids."""
    return _put(_NUMBERED, dimension)


def _put(text: str, dimension: Dimension, **parts: str) -> str:
    told = dimension.told
    return fill(
        text,
        word=dimension.word,
        id=dimension.id,
        key=dimension.key,
        star=dimension.star,
        told=listing(told),
        of_list=_of("l", told),
        of_before=_of("b", told),
        alike=listing((same(f"l.{one}", f"b.{one}") for one in told), " AND "),
        unknown=listing((f"b.{one} = '{UNKNOWN}'" for one in dimension.attributes), " AND "),
        nobody=f"'{UNKNOWN_ID}'",
        unknown_name=f"'{UNKNOWN}'",
        validity=VALIDITY,
        **parts,
    )


def _of(relation: str, columns: Iterable[str]) -> str:
    return listing(f"{relation}.{column}" for column in columns)


_OVERWRITTEN = """CREATE TABLE ${word}_version AS
SELECT b.$key AS known_key, l.id, $of_list, COALESCE(b.version, 1) AS version, $validity,
    true AS is_current, false AS is_inferred
FROM ${word}_listed l LEFT JOIN before_$word b ON b.$id = l.id AND b.is_current"""

# A version that sales alone had told, and one that began today, never told anything else: they are put right in place.
# Versions without an end that are not current come from lines of sales; they are no history.
_KEPT = (
    """CREATE TABLE ${word}_compared AS
SELECT l.*, b.$key AS known_key, b.version AS known_version, b.valid_from AS began,
    COALESCE((SELECT max(o.version) FROM before_$word o WHERE o.$id = l.id), 0) AS last_version,
    b.$id IS NOT NULL AND NOT ($alike) AND NOT (b.is_inferred AND $unknown)
        AND (b.valid_from IS NULL OR b.valid_from < $today) AS is_changed
FROM ${word}_listed l LEFT JOIN before_$word b ON b.$id = l.id AND b.is_current""",
    """CREATE TABLE ${word}_version AS
SELECT CASE WHEN is_changed THEN NULL ELSE known_key END AS known_key, l.id, $of_list,
    CASE WHEN is_changed THEN last_version + 1 ELSE COALESCE(known_version, 1) END AS version,
    CASE WHEN is_changed THEN $today ELSE began END AS valid_from, CAST(NULL AS DATE) AS valid_to,
    true AS is_current, false AS is_inferred
FROM ${word}_compared l
UNION ALL
SELECT b.$key, b.$id, $of_before, b.version, b.valid_from, $today, false, b.is_inferred
FROM before_$word b JOIN ${word}_compared l ON b.$id = l.id WHERE b.is_current AND l.is_changed
UNION ALL
SELECT b.$key, b.$id, $of_before, b.version, b.valid_from, b.valid_to, false, b.is_inferred
FROM before_$word b JOIN ${word}_compared l ON b.$id = l.id WHERE NOT b.is_current AND b.valid_to IS NOT NULL
UNION ALL
SELECT b.$key, b.$id, $of_before, b.version, b.valid_from, b.valid_to, b.is_current, true
FROM before_$word b ANTI JOIN ${word}_listed l ON b.$id = l.id
WHERE (b.is_current OR b.valid_to IS NOT NULL) AND (b.$id <> $nobody OR ($unknown))""",
)

_INFERRED = """INSERT INTO ${word}_version
SELECT b.$key, s.id, CASE WHEN s.id = $nobody THEN $unknown_name ELSE COALESCE(s.name, s.id) END, $nothing,
    COALESCE(b.version, 1), NULL, NULL, true, true
FROM (
    SELECT COALESCE($id, $nobody) AS id, $name AS name FROM sale
    ANTI JOIN ${word}_version v ON v.id = COALESCE($id, $nobody) GROUP BY 1
) s LEFT JOIN before_$word b ON b.$id = s.id AND b.is_current"""

_NUMBERED = """CREATE TABLE $star AS
SELECT CAST(COALESCE(known_key, (SELECT COALESCE(max($key), 0) FROM before_$word)
        + row_number() OVER (PARTITION BY known_key IS NULL ORDER BY id, version)) AS INTEGER) AS $key,
    id AS $id, $told, CAST(version AS INTEGER) AS version, valid_from, valid_to, is_current, is_inferred
FROM ${word}_version"""
