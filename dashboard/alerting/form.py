"""The form of one rule: from what is watched to whom to tell, a line at a time; the rest waits behind "More"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alerts.judging.conditions import Condition, Freshness, SourceError
from alerts.rules import Hold, Rule, Severity
from alerts.telling.phrases import duration
from dashboard import target_queries
from dashboard.alerting import asks, fields, gone, telling
from dashboard.alerting.asks import Ask
from dashboard.alerting.fields import Asked
from dashboard.alerting.words import ANY_FILE, breach
from dashboard.context import current
from dashboard.text import plain, spoken
from dashboard.view import View
from kpi.calendar import PERIODS
from kpi.definitions import Definition
from storage.loads import Source

A_FILE = "a file"
WHOLE = "the whole"
ROUND = "alerting.round"  # how often the form was begun
LONGEST_NAME = 120
OF_FILES = (Freshness, SourceError)
SPANS = {
    "no time": timedelta(),
    "1 hour": timedelta(hours=1),
    "6 hours": timedelta(hours=6),
    "1 day": timedelta(days=1),
    "3 days": timedelta(days=3),
    "1 week": timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """By which periods and whose: empty and None for a rule about a file."""

    grain: str = ""
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """What most rules leave as it is."""

    name: str
    hold: Hold
    severity: str
    owner: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the form: the rule where it can be made (with its id where it is being changed), else why it cannot.

    Both are empty while something is still to be typed.
    """

    asked: Asked
    judged: Judged
    rule: Rule | None = None
    problem: str = ""


def show(view: View, held: Rule | None, sources: tuple[Source, ...]) -> Draft | None:
    """The fields of the rule `held`, of a new one for None. None while its KPI is gone and nobody has chosen another."""
    form = f"rule.{view.dataset.name}.{held.id if held else 'new'}.{st.session_state.get(ROUND, 0)}"
    chosen = _watched(view, held, form)
    one = next((each for each in view.definitions if each.key == chosen), None)
    if chosen and one is None and held is not None:
        gone.say(view, held, "KPI")
        return None
    files = tuple(source.name for source in sources if source.dataset == view.dataset.name)
    asked = _asked(view, held, one, f"{form}.{chosen}", files)
    condition, problem = None, ""
    try:
        condition = fields.show(asked)
    except ValueError as error:
        problem = str(error)
    judged = _judged_by(view, asked, held)
    problem = problem or _lost(view, held, judged, asked)
    _about_targets(view, asked)
    channels = telling.choose(held, asked.form)
    manner = _more(asked, judged, held, channels, _own_name(view, held))
    if condition is None or problem:
        return Draft(asked, judged, None, problem)
    try:
        return Draft(asked, judged, _rule(asked, condition, judged, manner, held))
    except ValueError as error:
        return Draft(asked, judged, None, str(error))


def _watched(view: View, held: Rule | None, form: str) -> str:
    """The key of a KPI, empty for a file; that of a KPI that is gone stays until somebody chooses another."""
    known = {one.key: one.label for one in view.definitions} | {"": A_FILE}
    labels = gone.choices(known, held.kpi if held else None)
    keys = list(labels)
    at = keys.index(held.kpi) if held else 0
    return st.selectbox("Watch", keys, index=at, format_func=labels.__getitem__, key=f"{form}.kpi") or ""


def _asked(view: View, held: Rule | None, one: Definition | None, form: str, files: tuple[str, ...]) -> Asked:
    """What people want to hear of it. The numbers of another KPI, which may be in another unit, are not taken over."""
    choices = list(asks.OF_KPIS if one else asks.OF_FILES)
    usual = asks.ask_of(held.condition) if held else asks.first_ask(one) if one else Ask.LATE
    ask = st.selectbox(
        "Tell me when it",
        choices,
        index=choices.index(usual) if usual in choices else 0,
        format_func=str,
        key=f"{form}.ask",
    )
    before = held.condition if held and held.kpi == (one.key if one else "") else None
    return Asked(view.dataset.name, ask or choices[0], one, form, before, files, current().timezone)


def _judged_by(view: View, asked: Asked, held: Rule | None) -> Judged:
    if asked.one is None:
        return Judged()
    given = _grains(asked.one)
    same = held is not None and held.kpi == asked.one.key
    grains = gone.choices({each: each for each in given}, held.grain if held and same else None)
    usual = held.grain if held and held.grain in grains else "month" if "month" in given else given[0]
    members = gone.choices(
        {WHOLE: WHOLE} | {name: f"each {spoken(name)}" for name in view.dimensions_of_rules},
        held.dimension if held else None,
    )
    left, right = st.columns(2)
    running = asked.ask is Ask.BEHIND
    grain = left.selectbox(
        "Of the running" if running else "Each full",
        list(grains),
        index=list(grains).index(usual),
        format_func=grains.__getitem__,
        key=f"{asked.form}.grain",
        help=None
        if running
        else "A period that is not over is never judged: half a month looks like a collapse.",
    )
    dimension = right.selectbox(
        "For",
        list(members),
        index=list(members).index(held.dimension) if held and held.dimension else 0,
        format_func=members.__getitem__,
        key=f"{asked.form}.dimension",
        help="For each member it stands for itself: North can fire while South is normal.",
    )
    return Judged(grain or usual, None if dimension in (None, WHOLE) else dimension)


def _grains(one: Definition) -> list[str]:
    return [each.value for each in PERIODS if each in one.grains] or ["month"]


def _lost(view: View, held: Rule | None, judged: Judged, asked: Asked) -> str:
    """Which of its choices these data give no more; empty where they give all."""
    if held is None or asked.one is None:
        return ""
    if judged.dimension is not None and judged.dimension not in view.dimensions_of_rules:
        return gone.say(view, held, "dimension")
    if judged.grain not in _grains(asked.one):
        return gone.say(view, held, "period")
    return ""


def _about_targets(view: View, asked: Asked) -> None:
    """Without a target there is nothing that could be missed."""
    if asked.ask not in (Ask.MISSES, Ask.BEHIND) or asked.one is None:
        return
    held = target_queries.held(view.dataset.name)
    if not any(each.target.kpi == asked.one.key for each in held.targets):
        st.info(f"{plain(asked.one.label)} has no target yet. Set one on the Targets tab first.")


def _own_name(view: View, held: Rule | None) -> str:
    """The name that a person gave it; empty where it was made of what the rule says, which may change."""
    if held is None:
        return ""
    one = next((each for each in view.definitions if each.key == held.kpi), None)
    return "" if held.name == _made_name(held.condition, one, held.dimension) else held.name


def _made_name(condition: Condition, one: Definition | None, dimension: str | None) -> str:
    said = f"{one.label if one else ''} {breach(condition, one)}".strip()
    if not one:
        said = f"{condition.file or ANY_FILE} {said}" if isinstance(condition, OF_FILES) else said
    per = f", by {dimension}" if dimension else ""
    return f"{said}{per}"[:LONGEST_NAME]


def _more(
    asked: Asked, judged: Judged, held: Rule | None, channels: tuple[str, ...], own_name: str
) -> Manner:
    another = held is not None and held.kpi != (asked.one.key if asked.one else "")
    with st.expander(
        "More: how long, how serious, whose, its name",
        expanded=another and bool(own_name),  # a name that may not fit any more is seen
        key=f"{asked.form}.more",
    ):
        left, right = st.columns(2)
        hold = _hold(asked, judged, held.hold if held else Hold(), (left, right))
        severities = [one.value for one in Severity]
        severity = right.selectbox(
            "Severity",
            severities,
            severities.index(held.severity if held else Severity.WARNING.value),
            key=f"{asked.form}.severity",
            help="Routes can send what is critical elsewhere, and to a second place where nobody acknowledges it.",
        )
        owner = left.text_input(
            "Who answers for it", held.owner if held else "", key=f"{asked.form}.owner", max_chars=120
        )
        name = right.text_input(
            "Name",
            own_name,
            key=f"{asked.form}.name",
            max_chars=LONGEST_NAME,
            placeholder="made of what it says",
        )
    return Manner(name.strip(), hold, severity or Severity.WARNING.value, owner.strip(), channels)


def _hold(asked: Asked, judged: Judged, before: Hold, places: tuple[DeltaGenerator, DeltaGenerator]) -> Hold:
    """For how long; lengths that were set elsewhere stand among the usual ones."""
    left, right = places
    spans = dict(SPANS)
    for span in (before.duration, before.keep):
        if span not in spans.values():
            spans[duration(span)] = span
    names, lengths = list(spans), list(spans.values())
    periods = 1
    if judged.grain and asked.ask is not Ask.BEHIND:
        periods = left.number_input(
            f"{judged.grain.capitalize()}s in a row", 1, 60, before.periods, key=f"{asked.form}.periods"
        )
    lasts = right.selectbox(
        "It must last for", names, lengths.index(before.duration), key=f"{asked.form}.duration"
    )
    keep = left.selectbox(
        "Normal once clear for", names, lengths.index(before.keep), key=f"{asked.form}.keep"
    )
    return Hold(int(periods), spans[lasts or names[0]], spans[keep or names[0]])


def _rule(asked: Asked, condition: Condition, judged: Judged, manner: Manner, held: Rule | None) -> Rule:
    """ValueError where its numbers cannot work together."""
    return Rule(
        id=held.id if held else 0,
        name=manner.name or _made_name(condition, asked.one, judged.dimension),
        dataset=asked.dataset,
        kpi=asked.one.key if asked.one else "",
        grain=judged.grain,
        condition=condition,
        dimension=judged.dimension,
        hold=manner.hold,
        severity=manner.severity,
        labels=dict(held.labels) if held else {},
        owner=manner.owner,
        channels=manner.channels,
    )
