"""Web pages and web archives that are named workbooks: each table is a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html import unescape

from kpi.reading.cells import HIDDEN, Note, RawSheet
from kpi.reading.container import too_large
from kpi.reading.formats import WANTED
from kpi.reading.html_table import HtmlTable, TableFinder, grid, joined
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused, refusal
from kpi.reading.sheet_scan import hidden_rows
from kpi.reading.text_table import BOMS, decode, encoding_notes
from kpi.report import Effect

_HEAD = 1 << 16
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{3,20})""", re.IGNORECASE)
# Names that pages write, as Python knows them. Browsers take Latin-1 and ASCII for Windows-1252.
_ENCODINGS = re.compile(
    r"(?:utf-?8|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|gb2312|gbk|gb18030|big5|euc-(?:jp|kr))"
)
_AS_CP1252 = ("iso-8859-1", "us-ascii", "ascii", "latin1", "iso_8859-1")
_WORKSHEET = re.compile(r"<x:ExcelWorksheet>(.{0,4000}?)</x:ExcelWorksheet>", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"<x:Name>([^<]{1,200})</x:Name>", re.IGNORECASE)
_SOURCE = re.compile(r"""<x:WorksheetSource\s+HRef=["']?([^"'>]{1,500})""", re.IGNORECASE)
_HIDDEN_SHEET = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden\s*</x:Visible>", re.IGNORECASE)
_NOT_SHOWN = "the page does not show it"


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of text, and the name that the workbook gives to it."""

    text: str
    encoding: str
    name: str = ""
    hidden: bool = False


def read_html(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """The tables of a page that have more than one row and column, in their order; every cell is text or exact."""
    text, encoding = _decoded(data)
    names = list(_sheet_names(text).values())
    page = _Page(
        text, encoding, names[0] if len(names) == 1 else "", bool(_HIDDEN_SHEET.search(text[:_HEAD]))
    )
    yield from _sheets([page], limits)


def read_mhtml(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """The tables of all pages in a web archive, which Excel writes as one page a sheet."""
    try:
        parts = [part for part in message_from_bytes(data).walk() if part.get_content_type() == "text/html"]
        pages = [
            (*_decoded(_content(part), part.get_content_charset() or ""), _location(part)) for part in parts
        ]
    except (RecursionError, ValueError, LookupError, TypeError) as error:
        raise _unreadable(f"a web archive (MHTML) that is damaged ({error})") from error
    names: dict[str, str] = {}
    for text, _, _ in pages:
        names |= _sheet_names(text)
    yield from _sheets(
        [
            _Page(text, encoding, names.get(location, ""), bool(_HIDDEN_SHEET.search(text[:_HEAD])))
            for text, encoding, location in pages
        ],
        limits,
    )


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _location(part: Message) -> str:
    return _last(str(part.get("Content-Location", "")))


def _last(address: str) -> str:
    return address.replace("\\", "/").rsplit("/", 1)[-1].strip().casefold()


def _sheet_names(text: str) -> dict[str, str]:
    """The names of the sheets by the pages that hold them, as Excel writes them into a comment at the top."""
    found = {}
    for number, sheet in enumerate(_WORKSHEET.findall(text[:_HEAD])):
        if name := _NAME.search(sheet):
            source = _SOURCE.search(sheet)
            found[_last(source[1]) if source else str(number)] = unescape(name[1]).strip()
    return found


def _decoded(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text and its encoding: by byte order mark, then as the page or its archive says, then as any text."""
    if not data.startswith(tuple(BOMS)):
        stated = _CHARSET.search(data[:4096])
        for name in (declared, stated[1].decode("ascii") if stated else ""):
            encoding = "cp1252" if name.lower() in _AS_CP1252 else name.lower()
            if encoding == "cp1252" or _ENCODINGS.fullmatch(encoding):
                try:
                    return data.decode(encoding), "stated"
                except (UnicodeDecodeError, LookupError):
                    continue
    return decode(data)


def _sheets(pages: list[_Page], limits: Limits) -> Iterator[RawSheet]:
    used: set[str] = set()
    for page in pages:
        tables = [table for table in _tables(page) if _is_table(table)]
        for table in tables:
            wanted = (
                (page.name if len(tables) == 1 else "") or joined(table.caption) or table.heading or page.name
            )
            if len(used) == limits.sheets:
                raise too_large(f"more than {limits.sheets} tables", f"at most {limits.sheets}")
            name = _free(wanted, used)
            used.add(name)
            yield _sheet(name, table, page, limits)
    if not used:
        raise _unreadable(
            "a web page (HTML) without a table of several rows and columns, whatever its name says"
        )


def _tables(page: _Page) -> list[HtmlTable]:
    finder = TableFinder()
    try:
        finder.feed(page.text)
        finder.close()
    except AssertionError as error:  # what html.parser raises on declarations of a kind that it does not know
        raise _unreadable(f"a web page (HTML) that is damaged ({error})") from error
    return finder.tables


def _is_table(table: HtmlTable) -> bool:
    """More than one row and one column: a table that only places things on the page has fewer."""
    rows = [*table.rows, *table.foot]
    return sum(map(bool, rows)) > 1 and max(sum(cell.span for cell in row) for row in rows) > 1


def _free(wanted: str, used: set[str]) -> str:
    """The name itself, or the first with a number behind it that is not taken."""
    if wanted and wanted not in used:
        return wanted
    return next(
        name
        for number in range(1 if not wanted else 2, len(used) + 3)
        if (name := f"{wanted or 'Table'} {number}") not in used
    )


def _sheet(name: str, table: HtmlTable, page: _Page, limits: Limits) -> RawSheet:
    if table.hidden or page.hidden:
        return RawSheet(name, (), left=HIDDEN if page.hidden else _NOT_SHOWN)
    columns, merges = grid(table, limits)
    hidden = sorted(row for row in table.hidden_rows if any(column[row] != "" for column in columns))
    notes: tuple[Note, ...] = (
        *encoding_notes(page.encoding),
        *(() if table.whole else (_unended(table),)),
        *hidden_rows(len(hidden), hidden[0] if hidden else None, filtered=False),
    )
    return RawSheet(name, columns, typed=False, notes=notes, merges=tuple(merges))


def _unended(table: HtmlTable) -> Note:
    problem = "a page that was cut off while being copied ends so"
    row = max(len(table.rows) + len(table.foot) - 1, 0)
    return Note(row, 0, "a table without its end", problem, "the rows there are were read", Effect.DOUBT)


def _unreadable(found: str) -> Refused:
    return refusal("wrong_type", found, WANTED, "Export the table as .xlsx or .csv and load that file.")
