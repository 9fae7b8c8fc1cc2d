"""The form of one route: of which alerts it speaks, whom they go to, and what becomes of them there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from alerts.book.entries import OWN_LABELS, EntryError
from alerts.book.words import write_duration
from alerts.rules import Severity
from alerts.sending.routing import Destination, Route
from dashboard import alert_queries, queries, toasts
from dashboard.alerting import directory, problems
from dashboard.alerting.destination_form import titles_of
from dashboard.text import plain, spoken
from dashboard.view import View
from kpi.calendar import PERIODS
from storage.alerting.thresholds import RuleError

OPENED = "alerting.route"  # in the session: the name of the one whose form is open, empty for a new one
ROUND = "alerting.route.round"
SAID = "alerting.route.said"
MATCH = "match."  # before the label in the key of what is typed for it
LABELS = {
    "name": "Name",
    "match": "Only alerts with",
    "to": "Go to",
    "group_by": "Together by",
    "wait": "Gather for",
    "interval": "More of it not before",
    "repeat": "Say it again every",
    "second": "Then also tell",
    "second_after": "After",
}
ABOUT_LENGTHS = "Such as 30s, 5m, 4h or 2 days; 0 is none."
NOBODY = "nobody"


def begin(name: str) -> None:
    """Open the form at the next run; an empty name for a new one."""
    st.session_state[OPENED] = name


def show(view: View, held_routes: Sequence[Route], known: tuple[Destination, ...]) -> None:
    """Nothing while no form is open."""
    if said := st.session_state.pop(SAID, ""):
        toasts.tell(plain(said))
    wanted = st.session_state.get(OPENED)
    if wanted is None:
        return
    held = next((one for one in held_routes if one.name == wanted), None)
    if wanted and held is None:  # somebody else has removed it
        return
    with st.container(border=True, key="route_form"):
        st.markdown(f"**Change the route {plain(held.name)}**" if held else "**New route**")
        form = f"route.{wanted}.{st.session_state.get(ROUND, 0)}"
        said = _fields(view, held, known, form)
        with st.container(horizontal=True):
            saving = st.button("Save the route", type="primary", key="save_route")
            st.button("Cancel", on_click=_close, key="cancel_route")
        if saving:
            _save(said, new=held is None)


def _fields(view: View, held: Route | None, known: tuple[Destination, ...], form: str) -> dict[str, object]:
    """What is chosen, with the keys of an entry."""
    left, right = st.columns(2)
    with left:
        match = _match(view, held, form)
    with right:
        name = st.text_input(
            LABELS["name"],
            held.name if held else "",
            key=f"{form}.name",
            max_chars=120,
            disabled=held is not None,
            placeholder="critical in the north",
        )
        to = _whom(held, known, form)
        goes_on = st.checkbox(
            "The routes after it are tried, too",
            held.goes_on if held else False,
            key=f"{form}.goes_on",
            help="Otherwise an alert that it takes is told to these alone.",
        )
    with st.expander("More: together, again, and to somebody else", key=f"{form}.more"):
        more = _more(view, held, known, form)
    return {"name": name, "match": match, "to": to, "goes_on": goes_on, **more}


def _match(view: View, held: Route | None, form: str) -> dict[str, str]:
    """The pattern of each chosen label; an empty one is refused when it is saved."""
    before = dict(held.matchers) if held else {}
    rules = [one.rule for one in alert_queries.judged(view.dataset.name)]
    dimensions = [field.name for field in view.dimensions]
    own = [label for rule in rules for label in rule.labels]
    labels = list(dict.fromkeys(["severity", *dimensions, *OWN_LABELS, *own, *before]))
    chosen = st.multiselect(
        LABELS["match"],
        labels,
        list(before),
        key=f"{form}.labels",
        accept_new_options=True,
        placeholder="any: it takes all alerts",
        help="All that are chosen must fit. A label that rules of other data have can be typed.",
    )
    found = {}
    for label in chosen:
        offered = [one for one in dict.fromkeys([before.get(label, ""), *_values(view, label)]) if one]
        picked = st.selectbox(
            f"{spoken(label)} is",
            offered,
            offered.index(before[label]) if label in before else None,
            key=f"{form}.{MATCH}{label}",
            accept_new_options=True,
            placeholder="choose, or type; * stands for any text",
        )
        found[str(label)] = str(picked or "").strip()
    return found


def _values(view: View, label: str) -> list[str]:
    """What the label can be, as far as is known here; something else can be typed."""
    rules = [one.rule for one in alert_queries.judged(view.dataset.name)]
    known = {
        "severity": [one.value for one in Severity][::-1],
        "dataset": [one.name for one in queries.situation().datasets],
        "kpi": [one.key for one in view.definitions],
        "grain": [grain.value for grain in PERIODS],
        "rule": [rule.name for rule in rules],
        "owner": [rule.owner for rule in rules if rule.owner],
        "file": [source.name for source in alert_queries.sources()],
    }
    if label in known:
        return known[label]
    if any(field.name == label for field in view.dimensions) and view.plain_definitions and not view.lost:
        return queries.members(view, label)
    return [rule.labels[label] for rule in rules if label in rule.labels]


def _whom(held: Route | None, known: tuple[Destination, ...], form: str) -> list[str]:
    before = list(held.destinations) if held else []
    titles = titles_of(known)
    return st.multiselect(
        LABELS["to"],
        list(dict.fromkeys([*titles, *before])),
        before,
        format_func=lambda name: titles.get(name, name),
        key=f"{form}.to",
        placeholder="choose destinations",
    )


def _more(view: View, held: Route | None, known: tuple[Destination, ...], form: str) -> dict[str, object]:
    """What most routes leave as it is."""
    left, right = st.columns(2)
    with left:
        labels = [*OWN_LABELS, *(field.name for field in view.dimensions)]
        before = list(held.group_by) if held else []
        together = st.multiselect(
            LABELS["group_by"],
            list(dict.fromkeys([*labels, *before])),
            before,
            key=f"{form}.group_by",
            accept_new_options=True,
            help="Alerts that are alike in these go out as one message.",
        )
        spans = {"wait": "0", "interval": "0"}
        if together:
            spans["wait"] = _length(held, "wait", form)
            spans["interval"] = _length(held, "interval", form)
    with right:
        repeat = _length(held, "repeat", form, "An open breach, until somebody acknowledges it. ")
        titles = titles_of(known)
        names = list(dict.fromkeys(["", *titles, *([held.second] if held and held.second else [])]))
        second = st.selectbox(
            LABELS["second"],
            names,
            names.index(held.second) if held else 0,
            format_func=lambda name: titles.get(name, name) or NOBODY,
            key=f"{form}.second",
            help="Of what is critical, where nobody has acknowledged it in time.",
        )
        after = _length(held, "second_after", form) if second else "15m"
    return {"group_by": together, **spans, "repeat": repeat, "second": second or "", "second_after": after}


def _length(held: Route | None, name: str, form: str, about: str = "") -> str:
    usual = "15m" if name == "second_after" else "0"
    before = write_duration(getattr(held, name)) if held else usual
    typed = st.text_input(
        LABELS[name], before, key=f"{form}.{name}", max_chars=20, help=f"{about}{ABOUT_LENGTHS}"
    )
    return typed.strip() or "0"


def _save(said: dict[str, object], *, new: bool) -> None:
    try:
        route = directory.save_route(_complete(said), new=new)
    except (EntryError, RuleError) as error:
        problems.show(error, LABELS)
        return
    _close()
    st.session_state[SAID] = f"The route {route.name} is set."
    st.rerun()


def _complete(said: dict[str, object]) -> dict[str, object]:
    """EntryError where something is empty that must not be."""
    missing = {}
    match = said["match"]
    empty = [label for label, pattern in match.items() if not pattern] if isinstance(match, dict) else []
    if empty:
        missing["match"] = f"choose what {', '.join(empty)} is, or take it out"
    if not str(said["name"]).strip():
        missing["name"] = "it is missing; type it"
    if not said["to"]:
        missing["to"] = "choose at least one destination"
    if missing:
        raise EntryError(missing)
    return said


def _close() -> None:
    """Close the form; what was chosen in it is gone."""
    st.session_state.pop(OPENED, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
