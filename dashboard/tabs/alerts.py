"""Rules with their rehearsal, what fired and why a message did or did not come, and where messages go."""

from __future__ import annotations

import streamlit as st

from alerts.rules import Rule
from dashboard import alert_queries
from dashboard.alert_queries import Judged
from dashboard.alerting import (
    destinations,
    form,
    history,
    letters,
    mail,
    rehearsal,
    rules,
    scheduled,
    states,
)
from dashboard.alerting.rules import EDITED
from dashboard.naming import keep_names_out_of_sight
from dashboard.text import plain
from dashboard.view import View
from kpi.format import count_of
from storage.alerting.thresholds import RuleError

PART = "alerts"  # of the tab, also its name in the address
RULES, HISTORY, MESSAGES, DESTINATIONS = "Rules", "History", "Messages", "Destinations"
REPORTS = "Reports"
SAID = "alerting.said"


def show(view: View) -> None:
    keep_names_out_of_sight()
    with st.container():  # a place of its own: what is being typed below stays where letters come and go
        letters.show(alert_queries.count_dead())
    part = st.segmented_control(
        "What to look at",
        [RULES, HISTORY, MESSAGES, DESTINATIONS, REPORTS],
        default=RULES,
        key=PART,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    if part == HISTORY:
        history.show(view)
    elif part == MESSAGES:
        mail.show()
    elif part == DESTINATIONS:
        destinations.show(view)
    elif part == REPORTS:
        scheduled.show(view)
    else:
        _rules(view)


def _rules(view: View) -> None:
    judged = alert_queries.judged(view.dataset.name)
    edited = _edited(judged)
    with st.container():
        if said := st.session_state.pop(SAID, ""):
            st.success(plain(said), icon=":material/check:")
    if edited is not None:
        _form(view, edited)
    elif judged:
        _heading(judged)
    else:
        _how_to_begin()
    rules.show(view, judged)


def _heading(judged: list[Judged]) -> None:
    firing = sum(bool(one.firing) for one in judged)
    with st.container(horizontal=True, vertical_alignment="center"):
        state = f":orange[**{firing} firing**]" if firing else "nothing fires"
        st.markdown(f"**{count_of(len(judged), 'rule')}** · {state}", width="stretch")
        _begin("New rule")


def _how_to_begin() -> None:
    with st.container(border=True):
        st.markdown(
            "**No rules yet.** A rule watches a KPI or a file and tells people once when something is wrong, in Slack, "
            "WhatsApp, by e-mail or wherever you say, and once when it is over. Before you save it, it shows when it would "
            "have fired over the history that is here, and what it would have said."
        )
        _begin("Set the first rule")


def _begin(label: str) -> None:
    st.button(
        label, type="primary", icon=":material/add_alert:", on_click=rules.edit, args=(0,), key="new_rule"
    )


def _edited(judged: list[Judged]) -> int | None:
    """Which rule's form is open: 0 for a new one, None for no form."""
    wanted = st.session_state.get(EDITED)
    known = {0, *(one.rule.id for one in judged)}
    return wanted if wanted in known else None


def _form(view: View, edited: int) -> None:
    held: Rule | None = next(
        (one.rule for one in alert_queries.judged(view.dataset.name) if one.rule.id == edited), None
    )
    with st.container(border=True, key="rule_form"):
        st.markdown(f"**Change {plain(held.name)}**" if held else "**New rule**")
        left, right = st.columns([5, 6], gap="large")
        with left:
            draft = form.show(view, held, alert_queries.sources())
            with st.container(horizontal=True):
                pressed = st.button(
                    "Save the rule",
                    type="primary",
                    disabled=draft is None or draft.rule is None,
                    key="save_rule",
                )
                st.button("Cancel", on_click=_close, key="cancel_rule")
            if pressed and draft is not None and draft.rule is not None:
                _save(draft.rule)
        with right:
            if draft is not None:
                rehearsal.show(view, draft)


def _save(rule: Rule) -> None:
    try:
        saved = alert_queries.save(rule)
    except (RuleError, ValueError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _close()
    st.session_state[SAID] = f"{rule.name} is set. {states.stands_now(alert_queries.judged_at_once(saved))}"
    st.rerun()


def _close() -> None:
    """Close the form; what was typed into it is gone."""
    st.session_state.pop(EDITED, None)
    st.session_state[form.ROUND] = st.session_state.get(form.ROUND, 0) + 1


def is_open() -> bool:
    """Whether this is the tab that is looked at; before the tabs are drawn."""
    return bool(st.session_state.get("tab", st.query_params.get("tab")) == "Alerts")


def go_to_messages() -> None:
    """Open this tab at the next run, where the messages are."""
    st.session_state["tab"] = "Alerts"
    st.session_state[PART] = MESSAGES
