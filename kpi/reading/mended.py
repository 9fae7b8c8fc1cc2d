"""Workbooks of before 1997 that were saved anew list their old macro modules as sheets that lie nowhere.

Excel passes over these; the reader does not take such a workbook at all, so it gets one without them.
"""

from __future__ import annotations

import io
import re
import zipfile

from kpi.reading.container import BROKEN_ZIP, Container
from kpi.reading.formats import cut_off

_NOWHERE = re.compile(rb"""<(?:\w+:)?sheet\s(?=[^>]*:id=["']{2})[^>]*/>""")
_NEEDED = re.compile(r"^(?:\[Content_Types\]\.xml|_rels/|xl/[^/]*\.xml$|xl/_rels/|xl/worksheets/)")


def nowhere(container: Container) -> tuple[str, ...]:
    """The names of the sheets that lie nowhere in the workbook."""
    return tuple(sheet.name for sheet in container.sheets or () if not sheet.part)


def without_them(container: Container) -> bytes | None:
    """The workbook without these sheets and without all that holds no cells; None where there are none of these."""
    if container.binary or not nowhere(container):
        return None
    archive, mended = container.archive, io.BytesIO()
    try:
        with zipfile.ZipFile(mended, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in filter(_NEEDED.match, archive.namelist()):
                content = archive.read(name)
                copy.writestr(name, _NOWHERE.sub(b"", content) if name.startswith("xl/workbook") else content)
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(str(error)) from error
    return mended.getvalue()
