"""Small workbooks for tests, written as a person would fill them in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed

Rows = Sequence[Any]  # of rows, each a sequence of cells


def xlsx(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = ()) -> Path:
    """A workbook with these rows on these sheets, from A1 on."""
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def text(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A text file with these rows."""
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=delimiter).writerows(rows)
    path.write_bytes(lines.getvalue().encode(encoding))
    return path


def processor(*, mapping: Mapping[str, str] | None = None, accept: bool = False) -> DataProcessor:
    """A processor that was told which header means which field, or to take the best guesses."""
    return DataProcessor(instructions=Instructions(Answers(mapping or {}), accept=accept))


def processed(folder: Path, rows: Rows, **said: Any) -> Processed:
    """What comes of one sheet named Data with these rows."""
    return processor(**said).process(xlsx(folder / "book.xlsx", {"Data": rows}))


def columns(result: Processed, *names: str) -> dict[str, list[Any]]:
    """Columns of the facts as plain lists; all but the sheet where none are named."""
    assert result.facts is not None, result.report
    wanted = names or tuple(name for name in result.facts.column_names if name != "_sheet")
    return {name: result.facts.column(name).to_pylist() for name in wanted}


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with bytes of one of its parts replaced, as another program might have written it."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            body = source.read(name)
            if name == part:
                assert old in body, body[:2000]
                body = body.replace(old, new)
            copy.writestr(name, body)
    return target
