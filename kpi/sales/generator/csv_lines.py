"""Columns of text to lines of CSV, without a Python object for a cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

HUNDREDTHS = pa.array([f"{number:02d}" for number in range(100)])


def quoted(cells: pa.Array) -> pa.Array:
    """Texts as cells of CSV: in quotation marks where a comma, a quotation mark or a line break is in them."""
    doubled = pc.replace_substring(cells, '"', '""')
    marked = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(cells, '[",\r\n]'), marked, cells)


def joined(columns: Sequence[pa.Array]) -> pa.Array:
    """The lines of these columns, as long as each other, without line breaks. A null is an empty cell."""
    return pc.binary_join_element_wise(*columns, ",", null_handling="replace", null_replacement="")


def whole(numbers: Numbers) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def named(prefix: str, numbers: Numbers) -> pa.Array:
    """Texts such as `C1017`."""
    return pc.binary_join_element_wise(prefix, whole(numbers), "")


def amounts(cents: Numbers) -> pa.Array:
    """Whole cents, not below zero, as `17.90`."""
    return pc.binary_join_element_wise(whole(cents // 100), HUNDREDTHS.take(pa.array(cents % 100)), ".")


def spaced(cells: pa.Array) -> pa.Array:
    """The cells with spaces around them, as people paste them."""
    return pc.binary_join_element_wise(" ", cells, "  ", "")


def replaced(values: pa.Array, places: Numbers, by: pa.Array) -> pa.Array:
    """The values with those at `places`, in ascending order, replaced by as many others."""
    mask = np.zeros(len(values), dtype=bool)
    mask[places] = True
    return pc.replace_with_mask(values, pa.array(mask), by)


def bytes_of(lines: pa.Array) -> pa.Buffer:
    """The lines as they are in the file, each with its line break."""
    ended = pc.binary_join_element_wise(lines, "", "\n")
    _, offsets, text = ended.buffers()
    first, last = np.frombuffer(offsets, dtype=np.int32)[[ended.offset, ended.offset + len(ended)]]
    return text.slice(int(first), int(last - first)) if text is not None else pa.py_buffer(b"")
