"""Answers about how files are read: given with a load, listed, set and removed by layout."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import AsJson, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from kpi.loading.answers import Answers
    from kpi.report import Question
    from monitor.pipeline import Loaded
    from wiring import System

SHORT = 12  # characters of a fingerprint for people
Maps = Annotated[
    list[str],
    typer.Option(
        "--map",
        metavar="HEADER=FIELD",
        help="What a column is, such as 'Net amount=revenue'; 'HEADER=' leaves it out. May be repeated.",
    ),
]
Choices = Annotated[
    list[str],
    typer.Option("--answer", metavar="KEY=CANDIDATE", help="The answer to a question. May be repeated."),
]
Off = Annotated[
    list[str],
    typer.Option("--no-repair", metavar="CODE", help="A repair that must not be made. May be repeated."),
]
Fingerprint = Annotated[
    str, typer.Argument(help="The layout's fingerprint, or as much of its beginning as tells it.")
]

mapping = typer.Typer(
    name="mapping",
    help="What people said about layouts; kept for every file that has them.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(mapping)


def given(fields: Sequence[str], choices: Sequence[str], off: Sequence[str]) -> Answers:
    """The options as answers; one that cannot be meant ends the command."""
    from kpi.loading.answer_text import AnswerError, read_answers

    try:
        return read_answers(fields, choices, off)
    except AnswerError as error:
        stop(str(error))


@mapping.command("list")
def list_(
    dataset: Annotated[str, typer.Option(help="Said first about this dataset only.")] = "",
    as_json: AsJson = False,
) -> None:
    """What is kept, by layout."""
    import contract
    from storage.mappings import list_mappings

    with opened() as system, system.database.read() as connection:
        found = list_mappings(connection, dataset or None)
    if as_json:
        show_json([contract.mapping_json(one) for one in found])
    else:
        rows = [
            (
                one.fingerprint[:SHORT],
                one.dataset,
                one.kind,
                one.key,
                one.answer or "left out",
                f"{one.at:%Y-%m-%d %H:%M}",
            )
            for one in found
        ]
        show_table("Mappings", ["layout", "dataset", "", "about", "answer", "said at"], rows)


@mapping.command("set")
def set_(
    fingerprint: Fingerprint,
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="[HEADER=FIELD]...", help="What columns are.")
    ] = None,
    choices: Choices = [],  # noqa: B006
    off: Off = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Say something about a layout. What else was said about it stays; waiting files of it are read again."""
    import contract
    from kpi.loading.answer_text import AnswerError
    from storage.mappings import LayoutError, find_fingerprint, list_mappings
    from storage.mappings import say as keep

    answers = given(fields or [], choices, off)
    if not answers:
        stop("nothing was said; give HEADER=FIELD, --answer or --no-repair")
    with opened() as system, system.database.begin() as connection:
        try:
            mark = find_fingerprint(connection, fingerprint)
            again = keep(connection, mark, answers, now())
        except (LayoutError, AnswerError) as error:
            stop(str(error))
        rows = [one for one in list_mappings(connection) if one.fingerprint == mark]
        names = _watched(system, again)
    if as_json:
        show_json(
            {
                "fingerprint": mark,
                "mappings": [contract.mapping_json(one) for one in rows],
                "read_again": names,
            }
        )
    else:
        say(f"Kept for layout {mark[:SHORT]}.{_read_again(names)}")


@mapping.command("remove")
def remove(
    fingerprint: Fingerprint,
    about: Annotated[
        str | None, typer.Argument(metavar="[HEADER]", help="The header, question or repair; all by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Forget what was said about a layout: its next file is asked about again."""
    from storage.mappings import LayoutError, find_fingerprint, forget

    with opened() as system, system.database.begin() as connection:
        try:
            mark = find_fingerprint(connection, fingerprint)
        except LayoutError as error:
            stop(str(error))
        removed, again = forget(connection, mark, about)
        names = _watched(system, again)
        if not removed:
            what = f"{about!r} of layout" if about is not None else "layout"
            stop(f"nothing is kept about {what} {mark[:SHORT]}; `kpi mapping list` shows what is")
    if as_json:
        show_json({"fingerprint": mark, "removed": removed, "read_again": names})
    else:
        say(f"Forgotten: {removed} of layout {mark[:SHORT]}.{_read_again(names)}")


def _watched(system: System, paths: Iterable[str]) -> list[str]:
    """Those of the files that the service reads by itself, by their place in the inbox."""
    inbox = system.road.folders.inbox
    return sorted(str(Path(path).relative_to(inbox)) for path in paths if Path(path).is_relative_to(inbox))


def _read_again(names: Sequence[str]) -> str:
    return f" The service reads again: {', '.join(names)}." if names else ""


def review_json(path: Path, loaded: Loaded, options: Sequence[str]) -> dict[str, Any]:
    """What the JSON of a review says besides: the command that answers its questions, by each of them."""
    import contract

    answer = contract.load_json(loaded)
    for question, plain in zip(loaded.report.questions, answer.get("questions", ()), strict=True):
        plain["command"] = command(path, question, loaded.report.questions, options)
    return answer


def tell_questions(path: Path, loaded: Loaded, options: Sequence[str]) -> None:
    """The questions of a review for people, each with its key and what to type."""
    questions = loaded.report.questions
    for question in questions:
        place = f"{question.sheet}!{question.cell}".strip("!")
        say(f"{loaded.source}: {question.question} ({place})")
        for candidate in question.candidates:
            say(f"    --answer {shlex.quote(f'{question.key}={candidate}')}")
    for line in dict.fromkeys(command(path, question, questions, options) for question in questions):
        say(f"{loaded.source}: to answer: {line}")
    if questions:
        say(f"{loaded.source}: --accept takes the first of each; --map HEADER=FIELD says what a column is.")


def command(path: Path, question: Question, questions: Sequence[Question], options: Sequence[str]) -> str:
    """What to type to answer the question by its best candidate, and with it those that are asked beside it.

    A load needs all answers at once. Where one key asks for different things on different sheets, the answer is kept
    by layout instead.
    """
    best: dict[str, set[str]] = {}
    for one in questions:
        best.setdefault(one.key, set()).add(one.candidates[0])
    if len(best[question.key]) > 1:
        said = f"{question.key}={question.candidates[0]}"
        return shlex.join(["kpi", "mapping", "set", question.fingerprint, "--answer", said])
    answers = [f"{key}={candidate}" for key, (candidate, *others) in best.items() if not others]
    return shlex.join(["kpi", "load", str(path), *options, *repeated("--answer", answers)])


def repeated(option: str, values: Iterable[str]) -> list[str]:
    """An option as it is typed, once for each value."""
    return [part for value in values for part in (option, value)]
