"""Rows with a date that claim to be totals, by their label or because they stand for a longer period than the others.

They are set aside where the arithmetic proves them, and asked about where it does not: counted, they would double
what they add up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.facts import rows_of_members
from kpi.cleaning.rows.members import MemberSums, Window
from kpi.cleaning.rows.rows import ALL, is_all, is_bare_total, is_total, total_of
from kpi.cleaning.rows.sums import Measure, Stretch, proves
from kpi.cleaning.values.content import NUMBERS, Content
from kpi.cleaning.values.dates import DateText
from kpi.cleaning.values.periods import Period, read_period
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.reading.cells import Cell
from kpi.report import Cadence, Kind

_TOTALS = ("yes, set them aside", "no, they are data")
_GRAINS = tuple(Cadence)  # the finest first
_DAYS, _MONTHS = 0, 2 * _GRAINS.index(Cadence.MONTH)
_LONGEST = 40
_MIXED, _FISCAL = "mixed_periods", "fiscal_years"  # what is asked of dates before anything is added up


@dataclass(frozen=True, slots=True)
class Claim:
    """One row that may be a total of the rows in `window` that bear `labels`; `of` is the column that says so.

    `weak` is what a label says that may as well be a name, such as `Total Care`; empty for labels that are totals.
    """

    row: int
    of: Plan
    window: Window | None
    labels: Mapping[str, str] = field(default_factory=dict)
    weak: str = ""


def find_claims(
    place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], aside: Collection[int]
) -> list[Claim]:
    """Rows that are not aside and whose label or period says that they may be totals, in the order of the table."""
    columns = {plan.name: typed[plan.name].values for plan in plans if plan.role is Role.LABELS}
    date_plan = next(plan for plan in plans if plan.role is Role.DAYS)
    days = typed[date_plan.name].values
    names: dict[str, dict[str, str]] = {}
    found: dict[int, Claim] = {}
    longer = {} if place.table.turned else _longer_periods(date_plan.content)
    for row, period in longer.items():
        window = (period.first, period.last) if period else None
        found[row] = Claim(row, date_plan, window, _labels_of(row, columns, names))
    for plan in plans:
        if plan.name in columns and plan.kind is not Kind.IDENTIFIER:
            for row, weak in _labelled(columns[plan.name]).items():
                day = days[row].as_py()
                claim = Claim(row, plan, (day, day) if day else None, _labels_of(row, columns, names), weak)
                if row not in found or found[row].weak:
                    found[row] = claim
    return [found[row] for row in sorted(found) if row not in aside]


def _labelled(column: pa.DictionaryArray) -> dict[int, str]:
    """Rows whose label may be a total, with the label where it may be a name, too.

    A bare total is no name, nor is one of a member that the column has.
    """
    likely = pc.match_substring_regex(column.dictionary, _likely(), ignore_case=True)
    texts = {number: column.dictionary[number].as_py() for number in pc.indices_nonzero(likely).to_pylist()}
    named = {
        n: text for n, text in texts.items() if len(text) <= _LONGEST and (is_total(text) or is_all(text))
    }
    if not named or len(named) == len(column.dictionary):  # nothing is left that they could be totals of
        return {}
    members = {plain(text) for text in column.dictionary.to_pylist()}
    sure = {
        n
        for n, text in named.items()
        if is_bare_total(text) or plain(text) in ALL or total_of(text) in members
    }
    rows = rows_of_members(column, named)
    numbers = column.indices.take(pa.array(rows, pa.int64())).to_pylist()
    return {row: "" if n in sure else named[n] for row, n in zip(rows, numbers, strict=True)}


@cache
def _likely() -> str:
    """A pattern for what begins or ends with a word for a total; most texts do not, and are looked at no further."""
    words = sorted(vocabulary().sets["totals"], key=len, reverse=True)
    either = "|".join(r"\W*".join(map(re.escape, word.split())) for word in words)
    return rf"^\W*(?:{either}|{'|'.join(ALL)})(?:\W|$)|(?:^|\W)(?:{either})\W*$"


def _labels_of(row: int, columns: Mapping[str, pa.Array], names: dict[str, dict[str, str]]) -> dict[str, str]:
    """What the row says besides that it is a total: `North` of `North Total`, and its other labels.

    `names` remembers the members of each column by their plain words.
    """
    found = {}
    for name, column in columns.items():
        text = column[row].as_py()
        if text and is_all(text):
            text = None
        elif text and is_total(text):
            if name not in names:
                names[name] = {plain(member): member for member in column.dictionary.to_pylist()}
            text = names[name].get(total_of(text))
        if text:
            found[name] = text
    return found


def _longer_periods(content: Content) -> dict[int, Period | None]:
    """Rows whose date cell names a longer time than most do: `Q1 2025` or `YTD` among months."""
    if content.types <= {datetime}:
        return {}
    longer: dict[Cell, Period | None] = {
        text: None for text, reading in content.dates.items() if reading is None and _is_to_date(text)
    }
    named = _named_periods(content)
    if named:
        counts = Counter(content.column.cells)
        ranks = Counter({_DAYS: content.filled - sum(counts[cell] for cell in named)})
        for cell, period in named.items():
            ranks[_rank(period)] += counts[cell]
        if ranks[_DAYS] and _are_months(content, named):
            ranks[_MONTHS] += ranks.pop(_DAYS)
        usual = ranks.most_common(1)[0][0]
        longer.update({cell: period for cell, period in named.items() if _rank(period) > usual})
    if not longer:
        return {}
    return {row: longer[cell] for row, cell in enumerate(content.column.cells) if cell in longer}


def _named_periods(content: Content) -> dict[Cell, Period]:
    """The cells that name a month, a quarter or a year, rather than a day."""
    found: dict[Cell, Period] = {}
    for text, reading in content.dates.items():
        period = reading.period if reading else read_period(text)
        if period is not None:
            found[text] = period
    if content.real_numbers:
        for number in {cell for cell in content.column.cells if cell.__class__ in NUMBERS}:
            period = read_period(number)
            if period is not None:
                found[number] = period
    return found


def _are_months(content: Content, named: Collection[Cell]) -> bool:
    """Whether all days are the first or the last of a month, and may stand for it."""
    days = {cell for cell in content.column.cells if isinstance(cell, (str, date)) and cell not in named}
    periods = [read_period(day) for day in days]
    return all(period is None or period.grain is not Cadence.DAY for period in periods)


def _rank(period: Period) -> int:
    return 2 * _GRAINS.index(period.grain) - period.half


def _is_to_date(text: str) -> bool:
    return "ytd" in plain(text).split()


def proven_claims(
    claims: Sequence[Claim],
    members: MemberSums,
    stretches: Callable[[int], Iterable[Stretch]],
    measures: Sequence[Measure],
) -> set[int]:
    """The rows that are to the cent the sum of rows they may be a total of, of two at least where the label is weak."""
    return {
        claim.row
        for claim in claims
        if any(
            proves(measures, claim.row, stretch, exact=True)
            for stretch in _candidates(claim, members, stretches)
            if stretch.rows >= 1 + bool(claim.weak)
        )
    }


def unfounded(claims: Sequence[Claim], proven: Collection[int]) -> set[int]:
    """The rows whose label is a name after all: most rows that bear it are no sums."""
    by_label: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.weak:
            by_label.setdefault((claim.of.name, claim.weak), []).append(claim)
    return {
        claim.row
        for alike in by_label.values()
        if sum(claim.row in proven for claim in alike) * 2 < len(alike)
        for claim in alike
    }


def doubtful(claims: Sequence[Claim], proven: Collection[int]) -> set[int]:
    """Rows that are sums and may be so by chance, for others with the same weak label are none."""
    missed = {(claim.of.name, claim.weak) for claim in claims if claim.weak and claim.row not in proven}
    return {claim.row for claim in claims if (claim.of.name, claim.weak) in missed}


def _candidates(
    claim: Claim, members: MemberSums, stretches: Callable[[int], Iterable[Stretch]]
) -> Iterable[Stretch]:
    if claim.window is not None:
        yield members.like(claim.window, claim.labels)
        yield members.like(claim.window, {})
    yield from stretches(claim.row)


def settle_periods(place: Place, claims: Sequence[Claim], proven: Collection[int]) -> list[Claim]:
    """The claims that are still open once what was asked about longer periods, before there was arithmetic, is settled.

    A question about all of them gives way to the one that `ask_claims` puts about those that are not proven.
    """
    of_periods = [claim for claim in claims if claim.of.role is Role.DAYS]
    if not of_periods:
        return [claim for claim in claims if claim.row not in proven]
    told = _MIXED in place.inquiry.answers.choices
    content = of_periods[0].of.content
    rows = {claim.row for claim in of_periods}
    fiscal = {text for text, reading in content.dates.items() if reading and _is_fiscal(reading)}
    settled = {_MIXED}
    if all(row in rows for row, cell in enumerate(content.column.cells) if cell in fiscal):
        settled.add(_FISCAL)
    kept = [question for question in place.inquiry.questions if question.key not in settled]
    place.inquiry.questions[:] = kept
    return [
        claim for claim in claims if claim.row not in proven and not (told and claim.of.role is Role.DAYS)
    ]


def _is_fiscal(reading: DateText) -> bool:
    return reading.period is not None and reading.period.fiscal


def ask_claims(place: Place, claims: Sequence[Claim]) -> list[int]:
    """The rows that a person, or the best guess, takes for totals; one question for each column that says so."""
    found: list[int] = []
    by_plan: dict[str, list[Claim]] = {}
    for claim in claims:
        by_plan.setdefault(claim.of.name, []).append(claim)
    for of_plan in by_plan.values():
        plan = of_plan[0].of
        column = plan.content.column
        dated = plan.role is Role.DAYS
        said = "stand for a longer period than the others" if dated else "with a date are labelled as totals"
        question = f"{len(of_plan):,} rows {said}. Are they sums of other rows?"
        key = "totals:periods" if dated else f"totals:{column.header.words}"
        cell = place.table.cell(column, of_plan[0].row)
        if place.ask(plan.content, key, question, _TOTALS, cell=cell) == _TOTALS[0]:
            found += [claim.row for claim in of_plan]
    return found
