"""DataProcessor: reading, mapping and cleaning of one file, in that order; one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kpi.calendar import cadence
from kpi.cleaning.money.conversion import currencies_of, settle_currencies
from kpi.cleaning.money.rates import RateTable, find_rates
from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.cleaning.sheets.siblings import pool
from kpi.cleaning.sheets.target_lists import read_targets
from kpi.cleaning.sheets.workbook import Workbook, combine, left_reports, targets_alone
from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Instructions
from kpi.loading.hearing import used_issues
from kpi.loading.preview import previews_of, with_preview
from kpi.loading.remembered import MemoryPlace, SheetMemory
from kpi.periods.reach import reach, telling
from kpi.periods.windows import Window
from kpi.reading.book import check_size, read_book
from kpi.reading.cells import RawSheet
from kpi.reading.limits import Limits
from kpi.reading.reach import Reach, Tell, tell_nobody
from kpi.reading.refused import Refused
from kpi.report import Choice, Effect, FileReport, Issue, Ledger, Question, Refusal, SheetReport, Status


@dataclass(frozen=True, slots=True)
class Processed:
    """What one file yielded; `facts` is None unless the report says loaded, and of a file that has targets only.

    Text columns are dictionaries.
    """

    facts: pa.Table | None
    report: FileReport


@dataclass(frozen=True, slots=True)
class DataProcessor:
    """Turns the bytes of one file into typed facts and a report.

    Where the instructions say to accept, each question that the best guess answers is an issue. A reader that crashes
    takes its process with it: files that nobody vouches for go through `monitor.sandbox`.
    """

    limits: Limits = field(default_factory=Limits)
    instructions: Instructions = field(default_factory=Instructions)
    password: str = field(default="", repr=False)  # of a locked workbook
    remembered: MemoryPlace | None = None
    tell: Tell = tell_nobody  # how far the reading is

    def process(self, path: Path, name: str = "") -> Processed:
        """Reads the whole file; bad input is an answer (status REJECTED, REVIEW), never an exception.

        `name` is what people call the file, where `path` is a copy of it.
        """
        name = name or path.name
        sheets: list[CleanSheet | LeftSheet] = []
        try:
            data = _bytes(path, self.limits)
            rates: list[RateTable] = []
            memory = self._memory(data, name)
            known = memory.knows if memory else None
            for sheet in read_book(data, name, self.limits, self.password, known, self.tell):
                self.tell(Reach(sheet.name, rows=len(sheet.columns[0]) if sheet.columns else 0, share=1.0))
                sheets.extend(self._cleaned(sheet, name, rates, memory))
            sheets = self._pooled(data, name, sheets)
            sheets = settle_currencies(sheets, rates, self.instructions)
            alone = targets_alone(sheets)
            done = (
                Processed(None, alone)
                if alone
                else self._answered(combine(sheets, self.instructions), sheets)
            )
        except Refused as refused:
            done = Processed(None, rejected(name, refused, left_reports(sheets)))
        return replace(done, report=replace(done.report, previews=previews_of(sheets)))

    def _memory(self, data: bytes, name: str) -> SheetMemory | None:
        """The sheets that need not be read; none of a locked workbook, or of one that is quickly read."""
        if self.remembered is None or self.password or len(data) < self.remembered.least_bytes:
            return None
        told = {"name": name, "said": self.instructions.to_dict(), "limits": asdict(self.limits)}
        return SheetMemory(self.remembered, told)

    def _cleaned(
        self, sheet: RawSheet, name: str, rates: list[RateTable], memory: SheetMemory | None
    ) -> list[CleanSheet | LeftSheet]:
        """The tables of the sheet; its rates, which are not remembered, are added to those of the file."""
        known = memory.recall(sheet.mark) if memory else None
        if known is not None:
            return known
        listed = read_targets(sheet, name)
        cleaned: list[CleanSheet | LeftSheet] = (
            [listed] if listed else clean_sheet(sheet, self.instructions, name)
        )
        cleaned = with_preview(sheet, cleaned)
        found = find_rates(sheet, self.instructions) if len(cleaned) == 1 and not listed else []
        rates.extend(found)
        if memory and not found:
            memory.remember(sheet.mark, cleaned)
        return cleaned

    def _pooled(
        self, data: bytes, name: str, sheets: list[CleanSheet | LeftSheet]
    ) -> list[CleanSheet | LeftSheet]:
        """The sheets, of which those are read again that leave open what a sheet like them proves."""
        proved = pool(sheets)
        if proved is None:
            return sheets
        instructions = proved.instructions(self.instructions)
        again = {
            sheet.name: with_preview(sheet, clean_sheet(sheet, instructions, name))
            for sheet in read_book(data, name, self.limits, self.password)
            if sheet.name in proved.names
        }
        return proved.replaced(sheets, again)

    def _answered(self, book: Workbook, sheets: Sequence[CleanSheet | LeftSheet]) -> Processed:
        book, currencies = currencies_of(book, sheets)
        asks = bool(book.questions) and not self.instructions.accept
        answers = (
            tuple(_accepted(question) for question in book.questions) if self.instructions.accept else ()
        )
        report = FileReport(
            status=Status.REVIEW if asks else Status.LOADED,
            rows=book.ledger,
            sheets=book.sheets,
            issues=(*answers, *book.issues),
            questions=book.questions if asks else (),
            fields=book.facts.fields,
            choices=tuple(map(_choice, book.questions)) if self.instructions.accept else (),
            answers=tuple(
                answer for sheet in sheets if isinstance(sheet, CleanSheet) for answer in sheet.answers
            )
            + book.answers,
            currencies=currencies,
            targets=tuple(
                target for sheet in sheets if isinstance(sheet, LeftSheet) for target in sheet.targets
            ),
        )
        used = used_issues(report, self.instructions.answers)
        report = replace(_dated(report, book.facts.table), issues=(*used, *report.issues))
        return Processed(None if asks else book.facts.table, report)


def rejected(name: str, refused: Refused, sheets: tuple[SheetReport, ...] = ()) -> FileReport:
    """The report of a file that is not loaded."""
    return FileReport(
        Status.REJECTED, Ledger(), sheets, error=Refusal(refused.code, f"{name}: {refused.message}")
    )


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        check_size(path.stat().st_size, limits)
        return path.read_bytes()
    except OSError as error:
        raise Refused(
            "unreadable", f"the file cannot be opened ({error.strerror}). Nothing was loaded."
        ) from error


def _dated(report: FileReport, facts: pa.Table) -> FileReport:
    """With the days of all rows, or, beside a plan, of those that say more than that."""
    every = days = _days(facts)
    amounts = telling({field.name: field.kind for field in report.fields})
    if amounts:
        says = reduce(pc.or_, [facts.column(name).is_valid() for name in amounts])
        days = _days(facts.filter(says)) or every
    found = reach(Window(min(every), max(every)), Window(min(days), max(days)))
    return replace(report, first_day=found.first, last_day=found.last, cadence=cadence(days))


def _days(facts: pa.Table) -> list[date]:
    days: list[date] = pc.unique(facts.column("date")).to_pylist()
    return days


def _choice(question: Question) -> Choice:
    return Choice(question.fingerprint, question.key, question.candidates[0])


def _accepted(question: Question) -> Issue:
    best = question.candidates[0] if question.candidates else ""
    action = f"the best guess was taken: {best}"
    return Issue(
        question.sheet, question.cell, question.header, best, question.question, action, Effect.ANSWERED
    )
