"""How a place writes its numbers: the signs and the places of what Unicode's common locale data say of it."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol, get_group_symbol

PLACE = "\N{CURRENCY SIGN}"  # where a pattern has the currency
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """The signs between digits, and where a currency stands.

    `groups`: how many digits the last group has, and each one before it (India: 3 and 2).
    """

    decimal: str = "."
    group: str = ","
    groups: tuple[int, int] = (3, 3)
    currency_last: bool = False
    spaced: bool = False  # whether there is a space between a currency's sign and its amount

    @property
    def separators(self) -> str:
        """As Plotly takes them: `.,`."""
        return self.decimal + self.group

    def written(self, size: float, decimals: int) -> str:
        """A number that is not negative: `1,234.50`."""
        whole, point, part = f"{size:.{decimals}f}".partition(".")
        return self._grouped(whole) + (self.decimal + part if point else "")

    def _grouped(self, whole: str) -> str:
        last, others = self.groups
        parts, rest = [whole[-last:]], whole[:-last]
        while rest:
            parts.append(rest[-others:])
            rest = rest[:-others]
        return self.group.join(reversed(parts))


ENGLISH = NumberStyle()


def style_of(locale: str) -> NumberStyle:
    """That of `de`, `de_CH` or `en-IN`; English without one. ValueError says what was found and what is wanted."""
    if not locale:
        return ENGLISH
    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(
            f"found {locale!r}, expected a language and, if need be, a place, such as de, de_CH or en_IN"
        ) from None
    numbers, money = found.decimal_formats[None], found.currency_formats["standard"].pattern.split(";")[0]
    last = money.rstrip().endswith(PLACE)
    beside = money.partition(PLACE)[0][-1:] if last else money.partition(PLACE)[2][:1]
    return NumberStyle(
        decimal=get_decimal_symbol(found),
        group=get_group_symbol(found),
        groups=numbers.grouping,
        currency_last=last,
        spaced=beside in SPACES,
    )
