"""What a column is good for, and what it is called in the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kpi.cleaning.columns.fitness import is_level
from kpi.cleaning.columns.mapping import LEFT_OUT, Mapped
from kpi.cleaning.values.content import NUMBERS, Content, are_percents, has_leading_zeros
from kpi.cleaning.vocabulary import Content as Means
from kpi.cleaning.vocabulary import is_margin, is_rate, vocabulary
from kpi.cleaning.words import field_name
from kpi.reading.cells import column_letters
from kpi.report import Kind

_OWN_NUMBERS = 0.7
_FEW, _FEW_SHARE, _FEW_MOST, _NAMED_MOST = 50, 0.05, 1_000, 5_000
_LAST_ORDINAL, _MOST_ORDINALS = 2_100, 366
_FIRST_YEAR, _YEARS = 1_800, ("jahr", "jaar")
_LEADING = frozenset({"id", "code", "plz", "zip", "postal", "codigo", "codice", "phone"})
_RATE_OR_AMOUNT = frozenset({"discount", "tax", "interest"})
_RESERVED = frozenset({"_sheet", "_row"})


class Role(StrEnum):
    """How the cells of a column are read."""

    DAYS = "days"
    NUMBERS = "numbers"
    LABELS = "labels"
    LEFT_OUT = "left out"


_ROLES = {
    Means.DATE: (Role.DAYS, Kind.DATE),
    Means.MEASURE: (Role.NUMBERS, Kind.MEASURE),
    Means.RATE: (Role.NUMBERS, Kind.RATE),
    Means.TEXT: (Role.LABELS, Kind.DIMENSION),
    Means.IDENTIFIER: (Role.LABELS, Kind.IDENTIFIER),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one column. The `kind` of labels is settled by `label_kind` when their members are known."""

    content: Content
    name: str
    role: Role
    kind: Kind
    confidence: float
    canonical: bool = False


def plan_columns(columns: Sequence[Content], mapped: Mapped) -> tuple[Plan, ...]:
    """One plan a column, in the order of the sheet; names in the facts are unique."""
    given = {name for name in mapped.fields.values() if name != LEFT_OUT}
    taken = {*given, *_RESERVED, *vocabulary().fields}
    plans: list[Plan] = []
    for number, content in enumerate(columns):
        plan = _mapped(content, mapped, number) if number in mapped.fields else _own(content)
        own = number not in mapped.fields or plan.name not in given
        if plan.role is not Role.LEFT_OUT and own:
            plan = Plan(plan.content, _unused(plan.name, taken), plan.role, plan.kind, plan.confidence)
            taken.add(plan.name)
        plans.append(plan)
    return tuple(plans)


def _unused(name: str, taken: set[str]) -> str:
    """Own columns must not pass for canonical ones, nor share a name."""
    if name in vocabulary().fields:
        name = f"{name}_given"
    count, unused = 2, name
    while unused in taken:
        unused, count = f"{name}_{count}", count + 1
    return unused


def _mapped(content: Content, mapped: Mapped, number: int) -> Plan:
    name, confidence = mapped.fields[number], mapped.confidence[number]
    if name == LEFT_OUT:
        return Plan(content, LEFT_OUT, Role.LEFT_OUT, Kind.TEXT, confidence)
    if name not in vocabulary().contents:
        own = _own(content)
        return Plan(content, field_name(name, name), own.role, own.kind, confidence)
    if name in _RATE_OR_AMOUNT and _is_share(content):
        return Plan(content, f"{name}_rate_given", Role.NUMBERS, Kind.RATE, confidence)
    role, kind = _ROLES[vocabulary().contents[name]]
    return Plan(content, name, role, kind, confidence, canonical=True)


def _is_share(content: Content) -> bool:
    """Whether all values lie between 0 and 1: then they are parts of something, not amounts."""
    real = {cell for cell in content.column.cells if cell.__class__ in NUMBERS}
    readings = [reading for reading in content.numbers.values() if reading]
    if readings and all(reading.percent for reading in readings) and not real:
        return True
    values = [*real, *(reading.value(reading.sign) or 0.0 for reading in readings)]
    return bool(values) and all(0 <= value <= 1 for value in values)


def _own(content: Content) -> Plan:
    header = content.column.header
    name = field_name(header.words, f"column_{column_letters(content.column.position).lower()}")
    if content.is_blank:
        return Plan(content, LEFT_OUT, Role.LEFT_OUT, Kind.TEXT, 1.0)
    if content.is_dated() or content.number_share < _OWN_NUMBERS:
        return Plan(content, name, Role.LABELS, Kind.TEXT, 1.0)
    tokens = header.words.split()
    if _names_things(content, tokens):
        return Plan(content, name, Role.LABELS, Kind.IDENTIFIER, 1.0)
    kind = Kind.RATE if _is_rate(content, tokens) else Kind.MEASURE
    return Plan(content, name, Role.NUMBERS, kind, 1.0)


def _is_rate(content: Content, tokens: list[str]) -> bool:
    percents = any(reading.percent for reading in content.numbers.values() if reading)
    words = " ".join(tokens)
    margin = is_margin(words) and are_percents(content)
    return percents or is_rate(words) or margin or is_level(words)


def _names_things(content: Content, tokens: list[str]) -> bool:
    """Whether whole numbers under this header are names (`Postal Code`, `Year`), so that no one adds them up."""
    if has_leading_zeros(content):
        return True
    sets = vocabulary().sets
    named = tokens and (tokens[-1] in sets["identifiers"] or tokens[0] in _LEADING)
    ordinal = tokens and tokens[-1] in sets["ordinals"]
    years = _says_year(tokens)
    if not (named or ordinal or years):
        return False
    numbers = _whole_numbers(content)
    if numbers is None:
        return False
    if named or (years and all(_FIRST_YEAR <= number <= _LAST_ORDINAL for number in numbers)):
        return True
    if not ordinal:
        return False
    return len(numbers) <= _MOST_ORDINALS and all(0 <= number <= _LAST_ORDINAL for number in numbers)


def _says_year(tokens: list[str]) -> bool:
    """`Year of birth`, `Baujahr`."""
    return any(token in vocabulary().sets["year_words"] or token.endswith(_YEARS) for token in tokens)


def _whole_numbers(content: Content) -> set[float] | None:
    """The distinct numbers, None where one of them has a fraction."""
    numbers = {float(cell) for cell in content.column.cells if cell.__class__ in NUMBERS}
    for reading in content.numbers.values():
        if reading is not None:
            if not reading.body.isdigit():
                return None
            numbers.add(float(reading.body))
    return numbers if all(number.is_integer() for number in numbers) else None


def label_kind(plan: Plan, members: int, rows: int) -> Kind:
    """Groups have few members; names that are canonical may have more."""
    if plan.kind is Kind.IDENTIFIER and plan.canonical:
        return Kind.IDENTIFIER
    if plan.canonical:
        return Kind.DIMENSION if members <= _NAMED_MOST else Kind.TEXT
    if members <= _FEW or members <= min(_FEW_SHARE * rows, _FEW_MOST):
        return Kind.DIMENSION if not plan.content.is_dated() else Kind.TEXT
    return plan.kind
