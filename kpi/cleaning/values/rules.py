"""How the numbers of each column are to be read, with a question where the cells do not tell."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.values.content import Content
from kpi.cleaning.values.numbers import FACTORS, NumberRule, NumberStyle, NumberText, Sign, find_style
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.units import ENTRIES
from kpi.reading.cells import Cell

AS_TEXT, SUFFIX, UNIT = "numbers_as_text", "number_suffix", "unit_scale"  # repairs
_DECIMAL = {Sign.POINT: "the point is the decimal sign", Sign.COMMA: "the comma is the decimal sign"}
_MILLION = ("M is a thousand", "M is a million")
_METRES = ("a million", "a unit that does not multiply, such as metres")
_ALONE = ("the unit of the cell alone counts", "both count")
_CREDITS, _DEBITS = "credits (CR) are negative", "debits (DR) are negative"
_CRORE, _KEPT, _NEGATIVE = (
    "it is a crore, ten million",
    "it is a credit, and positive",
    "it is a credit, and negative",
)
_FEW_CRORES = 10_000  # more than that many crores are rarely written as crores
_INCOME = frozenset({"revenue", "other_income"})  # what is booked on the credit side
_LOST = ("they lost the mark between thousands: multiply those with a fraction by 1,000", "they are right")
_THOUSAND, _FAR, _SAMPLE = 1_000, 30, 20
_ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}\b")
_RUPEES = frozenset({"INR", "RS"})


def number_rules(plans: Sequence[Plan], place: Place, *, typed_cells: bool) -> dict[int, NumberRule]:
    """How to read each column of numbers, by the number of its plan. `typed_cells`: not from a text file."""
    styles = {
        number: find_style(reading for reading in plan.content.numbers.values() if reading)
        for number, plan in enumerate(plans)
        if plan.role is Role.NUMBERS
    }
    signs = _decimal_signs(styles, plans, place)
    return {
        number: _rule(plans[number], style, signs[number], place, typed_cells=typed_cells)
        for number, style in styles.items()
    }


def _decimal_signs(styles: Mapping[int, NumberStyle], plans: Sequence[Plan], place: Place) -> dict[int, Sign]:
    """The sign by number of the plan. One program wrote the sheet, so decided columns decide for the others."""
    decided: set[Sign] = {
        style.decimal for style in styles.values() if style.decimal in (Sign.POINT, Sign.COMMA)
    }
    for sign in decided:
        place.inquiry.prove("decimal_sign", _DECIMAL[sign])
    common = decided.pop() if len(decided) == 1 else Sign.UNKNOWN
    signs: dict[int, Sign] = {}
    doubtful: list[int] = []
    for number, style in styles.items():
        if style.decimal is Sign.EITHER:
            signs[number] = Sign.POINT
        elif style.contradicted or (style.decimal is Sign.UNKNOWN and common is Sign.UNKNOWN):
            doubtful.append(number)
        else:
            signs[number] = common if style.decimal is Sign.UNKNOWN else style.decimal
        _ask_mixtures(plans[number].content, style, place)
    if doubtful:
        sign = _ask_sign([plans[number].content for number in doubtful], place)
        signs.update(dict.fromkeys(doubtful, sign))
    return signs


def _rule(plan: Plan, style: NumberStyle, sign: Sign, place: Place, *, typed_cells: bool) -> NumberRule:
    """Repairs that do not arise are not asked for: what comes up can be turned off."""
    content, header = plan.content, plan.content.column.header
    scale = header.scale if header.scale == 1 or place.inquiry.repairs(UNIT) else 1
    texts = not (typed_cells and any(content.numbers.values())) or place.inquiry.repairs(AS_TEXT)
    fractions = _lost(content, sign, place) if typed_cells else 1
    if not style.marks:
        return NumberRule(sign, scale, texts=texts, fractions=fractions)
    factors = _factors(plan, style, place)
    shared = True
    if scale != 1 and style.marks.keys() - ENTRIES:
        question = f"The header counts in {header.unit}, and some cells name a unit of their own. What do these mean?"
        shared = _answer(plan, f"units:{header.words}", question, _ALONE, place, style.marks) == _ALONE[1]
    return NumberRule(sign, scale, factors, shared=shared, texts=texts, fractions=fractions)


def _lost(content: Content, sign: Sign, place: Place) -> int:
    """What real numbers with a fraction are multiplied by, beside texts with a decimal comma.

    Where a file is opened with the settings of another country, `1.234` becomes a little more than one and `1.234,50`
    stays text.
    """
    real = sorted(cell for cell in content.column.cells if isinstance(cell, float) and not cell.is_integer())
    texts = sorted(abs(reading.value(sign) or 0.0) for reading in content.numbers.values() if reading)
    if sign is not Sign.COMMA or not real or not texts or not all(map(_may_be_parted, real)):
        return 1
    usual = texts[len(texts) // 2]
    if not usual / _FAR <= abs(real[len(real) // 2]) * _THOUSAND <= usual * _FAR:
        return 1
    question = (
        f"Some amounts are text with a decimal comma, and some are numbers about a thousand times smaller "
        f"({real[len(real) // 2]:g}), as when a file was opened with another country's settings. What are the numbers?"
    )
    answer = place.ask(content, f"lost_thousands:{content.column.header.words}", question, _LOST)
    return _THOUSAND if answer == _LOST[0] else 1


def _may_be_parted(number: float) -> bool:
    """Whether a number may have been written with a mark between thousands: `1.234`."""
    return 1 <= abs(number) < _THOUSAND and math.isclose(number * _THOUSAND, round(number * _THOUSAND))


def _factors(plan: Plan, style: NumberStyle, place: Place) -> Mapping[str, tuple[int, int]]:
    """What each mark of the column does; a mark that must not be read is missing."""
    words, marks = plan.content.column.header.words, style.marks
    factors = dict(FACTORS)
    if "m" in marks and "mm" in marks:
        question = "Some amounts end in M and some in MM. What does M mean here?"
        if _answer(plan, f"million:{words}", question, _MILLION, place, {"m"}) == _MILLION[0]:
            factors["m"] = (3, 1)
    elif "m" in marks and _may_be_metres(plan, style):
        question = "What does m behind these numbers mean?"
        if _answer(plan, f"million:{words}", question, _METRES, place, {"m"}) == _METRES[1]:
            factors["m"] = (0, 1)
    if "dr" in marks:
        factors |= _entries(plan, place, words)
    elif "cr" in marks and not counts_crores(plan.content):
        factors["cr"] = _credit(plan, place, words)
    multiples = {mark for mark in marks if factors[mark][0]}
    if multiples and not place.inquiry.repairs(SUFFIX):
        return {mark: factor for mark, factor in factors.items() if not factor[0]}
    return factors


def _may_be_metres(plan: Plan, style: NumberStyle) -> bool:
    """Whether a small `m` stands behind numbers of which nothing says that they are money."""
    if plan.canonical or style.currencies or plan.content.column.header.currency:
        return False
    readings = plan.content.numbers.items()
    return any(reading and reading.mark == "m" and text.rstrip().endswith("m") for text, reading in readings)


def is_multiplied(mark: str, content: Content, place: Place) -> bool:
    """Whether the numbers with this mark were multiplied by it."""
    choices, words = place.inquiry.answers.choices, content.column.header.words
    if mark == "m":
        return choices.get(f"million:{words}") != _METRES[1]
    if mark in ENTRIES:
        return mark == "cr" and (counts_crores(content) or choices.get(f"cr:{words}") == _CRORE)
    return bool(mark)


def counts_crores(content: Content) -> bool:
    """Whether `Cr` in this column can only be a crore: there is no debit, and something says India."""
    readings = [reading for reading in content.numbers.values() if reading]
    marks = {reading.mark for reading in readings}
    currencies = {reading.currency for reading in readings} - {""} or {content.column.header.currency}
    return "dr" not in marks and bool(marks & {"lakh", "crore"} or currencies <= _RUPEES)


def _entries(plan: Plan, place: Place, words: str) -> Mapping[str, tuple[int, int]]:
    """The two sides of an account: which one takes away depends on the account."""
    question = "Amounts are marked DR (debit) or CR (credit). Which of them are negative?"
    candidates = (_DEBITS, _CREDITS) if plan.name in _INCOME else (_CREDITS, _DEBITS)
    credits_negative = _answer(plan, f"debits:{words}", question, candidates, place, ENTRIES) == _CREDITS
    return {"cr": (0, -1 if credits_negative else 1), "dr": (0, 1 if credits_negative else -1)}


def _credit(plan: Plan, place: Place, words: str) -> tuple[int, int]:
    """`Cr` behind every amount, and no debit beside it."""
    readings = [reading for reading in plan.content.numbers.values() if reading and reading.mark == "cr"]
    small = all(
        len(reading.body.replace(",", ".").split(".")[0]) <= len(str(_FEW_CRORES)) for reading in readings
    )
    candidates = (_CRORE, _KEPT, _NEGATIVE) if small else (_KEPT, _NEGATIVE, _CRORE)
    question = "What does Cr behind these amounts mean?"
    answer = _answer(plan, f"cr:{words}", question, candidates, place, {"cr"})
    return (7, 1) if answer == _CRORE else (0, 1 if answer == _KEPT else -1)


def _answer(
    plan: Plan, key: str, question: str, candidates: Sequence[str], place: Place, marks: Collection[str]
) -> str:
    """The answer about the cells that end in one of these marks, asked at the first of them."""
    texts = {text for text, reading in plan.content.numbers.items() if reading and reading.mark in marks}
    return place.ask(plan.content, key, question, candidates, cell=place.first_cell(plan.content, texts))


def _ask_sign(contents: Sequence[Content], place: Place) -> Sign:
    """One question for all columns that leave it open: one program wrote them."""
    doubtful = [
        (text, reading)
        for content in contents
        for text, reading in content.numbers.items()
        if reading and reading.sign is Sign.UNKNOWN
    ]
    guess = _likely(doubtful, place)
    text, reading = doubtful[0]
    other = Sign.COMMA if guess is Sign.POINT else Sign.POINT
    others = [content.column.label for content in contents[1:]]
    also = f" The same is asked of {', '.join(others)}." if others else ""
    question = (
        f"Is the mark in {text.strip()} a decimal sign, or does it part thousands? "
        f"It may be {_as(reading, guess)} or {_as(reading, other)}.{also}"
    )
    answer = place.ask(
        contents[0],
        "decimal_sign",
        question,
        [_DECIMAL[guess], _DECIMAL[other]],
        cell=place.first_cell(contents[0], {text}),
    )
    return guess if answer == _DECIMAL[guess] else other


def _likely(doubtful: Sequence[tuple[str, NumberText]], place: Place) -> Sign:
    """Three digits behind every mark are more often thousands than three decimals, but not where a program wrote them.

    Programs that write `2025-12-31` part no thousands, and write the point.
    """
    points = any("." in reading.body for _, reading in doubtful)
    commas = any("," in reading.body for _, reading in doubtful)
    by_program = any(_is_iso(column.cells) for column in place.table.columns)
    return Sign.COMMA if points and not commas and not by_program else Sign.POINT


def _is_iso(cells: Sequence[Cell]) -> bool:
    """Whether the first cells are texts such as `2025-12-31`."""
    texts = [cell for cell in cells[:_SAMPLE] if isinstance(cell, str) and cell.strip()]
    return bool(texts) and all(map(_ISO.match, texts))


def _as(reading: NumberText, sign: Sign) -> str:
    group = "," if sign is Sign.POINT else "."
    return f"{float(reading.body.replace(group, '').replace(',', '.')):g}"


def _ask_mixtures(content: Content, style: NumberStyle, place: Place) -> None:
    words = content.column.header.words
    if style.percents and (style.plains or content.real_numbers):
        question = "Some cells are percentages and some are plain numbers. Read 12% as 0.12 beside the plain numbers?"
        place.ask(content, f"percents:{words}", question, ("12% is 0.12",))
