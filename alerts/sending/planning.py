"""What one destination is sent next, and what has to wait, with the reason: decided anew at every turn. Pure.

Everything owed is a row from the moment it is caused. Whether it goes out now, together with others, later, or never
is decided here, at the time of sending, from what holds then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.message import Message
from alerts.rules import Kind
from alerts.sending.holding import AT_ONCE, batches, behind, held, over_budget, spent, unneeded
from alerts.sending.hours import next_open
from alerts.sending.waiting import Dropped, Held, LaneState, Plan, Subject, Waiting
from alerts.telling.digest import digest_message
from alerts.telling.phrases import moment
from alerts.telling.retelling import coalesced_message, late_message

__all__ = ["LATE", "Dropped", "Held", "LaneState", "Plan", "Waiting", "plan"]

LATE = timedelta(hours=1)  # what waited longer than this goes out as one digest


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is said as one: a message, or an alert with its end. `due`: it, or what waits behind it, can go."""

    rows: tuple[Waiting, ...]
    due: bool

    @property
    def group(self) -> str:
        return self.rows[0].group_key


_Lines = tuple[tuple[_Unit, ...], ...]  # of each subject what may go, first things first; no line is empty


def plan(waiting: Sequence[Waiting], lane: LaneState, now: datetime) -> Plan:
    """The next message of the lane, what has to wait and what is dropped; the same for the same, however often.

    Tests, notices of what is broken and reports go at once, alone. What has been tried goes out with the same others: its arrival
    may have been missed, and it is looked for by its batch; or, where nobody needs any of it any more, not at all. Even then
    it is looked for, whatever holds back what is said, where it decides who hears of the end. An alert goes with its end where
    both wait, a group together, what waits longer than an hour as one digest. The last message that the budget of an hour allows is
    a digest of all that can go, so that nothing has to wait for the next hour that is known by then.

    Order is kept among the messages of one rule and member; what is held back, or tried again later, holds back no others,
    and neither does what is refused each time: of all that can go, what was refused least goes first.
    """
    gone, sought = unneeded(waiting, lane, now)
    dead, asked = ({one.id for one in these} for these in (gone, sought))
    rows = sorted((row for row in waiting if row.id not in dead), key=lambda row: row.id)
    saying = [row for row in rows if row.id not in asked]
    holds = _holds(saying, lane, now)
    left, frees = spent(lane, now)
    batch = _at_once(rows, holds, now)
    if left == 0:
        why = over_budget(lane, frees)
        holds |= {row.id: Held(row.id, frees, why) for row in saying if _free(row, holds)}
    lines, blocked = _lines(rows, holds, now)
    batch = _least_refused(batch, _pursued(rows, holds, now), _chosen(lines, left, now))
    sent = {row.id for row in batch}
    shown = holds | blocked
    return Plan(
        tuple(row.id for row in batch),
        said(batch, lane, now) if batch else None,
        tuple(shown[row.id] for row in rows if row.id in shown and row.due_at <= now and row.id not in sent),
        gone,
        tuple(one for one in sought if one.id in sent),
    )


def said(batch: Sequence[Waiting], lane: LaneState, now: datetime) -> Message:
    """The rows of a batch as one message; what it says of its lateness depends on nothing but them and the time."""
    rows = sorted(batch, key=lambda row: (row.created_at, row.order))
    first, last, since = rows[0], rows[-1], moment(rows[0].created_at, rows[0].message.zone)
    if (first.kind, last.kind) == (Kind.FIRING, Kind.RESOLVED) and _same_episode(rows):
        return coalesced_message(first.message, last.message, first.created_at, last.created_at, now)
    if _same_episode(rows) or len(rows) == 1:
        late = _is_late(last, now) and last.kind is not Kind.TEST
        return late_message(last.message, last.created_at, now) if late else last.message
    note = f"together because the first waits since {since}" if _is_late(first, now) else ""
    if not note and lane.destination.budget and len({row.group_key or row.id for row in rows}) > 1:
        note = f"together because {lane.destination.budget} messages an hour are sent here at most"
    return digest_message([row.message for row in rows], note)


def _holds(rows: Sequence[Waiting], lane: LaneState, now: datetime) -> dict[int, Held]:
    """Who cannot go; a batch that was tried waits as a whole for the last of its members."""
    opens = next_open(lane.destination.hours, now)
    alone = {row.id: hold for row in rows if (hold := held(row, lane, opens, now)) is not None}
    holds = dict(alone)
    for batch in batches(rows):
        last = max(
            (alone[row.id] for row in batch if row.id in alone), key=lambda one: one.until, default=None
        )
        if last is not None:
            holds |= {row.id: Held(row.id, last.until, last.reason) for row in batch}
    return holds


def _at_once(rows: Sequence[Waiting], holds: Mapping[int, Held], now: datetime) -> tuple[Waiting, ...]:
    due = (row for row in rows if row.kind in AT_ONCE and row.due_at <= now and row.id not in holds)
    return tuple(sorted(due, key=lambda row: row.refused)[:1])


def _pursued(rows: Sequence[Waiting], holds: Mapping[int, Held], now: datetime) -> tuple[Waiting, ...]:
    """The oldest batch that was tried before and may go again, of those that were refused least."""
    ready = (
        batch for batch in batches(rows) if all(row.due_at <= now and _free(row, holds) for row in batch)
    )
    return min(ready, key=_refused, default=())


def _least_refused(*ways: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
    return min((batch for batch in ways if batch), key=_refused, default=())


def _refused(batch: Sequence[Waiting]) -> int:
    return max(row.refused for row in batch)


def _free(row: Waiting, holds: Mapping[int, Held]) -> bool:
    return row.kind not in AT_ONCE and row.id not in holds


def _lines(
    rows: Sequence[Waiting], holds: Mapping[int, Held], now: datetime
) -> tuple[_Lines, dict[int, Held]]:
    """Of each subject what may go, up to the first that may not; and what that one holds back."""
    subjects: dict[Subject, list[Waiting]] = {}
    for row in rows:
        if row.kind not in AT_ONCE:
            subjects.setdefault(row.subject, []).append(row)
    lines, blocked = [], {}
    for line in subjects.values():
        line.sort(key=lambda row: row.order)
        open_until = next((at for at, row in enumerate(line) if not _may_go(row, holds, now)), len(line))
        if open_until:
            lines.append(tuple(_units(line[:open_until], now)))
        for row in line[open_until + 1 :]:
            first = line[open_until]
            if row.id not in holds and not row.pursued and (first.due_at > now or first.id in holds):
                blocked[row.id] = behind(row, first, holds.get(first.id))
    return tuple(lines), blocked


def _may_go(row: Waiting, holds: Mapping[int, Held], now: datetime) -> bool:
    """What was never tried may go before it is due, with what is: it waits for company only."""
    return row.id not in holds and not row.pursued and (row.due_at <= now or row.attempts == 0)


def _units(line: Sequence[Waiting], now: datetime) -> Iterator[_Unit]:
    at = 0
    while at < len(line):
        two = line[at : at + 2]
        pair = [row.kind for row in two] == [Kind.FIRING, Kind.RESOLVED] and _same_episode(two)
        taken = two if pair else two[:1]
        yield _Unit(tuple(taken), any(row.due_at <= now for row in line[at:]))
        at += len(taken)


def _chosen(lines: _Lines, left: int | None, now: datetime) -> tuple[Waiting, ...]:
    """The next of what was not tried yet, by the rules that `plan` names; nothing where nothing is due."""
    due = [tuple(unit for unit in line if unit.due) for line in lines]
    ready = [line for line in due if line]
    late = [line[: _late_until(line, now)] for line in ready]
    if left == 1 and sum(map(len, ready)) > 1:
        chosen = [unit for line in ready for unit in line]
    elif sum(map(len, late)) > 1:
        chosen = [unit for line in late for unit in line]
    else:
        chosen = list(min(ready, key=_by_turn, default=())[:1])
    together = _with_groups(chosen, lines)
    return tuple(sorted((row for unit in together for row in unit.rows), key=lambda row: row.id))


def _by_turn(line: Sequence[_Unit]) -> tuple[int, int]:
    """How often what goes first of it was refused, and the oldest of it."""
    return _refused(line[0].rows), min(row.id for unit in line for row in unit.rows)


def _late_until(line: Sequence[_Unit], now: datetime) -> int:
    """How many units of the line are late, or come before one that is."""
    late = (at + 1 for at, unit in enumerate(line) if any(_is_late(row, now) for row in unit.rows))
    return max(late, default=0)


def _with_groups(chosen: Sequence[_Unit], lines: _Lines) -> list[_Unit]:
    """The chosen, and what belongs to their groups and overtakes nothing, due or not."""
    groups = {unit.group for unit in chosen} - {""}
    taken = {id(unit) for unit in chosen}
    together = []
    for line in lines:
        for unit in line:
            if id(unit) not in taken and unit.group not in groups:
                break
            together.append(unit)
    return together


def _same_episode(rows: Sequence[Waiting]) -> bool:
    return len({(row.subject, row.episode) for row in rows}) == 1 and rows[0].episode is not None


def _is_late(row: Waiting, now: datetime) -> bool:
    return now - row.created_at > LATE
