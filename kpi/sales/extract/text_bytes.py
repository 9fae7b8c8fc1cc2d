"""The bytes of a text file, however large: their encoding, and the same letters as UTF-8, piece by piece."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from kpi.reading.text_table import BOMS
from kpi.sales.source import SourceError

_BLOCK = 1 << 20
_HEAD = 1000
_LOST = "\ufffd".encode()  # for the character 0, which not every database takes
_MOST_BYTES = 3  # of UTF-8, for a byte of another encoding
_TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class TextScan:
    """What one look at every byte tells.

    `mark` is how many bytes at the beginning only name the encoding, `breaks` how many lines end. `quotes`, `returns`
    and `zeros` say whether there are quotation marks, carriage returns and characters 0; `even` whether each line ends
    alike, and `open_end` whether the last one does not end.
    """

    encoding: str
    mark: int = 0
    breaks: int = 0
    quotes: bool = False
    returns: bool = False
    zeros: bool = False
    even: bool = True
    open_end: bool = False


def scan_text(path: Path, name: str) -> TextScan:
    """Reads the file to its end; raises SourceError where its letters have no encoding that is known."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for encoding, mark in _candidates(head):
        try:
            return _scan(path, encoding, mark)
        except UnicodeDecodeError:
            continue
    raise SourceError(
        "unknown_encoding",
        f"{name}: found letters in an encoding that is neither UTF-8, UTF-16 nor Windows-1252, wanted one of these. "
        "Save the file as 'CSV UTF-8'.",
    )


def _candidates(head: bytes) -> tuple[tuple[str, int], ...]:
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return (("utf-8", len(mark)) if encoding == "utf-8-sig" else (encoding, 0),)
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > len(head) // 4:
            return ((encoding, 0),)
    return ("utf-8", 0), ("cp1252", 0)


def _scan(path: Path, encoding: str, mark: int) -> TextScan:
    breaks = returns = 0
    quotes = zeros = False
    last = b"\n"
    for block in _checked(path, encoding):
        breaks += block.count(b"\n")
        returns += block.count(b"\r")
        quotes = quotes or b'"' in block
        zeros = zeros or b"\0" in block
        last = block[-1:]
    open_end = last not in (b"\n", b"\r")
    even = returns in (0, breaks)
    return TextScan(encoding, mark, breaks, quotes, returns > 0, zeros, even, open_end)


def _checked(path: Path, encoding: str) -> Iterator[bytes]:
    """The letters as UTF-8; raises UnicodeDecodeError."""
    decoder, held = codecs.getincrementaldecoder(encoding)(), False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if encoding != "utf-8":
                yield decoder.decode(block).encode()
                continue
            if held or not block.isascii():
                decoder.decode(block)
                held = bool(decoder.getstate()[0])
            yield block
    decoder.decode(b"", final=True)


class TextFeed:
    """A file of bytes, to be read once: the text as UTF-8, from a byte of it on.

    Safe to close while another thread reads. `tail` are the last bytes read.
    """

    def __init__(self, path: Path, scan: TextScan, start: int = 0) -> None:
        self._file = path.open("rb", buffering=0)
        self._lock = Lock()
        self._decoder = None if scan.encoding == "utf-8" else codecs.getincrementaldecoder(scan.encoding)()
        self._zeros = scan.zeros
        self.closed = False
        self.tail = b""
        self._ahead = b""
        if self._decoder is None:
            self._file.seek(scan.mark + start)
        else:
            self._skip(start)

    def read(self, size: int) -> bytes:
        """At most that many bytes; none at the end."""
        with self._lock:
            piece = b"" if self.closed else self._whole_breaks(size)
        self.tail = piece[-_TAIL:] if len(piece) >= _TAIL else (self.tail + piece)[-_TAIL:]
        return piece

    def is_at_end(self) -> bool:
        """Whether nothing is left; what was looked at for that is still to be read."""
        piece = self._read(1)
        self._ahead = piece + self._ahead
        return not piece

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        with self._lock:
            self.closed = True
            self._file.close()

    def _whole_breaks(self, size: int) -> bytes:
        """The next bytes, not ending within a line break: pyarrow would lose the other half of one within a cell."""
        piece = self._read(size)
        if not piece.endswith(b"\r"):
            return piece
        if len(piece) > 1:
            self._ahead = piece[-1:] + self._ahead
            return piece[:-1]
        return piece + self._read(1)

    def _read(self, size: int) -> bytes:
        """So many bytes, fewer at the end only."""
        found = [self._ahead]
        left = size - len(self._ahead)
        while left > 0 and (piece := self._piece(left)):
            found.append(piece)
            left -= len(piece)
        whole = b"".join(found) if len(found) > 1 else self._ahead
        self._ahead = whole[size:]
        return whole[:size] if self._ahead else whole

    def _piece(self, size: int) -> bytes:
        """Some of the next bytes, of another encoding at times a few more than asked for; none at the end."""
        if self._decoder is None and not self._zeros:
            return self._file.read(size)
        while block := self._file.read(max(size // _MOST_BYTES, 1)):
            text = block if self._decoder is None else self._decoder.decode(block).encode()
            if text:
                return text.replace(b"\0", _LOST)
        return b""

    def _skip(self, left: int) -> None:
        while left and (piece := self._read(min(left, _BLOCK))):
            left -= len(piece)
