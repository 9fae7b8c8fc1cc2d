"""Processes by name: who has something in hand, and whether that process still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from uuid import uuid4

HOST_CHARACTERS = 24  # of the 64 that a column of names has
PROCESS_NUMBERS = Path("/proc/self/ns/pid")


def process_name() -> str:
    """A name for this process that no other has: `place:process id:letters`."""
    return f"{_place()}:{os.getpid()}:{uuid4().hex[:8]}"


def is_process(name: str, process_id: int) -> bool:
    """Whether the name is of that process, as it is numbered here."""
    return name.startswith(f"{_place()}:{process_id}:")


def runs_here(name: str) -> bool | None:
    """Whether there is such a process; None where it cannot be seen from here."""
    place, _, rest = name.partition(":")
    process_id = rest.partition(":")[0]
    if os.name != "posix" or place != _place() or not process_id.isdecimal():
        return None
    try:
        os.kill(int(process_id), 0)  # asks only whether it is there
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and another user's
        return True
    return True


def _place() -> str:
    """Where process ids are counted: the machine, and the container, whatever that is called."""
    try:
        numbers = PROCESS_NUMBERS.readlink().name.strip("pid:[]")
    except OSError:  # no Linux
        numbers = ""
    return f"{socket.gethostname().replace(':', '-')[:HOST_CHARACTERS]}/{numbers}"
