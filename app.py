"""The server: one process with the page, REST and the service. `streamlit run app.py`, or `kpi serve`."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import streamlit as st

from alerts.channels.whatsapp import WhatsApp
from api.pulse import pulse_route
from api.routes import build_routes
from cli.etl_service import sales_service
from dashboard import page
from dashboard.context import Context, SalesPlace, Way, install
from dashboard.queries import shared_pulse
from monitor.alerting.rehearsing import rehearse
from monitor.alerting.saved import judge_what_was_saved
from monitor.marked_copy import marked_copy
from monitor.service import Service, clock
from monitor.unlocking import unlocked
from sample_data.demo import DEMO_FILES
from settings import Settings, SettingsError
from storage.database import DatabaseUnavailableError
from wiring import System, build


def _opened() -> System:
    try:
        return build(Settings.from_env())
    except (SettingsError, DatabaseUnavailableError) as error:
        raise SystemExit(f"kpi: {error}") from None


system = _opened()
install(
    Context(
        database=system.database,
        inbox=system.road.folders.inbox,
        snapshots=system.road.folders.snapshots,
        calculator=system.calculator,
        clock=clock,
        timezone=system.settings.timezone,
        destinations=system.road.desk.destinations,
        engine=system.engine,
        marked=partial(marked_copy, system.road),
        unlocked=partial(unlocked, system.road.folders.staging, system.road.limits),
        sales=SalesPlace(system.sales.source, system.sales.warehouse, system.sales.options),
        templates=next(one.templates for one in system.channels if isinstance(one, WhatsApp)),
        rehearse=lambda rule: rehearse(system.database, system.road.desk, [rule], clock())[0],
        judge=lambda name: judge_what_was_saved(system.database, system.road.desk, name, clock()),
        ways=tuple(Way(one.name, one.pace, system.settings.missing(one.name)) for one in system.channels),
        send_report=lambda report: system.send_report(report, "page", clock()),
        samples=DEMO_FILES,
    )
)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Warm what the first visitor would wait for, and run the service once a process, never in a session."""
    import plotly.graph_objects as go  # noqa: PLC0415 - the start pays for it, not the first visitor

    go.Figure([go.Bar(x=[1], y=[1]), go.Scatter(x=[1], y=[1])]).to_json()
    gc.collect()
    gc.freeze()  # Streamlit collects all garbage after each rerun; what is loaded now will never be garbage
    service = Service(system.road, system.channels, sales=sales_service(system), draw=system.drawn)
    service.start()
    try:
        yield
    finally:
        service.stop()
        system.close()
        gc.unfreeze()


routes = [pulse_route(lambda: shared_pulse().mark), *build_routes(system)]
app = st.App(Path(page.__file__), lifespan=lifespan, routes=routes)

if __name__ == "__main__":
    app.run()
