"""What the page reads and writes of saved views."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import queries
from dashboard.boards.layout import RESERVED
from dashboard.context import current
from dashboard.saved_views.address import gone_from
from dashboard.view import View
from storage import dashboards, saved_views, scheduled_reports
from storage.saved_views import SavedView

PAGE = "page"


def views(dataset: str) -> list[SavedView]:
    with current().database.read() as connection:
        return saved_views.list_views(connection, dataset)


def view(dataset: str, name: str) -> SavedView | None:
    with current().database.read() as connection:
        return saved_views.find_view(connection, dataset, name)


def default(dataset: str) -> SavedView | None:
    with current().database.read() as connection:
        return saved_views.default_view(connection, dataset)


def save(one: SavedView, *, overwrite: bool = False) -> None:
    """ViewError where one of that name is there and must not be overwritten."""
    context = current()
    with context.database.begin() as connection:
        saved_views.save_view(connection, one, PAGE, context.clock(), overwrite=overwrite)


def rename(one: SavedView, new: str) -> None:
    """ViewError where it is gone, or the name is taken."""
    context = current()
    with context.database.begin() as connection:
        saved_views.rename_view(connection, one, new, PAGE, context.clock())


def make_default(dataset: str, name: str) -> None:
    """An empty name: none is. ViewError where it is gone."""
    context = current()
    with context.database.begin() as connection:
        saved_views.set_default(connection, dataset, name, PAGE, context.clock())


def arrange(dataset: str, names: Sequence[str]) -> None:
    """Let the views stand in that order, others after them."""
    context = current()
    with context.database.begin() as connection:
        saved_views.arrange_views(connection, dataset, names, context.clock())


def remove(one: SavedView) -> None:
    context = current()
    with context.database.begin() as connection:
        saved_views.remove_view(connection, one.dataset, one.name, PAGE, context.clock())


def reports_of(one: SavedView) -> list[str]:
    """The names of the scheduled reports of the view."""
    with current().database.read() as connection:
        return scheduled_reports.reports_of(connection, one.dataset, one.name)


def has_board(name: str) -> bool:
    """Whether there is a dashboard of that name; the one that every dataset has is none of them."""
    with current().database.read() as connection:
        return name == RESERVED or dashboards.find_board(connection, name) is not None


def gone(bare: View, one: SavedView) -> dict[str, list[str]]:
    """The members that a view filters by and that the data do not have, by dimension; of one that is gone, all."""
    if bare.lost or not bare.plain_definitions:
        return {}
    there = {field.name for field in bare.dimensions}
    return gone_from(one, there, lambda name: set(queries.members(bare, name)))
