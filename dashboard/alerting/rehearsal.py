"""Beside the form: when the rule would have fired, on which values, and what would have been said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from alerts.judging.conditions import Anomaly, Change, Freshness, Target
from alerts.judging.verdicts import next_due
from alerts.rules import Rule, State
from alerts.telling.phrases import day
from dashboard import alert_queries, queries
from dashboard.alerting import previews, states
from dashboard.alerting.charts import POINTS, in_points
from dashboard.alerting.charts import rehearsed as figure_of
from dashboard.alerting.form import Draft
from dashboard.alerting.rehearsing import rehearse
from dashboard.alerting.replayed import Breach, Point, Rehearsed
from dashboard.alerting.words import due, holding, some
from dashboard.context import current
from dashboard.drawing import chart, heading
from dashboard.text import plain, spoken
from dashboard.view import Stretch, View
from kpi.calendar import PERIODS, Grain
from kpi.definitions import Unit
from kpi.format import count_of
from kpi.periods.windows import short_words, whole_period
from kpi.values import CURRENCY, Partial
from storage.alerting.thresholds import judges_the_same

NAMED = 6  # breaches that are named
OFTEN = 4  # once in so many periods is often


def show(view: View, draft: Draft) -> None:
    st.markdown("**What it would have done**")
    if draft.problem:
        st.error(plain(draft.problem), icon=":material/error:")
    elif draft.rule is None:
        st.caption(
            "Type what is missing: here stands at once when the rule would have fired, and what it would have said."
        )
    if draft.rule is not None:
        _replayed(view, draft, draft.rule)
    elif draft.asked.one is not None:
        _bare(view, draft)


def _bare(view: View, draft: Draft) -> None:
    """The KPI by itself, so that a limit can be chosen."""
    one = draft.asked.one
    if one is None or draft.judged.grain not in {each.value for each in PERIODS}:
        return
    grain = Grain(draft.judged.grain)
    only = tuple(pair for pair in view.where if pair[0] == CURRENCY)
    cut = replace(view, grain=grain, where=only, stretch=Stretch.LATEST, partial=Partial.TO_DATE)
    frame = queries.series(cut, (one.key,))
    over = frame[frame["complete"]]
    if over.empty:
        st.info(f"No full {grain} lies in these data yet.")
        return
    pairs = zip(over["period"], over["value"], strict=True)
    points = [Point(period, value, value, firing=False) for period, value in pairs]
    heading(f"{one.label} by {grain}", one)
    said = f"{one.label} by {grain}, {len(points)} periods"
    chart(lambda: figure_of(one, grain, view.calendar, None, points), "rehearsal", said)


def _replayed(view: View, draft: Draft, rule: Rule) -> None:
    found = rehearse(view.asked, rule, queries.pulse().token)
    if found.problem:
        st.warning(plain(found.problem), icon=":material/block:")
        return
    if isinstance(rule.condition, Freshness):
        st.info(first_due(draft, rule.condition), icon=":material/schedule:")
    if not found.periods:
        st.info(
            "There is nothing in these data that it could judge yet. It is judged from now on, as soon as there is.",
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(finding(view, rule, found, open_now(rule)))
    if is_often(found):
        st.caption("That is often. A limit further out, or more periods in a row, and people will listen.")
    if draft.asked.one is not None:
        _drawn(view, draft, rule, found)
    if found.told_at_once is not None:
        previews.show(found.told_at_once, _heading(len(found.become(State.FIRING))))
    elif found.message is not None:
        previews.show(found.message, "What would have been said the last time")
    else:
        st.caption(
            "It never fired, so there is no message to show. A test, at Destinations, shows what one looks like."
        )


def is_often(found: Rehearsed) -> bool:
    """Whether it would have fired more than once in four periods, for the average member."""
    return len(found.breaches) > 1 and len(found.breaches) * OFTEN > found.periods * len(found.points)


def finding(view: View, rule: Rule, found: Rehearsed, still: Sequence[str] = ()) -> str:
    """What it would do as soon as it is saved, and `Would have fired 3 times in 24 months: Mar 2024, …`, as Markdown.

    `still` are the members whose breach is open, and stays so.
    """
    return f"{_at_once(rule, found, still)}  \n{_history(view, rule, found)}"


def _at_once(rule: Rule, found: Rehearsed, still: Sequence[str]) -> str:
    """What stands now decides about this, not the history: a value between its limits ends a breach, and begins none."""
    if firing := found.become(State.FIRING):
        said = f"**It fires now{_for(firing)}.** Once it is saved, this is told at once."
        return f"{states.badge(State.FIRING, 'firing now')} {said}"
    if pending := found.become(State.PENDING):
        said = f"**It is breached now{_for(pending)}**, and fires once it is so for long enough: {plain(holding(rule))}."
        return f"{states.badge(State.PENDING, 'breached now')} {said}"
    for state in (State.ERROR, State.NO_DATA):
        if unknown := found.become(state):
            return f"{states.badge(state)} {plain(found.at_once[unknown[0]].reason)}."
    if still:
        said = f"**It fires already{_for(still)}**: that stays so, and saving tells nobody again."
        return f"{states.badge(State.FIRING, 'firing now')} {said}"
    return f"{states.badge(State.NORMAL, 'normal now')} Once it is saved, nobody is told anything yet."


def _for(members: Sequence[str]) -> str:
    named = [member for member in members if member]
    return f" for {plain(some(named, NAMED))}" if named else ""


def _history(view: View, rule: Rule, found: Rehearsed) -> str:
    looked = _looked(rule, found.periods)
    if not found.breaches:
        return f"**Would never have fired** in {looked}."
    whom = ""
    if rule.dimension:
        whom = (
            f", for {len({one.member for one in found.breaches})} of {count_of(len(found.points), 'member')}"
        )
    times = "once" if len(found.breaches) == 1 else f"{len(found.breaches)} times"
    named = [plain(_named(view, rule, one)) for one in found.breaches[-NAMED:]]
    more = f"{len(found.breaches) - NAMED} earlier, then " if len(found.breaches) > NAMED else ""
    return f"**Would have fired {times}** in {looked}{whom}: {more}{', '.join(named)}."


def open_now(rule: Rule) -> tuple[str, ...]:
    """Of a rule that is being changed, the members whose breach is open and stays so: it still judges the same."""
    held = next((one for one in alert_queries.judged(rule.dataset) if one.rule.id == rule.id), None)
    return held.firing if held is not None and judges_the_same(held.rule, rule) else ()


def first_due(draft: Draft, condition: Freshness) -> str:
    """From when on it is looked at: what was due before a rule is set is not."""
    same = draft.asked.before == condition
    at = next_due(condition, current().clock())
    told = f" If it is not there by {at + condition.grace:%H:%M}, people are told." if condition.grace else ""
    before = "" if same else " What was due before is not looked at."
    return f"**{'Next' if same else 'First'} expected: {plain(due(at, condition.zone))}.**{told}{before}"


def _heading(firing: int) -> str:
    said = "What people get as soon as it is saved"
    return f"{said}: one for each of {firing} members, this is the first" if firing > 1 else said


def _looked(rule: Rule, periods: int) -> str:
    """`23 months`; of a file how often it was looked at: when it was due, and when it came."""
    return count_of(periods, rule.grain or "look at the file", "" if rule.grain else "looks at the file")


def _named(view: View, rule: Rule, one: Breach) -> str:
    """`South Nov 2025`; of a file the day."""
    when = day(one.fired)
    if rule.grain:
        when = short_words(whole_period(view.calendar, Grain(rule.grain), one.fired), view.calendar)
    return f"{one.member} {when}" if one.member else when


def _drawn(view: View, draft: Draft, rule: Rule, found: Rehearsed) -> None:
    """One member at a time; at first the one that fired last."""
    one = draft.asked.one
    if one is None:
        return
    member = ""
    if rule.dimension:
        members = _by_breaches(found)
        key = f"{draft.asked.form}.{rule.dimension}.shown"
        member = st.selectbox("Show", members, key=key, format_func=spoken, width=260) or members[0]
    points = found.points[member]
    one = replace(one, currency=view.dataset.currency_of(rule.dimension, member))
    grain = Grain(rule.grain)
    firing = sum(point.firing for point in points)
    heading(
        f"{_of(rule)}{one.label} by {grain}",
        one if not _of(rule) else replace(one, unit=Unit.PERCENT, currency=""),
        f"in {POINTS}" if in_points(rule.condition) else "",
    )
    said = f"{_of(rule)}{one.label} by {grain}, {count_of(firing, 'period')} of {len(points)} firing"
    chart(lambda: figure_of(one, grain, view.calendar, rule.condition, points), "rehearsal", said)
    st.caption(
        ":orange[◆] firing · :orange[– –] limit"
        + (" of what is usual" if isinstance(rule.condition, Anomaly) else "")
    )


def _of(rule: Rule) -> str:
    """What the figure shows of the KPI where that is not its value."""
    if isinstance(rule.condition, Change):
        return "Change of "
    return "Share of the target reached, " if isinstance(rule.condition, Target) else ""


def _by_breaches(found: Rehearsed) -> Sequence[str]:
    latest = {one.member: one.fired for one in found.breaches}
    return sorted(found.points, key=lambda member: (-(latest.get(member, date.min).toordinal()), member))
