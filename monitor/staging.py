"""The bytes of one file set aside, so that what is hashed is what is read."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

BLOCK = 1 << 20


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder of its own for one job, gone afterwards."""
    aside = folder / uuid4().hex
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def copy_aside(path: Path, target: Path) -> str:
    """Copy the bytes; returns their SHA-256.

    Raises OSError where somebody wrote to the file meanwhile: the copy may be half of one version and half of another.
    """
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        before = os.fstat(source.fileno())
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
        after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(errno.EBUSY, "it was written to while it was read", str(path))
    return digest.hexdigest()
