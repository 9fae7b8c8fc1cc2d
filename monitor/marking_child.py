"""The child that makes the marked copy of one workbook, bounded as the one that reads: it parses what a stranger made.

    python -m monitor.marking_child < request.json

Leaves `marked.xlsx` in the folder it is given, or `refusal.json` where the file cannot be copied, and exits with 0.
An .xlsx stays what it is, with its formats and formulas; of every other file a plain workbook is made.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.reader_child import NO_MEMORY, limit_itself

MARKED, REFUSAL = "marked.xlsx", "refusal.json"


def main() -> None:
    """Reads the request from stdin and answers it."""
    gc.disable()  # millions of cells and no garbage among them
    request = json.load(sys.stdin)
    limit_itself(request["memory_bytes"], request["cpu_seconds"])
    try:
        _make(request)
    except MemoryError:
        os._exit(NO_MEMORY)
    os._exit(0)


def _make(request: Mapping[str, Any]) -> None:
    from kpi.reading.book import without_lock  # noqa: PLC0415 -- inside the limits, as all that follows
    from kpi.reading.limits import Limits  # noqa: PLC0415
    from kpi.reading.refused import Refused  # noqa: PLC0415
    from kpi.report import FileReport  # noqa: PLC0415
    from monitor.mark_book import Order, mark  # noqa: PLC0415

    out = Path(request["out"])
    report = FileReport.from_dict(request["report"])
    order = Order(request["name"], request["about"], report, out / MARKED, Limits(**request["limits"]))
    try:
        data = without_lock(Path(request["path"]).read_bytes(), request["password"])
        mark(data, order, macros=request["macros"])
    except Refused as refused:
        (out / REFUSAL).write_text(json.dumps({"message": refused.message}), encoding="utf-8")


if __name__ == "__main__":
    main()
