"""Sources and their loads: which file was read when, and what came of every row of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from kpi.report import Effect, FileReport, Issue, Ledger, Refusal, Status
from storage.previews import keep_previews
from storage.schema import load_issues, loads, sources


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a dataset. `sha256` and `load_id` are of the load that holds now; None while there is none."""

    id: int
    dataset: str
    key: str
    name: str
    path: str
    waiting_since: datetime | None
    waiting_for: str | None
    accept: bool
    read_again: bool
    sha256: str | None
    load_id: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """One reading of a source. The report's issues are kept aside: see `issues_of`."""

    id: int
    dataset: str
    source: str
    path: str
    sha256: str
    status: Status
    version: int | None
    rows: Ledger
    report: FileReport
    snapshot: str | None
    error: Refusal | None
    origin: str
    at: datetime
    seconds: float
    source_id: int
    until_version: int | None = None

    @property
    def holds(self) -> bool:
        """Whether its facts are part of the dataset now."""
        return self.version is not None and self.until_version is None


@dataclass(frozen=True, slots=True)
class NewLoad:
    """What `record_load` writes down."""

    source_id: int
    sha256: str
    report: FileReport
    origin: str
    at: datetime
    seconds: float
    version: int | None = None
    snapshot: str | None = None
    until_version: int | None = None


def ensure_source(connection: Connection, dataset: str, key: str, name: str, path: str) -> Source:
    """The source of that key, made or brought up to date with the file's present name and path."""
    name, path = (text.encode("utf-8", "backslashreplace").decode() for text in (name, path))  # or no text
    same = (sources.c.dataset == dataset) & (sources.c.key == key)
    brought_up = update(sources).where(same).values(name=name, path=path)
    if connection.execute(brought_up).rowcount == 0:
        values = {"dataset": dataset, "key": key, "name": name, "path": path, "accept": False}
        try:
            with connection.begin_nested():
                connection.execute(insert(sources).values(**values))
        except IntegrityError:  # another process has made it meanwhile
            connection.execute(brought_up)
    return _source(connection.execute(_sources().where(same)).one())


def find_source(connection: Connection, dataset: str, key: str) -> Source | None:
    statement = _sources().where(sources.c.dataset == dataset, sources.c.key == key)
    row = connection.execute(statement).one_or_none()
    return _source(row) if row else None


def list_sources(connection: Connection, dataset: str | None = None) -> list[Source]:
    """Every source, or one dataset's, by dataset and name."""
    statement = _sources().order_by(sources.c.dataset, sources.c.name)
    if dataset is not None:
        statement = statement.where(sources.c.dataset == dataset)
    return [_source(row) for row in connection.execute(statement)]


def mark_waiting(connection: Connection, source_id: int, reason: str | None, at: datetime) -> None:
    """Say why a file cannot be read yet; None says that it no longer waits. The first time stands."""
    if reason is None:
        values: dict[str, object] = {"waiting_since": None, "waiting_for": None}
    else:
        values = {"waiting_since": func.coalesce(sources.c.waiting_since, at), "waiting_for": reason}
    connection.execute(update(sources).where(sources.c.id == source_id).values(**values))


def accept_guesses(connection: Connection, source_id: int) -> None:
    """A person said: load what is in review, with the best guesses. The watcher reads the file once more."""
    connection.execute(update(sources).where(sources.c.id == source_id).values(accept=True, read_again=True))


def record_load(connection: Connection, load: NewLoad) -> int:
    """Write the load and its issues; a committed one ends its predecessor. Returns the load's id."""
    report, rows = load.report, load.report.rows
    if load.version is not None:
        holds = and_(
            loads.c.source_id == load.source_id, loads.c.version.is_not(None), loads.c.until_version.is_(None)
        )
        connection.execute(update(loads).where(holds).values(until_version=load.version))
    written = connection.execute(
        insert(loads).values(
            source_id=load.source_id,
            sha256=load.sha256,
            status=report.status.value,
            version=load.version,
            until_version=load.until_version,
            rows_read=rows.read,
            rows_loaded=rows.loaded,
            rows_rejected=rows.rejected,
            rows_set_aside=rows.set_aside,
            report=replace(report, issues=(), previews=()).to_dict(),
            snapshot=load.snapshot,
            error_code=report.error.code if report.error else None,
            error_message=report.error.message if report.error else None,
            origin=load.origin,
            at=load.at,
            seconds=load.seconds,
        )
    )
    (load_id,) = written.inserted_primary_key or (0,)
    keep_previews(connection, load_id, report.previews)
    if report.issues:
        connection.execute(
            insert(load_issues), [{"load_id": load_id, **asdict(issue)} for issue in report.issues]
        )
    done = {"waiting_since": None, "waiting_for": None, "accept": False, "read_again": False}
    connection.execute(update(sources).where(sources.c.id == load.source_id).values(**done))
    return load_id


def recent_loads(connection: Connection, dataset: str | None = None, limit: int = 50) -> list[Load]:
    """The latest loads, newest first; of one dataset where it is named."""
    statement = _loads().order_by(loads.c.id.desc()).limit(limit)
    if dataset is not None:
        statement = statement.where(sources.c.dataset == dataset)
    return [_load(row) for row in connection.execute(statement)]


def holding_loads(connection: Connection, dataset: str, version: int | None = None) -> list[Load]:
    """The load of each source that holds now, or held in that version, in the order of their sources' keys."""
    holds = loads.c.until_version.is_(None) & loads.c.version.is_not(None)
    if version is not None:
        not_ended = or_(loads.c.until_version.is_(None), loads.c.until_version > version)
        holds = (loads.c.version <= version) & not_ended
    statement = _loads().where(sources.c.dataset == dataset, holds).order_by(sources.c.key)
    return [_load(row) for row in connection.execute(statement)]


def latest_load(connection: Connection, source_id: int) -> Load | None:
    """The last thing that happened to a source, good or bad."""
    statement = _loads().where(loads.c.source_id == source_id).order_by(loads.c.id.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return _load(row) if row else None


def find_load(connection: Connection, load_id: int) -> Load:
    """The load of that id, which must exist: loads are never removed."""
    return _load(connection.execute(_loads().where(loads.c.id == load_id)).one())


def replaced_load(connection: Connection, load: Load) -> Load | None:
    """The load of the same source that held until this one; None where this was the first, or changed nothing."""
    before = (loads.c.source_id == load.source_id) & (loads.c.until_version == load.version)
    row = connection.execute(_loads().where(before, loads.c.id != load.id)).one_or_none()
    return _load(row) if row else None


def was_committed(connection: Connection, source_id: int, sha256: str) -> bool:
    """Whether these bytes have been a good load of the source, now or earlier."""
    same = (loads.c.source_id == source_id) & (loads.c.sha256 == sha256) & loads.c.version.is_not(None)
    return connection.execute(select(loads.c.id).where(same).limit(1)).first() is not None


def load_of_version(connection: Connection, dataset: str, version: int) -> Load | None:
    """The load that made that version of the dataset."""
    statement = _loads().where(sources.c.dataset == dataset, loads.c.version == version)
    row = connection.execute(statement).one_or_none()
    return _load(row) if row else None


def newest_by_source(connection: Connection) -> list[Load]:
    """The last thing that happened to each source, good or bad."""
    newest = select(func.max(loads.c.id)).group_by(loads.c.source_id)
    return [
        _load(row) for row in connection.execute(_loads().where(loads.c.id.in_(newest)).order_by(loads.c.id))
    ]


def issues_of(connection: Connection, load_id: int, limit: int | None = 1000) -> list[Issue]:
    """The issues of a load in the order they were found; all of them where there is no limit."""
    columns = [load_issues.c[field.name] for field in fields(Issue)]
    statement = (
        select(*columns).where(load_issues.c.load_id == load_id).order_by(load_issues.c.id).limit(limit)
    )
    return [
        Issue(**{**row._mapping, "effect": Effect(row.effect)})  # noqa: SLF001 -- the public name of a row's columns
        for row in connection.execute(statement)
    ]


def referenced_snapshots(connection: Connection, keep: int) -> set[str]:
    """Snapshots that must stay: those of the last `keep` committed loads of every source."""
    statement = select(loads.c.source_id, loads.c.snapshot).where(loads.c.snapshot.is_not(None))
    return _newest(connection, statement, keep)


def referenced_originals(connection: Connection, keep: int) -> set[str]:
    """The SHA-256 of the files that must stay: of the last `keep` loads of every source, and of the last committed."""
    statement = select(loads.c.source_id, loads.c.sha256)
    committed = statement.where(loads.c.snapshot.is_not(None))
    return _newest(connection, statement, keep) | _newest(connection, committed, keep)


def _newest(connection: Connection, statement: Select[Any], keep: int) -> set[str]:
    """Of (source, name), the last `keep` names of each source: one that came again counts once."""
    kept: dict[int, dict[str, None]] = {}
    for source_id, name in connection.execute(statement.order_by(loads.c.id.desc())):
        names = kept.setdefault(source_id, {})
        if len(names) < keep:
            names[name] = None
    return {name for names in kept.values() for name in names}


def _sources() -> Select[Any]:
    holding = and_(
        loads.c.source_id == sources.c.id, loads.c.version.is_not(None), loads.c.until_version.is_(None)
    )
    return select(sources, loads.c.sha256, loads.c.id.label("load_id")).join(loads, holding, isouter=True)


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        dataset=row.dataset,
        key=row.key,
        name=row.name,
        path=row.path,
        waiting_since=row.waiting_since,
        waiting_for=row.waiting_for,
        accept=row.accept,
        read_again=row.read_again,
        sha256=row.sha256,
        load_id=row.load_id,
    )


def _loads() -> Select[Any]:
    return select(loads, sources.c.dataset, sources.c.name, sources.c.path).join(
        sources, sources.c.id == loads.c.source_id
    )


def _load(row: Row[Any]) -> Load:
    report = FileReport.from_dict(row.report)
    return Load(
        id=row.id,
        dataset=row.dataset,
        source=row.name,
        path=row.path,
        sha256=row.sha256,
        status=Status(row.status),
        version=row.version,
        rows=Ledger(row.rows_read, row.rows_loaded, row.rows_rejected, row.rows_set_aside),
        report=report,
        snapshot=row.snapshot,
        error=Refusal(row.error_code, row.error_message) if row.error_code else None,
        origin=row.origin,
        at=row.at,
        seconds=row.seconds,
        source_id=row.source_id,
        until_version=row.until_version,
    )
