"""What the page is given: the door installs it once, before the server starts; the page's script takes it from here.

Streamlit runs the page as a script without arguments, so this is the one place for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from alerts.forms.whatsapp import Templates
from alerts.manager import Series
from alerts.message import Message
from alerts.rules import Rule, Transition
from alerts.sending.routing import Destination
from dashboard.pulse import SharedPulse
from kpi.calculator import KPICalculator
from kpi.sales.options import Options
from storage.database import Database
from storage.engines.contract import Engine
from storage.engines.on_duckdb import DUCKDB
from storage.originals import MarkedCopy
from storage.scheduled_reports import ScheduledReport


@dataclass(frozen=True, slots=True)
class SalesPlace:
    """Where the sales warehouse is made: of what, by which options, and where the Parquet of its versions lies."""

    source: Path  # a folder, or a single file
    warehouse: Path
    options: Options


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by its name: the least time between two messages to one of its addresses, and the variables that are
    not set and without which none of them is reached.
    """

    channel: str
    pace: timedelta = timedelta()
    missing: tuple[str, ...] = ()


class Rehearsal(Protocol):
    """What a rule would have said over the stored history: what people would have heard of, oldest first, what was
    judged, the message of the last time it would have fired (None where it never would), and why nothing could be judged.

    And what becomes of its members as soon as it is saved, with the message of the first that fires then, if one does.
    """

    @property
    def transitions(self) -> Sequence[Transition]: ...

    @property
    def series(self) -> Sequence[Series]: ...

    @property
    def message(self) -> Message | None: ...

    @property
    def problem(self) -> str: ...

    @property
    def at_once(self) -> Sequence[Transition]: ...

    @property
    def told_at_once(self) -> Message | None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that the page reads from. `clock` gives an aware moment; `templates` are those of WhatsApp."""

    database: Database
    inbox: Path
    snapshots: Path
    calculator: KPICalculator
    clock: Callable[[], datetime]
    timezone: ZoneInfo
    destinations: tuple[Destination, ...]
    marked: Callable[[int], MarkedCopy]  # of a load's number; raises NotMarkedError
    unlocked: Callable[[bytes, str], bytes]  # a workbook and its password; raises Refused
    sales: SalesPlace
    rehearse: Callable[[Rule], Rehearsal]
    judge: Callable[[str], None]  # the rules of a dataset, as they stand: for whoever has just saved one
    templates: Templates = field(default_factory=Templates)
    engine: Engine = DUCKDB
    ways: tuple[Way, ...] = ()
    send_report: Callable[[ScheduledReport], int] | None = None  # now; how many messages that owes
    samples: tuple[Path, ...] = ()  # workbooks for whoever has none at hand
    pulse: SharedPulse = field(default_factory=SharedPulse)

    @property
    def today(self) -> date:
        """The day it is where the business is."""
        return self.clock().astimezone(self.timezone).date()


_installed: list[Context] = []


def install(context: Context) -> None:
    """Give the page its parts; a later call takes the place of an earlier one."""
    _installed[:] = [context]


def current() -> Context:
    return _installed[0]
