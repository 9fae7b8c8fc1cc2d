"""A dataset as it was reported at a moment in the past: its version, the loads it was made of, the values it gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from kpi.calculator import KpiValue, Slice, SliceError
from kpi.calendar import PERIODS, Calendar, Grain
from kpi.values import Partial
from storage import datasets, loads
from storage.datasets import Dataset
from storage.kpi_data import StoredValue
from storage.loads import Load
from storage.schema import loads as load_rows
from storage.schema import sources
from storage.versions import Version, first_version, list_versions, version_at

DAY = "%Y-%m-%d"
MINUTE = "%Y-%m-%d %H:%M"


class NothingReportedError(SliceError):
    """The dataset had no rows at that moment; the message says when its first version came."""


class RowsNotKeptError(SliceError):
    """The question needs rows of a version whose rows are kept no longer; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a dataset. `lost` says why its rows cannot be asked any more; it is empty while they can."""

    version: Version
    dataset: Dataset
    loads: tuple[Load, ...]
    lost: str

    def paths(self, folder: Path) -> list[Path]:
        """Where the facts of its loads lie."""
        return _paths(self.loads, folder)


def as_moment(text: str, zone: ZoneInfo) -> datetime:
    """`2025-11-14`, which means its end, or `2025-11-14T10:00`, where the business is; SliceError for other texts."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == len("2025-11-14"):
            return datetime.combine(moment, time.max, zone)
    except ValueError:
        raise SliceError(
            f"reported: found {text!r}, wanted a day such as 2025-11-14, or a moment such as 2025-11-14T10:00"
        ) from None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def edition_at(connection: Connection, name: str, reported: datetime, folder: Path) -> Edition | None:
    """The dataset as it stood at the moment; None where there is no such dataset, NothingReportedError before it had rows."""
    version = version_at(connection, name, reported)
    held = loads.holding_loads(connection, name, version.number) if version else []
    if version is None or not held:
        first = first_version(connection, name)
        if first is None:
            return None
        raise NothingReportedError(_nothing_yet(first, version, reported))
    dataset = datasets.together(name, version.number, [load.report for load in held], version.at)
    gone = any(not path.exists() for path in _paths(held, folder))
    lost = _lost(connection, version, reported, folder) if gone else ""
    return Edition(version, dataset, tuple(held), lost)


def whole_values(
    said: Iterable[StoredValue], keys: Sequence[str], cut: Slice, calendar: Calendar
) -> list[KpiValue] | None:
    """What a slice asks for, of values as they were said, in the order of the keys; None where it needs rows."""
    if not _is_whole(cut, calendar):
        return None
    place = {key: at for at, key in enumerate(keys)}
    first, last = cut.start or date.min, cut.end or date.max
    found = [
        one.as_value()
        for one in said
        if one.kpi in place
        and one.grain == cut.grain
        and first <= one.period <= last
        and (one.complete or cut.partial is not Partial.COMPLETE)
    ]
    return sorted(found, key=lambda one: (place[one.kpi], one.period))


def _is_whole(cut: Slice, calendar: Calendar) -> bool:
    """Whether it is about whole periods over all rows."""
    grain, start, end = cut.grain, cut.start, cut.end
    if grain is Grain.TOTAL or cut.by or cut.where or cut.without or cut.partial is Partial.PROJECTED:
        return False
    begins = start is None or calendar.start_of(start, grain) == start
    return begins and (end is None or calendar.end_of(calendar.start_of(end, grain), grain) == end)


def _paths(held: Iterable[Load], folder: Path) -> list[Path]:
    return [folder / load.snapshot for load in held if load.snapshot]


def _nothing_yet(first: Version, version: Version | None, reported: datetime) -> str:
    name, asked = first.dataset, reported.strftime(MINUTE)
    if version is not None:
        return f"{name} was empty at {asked}: all of its loads had been taken back. Ask for another moment."
    begin = first.at.astimezone(reported.tzinfo).strftime(f"{MINUTE}:%S")
    return f"nothing had been reported of {name} by {asked}: its first version came at {begin}. Ask for a later moment."


def _lost(connection: Connection, version: Version, reported: datetime, folder: Path) -> str:
    """Which rows are gone, since when they are kept, and what can be asked all the same."""
    replaced = _replaced(connection, version.dataset)
    ended = [until for name, until in replaced if not (folder / name).exists()]
    since = [one for one in list_versions(connection, version.dataset) if one.number >= max(ended, default=0)]
    kept = "none are"
    if ended and since:
        at = since[0].at.astimezone(reported.tzinfo).strftime(MINUTE)
        kept = f"those since {at} (version {since[0].number}) are"
    return (
        f"the rows of {version.dataset} as reported at {reported.strftime(MINUTE)} (version {version.number}) are kept "
        f"no longer: {kept}. Values of whole {'s, '.join(PERIODS)}s are kept for ever: ask for these without "
        "members, filters, totals or comparisons, or for a later moment."
    )


def _replaced(connection: Connection, dataset: str) -> list[tuple[str, int]]:
    """The facts of loads that hold no longer, each with the version in which others took their place."""
    columns = (load_rows.c.snapshot, load_rows.c.until_version)
    statement = select(*columns).join(sources, sources.c.id == load_rows.c.source_id)
    ended = columns[0].is_not(None) & columns[1].is_not(None)
    rows = connection.execute(statement.where(ended, sources.c.dataset == dataset))
    return [(name, until) for name, until in rows]
