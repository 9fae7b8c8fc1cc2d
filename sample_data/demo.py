"""What `kpi demo` shows: the files it drops into the inbox, the thresholds and targets it sets before they are loaded,
and the sales that its warehouse is made of.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from kpi.calendar import Grain
from kpi.sales.generator.plan import Plan
from kpi.targeting.targets import Target

FOLDER = Path(__file__).resolve().parent
DEMO_FILES = (FOLDER / "finance.xlsx", FOLDER / "orders.csv")
DEMO_SALES = Plan(20_000, seed=2025, last=date(2025, 12, 17))  # they end where the workbook does

# Of these the first is breached in the samples' last complete month, and only that one.
DEMO_RULES = (
    Rule(0, "Thin gross margin", "finance", "gross_margin", "month", Limit(Direction.BELOW, 0.30, 0.32)),
    Rule(
        0,
        "No operating profit",
        "finance",
        "operating_profit",
        "month",
        Limit(Direction.BELOW, 0.0, 1_000.0),
    ),
    Rule(
        0,
        "Small orders",
        "orders",
        "average_order_value",
        "month",
        Limit(Direction.BELOW, 80.0, 90.0),
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
