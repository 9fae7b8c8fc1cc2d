"""A book of alerting as a TOML text: tables like [[rule]], each with the lines it stands on, so that errors can say where. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kpi.formula import did_you_mean

TABLES = ("destination", "route", "rule", "silence", "target", "report")
MOST_BYTES = 1 << 20
BARE = re.compile(r"[A-Za-z0-9_-]+")
HEADING = re.compile(r"\s*\[\[\s*\"?([\w-]+)\"?\s*\]\]")
INNER = re.compile(r"\s*\[\s*\"?[\w-]+\"?\s*\.\s*\"?([\w-]+)\"?\s*\]")
KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*[=.]")
QUOTES = ('"""', "'''")
START = "# Alerting of the KPI dashboard. `kpi alerting import FILE` takes it, and says what it changes.\n"


class BookError(ValueError):
    """A book that cannot be taken: everything that is wrong with it, a line each, in the order of the book."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(sorted(problems, key=_line_of)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: the table, its name, and the line of each of its keys, of its heading under the empty key."""

    table: str
    title: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def problem(self, key: str, why: str) -> str:
        """`line 12, rule "Thin margin", key `below`: found 'x', …`."""
        line = self.lines.get(key, self.lines.get("", 0))
        parts = [f"line {line}" if line else "", f'{self.table} "{self.title}"' if self.title else self.table]
        parts += [f"key `{key}`"] if key else []
        return f"{', '.join(part for part in parts if part)}: {why}"


@dataclass(frozen=True, slots=True)
class Found:
    """One entry as it is written, unchecked."""

    place: Place
    plain: Mapping[str, Any]


def read_tables(text: str) -> dict[str, list[Found]]:
    """The entries of each kind in their order; BookError where it is no TOML, or has anything else in it."""
    if len(text.encode()) > MOST_BYTES:
        raise BookError(f"the text is larger than {MOST_BYTES >> 10} KiB")
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BookError(f"this is no TOML: {error}") from error
    lines = _lines(text)
    problems = [why for name, value in plain.items() if (why := _stranger(name, value, text))]
    if problems:
        raise BookError(*problems)
    return {
        table: [
            Found(Place(table, _title(entry), where), entry)
            for entry, where in _paired(plain.get(table, []), lines.get(table, []))
        ]
        for table in TABLES
    }


def write_tables(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """What `read_tables` reads as the same again."""
    parts = [_table(name, entry) for name in TABLES for entry in tables.get(name, ())]
    return START + "".join(f"\n{chr(10).join(part)}\n" for part in parts)


def _line_of(problem: str) -> int:
    found = re.match(r"line (\d+)", problem)
    return int(found[1]) if found else 0


def _stranger(name: str, value: object, text: str) -> str:
    """Why that cannot stand in a book; empty where it can."""
    if name in TABLES and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return ""
    start = re.search(rf"^\s*\[*\s*\"?{re.escape(name)}\b", text, flags=re.MULTILINE)
    where = f"line {text.count(chr(10), 0, start.end()) + 1}: " if start else ""
    if name in TABLES:
        return f"{where}found `{name}` alone; an entry begins with a line [[{name}]]"
    hint = did_you_mean(name, TABLES) or "."
    return f"{where}found `{name}`{hint} A book has {', '.join(f'[[{one}]]' for one in TABLES)}."


def _paired(
    entries: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, int]]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, int]]]:
    """Each entry with its lines; with none where they were written in a way that is not followed here."""
    known = lines if len(lines) == len(entries) else [{}] * len(entries)
    return zip(entries, known, strict=True)


def _lines(text: str) -> dict[str, list[dict[str, int]]]:
    """By table, for each entry: the line of each key."""
    found: dict[str, list[dict[str, int]]] = {}
    here: dict[str, int] = {}
    inside = inner = False
    for number, line in enumerate(text.split("\n"), start=1):
        opens = any(line.count(quotes) % 2 for quotes in QUOTES)
        if not inside:
            if heading := HEADING.match(line):
                here, inner = {"": number}, False
                found.setdefault(heading[1], []).append(here)
            elif below := INNER.match(line):
                inner = True
                here.setdefault(below[1], number)
            elif not inner and (key := KEY.match(line)):
                here.setdefault(key[1], number)
        inside = inside != opens
    return found


def _title(entry: Mapping[str, Any]) -> str:
    named = entry.get("name") or entry.get("kpi") or ""
    return str(named)[:80] if isinstance(named, str) else ""


def _table(name: str, entry: Mapping[str, Any]) -> list[str]:
    return [f"[[{name}]]", *(f"{_key(key)} = {_value(value)}" for key, value in entry.items())]


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())} }}"
        case Sequence():
            return f"[{', '.join(_value(one) for one in value)}]"
        case _:
            return repr(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
