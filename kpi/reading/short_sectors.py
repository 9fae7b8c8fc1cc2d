"""Small workbooks lie in the short sectors of their container, in a chain that damage may lead back into itself.

The reader of .xls follows such a chain for ever, so it is walked here first. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_HEADER = 512
_FIRST_TABLES = 109  # places of the sector table that the header holds itself: enough for 7 MiB
_ENTRY = 128
_STREAMS = frozenset(name.encode("utf-16-le") for name in ("Workbook", "Book"))


def is_endless(data: bytes) -> bool:
    """Whether the workbook's chain of short sectors leads back into itself; False for what this does not understand."""
    try:
        return any(_loops(start, _short_table(data)) for start in _small_streams(data))
    except (struct.error, IndexError):  # the reader says what else is wrong
        return False


def _small_streams(data: bytes) -> Iterator[int]:
    """Where the streams that may be the workbook start, if they are too small for sectors of their own."""
    smallest = _number(data, 56)
    for sector in _chain(_number(data, 48), _table(data)):
        content = _sector(data, sector)
        for at in range(0, len(content), _ENTRY):
            length = struct.unpack_from("<H", content, at + 64)[0]
            start, size = _number(content, at + 116), _number(content, at + 120)
            if content[at : at + max(length - 2, 0)] in _STREAMS and size < smallest:
                yield start


def _short_table(data: bytes) -> Sequence[int]:
    return _numbers(b"".join(_sector(data, sector) for sector in _chain(_number(data, 60), _table(data))))


def _table(data: bytes) -> Sequence[int]:
    places = struct.unpack_from(f"<{_FIRST_TABLES}i", data, 76)
    return _numbers(b"".join(_sector(data, place) for place in places if place >= 0))


def _sector(data: bytes, number: int) -> bytes:
    size: int = 1 << struct.unpack_from("<H", data, 30)[0]
    return data[_HEADER + number * size : _HEADER + (number + 1) * size]


def _chain(start: int, table: Sequence[int]) -> Iterator[int]:
    """The sectors of a chain; it ends where it leads back into itself."""
    seen: set[int] = set()
    while start >= 0 and start not in seen:
        seen.add(start)
        yield start
        start = table[start]


def _loops(start: int, table: Sequence[int]) -> bool:
    *_, last = (-1, *_chain(start, table))
    return last >= 0 and table[last] >= 0


def _number(data: bytes, at: int) -> int:
    number: int = struct.unpack_from("<i", data, at)[0]
    return number


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}i", data[: len(data) // 4 * 4])
