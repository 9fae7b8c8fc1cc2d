"""Rows that show one thing several times: as it was and as it was planned, or in the local and the group's currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.facts import rows_of_members
from kpi.cleaning.rows.rows import Aside
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.accounts import Scenario, scenario_of
from kpi.cleaning.words import plain
from kpi.report import Effect, Issue, Kind

REPAIR = "scenario_rows"
_MOST_MEMBERS, _LONGEST = 8, 4  # words of a member
_SAME = 0.5
_TARGET, _ASIDE, _ACTUAL = "they are targets", "leave them out", "they are actual amounts"
_ALL = "all of them: they are different amounts"


@dataclass(frozen=True, slots=True)
class Split:
    """What is not to be added to the actual amounts: rows that are aside, and `planned` rows, whose revenue is a target."""

    aside: dict[int, Aside] = field(default_factory=dict)
    planned: frozenset[int] = frozenset()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Members:
    """The rows of data by the members of one column; `keys` tells by row, its day first, what it is about."""

    place: Place
    plan: Plan
    rows: Mapping[str, Sequence[int]]
    keys: Mapping[int, tuple[Any, ...]]

    def same(self, member: str, others: Sequence[str]) -> bool:
        """Whether most rows of the member, or of the others, are about what the others are about, too."""
        own = {self.keys[row] for row in self.rows[member]}
        theirs = {self.keys[row] for other in others for row in self.rows[other]}
        return len(own & theirs) >= _SAME * min(len(own), len(theirs))

    def apart(self, some: Sequence[str], others: Sequence[str]) -> bool:
        """Whether no day of these members is one of the others."""
        own, theirs = (
            {self.keys[row][0] for member in side for row in self.rows[member]} for side in (some, others)
        )
        return own.isdisjoint(theirs)

    def ask(self, key: str, question: str, candidates: Sequence[str]) -> str:
        words = self.plan.content.column.header.words
        return self.place.ask(self.plan.content, f"{key}:{words}", question, candidates)


def split_scenarios(
    place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], rows: Sequence[int]
) -> Split:
    """The rows of the first column whose members are scenarios, or views of the same amounts in two currencies."""
    if place.table.turned:
        return Split()
    for plan in plans:
        if plan.role is not Role.LABELS or plan.kind is Kind.IDENTIFIER:
            continue
        texts = _texts(typed[plan.name].values)
        scenarios = {text: scenario_of(text) for text in texts}
        if _are_scenarios(scenarios) and place.inquiry.repairs(REPAIR):
            return _by_scenario(_members(place, plan, plans, typed, rows), scenarios, plans)
        views = {text: _view(text) for text in texts}
        if sorted(filter(None, views.values())) == ["group", "local"] and len(views) == len(texts) == 2:  # noqa: PLR2004
            split = _by_view(_members(place, plan, plans, typed, rows), views)
            if split is not None:
                return split
    return Split()


def _texts(column: pa.DictionaryArray) -> list[str]:
    """The members, none where they are too many or too long to be scenarios."""
    if len(column.dictionary) > _MOST_MEMBERS:
        return []
    texts: list[str] = column.dictionary.to_pylist()
    return texts if all(len(text.split()) <= _LONGEST for text in texts) else []


def _are_scenarios(found: Mapping[str, Scenario | None]) -> bool:
    """Whether all members tell actual amounts from others, and there are both: `Basic plan` and `Pro plan` are names."""
    return None not in found.values() and len(set(found.values())) > 1 and Scenario.ACTUAL in found.values()


def _view(text: str) -> str:
    tokens = set(plain(text).split())
    sets = vocabulary().sets
    named = [
        name for name, words in (("local", "local_views"), ("group", "group_views")) if tokens & sets[words]
    ]
    return named[0] if len(named) == 1 else ""


def _members(
    place: Place, plan: Plan, plans: Sequence[Plan], typed: Mapping[str, Typed], rows: Sequence[int]
) -> _Members:
    kept = set(rows)
    column = typed[plan.name].values
    by_member = {
        text: [row for row in rows_of_members(column, [number]) if row in kept]
        for number, text in enumerate(column.dictionary.to_pylist())
    }
    told = [
        typed[other.name].values
        for other in sorted(plans, key=lambda other: other.role is not Role.DAYS)
        if other is not plan
        and other.role in (Role.DAYS, Role.LABELS)
        and (other.role is Role.DAYS or other.canonical)
        and other.name not in ("order_id", "currency")
    ]
    columns = [_codes(values) for values in told]
    keys = {row: tuple(column[row] for column in columns) for row in rows}
    return _Members(place, plan, {text: found for text, found in by_member.items() if found}, keys)


def _codes(values: pa.Array) -> list[Any]:
    codes: list[Any] = (
        values.indices if isinstance(values, pa.DictionaryArray) else pc.cast(values, pa.int32())
    ).to_pylist()
    return codes


def _by_scenario(members: _Members, scenarios: Mapping[str, Scenario | None], plans: Sequence[Plan]) -> Split:
    actual = [text for text in members.rows if scenarios[text] is Scenario.ACTUAL]
    others = [text for text in members.rows if scenarios[text] is Scenario.OTHER]
    planned = [text for text in members.rows if scenarios[text] is Scenario.PLAN]
    names = {plan.name for plan in plans}
    may_be_target = "target" not in names and ("revenue" in names or {"quantity", "unit_price"} <= names)
    target, left = _target(members, planned, actual, may_be_target=may_be_target)
    if others:
        left += _left(members, others, actual)
    aside = {row: Aside.SCENARIO for text in left for row in members.rows[text]}
    rows = frozenset(row for row in members.rows[target]) if target else frozenset[int]()
    return Split(aside, rows, (_planned_issue(members, target),) if target else ())


def _target(
    members: _Members, planned: list[str], actual: Sequence[str], *, may_be_target: bool
) -> tuple[str, list[str]]:
    """The member whose revenue is the target, empty for none, and those that are left out."""
    if not planned or not may_be_target:
        return "", list(planned)
    target = planned[0]
    if len(planned) > 1:
        ordered = sorted(planned, key=_is_forecast)
        question = f"The rows are planned in several ways ({', '.join(planned)}). Which is the target?"
        target = members.ask("scenario_target", question, ordered)
    left = [text for text in planned if text != target]
    if members.same(target, actual):
        return target, left
    question = f"The rows of {target} are about other periods or members than those of {', '.join(actual)}. What are they?"
    answer = members.ask("scenario", question, (_TARGET, _ASIDE, _ACTUAL))
    if answer == _ASIDE:
        left.append(target)
    return (target if answer == _TARGET else ""), left


def _is_forecast(text: str) -> bool:
    return not vocabulary().sets["forecasts"].isdisjoint(plain(text).split())


def _left(members: _Members, others: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Those of the others that are left out: all that are about what the actual rows are about."""
    apart = [text for text in others if not members.same(text, actual)]
    if not apart:
        return list(others)
    question = f"The rows of {', '.join(apart)} are about other periods or members than those of {', '.join(actual)}. What are they?"
    dated = members.apart(apart, actual)  # amounts of the year before, each under its own date
    candidates = (_ACTUAL, _ASIDE) if dated else (_ASIDE, _ACTUAL)
    answer = members.ask("scenario_other", question, candidates)
    return list(others) if answer == _ASIDE else [text for text in others if text not in apart]


def _by_view(members: _Members, views: Mapping[str, str]) -> Split | None:
    """None where the two are about different things: then they are members like others."""
    by_view = {view: text for text, view in views.items() if text in members.rows}
    if len(by_view) < len(views) or not members.same(by_view["local"], [by_view["group"]]):
        return None
    only = {f"only {by_view[view]}": by_view[view] for view in ("group", "local")}
    question = (
        f"{' and '.join(only.values())} seem to be the same amounts in two currencies. Which are to be used?"
    )
    answer = members.ask("currency_view", question, (*only, _ALL))
    if answer == _ALL:
        return Split()
    left = [text for text in members.rows if text != only[answer]]
    return Split({row: Aside.VIEW for text in left for row in members.rows[text]})


def _planned_issue(members: _Members, target: str) -> Issue:
    rows, column = members.rows[target], members.plan.content.column
    return Issue(
        members.place.sheet,
        members.place.table.cell(column, rows[0]),
        column.label,
        target,
        f"the rows of {target} are planned amounts",
        "their revenue was read as target, their other numbers were left empty",
        Effect.REPAIRED,
        len(rows),
        REPAIR,
    )
