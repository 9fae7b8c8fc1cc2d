"""Damage to bytes of whatever kind: what goes wrong on disks and lines, and what people with bad intentions write."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from random import Random

_ATTRIBUTE = re.compile(
    rb"""\b(r|ref|count|ht|s|min|max|spans|sheetId|uniqueCount|width|t|numFmtId|si)="([^"]*)\""""
)
_REPEATS = re.compile(rb"""(number-(?:columns|rows)-repeated)="[^"]*\"""")
TEXT = re.compile(rb">([^<>]{1,200})<")
HOSTILE = (
    b"../../../../escaped",
    b"=cmd|'/C calc'!A0",
    b"&lt;script&gt;alert(1)&lt;/script&gt;",
    b"\xe2\x80\xae\xd0\xb0\xe2\x80\x8b",  # turns the writing round; letters that look like others
    b"&#0;",
    b"&#xD800;",
    b"\xed\xa0\x80",  # half of a pair, as no UTF-8 has it
    b"'; DROP TABLE loads; --",
    b"{0.__class__} %s %n ${HOME}",
    b"x" * 200_000,
)
NUMBERS = (
    b"XFD1048576",
    b"A1048576",
    b"XFE1048577",
    b"ZZZZZZZ99999999999999999999",
    b"A0",
    b"A1:XFD1048576",
    b"B2:A1",
    b"-1",
    b"0",
    b"4294967295",
    b"18446744073709551616",
    b"9" * 400,
    b"1e308",
    b"NaN",
    b"",
    b"\xd9\xa3",  # a digit that is not ASCII
)


def cut_at(data: bytes, percent: int) -> bytes:
    """The first percents of a file."""
    return data[: len(data) * percent // 100]


def _cut(data: bytes, random: Random) -> bytes:
    return cut_at(data, random.randrange(1, 100))


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 64) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _zeros(data: bytes, random: Random) -> bytes:
    at, length = random.randrange(len(data) or 1), random.choice((1, 16, 512, 4096))
    return data[:at] + bytes(min(length, len(data) - at)) + data[at + length :]


def _wide_numbers(data: bytes, random: Random) -> bytes:
    """Lengths, counts and places of binary formats, somewhere."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(max(len(changed) - 4, 1))
        changed[at : at + 4] = struct.pack(
            "<I", random.choice((0xFFFFFFFF, 0x7FFFFFFF, 0xFFFF, 0x80000000, 0))
        )
    return bytes(changed)


def _swapped_blocks(data: bytes, random: Random) -> bytes:
    size = 512
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    first, second = random.randrange(len(blocks)), random.randrange(len(blocks))
    blocks[first], blocks[second] = blocks[second], blocks[first]
    return b"".join(blocks)


def _behind_itself(data: bytes, random: Random) -> bytes:
    return data + data[random.randrange(len(data) or 1) :]


def once(pattern: re.Pattern[bytes], body: bytes, new: bytes, random: Random) -> bytes:
    """The body with one of the places that the pattern finds replaced; all of them one time in four."""
    found = list(pattern.finditer(body))
    if not found:
        return body
    if random.random() < 0.25:
        return pattern.sub(lambda _: new, body)
    place = random.choice(found)
    return body[: place.start()] + new + body[place.end() :]


def attribute(body: bytes, random: Random) -> bytes:
    number = random.choice(NUMBERS)
    if _REPEATS.search(body):
        return once(
            _REPEATS,
            body,
            b"number-" + random.choice((b"rows", b"columns")) + b'-repeated="' + number + b'"',
            random,
        )
    found = list(_ATTRIBUTE.finditer(body))
    if not found:
        return body
    name = random.choice(found)[1]
    return once(re.compile(rb"\b" + name + rb'="[^"]*"'), body, name + b'="' + number + b'"', random)


def text(body: bytes, random: Random) -> bytes:
    return once(TEXT, body, b">" + random.choice((*HOSTILE, *NUMBERS)) + b"<", random)


def _lines(change: Callable[[list[bytes], Random], list[bytes]]) -> Callable[[bytes, Random], bytes]:
    def changed(data: bytes, random: Random) -> bytes:
        return b"\n".join(change(data.split(b"\n"), random))

    return changed


def _inserted(*pieces: bytes) -> Callable[[bytes, Random], bytes]:
    """One of the pieces at some places."""

    def changed(data: bytes, random: Random) -> bytes:
        for _ in range(random.randint(1, 5)):
            at = random.randrange(len(data) or 1)
            data = data[:at] + random.choice(pieces) + data[at:]
        return data

    return changed


ANY: dict[str, Callable[[bytes, Random], bytes]] = {
    "cut": _cut,
    "flip": _flip,
    "zeros": _zeros,
    "wide numbers": _wide_numbers,
    "swapped blocks": _swapped_blocks,
    "behind itself": _behind_itself,
}
TEXTUAL: dict[str, Callable[[bytes, Random], bytes]] = {
    "odd bytes": _inserted(
        b"\0", b"\xff", b"\x81\x8d", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1a", b"\x0b\x0c\x1c\x85"
    ),
    "quotes": _inserted(b'"', b"'", b'""', b'"\n'),
    "separators": _inserted(b"," * 100, b";" * 3000, b"\t", b"|" * 100_000, b"\r", b"\n" * 1000),
    "hostile text": _inserted(*HOSTILE, *NUMBERS),
    "attribute": attribute,
    "tags": _inserted(
        b"<table>" * 2000, b"<td colspan=999999>", b"<td rowspan=999999>", b"<!--", b"<![", b"<tr>" * 500
    ),
    "lines": _lines(lambda lines, random: random.sample(lines, len(lines))),
}
