"""What whole processes of the dashboard do in the proofs, put together from settings as the doors do it.

A failpoint among the settings ends the process as a power cut would.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Barrier

import uvicorn
from starlette.applications import Starlette

from api.webhooks import webhook_routes
from monitor.alerting.dispatch import Manner, deliver_owed
from monitor.pipeline import Job, process
from monitor.service import Service
from settings import Settings
from storage.alerting.lanes import Share
from tests.proofs.processes import ScaledClock
from wiring import System, build

SHARED = "shop.xlsx"
PATIENCE = 180.0  # seconds for which one waits for the others
LATER = (0.0, 0.0, 0.02, 0.3)  # seconds after the others


def opened(settings: Mapping[str, str]) -> System:
    return build(Settings.from_env(dict(settings)))


def load(settings: Mapping[str, str], path: Path, at: datetime) -> None:
    """`kpi load`."""
    system = opened(settings)
    process(system.road, Job(path, "cli"), at)
    system.close()


def deliver(settings: Mapping[str, str], channel: str, at: datetime) -> None:
    """One round of sending in one channel."""
    system = opened(settings)
    standard, reached = system.road.desk.destinations, system.road.reached
    manner = Manner(Share(only=(channel,)))
    deliver_owed(system.database, system.channels, standard, lambda: at, reached, manner=manner)
    system.close()


def listen(settings: Mapping[str, str], port: int) -> None:
    """The routes on which providers say what became of a message, until somebody ends it."""
    app = Starlette(routes=webhook_routes(opened(settings)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def replica(
    settings: Mapping[str, str],
    workbooks: Sequence[Path],
    meeting: Barrier,
    clock: ScaledClock,
    seed: int,
) -> None:
    """One of several that see the same file change, as a watcher and an upload do: each loads it and sends what is owed.

    The first of them to come puts the next workbook in its place; then all set out, some of them a moment later.
    """
    chance, shared = random.Random(seed), workbooks[0].with_name(SHARED)
    try:
        system = opened(settings)
        for workbook in workbooks:
            if meeting.wait(PATIENCE) == 0:
                shutil.copyfile(workbook, shared)
            meeting.wait(PATIENCE)
            time.sleep(chance.choice(LATER))
            process(system.road, Job(shared, "cli"), clock())
            deliver_owed(system.database, system.channels, system.road.desk.destinations, clock)
        system.close()
    except BaseException:
        meeting.abort()  # the others would wait for this one
        raise


def serve(settings: Mapping[str, str]) -> None:
    """The service as `kpi serve` runs it, without the page, until somebody ends it."""
    system = opened(settings)
    Service(system.road, system.channels).start()
    threading.Event().wait()
