"""Lists of targets on sheets of their own: what a KPI is to reach, in which period, and for which member."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.sheet import LeftSheet
from kpi.cleaning.sheets.target_layout import Layout, dimension_of, find_layout, words
from kpi.cleaning.sheets.target_periods import Unread, day, has_days, in_year, sound
from kpi.cleaning.values.numbers import NumberText, Sign, find_style, read_number
from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import Cell, CellError, RawSheet, address
from kpi.report import Cadence, ColumnReport, Effect, Issue, Ledger, StatedTarget

CODE = "targets"
_REASON = "it is a list of targets"
_MONTHS, _QUARTERS = 12, 4


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom a target is; both empty for the whole."""

    dimension: str = ""
    member: str = ""


def read_targets(sheet: RawSheet, file: str) -> LeftSheet | None:
    """The targets of a sheet that is a list of them; None for every other sheet. `file` is the file's name.

    Every row with anything in it is in the ledger: set aside where it stated a target, for it is no data, and rejected
    where it stated none that can be understood.
    """
    layout = find_layout(sheet, file)
    if layout is None:
        return None
    reader = _Reader(sheet, layout, _decimal(sheet, layout), days=has_days(sheet, layout))
    targets: list[StatedTarget] = []
    issues: list[Issue] = []
    read = rejected = 0
    for row in reader.rows():
        stated = list(reader.read(row))
        good = [one for one in stated if isinstance(one, StatedTarget)]
        targets += good
        read, rejected = read + 1, rejected + (not good)
        effect = Effect.EMPTIED if good else Effect.REJECTED
        issues += [reader.issue(row, one, effect) for one in stated if isinstance(one, Unread)]
    if read > rejected:
        issues.insert(0, _told(sheet, layout, len(targets), read - rejected))
    return LeftSheet(
        sheet.name,
        CODE,
        _REASON,
        layout.header_row + 1,
        _columns(sheet, layout),
        ledger=Ledger(read, 0, rejected, read - rejected),
        issues=tuple(issues),
        targets=tuple(targets),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    sheet: RawSheet
    layout: Layout
    decimal: Sign
    days: bool

    def rows(self) -> Iterator[int]:
        """Rows below the header that name a KPI or hold a value; a repeated header is none."""
        for row in range(self.layout.header_row + 1, len(self.sheet.columns[0])):
            name = plain(label(self._cell(row, self.layout.kpi)))
            if name not in words()["kpi"] and (
                name or any(not self._is_empty(row, at) for at in self._values())
            ):
                yield row

    def read(self, row: int) -> Iterator[StatedTarget | Unread]:
        """The targets of a row, and what of it was not understood; at least one of either."""
        kpi = self._cell(row, self.layout.kpi)
        if is_blank(kpi) or isinstance(kpi, CellError):
            yield Unread(self.layout.kpi, "no KPI is named")
            return
        whom = self._whom(row)
        if isinstance(whom, Unread):
            yield whom
            return
        periods = dict(self._periods(row))
        if all(self._is_empty(row, column) for column in periods):
            yield Unread(next(iter(periods)), "no value is given")
        for column, period in periods.items():
            if not self._is_empty(row, column):
                yield self._target(row, column, period, whom)

    def issue(self, row: int, unread: Unread, effect: Effect) -> Issue:
        cell = self._cell(row, unread.column)
        header = label(self._cell(self.layout.header_row, unread.column))
        action = "no target was read here" if effect is Effect.EMPTIED else "the row was not read"
        return Issue(
            self.sheet.name, address(row, unread.column), header, label(cell), unread.problem, action, effect
        )

    def _target(self, row: int, column: int, period: Period | Unread, whom: Whom) -> StatedTarget | Unread:
        if isinstance(period, Unread):
            return period
        found = self._value(row, column)
        if isinstance(found, Unread):
            return found
        value, percent = found
        kpi_column = self.layout.kpi
        return StatedTarget(
            self.sheet.name,
            row + 1,
            address(row, column),
            address(row, kpi_column),
            clean_text(label(self._cell(row, kpi_column))),
            period.grain.value,
            period.first.isoformat(),
            whom.dimension,
            whom.member,
            value,
            percent,
        )

    def _value(self, row: int, column: int) -> tuple[float, bool] | Unread:
        cell = self._cell(row, column)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return float(cell), False
        text = read_number(cell) if isinstance(cell, str) else None
        if text is None:
            return Unread(column, "this is no number")
        if text.sign is Sign.UNKNOWN and self.decimal is Sign.UNKNOWN:
            return Unread(
                column, "the mark in it may be a decimal sign or part thousands; write it without one"
            )
        value = text.value(Sign.COMMA if self.decimal is Sign.COMMA else Sign.POINT)
        return Unread(column, "its decimal sign is not that of the other values") if value is None else (
            value, text.percent,
        )  # fmt: skip

    def _periods(self, row: int) -> Iterator[tuple[int, Period | Unread]]:
        """By the column of the value, the period that it is for."""
        layout = self.layout
        for across in layout.across:
            cell = self._cell(layout.header_row, across.column)
            own = self._year(row) or layout.year
            period = self._dated(cell) or in_year(read_partial(cell), own)
            yield across.column, sound(period, across.column)
        if layout.value is not None and layout.period:
            yield layout.value, sound(self._period(row), layout.period[-1])

    def _period(self, row: int) -> Period | None:
        cells = [self._cell(row, column) for column in self.layout.period]
        if len(cells) == 1:
            return self._dated(cells[0]) or in_year(read_partial(cells[0]), self.layout.year)
        parts = [
            part
            for column, cell in zip(self.layout.period, cells, strict=True)
            if (part := read_partial(cell) or self._numbered(column, cell)) is not None
        ]
        return in_year(parts[0], self._year(row)) if len(parts) == 1 else None

    def _year(self, row: int) -> str:
        """The year that a column of years says in this row; empty where none does."""
        for column in self.layout.period:
            period = read_period(self._cell(row, column))
            if period is not None and period.grain is Cadence.YEAR and not period.half:
                return str(period.first.year)
        return ""

    def _numbered(self, column: int, cell: Cell) -> Partial | None:
        """A month or quarter by its number, under a header that says which of them it is."""
        header = plain(label(self._cell(self.layout.header_row, column))).split()
        text = label(cell).strip()
        if not text.isdigit():
            return None
        if set(header) & vocabulary().sets["quarters"] and 1 <= int(text) <= _QUARTERS:
            return Partial(quarter=int(text))
        is_month = " ".join(header) in vocabulary().sets["month_headers"]
        return Partial(month=int(text)) if is_month and 1 <= int(text) <= _MONTHS else None

    def _dated(self, cell: Cell) -> Period | None:
        """The period; of a column in which some dates are plain days, all are days."""
        return (day(cell) if self.days else None) or read_period(cell)

    def _whom(self, row: int) -> Whom | Unread:
        layout = self.layout
        named = {column: self._member(row, column) for column in layout.dimensions}
        filled = [Whom(layout.dimensions[column], member) for column, member in named.items() if member]
        if layout.member is not None and (member := self._member(row, layout.member)):
            dimension = label(self._cell(row, layout.dimension)) if layout.dimension is not None else ""
            filled.append(Whom(dimension_of(dimension) if dimension.strip() else "", member))
        if len(filled) > 1:
            both = ", ".join(one.dimension for one in filled)
            column = next((column for column, member in named.items() if member), layout.kpi)
            return Unread(column, f"a target is for one dimension; found members of {both}")
        return filled[0] if filled else Whom()

    def _member(self, row: int, column: int) -> str:
        text = clean_text(label(self._cell(row, column)))
        return "" if plain(text) in words()["whole"] else text

    def _values(self) -> Iterator[int]:
        yield from (across.column for across in self.layout.across)
        if self.layout.value is not None:
            yield self.layout.value

    def _is_empty(self, row: int, column: int) -> bool:
        cell = self._cell(row, column)
        return is_blank(cell) or (
            isinstance(cell, str) and clean_text(cell).lower() in vocabulary().sets["blanks"]
        )

    def _cell(self, row: int, column: int) -> Cell:
        return self.sheet.columns[column][row]


def _decimal(sheet: RawSheet, layout: Layout) -> Sign:
    columns = [across.column for across in layout.across] + (
        [layout.value] if layout.value is not None else []
    )
    cells = (cell for column in columns for cell in sheet.columns[column][layout.header_row + 1 :])
    return find_style(_numbers(cells)).decimal


def _numbers(cells: Iterable[Cell]) -> Iterator[NumberText]:
    for cell in cells:
        number = read_number(cell) if isinstance(cell, str) else None
        if number is not None:
            yield number


def _told(sheet: RawSheet, layout: Layout, targets: int, rows: int) -> Issue:
    cell = address(layout.header_row, layout.kpi)
    header = label(sheet.columns[layout.kpi][layout.header_row])
    found = f"{targets:,} target{'s' if targets != 1 else ''}"
    return Issue(
        sheet.name, cell, header, found, _REASON, "its rows are targets and no data", Effect.SET_ASIDE, rows
    )


def _columns(sheet: RawSheet, layout: Layout) -> tuple[ColumnReport, ...]:
    """What each column of the list is."""
    said: Mapping[int, str] = {
        layout.kpi: "kpi",
        **dict.fromkeys(layout.period, "period"),
        **({layout.value: "value"} if layout.value is not None else {}),
        **{across.column: "value" for across in layout.across},
        **layout.dimensions,
        **({layout.dimension: "dimension"} if layout.dimension is not None else {}),
        **({layout.member: "member"} if layout.member is not None else {}),
    }
    heads = [(at, column[layout.header_row]) for at, column in enumerate(sheet.columns)]
    return tuple(
        ColumnReport(label(head), said.get(at, ""), "target" if at in said else "left out", 1.0)
        for at, head in heads
        if not is_blank(head)
    )
