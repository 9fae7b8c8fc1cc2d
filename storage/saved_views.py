"""Saved views at rest: what is in the page's address, under a name within its dataset; one of them may be the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from storage import audit
from storage.races import insert_unless_there
from storage.report_schema import scheduled_reports
from storage.view_schema import saved_views

SAVED, RENAMED, REMOVED, DEFAULT = "view saved", "view renamed", "view removed", "view made default"

Pairs = tuple[tuple[str, str], ...]  # keys and values of an address; a key may come several times


class ViewError(Exception):
    """What was asked was not done; the message says what is in the way. Nothing was written."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """What somebody looked at. `is_default`: the page shows it where the address says nothing."""

    dataset: str
    name: str
    query: Pairs = ()
    is_default: bool = False


def list_views(connection: Connection, dataset: str | None = None) -> list[SavedView]:
    """All of them, or those of a dataset, by dataset and in their order."""
    found = select(saved_views).order_by(saved_views.c.dataset, saved_views.c.position, saved_views.c.name)
    if dataset is not None:
        found = found.where(saved_views.c.dataset == dataset)
    return [_view(row) for row in connection.execute(found)]


def find_view(connection: Connection, dataset: str, name: str) -> SavedView | None:
    row = connection.execute(select(saved_views).where(_here(dataset, name))).one_or_none()
    return _view(row) if row else None


def default_view(connection: Connection, dataset: str) -> SavedView | None:
    """The one that is shown where nothing is chosen; None where there is none."""
    first = select(saved_views).where(saved_views.c.dataset == dataset, saved_views.c.is_default)
    row = connection.execute(first.order_by(saved_views.c.id).limit(1)).one_or_none()
    return _view(row) if row else None


def save_view(
    connection: Connection, view: SavedView, actor: str, at: datetime, *, overwrite: bool = False
) -> None:
    """Keep it: in the place it has, a new one after all others. Whether it is the default is kept as it says.

    ViewError where one of that name is there and must not be overwritten.
    """
    values: dict[str, Any] = {"query": [list(pair) for pair in view.query], "changed_at": at}
    here = _here(view.dataset, view.name)
    there = find_view(connection, view.dataset, view.name)
    if there is not None and not overwrite:
        raise _taken(view)
    if there is not None:
        connection.execute(update(saved_views).where(here).values(**values))
    else:
        new = {**values, "dataset": view.dataset, "name": view.name, "is_default": False}
        position = _after(connection, view.dataset)
        if not insert_unless_there(connection, saved_views, {**new, "position": position}):
            raise _taken(view)
    if view.is_default != bool(there and there.is_default):
        _mark(connection, view.dataset, view.name if view.is_default else "", at)
    _record(connection, view.dataset, view.name, SAVED, actor, at)


def rename_view(connection: Connection, view: SavedView, new: str, actor: str, at: datetime) -> None:
    """Give it another name, and its scheduled reports with it; ViewError where it is gone, or the new name is taken."""
    if new != view.name and find_view(connection, view.dataset, new) is not None:
        raise _taken(SavedView(view.dataset, new))
    here = _here(view.dataset, view.name)
    if connection.execute(update(saved_views).where(here).values(name=new, changed_at=at)).rowcount == 0:
        raise _gone(view.dataset, view.name)
    mine = (scheduled_reports.c.dataset == view.dataset) & (scheduled_reports.c.view == view.name)
    connection.execute(update(scheduled_reports).where(mine).values(view=new))
    _record(connection, view.dataset, view.name, RENAMED, actor, at, to=new)


def set_default(connection: Connection, dataset: str, name: str, actor: str, at: datetime) -> None:
    """Let the page begin with this one, an empty name: with none; ViewError where it is gone."""
    if name and find_view(connection, dataset, name) is None:
        raise _gone(dataset, name)
    _mark(connection, dataset, name, at)
    _record(connection, dataset, name, DEFAULT, actor, at)


def arrange_views(connection: Connection, dataset: str, names: Sequence[str], at: datetime) -> bool:
    """Let a dataset's views stand in this order, others after them; False where they stood so already."""
    before = [one.name for one in list_views(connection, dataset)]
    first = {name: place for place, name in enumerate(names)}
    after = sorted(before, key=lambda name: first.get(name, len(first)))
    if after == before:
        return False
    for position, name in enumerate(after):
        moved = update(saved_views).where(_here(dataset, name)).values(position=position, changed_at=at)
        connection.execute(moved)
    return True


def remove_view(connection: Connection, dataset: str, name: str, actor: str, at: datetime) -> bool:
    """Forget it; False where there is none of that name. A scheduled report of it is sent without one, and says so."""
    gone = connection.execute(delete(saved_views).where(_here(dataset, name))).rowcount == 1
    if gone:
        _record(connection, dataset, name, REMOVED, actor, at)
    return gone


def views_token(connection: Connection) -> str:
    """A short text that changes when a view is saved, renamed, moved, removed or made the default."""
    count, newest = connection.execute(select(func.count(), func.max(saved_views.c.changed_at))).one()
    return f"{count}-{newest or ''}"


def _mark(connection: Connection, dataset: str, name: str, at: datetime) -> None:
    """Make this one the default and no other one."""
    mine = saved_views.c.dataset == dataset
    marked = mine & saved_views.c.is_default
    connection.execute(update(saved_views).where(marked).values(is_default=False, changed_at=at))
    if name:
        here = _here(dataset, name)
        connection.execute(update(saved_views).where(here).values(is_default=True, changed_at=at))


def _after(connection: Connection, dataset: str) -> int:
    last = select(func.max(saved_views.c.position)).where(saved_views.c.dataset == dataset)
    found = connection.execute(last).scalar()
    return 0 if found is None else found + 1


def _here(dataset: str, name: str) -> Any:
    return (saved_views.c.dataset == dataset) & (saved_views.c.name == name)


def _taken(view: SavedView) -> ViewError:
    return ViewError(
        f"there is a view {view.name!r} of {view.dataset} already; choose another name, or overwrite that one"
    )


def _gone(dataset: str, name: str) -> ViewError:
    return ViewError(
        f"there is no view {name!r} of {dataset}; somebody may have renamed or removed it meanwhile"
    )


def _record(
    connection: Connection, dataset: str, name: str, action: str, actor: str, at: datetime, **detail: Any
) -> None:
    about = {"dataset": dataset, **detail}
    audit.record(connection, audit.Entry(at, actor, action, f"{dataset}: {name}", about))


def _view(row: Row[Any]) -> SavedView:
    query = tuple((str(key), str(value)) for key, value in row.query)
    return SavedView(row.dataset, row.name, query, bool(row.is_default))
