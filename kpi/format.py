"""Numbers as people read them: one formatter for the page and for the text of alerts, in one style for the installation.

The process that starts says the style once, as with `locale.setlocale`; until then they are written as in English.
"""

from __future__ import annotations

from math import floor, log10

from kpi.catalogue.definition import Definition, Unit
from kpi.number_style import ENGLISH, NumberStyle

NONE = "\N{EN DASH}"  # the sign for no value
MINUS = "\N{MINUS SIGN}"  # as wide as a plus, unlike the hyphen
STEPS = (" k", " M", " B", " T")
DIGITS = 3  # that matter on a tile
GAP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "$": "$", "¥": "¥"}

NO_CHANGE = "no change"
_styles = [ENGLISH]


def write_as(style: NumberStyle) -> None:
    """From now on, everywhere in this process."""
    _styles[:] = [style]


def separators() -> str:
    """The signs before the decimals and between the thousands, as Plotly takes them."""
    return _styles[0].separators


def format_count(count: int) -> str:
    """How many there are of something: `10,038`."""
    return _signed(count, 0)


def count_of(number: int, one: str, several: str = "") -> str:
    """`1 message`, `4 messages`, `1,200 boxes`."""
    return f"{format_count(number)} {one if number == 1 else several or f'{one}s'}"


def format_value(value: float | None, unit: Unit, decimals: int = 2, currency: str = "") -> str:
    """The full value: `1,234,567.89`, `12.4 %`, `3 days`, a dash for none; an amount with its currency where given."""
    if value is None:
        return NONE
    if unit is Unit.PERCENT:
        return f"{_signed(value * 100, decimals)} %"
    return _with_unit(_signed(value, decimals), unit, currency)


def format_short(value: float | None, unit: Unit, decimals: int = 2, currency: str = "") -> str:
    """Three significant digits for a tile: `€1.23 M`, `118 k`, `950`, `12.4 %`. Counts below 1,000 stay whole."""
    if value is None or unit is Unit.PERCENT:
        return format_value(value, unit, decimals)
    return _with_unit(_shortened(value, decimals), unit, currency)


def format_range(one: Definition) -> str:
    """Between which values all is well: `20 days to 30 days`; empty where no range is good."""
    ends = [format_value(end, one.unit, one.decimals, one.currency) for end in (one.low, one.high)]
    return "" if NONE in ends else " to ".join(ends)


def symbol(currency: str) -> str:
    """What people know the currency by: a sign where one stands for it alone in most places, else its code."""
    return SYMBOLS.get(currency, currency)


def _with_unit(shown: str, unit: Unit, currency: str) -> str:
    if unit in (Unit.DAYS, Unit.HOURS):
        return f"{shown} {unit.value.removesuffix('s') if shown == '1' else unit.value}"
    return _in(currency if unit is Unit.CURRENCY else "", shown)


def _in(currency: str, shown: str) -> str:
    """`−€5.00`, `CHF −5.00`, `−5,00 €`."""
    if not currency:
        return shown
    style, sign = _styles[0], symbol(currency)
    if style.currency_last:
        return f"{shown}{GAP}{sign}"
    if sign == currency and sign not in SYMBOLS:
        return f"{currency}{GAP}{shown}"
    gap = GAP if style.spaced else ""
    return f"{MINUS}{sign}{gap}{shown[1:]}" if shown.startswith(MINUS) else f"{sign}{gap}{shown}"


def _shortened(value: float, decimals: int) -> str:
    rounded = _rounded(value)
    step = min(_magnitude(rounded) // 3, len(STEPS))
    if step < 1:
        return _signed(value, min(decimals, _places(value)))
    scaled = rounded / 1000**step
    return _signed(scaled, _places(scaled)) + STEPS[step - 1]


def format_change(change: float | None, unit: Unit) -> str:
    """A change against an earlier period: `+12.4 %`, for a percentage in points (`+1.2 pp`), or `no change`."""
    if change is None:
        return NONE
    if round(abs(change) * 100, 1) == 0:
        return NO_CHANGE
    shown = _signed(change * 100, 1)
    return f"{'' if shown.startswith(MINUS) else '+'}{shown} {'pp' if unit is Unit.PERCENT else '%'}"


def _signed(value: float, decimals: int) -> str:
    """With thousands separators and a true minus, which nothing that rounds to zero keeps."""
    shown = _styles[0].written(abs(value), decimals)
    return MINUS + shown if value < 0 and any(char in "123456789" for char in shown) else shown


def _magnitude(value: float) -> int:
    return floor(log10(abs(value))) if value else 0


def _rounded(value: float) -> float:
    return round(value, DIGITS - 1 - _magnitude(value))


def _places(value: float) -> int:
    """Decimals that leave three significant digits; none are spent on digits before the point."""
    return max(0, DIGITS - 1 - max(0, _magnitude(_rounded(value))))
