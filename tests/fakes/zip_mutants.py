"""Damage to the archive that a workbook is, and to the parts in it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from random import Random

from tests.fakes.damage import ANY, HOSTILE, TEXT, attribute, once, text

Parts = dict[str, bytes]
ZIP = b"PK"
_TARGET = re.compile(rb'Target="([^"]*)"')
_NAME = re.compile(rb'(<sheet\b[^>]*\bname=")[^"]*')


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def unzipped(data: bytes) -> Parts | None:
    """The parts, None where it is no zip that can be read."""
    if not data.startswith(ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > 20_000_000:
                return None
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return None


def _central(data: bytes, random: Random) -> int:
    """Where one entry of the table of contents begins."""
    places = [found.start() for found in re.finditer(rb"PK\x01\x02", data)]
    return random.choice(places) if places else 0


def _wrong_crc(data: bytes, random: Random) -> bytes:
    at = _central(data, random) + 16
    return data[:at] + struct.pack("<I", random.randrange(1 << 32)) + data[at + 4 :]


def _lying_size(data: bytes, random: Random) -> bytes:
    """The packed or the unpacked size of one part is not what the table of contents says."""
    at = _central(data, random) + random.choice((20, 24))
    size = random.choice((0, 1, 1000, 50_000_000, 0x7FFFFFFF, 0xFFFFFFFE))
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def _other_method(data: bytes, random: Random) -> bytes:
    at = _central(data, random) + 10
    return data[:at] + struct.pack("<H", random.choice((0, 9, 12, 14, 93, 99))) + data[at + 2 :]


def _twice(data: bytes, random: Random) -> bytes:
    """Two parts of one name."""
    parts = unzipped(data) or {}
    name = random.choice(list(parts))
    plain = zipped({**parts, "\0".rjust(len(name), "x")[: len(name) - 1] + "~": parts[name]})
    return plain.replace(("\0".rjust(len(name), "x")[: len(name) - 1] + "~").encode(), name.encode())


def _some(parts: Parts, random: Random) -> str:
    """A part that readers look at, more often than not the cells."""
    names = [name for name in parts if name.endswith((".xml", ".rels", ".bin"))] or list(parts)
    cells = [name for name in names if "sheet" in name.lower() or "content.xml" in name or "sharedS" in name]
    return random.choice(cells if cells and random.random() < 0.6 else names)


def _within(change: Callable[[bytes, Random], bytes]) -> Callable[[Parts, Random], Parts]:
    """The same damage to one part."""

    def changed(parts: Parts, random: Random) -> Parts:
        name = _some(parts, random)
        return {**parts, name: change(parts[name], random)}

    return changed


def _swapped(parts: Parts, random: Random) -> Parts:
    first, second = _some(parts, random), _some(parts, random)
    return {**parts, first: parts[second], second: parts[first]}


def _missing(parts: Parts, random: Random) -> Parts:
    gone = _some(parts, random)
    return {name: body for name, body in parts.items() if name != gone}


def _added(parts: Parts, random: Random) -> Parts:
    name = random.choice(("../../escaped.xml", "/etc/escaped.xml", "C:\\escaped.xml", "xl/../../escaped.bin"))
    return {**parts, name: b"<x/>"}


def _renamed(parts: Parts, random: Random) -> Parts:
    gone = _some(parts, random)
    other = random.choice((gone.upper(), "../../" + gone, gone + ".bak", gone.replace("/", "\\")))
    return {other if name == gone else name: body for name, body in parts.items()}


def _retargeted(parts: Parts, random: Random) -> Parts:
    lists = [name for name in parts if name.endswith(".rels")]
    if not lists:
        return _missing(parts, random)
    name = random.choice(lists)
    target = random.choice(
        (
            b"../../../../etc/passwd",
            b"file:///etc/passwd",
            b"http://127.0.0.1:9/x",
            b"",
            b"xl/workbook.xml",
            b"/",
        )
    )
    return {**parts, name: once(_TARGET, parts[name], b'Target="' + target + b'"', random)}


def _sheet_named(parts: Parts, random: Random) -> Parts:
    hostile = random.choice(HOSTILE)
    name = "xl/workbook.xml" if "xl/workbook.xml" in parts else _some(parts, random)
    return {**parts, name: _NAME.sub(lambda found: found[1] + hostile, parts[name])}


def _nested(body: bytes, random: Random) -> bytes:
    depth = random.choice((100, 10_000, 200_000))
    at = body.find(b">", body.find(b"<", 60)) + 1
    return body[:at] + b"<g>" * depth + (b"</g>" * depth if random.random() < 0.5 else b"") + body[at:]


def _entity(body: bytes, random: Random) -> bytes:
    inside = random.choice(
        (
            b'<!ENTITY e SYSTEM "file:///etc/passwd">',
            b'<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;&b;&b;&b;&b;">',
            b'<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e;',
        )
    )
    at = body.find(b"?>") + 2 if body.startswith(b"<?") else 0
    pad = b" " * random.choice((0, 0, 10_000))  # beyond what a look at the head sees
    return body[:at] + pad + b"<!DOCTYPE x [" + inside + b"]>" + once(TEXT, body[at:], b">&e;<", random)


CONTAINER: dict[str, Callable[[bytes, Random], bytes]] = {
    "wrong crc": _wrong_crc,
    "lying size": _lying_size,
    "other method": _other_method,
    "twice": _twice,
}
PARTS: dict[str, Callable[[Parts, Random], Parts]] = {
    "part cut": _within(ANY["cut"]),
    "part flip": _within(ANY["flip"]),
    "part zeros": _within(ANY["zeros"]),
    "part wide numbers": _within(ANY["wide numbers"]),
    "swapped": _swapped,
    "missing": _missing,
    "added": _added,
    "renamed": _renamed,
    "retargeted": _retargeted,
    "sheet named": _sheet_named,
    "attribute": _within(attribute),
    "text": _within(text),
    "nested": _within(_nested),
    "entity": _within(_entity),
    "other encoding": _within(lambda body, _: body.decode("utf-8", "replace").encode("utf-16")),
}
