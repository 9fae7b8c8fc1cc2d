"""Whether an address can be one of its channel, said before a destination is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMED_BY_SETTINGS = ("console", "webhook")  # their addresses stand for what only the environment says
SLACK = re.compile(r"#?[\w.-]{1,80}")
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[\w.-]{1,190}")
LEAST_DIGITS, MOST_DIGITS = 7, 15  # of a telephone number with its country code


def fit_address(channel: str, address: str, known: Sequence[str], needs: str = "") -> str:
    """The address as it is kept; an empty one is the only one that is set up. ValueError where it can be none.

    `known` are the addresses that the environment sets up, `needs` what to set where there are none.
    """
    given = address.strip()
    if not given:
        return _only(channel, known, needs)
    if given in known:
        return given
    if channel in NAMED_BY_SETTINGS:
        there = ", ".join(known) or f"none; {needs}"
        raise ValueError(f"found {channel}:{given}; the addresses of {channel} that are set up are: {there}")
    if channel == "whatsapp":
        return _number(given)
    if channel == "email" and not EMAIL.fullmatch(given):
        raise ValueError(f"found {given!r}, wanted an e-mail address such as finance@example.com")
    if channel == "slack" and not SLACK.fullmatch(given):
        raise ValueError(f"found {given!r}, wanted a channel's id or name, such as C024BE91L or #finance")
    return given


def _only(channel: str, known: Sequence[str], needs: str) -> str:
    if len(known) == 1:
        return known[0]
    if not known:
        raise ValueError(f"{channel} is not set up: {needs}; or give an address, as {channel}:ADDRESS")
    raise ValueError(f"{channel} has several addresses; give one of them, as {channel}:{known[0]}")


def plain_number(given: str) -> str:
    """The number without what people put between its digits; what is no number as it is."""
    digits = re.sub(r"[\s().+-]", "", given)
    return digits if digits.isdecimal() else given


def _number(given: str) -> str:
    digits = plain_number(given)
    if not digits.isdecimal() or not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise ValueError(f"found {given!r}, wanted a number with its country code, such as 4915112345678")
    return digits
