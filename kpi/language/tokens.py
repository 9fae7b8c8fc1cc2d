"""The words, names, numbers and signs of a formula, each with its place; and what is said where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from kpi.language.tree import Place

WORDS = ("and", "or", "not", "in", "by", "where", "null")
MAX_TOKENS = 300
MAX_LENGTH = 4000  # characters
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*)|(?P<quoted>`[^`\n]+`)"
    r"|(?P<text>'(?:[^']|'')*')|(?P<sign><=|>=|!=|=(?!=)|<(?!>)|[-+*/()>,])"
)
HINTS = {  # what other languages write
    "'": "a text ends with a '",
    '"': "a text stands between ' and '",
    "`": "a name in backticks ends with one",
    "==": "equal is written =",
    "<>": "unequal is written !=",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or != for unequal",
    "%": "40 % is written 0.4",
    ".": "a half is written 0.5",
    ";": "arguments are separated by commas",
}


class FormulaError(ValueError):
    """A formula that cannot be understood; the message begins with the place."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean `revenue`?`, or nothing where no known name is close, whatever its capitals."""
    spelled = {one.lower(): one for one in sorted(known)}
    close = get_close_matches(name.lower(), spelled, n=1)
    return f"; did you mean `{spelled[close[0]]}`?" if close else ""


class Token(NamedTuple):
    kind: str  # number, name, quoted, word, text, sign or end
    text: str
    place: Place

    @property
    def shown(self) -> str:
        """As messages name it."""
        return "the end of the formula" if self.kind == "end" else f"`{self.text.strip('`')}`"


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        place, found = _place(text, at), TOKEN.match(text, at)
        if found is None:
            strange = text[at : at + 2] if text[at : at + 2] in HINTS else text[at]
            hint = f"; {HINTS[strange]}" if strange in HINTS else ""
            raise FormulaError(place, f"found `{strange}`, which no formula has{hint}")
        kind, written = str(found.lastgroup), found.group()
        if kind == "name" and written.lower() in WORDS:
            kind, written = "word", written.lower()
        if kind != "space":
            yield Token(kind, written, place)
        at = found.end()
    yield Token("end", "", _place(text, at))


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def tokens_of(text: str) -> list[Token]:
    """All tokens and the end; FormulaError where a formula is too long or has a sign that no formula has."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(_place(text, MAX_LENGTH), f"a formula has at most {MAX_LENGTH:,} characters")
    tokens = list(islice(_tokens(text), MAX_TOKENS + 1))
    if len(tokens) > MAX_TOKENS:
        raise FormulaError(tokens[-1].place, f"a formula has at most {MAX_TOKENS} names, numbers and signs")
    return tokens
