"""Our dataclasses as plain JSON and back, exactly, by the types they declare; arrays of Arrow lie beside the JSON.

Only what is declared is written and read: a value of another type, or a field more or less, raises `UnfitError`.
Nothing in the JSON names a class or is evaluated.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Hashable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

_COLLECTIONS: Mapping[str, type] = {"tuple": tuple, "list": list, "set": set, "frozenset": frozenset}
_SCALARS = (str, int, float, bool, type(None))


class UnfitError(Exception):
    """The value cannot be written, or what was written is not of the type that is wanted."""


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    """The declared types of a dataclass by its fields, in their order."""
    declared = get_type_hints(kind)
    return {field.name: declared[field.name] for field in fields(kind)}  # type: ignore[arg-type]


def _is_record(kind: Any) -> bool:
    return is_dataclass(kind)


def to_plain(value: Any, hint: Any, arrays: list[pa.RecordBatch]) -> Any:
    """The value as JSON types; what lies in Arrow goes to the end of `arrays`, and its number into the JSON."""
    kind = get_origin(hint) or hint
    if kind in (Union, types.UnionType):
        chosen = _of_union(value, hint)
        return [chosen, to_plain(value, get_args(hint)[chosen], arrays)]
    if kind in (pa.Table, pa.Array):
        arrays.append(_batch(value, kind))
        return len(arrays) - 1
    if not _fits(value, kind):
        raise UnfitError(f"found {type(value).__name__}, wanted {hint}")
    return value if kind in _SCALARS else _made_plain(value, hint, arrays)


def _made_plain(value: Any, hint: Any, arrays: list[pa.RecordBatch]) -> Any:
    """A value that is made of others."""
    kind = get_origin(hint) or hint
    if _is_record(kind):
        return [to_plain(getattr(value, name), of, arrays) for name, of in _hints(kind).items()]
    if issubclass(kind, Enum):
        return value.value
    if issubclass(kind, Mapping):
        key, of = get_args(hint)
        return [[to_plain(name, key, arrays), to_plain(one, of, arrays)] for name, one in value.items()]
    return [type(value).__name__, [to_plain(one, get_args(hint)[0], arrays) for one in value]]


def from_plain(plain: Any, hint: Any, arrays: list[pa.RecordBatch]) -> Any:
    """The value that `to_plain` was given; raises UnfitError where the JSON is of anything else."""
    try:
        return _read(plain, hint, arrays)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise UnfitError(f"found {str(plain)[:80]}, wanted {hint}") from error


def _read(plain: Any, hint: Any, arrays: list[pa.RecordBatch]) -> Any:
    kind = get_origin(hint) or hint
    if kind in (Union, types.UnionType):
        chosen, value = plain
        return _read(value, get_args(hint)[chosen], arrays)
    if kind is pa.Table:
        return pa.Table.from_batches([arrays[plain]])
    if kind is pa.Array:
        (column,) = arrays[plain].columns
        return column
    if kind in _SCALARS:
        if not _fits(plain, kind):
            raise UnfitError(f"found {type(plain).__name__}, wanted {hint}")
        return plain
    return _made_of(plain, hint, arrays)


def _made_of(plain: Any, hint: Any, arrays: list[pa.RecordBatch]) -> Any:
    kind = get_origin(hint) or hint
    if _is_record(kind):
        hints = _hints(kind)
        given = zip(hints.items(), plain, strict=True)
        return kind(**{name: _read(value, of, arrays) for (name, of), value in given})
    if issubclass(kind, Enum):
        return kind(plain)
    if issubclass(kind, Mapping):
        key, of = get_args(hint)
        return {_read(name, key, arrays): _read(one, of, arrays) for name, one in plain}
    name, values = plain
    found = _COLLECTIONS[name](_read(one, get_args(hint)[0], arrays) for one in values)
    if not _fits(found, kind):
        raise UnfitError(f"found {name}, wanted {hint}")
    return found


def _fits(value: Any, kind: Any) -> bool:
    """Whether the value is what its type declares. A whole number is a number, and a text with a name a text."""
    if kind is float:
        return type(value) in (int, float)
    if kind in (int, bool):
        return type(value) is kind
    if kind is dict or (isinstance(kind, type) and issubclass(kind, Mapping)):
        return type(value) is dict
    if not isinstance(kind, type):
        return False
    if issubclass(kind, Collection) and not issubclass(kind, str):
        return type(value) in _COLLECTIONS.values() and isinstance(value, kind)
    return isinstance(value, kind)


def _of_union(value: Any, hint: Any) -> int:
    for number, one in enumerate(get_args(hint)):
        if _fits(value, get_origin(one) or one):
            return number
    raise UnfitError(f"found {type(value).__name__}, wanted {hint}")


def _batch(value: Any, kind: Any) -> pa.RecordBatch:
    """The table, or an array as a table of one column. One that lies in several chunks is not written: it would not
    lie so afterwards.
    """
    if not isinstance(value, kind):
        raise UnfitError(f"found {type(value).__name__}, wanted {kind.__name__}")
    if isinstance(value, pa.Array):
        return pa.record_batch([value], names=["values"])
    if any(column.num_chunks != 1 for column in value.columns) or not value.columns:
        raise UnfitError("found a table in several chunks, wanted one")
    return pa.record_batch([column.chunk(0) for column in value.columns], schema=value.schema)
