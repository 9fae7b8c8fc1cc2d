"""The child that takes the lock off one workbook, bounded as the one that reads: it parses what a stranger made.

    python -m monitor.unlocking_child < request.json

Leaves `unlocked` in the folder it is given, or `refusal.json` where the file stays locked, and exits with 0.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.reader_child import NO_MEMORY, limit_itself

UNLOCKED, REFUSAL = "unlocked", "refusal.json"


def main() -> None:
    """Reads the request, which holds the password, from stdin and answers it."""
    request = json.load(sys.stdin)
    limit_itself(request["memory_bytes"], request["cpu_seconds"])
    try:
        _unlock(request)
    except MemoryError:
        os._exit(NO_MEMORY)


def _unlock(request: Mapping[str, Any]) -> None:
    from kpi.reading.book import without_lock  # noqa: PLC0415 -- inside the limits
    from kpi.reading.refused import Refused  # noqa: PLC0415

    out = Path(request["out"])
    try:
        opened = without_lock(Path(request["path"]).read_bytes(), request["password"])
    except Refused as refused:
        (out / REFUSAL).write_text(
            json.dumps({"code": refused.code, "message": refused.message}), encoding="utf-8"
        )
    else:
        (out / UNLOCKED).write_bytes(opened)


if __name__ == "__main__":
    main()
