"""Pieces of SQL for DuckDB, made of our own names and words. The text of a cell is never part of them."""

from __future__ import annotations

from collections.abc import Iterable

# What trims a text, beyond the spaces that `trim` knows by itself: controls, zero-width marks, the byte-order mark.
_EDGES = (*range(0x21), 0x7F, 0x85, 0xA0, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)  # fmt: skip
CELLS = "cells"  # the raw rows: line, problem, raw, c0, c1, …


def quoted(name: str) -> str:
    """The name of a column as DuckDB takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def is_one_of(text: str, words: Iterable[str]) -> str:
    """Whether a text without controls at its edges is one of our own words.

    Not `IN`: of that the engine makes a join, for which it works the text out for every row, asked for or not.
    """
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"contains(concat_ws(chr(31), '', {listed}, ''), chr(31) || {text} || chr(31))"


def bare(cell: str) -> str:
    """The text without anything invisible at its edges and without NUL, which no database keeps; empty where blank."""
    edges = " || ".join(f"chr({point})" for point in _EDGES if point)
    thorough = f"trim(replace({cell}, chr(0), ''), {edges})"
    return f"CASE WHEN {cell} BETWEEN ' ' AND '~' AND {ends_visibly(cell, ' ')} THEN trim({cell}) ELSE {thorough} END"


def ends_visibly(cell: str, least: str = "!") -> str:
    """Whether the last sign of a text is an ASCII one from `least` on, and there is no NUL in it."""
    return f"({cell}[-1] BETWEEN '{least}' AND '~' AND NOT contains({cell}, chr(0)))"


def begins(cell: str, signs: str) -> str:
    """Whether the text begins with one of these ASCII signs; texts are compared from their beginning, which is cheap."""
    codes = sorted(map(ord, signs))
    starts = [code for code in codes if code - 1 not in codes]
    ends = [code for code in codes if code + 1 not in codes]
    ranges = (
        f"{cell} >= '{chr(start)}' AND {cell} < '{chr(end + 1)}'"
        for start, end in zip(starts, ends, strict=True)
    )
    return f"({' OR '.join(ranges)})"
