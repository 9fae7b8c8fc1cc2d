"""DataProcessor: reading, mapping and cleaning of one file, in that order; one call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kpi.answers import Instructions
from kpi.calendar import cadence
from kpi.cleaning.sheet import CleanSheet, LeftSheet, clean_sheet
from kpi.cleaning.workbook import Workbook, combine, left_reports
from kpi.reading.book import check_size, read_book
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Choice, Effect, FileReport, Issue, Ledger, Question, Refusal, SheetReport, Status


@dataclass(frozen=True, slots=True)
class Processed:
    """What one file yielded; `facts` is None unless the report says loaded. Text columns are dictionaries."""

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

    def process(self, path: Path, name: str = "") -> Processed:
        """Reads the whole file; bad input is an answer (status REJECTED, REVIEW), never an exception.

        `name` is what people call the file, where `path` is a copy of it.
        """
        name = name or path.name
        sheets: list[CleanSheet | LeftSheet] = []
        try:
            data = _bytes(path, self.limits)
            sheets.extend(
                clean_sheet(sheet, self.instructions) for sheet in read_book(data, name, self.limits)
            )
            return self._answered(combine(sheets))
        except Refused as refused:
            return Processed(None, rejected(name, refused, left_reports(sheets)))

    def _answered(self, book: Workbook) -> Processed:
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
        )
        report = _dated(report, book.facts.table)
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
    days = pc.unique(facts.column("date")).to_pylist()
    return replace(report, first_day=min(days), last_day=max(days), cadence=cadence(days))


def _choice(question: Question) -> Choice:
    return Choice(question.fingerprint, question.key, question.candidates[0])


def _accepted(question: Question) -> Issue:
    best = question.candidates[0] if question.candidates else ""
    action = f"the best guess was taken: {best}"
    return Issue(
        question.sheet, question.cell, question.header, best, question.question, action, Effect.ANSWERED
    )
