"""On which line of a TOML text each key of each table of lists stands, so that errors can say where. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

PART = r"[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'"
PATH = rf"(?:{PART})(?:[ \t]*\.[ \t]*(?:{PART}))*"
BLANK = re.compile(r"(?:\s|#[^\n]*)+")
LISTED = re.compile(rf"\[[ \t]*\[[ \t]*({PATH})[ \t]*\][ \t]*\]")
TABLE = re.compile(rf"\[[ \t]*({PATH})[ \t]*\]")
KEY = re.compile(rf"({PATH})[ \t]*=")
PARTS = re.compile(PART)
OPENS, SHUTS = "[{", "]}"
# What a value is made of: texts of each kind as a whole, so that nothing within them counts; comments; one sign.
PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[^"\'#\[\]{}\n]+|.',
    flags=re.DOTALL,
)
PLACES = dict[str, int]  # key -> line; of the heading under the empty key


@dataclass(frozen=True, slots=True)
class Lines:
    """An entry [[table]]: where its keys stand, and those of each of its [[table.part]], by the name of the part."""

    own: dict[str, int] = field(default_factory=dict)
    parts: dict[str, list[dict[str, int]]] = field(default_factory=dict)


def lines_of(text: str) -> dict[str, list[Lines]]:
    """By table, for each of its entries. The text is known to be TOML; entries that are written inline are not seen."""
    found: dict[str, list[Lines]] = {}
    here: dict[str, int] = {}
    for kind, path, line in _statements(text):
        if kind == "key":
            here.setdefault(path[0], line)
            continue
        owner = found.get(path[0], [])[-1:]
        here = {"": line}
        if kind == "listed" and len(path) == 1:
            entry = Lines(own=here)
            found.setdefault(path[0], []).append(entry)
        elif kind == "listed" and owner:
            owner[0].parts.setdefault(path[1], []).append(here)
            owner[0].own.setdefault(path[1], line)
        elif owner and len(path) > 1:
            owner[0].own.setdefault(path[1], line)
    return found


def _statements(text: str) -> Iterator[tuple[str, list[str], int]]:
    """Each heading and each key outside of values: what it is, its path, its line."""
    at, line, counted = 0, 1, 0
    while at < len(text):
        if blank := BLANK.match(text, at):
            at = blank.end()
            continue
        line += text.count("\n", counted, at)
        counted = at
        for kind, pattern in (("listed", LISTED), ("table", TABLE), ("key", KEY)):
            if match := pattern.match(text, at):
                yield kind, [_bare(part) for part in PARTS.findall(match[1])], line
                at = _after_value(text, match.end()) if kind == "key" else match.end()
                break
        else:  # not as TOML is known here: nothing more is said of places
            return


def _after_value(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        piece = PIECE.match(text, at)
        if piece is None:
            return len(text)
        sign = piece[0]
        if sign == "\n" and depth == 0:
            return at
        depth += (sign in OPENS) - (sign in SHUTS)
        at = piece.end()
    return at


def _bare(part: str) -> str:
    return part[1:-1] if part[0] in "\"'" else part
