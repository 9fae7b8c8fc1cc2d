"""Which stacks of sheets are used: those that cannot tell one sale twice together, the others as a person says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpi.cleaning.sheets.parts import USE_ALL, Desk, Part, in_words, listed, spoken
from kpi.cleaning.sheets.stacking import Stack
from kpi.report import Effect, Issue

_SIBLING = 0.5
_SURE = 0.9  # a name that is in the vocabulary


def sure_parts(parts: Sequence[Part], desk: Desk) -> list[Part]:
    """The parts without those that have nothing but guesses, where others are sure.

    A guessed sheet that looks like one of the sure ones stays, for it may be a part of the same table.
    """
    sure = [part for part in parts if not part.sheet.guessed]
    kept = []
    for part in parts:
        if not sure or not part.sheet.guessed or _is_sibling(part, sure) or _known(part):
            kept.append(part)
        else:
            desk.leave(part, "it is not clear which of its columns are the date and the revenue")
    return kept


def _is_sibling(part: Part, sure: Sequence[Part]) -> bool:
    words = part.sheet.words
    return any(len(words & other.sheet.words) >= _SIBLING * len(other.sheet.words) for other in sure)


def _known(part: Part) -> frozenset[str]:
    """The canonical measures of a sheet that were not guessed."""
    sure = {column.field for column in part.sheet.columns if column.confidence >= _SURE}
    return part.canonical & sure


def choose(stacks: Sequence[Stack], desk: Desk) -> list[Stack]:
    """The stacks to use, largest first: all that have canonical measures and share none; else what is said."""
    known = [stack for stack in stacks if stack.canonical] or list(stacks[:1])
    leader = known[0]
    for stack in stacks:
        if stack not in known:
            why = "which has more rows" if leader.rows > stack.rows else "whose measures are known"
            _leave(
                stack, f"its columns are not those of {in_words(leader.parts, _parts(stacks))}, {why}", desk
            )
    chosen = []
    for rivals in _rivals(known):
        chosen += _ask(rivals, stacks, desk) if len(rivals) > 1 else rivals
    if len(chosen) > 1:
        _note_what_each_brings(chosen, desk)
    return chosen


def _rivals(stacks: Sequence[Stack]) -> list[list[Stack]]:
    """The stacks in groups within which one may tell again what another tells."""
    groups: list[list[Stack]] = []
    for stack in stacks:
        joined = [group for group in groups if any(_may_tell_twice(stack, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), stack])
    return groups


def _may_tell_twice(left: Stack, right: Stack) -> bool:
    if left.guessed or right.guessed:
        return True
    return bool(left.sums & right.fields or right.sums & left.fields)


def _ask(rivals: Sequence[Stack], stacks: Sequence[Stack], desk: Desk) -> list[Stack]:
    everyone = _parts(stacks)
    only = {f"use only {listed(stack.parts, everyone)}": stack for stack in rivals}
    parts = _parts(rivals)
    names = listed(parts, everyone)
    question = f"{_what(rivals)} Adding them up may count amounts twice. Which of {in_words(parts, everyone)} should be used?"
    answer = desk.ask(parts, f"sheets:{names}", question, (*only, USE_ALL))
    if answer == USE_ALL:
        return list(rivals)
    for stack in rivals:
        if stack is not only[answer]:
            _leave(stack, f"{in_words(only[answer].parts, everyone)} is used instead of it", desk)
    return [only[answer]]


def _what(rivals: Sequence[Stack]) -> str:
    shared = sorted(
        {name for one in rivals for other in rivals if one is not other for name in one.sums & other.sums}
    )
    if not shared:
        return "It is not certain what the columns of some sheets mean."
    return f"Sheets of different layouts hold {', '.join(map(spoken, shared))}."


def _note_what_each_brings(stacks: Iterable[Stack], desk: Desk) -> None:
    for stack in stacks:
        first = stack.parts[0]
        names = ", ".join(map(spoken, sorted(stack.sums)))
        problem = f"{in_words(stack.parts, stack.parts)} brings {names}"
        action = "its rows were put beside those of the other sheets"
        desk.issues.append(Issue(first.name, first.cell, "", names, problem, action, Effect.NOTE))


def _leave(stack: Stack, reason: str, desk: Desk) -> None:
    for part in stack.parts:
        desk.leave(part, reason)


def _parts(stacks: Iterable[Stack]) -> list[Part]:
    return [part for stack in stacks for part in stack.parts]
