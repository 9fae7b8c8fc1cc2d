"""What the amounts of a turned sheet are: one measure an account, one a series, or one for the whole sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kpi.cleaning.finding.header_rows import with_unit
from kpi.cleaning.finding.headers import Header, read_header
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.accounts import (
    Account,
    Computed,
    Scenario,
    account_of,
    computed_of,
    plan_word,
    scenario_of,
    section_of,
)
from kpi.cleaning.wide.axis import Axis
from kpi.cleaning.wide.fields import section_fields
from kpi.cleaning.wide.lines import Line, Part
from kpi.cleaning.wide.melt import Measure
from kpi.cleaning.wide.titles import field_of
from kpi.reading.cells import address

_BOTH = "add them together"


def _header(text: str, unit: str, words: str = "") -> Header:
    """The header of a measure, counted in the unit that a title gives."""
    return with_unit(replace(read_header(text), words=words) if words else read_header(text), unit)


def _measure(text: str, unit: str, field: str, sign: int = 1) -> Measure:
    """The measure of a canonical field, under the name that the sheet gives it."""
    return Measure(_header(text, unit, field.replace("_", " ")), field, sign)


def are_accounts(lines: Sequence[Line]) -> bool:
    """Whether the lines are named after accounts: two different ones, or one that can be nothing else."""
    data = [line for line in lines if line.part in (Part.DATA, Part.TOTAL, Part.COMPUTED)]
    data = [line for line in data if line.scenario is None or account_of(line.name) is not None]
    named = [computed_of(line.name) or account_of(line.name) for line in data]
    names = [
        found.name if isinstance(found, Computed) else found.field for found in named if found is not None
    ]
    names += [section_of(line.name) for line in data if line.part is Part.TOTAL and section_of(line.name)]
    names += section_fields(lines).values()
    strong = any(isinstance(found, Account) and found.tier == 0 for found in named)
    return len(set(names)) >= 2 or strong or (bool(names) and len(data) == 1)  # noqa: PLR2004 -- `Sales` may be a department


def account_measures(
    lines: Sequence[Line], axis: Axis, inquiry: Inquiry, unit: str, signs: Mapping[str, int]
) -> dict[tuple[int, str], Measure]:
    """One measure an account; of several series only the actual numbers, and the planned revenue as the target."""
    chosen = _settled(lines, axis, inquiry)
    scenarios = {series: scenario_of(series) if series else None for series in _series(axis)}
    planned = [line.plan for line in lines if line.field in ("revenue", "target")]
    plan = _one_plan([*planned, *map(plan_word, scenarios)], axis, inquiry)
    sections = _shared(chosen)
    found = {}
    for line in chosen:
        for series, by_series in scenarios.items():
            scenario = line.scenario or by_series
            words = line.plan if line.scenario else plan_word(series)
            if scenario is Scenario.OTHER or (scenario is Scenario.PLAN and words != plan):
                continue
            measure = _account_measure(line, scenario, unit, sections)
            if measure is not None:
                found[line.row, series] = replace(measure, sign=signs.get(measure.field, 1))
    return found


def _one_plan(words: Sequence[str], axis: Axis, inquiry: Inquiry) -> str:
    """The word of the planned amounts; of several, such as budget and forecast, only one may be the target."""
    plans = list(dict.fromkeys(word for word in words if word))
    if len(plans) < 2:  # noqa: PLR2004 -- nothing to choose from
        return plans[0] if plans else ""
    cell = address(axis.row, axis.values[0].position)
    return inquiry.ask("plan", "Which planned amounts are the target?", plans, cell=cell)


def _shared(lines: Sequence[Line]) -> frozenset[str]:
    """Names of lines that stand under several headings: then the headings say what the amounts are."""
    under: dict[str, set[str]] = {}
    for line in lines:
        under.setdefault(line.name, set()).add(line.section)
    return frozenset(name for name, headings in under.items() if len(headings) > 1)


def _account_measure(
    line: Line, scenario: Scenario | None, unit: str, shared: Collection[str]
) -> Measure | None:
    if scenario is Scenario.PLAN:
        return _measure("Plan", unit, "target") if line.field in ("revenue", "target") else None
    if not line.field:
        name = line.section if line.name in shared and line.section else line.name
        return Measure(_header(name or "amount", unit))
    return _measure(_name(line), unit, line.field)


def _name(line: Line) -> str:
    """The line's own name where it names the field; the field's where the line is a part of it, such as a product."""
    account = account_of(line.name)
    return line.name if account is not None and account.field == line.field else line.field.replace("_", " ")


def _series(axis: Axis) -> list[str]:
    return list(dict.fromkeys(column.series for column in axis.values))


def _settled(lines: Sequence[Line], axis: Axis, inquiry: Inquiry) -> list[Line]:
    """The data lines, a field at most once in each section, save lines that one total adds up."""
    data = [line for line in lines if line.part is Part.DATA]
    found = []
    for line in data:
        rivals = [other for other in data if _rivals(line, other, lines)] if line.field else [line]
        if len(rivals) == 1:
            found.append(line)
            continue
        best = min(rivals, key=lambda other: other.tier)
        equal = [other for other in rivals if other.tier == best.tier]
        if len(equal) > 1:
            chosen = _ask(line.field, equal, axis, inquiry)
            keep = line in equal and chosen in (line.name, _BOTH)
        else:
            keep = line is best
        found.append(line if keep else replace(line, field=""))
    return found


def _rivals(line: Line, other: Line, lines: Sequence[Line]) -> bool:
    """Whether both lines claim one field for the same thing, without a total that adds them up."""
    if line is other:
        return True
    if line.given or other.given:
        return False
    if not line.field or line.field != other.field or line.section != other.section:
        return False
    if line.labels[:-1] != other.labels[:-1] or (line.scenario, line.plan) != (other.scenario, other.plan):
        return False
    return not any(
        _adds(total, line, lines) and _adds(total, other, lines)
        for total in lines
        if total.part is Part.TOTAL
    )


def _adds(total: Line, line: Line, lines: Sequence[Line]) -> bool:
    return any(
        lines[at] is line
        or lines[at].row == line.row
        or (lines[at].part is Part.TOTAL and _adds(lines[at], line, lines))
        for at in total.sums
    )


def _ask(field: str, equal: Sequence[Line], axis: Axis, inquiry: Inquiry) -> str:
    names = list(dict.fromkeys(line.name for line in equal))
    candidates = [*names, _BOTH] if len(names) > 1 else [_BOTH]
    cell = address(equal[0].row, axis.labels[-1])
    question = f"Several lines may be the {field.replace('_', ' ')}. Which is it?"
    return inquiry.ask(f"line:{field}", question, candidates, cell=cell, header=names[0])


def one_measure(
    lines: Sequence[Line], axis: Axis, titles: Sequence[str], inquiry: Inquiry, unit: str
) -> tuple[dict[tuple[int, str], Measure], bool]:
    """Measures of lines that are members (regions, products), and whether the series are members, too.

    A series or a title that names a field says what the amounts are; where nothing does, it is asked.
    """
    series = _series(axis)
    fields = {name: account for name in series if name and (account := account_of(name))}
    scenarios = {name: scenario for name in series if name and (scenario := scenario_of(name))}
    if fields and len(fields) + len(scenarios) >= len([name for name in series if name]):
        measures = {name: _measure(name, unit, account.field) for name, account in fields.items()}
        return _for_all(lines, measures), False
    main = _titled(titles, axis, inquiry, unit)
    if scenarios:
        target = _measure("Plan", unit, "target")
        by_scenario = {
            name: target if scenario is Scenario.PLAN else main
            for name, scenario in scenarios.items()
            if scenario is not Scenario.OTHER
        }
        return _for_all(lines, by_scenario), False
    plan = _one_plan([line.plan for line in lines], axis, inquiry)
    kept = [line for line in lines if line.scenario is not Scenario.PLAN or line.plan == plan]
    found = _for_all(kept, dict.fromkeys(series, main))
    return _beside_the_main(found, lines, main, axis, unit), len(series) > 1


def _for_all(lines: Sequence[Line], by_series: Mapping[str, Measure]) -> dict[tuple[int, str], Measure]:
    return {
        (line.row, name): measure
        for line in lines
        if line.part is Part.DATA
        for name, measure in by_series.items()
    }


def _beside_the_main(
    measures: dict[tuple[int, str], Measure], lines: Sequence[Line], main: Measure, axis: Axis, unit: str
) -> dict[tuple[int, str], Measure]:
    """Lines that are planned, or that stand below the total with a field of their own, are another measure."""
    grand = next((line.row for line in lines if line.part is Part.TOTAL and is_total(line.name)), None)
    found = dict(measures)
    all_series = _series(axis)
    for line in (line for line in lines if line.part is Part.DATA):
        account = account_of(line.name) if grand is not None and line.row > grand else None
        for key in [(line.row, series) for series in all_series if (line.row, series) in measures]:
            if line.scenario is Scenario.PLAN and main.field == "revenue":
                found[key] = _measure("Plan", unit, "target")
            elif line.scenario in (Scenario.PLAN, Scenario.OTHER):
                del found[key]
            elif account is not None and account.field != main.field:
                found[key] = _measure(line.name, unit, account.field)
    return found


def _titled(titles: Sequence[str], axis: Axis, inquiry: Inquiry, unit: str) -> Measure:
    """The measure that the titles name as a whole word, or the answer to a question."""
    cell = address(axis.row, axis.values[0].position)
    field = field_of(titles, inquiry, cell)
    known = field in vocabulary().contents
    return _measure(field.replace("_", " "), unit, field) if known else Measure(_header(field, unit))
