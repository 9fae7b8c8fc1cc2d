"""Definitions as people exchange them: the `[kpi.KEY]` tables of a catalogue file, read from TOML and written as it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kpi.catalogue.catalog_file import CatalogError

MOST_BYTES = 1 << 20
BARE = re.compile(r"[A-Za-z0-9_-]+")

Entries = dict[str, dict[str, Any]]  # by key, as they are written


def read_entries(text: str) -> Entries:
    """The tables as they are written, unchecked; CatalogError where there is no such table, or anything else."""
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"this is no TOML: {error}") from error
    entries = plain.pop("kpi", None)
    if plain:
        raise CatalogError(f"found `{next(iter(plain))}`; definitions are tables like [kpi.refund_share]")
    if not isinstance(entries, dict) or not entries:
        raise CatalogError("found no definition; one begins with a line like [kpi.refund_share]")
    for key, entry in entries.items():
        if not isinstance(entry, dict):
            raise CatalogError(f"found `{key}` = {entry!r}; a definition is a table like [kpi.{key}]")
    return entries


def write_entries(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """What `read_entries` reads as the same again; values are texts, whole numbers, numbers and lists of texts."""
    return "\n".join("\n".join(_table(key, entry)) + "\n" for key, entry in entries.items())


def _table(key: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"[kpi.{key if BARE.fullmatch(key) else _text(key)}]"
    for name, value in entry.items():
        yield f"{name} = {_value(value)}"


def _value(value: str | float | Sequence[str]) -> str:
    if isinstance(value, str):
        return _lines(value) if "\n" in value else _text(value)
    if isinstance(value, int | float):
        return repr(value)
    return f"[{', '.join(_text(each) for each in value)}]"


def _lines(text: str) -> str:
    """A text of several lines, as it reads: what is special in a line is escaped, and the line ends are not."""
    return '"""\n' + "\n".join(_text(line)[1:-1] for line in text.split("\n")) + '"""'


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
