"""What became of people's answers in a reading: which were used, which are kept, which were meant for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from kpi.cleaning.words import plain
from kpi.loading.answers import OFF, AnswerKind, Answers, Instructions
from kpi.report import Choice, Effect, FileReport, Issue, Question, SheetReport

_MOST_LISTED = 40


def answers_of(choices: Iterable[Choice], fingerprint: str) -> Answers:
    """The choices about one layout, as answers."""
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in AnswerKind}
    for choice in choices:
        if choice.fingerprint == fingerprint:
            kinds[choice.kind][choice.key] = choice.answer
    return Answers(kinds[AnswerKind.FIELD], kinds[AnswerKind.CHOICE], frozenset(kinds[AnswerKind.REPAIR]))


def layouts_of(report: FileReport) -> set[str]:
    """The fingerprints that anything in the report goes by."""
    parts: tuple[Iterable[SheetReport | Question | Choice], ...] = (
        report.sheets, report.questions, report.answers, report.choices,
    )  # fmt: skip
    return {one.fingerprint for some in parts for one in some if one.fingerprint}


def worth_keeping(report: FileReport, given: Answers) -> dict[str, Answers]:
    """By fingerprint: what was given with the file and was used, and the guesses that were accepted.

    A field is kept for the sheets that are used: on another one it has decided nothing yet.
    """
    used = {sheet.fingerprint for sheet in report.sheets if sheet.used}
    mine = [choice for choice in report.answers if _is_given(choice, given)]
    taken = [choice for choice in mine if choice.kind != AnswerKind.FIELD or choice.fingerprint in used]
    marks = dict.fromkeys(choice.fingerprint for choice in (*taken, *report.choices))
    return {mark: answers_of((*taken, *report.choices), mark) for mark in marks if mark}


def with_answers(report: FileReport, instructions: Instructions) -> FileReport:
    """The report with all that was in force when it was made, for `reads_alike`."""
    marks = sorted(layouts_of(report))
    return replace(report, in_force=tuple(one for mark in marks for one in flat(mark, instructions.of(mark))))


def reads_alike(report: FileReport, instructions: Instructions) -> bool:
    """Whether the same bytes, read with these instructions, would be read as they were for the report.

    A reading goes by the bytes and by the answers to what comes up in it. Read again with what is in force now, the
    same question is answered by yes, so that nothing is read again and again.
    """
    return all(_layout_reads_alike(report, mark, instructions.of(mark)) for mark in layouts_of(report))


def _layout_reads_alike(report: FileReport, mark: str, now: Answers) -> bool:
    then = answers_of((*report.in_force, *report.choices), mark)
    sheets = [sheet for sheet in report.sheets if sheet.fingerprint == mark]
    headers = {plain(column.header) for sheet in sheets for column in sheet.columns}
    came_up = {code for sheet in sheets for code in sheet.repairs}
    off = now.off ^ then.off
    if all(sheet.used for sheet in sheets):  # what comes up on the others is not told
        off &= came_up
    taken = answers_of((*report.answers, *report.choices), mark).choices
    asked = {one.key: one.candidates for one in report.questions if one.fingerprint == mark}
    changed = {
        key for key in now.choices.keys() | then.choices if now.choices.get(key) != then.choices.get(key)
    }
    return (
        _fields_of(now, headers) == _fields_of(then, headers)
        and not changed & taken.keys()
        and not any(now.choices.get(key) in asked.get(key, ()) for key in changed)
        and not off
    )


def _fields_of(answers: Answers, headers: Collection[str]) -> dict[str, str]:
    """The fields of the headers that a sheet has, all in plain words."""
    return {plain(header): name for header, name in answers.fields.items() if plain(header) in headers}


def meant_for_nothing(report: FileReport, given: Answers) -> str:
    """Which of the answers given with a file met no column, question or repair of it, and what there is instead.

    Empty where all of them were used, and for a file that could not be read, whose refusal says more.
    """
    if report.error is not None:
        return ""
    faults = []
    headers = {plain(choice.key) for choice in report.answers if choice.kind == AnswerKind.FIELD}
    if strange := [header for header in given.fields if plain(header) not in headers]:
        there = [column.header for sheet in report.sheets for column in sheet.columns]
        faults.append(f"found no column called {_listed(strange)}; the columns are {_listed(there)}")
    keys = [choice.key for choice in report.answers if choice.kind == AnswerKind.CHOICE]
    if strange := [key for key in given.choices if key not in keys]:
        there = [f"{question.key} ({' | '.join(question.candidates)})" for question in report.questions]
        faults.append(
            f"found no question {_listed(f'{key}={given.choices[key]}' for key in strange)}; "
            f"what is asked is {_listed(there) if there else 'nothing'}"
        )
    came_up = {code for sheet in report.sheets for code in sheet.repairs}
    if strange := sorted(given.off - came_up):
        faults.append(
            f"found no repair {_listed(strange)}; those that can be turned off here are {_listed(sorted(came_up)) or 'none'}"
        )
    return "; ".join(faults)


def used_issues(report: FileReport, given: Answers) -> tuple[Issue, ...]:
    """One line for each layout and source of answers, so that nothing is decided invisibly."""
    names = {sheet.fingerprint: sheet.name for sheet in reversed(report.sheets)}
    marks = dict.fromkeys(choice.fingerprint for choice in report.answers)
    issues = []
    for mark in marks:
        taken = dict.fromkeys(choice for choice in report.answers if choice.fingerprint == mark)
        for mine, when in ((False, "earlier"), (True, "with this file")):
            some = [choice for choice in taken if _is_given(choice, given) is mine]
            if some:
                issues.append(_used_issue(names.get(mark, ""), some, when))
    return tuple(issues)


def _used_issue(sheet: str, choices: list[Choice], when: str) -> Issue:
    said = "; ".join(map(in_words, choices))
    problem = f"answers given {when} were used: {said}"
    action = "they hold for every file of this layout"
    return Issue(sheet, "", "", "", problem, action, Effect.ANSWERED, len(choices))


def in_words(choice: Choice) -> str:
    """`revenue = Net amount`: what something is, then what was said about it."""
    if choice.kind == AnswerKind.FIELD:
        return (
            f"{choice.answer.replace('_', ' ')} = {choice.key}"
            if choice.answer
            else f"left out = {choice.key}"
        )
    if choice.kind == AnswerKind.REPAIR:
        return f"not repaired = {choice.key.replace('_', ' ')}"
    return f"{choice.key.replace('_', ' ')} = {choice.answer}"


def _is_given(choice: Choice, given: Answers) -> bool:
    """Whether the answer came with the file, and not from an earlier one."""
    if choice.kind == AnswerKind.FIELD:
        return plain(choice.key) in {plain(header) for header in given.fields}
    if choice.kind == AnswerKind.CHOICE:
        return choice.key in given.choices
    return choice.key in given.off


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    more = f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
    return ", ".join(found[:_MOST_LISTED]) + more


def flat(fingerprint: str, answers: Answers) -> tuple[Choice, ...]:
    """The answers about one layout, one by one."""
    parts: Mapping[AnswerKind, Mapping[str, str]] = {
        AnswerKind.FIELD: answers.fields,
        AnswerKind.CHOICE: answers.choices,
        AnswerKind.REPAIR: dict.fromkeys(sorted(answers.off), OFF),
    }
    return tuple(
        Choice(fingerprint, key, answer, kind) for kind, some in parts.items() for key, answer in some.items()
    )
