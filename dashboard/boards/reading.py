"""What the cards of a dashboard are drawn from, read once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import alert_queries, queries, target_queries
from dashboard.alert_queries import Judged
from dashboard.view import View
from kpi.calculator import Comparison
from kpi.targeting.pace import Pace


@dataclass(frozen=True, slots=True)
class Figures:
    """By KPI: the compared value and how it stands against its target; its values in whole
    periods, oldest first, and what rules say now. Rules judge what is: of what was reported there are none (None).
    """

    view: View
    compared: Mapping[str, Comparison]
    courses: Mapping[str, Sequence[float]]
    paces: Mapping[str, Pace]
    judged: Sequence[Judged] | None
    still: bool = False  # a preview or a wall: nothing on it opens or filters anything


def read(view: View) -> Figures:
    judged = None if view.reported else alert_queries.judged(view.dataset.name)
    return Figures(view, queries.comparisons(view), queries.courses(view), target_queries.paces(view), judged)
