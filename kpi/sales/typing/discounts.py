"""Whether a column of discounts holds rates or amounts, decided by its header and by all of its figures together."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.cleaning.words import plain

_PERCENT = frozenset({"%", "pct", "percent", "percents", "percentage", "prozent", "prozentsatz", "pourcent", "pourcentage", "porcentaje", "percentuale", "percentagem", "percentual", "procent", "kortingspercentage"})  # fmt: skip
_RATE = frozenset({"rate", "satz", "rabattsatz", "taux", "taxa", "tasa", "share"})
_AMOUNT = frozenset({"amount", "amt", "value", "total", "betrag", "rabattbetrag", "wert", "montant", "importe", "monto", "importo", "valor", "valore", "bedrag"})  # fmt: skip
_FEW = 100  # figures that go against the others are mistakes where there are this many times fewer
_KIND_OPEN = "a discount may be a rate or an amount"
_UNIT_OPEN = "a discount may be written in percent or in parts of the price"


@dataclass(frozen=True, slots=True)
class DiscountFigures:
    """How many figures of the column there are of each kind; percentages are those written with a percent sign."""

    parts: int = 0  # between 0 and 1, the ends left out, whatever their sign
    ones: int = 0  # 1 or −1
    larger: int = 0
    percentages: int = 0
    below: int = 0  # of all these
    above: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the figures of the column mean. A rate is between 0 and 1; `hundredths`: it is written as 20 for a fifth.

    `negated`: what is taken off is written with a minus. `bounded`: no figure that was counted is outside. `doubt` says
    what the figures may mean as well; it is empty where header or percent signs leave nothing open.
    """

    rate: bool = False
    hundredths: bool = False
    negated: bool = False
    bounded: bool = False
    doubt: str = ""


def discount_reading(header: str, found: DiscountFigures) -> Reading:
    """Rates where header or percent signs say so, or where no figure is above 1 and some are parts of it."""
    words = frozenset(plain(header).replace("%", " % ").split())
    negated = bool(found.below) and not found.above
    if found.percentages or words & (_PERCENT | _RATE):
        hundredths = _is_percent(words, found)
        bounded = _is_bounded(found) and not hundredths
        return Reading(True, hundredths, negated, bounded, _doubt_of_rates(words, found))
    few = found.larger * _FEW <= found.parts
    rate = bool(found.parts) and few and not words & _AMOUNT
    doubt = "" if words & _AMOUNT else _KIND_OPEN
    return Reading(rate, False, negated, bounded=rate and _is_bounded(found), doubt=doubt)


def _is_percent(words: frozenset[str], found: DiscountFigures) -> bool:
    """Whether rates are written as 20 for a fifth: one above 1 settles it where the header says percent."""
    if words & _PERCENT and found.larger:
        return True
    return found.parts <= found.larger and bool(found.larger or found.ones)


def _doubt_of_rates(words: frozenset[str], found: DiscountFigures) -> str:
    """Figures without a percent sign tell their unit where they are above 1, or all of them parts of the price under a word for rates."""
    if words & _PERCENT:
        return _UNIT_OPEN if (found.parts or found.ones) and not found.larger else ""
    if words & _RATE:
        return _UNIT_OPEN if found.ones or (found.parts and found.larger) else ""
    return _KIND_OPEN if found.parts or found.ones or found.larger else ""


def _is_bounded(found: DiscountFigures) -> bool:
    return not found.larger and not (found.below and found.above)
