"""What a column of discounts takes off quantity × unit price: a share, a percentage, or an amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any

import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.columns.likeness import is_unlike
from kpi.cleaning.facts import Facts
from kpi.cleaning.money.order_levels import Level, level_of
from kpi.cleaning.values.styles import Place
from kpi.cleaning.vocabulary import vocabulary

REPAIR = "deducted_discount"
_ROWS = 5_000
_STEPS, _HUNDRED = 12, 100
_DEAR = 5  # below, a discount of less than 1 may be cents
_ROUND = 0.9
_CENT = 0.0051
_NONE = "do not deduct it: the unit price is what was paid"
_PERCENT_WORDS = frozenset({"%", "pct", "percent", "percentage", "prozent", "prozentsatz", "rate", "satz", "taux", "pourcentage", "porcentaje", "percentuale", "percentagem", "taxa", "tasa", "share"})  # fmt: skip
_AMOUNT_WORDS = frozenset({"amount", "amt", "value", "total", "betrag", "wert", "montant", "importe", "monto", "importo", "valor", "valore", "bedrag"})  # fmt: skip
_UNIT_WORDS = frozenset({"unit", "each", "per", "je", "stuck", "unitaire", "unitario", "unidad", "unita", "stuk"})  # fmt: skip
_NET_WORDS = frozenset({"net", "netto", "nette", "neto", "discounted", "after", "paid", "final", "remise", "rabattiert"})  # fmt: skip


class Reading(StrEnum):
    """What a number of the column means."""

    SHARE = "a share: 0.1 is a tenth of the price"
    PERCENT = "a percentage: 10 is a tenth of the price"
    LINE = "an amount off the whole line"
    UNIT = "an amount off each unit"


@dataclass(frozen=True, slots=True)
class Deduction:
    """The discount of each row as an amount of the line; `field` is its column, called `label`."""

    field: str
    label: str
    reading: Reading
    amounts: Any

    @property
    def is_amount(self) -> bool:
        """Whether the column holds amounts of lines, which add up."""
        return self.reading is Reading.LINE

    def formula(self, product: str) -> str:
        """`Qty × Price × (1 − Discount %)`."""
        if self.reading is Reading.LINE:
            return f"{product} − {self.label}"
        if self.reading is Reading.SHARE:
            return f"{product} × (1 − {self.label})"
        if self.reading is Reading.PERCENT:
            return f"{product} × (1 − {self.label} / 100)"
        quantity, price = product.split(" × ", 1)
        return f"{quantity} × ({price} − {self.label})"


@dataclass(frozen=True, slots=True)
class _Lines:
    """The first rows that have a quantity, a price and a discount that is not 0, which is made positive."""

    quantities: Sequence[float]
    prices: Sequence[float]
    discounts: Sequence[float]

    def parts(self, *, of_unit: bool) -> list[tuple[float, float]]:
        """Each discount as a part of the price of its line or unit, and how far rounding to a cent may move it."""
        rows = zip(self.quantities, self.prices, self.discounts, strict=True)
        wholes = ((price if of_unit else abs(count) * price, off) for count, price, off in rows)
        return [(off / whole, _CENT / whole) for whole, off in wholes if whole > 0]


def find_deduction(place: Place, plans: Sequence[Plan], facts: Facts) -> Deduction | None:
    """What is to be deducted from quantity × unit price, None for nothing; asked where the column leaves it open."""
    price = next(plan for plan in plans if plan.name == "unit_price")
    found = [plan for plan in plans if plan.role is Role.NUMBERS and _is_discount(plan)]
    found = [plan for plan in found if _is_used(facts, plan)]
    if not found or not place.inquiry.repairs(REPAIR):
        return None
    plan, reading = _choose(place, found, price, facts)
    if plan is None or reading is None:
        return None
    return Deduction(plan.name, plan.content.column.label, reading, _amounts(facts, plan.name, reading))


def _is_discount(plan: Plan) -> bool:
    """`Discount`, `Disc %`, `Rabatt in %`, but not `Discounted price`."""
    if plan.name in ("discount", "discount_rate_given"):
        return True
    words = plan.content.column.header.words.replace("%", " % ")
    tokens = set(words.split())
    return bool(tokens & vocabulary().like["discount"]) and not is_unlike(
        " ".join(tokens - {"%"}), "discount"
    )


def _is_used(facts: Facts, plan: Plan) -> bool:
    ends = pc.min_max(facts.table.column(plan.name)).as_py()
    return bool(ends["min"] or ends["max"])


def _choose(
    place: Place, found: Sequence[Plan], price: Plan, facts: Facts
) -> tuple[Plan | None, Reading | None]:
    """The column and what it means: the only one that can be meant, or the answer to a question."""
    open_ones: dict[str, tuple[Plan, Reading]] = {}
    several = len(found) > 1
    likely = [(plan, _readings(plan, _lines(facts, plan.name))) for plan in found]
    sure = [(plan, readings[0]) for plan, readings in likely if len(readings) == 1]
    doubtful = not _NET_WORDS.isdisjoint(price.content.column.header.words.split()) or any(
        readings[0] in (Reading.LINE, Reading.UNIT) and _is_of_orders(facts, plan.name)
        for plan, readings in likely
    )
    if sure and len(sure) == len(likely) and not doubtful and _agree(facts, sure):
        return min(sure, key=lambda one: one[1] is not Reading.LINE)
    for plan, readings in likely:
        for reading in readings:
            label = f"{plan.content.column.label}, {reading.value}" if several else reading.value
            open_ones[label] = (plan, reading)
    candidates = [_NONE, *open_ones] if doubtful else [*open_ones, _NONE]
    names = " and ".join(plan.content.column.label for plan in found)
    question = f"The revenue is worked out as quantity × unit price. What does {names} take off it?"
    answer = place.ask(found[0].content, "discount", question, candidates)
    return open_ones.get(answer, (None, None))


def _is_of_orders(facts: Facts, name: str) -> bool:
    """Whether the discount of an order repeats on each of its lines, where it would be deducted several times."""
    if "order_id" not in facts.table.column_names:
        return False
    head = facts.table.select(["order_id", name]).slice(0, _ROWS)
    return level_of(head.column(0).to_pylist(), head.column(1).to_pylist()) is Level.REPEATED


def _agree(facts: Facts, found: Sequence[tuple[Plan, Reading]]) -> bool:
    """Whether the columns say the same, such as a percentage and the amount that it comes to."""
    first, *others = (_amounts(facts, plan.name, reading) for plan, reading in found)
    return all((pc.max(pc.abs(pc.subtract(first, other))).as_py() or 0.0) <= 2 * _CENT for other in others)


def _lines(facts: Facts, name: str) -> _Lines:
    head = facts.table.select(["quantity", "unit_price", name]).slice(0, _ROWS)
    columns = [head.column(at).to_pylist() for at in range(3)]
    rows = [row for row in zip(*columns, strict=True) if None not in row and row[2]]
    quantities, prices, discounts = ([row[at] for row in rows] for at in range(3))
    sign = -1 if discounts and max(discounts) < 0 else 1
    return _Lines(quantities, prices, [sign * off for off in discounts])


def _readings(plan: Plan, lines: _Lines) -> list[Reading]:
    """What the numbers may mean, the likeliest first; one where there is no doubt."""
    tokens = set(plan.content.column.header.words.replace("%", " % ").split())
    most = max(map(abs, lines.discounts), default=0.0)
    if _says_percent(plan, tokens):
        if most == 1:  # all of the price, or a hundredth
            return [Reading.PERCENT, Reading.SHARE]
        return [Reading.SHARE] if most < 1 else [Reading.PERCENT]
    amounts = _amounts_of(tokens, lines)
    named = bool(tokens & _AMOUNT_WORDS)
    few = len(set(lines.discounts)) <= _STEPS and not named
    if most <= 1 and not named:
        dear = median(lines.prices) >= _DEAR
        others = _either(amounts)
        if few and dear:
            return [Reading.SHARE]
        return [Reading.SHARE, *others] if few or dear else [*others, Reading.SHARE]
    whole = all(off.is_integer() for off in lines.discounts)
    return [Reading.PERCENT, *_either(amounts)] if few and whole and most <= _HUNDRED else amounts


def _says_percent(plan: Plan, tokens: set[str]) -> bool:
    percents = any(reading.percent for reading in plan.content.numbers.values() if reading)
    return percents or bool(tokens & _PERCENT_WORDS)


def _either(amounts: list[Reading]) -> list[Reading]:
    return amounts or [Reading.LINE, Reading.UNIT]


def _amounts_of(tokens: set[str], lines: _Lines) -> list[Reading]:
    """Whether amounts are off the line or off each unit: by the name, by what is possible, by round percentages."""
    if tokens & _UNIT_WORDS:
        return [Reading.UNIT]
    counts = zip(lines.quantities, lines.prices, lines.discounts, strict=True)
    if any(off > price for _, price, off in counts):
        return [Reading.LINE]
    if tokens & _AMOUNT_WORDS or all(abs(count) == 1 for count in lines.quantities):
        return [Reading.LINE]
    of_line, of_unit = (_round_parts(lines.parts(of_unit=of_unit)) for of_unit in (False, True))
    if of_line >= _ROUND > of_unit:
        return [Reading.LINE]
    if of_unit >= _ROUND > of_line:
        return [Reading.UNIT]
    return [Reading.LINE, Reading.UNIT]


def _round_parts(parts: Sequence[tuple[float, float]]) -> float:
    """How many of the parts are whole percentages, as far as cents can tell."""
    told = [(part, margin) for part, margin in parts if margin < 0.001]  # noqa: PLR2004 -- else any part comes near
    near = sum(abs(part * _HUNDRED - round(part * _HUNDRED)) <= _HUNDRED * margin for part, margin in told)
    return near / len(told) if told else 0.0


def _amounts(facts: Facts, name: str, reading: Reading) -> Any:
    """The discount of each line as a positive amount, 0 where the cell is blank."""
    table = facts.table
    off = table.column(name).fill_null(0.0)
    ends = pc.min_max(off).as_py()
    off = pc.negate(off) if ends["max"] <= 0 else off
    product = pc.multiply(table.column("quantity"), table.column("unit_price"))
    by_reading: Mapping[Reading, Any] = {
        Reading.LINE: lambda: off,
        Reading.SHARE: lambda: pc.multiply(product, off),
        Reading.PERCENT: lambda: pc.divide(pc.multiply(product, off), float(_HUNDRED)),
        Reading.UNIT: lambda: pc.multiply(table.column("quantity"), off),
    }
    return by_reading[reading]()
