"""Reads a workbook in a child process with a memory limit and a deadline; this process never parses one.

A reader may abort, crash, hang or eat all memory on a file that was made to do so, or by bad luck. Here each of
these becomes a refusal with a reason, like any other file that cannot be read.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from kpi.loading.answers import Instructions
from kpi.reading.limits import MEMORY, MIB, SECONDS, Limits
from kpi.reading.reach import Reach
from kpi.reading.refused import Refused, refusal
from kpi.report import FileReport, Ledger, Refusal, Status
from monitor.reach_file import REACH, read_reach
from monitor.reader_child import FACTS, NO_MEMORY, REPORT, SHEETS

__all__ = ["FACTS", "REPORT", "SHEETS", "SandboxLimits", "read_workbook", "run_child", "told"]

_PROJECT = Path(__file__).resolve().parent.parent
_LOG = "reader.log"
_LOG_TAIL = 4_000
_BEAT = 0.25  # seconds between two looks at a child that somebody watches
_LARGEST_REPORT = 16 * MIB
_OUT_OF_MEMORY = (
    "memory allocation",
    "bad_alloc",
    "MemoryError",
    "Cannot allocate memory",
    "can't start new thread",
    "File too large",
)
_LOGGER = logging.getLogger(__name__)
_SLOW = "Split the workbook into smaller ones, or save it again in Excel, and load that."


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What one child may use. `reading` are the limits on the file itself, `remembered` a folder of sheets that it need
    not read again, which does not need to exist. `watch` hears a few times a second how far the reading is; what it raises
    ends the child.
    """

    memory_bytes: int = 3072 * MIB
    seconds: int = 120
    reading: Limits = field(default_factory=Limits)
    remembered: Path | None = None
    watch: Callable[[Reach], None] | None = None


def read_workbook(
    path: Path,
    out: Path,
    limits: SandboxLimits | None = None,
    *,
    instructions: Instructions | None = None,
    name: str = "",
    password: str = "",
) -> FileReport:
    """The report on the file; where it says loaded, the facts lie in `out / FACTS`.

    `name` is what people call the file, where `path` is a copy of it. `out` is an existing folder of the caller's
    own. Never raises for what is in the file: a child that was killed or crashed is a report with status REJECTED
    and a code: too_slow, too_large or unreadable. The password of a locked workbook goes to the child by its stdin
    and nowhere else.

    Where the limits name a folder of remembered sheets, what came of each sheet is left in `out / SHEETS`, for the
    next child to read.
    """
    limits = limits or SandboxLimits()
    request = {
        "path": str(path.resolve()),
        "name": name or path.name,
        "out": str(out.resolve()),
        "instructions": (instructions or Instructions()).to_dict(),
        "password": password,
        "remembered": str(limits.remembered.resolve()) if limits.remembered else "",
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.seconds,
        "limits": asdict(limits.reading),
    }
    try:
        run_child("monitor.reader_child", request, out / _LOG, limits)
        return told(out / REPORT)
    except Refused as refused:
        (out / FACTS).unlink(missing_ok=True)
        error = Refusal(refused.code, f"{name or path.name}: {refused.message}")
        return FileReport(Status.REJECTED, Ledger(), error=error)
    finally:
        for passing in (_LOG, REACH):
            (out / passing).unlink(missing_ok=True)


def told(path: Path) -> FileReport:
    """What the child says; raises Refused where it says more than this process should hold."""
    size = path.stat().st_size
    if size > _LARGEST_REPORT:
        raise refusal(
            "too_large",
            f"a workbook whose headers, questions and problems alone are {size // MIB:,} MiB",
            f"at most {_LARGEST_REPORT // MIB} MiB of these",
            "Load its sheets one by one, or delete the columns that are not needed.",
        )
    return FileReport.from_dict(json.loads(path.read_bytes()))


def run_child(module: str, request: Mapping[str, Any], log: Path, limits: SandboxLimits) -> None:
    """Runs the module as a child to its end, in the folder `request["out"]`, bounded as the request tells it to be.

    Raises Refused where it did not end by itself, with an answer.
    """
    with log.open("wb") as errors, _start(module, request["out"], errors) as child:
        try:
            _wait(child, request, limits)
        except subprocess.TimeoutExpired as error:
            raise _too_slow(limits) from error
        finally:
            _kill(child)
    if child.returncode:
        tail = _tail(log)
        _LOGGER.info("%s ended with %d: %r", module, child.returncode, tail)
        raise _crashed(child.returncode, tail, limits)


def _wait(child: subprocess.Popen[bytes], request: Mapping[str, Any], limits: SandboxLimits) -> None:
    """Until it has ended; raises TimeoutExpired after the seconds it has, and whatever raises who watches it."""
    told: bytes | None = json.dumps(request).encode()
    ends = time.monotonic() + limits.seconds
    while True:
        left = max(0.0, ends - time.monotonic())
        try:
            child.communicate(told, timeout=min(left, _BEAT) if limits.watch else left)
        except subprocess.TimeoutExpired:
            if limits.watch is None or time.monotonic() >= ends:
                raise
            told = None  # it has begun to be sent, and goes on
            limits.watch(read_reach(Path(request["out"]) / REACH))
        else:
            return


def _start(module: str, folder: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- modules of our own only
        [sys.executable, "-s", "-P", "-m", module],
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
    with log.open("rb") as lines:
        lines.seek(max(log.stat().st_size - _LOG_TAIL, 0))
        return lines.read(_LOG_TAIL).decode("utf-8", "replace")


def _crashed(code: int, log: str, limits: SandboxLimits) -> Refused:
    if code == -signal.SIGXCPU:
        return _too_slow(limits)
    if code in (NO_MEMORY, -signal.SIGKILL) or any(sign in log for sign in _OUT_OF_MEMORY):
        return refusal(
            "too_large",
            f"a workbook that needs more than {limits.memory_bytes // MIB:,} MiB of memory to read",
            f"one that fits ({MEMORY})",
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
        f"one that is read in time ({SECONDS})",
        _SLOW,
    )
