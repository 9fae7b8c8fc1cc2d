"""Damage to files, as pure functions: the bytes of a file and a seed in, the bytes of a damaged one out.

`kinds(data)` names the damages that fit a file; `mutant(data, kind, random)` makes one. The same seed gives the same
bytes. Damage inside a zip is packed again, so that what is wrong is the part and not only the container.
"""

from __future__ import annotations

from random import Random

from tests.fakes.damage import ANY, TEXTUAL
from tests.fakes.zip_mutants import CONTAINER, PARTS, unzipped, zipped


def kinds(data: bytes) -> tuple[str, ...]:
    """The damages that fit the file, in a fixed order."""
    if unzipped(data) is None:
        return tuple(ANY) if _is_binary(data) else (*ANY, *TEXTUAL)
    return (*ANY, *CONTAINER, *PARTS)


def mutant(data: bytes, kind: str, random: Random) -> bytes:
    """The file with that damage."""
    if kind in ANY:
        return ANY[kind](data, random)
    if kind in TEXTUAL:
        return TEXTUAL[kind](data, random)
    if kind in CONTAINER:
        return CONTAINER[kind](data, random)
    parts = unzipped(data)
    assert parts is not None, kind
    return zipped(PARTS[kind](parts, random))


def _is_binary(data: bytes) -> bool:
    return b"\0" in data[:4096]
