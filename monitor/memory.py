"""What people said about files, on the way through the pipeline: given to the reader, kept with the load it made."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from kpi.loading.answers import Answers, Instructions
from kpi.loading.hearing import layouts_of, meant_for_nothing, reads_alike, worth_keeping
from kpi.report import FileReport, Ledger, Refusal, Status
from storage import mappings
from storage.database import Database
from storage.loads import NewLoad, Source

UNKNOWN = "unknown_answer"


def listen(database: Database, answers: Answers, *, accept: bool) -> Instructions:
    """What was said about this file, and what was said earlier about any layout."""
    with database.read() as connection:
        return Instructions(answers, mappings.kept(connection), accept)


def would_read_alike(connection: Connection, report: FileReport, answers: Answers) -> bool:
    """Whether the same bytes would be read as they were, with what is said and kept now."""
    return reads_alike(report, Instructions(answers, mappings.kept(connection)))


def unheard(report: FileReport, answers: Answers, name: str) -> FileReport | None:
    """The refusal of answers that are about nothing in the file, for a slip would change numbers unseen."""
    fault = meant_for_nothing(report, answers)
    if not fault:
        return None
    message = f"{name}: {fault}. Nothing was loaded; correct the answer and load the file again."
    return FileReport(Status.REJECTED, Ledger(), report.sheets, error=Refusal(UNKNOWN, message))


def remember(connection: Connection, source: Source, load: NewLoad, said: Instructions) -> None:
    """Keep what a load went by, in its own transaction; have other files of the layout follow.

    Where somebody has said something else about the layout while the file was read, it is read once more.
    """
    changed: set[str] = set()
    if load.report.status is Status.LOADED:
        for fingerprint, answers in worth_keeping(load.report, said.answers).items():
            if mappings.keep(connection, fingerprint, answers, source.dataset, load.at):
                changed.add(fingerprint)
    now = mappings.kept(connection)
    marks = layouts_of(load.report) - changed
    if _of(now, marks) != _of(said.kept, marks):
        changed |= marks
    mappings.read_again(connection, changed)


def _of(kept: Mapping[str, Answers], marks: set[str]) -> dict[str, Answers | None]:
    return {mark: kept.get(mark) for mark in marks}
