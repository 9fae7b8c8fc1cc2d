"""Settings to parts: the one place where they are put together. For the doors only."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection

from alerts.channels.console import Console
from alerts.channels.email import Email, Security
from alerts.channels.outgoing import Reach
from alerts.channels.posting import Post, Proxy
from alerts.channels.slack import Slack
from alerts.channels.webhook import Webhook
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Channel, destinations
from alerts.forms.whatsapp import ALERT, DIGEST, REPORT, RESOLVED, Templates, parse_template
from alerts.telling.reporting import Drawn, nothing_yet
from kpi.calculator import KPICalculator
from kpi.calendar import Calendar
from kpi.definitions import load_catalog
from kpi.format import write_as
from kpi.reading.limits import MIB, Limits
from monitor.alerting.desk import Desk
from monitor.pipeline import Folders, Road
from monitor.sales.road import SalesRoad
from monitor.sandbox import SandboxLimits
from settings import Settings
from storage.database import Database, sqlite_url
from storage.datasets import find_dataset
from storage.engines.contract import Budget, Engine
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DuckDB
from storage.engines.on_spark import Spark
from storage.figures import Figures, figures_of
from storage.scheduled_reports import ScheduledReport, Sending, owe_report


@dataclass(frozen=True, slots=True)
class System:
    """The parts, put together over one database and one home folder."""

    settings: Settings
    database: Database
    calculator: KPICalculator
    channels: tuple[Channel, ...]
    road: Road
    sales: SalesRoad

    def today(self, now: datetime) -> date:
        """The day it is where the business is."""
        return now.astimezone(self.settings.timezone).date()

    @property
    def templates(self) -> Templates:
        """What WhatsApp's messages are made of."""
        return next((one.templates for one in self.channels if isinstance(one, WhatsApp)), Templates())

    @property
    def engine(self) -> Engine:
        """Where statements run."""
        return self.road.desk.engine

    def figures(
        self, connection: Connection, dataset: str, now: datetime, reported: datetime | None = None
    ) -> AbstractContextManager[Figures]:
        """Figures over the dataset as it is, or as it was `reported`; the errors of `figures_of`."""
        folder, today = self.road.folders.snapshots, self.today(now)
        return figures_of(
            connection, dataset, folder, self.calculator, today, reported=reported, engine=self.engine
        )

    def drawn(self, dataset: str, moment: datetime, view: str = "") -> Drawn:
        """What a scheduled report says of the dataset, as the saved view of that name looks at it: lines and a picture."""
        from dashboard.saved_views.drawing import draw_view  # noqa: PLC0415 - what draws costs half a second
        from dashboard.taking.digest import draw  # noqa: PLC0415

        here = moment.astimezone(self.settings.timezone)
        with self.database.read() as connection:
            if find_dataset(connection, dataset) is None:
                return nothing_yet(dataset, self.today(moment))
            with self.figures(connection, dataset, moment) as figures:
                return draw_view(connection, figures, here, view) if view else draw(figures, here)

    def send_report(self, report: ScheduledReport, actor: str, at: datetime) -> int:
        """Owe a report now, beside its times, through the door of that name; how many messages that makes."""
        desk, drawn = self.road.desk, self.drawn(report.dataset, at, report.view)
        sending = Sending(desk.destinations, desk.page_url, desk.zone, actor)
        with self.database.begin() as connection:
            return owe_report(connection, report, drawn, at, sending, at)

    def close(self) -> None:
        self.engine.close()
        self.database.dispose()


def build(settings: Settings) -> System:
    """Open the database and put everything together; raises `DatabaseUnavailableError`."""
    write_as(settings.number_style)
    home = settings.home_folder
    secret = settings.database_url
    database = Database.open(secret.get_secret_value() if secret else sqlite_url(home / "kpi.db"))
    calendar = Calendar(
        settings.fiscal_year_start, settings.week_start, settings.calendar, settings.calendar_anchor
    )
    calculator = KPICalculator(load_catalog(), calendar)
    channels = build_channels(settings)
    folders = Folders(
        inbox=settings.inbox,
        snapshots=home / "snapshots",
        staging=home / "staging",
        originals=home / "originals",
        remembered=home / "remembered",
    )
    engine = build_engine(settings, database, folders.snapshots)
    standard = destinations(channels, settings.alerts_per_hour or None)
    desk = Desk(calculator, folders.snapshots, settings.timezone, standard, engine, settings.page_url)
    road = Road(database, folders, desk, reading_limits(settings), reached=_failpoint(settings.failpoint))
    return System(settings, database, calculator, channels, road, build_sales(settings, road))


def build_sales(settings: Settings, road: Road) -> SalesRoad:
    """How the sales warehouse is made: beside the workbooks, by the same figures and rules."""
    home = settings.home_folder
    budget = Budget(memory=f"{settings.sales_memory_mib}MiB", spill=home / "spill")
    return SalesRoad(
        committing=road.committing,
        warehouse=home / "warehouse",
        staging=road.folders.staging,
        source=settings.sales_source,
        options=settings.sales_options,
        limits=road.limits,
        budget=budget,
    )


def build_engine(settings: Settings, database: Database, snapshots: Path) -> Engine:
    """What `KPI_ENGINE` says. Nothing is opened yet; what the others lack, DuckDB does within its memory."""
    spill = settings.home_folder / "spill"
    here = DuckDB(Budget(memory=f"{settings.engine_memory_mib}MiB", spill=spill))
    name = settings.engine.get_secret_value()
    if name == "duckdb":
        return here
    if name == "database":
        return SqlDatabase(database, snapshots, here)
    return Spark(name, snapshots, settings.engine_snapshots, here)


def reading_limits(settings: Settings) -> SandboxLimits:
    """What reading one workbook may use."""
    return SandboxLimits(
        memory_bytes=settings.read_memory_mib * MIB,
        seconds=settings.read_seconds,
        reading=Limits(file_bytes=settings.read_file_mib * MIB, cells=settings.read_cells),
    )


def build_channels(settings: Settings) -> tuple[Channel, ...]:
    """Every channel there is; one that is not set up says so itself. A new channel is one line here."""
    proxy = Proxy(_plain(settings.proxy), settings.no_proxy)
    return (
        Console(sys.stderr),
        _slack(settings, proxy),
        _whatsapp(settings, proxy),
        _email(settings),
        _webhook(settings),
    )


def _slack(settings: Settings, proxy: Proxy) -> Slack:
    return Slack(
        token=_plain(settings.slack_bot_token),
        channels=(settings.slack_channel,) if settings.slack_channel else (),
        webhook_url=_plain(settings.slack_webhook_url),
        base_url=settings.slack_api_url,
        post=Post(proxy=proxy),
    )


def _whatsapp(settings: Settings, proxy: Proxy) -> WhatsApp:
    return WhatsApp(
        token=_plain(settings.whatsapp_token),
        phone_number_id=settings.whatsapp_phone_number_id,
        recipients=settings.whatsapp_recipients,
        templates=Templates(
            parse_template(settings.whatsapp_template_alert, ALERT),
            parse_template(settings.whatsapp_template_resolved, RESOLVED),
            parse_template(settings.whatsapp_template_digest, DIGEST),
            parse_template(settings.whatsapp_template_report, REPORT),
        ),
        base_url=settings.whatsapp_api_url,
        version=settings.whatsapp_api_version,
        post=Post(proxy=proxy),
    )


def _email(settings: Settings) -> Email:
    return Email(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=Security(settings.smtp_security),
        user=settings.smtp_user,
        password=_plain(settings.smtp_password),
        sender=settings.smtp_from,
        recipients=settings.smtp_to,
    )


def _webhook(settings: Settings) -> Webhook:
    """Its addresses are what people give: not through the proxy, which would look names up for itself."""
    reach = Reach.ANYWHERE if settings.outgoing_private else Reach.PUBLIC
    urls = {name: _plain(url) for name, url in settings.webhooks.items()}
    return Webhook(urls, _plain(settings.webhook_secret), Post(reach=reach))


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _failpoint(name: str) -> Callable[[str], None]:
    """For fault tests: die at the named seam as a power cut would, without any cleaning up."""

    def reached(seam: str) -> None:
        if seam == name:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
