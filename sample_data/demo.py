"""What `kpi demo` shows: the files it drops into the inbox, and the thresholds it sets before they are loaded."""

from __future__ import annotations

from pathlib import Path

from alerts.rules import Direction, Rule

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
