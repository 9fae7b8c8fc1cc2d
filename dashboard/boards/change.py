"""How a KPI has moved against what it is compared with, in words, colour and an arrow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard import pacing, theme
from dashboard.view import Versus
from kpi.calculator import Comparison
from kpi.definitions import Definition
from kpi.format import NO_CHANGE, format_change, format_short
from kpi.targeting.pace import Pace

Arrow = Literal["up", "down", "off"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a tile says below its value: nothing is told by the colour or the arrow alone."""

    text: str
    tone: theme.Tone = theme.QUIET
    arrow: Arrow = "off"


def change_of(one: Definition, compared: Comparison, pace: Pace | None, versus: Versus) -> Change | None:
    """None where nothing is compared with."""
    if versus is Versus.NOTHING:
        return None
    if compared.current.why:
        return Change("no projection")
    if versus is Versus.TARGET:
        return _against_target(one, pace)
    return _against_earlier(one, compared)


def _against_target(one: Definition, pace: Pace | None) -> Change:
    if pace is None or pace.ahead is None:
        return Change("no target")
    if pacing.distance(one, pace) == pacing.ON_TARGET:
        return Change(pacing.ON_TARGET)
    said = f"{pacing.signed(one, pace.ahead)}, {pacing.side(one, pace)}"
    return Change(said, _tone(good=pacing.is_good(one, pace)), "up" if pace.ahead > 0 else "down")


def _against_earlier(one: Definition, compared: Comparison) -> Change:
    good = _is_good(one, compared)
    verdict = "" if good is None else ", better" if good else ", worse"
    difference = compared.difference
    arrow: Arrow = "off" if not difference else "up" if difference > 0 else "down"
    if compared.change is not None:
        said = format_change(compared.change, one.unit)
        return Change(f"{said}{verdict}", _tone(good=good), "off" if said == NO_CHANGE else arrow)
    if difference:
        sign = "+" if difference > 0 else ""
        said = f"{sign}{format_short(difference, one.unit, one.decimals, one.currency)}{verdict}"
        return Change(said, _tone(good=good), arrow)
    return Change(NO_CHANGE if compared.earlier is not None and difference == 0 else "no comparison")


def _is_good(one: Definition, compared: Comparison) -> bool | None:
    if compared.earlier is None or format_change(compared.change, one.unit) == NO_CHANGE:
        return None
    return one.is_good(compared.earlier.value, compared.current.value)


def _tone(*, good: bool | None) -> theme.Tone:
    return theme.QUIET if good is None else theme.GOOD if good else theme.BAD
