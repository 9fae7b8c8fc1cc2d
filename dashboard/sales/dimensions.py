"""What the charts of the Sales tab can be filtered by. Pure."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from kpi.periods.windows import MONTH_NAMES, Window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Dimension(StrEnum):
    """Members go by their keys: customers and products by their ids, weekdays by 1 to 7, months as 2025-12."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    CATEGORY = "category"
    CITY = "city"
    WEEKDAY = "weekday"
    MONTH = "month"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    def takes(self, key: str) -> bool:
        """Whether there can be a member of this key; an address may hold anything."""
        if self is Dimension.WEEKDAY:
            return key in {str(number) for number in range(1, 8)}
        if self is Dimension.MONTH:
            return MONTH.fullmatch(key) is not None and key >= "0001"
        return True

    def said(self, key: str) -> str:
        """The member in words."""
        if self is Dimension.WEEKDAY:
            return WEEKDAYS[int(key) - 1]
        if self is Dimension.MONTH:
            return month_label(int(key[:4]), int(key[5:]))
        return key


def month_key(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def month_label(year: int, month: int) -> str:
    return f"{MONTH_NAMES[month - 1]} {year}"


def month_window(key: str) -> Window:
    """Its first day and its last."""
    year, month = int(key[:4]), int(key[5:])
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return Window(first, date.fromordinal(after.toordinal() - 1))
