"""What `kpi demo` shows: the files it drops into the inbox, and the thresholds and targets it sets before they are loaded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alerts.rules import Direction, Rule
from kpi.calendar import Grain
from kpi.targeting.targets import Target

FOLDER = Path(__file__).resolve().parent
DEMO_FILES = (FOLDER / "finance.xlsx", FOLDER / "orders.csv")

# Of these the first is breached in the samples' last complete month, and only that one.
DEMO_RULES = (
    Rule(
        0, "Thin gross margin", "finance", "gross_margin", "month", Direction.BELOW, limit=0.30, recovery=0.32
    ),
    Rule(
        0,
        "No operating profit",
        "finance",
        "operating_profit",
        "month",
        Direction.BELOW,
        limit=0.0,
        recovery=1_000.0,
    ),
    Rule(
        0,
        "Small orders",
        "orders",
        "average_order_value",
        "month",
        Direction.BELOW,
        limit=80.0,
        recovery=90.0,
    ),
)

# Of the dataset finance. October was reached, November nearly, and December is behind where the samples end.
DEMO_TARGETS = (
    *(
        Target("revenue", Grain.MONTH, date(2025, month, 1), "", "", value)
        for month, value in ((10, 325_000.0), (11, 340_000.0), (12, 390_000.0))
    ),
    Target("gross_margin", Grain.YEAR, date(2025, 1, 1), "", "", 0.36),
)
