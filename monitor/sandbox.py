"""Reads a workbook in a child process with a memory limit and a deadline; this process never parses one.

A reader may abort, crash, hang or eat all memory on a file that was made to do so, or by bad luck. Here each of
these becomes a refusal with a reason, like any other file that cannot be read.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from kpi.answers import Instructions
from kpi.reading.limits import MIB, Limits
from kpi.reading.refused import Refused, refusal
from kpi.report import FileReport, Ledger, Refusal, Status
from monitor.reader_child import FACTS, NO_MEMORY, REPORT

__all__ = ["FACTS", "REPORT", "SandboxLimits", "read_workbook"]

_PROJECT = Path(__file__).resolve().parent.parent
_LOG = "reader.log"
_LOG_TAIL = 4_000
_OUT_OF_MEMORY = ("memory allocation", "bad_alloc", "MemoryError", "Cannot allocate memory")
_SLOW = "Split the workbook into smaller ones, or save it again in Excel, and load that."


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What one child may use. `reading` are the limits on the file itself."""

    memory_bytes: int = 3072 * MIB
    seconds: int = 120
    reading: Limits = field(default_factory=Limits)


def read_workbook(
    path: Path,
    out: Path,
    limits: SandboxLimits | None = None,
    *,
    instructions: Instructions | None = None,
    name: str = "",
) -> FileReport:
    """The report on the file; where it says loaded, the facts lie in `out / FACTS`.

    `name` is what people call the file, where `path` is a copy of it. `out` is an existing folder of the caller's
    own. Never raises for what is in the file: a child that was killed or crashed is a report with status REJECTED
    and a code: too_slow, too_large or unreadable.
    """
    limits = limits or SandboxLimits()
    request = {
        "path": str(path.resolve()),
        "name": name or path.name,
        "out": str(out.resolve()),
        "instructions": (instructions or Instructions()).to_dict(),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.seconds,
        "limits": asdict(limits.reading),
    }
    try:
        _run(request, out / _LOG, limits)
        return FileReport.from_dict(json.loads((out / REPORT).read_text(encoding="utf-8")))
    except Refused as refused:
        (out / FACTS).unlink(missing_ok=True)
        error = Refusal(refused.code, f"{name or path.name}: {refused.message}")
        return FileReport(Status.REJECTED, Ledger(), error=error)
    finally:
        (out / _LOG).unlink(missing_ok=True)


def _run(request: Mapping[str, Any], log: Path, limits: SandboxLimits) -> None:
    """Runs the child to its end; raises Refused where it did not end by itself, with an answer."""
    with log.open("wb") as errors, _start(request["out"], errors) as child:
        try:
            child.communicate(json.dumps(request).encode(), timeout=limits.seconds)
        except subprocess.TimeoutExpired as error:
            raise _too_slow(limits) from error
        finally:
            _kill(child)
    if child.returncode:
        raise _crashed(child.returncode, _tail(log), limits)


def _start(folder: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "monitor.reader_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env={"PYTHONPATH": str(_PROJECT), "LANG": "C.UTF-8"},  # nothing of ours: no tokens, no addresses
        cwd=folder,
        start_new_session=True,
    )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the child with everything it may have started, whatever ended the wait for it."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _tail(log: Path) -> str:
    return log.read_bytes()[-_LOG_TAIL:].decode("utf-8", "replace")


def _crashed(code: int, log: str, limits: SandboxLimits) -> Refused:
    if code == -signal.SIGXCPU:
        return _too_slow(limits)
    if code in (NO_MEMORY, -signal.SIGKILL) or any(sign in log for sign in _OUT_OF_MEMORY):
        return refusal(
            "too_large",
            f"a workbook that needs more than {limits.memory_bytes // MIB:,} MiB of memory to read",
            "one that fits",
            "Delete cells far away from the table, split the workbook, and load that.",
        )
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return refusal(
        "unreadable",
        f"a file on which the reader stopped ({how})",
        "a workbook as spreadsheet programs write it",
        "Open it in Excel, save it as .xlsx and load that file.",
    )


def _too_slow(limits: SandboxLimits) -> Refused:
    return refusal(
        "too_slow",
        f"a workbook that takes more than {limits.seconds} seconds to read",
        "one that is read in time",
        _SLOW,
    )
