"""Where what came of the sheets of each source lies, for its next file; only the child that reads looks into it.

It can be deleted at any time: the next file is then read whole. Nothing here is an error that a load could fail by.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from contextlib import suppress
from pathlib import Path

from kpi.loading.remembered import MOST_BYTES

MOST = 4 << 30  # bytes of all sources together; beyond that the oldest go first
OLDEST = 60 * 86_400  # seconds since the last load of a source
_PRIVATE = 0o700
_KEY = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger(__name__)


def place_of(folder: Path, dataset: str, key: str) -> Path:
    """The folder of one source. Hashed, for a source may be called anything."""
    return folder / hashlib.sha256(f"{dataset}\0{key}".encode()).hexdigest()


def keep(left: Path, place: Path) -> None:
    """Put what the child left in the place of what was there; `left` is on the same file system and is used up.

    Of two loads at the same time one stays. Where the child left nothing, nothing is known of the latest file.
    """
    try:
        forget(place)
        if left.is_dir() and _is_ours(left):
            place.parent.mkdir(parents=True, exist_ok=True)
            left.chmod(_PRIVATE)
            left.rename(place)
    except OSError as error:
        log.info("The sheets of a file are not kept: %s", error.strerror or type(error).__name__)


def forget(place: Path) -> None:
    """Remove what is known of a source."""
    shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path, now: float, most: int = MOST) -> None:
    """Remove what no file has used for long, and the oldest of the rest beyond `most` bytes; `now` since 1970."""
    known = []
    for place in folder.glob("*/"):
        with suppress(OSError):  # another process replaces it just now
            known.append((place.stat().st_mtime, sum(one.stat().st_size for one in place.iterdir()), place))
    room = most
    for used, size, place in sorted(known, reverse=True):
        room -= size
        if room < 0 or now - used > OLDEST:
            forget(place)


def _is_ours(left: Path) -> bool:
    """Whether the folder holds entries and nothing else, within the limit: the child had read a stranger's file."""
    size = 0
    for path in left.iterdir():
        if path.is_symlink() or not path.is_file() or not _KEY.fullmatch(path.name):
            return False
        size += path.stat().st_size
    return size <= MOST_BYTES
