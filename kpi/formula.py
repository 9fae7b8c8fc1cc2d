"""The formula language of KPI definitions: text in, a tree with positions out. Nothing is ever evaluated here.

    formula     = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = { "not" } comparison
    comparison  = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" constant { "," constant } ")" ]
    sum         = product { ("+" | "-") product }
    product     = unary { ("*" | "/") unary }
    unary       = { "-" } ( number | 'text' | null | name | `name` | call | "(" formula ")" )
    call        = name "(" [ formula { "," formula } ] [ "by" name ] [ "where" formula ] ")"

A bare name is another KPI, else a measure, which is summed; `kpi.language.meaning` gives the names their meaning. A column whose
name is a word of the language, or has other signs than letters, digits and `_`, stands between backticks.

    sum count count_distinct min max average median     over rows; count() counts rows, count(x) filled cells
    quantile(x, 0.9)                                    a share from 0 to 1, between the two nearest in proportion
    first last average_over_time                        of a balance: last(stock by product where region = 'North')
    if(condition, then, otherwise)  optional(measure)   optional: 0 where the data have no such measure
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from kpi.language.tokens import FormulaError, Token, did_you_mean, tokens_of
from kpi.language.tree import (
    Aggregate,
    Among,
    Choice,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Operation,
    Optional,
    Text,
)

__all__ = ["AGGREGATES", "BALANCES", "COMPARISONS", "FormulaError", "did_you_mean", "parse"]

BALANCES = ("first", "last", "average_over_time")  # of what is there at a time, such as stock
AGGREGATES = {  # name: how many arguments
    "sum": (1,),
    "count": (0, 1),
    "count_distinct": (1,),
    "min": (1,),
    "max": (1,),
    "average": (1,),
    "median": (1,),
    "quantile": (2,),
    **dict.fromkeys(BALANCES, (1,)),
}
FUNCTIONS = {**AGGREGATES, "if": (3,), "optional": (1,)}
COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
MAX_DEPTH = 30  # parentheses inside each other; a dozen frames of the stack each


def parse(text: str) -> Node:
    """The tree of a formula, or FormulaError with the place of the first thing that is wrong."""
    return _Parser(tokens_of(text)).whole()


class _Parser:
    """Recursive descent over the tokens; one method a line of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def has(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "word") and self.next.text in texts

    def want(self, text: str, hint: str = "") -> None:
        if not self.has(text):
            raise FormulaError(self.next.place, f"found {self.next.shown}, wanted `{text}`{hint}")
        self.take()

    def whole(self) -> Node:
        node = self.formula()
        if self.next.kind != "end":
            raise FormulaError(self.next.place, f"found {self.next.shown}, wanted an operator or the end")
        return node

    def formula(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(self.next.place, f"more than {MAX_DEPTH} parentheses inside each other")
        node = self.operations(self.conjunction, "or")
        self.depth -= 1
        return node

    def operations(self, part: Callable[[], Node], *signs: str) -> Node:
        """Parts with signs between them, taken from left to right."""
        node = part()
        while self.has(*signs):
            sign = self.take()
            node = Operation(sign.text, node, part(), sign.place)
        return node

    def conjunction(self) -> Node:
        return self.operations(self.negation, "and")

    def negation(self) -> Node:
        places = []
        while self.has("not"):
            places.append(self.take().place)
        node = self.comparison()
        for place in reversed(places):
            node = Not(node, place)
        return node

    def comparison(self) -> Node:
        node = self.sum()
        if self.has(*COMPARISONS):
            sign = self.take()
            return Operation(sign.text, node, self.sum(), sign.place)
        if self.has("not"):
            place = self.take().place
            return Not(self.among(node), place)
        return self.among(node) if self.has("in") else node

    def among(self, operand: Node) -> Among:
        place = self.next.place
        self.want("in")
        self.want("(")
        listed = [self.constant()]
        while self.has(","):
            self.take()
            listed.append(self.constant())
        self.want(")")
        return Among(operand, tuple(listed), place)

    def constant(self) -> Text | Number:
        negative = self.has("-")
        place = self.take().place if negative else self.next.place
        node = self.atom() if self.next.kind in ("number", "text") else None
        if isinstance(node, Number):
            return Number(-node.value, place) if negative else node
        if isinstance(node, Text) and not negative:
            return node
        raise FormulaError(place, "`in` is followed by texts or numbers, such as ('Sofa', 'Table')")

    def sum(self) -> Node:
        return self.operations(self.product, "+", "-")

    def product(self) -> Node:
        return self.operations(self.unary, "*", "/")

    def unary(self) -> Node:
        places = []
        while self.has("-"):
            places.append(self.take().place)
        node = self.atom()
        for place in reversed(places):
            node = Negative(node, place)
        return node

    def atom(self) -> Node:
        token = self.take()
        match token.kind:
            case "number":
                return _number(token)
            case "text":
                return Text(token.text[1:-1].replace("''", "'"), token.place)
            case "name":
                return self.call(token) if self.has("(") else Name(token.text, token.place)
            case "quoted":
                return Name(token.text[1:-1], token.place)
        if token.text == "null":
            return Null(token.place)
        if token.text == "(":
            node = self.formula()
            self.want(")")
            return node
        hint = "; a column that is called so stands between backticks" if token.kind == "word" else ""
        raise FormulaError(token.place, f"found {token.shown}, wanted a name, a number, a text or `(`{hint}")

    def call(self, name: Token) -> Node:
        name = name._replace(text=name.text.lower())
        if name.text not in FUNCTIONS:
            hint = did_you_mean(name.text, FUNCTIONS) or f"; there are {', '.join(FUNCTIONS)}"
            raise FormulaError(name.place, f"unknown function `{name.text}`{hint}")
        self.want("(")
        arguments = [] if self.has(")", "by", "where") else [self.formula()]
        while self.has(","):
            self.take()
            arguments.append(self.formula())
        per = self.per() if name.text in BALANCES and self.has("by") else None
        condition = self.where() if name.text in AGGREGATES and self.has("where") else None
        self.want(")", _order(name.text, self.next))
        return _function(name, arguments, per, condition)

    def per(self) -> Name:
        self.take()
        token = self.take()
        if token.kind not in ("name", "quoted"):
            raise FormulaError(
                token.place, f"found {token.shown}, wanted the column whose balances these are"
            )
        return Name(token.text.strip("`"), token.place)

    def where(self) -> Node:
        self.take()
        return self.formula()


def _number(token: Token) -> Number:
    value = float(token.text)
    if not isfinite(value):
        raise FormulaError(token.place, "a number this large has no place in a formula")
    return Number(value, token.place)


def _order(function: str, found: Token) -> str:
    """Why a part of a call may stand where it cannot be understood."""
    if found.text == "by":
        return (
            "; `by` stands before `where`"
            if function in BALANCES
            else f"; only {', '.join(BALANCES)} take `by`"
        )
    return "; `where` comes last" if found.text == "," else ""


def _function(name: Token, arguments: list[Node], per: Name | None, condition: Node | None) -> Node:
    wanted = FUNCTIONS[name.text]
    if len(arguments) not in wanted:
        counted = " or ".join(map(str, wanted)) + (" argument" if wanted[-1] == 1 else " arguments")
        raise FormulaError(name.place, f"`{name.text}` takes {counted}, found {len(arguments)}")
    if name.text == "if":
        return Choice(arguments[0], arguments[1], arguments[2], name.place)
    if name.text == "optional":
        if not isinstance(arguments[0], Name):
            raise FormulaError(name.place, "`optional` takes the name of one measure")
        return Optional(arguments[0].name, name.place)
    at = _share(arguments[1]) if name.text == "quantile" else None
    return Aggregate(name.text, arguments[0] if arguments else None, condition, name.place, at, per)


def _share(node: Node) -> float:
    if isinstance(node, Number) and 0 <= node.value <= 1:
        return node.value
    raise FormulaError(node.place, "the share of a `quantile` is a number from 0 to 1, such as 0.9")
