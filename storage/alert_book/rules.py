"""The rules and silences of a book, taken in. A rule is known by its name within its dataset, the n-th of that name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select, true

from alerts.book.entries import EntryError, WrittenRule, WrittenSilence
from alerts.book.reading import Entry, silence_from, written_silence
from alerts.book.rules import HEADS, rule_from, written_rule
from alerts.rules import Rule
from alerts.sending.routing import named
from alerts.sending.silences import Silence
from kpi.report import Kind
from storage.alert_book.parts import Changed, Effect, Taking, differences
from storage.alerting.rule_fitting import Bench, bench_for
from storage.alerting.silences import add_silence, end_silence, list_silences
from storage.alerting.thresholds import add_rule, list_rules, replace_rule, retire_rule
from storage.schema import thresholds

RULE, SILENCE = "rule", "silence"
Spot = tuple[str, str, int]  # a dataset, a name, and the how manieth of that name


def take_rules(taking: Taking, entries: Sequence[Entry[WrittenRule]]) -> Iterator[Changed]:
    held, seen = _by_spot(people_own(taking)), set[Spot]()
    benches: dict[str, Bench] = {}
    for entry in entries:
        with taking.telling(entry.place):
            wanted = rule_from(entry.written)
            if wanted.dataset not in benches:
                benches[wanted.dataset] = bench_for(
                    taking.connection, taking.here.calculator, taking.here.standard, wanted.dataset
                )
            spot = _free_spot(wanted, seen)
            seen.add(spot)
            with taking.telling(entry.place, _key(benches[wanted.dataset], wanted)):
                yield from _take(taking, held.get(spot), benches[wanted.dataset].fit(wanted).rule)
    for spot, rule in held.items() if taking.replace else ():
        if spot not in seen:
            retire_rule(taking.connection, rule.id, taking.at)
            yield Changed(Effect.REMOVED, RULE, _name(rule))


def take_silences(taking: Taking, entries: Sequence[Entry[WrittenSilence]]) -> Iterator[Changed]:
    """One that is the same already stays; one of the same name takes its place; one that is over is not looked at.

    Neither is one of a rule that no book has.
    """
    rules, unwritten = _by_spot(people_own(taking)), _unwritten(taking)
    held = [one for one in list_silences(taking.connection, taking.at) if one.rule_id not in unwritten]
    kept: set[int] = set()
    for entry in entries:
        with taking.telling(entry.place):
            if entry.written.end <= taking.at:
                continue
            wanted = silence_from(entry.written, _rule_id(entry.written, rules), taking.at)
            same = next(
                (one for one in held if one.id not in kept and _same(one, wanted, entry.written)), None
            )
            if same is not None:
                kept.add(same.id)
                continue
            before = next((one for one in held if wanted.name and one.name == wanted.name), None)
            if before is not None:
                kept.add(before.id)
                end_silence(taking.connection, before.id, taking.at)
            add_silence(taking.connection, wanted, taking.at)
            yield _changed(before, wanted)
    for one in held if taking.replace else ():
        if one.id not in kept:
            end_silence(taking.connection, one.id, taking.at)
            yield Changed(Effect.REMOVED, SILENCE, _called(one))


def _take(taking: Taking, before: Rule | None, wanted: Rule) -> Iterator[Changed]:
    if before is None:
        add_rule(taking.connection, wanted, taking.at)
        yield Changed(Effect.ADDED, RULE, _name(wanted))
    elif replace(wanted, id=before.id) != before:
        made = replace_rule(taking.connection, before.id, wanted, taking.at)
        if made is not None and made.id != before.id:
            taking.replaced.add(before.id)
        how = differences(written_rule(before), written_rule(wanted))
        yield Changed(Effect.CHANGED, RULE, _name(wanted), how)


def people_own(taking: Taking) -> list[Rule]:
    """The rules that people set; those that the program made by itself are nobody's to write down."""
    return [one for one in list_rules(taking.connection) if not one.automatic]


def _unwritten(taking: Taking) -> set[int]:
    """The rules that no book has: those that the program made, and those that were gone before this one or made way in it."""
    gone = (thresholds.c.retired_at.is_not(None)) & (thresholds.c.retired_at < taking.at)
    found = select(thresholds.c.id).where(thresholds.c.automatic.is_(true()) | gone)
    return {*taking.connection.execute(found).scalars(), *taking.replaced}


def _by_spot(rules: Sequence[Rule]) -> dict[Spot, Rule]:
    found: dict[Spot, Rule] = {}
    for one in rules:
        found[_free_spot(one, found)] = one
    return found


def _free_spot(rule: Rule, taken: set[Spot] | dict[Spot, Rule]) -> Spot:
    nth = 1
    while (rule.dataset, rule.name, nth) in taken:
        nth += 1
    return rule.dataset, rule.name, nth


def _rule_id(written: WrittenSilence, rules: dict[Spot, Rule]) -> int | None:
    if not written.rule:
        if written.dataset:
            why = '`dataset` says where `rule` is, which is missing; for all of a dataset write match = { dataset = "…" }'
            raise EntryError({"dataset": why})
        return None
    found = rules.get((written.dataset, written.rule, written.nth))
    if found is None:
        there = (
            ", ".join(sorted({name for dataset, name, _ in rules if dataset == written.dataset})) or "none"
        )
        raise EntryError({"rule": f"found {written.rule!r}; the rules of {written.dataset!r} are: {there}"})
    return found.id


def _same(one: Silence, wanted: Silence, written: WrittenSilence) -> bool:
    start = wanted.start if written.start else one.start
    return replace(one, id=0, matchers=one.matchers or None) == replace(wanted, start=start)


def _changed(before: Silence | None, wanted: Silence) -> Changed:
    if before is None:
        return Changed(Effect.ADDED, SILENCE, _called(wanted))
    how = differences(written_silence(before), written_silence(wanted))
    return Changed(Effect.CHANGED, SILENCE, _called(wanted), how)


def _called(one: Silence) -> str:
    return one.name or one.reason or f"until {one.end:%Y-%m-%d %H:%M} UTC"


def _key(bench: Bench, rule: Rule) -> str:
    """What a rule that does not fit would be refused for."""
    chosen = (one for name in rule.channels for one in named(name, bench.there))
    if any(one not in bench.there for one in chosen):
        return "to"
    if bench.dataset is None or not rule.kpi:
        return ""
    fields = bench.dataset.fields
    known = next((one for one in bench.catalog.available(fields) if one.key == rule.kpi), None)
    if known is None:
        return "kpi"
    if rule.grain not in known.grains:
        return "grain"
    dimensions = {field.name for field in fields if field.kind is Kind.DIMENSION}
    if rule.dimension is not None and rule.dimension not in dimensions:
        return "by"
    return next((head for head in HEADS if head in written_rule(rule)), "")


def _name(rule: Rule) -> str:
    return f"{rule.dataset}: {rule.name}"
