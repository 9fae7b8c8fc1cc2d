"""Sheets whose name says that their amounts are planned: they are targets, and never added to actual amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi.cleaning.sheets.parts import NUMBERS, Desk, Part, listed
from kpi.cleaning.sheets.sheet_names import says_plan
from kpi.report import Effect, Issue

PLAN_SHEET = "plan_sheet"
_GIVEN = "target_given"  # a column called target on a sheet that does not say of what
_ACTUAL, _TARGET, _NEITHER = "they are actual amounts", "they are targets", "leave them out"


def split_plans(parts: Sequence[Part], desk: Desk) -> tuple[list[Part], list[Part]]:
    """The parts with actual amounts, and those with planned ones, whose revenue is then the target."""
    parts = [_with_target(part, parts) for part in parts]
    named = [part for part in parts if _may_be_plan(part, desk)]
    actual = [part for part in parts if part not in named]
    plans = [replace(part, is_plan=True) for part in named if "target" in part.sums]
    planned = [part for part in named if "target" not in part.sums]
    alone = [part for part in planned if not any(part.sums & other.sums for other in actual)]
    if alone:
        answer = _ask(alone, desk)
        if answer == _ACTUAL:
            actual += alone
        planned = [part for part in planned if part not in alone or answer != _ACTUAL]
    for part in planned:
        if "revenue" in part.sums:
            plans.append(_target(part, desk))
        else:
            desk.leave(
                part, "its name says that its amounts are planned, and a plan is compared by its revenue only"
            )
    return sorted(actual, key=_position), plans


def _with_target(part: Part, parts: Sequence[Part]) -> Part:
    """A column called target, the only numbers of its sheet, is the target of the revenue on another sheet."""
    revenue = any("revenue" in other.sums for other in parts if other is not part)
    return part.called(_GIVEN, "target") if revenue and part.sums == {_GIVEN} else part


def _position(part: Part) -> int:
    return part.position


def _may_be_plan(part: Part, desk: Desk) -> bool:
    """A table with revenue beside the target has actual amounts, whatever its name."""
    if not says_plan(part.name) or not part.canonical or {"revenue", "target"} <= part.sums:
        return False
    return "target" in part.sums or desk.repairs(part, PLAN_SHEET)


def _ask(alone: Sequence[Part], desk: Desk) -> str:
    names = listed(alone, alone)
    question = f"The name of {names} says that the amounts are planned, and no sheet has actual ones beside them. What are they?"
    other = _TARGET if any("revenue" in part.sums for part in alone) else _NEITHER
    return desk.ask(alone, PLAN_SHEET, question, (_ACTUAL, other))


def _target(part: Part, desk: Desk) -> Part:
    """The part with its revenue as target and no other numbers."""
    header = next(about.header for about in part.facts.fields if about.name == "revenue")
    others = sorted(
        about.header for about in part.facts.fields if about.kind in NUMBERS and about.name != "revenue"
    )
    dropped = f"; {', '.join(others)} left out" if others else ""
    desk.issues.append(
        Issue(
            part.name,
            part.cell,
            header,
            part.name,
            "the name of the sheet says that its amounts are planned",
            f"revenue was read as target{dropped}",
            Effect.REPAIRED,
            part.rows,
            PLAN_SHEET,
        )
    )
    return replace(part.only({"revenue"}).called("revenue", "target"), is_plan=True)
