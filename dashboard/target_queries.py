"""What the page reads about targets: those that hold, what can have one, and how the running period stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.context import current
from dashboard.queries import kept, open_figures
from dashboard.view import Asked, Stretch, View
from kpi.calculator import Slice
from kpi.targeting.pace import Course, Pace
from kpi.targeting.target_terms import TargetError, Terms
from storage.target_terms import terms_for
from storage.targets import SetTarget, last_change, list_targets, targets_token
from storage.versions import newest_version


@dataclass(frozen=True, slots=True)
class Held:
    """The targets of a dataset that hold now; `behind`: its figures do not follow them yet. `token` changes with them."""

    targets: tuple[SetTarget, ...]
    behind: bool
    token: str


def held(dataset: str) -> Held:
    with current().database.read() as connection:
        version, changed = newest_version(connection, dataset), last_change(connection, dataset)
        behind = changed is not None and (version is None or version.at < changed)
        return Held(tuple(list_targets(connection, dataset)), behind, targets_token(connection))


def terms(dataset: str) -> Terms:
    """What targets of the dataset can be about."""
    with current().database.read() as connection:
        return terms_for(connection, current().calculator, dataset)


def can_have_one(found: Terms, keys: Sequence[str]) -> list[str]:
    """Those of the KPIs that a target can be set for."""
    return [key for key in keys if _is_allowed(found, key)]


def paces(view: View) -> dict[str, Pace]:
    """How the KPIs with a target stand over the stretch that the tiles show."""
    return {one.kpi: one for one in _paces(view.asked, view.slice_of_tiles)}


def member_paces(view: View, kpi: str, dimension: str) -> list[Pace]:
    """The same for the members of a dimension, over the period of the view's grain, largest target first."""
    found = _paces(view.asked, _slice(view, kpi, dimension))
    return sorted(found, key=lambda one: (-(one.target or one.so_far or 0.0), one.member))


def course(view: View, kpi: str) -> Course | None:
    """The latest period of the view's grain, day by day; None without a target."""
    return _course(view.asked, _slice(view, kpi))


def _slice(view: View, kpi: str, by: str | None = None) -> Slice:
    end = view.window.last if view.stretch is Stretch.CUSTOM else None
    return Slice((kpi,), view.grain, by, view.where, end=end, partial=view.partial)


def _is_allowed(found: Terms, key: str) -> bool:
    try:
        found.kpi(key)
    except TargetError:
        return False
    return True


@kept()
def _paces(asked: Asked, cut: Slice) -> list[Pace]:
    with open_figures(asked) as (_, figures):
        return figures.paces(cut)


@kept()
def _course(asked: Asked, cut: Slice) -> Course | None:
    with open_figures(asked) as (_, figures):
        return figures.course(cut)
