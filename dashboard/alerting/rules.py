"""The rules: how each stands, since when, on which value; and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from alerts.judging.conditions import Freshness
from alerts.judging.verdicts import next_due
from alerts.rules import Rule, Standing, State
from alerts.sending.silences import Silence
from dashboard import alert_queries
from dashboard.alert_queries import Episode, Judged
from dashboard.alerting import silencing, states, who, words
from dashboard.context import current
from dashboard.definition_queries import why_silent
from dashboard.naming import named
from dashboard.tables import told_apart
from dashboard.text import plain, spoken
from dashboard.view import View
from kpi.calendar import Grain
from kpi.definitions import Definition
from kpi.format import count_of
from kpi.periods.windows import short_words, whole_period

OF_MEMBERS = ("state", "since", "last value", "why")  # columns behind the member's name
NAMED = 4  # members whose values a card says
EDITED = "alerting.edited"  # in the session: the id of the rule whose form is open, 0 for a new one
ORDER = "alerting.order"  # in the session: the ids of the rules, as their cards stood
OPENERS = ("acknowledge", "silence", "more")  # what the keys of a card's buttons begin with
WORST = (State.FIRING, State.RECOVERING, State.ERROR, State.PENDING, State.NO_DATA, State.NORMAL)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all rules of a page together."""

    silences: Sequence[Silence]
    acknowledged: set[Episode]
    silent: dict[int, str]  # why a rule is not judged at all
    now: datetime


def show(view: View, judged: Sequence[Judged]) -> None:
    """One card a rule, those that need somebody first."""
    rules = [one.rule for one in judged]
    known = Known(
        alert_queries.held_silences(),
        alert_queries.acknowledged(rules),
        why_silent(view.dataset, [rule for rule in rules if rule.kpi]),
        current().clock(),
    )
    for one in _in_order(judged):
        with st.container(border=True, key=f"rule{one.rule.id}", gap="small"):
            _card(view, one, known)


def _in_order(judged: Sequence[Judged]) -> list[Judged]:
    """Those that need somebody first; while somebody has a form open, as they stood: nothing moves under the hand."""
    worst_first = sorted(judged, key=lambda one: (not one.firing, WORST.index(one.state), one.rule.id))
    before: list[int] = st.session_state.get(ORDER, [])
    if is_busy([one.rule for one in judged]):
        known = {rule_id: place for place, rule_id in enumerate(before)}
        worst_first.sort(key=lambda one: known.get(one.rule.id, len(known)))
    st.session_state[ORDER] = [one.rule.id for one in worst_first]
    return worst_first


def is_busy(rules: Sequence[Rule]) -> bool:
    """Whether the form of a rule, or what a button of a card opens, is open."""
    opened = (f"{name}{rule.id}" for rule in rules for name in OPENERS)
    return st.session_state.get(EDITED) is not None or any(st.session_state.get(key) for key in opened)


def _card(view: View, judged: Judged, known: Known) -> None:
    rule = judged.rule
    one = definition(view, rule.kpi)
    why = known.silent.get(rule.id, "")
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch", gap="small"):
            details = f":gray[{_details(rule, one, view.dataset.currency_of())}]"
            st.markdown("  \n".join([_title(judged, why), details, _standing(view, judged, one, why)]))
        _buttons(judged, known)
    for silence in silencing.holding(known.silences, rule, known.now):
        silencing.show_line(silence)
    if rule.dimension and judged.standings:
        _members(view, judged, one)


def definition(view: View, kpi: str) -> Definition | None:
    """None where these data do not give the KPI, or the rule is about a file."""
    return next((each for each in view.definitions if each.key == kpi), None)


def _title(judged: Judged, why: str) -> str:
    state = State.ERROR if why else State.FIRING if judged.firing else judged.state
    shown = states.badge(state)
    if judged.rule.dimension and judged.firing:
        shown = states.badge(State.FIRING, count_of(len(judged.firing), "member") + " firing")
    made = " :gray-badge[made by itself]" if judged.rule.automatic else ""
    severity = f" :gray-badge[{plain(judged.rule.severity)}]" if judged.rule.severity != "warning" else ""
    return f"{shown} **{plain(judged.rule.name)}**{severity}{made}"


def _details(rule: Rule, one: Definition | None, currency: str) -> str:
    """What it waits for, unless its name says so already, and how it goes about it."""
    back = words.over_again(rule.condition, one, currency)
    what = f"{words.watched(rule, one)} {words.breach(rule.condition, one, currency)}"
    parts = (
        "" if rule.name.startswith(what) else what,
        words.scope(rule),
        words.holding(rule),
        f"back to normal {back}" if back else "",
        f"{rule.owner} answers for it" if rule.owner else "",
        f"tells {', '.join(rule.channels)}" if rule.channels else "tells whom the routes say",
    )
    told = " · ".join(part for part in parts if part)
    return plain(told[:1].upper() + told[1:])


def _standing(view: View, judged: Judged, one: Definition | None, why: str) -> str:
    """Since when it is so, on which value."""
    if why:
        return f":orange[{plain(why)}]"
    standing = _telling(judged)
    if standing is None:
        return f":gray[{plain(_calm(judged.rule))}]"
    parts = []
    if standing.open and standing.fired_at:
        parts.append(f"firing since {words.moment(standing.fired_at, current().timezone)}")
    elif standing.since:
        parts.append(
            f"{words.STATES[standing.state]} since {words.moment(standing.since, current().timezone)}"
        )
    if value := _values(view, judged, one, standing):
        parts.append(value)
    if standing.reason:
        parts.append(standing.reason)
    return plain(" · ".join(parts))


def _calm(rule: Rule) -> str:
    """What is said of a rule that was never anything but normal."""
    if isinstance(rule.condition, Freshness):
        at = next_due(rule.condition, current().clock())
        return f"Nothing was missed since it was set. Next expected: {words.due(at, rule.condition.zone)}."
    return "Never breached since it was set." if rule.kpi else "All is well since it was set."


def _telling(judged: Judged) -> Standing | None:
    """The standing that the card speaks of: the only one, or of several the worst."""
    found = sorted(judged.standings.values(), key=lambda one: (not one.open, WORST.index(one.state)))
    return found[0] if found else None


def _values(view: View, judged: Judged, one: Definition | None, standing: Standing) -> str:
    """`Nov 2025: 25.3 %`, with a dimension those of the first members that breach; empty for rules about files."""
    rule = judged.rule
    if not judged.firing or rule.dimension is None:
        return _value(view, rule, one, standing)
    named = [
        f"{member} {words.amount(judged.standings[member].value, one, view.dataset.currency_of(rule.dimension, member))}"
        for member in judged.firing[:NAMED]
    ]
    more = len(judged.firing) - NAMED
    return f"{_period(view, rule, standing)}: {', '.join(named)}{f' and {more} more' if more > 0 else ''}"


def _value(view: View, rule: Rule, one: Definition | None, standing: Standing, member: str = "") -> str:
    """`Nov 2025: 25.3 %`; empty for rules about files, and where nothing was judged yet."""
    if standing.period is None or not rule.grain:
        return ""
    currency = view.dataset.currency_of(rule.dimension, member)
    return f"{_period(view, rule, standing)}: {words.amount(standing.value, one, currency)}"


def _period(view: View, rule: Rule, standing: Standing) -> str:
    if standing.period is None:
        return ""
    return short_words(whole_period(view.calendar, Grain(rule.grain), standing.period), view.calendar)


def _members(view: View, judged: Judged, one: Definition | None) -> None:
    rule = judged.rule
    with st.expander(
        f"Each {spoken(rule.dimension or '')} that was ever anything but normal", key=f"each{rule.id}"
    ):
        rows = [
            [
                member,
                words.STATES[State.FIRING if states.still_open(standing) else standing.state],
                words.moment(standing.fired_at if standing.open else standing.since, current().timezone),
                _value(view, rule, one, standing, member),
                standing.reason,
            ]
            for member, standing in sorted(
                judged.standings.items(), key=lambda pair: (not pair[1].open, pair[0])
            )
        ]
        names = told_apart([rule.dimension or "", *OF_MEMBERS])  # a workbook's column may be called like ours
        frame = pd.DataFrame(rows, columns=names)
        if not frame[names[-1]].any():
            frame = frame.drop(columns=names[-1])
        st.dataframe(
            frame,
            hide_index=True,
            key=f"members{rule.id}",
            alt=f"How {rule.name} stands for each {rule.dimension}",
        )


def _buttons(judged: Judged, known: Known) -> None:
    rule = judged.rule
    with st.container(horizontal=True, width="content", vertical_alignment="top"):
        unheard = [
            (rule.id, member, standing.episode)
            for member, standing in judged.standings.items()
            if standing.open and (rule.id, member, standing.episode) not in known.acknowledged
        ]
        if unheard:
            _acknowledge(rule, unheard)
        elif judged.firing:
            st.markdown(":gray-badge[:material/how_to_reg: acknowledged]", width="content")
        silencing.offer(rule, sorted(member for member in judged.standings if member))
        with st.popover(
            named("More", rule.name),
            icon=":material/more_horiz:",
            key=f"more{rule.id}",
            help="Edit or remove",
            on_change="rerun",
        ):
            _more(rule)


def _more(rule: Rule) -> None:
    st.button(
        named("Edit", rule.name),
        key=f"edit{rule.id}",
        icon=":material/edit:",
        on_click=edit,
        args=(rule.id,),
    )
    if rule.automatic:
        st.caption("The program made this rule, because a file of these data could not be read.")
    sure = st.checkbox(
        "I want it gone", key=f"sure{rule.id}", help="Its history stays. Nobody is told that it is over."
    )
    st.button(
        named("Remove", rule.name),
        key=f"remove{rule.id}",
        icon=":material/delete:",
        disabled=not sure,
        on_click=alert_queries.retire,
        args=(rule.id,),
    )


def _acknowledge(rule: Rule, unheard: Sequence[Episode]) -> None:
    with st.popover(
        named("Acknowledge", rule.name),
        icon=":material/how_to_reg:",
        key=f"acknowledge{rule.id}",
        type="primary",
        on_change="rerun",
    ):
        st.markdown(
            "Say that somebody looks after it: it is not repeated any more, and nobody else is called."
        )
        with st.form(f"acknowledge{rule.id}.form", border=False):
            note = st.text_input("What is being done", key=f"note{rule.id}", max_chars=200)
            by = who.ask(f"acknowledge.{rule.id}")
            pressed = st.form_submit_button(
                named("Acknowledge it", rule.name), type="primary", key=f"heard{rule.id}"
            )
        if not pressed:
            return
        if not by:
            st.error("Say who you are, so that others know whom to ask.")
            return
        who.remember(by)
        for episode in unheard:
            alert_queries.acknowledge(episode, by, note.strip())
        st.rerun()


def edit(rule_id: int) -> None:
    """Open the form of the rule at the next run; 0 for a new one."""
    st.session_state[EDITED] = rule_id
