"""Kept answers: what people said about a layout, for every later file that has it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpi.cleaning.words import plain
from kpi.loading.answer_text import AnswerError
from kpi.loading.answers import AnswerKind, Answers, Instructions
from kpi.loading.hearing import answers_of, flat, layouts_of, reads_alike
from kpi.report import Choice, SheetReport, Status
from storage import loads
from storage.loads import Load
from storage.schema import mappings, sources

MOST_LAYOUTS = 2_000  # whose answers go with each reading: those that were spoken of last
LENGTH = 64  # of a whole fingerprint
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One kept answer; `dataset` is where it was said first, `at` when it was said last."""

    fingerprint: str
    kind: AnswerKind
    key: str
    answer: str
    dataset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A sheet of a layout, in the latest load of its file."""

    load: Load
    sheet: SheetReport


class LayoutError(LookupError):
    """Not exactly one layout is meant; the message says what was found and what there is."""


def kept(connection: Connection, most: int = MOST_LAYOUTS) -> dict[str, Answers]:
    """All that is kept, by fingerprint; of very many layouts those whose answers are newest, each of them whole."""
    newest = (
        select(mappings.c.fingerprint)
        .group_by(mappings.c.fingerprint)
        .order_by(func.max(mappings.c.at).desc(), mappings.c.fingerprint)
        .limit(most)
        .subquery()
    )
    statement = select(mappings).join(newest, newest.c.fingerprint == mappings.c.fingerprint)
    found: dict[str, Answers] = {}
    for one in _answers(connection, statement):
        found[one.fingerprint] = found.get(one.fingerprint, Answers()) | _alone(one)
    return found


def kept_of(connection: Connection, fingerprint: str) -> Answers:
    """What is kept about one layout; empty answers where nothing is."""
    rows = _answers(connection, select(mappings).where(mappings.c.fingerprint == fingerprint))
    return reduce(or_, map(_alone, rows), Answers())


def list_mappings(connection: Connection, dataset: str | None = None) -> list[KeptAnswer]:
    """Every kept answer, or those that were first said about one dataset, by layout and then by time."""
    statement = select(mappings)
    if dataset is not None:
        statement = statement.where(mappings.c.dataset == dataset)
    return sorted(_answers(connection, statement), key=lambda one: one.fingerprint)


def keep(connection: Connection, fingerprint: str, answers: Answers, dataset: str, at: datetime) -> bool:
    """Add the answers to what is kept about the layout; whether that changed anything.

    A new answer takes the place of an earlier one about the same, and a field leaves the header it had before.
    """
    rows = _answers(connection, select(mappings).where(mappings.c.fingerprint == fingerprint))
    before: dict[tuple[str, str], str] = {(one.kind, one.key): one.answer for one in rows}
    together = reduce(or_, map(_alone, rows), Answers()) | answers
    after = {(choice.kind, choice.key): choice.answer for choice in flat(fingerprint, together)}
    for kind, key in sorted(before.keys() - after.keys()):
        connection.execute(delete(mappings).where(_is(fingerprint, kind, key)))
    changed = {one: answer for one, answer in sorted(after.items()) if before.get(one) != answer}
    for (kind, key), answer in changed.items():
        _put(connection, (fingerprint, kind, key), {"answer": answer, "at": at}, dataset)
    return before != after


def remove(connection: Connection, fingerprint: str, key: str | None = None) -> int:
    """Forget the answers about a layout, or the one about that header, question or repair; how many there were."""
    which = mappings.c.fingerprint == fingerprint
    if key is not None:
        which &= mappings.c.key_hash == _hash(key)
    return connection.execute(delete(mappings).where(which)).rowcount


def layouts(connection: Connection) -> dict[str, list[Seen]]:
    """The layouts of the sheets of all sources as they were read last, by fingerprint."""
    found: dict[str, list[Seen]] = {}
    for load in loads.newest_by_source(connection):
        for sheet in load.report.sheets:
            if sheet.fingerprint:
                found.setdefault(sheet.fingerprint, []).append(Seen(load, sheet))
    return found


def say(connection: Connection, fingerprint: str, answers: Answers, at: datetime) -> list[str]:
    """Keep what a person says about a layout; the paths of the files that are to be read again for it.

    Raises `AnswerError` where the layout was seen and has no such column, candidate or repair. One that was never
    seen can have answers already: they wait for it.
    """
    seen = layouts(connection).get(fingerprint, [])
    check_about(seen, answers)
    dataset = seen[0].load.dataset if seen else ""
    keep(connection, fingerprint, answers, dataset, at)
    return read_again(connection, [fingerprint])


def forget(connection: Connection, fingerprint: str, key: str | None = None) -> tuple[int, list[str]]:
    """Forget what was said; how many answers there were, and the paths of the files that are to be read again."""
    return remove(connection, fingerprint, key), read_again(connection, [fingerprint])


def check_about(seen: Sequence[Seen], answers: Answers) -> None:
    """Raise `AnswerError` for answers that are about nothing in a layout that was seen."""
    if not seen:
        return
    there = list(dict.fromkeys(column.header for one in seen for column in one.sheet.columns))
    strange = [header for header in answers.fields if plain(header) not in set(map(plain, there))]
    if strange:
        raise AnswerError(f"found no column called {', '.join(strange)}; the columns are {', '.join(there)}")
    asked = {
        question.key: question.candidates
        for one in seen
        for question in one.load.report.questions
        if question.fingerprint == one.sheet.fingerprint
    }
    for key, answer in answers.choices.items():
        if key in asked and answer not in asked[key]:
            raise AnswerError(f"found {answer!r} for {key}, wanted one of {', '.join(asked[key])}")
    codes = {code for one in seen for code in one.sheet.repairs}
    if codes and answers.off - codes:
        raise AnswerError(
            f"found no repair {', '.join(sorted(answers.off - codes))}; there are {', '.join(sorted(codes))}"
        )


def find_fingerprint(connection: Connection, beginning: str) -> str:
    """The fingerprint that begins so; a whole one need not be known yet. Raises `LayoutError`."""
    beginning = beginning.strip().lower()
    if not beginning or not set(beginning) <= _HEX or len(beginning) > LENGTH:
        raise LayoutError(f"found {beginning[:80]!r}, wanted the fingerprint of a layout or its beginning")
    if len(beginning) == LENGTH:
        return beginning
    answered = connection.execute(select(mappings.c.fingerprint).distinct()).scalars()
    known: set[str] = {*answered, *layouts(connection)}
    found = sorted(one for one in known if one.startswith(beginning))
    if not found:
        raise LayoutError(f"no layout begins with {beginning}; `kpi mapping list` shows those with answers")
    if len(found) > 1:
        listed = ", ".join(one[: len(beginning) + 6] for one in found[:5])
        raise LayoutError(f"{len(found)} layouts begin with {beginning}: {listed}; give more of it")
    return found[0]


def read_again(connection: Connection, fingerprints: Collection[str]) -> list[str]:
    """Have every file read again that has one of these layouts and would be read otherwise now; their paths.

    Only what lies in the inbox is read by itself; other files are read when somebody loads them.
    """
    if not fingerprints:
        return []
    instructions, found = Instructions(kept=kept(connection)), []
    for load in loads.newest_by_source(connection):
        touched = not layouts_of(load.report).isdisjoint(fingerprints)
        undone = load.status is Status.UNDONE  # a file that was taken back stays so
        if touched and not undone and not reads_alike(load.report, instructions):
            source = (sources.c.dataset == load.dataset) & (sources.c.path == load.path)
            connection.execute(update(sources).where(source).values(read_again=True))
            found.append(load.path)
    return found


def _answers(connection: Connection, statement: Select[Any]) -> list[KeptAnswer]:
    """The rows in the order in which they were said, so that the last word holds."""
    return [
        KeptAnswer(row.fingerprint, AnswerKind(row.kind), row.key, row.answer, row.dataset, row.at)
        for row in connection.execute(statement.order_by(mappings.c.at, mappings.c.id))
    ]


def _alone(one: KeptAnswer) -> Answers:
    return answers_of([Choice(one.fingerprint, one.key, one.answer, one.kind)], one.fingerprint)


def _put(
    connection: Connection, about: tuple[str, str, str], values: dict[str, object], dataset: str
) -> None:
    """Write one answer over the earlier one; several processes may do so at once, and the last one holds."""
    fingerprint, kind, key = about
    change = update(mappings).where(_is(*about)).values(**values)
    if connection.execute(change).rowcount:
        return
    new = {"fingerprint": fingerprint, "kind": kind, "key": key, "key_hash": _hash(key), "dataset": dataset}
    try:
        with connection.begin_nested():
            connection.execute(insert(mappings).values(**new, **values))
    except IntegrityError:  # another process has said something about it meanwhile
        connection.execute(change)


def _is(fingerprint: str, kind: str, key: str) -> ColumnElement[bool]:
    return (
        (mappings.c.fingerprint == fingerprint)
        & (mappings.c.kind == kind)
        & (mappings.c.key_hash == _hash(key))
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
