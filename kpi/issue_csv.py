"""Issues as CSV, safe to open: the text of a cell must not become a formula of the program that shows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kpi.report import Issue

COLUMNS = ("sheet", "cell", "header", "found", "problem", "action", "effect", "count", "repair")
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUOTE = "'"  # shown by nobody, but what follows it is a text


def issues_csv(issues: Iterable[Issue]) -> str:
    """One line an issue under a line of names, every field in quotes; lines end as RFC 4180 says."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_field(getattr(issue, name)) for name in COLUMNS] for issue in issues)
    return text.getvalue()


def _field(value: str | int) -> str:
    """A number as it is; a text that begins as formulas do, behind a quote (OWASP, CSV injection)."""
    text = str(value).replace("\0", "")
    return QUOTE + text if text.startswith(BEGINNINGS) else text
