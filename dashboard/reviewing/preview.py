"""How a sheet begins, as a table in HTML: pure. What is wrong with a cell is said by colour, by a number, and in words."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.format import count_of, format_count
from kpi.loading.effects import EFFECTS
from kpi.loading.preview import TELLING
from kpi.report import Effect, Issue, PreviewRow, SheetPreview, SheetReport

MOST_REMARKS = 8  # below one sheet
LONGEST = 160  # characters of a text of a cell
NUMERIC = ".,-+%€$£() "  # with digits: what stands to the right
STYLE = """<style>
.kpi-preview {overflow:auto; max-height:15rem; border:1px solid rgba(128,128,128,.35); border-radius:.5rem}
.kpi-preview table {border-collapse:collapse; font-size:.8rem; white-space:nowrap; font-variant-numeric:tabular-nums}
.kpi-preview caption {text-align:left; padding:.35rem .6rem; font-weight:600}
.kpi-preview th, .kpi-preview td {border:1px solid rgba(128,128,128,.25); padding:.15rem .5rem; text-align:left}
.kpi-preview th {font-weight:400; opacity:.85; background:rgba(128,128,128,.12)}
.kpi-preview td.n {text-align:right}
.kpi-preview tr.head td {font-weight:700; background:rgba(11,102,195,.12)}
.kpi-preview td.bad {background:rgba(213,94,0,.2); outline:2px solid #D55E00; outline-offset:-2px}
.kpi-preview td sup {font-weight:700; margin-left:.25rem}
.kpi-preview tr.head span {display:block; font-weight:400; opacity:.75}
.kpi-preview + details, details + details {margin-top:.4rem}
.kpi-remarks {font-size:.85rem; margin:.4rem 0 0; padding-left:1.6rem}
</style>"""


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say about a cell that is shown, by the number that stands in it."""

    number: int
    issue: Issue


def remarks_on(preview: SheetPreview, issues: Iterable[Issue]) -> dict[str, Remark]:
    """The first remark on each cell that the preview shows, by its address, in the order of the rows."""
    shown = {f"{letter}{row.row}" for row in preview.rows for letter in preview.letters}
    about = [one for one in issues if one.sheet == preview.sheet and one.effect in TELLING]
    found: dict[str, Issue] = {}
    for issue in sorted(about, key=lambda one: one.effect is not Effect.REJECTED):
        if issue.cell in shown:
            found.setdefault(issue.cell, issue)
    order = [f"{letter}{row.row}" for row in preview.rows for letter in preview.letters]
    cells = [cell for cell in order if cell in found][:MOST_REMARKS]
    return {cell: Remark(number, found[cell]) for number, cell in enumerate(cells, 1)}


def preview_html(preview: SheetPreview, sheet: SheetReport | None, issues: Iterable[Issue]) -> str:
    """The table and the remarks below it; every text in it is data. A sheet that is not used is one line to open."""
    remarks = remarks_on(preview, issues)
    head = "".join(f'<th scope="col">{letter}</th>' for letter in preview.letters)
    rows = "".join(
        _gap(preview, at) + _row(row, preview.letters, remarks, sheet) for at, row in enumerate(preview.rows)
    )
    more = f" · {count_of(preview.more_columns, 'more column')} to the right" if preview.more_columns else ""
    title = f"Sheet {_text(preview.sheet)}{_standing(sheet)}{more}"
    table = f'<table><tr><th scope="col">row</th>{head}</tr>{rows}</table>'
    box = f'<div class="kpi-preview" tabindex="0" role="region" aria-label="{title}">{table}</div>{_remarks(remarks)}'
    if sheet is not None and not sheet.used:
        return f"{STYLE}<details><summary>{title}</summary>{box}</details>"
    return f"{STYLE}<div><b>{title}</b></div>{box}"


def _standing(sheet: SheetReport | None) -> str:
    """Whether the sheet is used, and where its rows went."""
    if sheet is None:
        return ""
    if not sheet.used:
        return f" is not used: {_text(sheet.reason)}"
    rows = sheet.rows
    header = f" · header in row {format_count(sheet.header_row)}" if sheet.header_row else ""
    return f"{header} · {count_of(rows.read, 'row')}: {format_count(rows.loaded)} loaded, {format_count(rows.rejected)} rejected, {format_count(rows.set_aside)} set aside"


def _gap(preview: SheetPreview, at: int) -> str:
    """A line that says so where rows were left out before this one."""
    if at == 0 or preview.rows[at].row == preview.rows[at - 1].row + 1:
        return ""
    return f'<tr><th scope="row">⋮</th><td colspan="{len(preview.letters)}"></td></tr>'


def _row(
    row: PreviewRow, letters: Sequence[str], remarks: Mapping[str, Remark], sheet: SheetReport | None
) -> str:
    if sheet is not None and row.row == sheet.header_row:
        fields = {column.header: column.field for column in sheet.columns}
        cells = "".join(_heading(text, fields) for text in row.cells)
        return f'<tr class="head"><th scope="row">{format_count(row.row)} header</th>{cells}</tr>'
    cells = "".join(
        _cell(text, remarks.get(f"{letter}{row.row}"))
        for letter, text in zip(letters, row.cells, strict=True)
    )
    return f'<tr><th scope="row">{format_count(row.row)}</th>{cells}</tr>'


def _heading(text: str, fields: Mapping[str, str]) -> str:
    """A header and, below it, what its column was read as; nothing below one that is no column of the table."""
    if text not in fields:
        return f"<td>{_text(text)}</td>"
    return f"<td>{_text(text)}<span>{_text(fields[text].replace('_', ' ') or 'left out')}</span></td>"


def _cell(text: str, remark: Remark | None) -> str:
    classes = " ".join(filter(None, ("n" if _is_number(text) else "", "bad" if remark else "")))
    sign = f"<sup>⚠ {remark.number}</sup>" if remark else ""
    return f'<td class="{classes}">{_text(text)}{sign}</td>'


def _is_number(text: str) -> bool:
    """Digits and what stands between them; a day has two hyphens."""
    signs = all(c.isdigit() or c in NUMERIC for c in text)
    return signs and any(c.isdigit() for c in text) and text.rfind("-") <= 0


def _remarks(remarks: Mapping[str, Remark]) -> str:
    """A numbered list: the cell, what stands in it, what is wrong, and what was done."""
    if not remarks:
        return ""
    lines = "".join(f"<li>{_words(one.issue)}</li>" for one in remarks.values())
    return f'<ol class="kpi-remarks">{lines}</ol>'


def _words(issue: Issue) -> str:
    found = f": {_text(issue.found)} –" if issue.found else ":"
    header = f" ({_text(issue.header)})" if issue.header else ""
    more = f", with {format_count(issue.count - 1)} more like it" if issue.count > 1 else ""
    done = f": {_text(issue.action)}" if issue.action else ""
    return f"<b>{_text(issue.cell)}</b>{header}{found} {_text(issue.problem)}{more} → <b>{EFFECTS[issue.effect].name}</b>{done}"


def _text(text: str) -> str:
    """Escaped, on one line, and cut where it is long."""
    words = " ".join(text.split())
    return html.escape(words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")
