"""What the page reads and writes of saved views."""

from __future__ import annotations

from dashboard import queries
from dashboard.boards.layout import RESERVED
from dashboard.context import current
from dashboard.saved_views.address import filters_of
from dashboard.view import View
from kpi.values import CURRENCY
from storage import dashboards, saved_views
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


def remove(one: SavedView) -> None:
    context = current()
    with context.database.begin() as connection:
        saved_views.remove_view(connection, one.dataset, one.name, PAGE, context.clock())


def has_board(name: str) -> bool:
    """Whether there is a dashboard of that name; the one that every dataset has is none of them."""
    with current().database.read() as connection:
        return name == RESERVED or dashboards.find_board(connection, name) is not None


def gone(bare: View, one: SavedView) -> dict[str, list[str]]:
    """The members that a view filters by and that the data do not have, by dimension; of one that is gone, all."""
    if bare.lost or not bare.plain_definitions:
        return {}
    there = {field.name for field in bare.dimensions}
    known = {field.name for field in bare.dataset.fields}
    lost: dict[str, list[str]] = {}
    for name, members in filters_of(one).items():
        if name in there:
            having = set(queries.members(bare, name))
            lost[name] = [member for member in members if member not in having]
        elif name not in known and name != CURRENCY:
            lost[name] = members
    return {name: members for name, members in lost.items() if members}
