"""Lengths of time, days and moments as people write them, and text from elsewhere on one safe line. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpi.format import format_count

NOTHING = "–"
# Letters or marks by category, yet nothing is seen of them
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
ADDRESS = re.compile(r":(?=//)|\bwww\.(?=\w)", re.IGNORECASE)


def duration(length: timedelta) -> str:
    """`under a minute`, `40 min`, `2 h 5 min`, `3 days 4 h`."""
    minutes = max(0, int(length.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [f"{days} day{'s' if days > 1 else ''}", f"{hours} h" if hours else ""]
    else:
        parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "under a minute"


def day(on: date) -> str:
    """`3 Nov 2025`."""
    return f"{on.day} {on:%b %Y}"


def age(until: date, today: date) -> str:
    """`2 days old (until 30 Nov 2025)`; data that reach up to today are `up to date`."""
    days = (today - until).days
    old = f"{format_count(days)} day{'' if days == 1 else 's'} old" if days > 0 else "up to date"
    return f"{old} (until {day(until)})"


def moment(at: datetime, zone: str = "UTC") -> str:
    """`3 Nov 2025, 09:00 (Europe/Paris)`; in UTC where nobody knows the zone any more."""
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError):
        return moment(at)
    return f"{day(local)}, {local:%H:%M} ({zone})"


def alerts_counted(opened: int, of: int, count: str) -> str:
    """`2 of 3 KPI alerts need attention`; `count` is both in words."""
    alerts = "KPI alert" if of == 1 else "KPI alerts"
    if not opened:
        return f"{format_count(of)} {alerts} {'is' if of == 1 else 'are'} over"
    return f"{count} {alerts} {'needs' if opened == 1 else 'need'} attention"


def cell(text: str, limit: int) -> str:
    """Text from elsewhere on one line, of which no reader's program makes a link."""
    return template_param(ADDRESS.sub(r"\g<0> ", template_param(text, len(text) + 1)), limit)


def template_param(text: str, limit: int) -> str:
    """One line of at most `limit` characters that WhatsApp takes as a template parameter; a dash for nothing.

    WhatsApp refuses newlines, tabs, more than four spaces in a row and empty parameters. Control, bidirectional
    and zero-width characters go too: they would let a cell reverse or hide what the message says.
    """
    ordinary = text.isascii() and text.isprintable()  # most texts are, and need not be looked at sign by sign
    line = " ".join((text if ordinary else "".join(map(_visible, text))).split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip(" ") + "…"
    return line or NOTHING


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if char in BLANKS or unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char
