"""Sheets that sum up others: set aside, and used to check the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kpi.cleaning.sheets.parts import USE_ALL, Desk, Part, in_words, listed, spoken
from kpi.cleaning.sheets.period_sums import Check, PeriodSums, period_in_words
from kpi.cleaning.sheets.sheet_names import says_summary
from kpi.report import Effect, Issue, Kind

_MOST_DOUBTS = 24
_COARSER = 2
_YES, _NO = "leave it out", "no, its numbers are others"


@dataclass(frozen=True, slots=True)
class _Summary:
    """A sheet with those that it seems to sum up, and what became of each measure that they share."""

    part: Part
    details: tuple[Part, ...]
    checks: tuple[Check, ...]

    @property
    def agreed(self) -> int:
        return sum(len(check.agreed) for check in self.checks if check.holds)

    @property
    def is_sure(self) -> bool:
        """Whether sums agree by more than chance: several different ones, or all of another, more detailed layout."""
        if any(check.holds and (check.is_telling or says_summary(self.part.name)) for check in self.checks):
            return True
        return self._other_layout and any(check.holds and not check.disagreed for check in self.checks)

    @property
    def is_alike(self) -> bool:
        """Whether sums agree, though perhaps by chance: one sum of a sheet in the same layout is no sign at all."""
        return self.agreed > (0 if self._other_layout else 1)

    @property
    def _other_layout(self) -> bool:
        return all(detail.sheet.words != self.part.sheet.words for detail in self.details)

    @property
    def is_other_view(self) -> bool:
        """Whether it is told by columns that the details lack, and in about as many rows: neither sums up the other."""
        lacking = set(self.part.kinds).difference(*(detail.kinds for detail in self.details))
        groups = {name for name in lacking if self.part.kinds[name] is Kind.DIMENSION}
        named = says_summary(self.part.name)
        return bool(groups) and not named and self.part.rows * _COARSER > _rows(self.details)

    @property
    def is_near(self) -> bool:
        """Whether a sheet of another layout and fewer rows has nearly the same sums."""
        coarser = self._other_layout and self.part.rows * _COARSER <= _rows(self.details)
        return coarser and any(
            check.is_near and check.measure in self.part.canonical for check in self.checks
        )


def without_summaries(parts: Sequence[Part], desk: Desk) -> list[Part]:
    """The parts without those that only say again what others say in detail.

    A summary that also has measures which no other sheet has keeps these.
    """
    sums, kept = PeriodSums(), list(parts)
    for part in sorted(parts, key=lambda part: (part.rows, len(part.kinds), part.name, part.position)):
        others = [other for other in kept if other is not part]
        if part in kept:
            kept = _reduced(part, others, parts, sums, desk)
    return sorted(kept, key=lambda part: part.position)


def _reduced(
    part: Part, others: Sequence[Part], parts: Sequence[Part], sums: PeriodSums, desk: Desk
) -> list[Part]:
    """The others with what of the part is data: mostly all of it, nothing of a summary."""
    found = [_summary(part, details, sums) for details in _details(part, others)]
    best = max(found, key=lambda one: (one.agreed, _rows(one.details)), default=None)
    if best is not None and best.agreed and best.is_sure:
        if best.is_other_view:
            return _ask_view(best, others, parts, desk)
        return [*others, *_checked(best, others, parts, desk)]
    doubtful = next(
        (one for one in [best, *found] if one is not None and (one.is_alike or one.is_near)), None
    )
    if says_summary(part.name):
        rows = [other for other in others if other.sums & part.sums and not says_summary(other.name)]
        if rows and _rows(rows) > part.rows:
            _doubt(_summary(part, rows, sums), parts, desk, all_measures=True)
            desk.leave(part, f"its name says that it sums up {in_words(rows, parts)}")
            return list(others)
    elif doubtful is not None and _ask(doubtful, parts, desk) == _YES:
        desk.leave(part, f"it sums up {in_words(doubtful.details, parts)}")
        return list(others)
    return [*others, part]


def _details(part: Part, others: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """The sheets that the part may sum up: those of each layout, each alone, and all together."""
    sharing = [other for other in others if other.sums & part.sums]
    layouts: dict[frozenset[str], list[Part]] = {}
    for other in sharing:
        layouts.setdefault(other.sheet.words, []).append(other)
    groups = [group for words, group in layouts.items() if words != part.sheet.words or len(group) > 1]
    groups += [[other] for other in sharing if other.sheet.words != part.sheet.words]
    for group in [*groups, sharing] if len(layouts) > 1 else groups:
        other_layout = all(other.sheet.words != part.sheet.words for other in group)
        if _rows(group) > part.rows or (_rows(group) == part.rows and other_layout):
            yield tuple(group)


def _summary(part: Part, details: Sequence[Part], sums: PeriodSums) -> _Summary:
    shared = sorted(part.sums & frozenset().union(*(detail.sums for detail in details)))
    return _Summary(part, tuple(details), tuple(sums.check(part, details, name) for name in shared))


def _checked(summary: _Summary, others: Sequence[Part], parts: Sequence[Part], desk: Desk) -> list[Part]:
    """What the summary has that no other sheet has."""
    part, sheets = summary.part, in_words(summary.details, parts)
    _doubt(summary, parts, desk, all_measures=False)
    news = part.canonical - frozenset().union(*(other.kinds for other in others))
    if not news or part.sheet.guessed:
        desk.leave(part, f"it sums up {sheets}")
        return []
    names = ", ".join(map(spoken, sorted(news)))
    problem = f"it sums up {sheets}, save for {names}"
    action = f"only {names} was loaded from it"
    desk.issues.append(Issue(part.name, part.cell, "", names, problem, action, Effect.NOTE))
    return [part.only(news)]


def _ask_view(summary: _Summary, others: Sequence[Part], parts: Sequence[Part], desk: Desk) -> list[Part]:
    """The same sums by region and by product, say: either will do, and no one has said which."""
    part, details = summary.part, summary.details
    names = listed([part, *details], parts)
    question = (
        f"The sums of {in_words([part, *details], parts)} are the same, told by different columns. "
        "Added up they would count twice. Which should be used?"
    )
    only = [f"use only {listed(some, parts)}" for some in (details, [part])]
    answer = desk.ask([*details, part], f"sheets:{names}", question, (*only, USE_ALL))
    if answer == only[0]:
        desk.leave(part, f"its sums are those of {in_words(details, parts)}")
        return list(others)
    if answer == only[1]:
        for detail in details:
            desk.leave(detail, f"its sums are those of {in_words([part], parts)}")
        return [*(other for other in others if other not in details), part]
    return [*others, part]


def _doubt(summary: _Summary, parts: Sequence[Part], desk: Desk, *, all_measures: bool) -> None:
    """One issue a period in which the summary and the rows disagree, while they are few."""
    for check in summary.checks:
        if check.holds or check.measure in summary.part.canonical or all_measures:
            periods = check.disagreed
            for period in periods[:_MOST_DOUBTS]:
                said = _said(check, period, summary, parts)
                desk.issues.append(_issue(summary.part, check, f"{check.said[period]:,.2f}", said, 1))
            rest = len(periods) - _MOST_DOUBTS
            if rest > 0:
                said = f"sheet {summary.part.name} and the rows disagree about {spoken(check.measure)}"
                desk.issues.append(_issue(summary.part, check, f"{rest:,} more periods", said, rest))


def _said(check: Check, period: date, summary: _Summary, parts: Sequence[Part]) -> str:
    sheets, found = in_words(summary.details, parts), check.found.get(period)
    rows = f"{sheets} has no rows of it" if found is None else f"the rows of {sheets} add up to {found:,.2f}"
    when = period_in_words(period, check.grain)
    said = f"{spoken(check.measure)} of {when} is {check.said[period]:,.2f}"
    return f"sheet {summary.part.name} says {said}, {rows}"


def _issue(part: Part, check: Check, found: str, problem: str, count: int) -> Issue:
    header = next(about.header for about in part.facts.fields if about.name == check.measure)
    action = "the rows were loaded, the summary was not"
    return Issue(part.name, part.cell, header, found, problem, action, Effect.DOUBT, count)


def _ask(summary: _Summary, parts: Sequence[Part], desk: Desk) -> str:
    part, sheets = summary.part, in_words(summary.details, parts)
    names = ", ".join(spoken(check.measure) for check in summary.checks)
    question = (
        f"Sheet {part.name} has nearly the same {names} as {sheets}, in fewer rows. Does it sum them up?"
    )
    key = f"summary:{listed([part], parts)}"
    return desk.ask([*summary.details[:1], part], key, question, (_YES, _NO))


def _rows(parts: Sequence[Part]) -> int:
    return sum(part.rows for part in parts)
