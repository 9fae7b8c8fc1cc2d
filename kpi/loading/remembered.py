"""What came of the single sheets of a workbook, kept beside it, so that a sheet that did not change is not read again.

An entry is found by a key over everything that its content depends on: the mark of the sheet, what people said, the
limits and the program itself. Whatever is wrong with an entry, the sheet is read as if there were none.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.loading.plain_values import UnfitError, from_plain, to_plain
from kpi.reading.limits import MIB

Cleaned = list[CleanSheet | LeftSheet]

MOST_BYTES = 256 * MIB  # of all entries of one workbook
_MAGIC = b"KPI sheet 1\n"
_PROGRAM = Path(__file__).resolve().parent
_READERS = ("pyarrow", "python-calamine")
_FAST = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class MemoryPlace:
    """Where entries lie: `known` those of the latest load, `new` those of this one. Neither needs to exist.

    Smaller workbooks than `least_bytes` are read faster than looked up.
    """

    known: Path
    new: Path
    least_bytes: int = 2 * MIB


@dataclass(slots=True)
class SheetMemory:
    """The entries at that place for one reading of one workbook; `told` is what the reading goes by, as JSON types."""

    place: MemoryPlace
    told: Mapping[str, Any]
    found: dict[str, Cleaned] = field(default_factory=dict)
    _written: int = 0

    def knows(self, mark: str) -> bool:
        """Whether the sheet of that mark need not be read. Its entry is read here, and kept for this workbook."""
        key = self._key(mark)
        path = self.place.known / key
        try:
            if path.stat().st_size > MOST_BYTES:
                return False
            content = path.read_bytes()
            self.found[mark] = sheet_from_bytes(content)
        except (OSError, UnfitError):
            return False
        self._keep(key, len(content), lambda target: shutil.copyfile(path, target))
        return True

    def recall(self, mark: str) -> Cleaned | None:
        """What came of the sheet, None where it must be read."""
        return self.found.pop(mark, None)

    def remember(self, mark: str, cleaned: Sequence[CleanSheet | LeftSheet]) -> None:
        """Write down what came of the sheet; where it cannot be written it will be read again."""
        if not mark:
            return
        try:
            content = sheet_to_bytes(list(cleaned))
        except (UnfitError, MemoryError):  # of the memory that reading itself needs, this takes none
            return
        self._keep(self._key(mark), len(content), lambda target: target.write_bytes(content))

    def _keep(self, key: str, size: int, write: Callable[[Path], object]) -> None:
        if self._written + size > MOST_BYTES:
            return
        target = self.place.new / key
        try:
            self.place.new.mkdir(exist_ok=True)
            write(target)
        except OSError:  # half an entry is passed over when it is read
            return
        self._written += size

    def _key(self, mark: str) -> str:
        told = json.dumps([program_mark(), mark, self.told], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


@cache
def program_mark() -> str:
    """The program that reads and cleans, by its own text and the versions of what it reads with."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in _READERS:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(path for path in _PROGRAM.rglob("*") if path.suffix in (".py", ".toml")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(_PROGRAM).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def sheet_to_bytes(cleaned: Cleaned) -> bytes:
    """What came of one sheet; raises UnfitError where it holds something that could not be told again exactly."""
    batches: list[pa.RecordBatch] = []
    plain = to_plain(cleaned, Cleaned, batches)
    streams = [_stream(batch) for batch in batches]
    head = json.dumps([plain, [len(stream) for stream in streams]]).encode()
    body = b"".join((len(head).to_bytes(8, "big"), head, *streams))
    return _MAGIC + hashlib.sha256(body).digest() + body


def sheet_from_bytes(content: bytes) -> Cleaned:
    """The reverse of `sheet_to_bytes`; raises UnfitError for everything else."""
    start = len(_MAGIC) + 32
    body = content[start:]
    if content[:start] != _MAGIC + hashlib.sha256(body).digest():
        raise UnfitError("the entry is damaged")
    try:
        at = 8 + int.from_bytes(body[:8], "big")
        plain, lengths = json.loads(body[8:at])
        batches = []
        for length in lengths:
            batches.append(_batch(body[at : at + length]))
            at += length
    except (ValueError, TypeError, KeyError, pa.ArrowException, StopIteration) as error:
        raise UnfitError("the entry is of another make") from error
    cleaned: Cleaned = from_plain(plain, Cleaned, batches)
    return cleaned


def _stream(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_FAST) as writer:
        writer.write_batch(batch)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _batch(stream: bytes) -> pa.RecordBatch:
    batch = pa.ipc.open_stream(stream).read_next_batch()
    batch.validate(full=True)
    return batch
