"""A locked workbook to one without its lock, in a child process. The password reaches the child by its stdin only."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from kpi.reading.refused import Refused
from monitor.sandbox import SandboxLimits, run_child
from monitor.unlocking_child import REFUSAL, UNLOCKED

_LOG = "unlocking.log"


def unlock(path: Path, out: Path, password: str, limits: SandboxLimits | None = None) -> Path:
    """The workbook without its lock, in the folder `out`; the same bytes where it has none.

    Raises Refused with the code `encrypted` where it needs a password, `wrong_password` where this one does not open
    it, or what the file is refused for otherwise.
    """
    limits = limits or SandboxLimits()
    request = {
        "path": str(path.resolve()),
        "out": str(out.resolve()),
        "password": password,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.seconds,
    }
    try:
        run_child("monitor.unlocking_child", request, out / _LOG, limits)
    finally:
        (out / _LOG).unlink(missing_ok=True)
    if (out / REFUSAL).exists():
        answer = json.loads((out / REFUSAL).read_text(encoding="utf-8"))
        raise Refused(answer["code"], answer["message"])
    return out / UNLOCKED


def unlocked(staging: Path, limits: SandboxLimits, content: bytes, password: str) -> bytes:
    """The same for the bytes of a file that lies nowhere yet."""
    staging.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=staging) as folder:
        path = Path(folder) / "workbook"
        path.write_bytes(content)
        return unlock(path, Path(folder), password, limits).read_bytes()
