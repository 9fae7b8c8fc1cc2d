"""Issues as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from kpi.report import Issue
from kpi.safe_csv import csv_lines

COLUMNS = ("sheet", "cell", "header", "found", "problem", "action", "effect", "count", "repair")


def issues_csv(issues: Iterable[Issue]) -> str:
    """One line an issue under a line of names."""
    rows = ([getattr(issue, name) for name in COLUMNS] for issue in issues)
    return "".join(csv_lines(COLUMNS, rows))
