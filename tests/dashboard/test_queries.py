"""What the page reads beyond the figures themselves."""

from __future__ import annotations

from dashboard import queries
from dashboard.taking.viewing import Choices, view_of
from tests.dashboard.pages import AFTER_THE_SAMPLES, hand_in
from wiring import System


def test_the_largest_by_a_ratio_are_those_of_the_best_ratio_not_of_the_most_periods(empty: System) -> None:
    lines = ["Date,Region,Revenue,COGS"]
    lines += [f"2025-{month:02}-03,Old,100,80" for month in range(1, 12)]
    lines += [f"2025-{month:02}-03,New,100,40" for month in range(10, 12)]
    hand_in(empty, "shop.csv", "\n".join([*lines, ""]).encode())
    moment = AFTER_THE_SAMPLES
    with empty.database.read() as connection, empty.figures(connection, "shop", moment) as figures:
        view = view_of(figures, Choices(period="all"), moment.date())
    found = {kpi: queries.largest(view, kpi, "region") for kpi in ("revenue", "gross_margin")}
    assert found == {"revenue": ["Old", "New"], "gross_margin": ["New", "Old"]}
