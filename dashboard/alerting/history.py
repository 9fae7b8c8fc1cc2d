"""What fired and what was over, newest first; and of each why a message did or did not come."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from alerts.delivery import ACCEPTED
from alerts.rules import State
from alerts.telling.phrases import duration
from dashboard import alert_queries
from dashboard.alerting import directory, fates, states, words
from dashboard.alerting.lines import beside
from dashboard.alerting.rules import definition
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain
from dashboard.view import View
from kpi.calendar import Grain
from kpi.definitions import Definition
from kpi.format import count_of
from kpi.periods.windows import short_words, whole_period
from storage.alerting.alert_log import AlertRow
from storage.alerting.outbox import AttemptRow, DeliveryRow

PAGE = 15
SHOWN = "alerting.history"  # in the session: how many are shown
ASKED = "alerting.why"  # in the session: the id of the alert whose messages are shown


def show(view: View) -> None:
    wanted = int(st.session_state.get(SHOWN, PAGE))
    found = alert_queries.alerts(view.dataset.name, wanted + 1)
    if not found:
        st.info(
            "Nothing has fired yet. When a rule fires, and when that is over, it stands here with its value and with what "
            "became of every message.",
            icon=":material/history:",
        )
        return
    for alert in found[:wanted]:
        with st.container(border=True, key=f"alert{alert.id}", gap="small"):
            _line(view, alert, found)
    if len(found) > wanted:
        st.button("Show earlier ones", on_click=_show_more, icon=":material/expand_more:")


def _show_more() -> None:
    st.session_state[SHOWN] = int(st.session_state.get(SHOWN, PAGE)) + PAGE


def _line(view: View, alert: AlertRow, found: Sequence[AlertRow]) -> None:
    one = definition(view, alert.kpi)
    asked = st.session_state.get(ASKED) == alert.id
    who = f" · {plain(alert.member)}" if alert.member else ""
    heard = " :gray-badge[acknowledged]" if alert.acknowledged and _fired(alert) else ""
    badge = states.badge(State.FIRING, "fired") if _fired(alert) else states.badge(State.NORMAL, "resolved")
    title = f"{badge} **{plain(alert.rule)}**{who}{heard}"
    with beside(f"{title}  \n:gray[{plain(_facts(view, alert, one, found))}]  \n{_messages(alert)}"):
        st.button(
            named("Hide" if asked else "Why?", _spoken(alert)),
            key=f"why{alert.id}",
            on_click=_ask,
            args=(0 if asked else alert.id,),
            help="Who was told of it, who was not, and why",
        )
    if asked:
        _why(alert)


def _spoken(alert: AlertRow) -> str:
    """What tells this one from the others: `Thin margin (North) fired 1 Dec 2025, 09:12`."""
    whom = f" ({alert.member})" if alert.member else ""
    what = "fired" if _fired(alert) else "resolved"
    return f"{alert.rule}{whom} {what} {words.moment(alert.at, current().timezone)}"


def _ask(alert_id: int) -> None:
    st.session_state[ASKED] = alert_id


def _fired(alert: AlertRow) -> bool:
    return alert.state is State.FIRING


def _facts(view: View, alert: AlertRow, one: Definition | None, found: Sequence[AlertRow]) -> str:
    """When, of which period, on which value against which limit; of one that is over how bad it was and how long."""
    currency = view.dataset.currency_of(alert.dimension, alert.member)
    parts = [words.moment(alert.at, current().timezone), _value(view, alert, one, currency)]
    if not _fired(alert):
        worst = words.quantity(alert.worst, alert.condition, one, currency)
        parts += [f"worst {worst}" if worst else "", _lasted(alert, found)]
    elif not alert.grain and alert.condition is not None:
        parts.append(words.breach(alert.condition, one))
    return " · ".join(part for part in parts if part)


def _value(view: View, alert: AlertRow, one: Definition | None, currency: str) -> str:
    """`Nov 2025: 27.6 % (limit 30.0 %)`, of a change `Nov 2025: €90, −12.0 % (limit −10.0 %)`; empty for files."""
    if not alert.grain:
        return ""
    period = short_words(whole_period(view.calendar, Grain(alert.grain), alert.period), view.calendar)
    value = words.amount(alert.value, one, currency)
    judged = words.quantity(alert.quantity, alert.condition, one, currency)
    limit = words.quantity(alert.limit, alert.condition, one, currency)
    shown = f"{value}, {judged}" if judged and value and judged != value else value or judged
    return f"{period}: {shown} (limit {limit})" if limit else f"{period}: {shown}"


def _lasted(alert: AlertRow, found: Sequence[AlertRow]) -> str:
    """From its firing, where that is among those that are shown."""
    same = (alert.rule_id, alert.member, alert.episode)
    fired = [one for one in found if _fired(one) and (one.rule_id, one.member, one.episode) == same]
    return f"lasted {duration(alert.at - fired[0].at)}" if fired else ""


def _messages(alert: AlertRow) -> str:
    if not alert.deliveries:
        return ":gray[nobody was to be told]"
    now, zone = current().clock(), current().timezone
    found = [fates.fate_of(one, now, zone) for one in alert.deliveries]
    text = plain(fates.summary([one.word for one in found]))
    return (
        f":orange[:material/error: {text}]" if any(one.good is False for one in found) else f":gray[{text}]"
    )


def _why(alert: AlertRow) -> None:
    """Who was told of the whole breach and who was not, in the order in which it was owed."""
    found = alert_queries.why(alert.id)
    if found is None or not found.messages:
        st.markdown(
            "No message was owed: neither the rule nor a route named anybody, and no destination was set up then. "
            "Set one up at Destinations."
        )
        return
    for told in found.messages:
        show_fate(told.message, told.lines, told.together)
    if found.acknowledged is not None:
        heard = found.acknowledged
        note = f": {plain(heard.note)}" if heard.note else ""
        at = words.moment(heard.at, current().timezone)
        st.markdown(f":material/how_to_reg: Acknowledged by **{plain(heard.by)}**, {plain(at)}{note}")


def show_fate(message: DeliveryRow, lines: Sequence[AttemptRow], together: int = 0) -> None:
    """What became of one message, and below it every line that was written down about it, in the provider's words."""
    zone = current().timezone
    turn = directory.turns_of([message]).get(message.id)
    fate = fates.fate_of(message, current().clock(), zone, turn)
    kind = fates.KINDS.get(message.kind, "")
    about = f" ({plain(kind)})" if kind else ""
    others = f", together with {count_of(together, 'other')}" if together else ""
    reason = f": {plain(fate.reason)}" if fate.reason else ""
    said = f"**{plain(message.destination)}**{about} · {tone(fate)}{others}{reason}"
    st.markdown("\n".join([said, "", *(f"- :small[{_line_of(one)}]" for one in lines)]))


def _line_of(one: AttemptRow) -> str:
    """`1 Dec 2025, 09:12:03 · failed, is tried again · 503 · no answer`; what was accepted says what is odd about it."""
    status = " ".join(str(part) for part in (one.status, one.code) if part)
    parts = (
        words.second(one.at, current().timezone),
        fates.LINES.get(one.result, one.result),
        status,
        one.detail.removeprefix(ACCEPTED).lstrip(",; "),
    )
    return plain(" · ".join(part for part in parts if part))


def tone(fate: fates.Fate) -> str:
    colour = {True: "blue", False: "orange", None: "gray"}[fate.good]
    return f":{colour}[**{plain(fate.word)}**]"
