"""The end of a breach of what is there no more: its member or all of its data are gone, or its rule is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.rules import Rule, Standing, State, Transition


def ended(rule: Rule, was: Standing, member: str, at: datetime, why: str) -> Transition | None:
    """No data from now on, `why`, and an open episode over without a verdict; None where it stands so already.

    That a value is missing ends nothing (`evaluate`): it may come. Here there is nothing that it could be missing of.
    """
    since = was.since if was.state is State.NO_DATA else at
    after = replace(was, state=State.NO_DATA, since=since, open=False, held_since=None, reason=why)
    return None if after == was else Transition(rule, member, was, after, None, at)
