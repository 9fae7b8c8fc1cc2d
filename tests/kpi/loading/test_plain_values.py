"""Our values go through JSON and come back as they were, or not at all."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pytest

from kpi.loading.plain_values import UnfitError, from_plain, to_plain


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Outer:
    number: int | None
    colour: Colour
    inner: tuple[Inner, ...]
    words: frozenset[str]
    proved: Mapping[str, Collection[str]]
    table: pa.Table
    signs: pa.Array | None = None


TABLE = pa.table(
    {
        "region": pa.array(["North", None, "North"]).dictionary_encode(),
        "revenue": pa.array([1.5, None, float("inf")]),
    }
)
OUTER = Outer(
    7,
    Colour.RED,
    (Inner("Grüße \0 \ud800", 1), Inner("", 0.1)),
    frozenset({"a", "b"}),
    {"date_order": {"day first"}, "none": ()},
    TABLE,
    pa.array(["EUR", None]),
)


def there_and_back(value: Any, kind: Any) -> Any:
    arrays: list[pa.RecordBatch] = []
    plain = json.loads(json.dumps(to_plain(value, kind, arrays)))
    return from_plain(plain, kind, arrays)


def test_a_value_of_all_kinds_comes_back_as_it_was() -> None:
    back = there_and_back(OUTER, Outer)
    assert back == OUTER
    assert back.table.schema == TABLE.schema
    assert [type(one) for one in back.proved.values()] == [set, tuple]
    assert [type(one.share) for one in back.inner] == [int, float]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param("seven", int, id="a text for a number"),
        pytest.param(True, int, id="a truth for a number"),
        pytest.param([1], tuple[int, ...], id="a list for a tuple"),
        pytest.param((1, "b"), tuple[int, ...], id="one of another kind among many"),
        pytest.param(object(), int | None, id="none of those that may stand there"),
        pytest.param(pa.chunked_array([[1], [2]]), pa.Array, id="an array in chunks"),
        pytest.param(pa.concat_tables([TABLE, TABLE]), pa.Table, id="a table in chunks"),
        pytest.param(TABLE.slice(0, 0).select([]), pa.Table, id="a table without columns"),
    ],
)
def test_what_is_not_declared_is_not_written(value: object, kind: object) -> None:
    with pytest.raises(UnfitError):
        to_plain(value, kind, [])


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param(["name"], id="a field is missing"),
        pytest.param(["name", 1.0, "more"], id="a field too many"),
        pytest.param([1, 1.0], id="a number for a text"),
        pytest.param(["name", True], id="a truth for a number"),
        pytest.param(None, id="nothing"),
        pytest.param({"name": "x", "share": 1.0}, id="names, which nobody writes, of other types"),
    ],
)
def test_what_is_of_another_make_is_not_read(plain: object) -> None:
    with pytest.raises(UnfitError):
        from_plain(plain, Inner, [])


@pytest.mark.parametrize("plain", [["list", ["a"]], ["deque", ["a"]], ["frozenset", [1]], 3])
def test_a_collection_of_another_kind_is_not_read(plain: object) -> None:
    with pytest.raises(UnfitError):
        from_plain(plain, frozenset[str], [])


def test_a_member_that_does_not_exist_is_not_read() -> None:
    with pytest.raises(UnfitError):
        from_plain("green", Colour, [])
