"""The files as people handed them in, kept once per content: what a marked copy is made from.

No figure is made of them. They are kept beside the snapshots, and are no part of a backup.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from storage.facts import STRAY_AGE, make_durable

LARGEST = 100 << 20  # bytes of one file; larger ones are refused anyway
MOST = 4 << 30  # bytes of all together; beyond that the oldest go first
PRIVATE = 0o600
NO_LINK = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK)

log = logging.getLogger(__name__)


class NotMarkedError(Exception):
    """There is no marked copy of an original; the message says why. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class MarkedCopy:
    """A copy of an original in which every problem is marked: a name for it, and its bytes."""

    name: str
    content: bytes


def original_name(sha256: str, suffix: str) -> str:
    """The name below the folder; a suffix that is none of ours is left away."""
    suffix = suffix.lower()
    return sha256 + (suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else "")


def keep(staged: Path, folder: Path, sha256: str, suffix: str) -> bool:
    """Keep the bytes of a file that was copied aside, once per content. False, with a line in the log, where they
    cannot be kept: a load does not fail because of that.
    """
    target = folder / original_name(sha256, suffix)
    try:
        if target.exists():
            os.utime(target)  # it was needed again just now
            return True
        if staged.stat().st_size > LARGEST:
            log.warning("%s is not kept: it is larger than %d MiB.", target.name, LARGEST >> 20)
            return False
        folder.mkdir(parents=True, exist_ok=True)
        _adopt(staged, target)
    except OSError as error:
        log.warning("%s is not kept: %s", target.name, error.strerror or type(error).__name__)
        return False
    return True


def find(folder: Path, sha256: str) -> Path | None:
    """The file of that content, whatever its suffix; None where it was not kept, or is kept no longer."""
    return next(iter(sorted(folder.glob(f"{sha256}*"))), None) if sha256 else None


def sweep(folder: Path, referenced: set[str], now: float, most: int = MOST) -> list[str]:
    """Remove what no load of `referenced` (their SHA-256) needs, and the oldest of the rest beyond `most` bytes.

    Names what was removed. What is younger than any running load stays; `now` in seconds since 1970.
    """
    removed, room = [], most
    for entry, about in sorted(_files(folder), key=lambda one: one[1].st_mtime, reverse=True):
        room -= about.st_size
        needed = entry.name.split(".")[0] in referenced
        if (not needed or room < 0) and now - about.st_mtime > STRAY_AGE.total_seconds():
            (folder / entry.name).unlink(missing_ok=True)
            removed.append(entry.name)
            room += about.st_size
    return sorted(removed)


def _files(folder: Path) -> list[tuple[os.DirEntry[str], os.stat_result]]:
    """Each file with its size and age, also those of a keeping that died half-way."""
    if not folder.exists():
        return []
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # gone since the folder was listed
                found.append((entry, entry.stat()))
    return found


def _adopt(staged: Path, target: Path) -> None:
    """The staged bytes under their name, in one step; shared with the staged file where the disk can do that."""
    aside = target.with_name(f".{uuid4().hex}.tmp")
    try:
        try:
            os.link(staged, aside)
        except OSError as error:
            if error.errno not in NO_LINK:
                raise
            shutil.copyfile(staged, aside)
        aside.chmod(PRIVATE)
        make_durable(aside)
        aside.replace(target)
        make_durable(target.parent)
    finally:
        aside.unlink(missing_ok=True)
