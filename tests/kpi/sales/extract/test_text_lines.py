"""Rows of text files and the lines on which they begin, against Python's own csv module."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.sales.extract.text_rows import text_batches
from kpi.sales.extract.text_shape import TextShape, read_shape
from kpi.sales.source import SourceError

HEADER = ("date", "customer_id", "product_id", "quantity", "price")

Told = list[tuple[int, bool, list[str | None]]]  # line, whether it has a problem, cells

letters = st.sampled_from(["a", "1", " ", ",", ";", '"', "\n", "\r", "\r\n", "é", "\t"])
cells = st.lists(letters, max_size=5).map("".join)
blocks = st.integers(150, 200)  # bytes, so that a few rows fill several
rows = st.lists(
    st.one_of(
        st.lists(cells, min_size=5, max_size=5),
        st.lists(cells, min_size=5, max_size=5),
        st.lists(cells, max_size=7),
    ),
    max_size=40,
)
layouts = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)


def written(rows: Sequence[Sequence[str]], separator: str, end: str, quoting: int) -> str:
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=separator, lineterminator=end, quoting=quoting).writerows([HEADER, *rows])  # type: ignore[arg-type]
    return lines.getvalue()


def by_oracle(text: str, shape: TextShape) -> Told:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=shape.separator)
    told: Told = []
    width, line = len(shape.headers), 1
    for found in reader:
        begun, line = line, reader.line_num + 1
        if begun < shape.first_line:
            continue
        if len(found) == width or not any(cell.strip() for cell in found):
            blank = len(found) != width
            told.append(
                (begun, False, [None if blank else cell or None for cell in (found + [""] * width)[:width]])
            )
        elif len(found) > width and not any(cell.strip() for cell in found[width:]):
            told.append((begun, False, [cell or None for cell in found[:width]]))
        else:
            told.append((begun, True, [None] * width))
    return told


def by_us(path: Path, shape: TextShape, block: int) -> Told:
    width = len(shape.headers)
    batches = text_batches(path, path.name, shape, path.stat().st_size, block)
    found = [row for batch in batches for row in batch.to_pylist()]
    return [
        (row["line"], row["problem"] is not None, [row[f"c{at}"] for at in range(width)]) for row in found
    ]


@settings(max_examples=200, deadline=None)
@given(rows, layouts, blocks)
def test_every_row_begins_on_the_line_on_which_the_csv_module_finds_it(
    rows: list[list[str]], layout: tuple[str, str, int, str], block: int
) -> None:
    separator, end, quoting, encoding = layout
    text = written(rows, separator, end, quoting)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        path.write_bytes(text.encode(encoding))
        shape = read_shape(path, path.name, ())
        assert by_us(path, shape, block) == by_oracle(text, shape)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('a1 ,"\n\r'), max_size=400), blocks)
def test_any_text_at_all_is_taken_apart_as_the_csv_module_does_or_refused(body: str, block: int) -> None:
    text = ",".join(HEADER) + "\n" + body
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        path.write_text(text, encoding="utf-8", newline="")
        shape = read_shape(path, path.name, ())
        with suppress(SourceError):  # a quotation mark that is not closed
            assert by_us(path, shape, block) == by_oracle(text, shape)
