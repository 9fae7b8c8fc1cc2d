"""Figures as people write them, exactly: the decimal sign of a column, and what its odd texts say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from kpi.cleaning.values.content import is_marker
from kpi.cleaning.values.numbers import NumberText, Sign, find_style, read_number
from kpi.sales.source import RawTable, SourceError
from kpi.sales.typing.discounts import Reading
from kpi.sales.typing.fields import too_large

_PRECISION = 100  # more digits than any text that is read has
_FEW = 100  # texts that go against the others are mistakes where there are this many times fewer


class Odd(StrEnum):
    """Why a text yields no figure; `BLANK` says that there is none."""

    BLANK = "blank"
    UNREADABLE = "unreadable"
    OTHER_SIGN = "other_sign"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts of one column with a point or a comma in them. `proven`: the point was proven without reading them."""

    header: str
    texts: Sequence[str] = ()
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """The decimal sign by field; `taken` are the headers of columns in which the point was taken without proof."""

    by_field: Mapping[str, Sign]
    taken: Mapping[str, str]  # by field, an example


def decimal_signs(samples: Mapping[str, Sample], raw: RawTable) -> Signs:
    """The decimal sign of each column. One program wrote the table: decided columns decide for the others.

    Raises `SourceError` (`decimal_sign`) where nothing tells what a comma is.
    """
    readings = {field: _readings(sample.texts) for field, sample in samples.items()}
    found = {
        field: Sign.POINT if sample.proven else _sign(readings[field]) for field, sample in samples.items()
    }
    decided = {sign for sign in found.values() if sign in (Sign.POINT, Sign.COMMA)}
    common = decided.pop() if len(decided) == 1 else Sign.UNKNOWN
    taken: dict[str, str] = {}
    for field, sign in found.items():
        if sign is Sign.EITHER:
            found[field] = Sign.POINT
        if sign is Sign.UNKNOWN:
            found[field] = common
            if common is Sign.UNKNOWN:
                found[field] = Sign.POINT
                taken[field] = _unproven(samples[field], readings[field], raw)
    return Signs(found, taken)


def _readings(texts: Iterable[str]) -> dict[str, NumberText]:
    return {text: reading for text in texts if (reading := read_number(text)) is not None}


def _sign(readings: Mapping[str, NumberText]) -> Sign:
    """What the texts prove; a few that go against many are mistakes, otherwise such texts prove nothing."""
    style = find_style(readings.values())
    if not style.contradicted:
        return style.decimal
    votes = [reading.sign for reading in readings.values()]
    points, commas = votes.count(Sign.POINT), votes.count(Sign.COMMA)
    return style.decimal if min(points, commas) * _FEW <= max(points, commas) else Sign.UNKNOWN


def _unproven(sample: Sample, readings: Mapping[str, NumberText], raw: RawTable) -> str:
    """An example of a column in which the point stands where decimals may be, or thousands end."""
    doubtful = sorted(text for text, reading in readings.items() if reading.sign is Sign.UNKNOWN)
    signs = {sign for text in readings for sign in ".," if sign in text}
    if signs == {"."}:
        return doubtful[0]
    example = next((text for text in doubtful if "," in text), doubtful[0])
    raise SourceError(
        "decimal_sign",
        f"{raw.label}, column '{sample.header}': found '{example}', of which no figure of the table tells whether its "
        "mark stands before decimals or between thousands. Write figures without marks between thousands, or with two "
        "decimals, and run again. The warehouse is as it was.",
    )


def read_figure(text: str, sign: Sign | None, size: tuple[int, int]) -> Decimal | Odd:
    """The figure, rounded half away from zero to the decimals of `size`, or why it is none. A percentage is a fraction.

    `sign` is the decimal sign of the column, None where each text counts by itself.
    """
    if is_marker(text):
        return Odd.BLANK
    reading = read_number(text)
    if reading is None or reading.mark:
        return Odd.UNREADABLE
    decimal = _own(reading) if sign is None else sign
    if decimal is Sign.UNKNOWN or (reading.sign in (Sign.POINT, Sign.COMMA) and reading.sign is not decimal):
        return Odd.OTHER_SIGN
    return rounded(_exact(reading, decimal), size)


def odd_figures(
    texts: Iterable[str], sign: Sign | None, size: tuple[int, int], discount: Reading
) -> dict[str, Decimal | Odd]:
    """What the odd texts of a column mean. Only discounts are written as percentages, and they as `discount` says."""
    return {text: _odd_figure(text, sign, size, discount) for text in texts}


def _odd_figure(text: str, sign: Sign | None, size: tuple[int, int], discount: Reading) -> Decimal | Odd:
    percent = "%" in text
    if percent and not discount.rate:
        return Odd.UNREADABLE
    figure = read_figure(text, sign, size)
    if isinstance(figure, Odd):
        return figure
    if discount.hundredths and not percent:
        figure = figure.scaleb(-2)
    return rounded(-figure if discount.negated else figure, size)


def _own(reading: NumberText) -> Sign:
    return Sign.POINT if reading.sign is Sign.EITHER else reading.sign


def _exact(reading: NumberText, decimal: Sign) -> Decimal:
    group = "," if decimal is Sign.POINT else "."
    with localcontext(prec=_PRECISION):
        number = Decimal(reading.body.replace(group, "").replace(",", "."))
        number = number.scaleb(-2) if reading.percent else number
        return -number if reading.negative else number


def rounded(number: Decimal, size: tuple[int, int]) -> Decimal | Odd:
    """The number with as many decimals as its column has, half away from zero."""
    with localcontext(prec=_PRECISION):
        near = number.quantize(Decimal(1).scaleb(-size[1]), ROUND_HALF_UP)
    return near if abs(near) < too_large(size) else Odd.TOO_LARGE


def currencies(texts: Iterable[str]) -> frozenset[str]:
    """The currencies that figures bear."""
    return find_style(_readings(texts).values()).currencies


def refuse_currencies(texts: Sequence[str], header: str, raw: RawTable) -> None:
    """Amounts of several currencies must not be added up."""
    found = currencies(texts)
    if len(found) > 1:
        raise SourceError(
            "several_currencies",
            f"{raw.label}, column '{header}': found amounts in {' and '.join(sorted(found))}; wanted one currency, since "
            "they are added up. Convert them, or keep a file for each. The warehouse is as it was.",
        )
