"""Pieces of SQL that several steps use. What is filled into a text are names and constants of ours, never a cell."""

from __future__ import annotations

from collections.abc import Iterable
from string import Template

LONGEST_ID, LONGEST_NAME = 120, 255  # characters that the star schema holds
_HASH = 32  # letters of an MD5, which stands for the rest of an id that is too long


def fill(text: str, **parts: str) -> str:
    """The statement with its `$names` filled in."""
    return Template(text).substitute(parts)


def listing(parts: Iterable[str], between: str = ", ") -> str:
    return between.join(parts)


def fitting(text: str) -> str:
    """A text as an id: one that is too long keeps its beginning, and stays different from every other one."""
    kept = LONGEST_ID - _HASH - 1
    return f"CASE WHEN length({text}) > {LONGEST_ID} THEN left({text}, {kept}) || '~' || md5({text}) ELSE {text} END"


def named(text: str) -> str:
    """A text as a name: what is too long is cut."""
    return f"left({text}, {LONGEST_NAME})"


def same(left: str, right: str) -> str:
    """Equal, or both empty."""
    return f"{left} IS NOT DISTINCT FROM {right}"


def as_csv(columns: Iterable[str]) -> str:
    """A row as a line of CSV; what is empty is nothing between two commas."""
    return listing((_cell(column) for column in columns), " || ',' || ") or "''"


def _cell(column: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    quoted = f"'\"' || replace({text}, '\"', '\"\"') || '\"'"
    return f"COALESCE(CASE WHEN regexp_matches({text}, '[,\"\\r\\n]') THEN {quoted} ELSE {text} END, '')"
