"""The formula language of KPI definitions: text in, a tree with positions out. Nothing is ever evaluated here.

    formula     = comparison { ("and" | "or") comparison }
    comparison  = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum ]
    sum         = product { ("+" | "-") product }
    product     = unary { ("*" | "/") unary }
    unary       = "-" unary | number | 'text' | null | name | call | "(" formula ")"
    call        = name "(" [ formula { "," formula } ] [ "where" formula ] ")"

A bare name is another KPI, else a measure, which is summed. `kpi.compile` gives the names their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from kpi.tree import Aggregate, Choice, Name, Negative, Node, Null, Number, Operation, Optional, Place, Text

AGGREGATES = {"sum": 1, "count": 0, "count_distinct": 1, "min": 1, "max": 1}  # name: how many arguments
COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
MAX_DEPTH = 50
MAX_TOKENS = 300
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*)|(?P<text>'(?:[^']|'')*')|(?P<sign><=|>=|!=|[-+*/()=<>,])"
)
FUNCTIONS = (*AGGREGATES, "if", "optional")
WORDS = ("and", "or", "where", "null")


class FormulaError(ValueError):
    """A formula that cannot be understood; the message begins with the place."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


def parse(text: str) -> Node:
    """The tree of a formula, or FormulaError with the place of the first thing that is wrong."""
    tokens = list(islice(_tokens(text), MAX_TOKENS + 1))
    if len(tokens) > MAX_TOKENS:
        raise FormulaError(tokens[-1].place, f"a formula has at most {MAX_TOKENS} names, numbers and signs")
    return _Parser(tokens).whole()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean `revenue`?`, or nothing where no known name is close."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


class _Token(NamedTuple):
    kind: str  # number, name, text, sign or end
    text: str
    place: Place


def _tokens(text: str) -> Iterator[_Token]:
    line, line_start, at = 1, 0, 0
    while at < len(text):
        place = Place(line, at - line_start + 1)
        found = TOKEN.match(text, at)
        if found is None:
            hint = "; a text ends with a '" if text[at] == "'" else ""
            raise FormulaError(place, f"found `{text[at]}`, which no formula has{hint}")
        if found.lastgroup != "space":
            yield _Token(str(found.lastgroup), found.group(), place)
        if "\n" in found.group():
            line += found.group().count("\n")
            line_start = at + found.group().rindex("\n") + 1
        at = found.end()
    yield _Token("end", "", Place(line, at - line_start + 1))


class _Parser:
    """Recursive descent over the tokens; one method a line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.next
        self.at += 1
        return token

    def has(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "name") and self.next.text in texts

    def want(self, text: str) -> None:
        if not self.has(text):
            raise FormulaError(self.next.place, f"found {_shown(self.next)}, wanted `{text}`")
        self.take()

    def whole(self) -> Node:
        node = self.formula()
        if self.next.kind != "end":
            raise FormulaError(self.next.place, f"found {_shown(self.next)}, wanted an operator or the end")
        return node

    def formula(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(self.next.place, f"more than {MAX_DEPTH} parentheses inside each other")
        node = self.comparison()
        while self.has("and", "or"):
            sign = self.take()
            node = Operation(sign.text, node, self.comparison(), sign.place)
        self.depth -= 1
        return node

    def comparison(self) -> Node:
        node = self.sum()
        if self.has(*COMPARISONS):
            sign = self.take()
            node = Operation(sign.text, node, self.sum(), sign.place)
        return node

    def sum(self) -> Node:
        node = self.product()
        while self.has("+", "-"):
            sign = self.take()
            node = Operation(sign.text, node, self.product(), sign.place)
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.has("*", "/"):
            sign = self.take()
            node = Operation(sign.text, node, self.unary(), sign.place)
        return node

    def unary(self) -> Node:
        minuses = []
        while self.has("-"):
            minuses.append(self.take().place)
        node = self.atom()
        for place in minuses:
            node = Negative(node, place)
        return node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(float(token.text), token.place)
        if token.kind == "text":
            return Text(token.text[1:-1].replace("''", "'"), token.place)
        if token.text == "null":
            return Null(token.place)
        if token.kind == "name" and token.text not in WORDS:
            return self.call(token) if self.has("(") else Name(token.text, token.place)
        if token.text == "(":
            node = self.formula()
            self.want(")")
            return node
        raise FormulaError(token.place, f"found {_shown(token)}, wanted a name, a number, a text or `(`")

    def call(self, name: _Token) -> Node:
        if name.text not in FUNCTIONS:
            hint = did_you_mean(name.text, FUNCTIONS) or f"; there are {', '.join(FUNCTIONS)}"
            raise FormulaError(name.place, f"unknown function `{name.text}`{hint}")
        self.want("(")
        arguments = [] if self.has(")", "where") else [self.formula()]
        while self.has(","):
            self.take()
            arguments.append(self.formula())
        condition = None
        if name.text in AGGREGATES and self.has("where"):
            self.take()
            condition = self.formula()
        self.want(")")
        return _function(name, arguments, condition)


def _function(name: _Token, arguments: list[Node], condition: Node | None) -> Node:
    wanted = AGGREGATES.get(name.text, 3 if name.text == "if" else 1)
    if len(arguments) != wanted:
        raise FormulaError(name.place, f"`{name.text}` takes {wanted} argument(s), found {len(arguments)}")
    if name.text == "if":
        return Choice(arguments[0], arguments[1], arguments[2], name.place)
    if name.text == "optional":
        if not isinstance(arguments[0], Name):
            raise FormulaError(name.place, "`optional` takes the name of one measure")
        return Optional(arguments[0].name, name.place)
    return Aggregate(name.text, arguments[0] if arguments else None, condition, name.place)


def _shown(token: _Token) -> str:
    return "the end of the formula" if token.kind == "end" else f"`{token.text}`"
