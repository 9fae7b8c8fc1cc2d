"""The form of one KPI of people's own: what is typed becomes a wish, with what it gives before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.definition_queries import Defined
from dashboard.kpi_saving import ROUND
from dashboard.view import View
from kpi.calendar import PERIODS
from kpi.catalogue.catalog_file import MAY_HAVE, NEEDS
from kpi.definitions import Favourable, KpiKind, Unit
from kpi.report import Kind
from storage.defining import wish_for
from storage.definitions import Change, Wish
from storage.inbox import snake_case

NEW = "a new KPI"
KINDS = {
    "a formula": KpiKind.FORMULA,
    "growth of a KPI": KpiKind.GROWTH,
    "a KPI of an earlier period": KpiKind.OFFSET,
    "a KPI to date": KpiKind.TO_DATE,
    "a KPI over the last periods": KpiKind.ROLLING,
    "members seen for the first time": KpiKind.NEW_MEMBERS,
    "members seen before": KpiKind.RETURNING_MEMBERS,
    "members who come again": KpiKind.REPEAT_RATE,
    "a KPI against its target": KpiKind.ATTAINMENT,
}
OF_MEMBERS = (KpiKind.NEW_MEMBERS, KpiKind.RETURNING_MEMBERS, KpiKind.REPEAT_RATE)
GOOD = {
    "more": Favourable.UP,
    "less": Favourable.DOWN,
    "a range": Favourable.RANGE,
    "neither": Favourable.NONE,
}
HINT = "sum(refund where category = 'Sofa') / revenue"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the form: of which key, over which version, and which button was pressed."""

    key: str
    entry: Mapping[str, Any]
    owner: str
    expected: int
    pressed: str  # preview, save, or empty

    def wish(self) -> Wish:
        """CatalogError where it is no definition."""
        return wish_for(self.key, self.entry, self.owner, self.expected)


def show(view: View, defined: Defined, held: Change | None) -> Draft:
    """The form of the KPI that `held` defines; of a new one where there is none."""
    before = (held.entry if held else None) or {}
    form = _name(held)
    expected = st.session_state.setdefault(f"{form}.seen", held.version if held else 0)
    kind, good = _manner(form, before)
    with st.form(form, border=False, enter_to_submit=False):
        label = st.text_input("Name", before.get("label", ""), key=f"{form}.label", max_chars=120)
        special = _special(view, defined, kind, form, before)
        common = _common(good, form, before)
        owner = st.text_input(
            "Who answers for it", held.owner if held else "", key=f"{form}.owner", max_chars=120
        )
        with st.container(horizontal=True):
            previewed = st.form_submit_button("Preview", key=f"{form}.preview")
            saved = st.form_submit_button("Save", type="primary", key=f"{form}.save")
    described = {**common, "description": common["description"] or special.get("formula") or label}
    entry = {"label": label.strip(), "kind": kind.value, "favourable": good.value, **special, **described}
    pressed = "save" if saved else "preview" if previewed else ""
    key = held.key if held else snake_case(label)
    return Draft(key, entry, owner.strip(), expected, pressed)


def _name(held: Change | None) -> str:
    """Each KPI has fields of its own, which keep what is typed into them until they are begun anew."""
    return f"kpi.{held.key if held else ''}.{st.session_state.get(ROUND, 0)}"


def _manner(form: str, before: Mapping[str, Any]) -> tuple[KpiKind, Favourable]:
    """What decides which fields there are; outside the form, so that these follow at once."""
    left, right = st.columns(2)
    kinds, goods = list(KINDS.values()), list(GOOD.values())
    kind = left.selectbox(
        "It is",
        list(KINDS),
        index=kinds.index(KpiKind(before.get("kind", KpiKind.FORMULA))),
        key=f"{form}.kind",
    )
    good = right.selectbox(
        "Good is",
        list(GOOD),
        index=goods.index(Favourable(before.get("favourable", Favourable.UP))),
        key=f"{form}.good",
    )
    return KINDS[kind or "a formula"], GOOD[good or "neither"]


def _special(
    view: View, defined: Defined, kind: KpiKind, form: str, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The keys that this kind has."""
    if kind is KpiKind.FORMULA:
        text = st.text_area(
            "Formula", before.get("formula", ""), key=f"{form}.formula", placeholder=HINT, height=100
        )
        _names(view, defined)
        return {"formula": text.strip()}
    wanted = (*NEEDS[kind.value], *MAY_HAVE.get(kind.value, ()))
    members = [field.name for field in view.dataset.fields if field.kind in (Kind.DIMENSION, Kind.IDENTIFIER)]
    kpis = [one.key for one in defined.kpis if one.definition and one.definition.kind is KpiKind.FORMULA]
    periods = [grain.value for grain in PERIODS]
    choices: dict[str, tuple[str, Sequence[str]]] = {
        "of": ("Of", members if kind in OF_MEMBERS else kpis),
        "by": ("Counting different", members),
        "back": ("How far back", periods),
        "since": ("Since the start of the", periods[:0:-1]),
    }
    found: dict[str, Any] = {}
    places = st.columns(2)
    for name in (name for name in choices if name in wanted):
        title, options = choices[name]
        at = options.index(before[name]) if before.get(name) in options else 0
        found[name] = places[len(found) % 2].selectbox(title, options, index=at, key=f"{form}.{name}") or ""
    if kind is KpiKind.ROLLING:
        many = before.get("periods", 3)
        found["periods"] = int(places[1].number_input("How many", 1, 400, many, key=f"{form}.periods"))
        grains = before.get("grains", ["month"])
        chosen = st.selectbox("Of which length", periods, index=periods.index(grains[0]), key=f"{form}.grain")
        return {**found, "grains": [chosen or "month"]}
    return {**found, **({"grains": before["grains"]} if "grains" in before else {})}


def _names(view: View, defined: Defined) -> None:
    """What a formula may speak of."""
    numbers = [f"`{one.name}`" for one in view.dataset.fields if one.kind in (Kind.MEASURE, Kind.RATE)]
    texts = [f"`{one.name}`" for one in view.dataset.fields if one.kind not in (Kind.MEASURE, Kind.RATE)]
    kpis = [f"`{one.key}`" for one in defined.kpis if one.definition and not one.missing]
    with st.expander("What a formula may speak of"):
        st.markdown(
            f"**Columns of numbers**: {', '.join(numbers) or 'none'}  \n"
            f"**Other columns**, for `where` and `count_distinct`: {', '.join(texts) or 'none'}  \n"
            f"**KPIs**: {', '.join(kpis) or 'none'}  \n"
            "**Functions**: `sum`, `count`, `count_distinct`, `min`, `max`, `average`, `median`, `quantile(x, 0.9)`, "
            "`last(x)`, `first(x)`, `average_over_time(x)`, each with `where` inside; `if(condition, then, otherwise)`"
        )


def _common(good: Favourable, form: str, before: Mapping[str, Any]) -> dict[str, Any]:
    units = [unit.value for unit in Unit]
    left, middle, right = st.columns(3)
    unit = left.selectbox(
        "Unit", units, index=units.index(before.get("unit", Unit.NUMBER)), key=f"{form}.unit"
    )
    decimals = middle.number_input("Decimals", 0, 6, before.get("decimals", 1), key=f"{form}.decimals")
    sample = right.number_input(
        "Least sample",
        0,
        value=before.get("min_sample", 0),
        key=f"{form}.sample",
        help="From fewer rows, orders or members than this it has no value. 0: from any.",
    )
    found: dict[str, Any] = {"unit": unit, "decimals": int(decimals), "min_sample": int(sample)}
    if good is Favourable.RANGE:
        help_ = "As people say it: 30 where it is a percentage of 30 %."
        low, high = st.columns(2)
        for place, name, title in ((low, "low", "From"), (high, "high", "To")):
            value = place.number_input(
                title, value=_said(before, name), key=f"{form}.{name}", format="%g", help=help_
            )
            found[name] = round(value / 100, 12) if value is not None and unit == Unit.PERCENT else value
    told = before.get("description", "")
    said = st.text_area(
        "What it says",
        "" if told == before.get("formula") else told,
        key=f"{form}.description",
        height=80,
        max_chars=2000,
    )
    return {**found, "description": said.strip()}


def _said(before: Mapping[str, Any], name: str) -> float | None:
    """A limit as people say it: 30 for 30 %."""
    limit: float | None = before.get(name)
    return round(limit * 100, 10) if limit is not None and before.get("unit") == Unit.PERCENT else limit
