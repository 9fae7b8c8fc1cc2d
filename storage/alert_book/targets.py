"""The targets of a book, taken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alerts.book.entries import WrittenTarget
from alerts.book.reading import Entry
from kpi.targeting.target_terms import Terms, read_value
from kpi.targeting.targets import Target
from storage.alert_book.parts import Changed, Effect, Taking
from storage.target_terms import terms_for
from storage.targets import list_targets, remove_targets, set_targets

TARGET = "target"
Spot = tuple[str, str, str, str, str]  # KPI, grain, period, dimension, member


def take_targets(taking: Taking, entries: Sequence[Entry[WrittenTarget]]) -> Iterator[Changed]:
    """Of several for the same the last one counts."""
    terms: dict[str, Terms] = {}
    wanted: dict[str, list[Target]] = {}
    for entry in entries:
        name = entry.written.dataset
        with taking.telling(entry.place):
            if name not in terms:
                terms[name] = terms_for(taking.connection, taking.here.calculator, name)
            wanted.setdefault(name, []).append(_target(terms[name], entry.written))
    held: dict[str, dict[Spot, Target]] = {}
    for one in list_targets(taking.connection):
        held.setdefault(one.dataset, {})[_spot(one.target)] = one.target
    for name in sorted({*wanted, *(held if taking.replace else ())}):
        there, said = held.get(name, {}), wanted.get(name, [])
        for new in set_targets(taking.connection, name, said, taking.here.origin, taking.at):
            yield _changed(name, there.get(_spot(new)), new)
        if taking.replace:
            yield from _without(taking, name, there, {_spot(one) for one in said})


def _without(taking: Taking, name: str, there: dict[Spot, Target], kept: set[Spot]) -> Iterator[Changed]:
    gone = [target for spot, target in there.items() if spot not in kept]
    remove_targets(taking.connection, name, gone, taking.at)
    for one in gone:
        yield Changed(Effect.REMOVED, TARGET, _called(name, one))


def _target(terms: Terms, written: WrittenTarget) -> Target:
    value, percent = (
        read_value(written.value) if isinstance(written.value, str) else (float(written.value), False)
    )
    whom = (written.by, written.member)
    return terms.target(written.kpi, terms.period(written.period), whom, value, percent=percent)


def _changed(dataset: str, before: Target | None, after: Target) -> Changed:
    if before is None:
        return Changed(Effect.ADDED, TARGET, _called(dataset, after))
    return Changed(
        Effect.CHANGED, TARGET, _called(dataset, after), f"value {before.value:g} -> {after.value:g}"
    )


def _called(dataset: str, one: Target) -> str:
    whom = f" of {one.member}" if one.member else ""
    return f"{dataset}: {one.kpi}{whom}, {one.grain} of {one.period.isoformat()}"


def _spot(one: Target) -> Spot:
    return one.kpi, one.grain.value, one.period.isoformat(), one.dimension, one.member
