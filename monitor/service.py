"""The service: the loops that run by themselves, in the one process that holds the lease.

Every loop survives whatever happens in it; what went wrong becomes a row of the audit log.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from alerts.delivery import Channel
from monitor import remembered_sheets
from monitor.alerting.deliveries import Post, all_may_send, turns
from monitor.alerting.following import follow
from monitor.alerting.judging_loop import JudgingLoop
from monitor.alerting.reporting import Draw, ReportingLoop
from monitor.intake import accepted, take, wait
from monitor.pipeline import Road
from monitor.progress import FileProgress
from monitor.renewal import Behind, behind, renew
from monitor.sales.loop import SalesLoop, SalesService
from monitor.undo import undo_what_was_asked
from monitor.watcher import FileMonitor
from storage import audit, datasets, facts, leases, loads, originals, progress
from storage.engines.contract import EngineUnavailableError
from storage.processes import process_name

LEASE = "service"
TTL = timedelta(seconds=12)
BROKE_DOWN = "an unexpected error came up while it was loaded; it is tried again, and the log says more"
KEEP_SNAPSHOTS = facts.KEPT_LOADS

log = logging.getLogger(__name__)


def clock() -> datetime:
    """The wall clock, read here and at the doors only."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often each loop turns, in seconds; `settle` is how long a file must be still before it is read."""

    lease: float = 3.0
    deliver: float = 1.0
    evaluate: float = 3.0
    follow: float = 3.0
    undo: float = 1.0
    renew: float = 1.0
    prepare: float = 5.0
    sales: float = 1.0
    report: float = 5.0
    tidy: float = 600.0
    settle: float = 0.5
    scan: float = 2.0


class Service:
    """Watch, judge on the clock, deliver and tidy, for as long as this process holds the lease."""

    def __init__(
        self,
        road: Road,
        channels: Sequence[Channel],
        pace: Pace = Pace(),
        sales: SalesService | None = None,
        draw: Draw | None = None,
    ) -> None:
        self._road = road
        self._sales = SalesLoop(sales) if sales else None
        self._channels = channels
        self._pace = pace
        self._owner = process_name()
        self._stopping = threading.Event()
        self._leading = threading.Event()
        self._helping = all_may_send(road.database)
        self._monitor: FileMonitor | None = None
        self._judging = JudgingLoop(road, self._owner, clock, self._coming, self._guarded)
        self._reporting = ReportingLoop(road.database, road.desk, draw, clock, self._guarded)
        self._failing: dict[str, str] = {}
        self._given_up: dict[str, str] = {}
        self._prepared: frozenset[Path] = frozenset()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; the inbox is made where it is missing."""
        self._road.folders.inbox.mkdir(parents=True, exist_ok=True)
        loops: list[tuple[str, float, Callable[[], None]]] = [
            ("lease", self._pace.lease, self._keep_lease),
            *((name, self._pace.deliver, turn) for name, turn in self._deliveries()),
            ("evaluate", self._pace.evaluate, self._if_leading(self._judging.turn)),
            ("follow", self._pace.follow, self._if_leading(self._follow)),
            ("undo", self._pace.undo, self._if_leading(self._undo)),
            ("renew", self._pace.renew, self._if_leading(self._renew)),
            ("prepare", self._pace.prepare, self._if_leading(self._prepare)),
            ("sales", self._pace.sales, self._see_to_sales),
            ("reports", self._pace.report, self._if_leading(self._reporting.turn)),
            ("tidy", self._pace.tidy, self._if_leading(self._tidy)),
        ]
        for name, every, turn in loops:
            thread = threading.Thread(
                target=self._loop, args=(name, every, turn), name=f"kpi-{name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End after what is in hand, and let another process take over at once."""
        self._stopping.set()
        for thread in self._threads:  # the lease loop among them: afterwards nobody starts to watch again
            thread.join(10.0)
        self._stop_watching()
        if self._sales is not None:
            self._guarded("stop the sales run", partial(self._sales.stop, clock()))
        with self._road.database.begin() as connection:
            leases.release(connection, LEASE, self._owner, clock())

    @property
    def leading(self) -> bool:
        return self._leading.is_set()

    def _loop(self, name: str, every: float, turn: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            self._guarded(name, turn)
            self._stopping.wait(every)

    def _guarded(self, what: str, act: Callable[[], object]) -> bool:
        """Do it; whatever goes wrong becomes a row and a log line, and the loop goes on. True where it went well.

        The same failure again and again is one row: a loop that fails each second must not fill the database.
        """
        try:
            act()
        except EngineUnavailableError as error:
            if self._failing.get(what) != str(error):  # it says all there is to say: no trace, no reference
                self._failing[what] = str(error)
                log.error("%s: %s", what, error)  # noqa: TRY400
            return False
        except Exception as error:
            kind = type(error).__name__
            if self._failing.get(what) == kind:
                log.error("%s fails again: %s", what, kind)  # noqa: TRY400 - its trace stands above
                return False
            self._failing[what] = kind
            reference = uuid4().hex[:8]
            log.exception("%s failed (reference %s); the service goes on.", what, reference)
            self._record_failure(what, reference, error)
            return False
        self._failing.pop(what, None)
        return True

    def _record_failure(self, what: str, reference: str, error: Exception) -> None:
        detail = {"reference": reference, "error": type(error).__name__}
        try:
            with self._road.database.begin() as connection:
                audit.record(connection, audit.Entry(clock(), "service", "failed", what, detail))
        except Exception:
            log.exception("The failure %s could not be recorded.", reference)

    def _if_leading(self, turn: Callable[[], None]) -> Callable[[], None]:
        def led() -> None:
            if self._leading.is_set():
                turn()

        return led

    def _keep_lease(self) -> None:
        try:
            with self._road.database.begin() as connection:
                mine = leases.hold(connection, LEASE, self._owner, clock(), TTL)
        except Exception:
            self._stop_watching()  # without a lease that can be renewed somebody else may lead by now
            raise
        if mine and not self._leading.is_set():
            self._start_watching()
        elif not mine:
            self._stop_watching()
        elif self._monitor is not None and not self._monitor.alive:
            log.error("The watcher of %s has died; it is started anew.", self._road.folders.inbox)
            self._stop_watching()
            self._start_watching()

    def _start_watching(self) -> None:
        log.info("This process watches %s and sends alerts.", self._road.folders.inbox)
        self._guarded("forget", self._forget_what_others_told)
        self._monitor = FileMonitor(
            self._road.folders.inbox,
            self._take,
            self._accepted,
            settle=self._pace.settle,
            interval=self._pace.scan,
        )
        self._monitor.start()
        self._leading.set()

    def _stop_watching(self) -> None:
        self._leading.clear()
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            monitor.stop()
            self._guarded("hand over", self._judging.give_up)

    def _forget_what_others_told(self) -> None:
        with self._road.database.begin() as connection:
            progress.forget_others(connection, self._owner)

    def _take(self, path: Path) -> bool:
        """Load one file of the inbox; False brings it back later."""
        done: list[bool] = []
        told = FileProgress(self._road.database, path, self._owner, clock)

        def load() -> None:
            later = partial(self._judging.later, path)
            done.append(take(self._road, path, clock(), later, told.tell))

        if not self._guarded(f"read {path.name}", load):
            self._guarded("wait", lambda: wait(self._road, path, BROKE_DOWN, clock()))
        told.done(for_good=done == [True])
        return done == [True]

    def _coming(self) -> Collection[Path] | None:
        monitor = self._monitor
        return monitor.coming() if monitor else ()

    def _accepted(self) -> list[Path]:
        found: list[Path] = []
        self._guarded("accept", lambda: found.extend(accepted(self._road)))
        return found

    def _deliveries(self) -> list[tuple[str, Callable[[], None]]]:
        road = self._road
        post = Post(road.database, road.desk, self._channels, clock, road.reached, self._may_send)
        return list(turns(post).items())

    def _may_send(self) -> bool:
        """On a database that several can write to, those who do not lead help to send."""
        return (self._helping or self._leading.is_set()) and not self._stopping.is_set()

    def _follow(self) -> None:
        follow(self._road.database, self._road.desk.destinations, clock())

    def _undo(self) -> None:
        undo_what_was_asked(self._road, clock())

    def _renew(self) -> None:
        """Bring every dataset up to what people have defined and aimed at since.

        One that cannot be keeps no other from it; it is tried again once something about it has changed, or in the
        next tidying.
        """
        with self._road.database.read() as connection:
            waiting = behind(connection, self._road.desk.calculator.calendar)
        for one in waiting:
            if self._given_up.get(one.dataset) != one.seen and not self._guarded(
                f"renew {one.dataset}", partial(self._renew_one, one)
            ):
                self._given_up[one.dataset] = one.seen

    def _renew_one(self, one: Behind) -> None:
        renew(self._road, one.dataset, one.cause, clock())

    def _prepare(self) -> None:
        """Have the engine ready for all that holds, also where another one was set before."""
        folder, engine = self._road.folders.snapshots, self._road.desk.engine
        with self._road.database.read() as connection:
            names = [one.name for one in datasets.list_datasets(connection)]
            held = frozenset(folder / file for name in names for file in datasets.snapshots(connection, name))
        if held != self._prepared:
            engine.prepare(sorted(held), clock())
            self._prepared = held

    def _see_to_sales(self) -> None:
        if self._sales is not None:
            self._sales.turn(clock(), leading=self._leading.is_set())

    def _tidy(self) -> None:
        self._given_up.clear()
        with self._road.database.read() as connection:
            keep = loads.referenced_snapshots(connection, KEEP_SNAPSHOTS)
            files = loads.referenced_originals(connection, KEEP_SNAPSHOTS)
        folders, now = self._road.folders, clock().timestamp()
        facts.sweep(folders.snapshots, keep, now)
        originals.sweep(folders.originals, files, now)
        remembered_sheets.sweep(folders.remembered, now)
        facts.sweep_staging(folders.staging, now)
        self._road.desk.engine.tidy(clock())
        self._reporting.tidy()
        if self._sales is not None:
            self._sales.tidy(clock())
