"""Workbooks that were made to do harm, small as they come: each as bytes."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

from tests.fakes.zip_mutants import zipped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SECRET = "file:///etc/passwd"


def _typed(text: str) -> str:
    return f't="inlineStr"><is><t>{text}</t></is></c>'


def _row(number: int, *texts: str, revenue: str = "") -> str:
    letters = "ABCDEFGH"
    cells = [f'<c r="{letters[place]}{number}" {_typed(text)}' for place, text in enumerate(texts)]
    amount = f'<c r="{letters[len(texts)]}{number}"><v>{revenue}</v></c>' if revenue else ""
    return f'<row r="{number}">{"".join(cells)}{amount}</row>'


ROWS = _row(1, "Date", "Region", "Revenue") + "".join(
    _row(number, f"2025-01-{number:02d}", "North", revenue="10") for number in range(2, 12)
)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
FAR_ERROR = '<row r="1048576"><c r="XFD1048576" t="e"><v>#N/A</v></c></row>'
SMALL_EXTENT = '<dimension ref="A1:C11"/>'


def _list_of(links: Sequence[tuple[str, str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{key}" Type="{_LINKS}/{kind}" Target="{target}"/>' for key, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def parts(
    rows: str = ROWS, *, names: Sequence[str] = ("Data",), extent: str = "", head: str = ""
) -> dict[str, bytes]:
    """An .xlsx by its parts, with these rows on each of its sheets; `head` stands before the XML of each sheet."""
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{place}" r:id="r{place}"/>' for place, name in enumerate(names, 1)
    )
    links = [(f"r{place}", "worksheet", f"worksheets/sheet{place}.xml") for place in range(1, len(names) + 1)]
    cells = f'{head}<worksheet xmlns="{_MAIN}">{extent}<sheetData>{rows}</sheetData></worksheet>'
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _list_of([("r", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _list_of(links),
        **{f"xl/{target}": cells for _, _, target in links},
    }
    return {name: text.encode() for name, text in texts.items()}


def book(rows: str = ROWS, *, names: Sequence[str] = ("Data",), extent: str = "", head: str = "") -> bytes:
    return zipped(parts(rows, names=names, extent=extent, head=head))


def zip_bomb(mebibytes: int) -> bytes:
    """A sheet of that many blanks, a thousand times smaller when packed."""
    return book(ROWS + " " * (mebibytes << 20))


def entities(*, late: bool = False) -> bytes:
    """Entities that refer to each other: ten lines that unfold into gigabytes. `late` puts them beyond a first look."""
    steps = "".join(f'<!ENTITY e{step} "{f"&e{step - 1};" * 10}">' for step in range(1, 10))
    head = f'<?xml version="1.0"?>{" " * 9000 * late}<!DOCTYPE x [<!ENTITY e0 "lol">{steps}]>'
    return book(ROWS.replace("North", "&e9;"), head=head)


def outside(*, late: bool = False) -> bytes:
    """An entity that names a file of the machine."""
    head = f'<?xml version="1.0"?>{" " * 9000 * late}<!DOCTYPE x [<!ENTITY e SYSTEM "{_SECRET}">]>'
    return book(ROWS.replace("North", "&e;"), head=head)


def linked_outside() -> bytes:
    """A workbook whose sheet, as it says, lies in a file of the machine."""
    made = parts()
    links = made["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", _SECRET.encode())
    return zipped({**made, "xl/_rels/workbook.xml.rels": links})


def climbing() -> bytes:
    """Parts whose names lead out of the archive; the workbook itself is whole."""
    names = ("../../escaped.xml", "/escaped.xml", "C:\\escaped.xml", "xl/../../escaped.rels")
    return zipped({**parts(), **dict.fromkeys(names, b"<x/>")})


def lying_size() -> bytes:
    """A sheet that is larger than its archive says."""
    data = bytearray(book(ROWS + " " * 100_000))
    places = [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)]
    at = next(at for at in places if data.startswith(b"xl/worksheets/sheet1.xml", at + 46))
    struct.pack_into("<I", data, at + 24, 500)
    return bytes(data)


def ods(rows: str, *, head: str = "") -> bytes:
    """An .ods with these rows on its one sheet."""
    out = io.BytesIO()
    names = 'xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:calcext="c"'
    content = (
        f'<?xml version="1.0"?>{head}<office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return out.getvalue()


def ods_row(text: str, *, rows: str = "1", columns: str = "1") -> str:
    """A row of one cell, repeated as often as it says."""
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'calcext:value-type="error" table:number-columns-repeated="{columns}"><text:p>{text}</text:p>'
        "</table:table-cell></table:table-row>"
    )
