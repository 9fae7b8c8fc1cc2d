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
from alerts.channels.slack import Slack
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Channel, destinations
from kpi.calculator import KPICalculator
from kpi.calendar import Calendar
from kpi.definitions import load_catalog
from kpi.reading.limits import MIB, Limits
from monitor.evaluation import Desk
from monitor.pipeline import Folders, Road
from monitor.sandbox import SandboxLimits
from settings import Settings
from storage.database import Database, sqlite_url
from storage.engines.contract import Budget, Engine
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DuckDB
from storage.engines.on_spark import Spark
from storage.figures import Figures, figures_of


@dataclass(frozen=True, slots=True)
class System:
    """The parts, put together over one database and one home folder."""

    settings: Settings
    database: Database
    calculator: KPICalculator
    channels: tuple[Channel, ...]
    road: Road

    def today(self, now: datetime) -> date:
        """The day it is where the business is."""
        return now.astimezone(self.settings.timezone).date()

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

    def close(self) -> None:
        self.engine.close()
        self.database.dispose()


def build(settings: Settings) -> System:
    """Open the database and put everything together; raises `DatabaseUnavailableError`."""
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
    desk = Desk(calculator, folders.snapshots, settings.timezone, destinations(channels), engine)
    road = Road(database, folders, desk, reading_limits(settings), reached=_failpoint(settings.failpoint))
    return System(settings, database, calculator, channels, road)


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
    return (
        Console(sys.stderr),
        Slack(
            token=_plain(settings.slack_bot_token),
            channels=(settings.slack_channel,) if settings.slack_channel else (),
            webhook_url=_plain(settings.slack_webhook_url),
            base_url=settings.slack_api_url,
        ),
        WhatsApp(
            token=_plain(settings.whatsapp_token),
            phone_number_id=settings.whatsapp_phone_number_id,
            recipients=settings.whatsapp_recipients,
            template_alert=settings.whatsapp_template_alert,
            template_resolved=settings.whatsapp_template_resolved,
            base_url=settings.whatsapp_api_url,
            version=settings.whatsapp_api_version,
        ),
    )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _failpoint(name: str) -> Callable[[str], None]:
    """For fault tests: die at the named seam as a power cut would, without any cleaning up."""

    def reached(seam: str) -> None:
        if seam == name:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
